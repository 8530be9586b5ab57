//! `unspool search`: the messages that match, under the title of their conversation.

mod hits;

use std::{
    ops::Range,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use hashbrown::{HashMap, HashSet};
use jiff::tz::TimeZone;
use serde::Serialize;

use self::hits::{HitsToShow, ShownHits, ShownMessage};
use super::{
    GlobalSettings, Outcome,
    archives::{self, SummarizedArchives},
    args::SearchArgs,
    day,
    find::{parsed_query, streamed_search, tell_nothing_found},
    output::{Output, OutputStyle},
    tell,
};
use crate::{
    archive::Archive,
    conversation::{Conversation, ConversationSummary, ObjectLocation},
    extract::{one_line, rfc3339},
    library::Library,
    search::{
        Matcher,
        query::{MISSED_IN_LONG_TEXTS, has_text_beyond},
        streamed::{FoundRows, SearchNote, SecondTier},
        worker::{Row, Substitution, Tier},
    },
};

/// A line of `--json`. Its keys are a contract.
#[derive(Serialize)]
struct SearchRow<'a> {
    id: &'a str,
    title: &'a str,
    created: Option<String>,
    updated: Option<String>,
    provider: &'static str,
    role: Option<&'static str>,
    message: Option<usize>,
    snippet: Option<&'a str>,
    score: u32,
    /// The words of the query that the conversation lacks.
    missing: &'a [&'a str],
}

/// What was found, and where it is read again.
struct Found<'a> {
    archives: &'a [Archive],
    library: &'a Library<ConversationSummary>,
    /// What was noted, by handle.
    notes: &'a [SearchNote],
    /// Finds the hits of the conversations with all words.
    matcher: &'a Matcher,
    rows: &'a [Row],
    first_tier_count: usize,
    second_tier: Option<&'a SecondTier>,
}

pub fn run(global: &GlobalSettings, arguments: &SearchArgs) -> anyhow::Result<Outcome> {
    let query = parsed_query(&arguments.query, global);
    let mut output = Output::new(global.color());
    let both_tiers = arguments.loose
        || !arguments.exact && !arguments.ids && !arguments.count && (arguments.json || output.is_terminal());
    let search = streamed_search(&query, both_tiers);
    let shown = HitsToShow::new(arguments, &output);
    let (reach, is_beyond) = (query.expression_reach(), AtomicBool::new(false));
    let look = |conversation: &Conversation| {
        if reach.is_some_and(|reach| has_text_beyond(conversation, reach)) {
            is_beyond.store(true, Ordering::Relaxed);
        }
        let note = search.look(conversation);
        let hits = note.may_be_shown_whole().then(|| shown.to_keep(search.matcher(), conversation)).flatten();
        (note, hits)
    };
    let SummarizedArchives { archives, library, notes, .. } =
        archives::summarize(global, &arguments.archives, &look)
            .map_err(|error| with_quoting_hint(error, arguments))?;
    let (notes, kept): (Vec<_>, Vec<_>) = notes.into_iter().unzip();
    let FoundRows { mut rows, first_tier_count, second_tier } = search.rows(&library, &notes);
    if is_beyond.into_inner() {
        tell(MISSED_IN_LONG_TEXTS);
    }
    if rows.is_empty() {
        tell_nothing_found(&query, library.is_empty(), both_tiers);
        return Ok(Outcome::ExitOne);
    }
    rows.truncate(arguments.conversations.unwrap_or(usize::MAX));
    let found = Found {
        archives: &archives,
        library: &library,
        notes: &notes,
        matcher: search.matcher(),
        rows: &rows,
        first_tier_count,
        second_tier: second_tier.as_ref(),
    };
    found.write(&mut output, arguments, &global.zone(), &shown, kept)?;
    output.finish()?;
    Ok(Outcome::Done)
}

/// Adds to an error how a query of several words is given, where its second word was taken for an archive.
fn with_quoting_hint(error: anyhow::Error, arguments: &SearchArgs) -> anyhow::Error {
    let is_word = |path: &&PathBuf| {
        let is_bare = path.extension().is_none() && path.components().count() == 1;
        is_bare && path.file_name().is_some() && !path.exists()
    };
    let words: Vec<_> =
        arguments.archives.iter().take_while(is_word).map(|path| path.to_string_lossy()).collect();
    if words.is_empty() {
        return error;
    }
    let query = format!("{} {}", arguments.query, words.join(" "));
    anyhow::anyhow!("{error}; words to look for are one argument, in quotes: search '{query}'")
}

impl Found<'_> {
    /// Writes all rows, in their order; those whose hits were not `kept` are read again, as many at once as can be kept.
    fn write(
        &self,
        output: &mut Output,
        arguments: &SearchArgs,
        zone: &TimeZone,
        shown: &HitsToShow,
        mut kept: Vec<Option<ShownHits>>,
    ) -> anyhow::Result<()> {
        let mut read: HashMap<ObjectLocation, ShownHits> = HashMap::new();
        for (place, row) in self.rows.iter().enumerate() {
            let summary = self.library.get(row.handle);
            let mut hits = match self.second_tier_of(row) {
                Some(second_tier) => self.of_kept(shown, second_tier, row),
                None => kept[row.handle.0 as usize].take(),
            };
            if hits.is_none() && shown.asks_the_conversation() {
                if !read.contains_key(&summary.object_location) {
                    read = self.read_again(shown, &self.rows[place..], &kept)?;
                }
                hits = read.remove(&summary.object_location);
            }
            let messages = hits.as_ref().map_or(&[][..], |hits| &hits.messages);
            let missing = self.missing(row);
            if arguments.ids {
                let line = format!("{}\n", output.field(&summary.id));
                output.write(&line)?;
            } else if arguments.count {
                let count = hits.as_ref().map_or(0, |hits| hits.count);
                let line = format!("{count}\t{}\n", output.field(&summary.id));
                output.write(&line)?;
            } else if arguments.json {
                json(output, summary, messages, row.score.value(), &missing)?;
            } else {
                if place > 0 {
                    output.write("\n")?;
                }
                if place == self.first_tier_count
                    && let Some(second_tier) = self.second_tier
                {
                    output.write(&tier_divider(output, second_tier, self.first_tier_count))?;
                }
                text(output, summary, messages, zone, &missing)?;
            }
        }
        Ok(())
    }

    /// Reads the first of some rows again whose hits are not kept, and makes these.
    fn read_again(
        &self,
        shown: &HitsToShow,
        rows: &[Row],
        kept: &[Option<ShownHits>],
    ) -> anyhow::Result<HashMap<ObjectLocation, ShownHits>> {
        let is_kept = |row: &Row| match self.second_tier_of(row) {
            Some(_) => shown.is_kept(&self.notes[row.handle.0 as usize], row.best_message),
            None => kept[row.handle.0 as usize].is_some(),
        };
        let lacking: Vec<&Row> =
            [&rows[0]].into_iter().chain(rows[1..].iter().filter(|row| !is_kept(row))).collect();
        let count = shown.count_read_at_once(lacking.iter().map(|row| self.library.get(row.handle)));
        let rows: HashMap<ObjectLocation, &Row> =
            lacking[..count].iter().map(|&row| (self.library.get(row.handle).object_location, row)).collect();
        let wanted: HashSet<ObjectLocation> = rows.keys().copied().collect();
        archives::read_again(self.archives, &wanted, &|conversation| {
            let row = rows[&conversation.object_location];
            match self.second_tier_of(row) {
                Some(second_tier) => {
                    shown.of_some_words(&second_tier.matcher, &conversation, row.best_message)
                }
                None => shown.of_all_words(self.matcher, &conversation),
            }
        })
    }

    /// Returns what a row was found by that has some of the words alone. `None`: it is shown by the query itself, also where
    /// only its title has the letters of the words.
    fn second_tier_of(&self, row: &Row) -> Option<&SecondTier> {
        self.second_tier.filter(|_| matches!(row.tier, Tier::SomeWords { .. }))
    }

    /// Makes the hits of a row with some words, if what is shown of it was kept.
    fn of_kept(&self, shown: &HitsToShow, second_tier: &SecondTier, row: &Row) -> Option<ShownHits> {
        shown.of_kept(&second_tier.matcher, &self.notes[row.handle.0 as usize], row.best_message)
    }

    /// Returns the words that a row lacks.
    fn missing(&self, row: &Row) -> Vec<&str> {
        self.second_tier.into_iter().flat_map(|second_tier| second_tier.missing(row)).collect()
    }
}

/// Returns the line between the conversations with all words and those with some.
fn tier_divider(output: &Output, second_tier: &SecondTier, first_tier_count: usize) -> String {
    let mut line = format!("── {first_tier_count} with all words, below with some");
    for Substitution { typed, taken_for } in &second_tier.substitutions {
        line += &format!(" · {typed} → {}", taken_for.join(", "));
    }
    output.styled(OutputStyle::Dim, &output.field(&line)).into_owned() + "\n"
}

/// Writes a title line (title, date, id, what it lacks), then one line per message: role and snippet.
fn text(
    output: &mut Output,
    summary: &ConversationSummary,
    messages: &[ShownMessage],
    zone: &TimeZone,
    missing: &[&str],
) -> anyhow::Result<()> {
    let mut facts = format!("\t{}\t{}", day(summary.updated, zone), output.field(&summary.id));
    if !missing.is_empty() {
        facts += &format!("\twithout: {}", output.field(&missing.join(", ")));
    }
    facts.push('\n');
    let title = output.styled(OutputStyle::Bold, &output.field(&summary.title)).into_owned();
    let line = title + &output.styled(OutputStyle::Dim, &facts);
    output.write(&line)?;
    for message in messages {
        let Some(snippet) = &message.snippet else { continue };
        let role = format!("  {:<10}", message.role.as_str());
        let passage = marked(output, &snippet.text, &snippet.highlights);
        let line = format!("{}{passage}\n", output.styled(OutputStyle::Dim, &role));
        output.write(&line)?;
    }
    Ok(())
}

/// Returns a passage with its hits marked.
fn marked(output: &Output, text: &str, marks: &[Range<usize>]) -> String {
    let mut line = String::with_capacity(text.len());
    let mut from = 0;
    for mark in marks {
        let (Some(before), Some(hit)) = (text.get(from..mark.start), text.get(mark.clone())) else {
            continue;
        };
        line.push_str(&output.field(before));
        line.push_str(&output.styled(OutputStyle::Hit, &output.field(hit)));
        from = mark.end;
    }
    line.push_str(&output.field(&text[from..]));
    line
}

/// Writes one line per message; one with nulls for a conversation that matched without one.
fn json(
    output: &mut Output,
    summary: &ConversationSummary,
    messages: &[ShownMessage],
    score: u32,
    missing: &[&str],
) -> anyhow::Result<()> {
    let each = messages.iter().map(Some).chain(messages.is_empty().then_some(None));
    for message in each {
        let row = SearchRow {
            id: &summary.id,
            title: &summary.title,
            created: summary.created.and_then(rfc3339),
            updated: summary.updated.and_then(rfc3339),
            provider: summary.provider.as_str(),
            role: message.map(|message| message.role.as_str()),
            message: message.map(|message| message.number),
            snippet: message.and_then(|message| message.snippet.as_ref()).map(|snippet| &*snippet.text),
            score,
            missing,
        };
        output.write_json(&one_line(serde_json::to_string(&row)?))?;
    }
    Ok(())
}

//! `unspool search`: the messages that match, under the title of their conversation.

use std::ops::Range;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{
    GlobalSettings, Outcome, archives,
    args::SearchArgs,
    day,
    find::{find, loose_advice},
    output::{Output, OutputStyle, tell},
};
use crate::{
    conversation::{Conversation, Visibility},
    extract::{one_line, rfc3339},
    search::{
        Matcher, Query,
        worker::{SecondTier, Substitution, Tier},
    },
};

/// The columns of a snippet where no terminal gives their number.
const JSON_COLUMNS: usize = 200;

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
    snippet: Option<String>,
    score: u32,
    /// The words of the query that the conversation lacks.
    missing: &'a [&'a str],
}

pub fn run(global: &GlobalSettings, search: &SearchArgs) -> anyhow::Result<Outcome> {
    let zone = global.zone();
    let query = Query::parse(&search.query, &global.clock());
    let opened = archives::open(global, &search.archives)?;
    for problem in query.problems() {
        tell(&format!("in the query, at character {}: {}", problem.column + 1, problem.reason));
    }
    if query.asks_for_marks() {
        tell("is:marked is for the screen: nothing is marked here");
    }
    let mut output = Output::new(global.color());
    let both_tiers = search.loose
        || !search.exact && !search.ids && !search.count && (search.json || output.is_terminal());
    let results = find(&query, &opened.library, false, both_tiers);
    if results.rows.is_empty() {
        loose_advice(&query, &opened.library).filter(|_| !both_tiers).into_iter().for_each(tell);
        return Ok(Outcome::ExitOne);
    }
    let exact = Matcher::new(&query);
    for (place, row) in results.rows.iter().take(search.conversations.unwrap_or(usize::MAX)).enumerate() {
        let conversation = opened.library.get(row.handle);
        let second_tier =
            results.second_tier.as_deref().filter(|_| matches!(row.tier, Tier::SomeWords { .. }));
        let matcher = second_tier.map_or(&exact, |second_tier| &second_tier.matcher);
        let missing: Vec<&str> =
            second_tier.into_iter().flat_map(|second_tier| second_tier.missing(row)).collect();
        if search.ids {
            let line = format!("{}\n", output.field(&conversation.id));
            output.write(&line)?;
        } else if search.count {
            let line =
                format!("{}\t{}\n", matcher.count(conversation, usize::MAX), output.field(&conversation.id));
            output.write(&line)?;
        } else {
            // Of a conversation with some of the words only the best message: most have one of them.
            let mut messages = match second_tier {
                Some(_) => row.best_message.iter().map(|&message| message as usize).collect(),
                None => matcher.messages(conversation),
            };
            messages.truncate(search.messages.unwrap_or(usize::MAX));
            if search.json {
                json(&mut output, conversation, matcher, &messages, row.score.value(), &missing)?;
            } else {
                if place > 0 {
                    output.write("\n")?;
                }
                if place == results.with_all
                    && let Some(second_tier) = &results.second_tier
                {
                    output.write(&rule(&output, second_tier, results.with_all))?;
                }
                text(&mut output, conversation, matcher, &messages, &zone, &missing)?;
            }
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}

/// Returns the line between the conversations with all words and those with some.
fn rule(output: &Output, second_tier: &SecondTier, with_all: usize) -> String {
    let mut line = format!("── {with_all} with all words, below with some");
    for Substitution { typed, taken_for } in &second_tier.substitutions {
        line += &format!(" · {typed} → {}", taken_for.join(", "));
    }
    output.styled(OutputStyle::Dim, &output.field(&line)).into_owned() + "\n"
}

/// Writes a title line (title, date, id, what it lacks), then one line per message: role and snippet.
fn text(
    output: &mut Output,
    conversation: &Conversation,
    matcher: &Matcher,
    messages: &[usize],
    zone: &TimeZone,
    missing: &[&str],
) -> anyhow::Result<()> {
    let mut facts = format!("\t{}\t{}", day(conversation.updated, zone), output.field(&conversation.id));
    if !missing.is_empty() {
        facts += &format!("\twithout: {}", output.field(&missing.join(", ")));
    }
    facts.push('\n');
    let title = output.styled(OutputStyle::Bold, &output.field(&conversation.title)).into_owned();
    let line = title + &output.styled(OutputStyle::Dim, &facts);
    output.write(&line)?;
    let columns = output.columns().saturating_sub(14);
    for &message in messages {
        let Some(snippet) = matcher.snippet_of(conversation, message, columns) else { continue };
        let role = format!("  {:<10}", conversation.messages()[message].role.as_str());
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
    conversation: &Conversation,
    matcher: &Matcher,
    messages: &[usize],
    score: u32,
    missing: &[&str],
) -> anyhow::Result<()> {
    let line = |message: Option<usize>| SearchRow {
        id: &conversation.id,
        title: &conversation.title,
        created: conversation.created.and_then(rfc3339),
        updated: conversation.updated.and_then(rfc3339),
        provider: conversation.provider.as_str(),
        role: message.map(|message| conversation.messages()[message].role.as_str()),
        message: message.map(|message| number(conversation, message)),
        snippet: message
            .and_then(|message| matcher.snippet_of(conversation, message, JSON_COLUMNS))
            .map(|snippet| snippet.text),
        score,
        missing,
    };
    let lines = if messages.is_empty() {
        vec![line(None)]
    } else {
        messages.iter().map(|&at| line(Some(at))).collect()
    };
    for line in lines {
        output.write_json(&one_line(serde_json::to_string(&line)?))?;
    }
    Ok(())
}

/// Returns a message's number in the thread, from 1: its place among the shown messages of its branch. A
/// folded one has the number of the shown one it follows.
fn number(conversation: &Conversation, message: usize) -> usize {
    let shown = |&index: &usize| conversation.messages()[index].visibility == Visibility::Shown;
    conversation.path_to(message).iter().filter(|index| shown(index)).count().max(1)
}

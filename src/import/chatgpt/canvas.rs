//! Canvas documents: made by one tool call, changed by later ones, shown once in their final state.

use std::ops::Range;

use super::{parse::LIST_BUDGET, pattern::EditPattern, shape::Message};
use crate::import::{
    documents::{ChangeBudget, DocumentBranches, Documents, MadeDocument, OverBudget},
    expansion_budget::ExpansionBudget,
    json::{self, MaybeText, MemoryBudget, Repaired, record},
    message_arena::{NO_PARENT, ParsedMessage},
};

/// The effect of a message on a canvas document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum CanvasCall {
    Create,
    Update,
}

impl CanvasCall {
    /// Returns the model's calls of two tools.
    pub(super) fn of(message: &Message<'_>) -> Option<Self> {
        match message.recipient.as_deref() {
            _ if message.author.role.as_deref() != Some("assistant") => None,
            Some("canmore.create_textdoc") => Some(Self::Create),
            Some("canmore.update_textdoc") => Some(Self::Update),
            _ => None,
        }
    }
}

record! {
    /// The arguments of `canmore.create_textdoc`.
    CreateArguments<'de> {
        name: MaybeText<'de> = "name",
        kind: MaybeText<'de> = "type",
        content: MaybeText<'de> = "content",
    }
}

record! {
    /// The arguments of `canmore.update_textdoc`.
    UpdateArguments<'de> {
        updates: Vec<CanvasUpdate<'de>> = "updates",
    }
}

record! {
    /// One replacement, by a regular expression in Python's style.
    CanvasUpdate<'de> {
        pattern: MaybeText<'de> = "pattern",
        multiple: bool = "multiple",
        replacement: MaybeText<'de> = "replacement",
    }
}

/// The cost of an update besides the document, in bytes looked through.
const COST_OF_LOOKUP: usize = 4 << 10;
/// The cost of each byte of a replacement, at each match.
const COST_PER_REPLACED_BYTE: usize = 4;
/// The longest name of a group, in bytes.
const MAX_NAME_LENGTH: usize = 256;

/// Returns the documents of a conversation. `order` lists messages with the index of the one before each; `canvases`
/// are the messages, by number, that do something to one; `current` is the leaf of the visible branch.
pub(super) fn documents(
    order: &[(u32, u32)],
    messages: &[ParsedMessage],
    text: &str,
    canvases: &[(u32, CanvasCall)],
    current: Option<usize>,
    growth: &ExpansionBudget,
) -> Documents {
    let call_at = |index: usize| {
        let at = canvases.binary_search_by_key(&order[index].0, |&(number, _)| number).ok()?;
        Some(canvases[at].1)
    };
    let parsed = |index: usize| &messages[order[index].0 as usize];
    let json = |index: usize| &text[parsed(index).text.start as usize..parsed(index).text.end as usize];
    if !canvases.iter().any(|&(_, canvas)| canvas == CanvasCall::Create) {
        return Documents::default();
    }
    let mut documents: Vec<(usize, MadeDocument)> = (0..order.len())
        .filter(|&index| call_at(index) == Some(CanvasCall::Create))
        .filter_map(|index| Some((index, created(json(index))?)))
        .collect();
    let branches = DocumentBranches::of(order, current);
    // The document each message works on: the last that was created above it.
    let mut documents_above: Vec<Option<usize>> = vec![None; order.len()];
    let mut budget = ChangeBudget::of(growth);
    let mut next = 0;
    for index in 0..order.len() {
        documents_above[index] = Some(order[index].1)
            .filter(|&parent| parent != NO_PARENT)
            .and_then(|at| documents_above[at as usize]);
        if documents.get(next).is_some_and(|&(made, _)| made == index) {
            documents_above[index] = Some(next);
            next += 1;
            continue;
        }
        let Some(document_above) = documents_above[index] else { continue };
        let (made, document) = &mut documents[document_above];
        if call_at(index) == Some(CanvasCall::Update) && branches.passes_through(*made, index) {
            update(document, json(index), &mut budget);
        }
    }
    Documents::new(documents, budget.skipped_changes)
}

fn created(json: &str) -> Option<MadeDocument> {
    let repaired = Repaired::new();
    let CreateArguments { name, kind, content } =
        json::from_str_or_repaired(json, &repaired, &MemoryBudget::none()).ok()?;
    Some(MadeDocument {
        title: name.unwrap_or_default().into_owned(),
        format: kind.unwrap_or_default().into_owned(),
        text: content?.into_owned(),
    })
}

fn update(document: &mut MadeDocument, json: &str, budget: &mut ChangeBudget) {
    let repaired = Repaired::new();
    let parsed =
        json::from_str_or_repaired::<UpdateArguments<'_>>(json, &repaired, &MemoryBudget::new(LIST_BUDGET));
    for update in parsed.map(|updated| updated.updates).unwrap_or_default() {
        let pattern = update.pattern.as_deref().unwrap_or_default();
        let replacement = update.replacement.as_deref().unwrap_or_default();
        let times = if update.multiple { usize::MAX } else { 1 };
        let change = Substitution { replacement, times, max_bytes: budget.max_bytes(document) };
        match change.make(&document.text, pattern, budget) {
            Ok(Some(text)) => budget.change(document, text),
            Ok(None) => {}
            Err(OverBudget) => budget.skipped_changes += 1,
        }
    }
}

/// A text to put in the place of a match, or of all of them.
struct Substitution<'a> {
    replacement: &'a str,
    times: usize,
    /// The length that the text may grow to, in bytes.
    max_bytes: usize,
}

impl Substitution<'_> {
    /// Returns the text with the change made; `None` if the pattern is not valid or does not match.
    fn make(
        &self,
        text: &str,
        pattern: &str,
        budget: &mut ChangeBudget,
    ) -> Result<Option<String>, OverBudget> {
        budget.spend_or_fail(text.len() + COST_OF_LOOKUP)?;
        match pattern {
            "" => return Ok(None),
            ".*" if self.replacement.len() <= self.max_bytes => return Ok(Some(self.replacement.to_owned())),
            ".*" => return Err(OverBudget),
            _ => {}
        }
        // Most patterns are a stretch of the document as it stands.
        if let Some(words) = literal(pattern) {
            return self.replace_words(text, &words, budget);
        }
        match EditPattern::compile(pattern, budget)? {
            Some(pattern) => self.replace(text, pattern, budget),
            None => Ok(None),
        }
    }

    fn replace_words(
        &self,
        text: &str,
        words: &str,
        budget: &mut ChangeBudget,
    ) -> Result<Option<String>, OverBudget> {
        let mut changed = EditedText::new(text, self);
        for (at, words) in text.match_indices(words).take(self.times) {
            let group = |name: &str| if name == "0" { words } else { "" };
            changed.put(&(at..at + words.len()), group, budget)?;
        }
        changed.finish()
    }

    fn replace(
        &self,
        text: &str,
        mut pattern: EditPattern,
        budget: &mut ChangeBudget,
    ) -> Result<Option<String>, OverBudget> {
        let mut changed = EditedText::new(text, self);
        // Looking for groups costs more than the match itself.
        let uses_groups = self
            .replacement
            .split('\\')
            .skip(1)
            .any(|behind| behind.starts_with(|first: char| first == 'g' || first.is_ascii_digit()));
        let (mut from, mut times) = (0, 0);
        while times < self.times && from <= text.len() {
            let Some(found) = pattern.find(text, from, budget)? else { break };
            // An empty match does not count right after a match, nor within a character.
            if found.is_empty() && (changed.copied == Some(found.end) || !text.is_char_boundary(found.end)) {
                let next = (found.end + 1..=text.len()).find(|&at| text.is_char_boundary(at));
                from = next.unwrap_or(usize::MAX);
                continue;
            }
            if uses_groups {
                pattern.groups(text, &found, budget)?;
            }
            let group = |name: &str| {
                if name == "0" {
                    return &text[found.clone()];
                }
                pattern.group(name).map_or("", |found| &text[found])
            };
            changed.put(&found, group, budget)?;
            from = found.end;
            times += 1;
        }
        changed.finish()
    }
}

/// A text while it is changed.
struct EditedText<'a> {
    text: &'a str,
    change: &'a Substitution<'a>,
    out: String,
    /// The bytes of the text that are in it, once there was a match.
    copied: Option<usize>,
}

impl<'a> EditedText<'a> {
    fn new(text: &'a str, change: &'a Substitution<'a>) -> Self {
        Self { text, change, out: String::new(), copied: None }
    }

    /// Puts the replacement in the place of a match.
    fn put<'g>(
        &mut self,
        found: &Range<usize>,
        group: impl Fn(&str) -> &'g str,
        budget: &mut ChangeBudget,
    ) -> Result<(), OverBudget> {
        let Substitution { replacement, max_bytes, .. } = *self.change;
        budget.spend_or_fail(replacement.len().saturating_mul(COST_PER_REPLACED_BYTE))?;
        self.out.push_str(&self.text[self.copied.unwrap_or(0)..found.start]);
        self.copied = Some(found.end);
        expand(replacement, group, &mut self.out, max_bytes).ok_or(OverBudget)
    }

    fn finish(mut self) -> Result<Option<String>, OverBudget> {
        let Some(copied) = self.copied else { return Ok(None) };
        add(&self.text[copied..], &mut self.out, self.change.max_bytes).ok_or(OverBudget)?;
        Ok(Some(self.out))
    }
}

/// Returns the text that a pattern stands for, if it is nothing but one.
fn literal(pattern: &str) -> Option<String> {
    let mut words = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => words.push(characters.next().filter(char::is_ascii_punctuation)?),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            _ => words.push(character),
        }
    }
    Some(words)
}

/// Returns a replacement as Python's `Match.expand` reads it: `\1`, `\g<1>`, `\g<name>`, `\n`, `\t`, `\\`.
/// Any other backslash stands for itself. `None` as soon as `out` would be longer than `max_bytes`.
fn expand<'g>(
    replacement: &str,
    group: impl Fn(&str) -> &'g str,
    out: &mut String,
    max_bytes: usize,
) -> Option<()> {
    let mut rest = replacement;
    while let Some(at) = rest.find('\\') {
        add(&rest[..at], out, max_bytes)?;
        let behind = &rest[at + 1..];
        let digits = behind.bytes().take(2).take_while(u8::is_ascii_digit).count();
        rest = if digits > 0 && !behind.starts_with('0') {
            add(group(&behind[..digits]), out, max_bytes)?;
            &behind[digits..]
        } else if let Some((name, after)) = behind.strip_prefix("g<").and_then(named) {
            add(group(name), out, max_bytes)?;
            after
        } else {
            let escapes = [('n', "\n"), ('t', "\t"), ('r', "\r"), ('\\', "\\")];
            let known = escapes.iter().find(|(letter, _)| behind.starts_with(*letter));
            add(known.map_or("\\", |&(_, stands_for)| stands_for), out, max_bytes)?;
            &behind[usize::from(known.is_some())..]
        };
    }
    add(rest, out, max_bytes)
}

/// Returns a name up to its `>`, and what is behind.
fn named(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take(MAX_NAME_LENGTH).position(|byte| byte == b'>')?;
    Some((&text[..end], &text[end + 1..]))
}

fn add(text: &str, out: &mut String, max_bytes: usize) -> Option<()> {
    (out.len() + text.len() <= max_bytes).then(|| out.push_str(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, pattern: &str, replacement: &str) -> Option<String> {
        let change = Substitution { replacement, times: usize::MAX, max_bytes: 1_000 };
        change.make(text, pattern, &mut ChangeBudget::with(1 << 30)).unwrap_or_default()
    }

    #[test]
    fn a_pattern_changes_what_it_would_in_python() {
        assert_eq!(changed("a.b a.b axb", r"a\.b", r"[\g<0>\1]").as_deref(), Some("[a.b] [a.b] axb"));
        assert_eq!(changed("a.b", "(a).(?P<last>b)", r"\g<last>\1\n").as_deref(), Some("ba\n"));
        assert_eq!(changed("a.b", "c", ""), None);
        assert_eq!(changed("a.b", r"a\", ""), None, "no pattern at all");
        assert_eq!(changed("<a> a", r"\<a\>", "b").as_deref(), Some("b a"));
        assert_eq!(changed(r"<a> \a", r"\<.\>|\\a", "b").as_deref(), Some("b b"));
    }

    /// What is looked for here step by step finds what the engine finds by itself.
    #[test]
    fn a_pattern_matches_where_the_engine_says() {
        let texts =
            ["", "a", "aab ab\nbaa", "ä aé ab, bé a", "the cat, the café\n\nThe end", "x = (1 + 2) * 3"];
        let patterns = [
            "a",
            "a*",
            "a*?",
            "a+b?",
            "(?:)",
            "^a",
            "a$",
            "(?m)^.",
            r"\b",
            r"\bthe\b",
            r"(?-u:\b)a",
            r"\B",
            "a|ab",
            "ab|a",
            ".",
            "(?s).*",
            ".*",
            ".+?b",
            "[^a]",
            r"\w+",
            "(?i)THE .a",
            r"é|\s",
            r"(?s)a(.*b)?",
            r"\(1 . 2\)",
            "ä?",
            "(a)(b)?",
        ];
        for (text, pattern) in
            texts.iter().flat_map(|text| patterns.iter().map(move |pattern| (text, pattern)))
        {
            let engine = regex::Regex::new(pattern).unwrap();
            let wanted = engine.replace_all(text, |found: &regex::Captures<'_>| {
                format!("[{}|{}]", &found[0], found.get(1).map_or("", |group| group.as_str()))
            });
            let wanted = engine.is_match(text).then_some(&*wanted);
            let change = Substitution { replacement: r"[\g<0>|\1]", times: usize::MAX, max_bytes: 1_000 };
            let parsed =
                EditPattern::compile(pattern, &mut ChangeBudget::with(1 << 30)).ok().flatten().unwrap();
            let made = change.replace(text, parsed, &mut ChangeBudget::with(1 << 30)).ok().unwrap();
            assert_eq!(made.as_deref(), wanted, "{pattern} in {text}");
        }
    }

    /// Letters of which no stretch is like another, so that an automaton is made again at nearly every one.
    fn unlike(length: usize) -> String {
        let mut seed = 1_u64;
        let letter = |_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if seed >> 40 & 1 == 0 { 'a' } else { 'b' }
        };
        (0..length).map(letter).collect()
    }

    /// A document of some hundred kilobytes and patterns of thousands of states would take hours: all but those that
    /// need one look at each byte.
    #[test]
    fn what_costs_too_much_changes_nothing() {
        let many = "a".repeat(1 << 20);
        let patterns = [
            ("(?:a?){2000}b".to_owned(), &many, 16),
            (r"(?s)a(.*b)?".to_owned(), &many, 1),
            (format!("a{}c", ".".repeat(300)), &unlike(1 << 20), 1),
        ];
        for (pattern, text, max_bytes) in patterns {
            let (mut budget, mut times) = (ChangeBudget::with(16 << 20), 0);
            let change = Substitution { replacement: "", times: usize::MAX, max_bytes: 1_000 };
            while times < max_bytes && change.make(text, &pattern, &mut budget).is_ok() {
                times += 1;
            }
            assert!(times < max_bytes, "{pattern} was looked for {times} times");
        }
        assert_eq!(changed(&many[..100], "(?:a?){2000}$", "b").as_deref(), Some("b"));
    }

    /// A replacement that repeats a long match grew to gigabytes before anybody looked how long it was.
    #[test]
    fn a_replacement_ends_where_the_text_may_grow_no_longer() {
        let text = "a".repeat(1 << 20);
        let mut out = String::new();
        assert_eq!(expand(&r"\g<0>".repeat(20_000), |_| &text, &mut out, 3 << 20), None);
        assert!(out.len() <= 3 << 20);
        assert_eq!(changed(&text[..100], "(?s)(.*)", &r"\1".repeat(1_000)), None);
        assert_eq!(changed(&text[..100], "(?s)(.*)", &r"\1".repeat(3)).map(|text| text.len()), Some(300));
    }

    /// Two hundred thousand matches, each replaced by two thousand groups of nothing, took ten seconds.
    #[test]
    fn a_replacement_is_paid_for_at_each_match() {
        let text = "a".repeat(200_000);
        let replacement = r"\g<x>".repeat(2_000);
        for pattern in ["a", "(a)"] {
            let mut budget = ChangeBudget::with(16 << 20);
            let change = Substitution { replacement: &replacement, times: usize::MAX, max_bytes: 1 << 20 };
            assert_eq!(change.make(&text, pattern, &mut budget), Err(OverBudget));
            assert!(!budget.spend(1), "nothing is left");
        }
    }

    /// A pattern that was too large was given up only once it was half made, and cost nothing.
    #[test]
    fn patterns_that_are_none_are_paid_for() {
        for pattern in ["(?:a?){99999}b", "(?:[a-z]?){9999}(", r"\w{9999}"] {
            let (mut budget, mut times) = (ChangeBudget::with(64 << 20), 0);
            while budget.spend(1) && times < 1_000 {
                let _ = EditPattern::compile(pattern, &mut budget);
                times += 1;
            }
            assert!(times < 1_000, "{pattern} was read {times} times");
        }
    }

    /// Charged for each state at each byte, a pattern of prose with a full stop in it used up what a conversation may
    /// cost: of sixty changes five were made.
    #[test]
    fn a_long_document_gets_all_its_changes() {
        let words = ["the", "river", "was", "(then)", "high", "and", "nobody", "crossed", "it", "why?", "so"];
        let sentence = |number: usize| {
            let told = (0..8).map(|at| words[(number / 11_usize.pow(at % 4) + at as usize) % 11]);
            format!("{} {number}. ", told.collect::<Vec<_>>().join(" "))
        };
        let mut text: String = (0..)
            .map(sentence)
            .scan(0, |length, one| {
                *length += one.len();
                (*length < 170_000).then_some(one)
            })
            .collect();
        let mut budget = ChangeBudget::of(&ExpansionBudget::of(text.len() + 60 * 2 * 2_160));
        for number in 0..60 {
            let pattern =
                text[number * 2_500..][..2_160].replace('(', r"\(").replace(')', r"\)").replace('?', r"\?");
            assert!(pattern.contains('.') && literal(&pattern).is_none());
            let replacement = "x".repeat(2_160);
            let change = Substitution { replacement: &replacement, times: usize::MAX, max_bytes: 1 << 20 };
            let made = change.make(&text, &pattern, &mut budget);
            text = made.ok().flatten().unwrap_or_else(|| panic!("change {number} is made"));
        }
        assert_eq!(text.matches(&"x".repeat(2_160)).count(), 60);
    }
}

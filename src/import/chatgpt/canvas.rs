//! Canvas documents: made by one tool call, changed by later ones, shown once in their final state.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson::{self, NFA};

use super::shape::Message;
use crate::import::{
    documents::{Bounds, Branches, Document, Documents},
    gather::{NONE, Note},
    json::{Field, Text, record},
};

/// What a message does to a canvas document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Canvas {
    Create,
    Update,
}

impl Canvas {
    /// The model's calls of two tools.
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
    /// What `canmore.create_textdoc` is given.
    Created<'de> {
        name: Text<'de> = "name",
        kind: Text<'de> = "type",
        content: Text<'de> = "content",
    }
}

record! {
    /// What `canmore.update_textdoc` is given.
    Updated<'de> {
        updates: Vec<Update<'de>> = "updates",
    }
}

record! {
    /// One replacement, by a regular expression in Python's style.
    Update<'de> {
        pattern: Text<'de> = "pattern",
        multiple: bool = "multiple",
        replacement: Text<'de> = "replacement",
    }
}

/// What an update costs besides the document, in bytes looked through.
const LOOKING: usize = 4 << 10;
/// What each state of a pattern's automaton costs before anything is looked through.
const COMPILING: usize = 8 << 10;
/// How large a compiled pattern may be.
const LARGEST_PATTERN: usize = 1 << 20;

/// The documents of a conversation. `order` lists messages with the place of the one before each; `canvases` are the
/// messages, by number, that do something to one; `current` is the leaf of the visible branch.
pub(super) fn documents(
    order: &[(u32, u32)],
    messages: &[Note],
    text: &str,
    canvases: &[(u32, Canvas)],
    current: Option<usize>,
) -> Documents {
    let does = |place: usize| {
        let at = canvases.binary_search_by_key(&order[place].0, |&(number, _)| number).ok()?;
        Some(canvases[at].1)
    };
    let note = |place: usize| &messages[order[place].0 as usize];
    let json = |place: usize| &text[note(place).text.start as usize..note(place).text.end as usize];
    if !canvases.iter().any(|&(_, canvas)| canvas == Canvas::Create) {
        return Documents::default();
    }
    let mut documents: Vec<(usize, Document)> = (0..order.len())
        .filter(|&place| does(place) == Some(Canvas::Create))
        .filter_map(|place| Some((place, created(json(place))?)))
        .collect();
    let branches = Branches::of(order, current);
    // The document each message works on: the last that was created above it.
    let mut slots: Vec<Option<usize>> = vec![None; order.len()];
    let mut bounds = Bounds::new();
    let mut next = 0;
    for place in 0..order.len() {
        slots[place] =
            Some(order[place].1).filter(|&parent| parent != NONE).and_then(|at| slots[at as usize]);
        if documents.get(next).is_some_and(|&(made, _)| made == place) {
            slots[place] = Some(next);
            next += 1;
            continue;
        }
        let Some(slot) = slots[place] else { continue };
        let (made, document) = &mut documents[slot];
        if does(place) == Some(Canvas::Update) && branches.leads(*made, place) {
            update(document, json(place), &mut bounds);
        }
    }
    Documents::new(documents)
}

fn created(json: &str) -> Option<Document> {
    let Created { name, kind, content } = serde_json::from_str::<Field<Created<'_>>>(json).ok()?.0;
    Some(Document {
        title: name.unwrap_or_default().into_owned(),
        format: kind.unwrap_or_default().into_owned(),
        text: content?.into_owned(),
    })
}

fn update(document: &mut Document, json: &str, bounds: &mut Bounds) {
    let parsed = serde_json::from_str::<Field<Updated<'_>>>(json);
    for update in parsed.map(|field| field.0.updates).unwrap_or_default() {
        if !bounds.spend(document.text.len() + LOOKING) {
            return;
        }
        let pattern = update.pattern.as_deref().unwrap_or_default();
        let replacement = update.replacement.as_deref().unwrap_or_default();
        let most = bounds.most(document);
        let text = match pattern {
            "" => None,
            ".*" => Some(replacement.to_owned()).filter(|text| text.len() <= most),
            _ => {
                let change =
                    Change { replacement, times: if update.multiple { usize::MAX } else { 1 }, most };
                change.make(&document.text, pattern, bounds)
            }
        };
        if let Some(text) = text {
            bounds.change(document, text);
        }
    }
}

/// What to put in the place of a match, or of all of them.
struct Change<'a> {
    replacement: &'a str,
    times: usize,
    /// How long the text may become.
    most: usize,
}

impl Change<'_> {
    /// The text with the change made; `None` if the pattern does not compile or match, or if that costs too much.
    fn make(&self, text: &str, pattern: &str, bounds: &mut Bounds) -> Option<String> {
        // Most patterns are a stretch of the document as it stands.
        if let Some(words) = literal(pattern) {
            let found = text.match_indices(&words).take(self.times);
            let groups = |group: &str| if group == "0" { &*words } else { "" }.to_owned();
            return self.rewrite(text, found.map(|(at, words)| (at..at + words.len(), groups)));
        }
        let regex = compiled(pattern, text.len(), bounds)?;
        let found = regex.captures_iter(text).take(self.times).map(|captures| {
            let range = captures.get_match().range();
            let regex = &regex;
            let groups = move |group: &str| {
                let named = || regex.capture_names().position(|known| known == Some(group));
                let number = group.parse().ok().or_else(named);
                number.and_then(|number| captures.get(number)).map_or("", |found| found.as_str()).to_owned()
            };
            (range, groups)
        });
        self.rewrite(text, found)
    }

    fn rewrite<G: Fn(&str) -> String>(
        &self,
        text: &str,
        found: impl Iterator<Item = (Range<usize>, G)>,
    ) -> Option<String> {
        let mut changed = String::new();
        let mut copied = None;
        for (range, groups) in found {
            changed.push_str(&text[copied.unwrap_or(0)..range.start]);
            copied = Some(range.end);
            expand(self.replacement, groups, &mut changed);
            if changed.len() > self.most {
                return None;
            }
        }
        changed.push_str(&text[copied?..]);
        (changed.len() <= self.most).then_some(changed)
    }
}

/// The text that a pattern stands for, if it is nothing but one.
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

/// A pattern made ready for a text of that length, if there is as much left as that may cost: in the worst case every
/// state of its automaton is looked at for every byte.
fn compiled(pattern: &str, length: usize, bounds: &mut Bounds) -> Option<Regex> {
    let configuration = thompson::Config::new().nfa_size_limit(Some(LARGEST_PATTERN));
    let automaton = NFA::compiler().configure(configuration).build(pattern).ok()?;
    let states = automaton.states().len();
    if !bounds.spend(states.saturating_mul(COMPILING + length)) {
        return None;
    }
    let limited =
        RegexBuilder::new(pattern).size_limit(LARGEST_PATTERN).dfa_size_limit(LARGEST_PATTERN).build();
    limited.ok()
}

/// A replacement as Python's `Match.expand` reads it: `\1`, `\g<1>`, `\g<name>`, `\n`, `\t`, `\\`. Any other
/// backslash stands for itself.
fn expand(replacement: &str, group: impl Fn(&str) -> String, out: &mut String) {
    let mut rest = replacement;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let digits = behind.bytes().take(2).take_while(u8::is_ascii_digit).count();
        rest = if digits > 0 && !behind.starts_with('0') {
            out.push_str(&group(&behind[..digits]));
            &behind[digits..]
        } else if let Some((name, after)) = behind.strip_prefix("g<").and_then(|name| name.split_once('>')) {
            out.push_str(&group(name));
            after
        } else {
            let escapes = [('n', '\n'), ('t', '\t'), ('r', '\r'), ('\\', '\\')];
            let known = escapes.iter().find(|(letter, _)| behind.starts_with(*letter));
            out.push(known.map_or('\\', |&(_, stands_for)| stands_for));
            &behind[usize::from(known.is_some())..]
        };
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, pattern: &str, replacement: &str) -> Option<String> {
        let change = Change { replacement, times: usize::MAX, most: 1_000 };
        change.make(text, pattern, &mut Bounds::new())
    }

    #[test]
    fn a_pattern_of_nothing_but_words_changes_what_an_expression_would() {
        assert_eq!(changed("a.b a.b axb", r"a\.b", r"[\g<0>\1]").as_deref(), Some("[a.b] [a.b] axb"));
        assert_eq!(changed("a.b", "(a).(?P<last>b)", r"\g<last>\1\n").as_deref(), Some("ba\n"));
        assert_eq!(changed("a.b", "c", ""), None);
        assert_eq!(changed("a.b", r"a\", ""), None, "no pattern at all");
    }

    /// A document of some hundred kilobytes and patterns of thousands of states would take hours.
    #[test]
    fn what_costs_too_much_changes_nothing() {
        let text = "a".repeat(1 << 20);
        assert_eq!(changed(&text, "(?:a?){2000}b", ""), None);
        assert_eq!(changed(&text[..100], "(?:a?){2000}$", "b").as_deref(), Some("b"));
    }
}

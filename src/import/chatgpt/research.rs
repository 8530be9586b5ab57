//! Reports of Deep Research: an answer that stands in none of the messages, but in the state of a widget.
//!
//! The state is in the metadata of a tool's result, as JSON or as a string of it, or in a message to the model that says
//! "The latest state of the widget is: {…}". In it is a message like others, with references of its own.

use std::{borrow::Cow, hash::BuildHasher};

use hashbrown::{DefaultHashBuilder, HashMap};

use super::{
    parse::LIST_BUDGET,
    shape::{Message, Sdk, Widget},
    unread::{MessageExtras, push_unclaimed},
};
use crate::{
    conversation::Visibility,
    import::{
        json::{self, Lenient, MemoryBudget, Raw, Repaired, UnclaimedValue},
        message_arena::{MessageArena, NO_PARENT},
        outline::is_json,
    },
};

/// The words before a state that stands in a text.
const IN_TEXT: &str = "The latest state of the widget is:";
/// The key under which a state has its report.
const REPORT: &str = "report_message";

/// The text of a message in the place of a state with a report, which is told as a message of its own.
pub(super) const PLACEHOLDER: &str = "The latest state of the widget";

/// The states of widgets that a message carries.
#[derive(Default)]
pub(super) struct WidgetStates {
    /// The states, as JSON.
    pub list: Vec<String>,
    /// The parts, by number, that are nothing but such a state.
    pub parts: Vec<usize>,
    /// The string that stands in the place of the parts is one.
    pub bare: bool,
    /// What else an app keeps.
    pub more: String,
}

/// Returns the states of widgets that a message carries.
pub(super) fn states(message: &Message<'_>) -> WidgetStates {
    let mut states = WidgetStates::default();
    let sdk = message.metadata.sdk;
    if !sdk.0.is_empty() && sdk.0 != "null" {
        let json = sdk.text().unwrap_or(Cow::Borrowed(sdk.0));
        let repaired = Repaired::new();
        match json::from_str_or_repaired::<Sdk<'_>>(&json, &repaired, &MemoryBudget::new(LIST_BUDGET)) {
            Ok(read) => {
                for state in [read.state, read.response.state] {
                    states.list.extend(json_of(state).map(Cow::into_owned));
                }
                read.unread("app", &mut |key, value| push_unclaimed(key, value, &mut states.more));
            }
            Err(_) => push_unclaimed("app", &UnclaimedValue::Json(sdk.0), &mut states.more),
        }
    }
    let content = &message.content.0.parts;
    for (number, part) in content.list.iter().enumerate() {
        if !may_be_state(*part) {
            continue;
        }
        let text = part.text().unwrap_or_default();
        if let Some(state) = state_in(&text) {
            states.list.push(state.to_owned());
            states.parts.push(number);
        }
    }
    if let Some(state) = content.bare.as_deref().and_then(state_in) {
        states.list.push(state.to_owned());
        states.bare = true;
    }
    states
}

/// Returns whether a text that is still JSON may be the state of a widget: nearly none is, and those are not unescaped.
fn may_be_state(part: Raw<'_>) -> bool {
    let Some(mut rest) = part.0.strip_prefix('"') else { return false };
    loop {
        rest = rest.trim_start();
        let blank = ["\\n", "\\r", "\\t"].iter().find_map(|blank| rest.strip_prefix(blank));
        match blank {
            Some(behind) => rest = behind,
            // Whatever else is escaped is looked at.
            None => return rest.starts_with(IN_TEXT) || rest.starts_with('\\'),
        }
    }
}

/// Returns the state, with a report in it, that a text consists of.
fn state_in(text: &str) -> Option<&str> {
    let state = text.trim_start().strip_prefix(IN_TEXT)?.trim();
    (state.starts_with('{') && state.contains(REPORT) && is_json(state)).then_some(state)
}

/// Returns the JSON that a value is, or that stands in it as a string.
fn json_of(value: Raw<'_>) -> Option<Cow<'_, str>> {
    match value.text() {
        Some(text) => Some(text),
        None => value.0.starts_with(['{', '[']).then_some(Cow::Borrowed(value.0)),
    }
}

/// Reads the state of a widget: gives the report in it to `take`, and writes what else stands there to the rest.
pub(super) fn read(
    state: &str,
    rest: &mut MessageExtras,
    take: impl FnOnce(Message<'_>, &mut MessageExtras),
) {
    let repaired = Repaired::new();
    let budget = MemoryBudget::new(LIST_BUDGET);
    let Ok(widget) = json::from_str_or_repaired::<Widget<'_>>(state, &repaired, &budget) else {
        return push_unclaimed("widget", &UnclaimedValue::Text(Cow::Borrowed(state)), &mut rest.more);
    };
    widget.unread.0.iter().for_each(|(key, value)| {
        push_unclaimed(if key.is_empty() { "widget" } else { key }, value, &mut rest.more);
    });
    if let Some(report) = widget.report.0 {
        take(*report, rest);
    }
}

/// The reports that were told already: one that several messages of a branch carry stands in it once.
pub(super) struct ReportsSeen {
    /// The reports by number, ascending, each with what it says as a hash.
    reports: Vec<(u32, u64)>,
    /// The place where each was told last, by that hash.
    places: HashMap<u64, u32>,
    /// The depth of each place, and the places from the root to the last one.
    depths: Vec<u32>,
    branch: Vec<u32>,
}

impl ReportsSeen {
    /// Gets ready for these reports, by number; a report that some other message says in its own words is told already.
    pub(super) fn new(arena: &MessageArena, reports: &[u32]) -> Self {
        let hasher = DefaultHashBuilder::default();
        let non_blank = |number: u32| {
            let range = &arena.messages[number as usize].text;
            hasher.hash_one(arena.text[range.start as usize..range.end as usize].trim())
        };
        let mut told = Self {
            reports: reports.iter().map(|&number| (number, non_blank(number))).collect(),
            places: HashMap::new(),
            depths: Vec::new(),
            branch: Vec::new(),
        };
        if !reports.is_empty() {
            let answers = (0..arena.messages.len() as u32).filter(|number| {
                let message = &arena.messages[*number as usize];
                message.visibility == Visibility::Shown && reports.binary_search(number).is_err()
            });
            // On whichever branch: the answer is there.
            told.places = answers.map(|number| (non_blank(number), NO_PARENT)).collect();
        }
        told
    }

    /// Returns whether a message, which comes after the one at `above` and would have this place, is a report that its
    /// branch has already. Is asked of every message, in order.
    pub(super) fn is_told(&mut self, number: u32, above: u32, place: usize) -> bool {
        if self.reports.is_empty() {
            return false;
        }
        let depth = if above == NO_PARENT { 0 } else { self.depths[above as usize] + 1 };
        if let Ok(at) = self.reports.binary_search_by_key(&number, |&(number, _)| number) {
            let non_blank = self.reports[at].1;
            let is_above = |&before: &u32| {
                before == NO_PARENT || {
                    let level = self.depths[before as usize];
                    level < depth && self.branch.get(level as usize) == Some(&before)
                }
            };
            if self.places.get(&non_blank).is_some_and(is_above) {
                return true;
            }
            self.places.insert(non_blank, place as u32);
        }
        self.depths.push(depth);
        self.branch.truncate(depth as usize);
        self.branch.push(place as u32);
        false
    }
}

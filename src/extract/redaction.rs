//! Redaction on the way out: whatever is extracted passes here, changed or as it is.

use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError},
};

use super::{Options, format::turns::turns};
use crate::{
    conversation::Conversation,
    secrets::{Counts, Scanner},
};

/// Counts the secrets that an extract with these options would hold.
pub fn held(conversation: &Conversation, options: &Options) -> Counts {
    let scanner = Scanner::built_in();
    let mut counts = Counts::default();
    // An original holds everything; a line of `jsonl` its text alone.
    let messages: Vec<usize> = if options.format.is_original() {
        (0..conversation.messages().len()).collect()
    } else {
        turns(conversation, options).into_iter().map(|turn| turn.message).collect()
    };
    let more = options.format.writes_titles();
    if more {
        counts.merge(&scanner.scan(&conversation.title).iter().collect());
    }
    for message in messages {
        scanner.count_message(conversation, message, more, &mut counts);
    }
    counts
}

/// Returns a text to copy without its secrets, and what they were. In JSON only what its strings say is
/// looked at, so that it stays JSON.
pub fn redacted(text: &str, is_json: bool) -> (String, Counts) {
    if !is_json {
        return Scanner::built_in().redact(text);
    }
    let (json, counts) = Scanner::built_in().redact_json(text.as_bytes());
    (String::from_utf8_lossy(&json).into_owned(), counts)
}

/// The redaction of an extract: takes secrets out and counts them, or lets everything pass. Several threads
/// may use one.
#[derive(Debug, Default)]
pub struct Redaction(Option<Mutex<Counts>>);

impl Redaction {
    /// Makes one that takes secrets out, or one that lets everything pass.
    pub fn new(wanted: bool) -> Self {
        Self(wanted.then(Mutex::default))
    }

    /// Tells that secrets are to be taken out.
    pub fn is_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the conversation as it may be written. Give it to [`super::conversation`] in the place of the
    /// other.
    pub fn conversation<'a>(&self, conversation: &'a Conversation) -> Cow<'a, Conversation> {
        if self.0.is_none() {
            return Cow::Borrowed(conversation);
        }
        let (redacted, counts) = Scanner::built_in().redact_conversation(conversation);
        self.count(&counts);
        Cow::Owned(redacted)
    }

    /// Redacts a conversation without counting, for what is written beside an original object.
    pub fn uncounted<'a>(&self, conversation: &'a Conversation) -> Cow<'a, Conversation> {
        if self.0.is_none() {
            return Cow::Borrowed(conversation);
        }
        Cow::Owned(Scanner::built_in().redact_conversation(conversation).0)
    }

    /// Returns the conversation to name a file after: only its title matters, and nothing is counted.
    pub fn named<'a>(&self, conversation: &'a Conversation) -> Cow<'a, Conversation> {
        if self.0.is_none() || Scanner::built_in().scan(&conversation.title).is_empty() {
            return Cow::Borrowed(conversation);
        }
        Cow::Owned(Scanner::built_in().redact_conversation(conversation).0)
    }

    /// Returns an original object as it may be written: its strings changed, no other byte.
    pub fn original<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.0.is_none() {
            return Cow::Borrowed(bytes);
        }
        let (redacted, counts) = Scanner::built_in().redact_json(bytes);
        self.count(&counts);
        Cow::Owned(redacted)
    }

    fn count(&self, counts: &Counts) {
        if let Some(sum) = &self.0 {
            sum.lock().unwrap_or_else(PoisonError::into_inner).merge(counts);
        }
    }

    /// Says in words which secrets were found so far in all that passed, "2 e-mail addresses" (empty:
    /// nothing); `None` when nothing was to be taken out.
    pub fn sentence(&self) -> Option<String> {
        let counts = self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(counts.sentence(Scanner::built_in()))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Format, Include,
            test_support::{answer, chain, folded, options, prompt},
        },
        *,
    };
    use crate::conversation::Kind;

    #[test]
    fn what_an_extract_holds_depends_on_what_it_takes() {
        let conversation = chain(
            "Mail a@example.org",
            vec![
                prompt("b@example.org"),
                folded(Kind::Call, "c@example.org"),
                folded(Kind::Reasoning, "d@example.org, e@example.org"),
                answer("none"),
            ],
        );
        let held = |options: &Options| super::held(&conversation, options).total();
        let tools = Include { tools: true, ..Include::default() };
        assert_eq!(held(&options(Format::Markdown)), 2);
        assert_eq!(held(&options(Format::Jsonl)), 1);
        assert_eq!(held(&Options { include: tools, ..options(Format::Markdown) }), 3);
        assert_eq!(held(&Options { include: Include::ALL, ..options(Format::Html) }), 5);
        assert_eq!(held(&options(Format::Json)), 5);
    }
}

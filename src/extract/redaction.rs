//! Redaction on the way out: whatever is extracted passes here, changed or as it is.

use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError},
};

use super::{ExtractOptions, format::entries::entries};
use crate::{
    conversation::Conversation,
    secrets::{Counts, KnownSecrets, Scanner},
};

/// Counts the secrets that an extract with these options would hold.
pub fn count_secrets(conversation: &Conversation, options: &ExtractOptions) -> Counts {
    count_secrets_while(conversation, options, &|| true).unwrap_or_default()
}

/// Does the same as long as somebody waits for it, message by message; `None`: nobody does any more.
pub fn count_secrets_while(
    conversation: &Conversation,
    options: &ExtractOptions,
    should_continue: &dyn Fn() -> bool,
) -> Option<Counts> {
    let mut known = KnownSecrets::new();
    // An original holds everything; a line of `jsonl` its text alone.
    if options.format.is_original() {
        return known.learn_conversation_while(conversation, should_continue).then(|| known.counts().clone());
    }
    let more = options.format.writes_titles();
    if more {
        known.learn_title_and_id(conversation);
    }
    for entry in entries(conversation, options) {
        if !should_continue() {
            return None;
        }
        known.learn_message(conversation, entry.message, more);
    }
    Some(known.counts().clone())
}

/// Counts the secrets in a text to copy, as far as it tells them itself. In JSON only what its strings and numbers say is
/// looked at.
pub fn count_secrets_in(text: &str, is_json: bool) -> Counts {
    let mut held = KnownSecrets::new();
    if !is_json {
        return held.redact_and_count(text).1;
    }
    held.learn_json(text.as_bytes());
    held.counts().clone()
}

/// Returns a text to copy of these conversations without the secrets in it, and what they were. In JSON only what its
/// strings and numbers say is looked at, so that it stays JSON.
///
/// Nothing is read for it: it knows what the conversations say, and not the keys and numbers of their original objects,
/// which [`Redaction`] knows of an extract.
pub fn redacted(text: &str, of: &[&Conversation], is_json: bool) -> (String, Counts) {
    redacted_while(text, of, is_json, &|| true).unwrap_or_default()
}

/// Does the same as long as somebody waits for it; `None`: nobody does any more.
pub fn redacted_while(
    text: &str,
    of: &[&Conversation],
    is_json: bool,
    should_continue: &dyn Fn() -> bool,
) -> Option<(String, Counts)> {
    let mut known = KnownSecrets::new();
    for conversation in of {
        if !known.learn_conversation_while(conversation, should_continue) {
            return None;
        }
    }
    if !is_json {
        let (text, counts) = known.redact_and_count(text);
        return should_continue().then(|| (text.into_owned(), counts));
    }
    let mut held = KnownSecrets::new();
    held.learn_json(text.as_bytes());
    known.add_values_of(&held);
    let json = known.redact_json(text.as_bytes());
    Some((String::from_utf8_lossy(&json).into_owned(), held.counts().clone()))
}

/// Returns a conversation to name a file after, without secrets in its title and id, as long as somebody waits for it;
/// `None`: nobody does any more.
pub fn conversation_to_name_while(
    conversation: &Conversation,
    should_continue: &dyn Fn() -> bool,
) -> Option<Conversation> {
    let mut known = KnownSecrets::new();
    known
        .learn_conversation_while(conversation, should_continue)
        .then(|| known.redact_title_and_id(conversation))
}

/// Returns the same by what its title and id alone tell, for a name that is to be there at once.
pub fn conversation_to_name_at_once(conversation: &Conversation) -> Conversation {
    let mut known = KnownSecrets::new();
    known.learn_title_and_id(conversation);
    known.redact_title_and_id(conversation)
}

/// The redaction of an extract: takes secrets out and counts them, or lets everything pass. Several threads
/// may use one.
#[derive(Debug, Default)]
pub struct Redaction(Option<Mutex<Counts>>);

/// The secrets of a conversation that are taken out of whatever is written of it; `None`: none are to be taken out. That
/// a conversation holds none does not mean that a name beside it does.
#[derive(Debug, Default)]
pub struct Secrets(Option<Box<KnownSecrets>>);

impl Secrets {
    /// Returns the conversation as it may be written. Give it to [`super::format_conversation`] in the place of the other.
    pub fn redacted_conversation<'a>(&self, conversation: &'a Conversation) -> Cow<'a, Conversation> {
        match &self.0 {
            Some(known) if !known.is_empty() => Cow::Owned(known.redact_conversation(conversation)),
            _ => Cow::Borrowed(conversation),
        }
    }

    /// Returns the conversation to name a file after.
    pub fn title_and_id<'a>(&self, conversation: &'a Conversation) -> Cow<'a, Conversation> {
        match &self.0 {
            Some(known) if !known.is_empty() => Cow::Owned(known.redact_title_and_id(conversation)),
            _ => Cow::Borrowed(conversation),
        }
    }

    /// Returns the original object as it may be written: its strings and numbers changed, no other byte.
    pub fn redacted_original<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.0 {
            Some(known) if !known.is_empty() => Cow::Owned(known.redact_json(bytes)),
            _ => Cow::Borrowed(bytes),
        }
    }

    /// Adds those of the original object.
    pub fn learn_original(&mut self, bytes: &[u8]) {
        let mut known = self.0.take().unwrap_or_default();
        known.learn_original(bytes);
        self.0 = Some(known);
    }

    /// Ends the adding.
    pub fn finish_learning(&mut self) {
        if let Some(known) = &mut self.0 {
            known.finish_learning();
        }
    }
}

impl Redaction {
    /// Makes one that takes secrets out, or one that lets everything pass.
    pub fn new(wanted: bool) -> Self {
        Self(wanted.then(Mutex::default))
    }

    /// Returns whether secrets are to be taken out.
    pub fn is_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the secrets of a conversation that are to be taken out.
    pub fn secrets(&self, conversation: &Conversation) -> Secrets {
        Secrets(self.0.as_ref().map(|_| Box::new(KnownSecrets::of(conversation))))
    }

    /// Counts the secrets of a conversation, once it is written.
    pub fn count(&self, secrets: &Secrets) {
        if let (Some(sum), Some(known)) = (&self.0, &secrets.0) {
            sum.lock().unwrap_or_else(PoisonError::into_inner).merge(known.counts());
        }
    }

    /// Returns a text that is written beside a conversation of these secrets as it may be written: the name of a file. What
    /// it holds of kinds that the conversation does not is counted.
    pub fn text<'t>(&self, secrets: &Secrets, text: &'t str) -> Cow<'t, str> {
        let (Some(sum), Some(known)) = (&self.0, &secrets.0) else { return Cow::Borrowed(text) };
        let (redacted, counts) = known.redact_and_count(text);
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        for (kind, number) in counts.iter() {
            if known.counts().iter().all(|(counted, _)| counted != kind) {
                (0..number).for_each(|_| sum.add(kind));
            }
        }
        redacted
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
    use crate::conversation::MessageKind;

    #[test]
    fn what_an_extract_holds_depends_on_what_it_takes() {
        let conversation = chain(
            "Mail a@example.org",
            vec![
                prompt("b@example.org"),
                folded(MessageKind::Call, "c@example.org"),
                folded(MessageKind::Reasoning, "d@example.org, e@example.org"),
                answer("none"),
            ],
        );
        let held = |options: &ExtractOptions| super::count_secrets(&conversation, options).total();
        let tools = Include { tools: true, ..Include::default() };
        assert_eq!(held(&options(Format::Markdown)), 2);
        assert_eq!(held(&options(Format::Jsonl)), 1);
        assert_eq!(held(&ExtractOptions { include: tools, ..options(Format::Markdown) }), 3);
        assert_eq!(held(&ExtractOptions { include: Include::ALL, ..options(Format::Html) }), 5);
        assert_eq!(held(&options(Format::Json)), 5);
    }

    #[test]
    fn a_copy_of_json_is_redacted_by_what_its_own_keys_say() {
        let json = r#"{"password": "hunter2aaQ", "note": "it is hunter2aaQ"}"#;
        let (redacted, counts) = super::redacted(json, &[], true);
        assert_eq!(redacted, json.replace("hunter2aaQ", "[redacted: password]"));
        assert_eq!(counts.total(), 1);
    }
}

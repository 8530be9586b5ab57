//! The places of a query that asks for secrets and for no words: there the secrets are what was found.

use super::{Hit, Matcher, Snippet, matcher::MAX_KEPT};
use crate::{
    conversation::Conversation,
    search::{index::IndexEntry, query::MessageFeature},
    secrets::{RuleId, Scanner, SecretClass},
};

/// Secrets that are named in a row of the list.
const MAX_NAMED: usize = 3;

impl Matcher {
    /// Returns the secrets that `has:secret` is about, by message, then position, at most a million; none if the query
    /// asks for words in messages, or not for secrets.
    pub(super) fn secret_hits(&self, conversation: &Conversation) -> Vec<Hit> {
        self.secrets(conversation).map(|(hit, _)| hit).take(MAX_KEPT).collect()
    }

    /// Names the first secrets that `has:secret` is about, masked. `None`: there are none.
    pub fn secret_snippet(&self, conversation: &Conversation) -> Option<Snippet> {
        let mut secrets = self.secrets(conversation);
        let first = secrets.next()?;
        let (message, place) = (first.0.message, first.0.range.start);
        let named = |(hit, kind): (Hit, RuleId)| {
            let value = &conversation.message_words(hit.message)[hit.range];
            format!("{} {}", Scanner::built_in().rule(kind).id(), Scanner::built_in().mask(kind, value))
        };
        let mut names: Vec<String> =
            std::iter::once(first).chain(secrets).map(named).take(MAX_NAMED + 1).collect();
        if names.len() > MAX_NAMED {
            names.truncate(MAX_NAMED);
            names.push("…".to_owned());
        }
        Some(Snippet { message, text: names.join(" · "), highlights: Vec::new(), focus: 0, place })
    }

    fn secrets<'a>(&self, conversation: &'a Conversation) -> impl Iterator<Item = (Hit, RuleId)> + use<'a> {
        let filter = self.compiled().message_filter();
        let is_about_secrets = filter.features.contains(&MessageFeature::Secret)
            && self.compiled().message_terms().next().is_none();
        let scope = is_about_secrets
            .then(|| self.compiled().scope(conversation, IndexEntry::unindexed(conversation)).eligible());
        scope.into_iter().flatten().flat_map(|message| secrets_in(conversation, message))
    }
}

/// Returns the credentials in a message and beside it, in order.
fn secrets_in(conversation: &Conversation, message: usize) -> impl Iterator<Item = (Hit, RuleId)> {
    let pieces = conversation.message_word_pieces(message);
    pieces.flat_map(move |(place, words)| {
        let scanner = Scanner::built_in();
        let findings = scanner.scan(words).into_iter();
        let credentials =
            findings.filter(|finding| scanner.rule(finding.kind).class() == SecretClass::Credential);
        credentials.map(move |finding| {
            let range = place + finding.range.start..place + finding.range.end;
            (Hit { message, range }, finding.kind)
        })
    })
}

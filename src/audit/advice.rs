//! The end of the report: what to do about what was found, in the words of each provider.

use hashbrown::HashSet;

use super::{
    MemoryOrigin, each_once,
    lines::{ReportLine, ReportLines},
    without_secrets,
};
use crate::{
    extract::address,
    library::{ConversationHandle, LibraryEntry},
    provider::Provider,
    secrets::{Certainty, Rule, Scanner, SecretClass},
};

impl<T: LibraryEntry> ReportLines<'_, T> {
    /// Adds the advice, most urgent first; only what applies, and for each provider that it concerns.
    pub(super) fn add_advice(&self, lines: &mut Vec<ReportLine>) {
        let report = self.report;
        let scanner = Scanner::built_in();
        lines.push(ReportLine::Heading("What to do".to_owned()));
        let say = |words: &str| ReportLine::Sentence(words.to_owned());
        for provider in each_once(report.public_links.iter().map(|link| link.provider)) {
            let links = &provider.facts().settings_paths.links;
            lines.push(ReportLine::Sentence(match links {
                Some(path) => format!("Delete the public links: {}, {path}", provider.name()),
                None => format!("Delete the public links in {}", provider.name()),
            }));
        }
        let mut kinds: Vec<_> = report
            .certain_of_class(SecretClass::Credential)
            .map(|(_, (_, exposure))| exposure.kind)
            .collect();
        let in_files = report.member_exposures_of_class(SecretClass::Credential, Certainty::Certain);
        kinds.extend(in_files.map(|(_, (_, exposure))| exposure.kind));
        kinds.sort_unstable();
        kinds.dedup();
        if !kinds.is_empty() {
            let page = |rule: &Rule| {
                rule.revoke_page().map(|page| ReportLine::Address(rule.id().to_owned(), page.to_owned()))
            };
            let pages: Vec<ReportLine> = kinds.iter().filter_map(|&kind| page(scanner.rule(kind))).collect();
            let end = if pages.is_empty() { "" } else { ":" };
            lines.push(ReportLine::Sentence(format!(
                "Revoke each key and change each password that was ever real; then make a new one{end}"
            )));
            lines.extend(pages);
        }
        let whose = |handle: ConversationHandle| self.library.get(handle).provider();
        let holding = || report.certain_of_class(SecretClass::Credential).map(|(_, (handle, _))| *handle);
        for provider in each_once(holding().map(whose)) {
            lines.push(ReportLine::Sentence(format!("Delete those conversations in {}:", provider.name())));
            let mut linked = HashSet::new();
            for handle in holding().filter(|&handle| whose(handle) == provider) {
                let page = address(self.library.get(handle)).filter(|_| linked.insert(handle));
                lines.extend(page.map(|page| ReportLine::Address(String::new(), without_secrets(&page))));
            }
        }
        self.add_settings_advice(lines);
        lines.extend([
            say("Say what nobody shall keep in a temporary chat: it is not in the history"),
            say("Keep this archive where only you can read it; it says all this to whoever has it"),
        ]);
    }

    /// Adds the settings where to look through memory, and where to switch off training.
    fn add_settings_advice(&self, lines: &mut Vec<ReportLine>) {
        let report = self.report;
        // Of several providers each path says whose it is.
        let mut at = |what: &str, provider: Provider, path: Option<&str>| {
            let name = Some(provider.name()).filter(|_| report.providers.len() > 1);
            let steps: Vec<&str> = name.into_iter().chain(path).collect();
            let joint = if steps.is_empty() { "" } else { ": " };
            lines.push(ReportLine::Sentence(format!("{what}{joint}{}", steps.join(", "))));
        };
        let (mut said, mut own) = (Vec::new(), Vec::new());
        for (origin, _) in &report.memory {
            match origin {
                MemoryOrigin::Conversation(handle) => said.push(*handle),
                MemoryOrigin::Member(origin) => own.push(origin.provider),
            }
        }
        said.extend(report.instructions.iter().map(|(handle, _)| *handle));
        for provider in each_once(said.into_iter().map(|handle| self.library.get(handle).provider())) {
            at(
                "Look through memory and custom instructions",
                provider,
                provider.facts().settings_paths.memory,
            );
        }
        for provider in each_once(own) {
            let what = format!("Look through what {} remembers", provider.name());
            at(&what, provider, provider.facts().settings_paths.memory);
        }
        for &provider in &report.providers {
            if let Some(path) = provider.facts().settings_paths.training {
                at("Switch off training", provider, Some(path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        audit::{AuditReport, lines::ExposureOrder},
        conversation::{
            ConversationBuilder, ConversationMeta, MessageDraft, MessageKind, ObjectLocation, Role,
        },
        library::Library,
    };

    /// Returns a conversation with a password and a memory.
    fn conversation(id: &str, provider: Provider) -> crate::conversation::Conversation {
        let mut builder = ConversationBuilder::new();
        builder.push(MessageDraft { kind: MessageKind::Memory, ..MessageDraft::new(Role::Assistant, id) });
        let last = builder.push(MessageDraft::new(Role::User, "pwd=correct-horse-7"));
        let heading =
            ConversationMeta { id: Some(id), ..ConversationMeta::new(provider, ObjectLocation::default()) };
        builder.finish(heading, Some(last))
    }

    fn advice(providers: &[Provider]) -> Vec<String> {
        let mut library = Library::new();
        library.add(providers.iter().map(|&provider| conversation(provider.as_str(), provider)).collect());
        let report = AuditReport::of(&[], &library, &|_, _| true).expect("nobody stops it");
        let report = ReportLines { report: &report, library: &library, zone: &TimeZone::UTC };
        let lines = report.lines(ExposureOrder::default(), false).into_iter();
        let lines = lines.skip_while(|line| *line != ReportLine::Heading("What to do".to_owned()));
        lines.map(|line| report.fields(&line, false).concat()).collect()
    }

    #[test]
    fn what_to_do_is_told_in_the_words_of_the_provider() {
        for (provider, told) in [
            (
                Provider::ChatGpt,
                [
                    "Delete those conversations in ChatGPT:",
                    "https://chatgpt.com/c/chatgpt",
                    "Look through memory and custom instructions: Settings → Personalization",
                    "Switch off training: Settings → Data controls → Improve the model for everyone",
                ],
            ),
            (
                Provider::Claude,
                [
                    "Delete those conversations in Claude:",
                    "https://claude.ai/chat/claude",
                    "Look through memory and custom instructions: Settings → Capabilities → Memory",
                    "Switch off training: Settings → Privacy → Help Improve Claude",
                ],
            ),
        ] {
            let advice = advice(&[provider]);
            assert_eq!(advice[2..6], told, "{advice:?}");
        }
    }

    #[test]
    fn of_several_providers_each_is_named() {
        let advice = advice(Provider::ALL);
        for provider in Provider::ALL {
            let name = provider.name();
            let page = provider.conversation_address(provider.as_str());
            let told = [
                Some(format!("Delete those conversations in {name}:")),
                page,
                provider
                    .facts()
                    .settings_paths
                    .memory
                    .map(|path| format!("Look through memory and custom instructions: {name}, {path}")),
                provider
                    .facts()
                    .settings_paths
                    .training
                    .map(|path| format!("Switch off training: {name}, {path}")),
            ];
            for line in told.into_iter().flatten() {
                assert!(advice.contains(&line), "{line} in {advice:?}");
            }
        }
    }
}

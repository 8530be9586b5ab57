//! The report in words: lines, worst first, and at the end what to do. A [`ReportLine`] is small and says where it stands;
//! its words are made when it is shown, since there may be very many.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use jiff::tz::TimeZone;

use super::{AuditReport, MemoryOrigin, each_once, without_secrets};
use crate::{
    conversation::Time,
    extract::address,
    library::{Handle, Library},
    provider::Provider,
    secrets::{
        Certainty, Rule, RuleId, Scanner, SecretClass,
        exposures::{Exposure, InstructionsOrMemory},
    },
};

/// The order of the exposures of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExposureOrder {
    /// By conversation, most recently updated first.
    #[default]
    Conversation,
    /// By date, newest first.
    Date,
    /// By kind.
    Kind,
}

impl ExposureOrder {
    /// Returns the order that comes next.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Conversation => Self::Date,
            Self::Date => Self::Kind,
            Self::Kind => Self::Conversation,
        }
    }

    /// Returns the order in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "by conversation",
            Self::Date => "by date",
            Self::Kind => "by kind",
        }
    }
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportLine {
    /// A heading for the lines after it.
    Heading(String),
    /// A public link, by its index in the report.
    PublicLink(usize),
    /// An exposure, by its index in the report.
    Exposure(usize),
    /// An exposure in another member than the conversations, by its index in the report.
    MemberExposure(usize),
    /// The number of exposures of a kind, and of the conversations they are in.
    Kind(String),
    /// A field of the profile, by its index.
    Profile(usize),
    /// Custom instructions, by their index.
    Instructions(usize),
    /// Memory, by its index.
    Memory(usize),
    /// A sentence.
    Sentence(String),
    /// A page to go to, and what for.
    Page(String, String),
}

/// The place a line leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineTarget {
    /// A conversation and a message in it.
    Message(Handle, Option<usize>),
    /// A page of the provider's.
    Page(String),
}

/// A report as lines.
#[derive(Debug)]
pub struct ReportLines<'a> {
    /// The report that is told.
    pub report: &'a AuditReport,
    /// The library of its handles.
    pub library: &'a Library,
    /// The time zone of its dates.
    pub zone: &'a TimeZone,
}

impl ReportLines<'_> {
    /// Returns all lines. `list_personal`: every exposure of personal data is a line, too.
    pub fn lines(&self, order: ExposureOrder, list_personal: bool) -> Vec<ReportLine> {
        let mut lines = Vec::new();
        self.add_public_links(&mut lines);
        self.add_credentials(order, &mut lines);
        self.add_personal_data(order, list_personal, &mut lines);
        let report = self.report;
        for (index, (origin, _)) in report.profile.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| report.profile[before].0.member);
            if before != Some(origin.member) {
                lines.push(ReportLine::Heading(format!("Profile ({})", origin.member)));
            }
            lines.push(ReportLine::Profile(index));
        }
        let texts_heading = |what: &str, number: usize| {
            let versions = many(number, "version");
            ReportLine::Heading(format!("{what}: {versions}, and each says something of you"))
        };
        if !report.instructions.is_empty() {
            lines.push(texts_heading("Custom instructions", report.instructions.len()));
            lines.extend((0..report.instructions.len()).map(ReportLine::Instructions));
        }
        if !report.memory.is_empty() {
            lines.push(texts_heading("Memory", report.memory.len()));
            lines.extend((0..report.memory.len()).map(ReportLine::Memory));
        }
        self.add_attachments(&mut lines);
        let unreadable = report.unreadable.iter();
        lines.extend(unreadable.map(|member| ReportLine::Heading(format!("{member} could not be read"))));
        self.add_advice(&mut lines);
        lines
    }

    fn add_public_links(&self, lines: &mut Vec<ReportLine>) {
        let count = self.report.public_links.len();
        if count == 0 {
            return lines.push(ReportLine::Heading("No public links".to_owned()));
        }
        let heading = format!("{}: whoever has the address reads them", many(count, "public link"));
        lines.push(ReportLine::Heading(heading));
        lines.extend((0..count).map(ReportLine::PublicLink));
    }

    fn add_credentials(&self, order: ExposureOrder, lines: &mut Vec<ReportLine>) {
        let indices = self.ordered(SecretClass::Credential, Certainty::Certain, order);
        let exposures = &self.report.exposures;
        let count = |indices: &[usize]| -> (usize, String) {
            let conversations: HashSet<Handle> = indices.iter().map(|&index| exposures[index].0).collect();
            let times = indices.iter().map(|&index| exposures[index].1.times).sum();
            (times, many(conversations.len(), "conversation"))
        };
        let in_members = |certainty: Certainty| -> (usize, Vec<usize>, String) {
            let found: Vec<_> = self.report.in_members(SecretClass::Credential, certainty).collect();
            let members: HashSet<&str> = found.iter().map(|(_, (member, _))| &*member.path).collect();
            let times = found.iter().map(|(_, (_, exposure))| exposure.times).sum();
            (times, found.iter().map(|&(index, _)| index).collect(), many(members.len(), "other file"))
        };
        let (in_files, found, files) = in_members(Certainty::Certain);
        if indices.is_empty() && found.is_empty() {
            lines.push(ReportLine::Heading("No credentials found".to_owned()));
        }
        if !indices.is_empty() {
            let (times, conversations) = count(&indices);
            lines.push(ReportLine::Heading(format!("{} in {conversations}", many(times, "credential"))));
            lines.extend(indices.into_iter().map(ReportLine::Exposure));
        }
        if !found.is_empty() {
            let heading = format!("{} in {files} of the export", many(in_files, "credential"));
            lines.push(ReportLine::Heading(heading));
            lines.extend(found.into_iter().map(ReportLine::MemberExposure));
        }
        let alike = self.ordered(SecretClass::Credential, Certainty::LooksLikeOne, order);
        if !alike.is_empty() {
            let (times, conversations) = count(&alike);
            lines.push(ReportLine::Heading(format!(
                "{times} in {conversations} only {} like {}: a wrong checksum, or the words of an example",
                if times == 1 { "looks" } else { "look" },
                if times == 1 { "one" } else { "credentials" },
            )));
            lines.extend(alike.into_iter().map(ReportLine::Exposure));
        }
        let (times, alike, files) = in_members(Certainty::LooksLikeOne);
        if !alike.is_empty() {
            let verb = if times == 1 { "looks" } else { "look" };
            lines.push(ReportLine::Heading(format!("{times} in {files} of the export only {verb} like one")));
            lines.extend(alike.into_iter().map(ReportLine::MemberExposure));
        }
    }

    fn ordered(&self, class: SecretClass, certainty: Certainty, order: ExposureOrder) -> Vec<usize> {
        let exposures = &self.report.exposures;
        let alike = |(index, (_, exposure)): (usize, &(Handle, Exposure))| {
            (exposure.certainty == certainty).then_some(index)
        };
        let mut indices: Vec<usize> = self.report.all_of_class(class).filter_map(alike).collect();
        match order {
            ExposureOrder::Conversation => {}
            ExposureOrder::Date => indices.sort_by_key(|&index| std::cmp::Reverse(exposures[index].1.date)),
            ExposureOrder::Kind => indices.sort_by_key(|&index| exposures[index].1.kind),
        }
        indices
    }

    fn add_personal_data(&self, order: ExposureOrder, list_personal: bool, lines: &mut Vec<ReportLine>) {
        let mut kinds: BTreeMap<RuleId, (usize, HashSet<Handle>)> = BTreeMap::new();
        for (_, (handle, exposure)) in self.report.certain_of_class(SecretClass::Personal) {
            let (times, indices) = kinds.entry(exposure.kind).or_default();
            *times += exposure.times;
            indices.insert(*handle);
        }
        let mut in_files: BTreeMap<RuleId, (usize, HashSet<&str>)> = BTreeMap::new();
        for (_, (member, exposure)) in self.report.in_members(SecretClass::Personal, Certainty::Certain) {
            let (times, members) = in_files.entry(exposure.kind).or_default();
            *times += exposure.times;
            members.insert(&member.path);
        }
        if kinds.is_empty() && in_files.is_empty() {
            return lines.push(ReportLine::Heading("No personal data found".to_owned()));
        }
        let more = if list_personal { "yours or not" } else { "yours or not; --json lists each" };
        lines.push(ReportLine::Heading(format!("Personal data ({more})")));
        for (kind, (times, indices)) in kinds {
            let count = Scanner::built_in().rule(kind).count(times);
            lines.push(ReportLine::Kind(format!("{count} in {}", many(indices.len(), "conversation"))));
        }
        for (kind, (times, members)) in in_files {
            let count = Scanner::built_in().rule(kind).count(times);
            let files = many(members.len(), "other file");
            lines.push(ReportLine::Kind(format!("{count} in {files} of the export")));
        }
        if list_personal {
            let indices = self.ordered(SecretClass::Personal, Certainty::Certain, order);
            lines.extend(indices.into_iter().map(ReportLine::Exposure));
        }
    }

    fn add_attachments(&self, lines: &mut Vec<ReportLine>) {
        let attached = self.report.attached;
        if attached.mentioned == 0 {
            return;
        }
        let kinds = [
            (attached.images, "picture"),
            (attached.audio, "voice clip"),
            (attached.video, "video"),
            (attached.files, "other file"),
        ];
        let kinds: Vec<String> =
            kinds.iter().filter(|(number, _)| *number > 0).map(|&(number, one)| many(number, one)).collect();
        lines.push(ReportLine::Heading(format!(
            "{}: {}",
            many(attached.mentioned, "attachment"),
            kinds.join(", ")
        )));
        let bytes = crate::message::format::size(attached.bytes);
        lines.push(ReportLine::Sentence(format!(
            "{} of them in the archive ({bytes}); what is in them is not looked at",
            attached.present
        )));
    }

    /// Adds the advice, most urgent first; only what applies, and for each provider that it concerns.
    fn add_advice(&self, lines: &mut Vec<ReportLine>) {
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
        let in_files = report.in_members(SecretClass::Credential, Certainty::Certain);
        kinds.extend(in_files.map(|(_, (_, exposure))| exposure.kind));
        kinds.sort_unstable();
        kinds.dedup();
        if !kinds.is_empty() {
            let page = |rule: &Rule| {
                rule.revoke().map(|page| ReportLine::Page(rule.id().to_owned(), page.to_owned()))
            };
            let pages: Vec<ReportLine> = kinds.iter().filter_map(|&kind| page(scanner.rule(kind))).collect();
            let end = if pages.is_empty() { "" } else { ":" };
            lines.push(ReportLine::Sentence(format!(
                "Revoke each key and change each password that was ever real; then make a new one{end}"
            )));
            lines.extend(pages);
        }
        let whose = |handle: Handle| self.library.get(handle).provider;
        let holding = || report.certain_of_class(SecretClass::Credential).map(|(_, (handle, _))| *handle);
        for provider in each_once(holding().map(whose)) {
            lines.push(ReportLine::Sentence(format!("Delete those conversations in {}:", provider.name())));
            let mut linked = HashSet::new();
            for handle in holding().filter(|&handle| whose(handle) == provider) {
                let page = address(self.library.get(handle)).filter(|_| linked.insert(handle));
                lines.extend(page.map(|page| ReportLine::Page(String::new(), without_secrets(&page))));
            }
        }
        self.settings(lines);
        lines.extend([
            say("Say what nobody shall keep in a temporary chat: it is not in the history"),
            say("Keep this archive where only you can read it; it says all this to whoever has it"),
        ]);
    }

    /// Adds the settings where to look through memory, and where to switch off training.
    fn settings(&self, lines: &mut Vec<ReportLine>) {
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
        for provider in each_once(said.into_iter().map(|handle| self.library.get(handle).provider)) {
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

    /// Returns the columns of a line; all may be the archive's. `ids`: the conversation's id is one of them.
    pub fn fields(&self, line: &ReportLine, ids: bool) -> Vec<String> {
        let report = self.report;
        let scanner = Scanner::built_in();
        let named = |handle: Handle, mut fields: Vec<String>| {
            let conversation = self.library.get(handle);
            if ids {
                fields.push(without_secrets(&conversation.id));
            }
            fields.push(without_secrets(&conversation.title));
            fields
        };
        match line {
            ReportLine::Heading(words) | ReportLine::Kind(words) | ReportLine::Sentence(words) => {
                vec![words.clone()]
            }
            ReportLine::Page(what, page) if what.is_empty() => vec![String::new(), page.clone()],
            ReportLine::Page(what, page) => vec![String::new(), what.clone(), page.clone()],
            &ReportLine::PublicLink(index) => {
                let link = &report.public_links[index];
                let address = link.address().unwrap_or_else(|| link.id.clone());
                vec![without_secrets(&address), without_secrets(&link.title)]
            }
            &ReportLine::Profile(index) => {
                let (_, field) = &report.profile[index];
                vec![without_secrets(&field.name), field.masked.clone()]
            }
            &ReportLine::Exposure(index) => {
                let (handle, exposure) = &report.exposures[index];
                let times = if exposure.times > 1 { format!("×{}", exposure.times) } else { String::new() };
                let messages = self.library.get(*handle).messages();
                let speaker = exposure.message.map_or("title", |message| messages[message].role.as_str());
                let fields = vec![
                    day(exposure.date, self.zone),
                    scanner.rule(exposure.kind).id().to_owned(),
                    exposure.masked.clone(),
                    times,
                    speaker.to_owned(),
                ];
                named(*handle, fields)
            }
            &ReportLine::MemberExposure(index) => {
                let (member, exposure) = &report.member_exposures[index];
                let times = if exposure.times > 1 { format!("×{}", exposure.times) } else { String::new() };
                let kind = scanner.rule(exposure.kind).id().to_owned();
                let mut fields =
                    vec!["-".to_owned(), kind, exposure.masked.clone(), times, "file".to_owned()];
                fields.extend(ids.then(|| "-".to_owned()));
                fields.push(without_secrets(&member.path));
                fields
            }
            &ReportLine::Instructions(index) => {
                let (handle, text) = &report.instructions[index];
                named(*handle, self.text(text))
            }
            &ReportLine::Memory(index) => {
                let (remembered, text) = &report.memory[index];
                let mut fields = self.text(text);
                match remembered {
                    MemoryOrigin::Conversation(handle) => return named(*handle, fields),
                    MemoryOrigin::Member(origin) if ids => {
                        fields.extend(["-".to_owned(), origin.member.to_owned()]);
                    }
                    MemoryOrigin::Member(origin) => fields.push(origin.member.to_owned()),
                }
                fields
            }
        }
    }

    fn text(&self, text: &InstructionsOrMemory) -> Vec<String> {
        let mut size = format!("{} in {}", many(text.characters, "character"), many(text.entries, "line"));
        if !text.secret_counts.is_empty() {
            size = format!("{size}, with {}", text.secret_counts.sentence(Scanner::built_in()));
        }
        vec![day(text.date, self.zone), size]
    }

    /// Returns the least widths of a line's first columns, so that they stand below each other.
    pub fn widths(&self) -> Widths {
        let report = self.report;
        let scanner = Scanner::built_in();
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0).min(40);
        let all = || {
            let in_files = report.member_exposures.iter().map(|(_, exposure)| exposure);
            report.exposures.iter().map(|(_, exposure)| exposure).chain(in_files)
        };
        let mut kinds = all().map(|exposure| scanner.rule(exposure.kind).id().len());
        let mut masks = all().map(|exposure| exposure.masked.chars().count());
        let mut fields = report.profile.iter().map(|(_, field)| field.name.chars().count());
        Widths { kind: widest(&mut kinds), mask: widest(&mut masks), field: widest(&mut fields) }
    }

    /// Returns the place that a line leads to, if any.
    pub fn line_target(&self, line: &ReportLine) -> Option<LineTarget> {
        let report = self.report;
        match line {
            &ReportLine::Exposure(index) => {
                let (handle, exposure) = &report.exposures[index];
                Some(LineTarget::Message(*handle, exposure.message))
            }
            &ReportLine::PublicLink(index) => {
                let id = &report.public_links[index].conversation_id;
                let handle = self.library.find_by_id(id).first().copied().filter(|_| !id.is_empty())?;
                Some(LineTarget::Message(handle, None))
            }
            &ReportLine::Instructions(index) => {
                let (handle, text) = &report.instructions[index];
                Some(LineTarget::Message(*handle, text.message))
            }
            &ReportLine::Memory(index) => match &report.memory[index] {
                (MemoryOrigin::Conversation(handle), text) => {
                    Some(LineTarget::Message(*handle, text.message))
                }
                (MemoryOrigin::Member(_), _) => None,
            },
            ReportLine::Page(_, page) => Some(LineTarget::Page(page.clone())),
            ReportLine::Heading(_)
            | ReportLine::Kind(_)
            | ReportLine::Sentence(_)
            | ReportLine::MemberExposure(_)
            | ReportLine::Profile(_) => None,
        }
    }
}

/// The least widths of columns; see [`ReportLines::widths`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Widths {
    kind: usize,
    mask: usize,
    field: usize,
}

impl Widths {
    /// Returns the widths of this line's columns, in order; further ones are as wide as they are.
    pub fn for_line(self, line: &ReportLine) -> Vec<usize> {
        match line {
            ReportLine::Exposure(_) | ReportLine::MemberExposure(_) => vec![10, self.kind, self.mask, 3, 9],
            ReportLine::Profile(_) => vec![self.field],
            ReportLine::Instructions(_) | ReportLine::Memory(_) => vec![10, 26],
            ReportLine::Page(..) => vec![0, 26],
            ReportLine::Heading(_)
            | ReportLine::Kind(_)
            | ReportLine::Sentence(_)
            | ReportLine::PublicLink(_) => Vec::new(),
        }
    }
}

/// Returns the day of a time on the person's clock, `2025-03-03`; `-` for none.
pub fn day(time: Option<Time>, zone: &TimeZone) -> String {
    time.and_then(|time| jiff::Timestamp::from_microsecond(time.0).ok()).map_or_else(
        || "-".to_owned(),
        |time| time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d").to_string(),
    )
}

/// Counts in words: `1 conversation`, `2 conversations`.
fn many(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{
        ConversationBuilder, ConversationMeta, Kind, MessageDraft, ObjectLocation, Role,
    };

    /// Returns a conversation with a password and a memory.
    fn conversation(id: &str, provider: Provider) -> crate::conversation::Conversation {
        let mut builder = ConversationBuilder::new();
        builder.push(MessageDraft { kind: Kind::Memory, ..MessageDraft::new(Role::Assistant, id) });
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

//! The report as lines, worst first. A [`ReportLine`] is small and says where it stands; its words are made when it is
//! shown ([`columns`](super::columns)), since there may be very many.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use jiff::tz::TimeZone;

use super::{AuditReport, MemoryOrigin};
use crate::{
    conversation::Conversation,
    library::{ConversationHandle, Library, LibraryEntry},
    secrets::{Certainty, RuleId, Scanner, SecretClass, exposures::Exposure},
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
    KindCount(String),
    /// A field of the profile, by its index.
    Profile(usize),
    /// Custom instructions, by their index.
    Instructions(usize),
    /// Memory, by its index.
    Memory(usize),
    /// A sentence.
    Sentence(String),
    /// A page to go to, and what for.
    Address(String, String),
}

/// The place a line leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineTarget {
    /// A conversation and a message in it.
    Message(ConversationHandle, Option<usize>),
    /// A page of the provider's.
    Address(String),
}

/// A report as lines.
#[derive(Debug)]
pub struct ReportLines<'a, T = Conversation> {
    /// The report that is told.
    pub report: &'a AuditReport,
    /// The library of its handles.
    pub library: &'a Library<T>,
    /// The time zone of its dates.
    pub zone: &'a TimeZone,
}

impl<T: LibraryEntry> ReportLines<'_, T> {
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
        self.add_members(&mut lines);
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
            let conversations: HashSet<ConversationHandle> =
                indices.iter().map(|&index| exposures[index].0).collect();
            let times = indices.iter().map(|&index| exposures[index].1.times).sum();
            (times, many(conversations.len(), "conversation"))
        };
        let member_exposures_of_class = |certainty: Certainty| -> (usize, Vec<usize>, String) {
            let found: Vec<_> =
                self.report.member_exposures_of_class(SecretClass::Credential, certainty).collect();
            let members: HashSet<&str> = found.iter().map(|(_, (member, _))| &*member.path).collect();
            let times = found.iter().map(|(_, (_, exposure))| exposure.times).sum();
            (times, found.iter().map(|&(index, _)| index).collect(), many(members.len(), "other file"))
        };
        let (in_files, found, files) = member_exposures_of_class(Certainty::Certain);
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
        let alike = self.ordered(SecretClass::Credential, Certainty::Doubtful, order);
        if !alike.is_empty() {
            let (times, conversations) = count(&alike);
            lines.push(ReportLine::Heading(format!(
                "{times} in {conversations} only {} like {}: a wrong checksum, or the words of an example",
                if times == 1 { "looks" } else { "look" },
                if times == 1 { "one" } else { "credentials" },
            )));
            lines.extend(alike.into_iter().map(ReportLine::Exposure));
        }
        let (times, alike, files) = member_exposures_of_class(Certainty::Doubtful);
        if !alike.is_empty() {
            let verb = if times == 1 { "looks" } else { "look" };
            lines.push(ReportLine::Heading(format!("{times} in {files} of the export only {verb} like one")));
            lines.extend(alike.into_iter().map(ReportLine::MemberExposure));
        }
    }

    fn ordered(&self, class: SecretClass, certainty: Certainty, order: ExposureOrder) -> Vec<usize> {
        let exposures = &self.report.exposures;
        let of_certainty = |(index, (_, exposure)): (usize, &(ConversationHandle, Exposure))| {
            (exposure.certainty == certainty).then_some(index)
        };
        let mut indices: Vec<usize> = self.report.all_of_class(class).filter_map(of_certainty).collect();
        match order {
            ExposureOrder::Conversation => {}
            ExposureOrder::Date => indices.sort_by_key(|&index| std::cmp::Reverse(exposures[index].1.date)),
            ExposureOrder::Kind => indices.sort_by_key(|&index| exposures[index].1.kind),
        }
        indices
    }

    fn add_personal_data(&self, order: ExposureOrder, list_personal: bool, lines: &mut Vec<ReportLine>) {
        let mut kinds: BTreeMap<RuleId, (usize, HashSet<ConversationHandle>)> = BTreeMap::new();
        for (_, (handle, exposure)) in self.report.certain_of_class(SecretClass::Personal) {
            let (times, indices) = kinds.entry(exposure.kind).or_default();
            *times += exposure.times;
            indices.insert(*handle);
        }
        let mut in_files: BTreeMap<RuleId, (usize, HashSet<&str>)> = BTreeMap::new();
        for (_, (member, exposure)) in
            self.report.member_exposures_of_class(SecretClass::Personal, Certainty::Certain)
        {
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
            let count = Scanner::built_in().rule(kind).count_in_words(times);
            lines.push(ReportLine::KindCount(format!("{count} in {}", many(indices.len(), "conversation"))));
        }
        for (kind, (times, members)) in in_files {
            let count = Scanner::built_in().rule(kind).count_in_words(times);
            let files = many(members.len(), "other file");
            lines.push(ReportLine::KindCount(format!("{count} in {files} of the export")));
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
        let seen = match (attached.read, attached.present - attached.read) {
            (0, _) => "what is in them is not looked at".to_owned(),
            (_, 0) => "their text is looked at with the messages".to_owned(),
            (read, _) => {
                format!("the text of {read} is looked at with the messages, what is in the others is not")
            }
        };
        lines.push(ReportLine::Sentence(format!(
            "{} of them in the archive ({bytes}); {seen}",
            attached.present
        )));
    }

    /// Tells what was looked through beside the conversations, and what was not.
    fn add_members(&self, lines: &mut Vec<ReportLine>) {
        let report = self.report;
        lines.extend(members_looked_at(report.scanned, report.opaque).map(ReportLine::Heading));
        let because = |members: &[String], reason: &str| -> Vec<ReportLine> {
            members.iter().map(|member| ReportLine::Heading(format!("{member} {reason}"))).collect()
        };
        lines.extend(because(&report.unreadable, "could not be read"));
        lines.extend(because(&report.too_large, "is too large, and was not looked through"));
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
            ReportLine::Address(_, page) => Some(LineTarget::Address(page.clone())),
            ReportLine::Heading(_)
            | ReportLine::KindCount(_)
            | ReportLine::Sentence(_)
            | ReportLine::MemberExposure(_)
            | ReportLine::Profile(_) => None,
        }
    }
}

/// Says how many members beside the conversations were looked through, and how many were not; `None` if there are none.
fn members_looked_at(scanned: usize, opaque: usize) -> Option<String> {
    let verbs = if opaque == 1 { ("is", "was") } else { ("are", "were") };
    match (scanned, opaque) {
        (0, 0) => None,
        (0, _) => {
            let (is, was) = verbs;
            let files = many(opaque, "other file");
            Some(format!("{files} of the export {is} no text, and {was} not looked through"))
        }
        (_, 0) => Some(format!("{} of the export looked through", many(scanned, "other file"))),
        _ => {
            let (is, was) = verbs;
            let files = many(scanned, "other file");
            Some(format!("{files} of the export looked through; {opaque} more {is} no text, and {was} not"))
        }
    }
}

/// Counts in words: `1 conversation`, `2 conversations`.
pub(super) fn many(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

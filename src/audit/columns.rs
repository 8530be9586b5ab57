//! The columns of a line of the report: its words, and how wide they are at least.

use jiff::tz::TimeZone;

use super::{
    MemoryOrigin,
    lines::{ReportLine, ReportLines, many},
    without_secrets,
};
use crate::{
    conversation::{Role, Time},
    library::{ConversationHandle, LibraryEntry},
    secrets::{Scanner, exposures::InstructionsOrMemory},
};

impl<T: LibraryEntry> ReportLines<'_, T> {
    /// Returns the columns of a line; all may be the archive's. `ids`: the conversation's id is one of them.
    pub fn fields(&self, line: &ReportLine, ids: bool) -> Vec<String> {
        let report = self.report;
        let scanner = Scanner::built_in();
        let named = |handle: ConversationHandle, mut fields: Vec<String>| {
            let conversation = self.library.get(handle);
            if ids {
                fields.push(without_secrets(conversation.id()));
            }
            fields.push(without_secrets(conversation.title()));
            fields
        };
        match line {
            ReportLine::Heading(words) | ReportLine::KindCount(words) | ReportLine::Sentence(words) => {
                vec![words.clone()]
            }
            ReportLine::Address(what, page) if what.is_empty() => vec![String::new(), page.clone()],
            ReportLine::Address(what, page) => vec![String::new(), what.clone(), page.clone()],
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
                let speaker = exposure.role.map_or("title", Role::as_str);
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
                named(*handle, self.text_columns(text))
            }
            &ReportLine::Memory(index) => {
                let (remembered, text) = &report.memory[index];
                let mut fields = self.text_columns(text);
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

    fn text_columns(&self, text: &InstructionsOrMemory) -> Vec<String> {
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
            ReportLine::Address(..) => vec![0, 26],
            ReportLine::Heading(_)
            | ReportLine::KindCount(_)
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

//! `unspool check`: what was read, what was skipped, and why.

use serde::Serialize;

use super::{
    GlobalSettings, Outcome, archives,
    archives::SummarizedArchives,
    args::CheckArgs,
    output::{Output, OutputStyle},
};
use crate::{
    load::{ArchiveReport, ReadProblem},
    message::format::{count, number, size},
};

/// The document of `--json`. Its keys are a contract.
#[derive(Serialize)]
struct CheckJson<'a> {
    /// The number of conversations listed: duplicates merged.
    conversations: usize,
    messages: usize,
    bytes: u64,
    seconds: f64,
    merged: usize,
    /// The number of those that share an id with another and no message: both are listed.
    same_id: usize,
    skipped: Vec<SkippedJson<'a>>,
    archives: Vec<ArchiveJson<'a>>,
}

#[derive(Serialize)]
struct SkippedJson<'a> {
    source: String,
    offset: u64,
    length: u64,
    reason: &'a str,
    /// It was repaired and is listed.
    #[serde(rename = "mended")]
    repaired: bool,
    /// The export says that there is such a member, and it is not here.
    missing: bool,
}

/// One archive.
#[derive(Serialize)]
struct ArchiveJson<'a> {
    source: &'a str,
    size: u64,
    members: usize,
    conversations: u64,
    messages: u64,
    read: Vec<MemberJson<'a>>,
    content_types: Vec<ContentTypeJson>,
    /// What was left out of the messages on purpose, by the reason.
    left_out: Vec<LeftOutJson>,
    /// Keys, types of parts and kinds of markers whose meaning is unknown; their strings are folded with their messages.
    not_understood: Vec<UnknownKeyJson>,
    /// The members with JSON that are not read.
    not_read: Vec<&'a str>,
    attachments_found: u64,
    attachments_missing: u64,
    #[serde(rename = "absent_files")]
    missing_files: usize,
    failure: Option<&'a str>,
}

#[derive(Serialize)]
struct MemberJson<'a> {
    name: &'a str,
    bytes: u64,
    compressed: u64,
    conversations: u64,
}

#[derive(Serialize)]
struct LeftOutJson {
    reason: &'static str,
    /// The number of values with a string.
    values: u64,
}

#[derive(Serialize)]
struct UnknownKeyJson {
    key: String,
    times: u64,
    /// The id of a message that has it.
    message: String,
}

#[derive(Serialize)]
struct ContentTypeJson {
    name: String,
    messages: u64,
    known: bool,
}

pub fn run(global: &GlobalSettings, check: &CheckArgs) -> anyhow::Result<Outcome> {
    let opened = archives::summarize_quietly(global, &check.archives, &|_| ())?;
    let mut output = Output::new(global.color());
    if check.json {
        output.write_json(&serde_json::to_string_pretty(&check_json(&opened))?)?;
    } else {
        for archive in &opened.report.archives {
            write_archive(&mut output, archive)?;
        }
        write_totals(&mut output, &opened)?;
    }
    output.finish()?;
    Ok(if opened.report.damaged() { Outcome::ExitOne } else { Outcome::Done })
}

/// Names the member and the archive of a loss.
fn source_name(opened: &SummarizedArchives<()>, skipped: &ReadProblem) -> String {
    let archive = opened.archives.get(usize::from(skipped.archive)).map_or("", |archive| archive.name());
    if skipped.member.is_empty() { archive.to_owned() } else { format!("{archive}: {}", skipped.member) }
}

fn check_json(opened: &SummarizedArchives<()>) -> CheckJson<'_> {
    let report = &opened.report;
    let loss = |skipped: &'_ ReadProblem| {
        (source_name(opened, skipped), skipped.offset, skipped.length, skipped.repaired)
    };
    CheckJson {
        conversations: opened.library.len(),
        messages: opened.library.message_count(),
        bytes: report.bytes,
        seconds: (report.seconds * 1e3).round() / 1e3,
        merged: opened.library.superseded(),
        same_id: opened.library.same_id_count(),
        skipped: report
            .problems
            .iter()
            .map(|skipped| {
                let (source, offset, length, repaired) = loss(skipped);
                SkippedJson {
                    source,
                    offset,
                    length,
                    reason: &skipped.reason,
                    repaired,
                    missing: skipped.missing,
                }
            })
            .collect(),
        archives: report.archives.iter().map(archive_json).collect(),
    }
}

fn archive_json(archive: &ArchiveReport) -> ArchiveJson<'_> {
    ArchiveJson {
        source: &archive.name,
        size: archive.size,
        members: archive.members,
        conversations: archive.conversations,
        messages: archive.messages,
        read: archive
            .read
            .iter()
            .map(|member| MemberJson {
                name: &member.name,
                bytes: member.bytes,
                compressed: member.compressed,
                conversations: member.objects,
            })
            .collect(),
        content_types: archive
            .import_counts
            .types()
            .into_iter()
            .map(|(name, messages, known)| ContentTypeJson { name, messages, known })
            .collect(),
        left_out: archive
            .import_counts
            .left_out()
            .into_iter()
            .map(|(reason, values)| LeftOutJson { reason: reason.words(), values })
            .collect(),
        not_understood: archive
            .import_counts
            .unknown_keys()
            .into_iter()
            .map(|(key, times, message)| UnknownKeyJson { key, times, message })
            .collect(),
        not_read: archive.unread.iter().map(String::as_str).collect(),
        attachments_found: archive.attachments_found,
        attachments_missing: archive.attachments_missing,
        missing_files: archive.missing_files,
        failure: archive.failure.as_deref(),
    }
}

/// The number of keys and members that are named on a line.
const MAX_NAMED: usize = 20;

/// Writes one archive, for a person.
fn write_archive(output: &mut Output, archive: &ArchiveReport) -> anyhow::Result<()> {
    let name = output.styled(OutputStyle::Bold, &output.field(&archive.name)).into_owned();
    let members = count(archive.members as u64, "member", "members");
    output.write(&format!("{name}  {}, {members}\n", size(archive.size)))?;
    if let Some(failure) = &archive.failure {
        let failure = output.field(failure).into_owned();
        output.write(&format!("  not read: {failure}\n"))?;
    }
    for member in &archive.read {
        let name = output.field(&member.name).into_owned();
        let objects = count(member.objects, "conversation", "conversations");
        output.write(&format!("  {name}  {objects}, {}\n", size(member.bytes)))?;
    }
    let types = archive.import_counts.types();
    let list = |known: bool| -> String {
        let of = types.iter().filter(|(_, _, is_known)| *is_known == known);
        let word = |name: &str| if name.is_empty() { "none named" } else { name }.to_owned();
        of.map(|(name, count, _)| format!("{} {}", word(name), number(*count))).collect::<Vec<_>>().join(", ")
    };
    for (label, list) in [("content types", list(true)), ("content types not known", list(false))] {
        if !list.is_empty() {
            let list = output.field(&list).into_owned();
            output.write(&format!("  {label}: {list}\n"))?;
        }
    }
    let left_out = archive.import_counts.left_out();
    if !left_out.is_empty() {
        let each = left_out.iter().map(|(reason, count)| format!("{} ({})", reason.words(), number(*count)));
        let line = each.collect::<Vec<_>>().join("; ");
        output.write(&format!("  left out on purpose: {line}\n"))?;
    }
    let keys = archive.import_counts.unknown_keys();
    let named = |(key, count, place): &(String, u64, String)| match place.as_str() {
        "" => format!("{key} {}", number(*count)),
        place => format!("{key} {} (in {place})", number(*count)),
    };
    let keys: Vec<String> = keys.iter().map(named).collect();
    for (label, list) in [("not understood, folded as it is", &keys), ("not read", &archive.unread)] {
        if !list.is_empty() {
            let named: Vec<&str> = list.iter().take(MAX_NAMED).map(String::as_str).collect();
            let more = list.len().saturating_sub(MAX_NAMED);
            let more = if more > 0 { format!(" and {} more", number(more as u64)) } else { String::new() };
            let line = format!("{}{more}", output.field(&named.join(", ")));
            output.write(&format!("  {label}: {line}\n"))?;
        }
    }
    let (found, missing) = (archive.attachments_found, archive.attachments_missing);
    if found + missing > 0 {
        let line = format!("  attachments: {} here, {} named but not here\n", number(found), number(missing));
        output.write(&line)?;
    }
    if archive.missing_files > 0 {
        let files = count(archive.missing_files as u64, "file", "files");
        output.write(&format!("  listed by the export and not here: {files}\n"))?;
    }
    output.write("\n")
}

fn write_totals(output: &mut Output, opened: &SummarizedArchives<()>) -> anyhow::Result<()> {
    let (library, report) = (&opened.library, &opened.report);
    let line = format!(
        "{}, {}, {} in {:.1} s\n",
        count(library.len() as u64, "conversation", "conversations"),
        count(library.message_count() as u64, "message", "messages"),
        size(report.bytes),
        report.seconds
    );
    output.write(&line)?;
    if library.superseded() > 0 {
        output
            .write(&format!("{} merged\n", count(library.superseded() as u64, "duplicate", "duplicates")))?;
    }
    if library.same_id_count() > 0 {
        let kept = count(library.same_id_count() as u64, "conversation has", "conversations have");
        output.write(&format!("{kept} the id of another and none of its messages: all are kept\n"))?;
    }
    if let Some(empty_notice) = report.empty_notice() {
        let line = format!("{}\n", output.field(&empty_notice));
        output.write(&line)?;
    }
    if report.problems.is_empty() {
        output.write("nothing skipped\n")?;
    }
    for skipped in &report.problems {
        let what = if skipped.repaired { "mended" } else { "skipped" };
        let place = source_name(opened, skipped);
        let place = match (skipped.offset, skipped.length) {
            // Of the whole of it.
            (0, 0) => format!("{place}: "),
            (offset, length) => format!("{what} {} bytes at {} of {place}: ", number(length), number(offset)),
        };
        let line = format!("{}{}\n", output.field(&place), output.field(&skipped.reason));
        output.write(&line)?;
    }
    Ok(())
}

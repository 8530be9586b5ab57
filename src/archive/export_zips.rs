//! The zips that one export comes in: which of a folder belong together, and which number is missing.
//!
//! ChatGPT's large exports come as `…-part-0001.zip`, `…-part-0002.zip`; Claude's as a zip for each kind of content.
//! They are downloaded one by one, some twice (`… (1).zip`), and opening any of them opens all that lie beside it.

use std::{fs, path::Path};

use super::{Archive, MemberContent, MemberEntry, OpenProblem, holds_conversations, manifest};
use crate::provider::{ExportPart, may_be_zip_manifest};

/// Entries of a folder that are looked at to find the other parts.
const MAX_ENTRIES: usize = 100_000;
/// Gaps that are told one by one; of more, the last tells the rest.
const MAX_GAPS: usize = 8;

/// The parts of an export that lie beside one of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PartsBeside {
    /// The names of the zips, the one that was named among them, sorted; of a file that is not one of several it alone, or
    /// none.
    pub zips: Vec<String>,
    /// The names of parts that are links or no regular files.
    pub others: Vec<String>,
    /// The folder has more entries than are looked at.
    pub is_truncated: bool,
}

/// Finds the zips beside this one that belong to the same export. Of a part that was downloaded twice one is taken: the
/// one that was named, else the one with the copy number of the one that was named.
pub(super) fn beside(path: &Path) -> PartsBeside {
    let mut parts = PartsBeside::default();
    let Some(own) = path.file_name().and_then(|name| name.to_str()) else { return parts };
    let Some(part) = ExportPart::of(own) else { return parts };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found: Vec<(ExportPart, String)> = vec![(part.clone(), own.to_owned())];
    for (number, item) in fs::read_dir(folder).into_iter().flatten().flatten().enumerate() {
        if number == MAX_ENTRIES {
            parts.is_truncated = true;
            break;
        }
        let Ok(name) = item.file_name().into_string() else { continue };
        let Some(other) = ExportPart::of(&name).filter(|other| other.is_of_one_export(&part)) else {
            continue;
        };
        if name == own {
            continue;
        }
        if item.file_type().is_ok_and(|kind| kind.is_file()) {
            found.push((other, name));
        } else {
            parts.others.push(name);
        }
    }
    // Of copies the best stands first, and the rest go.
    found.sort_by_key(|(other, name)| {
        (other.kind, other.number, name != own, other.copy != part.copy, other.copy, name.clone())
    });
    found.dedup_by(|next, first| (next.0.kind, next.0.number) == (first.0.kind, first.0.number));
    let is_here = |name: &String| {
        let part = ExportPart::of(name).map(|part| (part.kind, part.number));
        found.iter().any(|(other, _)| Some((other.kind, other.number)) == part)
    };
    parts.others.retain(|name| !is_here(name));
    parts.zips = found.into_iter().map(|(_, name)| name).collect();
    parts.zips.sort();
    parts.others.sort();
    parts
}

/// Returns what the manifests of a folder list of the export that these zips are of: names of zips.
pub(super) fn listed(folder: &Path, zips: &[String]) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let items = fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_ENTRIES);
    let mut listed = Vec::new();
    for item in items {
        let is_file = item.file_type().is_ok_and(|kind| kind.is_file());
        if !is_file || !item.file_name().to_str().is_some_and(may_be_zip_manifest) {
            continue;
        }
        let names = manifest::of_file(&item.path()).unwrap_or_default();
        if names.iter().any(|name| zips.iter().any(|zip| is_the_part(zip, name))) {
            listed.extend(names);
        }
    }
    listed.sort();
    listed.dedup();
    listed
}

/// Finds the file of this name in a folder, or the same as a browser names a second download.
pub(super) fn find_present(folder: &Path, name: &str) -> Option<String> {
    let is_file = |name: &str| fs::metadata(folder.join(name)).is_ok_and(|metadata| metadata.is_file());
    if is_file(name) {
        return Some(name.to_owned());
    }
    let (stem, extension) = name.rsplit_once('.')?;
    (1..=9).map(|copy| format!("{stem} ({copy}).{extension}")).find(|name| is_file(name))
}

/// Returns whether a file of this name is the part that is listed under that one: by the name itself, or as a browser
/// names a second download.
pub(super) fn is_the_part(file: &str, listed: &str) -> bool {
    let (file, listed) = (file.to_ascii_lowercase(), listed.to_ascii_lowercase());
    file == listed || ExportPart::without_copy_number(&file) == listed
}

/// Notes the parts that are missing by their numbers: zips of the export, and members with conversations. A file that
/// was named alone is what was wanted.
pub(super) fn note_missing_parts(archive: &mut Archive) {
    if matches!(
        &*archive.entries,
        [MemberEntry { content: MemberContent::WholeContainer { .. } | MemberContent::File(_), .. }]
    ) {
        return;
    }
    let zips = archive.zips.iter().filter_map(|zip| zip.file_name()?.to_str());
    let parts =
        zips.filter_map(|zip| Some((ExportPart::without_copy_number(zip), ExportPart::of(zip)?.first)));
    let mut parts: Vec<(String, u64)> = parts.collect();
    // What a manifest names is told already.
    let told = archive.problems.iter().filter(|problem| problem.missing);
    parts.extend(
        told.filter_map(|problem| Some((problem.member.clone(), ExportPart::of(&problem.member)?.first))),
    );
    // The numbers of conversations alone count: the name of a project's file is its id, which may end in digits.
    let members = archive.conversation_entries.iter().map(|&index| &archive.entries[index as usize]);
    let members = members.filter(|entry| holds_conversations(&entry.name)).map(MemberEntry::base_name);
    let mut missing = gaps(members, 0);
    for first in [0, 1] {
        let counted = parts.iter().filter(|part| part.1 == first).map(|part| &*part.0);
        missing.extend(gaps(counted, first));
    }
    archive.problems.extend(missing.into_iter().map(|member| OpenProblem {
        member,
        reason: "it is missing: the parts of the export are numbered, and this number is not here".to_owned(),
        missing: true,
    }));
}

/// Finds the numbers that are missing from these names, as `a-001.json to a-004.json`. Numbers that are padded with
/// zeros count from `first`; of others only what lies between two counts.
fn gaps<'a>(names: impl Iterator<Item = &'a str>, first: u64) -> Vec<String> {
    let mut numbered: Vec<(String, String, u64, usize)> = names.filter_map(numbers).collect();
    numbered.sort();
    numbered.dedup();
    let mut gaps = Vec::new();
    let mut more = 0;
    for series in numbered.chunk_by(|a, b| (&a.0, &a.1) == (&b.0, &b.1)) {
        let (before, after, lowest, width) = &series[0];
        let is_padded =
            *width > 1 && series.iter().any(|(.., number, width)| number.to_string().len() < *width);
        let mut expected = if is_padded { first.min(*lowest) } else { *lowest };
        for (.., number, width) in series {
            if *number > expected {
                let name = |number: u64| format!("{before}{number:0width$}{after}");
                match *number - expected {
                    _ if gaps.len() >= MAX_GAPS => more += 1,
                    1 => gaps.push(name(expected)),
                    _ => gaps.push(format!("{} to {}", name(expected), name(*number - 1))),
                }
            }
            expected = number.saturating_add(1);
        }
    }
    if more > 0 {
        gaps.push(format!("{more} more"));
    }
    gaps
}

/// Splits a name around its last number: what stands before and after it, the number, its digits.
fn numbers(name: &str) -> Option<(String, String, u64, usize)> {
    let end = name.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = name[..end]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + name[at..].chars().next().map_or(1, char::len_utf8));
    let number = name[start..end].parse().ok()?;
    Some((name[..start].to_owned(), name[end..].to_owned(), number, end - start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_the_numbers_is_found() {
        let gaps = |names: &[&str]| gaps(names.iter().copied(), 0);
        assert_eq!(gaps(&["c-000.json", "c-001.json"]), [""; 0]);
        assert_eq!(
            gaps(&["c-003.json", "c-000.json", "c-005.json"]),
            ["c-001.json to c-002.json", "c-004.json"]
        );
        assert_eq!(gaps(&["c-001.json"]), ["c-000.json"]);
        // Without zeros nobody knows where it begins.
        assert_eq!(gaps(&["c_1.json", "c-2.json", "c.json"]), [""; 0]);
        assert_eq!(gaps(&["c_1.json", "c_3.json"]), ["c_2.json"]);
        let far: Vec<String> = (0..40).map(|number| format!("c-{:020}.json", number * 3)).collect();
        let told = super::gaps(far.iter().map(String::as_str), 0);
        assert_eq!((told.len(), told.last().map(String::as_str)), (MAX_GAPS + 1, Some("31 more")));
        assert_eq!(gaps(&["c-99999999999999999999999.json"]), [""; 0]);
    }

    #[test]
    fn parts_that_lie_beside_one_are_found_and_of_copies_one() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "x-part-0001.zip",
            "x-part-0002 (1).zip",
            "x-part-0002 (2).zip",
            "X-PART-0003.ZIP",
            "y-part-0001.zip",
            "x-part-0004.txt",
            "conversations-000.zip",
        ] {
            fs::write(folder.path().join(name), "").expect("written");
        }
        let beside = |name: &str| beside(&folder.path().join(name));
        let all = ["X-PART-0003.ZIP", "x-part-0001.zip", "x-part-0002 (1).zip"];
        assert_eq!(beside("x-part-0001.zip").zips, all);
        let other = ["X-PART-0003.ZIP", "x-part-0001.zip", "x-part-0002 (2).zip"];
        assert_eq!(beside("x-part-0002 (2).zip").zips, other);
        assert_eq!(beside("y-part-0001.zip").zips, ["y-part-0001.zip"]);
        assert_eq!((beside("conversations.json"), beside("a.zip")), Default::default());
        fs::create_dir(folder.path().join("y-part-0002.zip")).expect("a folder");
        assert_eq!(beside("y-part-0001.zip").others, ["y-part-0002.zip"]);
    }
}

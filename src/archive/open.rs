//! Opens an archive: finds out what a path is, and lists its members.

use std::{
    collections::HashSet,
    fs,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::{
    Archive, ArchiveError, FolderMember, Limits, Location, MAX_ARCHIVES, MemberContent, MemberEntry,
    OpenProblem, base_name,
    byte_source::ByteSource,
    export_manifest, export_zips, folder, holds_conversations,
    identity::{FileId, FileIdentity, open_regular},
    manifest,
    refusal::{UTF16_REFUSAL, expectation, explain_no_conversations, file_labels, is_utf16},
    salvage, zipped,
};
use crate::{
    io_error::io_error_text,
    provider::{self, is_conversations_zip, is_export_zip, may_be_zip_manifest},
};

/// The links and other odd files of an archive that are named.
const MAX_LINKS_NOTED: usize = 100;
/// The archive this program carries.
const DEMO: &[u8] = include_bytes!("../../assets/demo/demo.zip");

/// Opens all of these, in their order.
///
/// # Errors
/// Fails with the first archive that [`Archive::open`] fails for, and before it opens any where there are more than
/// [`MAX_ARCHIVES`].
pub fn open_all(locations: &[Location], limits: Limits) -> Result<Vec<Archive>, ArchiveError> {
    if locations.len() > MAX_ARCHIVES {
        return Err(ArchiveError::TooMany(locations.len()));
    }
    let mut archives: Vec<Archive> = Vec::new();
    let mut brought = HashSet::new();
    for location in locations {
        // Of the zips of one export the first that is named has brought the others along.
        if matches!(location, Location::Path(path) if brought.contains(&canonical(path))) {
            continue;
        }
        let archive = Archive::open(location, limits)?;
        if !archive.zips.is_empty() {
            // A manifest that is named after its zips has brought them along once more.
            let zips: HashSet<&PathBuf> = archive.zips.iter().collect();
            let is_within = |before: &Archive| before.zips.iter().all(|zip| zips.contains(zip));
            archives.retain(|before| before.zips.is_empty() || !is_within(before));
            brought.extend(archive.zips.iter().cloned());
        }
        archives.push(archive);
    }
    Ok(archives)
}

/// Returns a path as an absolute one without links; one that leads nowhere as it is.
fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

pub(super) fn open(location: &Location, limits: Limits) -> Result<Archive, ArchiveError> {
    let mut opening = ArchiveOpener::new(limits);
    opening
        .open_location(location)
        .map_err(|reason| ArchiveError::Unusable { path: location.to_string(), reason })?;
    let archive = opening.finish(location);
    if archive.conversation_entries.is_empty() {
        return Err(archive.unusable(explain_no_conversations(&archive.entries, "export")));
    }
    Ok(archive)
}

/// An archive while its members are gathered.
pub(super) struct ArchiveOpener {
    pub(super) limits: Limits,
    pub(super) containers: Vec<ByteSource>,
    pub(super) entries: Vec<MemberEntry>,
    pub(super) problems: Vec<OpenProblem>,
    /// The zips beside each other that it is put together from.
    zips: Vec<PathBuf>,
    size: u64,
    argument_files: Vec<FileId>,
}

impl ArchiveOpener {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            containers: Vec::new(),
            entries: Vec::new(),
            problems: Vec::new(),
            zips: Vec::new(),
            size: 0,
            argument_files: Vec::new(),
        }
    }

    fn finish(self, location: &Location) -> Archive {
        let holds = |entry: &MemberEntry| {
            matches!(entry.content, MemberContent::WholeContainer { .. })
                || holds_conversations(&entry.name)
                || provider::holds_special_conversation(&entry.name)
        };
        let numbered = (0_u32..).zip(&self.entries);
        let conversations: Vec<u32> =
            numbered.filter(|(_, entry)| holds(entry)).map(|(index, _)| index).collect();
        let name = match self.zips.len() {
            0 | 1 => location.to_string(),
            several => format!("{location} ({several} zips)"),
        };
        let mut archive = Archive {
            name,
            limits: self.limits,
            containers: self.containers,
            entries: self.entries,
            conversation_entries: conversations,
            problems: self.problems,
            path: match location {
                Location::Path(path) => Some(path.clone()),
                Location::Stdin | Location::Demo => None,
            },
            zips: self.zips,
            missing_files: 0,
            size: self.size,
            attachments: OnceLock::new(),
            argument_files: self.argument_files,
            files: OnceLock::new(),
        };
        if !export_manifest::apply_export_manifest(&mut archive) {
            export_zips::note_missing_parts(&mut archive);
        }
        let entries = &archive.entries;
        archive
            .conversation_entries
            .sort_by(|&a, &b| entries[a as usize].name.cmp(&entries[b as usize].name));
        archive
    }

    /// Returns whether conversations are to be expected: a member that holds them, or one that says which do.
    fn has_conversations(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| holds_conversations(&entry.name) || export_manifest::is_export_manifest(&entry.name))
    }

    fn open_location(&mut self, location: &Location) -> Result<(), String> {
        match location {
            Location::Path(path) => self.open_path(path),
            Location::Demo => self.open_bytes(&ByteSource::fixed(DEMO), "conversations.json"),
            Location::Stdin => {
                let mut stdin = std::io::stdin().lock();
                if stdin.is_terminal() {
                    return Err(format!("it is a terminal; {}", expectation()));
                }
                let mut bytes = Vec::new();
                let max_bytes = self.limits.stdin_bytes;
                let read = stdin.by_ref().take(max_bytes + 1).read_to_end(&mut bytes);
                read.map_err(|error| format!("cannot be read: {}", io_error_text(&error)))?;
                if bytes.len() as u64 > max_bytes {
                    return Err(format!(
                        "it goes on past {} MB (--limit-stdin-mb): name the file instead",
                        max_bytes >> 20
                    ));
                }
                self.open_bytes(&ByteSource::memory(bytes), "conversations.json")
            }
        }
    }

    fn open_path(&mut self, path: &Path) -> Result<(), String> {
        let unreadable = |error: std::io::Error| format!("cannot be opened: {}", io_error_text(&error));
        let metadata = fs::metadata(path).map_err(unreadable)?;
        let link = fs::symlink_metadata(path).ok();
        self.argument_files.extend(link.iter().chain([&metadata]).filter_map(FileId::of));
        if metadata.is_dir() {
            let (found, others) = folder::list(path, self.limits).map_err(|fault| fault.to_string())?;
            self.note_links(others.iter().map(String::as_str));
            self.size = found.iter().map(|entry| entry.size).sum();
            self.entries = found;
            if !self.has_conversations() {
                let zips: Vec<String> = self.open_nested_zips(is_export_zip)?;
                let listed = export_zips::listed(path, &zips);
                self.note_missing_zips(&zips, &listed);
                self.zips = zips.iter().map(|zip| canonical(&path.join(zip))).collect();
                if !self.zips.is_empty() {
                    // A manifest has said what it has to say: the zips are the archive.
                    let manifests =
                        self.entries.extract_if(.., |entry| may_be_zip_manifest(entry.base_name()));
                    self.size -= manifests.map(|entry| entry.size).sum::<u64>();
                }
            }
            if !self.has_conversations() {
                return Err(explain_no_conversations(&self.entries, "folder"));
            }
            return Ok(());
        }
        if !metadata.is_file() {
            return Err(format!("it is neither a file nor a folder; {}", expectation()));
        }
        // Another file may have come in its place.
        let bytes = open_regular(path, true).and_then(ByteSource::file).map_err(unreadable)?;
        if let Some(names) = manifest::names(&bytes) {
            return self.add_manifest_zips(path.parent().unwrap_or(Path::new("")), &names);
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let beside = export_zips::beside(path);
        for name in &beside.others {
            let reason = "it is a link or no regular file, and was not followed: put the file itself there";
            self.problems.push(OpenProblem::new(name, reason));
        }
        if beside.is_truncated {
            let reason =
                "its folder has too many entries to look for the other parts of the export: name them all";
            self.problems.push(OpenProblem::new("", reason));
        }
        if let zips @ [_, _, ..] = &*beside.zips {
            let listed = export_zips::listed(folder, zips);
            self.open_zips_together(folder, zips, &listed)?;
            return if self.has_conversations() {
                Ok(())
            } else {
                Err(explain_no_conversations(&self.entries, "export"))
            };
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.open_bytes(&bytes, &name)
    }

    /// Takes the zips that a manifest names, as far as they lie beside it.
    fn add_manifest_zips(&mut self, folder: &Path, names: &[String]) -> Result<(), String> {
        let zips: Vec<String> =
            names.iter().filter_map(|name| export_zips::find_present(folder, name)).collect();
        self.open_zips_together(folder, &zips, names)?;
        if self.has_conversations() {
            return Ok(());
        }
        let first = names.iter().find(|name| is_export_zip(name)).map_or("its zips", |name| name);
        Err(format!("this is only the manifest of an export: download {first} into its folder, or name that"))
    }

    /// Takes zips of one folder as one export; `listed` are those that its manifest names.
    fn open_zips_together(
        &mut self,
        folder: &Path,
        zips: &[String],
        listed: &[String],
    ) -> Result<(), String> {
        for name in zips {
            // By its own name: a link may be changed. A FIFO of that name would wait for a writer.
            let path = canonical(&folder.join(name));
            let Some(metadata) = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file) else {
                continue;
            };
            self.size += metadata.len();
            self.zips.push(path.clone());
            let identity = Some(FileIdentity::of(&metadata));
            let content = MemberContent::File(Box::new(FolderMember { path, identity }));
            self.entries.push(MemberEntry { name: name.as_str().into(), size: metadata.len(), content });
        }
        self.open_nested_zips(|_| true)?;
        self.note_missing_zips(zips, listed);
        Ok(())
    }

    /// Notes the zips with conversations that a manifest names and that are not among these.
    fn note_missing_zips(&mut self, zips: &[String], listed: &[String]) {
        let is_here = |name: &String| zips.iter().any(|zip| export_zips::is_the_part(base_name(zip), name));
        for name in listed.iter().filter(|name| is_conversations_zip(name) && !is_here(name)) {
            let reason = "the manifest names it, and it is not beside it: download it there".to_owned();
            self.problems.push(OpenProblem { member: name.clone(), reason, missing: true });
        }
    }

    /// Notes what bears the name of a member with conversations and is a link, or no regular file.
    fn note_links<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let expected =
            names.filter(|name| holds_conversations(name) || provider::holds_special_conversation(name));
        for name in expected.take(MAX_LINKS_NOTED) {
            let reason = "it is a link or no regular file, and was not followed";
            self.problems.push(OpenProblem::new(name, reason));
        }
    }

    /// Takes the bytes of one file: a zip, or JSON.
    fn open_bytes(&mut self, bytes: &ByteSource, name: &str) -> Result<(), String> {
        self.size = bytes.len();
        if bytes.is_empty() {
            return Err(format!("it is empty; {}", expectation()));
        }
        let mut head = [0; 512];
        let count = bytes
            .read_at(0, &mut head)
            .map_err(|error| format!("cannot be read: {}", io_error_text(&error)))?;
        let head = &head[..count];
        self.containers.push(bytes.clone());
        if zipped::is_zip(head) {
            return self.open_zip(bytes);
        }
        if is_utf16(head) {
            return Err(UTF16_REFUSAL.to_owned());
        }
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') if manifest::names(bytes).is_some() => {
                return Err(
                    "this is only the manifest of an export: name the zips that it lists instead".to_owned()
                );
            }
            Some(b'[' | b'{') => {}
            None if self.size > count as u64 => {}
            _ => {
                // A zip after other bytes, such as a self-extracting one, still has its directory at the end.
                if let Ok(listing) = zipped::list(bytes, 0, self.limits)
                    && listing.entries.iter().any(|entry| holds_conversations(&entry.name))
                {
                    self.entries = listing.entries;
                    return Ok(());
                }
                return Err(format!("it is neither a zip nor JSON; {}", expectation()));
            }
        }
        let content = MemberContent::WholeContainer { container: 0 };
        self.entries.push(MemberEntry { name: name.into(), size: bytes.len(), content });
        Ok(())
    }

    fn open_zip(&mut self, bytes: &ByteSource) -> Result<(), String> {
        self.entries = self.list(bytes, 0, "")?;
        if !self.has_conversations() {
            self.open_nested_zips(|_| true)?;
        }
        if self.has_conversations() {
            return Ok(());
        }
        Err(match self.problems.first() {
            Some(problem) => {
                let (files, expected) = (file_labels(), expectation());
                format!("{}, and what is left of it holds no {files}; {expected}", problem.reason)
            }
            None => explain_no_conversations(&self.entries, "zip"),
        })
    }

    /// Lists the members of one zip: by its directory, or, without one, by their own headers.
    pub(super) fn list(
        &mut self,
        bytes: &ByteSource,
        container: u32,
        name: &str,
    ) -> Result<Vec<MemberEntry>, String> {
        let listing = match zipped::list(bytes, container, self.limits) {
            Ok(listed) => listed,
            Err(fault) => {
                self.problems.push(OpenProblem::new(name, fault.to_string()));
                return Ok(salvage::list(bytes, container, self.limits));
            }
        };
        let shadowed = listing.shadowed;
        if shadowed > 0 {
            let reason = if shadowed == 1 {
                "1 member has the name of a later one, and was not read".to_owned()
            } else {
                format!("{shadowed} members have the names of later ones, and were not read")
            };
            self.problems.push(OpenProblem::new(name, reason));
        }
        // A directory that is not that of the members before it, such as one within the comment of their zip.
        // Where members overlap, they leave gaps as they please.
        let overlaps = zipped::overlap(&listing.entries);
        let has_unlisted = listing.has_unlisted && !overlaps;
        if (listing.is_behind_another || has_unlisted)
            && !listing.entries.iter().any(|entry| holds_conversations(&entry.name))
        {
            let salvaged = salvage::list(bytes, container, self.limits);
            if salvaged.iter().any(|entry| holds_conversations(&entry.name)) {
                let reason =
                    "its directory leaves out the members it has: they were read by their own headers";
                self.problems.push(OpenProblem::new(name, reason));
                return Ok(salvaged);
            }
        }
        if listing.is_behind_another {
            let reason = "another zip stands before it in the file, and was not read";
            self.problems.push(OpenProblem::new(name, reason));
        } else if has_unlisted {
            let reason = "members stand in it that its directory does not list, and were not read";
            self.problems.push(OpenProblem::new(name, reason));
        }
        self.note_links(listing.links.iter().map(String::as_str));
        if overlaps {
            return Err(
                "its members overlap, as in a zip that is made to do harm: it is not opened".to_owned()
            );
        }
        Ok(listing.entries)
    }
}

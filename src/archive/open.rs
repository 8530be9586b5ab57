//! Opens an archive: finds out what a path is, and lists its members.

use std::{
    fs,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::{
    Archive, ArchiveError, FolderMember, Limits, Location, MemberContent, MemberEntry, Method, OpenProblem,
    base_name,
    byte_source::ByteSource,
    contents, folder, has_extension, holds_conversations,
    identity::{FileIdentity, FilePlace, open_regular},
    manifest, parts, salvage,
    stream::{Stream, StreamError},
    zipped,
};
use crate::{
    io_error::io_error_text,
    join_with_or::join_with_or,
    provider::{
        self, ExportPart, OtherZip, Provider, UNSUPPORTED, Unsupported, is_conversations_zip, is_export_zip,
        may_be_manifest,
    },
};

/// The archive this program carries.
const DEMO: &[u8] = include_bytes!("../../assets/demo/demo.zip");

/// Returns the end of every refusal: what was expected.
fn expected() -> String {
    format!("expected a {} export: its zip, its unpacked folder or a {}", provider::any(), files())
}

/// Names the files that hold conversations, as people know them.
fn files() -> String {
    join_with_or(Provider::ALL.iter().map(|provider| provider.facts().file_label))
}

pub(super) fn open(location: &Location, limits: Limits) -> Result<Archive, ArchiveError> {
    let mut opening = ArchiveOpener::new(limits);
    opening
        .location(location)
        .map_err(|reason| ArchiveError::Unusable { path: location.to_string(), reason })?;
    let archive = opening.finish(location.to_string());
    if archive.conversations.is_empty() {
        return Err(archive.unusable(explain_no_conversations(&archive.entries, "export")));
    }
    Ok(archive)
}

/// An archive while its members are gathered.
struct ArchiveOpener {
    limits: Limits,
    containers: Vec<ByteSource>,
    entries: Vec<MemberEntry>,
    problems: Vec<OpenProblem>,
    /// The zips beside each other that it is put together from.
    zips: Vec<PathBuf>,
    size: u64,
    given_as: Vec<FilePlace>,
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
            given_as: Vec::new(),
        }
    }

    fn finish(self, name: String) -> Archive {
        let holds = |entry: &MemberEntry| {
            matches!(entry.content, MemberContent::Whole { .. })
                || holds_conversations(&entry.name)
                || provider::holds_knowledge(&entry.name)
        };
        let numbered = (0_u32..).zip(&self.entries);
        let mut conversations: Vec<u32> =
            numbered.filter(|(_, entry)| holds(entry)).map(|(index, _)| index).collect();
        if let ([MemberEntry { content: MemberContent::File(_), .. }], []) = (&*self.entries, &*conversations)
        {
            conversations.push(0);
        }
        let name = match self.zips.len() {
            0 | 1 => name,
            several => format!("{name} ({several} zips)"),
        };
        let mut archive = Archive {
            name,
            limits: self.limits,
            containers: self.containers,
            entries: self.entries,
            conversations,
            problems: self.problems,
            zips: self.zips,
            absent: 0,
            size: self.size,
            attachments: OnceLock::new(),
            given_as: self.given_as,
            files: OnceLock::new(),
        };
        if !contents::apply(&mut archive) {
            tell_gaps(&mut archive);
        }
        let entries = &archive.entries;
        archive.conversations.sort_by(|&a, &b| entries[a as usize].name.cmp(&entries[b as usize].name));
        archive
    }

    /// Returns whether conversations are to be expected: a member that holds them, or one that says which do.
    fn has_conversations(&self) -> bool {
        self.entries.iter().any(|entry| holds_conversations(&entry.name) || contents::is_list(&entry.name))
    }

    fn location(&mut self, location: &Location) -> Result<(), String> {
        match location {
            Location::Path(path) => self.open_path(path),
            Location::Demo => self.open_bytes(&ByteSource::fixed(DEMO), "conversations.json"),
            Location::Stdin => {
                let mut stdin = std::io::stdin().lock();
                if stdin.is_terminal() {
                    return Err(format!("it is a terminal; {}", expected()));
                }
                let mut bytes = Vec::new();
                let most = self.limits.stdin_bytes;
                let read = stdin.by_ref().take(most + 1).read_to_end(&mut bytes);
                read.map_err(|error| format!("cannot be read: {}", io_error_text(&error)))?;
                if bytes.len() as u64 > most {
                    return Err(format!(
                        "it goes on past {} MB (--limit-stdin-mb): name the file instead",
                        most >> 20
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
        self.given_as.extend(link.iter().chain([&metadata]).filter_map(FilePlace::of));
        if metadata.is_dir() {
            let found = folder::list(path, self.limits).map_err(|fault| fault.0)?;
            self.size = found.iter().map(|entry| entry.size).sum();
            self.entries = found;
            if !self.has_conversations() {
                let zips: Vec<String> = self.open_nested_zips(is_export_zip)?;
                let listed = parts::listed(path, &zips);
                self.note_missing(&zips, &listed);
                self.zips = zips.iter().map(|zip| path.join(zip)).collect();
                if !self.zips.is_empty() {
                    // A manifest has said what it has to say: the zips are the archive.
                    let manifests = self.entries.extract_if(.., |entry| may_be_manifest(entry.base_name()));
                    self.size -= manifests.map(|entry| entry.size).sum::<u64>();
                }
            }
            if !self.has_conversations() {
                return Err(explain_no_conversations(&self.entries, "folder"));
            }
            return Ok(());
        }
        if !metadata.is_file() {
            return Err(format!("it is neither a file nor a folder; {}", expected()));
        }
        // Another file may have come in its place.
        let bytes = open_regular(path, true).and_then(ByteSource::file).map_err(unreadable)?;
        if let Some(names) = manifest::names(&bytes) {
            return self.add_manifest_zips(path.parent().unwrap_or(Path::new("")), &names);
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        if let Some(zips) = parts::beside(path) {
            let listed = parts::listed(folder, &zips);
            self.together(folder, &zips, &listed)?;
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
        let zips: Vec<String> = names.iter().filter_map(|name| present(folder, name)).collect();
        self.together(folder, &zips, names)?;
        if self.has_conversations() {
            return Ok(());
        }
        let first = names.iter().find(|name| is_export_zip(name)).map_or("its zips", |name| name);
        Err(format!("this is only the manifest of an export: download {first} into its folder, or name that"))
    }

    /// Takes zips of one folder as one export; `listed` are those that its manifest names.
    fn together(&mut self, folder: &Path, zips: &[String], listed: &[String]) -> Result<(), String> {
        for name in zips {
            // By its own name: a link may be changed. A FIFO of that name would wait for a writer.
            let path = folder.join(name);
            let path = path.canonicalize().unwrap_or(path);
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
        self.note_missing(zips, listed);
        Ok(())
    }

    /// Notes the zips with conversations that a manifest names and that are not among these.
    fn note_missing(&mut self, zips: &[String], listed: &[String]) {
        let is_here = |name: &String| zips.iter().any(|zip| parts::is_the_part(base_name(zip), name));
        for name in listed.iter().filter(|name| is_conversations_zip(name) && !is_here(name)) {
            let reason = "the manifest names it, and it is not beside it: download it there".to_owned();
            self.problems.push(OpenProblem { member: name.clone(), reason, missing: true });
        }
    }

    /// Takes the bytes of one file: a zip, or JSON.
    fn open_bytes(&mut self, bytes: &ByteSource, name: &str) -> Result<(), String> {
        self.size = bytes.len();
        if bytes.is_empty() {
            return Err(format!("it is empty; {}", expected()));
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
            return Err(UTF16.to_owned());
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
                if let Ok((entries, _)) = zipped::list(bytes, 0, self.limits)
                    && entries.iter().any(|entry| holds_conversations(&entry.name))
                {
                    self.entries = entries;
                    return Ok(());
                }
                return Err(format!("it is neither a zip nor JSON; {}", expected()));
            }
        }
        let content = MemberContent::Whole { container: 0 };
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
            Some(loss) => {
                let (files, expected) = (files(), expected());
                format!("{}, and what is left of it holds no {files}; {expected}", loss.reason)
            }
            None => explain_no_conversations(&self.entries, "zip"),
        })
    }

    /// Lists the members of one zip: by its directory, or, without one, by their own headers.
    fn list(&mut self, bytes: &ByteSource, container: u32, name: &str) -> Result<Vec<MemberEntry>, String> {
        let (entries, shadowed) = match zipped::list(bytes, container, self.limits) {
            Ok(listed) => listed,
            Err(StreamError(reason)) => {
                self.problems.push(OpenProblem::of(name, reason));
                return Ok(salvage::list(bytes, container, self.limits));
            }
        };
        if shadowed > 0 {
            let reason = if shadowed == 1 {
                "1 member has the name of a later one, and was not read".to_owned()
            } else {
                format!("{shadowed} members have the names of later ones, and were not read")
            };
            self.problems.push(OpenProblem::of(name, reason));
        }
        if zipped::overlap(&entries) {
            return Err(
                "its members overlap, as in a zip that is made to do harm: it is not opened".to_owned()
            );
        }
        Ok(entries)
    }

    /// Opens the zips among the members, one level deep: the Privacy Portal packs exports so, and Claude's
    /// come in several. Returns the names of those it opened, which their members stand for from then on.
    fn open_nested_zips(&mut self, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, String> {
        let mut memory = 0;
        let mut opened = Vec::new();
        for index in 0..self.entries.len() {
            let entry = self.entries[index].clone();
            let base = base_name(&entry.name);
            if !has_extension(base, "zip") || !wanted(base) {
                continue;
            }
            let name = entry.name.to_string();
            let bytes = match self.nested_bytes(&entry, &mut memory) {
                Ok(bytes) => bytes,
                Err(StreamError(reason)) => {
                    self.problems.push(OpenProblem::of(name, reason));
                    continue;
                }
            };
            let container = u32::try_from(self.containers.len()).map_err(|_| self.too_many())?;
            self.containers.push(bytes.clone());
            let mut inner = self.list(&bytes, container, &name)?;
            for entry in &mut inner {
                // Several may hold members of one name.
                entry.name = format!("{name}/{}", entry.name).into();
            }
            if self.entries.len() + inner.len() > self.limits.members {
                return Err(self.too_many());
            }
            self.entries.extend(inner);
            opened.push((index, name));
        }
        let mut index = 0;
        let is_opened = |index: usize| opened.binary_search_by_key(&index, |zip| zip.0).is_ok();
        self.entries.retain(|_| {
            index += 1;
            !is_opened(index - 1)
        });
        Ok(opened.into_iter().map(|(_, name)| name).collect())
    }

    /// Says that there are more members than the limit allows.
    fn too_many(&self) -> String {
        format!("it has more than {} members (--limit-members)", self.limits.members)
    }

    /// Returns the bytes of a zip among the members, inflated if need be; `memory` counts the bytes inflated so far.
    fn nested_bytes(&self, entry: &MemberEntry, memory: &mut u64) -> Result<ByteSource, StreamError> {
        if let MemberContent::File(member) = &entry.content {
            return member.open();
        }
        let &MemberContent::Zipped { container, header, compressed, crc, method } = &entry.content else {
            return Err(StreamError("it lies in a damaged zip".into()));
        };
        let outer = &self.containers[container as usize];
        let bytes = outer.section(zipped::data_start(outer, header)?, compressed);
        match method {
            Method::Stored => return Ok(bytes),
            Method::Deflated => {}
            Method::Encrypted => {
                return Err(StreamError(
                    "it is encrypted: unpack it with its password and name the folder".into(),
                ));
            }
            Method::Unsupported => {
                return Err(StreamError(
                    "its compression is not supported: unpack it and name the folder".into(),
                ));
            }
        }
        let most = self.limits.nested_bytes;
        let declared = super::stream::Declared { size: entry.size, crc };
        let mut stream = Stream::deflated(bytes, Some(declared), self.limits);
        let mut inflated = Vec::new();
        loop {
            let start = inflated.len();
            inflated.resize(start + (1 << 20), 0);
            let (count, fault) = stream.fill(&mut inflated[start..]);
            inflated.truncate(start + count);
            *memory += count as u64;
            if *memory > most {
                let reason = format!(
                    "zips inside it inflate to more than {} MB (--limit-nested-mb): unpack it first",
                    most >> 20
                );
                return Err(StreamError(reason));
            }
            match fault {
                // What came out is looked at all the same: its own directory may be gone, its members not.
                Some(_) => return Ok(ByteSource::memory(inflated)),
                None if count < 1 << 20 => return Ok(ByteSource::memory(inflated)),
                None => {}
            }
        }
    }
}

/// The answer to a file in UTF-16.
pub(crate) const UTF16: &str =
    "it is text in UTF-16, which is not read: convert it first, as by iconv -f utf-16 -t utf-8";

/// Returns whether text that begins so is UTF-16: by its mark, or by the zeros beside its brackets.
pub(crate) fn is_utf16(head: &[u8]) -> bool {
    matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'[' | b'{', 0, ..] | [0, b'[' | b'{', ..])
}

/// Finds the file of this name in a folder, or the same as a browser names a second download.
fn present(folder: &Path, name: &str) -> Option<String> {
    let is_file = |name: &str| fs::metadata(folder.join(name)).is_ok_and(|metadata| metadata.is_file());
    if is_file(name) {
        return Some(name.to_owned());
    }
    let (stem, extension) = name.rsplit_once('.')?;
    (1..=9).map(|copy| format!("{stem} ({copy}).{extension}")).find(|name| is_file(name))
}

/// Notes the parts that are missing by their numbers: zips of the export, and members with conversations. A file that
/// was named alone is what was wanted.
fn tell_gaps(archive: &mut Archive) {
    if matches!(
        &*archive.entries,
        [MemberEntry { content: MemberContent::Whole { .. } | MemberContent::File(_), .. }]
    ) {
        return;
    }
    let zips = archive.zips.iter().filter_map(|zip| zip.file_name()?.to_str());
    let parts =
        zips.filter_map(|zip| Some((ExportPart::without_copy_number(zip), ExportPart::of(zip)?.first)));
    let parts: Vec<(String, u64)> = parts.collect();
    let members: Vec<String> =
        archive.conversation_members().map(|member| base_name(&member.name).to_owned()).collect();
    let mut gaps = parts::gaps(members.iter().map(String::as_str), 0);
    for first in [0, 1] {
        let counted = parts.iter().filter(|part| part.1 == first).map(|part| &*part.0);
        gaps.extend(parts::gaps(counted, first));
    }
    archive.problems.extend(gaps.into_iter().map(|member| OpenProblem {
        member,
        reason: "it is missing: the parts of the export are numbered, and this number is not here".to_owned(),
        missing: true,
    }));
}

/// Explains that a container has no conversations, naming another provider's export where its member names
/// tell.
fn explain_no_conversations(entries: &[MemberEntry], container: &str) -> String {
    let any = |patterns: &[&str]| {
        entries.iter().any(|entry| provider::is_named(patterns, &entry.name, entry.base_name()))
    };
    if let Some(Unsupported { name, .. }) = UNSUPPORTED.iter().find(|export| any(export.members)) {
        return format!("this looks like a {name} export, which is not supported yet; {}", expected());
    }
    for provider in Provider::ALL {
        if let Some(OtherZip { members, zip }) = &provider.facts().other_zip
            && any(members)
        {
            let name = provider.name();
            return format!("this is another part of a {name} export: its conversations are in {zip}");
        }
    }
    format!("this {container} holds no {}; {}", files(), expected())
}

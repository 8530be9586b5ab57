//! The files that an archive is read from: nothing is written over them.

use std::{fs::Metadata, path::Path};

use hashbrown::HashSet;

use super::{
    Archive,
    attachment_index::{belongs_to_export, id_of},
    base_name,
    byte_source::ByteSource,
    identity::FileId,
    member::MemberContent,
};

impl Archive {
    /// Returns whether a path leads to a file that this archive is read from, whatever it is called: it must not be
    /// written over.
    pub fn is_read_from(&self, path: &Path) -> bool {
        let files = self.files.get_or_init(|| self.own_files());
        let is_own = |found: &Metadata| FileId::of(found).is_some_and(|place| files.contains(&place));
        // Most paths lead to nothing yet, and few to a link: one question is enough for them.
        let found = path.symlink_metadata().ok();
        let behind = found.as_ref().filter(|found| found.is_symlink()).and_then(|_| path.metadata().ok());
        found.iter().chain(&behind).any(is_own)
            || (cfg!(not(unix)) && path.canonicalize().is_ok_and(|path| self.is_at(&path)))
    }

    /// Returns the places of the files that are read: of a folder what belongs to an export, and
    /// what people sent along.
    fn own_files(&self) -> HashSet<FileId> {
        let containers = self.containers.iter().filter_map(ByteSource::identity);
        let members = self.entries.iter().filter(|entry| is_read(&entry.name));
        let members = members.filter_map(|entry| match &entry.content {
            MemberContent::File(member) => member.identity,
            _ => None,
        });
        let places = containers.chain(members).filter_map(|identity| identity.place);
        places.chain(self.argument_files.iter().copied()).collect()
    }

    /// Returns whether a path is one that this archive is read from, where the system knows files by their paths only;
    /// `path` is absolute and without links.
    fn is_at(&self, path: &Path) -> bool {
        let members = self.entries.iter().filter(|entry| is_read(&entry.name));
        let members = members.filter_map(|entry| match &entry.content {
            MemberContent::File(member) => Some(&member.path),
            _ => None,
        });
        let mut own = self.path.iter().chain(&self.zips).chain(members);
        own.any(|own| own.canonicalize().is_ok_and(|own| own == path))
    }
}

/// Returns whether a file of a folder is part of an export. People keep what they extracted in the same folder, and may
/// have it made anew: texts that the export would call otherwise, and the folders of files beside them.
fn is_read(name: &str) -> bool {
    /// The extensions of what may be an extract.
    const TEXTS: [&str; 8] = ["md", "markdown", "txt", "text", "html", "htm", "json", "jsonl"];
    let base = base_name(name);
    let is_text = || {
        let extension = base.rsplit_once('.').map(|parts| parts.1.to_ascii_lowercase());
        extension.is_none_or(|extension| TEXTS.contains(&&*extension))
    };
    let is_beside_text = || {
        let mut folders = name.split(['/', '\\']).rev().skip(1);
        folders.any(|folder| folder.ends_with("-files"))
    };
    belongs_to_export(name) || (!is_beside_text() && (id_of(base).is_some() || !is_text()))
}

//! Attachments as files beside the text that names them.
//!
//! They stand in a folder called after the text: `2025-03-03-a-title.md` has `2025-03-03-a-title-files/`. Their names
//! are made by [`names`](super::names) and never lead out of that folder; no two are one, and none replaces a file
//! unasked. What the archive does not hold, or holds damaged, is named in the text as always, and counted.

use std::{
    borrow::Cow,
    ffi::OsStr,
    io::{self, Write},
    num::NonZeroU64,
    path::{Path, PathBuf},
    sync::Arc,
};

use hashbrown::HashMap;

pub use super::attachment_outcome::AttachmentOutcome;
use super::{
    AttachmentFiles, Clobber, FileOutcome, PartialFile, SaveError,
    names::{TakenNames, attachment_name_from_archive, attachment_name_from_message},
    refuse_archive_target,
};
use crate::{
    archive::{Archive, ArchiveError, Member, extension_by_content},
    conversation::{AnnotationKind, Attachment, Conversation},
    extract::{
        ExtractError, ExtractOptions,
        format::entries::entries,
        redaction::{Redaction, Secrets, redacted},
    },
    library::ConversationRef,
};

/// The places of a conversation's attachments, by their ids: an address relative to the text, or nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachmentLinks(HashMap<AttachmentKey, Option<Box<str>>>);

/// What tells an attachment from others: an id, and the text that the export itself carries under it. Two may have one id
/// and not one text.
type AttachmentKey = (Box<str>, NonZeroU64);

/// Returns what tells this attachment from others.
fn key_of(attachment: &Attachment) -> AttachmentKey {
    (attachment.id.clone(), attachment.content.digest())
}

impl AttachmentLinks {
    /// Looks up an attachment. `None`: nobody asked for this one. `Some(None)`: there is no file of it, since it is
    /// missing or damaged.
    pub(in crate::extract) fn get(&self, attachment: &Attachment) -> Option<&Option<Box<str>>> {
        self.0.get(&key_of(attachment))
    }
}

/// The files beside one text. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct AttachmentWriter<'a> {
    /// The beginning of links in the text; ends in a slash.
    address: String,
    names: TakenNames,
    /// By archive, id and text: the same attachment is written once.
    known: HashMap<(u16, AttachmentKey), Option<Box<str>>>,
    files: AttachmentFiles,
    attached: AttachmentOutcome,
    /// What takes secrets out of the text, and of names.
    redaction: &'a Redaction,
}

impl<'a> AttachmentWriter<'a> {
    /// Prepares for a text of this path that passes this redaction; its temporary file begins this group. Nothing is made
    /// yet.
    pub fn of(text: &Path, group: Arc<str>, redaction: &'a Redaction) -> Self {
        let mut folder = text.file_stem().unwrap_or(OsStr::new("attachments")).to_owned();
        folder.push("-files");
        Self {
            address: encoded(&folder) + "/",
            names: TakenNames::new(),
            known: HashMap::new(),
            files: AttachmentFiles::new(text.with_file_name(folder), group),
            attached: AttachmentOutcome::default(),
            redaction,
        }
    }

    /// Writes the attachments that this extract of the conversation names, under temporary names, and returns
    /// the options that link them. `redacted` is the same conversation, part by part, when it passed the redaction by these
    /// secrets: the archive does not know the ids that it has. Without the wish for attachments the options stay as
    /// they are.
    ///
    /// # Errors
    /// Fails where a file beside the text cannot be written, and where the archive is not what it was. Damage in it is
    /// counted instead.
    pub fn write_attachments<'o>(
        &mut self,
        archives: &[Archive],
        conversation: &Conversation,
        redacted: &Conversation,
        secrets: &Secrets,
        options: &'o ExtractOptions,
    ) -> Result<Cow<'o, ExtractOptions>, ExtractError> {
        if !options.attachments {
            return Ok(Cow::Borrowed(options));
        }
        let mut links = AttachmentLinks::default();
        let messages: Vec<usize> = if options.format.is_original() {
            (0..conversation.messages().len()).collect()
        } else {
            entries(conversation, options).into_iter().map(|entry| entry.message).collect()
        };
        let own_archive = conversation.object_location.archive;
        let both = |message| {
            let parts = conversation.message_annotations(message).iter();
            parts.zip(redacted.message_annotations(message)).map(move |parts| (message, parts))
        };
        for (message, (part, annotation)) in messages.into_iter().flat_map(both) {
            let (AnnotationKind::Attachment(attachment), AnnotationKind::Attachment(told)) =
                (&part.detail, &annotation.detail)
            else {
                continue;
            };
            let link = key_of(told);
            if !links.0.contains_key(&link) {
                let key = (own_archive, key_of(attachment));
                let name = if attachment.content.is_empty() {
                    self.write(archives, key, told, secrets)?
                } else {
                    self.write_content(archives, key, told, redacted.attached_text(message, told))?
                };
                links.0.insert(link, name);
            }
        }
        Ok(Cow::Owned(ExtractOptions { links: Some(Arc::new(links)), ..options.clone() }))
    }

    /// Writes the file that the archive has under an id; returns its address.
    fn write(
        &mut self,
        archives: &[Archive],
        key: (u16, AttachmentKey),
        redacted: &Attachment,
        secrets: &Secrets,
    ) -> Result<Option<Box<str>>, ExtractError> {
        let (own_archive, id) = (key.0, &*key.1.0);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let address = match find(archives, own_archive, id) {
            None => {
                self.attached.missing += 1;
                None
            }
            Some((archive, member)) => {
                let stored = member.alias.as_deref().unwrap_or(&member.name);
                let kind = extension_by_first_bytes(archive, &member);
                // A message's own name passed the redaction with the message.
                let stored = if redacted.name.is_empty() {
                    self.redaction.text(secrets, stored)
                } else {
                    Cow::Borrowed("")
                };
                let name = self.names.unique(attachment_name_from_archive(redacted, &stored, kind));
                let mut changed = None;
                let whole =
                    self.files.add(&name, archives, |file| copy(archive, &member, file, &mut changed))?;
                if let Some(changed) = changed {
                    return Err(ExtractError::Archive(changed));
                }
                self.attached.unreadable += usize::from(!whole);
                self.attached.unredacted += usize::from(whole && self.redaction.is_wanted());
                whole.then(|| (self.address.clone() + &name).into())
            }
        };
        self.known.insert(key, address.clone());
        Ok(address)
    }

    /// Writes the text that the export itself carries of an attachment, as the file it was; returns its address.
    fn write_content(
        &mut self,
        archives: &[Archive],
        key: (u16, AttachmentKey),
        redacted: &Attachment,
        text: &str,
    ) -> Result<Option<Box<str>>, SaveError> {
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let name = self.names.unique(attachment_name_from_message(redacted));
        self.files.add(&name, archives, |file| file.write_all(text.as_bytes()).map(|()| true))?;
        let address = Some((self.address.clone() + &name).into());
        self.known.insert(key, address.clone());
        Ok(address)
    }

    /// Returns the files, to be named after their text, and what is known of them so far.
    pub fn into_parts(self) -> (AttachmentFiles, AttachmentOutcome) {
        (self.files, self.attached)
    }
}

/// An attachment to be saved on its own, without the text that names it.
#[derive(Clone, Debug)]
pub struct SingleAttachment {
    /// The number of the archive that its conversation is from.
    pub archive: u16,
    /// Its id.
    pub id: String,
    /// Its text, where the export carries that itself.
    pub content: Option<Box<str>>,
    /// The conversation that names it: what is a secret there is one in its text.
    pub conversation: Option<ConversationRef>,
}

/// The reason why an attachment was not saved.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// Its archive does not hold it.
    #[error("the attachment is not in this archive")]
    Missing,
    /// It could not be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
}

impl SingleAttachment {
    /// Writes it to a new file. Secrets can be taken out of a text alone: bytes of the archive are what they
    /// are, and count as such.
    ///
    /// # Errors
    /// See [`AttachmentError`].
    pub fn save(
        &self,
        archives: &[Archive],
        path: &Path,
        redact: bool,
    ) -> Result<FileOutcome, AttachmentError> {
        refuse_archive_target(archives, path)?;
        if let Some(content) = &self.content {
            let conversations: Vec<&Conversation> =
                self.conversation.iter().map(|shared| &**shared).collect();
            let content = if redact {
                redacted(content, &conversations, false).0.into()
            } else {
                Cow::Borrowed(&**content)
            };
            super::save(path, content.as_bytes(), Clobber::Never)?;
            return Ok(FileOutcome { bytes: content.len() as u64, ..FileOutcome::default() });
        }
        let (archive, member) = find(archives, self.archive, &self.id).ok_or(AttachmentError::Missing)?;
        let mut partial = PartialFile::new(path)?;
        let bytes = archive.copy_attachment(&member, &mut partial)?;
        partial.commit(Clobber::Never)?;
        let unredacted = usize::from(redact);
        Ok(FileOutcome { bytes, attached: AttachmentOutcome { unredacted, ..AttachmentOutcome::default() } })
    }
}

/// Finds an attachment in the archive that its conversation is from: another may hold a file of the same id, of another
/// person.
fn find<'a>(archives: &'a [Archive], number: u16, id: &str) -> Option<(&'a Archive, Member)> {
    let archive = archives.get(usize::from(number))?;
    Some((archive, archive.find_attachment(id)?))
}

/// Tells by the first bytes which extension a member should have.
fn extension_by_first_bytes(archive: &Archive, member: &Member) -> Option<&'static str> {
    let mut head = [0; 32];
    let (count, _) = archive.stream(member).ok()?.fill(&mut head);
    extension_by_content(&head[..count])
}

/// Copies an attachment. `Ok(false)`: the archive's bytes are damaged, or not what they were, which `changed` then says;
/// an error is the file's own.
fn copy(
    archive: &Archive,
    member: &Member,
    file: &mut dyn Write,
    changed: &mut Option<ArchiveError>,
) -> io::Result<bool> {
    struct ErrorKeeper<'a>(&'a mut dyn Write, Option<io::Error>);
    impl Write for ErrorKeeper<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes).map_err(|error| {
                let kind = error.kind();
                self.1 = Some(error);
                kind.into()
            })
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }
    let mut file = ErrorKeeper(file, None);
    let copied = archive.copy_attachment(member, &mut file);
    match (copied, file.1) {
        (_, Some(error)) => Err(error),
        (Err(error @ ArchiveError::Changed { .. }), None) => {
            *changed = Some(error);
            Ok(false)
        }
        (copied, None) => Ok(copied.is_ok()),
    }
}

/// Encodes a file name as the piece of an address: a byte that means something there is written as its
/// number.
fn encoded(name: &OsStr) -> String {
    let bytes = name.as_encoded_bytes();
    let readable = std::str::from_utf8(bytes).is_ok();
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (readable && !byte.is_ascii()) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    // Whole characters were taken over, or none.
    String::from_utf8_lossy(&out).into_owned()
}

/// Returns the folder of a text's attachments.
pub fn attachments_folder_for(text: &Path) -> PathBuf {
    AttachmentWriter::of(text, "".into(), &Redaction::default()).files.folder().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_s_name_can_stand_in_an_address() {
        for (text, address) in [
            ("2025-03-03-a-title.md", "2025-03-03-a-title-files/"),
            ("/tmp/My notes (2).html", "My%20notes%20%282%29-files/"),
            ("Zürich#1?.md", "Zürich%231%3F-files/"),
            ("a<b>\".md", "a%3Cb%3E%22-files/"),
        ] {
            assert_eq!(
                AttachmentWriter::of(Path::new(text), "".into(), &Redaction::default()).address,
                address
            );
        }
        assert_eq!(attachments_folder_for(Path::new("x/a.tar.md")), Path::new("x/a.tar-files"));
    }
}

//! Extracts conversations to a text, a file or a folder: the one way to files of
//! conversations.
//!
//! A front end says what is extracted (a [`Selection`]), how (an [`Extraction`]) and where to (which of its functions
//! is called), and tells of it afterwards in its own words. Everything between is decided here: what is an original
//! and what a text, what passes the redaction, which attachments go along, and when what gets its name.

use std::{
    borrow::Cow,
    io::{BufWriter, Write},
    path::Path,
};

use jiff::tz::TimeZone;

use super::{
    ExtractOptions, Format,
    error::ExtractError,
    folder, original_secrets,
    progress::ExtractProgress,
    redaction::{Redaction, Secrets},
    save::{
        Clobber, FileOutcome, FolderOutcome, PartialFile, SaveError, attachments::AttachmentWriter,
        refuse_archive_target,
    },
};
use crate::{
    archive::Archive,
    conversation::{Conversation, digest},
};

/// The conversations to extract, and the archives they are from, which hold their originals and attachments.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// All archives that are open; [`crate::conversation::ObjectLocation::archive`] is an index into them.
    pub archives: &'a [Archive],
    /// The conversations, in the order of the extract.
    pub conversations: &'a [&'a Conversation],
}

/// The way conversations are extracted. The same for the screen and the command line, for one conversation
/// and for many, for texts and for originals.
#[derive(Debug)]
pub struct Extraction {
    /// The parts of a conversation that are written, and their format.
    pub options: ExtractOptions,
    /// The redaction that everything passes; counts the secrets it took out.
    pub redaction: Redaction,
    /// The fate of a file that exists.
    pub clobber: Clobber,
}

impl Extraction {
    /// Extracts with these options, secrets and all, and replaces nothing.
    pub fn new(options: ExtractOptions) -> Self {
        Self { options, redaction: Redaction::default(), clobber: Clobber::Never }
    }

    /// Extracts original objects, as they are.
    pub fn of_originals() -> Self {
        Self::new(ExtractOptions::new(Format::Json, TimeZone::UTC))
    }

    /// Gives the text to `sink`, piece by piece: of one conversation in one piece, of several each in its
    /// own. Bytes, since an original is what it is. Attachments are files and have no place in it.
    ///
    /// # Errors
    /// Fails with what `sink` fails with, or with an [`ExtractError`].
    pub fn write<E: From<ExtractError>>(
        &self,
        selection: Selection<'_>,
        progress: &dyn ExtractProgress,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.ensure_one_text(selection)?;
        self.write_pieces(selection, None, progress, sink)
    }

    /// Returns the text as a whole, to be copied.
    ///
    /// # Errors
    /// See [`ExtractError`].
    pub fn to_string(
        &self,
        selection: Selection<'_>,
        progress: &dyn ExtractProgress,
    ) -> Result<String, ExtractError> {
        let mut bytes = Vec::new();
        self.write(selection, progress, &mut |more| {
            bytes.extend_from_slice(more);
            Ok::<(), ExtractError>(())
        })?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Writes one file, of one conversation or of several, and the attachments beside it. The file is whole
    /// or not there at all; the attachments get their names after it.
    ///
    /// # Errors
    /// See [`ExtractError`].
    pub fn to_file(
        &self,
        selection: Selection<'_>,
        path: &Path,
        progress: &dyn ExtractProgress,
    ) -> Result<FileOutcome, ExtractError> {
        self.ensure_one_text(selection)?;
        let failed = |error| ExtractError::Save(SaveError::failed(path, &error));
        refuse_archive_target(selection.archives, path)?;
        let partial = PartialFile::new(path)?;
        let mut attachments = AttachmentWriter::of(path, partial.temporary_group(), &self.redaction);
        let mut writer = BufWriter::with_capacity(1 << 16, partial);
        let mut bytes = 0;
        self.write_pieces(selection, Some(&mut attachments), progress, &mut |piece| {
            bytes += piece.len() as u64;
            writer.write_all(piece).map_err(failed)
        })?;
        let partial = writer.into_inner().map_err(|error| failed(error.into_error()))?;
        refuse_archive_target(selection.archives, path)?;
        let (files, mut attached) = attachments.into_parts();
        files.refuse_archive_targets(selection.archives)?;
        partial.commit(self.clobber)?;
        let outcome = files.commit(self.clobber, selection.archives)?;
        attached.count_renamed(outcome.attached.written);
        match outcome.existing.into_iter().next() {
            Some(existing_path) => Err(ExtractError::AttachmentExists { existing_path, attached }),
            None => Ok(FileOutcome { bytes, attached }),
        }
    }

    /// Writes each conversation to a file of its own. The folder is made if need be. Names are given out
    /// beforehand, in the order of the conversations, so that the same choice gives the same names. Stopped,
    /// what is there stays, whole. All passes the redaction, the names too.
    ///
    /// # Errors
    /// See [`ExtractError`]. Names that are taken are told in the outcome instead.
    pub fn to_folder(
        &self,
        selection: Selection<'_>,
        folder: &Path,
        progress: &dyn ExtractProgress,
    ) -> Result<FolderOutcome, ExtractError> {
        folder::write(self, selection, folder, progress)
    }

    /// Refuses several conversations that do not make one text.
    fn ensure_one_text(&self, selection: Selection<'_>) -> Result<(), ExtractError> {
        match selection.conversations.len() {
            0 | 1 => Ok(()),
            several if self.options.format.is_original() => {
                Err(ExtractError::OriginalsNeedSeparateFiles(several))
            }
            several if self.options.front_matter => Err(ExtractError::FrontMatterNeedsSeparateFiles(several)),
            _ => Ok(()),
        }
    }

    /// Gives everything to `sink`, unless it is stopped before; and the attachments, where there is a place for them,
    /// to `attachments`.
    fn write_pieces<E: From<ExtractError>>(
        &self,
        selection: Selection<'_>,
        mut attachments: Option<&mut AttachmentWriter<'_>>,
        progress: &dyn ExtractProgress,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut sink = |piece: &[u8]| {
            if progress.should_continue() { sink(piece) } else { Err(ExtractError::Stopped.into()) }
        };
        if let &[conversation] = selection.conversations {
            return sink(&self.one_conversation(selection, conversation, attachments, progress)?);
        }
        let total = selection.conversations.len();
        let secrets = original_secrets::collect_secrets(&self.redaction, selection, progress)?;
        sink(super::format_opening(&self.options, &format!("{total} conversations")).as_bytes())?;
        for (done, (conversation, secrets)) in selection.conversations.iter().zip(secrets).enumerate() {
            self.redaction.count(&secrets);
            let redacted = secrets.redacted_conversation(conversation);
            let options = self.write_attachments_and_link(
                selection.archives,
                conversation,
                &redacted,
                &secrets,
                attachments.as_deref_mut(),
            )?;
            sink(super::format_section(&redacted, &options, done == 0).as_bytes())?;
            progress.conversations_done(done + 1, total);
        }
        sink(super::format_closing(self.options.format).as_bytes())
    }

    /// Returns one conversation's text, or its original object, byte for byte.
    fn one_conversation(
        &self,
        selection: Selection<'_>,
        conversation: &Conversation,
        attachments: Option<&mut AttachmentWriter<'_>>,
        progress: &dyn ExtractProgress,
    ) -> Result<Vec<u8>, ExtractError> {
        if !self.options.format.is_original() {
            let secrets = original_secrets::collect_secrets(&self.redaction, selection, progress)?
                .pop()
                .unwrap_or_default();
            self.redaction.count(&secrets);
            let redacted = secrets.redacted_conversation(conversation);
            let options = self.write_attachments_and_link(
                selection.archives,
                conversation,
                &redacted,
                &secrets,
                attachments,
            )?;
            return Ok(super::format_conversation(&redacted, &options).into_bytes());
        }
        let bytes = original(selection.archives, conversation, progress)?;
        if !self.redaction.is_wanted() {
            if self.options.attachments {
                self.write_attachments_and_link(
                    selection.archives,
                    conversation,
                    conversation,
                    &Secrets::default(),
                    attachments,
                )?;
            }
            return Ok(bytes);
        }
        let mut secrets = self.redaction.secrets(conversation);
        secrets.learn_original(&bytes);
        self.redaction.count(&secrets);
        if self.options.attachments {
            self.write_attachments_and_link(
                selection.archives,
                conversation,
                &secrets.redacted_conversation(conversation),
                &secrets,
                attachments,
            )?;
        }
        let redacted = match secrets.redacted_original(&bytes) {
            Cow::Owned(redacted) => Some(redacted),
            Cow::Borrowed(_) => None,
        };
        Ok(redacted.unwrap_or(bytes))
    }

    /// Writes the attachments of a conversation that passed the redaction, where there is a place for them, and gives
    /// the options that link them.
    fn write_attachments_and_link(
        &self,
        archives: &[Archive],
        conversation: &Conversation,
        redacted: &Conversation,
        secrets: &Secrets,
        attachments: Option<&mut AttachmentWriter<'_>>,
    ) -> Result<Cow<'_, ExtractOptions>, ExtractError> {
        match attachments {
            Some(attachments) => {
                Ok(attachments.write_attachments(archives, conversation, redacted, secrets, &self.options)?)
            }
            None => Ok(Cow::Borrowed(&self.options)),
        }
    }
}

/// Returns the conversation's original object, byte for byte. Reads its archive again, which takes its time.
fn original(
    archives: &[Archive],
    conversation: &Conversation,
    progress: &dyn ExtractProgress,
) -> Result<Vec<u8>, ExtractError> {
    let location = conversation.object_location;
    let archive = archives.get(usize::from(location.archive)).ok_or(ExtractError::ArchiveNotOpen)?;
    let end = location.offset + u64::from(location.length);
    let bytes = archive.read_object(location, &mut |done| {
        progress.reading(done, end);
        progress.should_continue()
    })?;
    if is_original(conversation, &bytes) { Ok(bytes) } else { Err(archive.changed_error().into()) }
}

/// Returns whether bytes read again are those that the conversation was made of.
pub(super) fn is_original(conversation: &Conversation, bytes: &[u8]) -> bool {
    conversation.digest.is_none_or(|known| known == digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::test_support::{answer, chain, options, prompt};

    /// Stops everything at once.
    struct Stopping;

    impl ExtractProgress for Stopping {
        fn should_continue(&self) -> bool {
            false
        }
    }

    fn some() -> [Conversation; 2] {
        [chain("One", vec![prompt("a"), answer("b")]), chain("Two", vec![prompt("c")])]
    }

    fn texts(extraction: &Extraction, conversations: &[&Conversation]) -> Result<String, String> {
        let selection = Selection { archives: &[], conversations };
        extraction.to_string(selection, &()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_holds_what_is_printed_and_copied() {
        let folder = tempfile::tempdir().expect("a folder");
        let [one, two] = some();
        for format in Format::ALL.into_iter().filter(|format| !format.is_original()) {
            for conversations in [&[&one][..], &[&one, &two]] {
                let extraction = Extraction { clobber: Clobber::Replace, ..Extraction::new(options(format)) };
                let text = texts(&extraction, conversations).unwrap();
                let path = folder.path().join(format.as_str());
                let selection = Selection { archives: &[], conversations };
                let written = extraction.to_file(selection, &path, &()).unwrap();
                assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{format:?}");
                assert_eq!(written, FileOutcome { bytes: text.len() as u64, ..FileOutcome::default() });
            }
        }
    }

    #[test]
    fn originals_and_front_matter_are_one_conversation_a_text() {
        let [one, two] = some();
        let front_matter = ExtractOptions { front_matter: true, ..options(Format::Markdown) };
        for (extraction, said) in [
            (Extraction::of_originals(), "json is one object a file: 2 conversations need a folder"),
            (Extraction::new(front_matter), "front matter is for one conversation a file: 2 need a folder"),
        ] {
            assert_eq!(texts(&extraction, &[&one, &two]).unwrap_err(), said);
            let selection = Selection { archives: &[], conversations: &[&one, &two] };
            // Before anything else that could be said.
            let error = extraction.to_file(selection, Path::new("/no/such/folder/a"), &()).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
        let closed = texts(&Extraction::of_originals(), &[&one]).unwrap_err();
        assert!(closed.ends_with("is not open: open it again"), "{closed}");
    }

    #[test]
    fn what_is_stopped_leaves_no_file_and_a_missing_folder_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let [one, _] = some();
        let selection = Selection { archives: &[], conversations: &[&one] };
        let wanted = ExtractOptions { attachments: true, ..options(Format::Markdown) };
        let extraction = Extraction::new(wanted);
        let error = extraction.to_file(selection, &folder.path().join("a.md"), &Stopping).unwrap_err();
        assert_eq!(error.to_string(), "stopped: nothing was written");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let error =
            extraction.to_file(selection, &folder.path().join("no/a.md"), &()).unwrap_err().to_string();
        assert!(error.ends_with("no/a.md: its folder does not exist"), "{error}");
    }
}

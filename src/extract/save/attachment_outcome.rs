//! The outcome of writing attachments, counted and in words.

/// The numbers of attachments that were written, and that were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttachmentOutcome {
    /// Files that have their name now.
    pub written: usize,
    /// Not in the archive.
    pub missing: usize,
    /// In the archive, and damaged.
    pub unreadable: usize,
    /// Files that hold the archive's bytes as they are, although secrets were to be taken out: nothing looks into a
    /// picture or a PDF.
    pub unredacted: usize,
}

impl AttachmentOutcome {
    /// Adds up what became of others.
    pub fn add(&mut self, other: Self) {
        self.written += other.written;
        self.missing += other.missing;
        self.unreadable += other.unreadable;
        self.unredacted += other.unredacted;
    }

    /// Counts the files that have their name now. A file without a name exposes nothing.
    pub fn count_renamed(&mut self, files: usize) {
        self.written += files;
        self.unredacted = self.unredacted.min(self.written);
    }

    /// Returns the sentence about files that redaction passes by. Empty: there are none.
    pub fn unredacted_sentence(&self) -> &'static str {
        match self.unredacted {
            0 => "",
            1 => "the attachment is copied as it is, not redacted",
            _ => "attachments are copied as they are, not redacted",
        }
    }

    /// Returns the sentence about attachments that are not files: "2 attachments are not in the archive".
    /// Empty: all are.
    pub fn missing_sentence(&self) -> String {
        let count = |number: usize| match number {
            1 => "1 attachment".to_owned(),
            number => format!("{number} attachments"),
        };
        let verb = if self.missing == 1 { "is" } else { "are" };
        match (self.missing, self.unreadable) {
            (0, 0) => String::new(),
            (missing, 0) => format!("{} {verb} not in the archive", count(missing)),
            (0, unreadable) => format!("{} could not be read", count(unreadable)),
            (missing, unreadable) => {
                format!("{} {verb} not in the archive, {unreadable} could not be read", count(missing))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_is_said() {
        let said = |missing, unreadable| {
            AttachmentOutcome { missing, unreadable, ..AttachmentOutcome::default() }.missing_sentence()
        };
        assert_eq!(said(0, 0), "");
        assert_eq!(said(1, 0), "1 attachment is not in the archive");
        assert_eq!(said(0, 2), "2 attachments could not be read");
        assert_eq!(said(3, 1), "3 attachments are not in the archive, 1 could not be read");
    }
}

//! `unspool extract`: conversations to stdout, a file, a file each, or the clipboard.

mod selected;

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::bail;
use jiff::tz::TimeZone;

use super::{
    GlobalSettings, Outcome,
    args::{BranchesArg, ExtractArgs, IncludeArg},
    interrupt::Interrupt,
    output::{Output, tell},
    progress::ProgressDisplay,
};
use crate::{
    conversation::Conversation,
    extract::{
        ExtractError, ExtractOptions, ExtractProgress, Extraction, Include, Selection,
        clipboard::{Clipboard, ClipboardEnvironment},
        redaction::Redaction,
        save::{
            Clobber, FileOutcome, SaveError,
            attachments::{self, AttachmentOutcome},
        },
    },
    io_error::io_error_text,
};

/// The destination of an extract.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OutputTarget {
    Stdout,
    Clipboard,
    /// All in one.
    File(PathBuf),
    /// A file each.
    Folder(PathBuf),
}

pub fn run(global: &GlobalSettings, arguments: &ExtractArgs) -> anyhow::Result<Outcome> {
    let target = target(arguments);
    let options = options(arguments, global.zone());
    if options.attachments && target == OutputTarget::Stdout {
        bail!("attachments are files beside the text: --attachments needs -o FILE or -o DIR/");
    }
    let extraction = Extraction {
        options,
        redaction: Redaction::new(arguments.redact),
        clobber: if arguments.force { Clobber::Replace } else { Clobber::Never },
    };
    let Some((archives, conversations)) = selected::selected(global, arguments)? else {
        return Ok(Outcome::ExitOne);
    };
    let conversations: Vec<&Conversation> = conversations.iter().collect();
    let selection = Selection { archives: &archives, conversations: &conversations };
    let result = match target {
        OutputTarget::Folder(folder) => into_folder(&extraction, selection, &folder),
        OutputTarget::File(path) => into_file(&extraction, selection, &path),
        OutputTarget::Stdout => to_stdout(global, &extraction, selection),
        OutputTarget::Clipboard => to_clipboard(global, &extraction, selection),
    };
    result.map_err(advise)?;
    tell_redacted(&extraction);
    Ok(Outcome::Done)
}

/// Says on stderr what was taken out, and of originals that they are no longer the original.
fn tell_redacted(extraction: &Extraction) {
    match extraction.redaction.sentence().as_deref() {
        None => {}
        Some("") => tell("nothing was found to redact"),
        Some(counts) if extraction.options.format.is_original() => {
            tell(&format!("redacted {counts}; the bytes are no longer the original"));
        }
        Some(counts) => tell(&format!("redacted wherever it is written: {counts}")),
    }
}

fn target(arguments: &ExtractArgs) -> OutputTarget {
    match &arguments.output {
        _ if arguments.clipboard => OutputTarget::Clipboard,
        None => OutputTarget::Stdout,
        Some(path) if path.as_os_str() == "-" => OutputTarget::Stdout,
        Some(path) if ends_in_separator(path) || path.is_dir() => OutputTarget::Folder(path.clone()),
        Some(path) => OutputTarget::File(path.clone()),
    }
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|&byte| std::path::is_separator(char::from(byte)))
}

fn options(arguments: &ExtractArgs, zone: TimeZone) -> ExtractOptions {
    let has = |included| arguments.include.contains(&included);
    ExtractOptions {
        all_branches: arguments.branches == BranchesArg::All,
        include: Include {
            tools: has(IncludeArg::Tools),
            reasoning: has(IncludeArg::Reasoning),
            hidden: has(IncludeArg::Hidden),
        },
        front_matter: arguments.front_matter,
        attachments: arguments.attachments,
        ..ExtractOptions::new(arguments.format, zone)
    }
}

/// Shows the progress by bars, and stops at ctrl-c where files are written.
struct ProgressBars {
    reading: ProgressDisplay,
    writing: ProgressDisplay,
    interrupt: Option<Interrupt>,
}

impl ProgressBars {
    /// Watches an extract to stdout or the clipboard: a signal ends the program as always.
    fn new() -> Self {
        Self {
            reading: ProgressDisplay::new("reading"),
            writing: ProgressDisplay::new("writing"),
            interrupt: None,
        }
    }

    /// Watches an extract to files.
    fn interruptible() -> Self {
        Self { interrupt: Some(Interrupt::watch()), ..Self::new() }
    }

    fn finish(&self) {
        self.reading.finish();
        self.writing.finish();
    }
}

impl ExtractProgress for ProgressBars {
    fn should_continue(&self) -> bool {
        !self.interrupt.as_ref().is_some_and(Interrupt::is_set)
    }

    fn reading(&self, bytes: u64, of: u64) {
        self.reading.bytes(bytes, of);
    }

    fn conversations_done(&self, conversations: usize, of: usize) {
        self.writing.files(conversations as u64, of as u64);
    }
}

fn to_stdout(
    global: &GlobalSettings,
    extraction: &Extraction,
    selection: Selection<'_>,
) -> anyhow::Result<()> {
    let mut output = Output::new(global.color());
    let watching = ProgressBars::new();
    extraction.write(selection, &watching, &mut |bytes| output.write_text(bytes))?;
    watching.finish();
    output.finish()
}

fn into_file(extraction: &Extraction, selection: Selection<'_>, path: &Path) -> anyhow::Result<()> {
    let watching = ProgressBars::interruptible();
    let result = extraction.to_file(selection, path, &watching);
    watching.finish();
    let attached = match &result {
        Ok(FileOutcome { attached, .. }) | Err(ExtractError::AttachmentExists { attached, .. }) => *attached,
        Err(_) => AttachmentOutcome::default(),
    };
    if attached.written > 0 {
        let folder = attachments::attachments_folder_for(path);
        tell(&format!("wrote {} to {}", count(attached.written, "attachment"), folder.display()));
    }
    tell_about_attachments(attached);
    result?;
    Ok(())
}

/// Says on stderr which attachments are not files, and whether some hold what was taken out of the text.
fn tell_about_attachments(attached: AttachmentOutcome) {
    let lacking = attached.missing_sentence();
    if !lacking.is_empty() {
        tell(&format!("{lacking}: the text names what there was"));
    }
    let exposed = attached.unredacted_sentence();
    if !exposed.is_empty() {
        tell(exposed);
    }
}

/// Counts in words: `1 file`, `2 files`.
fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// Adds what to do about it, where there is a flag for that.
fn advise(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(ExtractError::Save(SaveError::Exists(_))) => anyhow::anyhow!("{error}: --force replaces it"),
        Some(ExtractError::AttachmentExists { existing_path, .. }) => {
            anyhow::anyhow!("{} exists already: --force replaces it", existing_path.display())
        }
        Some(
            ExtractError::OriginalsNeedSeparateFiles(_) | ExtractError::FrontMatterNeedsSeparateFiles(_),
        ) => {
            anyhow::anyhow!("{error} (-o DIR/)")
        }
        _ => error,
    }
}

fn to_clipboard(
    global: &GlobalSettings,
    extraction: &Extraction,
    selection: Selection<'_>,
) -> anyhow::Result<()> {
    let watching = ProgressBars::new();
    let text = extraction.to_string(selection, &watching)?;
    watching.finish();
    let config = global.config();
    let mut clipboard = Clipboard::new(
        config.clipboard.value,
        ClipboardEnvironment::from_env(),
        config.osc52_limit.value.get() as usize,
    );
    let copied = clipboard
        .copy(&text)
        .map_err(|error| anyhow::anyhow!("not copied: {error}: -o FILE writes it to a file"))?;
    if !copied.lasts {
        bail!(
            "nothing here keeps what is copied once unspool has ended: pipe it into xclip or wl-copy instead"
        );
    }
    if !copied.terminal_bytes.is_empty() {
        to_terminal(&copied.terminal_bytes).map_err(|error| {
            anyhow::anyhow!(
                "there is no terminal to copy through ({}): -o FILE writes a file instead",
                io_error_text(&error)
            )
        })?;
    }
    tell(&format!(
        "{} {} ({}) to the clipboard {}",
        if copied.arrived { "copied" } else { "sent" },
        crate::message::format::size(copied.bytes as u64),
        extraction.options.format.as_str(),
        copied.way
    ));
    Ok(())
}

/// Writes a sequence to the terminal itself, wherever stdout goes.
fn to_terminal(sequence: &[u8]) -> io::Result<()> {
    match std::fs::OpenOptions::new().write(true).open("/dev/tty") {
        Ok(mut terminal) => terminal.write_all(sequence),
        Err(_) if io::stderr().is_terminal() => io::stderr().write_all(sequence),
        Err(error) => Err(error),
    }
}

/// Extracts to one file per conversation.
fn into_folder(extraction: &Extraction, selection: Selection<'_>, folder: &Path) -> anyhow::Result<()> {
    let watching = ProgressBars::interruptible();
    let outcome = extraction.to_folder(selection, folder, &watching)?;
    watching.finish();
    let files = |number: usize| count(number, "file");
    // However it ended: what is there is there.
    tell_about_attachments(outcome.attached);
    match &*outcome.existing {
        _ if !watching.should_continue() => {
            bail!("stopped: {} written of {}", files(outcome.written), selection.conversations.len())
        }
        [] => {
            let attached = match outcome.attached.written {
                0 => String::new(),
                number => format!(" and {}", count(number, "attachment")),
            };
            tell(&format!("wrote {}{attached} to {}", files(outcome.written), folder.display()));
            Ok(())
        }
        [one] => bail!(
            "{} exists already: --force replaces it ({} written)",
            one.display(),
            files(outcome.written)
        ),
        [first, ..] => bail!(
            "{} exist already, {} the first: --force replaces them ({} written)",
            files(outcome.existing.len()),
            first.display(),
            files(outcome.written)
        ),
    }
}

//! `unspool extract`: conversations to stdout, a file, a file each, or the clipboard.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use jiff::tz::TimeZone;

use super::{
    Global, Outcome,
    archives::{self, Opened},
    args::{Branches, Extract, FormatName, Included},
    interrupt::Interrupt,
    output::{Output, tell},
    progress::Progress,
};
use crate::{
    conversation::Conversation,
    extract::{
        self, Format, Include, Options,
        clipboard::{Clipboard, Surroundings},
        many::write_each,
        redaction::Redaction,
        save::{
            Clobber, Draft, SaveError,
            attachments::{Attached, Beside},
        },
    },
    library::Handle,
    reason::reason,
    search::{self, Query},
};

/// Where an extract goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Stdout,
    Clipboard,
    /// All in one.
    File(PathBuf),
    /// A file each.
    Folder(PathBuf),
}

pub fn run(global: &Global, arguments: &Extract) -> anyhow::Result<Outcome> {
    let target = target(arguments);
    let options = options(arguments, global.zone());
    if options.attachments && target == Target::Stdout {
        bail!("attachments are files beside the text: --attachments needs -o FILE or -o DIR/");
    }
    let redaction = Redaction::new(arguments.redact);
    let clobber = if arguments.force { Clobber::Replace } else { Clobber::Never };
    let opened = if arguments.id.is_empty() {
        archives::open(global, &arguments.archives)?
    } else {
        archives::open_for(global, &arguments.archives, &arguments.id)?
    };
    let Some(handles) = selection(arguments, &opened, &options.zone)? else { return Ok(Outcome::Nothing) };
    if handles.is_empty() {
        tell("there is nothing to extract");
        return Ok(Outcome::Nothing);
    }
    if !matches!(target, Target::Folder(_)) && handles.len() > 1 {
        if options.format == Format::Json {
            bail!("json is one object a file: {} conversations need a folder (-o DIR/)", handles.len());
        }
        if options.front_matter {
            bail!("front matter is for one conversation a file: {} need a folder (-o DIR/)", handles.len());
        }
    }
    match target {
        Target::Folder(folder) => into_folder(&opened, &handles, &options, &redaction, &folder, clobber)?,
        Target::File(path) => into_file(&opened, &handles, &options, &redaction, &path, clobber)?,
        Target::Stdout => to_stdout(global, &opened, &handles, &options, &redaction)?,
        Target::Clipboard => to_clipboard(global, &opened, &handles, &options, &redaction)?,
    }
    tell_redacted(&redaction, options.format);
    Ok(Outcome::Done)
}

/// Says on stderr what was taken out, and of originals that they are none any more.
fn tell_redacted(redaction: &Redaction, format: Format) {
    match redaction.sentence().as_deref() {
        None => {}
        Some("") => tell("nothing was found to redact"),
        Some(counts) if format == Format::Json => {
            tell(&format!("redacted {counts}; the bytes are no longer the original"));
        }
        Some(counts) => tell(&format!("redacted wherever it is written: {counts}")),
    }
}

fn target(arguments: &Extract) -> Target {
    match &arguments.output {
        _ if arguments.clipboard => Target::Clipboard,
        None => Target::Stdout,
        Some(path) if path.as_os_str() == "-" => Target::Stdout,
        Some(path) if ends_in_separator(path) || path.is_dir() => Target::Folder(path.clone()),
        Some(path) => Target::File(path.clone()),
    }
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|&byte| std::path::is_separator(char::from(byte)))
}

fn options(arguments: &Extract, zone: TimeZone) -> Options {
    let has = |what| arguments.include.contains(&what);
    Options {
        format: match arguments.format {
            FormatName::Markdown => Format::Markdown,
            FormatName::Text => Format::Text,
            FormatName::Html => Format::Html,
            FormatName::Json => Format::Json,
            FormatName::Jsonl => Format::Jsonl,
        },
        all_branches: arguments.branches == Branches::All,
        include: Include {
            tools: has(Included::Tools),
            reasoning: has(Included::Reasoning),
            hidden: has(Included::Hidden),
        },
        front_matter: arguments.front_matter,
        attachments: arguments.attachments,
        ..Options::new(Format::default(), zone)
    }
}

/// Which conversations, each once. `None`: an id that none has, which was told.
fn selection(arguments: &Extract, opened: &Opened, zone: &TimeZone) -> anyhow::Result<Option<Vec<Handle>>> {
    let library = &opened.library;
    if arguments.all {
        return Ok(Some(library.newest().to_vec()));
    }
    if let Some(query) = &arguments.query {
        let results = search::worker::search(&Query::parse(query, zone), library, false);
        return Ok(Some(results.rows.iter().map(|row| row.handle).collect()));
    }
    let mut handles = Vec::new();
    for id in &arguments.id {
        match *library.by_id(id) {
            [] => {
                tell(&format!("no conversation has the id {id}, or one that begins so"));
                return Ok(None);
            }
            [handle] if handles.contains(&handle) => {}
            [handle] => handles.push(handle),
            ref several => {
                const MOST: usize = 20;
                tell(&format!("{} conversations have an id that begins with {id}:", several.len()));
                for &handle in several.iter().take(MOST) {
                    let conversation = library.get(handle);
                    tell(&format!("  {}  {}", conversation.id, conversation.title));
                }
                if several.len() > MOST {
                    tell(&format!("  and {} more", several.len() - MOST));
                }
                bail!("give more of the id");
            }
        }
    }
    Ok(Some(handles))
}

/// The original bytes of one conversation.
fn original(opened: &Opened, conversation: &Conversation) -> anyhow::Result<Vec<u8>> {
    let source = conversation.source;
    let archive = opened
        .archives
        .get(usize::from(source.archive))
        .context("the archive that it is from is not open")?;
    let progress = Progress::new("reading");
    let bytes = archive.read_object(source, &mut |done| {
        progress.bytes(done, source.offset + u64::from(source.length));
        true
    })?;
    progress.finish();
    Ok(bytes)
}

/// One conversation's text, or its original bytes.
fn one(
    opened: &Opened,
    handle: Handle,
    options: &Options,
    redaction: &Redaction,
    beside: &mut Beside,
) -> anyhow::Result<Vec<u8>> {
    let conversation = opened.library.get(handle);
    if options.format == Format::Json {
        if options.attachments {
            beside.take(&opened.archives, &redaction.uncounted(conversation), options)?;
        }
        return Ok(redaction.original(&original(opened, conversation)?).into_owned());
    }
    let conversation = redaction.conversation(conversation);
    let options = beside.take(&opened.archives, &conversation, options)?;
    Ok(extract::conversation(&conversation, &options).into_bytes())
}

/// Gives every conversation's text to `sink`, one after the other; their attachments to `beside`.
fn in_a_row(
    opened: &Opened,
    handles: &[Handle],
    options: &Options,
    redaction: &Redaction,
    beside: &mut Beside,
    sink: &mut dyn FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if let &[handle] = handles {
        return sink(&one(opened, handle, options, redaction, beside)?);
    }
    let progress = Progress::new("writing");
    sink(extract::opening(options, &format!("{} conversations", handles.len())).as_bytes())?;
    for (done, &handle) in handles.iter().enumerate() {
        let conversation = redaction.conversation(opened.library.get(handle));
        let options = beside.take(&opened.archives, &conversation, options)?;
        sink(extract::section(&conversation, &options, done == 0).as_bytes())?;
        progress.files(done as u64 + 1, handles.len() as u64);
    }
    sink(extract::closing(options.format).as_bytes())?;
    progress.finish();
    Ok(())
}

fn to_stdout(
    global: &Global,
    opened: &Opened,
    handles: &[Handle],
    options: &Options,
    redaction: &Redaction,
) -> anyhow::Result<()> {
    let mut output = Output::new(global.color());
    in_a_row(opened, handles, options, redaction, &mut nowhere(), &mut |bytes| output.write_text(bytes))?;
    output.finish()
}

fn into_file(
    opened: &Opened,
    handles: &[Handle],
    options: &Options,
    redaction: &Redaction,
    path: &Path,
    clobber: Clobber,
) -> anyhow::Result<()> {
    let failed = |error: io::Error| anyhow::anyhow!("cannot write {}: {}", path.display(), reason(&error));
    let interrupt = Interrupt::watch();
    let mut writer = BufWriter::with_capacity(1 << 16, Draft::new(path)?);
    let mut beside = Beside::of(path, redaction);
    in_a_row(opened, handles, options, redaction, &mut beside, &mut |bytes| {
        if interrupt.is_set() {
            bail!("stopped: nothing was written");
        }
        writer.write_all(bytes).map_err(failed)
    })?;
    let draft = writer.into_inner().map_err(|error| failed(error.into_error()))?;
    draft.commit(clobber).map_err(advise)?;
    let (files, mut attached) = beside.into_parts();
    let folder = files.folder().to_owned();
    let outcome = files.commit(clobber)?;
    attached.named(outcome.attached.written);
    if attached.written > 0 {
        tell(&format!("wrote {} to {}", count(attached.written, "attachment"), folder.display()));
    }
    tell_of(attached);
    match outcome.existing.first() {
        Some(taken) => Err(advise(SaveError::Exists(taken.display().to_string()))),
        None => Ok(()),
    }
}

/// For what has no attachments: nothing is written by it.
fn nowhere() -> Beside {
    Beside::of(Path::new("-"), &Redaction::default())
}

/// Says on stderr which attachments are no files, and whether some hold what was taken out of the text.
fn tell_of(attached: Attached) {
    let lacking = attached.lacking();
    if !lacking.is_empty() {
        tell(&format!("{lacking}: the text names what there was"));
    }
    let exposed = attached.exposed();
    if !exposed.is_empty() {
        tell(exposed);
    }
}

/// `1 file`, `2 files`.
fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// Adds what to do about a file that exists.
fn advise(error: SaveError) -> anyhow::Error {
    match error {
        SaveError::Exists(_) => anyhow::anyhow!("{error}: --force replaces it"),
        SaveError::Failed(_) => error.into(),
    }
}

fn to_clipboard(
    global: &Global,
    opened: &Opened,
    handles: &[Handle],
    options: &Options,
    redaction: &Redaction,
) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    in_a_row(opened, handles, options, redaction, &mut nowhere(), &mut |more| {
        bytes.extend_from_slice(more);
        Ok(())
    })?;
    let config = global.config();
    let mut clipboard = Clipboard::new(
        config.clipboard.value,
        Surroundings::from_env(),
        config.osc52_limit.value.get() as usize,
    );
    let copied = clipboard
        .copy(&String::from_utf8_lossy(&bytes))
        .map_err(|error| anyhow::anyhow!("not copied: {error}: -o FILE writes it to a file"))?;
    if !copied.lasts {
        bail!(
            "nothing here keeps what is copied once unspool has ended: pipe it into xclip or wl-copy instead"
        );
    }
    if !copied.terminal.is_empty() {
        to_terminal(&copied.terminal).map_err(|error| {
            anyhow::anyhow!("there is no terminal to copy by ({}): -o FILE writes a file", reason(&error))
        })?;
    }
    tell(&format!(
        "copied {} ({}) to the clipboard {}",
        extract::bytes(copied.bytes as u64),
        options.format.as_str(),
        copied.by
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

/// A file a conversation.
fn into_folder(
    opened: &Opened,
    handles: &[Handle],
    options: &Options,
    redaction: &Redaction,
    folder: &Path,
    clobber: Clobber,
) -> anyhow::Result<()> {
    let interrupt = Interrupt::watch();
    let progress = Progress::new("writing");
    let conversations: Vec<&Conversation> =
        handles.iter().map(|&handle| opened.library.get(handle)).collect();
    let watch = |written: usize| {
        progress.files(written as u64, handles.len() as u64);
        !interrupt.is_set()
    };
    let archives = &opened.archives;
    let outcome = write_each(archives, &conversations, options, redaction, folder, clobber, &watch)?;
    progress.finish();
    let files = |number: usize| count(number, "file");
    // However it ended: what is there is there.
    tell_of(outcome.attached);
    match &*outcome.existing {
        _ if interrupt.is_set() => bail!("stopped: {} written of {}", files(outcome.written), handles.len()),
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

//! `unspool man`: one page with every subcommand and flag, made from what clap knows of them.

use clap::CommandFactory;
use clap_mangen::{
    Man,
    roff::{Roff, bold, italic, roman},
};

use super::{Outcome, args::Cli, output::Output};
use crate::config::{Color, Config, KeyBindings};

pub fn run() -> anyhow::Result<Outcome> {
    let mut page = Vec::new();
    write(&mut page)?;
    let mut output = Output::new(Color::Auto);
    output.write_bytes(&page)?;
    output.finish()?;
    Ok(Outcome::Done)
}

fn write(page: &mut Vec<u8>) -> std::io::Result<()> {
    let mut command = Cli::command();
    command.build();
    let man = Man::new(command.clone().override_usage("")).manual("unspool manual");
    // A page without a date says so: left out, the next word would be read as one.
    let mut title = Vec::new();
    man.render_title(&mut title)?;
    page.extend(String::from_utf8_lossy(&title).replace(".TH unspool 1  ", ".TH unspool 1 \"\" ").bytes());
    man.render_name_section(page)?;
    synopsis(&command).to_writer(page)?;
    man.render_description_section(page)?;
    archives().to_writer(page)?;
    man.render_options_section(page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        section(subcommand).to_writer(page)?;
    }
    json().to_writer(page)?;
    configuration().to_writer(page)?;
    keys().to_writer(page)?;
    exit_status_and_environment().to_writer(page)
}

fn synopsis(command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold("unspool"), roman(" [OPTIONS] [ARCHIVE]...")]);
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        roff.control("br", []);
        let usage = subcommand.clone().render_usage().to_string();
        let usage =
            usage.trim_start_matches("Usage:").trim().trim_start_matches("unspool").trim_start().to_owned();
        let (name, arguments) = usage.split_once(' ').unwrap_or((&usage, ""));
        roff.text([bold(format!("unspool {name} ")), roman(arguments)]);
    }
    roff
}

/// Returns a subcommand and the flags it has besides those that hold everywhere.
fn section(command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [format!("UNSPOOL {}", command.get_name().to_uppercase()).as_str()]);
    if let Some(about) = command.get_about() {
        roff.text([roman(about.to_string())]);
    }
    let own = |argument: &&clap::Arg| {
        !argument.is_global_set()
            && !argument.is_hide_set()
            && !["help", "version"].contains(&argument.get_id().as_str())
    };
    for argument in command.get_arguments().filter(own) {
        roff.control("TP", []);
        let mut names = Vec::new();
        if let Some(short) = argument.get_short() {
            names.push(bold(format!("-{short}")));
        }
        if let Some(long) = argument.get_long() {
            if !names.is_empty() {
                names.push(roman(", "));
            }
            names.push(bold(format!("--{long}")));
        }
        let takes_value = argument.get_action().takes_values();
        if takes_value || names.is_empty() {
            if !names.is_empty() {
                names.push(roman(" "));
            }
            let value = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
            names.push(italic(value.unwrap_or_else(|| argument.get_id().to_string().to_uppercase())));
        }
        roff.text(names);
        let mut help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let default: Vec<_> =
            argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if takes_value && !default.is_empty() {
            help.extend([" [default: ", &default.join(","), "]"]);
        }
        roff.text([roman(help)]);
        for value in argument.get_possible_values().iter().filter(|value| !value.is_hide_set() && takes_value)
        {
            roff.control("RS", []).control("TP", []);
            roff.text([italic(value.get_name())]);
            roff.text([roman(value.get_help().map(ToString::to_string).unwrap_or_default())]);
            roff.control("RE", []);
        }
    }
    roff
}

/// Returns one paragraph per text.
fn paragraphs(title: &str, texts: &[&str]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(*text)]);
    }
    roff
}

/// Writes terms with their meanings.
fn terms(roff: &mut Roff, terms: &[(&str, &str)]) {
    for (term, meaning) in terms {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*meaning)]);
    }
}

fn archives() -> Roff {
    paragraphs(
        "ARCHIVES",
        &[
            "An ARCHIVE is an export zip, a zip of such zips, the folder it was unpacked into, or a conversations JSON file; - is stdin. \
             Several are merged by conversation id: the one with the newest message stays. Without one, --demo opens the \
             archive this program carries, else $UNSPOOL_ARCHIVE is opened, else what the config file names as archive. -- ends the flags.",
        ],
    )
}

/// Returns the config file: every option, from the list by which it is read.
fn configuration() -> Roff {
    let mut roff = paragraphs(
        "CONFIGURATION",
        &[
            "The file is $XDG_CONFIG_HOME/unspool/config.toml (where that is not set ~/.config/unspool/config.toml, on \
             Windows unspool\\config.toml in the roaming application data), or what --config names. It is TOML; a name with a \
             dot stands in the table of that name: tools = true below [open].",
            "What is built in gives way to the file, the file to the environment, the environment to flags. unspool \
             config prints what is in force, and where each value is from; what it prints can be saved as the file.",
            "A wrong file keeps nobody from an archive. An option or value that is wrong is told on stderr, or in the \
             status line, with its line and column, and that one alone counts as if it were not there; of a file that \
             is not TOML nothing counts. A file that --config names and that cannot be read is a usage error.",
        ],
    );
    for entry in Config::default().entries() {
        roff.control("TP", []);
        roff.text([bold(entry.path), roman(format!(" = {}", entry.value.show()))]);
        let before = match entry.overridden_by {
            "" => String::new(),
            name if name.starts_with('-') => format!(" {name} overrides it."),
            name => format!(" ${name} overrides it."),
        };
        roff.text([roman(format!("{} ({}).{before}", entry.help, entry.value.takes()))]);
    }
    roff
}

/// Returns the key map, by which the file binds.
fn keys() -> Roff {
    let mut roff = paragraphs(
        "KEYS",
        &[
            "? or F1 shows them as they are bound, : lists the commands by use, and finds one by its name, its key or what people call it. In the config file a command gets \
             other keys in the table of its place, and loses those it had there: fold = [\"f\"] below [keys.thread]; \
             an empty list takes them all. Any command can be bound in any place; where it means nothing it does \
             nothing. A key is a character or a name: enter, esc, tab, shift-tab, space, up, down, left, right, home, \
             end, pgup, pgdn, backspace, delete, f1 to f12, with ctrl- or alt- before it. Where characters are typed \
             none can be bound alone.",
            "In the list and in the thread the keys of reading hold too, where one types those of editing, and \
             everywhere those of anywhere.",
            "What runs a command or writes a file (pipe, extract, extract-all, an attachment of links, whatever is chosen \
             in commands) takes an enter of its own: nothing else was typed in the 50 ms before it or came in one piece \
             with it, nor in the 300 ms before it where the prompt was opened by a key that came within 30 ms of \
             others. Otherwise the prompt stays open and says: enter runs it. So a text that arrives as keys, from a \
             terminal or multiplexer that pastes without brackets, runs nothing and writes nothing; it may type, move \
             about and copy. A number of links that names an attachment opens the line in which its file is named, and enter writes it.",
            "A key with alt that is bound to nothing is esc, then the key: multiplexers and slow lines put both together.",
            "copy-as-markdown, copy-as-text and copy-as-json say how messages and conversations are copied from there \
             on. As JSON a conversation is its original object, as extract -f json gives it; a message, or several \
             marked ones of either, are an object a message: role, time, model, text.",
            "theme-auto, theme-terminal, theme-dark, theme-light and theme-mono show everything in that theme until one \
             leaves.",
            "redact takes secrets out of all that is copied, piped or extracted. The files of attachments are copied \
             as they are, and the status line says so.",
        ],
    );
    let keys = KeyBindings::built_in();
    for place in keys.places() {
        roff.control("TP", []);
        roff.text([bold(format!("keys.{place}"))]);
        let bound = keys.bindings().iter().filter(|binding| binding.place == place);
        for (index, binding) in bound.enumerate() {
            if index > 0 {
                roff.control("br", []);
            }
            let names: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
            roff.text([italic(&*binding.command), roman(format!(": {}", names.join(" ")))]);
        }
    }
    roff
}

fn json() -> Roff {
    let mut roff = paragraphs(
        "JSON",
        &[
            "Keys are stable. Times are RFC 3339 in UTC, with a fraction of a second only where the archive has one; \
           what is not known is null. list and search print one object per line, audit and check one document.",
        ],
    );
    terms(
        &mut roff,
        &[
            (
                "list",
                "id, title, created, updated, messages (those shown, on all branches), model, provider, archived, \
                      starred, source (the archive)",
            ),
            (
                "search",
                "id, title, created, updated, provider, role, message (its number among the shown messages of its \
                        branch, from 1; a tool's or a thought's is that of the message before it), snippet, score \
                        (of the conversation: greater is better), missing (the words of the query that the conversation \
                        lacks; none in the first tier). One line per matching message, the best conversation first; \
                        one that matched by its title alone has one line, with null role, message and snippet",
            ),
            (
                "check",
                "conversations, messages, bytes, seconds, merged, same_id, skipped (source, offset, length, reason, \
                       mended: it is listed all the same, missing: the export names it and it is not here), archives \
                       (source, size, members, conversations, messages, read, content_types: name, messages, known; \
                       left_out: reason, and values with a string that were left out of messages for it; \
                       not_understood: key, or part of type X, or marker X, times, and a message that has it: its \
                       strings are folded; not_read: members with JSON that nothing reads, attachments_found, \
                       attachments_missing, absent_files, failure)",
            ),
            (
                "audit",
                "findings (kind, class: credential or personal, id, title, date, role, masked, times, certain: false \
                       for what only looks like one), other_members (source, member, kind, class, masked, times, certain: what \
                       the members beside the conversations hold), shared (id, conversation_id, title, url), profile (source, field, masked), instructions and memory (id, \
                       title, date, characters, entries, holds: a number a kind; source: the archive, where it stands \
                       in no conversation and id and title are null), attachments (named, present, bytes, \
                       read: those whose text stands in a conversation, images, audio, video, files), unreadable and \
                       too_large (members that were not looked through), scanned_members and opaque_members (how many \
                       others were, and how many are no text). A null role is the title. Values are masked; what \
                       instructions and memory say is not printed, and each is listed once, with the newest \
                       conversation it stands in",
            ),
            ("extract -f jsonl", "role, time, model, text"),
        ],
    );
    roff
}

fn exit_status_and_environment() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    terms(
        &mut roff,
        &[
            ("0", "done"),
            (
                "1",
                "nothing matched (search, extract, list -q), or check found damage, or audit found credentials or \
                 public links (personal data alone is 0)",
            ),
            ("2", "usage error, or failure"),
        ],
    );
    roff.control("SH", ["ENVIRONMENT"]);
    terms(
        &mut roff,
        &[
            ("UNSPOOL_ARCHIVE", "the archive to open when none is named"),
            (
                "NO_COLOR, CLICOLOR_FORCE",
                "no colours (the screen then has the theme mono), or colours even into a pipe; --color overrides them, and \
                 --theme for the screen",
            ),
            (
                "COLORFGBG",
                "the colours of the terminal's text and ground, as rxvt and Konsole set it: with theme = auto it says \
                 whether that is dark or light where the terminal, asked at the start, does not answer in two seconds",
            ),
            (
                "COLORTERM",
                "truecolor or 24bit: the terminal has the colours of the themes dark and light; else they are shown by \
                 the nearest of 256",
            ),
            ("XDG_CONFIG_HOME", "the folder of unspool/config.toml; ~/.config if it is not set"),
            (
                "TZ",
                "the time zone of dates on the screen, in file names, and of date:, after: and before:; it overrides the time-zone of the config file",
            ),
        ],
    );
    roff
}

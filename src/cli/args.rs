//! The command line as it is typed: what clap reads, and the text of `--help`.
//!
//! What stands here is declared only; what it means together is decided once, in [`super`] and at the beginning of
//! each subcommand, into values that cannot contradict each other.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

/// Find, read and safely extract conversations from a ChatGPT data export.
#[derive(Debug, Parser)]
#[command(
    name = "unspool",
    version,
    propagate_version = true,
    max_term_width = 100,
    override_usage = "unspool [OPTIONS] [ARCHIVE]...\n       unspool [OPTIONS] <COMMAND>",
    after_help = "An ARCHIVE is an export zip, the folder it was unpacked into, or a conversations JSON file; - is \
                  stdin; several are merged. Without one: --demo, else $UNSPOOL_ARCHIVE."
)]
pub struct Cli {
    /// What to do, if not to open the screen
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Begin with this query typed
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
    /// The flags that hold everywhere.
    // Last: the heading of its flags would go on over what follows.
    #[command(flatten)]
    pub global: Global,
}

/// What holds for every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Open the archive this program carries
    #[arg(long, global = true)]
    pub demo: bool,
    /// Colours on stdout
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub color: Color,
    /// Largest conversation that is read, in MB of JSON
    #[arg(long, global = true, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=2_047))]
    pub limit_conversation_mb: u64,
    /// Largest member of an archive that is read, in GB, inflated
    #[arg(long, global = true, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub limit_member_gb: u64,
    /// Most inflated bytes for a compressed one, looked at past 256 MB
    #[arg(long, global = true, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit_ratio: u64,
    /// Most members of an archive, those of zips inside it counted
    #[arg(long, global = true, value_name = "N", default_value_t = 1_000_000)]
    pub limit_members: usize,
    /// Most memory for the conversations, in MB, or 8 times the archives' size if that is more
    #[arg(long, global = true, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub limit_memory_mb: u64,
    /// Most that is read from stdin, in MB
    #[arg(long, global = true, value_name = "N", default_value_t = 4_096, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub limit_stdin_mb: u64,
    /// Largest compressed zip inside a zip, in MB
    #[arg(long, global = true, value_name = "N", default_value_t = 96, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub limit_nested_mb: u64,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE means always
    #[default]
    Auto,
    /// Even into a pipe
    Always,
    /// Nowhere
    Never,
}

/// What to do instead of opening the screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List conversations, newest first: id, date, messages, title
    List(List),
    /// Search messages, like grep: title line, then role and snippet
    Search(Search),
    /// Write conversations to stdout, a file, or a file each
    Extract(Extract),
    /// Choose in the UI, print what `y`, `Y` or `c` would copy: unspool pick | pbcopy
    Pick(Pick),
    /// Tell what the archive gives away: secrets, public links, profile, memory; values masked
    Audit(Audit),
    /// Tell what was read, what was skipped, and why
    Check(Check),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

/// `unspool pick`.
#[derive(Args, Debug)]
pub struct Pick {
    /// Begin with this query typed
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool list`.
#[derive(Args, Debug)]
pub struct List {
    /// Only what this query finds
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// The order
    #[arg(long, value_enum, value_name = "BY", default_value_t)]
    pub sort: SortBy,
    /// At most this many
    #[arg(short = 'n', value_name = "N")]
    pub number: Option<usize>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// The orders of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// Last added to first
    #[default]
    Updated,
    /// Begun last first
    Created,
    /// Longest first
    Messages,
    /// A to Z
    Title,
}

/// `unspool search`.
#[derive(Args, Debug)]
pub struct Search {
    /// What to look for: words, "phrases", -word, /regex/, title:, role:, model:, after:, before:, has:, is:
    #[arg(value_name = "QUERY")]
    pub query: String,
    /// A line a conversation: the number of hits and its id
    #[arg(short = 'c', conflicts_with_all = ["ids", "json"])]
    pub count: bool,
    /// A line a conversation: its id
    #[arg(short = 'l', conflicts_with = "json")]
    pub ids: bool,
    /// At most this many conversations
    #[arg(short = 'm', value_name = "N")]
    pub conversations: Option<usize>,
    /// At most this many messages a conversation
    #[arg(short = 'n', value_name = "N")]
    pub messages: Option<usize>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool extract`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").args(["id", "query", "all"]).required(true))]
pub struct Extract {
    /// The conversation with this id, or with the only one that begins so; may be given several times
    #[arg(long, value_name = "ID")]
    pub id: Vec<String>,
    /// Every conversation this query finds, best first
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Every conversation, newest first
    #[arg(long)]
    pub all: bool,
    /// How to write it
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: FormatName,
    /// Where to: DIR/ for a file each, FILE for all in one, - for stdout
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// The branch that was last shown, or all of them
    #[arg(long, value_enum, value_name = "WHICH", default_value_t)]
    pub branches: Branches,
    /// What else to write, separated by commas
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub include: Vec<Included>,
    /// Begin a Markdown file with YAML: title, id, address, times, models
    #[arg(long)]
    pub front_matter: bool,
    /// Replace credentials and personal data by what they are: [redacted: github-token]
    #[arg(long)]
    pub redact: bool,
    /// Copy it instead of writing it
    #[arg(long, conflicts_with = "output")]
    pub clipboard: bool,
    /// Replace files that exist
    #[arg(long)]
    pub force: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// The formats of an extract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// A title, a heading a turn, bodies as written
    #[default]
    #[value(alias = "md")]
    Markdown,
    /// Plain text
    #[value(alias = "txt")]
    Text,
    /// One page that needs nothing else, safe to open
    Html,
    /// The original object, byte for byte
    Json,
    /// An object a message: role, time, model, text
    Jsonl,
}

/// Which branches of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Branches {
    /// The one last shown
    #[default]
    Current,
    /// All, each labelled where it parts
    All,
}

/// What an extract may hold besides the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Included {
    /// Tool calls and results, quotes, fetched pages
    Tools,
    /// The model's reasoning
    Reasoning,
    /// What is never shown; custom instructions and memory
    Hidden,
}

/// `unspool audit`.
#[derive(Args, Debug)]
pub struct Audit {
    /// One JSON document
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool check`.
#[derive(Args, Debug)]
pub struct Check {
    /// One JSON document
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// For which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

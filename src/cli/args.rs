//! The command line as it is typed: what clap reads, and the text of `--help`.
//!
//! What stands here is declared only; what it means together is decided once, in [`super`] and at the beginning of
//! each subcommand, into values that cannot contradict each other.

use std::path::PathBuf;

use clap::{
    ArgGroup, Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};

use crate::{
    config::{
        ConversationMb, CountLimit, LimitSettings, NamedValues, OptionValue, SizeLimit, ThemeName, help,
    },
    extract::Format,
    provider,
};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "unspool",
    about = about(),
    version,
    propagate_version = true,
    max_term_width = 100,
    override_usage = "unspool [OPTIONS] [ARCHIVE]...\n       unspool [OPTIONS] <COMMAND>",
    after_help = "An ARCHIVE is an export zip, the folder it was unpacked into, or a conversations JSON file; - is \
                  stdin; several are merged. Without one: --demo, else $UNSPOOL_ARCHIVE, else the config file's archive."
)]
pub struct Cli {
    /// What to do, if not to open the screen
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// Start with this query
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
    /// The flags that hold everywhere.
    // Last: the heading of its flags would go on over what follows.
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// Says what the program is for, for `--help` and the manual.
fn about() -> String {
    format!(
        "Find, read and safely extract conversations from a {} data export",
        provider::all_names_as_choice()
    )
}

/// What holds for every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Everywhere")]
#[allow(missing_docs)] // the fields without a help of their own have it from the config
pub struct GlobalArgs {
    /// Open the archive this program carries
    #[arg(long, global = true)]
    pub demo: bool,
    /// Read this config file instead of the usual one
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no config file
    #[arg(long, global = true)]
    pub no_config: bool,
    // What follows is in the config file too. Its words and bounds are from there, and a flag that is not given is not
    // known here: what holds then, the layers below decide.
    #[arg(long, global = true, value_name = "NAME", value_parser = theme_parser(), help = flag(help::THEME, "auto"))]
    pub theme: Option<ThemeName>,
    #[arg(long, global = true, value_enum, value_name = "WHEN", help = flag(help::COLOR, "auto"))]
    pub color: Option<ColorArg>,
    #[arg(long, global = true, value_name = "N", help = limit(help::CONVERSATION_MB, |limits| &limits.conversation_mb))]
    pub limit_conversation_mb: Option<ConversationMb>,
    #[arg(long, global = true, value_name = "N", help = limit(help::MEMBER_GB, |limits| &limits.member_gb))]
    pub limit_member_gb: Option<SizeLimit>,
    #[arg(long, global = true, value_name = "N", help = limit(help::RATIO, |limits| &limits.ratio))]
    pub limit_ratio: Option<CountLimit>,
    #[arg(long, global = true, value_name = "N", help = limit(help::MEMBERS, |limits| &limits.members))]
    pub limit_members: Option<CountLimit>,
    #[arg(long, global = true, value_name = "N", help = limit(help::MEMORY_MB, |limits| &limits.memory_mb))]
    pub limit_memory_mb: Option<SizeLimit>,
    #[arg(long, global = true, value_name = "N", help = limit(help::STDIN_MB, |limits| &limits.stdin_mb))]
    pub limit_stdin_mb: Option<SizeLimit>,
    #[arg(long, global = true, value_name = "N", help = limit(help::NESTED_MB, |limits| &limits.nested_mb))]
    pub limit_nested_mb: Option<SizeLimit>,
}

/// Returns the help of a flag with what holds without it.
fn flag(help: &str, default: &str) -> String {
    format!("{help} [default: {default}]")
}

/// Returns the help of a bound with its built-in value.
fn limit(help: &str, which: impl Fn(&LimitSettings) -> &dyn OptionValue) -> String {
    flag(help, &which(&LimitSettings::default()).show())
}

/// Returns what reads the name of a theme: the config's words.
fn theme_parser() -> impl TypedValueParser<Value = ThemeName> {
    let words = ThemeName::ALL.iter().map(|(_, word)| *word);
    PossibleValuesParser::new(words).map(|word| {
        let named = ThemeName::ALL.iter().find(|(_, known)| *known == word);
        named.map_or_else(ThemeName::default, |(name, _)| *name)
    })
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE means always
    Auto,
    /// Even into a pipe
    Always,
    /// Nowhere
    Never,
}

/// What to do instead of opening the screen.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// List conversations, newest first: id, date, messages, title
    List(ListArgs),
    /// Search messages, like grep: title line, then role and snippet
    Search(SearchArgs),
    /// Write conversations to stdout, a file, or a file each
    Extract(ExtractArgs),
    /// Choose in the UI, print what `y`, `Y` or `c` would copy: unspool pick | pbcopy
    Pick(PickArgs),
    /// Tell what the archive gives away: secrets, public links, profile, memory; values masked
    Audit(AuditArgs),
    /// Tell what was read, what was skipped, and why
    Check(CheckArgs),
    /// Print the configuration in force, and where each value is from
    Config,
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

/// `unspool pick`.
#[derive(Args, Debug)]
pub struct PickArgs {
    /// Start with this query
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only what this query finds
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// The order
    #[arg(long, value_enum, value_name = "BY", default_value_t)]
    pub sort: SortBy,
    /// At most this many
    #[arg(short = 'n', value_name = "N")]
    pub number: Option<usize>,
    /// With -q: also conversations with some of the words
    #[arg(long, requires = "query")]
    pub loose: bool,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// The orders of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// Most recently updated first
    #[default]
    Updated,
    /// Most recently started first
    Created,
    /// Longest first
    Messages,
    /// A to Z
    Title,
}

/// `unspool search`.
#[derive(Args, Debug)]
pub struct SearchArgs {
    /// What to look for: words, "phrases", -word, /regex/, title:, in:, role:, model:, date:, after:, before:, has:, is:, project:, gpt:, id:, from:
    #[arg(value_name = "QUERY")]
    pub query: String,
    /// One line per conversation: the number of hits and its id
    #[arg(short = 'c', conflicts_with_all = ["ids", "json"])]
    pub count: bool,
    /// One line per conversation: its id
    #[arg(short = 'l', conflicts_with = "json")]
    pub ids: bool,
    /// At most this many conversations
    #[arg(short = 'm', value_name = "N")]
    pub conversations: Option<usize>,
    /// At most this many messages per conversation
    #[arg(short = 'n', value_name = "N")]
    pub messages: Option<usize>,
    /// Only conversations with all words, also on a terminal and with --json
    #[arg(long, conflicts_with = "loose")]
    pub exact: bool,
    /// Also conversations with some of the words, below the others, also with -l, -c and into a pipe
    #[arg(long)]
    pub loose: bool,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool extract`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").args(["id", "query", "all"]).required(true))]
pub struct ExtractArgs {
    /// The conversation with this id, or with the only one that begins so; may be given several times
    #[arg(long, value_name = "ID")]
    pub id: Vec<String>,
    /// Every conversation this query finds, best first
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// With -q: also conversations with some of the words, after those with all
    #[arg(long, requires = "query")]
    pub loose: bool,
    /// Every conversation, newest first
    #[arg(long)]
    pub all: bool,
    /// How to write it
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
    /// Where to: DIR/ for a file each, FILE for all in one, - for stdout
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// The branch that was last shown, or all of them
    #[arg(long, value_enum, value_name = "WHICH", default_value_t)]
    pub branches: BranchesArg,
    /// What else to write, separated by commas
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub include: Vec<IncludeArg>,
    /// Begin a Markdown file with YAML: title, id, address, times, models
    #[arg(long)]
    pub front_matter: bool,
    /// Write attachments too, into a folder beside the text, and link them; --redact does not change these files
    #[arg(long, conflicts_with = "clipboard")]
    pub attachments: bool,
    /// Replace credentials and personal data by what they are: [redacted: github-token]; the files of attachments are
    /// copied as they are
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

/// The formats as words: there is one list of them, and it is not here.
impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.about()).aliases(self.alias()))
    }
}

/// Which branches of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BranchesArg {
    /// The one last shown
    #[default]
    Current,
    /// All, each labelled where it parts
    All,
}

/// What an extract may hold besides the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IncludeArg {
    /// Tool calls and results, quotes, fetched pages
    Tools,
    /// The model's reasoning
    Reasoning,
    /// What is never shown; custom instructions and memory
    Hidden,
}

/// `unspool audit`.
#[derive(Args, Debug)]
pub struct AuditArgs {
    /// One JSON document
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// One JSON document
    #[arg(long)]
    pub json: bool,
    /// What to open
    #[arg(value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
}

/// `unspool completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

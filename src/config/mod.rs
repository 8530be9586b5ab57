//! The configuration: the config file, and the environment and flags that override it.
//!
//! ```text
//! built-in default  <  config file  <  environment  <  flag
//! ```
//!
//! Pure: text in ([`Config::from_layers`]), a checked value and [`ConfigProblem`]s out; only [`mod@file`] and
//! [`Environment::of_process`] look outside. Every value remembers which layer it is from ([`ValueOrigin`]).
//!
//! A wrong file never stops the app. A key or value that is wrong is reported with its position and falls back to
//! the layer below, that one alone; of a file that is not TOML nothing counts, since nobody can tell what it says.
//!
//! [`Config::entries`] is the one list of options: reading, printing (`unspool config`) and the manual all go by it.
//! The keys of commands are apart, in [`key_bindings`]: there the key map is the list.

pub mod file;
pub mod key_bindings;
mod layers;
mod read;
mod show;
mod text;
mod value;

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};

pub use self::{
    key_bindings::{Key, KeyBindings},
    layers::{Environment, Flags, ValueContext},
    show::show,
    text::ConfigProblem,
    value::{BoundedNumber, Layered, NamedValues, OptionValue, ValueOrigin, Zone},
};
use crate::{archive::Limits, conversation::Time, extract::clipboard, search::Clock, transcript::dates};

/// The condition for colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Even into a pipe.
    Always,
    /// Nowhere.
    Never,
}

/// The themes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// Dark or light, as the terminal's ground is; where that is not known, the terminal's own.
    #[default]
    Auto,
    /// The terminal's own text and ground: weights only.
    Terminal,
    /// Light on dark, in colours of its own.
    Dark,
    /// Dark on light, in colours of its own.
    Light,
    /// No colour at all.
    Mono,
}

impl NamedValues for Color {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Auto, "auto"), (Self::Always, "always"), (Self::Never, "never")];
}

impl NamedValues for ThemeName {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Auto, "auto"),
        (Self::Terminal, "terminal"),
        (Self::Dark, "dark"),
        (Self::Light, "light"),
        (Self::Mono, "mono"),
    ];
}

impl NamedValues for clipboard::ClipboardSetting {
    const ALL: &'static [(Self, &'static str)] = &Self::ALL;
}

impl NamedValues for dates::DateStyle {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Short, "short"), (Self::Iso, "iso")];
}

/// The configuration in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// The archives to open when none is named.
    pub archive: Layered<Vec<PathBuf>>,
    /// The theme of the screen.
    pub theme: Layered<ThemeName>,
    /// The condition for colours on stdout.
    pub color: Layered<Color>,
    /// The clipboard that copies go to.
    pub clipboard: Layered<clipboard::ClipboardSetting>,
    /// The most text a terminal is sent for its clipboard, in bytes.
    pub osc52_limit: Layered<Osc52Limit>,
    /// The style of dates on the screen.
    pub dates: Layered<dates::DateStyle>,
    /// The clock that dates and times are by.
    pub time_zone: Layered<Zone>,
    /// The messages that start open in a thread.
    pub open: InitiallyOpen,
    /// Bounds on what an archive may make us do.
    pub limits: LimitSettings,
    /// The keys of each command.
    pub keys: KeyBindings,
}

/// The messages that start open in a thread; the rest starts folded.
#[derive(Clone, Debug)]
pub struct InitiallyOpen {
    /// Tool calls and results, quotes, fetched pages.
    pub tools: Layered<bool>,
    /// The model's reasoning.
    pub reasoning: Layered<bool>,
    /// The text of attached files.
    pub files: Layered<bool>,
    /// Custom instructions and saved memory.
    pub instructions: Layered<bool>,
    /// Canvases.
    pub canvas: Layered<bool>,
}

/// Bytes of text a terminal takes.
pub type Osc52Limit = BoundedNumber<1, 1_000_000_000>;
/// MB of JSON. Ranges in an object are 32 bits, so that this cannot be more.
pub type ConversationMb = BoundedNumber<1, 2_047>;
/// A size in the unit that its option is named after, GB or MB; the bound is only against nonsense.
pub type SizeLimit = BoundedNumber<1, 1_000_000>;
/// A bound on a count.
pub type CountLimit = BoundedNumber<1, 1_000_000_000>;

/// [`Limits`] in the units a person uses.
#[derive(Clone, Debug)]
pub struct LimitSettings {
    /// Largest conversation, in MB of JSON.
    pub conversation_mb: Layered<ConversationMb>,
    /// Largest member, in GB, inflated.
    pub member_gb: Layered<SizeLimit>,
    /// Most inflated bytes for a compressed one.
    pub ratio: Layered<CountLimit>,
    /// Most members of an archive.
    pub members: Layered<CountLimit>,
    /// Most memory for the conversations, in MB.
    pub memory_mb: Layered<SizeLimit>,
    /// Most that is read from stdin, in MB.
    pub stdin_mb: Layered<SizeLimit>,
    /// Most that compressed zips inside a zip may inflate to together, in MB.
    pub nested_mb: Layered<SizeLimit>,
}

/// The words for options that are flags too: the help of the one is the help of the other.
pub mod help {
    #![allow(missing_docs)] // the words are the documentation
    pub const COLOR: &str = "Colours on stdout";
    pub const THEME: &str = "How the screen looks: dark or light as the terminal's ground is, in its own text and ground, \
                             in colours of its own on a dark or a light ground, or without any colour";
    pub const CONVERSATION_MB: &str = "Largest conversation that is read, in MB of JSON";
    pub const MEMBER_GB: &str = "Largest member of an archive that is read, in GB, inflated";
    pub const RATIO: &str = "Most inflated bytes for a compressed one, looked at past 256 MB";
    pub const MEMBERS: &str = "Most members of an archive, those of zips inside it counted";
    pub const MEMORY_MB: &str =
        "Most memory for the conversations, in MB, or 8 times the archives' size if that is more";
    pub const STDIN_MB: &str = "Most that is read from stdin, in MB";
    pub const NESTED_MB: &str = "Most that compressed zips inside a zip may inflate to together, in MB";
}

impl Default for LimitSettings {
    fn default() -> Self {
        let Limits {
            conversation_bytes,
            member_bytes,
            ratio,
            members,
            memory_bytes,
            stdin_bytes,
            nested_bytes,
        } = Limits::default();
        let (mega, giga) = (1 << 20, 1 << 30);
        Self {
            conversation_mb: Layered::new(BoundedNumber::clamped(conversation_bytes / mega)),
            member_gb: Layered::new(BoundedNumber::clamped(member_bytes / giga)),
            ratio: Layered::new(BoundedNumber::clamped(ratio)),
            members: Layered::new(BoundedNumber::clamped(members as u64)),
            memory_mb: Layered::new(BoundedNumber::clamped(memory_bytes / mega)),
            stdin_mb: Layered::new(BoundedNumber::clamped(stdin_bytes / mega)),
            nested_mb: Layered::new(BoundedNumber::clamped(nested_bytes / mega)),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            archive: Layered::default(),
            theme: Layered::default(),
            color: Layered::default(),
            clipboard: Layered::default(),
            osc52_limit: Layered::new(BoundedNumber::clamped(clipboard::DEFAULT_OSC52_LIMIT as u64)),
            dates: Layered::default(),
            time_zone: Layered::default(),
            open: InitiallyOpen {
                tools: Layered::default(),
                reasoning: Layered::default(),
                files: Layered::default(),
                instructions: Layered::default(),
                canvas: Layered::new(true),
            },
            limits: LimitSettings::default(),
            keys: KeyBindings::built_in(),
        }
    }
}

/// One option, as reading, printing and the manual see it.
pub struct OptionEntry<'a> {
    /// Its name, its table's before it: `limits.ratio`.
    pub path: &'static str,
    /// Its meaning.
    pub help: &'static str,
    /// The flag or variable that overrides it, if there is one.
    pub overridden_by: &'static str,
    /// Its value.
    pub value: &'a mut dyn OptionValue,
}

impl OptionEntry<'_> {
    /// Returns its table, empty for none, and its name there.
    pub fn table_and_name(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').unwrap_or(("", self.path))
    }
}

impl Config {
    /// Lists every option but the keys, in the order in which they are printed.
    pub fn entries(&mut self) -> Vec<OptionEntry<'_>> {
        let Self { archive, theme, color, clipboard, osc52_limit, dates, time_zone, open, limits, keys: _ } =
            self;
        let mut entries: Vec<OptionEntry<'_>> = Vec::new();
        let mut option = |path, value, overridden_by, help| {
            entries.push(OptionEntry { path, help, overridden_by, value });
        };
        option(
            "archive",
            archive,
            "UNSPOOL_ARCHIVE",
            "What to open when neither an ARCHIVE nor --demo is given: one path or several",
        );
        option("theme", theme, "--theme", help::THEME);
        option("color", color, "--color", help::COLOR);
        option(
            "clipboard",
            clipboard,
            "",
            "Where copies go: to what the surroundings suggest, the desktop, the terminal, tmux, or nowhere",
        );
        option(
            "osc52-limit",
            osc52_limit,
            "",
            "The most text that is sent to the terminal's clipboard, in bytes; larger texts are offered as a file",
        );
        option("dates", dates, "", "How dates are written on the screen: 3 Mar 2025 or 2025-03-03");
        option(
            "time-zone",
            time_zone,
            "TZ",
            "Whose clock dates and times are by, also in file names and in date:, after: and before:",
        );
        option(
            "open.tools",
            &mut open.tools,
            "",
            "Tool calls and results, quotes and fetched pages start open",
        );
        option("open.reasoning", &mut open.reasoning, "", "The model's reasoning starts open");
        option("open.files", &mut open.files, "", "The text of attached files starts open");
        option(
            "open.instructions",
            &mut open.instructions,
            "",
            "Custom instructions and saved memory start open",
        );
        option("open.canvas", &mut open.canvas, "", "Canvases start open");
        let limits = [
            (
                "limits.conversation-mb",
                &mut limits.conversation_mb as &mut dyn OptionValue,
                "--limit-conversation-mb",
                help::CONVERSATION_MB,
            ),
            ("limits.member-gb", &mut limits.member_gb, "--limit-member-gb", help::MEMBER_GB),
            ("limits.ratio", &mut limits.ratio, "--limit-ratio", help::RATIO),
            ("limits.members", &mut limits.members, "--limit-members", help::MEMBERS),
            ("limits.memory-mb", &mut limits.memory_mb, "--limit-memory-mb", help::MEMORY_MB),
            ("limits.stdin-mb", &mut limits.stdin_mb, "--limit-stdin-mb", help::STDIN_MB),
            ("limits.nested-mb", &mut limits.nested_mb, "--limit-nested-mb", help::NESTED_MB),
        ];
        for (path, value, overridden_by, help) in limits {
            option(path, value, overridden_by, help);
        }
        entries
    }

    /// Returns the bounds, as archives take them.
    pub fn limits(&self) -> Limits {
        let limits = &self.limits;
        let (mega, giga) = (1 << 20, 1 << 30);
        Limits {
            conversation_bytes: limits.conversation_mb.value.get() * mega,
            member_bytes: limits.member_gb.value.get() * giga,
            ratio: limits.ratio.value.get(),
            members: limits.members.value.get() as usize,
            memory_bytes: limits.memory_mb.value.get() * mega,
            stdin_bytes: limits.stdin_mb.value.get() * mega,
            nested_bytes: limits.nested_mb.value.get() * mega,
        }
    }

    /// Returns the time zone; the machine's is looked up when it is asked for.
    pub fn zone(&self) -> TimeZone {
        self.time_zone.value.get()
    }

    /// Returns the clock that queries are by; the machine's is read when it is asked for.
    pub fn clock(&self) -> Clock {
        Clock { zone: self.zone(), now: now() }
    }
}

/// Returns the moment that it is by the machine's clock.
pub fn now() -> Time {
    Time(Timestamp::now().as_microsecond())
}

#[cfg(test)]
mod tests;

//! Lays the layers of the configuration upon each other: file, environment, flags.

use std::{
    env,
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;

use super::{
    Color, Config, ConfigProblem, ConversationMb, CountLimit, Layered, SizeLimit, ThemeName, ValueOrigin,
    Zone, read,
};

impl Config {
    /// Lays all layers upon each other, and reports the problems of the file.
    pub fn from_layers(
        file: Option<&[u8]>,
        context: &ValueContext<'_>,
        environment: &Environment,
        flags: &Flags,
    ) -> (Self, Vec<ConfigProblem>) {
        let mut config = Self::default();
        let problems = file.map(|text| read::read(text, context, &mut config)).unwrap_or_default();
        config.apply_environment(environment);
        config.apply_flags(flags);
        // Last: it follows from what all layers say of colour.
        config.drop_colors(environment);
        (config, problems)
    }

    /// Takes the theme without colours where there are to be none, unless a flag asks for another and none for that.
    fn drop_colors(&mut self, environment: &Environment) {
        let asked_for = |origin| matches!(origin, ValueOrigin::Flag(_));
        if asked_for(self.theme.origin) && !asked_for(self.color.origin) {
            return;
        }
        if self.color.value == Color::Never {
            self.theme = Layered { value: ThemeName::Mono, origin: self.color.origin };
        } else if environment.colorless_terminal && self.color.value == Color::Auto {
            self.theme = Layered { value: ThemeName::Mono, origin: ValueOrigin::Environment("TERM") };
        }
    }

    fn apply_environment(&mut self, environment: &Environment) {
        let from = ValueOrigin::Environment;
        if let Some(path) = &environment.archive {
            self.archive = Layered { value: vec![path.clone()], origin: from("UNSPOOL_ARCHIVE") };
        }
        if environment.no_color {
            self.color = Layered { value: Color::Never, origin: from("NO_COLOR") };
        } else if environment.force_color {
            self.color = Layered { value: Color::Always, origin: from("CLICOLOR_FORCE") };
        }
        if environment.time_zone {
            self.time_zone = Layered { value: Zone::Local, origin: from("TZ") };
        }
    }

    fn apply_flags(&mut self, flags: &Flags) {
        let limits = &mut self.limits;
        self.theme.flag("--theme", flags.theme);
        self.color.flag("--color", flags.color);
        limits.conversation_mb.flag("--limit-conversation-mb", flags.conversation_mb);
        limits.member_gb.flag("--limit-member-gb", flags.member_gb);
        limits.ratio.flag("--limit-ratio", flags.ratio);
        limits.members.flag("--limit-members", flags.members);
        limits.memory_mb.flag("--limit-memory-mb", flags.memory_mb);
        limits.stdin_mb.flag("--limit-stdin-mb", flags.stdin_mb);
        limits.nested_mb.flag("--limit-nested-mb", flags.nested_mb);
    }
}

/// The facts of the machine that a file's values are checked against.
pub struct ValueContext<'a> {
    /// The folder that `~/` stands for.
    pub home: Option<&'a Path>,
    /// The zone of a name such as `Europe/Zurich`.
    pub zone: &'a dyn Fn(&str) -> Option<TimeZone>,
}

/// The variables of the environment that override the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// UNSPOOL_ARCHIVE.
    pub archive: Option<PathBuf>,
    /// NO_COLOR.
    pub no_color: bool,
    /// CLICOLOR_FORCE.
    pub force_color: bool,
    /// TERM is that of a terminal without colours.
    pub colorless_terminal: bool,
    /// TZ.
    pub time_zone: bool,
}

impl Environment {
    /// Reads the environment of this process. A variable that is set to nothing is not set.
    pub fn of_process() -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            archive: set("UNSPOOL_ARCHIVE").map(PathBuf::from),
            no_color: set("NO_COLOR").is_some(),
            force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            colorless_terminal: set("TERM").is_some_and(|term| term.to_string_lossy().starts_with("vt")),
            time_zone: set("TZ").is_some(),
        }
    }
}

/// The values of the command line, where it has some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the fields of `Config`
pub struct Flags {
    pub theme: Option<ThemeName>,
    pub color: Option<Color>,
    pub conversation_mb: Option<ConversationMb>,
    pub member_gb: Option<SizeLimit>,
    pub ratio: Option<CountLimit>,
    pub members: Option<CountLimit>,
    pub memory_mb: Option<SizeLimit>,
    pub stdin_mb: Option<SizeLimit>,
    pub nested_mb: Option<SizeLimit>,
}

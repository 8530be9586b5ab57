use std::path::{Path, PathBuf};

use super::{value::ABSOLUTE_PREFIX, *};

const HOME: &str = if cfg!(windows) { "C:/home/ann" } else { "/home/ann" };

fn context() -> ValueContext<'static> {
    ValueContext {
        home: Some(Path::new(HOME)),
        zone: &|name| (name == "Europe/Zurich").then(|| TimeZone::fixed(jiff::tz::offset(1))),
    }
}

/// Returns the configuration of a file, and what is wrong with it, a line each.
fn of(file: &str) -> (Config, Vec<String>) {
    let (config, problems) =
        Config::from_layers(Some(file.as_bytes()), &context(), &Environment::default(), &Flags::default());
    (config, problems.iter().map(ToString::to_string).collect())
}

/// Returns the one problem about a file.
fn wrong(file: &str) -> String {
    let (_, problems) = of(file);
    assert_eq!(problems.len(), 1, "{file:?}: {problems:?}");
    problems.concat()
}

fn keys(config: &Config, place: &str, command: &str) -> Vec<String> {
    let found = config.keys.bindings().iter().find(|own| own.place == place && own.command == command);
    found.map(|binding| binding.keys.iter().map(|key| key.name()).collect()).unwrap_or_default()
}

#[test]
fn without_a_file_all_is_as_built_in() {
    let (mut config, problems) =
        Config::from_layers(None, &context(), &Environment::default(), &Flags::default());
    assert_eq!(problems, []);
    assert_eq!(config.limits(), Limits::default());
    assert_eq!(config.osc52_limit.value.get() as usize, clipboard::DEFAULT_OSC52_LIMIT);
    for entry in config.entries() {
        assert_eq!(entry.value.origin(), ValueOrigin::Default, "{}", entry.path);
    }
}

#[test]
fn every_option_can_be_set_and_knows_its_line() {
    let file = r#"archive = ["~/a.zip", "ROOTb"]
theme = "light"
color = "always"
clipboard = "tmux"
osc52-limit = 1_000
dates = "iso"
time-zone = "Europe/Zurich"
[open]
tools = true
reasoning = true
files = true
instructions = true
canvas = false
[limits]
conversation-mb = 1
member-gb = 2
ratio = 3
members = 4
memory-mb = 5
stdin-mb = 6
nested-mb = 7
"#
    .replace("ROOT", ABSOLUTE_PREFIX);
    let (mut config, problems) = of(&file);
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.archive.value, [Path::new(HOME).join("a.zip"), Path::new(ABSOLUTE_PREFIX).join("b")]);
    assert_eq!(config.limits().nested_bytes, 7 << 20);
    assert_eq!((config.limits().ratio, config.limits().member_bytes), (3, 2 << 30));
    assert!(!config.open.canvas.value && config.open.files.value);
    for entry in config.entries() {
        let (_, name) = entry.table_and_name();
        let line = file.lines().position(|line| line.starts_with(&format!("{name} ="))).unwrap() + 1;
        assert_eq!(entry.value.origin(), ValueOrigin::File(line), "{}", entry.path);
    }
}

#[test]
fn a_layer_goes_before_those_below_it() {
    let file = "archive = \"/of/the/file.zip\"\ncolor = \"always\"\n[limits]\nratio = 5\nmembers = 6\n";
    let environment = Environment {
        archive: Some("of/the/environment.zip".into()),
        no_color: true,
        time_zone: true,
        ..Environment::default()
    };
    let flags = Flags { ratio: Some(BoundedNumber::clamped(7)), ..Flags::default() };
    let (config, _) = Config::from_layers(Some(file.as_bytes()), &context(), &environment, &flags);
    assert_eq!(config.archive.value, [PathBuf::from("of/the/environment.zip")]);
    assert_eq!(config.archive.origin, ValueOrigin::Environment("UNSPOOL_ARCHIVE"));
    assert_eq!(config.color, Layered { value: Color::Never, origin: ValueOrigin::Environment("NO_COLOR") });
    assert_eq!(config.limits.ratio.origin, ValueOrigin::Flag("--limit-ratio"));
    assert_eq!(config.limits().ratio, 7);
    assert_eq!(config.limits.members.origin, ValueOrigin::File(5));
    assert_eq!(config.time_zone.origin, ValueOrigin::Environment("TZ"));
}

#[test]
fn without_colour_the_theme_is_mono_and_says_why() {
    let theme = |file: &str, environment: Environment, color: Option<Color>| {
        let flags = Flags { color, ..Flags::default() };
        let (config, _) = Config::from_layers(Some(file.as_bytes()), &context(), &environment, &flags);
        (config.theme.value, config.theme.origin)
    };
    let none = Environment::default();
    let no_color = Environment { no_color: true, ..Environment::default() };
    let vt220 = Environment { colorless_terminal: true, ..Environment::default() };
    let dark = "theme = \"dark\"";
    assert_eq!(theme(dark, none.clone(), None), (ThemeName::Dark, ValueOrigin::File(1)));
    assert_eq!(theme(dark, no_color.clone(), None), (ThemeName::Mono, ValueOrigin::Environment("NO_COLOR")));
    assert_eq!(theme(dark, no_color, Some(Color::Always)), (ThemeName::Dark, ValueOrigin::File(1)));
    assert_eq!(theme(dark, none, Some(Color::Never)), (ThemeName::Mono, ValueOrigin::Flag("--color")));
    assert_eq!(theme(dark, vt220.clone(), None), (ThemeName::Mono, ValueOrigin::Environment("TERM")));
    assert_eq!(theme(dark, vt220, Some(Color::Always)), (ThemeName::Dark, ValueOrigin::File(1)));
}

#[test]
fn a_theme_that_is_asked_for_counts_over_the_environment_but_not_over_color_never() {
    let no_color = Environment { no_color: true, ..Environment::default() };
    let theme = |color: Option<Color>| {
        let flags = Flags { theme: Some(ThemeName::Light), color, ..Flags::default() };
        let (config, _) = Config::from_layers(Some(b"theme = \"dark\""), &context(), &no_color, &flags);
        (config.theme.value, config.theme.origin)
    };
    assert_eq!(theme(None), (ThemeName::Light, ValueOrigin::Flag("--theme")));
    assert_eq!(theme(Some(Color::Never)), (ThemeName::Mono, ValueOrigin::Flag("--color")));
}

#[test]
fn what_there_is_not_is_named_with_its_place_and_with_what_was_meant() {
    for (file, problem) in [
        ("thme = \"dark\"", r#"1:1: there is no option "thme": did you mean "theme"?"#),
        ("\n  Theme = \"dark\"", r#"2:3: there is no option "Theme": did you mean "theme"?"#),
        ("ratio = 3", r#"1:1: there is no option "ratio": did you mean "limits.ratio"?"#),
        ("[limits]\nthemes = 3", r#"2:1: there is no option "limits.themes": did you mean "theme"?"#),
        ("[limit]\nratio = 3", r#"1:2: there is no option "limit": did you mean "limits"?"#),
        ("nothing-like-it = 3", r#"1:1: there is no option "nothing-like-it": unspool config lists all"#),
        ("theme = \"drak\"", r#"1:9: theme: there is no "drak": did you mean "dark"?"#),
        (
            "theme = \"solarized\"",
            r#"1:9: theme: there is no "solarized": it takes "auto", "terminal", "dark", "light" or "mono""#,
        ),
        ("osc52-limit = -3", "1:15: osc52-limit: it takes a number from 1 to 1000000000, not -3"),
        ("osc52-limit = \"9\"", "1:15: osc52-limit: it takes a number from 1 to 1000000000, not a text"),
        ("[open]\ntools = 1", "2:9: open.tools: it takes true or false, not a number"),
        ("open = true", "1:8: open is a table, not true or false: [open] begins it"),
        ("keys = []", "1:8: keys is a table, not a list: [keys] begins it"),
        (
            "archive = \"export.zip\"",
            r#"1:11: archive: "export.zip" depends on where one is: give it from / or ~/ on"#,
        ),
        (
            "time-zone = \"Mars\"",
            r#"1:13: time-zone: this machine knows no time zone "Mars": one is named as in "Europe/Zurich""#,
        ),
        ("[keys.lst]", r#"1:7: there is no place "lst": did you mean "list"?"#),
        ("[keys.list]\nmrak = \"m\"", r#"2:1: there is no command "mrak": did you mean "mark"?"#),
        ("[keys.list]\nmark = \"pgdown\"", r#"2:8: there is no key "pgdown": did you mean "pgdn"?"#),
        (
            "[keys.list]\nmark = \"hyper-k\"",
            r#"2:8: there is no key "hyper-k": it is a character or a name, as in ctrl-d"#,
        ),
        ("[keys.list]\nmark = 7", r#"2:8: mark takes a key or a list of keys, as in ["j", "down"]"#),
        ("keys.list = 7", "1:13: keys.list takes commands with their keys, not a number"),
    ] {
        assert_eq!(wrong(file), problem.replace("from / ", &format!("from {ABSOLUTE_PREFIX} ")), "{file:?}");
    }
}

#[test]
fn a_wrong_value_falls_back_alone() {
    let (config, problems) = of("theme = \"drak\"\ndates = \"iso\"\n[limits]\nratio = 0\nmembers = 9\n");
    assert_eq!(problems.len(), 2);
    assert_eq!(config.theme.value, ThemeName::Auto);
    assert_eq!(config.dates.value, dates::DateStyle::Iso);
    assert_eq!(config.limits().ratio, Limits::default().ratio);
    assert_eq!(config.limits().members, 9);
}

#[test]
fn of_what_is_no_toml_nothing_counts_and_its_place_is_told() {
    for file in
        ["dates = \"iso\"\ntheme = dark\n", "dates = \"iso\"\ndates = \"iso\"\n", "dates = \"iso\"\n[open\n"]
    {
        let (config, problems) = of(file);
        assert_eq!(config.dates.value, dates::DateStyle::Short, "{file:?}");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("2:"), "{problems:?}");
        assert!(problems[0].ends_with(": nothing of the file counts"), "{problems:?}");
        assert!(!problems[0].contains('\n'));
    }
    let bytes = b"theme = \"dark\"\n# \xff\n";
    let (config, problems) =
        Config::from_layers(Some(bytes), &context(), &Environment::default(), &Flags::default());
    assert_eq!(config.theme.value, ThemeName::Auto);
    assert_eq!(problems[0].to_string(), "2:3: this is no UTF-8: nothing of the file counts");
}

#[test]
fn tables_can_be_written_in_any_of_tomls_ways() {
    for file in [
        "limits.ratio = 7\nopen.tools = true\n",
        "limits = { ratio = 7 }\nopen = { tools = true }\n",
        "\"limits\".'ratio' = 0x7\n[open]\ntools = true\n",
    ] {
        let (config, problems) = of(file);
        assert_eq!(problems, [""; 0], "{file:?}");
        assert_eq!((config.limits().ratio, config.open.tools.value), (7, true), "{file:?}");
    }
}

#[test]
fn a_byte_order_mark_and_foreign_line_ends_do_no_harm() {
    let (config, problems) = of("\u{feff}theme = \"dark\"\r\n[limits]\r\nratio = 2\r\n");
    assert_eq!(problems, [""; 0]);
    assert_eq!((config.theme.value, config.limits.ratio.origin), (ThemeName::Dark, ValueOrigin::File(3)));
}

#[test]
fn columns_are_counted_in_characters() {
    let (_, problems) = of("open = { \"é\" = 1, x = 2, tools = true }\n");
    assert_eq!(problems.len(), 2);
    assert!(problems[0].starts_with("1:10: ") && problems[1].starts_with("1:19: "), "{problems:?}");
}

#[test]
fn a_command_gets_new_keys_and_the_old_ones_are_free() {
    let (config, problems) =
        of("[keys.list]\nmark = [\"m\", \"alt-m\"]\nsort = \"k\"\n[keys.reading]\npipe = []\n");
    assert_eq!(problems, [""; 0]);
    assert_eq!(keys(&config, "list", "mark"), ["m", "alt-m"]);
    assert_eq!(keys(&config, "list", "sort"), ["k"]);
    assert_eq!(keys(&config, "list", "up"), ["up", "ctrl-p"], "k means another thing there now");
    assert_eq!(keys(&config, "thread", "up"), ["k", "up"], "but not elsewhere");
    assert_eq!(keys(&config, "reading", "pipe"), [""; 0]);
    let up = config.keys.bindings().iter().find(|own| own.place == "list" && own.command == "up").unwrap();
    assert_eq!(up.origin, ValueOrigin::File(3), "the line that took its key");
}

#[test]
fn any_command_can_be_bound_in_any_place() {
    let (config, problems) = of("[keys.search]\ncopy-address = \"alt-u\"\n");
    assert_eq!(problems, [""; 0]);
    assert_eq!(keys(&config, "search", "copy-address"), ["alt-u"]);
    assert_eq!(keys(&config, "reading", "copy-address"), ["u"]);
    assert_eq!(config.keys.places(), KeyBindings::built_in().places());
}

#[test]
fn keys_that_would_lock_somebody_in_are_refused() {
    for (file, problem) in [
        ("[keys.search]\ndown = \"j\"", r#"2:8: "j" is typed there: put ctrl- or alt- before it"#),
        ("[keys.anywhere]\nquit = \"q\"", r#"2:8: "q" is typed there: put ctrl- or alt- before it"#),
        ("[keys.anywhere]\ninterrupt = []", "2:13: interrupt needs a key: it is the way out"),
        (
            "[keys.list]\ncopy = \"ctrl-c\"",
            r#"2:8: "ctrl-c" is the way out: give interrupt another in keys.anywhere"#,
        ),
        ("[keys.list]\nmark = \"ctrl-i\"", r#"2:8: a terminal sends "ctrl-i" as tab: bind "tab""#),
        (
            "[keys.list]\nmark = \"m\"\nsort = \"m\"",
            r#"3:8: "m" is bound to mark already: one key, one command"#,
        ),
    ] {
        assert_eq!(wrong(file), problem.replace("from / ", &format!("from {ABSOLUTE_PREFIX} ")), "{file:?}");
    }
    let (config, _) = of("[keys.anywhere]\ninterrupt = []\n[keys.search]\ndown = \"j\"\n");
    assert_eq!(config.keys, KeyBindings::built_in(), "what was refused changes nothing");
    let (config, problems) = of("[keys.anywhere]\ninterrupt = \"ctrl-q\"\n[keys.list]\ncopy = \"ctrl-c\"\n");
    assert_eq!(problems, [""; 0], "with another way out the key is free");
    assert_eq!(keys(&config, "list", "copy"), ["ctrl-c"]);
}

#[test]
fn a_key_is_read_as_it_is_written() {
    for text in [
        "ctrl-d",
        "pgdn",
        "]",
        "space",
        "enter",
        "alt-x",
        "ctrl-alt-x",
        "f1",
        "delete",
        "-",
        "ctrl--",
        "é",
        "shift-tab",
        "shift-up",
        "ctrl-shift-f5",
    ] {
        assert_eq!(Key::parse(text).map(Key::name).as_deref(), Some(text));
    }
    assert_eq!(Key::parse("ctrl-D"), Key::parse("ctrl-d"), "a terminal cannot tell them apart");
    assert_ne!(Key::parse("D"), Key::parse("d"));
    for (name, label) in [("f1", "F1"), ("up", "↑"), ("delete", "del")] {
        assert_eq!(Key::parse(name).unwrap().label(), label);
    }
    for text in ["", "ctrl-", "hyper-k", "shift-", "shift-a", "f13", "f0", "jj", "\u{1b}"] {
        assert_eq!(Key::parse(text), None, "{text:?}");
    }
}

#[test]
fn what_is_printed_is_a_file_that_says_the_same() {
    let file = "archive = \"~/my \\\"old\\\" export\\u001b.zip\"\ntheme = \"light\"\n[open]\ntools = true\n[limits]\nratio = 7\n\
                [keys.thread]\nfold = []\nfind = [\"f\", \"ctrl-f\"]\n";
    for file in ["", file] {
        let (config, problems) = of(file);
        assert_eq!(problems, [""; 0]);
        let printed = show(&config);
        let (again, problems) = of(&printed);
        assert_eq!(problems, [""; 0], "{printed}");
        let values = |mut config: Config| -> Vec<String> {
            config.entries().iter().map(|entry| format!("{} = {}", entry.path, entry.value.show())).collect()
        };
        assert_eq!(values(again.clone()), values(config.clone()));
        for (one, other) in config.keys.bindings().iter().zip(again.keys.bindings()) {
            assert_eq!((&one.place, &one.command, &one.keys), (&other.place, &other.command, &other.keys));
        }
    }
}

#[test]
fn each_value_is_printed_with_where_it_is_from() {
    let flags = Flags { ratio: Some(BoundedNumber::clamped(9)), ..Flags::default() };
    let environment = Environment { no_color: true, ..Environment::default() };
    let (config, _) = Config::from_layers(Some(b"dates = \"iso\""), &context(), &environment, &flags);
    let printed = show(&config);
    let line = |name: &str| {
        let line = printed.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("dates"), "dates = \"iso\" # line 1");
    assert_eq!(line("theme"), "theme = \"mono\" # $NO_COLOR");
    assert_eq!(line("ratio"), "ratio = 9 # --limit-ratio");
    assert_eq!(line("members"), "members = 1000000 # default");
    assert_eq!(line("interrupt"), "interrupt = [\"ctrl-c\"] # default");
}

#[test]
fn a_hostile_file_is_only_a_wrong_one() {
    let deep = |open: &str| format!("a = {}", open.repeat(100_000));
    let long = "x".repeat(100_000);
    for file in [
        deep("["),
        deep("{a="),
        "[a.".repeat(100_000),
        "a.".repeat(100_000),
        "\"".repeat(100_000),
        format!("{long} = 1"),
        format!("[{long}]"),
        format!("theme = \"{long}\""),
        format!("archive = \"{long}\""),
        format!("osc52-limit = {}", "9".repeat(100_000)),
        format!("keys.{long} = 1"),
        format!("keys.list.{long} = 1"),
        format!("keys.list.mark = \"{long}\""),
    ] {
        let (config, problems) = of(&file);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].chars().count() < 300, "{}", problems[0]);
        assert_eq!(config.keys, KeyBindings::built_in());
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_answered_with_complaints_that_stand_in_it(
        text in r#"(archive|theme|dates|open|limits|keys|[a-z]{1,9}|é|"|'|\[|\]|\{|\}|=|\.|,|#|\n|\r| |true|-?[0-9]{1,20}|ctrl-x|list|mark){0,40}"#,
    ) {
        let (_, problems) =
            Config::from_layers(Some(text.as_bytes()), &context(), &Environment::default(), &Flags::default());
        for problem in problems {
            let line = text.split('\n').nth(problem.line - 1);
            proptest::prop_assert!(line.is_some_and(|line| problem.column <= line.chars().count() + 1));
            proptest::prop_assert!(!problem.to_string().contains('\n'));
        }
    }
}

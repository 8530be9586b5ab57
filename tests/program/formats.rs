//! The examples in `docs/formats.md` are what the program writes, byte for byte: they are the formats' golden files.
//! `FORMATS=write cargo test --test program formats` brings them up to date; read the difference.

use std::process::Command;

use unspool::extract::Format;

/// What the program prints for an example, by the words of its comment: flags, and which part is shown.
fn printed(words: &str) -> String {
    let (flags, part) = words.split_once(", ").unwrap_or((words, ""));
    let output = Command::new(env!("CARGO_BIN_EXE_unspool"))
        .args(["extract", "--demo", "-q", "title:\"Convert a Makefile\""])
        .args(flags.split(' '))
        .env("TZ", "UTC")
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{flags}: {output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    match part {
        "" => text,
        "body" => {
            let (_, body) = text.split_once("<body>\n").expect("a body");
            body.split_once("</body>").expect("its end").0.to_owned()
        }
        "beginning" => text.chars().take(400).chain("…\n".chars()).collect(),
        other => panic!("which part is {other}?"),
    }
}

#[test]
fn every_example_in_the_documentation_is_what_is_written() {
    const FENCE: &str = "````";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let mut written = String::new();
    let mut rest = &*page;
    let mut examples = Vec::new();
    while let Some((before, after)) = rest.split_once("<!-- ") {
        let (words, after) = after.split_once(" -->\n````").expect("an example follows");
        let (language, after) = after.split_once('\n').expect("a language");
        let (shown, after) = after.split_once(FENCE).expect("the example ends");
        let expected = printed(words);
        written.push_str(&format!("{before}<!-- {words} -->\n{FENCE}{language}\n{expected}{FENCE}"));
        examples.push((words, shown, expected));
        rest = after;
    }
    written.push_str(rest);
    assert_eq!(examples.len(), Format::ALL.len(), "one for each format");
    if std::env::var_os("FORMATS").is_some_and(|value| value == "write") {
        std::fs::write(path, written).expect("the page is written");
        return;
    }
    for (words, shown, expected) in examples {
        assert_eq!(
            shown, expected,
            "{words}: FORMATS=write cargo test --test program formats brings it up to date"
        );
    }
}

//! Looking for secrets, and taking them out, takes as long as what is looked through: of texts made for the contrary.

use crate::support::cost;
use unspool::secrets::Scanner;

/// What keeps a rule, an escape or a number busy.
const UNITS: [&str; 30] = [
    "a@b.co ",
    "@a.a.",
    "eyJ-",
    "password=",
    "token: token: ",
    "pwd=Zx81kd9 ",
    "-----BEGIN PRIVATE KEY-----\n",
    "4111 1111 1111 1111 ",
    "0000 ",
    "\\",
    "\\u0073",
    "&amp;",
    "%25",
    "a**b",
    "<b",
    "a_ ",
    "_a ",
    "_",
    "(_",
    "[",
    "[](",
    "[a][",
    "![a](b)",
    "a](b**c",
    "\u{1b}]",
    "\u{1b}[",
    "\u{1}",
    "\u{e200}",
    "【†",
    "<!--",
];

#[test]
fn a_text_of_nothing_but_what_is_looked_for_is_redacted_in_linear_time() {
    let scanner = Scanner::built_in();
    // Expressions are compiled when they are met first.
    scanner.redact(&UNITS.concat());
    for unit in UNITS {
        let text = |bytes: usize| unit.repeat(bytes / unit.len());
        let (small, large) = (text(8_000), text(80_000));
        cost::assert_linear(|| drop(scanner.redact(&small)), || drop(scanner.redact(&large)));
    }
}

#[test]
fn json_of_nothing_but_what_is_looked_for_is_redacted_in_linear_time() {
    let scanner = Scanner::built_in();
    let objects = [
        r#"{"password":"Zx81kd92"},"#,
        "4111111111111111,",
        r#"{"name":"password","value":"x"},"#,
        "[",
        "\"",
    ];
    for unit in objects {
        let json = |bytes: usize| format!("[{}1]", unit.repeat(bytes / unit.len())).into_bytes();
        let (small, large) = (json(8_000), json(80_000));
        cost::assert_linear(|| drop(scanner.redact_json(&small)), || drop(scanner.redact_json(&large)));
    }
    // One object that calls its values by many names.
    let json = |bytes: usize| {
        let (values, names) = (r#""correcthorse","#.repeat(16), r#""pwd","#.repeat(bytes / 6));
        format!(r#"{{"value":[{values}1],"name":[{names}1]}}"#).into_bytes()
    };
    let (small, large) = (json(8_000), json(80_000));
    cost::assert_linear(|| drop(scanner.redact_json(&small)), || drop(scanner.redact_json(&large)));
    assert!(scanner.redact_json(&large).0.len() < 2 * large.len());
    // One string, of which each byte is an escape.
    let json =
        |bytes: usize| format!("[\"{}\"]", r"robin\u0040example.org\n".repeat(bytes / 24)).into_bytes();
    let (small, large) = (json(8_000), json(80_000));
    cost::assert_linear(|| drop(scanner.redact_json(&small)), || drop(scanner.redact_json(&large)));
}

//! A secret in the middle of anything, written so that an expression does not see it.

use jiff::tz::TimeZone;
use serde_json::json;
use unspool::{
    extract::{self, ExtractOptions, Format},
    secrets::{KnownSecrets, Scanner},
};

use super::text;

/// What is planted: the words before it, and what must not come out.
const PLANTED: [(&str, &str); 12] = [
    ("", "robin@example.org"),
    ("", "4111 1111 1111 1111"),
    ("", "AKIAFAKEDEMO7NOTREAL"),
    ("password = ", "hunter2-but-longer"),
    ("Bearer ", "FAKEdemo0NotReal1Sham2Mock3"),
    ("api_key: ", "Zx81kd9FAKEdemo0NotReal"),
    ("api_key: ", "Zx81kd9F!AKEdemo0#NotReal"),
    ("https://pay.example/", "4111111111111111"),
    ("x", "DE89370400440532013000"),
    ("token", "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"),
    ("password: ", "uV7(w)xY[z]"),
    ("https://robin:", "rC8(s)D1tE4@host.example"),
];

/// Writes a value in one of the ways in which an eye still reads it.
fn written(value: &str, way: u8) -> String {
    let each = |escape: &dyn Fn(char) -> Option<String>| -> String {
        value.chars().map(|char| escape(char).unwrap_or_else(|| char.to_string())).collect()
    };
    let middle = |what: &str| format!("{}{what}{}", &value[..value.len() / 2], &value[value.len() / 2..]);
    match way % 12 {
        0 => value.to_owned(),
        1 => each(&|char| char.is_ascii_punctuation().then(|| format!("\\{char}"))),
        2 => each(&|char| char.is_ascii_punctuation().then(|| format!("&#{};", char as u32))),
        3 => each(&|char| char.is_ascii_alphanumeric().then(|| format!("&#x{:X};", char as u32))),
        4 => each(&|char| char.is_ascii_alphabetic().then(|| format!("\\u{:04x}", char as u32))),
        5 => middle("**"),
        6 => each(&|char| char.is_ascii_digit().then(|| format!("\u{ad}{char}"))),
        7 => middle("\u{e200}cite\u{e202}turn0search0\u{e201}"),
        8 => middle("【12†source】"),
        9 => middle("\u{e203}\u{2063}\u{fe0f}"),
        10 => middle("\u{1b}[1m"),
        _ => middle("\u{200b}"),
    }
}

/// What is left of a text when nothing counts but letters and digits.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// Plants what the first two bytes say, amid the others, and redacts it: in a text, in JSON and in a conversation in every
/// format.
pub fn plant(bytes: &[u8]) {
    let &[which, way, ref around @ ..] = bytes else { return };
    let (name, value) = PLANTED[usize::from(which) % PLANTED.len()];
    let around = String::from_utf8_lossy(around);
    let (secret, way) = (letters(value), written(value, way));
    if letters(&around).contains(&secret) {
        return;
    }
    let (before, behind) = around.split_at(around.floor_char_boundary(around.len() / 2));
    let planted = format!("{before}\n. {name}{way} .\n{behind}");
    let scanner = Scanner::built_in();
    let assert_gone = |what: &str, text: &str| {
        assert!(!letters(text).contains(&secret), "{what}: {name}{way:?} in {text:?}");
    };
    assert_gone("text", &scanner.redact(&planted).0);

    let object = json!({"a": [planted, 1], "name": before, "value": [{"b": behind}, planted]}).to_string();
    let (redacted, _) = scanner.redact_json(object.as_bytes());
    let redacted: serde_json::Value = serde_json::from_slice(&redacted).expect("it stays JSON");
    assert_gone("JSON", &redacted.to_string());

    let conversation = text::conversation(&format!("{planted}{}a{planted}", text::NEXT));
    let conversation = KnownSecrets::of(&conversation).redact_conversation(&conversation);
    for format in Format::ALL.into_iter().filter(|format| !format.is_original()) {
        let options = ExtractOptions { all_branches: true, ..ExtractOptions::new(format, TimeZone::UTC) };
        assert_gone(format.as_str(), &extract::format_conversation(&conversation, &options));
    }
}

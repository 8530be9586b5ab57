//! Any input of at most 50 MB takes at most 600 MB: the program itself over what is small on the disk and large in
//! memory. Every input is made while it is packed, so that the test takes little itself.
#![cfg(target_os = "linux")]

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufWriter, Seek, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use crate::support::exports::Scratch;
use nix::sys::resource::{UsageWho, getrusage};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What an input may have on the disk, and what it may take in memory.
const MAX_INPUT_SIZE: u64 = 50_000_000;
pub(crate) const MAX_MEMORY: u64 = 600 << 20;
/// The JSON up to which that is promised of every format, in bytes unpacked.
const MAX_JSON_SIZE: u64 = 50 << 20;
/// Nothing hangs. Some four times what the slowest takes on a busy machine, of a program that is optimised.
const MAX_LENGTH: Duration = Duration::from_mins(4);

/// A command by its arguments.
type Arguments = &'static [&'static str];

/// What is asked of each input: to read it, to find in it, to give it away, and to look for what it gives away.
const COMMANDS: [Arguments; 4] =
    [&["check"], &["search", "word or"], &["extract", "--all", "-f", "html"], &["audit"]];
/// The formats that extracts are asked for, with all there is, as it is and without its secrets.
const EXTRACTS: [Arguments; 10] = [
    &["extract", "--all", "-f", "markdown", "--include", "tools,reasoning,hidden", "--branches", "all"],
    &["extract", "--all", "-f", "text", "--include", "tools,reasoning,hidden", "--branches", "all"],
    &["extract", "--all", "-f", "html", "--include", "tools,reasoning,hidden", "--branches", "all"],
    &["extract", "--all", "-f", "jsonl", "--include", "tools,reasoning,hidden", "--branches", "all"],
    &["extract", "--all", "-f", "json"],
    &["extract", "--all", "-f", "markdown", "--redact"],
    &["extract", "--all", "-f", "text", "--redact"],
    &["extract", "--all", "-f", "html", "--redact"],
    &["extract", "--all", "-f", "jsonl", "--redact"],
    &["extract", "--all", "-f", "json", "--redact"],
];
/// What messages of 47 MB are made of: each is much to whoever reads it as Markdown. Written as in JSON.
const MARKS: [&str; 24] = [
    r"#\n",
    r"a\n=\n",
    r"a\n-\n",
    "<a",
    r#"<a b=\""#,
    r"<!--\n",
    r"\\[a\\]\n",
    r"\\(a\\) ",
    "*a_",
    r"```\n",
    "> ",
    "- ",
    "1. ",
    "[",
    "![](",
    "|",
    r"|a|b|\n|-|-|\n",
    "&",
    "`",
    "~",
    r"\\",
    r"\n",
    "'",
    r"\u0001",
];

/// Asked of the largest messages as well: each of their words is counted, and looked at as a credential.
const COUNTED: [Arguments; 2] = [&["search", "-c", "word or"], &["search", "-c", "has:secret"]];

pub(crate) type Sink<'a> = &'a mut dyn Write;
/// What an input is called, and what writes its `conversations.json`.
pub(crate) type Json = (&'static str, fn(Sink<'_>) -> io::Result<()>);
/// What writes an archive.
type Writer = Box<dyn FnOnce(&Path) -> io::Result<()> + Send>;

// --- what inputs are made of

pub(crate) const MB: usize = 1 << 20;

/// So many things with commas between.
pub(crate) fn listed(out: Sink<'_>, count: usize, mut one: impl FnMut(&mut String, usize)) -> io::Result<()> {
    let mut piece = String::new();
    for number in 0..count {
        if number > 0 {
            piece.push(',');
        }
        one(&mut piece, number);
        if piece.len() > MB {
            out.write_all(piece.as_bytes())?;
            piece.clear();
        }
    }
    out.write_all(piece.as_bytes())
}

/// The same in brackets.
fn array(out: Sink<'_>, count: usize, one: impl FnMut(&mut String, usize)) -> io::Result<()> {
    out.write_all(b"[")?;
    listed(out, count, one)?;
    out.write_all(b"]")
}

/// A text again and again, for this many bytes.
fn filled(out: Sink<'_>, text: &str, bytes: usize) -> io::Result<()> {
    let piece = text.repeat((MB / text.len()).max(1));
    for _ in 0..bytes / piece.len() {
        out.write_all(piece.as_bytes())?;
    }
    Ok(())
}

/// An export of one conversation, its mapping written by `inner`.
pub(crate) fn mapping(out: Sink<'_>, inner: impl FnOnce(Sink<'_>) -> io::Result<()>) -> io::Result<()> {
    out.write_all(br#"[{"id":"c","title":"t","mapping":{"#)?;
    inner(out)?;
    out.write_all(b"}}]")
}

/// An export of one message, its `parts` written by `inner`.
fn parts(out: Sink<'_>, inner: impl FnOnce(Sink<'_>) -> io::Result<()>) -> io::Result<()> {
    mapping(out, |out| {
        out.write_all(br#""a":{"message":{"author":{"role":"assistant"},"content":{"content_type":"multimodal_text","parts":["#)?;
        inner(out)?;
        out.write_all(b"]}}}")
    })
}

/// An export of one message of so many bytes: one text again and again.
pub(crate) fn text(out: Sink<'_>, again: &str, bytes: usize) -> io::Result<()> {
    parts(out, |out| {
        out.write_all(b"\"")?;
        filled(out, again, bytes)?;
        out.write_all(b"\"")
    })
}

/// An export of Claude's of one conversation.
fn claude(out: Sink<'_>, inner: impl FnOnce(Sink<'_>) -> io::Result<()>) -> io::Result<()> {
    out.write_all(br#"[{"uuid":"c","name":"t","chat_messages":["#)?;
    inner(out)?;
    out.write_all(b"]}]")
}

/// An export of a canvas and this many changes to it. Both are JSON within a string.
fn canvas(out: Sink<'_>, changes: usize, document: &str, change: &str) -> io::Result<()> {
    let update = format!(r#"{{\"updates\":[{change}]}}"#);
    mapping(out, |out| {
        listed(out, changes + 1, |piece, number| {
            let (tool, text) = if number == 0 { ("create", document) } else { ("update", &*update) };
            let parent = number.wrapping_sub(1);
            add(
                piece,
                format_args!(
                    r#""n{number}":{{"parent":"n{parent}","message":{{"author":{{"role":"assistant"}},"recipient":"canmore.{tool}_textdoc","content":{{"content_type":"code","text":"{text}"}}}}}}"#
                ),
            );
        })
    })
}

fn add(piece: &mut String, arguments: std::fmt::Arguments<'_>) {
    piece.write_fmt(arguments).unwrap();
}

// --- the inputs that are JSON

pub(crate) const INPUTS: &[Json] = &[
    ("a chain of a million nodes", |out| {
        mapping(out, |out| {
            listed(out, 1_000_000, |piece, number| {
                add(
                    piece,
                    format_args!(
                        r#""n{number}":{{"parent":"n{}","children":["n{}"],"message":{{"author":{{"role":"user"}},"content":{{"content_type":"text","parts":["word"]}}}}}}"#,
                        number.wrapping_sub(1),
                        number + 1
                    ),
                );
            })
        })
    }),
    ("a chain of a million of Claude's messages", |out| {
        claude(out, |out| {
            listed(out, 1_000_000, |piece, number| {
                add(
                    piece,
                    format_args!(
                        r#"{{"uuid":"m{number}","sender":"human","text":"word","parent_message_uuid":"m{}"}}"#,
                        number.wrapping_sub(1)
                    ),
                );
            })
        })
    }),
    ("12 million nodes without anything", |out| {
        mapping(out, |out| {
            listed(out, 12_000_000, |piece, number| add(piece, format_args!("\"{number}\":{{}}")))
        })
    }),
    ("15 million of Claude's messages without anything", |out| {
        claude(out, |out| listed(out, 15_000_000, |piece, _| piece.push_str("{}")))
    }),
    ("5 million blocks in a message", |out| {
        claude(out, |out| {
            out.write_all(br#"{"sender":"assistant","content":["#)?;
            listed(out, 5_000_000, |piece, _| piece.push_str(r#"{"type":"thinking","thinking":"word"}"#))?;
            out.write_all(b"]}")
        })
    }),
    ("5 million attachments with a text", |out| {
        claude(out, |out| {
            out.write_all(br#"{"sender":"human","attachments":["#)?;
            listed(out, 5_000_000, |piece, _| piece.push_str(r#"{"extracted_content":"word"}"#))?;
            out.write_all(b"]}")
        })
    }),
    ("an attachment of 100 MB", |out| {
        claude(out, |out| {
            out.write_all(
                br#"{"sender":"human","text":"word","attachments":[{"file_name":"a","extracted_content":""#,
            )?;
            filled(out, "word ", 100 * MB)?;
            out.write_all(b"\"}]}")
        })
    }),
    ("an artifact that doubles without end", |out| {
        claude(out, |out| {
            out.write_all(br#"{"sender":"assistant","content":["#)?;
            listed(out, 800_000, |piece, number| {
                piece.push_str(if number == 0 {
                    r#"{"type":"tool_use","name":"artifacts","input":{"command":"create","id":"a","content":"x"}}"#
                } else {
                    r#"{"type":"tool_use","name":"artifacts","input":{"command":"update","id":"a","old_str":"x","new_str":"xx"}}"#
                });
            })?;
            out.write_all(b"]}")
        })
    }),
    ("a canvas that doubles without end", |out| {
        canvas(
            out,
            200_000,
            r#"{\"content\":\"x\"}"#,
            r#"{\"pattern\":\"(?s)(.*)\",\"multiple\":true,\"replacement\":\"\\\\1\\\\1x\"}"#,
        )
    }),
    ("a canvas looked through with patterns of thousands of states", |out| {
        let document = format!(r#"{{\"content\":\"{}\"}}"#, "a".repeat(MB / 2));
        canvas(out, 200_000, &document, r#"{\"pattern\":\"(?:a?){2000}b\",\"replacement\":\"c\"}"#)
    }),
    ("a canvas changed by patterns that take long to make ready", |out| {
        canvas(
            out,
            200_000,
            r#"{\"content\":\"x\"}"#,
            r#"{\"pattern\":\"(?:[a-z]?){3000}\",\"replacement\":\"c\"}"#,
        )
    }),
    ("a canvas looked through with a pattern that is nothing but characters", |out| {
        // No stretch of it is like another.
        let letter = |number: usize| if (number * number / 7 + number / 3) % 5 < 2 { 'a' } else { 'b' };
        let document = format!(r#"{{\"content\":\"{}\"}}"#, (0..MB / 2).map(letter).collect::<String>());
        let change = format!(r#"{{\"pattern\":\"a{}c\",\"replacement\":\"c\"}}"#, ".".repeat(300));
        canvas(out, 200_000, &document, &change)
    }),
    ("a canvas changed by patterns that are none", |out| {
        canvas(
            out,
            200_000,
            r#"{\"content\":\"x\"}"#,
            r#"{\"pattern\":\"(?:a?){99999}b\",\"replacement\":\"c\"}"#,
        )
    }),
    ("a canvas whose replacement repeats all of it", |out| {
        let text = "a".repeat(MB);
        let document = format!(r#"{{\"content\":\"{text}\"}}"#);
        let replacement = r"\\\\g<0>".repeat(20_000);
        let change = format!(r#"{{\"pattern\":\"{text}\",\"replacement\":\"{replacement}\"}}"#);
        canvas(out, 50, &document, &change)
    }),
    ("a canvas whose replacement repeats a group of all of it", |out| {
        let document = format!(r#"{{\"content\":\"{}\"}}"#, "a".repeat(MB));
        let replacement = r"\\\\1".repeat(20_000);
        let change = format!(r#"{{\"pattern\":\"(?s)(.*)\",\"replacement\":\"{replacement}\"}}"#);
        canvas(out, 50, &document, &change)
    }),
    ("a canvas whose replacement is nothing two thousand times at each letter", |out| {
        let document = format!(r#"{{\"content\":\"{}\"}}"#, "a".repeat(200_000));
        let replacement = r"\\\\g<x>".repeat(2_000);
        let change = format!(r#"{{\"pattern\":\"a\",\"multiple\":true,\"replacement\":\"{replacement}\"}}"#);
        canvas(out, 200, &document, &change)
    }),
    ("a message of 50 MB", |out| text(out, "word ", 50 * MB)),
    ("a message of escapes, 47 MB", |out| text(out, r"a\\_b ", 47 * MB)),
    ("a message of 250 MB", |out| text(out, "word ", 250 * MB)),
    ("250 MB of escapes", |out| text(out, r"\u0001\ud83d", 250 * MB)),
    ("250 MB of lines", |out| text(out, r"word\n", 250 * MB)),
    ("250 MB in one word", |out| text(out, "word", 250 * MB)),
    ("a conversation past its limit", |out| text(out, "word ", 300 * MB)),
    ("a message of Claude's, 100 MB twice", |out| {
        claude(out, |out| {
            out.write_all(br#"{"sender":"human","text":""#)?;
            filled(out, "word ", 100 * MB)?;
            out.write_all(br#"","content":[{"type":"text","text":""#)?;
            filled(out, "word ", 100 * MB)?;
            out.write_all(b"\"}]}")
        })
    }),
    ("a title of 200 MB", |out| {
        out.write_all(br#"[{"id":"c","title":""#)?;
        filled(out, "word ", 200 * MB)?;
        out.write_all(br#"","mapping":{"a":{}}}]"#)
    }),
    ("an id of 200 MB", |out| {
        out.write_all(br#"[{"id":""#)?;
        filled(out, "word", 200 * MB)?;
        out.write_all(br#"","mapping":{"a":{}}}]"#)
    }),
    ("a key of 200 MB", |out| {
        out.write_all(br#"[{"id":"c","mapping":{"#)?;
        out.write_all(b"\"")?;
        filled(out, "word", 200 * MB)?;
        out.write_all(br#"":{}}}]"#)
    }),
    ("8 million tiny conversations", |out| {
        array(out, 8_000_000, |piece, number| {
            add(piece, format_args!(r#"{{"id":"{number}","mapping":{{}}}}"#));
        })
    }),
    ("8 million tiny conversations of Claude's", |out| {
        array(out, 8_000_000, |piece, number| {
            add(piece, format_args!(r#"{{"uuid":"{number}","chat_messages":[]}}"#));
        })
    }),
    ("a million conversations of one id", |out| {
        array(out, 1_000_000, |piece, number| {
            add(
                piece,
                format_args!(
                    r#"{{"id":"c","title":"word","update_time":{number},"mapping":{{"a":{{"message":{{"author":{{"role":"user"}},"content":{{"content_type":"text","parts":["word"]}}}}}}}}}}"#
                ),
            );
        })
    }),
    ("20 million elements that are none", |out| array(out, 20_000_000, |piece, _| piece.push('7'))),
    ("arrays, 40 million deep", |out| {
        out.write_all(br#"[{"id":"c","mapping":{"a":{"message":"#)?;
        filled(out, "[", 40 * MB)?;
        filled(out, "]", 40 * MB)?;
        out.write_all(b"}}}]")
    }),
    ("objects, 20 million deep", |out| {
        out.write_all(br#"[{"id":"c","mapping":"#)?;
        filled(out, r#"{"a":"#, 100 * MB)?;
        out.write_all(b"1")?;
        filled(out, "}", 20 * MB)?;
        out.write_all(b"}]")
    }),
    ("arrays that nobody closes", |out| filled(out, "[", 250 * MB)),
    ("objects that nobody closes", |out| {
        out.write_all(b"[")?;
        filled(out, r#"{"id":"c","mapping":{"a":{"message":"#, 250 * MB)
    }),
    ("a string that nobody closes", |out| {
        out.write_all(br#"[{"id":"c","mapping":{"a":{"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["#)?;
        out.write_all(b"\"")?;
        filled(out, "word ", 250 * MB)
    }),
    ("250 MB of bytes that are no text", |out| {
        out.write_all(br#"[{"id":"c","mapping":{"a":{"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["#)?;
        out.write_all(b"\"")?;
        for _ in 0..250 {
            out.write_all(&[0xff; MB])?;
        }
        out.write_all(b"\"]}}}}}]")
    }),
    ("2 million pictures in a message", |out| {
        parts(out, |out| {
            listed(out, 2_000_000, |piece, _| {
                piece.push_str(r#"{"content_type":"image_asset_pointer","asset_pointer":"a"}"#);
            })
        })
    }),
    ("40 million strings in a message", |out| {
        parts(out, |out| listed(out, 40_000_000, |piece, _| piece.push_str("\"a\"")))
    }),
    ("a million citations in a message", |out| {
        mapping(out, |out| {
            out.write_all(br#""a":{"message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":[""#)?;
            let mut piece = String::new();
            for number in 0..1_000_000 {
                add(&mut piece, format_args!("word \u{e200}cite\u{e202}turn0search{number}\u{e201} "));
            }
            out.write_all(piece.as_bytes())?;
            out.write_all(br#""]},"metadata":{"content_references":["#)?;
            listed(out, 1_000_000, |piece, number| {
                add(
                    piece,
                    format_args!(
                        "{{\"matched_text\":\"\u{e200}cite\u{e202}turn0search{number}\u{e201}\",\"type\":\"webpage\",\"items\":[{{\"title\":\"t{number}\",\"url\":\"https://a.example/{number}\"}}]}}"
                    ),
                );
            })?;
            out.write_all(b"]}}}")
        })
    }),
    ("a million models and tools", |out| {
        mapping(out, |out| {
            listed(out, 1_000_000, |piece, number| {
                add(
                    piece,
                    format_args!(
                        r#""n{number}":{{"message":{{"author":{{"role":"tool","name":"tool{number}"}},"content":{{"content_type":"type{number}","text":"word"}},"metadata":{{"model_slug":"model{number}"}}}}}}"#
                    ),
                );
            })
        })
    }),
    // What is drawn: a table of two thousand columns has as many cells in each of its rows, which are empty.
    ("a table of 2000 columns and 20000 rows", |out| {
        let columns = 2_000;
        let head = format!("{}|\\n{}|\\n", "|a".repeat(columns), "|-".repeat(columns));
        let rows = "|b|\\n".repeat(20_000);
        parts(out, |out| write!(out, "\"{head}{rows}\""))
    }),
    ("quotations in quotations", |out| text(out, "> ", 20 * MB)),
    ("lists in lists", |out| {
        let mut lines = String::new();
        for depth in 0..3_000 {
            add(&mut lines, format_args!("{}- word\\n", "  ".repeat(depth)));
        }
        parts(out, |out| write!(out, "\"{lines}\""))
    }),
    ("links in links", |out| text(out, "[![", 20 * MB)),
    ("emphasis without end", |out| text(out, "*a **b _c ", 20 * MB)),
    ("code marks without end", |out| text(out, "`a ``b ", 20 * MB)),
    ("mathematics in mathematics", |out| {
        let formula = format!(r"\\[{}x{}\\]\n\n", r"\\frac{a}{".repeat(2_000), "}".repeat(2_000));
        text(out, &formula, 20 * MB)
    }),
    ("250 MB of addresses and keys", |out| {
        text(out, r"somebody@example.com password=Zx81kd92Lq +49 30 901820 AKIAIOSFODNN7QRSTUVW\n", 250 * MB)
    }),
    ("10 million different addresses", |out| {
        parts(out, |out| {
            out.write_all(b"\"")?;
            for number in 0..10_000_000 {
                write!(out, "robin.{number}@example.org ")?;
            }
            out.write_all(b"\"")
        })
    }),
];

// --- the zips they are in, and those that are hostile themselves

fn packing() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true)
}

fn member<W: Write + Seek>(
    zip: &mut ZipWriter<W>,
    name: &str,
    write: impl FnOnce(Sink<'_>) -> io::Result<()>,
) -> io::Result<()> {
    zip.start_file(name, packing())?;
    let mut buffered = BufWriter::with_capacity(MB, zip);
    write(&mut buffered)?;
    buffered.flush()
}

fn zipped(
    path: &Path,
    fill: impl FnOnce(&mut ZipWriter<BufWriter<File>>) -> io::Result<()>,
) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    fill(&mut zip)?;
    zip.finish()?.flush()
}

pub(crate) fn packed(
    path: &Path,
    name: &str,
    write: impl FnOnce(Sink<'_>) -> io::Result<()>,
) -> io::Result<()> {
    zipped(path, |zip| member(zip, name, write))
}

/// A zip whose directory was written here: this many members, each by its name and the place of its header, behind one
/// that is there.
fn listing(path: &Path, count: usize, name: impl Fn(usize) -> String) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let (first, body) = ("conversations.json", "[]");
    let crc = crc32fast::hash(body.as_bytes());
    let numbers = |out: &mut dyn Write, name: &str, size: usize| -> io::Result<()> {
        for number in [0, 0, 0, 0] {
            out.write_all(&u16::to_le_bytes(number))?; // flags, stored, time, date
        }
        out.write_all(&if size == 0 { 0 } else { crc }.to_le_bytes())?;
        out.write_all(&(size as u32).to_le_bytes())?;
        out.write_all(&(size as u32).to_le_bytes())?;
        out.write_all(&(name.len() as u16).to_le_bytes())?;
        out.write_all(&0_u16.to_le_bytes())
    };
    let local = |out: &mut dyn Write, name: &str, size: usize| {
        out.write_all(b"PK\x03\x04\x0a\0")?;
        numbers(out, name, size)?;
        out.write_all(name.as_bytes())
    };
    local(&mut out, first, body.len())?;
    out.write_all(body.as_bytes())?;
    let second = 30 + first.len() + body.len();
    local(&mut out, &name(0), 0)?;
    let directory = second + 30 + name(0).len();
    let mut length = 0;
    for number in 0..=count {
        let (name, size, at) = match number.checked_sub(1) {
            None => (first.to_owned(), body.len(), 0),
            Some(number) => (name(number), 0, second),
        };
        out.write_all(b"PK\x01\x02\x0a\0\x0a\0")?;
        numbers(&mut out, &name, size)?;
        out.write_all(&[0; 10])?;
        out.write_all(&(at as u32).to_le_bytes())?;
        out.write_all(name.as_bytes())?;
        length += 46 + name.len();
    }
    // The end in its long form, and in the short one that refers to it.
    let end = directory + length;
    out.write_all(b"PK\x06\x06")?;
    out.write_all(&44_u64.to_le_bytes())?;
    out.write_all(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
    for number in [count + 1, count + 1, length, directory, end] {
        if number == end {
            out.write_all(b"PK\x06\x07\0\0\0\0")?;
        }
        out.write_all(&(number as u64).to_le_bytes())?;
    }
    out.write_all(&1_u32.to_le_bytes())?;
    out.write_all(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0")?;
    out.flush()
}

/// What an input is called, and what writes its file.
type Whole = (&'static str, fn(&Path) -> io::Result<()>);

const ZIPS: &[Whole] = &[
    ("gigabytes of blanks", |path| packed(path, "conversations.json", |out| filled(out, " ", 4_000 * MB))),
    ("blanks up to what is not looked at, in eight members", |path| {
        zipped(path, |zip| {
            for number in 0..8 {
                member(zip, &format!("conversations-{number:03}.json"), |out| {
                    out.write_all(b"[")?;
                    filled(out, " ", 250 * MB)?;
                    out.write_all(b"]")
                })?;
            }
            Ok(())
        })
    }),
    ("eight messages of 120 MB in eight members", |path| {
        zipped(path, |zip| {
            for number in 0..8 {
                member(zip, &format!("conversations-{number:03}.json"), |out| text(out, "word ", 120 * MB))?;
            }
            Ok(())
        })
    }),
    ("a zip in the zip, a gigabyte of zeros", |path| {
        packed(path, "inner.zip", |out| filled(out, "\0", 1_000 * MB))
    }),
    ("twenty zips in the zip, 90 MB each", |path| {
        zipped(path, |zip| {
            for number in 0..20 {
                member(zip, &format!("inner-{number}.zip"), |out| filled(out, "PK\x03\x04", 90 * MB))?;
            }
            Ok(())
        })
    }),
    ("half a million members", |path| {
        zipped(path, |zip| {
            for number in 0..480_000 {
                zip.start_file(format!("{number}"), packing().large_file(false))?;
            }
            zip.start_file("conversations.json", packing())?;
            zip.write_all(b"[]")?;
            Ok(())
        })
    }),
    ("nearly a million members at one place", |path| listing(path, 920_000, |number| number.to_string())),
    ("a million and more members", |path| listing(path, 1_040_000, |_| "a".to_owned())),
    ("three quarters of a million members of one name", |path| {
        listing(path, 750_000, |_| "conversations.json".to_owned())
    }),
    ("members with long names", |path| listing(path, 700, |number| format!("{number:065000}"))),
    ("names of attachments without end", |path| {
        zipped(path, |zip| {
            member(zip, "conversations.json", |out| out.write_all(b"[]"))?;
            member(zip, "conversation_asset_file_names.json", |out| {
                out.write_all(b"{")?;
                listed(out, 8_000_000, |piece, number| add(piece, format_args!("\"{number}.dat\":\"a\"")))?;
                out.write_all(b"}")
            })
        })
    }),
    ("as many memories and shared links as are read", |path| {
        zipped(path, |zip| {
            member(zip, "conversations.json", |out| out.write_all(b"[]"))?;
            member(zip, "memories.json", |out| {
                array(out, 1_000_000, |piece, number| add(piece, format_args!("\"m {number}\"")))
            })?;
            member(zip, "shared_conversations.json", |out| {
                array(out, 800_000, |piece, number| add(piece, format_args!("{{\"id\":\"{number}\"}}")))
            })
        })
    }),
    ("a profile and shared links without end", |path| {
        zipped(path, |zip| {
            member(zip, "conversations.json", |out| out.write_all(b"[]"))?;
            for name in ["user.json", "users.json", "memories.json", "user_settings.json"] {
                member(zip, name, |out| {
                    out.write_all(b"{\"email\":\"")?;
                    filled(out, "word ", 200 * MB)?;
                    out.write_all(b"\"}")
                })?;
            }
            member(zip, "shared_conversations.json", |out| {
                array(out, 8_000_000, |piece, number| {
                    add(piece, format_args!(r#"{{"id":"{number}","conversation_id":"c","title":"t"}}"#));
                })
            })
        })
    }),
    ("50 MB of JSON that is nothing but brackets", |path| {
        filled(&mut BufWriter::new(File::create(path)?), "[{", 47 * MB)
    }),
    ("50 MB that are no zip behind its first bytes", |path| {
        filled(&mut BufWriter::new(File::create(path)?), "PK\x03\x04", 47 * MB)
    }),
];

// --- the measure

/// The program of the package where there is one: what is not optimised takes minutes.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("UNSPOOL_PACKAGED").map_or_else(|| env!("CARGO_BIN_EXE_unspool").into(), PathBuf::from)
}

/// The most memory any program run from here has held at once.
fn most_memory() -> u64 {
    getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss() as u64 * 1_024
}

/// Runs the program. Wrong is a panic, an end by a signal, a chatter on stderr, and more memory or time than any input
/// may take.
fn measured(name: &str, arguments: &[&str], path: &Path) -> Result<u64, String> {
    let (start, before) = (Instant::now(), most_memory());
    let stderr = path.with_extension("stderr");
    let mut child = Command::new(program())
        .args(arguments)
        .arg(path)
        .env_remove("UNSPOOL_ARCHIVE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&stderr).unwrap())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        let known = fs::read_to_string(&status).unwrap_or_default();
        let line = known.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1_024);
        if start.elapsed() > MAX_LENGTH {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(format!("goes on past {MAX_LENGTH:?}, with {} MB", peak >> 20));
        }
        thread::sleep(Duration::from_millis(2));
    };
    // What it held between two looks counts too: the system remembers the most that any program held. It may have been
    // the other one; that too is more than it may take, or is not.
    let most = most_memory();
    if most > before {
        peak = peak.max(most);
    }
    let said = fs::read_to_string(&stderr).unwrap_or_default();
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {}: {} MB, {seconds:.1} s, {ended}", arguments.join(" "), peak >> 20);
    if said.contains("panicked") || said.lines().count() > 2 || ended.code().is_none_or(|code| code > 2) {
        return Err(format!("ends with {ended} and says: {said}"));
    }
    if peak > MAX_MEMORY {
        return Err(format!("takes {} MB", peak >> 20));
    }
    Ok(peak)
}

/// What each command takes over an input, or what is wrong with it.
fn tried(
    name: &str,
    commands: &[Arguments],
    write: impl FnOnce(&Path) -> io::Result<()>,
) -> Vec<Result<u64, String>> {
    let scratch = Scratch::new();
    let path = scratch.path().join("hostile.zip");
    write(&path).unwrap();
    let size = fs::metadata(&path).unwrap().len();
    println!("{name}: {:.1} MB", size as f64 / 1e6);
    assert!(size <= MAX_INPUT_SIZE, "{name} has {size} bytes: that proves nothing");
    let of = |command: &&[&str]| {
        measured(name, command, &path).map_err(|wrong| format!("{name}: {} {wrong}", command.join(" ")))
    };
    let counted = if name.contains("message of") { &COUNTED[..] } else { &[] };
    commands.iter().chain(counted).map(of).collect()
}

#[test]
#[ignore = "minutes of an optimised program: .ci/run gives it the package's"]
fn no_input_of_fifty_megabytes_takes_more_than_six_hundred() {
    let zips = ZIPS.iter().map(|&(name, write)| (name.to_owned(), Box::new(write) as Writer));
    all_tried(|_| COMMANDS.to_vec(), inputs().chain(zips));
}

#[test]
#[ignore = "minutes of an optimised program: .ci/run gives it the package's"]
fn no_format_of_fifty_megabytes_takes_more_than_six_hundred() {
    let marks = MARKS.iter().flat_map(|&mark| {
        ["user", "assistant"].map(|role| {
            let write = move |out: Sink<'_>| said(out, role, mark, 47_000_000);
            let packed: Writer = Box::new(move |path| packed(path, "conversations.json", write));
            (format!("{mark} by the {role}"), packed)
        })
    });
    // All formats of all inputs take more than half an hour: each input is asked for two, each format over a fifth of
    // them. Who names some gets all of these.
    let names_some = std::env::var_os("UNSPOOL_HOSTILE").is_some();
    let asked = move |number: usize| -> Vec<Arguments> {
        let turn = 2 * number % EXTRACTS.len();
        if names_some { EXTRACTS.to_vec() } else { vec![EXTRACTS[turn], EXTRACTS[turn + 1]] }
    };
    // Larger ones take what their size takes, and are held to it by the other commands.
    let small = INPUTS.iter().filter(|(_, write)| json_size(*write) <= MAX_JSON_SIZE);
    all_tried(asked, marks.chain(small.map(|&input| packed_input(input))));
}

/// Counts the bytes that an input has unpacked.
fn json_size(write: fn(Sink<'_>) -> io::Result<()>) -> u64 {
    struct Counter(u64);

    impl Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut counter = Counter(0);
    write(&mut counter).unwrap();
    counter.0
}

/// The inputs that are JSON, packed.
fn inputs() -> impl Iterator<Item = (String, Writer)> + Send {
    INPUTS.iter().map(|&input| packed_input(input))
}

fn packed_input((name, write): Json) -> (String, Writer) {
    (name.to_owned(), Box::new(move |path| packed(path, "conversations.json", write)))
}

/// An export of one message of so many bytes of somebody.
fn said(out: Sink<'_>, role: &str, again: &str, bytes: usize) -> io::Result<()> {
    mapping(out, |out| {
        write!(
            out,
            r#""a":{{"message":{{"author":{{"role":"{role}"}},"content":{{"content_type":"text","parts":[""#
        )?;
        filled(out, again, bytes)?;
        out.write_all(br#""]}}}"#)
    })
}

/// Holds the commands for each input, by its number, to their bounds, on two threads.
fn all_tried(
    commands: impl Fn(usize) -> Vec<Arguments> + Sync,
    inputs: impl Iterator<Item = (String, Writer)> + Send,
) {
    // A person at work may name some of them.
    let wanted = std::env::var("UNSPOOL_HOSTILE").unwrap_or_default();
    let waiting = Mutex::new(inputs.filter(|(name, _)| name.contains(&wanted)).enumerate());
    let next = || waiting.lock().unwrap().next();
    let work = || {
        let tried = std::iter::from_fn(next)
            .flat_map(|(number, (name, write))| tried(&name, &commands(number), write));
        tried.collect::<Vec<_>>()
    };
    // Most of them keep one core busy.
    let all = thread::scope(|scope| {
        let beside = scope.spawn(work);
        let mut all = work();
        all.extend(beside.join().unwrap());
        all
    });
    let most = all.iter().filter_map(|peak| peak.as_ref().ok()).max().copied().unwrap_or_default();
    println!("{} runs; the most that one took is {} MB", all.len(), most >> 20);
    let wrong: Vec<String> = all.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

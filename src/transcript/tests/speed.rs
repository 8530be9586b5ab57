//! How long the slow things take; run with `--ignored --nocapture`, in release.

use std::{hint::black_box, time::Instant};

use super::*;

fn timed<T>(what: &str, mut run: impl FnMut() -> T) {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("{best:9.3} ms  {what}");
}

const ANSWER: &str = "That is **nginx's** own default: `proxy-read-timeout` is 60 s.\n\n```yaml\nmetadata:\n  a: \"120\"\n```\n\n\
                      - the load balancer in front has its own idle timeout;\n- a client that retries will double the work.\n\n\
                      | a | b |\n|---|---|\n| one | two words |\n\nWith \\(x^2\\) and $y_1$ and more words to fill a few lines of text.\n\n";

#[test]
#[ignore = "prints figures"]
fn figures() {
    let many = |count: usize| {
        let turn = |index: usize| {
            if index.is_multiple_of(2) {
                MessageDraft::new(Role::User, "A question?\n")
            } else {
                assistant(ANSWER)
            }
        };
        chain((0..count).map(turn).collect())
    };
    let screen = |transcript: &mut Transcript, from: usize| {
        let mut lines = 0;
        let mut entry = from;
        while lines < 50 && entry < transcript.entries().len() {
            lines += transcript.lines(entry, 100).len();
            entry += 1;
        }
        lines
    };
    for count in [100, 10_000] {
        let conversation = many(count);
        timed(&format!("open {count} messages, first screen"), || {
            let mut transcript = Transcript::new(conversation.clone(), TranscriptOptions::default());
            screen(&mut transcript, 0)
        });
        let mut transcript = Transcript::new(conversation, TranscriptOptions::default());
        timed("all height hints", || {
            (0..transcript.entries().len()).map(|entry| transcript.height_hint(entry, 100)).sum::<usize>()
        });
        let mut width = 60;
        timed("resize: a screen at another width", || {
            width += 1;
            transcript.lines(0, width).len() + screen(&mut transcript, 50)
        });
    }
    for (what, text) in [
        ("prose", ANSWER.repeat((5 << 20) / ANSWER.len())),
        ("one line", "word ".repeat(1 << 20)),
        ("one word", "x".repeat(5 << 20)),
        ("code", format!("```rust\n{}", "let value = call(argument);\n".repeat(190_000))),
        ("CJK", "日本語の文章です。".repeat(200_000)),
        ("opening brackets", "[".repeat(5 << 20)),
        ("quotes", "> ".repeat(2 << 20)),
        ("stars", "*a_ ".repeat(1 << 20)),
        ("dollars", "$a ".repeat(1 << 20)),
        ("table", "| a | b |\n".repeat(500_000)),
    ] {
        let conversation = chain(vec![assistant(&text)]);
        timed(&format!("open a {} MB message: {what}", text.len() >> 20), || {
            let mut transcript = Transcript::new(conversation.clone(), TranscriptOptions::default());
            screen(&mut transcript, 0)
        });
        let conversation = chain(vec![MessageDraft::new(Role::User, &text)]);
        timed("... as a prompt", || {
            let mut transcript = Transcript::new(conversation.clone(), TranscriptOptions::default());
            screen(&mut transcript, 0)
        });
    }
    let text = ANSWER.repeat(300);
    let conversation = chain(vec![assistant(&text)]);
    timed(&format!("lay out {} KB", text.len() >> 10), || {
        Transcript::new(conversation.clone(), TranscriptOptions::default()).lines(0, 100).len()
    });
    timed("load the syntaxes", highlight::Highlighter::new);
    let highlighter = highlight::Highlighter::new();
    let code = "fn main() { let x = \"text\"; println!(\"{x}\"); } // done\n".repeat(100);
    timed("colour 100 lines of rust", || highlighter.highlight("rust", &code));
}

/// Texts that are known to be hard for readers of Markdown, a whole message each.
#[test]
#[ignore = "prints figures"]
fn hard_markdown() {
    let full = |piece: &str| piece.repeat((127 << 10) / piece.len());
    let growing = |piece: &str| (0..500).map(|depth| " ".repeat(depth) + piece).collect::<String>();
    let ticks = (1..500).map(|length| "`".repeat(length) + " ").collect::<String>();
    for (what, text) in [
        ("[", full("[")),
        ("a](", full("a](")),
        ("[a](<b", full("[a](<b")),
        ("![[]()", full("![[]()")),
        ("*a **a ", full("*a **a ")),
        ("a**b", "a**b".to_owned() + &full("c* ")),
        ("backticks", ticks),
        ("<!--", full("<!-- ")),
        ("<?", full("<? ")),
        ("<a ", full("<a ")),
        ("&", full("&a ")),
        ("escapes", full("\\*")),
        ("table rows", full("|")),
        ("wide table", full("a|") + "\n" + &full("-|") + "\n" + &full("b|")),
        ("tables", full("|a|\n|-|\n")),
        ("notes", full("[^1]: a\n\n")),
        ("definitions", (0..8_000).fold(String::new(), |all, index| all + &format!("[a{index}]: b\n"))),
        ("note references", full("[^1]")),
        ("headings", full("x\n===\n")),
        ("growing list", growing("- x\n")),
        ("growing quote", growing("> x\n")),
        ("quotes", full("> ")),
        ("bullets", full("- ")),
        ("numbers", full("1. ")),
        ("quotes on lines", full(&(">".repeat(250) + "a\n"))),
        ("strikes", full("~~a ")),
        ("links", full("[a](b) ")),
        ("code fences", full("```\na\n```\n")),
        ("formulas", full("$x_1$ ")),
        ("open formulas", full("\\(x ")),
        ("deep formula", "$$".to_owned() + &"\\frac{".repeat(2_000) + "$$"),
        ("emoji", full("👩🏽‍🚀")),
        ("marks", full("a\u{301}\u{302}")),
        ("conjuncts", full("क्")),
        ("controls", full("\x1b")),
        ("tabs", full("\ta")),
    ] {
        let start = Instant::now();
        let conversation = chain(vec![assistant(&text)]);
        let mut transcript = Transcript::new(conversation, TranscriptOptions::default());
        let lines: usize =
            (0..transcript.entries().len().min(3)).map(|entry| transcript.lines(entry, 80).len()).sum();
        println!("{:9.3} ms  {what} ({lines} lines)", start.elapsed().as_secs_f64() * 1e3);
    }
}

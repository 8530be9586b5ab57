//! The ranges of a text that must be redacted: what was found in it, what could be a secret, and what is known to be
//! one from elsewhere, each byte once.
//!
//! A long text is looked through piece by piece, so that findings take no more memory than a piece has.

use std::ops::{ControlFlow, Range};

use super::{
    Certainty, Finding, RuleId, Scanner, SecretClass,
    finding::{FindingFilter, Visitor, overlapping},
    known::KnownSecrets,
    unescape::Unescaped,
};

/// The bytes of a text that are looked through at once.
const WINDOW_SIZE: usize = 1 << 20;
/// The bytes around a piece that are looked at with it: no rule reaches further.
const CONTEXT: usize = 66 << 10;

/// A range of a text that must be redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The kind of the secret; of several that overlap the best name.
    pub(super) kind: RuleId,
    /// Its bytes. On character boundaries.
    pub(super) range: Range<usize>,
    /// The certainty that it is a secret.
    pub(super) certainty: Certainty,
}

/// Calls `visit` with each span of a text, none of them empty, in order, apart from each other. `more` are findings that
/// are known already.
pub(super) fn each_span(
    scanner: &Scanner,
    known: &KnownSecrets,
    text: &str,
    mut more: Vec<Finding>,
    visit: &mut dyn FnMut(Span),
) {
    let mut done = 0;
    for window in windows(text) {
        let around = around(text, &window);
        let start = around.start;
        let slice = &text[around];
        let readings: Vec<Unescaped> = Unescaped::readings(slice, FindingFilter::ALL.joins_lines()).collect();
        let mut found = scanner.findings_in_readings(slice, &readings, FindingFilter::ALL);
        known.find(slice, &readings, &mut found);
        for finding in &mut found {
            finding.range = start + finding.range.start..start + finding.range.end;
        }
        found.retain(|finding| window.contains(&finding.range.start));
        found.extend(more.extract_if(.., |finding| window.contains(&finding.range.start)));
        found.sort_unstable_by_key(|finding| (finding.range.start, finding.range.end, finding.kind));
        let found = without_addresses_in_credentials(scanner, found);
        let mut rest = &found[..];
        while !rest.is_empty() {
            let (group, others) = rest.split_at(overlapping(rest));
            rest = others;
            let end = group.iter().map(|finding| finding.range.end).max().unwrap_or(0);
            let end = end_of_block(text, group[0].range.start..end);
            let range = group[0].range.start.max(done)..end;
            let best = group.iter().max_by_key(|finding| scanner.rank(finding));
            if let Some(best) = best.filter(|_| !range.is_empty()) {
                done = end;
                visit(Span { kind: best.kind, range, certainty: best.certainty });
            }
        }
    }
}

impl Scanner {
    /// Finds the secrets in a text, however long, in its order, without overlaps.
    pub fn scan(&self, text: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        let _ = self.each_resolved(text, FindingFilter::CERTAIN, &mut |finding| {
            found.push(finding);
            ControlFlow::Continue(())
        });
        found
    }

    /// Calls `visit` with each secret in a text, however long, and with what only looks like one, in its order, without
    /// overlaps. A break ends the search.
    pub fn each_finding(&self, text: &str, visit: Visitor<'_>) -> ControlFlow<()> {
        self.each_resolved(text, FindingFilter::ALL, visit)
    }

    /// Returns whether there is a credential in a text, however long. Stops at the first.
    pub fn holds_credential(&self, text: &str) -> bool {
        let filter = FindingFilter { class: Some(SecretClass::Credential), ..FindingFilter::CERTAIN };
        let holds = |window: Range<usize>| {
            let around = around(text, &window);
            let mut stop = |finding: Finding| {
                let is_in_it = window.contains(&(around.start + finding.range.start));
                if is_in_it { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            self.visit_matches(&text[around.clone()], filter, &mut stop).is_break()
        };
        windows(text).any(holds)
    }

    fn each_resolved(&self, text: &str, filter: FindingFilter, visit: Visitor<'_>) -> ControlFlow<()> {
        let mut done = 0;
        for window in windows(text) {
            let around = around(text, &window);
            for mut finding in self.resolve(self.findings(&text[around.clone()], filter)) {
                finding.range = around.start + finding.range.start..around.start + finding.range.end;
                if window.contains(&finding.range.start) && finding.range.start >= done {
                    done = finding.range.end;
                    visit(finding)?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// The bytes of a secret that may be longer than its rule looks ahead.
const LONG_SECRET: usize = 4_000;

/// Returns the end of a long secret: a key or token goes on as far as its letters do, whatever its rule looks at.
fn end_of_block(text: &str, range: Range<usize>) -> usize {
    if range.len() < LONG_SECRET {
        return range.end;
    }
    let (bytes, is_key) = (text.as_bytes(), text[range.clone()].starts_with("----"));
    let goes_on = |byte: &u8| {
        byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte) || (is_key && b"\r\n\\".contains(byte))
    };
    if is_key && text[..range.end].trim_end_matches('-').trim_end().ends_with(" KEY") {
        return range.end;
    }
    let mut end = range.end + bytes[range.end..].iter().take_while(|byte| goes_on(byte)).count();
    if !is_key {
        return end;
    }
    // The words of the last line have blanks between them.
    if text[range.end..end].contains("-----END") {
        end += text[end..].bytes().take(80).position(|byte| byte == b'\n').unwrap_or(0);
        return end;
    }
    end + rows(&text[end..])
}

/// The letters in a row of a key, at least; only the last has fewer.
const SHORTEST_ROW: usize = 16;

/// Returns the length of the rows of a key that a text begins with, whatever stands before and behind their letters: they
/// are quoted, indented or numbered.
fn rows(text: &str) -> usize {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let (mut length, mut at, mut is_last) = (0, 0, false);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let row = line.trim_matches(|char: char| !char.is_ascii_alphanumeric() && !"+/=-".contains(char));
        let numbered = row.trim_start_matches(|char: char| char.is_ascii_digit());
        let row = if numbered.starts_with([':', '.', '|', ' ', '\t']) {
            numbered.trim_start_matches([':', '.', '|', ' ', '\t', '>'])
        } else {
            row
        };
        let behind = at + line.trim_end().len();
        at += line.len();
        if row.starts_with("----") && row.contains("END") {
            return behind;
        }
        // The first is the end of a row; behind a short one only the end of the key may stand.
        if !row.bytes().all(is_letter) || is_last || (row.is_empty() && number > 0) {
            break;
        }
        is_last = number > 0 && row.len() < SHORTEST_ROW;
        if !is_last {
            length = behind;
        }
    }
    length
}

/// Cuts a text into pieces, on character boundaries.
fn windows(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let end = text.ceil_char_boundary((start + WINDOW_SIZE).min(text.len()));
        (start < end).then(|| std::mem::replace(&mut start, end)..end)
    })
}

/// Returns a piece with what is looked at with it, on character boundaries.
fn around(text: &str, piece: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(piece.start.saturating_sub(CONTEXT));
    start..text.ceil_char_boundary(piece.end.saturating_add(CONTEXT))
}

/// Drops the mail addresses that are a password and the host after it: `https://robin:password@example.org`. The
/// host is nobody's secret.
fn without_addresses_in_credentials(scanner: &Scanner, sorted: Vec<Finding>) -> Vec<Finding> {
    let is_credential = |finding: &Finding| scanner.rule(finding.kind).class() == SecretClass::Credential;
    let mut taken = 0;
    let mut kept = Vec::with_capacity(sorted.len());
    let mut rest = sorted.into_iter().peekable();
    while let Some(finding) = rest.next() {
        let credential = is_credential(&finding);
        // One that begins with it may be sorted after it.
        let beside =
            rest.peek().is_some_and(|next| next.range.start == finding.range.start && is_credential(next));
        if !credential && scanner.rule(finding.kind).is_address() && (finding.range.start < taken || beside) {
            continue;
        }
        if credential {
            taken = taken.max(finding.range.end);
        }
        kept.push(finding);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<(&'static str, &str)> {
        let scanner = Scanner::built_in();
        let mut spans = Vec::new();
        each_span(scanner, &KnownSecrets::default(), text, Vec::new(), &mut |span| {
            spans.push((scanner.rule(span.kind).id(), &text[span.range]));
        });
        spans
    }

    #[test]
    fn what_overlaps_is_one_stretch_and_a_host_is_no_part_of_it() {
        assert_eq!(spans("https://robin:s3sam-0pen@example.org/x"), [("web-address-password", "s3sam-0pen")]);
        assert_eq!(spans("robin@example.org"), [("e-mail", "robin@example.org")]);
    }

    #[test]
    fn a_key_is_whole_however_long_it_is() {
        let line = "ZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFr\n";
        for lines in [100, 1_200, 5_000, 40_000] {
            let (begin, end) = ("-----BEGIN RSA PRIVATE", "-----END RSA PRIVATE KEY-----");
            let key = format!("{begin} KEY-----\n{}{end}", line.repeat(lines));
            let text = format!("so:\n{key}\nand on");
            assert_eq!(spans(&text).len(), 1, "{lines}");
            assert_eq!(spans(&text)[0].1.len(), key.len(), "{lines}");
        }
        for (before, behind) in [("> ", ""), ("    ", ""), ("\"", "\","), ("+", ""), ("| ", " |")] {
            let key = format!(
                "-----BEGIN {0}-----\n{1}ZmFrZQ==\n-----END {0}-----",
                "RSA PRIVATE KEY",
                line.repeat(1_200)
            );
            let rows: Vec<String> = key.lines().map(|row| format!("{before}{row}{behind}")).collect();
            let text = format!("so:\n{}\nand on", rows.join("\n"));
            let found = spans(&text);
            assert_eq!(found.len(), 1, "{before}");
            assert!(
                found[0].1.trim_end_matches(behind).ends_with("-----END RSA PRIVATE KEY-----"),
                "{before}"
            );
        }
        let token =
            format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ{}.{}", "a1B2".repeat(10), "c3D4".repeat(5_000));
        assert_eq!(spans(&format!("so {token} and on")), [("jwt", &*token)]);
    }

    #[test]
    fn a_long_text_holds_what_any_piece_of_it_holds() {
        let scanner = Scanner::built_in();
        let long = |before: usize, said: &str| {
            "x ".repeat(before / 2) + said + &" robin@example.org".repeat(WINDOW_SIZE / 18)
        };
        for before in [0, WINDOW_SIZE - 16, WINDOW_SIZE, 2 * WINDOW_SIZE - 16] {
            let text = long(before, "pwd=correct-horse-7");
            assert!(scanner.holds_credential(&text), "{before}");
            let found = scanner.scan(&text);
            assert_eq!(found.len(), 1 + WINDOW_SIZE / 18, "{before}");
            assert_eq!(&text[found[0].range.clone()], "correct-horse-7");
            assert!(!scanner.holds_credential(&long(before, "pwd=changeme1")), "{before}");
        }
        let mut seen = 0;
        let ended = scanner.each_finding(&long(0, ""), &mut |_| {
            seen += 1;
            if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((ended, seen), (ControlFlow::Break(()), 3));
    }

    #[test]
    fn a_secret_is_whole_wherever_a_long_text_is_cut() {
        let secret = "password = \"hunter2-but-longer\"";
        for shift in [0, 1, 8, 12, 13, 20, 31, 32] {
            let text = "x ".repeat((WINDOW_SIZE - shift) / 2) + secret + &" x".repeat(CONTEXT);
            assert_eq!(spans(&text), [("password", "hunter2-but-longer")], "{shift}");
        }
        let text = secret.to_owned() + " " + &"robin@example.org ".repeat(3 * WINDOW_SIZE / 18);
        assert_eq!(spans(&text).len(), 1 + 3 * WINDOW_SIZE / 18);
    }
}

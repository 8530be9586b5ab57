//! The secrets that are known of something: one list, by which every format of it is redacted.
//!
//! A secret is often known as one only where its name stands beside it: `password = …` in a prompt, a key of a JSON
//! object. Elsewhere the same value stands alone: in a title, in a tool's output, in a line that is copied. So the whole
//! is looked through first, its words and its keys with their values, and what was found anywhere is taken out
//! everywhere.

use std::{
    hash::BuildHasher,
    ops::Range,
    sync::{LazyLock, OnceLock},
};

use aho_corasick::{AhoCorasick, Anchored, MatchKind, automaton::Automaton, nfa::contiguous};
use hashbrown::{DefaultHashBuilder, HashSet};
use memchr::memmem;

use super::{
    Certainty, Counts, Finding, RuleId, Scanner, SecretClass,
    secret_pieces::SecretPieces,
    spans::{Span, each_span},
    unescape::{Unescaped, unescaped},
};

/// The number of values that are looked for wherever they stand; of more, each is taken out where it is named.
const MAX_VALUES: usize = 10_000;
/// The bytes of these values together.
const MAX_VALUES_SIZE: usize = 1 << 20;
/// The bytes of the shortest of them: a shorter one stands in many words.
const SHORTEST_VALUE: usize = 6;
/// The number of addresses and numbers among them: there may be very many, and most are known by their shape.
const MAX_SHAPES: usize = 2_000;
/// The digits of the shortest number that is looked for wherever it stands.
const SHORTEST_NUMBER: usize = 9;
/// The bytes of a value that are looked for at the end of a text that was cut.
const MAX_CUT_LENGTH: usize = 256;
/// The number of numbers that only look like secrets and are kept to look for their pieces.
const MAX_DOUBTFUL: usize = 256;
/// The number of values that are looked for in an original one by one.
const MAX_LOOKED_FOR: usize = 16;
/// The number of values whose fingerprints are kept, so that each is counted once; each further one counts.
const MAX_FINGERPRINTS: usize = 1_000_000;

/// The secrets that are known of a conversation, or of several: their values, and the number of each kind. The same
/// value in several places is one secret.
#[derive(Debug, Default)]
pub struct KnownSecrets {
    counts: Counts,
    fingerprints: HashSet<u64>,
    /// The values that are looked for everywhere, one after the other.
    values: String,
    /// The end of each of them, and its kind.
    ends: Vec<(usize, RuleId)>,
    /// The number of them that are addresses and numbers.
    shapes: usize,
    /// The bytes of the longest of them.
    longest: usize,
    matcher: OnceLock<Option<AhoCorasick>>,
    /// Finds those that overlap, too; made where one of them stands.
    overlapping: OnceLock<Option<contiguous::NFA>>,
    /// Numbers that only look like secrets: not looked for elsewhere, but for their pieces.
    doubtful: Vec<(RuleId, Box<str>)>,
    /// The pieces of those that stand in one piece only where they are shown.
    pieces: SecretPieces,
}

impl KnownSecrets {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of secrets of each kind.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Returns whether no secret is known.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Adds the secrets in a text, and what could be one.
    pub fn learn(&mut self, text: &str) {
        let scanner = Scanner::built_in();
        // What is known so far makes no new secret.
        each_span(scanner, &Self::default(), text, Vec::new(), &mut |Span { kind, range, certainty }| {
            self.add(kind, &text[range], certainty);
        });
    }

    /// Adds the pieces of a secret that is torn where it is written: also where one of them stands alone it is taken out.
    pub(super) fn add_pieces(&mut self, kind: RuleId, value: &str) {
        self.pieces.add(value, kind);
    }

    /// Adds the pieces of the values that an original does not have as they are shown. `seen` are the fingerprints of those
    /// that it has.
    pub(super) fn add_pieces_of_unseen(&mut self, original: &[u8], seen: &HashSet<u64>) {
        let unseen = |&(kind, value): &(RuleId, &str)| !seen.contains(&fingerprint(kind, value));
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&(end, _)| end));
        let values = starts.zip(&self.ends).map(|(start, &(end, kind))| (kind, &self.values[start..end]));
        let values = values.chain(self.doubtful.iter().map(|(kind, value)| (*kind, &**value)));
        // Rows of keys and numbers without their blanks are known by no fingerprint, and stand there.
        let stands = |value: &str| memmem::find(original, value.as_bytes()).is_some();
        let unseen = values.filter(unseen).enumerate();
        let torn = unseen.filter(|(number, (_, value))| *number >= MAX_LOOKED_FOR || !stands(value));
        for (kind, value) in torn.map(|(_, torn)| torn) {
            self.pieces.add(value, kind);
        }
    }

    /// Returns the fingerprint of a secret, as it is written.
    pub(super) fn fingerprint_of(kind: RuleId, written: &str) -> u64 {
        fingerprint(kind, &unescaped(written))
    }

    /// Adds one secret, as it is written.
    pub(super) fn add(&mut self, kind: RuleId, written: &str, certainty: Certainty) {
        let value = unescaped(written);
        let is_full = self.fingerprints.len() >= MAX_FINGERPRINTS;
        let fingerprint = fingerprint(kind, &value);
        if if is_full {
            self.fingerprints.contains(&fingerprint)
        } else {
            !self.fingerprints.insert(fingerprint)
        } {
            return;
        }
        self.counts.add(kind);
        let rule = Scanner::built_in().rule(kind);
        if rule.is_known_by_shape() {
            if certainty == Certainty::Certain {
                self.add_shape(kind, &value, rule.is_address());
            } else if self.doubtful.len() < MAX_DOUBTFUL {
                self.doubtful.push((kind, (*value).into()));
            }
            return;
        }
        // A key of several lines may be shown, or copied, line by line.
        let is_block = value.contains('\n');
        for line in value.lines().map(str::trim) {
            let is_distinctive = if is_block {
                line.len() >= 16 && !line.starts_with("-----") && !line.contains(':')
            } else {
                line.len() >= SHORTEST_VALUE && is_distinctive(line, certainty)
            };
            if is_distinctive {
                self.add_value(line, kind);
            }
        }
    }

    /// Adds what its shape tells where it stands alone, and not within a path or the name of a file: an address, or a
    /// number as it is written and without its blanks and strokes.
    fn add_shape(&mut self, kind: RuleId, value: &str, is_address: bool) {
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let is_distinctive =
            if is_address { value.len() >= SHORTEST_VALUE } else { digits >= SHORTEST_NUMBER };
        if !is_distinctive || self.shapes >= MAX_SHAPES {
            return;
        }
        self.shapes += 1;
        self.add_value(value, kind);
        let bare: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        if !is_address && bare != value {
            self.add_value(&bare, kind);
        }
    }

    /// Looks for the values of others too. What is counted stays the same.
    pub fn add_values_of(&mut self, others: &Self) {
        let mut start = 0;
        for &(end, kind) in &others.ends {
            let value = &others.values[start..end];
            if !self.fingerprints.contains(&fingerprint(kind, value)) {
                self.add_value(value, kind);
            }
            start = end;
        }
        self.pieces.add_all(&others.pieces);
    }

    /// Adds a value to those that are looked for everywhere, as long as there is place.
    fn add_value(&mut self, value: &str, kind: RuleId) {
        if self.ends.len() < MAX_VALUES && self.values.len() + value.len() <= MAX_VALUES_SIZE {
            self.values.push_str(value);
            self.ends.push((self.values.len(), kind));
            self.longest = self.longest.max(value.len());
            self.matcher = OnceLock::new();
            self.overlapping = OnceLock::new();
        }
    }

    /// Frees what is needed only while secrets are added.
    pub fn finish_learning(&mut self) {
        self.fingerprints = HashSet::new();
        self.doubtful = Vec::new();
        self.values.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Returns whether there are values to look for.
    pub(super) fn has_values(&self) -> bool {
        !self.ends.is_empty()
    }

    /// Returns whether there are numbers that only look like secrets.
    pub(super) fn has_doubtful(&self) -> bool {
        !self.doubtful.is_empty()
    }

    fn each_value(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&(end, _)| end));
        starts.zip(&self.ends).map(|(start, &(end, _))| &self.values[start..end])
    }

    fn matcher(&self) -> Option<&AhoCorasick> {
        if self.ends.is_empty() {
            return None;
        }
        let make = || {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostLongest)
                .build(self.each_value())
                .ok()
        };
        self.matcher.get_or_init(make).as_ref()
    }

    fn overlapping(&self) -> Option<&contiguous::NFA> {
        let make = || {
            contiguous::NFA::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .build(self.each_value())
                .ok()
        };
        self.overlapping.get_or_init(make).as_ref()
    }

    /// Adds the places where known values stand in a text, as it is written or in one of its readings without escapes.
    pub(super) fn find(&self, text: &str, readings: &[Unescaped], found: &mut Vec<Finding>) {
        self.pieces.each_in(text, &mut |kind, range| {
            found.push(Finding { kind, range, certainty: Certainty::Doubtful });
        });
        let Some(matcher) = self.matcher() else { return };
        let texts = std::iter::once((text, None));
        for (said, unescaped) in texts.chain(readings.iter().map(|reading| (reading.text(), Some(reading)))) {
            let mut add = |kind, range: Range<usize>| {
                let range = unescaped.map_or(range.clone(), |unescaped| unescaped.raw(range));
                found.push(Finding { kind, range, certainty: Certainty::Doubtful });
            };
            let mut from = 0;
            while let Some(first) = matcher.find(aho_corasick::Input::new(said).range(from..)) {
                from = self.find_near(said, first.start(), &mut add).max(first.end());
            }
        }
    }

    /// Calls `visit` with the values in a text from a place on that hang together, those that overlap as well: of a kind,
    /// what hangs together is one, and of all that end at a byte the longest is told. Returns the end of the last.
    fn find_near(&self, text: &str, from: usize, visit: &mut dyn FnMut(RuleId, Range<usize>)) -> usize {
        let Some(automaton) = self.overlapping() else { return from };
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return from };
        let mut last: Option<(RuleId, Range<usize>)> = None;
        let mut behind = from;
        for (at, &byte) in text.as_bytes().iter().enumerate().skip(from) {
            // What overlaps the last one ends here at the latest.
            if at >= behind + self.longest {
                break;
            }
            state = automaton.next_state(Anchored::No, state, byte);
            if !automaton.is_match(state) {
                continue;
            }
            let pattern = automaton.match_pattern(state, 0);
            let (start, end) = (at + 1 - automaton.pattern_len(pattern), at + 1);
            behind = end;
            let kind = self.ends[pattern.as_usize()].1;
            match &mut last {
                Some((same, range)) if *same == kind && start < range.end => {
                    *range = range.start.min(start)..end;
                }
                _ => {
                    if let Some((kind, range)) = last.replace((kind, start..end)) {
                        visit(kind, range);
                    }
                }
            }
        }
        if let Some((kind, range)) = last {
            visit(kind, range);
        }
        behind
    }

    /// Returns the end of a text that was cut within a known value: the place where that value begins. At least
    /// [`SHORTEST_VALUE`] bytes of it stand there, before the [`ellipsis`] that says that it was cut.
    pub(super) fn cut_at_end(&self, text: &str) -> Option<(usize, RuleId)> {
        let text = &text[..ellipsis(text)];
        let mut start = 0;
        let mut longest: Option<(usize, RuleId)> = None;
        for &(end, kind) in &self.ends {
            let value = &self.values.as_bytes()[start..end];
            start = end;
            let max_length = value.len().min(text.len()).min(MAX_CUT_LENGTH);
            let tail =
                |length: usize| text.as_bytes()[text.len() - length..].eq_ignore_ascii_case(&value[..length]);
            if let Some(length) = (SHORTEST_VALUE..=max_length).rev().find(|&length| tail(length)) {
                let at = text.len() - length;
                if text.is_char_boundary(at) && longest.is_none_or(|(longest, _)| at < longest) {
                    longest = Some((at, kind));
                }
            }
        }
        longest
    }
}

/// Returns the place of the `…` or `...` at the end of a text that was cut; without it the end.
pub(super) fn ellipsis(text: &str) -> usize {
    let end = text.trim_end();
    let is_cut = end.ends_with('…') || end.ends_with("..");
    if is_cut { end.trim_end_matches(['…', '.', ' ']).len() } else { text.len() }
}

/// Returns whether a value is looked for wherever it stands: no word of a language would be a secret by mistake.
fn is_distinctive(value: &str, certainty: Certainty) -> bool {
    let has = |sort: fn(&u8) -> bool| value.bytes().any(|byte| sort(&byte));
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let is_number = !has(u8::is_ascii_alphabetic) && value.bytes().filter(u8::is_ascii_digit).count() >= 7;
    let is_odd = has(|byte| !byte.is_ascii_alphanumeric()) && certainty == Certainty::Certain;
    is_mixed || is_number || is_odd || value.len() >= 24
}

/// Returns a fingerprint of a value that lives as long as the process. The same number in another spelling has the
/// same.
fn fingerprint(kind: RuleId, value: &str) -> u64 {
    static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);
    if Scanner::built_in().rule(kind).class() == SecretClass::Credential {
        return HASHER.hash_one((kind, value));
    }
    let letters = value.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    HASHER.hash_one((kind, letters.collect::<Vec<u8>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> KnownSecrets {
        let mut known = KnownSecrets::new();
        known.learn(text);
        known
    }

    #[test]
    fn a_value_that_was_named_once_is_known_where_it_stands_alone() {
        let known = known("password = hunter2-but-longer");
        assert_eq!(
            known.redact("it was hunter2-but-longer, and HUNTER2-but\\-longer"),
            "it was [redacted: password], and [redacted: password]"
        );
    }

    #[test]
    fn what_an_original_has_in_pieces_is_taken_out_in_pieces() {
        for (text, original, left) in [
            (
                "so 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",
                r#"["ghp_FAKEdemo::FAKEdemoFAKEdemoFAKE003UajJR"]"#,
                r#"["[redacted: github-token]::[redacted: github-token]"]"#,
            ),
            (
                "https://e.org/4111111111111111/x",
                r#"["https://e.org/41111111", "11111111/x"]"#,
                r#"["https://e.org/[redacted: card-number]", "[redacted: card-number]/x"]"#,
            ),
            ("password: correct-horse-7", r#"["password: correct-horse-7, correct"]"#, ""),
        ] {
            let mut known = known(text);
            known.learn_original(original.as_bytes());
            let redacted = String::from_utf8(known.redact_json(original.as_bytes())).expect("it was UTF-8");
            let whole = r#"["password: [redacted: password], correct"]"#;
            assert_eq!(redacted, if left.is_empty() { whole } else { left });
        }
    }

    #[test]
    fn a_word_is_not_taken_out_everywhere() {
        let known = known(r#"{"password": "correcthorse"}"#);
        assert_eq!(known.counts().total(), 1);
        assert_eq!(known.redact("a correcthorse, and no battery"), "a correcthorse, and no battery");
    }

    #[test]
    fn one_value_in_several_spellings_is_one_secret() {
        let known = known(
            "4111 1111 1111 1111, 4111-1111-1111-1111, 4111&#32;1111 1111\u{a0}1111 and 4111111111111111",
        );
        assert_eq!(known.counts().total(), 1);
    }

    #[test]
    fn an_address_or_a_number_is_known_within_paths_and_names_of_files() {
        let known = known(
            "4111 1111 1111 1111, DE89370400440532013000, robin@example.org, +49 30 90182042 and 4111 1111 1111 1112",
        );
        for (text, expected) in [
            ("https://e.org/c/4111111111111111/x", "https://e.org/c/[redacted: card-number]/x"),
            ("scan_4111111111111111.pdf", "scan_[redacted: card-number].pdf"),
            ("g-4111111111111111", "g-[redacted: card-number]"),
            ("xde89370400440532013000.pdf", "x[redacted: iban].pdf"),
            ("x_robin@example.org_x", "[redacted: e-mail]_x"),
            ("file-493090182042_a", "file-[redacted: phone-number]_a"),
            ("scan_4111111111111112.pdf", "scan_4111111111111112.pdf"),
        ] {
            assert_eq!(known.redact(text), expected);
        }
    }

    #[test]
    fn values_that_overlap_are_gone_to_the_last_letter() {
        let known = known("password = hunter2aaQ\npassword = aaQ-secret9x\npassword = Q-secr1");
        assert_eq!(known.redact("hunter2aaQ-secret9x, so"), "[redacted: password], so");
        assert_eq!(known.redact("hunter2aaQ-secr1"), "[redacted: password]");
        assert_eq!(known.redact("hunter2aaQ hunter2aaQ"), "[redacted: password] [redacted: password]");
    }

    #[test]
    fn values_of_others_are_looked_for_and_not_counted() {
        let (mut all, others) = (known("password = hunter2-but-longer"), known("pwd = correct-horse-7"));
        all.add_values_of(&others);
        assert_eq!(all.counts().total(), 1);
        let (redacted, counts) = all.redact_and_count("correct-horse-7, correct-horse-7");
        assert_eq!(redacted, "[redacted: password], [redacted: password]");
        assert_eq!(counts.total(), 1);
    }

    #[test]
    fn each_line_of_a_key_is_known() {
        let line = "ZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFr";
        let known =
            known(&format!("-----BEGIN {0} KEY-----\n{line}\n{line}\n-----END {0} KEY-----", "PRIVATE"));
        assert_eq!(known.redact(line), "[redacted: private-key]");
    }

    #[test]
    fn a_value_that_was_cut_is_known_by_its_beginning() {
        let known = known("password = hunter2-but-longer");
        assert_eq!(known.cut_at_end("my password is hunter2-bu").map(|cut| cut.0), Some(15));
        assert_eq!(known.cut_at_end("hunte"), None);
        for end in ["…", "...", " …"] {
            let text = format!("it is hunter2-bu{end}");
            assert_eq!(known.cut_at_end(&text).map(|cut| cut.0), Some(6), "{end}");
            assert_eq!(&text[ellipsis(&text)..], end);
        }
    }

    #[test]
    fn of_very_many_values_the_first_are_looked_for_everywhere_and_all_are_counted() {
        let text: String = (0..MAX_VALUES + 10).map(|number| format!("pwd=hunter{number}-x\n")).collect();
        let known = known(&text);
        assert_eq!((known.counts().total(), known.ends.len()), (MAX_VALUES + 10, MAX_VALUES));
        assert!(!known.redact(&text).contains("hunter"));
    }

    #[test]
    fn addresses_and_the_bytes_of_all_values_are_bounded_too() {
        let text: String =
            (0..MAX_SHAPES + 10).map(|number| format!("robin{number}@example.org\n")).collect();
        let known = known(&text);
        assert_eq!((known.counts().total(), known.ends.len()), (MAX_SHAPES + 10, MAX_SHAPES));
        let kind = known.ends[0].1;
        let mut long = KnownSecrets::new();
        long.add_value(&"x".repeat(MAX_VALUES_SIZE - 3), kind);
        long.add_value("value", kind);
        assert_eq!((long.ends.len(), long.values.len()), (1, MAX_VALUES_SIZE - 3));
    }
}

//! Takes secrets out of texts.

use std::{borrow::Cow, fmt::Write as _};

use hashbrown::HashMap;

use super::{
    Counts, Finding, RuleId, Scanner,
    known::KnownSecrets,
    spans::{Span, each_span},
};

/// The number of labels that say which kind of secret stood there; further ones only say that one did, so that a text
/// of nothing but secrets grows little.
const MAX_LABELS: usize = 100_000;

/// Takes secrets out of the texts of one extract.
#[derive(Debug)]
pub(super) struct Redactor<'k> {
    known: &'k KnownSecrets,
    labels: usize,
    /// The ids in which something was found, and what is written of each.
    ids: HashMap<Box<str>, Box<str>>,
    /// The number of ids of which the same would be written.
    same: HashMap<String, usize>,
}

impl<'k> Redactor<'k> {
    pub(super) fn new(known: &'k KnownSecrets) -> Self {
        Self { known, labels: 0, ids: HashMap::new(), same: HashMap::new() }
    }

    pub(super) fn known(&self) -> &'k KnownSecrets {
        self.known
    }

    /// Returns a text without the secrets in it.
    pub(super) fn text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        self.moving(text, Vec::new(), &mut [], &mut |_| {})
    }

    /// Returns an id without the secrets in it. Two that were told apart still are.
    pub(super) fn id(&mut self, id: &str) -> Box<str> {
        if let Some(written) = self.ids.get(id) {
            return written.clone();
        }
        let redacted = match self.text(id) {
            Cow::Borrowed(same) => return same.into(),
            Cow::Owned(redacted) => redacted,
        };
        let number = self.same.entry(redacted.clone()).or_insert(0);
        *number += 1;
        let written: Box<str> = if *number > 1 { format!("{redacted} ({number})") } else { redacted }.into();
        self.ids.insert(id.into(), written.clone());
        written
    }

    /// Returns a text without the secrets in it, and moves places of it, in ascending order, to where they are then: one
    /// within a secret is behind its label. `more` are findings that are known already.
    /// `visit` sees each secret.
    pub(super) fn moving<'t>(
        &mut self,
        text: &'t str,
        more: Vec<Finding>,
        places: &mut [u32],
        visit: &mut dyn FnMut(&Span),
    ) -> Cow<'t, str> {
        let known = self.known;
        let mut out: Option<String> = None;
        let (mut copied, mut moved) = (0, 0);
        each_span(Scanner::built_in(), known, text, more, &mut |span| {
            visit(&span);
            let Span { kind, range, .. } = span;
            let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
            let mut shift = |out: &String, end: usize, within: bool| {
                while let Some(place) = places.get_mut(moved).filter(|place| **place as usize <= end) {
                    let ahead = if within { 0 } else { *place as usize - copied };
                    *place = (out.len() + ahead) as u32;
                    moved += 1;
                }
            };
            shift(out, range.start, false);
            out.push_str(&text[copied..range.start]);
            self.push_label(out, kind);
            // No span is empty, and each begins where the last one ended or behind it.
            debug_assert!(range.start < range.end && copied <= range.start, "{copied}, {range:?}");
            shift(out, range.end - 1, true);
            copied = range.end;
        });
        let Some(mut out) = out else { return Cow::Borrowed(text) };
        for place in &mut places[moved..] {
            *place = (out.len() + *place as usize - copied) as u32;
        }
        out.push_str(&text[copied..]);
        Cow::Owned(out)
    }

    /// Writes the label that stands in the place of a secret. Needs no escaping in JSON, HTML or Markdown.
    pub(super) fn push_label(&mut self, out: &mut String, kind: RuleId) {
        self.labels += 1;
        if self.labels > MAX_LABELS {
            out.push_str("[redacted]");
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "[redacted: {}]", Scanner::built_in().rule(kind).id());
        }
    }
}

impl KnownSecrets {
    /// Returns a text without these secrets, and without any other that is found in it.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Redactor::new(self).text(text)
    }

    /// Returns a text without these secrets and without any other that is found in it, and what was in it: each value
    /// once.
    pub fn redact_and_count<'t>(&self, text: &'t str) -> (Cow<'t, str>, Counts) {
        let mut held = Self::new();
        let redacted =
            Redactor::new(self).moving(text, Vec::new(), &mut [], &mut |Span { kind, range, certainty }| {
                held.add(*kind, &text[range.clone()], *certainty);
            });
        (redacted, held.counts().clone())
    }
}

impl Scanner {
    /// Says in words which secrets a text holds, for the status line; `None` when it holds none.
    pub fn summary(&self, text: &str) -> Option<String> {
        let counts: Counts = self.scan(text).iter().collect();
        (!counts.is_empty()).then(|| counts.sentence(self))
    }

    /// Returns the text with each secret replaced by its kind, `[redacted: github-token]`, and what was
    /// replaced: each value once, however often it stands there.
    pub fn redact(&self, text: &str) -> (String, Counts) {
        let mut known = KnownSecrets::new();
        known.learn(text);
        (known.redact(text).into_owned(), known.counts().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_check_sum_is_taken_out_and_not_counted_as_a_find() {
        let scanner = Scanner::built_in();
        let token = ["gh", "p_FAKEdempFAKEdemoFAKEdemoFAKE003UajJR"].concat();
        for text in [&*token, "4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "password: MySecretPass1"]
        {
            assert!(scanner.scan(text).is_empty(), "{text}");
            let (redacted, counts) = scanner.redact(text);
            assert!(redacted.ends_with(']') && counts.total() == 1, "{redacted}");
        }
    }

    #[test]
    fn a_secret_written_with_escapes_is_taken_out_whole() {
        for token in [
            r"ghp\_FAKEdemoFAKEdemoFAKEdemoFAKE003UajJR",
            "ghp&#95;FAKEdemoFAKEdemoFAKEdemoFAKE003UajJR",
            "gh**p_FAKEdemo**FAKEdemoFAKEdemoFAKE003UajJR",
            "ghp_FAKEdemo\u{200b}FAKEdemoFAKEdemo\u{ad}FAKE003UajJR",
            r"ghp_FAKEdemoFAKEdemoFAKEde\u006doFAKE003UajJR",
        ] {
            let (redacted, counts) = Scanner::built_in().redact(&format!("so: {token}, and on"));
            assert_eq!(redacted, "so: [redacted: github-token], and on", "{token}");
            assert_eq!(counts.total(), 1);
        }
    }

    /// Asserts that what is shown of a text and is a secret of this kind is taken out whole, and that an audit counts it.
    fn assert_gone(text: &str, kind: &str, left: &str) {
        let scanner = Scanner::built_in();
        assert_eq!(scanner.redact(text).0, left, "{text:?}");
        let found = scanner.scan(text);
        let kinds: Vec<&str> = found.iter().map(|finding| scanner.rule(finding.kind).id()).collect();
        assert_eq!(kinds, [kind], "{text:?}");
    }

    #[test]
    fn a_password_below_its_name_is_taken_out() {
        for (text, left) in [
            (
                "Login: robin\nPassword:\nS3sam!0pen\nthanks",
                "Login: robin\nPassword:\n[redacted: password]\nthanks",
            ),
            ("password =\r\n  'S3sam!0pen'\r\n", "password =\r\n  '[redacted: password]'\r\n"),
            (
                "**Password:**\n\n```text\nS3sam!0pen\n```",
                "**Password:**\n\n```text\n[redacted: password]\n```",
            ),
        ] {
            assert_gone(text, "password", left);
        }
        let text = "password:\n  type: string\n\nPassword:\nThe one that you set in 2024";
        assert_eq!(Scanner::built_in().redact(text).0, text);
    }

    #[test]
    fn a_password_of_a_database_s_user_and_of_a_constant_is_taken_out() {
        let text = "ALTER USER 'robin'@'%' IDENTIFIED BY 'S3sam!0pen';";
        assert_gone(text, "sql-password", "ALTER USER 'robin'@'%' IDENTIFIED BY '[redacted: sql-password]';");
        let text = "define( \"DB_PASSWORD\", 'S3sam!0pen' );";
        assert_gone(text, "constant-password", "define( \"DB_PASSWORD\", '[redacted: constant-password]' );");
    }

    #[test]
    fn what_stands_below_the_head_of_a_column_is_taken_out() {
        for (text, left) in [
            (
                "user,password\nrobin,S3sam!0pen\nkim,\"Op3n,sesame\"\n",
                "user,password\nrobin,[redacted: password]\nkim,\"[redacted: password]\"\n",
            ),
            (
                "| name | **Password** |\n|---|---|\n| robin | `S3sam!0pen` |\n| kim | Op3n!sesame |\n",
                "| name | **Password** |\n|---|---|\n| robin | `[redacted: password]` |\n| kim | [redacted: password] |\n",
            ),
        ] {
            let scanner = Scanner::built_in();
            assert_eq!(scanner.redact(text).0, left);
            assert_eq!(scanner.scan(text).len(), 2, "{text}");
        }
        // A weak one is taken out, and not counted as a find.
        let (redacted, _) = Scanner::built_in().redact("user;password\nrobin;hunter2\n");
        assert_eq!(redacted, "user;password\nrobin;[redacted: password]\n");
        for text in
            ["name,token\nrobin,first\n", "password,length\nweak,8\n", "a token, so\nit is, as I said1\n"]
        {
            assert_eq!(Scanner::built_in().redact(text).0, text);
        }
    }

    #[test]
    fn a_picture_or_a_short_link_within_a_secret_does_not_hide_it() {
        let token = "ghp_FAKEdemo|FAKEdemoFAKEdemoFAKE003UajJR";
        for within in ["![a smile](https://e.org/x.png)", "![a smile][x]", "![](x)"] {
            assert_gone(&token.replace('|', within), "github-token", "[redacted: github-token]");
        }
        let text = "ghp_FAKEdemo[FAKEdemo]FAKEdemoFAKE003UajJR\n\n[FAKEdemo]: https://e.org/";
        assert_gone(text, "github-token", "[redacted: github-token]\n\n[FAKEdemo]: https://e.org/");
        let text = "![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](x)";
        assert_gone(text, "github-token", "![[redacted: github-token]](x)");
    }

    fn key_id() -> String {
        ["AK", "IAFAKEDEMO2NOTREAL"].concat()
    }

    #[test]
    fn a_secret_in_emphasis_by_underscores_is_taken_out() {
        let key = key_id();
        for mark in ["_", "__", "___"] {
            for (value, kind) in [
                ("robin@example.org", "e-mail"),
                (&*key, "aws-access-key-id"),
                ("DE89370400440532013000", "iban"),
                ("4111111111111111", "card-number"),
                ("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", "github-token"),
            ] {
                let label = format!("[redacted: {kind}]");
                for around in ["|", "so | and", "(|), and", "*|*", "**|**"] {
                    let around = |said: &str| around.replace('|', said);
                    let (text, left) = (format!("{mark}{value}{mark}"), format!("{mark}{label}{mark}"));
                    assert_gone(&around(&text), kind, &around(&left));
                }
                let sentence = |said: &str| format!("{mark}mine is {said} for now{mark}");
                assert_gone(&sentence(value), kind, &sentence(&label));
                let sentence = |said: &str| format!("{mark}mine is {said}{mark}, I said");
                assert_gone(&sentence(value), kind, &sentence(&label));
            }
        }
    }

    #[test]
    fn control_characters_and_sequences_hide_no_secret() {
        let (key, label) = (key_id(), "[redacted: aws-access-key-id]");
        let (first, rest) = key.split_at(9);
        for unseen in [
            "\u{1}",
            "\0",
            "\u{7f}",
            "\u{85}",
            "\u{9b}1m",
            "\u{8}",
            "\u{1b}[0m",
            "\u{1b}[38;2;1;2;3m",
            "\u{1b}[K",
            "\u{1b}]8;;https://example.org\u{7}",
            "\u{1b}]8;;https://example.org\u{1b}\\",
            "\u{1b}(B",
            "\u{1b}",
        ] {
            assert_gone(&format!("so {first}{unseen}{rest}."), "aws-access-key-id", &format!("so {label}."));
        }
        for (text, left) in [
            ("password=\u{1b}[32mXk9vTq2mZ77\u{1b}[0m", "password=\u{1b}[32m[redacted: password]\u{1b}[0m"),
            ("pass\u{1b}[1mword\u{1b}[0m: Xk9vTq2mZ77", "pass\u{1b}[1mword\u{1b}[0m: [redacted: password]"),
        ] {
            assert_gone(text, "password", left);
        }
        let bold: String = key.chars().map(|char| format!("{char}\u{8}{char}")).collect();
        assert_gone(&bold, "aws-access-key-id", &format!("{label}\u{8}L"));
        let lined: String = key.chars().map(|char| format!("_\u{8}{char}")).collect();
        assert!(lined.ends_with('L') && Scanner::built_in().redact(&lined).0.ends_with(label));
    }

    #[test]
    fn links_and_pictures_hide_no_secret() {
        let (key, label) = (key_id(), "[redacted: aws-access-key-id]");
        let (first, rest) = key.split_at(9);
        let long = "x".repeat(1_000);
        for (text, kind, left) in [
            ("so [robin](https://e.org)@example.org", "e-mail", "so [[redacted: e-mail]"),
            ("so robin@[example](https://e.org/a_(b) \"t\").org", "e-mail", "so [redacted: e-mail]"),
            (
                "password: [Xk9vTq2mZ77](https://e.org)",
                "password",
                "password: [[redacted: password]](https://e.org)",
            ),
            (
                "[password](https://e.org): Xk9vTq2mZ77",
                "password",
                "[password](https://e.org): [redacted: password]",
            ),
            (&format!("{first}[](https://e.org/{long}){rest}."), "aws-access-key-id", &format!("{label}.")),
            (&format!("{first}![](https://e.org){rest}."), "aws-access-key-id", &format!("{label}.")),
            (&format!("[{first}](u)[{rest}](u)."), "aws-access-key-id", &format!("[{label}](u).")),
            (&format!("[{first}][1]{rest}."), "aws-access-key-id", &format!("[{label}.")),
            (&format!("{first}[^1]{rest}."), "aws-access-key-id", &format!("{label}.")),
            // What stands in the address is seen as well.
            (
                r"a[x](https://robin:s3sam\-0pen@example.org/)b",
                "web-address-password",
                "a[x](https://robin:[redacted: web-address-password]@example.org/)b",
            ),
            (
                "a[x](https://e.org/?m=ro**bin@example.org)b",
                "e-mail",
                "a[x](https://e.org/?m=[redacted: e-mail])b",
            ),
        ] {
            assert_gone(text, kind, left);
        }
    }

    #[test]
    fn marks_of_citations_hide_no_secret() {
        let (key, label) = (key_id(), "[redacted: aws-access-key-id]");
        let (first, rest) = key.split_at(9);
        for unseen in [
            "\u{e200}cite\u{e202}turn0search0\u{e201}",
            "\u{e200}cite\u{e202}turn0search0\u{e206}",
            "\u{e203}",
            "\u{e204}",
            "\u{e201}",
            "【12†source】",
            "【4:0†a page†example.org】",
        ] {
            assert_gone(&format!("so {first}{unseen}{rest}."), "aws-access-key-id", &format!("so {label}."));
        }
        let within = format!("\u{e200}url\u{e202}a {first}**{rest}\u{e202}https://e.org\u{e201}");
        assert!(!Scanner::built_in().redact(&within).0.contains(rest));
    }

    #[test]
    fn a_secret_written_with_escapes_within_a_tag_or_a_comment_is_taken_out() {
        for text in [
            "<!-- robin\\@example.org -->",
            "<b title=\"robin&#64;example.org\">x</b>",
            "<!-- ro**bin@example.org -->",
        ] {
            let (redacted, counts) = Scanner::built_in().redact(text);
            assert!(!redacted.contains("example.org") && counts.total() == 1, "{redacted}");
            assert!(redacted.starts_with('<') && redacted.ends_with('>'), "{redacted}");
        }
    }

    #[test]
    fn places_move_with_what_is_taken_out() {
        let known = KnownSecrets::new();
        let text = "to robin@example.org, so";
        let mut places = [0, 3, 5, 20, 21, 24];
        let redacted = Redactor::new(&known).moving(text, Vec::new(), &mut places, &mut |_| {});
        assert_eq!(redacted, "to [redacted: e-mail], so");
        assert_eq!(places, [0, 3, 21, 21, 22, 25]);
    }

    #[test]
    fn of_very_many_secrets_the_first_are_named() {
        let text = "a@b.co ".repeat(MAX_LABELS + 1);
        let redacted = KnownSecrets::new().redact(&text).into_owned();
        assert!(redacted.starts_with("[redacted: e-mail] ") && redacted.ends_with("] [redacted] "));
    }

    #[test]
    fn what_was_redacted_once_stays_as_it_is() {
        let (once, _) = Scanner::built_in().redact("password = hunter2-but-longer, mail robin@example.org");
        let (twice, counts) = Scanner::built_in().redact(&once);
        assert_eq!((twice, counts.total()), (once, 0));
    }
}

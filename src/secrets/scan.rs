//! One pass over a text for all rules: keywords first, a rule's own expression only where its keyword stands.
//!
//! Keywords are looked for all at once, without regard to case, by an automaton that takes the same few cycles a byte
//! however many there are. A rule is then run at that place and nowhere else: its expression is anchored there and
//! sees a bounded stretch. Cards, accounts and telephone numbers have no keyword; they are looked for in clusters of
//! digits, and counting digits in blocks of 32 bytes is faster than reading them. What overlaps is resolved at the
//! end: the most specific kind gives its name.

use std::{
    collections::BTreeMap,
    ops::{ControlFlow, Range},
    sync::LazyLock,
};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::{
    columns::{self, ColumnKind, HeadWord},
    digit_clusters::{begins_glued_phone, begins_number, digit_clusters, digit_rows},
    embedded_numbers,
    finding::{Certainty, Finding, FindingFilter, RuleId, Visitor},
    rule_matcher::{Matched, RuleMatcher, judge},
    rules::{self, Rule},
    unescape::Unescaped,
};

/// Characters before a keyword that a rule may take back.
const MAX_BACK: usize = 80;

/// A keyword in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeywordHit {
    pub end: usize,
    pub start: usize,
    keyword: usize,
}

/// All rules, ready to look.
#[derive(Debug)]
pub struct Scanner {
    rules: Vec<Rule>,
    keywords: AhoCorasick,
    /// The rules that have each keyword.
    rules_by_keyword: Vec<Vec<u16>>,
    /// The bytes after each keyword that one of these rules looks at.
    reaches: Vec<usize>,
    /// The length of the longest keyword.
    longest_keyword: usize,
    /// What stands below each keyword where it is the head of a column.
    columns: Vec<Option<ColumnKind>>,
    /// The rules of such passwords and tokens.
    column_rules: [Option<u16>; 2],
    /// Whether two bytes in lower case stand beside each other in some keyword: the first times 256 and the second.
    pairs: Vec<bool>,
    /// The rules without keywords: those of numbers.
    numbers: Vec<u16>,
    /// The rules of cards and of accounts.
    number_rules: [Option<u16>; 2],
}

static BUILT_IN: LazyLock<Scanner> = LazyLock::new(|| {
    // The file is a part of the program, and a test reads it: it cannot fail here.
    let rules = rules::parse(rules::BUILT_IN).unwrap_or_else(|error| unreachable!("{error}"));
    Scanner::new(rules).unwrap_or_else(|error| unreachable!("{error}"))
});

impl Scanner {
    /// Returns the scanner of the rules this program carries, made on first use (some milliseconds).
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    fn new(rules: Vec<Rule>) -> Result<Self, aho_corasick::BuildError> {
        let mut rules_by_word: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        let mut numbers = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if rule.keywords.is_empty() {
                numbers.push(index as u16);
            }
            for keyword in &rule.keywords {
                rules_by_word.entry(keyword.to_ascii_lowercase()).or_default().push(index as u16);
            }
        }
        let (words, rules_by_word): (Vec<String>, Vec<Vec<u16>>) = rules_by_word.into_iter().unzip();
        let columns = words.iter().map(|word| columns::column_kind(word)).collect();
        let rule = |id: &str| rules.iter().position(|rule| rule.id() == id).map(|index| index as u16);
        let column_rules = [rule("password"), rule("secret-assignment")];
        let number_rules = [rule("card-number"), rule("iban")];
        let longest_keyword = words.iter().map(String::len).max().unwrap_or(0);
        let reach = |rules_by_word: &Vec<u16>| {
            rules_by_word.iter().map(|&index| rules[usize::from(index)].look_ahead()).max()
        };
        let reaches = rules_by_word.iter().map(|rules_by_word| reach(rules_by_word).unwrap_or(0)).collect();
        let mut pairs = vec![false; 1 << 16];
        for pair in words.iter().flat_map(|word| word.as_bytes().windows(2)) {
            pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])] = true;
        }
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)?;
        Ok(Self {
            rules,
            keywords,
            rules_by_keyword: rules_by_word,
            reaches,
            longest_keyword,
            columns,
            column_rules,
            pairs,
            numbers,
            number_rules,
        })
    }

    /// Returns every rule, in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns the rule of a kind this scanner named.
    pub fn rule(&self, kind: RuleId) -> &Rule {
        &self.rules[usize::from(kind.0)]
    }

    /// Returns everything that is found in a piece of a text, overlapping or not, in no order.
    pub(super) fn findings(&self, text: &str, filter: FindingFilter) -> Vec<Finding> {
        let readings: Vec<Unescaped> = Unescaped::readings(text, filter.joins_lines()).collect();
        self.findings_in_readings(text, &readings, filter)
    }

    /// Returns the same of a text of which all readings are known.
    pub(super) fn findings_in_readings(
        &self,
        text: &str,
        readings: &[Unescaped],
        filter: FindingFilter,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        let _ = self.visit_matches_in_readings(text, readings, filter, &mut |finding| {
            found.push(finding);
            ControlFlow::Continue(())
        });
        found
    }

    /// Returns whether a text holds the keyword of a rule.
    pub(super) fn has_keyword(&self, text: &str) -> bool {
        self.keywords.find_overlapping_iter(text).next().is_some()
    }

    /// Calls `visit` with everything that matches in a piece of a text, overlapping or not: as it is written, and as it is
    /// read without its escapes, which takes some times the memory of the piece.
    pub(super) fn visit_matches(
        &self,
        text: &str,
        filter: FindingFilter,
        visit: Visitor<'_>,
    ) -> ControlFlow<()> {
        let readings: Vec<Unescaped> = Unescaped::readings(text, filter.joins_lines()).collect();
        self.visit_matches_in_readings(text, &readings, filter, visit)
    }

    fn visit_matches_in_readings(
        &self,
        text: &str,
        readings: &[Unescaped],
        filter: FindingFilter,
        visit: Visitor<'_>,
    ) -> ControlFlow<()> {
        let mut again = vec![Vec::new(); readings.len()];
        let mut heads: Vec<HeadWord> = Vec::new();
        let hits = self.hits(text, 0..text.len()).inspect(|hit| {
            heads.extend(self.columns[hit.keyword].map(|kind| (hit.start, kind)));
            for (unescaped, again) in readings.iter().zip(&mut again) {
                again.extend(self.hit_in_unescaped(hit, unescaped));
            }
        });
        self.run_keyword_rules(text, hits, filter, visit)?;
        self.visit_columns(text, &mut heads, filter, visit)?;
        self.run_number_rules(text, &digit_clusters(text), filter, visit)?;
        for (unescaped, again) in readings.iter().zip(again) {
            self.visit_unescaped(unescaped, again, filter, visit)?;
        }
        ControlFlow::Continue(())
    }

    /// Calls `visit` with the values below the heads of columns that name secrets.
    fn visit_columns(
        &self,
        text: &str,
        heads: &mut [HeadWord],
        filter: FindingFilter,
        visit: Visitor<'_>,
    ) -> ControlFlow<()> {
        heads.sort_unstable_by_key(|head| head.0);
        let mut flow = ControlFlow::Continue(());
        columns::each_cell(text, heads, &mut |kind, cell| {
            let Some(index) = self.column_rules[kind as usize].filter(|_| flow.is_continue()) else { return };
            let rule = &self.rules[usize::from(index)];
            let value = &text[cell.clone()];
            let is_word = !value.contains(char::is_whitespace);
            // A token is also a word of a language, and many a table is of those.
            let least = if kind == ColumnKind::Token { Certainty::Certain } else { filter.certainty };
            let judged = rule.judge(value, true).filter(|_| filter.accepts(rule) && is_word);
            if let Some(certainty) = judged.filter(|&certainty| certainty >= least) {
                flow = visit(Finding { kind: RuleId(index), range: cell, certainty });
            }
        });
        flow
    }

    /// Returns a keyword that is not touched by an escape, while what is behind it may be: its place in the text without
    /// them.
    fn hit_in_unescaped(&self, hit: &KeywordHit, unescaped: &Unescaped) -> Option<KeywordHit> {
        let start = unescaped.position_of_raw(hit.start)?;
        let reach = start.saturating_sub(MAX_BACK)..start + self.reaches[hit.keyword];
        let end = start + hit.end - hit.start;
        unescaped.is_changed(reach).then_some(KeywordHit { start, end, keyword: hit.keyword })
    }

    /// Calls `visit` with what matches in a text without its escapes, near these. `again` are the keywords that stand
    /// in the text with them, too.
    fn visit_unescaped(
        &self,
        unescaped: &Unescaped,
        mut again: Vec<KeywordHit>,
        filter: FindingFilter,
        visit: Visitor<'_>,
    ) -> ControlFlow<()> {
        let text = unescaped.text();
        again.extend(self.hits_made_by_unescaping(unescaped));
        again.sort_unstable();
        again.dedup();
        let mut visit =
            |found: Finding| visit(Finding { range: unescaped.raw(found.range.clone()), ..found });
        self.run_keyword_rules(text, again.into_iter(), filter, &mut visit)?;
        let mut regions = digit_clusters(text);
        regions.retain(|region| unescaped.is_changed(region.clone()));
        self.run_number_rules(text, &regions, filter, &mut visit)
    }

    /// Lists the keywords in a text without its escapes of which an escape was a part.
    fn hits_made_by_unescaping(&self, unescaped: &Unescaped) -> impl Iterator<Item = KeywordHit> {
        let may_follow = |first: u8, second: u8| {
            let (first, second) = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
            self.pairs[usize::from(first) << 8 | usize::from(second)]
        };
        let stretches = unescaped.around(self.longest_keyword, may_follow);
        stretches.into_iter().flat_map(|stretch| self.hits(unescaped.text(), stretch))
    }

    /// Lists the keywords in a stretch of a text, by their ends.
    fn hits(&self, text: &str, stretch: Range<usize>) -> impl Iterator<Item = KeywordHit> {
        self.keywords
            .find_overlapping_iter(aho_corasick::Input::new(text).range(stretch))
            .map(|hit| KeywordHit { end: hit.end(), start: hit.start(), keyword: hit.pattern().as_usize() })
    }

    /// Runs the rules of the keywords.
    fn run_keyword_rules(
        &self,
        text: &str,
        hits: impl Iterator<Item = KeywordHit>,
        filter: FindingFilter,
        visit: Visitor<'_>,
    ) -> ControlFlow<()> {
        // Where a rule may begin again: after its last match.
        let mut resume: Vec<usize> = Vec::new();
        let mut matcher = RuleMatcher::new(text);
        for hit in hits {
            for &index in &self.rules_by_keyword[hit.keyword] {
                let rule = &self.rules[usize::from(index)];
                let from = resume.get(usize::from(index)).copied().unwrap_or(0);
                if hit.start < from || !filter.accepts(rule) {
                    continue;
                }
                let start = look_behind(text, rule, hit.start, from);
                let end = (hit.end + rule.look_ahead()).min(text.len());
                let matched = match filter.certainty {
                    Certainty::Certain => matcher.at(rule, start..end),
                    Certainty::Doubtful => matcher.at_or_glued(rule, start..end, &hit),
                };
                let (behind, found) = match matched {
                    Some(matched) => {
                        let taken = judge(text, rule, &matched, filter.certainty);
                        // What is no secret may itself begin with the name of one.
                        let behind = match &taken {
                            Some((_, value)) => matched.whole.end.max(value.end),
                            None => matched.value.start.max(hit.end),
                        };
                        (behind, taken)
                    }
                    None if rule.is_tried_once_a_word() && begins_word(text, hit.start) => {
                        (end_of_word(text, hit.end), None)
                    }
                    None => continue,
                };
                resume.resize(self.rules.len(), 0);
                resume[usize::from(index)] = behind;
                if let Some((certainty, range)) = found {
                    visit(Finding { kind: RuleId(index), range, certainty })?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Runs the rules of numbers in clusters of digits.
    fn run_number_rules(
        &self,
        text: &str,
        regions: &[Range<usize>],
        filter: FindingFilter,
        visit: Visitor<'_>,
    ) -> ControlFlow<()> {
        let wanted = |&&index: &&u16| filter.accepts(&self.rules[usize::from(index)]);
        let numbers: Vec<u16> = self.numbers.iter().filter(wanted).copied().collect();
        if numbers.is_empty() {
            return ControlFlow::Continue(());
        }
        let mut matcher = RuleMatcher::new(text);
        let leans = filter.certainty == Certainty::Doubtful;
        let begins = |at: usize| {
            begins_number(text.as_bytes(), at) || (leans && begins_glued_phone(text.as_bytes(), at))
        };
        for region in regions {
            let mut from = region.start;
            // A sign and a country stand right before the first digits of a number.
            let places = |row: &Range<usize>| row.start.saturating_sub(2).max(region.start)..=row.start;
            for (row, start) in digit_rows(text.as_bytes(), region.clone())
                .flat_map(|row| places(&row).map(move |start| (row.clone(), start)))
            {
                if leans && start == row.start {
                    self.visit_glued_numbers(text, &row, filter, visit)?;
                }
                if start < from || !begins(start) {
                    continue;
                }
                let judged = |&index: &u16| {
                    let rule = &self.rules[usize::from(index)];
                    let matched = matcher.at(rule, start..region.end);
                    let glued = || matcher.phone_at(rule, start..region.end).filter(|_| leans);
                    let Matched { value: range, glued_end, .. } = matched.or_else(glued)?;
                    let certainty = rule.judge(&text[range.clone()], false)?;
                    let certainty = glued_end.map_or(certainty, |_| Certainty::Doubtful);
                    (certainty >= filter.certainty).then_some(Finding {
                        kind: RuleId(index),
                        range,
                        certainty,
                    })
                };
                // The file has these rules in the order of their certainty.
                let mut found: Option<Finding> = None;
                for finding in numbers.iter().filter_map(judged) {
                    if found.as_ref().is_none_or(|found| found.certainty < finding.certainty) {
                        found = Some(finding);
                    }
                }
                if let Some(finding) = found {
                    // Within what only looks like one a real one may begin.
                    if finding.certainty == Certainty::Certain {
                        from = from.max(finding.range.end);
                    }
                    visit(finding)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Calls `visit` with the numbers that are glued to what stands beside them, and whose first digits are this row.
    fn visit_glued_numbers(
        &self,
        text: &str,
        row: &Range<usize>,
        filter: FindingFilter,
        visit: Visitor<'_>,
    ) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        embedded_numbers::each_number(text, row, &mut |kind, range| {
            let Some(index) = self.number_rules[kind as usize].filter(|_| flow.is_continue()) else { return };
            if filter.accepts(&self.rules[usize::from(index)]) {
                flow = visit(Finding { kind: RuleId(index), range, certainty: Certainty::Doubtful });
            }
        });
        flow
    }
}

/// Returns whether no letter, digit or underscore stands before a place.
fn begins_word(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text.as_bytes()[before]);
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'_')
}

/// Returns the end of the word that goes on there.
fn end_of_word(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    at + rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte)).count()
}

/// Returns the place where a rule begins to read: before its keyword, as far as its characters reach back,
/// but not before `from`.
fn look_behind(text: &str, rule: &Rule, keyword: usize, from: usize) -> usize {
    let Some(set) = rule.look_behind_set() else { return keyword };
    let bytes = text.as_bytes();
    let min_start = keyword.saturating_sub(MAX_BACK).max(from);
    let mut start = keyword;
    while start > min_start && set[usize::from(bytes[start - 1])] {
        start -= 1;
    }
    start
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(&'static str, &str)> {
        let scanner = Scanner::built_in();
        scanner
            .scan(text)
            .into_iter()
            .map(|finding| (scanner.rule(finding.kind).id(), &text[finding.range]))
            .collect()
    }

    #[test]
    fn of_two_names_for_one_secret_the_more_specific_is_taken() {
        let token = ["gh", "p_FAKEdemoFAKEdemoFAKEdemoFAKE003UajJR"].concat();
        assert_eq!(found(&format!("MY_TOKEN={token}")), [("github-token", &*token)]);
        assert_eq!(
            found("https://robin:s3sam-0pen@example.org/x"),
            [("web-address-password", "s3sam-0pen")],
            "and not the mail address s3sam-0pen@example.org"
        );
    }

    #[test]
    fn only_the_value_is_found_and_not_the_name_before_it() {
        assert_eq!(found("DB_PASSWORD = \"S3sam!0pen\";"), [("password", "S3sam!0pen")]);
    }

    #[test]
    fn a_private_key_is_found_to_its_end_and_one_that_was_cut_no_further_than_it_goes() {
        let line = "ZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFr";
        let (begin, end) =
            (["-----BEGIN RSA PRI", "VATE KEY-----"].concat(), "-----END RSA PRIVATE KEY-----");
        let headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n";
        let whole = format!("{begin}\n{headers}\n{line}\n{line}\nZmFr\n{end}");
        assert_eq!(found(&format!("RuleMatcher:\n{whole}\nIs it one?")), [("private-key", &*whole)]);
        let cut = format!("{begin}\n{line}\n{line}\nZmFrZQ==");
        assert_eq!(
            found(&format!("{cut}\n\nAnd what does that say -- is it one?")),
            [("private-key", &*cut)]
        );
    }

    #[test]
    fn a_private_key_is_found_however_its_lines_are_laid_out() {
        let line = "ZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFr";
        let (begin, end) =
            (["-----BEGIN RSA PRI", "VATE KEY-----"].concat(), "-----END RSA PRIVATE KEY-----");
        let headers = "X-Comment: ".to_owned() + &"so ".repeat(150) + "\n\n";
        let short = &line[..24];
        let numbered: Vec<String> = std::iter::once(&*begin)
            .chain([line; 12])
            .enumerate()
            .map(|(number, line)| format!("{}: {line}", number + 1))
            .collect();
        let ssh2 = format!(
            "{}\n{line}\n{line}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
            ["---- BEGIN SSH2 ENCRYPTED PRI", "VATE KEY ----"].concat()
        );
        for key in [
            format!("{}\n{line}\n{line}\n{}", begin.to_lowercase(), end.to_lowercase()),
            format!("{begin}\n{headers}{line}\n{line}\n{end}"),
            format!("{begin}\n{short}\n{short}\n{short}\n{end}"),
            format!("{begin}\n{short}\n{short}\n{short}\n{short}"),
            ssh2,
            format!("{}\n{line}\n{line}\n{}", &begin[1..begin.len() - 1], &end[1..end.len() - 1]),
            numbered.join("\n")[3..].to_owned(),
        ] {
            assert_eq!(found(&format!("so:\n{key}\n\nIs it one?")), [("private-key", &*key)]);
        }
    }

    #[test]
    fn several_secrets_are_found_in_their_order() {
        let kinds: Vec<_> =
            found("4111 1111 1111 1111, a@example.org and DE89 3704 0044 0532 0130 00, b@example.org")
                .into_iter()
                .map(|(kind, _)| kind)
                .collect();
        assert_eq!(kinds, ["card-number", "e-mail", "iban", "e-mail"]);
    }

    #[test]
    fn a_number_is_found_wherever_the_blocks_that_are_counted_begin() {
        for shift in 0..100 {
            let text = format!("{}+1 202-555-0143 {}", " ".repeat(shift), "x ".repeat(shift));
            assert_eq!(found(&text), [("phone-number", "+1 202-555-0143")], "{shift}");
        }
    }

    #[test]
    fn looking_for_credentials_alone_passes_over_addresses() {
        let scanner = Scanner::built_in();
        assert!(!scanner.holds_credential("robin@example.org, +1 202-555-0143"));
        assert!(scanner.holds_credential("robin@example.org, pwd=correct-horse-7"));
    }

    #[test]
    fn a_text_of_nothing_but_keywords_is_read_in_linear_time() {
        for piece in ["sk-", "@", "password=", "-----BEGIN", "eyJ", "0000 ", "a@", "token token"] {
            let text = piece.repeat(400_000 / piece.len());
            let begun = std::time::Instant::now();
            Scanner::built_in().scan(&text);
            assert!(begun.elapsed().as_secs() < 10, "{piece}: {:?}", begun.elapsed());
        }
    }

    proptest! {
        #[test]
        fn no_keyword_near_an_escape_is_passed_over(
            pieces in prop::collection::vec(
                "(pass|Word|word|is| |token|sk|-|_|\\\\_|&#45;|&#x73;|\u{200b}|\\*\\*|`|“|—|ñ|@|&commat;|a3|漢|%40|\n){1,4}",
                0..12
            )
        ) {
            let scanner = Scanner::built_in();
            let raw = pieces.concat();
            for unescaped in Unescaped::readings(&raw, true) {
                let text = unescaped.text();
                let moved = scanner
                    .hits(&raw, 0..raw.len())
                    .filter_map(|hit| scanner.hit_in_unescaped(&hit, &unescaped));
                let made = scanner.hits_made_by_unescaping(&unescaped);
                let known: Vec<KeywordHit> = moved.chain(made).collect();
                for hit in scanner.hits(text, 0..text.len()) {
                    let reach = hit.start.saturating_sub(MAX_BACK)..hit.start + scanner.reaches[hit.keyword];
                    prop_assert!(!unescaped.is_changed(reach) || known.contains(&hit), "{hit:?} of {raw:?}");
                }
            }
        }

        #[test]
        fn findings_are_in_order_apart_and_on_character_boundaries(
            pieces in prop::collection::vec(
                "(password=|token: |ß|漢|@|a|\\.org| |\"|1234|sk-|://|:|-----BEGIN PRIVATE KEY-----|[a-zA-Z0-9]{0,40})",
                0..30
            )
        ) {
            let text = pieces.concat();
            let mut from = 0;
            for Finding { range, .. } in Scanner::built_in().scan(&text) {
                prop_assert!(from <= range.start && range.start < range.end);
                prop_assert!(text.get(range.clone()).is_some());
                from = range.end;
            }
        }
    }
}

//! The rules as data: what `assets/secrets.toml` says, one [`Rule`] a kind of secret.
//!
//! The file explains its own fields. Here it is parsed once; a rule's expression is compiled when one of its keywords
//! is met for the first time, since most texts meet few of them.

use std::{ops::Range, sync::OnceLock};

use regex_automata::{
    meta::{BuildError, Regex},
    util::syntax,
};
use regex_syntax::hir::Hir;
use serde::Deserialize;

use super::{Certainty, checks::ValueCheck, embedded_tokens, placeholders};

/// The memory one expression may take, compiled, in bytes: a bound against mistakes in the file.
const EXPRESSION_LIMIT: usize = 4 << 20;
/// The bytes after a keyword that a rule looks at, by default.
const REACH: usize = 512;

/// The kind of harm that a finding does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretClass {
    /// Opens something: a key, a token, a password.
    Credential,
    /// Tells of somebody: an e-mail address, a telephone, card or account number.
    Personal,
}

impl SecretClass {
    /// Returns the word for it in the rules and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Personal => "personal",
        }
    }
}

/// One kind of secret and how it is recognised.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rule {
    id: Box<str>,
    description: Box<str>,
    class: SecretClass,
    /// The word for one of it in a sentence; `many` is the word for several.
    one: Option<Box<str>>,
    many: Option<Box<str>>,
    /// The page where its owner makes it worthless.
    revoke: Option<Box<str>>,
    /// A shape that other kinds share: loses against one of its own.
    #[serde(default)]
    generic: bool,
    /// The words at which the expression is tried, in lower case; empty: wherever digits crowd.
    #[serde(default)]
    pub(super) keywords: Vec<Box<str>>,
    /// Characters that may stand before a keyword and belong to the match.
    back: Option<Box<str>>,
    /// The bytes after a keyword that are looked at.
    reach: Option<usize>,
    regex: Box<str>,
    /// The least entropy of a value, in bits a character.
    entropy: Option<f64>,
    /// Of several keywords in one word only the first is tried.
    #[serde(default)]
    once_a_word: bool,
    check: Option<ValueCheck>,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
    #[serde(skip)]
    compiled_glued: OnceLock<Option<Regex>>,
    #[serde(skip)]
    back_set: OnceLock<Box<[bool; 256]>>,
}

impl Rule {
    /// Returns its name: `github-token`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns its description, a few words.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Tells a credential from personal data.
    pub fn class(&self) -> SecretClass {
        self.class
    }

    /// Returns the address of the page where its owner revokes it, where there is such a page.
    pub fn revoke_page(&self) -> Option<&str> {
        self.revoke.as_deref()
    }

    /// Says how many there are, in words: "2 e-mail addresses".
    pub fn count_in_words(&self, number: usize) -> String {
        match (number, &self.one, &self.many) {
            (1, Some(one), _) => format!("1 {one}"),
            (1, None, _) => format!("1 {}", self.id),
            (_, _, Some(many)) => format!("{number} {many}"),
            (_, _, None) => format!("{number} {}s", self.id),
        }
    }

    /// Ranks the names that overlapping findings give one value; the greater is the better name.
    pub(super) fn rank(&self) -> u8 {
        match (self.class, self.generic) {
            (SecretClass::Credential, false) => 3,
            (SecretClass::Credential, true) => 2,
            (SecretClass::Personal, _) if self.check.is_some() => 1,
            (SecretClass::Personal, _) => 0,
        }
    }

    #[cfg(test)]
    pub(super) fn is_generic(&self) -> bool {
        self.generic
    }

    /// Returns whether a person may have made up the value: no letter of it may be shown but the first.
    pub(super) fn may_be_human_chosen(&self) -> bool {
        self.generic
            || matches!(
                self.check,
                Some(ValueCheck::Password | ValueCheck::UrlPassword | ValueCheck::Spoken | ValueCheck::Basic)
            )
    }

    pub(super) fn look_ahead(&self) -> usize {
        self.reach.unwrap_or(REACH)
    }

    /// Returns the compiled expression; `None` if it does not compile, which a test rules out.
    pub(super) fn expression(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.regex).ok()).as_ref()
    }

    /// Returns the expression without what has to stand around a value, which finds one that is glued to letters, too;
    /// `None`: this rule asks for nothing around it.
    pub(super) fn glued_expression(&self) -> Option<&Regex> {
        let make = || {
            let hir = parse_expression(&self.regex).ok()?;
            let without = embedded_tokens::without_edges(&hir);
            (without != hir).then(|| compile_hir(&without).ok()).flatten()
        };
        self.compiled_glued.get_or_init(make).as_ref()
    }

    /// Returns the bytes that may stand before a keyword, as a table.
    pub(super) fn look_behind_set(&self) -> Option<&[bool; 256]> {
        let back = self.back.as_deref()?;
        Some(self.back_set.get_or_init(|| {
            let mut set = Box::new([false; 256]);
            for byte in back.bytes() {
                set[usize::from(byte)] = true;
            }
            set
        }))
    }

    /// Returns whether of several keywords in one word only the first is tried: it would have taken the others with it.
    pub(super) fn is_tried_once_a_word(&self) -> bool {
        self.once_a_word
    }

    /// Returns whether its values are numbers of telephones.
    pub(super) fn is_phone(&self) -> bool {
        self.check == Some(ValueCheck::Phone)
    }

    /// Returns whether its values are addresses of mail.
    pub(super) fn is_address(&self) -> bool {
        self.check == Some(ValueCheck::Mail)
    }

    /// Returns whether values of this kind are known by their own shape, wherever they stand.
    pub(super) fn is_known_by_shape(&self) -> bool {
        self.class == SecretClass::Personal && (self.keywords.is_empty() || self.is_address())
    }

    /// Returns the end of a value that goes on behind what ended it for the expression.
    pub(super) fn whole_end(&self, text: &str, value: &Range<usize>) -> usize {
        self.check.map_or(value.end, |check| check.whole_end(text, value))
    }

    /// Decides whether a value that is glued to letters could be a secret.
    pub(super) fn could_be_glued(&self, value: &str) -> bool {
        let is_random = self.entropy.is_none_or(|least| placeholders::entropy(value) >= least);
        is_random && self.judge(value, false).is_some()
    }

    /// Decides how certainly a value that matched is a secret; `None`: it is none. `quoted`: it stands in quotes.
    pub(super) fn judge(&self, value: &str, quoted: bool) -> Option<Certainty> {
        let is_credential = self.class == SecretClass::Credential;
        let is_random = self.entropy.is_none_or(|least| placeholders::entropy(value) >= least);
        let is_filler = is_credential && placeholders::is_filler(value);
        let holds = self.check.is_none_or(|check| check.holds(value));
        if is_random && !is_filler && holds {
            return Some(Certainty::Certain);
        }
        let could_be = match self.check {
            Some(check) => check.could_hold(value, quoted),
            None => is_credential && !is_filler,
        };
        could_be.then_some(Certainty::Doubtful)
    }
}

/// Compiles an expression. Expressions see bytes and know ASCII only: `\w` and `\b` are those of tokens, and
/// compiling takes microseconds.
pub(super) fn compile(source: &str) -> Result<Regex, Box<BuildError>> {
    Regex::builder().syntax(syntax_of_expressions()).configure(limits()).build(source).map_err(Box::new)
}

fn compile_hir(hir: &Hir) -> Result<Regex, Box<BuildError>> {
    Regex::builder().configure(limits()).build_from_hir(hir).map_err(Box::new)
}

fn parse_expression(source: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    syntax::parse_with(source, &syntax_of_expressions()).map_err(Box::new)
}

fn syntax_of_expressions() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

fn limits() -> regex_automata::meta::Config {
    Regex::config().nfa_size_limit(Some(EXPRESSION_LIMIT)).utf8_empty(false)
}

#[derive(Deserialize)]
struct RuleFile {
    rule: Vec<Rule>,
}

/// Reads the text of a file of rules.
pub(super) fn parse(text: &str) -> Result<Vec<Rule>, toml::de::Error> {
    toml::from_str::<RuleFile>(text).map(|file| file.rule)
}

/// The file this program carries.
pub(super) const BUILT_IN: &str = include_str!("../../assets/secrets.toml");

/// Returns each example that must match, with the name of its rule, without its seams: a scanner of repositories would take
/// the file for a leak.
#[cfg(test)]
pub(super) fn examples() -> Vec<(String, String)> {
    let examples = tests::examples().into_iter();
    let words = |tests::Examples { id, matches, .. }| -> Vec<(String, String)> {
        matches.iter().map(|example| (id.clone(), tests::unseamed(example))).collect()
    };
    examples.flat_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::Scanner, *};

    /// The fields that the test of the file reads besides the rules.
    #[derive(Deserialize)]
    pub(super) struct Examples {
        pub(super) id: String,
        #[serde(rename = "match")]
        pub(super) matches: Vec<String>,
        miss: Vec<String>,
    }

    #[derive(Deserialize)]
    struct AllExamples {
        rule: Vec<Examples>,
    }

    /// Examples are written with seams, so that nobody's scanner takes this repository for a leak.
    pub(super) fn unseamed(text: &str) -> String {
        text.replace('¦', "")
    }

    pub(super) fn examples() -> Vec<Examples> {
        toml::from_str::<AllExamples>(BUILT_IN).expect("the file of rules can be read").rule
    }

    /// Returns the ids found, where `only` is the one rule asked.
    fn found(scanner: &Scanner, text: &str) -> Vec<String> {
        scanner.scan(text).iter().map(|finding| scanner.rule(finding.kind).id().to_owned()).collect()
    }

    #[test]
    fn every_rule_finds_what_it_says_it_finds_and_nothing_it_says_it_does_not() {
        let scanner = Scanner::built_in();
        let mut wrong = Vec::new();
        for Examples { id, matches, miss } in examples() {
            if matches.is_empty() || miss.is_empty() {
                wrong.push(format!("{id}: has no examples of both sorts"));
            }
            for example in &matches {
                for text in [unseamed(example), format!("so: {}\nand on", unseamed(example))] {
                    let found = found(scanner, &text);
                    if !found.contains(&id) {
                        wrong.push(format!("{id}: not found in {text:?}, but {found:?}"));
                    }
                }
            }
            for example in &miss {
                if found(scanner, &unseamed(example)).contains(&id) {
                    wrong.push(format!("{id}: found in {example:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn there_are_eighty_kinds_of_credentials_and_each_is_described() {
        let rules = parse(BUILT_IN).expect("the file of rules can be read");
        assert!(rules.iter().filter(|rule| rule.class == SecretClass::Credential).count() >= 80);
        let mut ids: Vec<&str> = rules.iter().map(Rule::id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), rules.len(), "an id is there twice");
        for rule in &rules {
            assert!(compile(&rule.regex).is_ok(), "{}: the expression does not compile", rule.id);
            assert!(!rule.description.is_empty(), "{}", rule.id);
            assert!(
                rule.id
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
            assert!(
                rule.keywords.iter().all(|keyword| keyword.len() >= 2 || &**keyword == "@"),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn no_example_stands_in_the_file_as_a_scanner_of_repositories_would_see_it() {
        let scanner = Scanner::built_in();
        let specific = |text: &str| {
            let found = scanner.scan(text);
            found.iter().any(|finding| {
                let rule = scanner.rule(finding.kind);
                rule.class() == SecretClass::Credential && !rule.is_generic()
            })
        };
        let seen: Vec<&str> = BUILT_IN.lines().filter(|line| specific(line)).collect();
        assert!(seen.is_empty(), "{seen:#?}");
    }

    #[test]
    fn a_count_is_said_in_words() {
        let scanner = Scanner::built_in();
        let rule = |id: &str| scanner.rules().iter().find(|rule| rule.id() == id).expect("it is there");
        assert_eq!(rule("github-token").count_in_words(1), "1 github-token");
        assert_eq!(rule("github-token").count_in_words(3), "3 github-tokens");
        assert_eq!(rule("e-mail").count_in_words(1), "1 e-mail address");
        assert_eq!(rule("e-mail").count_in_words(2), "2 e-mail addresses");
    }
}

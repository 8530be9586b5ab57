//! A regular expression of a query, compiled: smart case, `^` and `$` at lines, bounded in size.
//!
//! An automaton looks at every byte, at a tenth of the speed of memory. So before it is asked, what is known of the
//! expression rules out most texts: letters that every match has, through the [index](crate::search::index), and a
//! [`RegexPrefilter`].

use std::{ops::Range, sync::Arc};

use regex_automata::{
    Input,
    meta::{self, Regex},
    util::syntax,
};
use regex_syntax::hir::{Class, Hir, HirKind};

use super::{interruption, regex_prefilter::RegexPrefilter};

/// The compiled size of one expression, in bytes.
const SIZE_LIMIT: usize = 1 << 20;
/// How far a text is looked at without asking whether anybody still waits: a large expression takes microseconds for each
/// byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reach {
    /// The bytes in which a hit may begin.
    window: usize,
    /// The bytes behind them to which it may go on.
    ahead: usize,
}

impl Reach {
    /// For an expression whose hits are known not to be longer than it looks ahead.
    const OF_SHORT: Self = Self { window: 256 << 10, ahead: MAX_SHORT_HIT };
    /// For any other.
    const OF_LONG: Self = Self { window: WINDOW_OF_LONG, ahead: MAX_LONG_HIT };
    /// For one that looks at the rest of a window for each hit.
    const OF_FAR: Self = Self { window: 256 << 10, ahead: MAX_LONG_HIT };

    fn of(hir: &Hir) -> Self {
        let is_short = hir.properties().maximum_len().is_some_and(|longest| longest <= MAX_SHORT_HIT);
        match (is_short, looks_far_ahead(hir)) {
            (true, _) => Self::OF_SHORT,
            (false, true) => Self::OF_FAR,
            (false, false) => Self::OF_LONG,
        }
    }
}

/// The longest hit of an expression that is looked for in small pieces of a text, in bytes: none has a longer one.
const MAX_SHORT_HIT: usize = 32 << 10;
/// Bytes of a text in which an expression without a bound is looked for at once.
const WINDOW_OF_LONG: usize = 1 << 20;
/// The longest hit, in bytes, of an expression without a bound, such as `(?s)begin.*end`, in a text of more than
/// [`WINDOW_OF_LONG`]: a longer one is cut, or not found. Where a part without a bound may be left out or stand for
/// another, in any text of more than twice that.
const MAX_LONG_HIT: usize = 256 << 10;
/// The memory one expression may use while it searches, in bytes.
const CACHE_BYTES: usize = 4 << 20;

/// An expression, compiled.
#[derive(Clone, Debug)]
pub(in crate::search) struct QueryRegex {
    regex: Regex,
    required: Box<[LetterRun]>,
    prefilter: Option<Arc<RegexPrefilter>>,
    /// Every match is empty, so there is no hit.
    is_empty: bool,
    cost: usize,
    /// A hit may be known only at the end of the text, and the next one begin right behind it.
    looks_far_ahead: bool,
    reach: Reach,
}

/// Letters that every match has side by side: ASCII, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::search) struct LetterRun {
    /// The letters.
    pub letters: String,
    /// The number of elements of the expression up to its end.
    elements: usize,
}

impl QueryRegex {
    /// Compiles an expression; the error is one line for the status line.
    pub fn new(source: &str) -> Result<Self, String> {
        let (hir, regex) = compile(source)?;
        let elements = elements(&hir);
        let required = runs(&elements);
        let prefilter = if regex.is_accelerated() {
            None
        } else {
            let best = required.iter().max_by_key(|run| run.letters.trim().len());
            match best.filter(|run| run.letters.trim().len() > 1) {
                Some(run) => {
                    let before = elements[..run.elements].iter().map(|&element| element.clone()).collect();
                    RegexPrefilter::with_required_letters(&run.letters, &Hir::concat(before))
                }
                None => RegexPrefilter::of_whole_expression(&hir),
            }
        };
        let properties = hir.properties();
        // An automaton of many states is slow, and one that matches between any two characters stops at each.
        let cost =
            (regex.memory_usage() >> 10).max(8) + if properties.minimum_len() == Some(0) { 64 } else { 0 };
        let is_empty = properties.maximum_len() == Some(0);
        let looks_far_ahead = looks_far_ahead(&hir);
        let reach = Reach::of(&hir);
        Ok(Self {
            regex,
            required: required.into(),
            prefilter: prefilter.map(Arc::new),
            is_empty,
            cost,
            looks_far_ahead,
            reach,
        })
    }

    /// Returns how long a byte of a text of this length may take, where one takes 1 that is looked for at the speed of
    /// memory.
    pub fn cost(&self, length: usize) -> usize {
        // A hit is two bytes or more as a rule, and of each the rest of the window is looked at.
        let ahead =
            if self.looks_far_ahead { length.min(self.reach.window + self.reach.ahead) / 2 } else { 0 };
        self.cost + ahead
    }

    /// Checks that an expression compiles; the error is one line for the status line.
    pub fn check(source: &str) -> Result<(), String> {
        compile(source).map(|_| ())
    }

    /// Returns the bytes of a text that an expression is looked for in at once, where it may have a longer hit: in a longer
    /// text such a hit is cut, or not found. `None`: no hit is that long.
    pub fn reach(source: &str) -> Option<usize> {
        let reach = Reach::of(&parse(source).ok()?);
        (reach != Reach::OF_SHORT).then_some(reach.window + reach.ahead)
    }

    /// Returns the letters that every match has side by side, in any case.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.required.iter().map(|run| &*run.letters)
    }

    /// Returns all hits that are not empty, not overlapping.
    pub fn hits<'a>(&'a self, text: &'a str) -> RegexHits<'a> {
        let may_match =
            !self.is_empty && self.prefilter.as_ref().is_none_or(|prefilter| prefilter.may_match(text));
        RegexHits {
            window: may_match.then(|| Window::of(&self.regex, text, 0, self.reach)),
            looks_far_ahead: self.looks_far_ahead,
        }
    }
}

/// The hits of an expression in a text. A long text is looked at in windows, and given up between two of them when
/// nobody waits any more; between two hits where each may take as long as a window.
pub(in crate::search) struct RegexHits<'a> {
    window: Option<Window<'a>>,
    looks_far_ahead: bool,
}

/// A part of a text that is looked at.
struct Window<'a> {
    regex: &'a Regex,
    text: &'a str,
    hits: meta::FindMatches<'a, 'a>,
    /// Hits that begin before it are of this window.
    end: usize,
    /// The end of the last hit.
    done: usize,
    reach: Reach,
}

impl<'a> Window<'a> {
    fn of(regex: &'a Regex, text: &'a str, start: usize, reach: Reach) -> Self {
        let (mut end, mut seen) = (text.len(), text.len());
        if text.len() - start > reach.window + reach.ahead {
            end = text.floor_char_boundary(start + reach.window);
            seen = text.floor_char_boundary(end + reach.ahead);
        }
        // What stands around the window is seen by what looks around, as \b does.
        Self {
            regex,
            text,
            hits: regex.find_iter(Input::new(text).range(start..seen)),
            end,
            done: start,
            reach,
        }
    }

    fn next_hit(&mut self) -> Option<Range<usize>> {
        let hit = self.hits.next()?.range();
        // Only a window that is the last has one that begins at its end.
        (hit.start < self.end || self.end == self.text.len()).then_some(hit)
    }
}

impl Iterator for RegexHits<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            if self.looks_far_ahead && interruption::is_stale() {
                self.window = None;
            }
            let window = self.window.as_mut()?;
            while let Some(hit) = window.next_hit() {
                window.done = hit.end;
                if !hit.is_empty() {
                    return Some(hit);
                }
            }
            if window.end == window.text.len() || interruption::is_stale() {
                self.window = None;
                return None;
            }
            *window = Window::of(window.regex, window.text, window.end.max(window.done), window.reach);
        }
    }
}

fn parse(source: &str) -> Result<Hir, String> {
    let syntax = syntax::Config::new().case_insensitive(!has_upper_case(source)).multi_line(true);
    syntax::parse_with(source, &syntax).map_err(|error| {
        // The last line of the message is the reason; those before it draw where.
        let message = error.to_string();
        let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("in the expression: {reason}; searched as it stands")
    })
}

fn compile(source: &str) -> Result<(Hir, Regex), String> {
    let hir = parse(source)?;
    let limits = meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(CACHE_BYTES);
    match meta::Builder::new().configure(limits).build_from_hir(&hir) {
        Ok(regex) => Ok((hir, regex)),
        Err(error) if error.size_limit().is_some() => {
            Err("the expression is too large: searched as it stands".to_owned())
        }
        Err(error) => Err(format!("in the expression: {error}; searched as it stands")),
    }
}

/// Returns whether a part that may be left out, or stand for another, has a repetition without end in it: whether it is
/// there may be known only at the end of the text, as of `a(.*b)?` where there is no `b`. Yes may be wrong.
fn looks_far_ahead(hir: &Hir) -> bool {
    let mut waiting = vec![(hir, false)];
    while let Some((hir, is_choice)) = waiting.pop() {
        match hir.kind() {
            HirKind::Repetition(repetition) if is_choice && repetition.max.is_none() => return true,
            HirKind::Repetition(repetition) => waiting.push((&repetition.sub, true)),
            HirKind::Alternation(parts) => waiting.extend(parts.iter().map(|part| (part, true))),
            HirKind::Concat(parts) => waiting.extend(parts.iter().map(|part| (part, is_choice))),
            HirKind::Capture(capture) => waiting.push((&capture.sub, is_choice)),
            _ => {}
        }
    }
    false
}

/// Lists the elements that a match consists of, one after the other.
fn elements(hir: &Hir) -> Vec<&Hir> {
    let mut elements = Vec::new();
    let mut waiting = vec![hir];
    while let Some(hir) = waiting.pop() {
        match hir.kind() {
            HirKind::Concat(parts) => waiting.extend(parts.iter().rev()),
            HirKind::Capture(capture) => waiting.push(&capture.sub),
            _ => elements.push(hir),
        }
    }
    elements
}

/// Collects the runs of letters among the elements, of two letters at least.
fn runs(elements: &[&Hir]) -> Vec<LetterRun> {
    let mut runs = Vec::new();
    let mut letters = String::new();
    let mut end = |letters: &mut String, elements| {
        let letters = std::mem::take(letters);
        if letters.len() > 1 {
            runs.push(LetterRun { letters, elements });
        }
    };
    for (number, element) in elements.iter().enumerate() {
        match element.kind() {
            HirKind::Literal(literal) if literal.0.is_ascii() => {
                letters.extend(literal.0.iter().map(|byte| byte.to_ascii_lowercase() as char));
            }
            HirKind::Class(class) if let Some(letter) = letter_in_any_case(class) => letters.push(letter),
            _ => end(&mut letters, number),
        }
    }
    end(&mut letters, elements.len());
    runs
}

/// Returns the letter of a class that is one letter of ASCII and what folds to it.
fn letter_in_any_case(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    // Upper and lower case, and for two letters one more: the long s and the sign of kelvin.
    let folded = |c: char| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    let mut chars = class.ranges().iter().flat_map(|range| range.start()..=range.end()).map(folded);
    let letter = chars.next().filter(char::is_ascii)?;
    chars.take(3).all(|other| other == letter).then_some(letter)
}

/// Returns whether there is an upper-case letter that is not part of an escape: neither `\W` nor `\p{Greek}` nor
/// `\x{1F}`.
fn has_upper_case(source: &str) -> bool {
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            let escaped = chars.next();
            if matches!(escaped, Some('p' | 'P' | 'x' | 'u' | 'U')) {
                if chars.next_if_eq(&'{').is_some() {
                    chars.by_ref().find(|&c| c == '}');
                } else {
                    // `\pL`, `\x1F`: what follows is read as part of it.
                    chars.next();
                    if escaped == Some('x') {
                        chars.next();
                    }
                }
            }
        } else if c.is_uppercase() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn required(source: &str) -> Vec<String> {
        let expression = QueryRegex::new(source).expect("compiles");
        expression.required().map(str::to_owned).collect()
    }

    #[test]
    fn an_escape_with_an_upper_case_letter_says_nothing_about_case() {
        for (source, upper) in [
            (r"\Wfoo", false),
            (r"\p{Greek}", false),
            (r"\pL", false),
            (r"\x4F", false),
            ("Foo", true),
            (r"\\A", true),
        ] {
            assert_eq!(has_upper_case(source), upper, "{source}");
        }
    }

    #[test]
    fn empty_matches_are_no_hits() {
        let expression = QueryRegex::new("x*").expect("compiles");
        assert!(expression.hits("abxxc").eq(std::iter::once(2..4)));
        assert!(expression.hits("日本").next().is_none());
    }

    #[test]
    fn in_a_long_text_every_hit_is_found_once() {
        let text = "aé1 ".repeat(200_000);
        for source in ["é1", "a|1", r"\ba", "a*", "1 a"] {
            let expression = QueryRegex::new(source).unwrap();
            let whole: Vec<Range<usize>> = expression.regex.find_iter(&text).map(|hit| hit.range()).collect();
            let whole: Vec<Range<usize>> = whole.into_iter().filter(|hit| !hit.is_empty()).collect();
            assert!(expression.hits(&text).eq(whole), "{source}");
        }
    }

    /// A longer one than 32 KB was not found in a text of more than 256 KB.
    #[test]
    fn a_long_hit_is_found_in_a_long_text() {
        let kilobyte = "line of a log\n".repeat(73);
        for (around, within) in [(0, 900), (200, 500), (3_000, 200)] {
            let around = kilobyte.repeat(around);
            let hit = format!("begin{}end", kilobyte.repeat(within));
            let text = format!("{around}{hit}{around}");
            let expression = QueryRegex::new("(?s)begin.*?end").unwrap();
            let expected = around.len()..around.len() + hit.len();
            assert!(expression.hits(&text).eq(std::iter::once(expected)), "{within} KB");
        }
    }

    #[test]
    fn what_may_be_missed_in_a_long_text_is_known_of_an_expression() {
        for source in ["a", r"a.{0,99}b", r"\d{16}"] {
            assert_eq!(QueryRegex::reach(source), None, "{source}");
        }
        let long = QueryRegex::reach("(?s)begin.*end").unwrap();
        let far = QueryRegex::reach("a(.*b)?").unwrap();
        assert!(far < long);
        // A hit that is longer than it is looked ahead for is found in a text of that length, and not in a longer one.
        let hit = |length: usize| format!("begin{}end", "x".repeat(length - 8));
        let expression = QueryRegex::new("begin.*end").unwrap();
        assert_eq!(expression.hits(&hit(long)).count(), 1);
        let text = format!("{}{}", "y".repeat(WINDOW_OF_LONG - 1), hit(MAX_LONG_HIT + 2));
        assert!(text.len() > long && expression.hits(&text).next().is_none());
    }

    #[test]
    fn a_long_text_is_given_up_when_nobody_waits() {
        let window = Reach::OF_SHORT.window;
        let text = "a".repeat(10 * window);
        let expression = QueryRegex::new("a").unwrap();
        let newest = Arc::new(std::sync::atomic::AtomicU64::new(2));
        let count = |served| {
            let interruption = interruption::Interruption::new(Arc::clone(&newest), served);
            interruption::Interruption::during(Some(interruption), || expression.hits(&text).count())
        };
        assert_eq!(count(2), text.len());
        assert_eq!(count(1), window);
    }

    #[test]
    fn what_looks_far_ahead_for_each_hit_is_given_up_at_a_hit_and_is_no_work_for_the_screen() {
        for (source, is_far) in [
            ("a(.*b)?", true),
            (r"\w+@|\w", true),
            (r"(\w+@)*x", true),
            (r"\w+", false),
            ("a.*b", false),
            ("(error|warn).*timeout", false),
            ("(foo )+bar?", false),
        ] {
            let expression = QueryRegex::new(source).unwrap();
            assert_eq!(expression.cost(100_000) > 10_000, is_far, "{source}");
            assert!(expression.cost(100) < 1_000, "{source}");
        }
        let expression = QueryRegex::new("a(.*b)?").unwrap();
        let newest = Arc::new(std::sync::atomic::AtomicU64::new(1));
        let text = "a".repeat(1_000);
        let interruption = interruption::Interruption::new(Arc::clone(&newest), 1);
        let before_it_was_stale = interruption::Interruption::during(Some(interruption), || {
            let hits = expression.hits(&text).inspect(|hit| {
                if hit.start == 9 {
                    newest.store(2, std::sync::atomic::Ordering::Relaxed);
                }
            });
            hits.count()
        });
        assert_eq!(before_it_was_stale, 10);
    }

    #[test]
    fn an_expression_that_is_too_large_says_so() {
        let error = QueryRegex::check(r"\w{1000}{1000}").expect_err("too large");
        assert!(error.starts_with("the expression is too large"), "{error}");
        let error = QueryRegex::check("a(b").expect_err("unclosed");
        assert_eq!(error, "in the expression: unclosed group; searched as it stands");
    }

    #[test]
    fn what_every_match_has_is_known() {
        for (source, runs) in [
            (r"[a-z]+ing \w+tion", &["ing ", "tion"][..]),
            (r"(error) in (\w+)\.rs", &["error in ", ".rs"]),
            (r"ask|kiss", &[]),
            (r"a?bc*de", &["de"]),
            (r"task \d", &["task "]),
            (r"Foo.*Bar", &["foo", "bar"]),
            (r"x{3}y", &[]),
            (r"\d{4}-\d\d", &[]),
        ] {
            assert_eq!(required(source), runs, "{source}");
        }
    }

    proptest! {
        #[test]
        fn no_hit_is_lost_by_looking_ahead(
            source in prop::sample::select(vec![
                r"[a-c]+ab \w+c", r"\w+\s+\w+ac", r"b\d[a-c]+", r"^c.*\d$", r"\bk\w+s\b", r"(?s)a.*ks\d", r"[^\s]c\s+c",
                r"A\w+b", r"\w\d\w\d", r"é\w+k", r"(\w+)[ab]k(s|c\d)", r"[a-c ]{9}\d", r"\Ac|\d\z", r".c\B.\n",
            ]),
            text in "([abcks ]{1,20}|[abcksABKS0 \nék\u{212a}ſ\u{301}\u{3099}]{1,12}|\\PC){1,60}",
        ) {
            let expression = QueryRegex::new(source).expect("compiles");
            let plain = expression.regex.find_iter(&text).map(|hit| hit.range()).filter(|range| !range.is_empty());
            let plain: Vec<_> = plain.collect();
            prop_assert_eq!(expression.hits(&text).collect::<Vec<_>>(), plain);
        }
    }
}

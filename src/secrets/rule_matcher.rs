//! What a rule finds at a place of a text, and how certainly that is a secret.

use std::ops::Range;

use regex_automata::{Anchored, Input, meta::Regex, util::captures::Captures};

use super::{embedded_tokens, finding::Certainty, rules::Rule, scan::KeywordHit};

/// The text that expressions are asked about.
pub(super) struct RuleMatcher<'t> {
    text: &'t str,
    /// Made for the first match, and again only for an expression with more groups.
    captures: Option<Captures>,
}

/// What a rule finds at a place, on character boundaries.
pub(super) struct Matched {
    pub whole: Range<usize>,
    /// The first group that took part, else all.
    pub value: Range<usize>,
    /// Where letters stand beside it, though the rule asks for the edge of a word: the end of what goes with the value.
    pub glued_end: Option<usize>,
}

impl<'t> RuleMatcher<'t> {
    /// Asks about a text.
    pub fn new(text: &'t str) -> Self {
        Self { text, captures: None }
    }

    /// Returns the match that begins with the range.
    pub fn at(&mut self, rule: &Rule, range: Range<usize>) -> Option<Matched> {
        let input = Input::new(self.text.as_bytes()).range(range).anchored(Anchored::Yes);
        let (whole, value) = self.search(rule.expression()?, &input)?;
        Some(Matched { whole, value, glued_end: None })
    }

    /// Returns the match that begins with the range, else one around the keyword that is glued to letters.
    pub fn at_or_glued(&mut self, rule: &Rule, range: Range<usize>, hit: &KeywordHit) -> Option<Matched> {
        let Some(expression) = rule.glued_expression() else { return self.at(rule, range) };
        // What is behind the beginning of the range may be the first letter of it.
        let is_behind = range.start < hit.start && !rule.is_address();
        let anchored = if is_behind { Anchored::No } else { Anchored::Yes };
        let input = Input::new(self.text.as_bytes()).range(range.clone()).anchored(anchored);
        // Whatever the rule's own expression finds this one does too, and nearly every place is no match.
        let (whole, value) = self.search(expression, &input)?;
        if let Some(matched) = self.at(rule, range) {
            return Some(matched);
        }
        let is_around = whole.start <= hit.start && hit.end <= whole.end;
        if !is_around || !embedded_tokens::may_stand_in_word(self.text, hit.start..hit.end, whole.start) {
            return None;
        }
        let is_token = value.end == whole.end && !rule.is_address();
        let end = if is_token { embedded_tokens::end_of_letters(self.text, value.end) } else { value.end };
        Some(Matched { whole: whole.start..whole.end.max(end), value, glued_end: Some(end) })
    }

    /// Returns the number of a telephone that begins with the range and is glued to letters.
    pub fn phone_at(&mut self, rule: &Rule, range: Range<usize>) -> Option<Matched> {
        let expression = rule.glued_expression().filter(|_| rule.is_phone())?;
        let input = Input::new(self.text.as_bytes()).range(range).anchored(Anchored::Yes);
        let (whole, value) = self.search(expression, &input)?;
        let behind = self.text.as_bytes().get(value.end);
        let is_glued = behind.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        is_glued.then_some(Matched { whole, glued_end: Some(value.end), value })
    }

    /// Returns a match and the value in it.
    fn search(&mut self, expression: &Regex, input: &Input<'_>) -> Option<(Range<usize>, Range<usize>)> {
        // Nearly every place is no match: the cheap question first.
        expression.search_half(input)?;
        let captures = self.captures.insert(expression.create_captures());
        expression.search_captures(input, captures);
        let whole = captures.get_match()?.range();
        let group = (1..captures.group_len()).find_map(|group| captures.get_group(group));
        let value = self.on_boundaries(group.map_or(whole.clone(), |span| span.range()));
        (!value.is_empty()).then_some((whole, value))
    }

    /// Widens a range to character boundaries.
    fn on_boundaries(&self, range: Range<usize>) -> Range<usize> {
        let (mut start, mut end) = (range.start, range.end);
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }
}

/// Decides how certainly what a rule found is a secret, and how far that goes; `None`: it is none, or not so certain as it
/// has to be.
pub(super) fn judge(
    text: &str,
    rule: &Rule,
    matched: &Matched,
    least: Certainty,
) -> Option<(Certainty, Range<usize>)> {
    let Matched { value, glued_end, .. } = matched;
    let said = &text[value.clone()];
    if let Some(end) = *glued_end {
        return rule.could_be_glued(said).then_some((Certainty::Doubtful, value.start..end));
    }
    let is_quoted = is_quoted(text, value);
    let certainty = rule.judge(said, is_quoted).filter(|&certainty| certainty >= least);
    if least == Certainty::Certain {
        return certainty.map(|certainty| (certainty, value.clone()));
    }
    let whole = value.start..rule.whole_end(text, value);
    let is_torn = whole.end > value.end;
    let could_be =
        || rule.judge(&text[whole.clone()], is_quoted).filter(|_| is_torn).map(|_| Certainty::Doubtful);
    Some((certainty.or_else(could_be)?, whole))
}

/// Returns whether a value stands in quotes.
fn is_quoted(text: &str, value: &Range<usize>) -> bool {
    let before = value.start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    before.is_some_and(|quote| b"\"'`".contains(quote)) && before == text.as_bytes().get(value.end)
}

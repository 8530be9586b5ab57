//! Places of a message where the screen shows something else than the text: a number for a citation, Unicode for
//! mathematics. They are found before Markdown sees the text and hidden from it, so that neither the links of a
//! citation nor the underscores and backslashes of a formula are taken for markup.

use std::{borrow::Cow, ops::Range, sync::Arc};

use crate::message::formula::Formula;

/// One such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inset {
    /// Its bytes in the text.
    pub range: Range<usize>,
    pub kind: InsetKind,
}

/// See [`Inset`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InsetKind {
    /// The numbers of its sources.
    Citation(Vec<Number>),
    /// A formula without its delimiters; on lines of its own when `display`.
    Math { display: bool, tex: Range<usize> },
}

/// The number of a source, or what stands between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// As it is shown.
    pub text: String,
    /// Where it leads.
    pub link: Option<Arc<str>>,
}

/// Adds formulas to the citations of a text, in order. A formula that touches a citation is dropped.
pub fn with_formulas(citations: Vec<Inset>, formulas: Vec<Formula>) -> Vec<Inset> {
    let free = |range: &Range<usize>| {
        let next = citations.partition_point(|citation| citation.range.end <= range.start);
        citations.get(next).is_none_or(|citation| citation.range.start >= range.end)
    };
    let formulas = formulas.into_iter().filter(|formula| free(&formula.range));
    let mut merged: Vec<Inset> = formulas
        .map(|Formula { range, tex, display }| Inset { range, kind: InsetKind::Math { display, tex } })
        .collect();
    merged.extend(citations);
    merged.sort_by_key(|inset| inset.range.start);
    merged
}

/// The text with every inset overwritten by punctuation that means nothing to Markdown, byte for byte: offsets
/// stay, and what a delimiter next to an inset is (opening, closing) does not change, since insets begin and end
/// with punctuation themselves.
pub fn hide<'a>(text: &'a str, insets: &[Inset]) -> Cow<'a, str> {
    if insets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut hidden = String::with_capacity(text.len());
    for inset in insets {
        hidden.push_str(&text[hidden.len()..inset.range.start]);
        hidden.extend(std::iter::repeat_n('%', inset.range.len()));
    }
    hidden.push_str(&text[hidden.len()..]);
    Cow::Owned(hidden)
}

/// The insets that overlap a range, which may begin within one.
pub fn overlapping<'a>(insets: &'a [Inset], range: &Range<usize>) -> &'a [Inset] {
    let first = insets.partition_point(|inset| inset.range.end <= range.start);
    let last = insets.partition_point(|inset| inset.range.start < range.end);
    &insets[first..last.max(first)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hiding_keeps_every_offset() {
        let inset = Inset { range: 3..9, kind: InsetKind::Citation(Vec::new()) };
        assert_eq!(hide("ab [x](y) c", &[inset]), "ab %%%%%% c");
    }
}

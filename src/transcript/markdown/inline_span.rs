//! Stretches of a message for which the screen shows something else: a number for a citation, Unicode for
//! mathematics. They are found before the text is read as Markdown and hidden from it, so that neither the
//! links of a citation nor the underscores and backslashes of a formula are taken for markup.

use std::{borrow::Cow, ops::Range, sync::Arc};

use crate::message::formula::Formula;

/// A stretch of a text for which something else is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineSpan {
    /// Its bytes in the text.
    pub range: Range<usize>,
    pub kind: InlineSpanKind,
}

/// The kind of an [`InlineSpan`], and what is shown for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlineSpanKind {
    /// The numbers of its sources.
    Citation(Vec<CitationNumber>),
    /// A formula without its delimiters; on lines of its own when `display`.
    Math { display: bool, tex: Range<usize> },
}

/// The number of a source, or what stands between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitationNumber {
    /// As it is shown.
    pub text: String,
    /// The address it leads to.
    pub link: Option<Arc<str>>,
}

/// Adds formulas to the citations of a text, in order. A formula that touches a citation is dropped.
pub fn merge_formulas(citations: Vec<InlineSpan>, formulas: Vec<Formula>) -> Vec<InlineSpan> {
    let free = |range: &Range<usize>| {
        let next = citations.partition_point(|citation| citation.range.end <= range.start);
        citations.get(next).is_none_or(|citation| citation.range.start >= range.end)
    };
    let formulas = formulas.into_iter().filter(|formula| free(&formula.range));
    let mut merged: Vec<InlineSpan> = formulas
        .map(|Formula { range, tex, display }| InlineSpan {
            range,
            kind: InlineSpanKind::Math { display, tex },
        })
        .collect();
    merged.extend(citations);
    merged.sort_by_key(|span| span.range.start);
    merged
}

/// Overwrites every inline span by punctuation that means nothing to Markdown, byte for byte: offsets stay,
/// and a delimiter next to a span opens or closes as before, since spans begin and end with punctuation
/// themselves.
pub fn mask<'a>(text: &'a str, inline_spans: &[InlineSpan]) -> Cow<'a, str> {
    if inline_spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut hidden = String::with_capacity(text.len());
    for span in inline_spans {
        hidden.push_str(&text[hidden.len()..span.range.start]);
        hidden.extend(std::iter::repeat_n('%', span.range.len()));
    }
    hidden.push_str(&text[hidden.len()..]);
    Cow::Owned(hidden)
}

/// Returns the spans that overlap a range, which may begin within one.
pub fn overlapping<'a>(inline_spans: &'a [InlineSpan], range: &Range<usize>) -> &'a [InlineSpan] {
    let first = inline_spans.partition_point(|span| span.range.end <= range.start);
    let last = inline_spans.partition_point(|span| span.range.start < range.end);
    &inline_spans[first..last.max(first)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hiding_keeps_every_offset() {
        let inline_span = InlineSpan { range: 3..9, kind: InlineSpanKind::Citation(Vec::new()) };
        assert_eq!(mask("ab [x](y) c", &[inline_span]), "ab %%%%%% c");
    }
}

//! Secrets that are cut by what stands for a source in the middle of them: a citation, of which a screen shows a number.

use std::ops::Range;

use super::{Finding, Scanner, finding::FindingFilter};

/// The bytes on either side of a cut that are read with it.
const MAX_AROUND: usize = 512;

/// Finds the secrets in a text that go on behind one of these gaps, which are in order. Nothing is looked through but what is
/// around gaps that stand within a word, as those of honest texts seldom do.
pub(super) fn find_interrupted(scanner: &Scanner, text: &str, gaps: &[Range<usize>]) -> Vec<Finding> {
    let gaps: Vec<Range<usize>> = joined(gaps).into_iter().filter(|gap| is_within_word(text, gap)).collect();
    let mut found = Vec::new();
    for near in gaps.chunk_by(|left, right| right.start - left.end <= 2 * MAX_AROUND) {
        let start = text.floor_char_boundary(near[0].start.saturating_sub(MAX_AROUND));
        let end = text.ceil_char_boundary((near[near.len() - 1].end + MAX_AROUND).min(text.len()));
        let (said, starts) = without(text, start..end, near);
        for finding in scanner.findings(&said, FindingFilter::ALL) {
            let range = written(&starts, finding.range.start)..written(&starts, finding.range.end - 1) + 1;
            if near.iter().any(|gap| range.start < gap.start && gap.end < range.end) {
                found.push(Finding { range, ..finding });
            }
        }
    }
    found.sort_unstable_by_key(|finding| finding.range.start);
    found
}

/// Joins gaps that overlap or follow each other.
fn joined(gaps: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for gap in gaps.iter().filter(|gap| !gap.is_empty()) {
        match joined.last_mut() {
            Some(last) if gap.start <= last.end => last.end = last.end.max(gap.end),
            _ => joined.push(gap.clone()),
        }
    }
    joined
}

/// Returns whether what stands on both sides of a gap may be of one word.
fn is_within_word(text: &str, gap: &Range<usize>) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_graphic() && !b".,;:!?)\"]".contains(byte);
    let bytes = text.as_bytes();
    gap.start.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_graphic())
        && bytes.get(gap.end).is_some_and(is_letter)
}

/// Returns a stretch of a text without the gaps in it, and where each piece of that begins: in it, and in the text.
fn without(text: &str, stretch: Range<usize>, gaps: &[Range<usize>]) -> (String, Vec<(usize, usize)>) {
    let (mut said, mut starts, mut from) = (String::new(), Vec::new(), stretch.start);
    for gap in gaps {
        starts.push((said.len(), from));
        said.push_str(&text[from..gap.start]);
        from = gap.end;
    }
    starts.push((said.len(), from));
    said.push_str(&text[from..stretch.end]);
    (said, starts)
}

/// Returns where a byte of a text without its gaps is written.
fn written(starts: &[(usize, usize)], at: usize) -> usize {
    let piece = starts.partition_point(|&(said, _)| said <= at).saturating_sub(1);
    starts.get(piece).map_or(at, |&(said, raw)| raw + at - said)
}

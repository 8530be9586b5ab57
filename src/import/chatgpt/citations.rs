//! Citations: markers of private-use characters, and the older 【…†…】, with the sources they stand for.
//!
//! U+E200 opens a marker, U+E202 separates its fields, U+E201 or U+E206 closes it. What it cites is in the message's
//! `content_references`, found by the marker's own text, whatever that looks like; the positions given there are of
//! another revision.

use std::ops::Range;

use hashbrown::HashMap;

use super::{
    edits::Edits,
    marker::{self, ALTERNATE_CLOSE, CLOSE, OPEN, Replacement, SEPARATOR},
    named_sources::{NamedSource, alt_text, links_in, sources},
    references::{self, References},
    source_markdown::in_brackets,
};
use crate::conversation::Link;

/// Replaces every marker, and every other text that a reference stands for, by links to its sources, by what it says
/// in words, or by nothing. Once they have added all that a conversation may be told with, they are told short.
pub(super) fn markers(text: &str, references: &mut References<'_, '_>, edits: &mut Edits) {
    let growth = references.growth();
    let mut at = 0;
    // What stands for markers whose references were all taken: however many there are of one, it is found once.
    let mut again: HashMap<&str, Replacement> = HashMap::new();
    let mut places = references.places(text).into_iter().peekable();
    let mut marker = next_marker(text, 0);
    loop {
        while places.next_if(|place| (place.start as usize) < at).is_some() {}
        // Looked for only once it is passed, so that the text is not gone through again and again.
        if marker.as_ref().is_some_and(|found| found.range.start < at) {
            marker = next_marker(text, at);
        }
        let sought = places.peek().map(|place| place.start as usize..place.end as usize);
        // A whole marker goes before what stands within it.
        let by_its_text = match (&marker, &sought) {
            (_, None) => None,
            (Some(marker), Some(found)) => {
                let within = marker.whole && found.end <= marker.range.end;
                let first =
                    found.start < marker.range.start || (found.start == marker.range.start && !within);
                first.then(|| found.clone())
            }
            (None, Some(found)) => Some(found.clone()),
        };
        let (range, answer) = if let Some(found) = by_its_text {
            let answer = by_text(&text[found.clone()], references);
            places.next();
            // Of a text without a reference left the syntax may know more.
            let Some(answer) = answer else {
                references.keep_rest("");
                continue;
            };
            (found, answer)
        } else {
            let Some(Marker { range, .. }) = marker.clone() else { return };
            let one = &text[range.clone()];
            let answer = match again.get(one) {
                _ if !one.starts_with(OPEN) => Replacement::default(),
                _ if growth.is_spent() => marker::replacement_without_sources(one, references),
                Some(known) => known.clone(),
                None => {
                    let repeated = references.is_exhausted(one);
                    let answer = marker::resolve(one, references);
                    if repeated {
                        again.insert(one, answer.clone());
                    }
                    answer
                }
            };
            (range, answer)
        };
        at = range.end;
        let answer = if growth.is_spent() || edits.fits(growth, &range, &answer.text, &answer.links) {
            answer
        } else {
            marker::text_without_references(&text[range.clone()])
        };
        references.keep_rest(&answer.text);
        edits.replace(range, answer.text, answer.links);
    }
}

/// A marker that was found by its syntax.
#[derive(Clone)]
struct Marker {
    range: Range<usize>,
    /// It is opened and closed.
    whole: bool,
}

/// Returns the first marker at or after `from`. A mark that opens nothing is one of its own; with one that separates
/// goes the source it names.
fn next_marker(text: &str, from: usize) -> Option<Marker> {
    let start = marker::find_char(text, from)?;
    let behind = start + OPEN.len_utf8();
    let part = |end| Some(Marker { range: start..end, whole: false });
    if text[start..].starts_with(SEPARATOR) {
        let name = text[behind..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        let names = marker::parse_source_name(&text[behind..behind + name]).is_some();
        return part(behind + if names { name } else { 0 });
    }
    if !text[start..].starts_with(OPEN) {
        return part(behind);
    }
    let close = text[behind..].find([OPEN, CLOSE, ALTERNATE_CLOSE]).map(|length| behind + length);
    if let Some(close) = close.filter(|&close| !text[close..].starts_with(OPEN)) {
        let inner = &text[behind..close];
        let fields = inner
            .split_once(SEPARATOR)
            .filter(|(kind, _)| kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        // Only lists and JSON go over several lines.
        let long = fields.is_some_and(|(kind, rest)| kind == "filenavlist" || rest.starts_with(['{', '[']));
        if long || !inner.contains('\n') {
            return Some(Marker { range: start..close + CLOSE.len_utf8(), whole: true });
        }
    }
    part(behind + marker::cut_off(&text[behind..]))
}

/// Returns what stands in the place of a text that does not look like a marker, but which a reference has; `None`: the
/// text itself.
fn by_text(text: &str, references: &mut References<'_, '_>) -> Option<Replacement> {
    let reference = references.take(text, false)?;
    let nameless = text.chars().all(marker::is_marker_char);
    if references::is_shown_as_nothing(reference) {
        return nameless.then(Replacement::default);
    }
    let sources = sources(reference);
    let alt_text = alt_text(reference);
    let mut replacement = match alt_text {
        Some(alt) => marker::without_marker_chars(alt),
        None => in_brackets(&sources),
    };
    let words = text.contains(char::is_alphanumeric) && !is_name(text);
    if replacement.is_empty() && words {
        return None;
    }
    // The writer's own words stay, and what they are about comes after them.
    if words && !replacement.contains(text) {
        replacement = format!("{text} {replacement}");
    }
    let links = match (sources.is_empty(), alt_text) {
        (true, Some(alt)) => links_in(alt),
        _ => sources.into_iter().map(|named| named.link).collect(),
    };
    Some(Replacement { text: replacement, links })
}

/// Returns whether a text is only a name for sources: `【turn0search4】`, `[1]`, `citeturn0search1turn0search2`.
fn is_name(text: &str) -> bool {
    let bracketed = ["【", "[", "(", "{{"].iter().any(|open| text.starts_with(open));
    let rest = text.trim_matches(|c: char| !c.is_alphanumeric());
    let rest = rest.trim_start_matches("file").trim_start_matches("cite");
    let named = |name: &str| {
        let name = format!("turn{}", name.trim_matches(marker::is_marker_char));
        marker::parse_source_name(&name).is_some()
    };
    bracketed || (rest.starts_with("turn") && rest.split("turn").skip(1).all(named))
}

/// Replaces 【12†source】 and 【4:0†pieces.pdf】 by what they cite; drops 【turn0search4】, which no reference has.
pub(super) fn brackets(text: &str, references: &mut References<'_, '_>, edits: &mut Edits) {
    let growth = references.growth();
    let mut at = 0;
    // Code points before `at`, counted only as far as a citation needs them.
    let (mut counted, mut points) = (0, 0_usize);
    while let Some(found) = text[at..].find('【') {
        let start = at + found;
        at = start + '【'.len_utf8();
        let Some(end) = text[at..].find(['】', '【', '\n']).map(|length| at + length) else { break };
        if !text[end..].starts_with('】') {
            continue;
        }
        let inner = &text[at..end];
        let end = end + '】'.len_utf8();
        let numbered = inner.split_once('†').filter(|(number, _)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
        });
        let Some((number, label)) = numbered else {
            if let Some((text, links)) = unnumbered(inner, references) {
                at = end;
                edits.replace_within(growth, start..end, text, links, || words_alone(inner));
            }
            continue;
        };
        if references.has_positioned_citations() {
            points += text[counted..start].chars().count();
            counted = start;
        }
        // "source" says nothing; a file's name does. Line numbers (`†L12-L30`) belong to neither.
        let label = label.split('†').next().unwrap_or_default().trim();
        let named_here = !(label.is_empty() || label == "source" || is_lines(label));
        at = end;
        // The label at least is in the text itself.
        let short = || if named_here { format!("({label})") } else { String::new() };
        if growth.is_spent() {
            edits.replace(start..end, short(), Vec::new());
            continue;
        }
        let mut link = Link::default();
        if let Some(citation) = references.cited_by_place(points, number) {
            let of = &citation.metadata;
            let title = of.title.as_deref().or(of.name.as_deref()).unwrap_or_default();
            link = Link { title: title.into(), url: of.url.as_deref().unwrap_or_default().into() };
        }
        if link.title.is_empty() && link.url.is_empty() && named_here {
            link.title = label.into();
        }
        let named = !(link.title.is_empty() && link.url.is_empty());
        let sources: Vec<NamedSource> =
            named.then_some(NamedSource { link, detail: String::new() }).into_iter().collect();
        let text = in_brackets(&sources);
        let links = sources.into_iter().map(|named| named.link).collect();
        edits.replace_within(growth, start..end, text, links, short);
    }
}

/// Returns what stands in the place of brackets without a number: the page they name, or the words of a picture that
/// was to be fetched. `None`: the brackets are the writer's.
fn unnumbered(inner: &str, references: &mut References<'_, '_>) -> Option<(String, Vec<Link>)> {
    let inner = inner.trim();
    let names = || inner.split(['†', ',', ' ', SEPARATOR]).filter(|name| !name.is_empty());
    let first = names().next().unwrap_or_default();
    let is_name = |name: &str| marker::parse_source_name(name).is_some();
    if is_name(first) && names().all(|name| is_name(name) || is_lines(name)) {
        let sources = references.pages(names());
        return Some((in_brackets(&sources), sources.into_iter().map(|named| named.link).collect()));
    }
    if inner.starts_with("{\"") && inner.ends_with('}') {
        let answer = marker::genui(inner, None, references);
        return Some((answer.text, answer.links));
    }
    None
}

/// Returns the words of brackets without a number, without the pages they name.
fn words_alone(inner: &str) -> String {
    if inner.trim().starts_with('{') {
        marker::text_without_references(inner.trim()).text
    } else {
        String::new()
    }
}

fn is_lines(label: &str) -> bool {
    label.starts_with('L')
        && label[1..].bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'L'))
}

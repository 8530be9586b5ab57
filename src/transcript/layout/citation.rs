//! The sources of a message: numbered where the text cites them, listed at its end.

use std::ops::Range;

use hashbrown::HashMap;

use super::line::{Span, Tone};
use crate::{
    conversation::{Annotation, AnnotationKind, Link},
    message::link_safety::host,
    transcript::{
        markdown::inline_span::{CitationNumber, InlineSpan, InlineSpanKind},
        text::{link_target, sanitize},
    },
};

/// Citations of a message that are numbered; those after them stay links, as they were written.
const MAX_NUMBERED: usize = 10_000;
/// Sources that are listed below a message.
const MAX_LISTED: usize = 1_000;

/// The sources that a message cites.
#[derive(Debug, Default)]
pub struct CitedSources<'a> {
    /// In the order of their numbers, from 1.
    links: Vec<&'a Link>,
    numbers: HashMap<&'a str, usize>,
    /// The bytes of the message that read as links, and the numbers shown instead.
    pub citations: Vec<(Range<usize>, Vec<CitationNumber>)>,
}

impl<'a> CitedSources<'a> {
    /// Numbers the sources of a message by their first place; one address has one number.
    ///
    /// A citation reads as links in brackets. One that does not is part of the text (a list of pages, a film): its
    /// words stay, and it has no number.
    pub fn of(parts: &'a [Annotation], text: &str) -> Self {
        let mut sources = Self::default();
        let mut numbered = 0;
        for part in parts {
            match &part.detail {
                AnnotationKind::Citation(links) => {
                    numbered += links.len();
                    if numbered > MAX_NUMBERED {
                        continue;
                    }
                    let range = part.range.start as usize..part.range.end as usize;
                    if !text.get(range.clone()).is_some_and(|text| text.trim_start().starts_with('(')) {
                        continue;
                    }
                    let mut numbers: Vec<usize> =
                        links.iter().filter_map(|link| sources.number(link)).collect();
                    numbers.dedup();
                    if !numbers.is_empty() {
                        let shown = sources.shown(&numbers);
                        sources.citations.push((range, shown));
                    }
                }
                AnnotationKind::ListedSources(links) => {
                    for link in links {
                        sources.number(link);
                    }
                }
                _ => {}
            }
        }
        sources.citations.sort_by_key(|(range, _)| range.start);
        // ¹ and ² side by side would read as twelve.
        let mut end = None;
        for (range, numbers) in &mut sources.citations {
            if end.replace(range.end) == Some(range.start) {
                numbers.insert(0, comma());
            }
        }
        sources
    }

    fn shown(&self, numbers: &[usize]) -> Vec<CitationNumber> {
        let mut shown = Vec::with_capacity(numbers.len() * 2);
        for &number in numbers {
            if !shown.is_empty() {
                shown.push(comma());
            }
            shown.push(CitationNumber {
                text: superscript(number),
                link: link_target::link_target(&self.links[number - 1].url),
            });
        }
        shown
    }

    fn number(&mut self, link: &'a Link) -> Option<usize> {
        let name = if link.url.is_empty() { &*link.title } else { without_referrer(&link.url) };
        if name.trim().is_empty() {
            return None;
        }
        let next = self.links.len() + 1;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.links.push(link);
        }
        Some(number)
    }

    /// Returns one line per source: `1  Title – host`, each cut to `width` columns. Of very many the last line says how
    /// many more there are.
    pub fn lines(&self, width: usize) -> impl Iterator<Item = Vec<Span>> + '_ {
        let digits = self.links.len().to_string().len();
        let more = self.links.len().saturating_sub(MAX_LISTED);
        let more = (more > 0).then(|| vec![Span::new(format!("… and {more} more"), Tone::Dim)]);
        let lines = self.links.iter().take(MAX_LISTED).enumerate().map(move |(index, link)| {
            let number = format!("{:>digits$}  ", index + 1);
            let columns = width.saturating_sub(number.len());
            let mut spans = vec![Span::new(number, Tone::Chrome)];
            spans.extend(link_spans(link, columns));
            spans
        });
        lines.chain(more)
    }
}

/// Finds the marks by which a browsing tool numbers what it lists, `【0†Title†host】`, and what is shown
/// instead of them: the title stays the message's own text.
pub fn browsing_marks(text: &str) -> Vec<InlineSpan> {
    let mut spans = Vec::new();
    let mut show = |range: Range<usize>, text: &str| {
        let shown = CitationNumber { text: text.to_owned(), link: None };
        spans.push(InlineSpan { range, kind: InlineSpanKind::Citation(vec![shown]) });
    };
    let mut at = 0;
    while let Some(found) = text[at..].find('【') {
        let start = at + found;
        at = start + '【'.len_utf8();
        let Some(end) = text[at..].find(['】', '【', '\n']).map(|length| at + length) else { break };
        let Some((number, title)) = text[at..end].split_once('†').filter(|_| text[end..].starts_with('】'))
        else {
            continue;
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
            continue;
        }
        let begin = end - title.len();
        show(start..begin, "");
        if let Some(host) = title.find('†') {
            show(begin + host..begin + host + '†'.len_utf8(), " – ");
        }
        at = end + '】'.len_utf8();
        show(end..at, "");
    }
    spans
}

/// Writes a link as `Title – host`, in at most `width` columns: the host stays, the title is cut.
pub fn link_spans(link: &Link, width: usize) -> Vec<Span> {
    let leads = link_target::link_target(&link.url);
    let host = sanitize::label(host(&link.url)).into_owned();
    let title = sanitize::label(link.title.trim()).into_owned();
    if title.is_empty() || title == host || *title == *link.url {
        let url = sanitize::label(&link.url);
        let shown = if url.is_empty() { title } else { url.into_owned() };
        return vec![Span::new(sanitize::fit(&shown, width), Tone::Link).linked(leads)];
    }
    if host.is_empty() {
        return vec![Span::new(sanitize::fit(&title, width), Tone::Link).linked(leads)];
    }
    let tail = format!(" – {host}");
    let columns = width.saturating_sub(sanitize::width(&tail));
    if columns < 8 {
        return vec![Span::new(sanitize::fit(&title, width), Tone::Link).linked(leads)];
    }
    vec![
        Span::new(sanitize::fit(&title, columns), Tone::Link).linked(leads.clone()),
        Span::new(tail, Tone::Dim).linked(leads),
    ]
}

/// Cuts the mark that tells a page where its reader comes from: one page is cited with and without it.
fn without_referrer(url: &str) -> &str {
    url.strip_suffix("utm_source=chatgpt.com").map_or(url, |url| url.trim_end_matches(['?', '&']))
}

fn comma() -> CitationNumber {
    CitationNumber { text: ",".to_owned(), link: None }
}

fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spans: Vec<Span>) -> String {
        spans.into_iter().map(|span| span.text).collect()
    }

    fn link(title: &str, url: &str) -> Link {
        Link { title: title.into(), url: url.into() }
    }

    fn cite(range: Range<u32>, links: &[Link]) -> Annotation {
        Annotation { range, detail: AnnotationKind::Citation(links.into()) }
    }

    #[test]
    fn one_address_has_one_number() {
        let (a, b) = (link("A", "https://a.example/1"), link("B", "https://b.example/"));
        let parts = [cite(5..9, std::slice::from_ref(&a)), cite(19..30, &[b, a])];
        let sources = CitedSources::of(&parts, "seen (a) and then  (b and a)  ");
        let [(_, first), (_, second)] = &*sources.citations else { panic!("{sources:?}") };
        assert_eq!((numbers(first), numbers(second)), ("¹".to_owned(), "²,¹".to_owned()));
        assert_eq!(second[0].link.as_deref(), Some("https://b.example/"));
        assert_eq!(second[1].link, None);
        let lines: Vec<String> = sources.lines(40).map(text).collect();
        assert_eq!(lines, ["1  A – a.example", "2  B – b.example"]);
    }

    fn numbers(numbers: &[CitationNumber]) -> String {
        numbers.iter().map(|number| number.text.as_str()).collect()
    }

    #[test]
    fn what_a_browsing_tool_lists_is_shown_by_title_and_host() {
        let text = "# 【0†A page†a.example】\n【1†B】 and 【x†y】 or 【2†open";
        let mut shown = String::new();
        let mut at = 0;
        for InlineSpan { range, kind } in browsing_marks(text) {
            shown.push_str(&text[at..range.start]);
            if let InlineSpanKind::Citation(shows) = kind {
                shown.push_str(&numbers(&shows));
            }
            at = range.end;
        }
        shown.push_str(&text[at..]);
        assert_eq!(shown, "# A page – a.example\nB and 【x†y】 or 【2†open");
    }

    #[test]
    fn a_page_is_one_source_with_and_without_its_referrer() {
        let with = link("A", "https://a.example/x?utm_source=chatgpt.com");
        let without = link("A", "https://a.example/x");
        let parts = [cite(0..3, std::slice::from_ref(&with)), cite(6..9, std::slice::from_ref(&without))];
        assert_eq!(CitedSources::of(&parts, "(a) - (a) ").lines(40).count(), 1);
    }

    #[test]
    fn of_very_many_sources_the_first_are_numbered_and_fewer_listed() {
        let links: Vec<Link> = (0..20_000).map(|n| link("A", &format!("https://a.example/{n}"))).collect();
        let parts: Vec<Annotation> =
            links.iter().map(|link| cite(0..3, std::slice::from_ref(link))).collect();
        let sources = CitedSources::of(&parts, "(a) ");
        assert_eq!(sources.citations.len(), MAX_NUMBERED);
        let lines: Vec<String> = sources.lines(40).map(text).collect();
        assert_eq!(lines.len(), MAX_LISTED + 1);
        assert_eq!(lines.last().unwrap(), "… and 9000 more");
    }

    #[test]
    fn two_citations_side_by_side_are_two_numbers() {
        let (a, b) = (link("A", "https://a.example"), link("B", "https://b.example"));
        let parts = [cite(0..3, std::slice::from_ref(&a)), cite(3..6, std::slice::from_ref(&b))];
        let sources = CitedSources::of(&parts, "(a)(b)");
        assert_eq!(sources.citations.iter().map(|(_, shown)| numbers(shown)).collect::<String>(), "¹,²");
    }

    #[test]
    fn what_is_no_citation_in_brackets_keeps_its_words() {
        let a = link("A film", "https://a.example");
        let parts = [cite(0..29, std::slice::from_ref(&a))];
        let sources = CitedSources::of(&parts, "[A film](https://a.example) .");
        assert!(sources.citations.is_empty() && sources.lines(40).next().is_none());
    }

    #[test]
    fn a_long_title_is_cut_and_the_host_stays() {
        let spans = link_spans(&link("A very long title of a page", "https://www.example.org/x"), 26);
        assert_eq!(text(spans), "A very long… – example.org");
    }

    #[test]
    fn a_source_without_a_title_is_its_address() {
        assert_eq!(text(link_spans(&link("", "https://example.org/x"), 80)), "https://example.org/x");
        assert_eq!(superscript(120), "¹²⁰");
    }
}

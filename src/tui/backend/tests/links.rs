//! Links in an emulated terminal: they lead where they should, and nothing else leads anywhere.

use super::*;

/// A screen whose links are seen: the emulated terminal knows none, so they are turned into italics on the way.
struct Leading {
    screen: Screen<Vec<u8>>,
    terminal: vt100::Parser,
}

impl Leading {
    fn new(width: u16, height: u16) -> Self {
        Self {
            screen: Screen::new(Vec::new(), false),
            terminal: vt100::Parser::new(some(height), some(width), 0),
        }
    }

    /// Shows the frame, sees that what leads somewhere does, and answers with the bytes it took.
    fn present(&mut self, frame: &Buffer, links: &[ScreenLink]) -> usize {
        let bytes = self.screen.present_linked(frame, links, None).unwrap();
        let written = String::from_utf8(std::mem::take(self.screen.output())).unwrap();
        self.terminal.process(in_italics(&written).as_bytes());
        let grid = Grid::of(frame, links);
        let (width, height) = grid.size();
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let wanted = &grid.row(y)[x as usize];
            if !wanted.symbol().is_empty() {
                let seen = self.terminal.screen().cell(y, x).unwrap();
                let context = || format!("at {x},{y}: {}\n{links:?}", written.escape_debug());
                assert_eq!(seen.italic(), wanted.link.is_some(), "{}", context());
                assert!(
                    wanted.symbol() == " " || wanted.symbol().starts_with(seen.contents()),
                    "{}",
                    context()
                );
            }
        }
        bytes
    }
}

/// Italics from where a link begins to where it ends; other changes of the look do not end it.
fn in_italics(written: &str) -> String {
    let mut shown = String::new();
    let mut leads = false;
    let mut rest = written;
    while let Some(at) = rest.find('\x1b') {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(link) = rest.strip_prefix("\x1b]8;;") {
            let (target, after) = link.split_once("\x1b\\").expect("a link's sequence ends");
            assert!(target.bytes().all(|byte| byte.is_ascii_graphic()), "{target:?}");
            leads = !target.is_empty();
            shown.push_str(if leads { "\x1b[3m" } else { "\x1b[23m" });
            rest = after;
            continue;
        }
        let length = match rest.as_bytes().get(1) {
            Some(b'[') => rest.find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |end| end + 1),
            _ => 2,
        };
        let sequence = &rest[..length];
        // What is erased leads nowhere.
        let erases = sequence.ends_with(['J', 'K', 'X']);
        if erases && leads {
            shown.push_str("\x1b[23m");
        }
        shown.push_str(sequence);
        if leads && (erases || sequence.ends_with('m')) {
            shown.push_str("\x1b[3m");
        }
        rest = &rest[length..];
    }
    shown.push_str(rest);
    assert!(!leads, "a link is left open: {}", written.escape_debug());
    shown
}

fn links() -> impl Strategy<Value = Vec<ScreenLink>> {
    let target = prop::sample::select(vec!["https://e.org/a", "https://e.org/b", "mailto:a@e.org"]);
    let link = (0u16..12, 0u16..50, 1u16..20, target).prop_map(|(y, x, length, target)| ScreenLink {
        y,
        columns: x..x + length,
        target: target.into(),
    });
    prop::collection::vec(link, 0..5).prop_map(|mut links| {
        links.sort_by_key(|link| (link.y, link.columns.start));
        links
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_leads_somewhere_does_and_nothing_else(
        mut rows in prop::collection::vec(pieces(), 1..13),
        changes in prop::collection::vec((change(), links()), 1..8),
    ) {
        let mut width = 50;
        let mut emulated = Leading::new(width, rows.len() as u16);
        for (change, links) in changes {
            if matches!(change, Change::Resize { .. }) {
                continue;
            }
            apply(change, &mut width, &mut rows);
            let mut frame = frame(width, &rows);
            frame.content.iter_mut().for_each(|cell| cell.modifier.remove(Modifier::ITALIC));
            emulated.present(&frame, &links);
            prop_assert_eq!(emulated.present(&frame, &links), 0, "a frame that is shown already costs nothing");
        }
    }
}

#[test]
fn a_link_is_written_around_its_words_and_scrolls_with_them() {
    let words: Pieces =
        vec![("see the docs for more, there is much to read in them".to_owned(), Style::new())];
    let other: Pieces = vec![("another line of some words, and more".to_owned(), Style::new())];
    let target = "https://example.org/a/rather/long/address/of/a/page";
    let at = |y| [ScreenLink { y, columns: 4..12, target: target.into() }];
    let frames: Vec<Buffer> = (0..2)
        .map(|top| {
            let rows: Vec<Pieces> = (top..top + 12)
                .map(|row| {
                    if row == 6 {
                        words.clone()
                    } else {
                        vec![(format!("{row} {}", other[0].0), Style::new())]
                    }
                })
                .collect();
            frame(60, &rows)
        })
        .collect();
    let mut screen = Screen::new(Vec::new(), false);
    screen.present_linked(&frames[0], &at(6), None).unwrap();
    let written = String::from_utf8(std::mem::take(screen.output())).unwrap();
    let leads = format!("see \x1b]8;;{target}\x1b\\the docs");
    assert!(written.contains(&leads) && written.matches("\x1b]8;;\x1b\\").count() == 1, "{written:?}");
    let bytes = screen.present_linked(&frames[1], &at(5), None).unwrap();
    assert!(bytes < 120 && !screen.output().windows(4).any(|bytes| bytes == b"\x1b]8;"), "{bytes}");
}

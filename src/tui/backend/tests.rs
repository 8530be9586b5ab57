//! An emulated terminal that is fed every byte shows every frame.

mod links;

use std::num::NonZero;

use proptest::prelude::*;
use ratatui::{
    layout::Rect,
    style::{Color, Modifier, Style},
};

use super::*;

/// A screen with an emulated terminal at its other end.
struct Emulated {
    screen: Screen<Vec<u8>>,
    terminal: vt100::Parser,
}

impl Emulated {
    fn new(width: u16, height: u16) -> Self {
        Self {
            screen: Screen::new(Vec::new(), true),
            terminal: vt100::Parser::new(some(height), some(width), 0),
        }
    }

    fn resize(&mut self, width: u16, height: u16) {
        self.terminal.screen_mut().set_size(some(height), some(width));
        self.screen.forget();
    }

    /// Shows the frame, sees that the terminal shows it, and answers with the bytes it took.
    fn present(&mut self, frame: &Buffer, cursor: Option<Position>) -> usize {
        let bytes = self.screen.present(frame, cursor).unwrap();
        let written = std::mem::take(self.screen.output());
        assert_eq!(written.len(), bytes);
        self.terminal.process(&written);
        // Whatever was cut off here would leave a terminal that wraps lines.
        let last = |sequence: &[u8]| written.windows(sequence.len()).rposition(|window| window == sequence);
        assert!(last(WRAP) >= last(NO_WRAP), "{}", written.escape_ascii());
        let screen = self.terminal.screen();
        assert_shown(frame, screen, &written);
        assert_eq!(screen.hide_cursor(), cursor.is_none());
        if let Some(at) = cursor {
            assert_eq!(screen.cursor_position(), (at.y, at.x), "{}", written.escape_ascii());
        }
        bytes
    }
}

fn some(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

fn assert_shown(frame: &Buffer, screen: &vt100::Screen, written: &[u8]) {
    let grid = Grid::of(frame, &[]);
    let (width, height) = grid.size();
    for y in 0..height {
        for x in 0..width {
            let wanted = &grid.row(y)[x as usize];
            let seen = screen.cell(y, x).unwrap();
            let context =
                || format!("at {x},{y} of {width}×{height} after {}\n{frame:?}", written.escape_ascii());
            if wanted.symbol().is_empty() {
                assert!(seen.is_wide_continuation() || seen.has_contents(), "{}", context());
                continue;
            }
            let blank = wanted.symbol() == " ";
            if blank {
                assert!(matches!(seen.contents(), "" | " "), "{:?} {}", seen.contents(), context());
                assert!(!seen.is_wide_continuation(), "{}", context());
            } else {
                // The emulation puts the two halves of a flag into two cells.
                assert!(
                    wanted.symbol().starts_with(seen.contents()) && seen.has_contents(),
                    "{:?} {}",
                    seen.contents(),
                    context()
                );
            }
            let has = |modifier| wanted.modifier.contains(modifier);
            let bare = blank && !wanted.modifier.intersects(glyph::SEEN_ON_BLANKS);
            assert_eq!(seen.bgcolor(), color(wanted.bg), "{}", context());
            assert_eq!(seen.inverse(), has(Modifier::REVERSED), "{}", context());
            assert_eq!(seen.underline(), has(Modifier::UNDERLINED), "{}", context());
            if !bare {
                assert_eq!(seen.fgcolor(), color(wanted.fg), "{}", context());
                assert_eq!(seen.bold(), has(Modifier::BOLD), "{}", context());
                assert_eq!(seen.dim(), has(Modifier::DIM), "{}", context());
                assert_eq!(seen.italic(), has(Modifier::ITALIC), "{}", context());
            }
        }
    }
}

fn color(color: Color) -> vt100::Color {
    match color {
        Color::Reset => vt100::Color::Default,
        Color::Red => vt100::Color::Idx(1),
        Color::Green => vt100::Color::Idx(2),
        Color::DarkGray => vt100::Color::Idx(8),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(n) => vt100::Color::Idx(n),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        other => panic!("not used here: {other}"),
    }
}

const CLUSTERS: [&str; 24] = [
    "a",
    "b",
    "x",
    " ",
    " ",
    " ",
    "…",
    "│",
    "▌",
    "日",
    "本",
    "é",
    "e\u{301}",
    "😀",
    "❤\u{FE0F}",
    "👍🏽",
    "🇩🇪",
    "👨\u{200D}👩\u{200D}👧",
    "1\u{FE0F}\u{20E3}",
    "각",
    "กำ",
    "⌚",
    "☂",
    "\u{2003}",
];

fn style() -> impl Strategy<Value = Style> {
    let color = || {
        prop_oneof![
            4 => Just(Color::Reset),
            1 => Just(Color::Red),
            1 => Just(Color::Green),
            1 => Just(Color::DarkGray),
            1 => Just(Color::LightBlue),
            1 => (0u8..=255).prop_map(Color::Indexed),
            1 => any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
        ]
    };
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::ITALIC | Modifier::BOLD,
        Modifier::UNDERLINED,
        Modifier::REVERSED,
        Modifier::REVERSED | Modifier::BOLD,
    ]);
    (color(), color(), modifier).prop_map(|(fg, bg, add)| Style::new().fg(fg).bg(bg).add_modifier(add))
}

/// A row's text in pieces of one style.
type Pieces = Vec<(String, Style)>;

fn pieces() -> impl Strategy<Value = Pieces> {
    let text = prop_oneof![
        3 => prop::collection::vec(prop::sample::select(CLUSTERS.as_slice()), 0..12).prop_map(|words| words.concat()),
        1 => (0usize..30).prop_map(|n| " ".repeat(n)),
        2 => "[a-z]{1,9} [a-z]{1,9} ",
    ];
    prop::collection::vec((text, prop_oneof![2 => Just(Style::new()), 1 => style()]), 0..5)
}

fn row(frame: &mut Buffer, y: u16, pieces: &Pieces) {
    let width = frame.area.width;
    let mut x = 0;
    for (text, style) in pieces {
        x = frame.set_stringn(x, y, text, (width - x) as usize, *style).0;
        if x >= width {
            break;
        }
    }
}

fn frame(width: u16, rows: &[Pieces]) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, width, rows.len() as u16));
    for (y, pieces) in rows.iter().enumerate() {
        row(&mut frame, y as u16, pieces);
    }
    frame
}

/// An event of a screen between two frames.
#[derive(Clone, Debug)]
enum Change {
    /// Rows of a region move by this many, and what comes in is new.
    Scroll {
        top: usize,
        bottom: usize,
        by: isize,
        new: Vec<Pieces>,
    },
    Row {
        y: usize,
        pieces: Pieces,
    },
    Everything {
        rows: Vec<Pieces>,
    },
    Style {
        y: usize,
        style: Style,
    },
    Resize {
        width: u16,
        height: usize,
    },
    Nothing,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (0usize..12, 0usize..12, -6isize..=6, prop::collection::vec(pieces(), 6))
            .prop_map(|(top, bottom, by, new)| Change::Scroll { top, bottom, by, new }),
        3 => (0usize..12, pieces()).prop_map(|(y, pieces)| Change::Row { y, pieces }),
        1 => prop::collection::vec(pieces(), 12).prop_map(|rows| Change::Everything { rows }),
        1 => (0usize..12, style()).prop_map(|(y, style)| Change::Style { y, style }),
        1 => (1u16..60, 1usize..13).prop_map(|(width, height)| Change::Resize { width, height }),
        1 => Just(Change::Nothing),
    ]
}

fn apply(change: Change, width: &mut u16, rows: &mut Vec<Pieces>) {
    let height = rows.len();
    match change {
        Change::Scroll { top, bottom, by, new } => {
            let (top, bottom) = (top.min(bottom) % height, top.max(bottom) % height);
            let (top, bottom) = (top.min(bottom), top.max(bottom));
            let region = &mut rows[top..=bottom];
            let moved = by.unsigned_abs().min(region.len());
            let length = region.len();
            if by > 0 {
                region.rotate_left(moved);
                region[length - moved..].clone_from_slice(&new[..moved]);
            } else {
                region.rotate_right(moved);
                region[..moved].clone_from_slice(&new[..moved]);
            }
        }
        Change::Row { y, pieces } => rows[y % height] = pieces,
        Change::Everything { rows: new } => rows.clone_from_slice(&new[..height]),
        Change::Style { y, style } => rows[y % height].iter_mut().for_each(|(_, old)| *old = style),
        Change::Resize { width: new, height } => {
            *width = new;
            rows.resize(height, Vec::new());
        }
        Change::Nothing => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn an_emulated_terminal_always_shows_the_frame(
        mut width in 1u16..60,
        mut rows in prop::collection::vec(pieces(), 1..13),
        changes in prop::collection::vec((change(), prop::option::of((0u16..60, 0u16..13))), 1..12),
    ) {
        let mut emulated = Emulated::new(width, rows.len() as u16);
        emulated.present(&frame(width, &rows), None);
        for (change, cursor) in changes {
            let size = (width, rows.len());
            apply(change, &mut width, &mut rows);
            if size != (width, rows.len()) {
                emulated.resize(width, rows.len() as u16);
            }
            let cursor = cursor.map(|(x, y)| Position::new(x % width, y % rows.len() as u16));
            let frame = frame(width, &rows);
            emulated.present(&frame, cursor);
            prop_assert_eq!(emulated.present(&frame, cursor), 0, "a frame that is shown already costs nothing");
        }
    }
}

#[test]
fn people_who_are_one_picture_leave_nothing_behind() {
    // A terminal that gives each its own columns shows the first, and the text after it where it belongs.
    let mut emulated = Emulated::new(30, 3);
    for text in
        ["👨\u{200D}👩\u{200D}👧\u{200D}👦 is a family", "👩🏽\u{200D}🚀", "a👍🏽b", "👍🏽👍🏽x", "x", "🇩🇪☂ ☂x"]
    {
        let row: Pieces = vec![(text.to_owned(), Style::new())];
        emulated.present(&frame(30, &[row.clone(), Vec::new(), row]), None);
    }
}

/// A thread in a narrow window, as SCREENS has it: header, rule, text with a bar at the message under the cursor,
/// status line.
fn thread(top: usize, message: usize) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, 80, 24));
    let dim = Style::new().add_modifier(Modifier::DIM);
    let bold = Style::new().add_modifier(Modifier::BOLD);
    frame.set_string(1, 0, "Ingress returns 504 after a minute", bold);
    frame.set_string(50, 0, format!("3 Mar 2025 · gpt-4o · {message} of 18"), dim);
    frame.set_string(0, 1, "─".repeat(80), dim);
    for y in 2..23u16 {
        let line = top + y as usize;
        let words = [
            "timeout",
            "ingress",
            "the",
            "proxy",
            "of",
            "kubernetes",
            "annotations",
            "is",
            "sixty",
            "seconds",
        ];
        let mut x = 4;
        for n in 0..(line * 7 % 11) {
            let style = match (line + n) % 9 {
                0 => bold,
                1 => Style::new().fg(Color::Green),
                _ => Style::new(),
            };
            x = frame.set_stringn(x, y, words[(line * 3 + n * n) % 10], 76 - x as usize, style).0;
            x = frame.set_stringn(x, y, " ", 76 - x as usize, Style::new()).0;
        }
        if line / 8 == message {
            frame.set_string(0, y, "▌", Style::new().fg(Color::LightBlue));
        } else if (line / 8).is_multiple_of(2) {
            frame.set_string(2, y, "┃", dim);
        }
    }
    frame.set_string(1, 23, "copied 412 bytes (markdown) to the clipboard by OSC 52", Style::new());
    frame.set_string(53, 23, "n next hit · e extract · ? keys", dim);
    frame
}

#[test]
fn a_line_a_page_and_a_letter_take_few_bytes() {
    let mut emulated = Emulated::new(80, 24);
    let whole = emulated.present(&thread(100, 13), None);
    let mut lines = Vec::new();
    for top in (101..140).chain((100..139).rev()) {
        lines.push(emulated.present(&thread(top, (top + 8) / 8), None));
    }
    let mut pages = Vec::new();
    for top in [119, 138, 157, 138, 119, 100] {
        pages.push(emulated.present(&thread(top, (top + 8) / 8), None));
    }
    let mut search = thread(100, 13);
    let mut typed = Vec::new();
    for (n, letter) in "kubernetes".chars().enumerate() {
        search.set_string(1 + n as u16, 0, format!("{letter}"), Style::new());
        typed.push(emulated.present(&search, Some(Position::new(2 + n as u16, 0))));
    }
    println!("whole {whole}\nlines {lines:?}\npages {pages:?}\nletters {typed:?}");
    assert!(whole <= 4000, "a screen: {whole} bytes");
    assert!(lines.iter().all(|bytes| *bytes <= 300), "lines: {lines:?}");
    assert!(pages.iter().all(|bytes| *bytes <= 3000), "pages: {pages:?}");
    assert!(typed[1..].iter().all(|bytes| *bytes <= 24), "letters: {typed:?}");
}

/// A connection that is dropped between two frames leaves the terminal as it is then: for ever, since `stty sane`
/// does not help.
#[test]
fn only_while_text_is_written_to_the_edge_lines_are_not_wrapped() {
    let mut emulated = Emulated::new(20, 3);
    let mut frame = Buffer::empty(Rect::new(0, 0, 20, 3));
    let mut written = |frame: &Buffer| {
        emulated.screen.present(frame, Some(Position::new(0, 0))).unwrap();
        let written = std::mem::take(emulated.screen.output());
        let count = |sequence: &[u8]| written.windows(sequence.len()).filter(|it| *it == sequence).count();
        (count(NO_WRAP), count(WRAP))
    };
    assert_eq!(written(&frame), (0, 0), "a blank screen has no text");
    frame.set_string(3, 1, "short", Style::new());
    assert_eq!(written(&frame), (0, 0), "what ends before the edge wraps nowhere");
    frame.set_string(3, 1, "up to the last one", Style::new());
    assert_eq!(written(&frame), (1, 1));
    frame.set_string(3, 1, "👨\u{200D}👩\u{200D}👧 a family  ", Style::new());
    assert_eq!(written(&frame), (1, 1), "some terminals draw three for one");
    assert_eq!(written(&frame), (0, 0), "nothing is written where nothing changes");
}

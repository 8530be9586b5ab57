//! What can be read where: the contrast of every look on the grounds that terminals have, by WCAG 2, from 1 to 21.

use ratatui::style::{Color, Modifier, Style};

use super::{ColorDepth, Theme};
use crate::{config::ThemeName, tui::palette};

type Rgb = (u8, u8, u8);

/// A terminal as it comes: its sixteen colours, its text and its ground.
struct Palette {
    name: &'static str,
    colors: [u32; 16],
    text: u32,
    ground: u32,
}

const XTERM: [u32; 16] = [
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
    0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
];
const TERMINAL_APP: [u32; 16] = [
    0x000000, 0x990000, 0x00a600, 0x999900, 0x0000b2, 0xb200b2, 0x00a6b2, 0xbfbfbf, 0x666666, 0xe50000,
    0x00d900, 0xe5e500, 0x0000ff, 0xe500e5, 0x00e5e5, 0xe5e5e5,
];
const CAMPBELL: [u32; 16] = [
    0x0c0c0c, 0xc50f1f, 0x13a10e, 0xc19c00, 0x0037da, 0x881798, 0x3a96dd, 0xcccccc, 0x767676, 0xe74856,
    0x16c60c, 0xf9f1a5, 0x3b78ff, 0xb4009e, 0x61d6d6, 0xf2f2f2,
];
const GNOME: [u32; 16] = [
    0x171421, 0xc01c28, 0x26a269, 0xa2734c, 0x12488b, 0xa347ba, 0x2aa1b3, 0xd0cfcc, 0x5e5c64, 0xf66151,
    0x33da7a, 0xe9ad0c, 0x2a7bde, 0xc061cb, 0x33c7de, 0xffffff,
];
const CONSOLE: [u32; 16] = [
    0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555,
    0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
];
const SOLARIZED: [u32; 16] = [
    0x073642, 0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682, 0x2aa198, 0xeee8d5, 0x002b36, 0xcb4b16,
    0x586e75, 0x657b83, 0x839496, 0x6c71c4, 0x93a1a1, 0xfdf6e3,
];

const PALETTES: [Palette; 11] = [
    Palette { name: "xterm on white", colors: XTERM, text: 0x000000, ground: 0xffffff },
    Palette { name: "xterm on black", colors: XTERM, text: 0xe5e5e5, ground: 0x000000 },
    Palette { name: "Terminal.app Basic", colors: TERMINAL_APP, text: 0x000000, ground: 0xffffff },
    Palette { name: "Terminal.app Pro", colors: TERMINAL_APP, text: 0xf2f2f2, ground: 0x000000 },
    Palette { name: "Windows Terminal", colors: CAMPBELL, text: 0xcccccc, ground: 0x0c0c0c },
    Palette { name: "Windows Terminal on white", colors: CAMPBELL, text: 0x0c0c0c, ground: 0xffffff },
    Palette { name: "GNOME dark", colors: GNOME, text: 0xd0cfcc, ground: 0x171421 },
    Palette { name: "GNOME light", colors: GNOME, text: 0x171421, ground: 0xffffff },
    Palette { name: "Linux console", colors: CONSOLE, text: 0xaaaaaa, ground: 0x000000 },
    Palette { name: "Solarized dark", colors: SOLARIZED, text: 0x839496, ground: 0x002b36 },
    Palette { name: "Solarized light", colors: SOLARIZED, text: 0x657b83, ground: 0xfdf6e3 },
];

impl Palette {
    /// Returns the colour that this terminal shows; `None`: its own.
    fn shown(&self, color: Option<Color>, brighter: bool) -> Option<Rgb> {
        const SIXTEEN: [Color; 16] = [
            Color::Black,
            Color::Red,
            Color::Green,
            Color::Yellow,
            Color::Blue,
            Color::Magenta,
            Color::Cyan,
            Color::Gray,
            Color::DarkGray,
            Color::LightRed,
            Color::LightGreen,
            Color::LightYellow,
            Color::LightBlue,
            Color::LightMagenta,
            Color::LightCyan,
            Color::White,
        ];
        let color = color.filter(|color| *color != Color::Reset)?;
        if let Some(index) = SIXTEEN.iter().position(|named| *named == color) {
            return Some(rgb(self.colors[if brighter && index < 8 { index + 8 } else { index }]));
        }
        palette::components(color)
    }

    /// Returns the contrast of a look over the plain one. Bold may be bright; dim is two thirds of the way to the ground.
    fn contrast(&self, plain: Style, look: Style, bold_is_bright: bool) -> f64 {
        let look = plain.patch(look);
        let has = |modifier| look.add_modifier.contains(modifier);
        let mut text =
            self.shown(look.fg, bold_is_bright && has(Modifier::BOLD)).unwrap_or_else(|| rgb(self.text));
        let ground = self.shown(look.bg, false).unwrap_or_else(|| rgb(self.ground));
        if has(Modifier::DIM) {
            let mixed = |text: u8, ground: u8| ((u16::from(text) + 2 * u16::from(ground)) / 3) as u8;
            text = (mixed(text.0, ground.0), mixed(text.1, ground.1), mixed(text.2, ground.2));
        }
        // What is reversed has the same contrast.
        contrast(text, ground)
    }
}

fn rgb(color: u32) -> Rgb {
    ((color >> 16) as u8, (color >> 8) as u8, color as u8)
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (palette::luminance(one), palette::luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Calls with every look of a theme on every ground: `(where, name, contrast, the contrast of plain text)`.
fn every_look(name: ThemeName, depth: ColorDepth, mut check: impl FnMut(&str, &str, f64, f64)) {
    let theme = Theme::of(name, depth);
    for terminal in &PALETTES {
        for bold_is_bright in [false, true] {
            let plain = terminal.contrast(theme.plain, theme.plain, bold_is_bright);
            for (look, style) in theme.looks() {
                check(terminal.name, look, terminal.contrast(theme.plain, style, bold_is_bright), plain);
            }
        }
    }
}

#[test]
fn every_text_of_dark_and_light_has_a_contrast_of_four_and_a_half_to_its_ground() {
    for name in [ThemeName::Dark, ThemeName::Light] {
        for depth in [ColorDepth::True, ColorDepth::Palette] {
            every_look(name, depth, |place, look, contrast, _| {
                assert!(contrast >= 4.5, "{name:?} {depth:?}, {place}, {look}: {contrast:.2}");
            });
        }
    }
}

/// Yellow on white was 1.1 : 1, and the blue of a link on black 2.2 : 1.
#[test]
fn where_the_ground_is_not_known_every_text_is_as_legible_as_the_terminals_own() {
    every_look(ThemeName::Terminal, ColorDepth::Palette, |place, look, contrast, plain| {
        assert!(contrast >= 3.0, "{place}, {look}: {contrast:.2}");
        assert!(contrast >= 0.9 * plain, "{place}, {look}: {contrast:.2} where plain text has {plain:.2}");
    });
}

/// The reason why the theme for them has none.
#[test]
fn none_of_the_sixteen_colours_and_no_dim_text_is_legible_on_all_these_grounds() {
    let is_legible = |style: Style| {
        PALETTES.iter().all(|terminal| {
            let contrast = terminal.contrast(Style::new(), style, false);
            contrast >= 3.0 && contrast >= 0.9 * terminal.contrast(Style::new(), Style::new(), false)
        })
    };
    assert!(is_legible(Style::new()) && is_legible(Style::new().reversed()));
    assert!(!is_legible(Style::new().dim()));
    for color in [
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
    ] {
        assert!(!is_legible(Style::new().fg(color)), "{color}");
    }
}

/// It was the least legible word of the screen: grey on yellow where bold is bright.
#[test]
fn the_current_hit_is_the_most_legible_of_all_and_other_hits_come_next() {
    for (name, word) in
        [(ThemeName::Dark, "dark"), (ThemeName::Light, "light"), (ThemeName::Terminal, "terminal")]
    {
        for depth in [ColorDepth::True, ColorDepth::Palette] {
            let theme = Theme::of(name, depth);
            for terminal in &PALETTES {
                let of = |style| terminal.contrast(theme.plain, style, true);
                assert!(of(theme.focus) >= of(theme.hit), "{word}, {}", terminal.name);
                for (look, style) in theme.looks().into_iter().filter(|(look, _)| *look != "focus") {
                    assert!(of(theme.hit) >= of(style), "{word}, {}, {look}", terminal.name);
                }
            }
        }
    }
}

#[test]
fn bold_never_stands_on_a_foreground_that_it_could_turn_grey() {
    for name in [ThemeName::Dark, ThemeName::Light, ThemeName::Terminal, ThemeName::Mono] {
        for (look, style) in Theme::of(name, ColorDepth::Palette).looks() {
            let is_bold = style.add_modifier.contains(Modifier::BOLD);
            let is_reversed = style.add_modifier.contains(Modifier::REVERSED);
            assert!(!(is_bold && (is_reversed || style.bg.is_some())), "{name:?} {look}");
        }
    }
}

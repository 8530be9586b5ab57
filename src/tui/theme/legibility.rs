//! What can be read where: the contrast of every look on the grounds that terminals have, by WCAG 2, from 1 to 21.

use ratatui::style::{Color, Modifier, Style};

use super::{ColorDepth, Theme};
use crate::{config::ThemeName, tui::palette};

type Rgb = (u8, u8, u8);

/// A terminal as it comes: its sixteen colours, its text and its ground, six digits each.
struct Palette {
    name: &'static str,
    colors: &'static str,
    text: &'static str,
    ground: &'static str,
}

const XTERM: &str = "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 \
    7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff";
const TERMINAL_APP: &str = "000000 990000 00a600 999900 0000b2 b200b2 00a6b2 bfbfbf \
    666666 e50000 00d900 e5e500 0000ff e500e5 00e5e5 e5e5e5";
const CAMPBELL: &str = "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc \
    767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2";
const GNOME: &str = "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc \
    5e5c64 f66151 33da7a e9ad0c 2a7bde c061cb 33c7de ffffff";
const CONSOLE: &str = "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa \
    555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff";
const SOLARIZED: &str = "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 \
    002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3";

const PALETTES: [Palette; 11] = [
    Palette { name: "xterm on white", colors: XTERM, text: "000000", ground: "ffffff" },
    Palette { name: "xterm on black", colors: XTERM, text: "e5e5e5", ground: "000000" },
    Palette { name: "Terminal.app Basic", colors: TERMINAL_APP, text: "000000", ground: "ffffff" },
    Palette { name: "Terminal.app Pro", colors: TERMINAL_APP, text: "f2f2f2", ground: "000000" },
    Palette { name: "Windows Terminal", colors: CAMPBELL, text: "cccccc", ground: "0c0c0c" },
    Palette { name: "Windows Terminal on white", colors: CAMPBELL, text: "0c0c0c", ground: "ffffff" },
    Palette { name: "GNOME dark", colors: GNOME, text: "d0cfcc", ground: "171421" },
    Palette { name: "GNOME light", colors: GNOME, text: "171421", ground: "ffffff" },
    Palette { name: "Linux console", colors: CONSOLE, text: "aaaaaa", ground: "000000" },
    Palette { name: "Solarized dark", colors: SOLARIZED, text: "839496", ground: "002b36" },
    Palette { name: "Solarized light", colors: SOLARIZED, text: "657b83", ground: "fdf6e3" },
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
            let index = if brighter && index < 8 { index + 8 } else { index };
            return self.colors.split_whitespace().nth(index).map(rgb);
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

fn rgb(digits: &str) -> Rgb {
    let part = |place: usize| u8::from_str_radix(&digits[place..place + 2], 16).expect("two digits");
    (part(0), part(2), part(4))
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

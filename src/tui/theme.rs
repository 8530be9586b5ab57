//! The look of the screen: a theme gives every kind of text a style. Themes are data (`assets/themes/*.toml`).
//!
//! A theme with colours of its own has a ground of its own too: the background of its `plain` look, which the views
//! paint over the whole screen before anything else. The terminal's colours stay on the terminal's ground.

mod choice;
mod ground;
#[cfg(test)]
mod legibility;

use std::env;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

pub use self::{choice::ThemeChoice, ground::Ground};
use super::palette;
use crate::{
    config::ThemeName,
    transcript::{HitMark, Span, Tone},
};

/// One look, as the file has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
    strike: bool,
}

macro_rules! looks {
    ($($(#[$doc:meta])* $name:ident $(as $key:literal)?),* $(,)?) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Looks { $($(#[serde(rename = $key)])? $name: Look),* }

        /// A style for everything there is to see.
        #[derive(Clone, Debug)]
        pub struct Theme { $($(#[$doc])* pub $name: Style),* }

        impl Theme {
            fn from_looks(looks: &Looks, depth: ColorDepth) -> Result<Self, ThemeError> {
                Ok(Self { $($name: looks.$name.style(depth)?),* })
            }

            /// Lists every look with its name.
            pub fn looks(&self) -> Vec<(&'static str, Style)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

looks! {
    /// Text.
    plain,
    /// Text that one does not look for: dates, counts, keys.
    dim,
    /// The cursor.
    accent,
    /// The selected row's title, the focused word.
    selected,
    /// A hit in the thread.
    hit,
    /// The hit that `n` and `N` stand on.
    focus,
    /// Failures.
    error,
    /// The person's name and bar.
    you,
    /// The model's name.
    assistant,
    /// A heading in a message.
    heading,
    /// A link's words.
    link,
    /// Code, when it has no colours of its own.
    code,
    /// Rules, labels, markers.
    chrome,
    /// Quoted words.
    quote,
    /// A fold's line.
    fold,
    /// Mathematics.
    math,
    /// In code.
    keyword,
    /// In code: strings.
    literal,
    /// In code.
    comment,
    /// In code.
    function,
    /// In code.
    kind as "type",
    /// In code.
    number,
    /// In code.
    operator,
    /// In code.
    punctuation,
    /// In a diff.
    inserted,
    /// In a diff.
    deleted,
}

/// The number of colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorDepth {
    /// 24 bits of them.
    True,
    /// 256: what a theme asks for is shown by the nearest.
    Palette,
}

impl ColorDepth {
    /// Reads what the terminal says in COLORTERM; one that says nothing has 256.
    pub fn of_terminal() -> Self {
        Self::of(env::var("COLORTERM").ok().as_deref())
    }

    fn of(colorterm: Option<&str>) -> Self {
        if matches!(colorterm, Some("truecolor" | "24bit")) { Self::True } else { Self::Palette }
    }
}

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// Not TOML, or a look that does not exist.
    #[error("theme: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A colour nobody knows.
    #[error("theme: there is no colour called {0:?}")]
    UnknownColor(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    look: Looks,
}

impl Look {
    fn style(&self, depth: ColorDepth) -> Result<Style, ThemeError> {
        let mut style = Style::new();
        let shown = |name: &str| -> Result<Color, ThemeError> {
            let color = color(name)?;
            Ok(if depth == ColorDepth::Palette { palette::nearest(color) } else { color })
        };
        style.fg = self.fg.as_deref().map(shown).transpose()?;
        style.bg = self.bg.as_deref().map(shown).transpose()?;
        for (set, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reverse, Modifier::REVERSED),
            (self.strike, Modifier::CROSSED_OUT),
        ] {
            if set {
                style = style.add_modifier(modifier);
            }
        }
        Ok(style)
    }
}

fn color(name: &str) -> Result<Color, ThemeError> {
    Ok(match name {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright-black" => Color::DarkGray,
        "bright-red" => Color::LightRed,
        "bright-green" => Color::LightGreen,
        "bright-yellow" => Color::LightYellow,
        "bright-blue" => Color::LightBlue,
        "bright-magenta" => Color::LightMagenta,
        "bright-cyan" => Color::LightCyan,
        "bright-white" => Color::White,
        other => other
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .map(Color::from_u32)
            .ok_or_else(|| ThemeError::UnknownColor(other.to_owned()))?,
    })
}

impl Theme {
    /// Reads a theme.
    pub fn parse(text: &str, depth: ColorDepth) -> Result<Self, ThemeError> {
        Self::from_looks(&toml::from_str::<ThemeFile>(text)?.look, depth)
    }

    /// Returns a theme by its name, in the colours the terminal has.
    pub fn of(name: ThemeName, depth: ColorDepth) -> Self {
        let text = match name {
            // Nothing is known of the ground.
            ThemeName::Auto | ThemeName::Terminal => include_str!("../../assets/themes/terminal.toml"),
            ThemeName::Dark => include_str!("../../assets/themes/dark.toml"),
            ThemeName::Light => include_str!("../../assets/themes/light.toml"),
            ThemeName::Mono => include_str!("../../assets/themes/mono.toml"),
        };
        // The assets are compiled in, and tests read them: they cannot be wrong in a release.
        Self::parse(text, depth).unwrap_or_else(|error| unreachable!("{error}"))
    }

    /// Returns the theme on a ground that is not known: the terminal's own text and ground.
    pub fn terminal() -> Self {
        Self::of(ThemeName::Terminal, ColorDepth::Palette)
    }

    /// Returns the theme without colours.
    pub fn mono() -> Self {
        Self::of(ThemeName::Mono, ColorDepth::Palette)
    }

    /// Returns the style of a hit in the list, within this style: the underline tells it where there is no colour.
    pub fn mark_in(&self, style: Style) -> Style {
        style.patch(self.accent).add_modifier(Modifier::UNDERLINED)
    }

    /// Returns the style of a span of a transcript.
    pub fn span(&self, span: &Span) -> Style {
        let mut style = self.tone(span.tone);
        for (set, modifier) in [
            (span.bold, Modifier::BOLD),
            (span.italic, Modifier::ITALIC),
            (span.strike, Modifier::CROSSED_OUT),
            (span.underline, Modifier::UNDERLINED),
        ] {
            if set {
                style = style.add_modifier(modifier);
            }
        }
        match span.mark {
            HitMark::None => style,
            HitMark::Hit => unweighted(style).patch(self.hit),
            HitMark::Focus => unweighted(style).patch(self.focus),
        }
    }

    fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => self.plain,
            Tone::Dim => self.dim,
            Tone::You => self.you,
            Tone::Assistant => self.assistant,
            Tone::Heading => self.heading,
            Tone::Link => self.link,
            Tone::Code => self.code,
            Tone::Chrome => self.chrome,
            Tone::Quote => self.quote,
            Tone::Fold => self.fold,
            Tone::Error => self.error,
            Tone::Math => self.math,
            Tone::Keyword => self.keyword,
            Tone::Literal => self.literal,
            Tone::Comment => self.comment,
            Tone::Function => self.function,
            Tone::Type => self.kind,
            Tone::Number => self.number,
            Tone::Operator => self.operator,
            Tone::Punctuation => self.punctuation,
            Tone::Inserted => self.inserted,
            Tone::Deleted => self.deleted,
        }
    }
}

/// Returns a style without what makes a hit in it less legible: dim, and bold, which some terminals show in another colour.
fn unweighted(style: Style) -> Style {
    style.remove_modifier(Modifier::DIM | Modifier::BOLD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::NamedValues;

    #[test]
    fn every_theme_is_whole() {
        for (name, _) in ThemeName::ALL {
            Theme::of(*name, ColorDepth::True);
        }
    }

    #[test]
    fn mono_has_no_colour_at_all() {
        for (look, style) in Theme::mono().looks() {
            assert_eq!((style.fg, style.bg), (None, None), "{look}");
        }
    }

    #[test]
    fn the_terminal_theme_takes_the_terminals_sixteen_and_its_ground() {
        let theme = Theme::terminal();
        assert_eq!(theme.plain, Style::new());
        for (look, style) in theme.looks() {
            for color in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(color, Color::Rgb(..) | Color::Indexed(_)), "{look}: {color}");
            }
        }
    }

    #[test]
    fn a_hit_and_the_one_in_focus_look_different_in_every_theme() {
        for (name, word) in ThemeName::ALL {
            for depth in [ColorDepth::True, ColorDepth::Palette] {
                let theme = Theme::of(*name, depth);
                assert_ne!(theme.hit, theme.focus, "{word}");
            }
        }
    }

    #[test]
    fn twenty_four_bits_only_where_the_terminal_says_so() {
        assert_eq!(ColorDepth::of(Some("truecolor")), ColorDepth::True);
        assert_eq!(ColorDepth::of(Some("24bit")), ColorDepth::True);
        assert_eq!(ColorDepth::of(Some("yes")), ColorDepth::Palette);
        assert_eq!(ColorDepth::of(None), ColorDepth::Palette);
        for (look, style) in Theme::of(ThemeName::Dark, ColorDepth::Palette).looks() {
            for color in [style.fg, style.bg].into_iter().flatten() {
                assert!(matches!(color, Color::Indexed(16..)), "{look}: {color}");
            }
        }
    }

    #[test]
    fn an_unknown_colour_is_named() {
        assert_eq!(color("mauve").unwrap_err().to_string(), "theme: there is no colour called \"mauve\"");
    }
}

//! How things look: a theme gives every kind of text a style. Themes are data (`assets/themes/*.toml`).

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::transcript::{Mark, Span, Tone};

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

        impl TryFrom<Looks> for Theme {
            type Error = ThemeError;

            fn try_from(looks: Looks) -> Result<Self, ThemeError> {
                Ok(Self { $($name: looks.$name.style()?),* })
            }
        }
    };
}

looks! {
    /// Text.
    plain,
    /// What one does not look for: dates, counts, keys.
    dim,
    /// The cursor.
    accent,
    /// The selected row's title, the focused word.
    selected,
    /// A hit in the thread.
    hit,
    /// The hit that `n` and `N` stand on.
    focus,
    /// What went wrong.
    error,
    /// The person's name and bar.
    you,
    /// The model's name.
    other,
    /// A heading in a message.
    heading,
    /// A link's words.
    link,
    /// Code, when it has no colours of its own.
    code,
    /// Rules, labels, markers.
    furniture,
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

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// Not TOML, or a look that does not exist.
    #[error("theme: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A colour nobody knows.
    #[error("theme: there is no colour called {0:?}")]
    UnknownColour(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    look: Looks,
}

impl Look {
    fn style(&self) -> Result<Style, ThemeError> {
        let mut style = Style::new();
        style.fg = self.fg.as_deref().map(colour).transpose()?;
        style.bg = self.bg.as_deref().map(colour).transpose()?;
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

fn colour(name: &str) -> Result<Color, ThemeError> {
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
            .ok_or_else(|| ThemeError::UnknownColour(other.to_owned()))?,
    })
}

impl Theme {
    /// Reads a theme.
    pub fn parse(text: &str) -> Result<Self, ThemeError> {
        toml::from_str::<ThemeFile>(text)?.look.try_into()
    }

    /// The default: the terminal's own colours.
    pub fn terminal() -> Self {
        Self::built_in(include_str!("../../assets/themes/terminal.toml"))
    }

    /// No colour.
    pub fn mono() -> Self {
        Self::built_in(include_str!("../../assets/themes/mono.toml"))
    }

    fn built_in(text: &str) -> Self {
        // The assets are compiled in, and a test reads them: they cannot be wrong in a release.
        Self::parse(text).unwrap_or_else(|error| unreachable!("{error}"))
    }

    /// The style of a stretch of a transcript.
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
            Mark::None => style,
            Mark::Hit => style.remove_modifier(Modifier::DIM).patch(self.hit),
            Mark::Focus => style.remove_modifier(Modifier::DIM).patch(self.focus),
        }
    }

    fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => self.plain,
            Tone::Dim => self.dim,
            Tone::You => self.you,
            Tone::Other => self.other,
            Tone::Heading => self.heading,
            Tone::Link => self.link,
            Tone::Code => self.code,
            Tone::Furniture => self.furniture,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_themes_are_whole() {
        Theme::terminal();
        let mono = Theme::mono();
        assert_eq!((mono.hit.fg, mono.hit.bg), (None, None), "mono has no colour");
    }

    #[test]
    fn an_unknown_colour_is_named() {
        assert_eq!(colour("mauve").unwrap_err().to_string(), "theme: there is no colour called \"mauve\"");
    }
}

//! The ground of the terminal, as far as it is known: dark or light.

use std::env;

use crate::tui::palette;

/// The ground that a terminal shows text on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Light text is read better on it.
    Dark,
    /// Dark text is.
    Light,
}

impl Ground {
    /// Judges a colour.
    pub fn of_color(red: u8, green: u8, blue: u8) -> Self {
        // Black and white have the same contrast to a colour of this luminance.
        const MIDDLE: f64 = 0.179;
        if palette::luminance((red, green, blue)) > MIDDLE { Self::Light } else { Self::Dark }
    }

    /// Reads what rxvt, Konsole and others say of themselves in COLORFGBG.
    pub fn of_environment() -> Option<Self> {
        Self::of_variable(&env::var("COLORFGBG").ok()?)
    }

    /// Reads `text;ground` or `text;default;ground`: numbers of the sixteen colours.
    fn of_variable(value: &str) -> Option<Self> {
        match value.rsplit_once(';')?.1.parse() {
            Ok(0..=6 | 8) => Some(Self::Dark),
            Ok(7 | 9..=15) => Some(Self::Light),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_is_dark_or_light_by_what_is_read_better_on_it() {
        for (color, ground) in [
            ((0, 0, 0), Ground::Dark),
            ((0, 0x2b, 0x36), Ground::Dark),
            ((0x1e, 0x1e, 0x2e), Ground::Dark),
            ((0x66, 0x66, 0x66), Ground::Dark),
            ((0xfd, 0xf6, 0xe3), Ground::Light),
            ((0x99, 0x99, 0x99), Ground::Light),
            ((255, 255, 255), Ground::Light),
        ] {
            assert_eq!(Ground::of_color(color.0, color.1, color.2), ground, "{color:?}");
        }
    }

    #[test]
    fn what_a_terminal_says_of_itself_counts_if_it_says_anything() {
        for (value, ground) in [
            ("15;0", Some(Ground::Dark)),
            ("0;15", Some(Ground::Light)),
            ("0;default;15", Some(Ground::Light)),
            ("12;8", Some(Ground::Dark)),
            ("0;7", Some(Ground::Light)),
            ("15;default", None),
            ("15", None),
            ("15;99", None),
            ("", None),
        ] {
            assert_eq!(Ground::of_variable(value), ground, "{value}");
        }
    }
}

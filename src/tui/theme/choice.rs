//! The choice of a theme: what the person wants, and where that is left to the ground, what is known of it.

use super::{ColorDepth, Ground, Theme};
use crate::{config::ThemeName, tui::platform::TerminalAnswer};

/// The theme in force, and what decides on it.
#[derive(Clone, Debug)]
pub struct ThemeChoice {
    wanted: ThemeName,
    depth: ColorDepth,
    ground: Option<Ground>,
    theme: Theme,
}

impl ThemeChoice {
    /// Begins with what the environment tells of the ground.
    pub fn new(wanted: ThemeName, depth: ColorDepth, ground: Option<Ground>) -> Self {
        Self { wanted, depth, ground, theme: Theme::of(on_ground(wanted, ground), depth) }
    }

    /// Returns the theme in force.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Returns whether it is any use to ask for the ground: without colours there is nothing to choose.
    pub fn asks_for_ground(&self) -> bool {
        self.wanted != ThemeName::Mono
    }

    /// Takes another theme.
    pub fn choose(&mut self, wanted: ThemeName) {
        *self = Self::new(wanted, self.depth, self.ground);
    }

    /// Takes in what the terminal answers.
    pub fn answered(&mut self, answer: TerminalAnswer) {
        if let TerminalAnswer::Background(red, green, blue) = answer {
            *self = Self::new(self.wanted, self.depth, Some(Ground::of_color(red, green, blue)));
        }
    }
}

/// Returns the theme of a name on a ground: one that is not known has the terminal's own colours.
fn on_ground(wanted: ThemeName, ground: Option<Ground>) -> ThemeName {
    match (wanted, ground) {
        (ThemeName::Auto, Some(Ground::Dark)) => ThemeName::Dark,
        (ThemeName::Auto, Some(Ground::Light)) => ThemeName::Light,
        (ThemeName::Auto, None) => ThemeName::Terminal,
        (wanted, _) => wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: TerminalAnswer = TerminalAnswer::Background(255, 255, 255);

    fn ground_of(choice: &ThemeChoice) -> Option<ratatui::style::Color> {
        choice.theme().plain.bg
    }

    fn own_ground(name: ThemeName) -> Option<ratatui::style::Color> {
        Theme::of(name, ColorDepth::True).plain.bg
    }

    #[test]
    fn the_ground_decides_once_it_is_known_and_the_terminals_answer_over_the_environment() {
        let mut choice = ThemeChoice::new(ThemeName::Auto, ColorDepth::True, None);
        assert_eq!(ground_of(&choice), None, "the terminal's own colours until it is known");
        choice.answered(TerminalAnswer::Attributes);
        assert_eq!(ground_of(&choice), None);
        choice.answered(WHITE);
        assert_eq!(ground_of(&choice), own_ground(ThemeName::Light));
        let mut choice = ThemeChoice::new(ThemeName::Auto, ColorDepth::True, Some(Ground::Dark));
        assert_eq!(ground_of(&choice), own_ground(ThemeName::Dark));
        choice.answered(WHITE);
        assert_eq!(ground_of(&choice), own_ground(ThemeName::Light));
    }

    #[test]
    fn who_wants_a_theme_has_it_on_any_ground_and_can_leave_it_to_the_ground_again() {
        let mut choice = ThemeChoice::new(ThemeName::Dark, ColorDepth::True, None);
        choice.answered(WHITE);
        assert_eq!(ground_of(&choice), own_ground(ThemeName::Dark));
        choice.choose(ThemeName::Auto);
        assert_eq!(ground_of(&choice), own_ground(ThemeName::Light));
        assert!(!ThemeChoice::new(ThemeName::Mono, ColorDepth::True, None).asks_for_ground());
    }
}

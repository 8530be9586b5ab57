//! Suggests the word that was probably meant.

/// The longest word that is compared, in bytes; comparing takes time by the length, and no word is nearly so
/// long.
const MAX_LENGTH: usize = 64;

/// Returns the known word that what was written was probably meant to be.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > MAX_LENGTH {
        return None;
    }
    let written = written.trim().to_lowercase().replace('_', "-");
    let distance = |word: &str| strsim::damerau_levenshtein(&written, word);
    known
        .into_iter()
        .map(|word| (distance(word), word))
        // A third of a word may be wrong; of a short one, a letter.
        .filter(|(distance, word)| *distance <= (word.len().max(written.len()) / 3).max(1))
        // The first letter is seldom the wrong one.
        .min_by_key(|(distance, word)| (*distance, word.chars().next() != written.chars().next()))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_understood_and_a_guess_is_not_made() {
        let known = ["theme", "clipboard", "dates", "osc52-limit"];
        for (written, meant) in [
            ("thme", Some("theme")),
            ("Theme", Some("theme")),
            ("clipbaord", Some("clipboard")),
            ("osc52_limit", Some("osc52-limit")),
            ("date", Some("dates")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}

//! Words an error of the system, for one of our sentences.

use std::io;

/// Writes an error of the system in lower case, without its number and without the period that some systems
/// put.
pub(crate) fn io_error_text(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default().trim_end_matches('.');
    let mut letters = words.chars();
    letters.next().map_or_else(|| "failed".to_owned(), |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_any_system_end_a_sentence_of_ours() {
        for (said, told) in [
            ("No such file or directory (os error 2)", "no such file or directory"),
            (
                "The system cannot find the file specified. (os error 2)",
                "the system cannot find the file specified",
            ),
            ("stream did not contain valid UTF-8", "stream did not contain valid UTF-8"),
            ("", "failed"),
        ] {
            assert_eq!(io_error_text(&io::Error::other(said)), told);
        }
    }
}

//! What characters look like: those that nobody sees, and those that look like the dot between the words above an entry.

/// Returns whether a character cannot be seen, whatever it does: bidirectional controls, joiners, variation selectors,
/// fillers, tags, the byte order mark, interlinear annotation, invisible operators, shorthand and music controls. Blanks
/// and control characters are not among them, nor is the soft hyphen, which is seen at the end of a line.
pub fn is_unseen(char: char) -> bool {
    matches!(char,
        '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{effff}')
}

/// Returns whether a character looks like what stands between the words above an entry.
pub fn is_dot(char: char) -> bool {
    matches!(char, '·' | '•' | '∙' | '⋅' | '・' | '‧' | '･' | '●' | '|' | '｜')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_sees_what_does_nothing_but_act() {
        for unseen in
            "\u{61c}\u{200b}\u{200d}\u{202e}\u{2066}\u{3164}\u{fe0f}\u{feff}\u{fff9}\u{1d173}\u{e0041}"
                .chars()
        {
            assert!(is_unseen(unseen), "{unseen:?}");
        }
        for seen in "a é漢😀·-_\u{301}\n".chars() {
            assert!(!is_unseen(seen), "{seen:?}");
        }
    }
}

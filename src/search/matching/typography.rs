//! The characters that texts have and keyboards lack: curly quotes, dashes, ligatures, raised digits, and what nobody
//! sees at all. A person types the plain ones.

/// Returns whether a character is never seen: a soft hyphen, a joiner, a direction, a choice of glyph. Text is read as
/// if there were none.
pub(in crate::search) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The signs that are typed for others: see [`typed_sign`], and the ellipsis.
pub(super) const TYPED_SIGNS: [char; 4] = ['\'', '"', '-', '.'];

/// Returns the sign of ASCII that is typed for a quotation mark, an apostrophe, a hyphen or a dash; other characters as
/// they are.
pub(super) fn typed_sign(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '\u{2bc}' => '\'',
        '“' | '”' | '„' | '‟' | '″' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

/// Returns the several characters that are typed for a ligature or an ellipsis, and, with `marks`, for the letters that
/// have them as another spelling. There are never more than the character has bytes: each byte stands for one of them.
pub(super) fn typed_letters(c: char, marks: bool) -> Option<&'static str> {
    Some(match c {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        'ĳ' => "ij",
        'Ĳ' => "IJ",
        '…' => "...",
        'ß' if marks => "ss",
        'ẞ' if marks => "SS",
        'æ' if marks => "ae",
        'Æ' if marks => "AE",
        'œ' if marks => "oe",
        'Œ' if marks => "OE",
        _ => return None,
    })
}

/// Returns whether a character is a raised or lowered letter, digit or sign.
pub(super) fn is_raised_or_lowered(c: char) -> bool {
    matches!(c, 'ª' | 'º' | '²' | '³' | '¹' | '\u{2070}'..='\u{209c}')
}

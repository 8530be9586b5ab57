//! Characters that never begin or end a row, by the line breaking classes of the Unicode standard
//! ([UAX 14](https://www.unicode.org/reports/tr14/)).
//!
//! They matter next to a wide character only: Chinese and Japanese have no spaces, so that a row may break
//! between any two characters but these. Between narrow characters `wrap` decides by itself.

use unicode_linebreak::{
    BreakClass::{
        After, Before, CloseParenthesis, ClosePunctuation, ConditionalJapaneseStarter, Exclamation, Hyphen,
        InfixSeparator, Inseparable, NonBreakingGlue, NonStarter, OpenPunctuation, Postfix, Prefix,
        Quotation, Symbol, WordJoiner,
    },
    break_property,
};

/// Quotation marks that only open: UAX 14 knows since Unicode 16 that a row may begin with one among wide characters.
const OPENING_QUOTES: [char; 6] = ['«', '‘', '‛', '“', '‟', '‹'];
/// Quotation marks that only close, likewise.
const CLOSING_QUOTES: [char; 4] = ['»', '’', '”', '›'];

/// Returns whether a row may begin with a character: not with closing punctuation, small kana, a unit.
pub fn may_begin_row(c: char) -> bool {
    match break_property(u32::from(c)) {
        Quotation => OPENING_QUOTES.contains(&c),
        CloseParenthesis | ClosePunctuation | Exclamation | InfixSeparator | Symbol => false,
        NonStarter | ConditionalJapaneseStarter | Inseparable | Postfix | Hyphen | After => false,
        NonBreakingGlue | WordJoiner => false,
        _ => true,
    }
}

/// Returns whether a row may end with a character: not with opening punctuation or the sign of a currency.
pub fn may_end_row(c: char) -> bool {
    match break_property(u32::from(c)) {
        Quotation => CLOSING_QUOTES.contains(&c),
        OpenPunctuation | Prefix | Before | NonBreakingGlue | WordJoiner => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_marks_and_small_kana_begin_no_row() {
        let never = "。、，．！？：；）」』】〉》〕］｝’”…‥ー々・ぁぃぅぇぉっゃゅょァィゥェォッャュョ.,;:!?)]}\"'%»/％℃ゝ〜–-";
        let begins: String = never.chars().filter(|&c| may_begin_row(c)).collect();
        assert_eq!(begins, "");
        assert!("日本あア한“‘「（1a".chars().all(may_begin_row));
    }

    #[test]
    fn opening_marks_end_no_row() {
        assert!(!"（「『【〈《〔［｛‘“([{«$¥￥\"".chars().any(may_end_row));
        assert!("日本あア한”’」）1a。".chars().all(may_end_row));
    }

    #[test]
    fn every_character_has_a_class() {
        let all = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        assert!(all.filter(|&c| !may_begin_row(c) && !may_end_row(c)).count() < 100);
    }
}

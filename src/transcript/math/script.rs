//! Letters raised, lowered or set in other alphabets, as far as Unicode has them.

/// Raises letters; `None` when one of the characters has no raised form.
pub(super) fn raised(text: &str) -> Option<String> {
    text.chars().map(raise).collect()
}

/// Lowers letters; `None` when one of the characters has no lowered form.
pub(super) fn lowered(text: &str) -> Option<String> {
    text.chars().map(lower).collect()
}

fn from_table(c: char, plain: &str, shifted: &str) -> Option<char> {
    let place = plain.chars().position(|known| known == c)?;
    shifted.chars().nth(place)
}

fn raise(c: char) -> Option<char> {
    const PLAIN: &str = "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδεθιφχ′*†°∘⊤";
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵋᶿᶥᵠᵡ′*†°°ᵀ";
    from_table(c, PLAIN, RAISED)
}

fn lower(c: char) -> Option<char> {
    const PLAIN: &str = "0123456789+−-=(),aehijklmnoprstuvxβγρφχ";
    const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎,ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ";
    from_table(c, PLAIN, LOWERED)
}

/// Sets letters in blackboard bold: ℝ.
pub(super) fn double_struck(text: &str) -> String {
    let one = |c: char| match c {
        'C' => 'ℂ',
        'H' => 'ℍ',
        'N' => 'ℕ',
        'P' => 'ℙ',
        'Q' => 'ℚ',
        'R' => 'ℝ',
        'Z' => 'ℤ',
        'A'..='Z' => shifted(c, 'A', 0x1D538),
        '1' => '𝟙',
        _ => c,
    };
    text.chars().map(one).collect()
}

/// Sets letters in script: ℒ. Capitals only; small letters have poor fonts.
pub(super) fn script(text: &str) -> String {
    let one = |c: char| match c {
        'B' => 'ℬ',
        'E' => 'ℰ',
        'F' => 'ℱ',
        'H' => 'ℋ',
        'I' => 'ℐ',
        'L' => 'ℒ',
        'M' => 'ℳ',
        'R' => 'ℛ',
        'A'..='Z' => shifted(c, 'A', 0x1D49C),
        _ => c,
    };
    text.chars().map(one).collect()
}

fn shifted(c: char, first: char, to: u32) -> char {
    char::from_u32(to + c as u32 - first as u32).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_of_one_length() {
        assert_eq!(raised("0⊤").as_deref(), Some("⁰ᵀ"));
        assert_eq!(raised("W*").as_deref(), Some("ᵂ*"));
        assert_eq!(lowered("0χ").as_deref(), Some("₀ᵪ"));
        assert_eq!(lowered("q"), None);
        assert_eq!(double_struck("RA"), "ℝ𝔸");
    }
}

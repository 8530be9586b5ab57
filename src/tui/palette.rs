//! The 256 colours that nearly every terminal has, and which of them is nearest to one of 24 bits.
//!
//! The first sixteen are the person's own and can be anything, so they are never taken.

use ratatui::style::Color;

/// The steps of the colour cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Returns the components of one of the colours from 16 on.
const fn components_of(index: u8) -> (u8, u8, u8) {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return (grey, grey, grey);
    }
    let cube = index.saturating_sub(16);
    (STEPS[(cube / 36) as usize], STEPS[(cube / 6 % 6) as usize], STEPS[(cube % 6) as usize])
}

/// Returns red, green and blue; `None` where the terminal decides.
pub fn components(color: Color) -> Option<(u8, u8, u8)> {
    match color {
        Color::Rgb(red, green, blue) => Some((red, green, blue)),
        Color::Indexed(index @ 16..) => Some(components_of(index)),
        _ => None,
    }
}

/// Returns the relative luminance of a colour by WCAG 2: from 0 to 1.
pub fn luminance((red, green, blue): (u8, u8, u8)) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// Returns the nearest of the 240 to a colour of 24 bits; any other stays as it is.
pub fn nearest(color: Color) -> Color {
    let Color::Rgb(red, green, blue) = color else { return color };
    let wanted = (red, green, blue);
    let nearest = (16..=255).min_by_key(|&index| distance(wanted, components_of(index)));
    nearest.map_or(color, Color::Indexed)
}

/// Measures roughly how different two colours are to the eye: red counts more among the reds, blue more among the
/// blues.
fn distance(one: (u8, u8, u8), other: (u8, u8, u8)) -> i32 {
    let square = |a: u8, b: u8| (i32::from(a) - i32::from(b)).pow(2);
    let red = i32::midpoint(i32::from(one.0), i32::from(other.0));
    (((512 + red) * square(one.0, other.0)) >> 8)
        + 4 * square(one.1, other.1)
        + (((767 - red) * square(one.2, other.2)) >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_of_the_cube_or_the_greys_is_itself() {
        for index in 16..=255 {
            let (red, green, blue) = components_of(index);
            let found = nearest(Color::Rgb(red, green, blue));
            assert_eq!(components(found), Some((red, green, blue)), "{index}");
        }
    }

    #[test]
    fn others_are_shown_by_what_is_like_them() {
        assert_eq!(nearest(Color::from_u32(0x00_ff_00_01)), Color::Indexed(196));
        assert_eq!(nearest(Color::from_u32(0x00_16_18_1d)), Color::Indexed(234));
        assert_eq!(nearest(Color::Yellow), Color::Yellow, "the person's own is left to the person");
    }
}

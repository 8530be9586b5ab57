//! The name of a host as it is asked for: in ASCII, whatever it looks like.

use unicode_normalization::UnicodeNormalization;

/// The longest part of a name that is looked at, in characters: a longer one is no host's, which has at most 63.
const MAX_LABEL_LENGTH: usize = 256;

/// Returns a host in ASCII: its bytes that are written as numbers (`%69`) and its wide letters as what they stand for,
/// in lower case, and each part with other letters in Punycode (`xn--…`, RFC 3492). A part that is too long has a
/// question mark for each of those.
pub fn ascii_host(host: &str) -> String {
    let plain: String = decoded(host).nfkc().flat_map(char::to_lowercase).collect();
    let labels: Vec<String> =
        plain.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).map(ascii_label).collect();
    labels.join(".")
}

/// Returns a text with the bytes that are written as `%` and two digits.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, digit(0), digit(1)) {
            bytes.push((high * 16 + low) as u8);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn ascii_label(label: &str) -> String {
    if label.is_ascii() {
        return label.to_owned();
    }
    let chars: Vec<u32> = label.chars().take(MAX_LABEL_LENGTH + 1).map(u32::from).collect();
    match encoded(&chars) {
        Some(encoded) if chars.len() <= MAX_LABEL_LENGTH => format!("xn--{encoded}"),
        _ => label.chars().map(|char| if char.is_ascii() { char } else { '?' }).collect(),
    }
}

/// Returns a label in Punycode; `None` where a number grows too large.
fn encoded(label: &[u32]) -> Option<String> {
    // The parameters of the RFC.
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    const SKEW: u32 = 38;
    const DAMP: u32 = 700;
    let digit =
        |value: u32| char::from(if value < 26 { b'a' + value as u8 } else { b'0' + (value - 26) as u8 });
    let mut out: String =
        label.iter().filter_map(|&char| char::from_u32(char)).filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut next, mut delta, mut bias, mut done) = (128_u32, 0_u32, 72_u32, basic);
    while (done as usize) < label.len() {
        let least = *label.iter().filter(|&&char| char >= next).min()?;
        delta = delta.checked_add((least - next).checked_mul(done + 1)?)?;
        next = least;
        for &char in label {
            delta = delta.checked_add(u32::from(char < next))?;
            if char != next {
                continue;
            }
            let mut rest = delta;
            for place in (BASE..).step_by(BASE as usize) {
                let threshold = place.saturating_sub(bias).clamp(T_MIN, T_MAX);
                if rest < threshold {
                    break;
                }
                out.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
                rest = (rest - threshold) / (BASE - threshold);
            }
            out.push(digit(rest));
            delta = if done == basic { delta / DAMP } else { delta / 2 };
            delta += delta / (done + 1);
            bias = 0;
            while delta > (BASE - T_MIN) * T_MAX / 2 {
                delta /= BASE - T_MIN;
                bias += BASE;
            }
            bias += (BASE - T_MIN + 1) * delta / (delta + SKEW);
            (delta, done) = (0, done + 1);
        }
        (delta, next) = (delta.checked_add(1)?, next + 1);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::ascii_host;

    #[test]
    fn a_name_is_written_as_it_is_asked_for() {
        for (host, ascii) in [
            ("e.org", "e.org"),
            ("E.Org:8080", "e.org:8080"),
            ("münchen.de", "xn--mnchen-3ya.de"),
            ("\u{430}pple.com", "xn--pple-43d.com"),
            ("日本.jp", "xn--wgv71a.jp"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("b\u{fc}cher\u{3002}example", "xn--bcher-kva.example"),
            ("ev%69l.org", "evil.org"),
            ("%e4%b8%ad.cn", "xn--fiq.cn"),
            ("\u{ff45}vil.org", "evil.org"),
            ("100%.org", "100%.org"),
        ] {
            assert_eq!(ascii_host(host), ascii, "{host}");
        }
    }

    #[test]
    fn a_part_that_is_too_long_is_not_worked_on() {
        assert_eq!(ascii_host(&"é".repeat(100_000)), "?".repeat(100_000));
        assert!(ascii_host(&"\u{10ffff}".repeat(256)).starts_with("xn--"));
    }
}

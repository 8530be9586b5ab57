//! An attachment as one line: what it is, its name, its size, and whether it is there at all.

use super::{
    line::Tone,
    prose::{Prose, Style},
    sanitize,
};
use crate::conversation::{Attachment, Media};

/// `▪ image · name · 1 024×768 · 213 KB`; `present` is what the archive says, if it was asked.
pub(super) fn described(attachment: &Attachment, present: Option<bool>) -> Prose {
    let mut prose = Prose::default();
    let dim = Style::of(Tone::Dim);
    prose.push("▪ ", Style::of(Tone::Furniture), None);
    prose.push(media_word(attachment.media), dim, None);
    if !attachment.name.trim().is_empty() {
        prose.push(" · ", dim, None);
        prose.push(&sanitize::line(&attachment.name), Style::default(), None);
    }
    let mut facts = Vec::new();
    facts.extend(
        attachment
            .dimensions
            .map(|(width, height)| format!("{}×{}", grouped(width.into()), grouped(height.into()))),
    );
    facts.extend(attachment.size.filter(|&size| size > 0).map(size));
    if !attachment.content.is_empty() {
        facts.push(lines(attachment.content.lines().count()));
    } else if present == Some(false) {
        facts.push("not in this archive".to_owned());
    }
    for fact in facts {
        prose.push(" · ", dim, None);
        prose.push(&fact, dim, None);
    }
    prose
}

/// The prompt a picture was made from.
pub(super) fn prompt(attachment: &Attachment) -> Option<Prose> {
    let prompt = attachment.prompt.trim();
    if prompt.is_empty() {
        return None;
    }
    let mut prose = Prose::default();
    prose.push("prompt: ", Style::of(Tone::Furniture), None);
    prose.push(prompt, Style::of(Tone::Dim), None);
    Some(prose)
}

/// The word for a kind of attachment.
fn media_word(media: Media) -> &'static str {
    match media {
        Media::Image => "image",
        Media::Audio => "voice",
        Media::Video => "video",
        Media::File => "file",
    }
}

/// `1 line`, `1 024 lines`.
pub(super) fn lines(count: usize) -> String {
    format!("{} line{}", grouped(count as u64), if count == 1 { "" } else { "s" })
}

/// A number in groups of three: `4 212`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// `213 KB`, `1.4 MB`: in powers of 1 000, as file managers do.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    if value < 9.95 && unit > 0 {
        format!("{value:.1} {}", UNITS[unit])
    } else {
        format!("{value:.0} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attachment_is_one_line() {
        let picture = Attachment {
            media: Media::Image,
            id: "file-1".into(),
            name: "a\nb\x1b.png".into(),
            size: Some(213_400),
            dimensions: Some((1_024, 768)),
            mime: "".into(),
            prompt: "".into(),
            content: "".into(),
        };
        assert_eq!(described(&picture, None).text(), "▪ image · a b␛.png · 1 024×768 · 213 KB");
        assert!(described(&picture, Some(false)).text().ends_with(" · not in this archive"));
    }

    #[test]
    fn numbers_are_for_people() {
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!(grouped(12), "12");
        assert_eq!(
            [size(0), size(999), size(1_000), size(1_449_000), size(999_600)].join(", "),
            "0 bytes, 999 bytes, 1 KB, 1.4 MB, 1.0 MB"
        );
        assert_eq!(lines(1), "1 line");
    }
}

//! Attachments as one line: noun, name, size, and whether the archive holds them at all.

use super::{
    line::Tone,
    styled_text::{StyledText, TextStyle},
};
use crate::{
    conversation::Attachment,
    message::{Description, format},
    transcript::text::sanitize,
};

/// The bytes of a picture's prompt that are shown; none is nearly so long.
const MAX_PROMPT_LENGTH: usize = 16 << 10;

/// Writes an attachment as `▪ image · name · 1 024 × 768 · 213 KB`. `text` is what the
/// export carries of it, `present` the archive's answer, if it was asked.
pub fn summary(attachment: &Attachment, text: &str, present: Option<bool>) -> StyledText {
    let Description { noun, name, mut facts, .. } = Description::of(attachment);
    let mut prose = StyledText::default();
    let dim = TextStyle::of(Tone::Dim);
    prose.push("▪ ", TextStyle::of(Tone::Chrome), None);
    prose.push(noun, dim, None);
    if !name.is_empty() {
        prose.push(" · ", dim, None);
        prose.push(&sanitize::label(name), TextStyle::default(), None);
    }
    if !text.is_empty() {
        facts.push(format::count(format::lines(text), "line", "lines"));
    } else if present == Some(false) {
        facts.push("not in this archive".to_owned());
    }
    for fact in facts {
        prose.push(" · ", dim, None);
        prose.push(&fact, dim, None);
    }
    prose
}

/// Writes the prompt a picture was made from, if it is known.
pub fn picture_prompt(attachment: &Attachment) -> Option<StyledText> {
    let prompt = Description::of(attachment).prompt;
    if prompt.is_empty() {
        return None;
    }
    let mut prose = StyledText::default();
    prose.push("prompt: ", TextStyle::of(Tone::Chrome), None);
    let shown = &prompt[..prompt.floor_char_boundary(MAX_PROMPT_LENGTH)];
    prose.push(shown, TextStyle::of(Tone::Dim), None);
    if shown.len() < prompt.len() {
        prose.push(" …", TextStyle::of(Tone::Dim), None);
    }
    Some(prose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Media;

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
        assert_eq!(summary(&picture, "", None).text(), "▪ image · a b␛.png · 1 024 × 768 · 213 KB");
        assert!(summary(&picture, "", Some(false)).text().ends_with(" · not in this archive"));
    }
}

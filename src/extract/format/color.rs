//! Code in its colours, as HTML: spans with a class that the page's own style sheet knows. What is a keyword and what
//! a string, the transcript's highlighter says.

use super::escape::write_escaped;
use crate::transcript::{Tone, highlight::Highlighter};

/// The longest code that is coloured, in bytes: longer code is not read for its colours, and colouring is
/// slow.
const MAX_LENGTH: usize = 64 << 10;

/// Writes code as the inside of a `<code>`.
pub(super) fn write(language: &str, code: &str, out: &mut String) {
    if language.is_empty() || code.len() > MAX_LENGTH {
        return write_escaped(code, out);
    }
    let colors = Highlighter::shared().highlight(language, code);
    let mut colors = colors.iter();
    for line in code.split_inclusive('\n') {
        let mut from = 0;
        // What was taken out stays one word: it is looked for.
        let tones = colors.next().filter(|_| !line.contains("[redacted: "));
        for (tone, range) in tones.into_iter().flatten() {
            let (Some(class), Some(before), Some(words)) =
                (class(*tone), line.get(from..range.start), line.get(range.clone()))
            else {
                continue;
            };
            write_escaped(before, out);
            out.extend(["<span class=\"", class, "\">"]);
            write_escaped(words, out);
            out.push_str("</span>");
            from = range.end;
        }
        write_escaped(line.get(from..).unwrap_or_default(), out);
    }
}

/// Returns the class of a tone, if it has a look of its own in a page.
fn class(tone: Tone) -> Option<&'static str> {
    Some(match tone {
        Tone::Keyword => "k",
        Tone::Literal => "s",
        Tone::Comment => "c",
        Tone::Function => "f",
        Tone::Type | Tone::Heading => "t",
        Tone::Number => "n",
        Tone::Inserted => "i",
        Tone::Deleted => "d",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(language: &str, code: &str) -> String {
        let mut out = String::new();
        write(language, code, &mut out);
        out
    }

    #[test]
    fn code_is_coloured_by_classes_and_escaped() {
        let html = written("python", "def f(x):  # a < b\n    return \"</code>\"\n");
        assert!(html.contains("<span class=\"k\">def</span>"), "{html}");
        assert!(html.contains("# a &lt; b") && html.contains("&lt;/code&gt;"), "{html}");
    }

    #[test]
    fn nothing_of_the_code_is_lost_or_added() {
        let code = "fn main() {\r\n\tlet ü = \"é\"; // 1 & 2\n\n}\nlast";
        let html = written("rust", code);
        let mut plain = String::new();
        for piece in html.split('<') {
            plain.push_str(piece.rsplit('>').next().unwrap_or_default());
        }
        let plain = plain.replace("&quot;", "\"").replace("&amp;", "&");
        // HTML allows no carriage return; the page shows that there was one.
        assert_eq!(plain, code.replace('\r', "\u{fffd}"));
    }

    #[test]
    fn code_without_a_language_and_very_long_code_stay_plain() {
        assert_eq!(written("", "if x < 1"), "if x &lt; 1");
        assert!(!written("python", &"def f(): pass\n".repeat(10_000)).contains("<span"));
    }
}

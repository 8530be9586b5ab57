//! HTML: one file that needs nothing else, in light and dark, and good to print.
//!
//! Nothing in it can act or call anywhere: it has no script, no handler and no image, font or style from elsewhere,
//! and tells the browser to allow none (a Content-Security-Policy). Text of the archive is written as text: HTML in a
//! message shows as it was typed. Links are made of http, https and mailto addresses only. With its attachments beside
//! it, it shows their pictures, and may load pictures from where it is itself.
//!
//! ```html
//! <article class="user">
//! <h2>You <span>· 3 Mar 2025, 10:42</span></h2>
//! <p>Requests through our ingress die with 504.</p>
//! </article>
//! ```

use std::fmt::Write as _;

use super::{
    FormatWriter,
    attachment::{Attached, attached},
    entries::{ExtractEntry, entries},
    escape::escape,
    from_first_line, heading,
    markdown_to_html::{code, prose, typed},
    one_line,
};
use crate::{
    conversation::{Attachment, Conversation, Link, Visibility},
    extract::{ExtractOptions, address},
    message::{Block, BlockKind, MessageView, link_safety},
};

/// The `html` format; see the [module](self).
pub(super) struct Html;

impl FormatWriter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "One page that needs nothing else, safe to open"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn conversation(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        // In one piece: one that is large is not there twice.
        let mut out = self.opening(&conversation.title, options);
        out.reserve(estimated_length(conversation) + CLOSING.len());
        write_section(conversation, options, &mut out);
        out.push_str(CLOSING);
        out
    }

    /// Writes messages without the frame of a file.
    fn messages(&self, conversation: &Conversation, messages: &[usize], options: &ExtractOptions) -> String {
        let mut out = String::new();
        for &message in messages {
            let entry = ExtractEntry { message, number: None, branch_label: None };
            write_entry(conversation, &entry, options, &mut out);
        }
        out
    }

    fn opening(&self, title: &str, options: &ExtractOptions) -> String {
        opening(title, options.attachments)
    }

    fn section(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        let mut out = String::with_capacity(estimated_length(conversation));
        write_section(conversation, options, &mut out);
        out
    }

    fn closing(&self) -> &'static str {
        CLOSING
    }
}

const STYLE: &str = include_str!("html.css");

/// The endings of pictures that a browser shows and in which nothing can act.
const PICTURES: [&str; 7] = ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp"];

/// Writes the beginning of a file; `pictures` says that some stand beside it.
fn opening(title: &str, pictures: bool) -> String {
    let pictures = if pictures { "; img-src 'self' file:" } else { "" };
    format!(
        "<!DOCTYPE html>\n<html lang=\"\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'{pictures}\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escape(one_line(title).trim())
    )
}

/// The end of a file.
const CLOSING: &str = "</body>\n</html>\n";

/// Estimates the length of a conversation's text, in bytes.
fn estimated_length(conversation: &Conversation) -> usize {
    conversation.shown_text().len() * 9 / 8 + 4_096
}

fn write_section(conversation: &Conversation, options: &ExtractOptions, out: &mut String) {
    out.push_str("<main>\n<header>\n<h1 dir=\"auto\">");
    out.push_str(&escape(one_line(&conversation.title).trim()));
    out.push_str("</h1>\n");
    let mut facts: Vec<String> = Vec::new();
    facts.extend(conversation.created.and_then(|time| heading::timestamp(time, &options.zone)));
    facts.extend(conversation.model().map(|model| escape(&one_line(model)).into_owned()));
    facts.extend(
        address(conversation)
            .map(|address| format!("<a rel=\"noopener noreferrer\" href=\"{0}\">{0}</a>", escape(&address))),
    );
    if !facts.is_empty() {
        out.push_str("<p>");
        out.push_str(&facts.join(" · "));
        out.push_str("</p>\n");
    }
    out.push_str("</header>\n");
    for entry in entries(conversation, options) {
        write_entry(conversation, &entry, options, out);
    }
    out.push_str("</main>\n");
}

fn write_entry(
    conversation: &Conversation,
    entry: &ExtractEntry,
    options: &ExtractOptions,
    out: &mut String,
) {
    let message = &conversation.messages()[entry.message];
    let folded = if message.visibility == Visibility::Shown { "" } else { " folded" };
    let words = heading::heading_parts(conversation, entry, &options.zone);
    let speaker = usize::from(entry.number.is_some()).min(words.len());
    let (before, after) = words.split_at((speaker + 1).min(words.len()));
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<article class=\"{}{folded}\">\n<h2>{} <span>{}</span></h2>\n",
        message.role.as_str(),
        escape(&one_line(&before.join(" · "))),
        after
            .iter()
            .fold(String::new(), |line, word| line + "· " + &escape(&one_line(word)) + " ")
            .trim_end(),
    );
    let view = MessageView::of(conversation, entry.message);
    for block in view.blocks() {
        write_block(view.text(), &block, options, out);
    }
    out.push_str("</article>\n");
}

fn write_block(text: &str, block: &Block<'_>, options: &ExtractOptions, out: &mut String) {
    let text = &text[block.range.clone()];
    match &block.content {
        BlockKind::Markdown => {
            out.push_str("<div dir=\"auto\">\n");
            prose(from_first_line(text), out);
            out.push_str("</div>\n");
        }
        BlockKind::Plain => {
            out.push_str("<div dir=\"auto\">\n");
            typed(text, out);
            out.push_str("</div>\n");
        }
        BlockKind::Quote => {
            out.push_str("<blockquote dir=\"auto\">\n");
            prose(from_first_line(text).trim_end(), out);
            out.push_str("</blockquote>\n");
        }
        BlockKind::Code { language } => code(language, text, out),
        BlockKind::Verbatim => code("", text, out),
        BlockKind::AttachedText(text) => code("", text, out),
        BlockKind::Note => note(text.trim(), out),
        BlockKind::Attachment(attachment) => attachment_block(attachment, options, out),
        BlockKind::QuotedPage(link) => {
            out.push_str("<p>");
            source(link, out);
            out.push_str("</p>\n");
        }
        BlockKind::ListedSources(links) => {
            out.push_str("<p>Sources:</p>\n<ul>\n");
            for link in *links {
                out.push_str("<li>");
                source(link, out);
                out.push_str("</li>\n");
            }
            out.push_str("</ul>\n");
        }
    }
}

/// Writes a picture, or a link to the file that stands beside the page; else its description.
fn attachment_block(attachment: &Attachment, options: &ExtractOptions, out: &mut String) {
    let Attached { words, address, acts } = attached(attachment, options);
    let Some(address) = address else { return note(&words, out) };
    let download = if acts { " download" } else { "" };
    let words = escape(&one_line(&words)).into_owned();
    let ending = address.rsplit_once('.').map_or("", |(_, ending)| ending);
    let shown = PICTURES.contains(&ending);
    let picture =
        if shown { format!("<img src=\"{}\" alt=\"\"><br>", escape(address)) } else { String::new() };
    let _ =
        writeln!(out, "<p class=\"note\"><a{download} href=\"{}\">{picture}{words}</a></p>", escape(address));
}

fn note(text: &str, out: &mut String) {
    out.push_str("<p class=\"note\">");
    out.push_str(&escape(&one_line(text)));
    out.push_str("</p>\n");
}

fn source(link: &Link, out: &mut String) {
    let (title, url) = (one_line(link.title.trim()), one_line(link.url.trim()));
    let words = if title.is_empty() { &url } else { &title };
    if link_safety::is_safe(&url) {
        let _ = write!(out, "<a rel=\"noopener noreferrer\" href=\"{}\">{}</a>", escape(&url), escape(words));
        if let Some(place) = link_safety::misleading_destination(words, &url) {
            let _ = write!(out, " ({})", escape(&place));
        }
        return;
    }
    out.push_str(&escape(words));
    if !title.is_empty() && !url.is_empty() {
        let _ = write!(out, " ({})", escape(&url));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        conversation::MessageKind,
        extract::{
            Format, Include,
            test_support::{answer, chain, folded, options, prompt},
        },
    };

    fn body_of(texts: &[&str]) -> String {
        let conversation = chain("t", texts.iter().map(|text| answer(text)));
        Html.messages(&conversation, &(0..texts.len()).collect::<Vec<_>>(), &options(Format::Html))
    }

    #[test]
    fn a_conversation_is_a_page_of_turns() {
        let conversation = chain(
            "A <b>title</b>",
            vec![prompt("Why *this*?"), answer("1. `x < y`\n2. see [here](https://a.example)")],
        );
        let page = Html.conversation(&conversation, &options(Format::Html));
        let main = page.split_once("<main>").map_or("", |(_, main)| main);
        insta::assert_snapshot!(main, @r#"

        <header>
        <h1 dir="auto">A &lt;b&gt;title&lt;/b&gt;</h1>
        <p>3 Mar 2025, 09:42 · gpt-4o · <a rel="noopener noreferrer" href="https://chatgpt.com/c/67c57b1e-0000-4000-8000-000000000001">https://chatgpt.com/c/67c57b1e-0000-4000-8000-000000000001</a></p>
        </header>
        <article class="user">
        <h2>You <span>· 3 Mar 2025, 09:42</span></h2>
        <div dir="auto">
        <p class="typed">Why *this*?</p>
        </div>
        </article>
        <article class="assistant">
        <h2>gpt-4o <span>· 3 Mar 2025, 09:42</span></h2>
        <div dir="auto">
        <ol>
        <li><code>x &lt; y</code></li>
        <li>see <a rel="noopener noreferrer" href="https://a.example">here</a></li>
        </ol>
        </div>
        </article>
        </main>
        </body>
        </html>
        "#);
    }

    #[test]
    fn what_would_act_is_text() {
        let page = body_of(&[
            "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> a<br>b",
            "[x](javascript:alert(1)) ![y](https://tracker.example/p.png) <https://a.example/\"onclick=x>",
            "```\"><script>\nx</code></pre><script>\n```",
        ]);
        assert!(
            !page.contains("<script") && !page.contains("<img") && !page.contains("javascript:"),
            "{page}"
        );
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("a<br>b"), "{page}");
        assert!(page.contains("href=\"https://tracker.example/p.png\">y</a>"), "{page}");
    }

    #[test]
    fn a_row_that_is_cut_short_stays_so_and_an_empty_cell_between_others_is_one() {
        let page = body_of(&["|a|b|c|\n|-|:-:|-|\n|1|\n||2|\n\n|d||\n|-|-|\n|3|4|"]);
        assert!(page.contains("<tr><td>1</td></tr>"), "{page}");
        assert!(page.contains("<tr><td></td><td style=\"text-align: center\">2</td></tr>"), "{page}");
        assert!(page.contains("<tr><th>d</th><th></th></tr>"), "{page}");
    }

    #[test]
    fn behind_a_link_that_deceives_stands_its_place() {
        let page = body_of(&[
            "[bank.com](https://evil.org) <https://bank.com@evil.org> https://bank.com@evil.org/x, \
             [docs](https://\u{430}pple.com) [docs](https://e.org)",
        ]);
        assert!(page.contains(">bank.com</a> (evil.org) "), "{page}");
        assert_eq!(page.matches("(evil.org)").count(), 3, "{page}");
        assert!(page.contains(">docs</a> (xn--pple-43d.com) ") && page.contains(">docs</a></p>"), "{page}");
    }

    #[test]
    fn formulas_keep_every_character() {
        let page =
            body_of(&["so \\(a_1 * b_1 < c\\) and\n\n\\[\nx\n= y\n\\]\n\n# On \\(z\\)\n\n`\\(code\\)`"]);
        assert!(page.contains("$a_1 * b_1 &lt; c$"), "{page}");
        assert!(page.contains("$$x\n= y$$"), "{page}");
        assert!(page.contains("<h3>On $z$</h3>") && page.contains("<code>\\(code\\)</code>"), "{page}");
    }

    #[test]
    fn a_prompt_is_as_it_was_typed_and_its_fenced_code_is_code() {
        let conversation = chain("t", vec![prompt("\n  __init__ *x*\n&nbsp; <b>\n\n```c\nx;\n```\n")]);
        let page = Html.messages(&conversation, &[0], &options(Format::Html));
        assert!(page.contains("<p class=\"typed\">  __init__ *x*\n&amp;nbsp; &lt;b&gt;</p>"), "{page}");
        assert!(page.contains("<pre><code class=\"language-c\">"), "{page}");
    }

    /// Reads the page as a browser's tokeniser would, strictly: every tag known, every one closed in order.
    fn check(page: &str) -> Result<(), String> {
        const VOID: [&str; 4] = ["br", "hr", "img", "meta"];
        const KNOWN: [&str; 34] = [
            "html",
            "head",
            "title",
            "style",
            "body",
            "main",
            "header",
            "article",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "p",
            "div",
            "span",
            "a",
            "ul",
            "ol",
            "li",
            "pre",
            "code",
            "blockquote",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "em",
            "strong",
            "del",
            "sup",
        ];
        let mut open: Vec<&str> = Vec::new();
        let mut rest = page.trim_start_matches("<!DOCTYPE html>");
        while let Some((_, tag)) = rest.split_once('<') {
            let (tag, after) = tag.split_once('>').ok_or("an open tag")?;
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop() != Some(name) {
                    return Err(format!("</{name}> closes nothing"));
                }
                continue;
            }
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            if attributes
                .split("=\"")
                .any(|part| part.rsplit(['"', ' ']).next().is_some_and(|name| name.starts_with("on")))
            {
                return Err(format!("a handler: {tag}"));
            }
            if VOID.contains(&name) {
                continue;
            }
            if !KNOWN.contains(&name) {
                return Err(format!("<{name}>"));
            }
            open.push(name);
        }
        if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_page_that_is_whole_and_holds_no_tag_of_its_own(texts in prop::collection::vec(
            r#"(<|>|"|'|&|<script>|<a href=|\[x\]\(|\)|https://a |javascript:|!\[|\]|```|\n|\n\n|- |1\. |> |# |\|a\|b\||\|-\|-\||\*|_|~~|`|\\\(|\\\)|\[\^1\]|: |<br>|<!--|text|\x1b|é){0,30}"#, 1..3)) {
            let mut drafts: Vec<_> = texts.iter().map(|text| prompt(text)).collect();
            drafts.extend(texts.iter().map(|text| answer(text)));
            drafts.extend(texts.iter().map(|text| folded(MessageKind::Output, text)));
            let conversation = chain(&texts[0], drafts);
            let all = ExtractOptions { include: Include::ALL, ..options(Format::Html) };
            let page = Html.conversation(&conversation, &all);
            prop_assert!(check(&page).is_ok(), "{:?}\n{}", check(&page), page);
            prop_assert!(!page.contains('\x1b') && !page.contains("<script"));
        }
    }
}

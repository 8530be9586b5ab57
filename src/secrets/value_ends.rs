//! Values that go on behind what seems to end them: `password: S3s,am!0pen`, `"S3s"am!0pen"`, `https://robin:s3s@am@host`.
//! An audit needs no more than their beginning; redaction takes them out whole.

use std::ops::Range;

/// The bytes behind a value that are looked at for the rest of it.
const MAX_REST: usize = 256;

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// Returns the end of a value that a name stands before.
pub(super) fn end_of_named(text: &str, value: &Range<usize>) -> usize {
    let near = near(text, value.end);
    let before = text[..value.start].chars().next_back();
    match before.filter(|quote| QUOTES.contains(quote)) {
        Some(quote) if near.starts_with(quote) => value.end + rest_of_quoted(near, quote),
        _ => value.end + rest_of_bare(near),
    }
}

/// Returns the end of a password in an address: before the last `@` that stands in front of the host.
pub(super) fn end_in_address(text: &str, value: &Range<usize>) -> usize {
    let near = near(text, value.end);
    let host =
        near.find(['/', '?', '#', '<', '>', ')', '"', '\'', '`', ',', ';']).map_or(near, |end| &near[..end]);
    value.end + host.rfind('@').unwrap_or(0)
}

/// Returns what stands behind a place, up to a blank.
fn near(text: &str, from: usize) -> &str {
    let near = &text[from..text.floor_char_boundary(from + MAX_REST)];
    near.find(char::is_whitespace).map_or(near, |end| &near[..end])
}

/// Returns the length of what goes on behind a quote in the middle of a quoted value.
fn rest_of_quoted(near: &str, quote: char) -> usize {
    let goes_on =
        |rest: &str| rest.starts_with(|char: char| char.is_alphanumeric() || "!#$%&*+-=?@^_~".contains(char));
    let mut end = 0;
    while let Some(rest) = near[end..].strip_prefix(quote).filter(|rest| goes_on(rest)) {
        end += quote.len_utf8() + rest.find(quote).unwrap_or(rest.len());
    }
    end
}

/// Returns the length of what goes on behind a mark that ends a value as a rule: what is no other name with a value.
fn rest_of_bare(near: &str) -> usize {
    let is_mark = |char: char| QUOTES.contains(&char) || ",;&".contains(char);
    let mut end = 0;
    while let Some(mark) = near[end..].chars().next().filter(|mark| is_mark(*mark)) {
        let rest = &near[end + mark.len_utf8()..];
        let piece = rest.find(is_mark).map_or(rest, |end| &rest[..end]);
        let piece = piece.trim_end_matches([')', ']', '}', '>', '.', '\\']);
        let names =
            piece.contains(['=', ':']) || piece.starts_with([')', ']', '}', '>', '<', '(', '[', '{', '.']);
        if piece.is_empty() || names {
            break;
        }
        end += mark.len_utf8() + piece.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::super::Scanner;

    #[test]
    fn a_password_with_any_mark_in_it_is_taken_out_whole() {
        for password in [
            "S3sam,0pen",
            "S3s;am0pen9",
            "S3s&am0pen9",
            "S3sam'0pen",
            "S3sam`0pen",
            "a(b)c[d]",
            "S3sam(0pen",
            "S3s{am}0pen",
            "S3s<am>0pen",
            "[S3sam]0pen",
            "$ecret!1x",
            "S3s|am!0pen",
            "S3s\\am!0pen",
            "S3s\"am0pen9",
        ] {
            for around in ["password: |", "password=| and", "pwd = |\nso", "my password: | ", "`password: |`"]
            {
                let text = around.replace('|', password);
                let redacted = Scanner::built_in().redact(&text).0.replace("connection-string-", "");
                let left = around.replace('|', "[redacted: password]");
                assert_eq!(redacted, left, "{text}");
            }
        }
    }

    #[test]
    fn a_quoted_password_with_brackets_and_quotes_in_it_is_taken_out_whole() {
        for password in
            ["p]q", "p(a)ss", "S3s am!0pen", "S3s\\\"am!0pen", "S3s'am!0pen", "a[b]", "S3sam!0pen\\\\"]
        {
            let text = format!("{{\"password\": \"{password}\", \"user\": \"robin\"}}");
            let left = "{\"password\": \"[redacted: password]\", \"user\": \"robin\"}";
            assert_eq!(Scanner::built_in().redact(&text).0, left, "{text}");
            assert_eq!(Scanner::built_in().redact_json(text.as_bytes()).0, left.as_bytes(), "{text}");
        }
        let text = "password: \"S3s\"am!0pen\", so";
        assert_eq!(Scanner::built_in().redact(text).0, "password: \"[redacted: password]\", so");
        let text = "IDENTIFIED BY 'S3s''am!0pen';";
        assert_eq!(Scanner::built_in().redact(text).0, "IDENTIFIED BY '[redacted: sql-password]';");
    }

    #[test]
    fn a_password_in_an_address_is_taken_out_whatever_is_in_it() {
        for password in [
            "p(a)ss",
            "p[a]ss",
            "p{a}ss",
            "p$ass9",
            "pa@ss",
            "pa:ss",
            "pa/ss9",
            "pa'ss",
            "pa\"ss",
            "pa<s>s",
            "s3s@am@0pen",
            "p#a?ss",
        ] {
            for scheme in ["postgres", "https", "redis", "sftp", "socks5", "amqp", "mongodb+srv", "mysql"] {
                let text = format!("so {scheme}://robin:{password}@host.example/x it is");
                let redacted = Scanner::built_in().redact(&text).0;
                assert!(
                    redacted.starts_with(&format!("so {scheme}://robin:[redacted: ")),
                    "{text}: {redacted}"
                );
                assert!(redacted.ends_with("-password]@host.example/x it is"), "{text}: {redacted}");
            }
        }
        for text in [
            "https://example.org:8080/@robin",
            "http://localhost:3000/users/@vite",
            "\"https://e.example:8080\",\"at\":\"@robin\"",
            "postgres://$USER:$PASS@localhost/x",
            "postgres://{user}:{pass}@localhost/x",
            "postgres://user:[YOUR-PASSWORD]@db/x",
            "mongodb+srv://<username>:<password>@cluster0.mongodb.net/",
        ] {
            assert_eq!(Scanner::built_in().redact(text).0, text);
        }
    }

    #[test]
    fn what_stands_behind_a_password_stays() {
        for (text, left) in [
            (
                "https://e.org/?password=S3sam!0pen&user=robin",
                "https://e.org/?password=[redacted: password]&user=robin",
            ),
            ("{password:S3sam!0pen,name:'x'}", "{password:[redacted: password],name:'x'}"),
            (
                "Server=db;Password=S3sam!0pen;Database=shop",
                "Server=db;Password=[redacted: connection-string-password];Database=shop",
            ),
            ("password=S3sam!0pen, so", "password=[redacted: password], so"),
            ("password = getpass(1), so", "password = getpass(1), so"),
            ("password = request.json.get('password')", "password = request.json.get('password')"),
            (
                "pwd = bcrypt.hashpw(password.encode('utf-8'), salt)",
                "pwd = bcrypt.hashpw(password.encode('utf-8'), salt)",
            ),
        ] {
            assert_eq!(Scanner::built_in().redact(text).0, left);
        }
    }

    #[test]
    fn a_key_with_marks_in_it_is_taken_out() {
        for key in [
            "Zx81kd9F!AKEdemo0NotReal",
            "Zx81kd9F#AKE$demo%0Not^Real",
            "S3sam!0pen",
            "Zx81(kd9F)AKE[demo]0",
            "Zx8,1kd9;FAK&E!demo0N",
            "Zx81kd9F@AKEdemo0|NotReal",
            "Zx81kd9F:AKE*demo?0NotReal",
        ] {
            for around in [
                "api_key: |",
                "API_KEY=| and",
                "\"api_key\": \"|\"",
                "apikey='|'",
                "client_secret = `|`",
                "x-api-key: |\n",
                "token=|\n",
            ] {
                let text = around.replace('|', key);
                let redacted = Scanner::built_in().redact(&text).0;
                assert_eq!(redacted, around.replace('|', "[redacted: secret-assignment]"), "{text}");
            }
        }
        for text in [
            "apiKey: process.env.OPENAI_API_KEY!",
            "token = tokens[i1].kind!",
            "secret: (optional)",
            "token => a.b!==c1",
            "token: \"see: the 2 notes!\"",
        ] {
            assert_eq!(Scanner::built_in().redact(text).0, text);
        }
    }
}

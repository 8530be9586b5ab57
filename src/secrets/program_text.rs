//! SecretPieces of programs that stand where a secret would: a call, an index, a variable, a template. Redaction takes out what is
//! none of them by its form, whatever brackets are in it.

/// Returns whether a value is a piece of a program by its form: `os.environ[`, `getpass(1)`, `${PASS}`, `<password>`. What
/// only has brackets in it is none: `a(b)c[d]`.
pub(super) fn is_program(value: &str) -> bool {
    let (inner, is_enclosed) = without_brackets_around(value);
    is_template(value)
        || (is_enclosed && (is_words(inner) || inner.contains(':')))
        || is_variable(value)
        || joins_names(value)
        || is_call(value)
}

/// Returns whether what is a call by its form may be meant as it stands where it is quoted: the name before its brackets
/// does nothing.
pub(super) fn may_be_literal(value: &str) -> bool {
    /// SecretPieces of the names of what gives a secret.
    const GIVES: [&str; 15] = [
        "get", "env", "input", "read", "lookup", "make", "gen", "hash", "crypt", "func", "str", "pass",
        "secret", "token", "var",
    ];
    let name = value.split(is_bracket).next().unwrap_or_default().to_ascii_lowercase();
    is_call(value)
        && !is_template(value)
        && !joins_names(value)
        && !value.contains(char::is_whitespace)
        && !name.contains('.')
        && !GIVES.iter().any(|piece| name.contains(piece))
}

/// Returns whether a value is a link of Markdown, of which the words alone are shown.
pub(super) fn is_link(value: &str) -> bool {
    let address = value.strip_prefix('[').and_then(|link| link.split_once("](")).map(|link| link.1);
    address.is_some_and(|address| address.len() <= 2 || address.contains(['/', '.', '#', ':']))
}

/// Returns whether brackets stand in the middle of a value.
pub(super) fn has_brackets_within(value: &str) -> bool {
    without_brackets_around(value).0.contains(is_bracket)
}

fn is_bracket(char: char) -> bool {
    "()[]{}<>".contains(char)
}

fn is_name_char(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_' || char == '$'
}

/// Returns a value without the brackets around it, and whether it begins with one.
fn without_brackets_around(value: &str) -> (&str, bool) {
    (value.trim_matches(is_bracket), value.starts_with(['(', '[', '{', '<']))
}

/// Returns whether there are only words, as in the names of what is to be put there.
fn is_words(inner: &str) -> bool {
    inner.chars().all(|char| char.is_alphabetic() || " _-./|,".contains(char))
}

fn is_template(value: &str) -> bool {
    // What ends with two of them is base64.
    let compared = value.trim_end_matches('=');
    ["${", "{{", "#{", "$(", "%(", "<%", "%s", "://", "</", "=>"].iter().any(|mark| value.contains(mark))
        || ["!=", "==", "&&", "||"].iter().any(|mark| compared.contains(mark))
}

/// Returns whether a value is a name behind the sign of a variable, a reference or a decorator.
fn is_variable(value: &str) -> bool {
    let name = value.strip_prefix(['$', '%', '@', '&', '*', '\\']);
    name.is_some_and(|name| {
        let name = name.trim_end_matches(['%', ';', ')', '}']);
        name.chars().all(|char| is_name_char(char) || "./:-".contains(char)) && !name.starts_with('2')
    })
}

/// Returns whether a value is names, joined as programs join them: `a::b`, `a->b`, `string|null`.
fn joins_names(value: &str) -> bool {
    ["::", "->", "|"].iter().any(|mark| {
        let is_name = |name: &str| name.trim_matches(is_bracket).chars().all(is_name_char);
        value.contains(mark) && value.split(mark).all(is_name)
    })
}

/// Returns whether a value is a name with brackets behind it, closed at its end or not at all, or with a dot behind them:
/// `input(`, `rows[0].pass`, `Vec<u8>`.
fn is_call(value: &str) -> bool {
    let Some(open) = value.find(is_bracket).filter(|&open| open > 0) else { return false };
    let (name, rest) = value.split_at(open);
    let is_name = name.chars().all(|char| is_name_char(char) || ".?!*&@".contains(char));
    if !is_name || rest.starts_with([')', ']', '}', '>']) {
        return false;
    }
    let Some(end) = closing(rest) else {
        // Cut off at what is between two words of it.
        let arguments = &rest[1..];
        let is_quoted = ["('", "(\"", "['", "[\"", "='", "=\""].iter().any(|begin| rest.contains(begin));
        let is_argument = |char: char| {
            is_name_char(char)
                || is_bracket(char)
                || ".=-+*".contains(char)
                || (is_quoted && "'\",".contains(char))
        };
        return arguments.chars().all(is_argument)
            && !arguments.starts_with(|char: char| char.is_ascii_digit() && arguments.len() > 1);
    };
    let behind = rest[end..].trim_start_matches(|char: char| is_bracket(char) || "!?;".contains(char));
    behind.is_empty() || behind.starts_with(['.', '=', '+'])
}

/// Returns the end of the brackets with which a text begins.
fn closing(rest: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, char) in rest.char_indices() {
        match char {
            '(' | '[' | '{' | '<' => open += 1,
            ')' | ']' | '}' | '>' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return Some(at + char.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_templates_and_variables_are_pieces_of_programs() {
        for program in [
            "${DB_PASS1}",
            "{{ pass1 }}",
            "<password>",
            "<your-password>",
            "[REDACTED]",
            "{type:String",
            "(optional)",
            "$PASS1",
            "%DB_PASS%",
            "getpass(1)",
            "input(",
            "os.environ[",
            "os.environ.get(",
            "rows[0].pass",
            "request.form[key1]",
            "Vec<u8>",
            "string|null",
            "Config::get1",
            "self->pass1",
            "https://e.org/1",
            "make(user1)",
            "request.json.get('password'",
            "bcrypt.hashpw(password.encode('utf-8'",
        ] {
            assert!(is_program(program), "{program}");
        }
    }

    #[test]
    fn what_only_has_brackets_in_it_is_none() {
        for password in [
            "a(b)c[d]",
            "p]q",
            "p(a)ss",
            "[S3sam](0pen)",
            "S3sam(0pen",
            "S3sam(am\"0pen",
            "S3sam)0pen",
            "[S3sam]0pen",
            "{S3sam!0pen}",
            "<S3sam!0pen>",
            "pa{ss}1",
            "pa<ss>1",
            "$ecret!1",
            "S3s|am!0pen",
            "S3s->am!0",
            "((S3sam))1",
            "$2a$10$abc",
        ] {
            assert!(!is_program(password), "{password}");
        }
    }
}

//! TeX to text: reads a formula into items, which are then set in a row.
//!
//! Groups nest; the reading recurses, but never deeper than [`DEEPEST`]: past it braces are passed over.

use super::{
    row::{Item, join, script_text},
    symbols::Class,
};

/// How deep groups may nest.
pub(super) const DEEPEST: usize = 40;

/// Draws a formula. `display`: matrices and rows may take several lines.
pub(super) fn draw(tex: &str, display: bool) -> Vec<String> {
    let mut reader = Reader { chars: tex.chars().collect(), at: 0, depth: 0, display };
    let mut lines = Vec::new();
    loop {
        let items = reader.sequence(Until::End);
        lines.extend(join(items, false, false).rows.iter().map(|row| row.trim_end().to_owned()));
        if reader.next() == Token::End {
            break;
        }
    }
    let blank = |line: &String| line.trim().is_empty();
    let first = lines.iter().take_while(|line| blank(line)).count();
    lines.drain(..first);
    while lines.last().is_some_and(blank) {
        lines.pop();
    }
    lines
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    Command(String),
    Open,
    Close,
    Raise,
    Lower,
    /// `&`
    Column,
    /// `\\`
    Row,
    End,
}

/// What ends a sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    End,
    Brace,
    Bracket,
    Cell,
    Right,
}

pub(super) struct Reader {
    chars: Vec<char>,
    at: usize,
    pub depth: usize,
    pub display: bool,
}

impl Reader {
    fn skip_blanks(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    pub fn next(&mut self) -> Token {
        self.skip_blanks();
        let Some(&c) = self.chars.get(self.at) else { return Token::End };
        self.at += 1;
        match c {
            '{' => Token::Open,
            '}' => Token::Close,
            '^' => Token::Raise,
            '_' => Token::Lower,
            '&' => Token::Column,
            '\\' => self.command(),
            other => Token::Char(other),
        }
    }

    fn command(&mut self) -> Token {
        let letters = self.chars[self.at..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
        if letters > 0 {
            let name = self.chars[self.at..self.at + letters].iter().collect();
            self.at += letters;
            return Token::Command(name);
        }
        let Some(&c) = self.chars.get(self.at) else { return Token::Char('\\') };
        self.at += 1;
        if c == '_' {
            // Escaped for Markdown's sake; as a character it would stand in `\text`.
            return Token::Lower;
        }
        if c != '\\' {
            return Token::Command(c.to_string());
        }
        // `\\[2pt]`, `\\*`
        if self.chars.get(self.at) == Some(&'*') {
            self.at += 1;
        }
        if self.chars.get(self.at) == Some(&'[')
            && let Some(length) = self.chars[self.at..].iter().take(16).position(|&c| c == ']')
        {
            self.at += length + 1;
        }
        Token::Row
    }

    pub fn peek(&mut self) -> Token {
        let at = self.at;
        let token = self.next();
        self.at = at;
        token
    }

    /// Items up to what ends them: a brace or bracket is taken, what ends a cell is left.
    pub fn sequence(&mut self, until: Until) -> Vec<Item> {
        self.depth += 1;
        let mut items: Vec<Item> = Vec::new();
        loop {
            let before = self.at;
            match self.next() {
                Token::End => break,
                Token::Close if until == Until::Brace => break,
                Token::Char(']') if until == Until::Bracket => break,
                Token::Column | Token::Row if until == Until::Cell => {
                    self.at = before;
                    break;
                }
                Token::Row if until == Until::End => {
                    self.at = before;
                    break;
                }
                Token::Command(name) if name == "end" && until == Until::Cell => {
                    self.at = before;
                    break;
                }
                Token::Command(name) if name == "right" && until == Until::Right => break,
                Token::Column => {}
                Token::Row => items.push(Item::new(",", Class::Punctuation)),
                Token::Close => {
                    // Deeper than is read, closing braces have lost their opening ones.
                    if self.depth <= DEEPEST && until == Until::End {
                        items.push(Item::new("}", Class::Close));
                    }
                }
                Token::Raise => self.script(&mut items, true),
                Token::Lower => self.script(&mut items, false),
                Token::Open => items.extend(self.group()),
                Token::Char(c) => self.character(c, &mut items),
                Token::Command(name) => self.run(&name, &mut items),
            }
        }
        self.depth -= 1;
        items
    }

    fn group(&mut self) -> Option<Item> {
        if self.depth >= DEEPEST {
            return None;
        }
        let items = self.sequence(Until::Brace);
        let compound = items.len() == 1 && items[0].compound;
        Some(Item { compound, ..Item::ordinary(join(items, false, false)) })
    }

    fn character(&mut self, c: char, items: &mut Vec<Item>) {
        let item = match c {
            '-' => Item::new("−", Class::Binary),
            '+' => Item::new("+", Class::Binary),
            '*' => Item::new("∗", Class::Binary),
            '=' | '<' | '>' => Item::new(c, Class::Relation),
            '(' | '[' => Item::new(c, Class::Open),
            ')' | ']' => Item::new(c, Class::Close),
            '~' => Item::new(" ", Class::Space),
            '\'' => {
                let last = items.last_mut();
                return match last {
                    Some(last) => last.sheet.attach("′", true),
                    None => items.push(Item::new("′", Class::Ordinary)),
                };
            }
            ',' | ';' | ':' => {
                // `1,000` is a number.
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                let before = self.at.checked_sub(2).and_then(|at| self.chars.get(at)).copied();
                let grouped = digit(before) && digit(self.chars.get(self.at).copied());
                Item::new(c, if grouped { Class::Ordinary } else { Class::Punctuation })
            }
            _ => Item::new(c, Class::Ordinary),
        };
        items.push(item);
    }

    /// An argument: a group, a command or a character.
    pub fn argument(&mut self) -> Vec<Item> {
        if self.depth >= DEEPEST {
            return match self.next() {
                Token::Char(c) => vec![Item::new(c, Class::Ordinary)],
                _ => Vec::new(),
            };
        }
        let before = self.at;
        match self.next() {
            Token::Open => self.sequence(Until::Brace),
            Token::Command(name) if name != "end" && name != "right" => {
                self.depth += 1;
                let mut items = Vec::new();
                self.run(&name, &mut items);
                self.depth -= 1;
                items
            }
            Token::Char(c) => {
                let mut items = Vec::new();
                self.character(c, &mut items);
                items
            }
            _ => {
                self.at = before;
                Vec::new()
            }
        }
    }

    /// An argument in square brackets, if there is one.
    pub fn option(&mut self) -> Option<String> {
        if self.peek() != Token::Char('[') || self.depth >= DEEPEST {
            return None;
        }
        self.next();
        Some(join(self.sequence(Until::Bracket), true, false).flat())
    }

    /// An argument as it is written: the inside of `\text{…}`, the name of an environment.
    pub fn raw(&mut self) -> String {
        let before = self.at;
        if self.next() != Token::Open {
            self.at = before;
            return String::new();
        }
        let mut depth = 1;
        let mut text = String::new();
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                '\\' if self.chars.get(self.at).is_some_and(|c| !c.is_alphanumeric()) => continue,
                '$' => continue,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if !matches!(c, '{' | '}') {
                text.push(if c == '\n' || c == '~' { ' ' } else { c });
            }
        }
        text
    }

    pub fn flat_argument(&mut self) -> String {
        join(self.argument(), false, false).flat()
    }

    fn script(&mut self, items: &mut Vec<Item>, raise: bool) {
        let text = join(self.argument(), true, false).flat();
        let text = script_text(text.trim(), raise);
        match items.last_mut().filter(|last| last.class != Class::Space) {
            Some(base) => base.sheet.attach(&text, raise),
            None => items.push(Item::new(text, Class::Ordinary)),
        }
    }
}

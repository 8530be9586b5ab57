//! Reads a formula's TeX into atoms, which are then set in a row.
//!
//! Groups nest; the parser recurses, but never deeper than [`MAX_DEPTH`]: past it braces are passed over.

use super::{
    atom::{Atom, join, script_text},
    symbols::AtomClass,
};

/// The deepest that groups may nest.
pub(super) const MAX_DEPTH: usize = 40;

/// Draws a formula. `display`: matrices and rows may take several lines.
pub(super) fn draw(tex: &str, display: bool) -> Vec<String> {
    let mut parser = TexParser { chars: tex.chars().collect(), at: 0, depth: 0, display };
    let mut lines = Vec::new();
    loop {
        let atoms = parser.sequence(Terminator::End);
        lines.extend(join(atoms, false, false).rows.iter().map(|row| row.trim_end().to_owned()));
        if parser.next() == Token::End {
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

/// A token of TeX.
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

/// The end of a sequence of atoms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Terminator {
    End,
    Brace,
    Bracket,
    Cell,
    Right,
}

/// The place in a formula that is being read.
pub(super) struct TexParser {
    chars: Vec<char>,
    at: usize,
    pub depth: usize,
    pub display: bool,
}

impl TexParser {
    fn skip_blanks(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    /// Takes the next token; blanks are passed over.
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

    /// Returns the next token without taking it.
    pub fn peek(&mut self) -> Token {
        let at = self.at;
        let token = self.next();
        self.at = at;
        token
    }

    /// Reads atoms up to what ends them: a brace or bracket is taken, the end of a cell is left.
    pub fn sequence(&mut self, until: Terminator) -> Vec<Atom> {
        self.depth += 1;
        let mut atoms: Vec<Atom> = Vec::new();
        loop {
            let before = self.at;
            match self.next() {
                Token::End => break,
                Token::Close if until == Terminator::Brace => break,
                Token::Char(']') if until == Terminator::Bracket => break,
                Token::Column | Token::Row if until == Terminator::Cell => {
                    self.at = before;
                    break;
                }
                Token::Row if until == Terminator::End => {
                    self.at = before;
                    break;
                }
                Token::Command(name) if name == "end" && until == Terminator::Cell => {
                    self.at = before;
                    break;
                }
                Token::Command(name) if name == "right" && until == Terminator::Right => break,
                Token::Column => {}
                Token::Row => atoms.push(Atom::new(",", AtomClass::Punctuation)),
                Token::Close => {
                    // Deeper than is read, closing braces have lost their opening ones.
                    if self.depth <= MAX_DEPTH && until == Terminator::End {
                        atoms.push(Atom::new("}", AtomClass::Close));
                    }
                }
                Token::Raise => self.script(&mut atoms, true),
                Token::Lower => self.script(&mut atoms, false),
                Token::Open => atoms.extend(self.group()),
                Token::Char(c) => self.character(c, &mut atoms),
                Token::Command(name) => self.expand(&name, &mut atoms),
            }
        }
        self.depth -= 1;
        atoms
    }

    fn group(&mut self) -> Option<Atom> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let atoms = self.sequence(Terminator::Brace);
        let compound = atoms.len() == 1 && atoms[0].compound;
        Some(Atom { compound, ..Atom::ordinary(join(atoms, false, false)) })
    }

    fn character(&mut self, c: char, atoms: &mut Vec<Atom>) {
        let atom = match c {
            '-' => Atom::new("−", AtomClass::Binary),
            '+' => Atom::new("+", AtomClass::Binary),
            '*' => Atom::new("∗", AtomClass::Binary),
            '=' | '<' | '>' => Atom::new(c, AtomClass::Relation),
            '(' | '[' => Atom::new(c, AtomClass::Open),
            ')' | ']' => Atom::new(c, AtomClass::Close),
            '~' => Atom::new(" ", AtomClass::Space),
            '\'' => {
                let last = atoms.last_mut();
                return match last {
                    Some(last) => last.content.attach("′", true),
                    None => atoms.push(Atom::new("′", AtomClass::Ordinary)),
                };
            }
            ',' | ';' | ':' => {
                // `1,000` is a number.
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                let before = self.at.checked_sub(2).and_then(|at| self.chars.get(at)).copied();
                let grouped = digit(before) && digit(self.chars.get(self.at).copied());
                Atom::new(c, if grouped { AtomClass::Ordinary } else { AtomClass::Punctuation })
            }
            _ => Atom::new(c, AtomClass::Ordinary),
        };
        atoms.push(atom);
    }

    /// Reads an argument: a group, a command or a character.
    pub fn argument(&mut self) -> Vec<Atom> {
        if self.depth >= MAX_DEPTH {
            return match self.next() {
                Token::Char(c) => vec![Atom::new(c, AtomClass::Ordinary)],
                _ => Vec::new(),
            };
        }
        let before = self.at;
        match self.next() {
            Token::Open => self.sequence(Terminator::Brace),
            Token::Command(name) if name != "end" && name != "right" => {
                self.depth += 1;
                let mut atoms = Vec::new();
                self.expand(&name, &mut atoms);
                self.depth -= 1;
                atoms
            }
            Token::Char(c) => {
                let mut atoms = Vec::new();
                self.character(c, &mut atoms);
                atoms
            }
            _ => {
                self.at = before;
                Vec::new()
            }
        }
    }

    /// Reads an argument in square brackets, if there is one.
    pub fn option(&mut self) -> Option<String> {
        if self.peek() != Token::Char('[') || self.depth >= MAX_DEPTH {
            return None;
        }
        self.next();
        Some(join(self.sequence(Terminator::Bracket), true, false).flat())
    }

    /// Reads an argument as it is written: the inside of `\text{…}`, the name of an environment.
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

    /// Reads an argument as text in one row.
    pub fn flat_argument(&mut self) -> String {
        join(self.argument(), false, false).flat()
    }

    fn script(&mut self, atoms: &mut Vec<Atom>, raise: bool) {
        let text = join(self.argument(), true, false).flat();
        let text = script_text(text.trim(), raise);
        match atoms.last_mut().filter(|last| last.class != AtomClass::Space) {
            Some(base) => base.content.attach(&text, raise),
            None => atoms.push(Atom::new(text, AtomClass::Ordinary)),
        }
    }
}

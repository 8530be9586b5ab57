//! Pieces of a formula in a row, with the blanks TeX would give them.

use super::{script, sheet::Sheet, symbols::Class};

/// A piece of a formula, and how it stands among others.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub sheet: Sheet,
    pub class: Class,
    /// It reads as several things (`a/b`): set apart from letters next to it, in brackets within a fraction.
    pub compound: bool,
}

impl Item {
    pub fn new(text: impl Into<String>, class: Class) -> Self {
        Self { sheet: Sheet::text(text), class, compound: false }
    }

    pub fn ordinary(sheet: Sheet) -> Self {
        Self { sheet, class: Class::Ordinary, compound: false }
    }

    pub fn compound(text: String) -> Self {
        Self { compound: true, ..Self::new(text, Class::Ordinary) }
    }
}

/// A script in small letters, or behind a sign.
pub(super) fn script_text(text: &str, raise: bool) -> String {
    let small = if raise { script::raised(text) } else { script::lowered(text) };
    match small {
        Some(small) if !text.is_empty() => small,
        _ => {
            let sign = if raise { '^' } else { '_' };
            if text.chars().count() <= 1 { format!("{sign}{text}") } else { format!("{sign}({text})") }
        }
    }
}

/// A part of a fraction, or what is under a root: in brackets unless it is one thing.
pub(super) fn bracketed(items: Vec<Item>) -> String {
    let solid: Vec<&Item> = items.iter().filter(|item| item.class != Class::Space).collect();
    let number = solid.iter().all(|item| item.sheet.flat().chars().all(|c| c.is_ascii_digit() || c == '.'));
    let simple = (solid.len() <= 1 && !solid.iter().any(|item| item.compound)) || number;
    let text = join(items, false, false).flat();
    let simple = simple && !text.contains([' ', '/']);
    if simple { text } else { format!("({text})") }
}

pub(super) fn negated(text: &str) -> Item {
    let known = match text {
        "=" => "≠",
        "∈" => "∉",
        "⊂" => "⊄",
        "⊆" => "⊈",
        "≡" => "≢",
        "∃" => "∄",
        "<" => "≮",
        ">" => "≯",
        "∼" => "≁",
        "≈" => "≉",
        _ => return Item::new(format!("{text}\u{338}"), Class::Relation),
    };
    Item::new(known, Class::Relation)
}

/// Sets items in a row. `tight`: without blanks, for scripts. `led`: as if something stood before them.
pub(super) fn join(items: Vec<Item>, tight: bool, led: bool) -> Sheet {
    let mut all = Sheet::text("");
    let mut before = led.then_some(Class::Ordinary);
    let mut compound = false;
    let mut blank = false;
    // What stands before is the sign of what follows, or takes several rows.
    let (mut sign, mut tall) = (false, false);
    for item in items {
        if item.class == Class::Space {
            if !tight {
                all.join(&item.sheet);
            }
            blank |= item.sheet.width() > 0;
            continue;
        }
        let binary = match before {
            None
            | Some(Class::Binary | Class::Relation | Class::Open | Class::Punctuation | Class::Operator) => {
                false
            }
            _ => item.class == Class::Binary,
        };
        let class = if item.class == Class::Binary && !binary { Class::Ordinary } else { item.class };
        let wanted = wants_blank(before, class, tight)
            || (before == Some(Class::Ordinary)
                && class == Class::Ordinary
                && !sign
                && (compound || item.compound || (tall && !item.sheet.is_flat())));
        let starts_blank = item.sheet.rows.first().is_some_and(|row| row.starts_with(' '));
        if wanted && !blank && !starts_blank {
            all.join(&Sheet::text(" "));
        }
        all.join(&item.sheet);
        blank = item.sheet.rows.first().is_some_and(|row| row.ends_with(' '));
        before = Some(class);
        compound = item.compound;
        sign = item.class == Class::Binary && !binary;
        tall = !item.sheet.is_flat();
    }
    all
}

fn wants_blank(before: Option<Class>, class: Class, tight: bool) -> bool {
    use Class::{Binary, Close, Open, Operator, Ordinary, Punctuation, Relation};
    let Some(before) = before else { return false };
    match (before, class) {
        (Operator, Ordinary | Operator) | (Ordinary | Close, Operator) => true,
        _ if tight => false,
        (_, Close | Punctuation) => matches!(before, Relation),
        (Relation | Binary | Punctuation, _) | (_, Relation | Binary) => true,
        (Operator, Open) => false,
        _ => false,
    }
}

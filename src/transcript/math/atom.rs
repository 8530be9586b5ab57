//! Atoms, as TeX calls the pieces of a formula, and the blanks TeX would set between them.

use super::{formula_box::FormulaBox, script, symbols::AtomClass};

/// A piece of a formula, and its class, which decides the blanks around it.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub content: FormulaBox,
    pub class: AtomClass,
    /// It reads as several things (`a/b`): set apart from letters next to it, in brackets within a fraction.
    pub compound: bool,
}

impl Atom {
    /// Makes an atom of a text.
    pub fn new(text: impl Into<String>, class: AtomClass) -> Self {
        Self { content: FormulaBox::text(text), class, compound: false }
    }

    /// Makes an ordinary atom of a box.
    pub fn ordinary(content: FormulaBox) -> Self {
        Self { content, class: AtomClass::Ordinary, compound: false }
    }

    /// Makes an ordinary atom that reads as several things.
    pub fn compound(text: String) -> Self {
        Self { compound: true, ..Self::new(text, AtomClass::Ordinary) }
    }
}

/// Writes a power or an index in small letters, or after a sign.
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

/// Writes a part of a fraction, or what is under a root: in brackets unless it is one thing.
pub(super) fn bracketed(atoms: Vec<Atom>) -> String {
    let solid: Vec<&Atom> = atoms.iter().filter(|atom| atom.class != AtomClass::Space).collect();
    let number = solid.iter().all(|atom| atom.content.flat().chars().all(|c| c.is_ascii_digit() || c == '.'));
    let simple = (solid.len() <= 1 && !solid.iter().any(|atom| atom.compound)) || number;
    let text = join(atoms, false, false).flat();
    let simple = simple && !text.contains([' ', '/']);
    if simple { text } else { format!("({text})") }
}

/// Strikes a relation through: `≠` for `=`.
pub(super) fn negated(text: &str) -> Atom {
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
        _ => return Atom::new(format!("{text}\u{338}"), AtomClass::Relation),
    };
    Atom::new(known, AtomClass::Relation)
}

/// Sets atoms in a row. `tight`: without blanks, for scripts. `led`: as if something stood before them.
pub(super) fn join(atoms: Vec<Atom>, tight: bool, led: bool) -> FormulaBox {
    let mut all = FormulaBox::text("");
    let mut before = led.then_some(AtomClass::Ordinary);
    let mut compound = false;
    let mut blank = false;
    // What stands before is the sign of what follows, or takes several rows.
    let (mut sign, mut tall_bracket) = (false, false);
    for atom in atoms {
        if atom.class == AtomClass::Space {
            if !tight {
                all.join(&atom.content);
            }
            blank |= atom.content.width() > 0;
            continue;
        }
        let binary = match before {
            None
            | Some(
                AtomClass::Binary
                | AtomClass::Relation
                | AtomClass::Open
                | AtomClass::Punctuation
                | AtomClass::Operator,
            ) => false,
            _ => atom.class == AtomClass::Binary,
        };
        let class = if atom.class == AtomClass::Binary && !binary { AtomClass::Ordinary } else { atom.class };
        let wanted = wants_blank(before, class, tight)
            || (before == Some(AtomClass::Ordinary)
                && class == AtomClass::Ordinary
                && !sign
                && (compound || atom.compound || (tall_bracket && !atom.content.is_flat())));
        let starts_blank = atom.content.rows.first().is_some_and(|row| row.starts_with(' '));
        if wanted && !blank && !starts_blank {
            all.join(&FormulaBox::text(" "));
        }
        all.join(&atom.content);
        blank = atom.content.rows.first().is_some_and(|row| row.ends_with(' '));
        before = Some(class);
        compound = atom.compound;
        sign = atom.class == AtomClass::Binary && !binary;
        tall_bracket = !atom.content.is_flat();
    }
    all
}

fn wants_blank(before: Option<AtomClass>, class: AtomClass, tight: bool) -> bool {
    use AtomClass::{Binary, Close, Open, Operator, Ordinary, Punctuation, Relation};
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

//! TeX's commands that take arguments: fractions, roots, alphabets, brackets, environments.

use super::{
    atom::{Atom, bracketed, join, negated, script_text},
    formula_box::{self, FormulaBox},
    script,
    symbols::{self, AtomClass},
    tex::{MAX_DEPTH, Terminator, TexParser, Token},
};

impl TexParser {
    /// Adds the atoms that a command stands for.
    pub(super) fn expand(&mut self, name: &str, atoms: &mut Vec<Atom>) {
        let atom = match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let (over, under) = (self.argument(), self.argument());
                Atom::compound(format!("{}/{}", bracketed(over), bracketed(under)))
            }
            "binom" | "dbinom" | "tbinom" => {
                let (n, k) = (self.flat_argument(), self.flat_argument());
                Atom::new(format!("C({n}, {k})"), AtomClass::Ordinary)
            }
            "sqrt" => {
                let degree = self.option();
                let under = bracketed(self.argument());
                let sign = match degree.as_deref() {
                    None | Some("" | "2") => "√".to_owned(),
                    Some("3") => "∛".to_owned(),
                    Some("4") => "∜".to_owned(),
                    Some(degree) => format!("{}√", script_text(degree, true).trim_start_matches('^')),
                };
                Atom::new(sign + &under, AtomClass::Ordinary)
            }
            "text" | "textrm" | "textbf" | "textit" | "texttt" | "textsf" | "textnormal" | "mbox"
            | "hbox" | "ce" | "emph" | "textsc" | "mathrm" | "mathsf" | "mathtt" | "textup" | "intertext"
                if self.peek() == Token::Open =>
            {
                Atom::new(self.raw(), AtomClass::Ordinary)
            }
            "operatorname" => {
                if self.peek() == Token::Char('*') {
                    self.next();
                }
                Atom::new(self.raw(), AtomClass::Operator)
            }
            "mathbb" | "mathbbm" | "Bbb" => {
                Atom::new(script::double_struck(&self.flat_argument()), AtomClass::Ordinary)
            }
            "mathcal" | "mathscr" => Atom::new(script::script(&self.flat_argument()), AtomClass::Ordinary),
            "mathbf" | "boldsymbol" | "bm" | "mathit" | "mathfrak" | "mathnormal" | "cancel" | "bcancel"
            | "mathop" | "underbrace" | "overbrace" | "mathrm" | "mathsf" | "mathtt" | "substack"
            | "mathord" | "pmb" | "smash" => {
                let atoms = self.argument();
                let compound = atoms.iter().any(|atom| atom.compound);
                Atom { compound, ..Atom::ordinary(join(atoms, false, false)) }
            }
            "abs" => Atom::ordinary(join(self.argument(), false, false).fenced("|", "|")),
            "norm" => Atom::ordinary(join(self.argument(), false, false).fenced("‖", "‖")),
            "ket" => Atom::ordinary(join(self.argument(), false, false).fenced("|", "⟩")),
            "bra" => Atom::ordinary(join(self.argument(), false, false).fenced("⟨", "|")),
            "braket" => Atom::ordinary(join(self.argument(), false, false).fenced("⟨", "⟩")),
            "boxed" | "fbox" => Atom::ordinary(join(self.argument(), false, false).fenced("[", "]")),
            "tag" => Atom::new(format!("  ({})", self.raw()), AtomClass::Space),
            "label" | "color" | "hspace" | "vspace" | "phantom" | "hphantom" | "vphantom" => {
                self.raw();
                return;
            }
            "textcolor" | "colorbox" => {
                self.raw();
                return atoms.extend(self.group_or_argument());
            }
            "overset" | "stackrel" => return self.stacked(atoms, true),
            "underset" => return self.stacked(atoms, false),
            "pmod" => Atom::new(format!(" (mod {})", self.flat_argument()), AtomClass::Space),
            "xrightarrow" | "xleftarrow" => {
                self.option();
                let label = self.flat_argument();
                let arrow =
                    if name == "xrightarrow" { format!("–{label}→") } else { format!("←{label}–") };
                Atom::new(arrow, AtomClass::Relation)
            }
            "not" => negated(&join(self.argument(), true, false).flat()),
            "left" => return atoms.extend(self.fenced()),
            "right" => {
                self.delimiter();
                return;
            }
            "begin" => return atoms.extend(self.environment()),
            "end" => {
                self.raw();
                return;
            }
            _ => self.symbol_or_accent(name),
        };
        atoms.push(atom);
    }

    fn symbol_or_accent(&mut self, name: &str) -> Atom {
        if let Some((text, class)) = symbols::symbol(name) {
            return Atom::new(text, class);
        }
        let Some(mark) = symbols::accent(name) else { return Atom::compound(format!("\\{name}")) };
        let base = self.flat_argument();
        let over_all = matches!(name, "overline" | "bar" | "underline");
        let mut marked = String::with_capacity(base.len() + 4);
        for (index, c) in base.chars().enumerate() {
            marked.push(c);
            if index == 0 || (over_all && !c.is_whitespace()) {
                marked.push(mark);
            }
        }
        Atom::new(marked, AtomClass::Ordinary)
    }

    fn group_or_argument(&mut self) -> Option<Atom> {
        let atoms = self.argument();
        (!atoms.is_empty()).then(|| Atom::ordinary(join(atoms, false, false)))
    }

    /// Adds a thing with another above or below it.
    fn stacked(&mut self, atoms: &mut Vec<Atom>, above: bool) {
        let script = join(self.argument(), true, false).flat();
        let base = self.argument();
        let class = base.first().map_or(AtomClass::Ordinary, |atom| atom.class);
        let mut content = join(base, false, false);
        content.attach(&script_text(script.trim(), above), above);
        atoms.push(Atom { content, class, compound: false });
    }

    /// Reads a delimiter after `\left`, `\right`.
    fn delimiter(&mut self) -> String {
        match self.next() {
            Token::Char('.') | Token::End => String::new(),
            Token::Char('<') => "⟨".to_owned(),
            Token::Char('>') => "⟩".to_owned(),
            Token::Char(c) => c.to_string(),
            Token::Command(name) => {
                symbols::symbol(&name).map_or_else(String::new, |(text, _)| text.to_owned())
            }
            _ => String::new(),
        }
    }

    fn fenced(&mut self) -> Option<Atom> {
        let left = self.delimiter();
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let inner = join(self.sequence(Terminator::Right), false, false);
        let right = self.delimiter();
        Some(Atom::ordinary(inner.fenced(&left, &right)))
    }

    fn environment(&mut self) -> Option<Atom> {
        let name = self.raw();
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let name = name.trim_end_matches('*');
        if matches!(name, "array" | "alignedat" | "alignat" | "tabular") {
            self.raw();
        }
        let aligned = matches!(
            name,
            "aligned"
                | "align"
                | "alignedat"
                | "alignat"
                | "split"
                | "eqnarray"
                | "gather"
                | "gathered"
                | "multline"
                | "equation"
        );
        let mut rows: Vec<Vec<FormulaBox>> = vec![Vec::new()];
        loop {
            let atoms = self.sequence(Terminator::Cell);
            let column = rows.last().map_or(0, Vec::len);
            let cell = join(atoms, false, aligned && column % 2 == 1);
            if let Some(row) = rows.last_mut() {
                row.push(cell);
            }
            match self.next() {
                Token::Column => {}
                Token::Row => rows.push(Vec::new()),
                Token::Command(_) => {
                    self.raw();
                    break;
                }
                _ => break,
            }
        }
        rows.retain(|row| row.iter().any(|cell| cell.rows.iter().any(|row| !row.trim().is_empty())));
        Some(Atom::ordinary(typeset_cells(name, &rows, aligned, self.display)))
    }
}

/// Sets an environment's cells.
fn typeset_cells(name: &str, rows: &[Vec<FormulaBox>], aligned: bool, display: bool) -> FormulaBox {
    let (left, right) = match name {
        "pmatrix" => ("(", ")"),
        "bmatrix" => ("[", "]"),
        "Bmatrix" => ("{", "}"),
        "vmatrix" => ("|", "|"),
        "Vmatrix" => ("‖", "‖"),
        "cases" | "dcases" => ("{", ""),
        "rcases" => ("", "}"),
        _ => ("", ""),
    };
    if !display || rows.len() <= 1 {
        let between = if aligned { "" } else { ", " };
        let row = |row: &Vec<FormulaBox>| row.iter().map(FormulaBox::flat).collect::<Vec<_>>().join(between);
        let text = rows.iter().map(row).collect::<Vec<_>>().join("; ");
        return FormulaBox::text(format!("{left}{}{right}", text.trim()));
    }
    let grid = formula_box::grid(rows, if aligned { 0 } else { 2 }, |column| aligned && column % 2 == 0);
    if left.is_empty() && right.is_empty() { grid } else { grid.fenced(left, right) }
}

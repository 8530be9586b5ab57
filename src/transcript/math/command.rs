//! TeX's commands: fractions, roots, alphabets, brackets, environments.

use super::{
    row::{Item, bracketed, join, negated, script_text},
    script,
    sheet::{self, Sheet},
    symbols::{self, Class},
    tex::{DEEPEST, Reader, Token, Until},
};

impl Reader {
    /// Carries out a command.
    pub(super) fn run(&mut self, name: &str, items: &mut Vec<Item>) {
        let item = match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let (over, under) = (self.argument(), self.argument());
                Item::compound(format!("{}/{}", bracketed(over), bracketed(under)))
            }
            "binom" | "dbinom" | "tbinom" => {
                let (n, k) = (self.flat_argument(), self.flat_argument());
                Item::new(format!("C({n}, {k})"), Class::Ordinary)
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
                Item::new(sign + &under, Class::Ordinary)
            }
            "text" | "textrm" | "textbf" | "textit" | "texttt" | "textsf" | "textnormal" | "mbox"
            | "hbox" | "ce" | "emph" | "textsc" | "mathrm" | "mathsf" | "mathtt" | "textup" | "intertext"
                if self.peek() == Token::Open =>
            {
                Item::new(self.raw(), Class::Ordinary)
            }
            "operatorname" => {
                if self.peek() == Token::Char('*') {
                    self.next();
                }
                Item::new(self.raw(), Class::Operator)
            }
            "mathbb" | "mathbbm" | "Bbb" => {
                Item::new(script::double_struck(&self.flat_argument()), Class::Ordinary)
            }
            "mathcal" | "mathscr" => Item::new(script::script(&self.flat_argument()), Class::Ordinary),
            "mathbf" | "boldsymbol" | "bm" | "mathit" | "mathfrak" | "mathnormal" | "cancel" | "bcancel"
            | "mathop" | "underbrace" | "overbrace" | "mathrm" | "mathsf" | "mathtt" | "substack"
            | "mathord" | "pmb" | "smash" => {
                let items = self.argument();
                let compound = items.iter().any(|item| item.compound);
                Item { compound, ..Item::ordinary(join(items, false, false)) }
            }
            "abs" => Item::ordinary(join(self.argument(), false, false).fenced("|", "|")),
            "norm" => Item::ordinary(join(self.argument(), false, false).fenced("‖", "‖")),
            "ket" => Item::ordinary(join(self.argument(), false, false).fenced("|", "⟩")),
            "bra" => Item::ordinary(join(self.argument(), false, false).fenced("⟨", "|")),
            "braket" => Item::ordinary(join(self.argument(), false, false).fenced("⟨", "⟩")),
            "boxed" | "fbox" => Item::ordinary(join(self.argument(), false, false).fenced("[", "]")),
            "tag" => Item::new(format!("  ({})", self.raw()), Class::Space),
            "label" | "color" | "hspace" | "vspace" | "phantom" | "hphantom" | "vphantom" => {
                self.raw();
                return;
            }
            "textcolor" | "colorbox" => {
                self.raw();
                return items.extend(self.group_or_argument());
            }
            "overset" | "stackrel" => return self.stacked(items, true),
            "underset" => return self.stacked(items, false),
            "pmod" => Item::new(format!(" (mod {})", self.flat_argument()), Class::Space),
            "xrightarrow" | "xleftarrow" => {
                self.option();
                let label = self.flat_argument();
                let arrow =
                    if name == "xrightarrow" { format!("–{label}→") } else { format!("←{label}–") };
                Item::new(arrow, Class::Relation)
            }
            "not" => negated(&join(self.argument(), true, false).flat()),
            "left" => return items.extend(self.fenced()),
            "right" => {
                self.delimiter();
                return;
            }
            "begin" => return items.extend(self.environment()),
            "end" => {
                self.raw();
                return;
            }
            _ => self.symbol_or_accent(name),
        };
        items.push(item);
    }

    fn symbol_or_accent(&mut self, name: &str) -> Item {
        if let Some((text, class)) = symbols::symbol(name) {
            return Item::new(text, class);
        }
        let Some(mark) = symbols::accent(name) else { return Item::compound(format!("\\{name}")) };
        let base = self.flat_argument();
        let over_all = matches!(name, "overline" | "bar" | "underline");
        let mut marked = String::with_capacity(base.len() + 4);
        for (index, c) in base.chars().enumerate() {
            marked.push(c);
            if index == 0 || (over_all && !c.is_whitespace()) {
                marked.push(mark);
            }
        }
        Item::new(marked, Class::Ordinary)
    }

    fn group_or_argument(&mut self) -> Option<Item> {
        let items = self.argument();
        (!items.is_empty()).then(|| Item::ordinary(join(items, false, false)))
    }

    /// One thing above or below another.
    fn stacked(&mut self, items: &mut Vec<Item>, above: bool) {
        let script = join(self.argument(), true, false).flat();
        let base = self.argument();
        let class = base.first().map_or(Class::Ordinary, |item| item.class);
        let mut sheet = join(base, false, false);
        sheet.attach(&script_text(script.trim(), above), above);
        items.push(Item { sheet, class, compound: false });
    }

    /// A delimiter after `\left`, `\right`.
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

    fn fenced(&mut self) -> Option<Item> {
        let left = self.delimiter();
        if self.depth >= DEEPEST {
            return None;
        }
        let inner = join(self.sequence(Until::Right), false, false);
        let right = self.delimiter();
        Some(Item::ordinary(inner.fenced(&left, &right)))
    }

    fn environment(&mut self) -> Option<Item> {
        let name = self.raw();
        if self.depth >= DEEPEST {
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
        let mut rows: Vec<Vec<Sheet>> = vec![Vec::new()];
        loop {
            let items = self.sequence(Until::Cell);
            let column = rows.last().map_or(0, Vec::len);
            let cell = join(items, false, aligned && column % 2 == 1);
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
        Some(Item::ordinary(set(name, &rows, aligned, self.display)))
    }
}

/// Sets an environment's cells.
fn set(name: &str, rows: &[Vec<Sheet>], aligned: bool, display: bool) -> Sheet {
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
        let row = |row: &Vec<Sheet>| row.iter().map(Sheet::flat).collect::<Vec<_>>().join(between);
        let text = rows.iter().map(row).collect::<Vec<_>>().join("; ");
        return Sheet::text(format!("{left}{}{right}", text.trim()));
    }
    let grid = sheet::grid(rows, if aligned { 0 } else { 2 }, |column| aligned && column % 2 == 0);
    if left.is_empty() && right.is_empty() { grid } else { grid.fenced(left, right) }
}

//! The page of bounds, `docs/limits.md`, is made from the constants of the code and their comments, and held to them.
//! `LIMITS=write cargo test --test library limits` brings it up to date; read the difference.

use std::{fmt::Write as _, fs, path::Path};

/// Between these lines of the page stands what is made.
const BEGIN: &str = "<!-- made from the code: LIMITS=write cargo test --test library limits -->";
const END: &str = "<!-- end -->";

/// A constant that bounds something.
struct Bound {
    file: String,
    name: String,
    value: String,
    why: String,
}

/// Names of bounds begin with one of these, or end in `LIMIT` or `TIMEOUT`.
const BEGINNINGS: [&str; 2] = ["MAX", "KEPT"];

fn is_bound(name: &str) -> bool {
    let begins =
        |word: &&str| name.strip_prefix(*word).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    BEGINNINGS.iter().any(begins) || name.ends_with("LIMIT") || name.ends_with("TIMEOUT")
}

/// Every bound of a source file, with the comment above it; of several below one comment each has it.
fn bounds_in(file: &str, source: &str) -> Vec<Bound> {
    let mut bounds = Vec::new();
    let mut why = String::new();
    // The comment is that of the constant before: one that begins now is another.
    let mut told = false;
    for line in source.lines() {
        let line = line.trim();
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        if let Some(words) = line.strip_prefix("/// ") {
            if std::mem::take(&mut told) {
                why.clear();
            }
            if !why.is_empty() {
                why.push(' ');
            }
            why.push_str(words);
            continue;
        }
        let declared = line.split_once("const ").filter(|(before, _)| {
            let before = before.trim();
            before.is_empty() || (before.starts_with("pub") && !before.contains(' ')) || before.ends_with(')')
        });
        let constant = declared.and_then(|(_, rest)| {
            let (name, rest) = rest.split_once(": ")?;
            let (_, value) = rest.split_once(" = ")?;
            Some((name, value.strip_suffix(';')?))
        });
        told |= constant.is_some();
        match constant {
            Some((name, value)) if is_bound(name) => bounds.push(Bound {
                file: file.to_owned(),
                name: name.to_owned(),
                value: value.to_owned(),
                why: why.clone(),
            }),
            Some(_) => {}
            None => why.clear(),
        }
        if line.is_empty() {
            why.clear();
        }
    }
    bounds
}

/// All bounds, by file.
fn bounds() -> Vec<Bound> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let bounds = files.iter().flat_map(|path| {
        let file = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        bounds_in(&file, &fs::read_to_string(path).unwrap())
    });
    bounds.collect()
}

/// A value for people: `48 KiB`, `10 000`, `2 s`; as the code has it where it is none of these.
fn told(value: &str, is_of_bytes: bool) -> String {
    let number = |text: &str| text.replace('_', "").parse::<u64>().ok();
    let durations = [("from_mins(", "min"), ("from_secs(", "s"), ("from_millis(", "ms")];
    for (maker, unit) in durations {
        if let Some((_, rest)) = value.split_once(maker) {
            return format!("{} {unit}", rest.trim_end_matches(')'));
        }
    }
    if let Some((left, shift)) = value.split_once(" << ")
        && let (Some(left), Some(shift)) = (number(left), number(shift))
    {
        if !is_of_bytes {
            return unspool::message::format::number(left << shift);
        }
        let (unit, rest) = [("GiB", 30), ("MiB", 20), ("KiB", 10)]
            .into_iter()
            .find(|&(_, bits)| shift >= bits)
            .map_or(("", shift), |(unit, bits)| (unit, shift - bits));
        return format!("{} {unit}", left << rest).trim_end().to_owned();
    }
    number(value).map_or_else(|| format!("`{value}`"), unspool::message::format::number)
}

fn page(bounds: &[Bound]) -> String {
    let mut page = String::new();
    let mut module = "";
    for Bound { file, name, value, why } in bounds {
        let own = file.split_once('/').map_or(file.as_str(), |(module, _)| module);
        if own != module {
            module = own;
            let _ = write!(
                page,
                "\n### `{module}`\n\n| bound | value | what it bounds, in which unit, and why | where |\n|---|---|---|---|\n"
            );
        }
        let is_of_bytes = ["BYTES", "LENGTH", "MEMORY"].iter().any(|unit| name.contains(unit))
            || why.to_lowercase().contains("byte");
        let (why, value) = (why.replace('|', "\\|"), told(value, is_of_bytes));
        let _ = writeln!(page, "| `{name}` | {value} | {why} | `{file}` |");
    }
    page
}

#[test]
fn every_bound_says_what_it_bounds() {
    for Bound { file, name, why, .. } in bounds() {
        assert!(!why.is_empty(), "{name} in {file} says nothing of itself");
    }
}

#[test]
fn the_page_of_bounds_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/limits.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once(BEGIN).expect("the page says where it is made");
    let (made, tail) = rest.split_once(END).expect("and where that ends");
    let bounds = bounds();
    assert!(bounds.len() > 80, "{} bounds", bounds.len());
    let page = page(&bounds);
    if std::env::var_os("LIMITS").is_some_and(|how| how == "write") {
        fs::write(&path, format!("{head}{BEGIN}\n{page}\n{END}{tail}")).unwrap();
        return;
    }
    assert_eq!(
        made.trim(),
        page.trim(),
        "LIMITS=write cargo test --test library limits brings it up to date"
    );
}

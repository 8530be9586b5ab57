//! A choice in words.

/// Lists what may be chosen: `a`, `a or b`, `a, b or c`. One that was listed before is left out.
pub(crate) fn join_with_or<T: AsRef<str>>(choices: impl IntoIterator<Item = T>) -> String {
    let mut listed: Vec<T> = Vec::new();
    for choice in choices {
        if !listed.iter().any(|known| known.as_ref() == choice.as_ref()) {
            listed.push(choice);
        }
    }
    let mut words = String::new();
    for (place, choice) in listed.iter().enumerate() {
        let joint = match listed.len() - place {
            _ if place == 0 => "",
            1 => " or ",
            _ => ", ",
        };
        words.extend([joint, choice.as_ref()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::join_with_or;

    #[test]
    fn the_last_choice_stands_behind_or() {
        assert_eq!(join_with_or::<&str>([]), "");
        assert_eq!(join_with_or(["a"]), "a");
        assert_eq!(join_with_or(["a", "b"]), "a or b");
        assert_eq!(join_with_or(["a", "b", "a", "c"]), "a, b or c");
    }
}

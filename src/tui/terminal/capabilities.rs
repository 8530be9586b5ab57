//! Abilities of a terminal by the name it gives itself: it is not asked for them.

/// Returns whether the marks of a synchronized update help or are ignored: `linux` and the vt terminals have no use for
/// them.
pub(super) fn knows_synchronized_updates(kind: &str) -> bool {
    !kind.starts_with("linux") && !kind.starts_with("vt")
}

/// Returns whether a link (OSC 8) does no harm: the terminal opens it, or skips what it does not know up to its end.
/// Screen prints the rest of a long one, the console of Linux and the vt terminals all of it, and VTE read it wrongly
/// before 0.50. What is not known here gets none.
pub(super) fn takes_links(kind: &str, in_tmux: bool, vte: Option<u32>) -> bool {
    is_known(kind, in_tmux) && vte.is_none_or(|version| version >= 5_000)
}

/// Returns whether a question does no harm: the terminal answers it, or skips it up to its end. The console of Linux and
/// the vt terminals may print it.
pub(super) fn answers_questions(kind: &str, in_tmux: bool) -> bool {
    // Consoles without signals have their keys from elsewhere.
    cfg!(unix) && (is_known(kind, in_tmux) || kind.starts_with("screen"))
}

/// Returns whether a terminal of this name reads sequences up to their end, whatever it makes of them.
fn is_known(kind: &str, in_tmux: bool) -> bool {
    const KNOWN: [&str; 14] = [
        "xterm",
        "tmux",
        "alacritty",
        "foot",
        "kitty",
        "wezterm",
        "ghostty",
        "konsole",
        "vte",
        "gnome",
        "rxvt",
        "st-",
        "mintty",
        "contour",
    ];
    KNOWN.iter().any(|known| kind.starts_with(known)) || (in_tmux && kind.starts_with("screen"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_for_terminals_that_take_or_skip_them() {
        for (kind, in_tmux, vte, takes) in [
            ("xterm-256color", false, None, true),
            ("xterm-kitty", false, None, true),
            ("tmux-256color", true, None, true),
            ("screen-256color", true, None, true),
            ("screen-256color", false, None, false),
            ("xterm-256color", false, Some(4_602), false),
            ("xterm-256color", false, Some(6_800), true),
            ("linux", false, None, false),
            ("vt220", false, None, false),
            ("eterm-color", false, None, false),
            ("", false, None, false),
        ] {
            assert_eq!(takes_links(kind, in_tmux, vte), takes, "{kind} {in_tmux} {vte:?}");
        }
    }

    #[test]
    fn questions_are_for_terminals_that_answer_or_skip_them() {
        for (kind, in_tmux, answers) in [
            ("xterm-256color", false, cfg!(unix)),
            ("screen-256color", false, cfg!(unix)),
            ("tmux-256color", true, cfg!(unix)),
            ("linux", false, false),
            ("vt220", false, false),
            ("eterm-color", false, false),
            ("", false, false),
        ] {
            assert_eq!(answers_questions(kind, in_tmux), answers, "{kind} {in_tmux}");
        }
    }
}

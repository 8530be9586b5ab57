//! The commands as people look for them: in sections by use, and by what else they are called.

use super::command::Command;

/// What people do, with the commands for it: those that are wanted most come first, moving about last. Beside each stands
/// what else it is called: by other programs, or by who does not know its name.
const SECTIONS: &[(&str, &[(Command, &str)])] = &[
    (
        "Copy",
        &[
            (Command::Copy, "yank clipboard text"),
            (Command::CopyAnswer, "yank clipboard reply response"),
            (Command::CopyConversation, "yank clipboard chat thread all"),
            (Command::CopyCode, "yank clipboard snippet block"),
            (Command::CopyLine, "yank clipboard hit match"),
            (Command::CopyAddress, "url link id share web"),
            (Command::CopyAsMarkdown, "format md"),
            (Command::CopyAsText, "format plain txt"),
            (Command::CopyAsJson, "format data raw"),
        ],
    ),
    (
        "Save",
        &[
            (Command::Extract, "save export write download file html pdf print"),
            (Command::ExtractAll, "save export write download files folder bulk"),
            (Command::Links, "urls attachments files images pictures download save sources"),
            (Command::Pipe, "shell command program run pager editor less"),
        ],
    ),
    (
        "Find",
        &[
            (Command::Search, "query filter"),
            (Command::Find, "search text grep"),
            (Command::NextHit, "match find"),
            (Command::PreviousHit, "match find"),
            (Command::Prompts, "questions contents outline jump"),
            (Command::NextConversation, "thread chat result forward"),
            (Command::PreviousConversation, "thread chat result backward"),
            (Command::Sort, "order by date relevance title length"),
        ],
    ),
    (
        "Look",
        &[
            (Command::Details, "info facts metadata model gpt project dates branches properties"),
            (Command::Alone, "zoom full screen maximize wide only hide list"),
            (Command::Fold, "expand collapse toggle tools reasoning"),
            (Command::FoldAll, "expand collapse toggle tools reasoning"),
            (Command::NextBranch, "version alternative regenerated edited fork"),
            (Command::PreviousBranch, "version alternative regenerated edited fork"),
            (Command::Redact, "secrets privacy hide mask anonymise"),
            (Command::Audit, "secrets privacy leaks passwords keys report"),
            (Command::ThemeAuto, "colours colors appearance background"),
            (Command::ThemeDark, "colours colors appearance background black night"),
            (Command::ThemeLight, "colours colors appearance background white day"),
            (Command::ThemeTerminal, "colours colors appearance background"),
            (Command::ThemeMono, "colours colors appearance background monochrome"),
        ],
    ),
    (
        "Mark",
        &[
            (Command::Mark, "select tick choose"),
            (Command::UnmarkAll, "deselect clear none reset"),
            (Command::MarkMessages, "select range visual"),
        ],
    ),
    (
        "Program",
        &[
            (Command::Help, "keys shortcuts manual usage query syntax ?"),
            (Command::Quit, "exit close leave bye"),
            (Command::Redraw, "refresh clear repaint screen"),
            (Command::Suspend, "background shell stop"),
            (Command::Interrupt, "exit kill abort"),
        ],
    ),
    (
        "Move",
        &[
            (Command::Read, "open view show enter"),
            (Command::Back, "list close leave"),
            (Command::NextPane, "switch focus window"),
            (Command::NextMessage, "forward"),
            (Command::PreviousMessage, "backward"),
            (Command::NextPrompt, "question forward"),
            (Command::PreviousPrompt, "question backward"),
            (Command::JumpBack, "return mark undo where place"),
            (Command::First, "top start home"),
            (Command::Last, "bottom end"),
            (Command::Down, "scroll"),
            (Command::Up, "scroll"),
            (Command::PageDown, "scroll"),
            (Command::PageUp, "scroll"),
            (Command::HalfPageDown, "scroll"),
            (Command::HalfPageUp, "scroll"),
            (Command::ScrollLeft, "sideways table code"),
            (Command::ScrollRight, "sideways table code"),
        ],
    ),
];

/// Lists the commands in their order: each with its section and with what else it is called.
pub fn by_use() -> impl Iterator<Item = (Command, &'static str, &'static str)> {
    SECTIONS.iter().flat_map(|(section, commands)| {
        commands.iter().map(|(command, called)| (*command, *section, *called))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::{KeyPlace, Keymap};

    #[test]
    fn every_command_of_list_and_thread_stands_in_one_section() {
        let mut listed: Vec<Command> = by_use().map(|(command, ..)| command).collect();
        listed.sort_unstable();
        let count = listed.len();
        listed.dedup();
        assert_eq!(listed.len(), count, "none twice");
        let map = Keymap::built_in();
        for place in [KeyPlace::List, KeyPlace::Thread] {
            for command in map.commands(place) {
                let is_listed = listed.contains(&command) || command == Command::Commands;
                assert!(is_listed, "{} is in no section", command.name());
            }
        }
    }
}

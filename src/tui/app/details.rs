//! The facts about a conversation, in words, and an overview of its branches.

use super::{App, Overlay};
use crate::{
    conversation::{Conversation, Role, Visibility},
    extract,
    message::{
        branches::{self, Fork},
        format as text,
    },
    tui::{effect::Effect, format},
};

/// Columns for the names of the facts.
const NAME_COLUMNS: usize = 15;
/// Lines of the overview of branches; more are not shown.
const MAX_BRANCHES: usize = 200;
/// Steps that branches of branches are indented by at most.
const MAX_DEPTH: usize = 8;

impl App {
    pub(super) fn open_details(&mut self) -> Vec<Effect> {
        let Some((conversation, leaf)) = self.shared_subject() else { return self.nothing() };
        let lines = self.facts_of(&conversation, leaf);
        self.overlay = Overlay::Text { title: "Details", lines, top: 0 };
        Vec::new()
    }

    fn facts_of(&self, conversation: &Conversation, leaf: Option<usize>) -> Vec<String> {
        let messages = conversation.messages();
        let count = |role: Role| {
            messages
                .iter()
                .filter(|message| message.role == role && message.visibility == Visibility::Shown)
                .count()
        };
        let mut lines = Vec::new();
        let mut fact = |name: &str, value: String| {
            if !value.is_empty() {
                lines.push(format!("{name:NAME_COLUMNS$}{value}"));
            }
        };
        fact("title", conversation.title.to_string());
        fact("id", conversation.id.to_string());
        fact("address", extract::address(conversation).unwrap_or_default());
        fact("from", conversation.provider.as_str().to_owned());
        fact("begun", self.setup.date(conversation.created));
        fact("last message", self.setup.date(conversation.updated));
        let mut models: Vec<&str> =
            (0..messages.len()).filter_map(|message| conversation.message_model(message)).collect();
        models.sort_unstable();
        models.dedup();
        fact("models", models.join(", "));
        fact(
            "messages",
            format!(
                "{} of yours, {}, {} folded, {} hidden",
                format::number(count(Role::User)),
                format::count(count(Role::Assistant), "answer", "answers"),
                format::number(of(conversation, Visibility::Folded)),
                format::number(of(conversation, Visibility::Hidden)),
            ),
        );
        fact("text", format::size(conversation.text().len() as u64));
        let flags = [
            (conversation.archived, "archived"),
            (conversation.starred, "starred"),
            (conversation.is_custom_gpt, "with a custom GPT"),
        ];
        let flags: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
        fact("marks", flags.join(", "));
        fact("GPT or project", conversation.gpt_or_project_id.to_string());
        lines.push(String::new());
        lines.extend(branches(conversation, leaf));
        lines
    }
}

fn of(conversation: &Conversation, visibility: Visibility) -> usize {
    conversation.messages().iter().filter(|message| message.visibility == visibility).count()
}

/// Lists every place where the thread forks: the message before it and the first line of each branch with how much is
/// said on it, further in where it lies on a branch itself. What leads to `leaf` is marked.
fn branches(conversation: &Conversation, leaf: Option<usize>) -> Vec<String> {
    let messages = conversation.messages();
    let forks = branches::forks(conversation);
    let path = leaf.map_or_else(|| conversation.current_path(), |leaf| conversation.path_to(leaf));
    // How many messages follow each, and on how many branches each lies. Parents come before their children.
    let mut said: Vec<usize> =
        messages.iter().map(|message| usize::from(message.visibility == Visibility::Shown)).collect();
    let mut depths = vec![0_usize; messages.len()];
    for &branch in forks.iter().flat_map(|fork| &fork.branches) {
        depths[branch] = 1;
    }
    for (index, message) in messages.iter().enumerate() {
        depths[index] += message.parent().map_or(0, |parent| depths[parent]);
    }
    for (index, message) in messages.iter().enumerate().rev() {
        if let Some(parent) = message.parent() {
            said[parent] += said[index];
        }
    }
    let mut lines = vec![match forks.len() {
        0 => "one branch".to_owned(),
        1 => "forks in one place".to_owned(),
        forks => format!("forks in {} places", format::number(forks)),
    }];
    for Fork { before, branches } in &forks {
        if lines.len() > MAX_BRANCHES {
            lines.push("…".to_owned());
            break;
        }
        let indent = "  ".repeat(before.map_or(0, |before| depths[before]).min(MAX_DEPTH));
        lines.push(match before {
            Some(message) => format!("{indent}after {}", first_line(conversation, *message)),
            None => format!("{indent}at the beginning"),
        });
        for (index, &branch) in branches.iter().enumerate() {
            if lines.len() > MAX_BRANCHES {
                break;
            }
            let mark = if path.binary_search(&branch).is_ok() { "▸" } else { " " };
            let number = format!("{}/{}", index + 1, branches.len());
            let said = format::count(said[branch], "message", "messages");
            lines.push(format!("{indent}  {mark} {number:5} {said:13} {}", first_line(conversation, branch)));
        }
    }
    lines
}

fn first_line(conversation: &Conversation, message: usize) -> String {
    let line = text::first_line(conversation.message_text(message)).unwrap_or("…");
    let role = conversation.messages()[message].role;
    format!(
        "{}: {}",
        if role == Role::User { "you" } else { role.as_str() },
        line.chars().take(120).collect::<String>()
    )
}

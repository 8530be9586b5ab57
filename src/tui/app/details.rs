//! What is known of a conversation, in words; and an overview of its branches.

use super::{App, Dialog};
use crate::{
    conversation::{Conversation, Role, Tree, Visibility},
    extract,
    tui::{effect::Effect, words},
};

/// Columns for the names of the facts.
const NAMES: usize = 14;
/// Lines of the overview of branches; more are counted.
const MOST_BRANCHES: usize = 200;

impl App {
    pub(super) fn open_details(&mut self) -> Vec<Effect> {
        let Some((conversation, _)) = self.shared_subject() else { return self.nothing() };
        let lines = self.facts_of(&conversation);
        self.dialog = Some(Dialog::Text { title: "Details", lines, top: 0 });
        Vec::new()
    }

    fn facts_of(&self, conversation: &Conversation) -> Vec<String> {
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
                lines.push(format!("{name:NAMES$}{value}"));
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
                "{} of yours, {} answers, {} folded, {} hidden",
                words::number(count(Role::User)),
                words::number(count(Role::Assistant)),
                words::number(of(conversation, Visibility::Folded)),
                words::number(of(conversation, Visibility::Hidden)),
            ),
        );
        fact("text", words::bytes(conversation.text().len() as u64));
        let flags = [
            (conversation.archived, "archived"),
            (conversation.starred, "starred"),
            (conversation.gpt, "with a custom GPT"),
        ];
        let flags: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
        fact("marks", flags.join(", "));
        fact("GPT or project", conversation.gizmo.to_string());
        lines.push(String::new());
        lines.extend(branches(conversation));
        lines
    }
}

fn of(conversation: &Conversation, visibility: Visibility) -> usize {
    conversation.messages().iter().filter(|message| message.visibility == visibility).count()
}

/// Every place where the thread forks: the message before it and the first line of each branch, the visible one marked.
fn branches(conversation: &Conversation) -> Vec<String> {
    let tree = Tree::of(conversation);
    let path = conversation.visible_path();
    let mut lines = Vec::new();
    let mut forks = 0;
    let roots = std::iter::once((None, tree.roots()));
    let inner = (0..conversation.messages().len()).map(|message| (Some(message), tree.children(message)));
    for (before, children) in roots.chain(inner) {
        if children.len() < 2 {
            continue;
        }
        forks += 1;
        if lines.len() >= MOST_BRANCHES {
            continue;
        }
        lines.push(match before {
            Some(message) => format!("after: {}", first_line(conversation, message)),
            None => "at the beginning".to_owned(),
        });
        for (index, &child) in children.iter().enumerate() {
            let mark = if path.binary_search(&(child as usize)).is_ok() { "▸" } else { " " };
            let number = format!("{mark} {}/{}", index + 1, children.len());
            lines.push(format!("  {number:8}{}", first_line(conversation, child as usize)));
        }
    }
    let heading = match forks {
        0 => "one branch".to_owned(),
        1 => "forks in one place".to_owned(),
        forks => format!("forks in {} places", words::number(forks)),
    };
    lines.insert(0, heading);
    lines
}

fn first_line(conversation: &Conversation, message: usize) -> String {
    let text = conversation.message_text(message);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("…");
    let role = conversation.messages()[message].role;
    format!(
        "{}: {}",
        if role == Role::User { "you" } else { role.as_str() },
        line.chars().take(120).collect::<String>()
    )
}

//! Artifacts: documents that are made, changed and rewritten, shown once in their final state.
//!
//! The tool `artifacts` makes them until autumn 2025, `create_file` and `str_replace` since, tags in the text did in
//! 2024 ([`super::tags`], which are turned into calls of the first).

use hashbrown::HashMap;

use super::{
    cited_pages::add_link,
    parse::LIST_BUDGET,
    shape::ArtifactInput,
    unread::{MessageExtras, all_words},
};
use crate::{
    conversation::Link,
    import::{
        documents::{ChangeBudget, DocumentBranches, Documents, MadeDocument},
        expansion_budget::ExpansionBudget,
        json::{self, MemoryBudget, Raw, Repaired},
        message_arena::{NO_PARENT, ParsedMessage},
    },
};

/// The cost of looking for the artifact of a change, in bytes looked through.
const COST_OF_LOOKUP: usize = 64;

/// A message that does something to an artifact.
#[derive(Clone, Copy)]
pub(in crate::import) struct Artifact {
    /// Its number among the messages.
    number: u32,
    command: ArtifactCommand,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ArtifactCommand {
    Create,
    Update,
    Rewrite,
}

impl Artifact {
    /// Reads the command of a call; its text stays with the message. `None` for a tool that makes no document.
    pub(super) fn of(number: u32, tool: Option<&str>, input: Raw<'_>) -> Option<Self> {
        let repaired = Repaired::new();
        let input = || input_of(input.0, &repaired);
        let is_file = |input: &ArtifactInput<'_>| input.path.as_deref().is_some_and(|path| !path.is_empty());
        let command = match tool? {
            "artifacts" => match input()?.command.as_deref() {
                Some("create") => ArtifactCommand::Create,
                Some("update") => ArtifactCommand::Update,
                Some("rewrite") => ArtifactCommand::Rewrite,
                _ => return None,
            },
            // A file that is there is written over.
            "create_file" => input().filter(is_file).map(|_| ArtifactCommand::Rewrite)?,
            "str_replace" => input().filter(is_file).map(|_| ArtifactCommand::Update)?,
            _ => return None,
        };
        Some(Self { number, command })
    }

    /// Returns whether it gives the whole document.
    pub(super) fn is_whole(self) -> bool {
        self.command != ArtifactCommand::Update
    }

    /// Makes one of a message whose text is a call that writes an artifact as a whole.
    pub(super) fn whole(number: u32) -> Self {
        Self { number, command: ArtifactCommand::Rewrite }
    }
}

/// Keeps what stands in a call that makes a document and is neither the document nor its title.
pub(super) fn keep_besides(input: Raw<'_>, rest: &mut MessageExtras) {
    let repaired = Repaired::new();
    let budget = MemoryBudget::new(LIST_BUDGET);
    let Ok(input) = json::from_str_or_repaired::<ArtifactInput<'_>>(input.0, &repaired, &budget) else {
        return;
    };
    rest.keep_field("old_str", input.old);
    rest.keep_field("new_str", input.new);
    if input.path.is_some() {
        rest.keep_text("title", &input.title);
        rest.keep_field("content", input.content);
        rest.keep_text("language", &input.language);
    } else {
        rest.keep_field("file_text", input.file);
        if !created(&input).format.starts_with("code/") {
            rest.keep_text("language", &input.language);
        }
    }
    for page in input.citations.iter().filter(|page| page.url.as_deref().unwrap_or_default().is_empty()) {
        rest.keep_text("title", &page.title);
    }
    rest.keep_unread("input", &input);
}

/// Returns the pages that a report cites.
pub(super) fn sources(input: Raw<'_>) -> Vec<Link> {
    let repaired = Repaired::new();
    let budget = MemoryBudget::new(LIST_BUDGET);
    let Ok(input) = json::from_str_or_repaired::<ArtifactInput<'_>>(input.0, &repaired, &budget) else {
        return Vec::new();
    };
    let mut links = Vec::new();
    for page in input.citations.iter() {
        add_link(page.title.as_deref(), page.url.as_deref(), &mut links);
    }
    links
}

fn input_of<'a>(json: &'a str, repaired: &'a Repaired) -> Option<ArtifactInput<'a>> {
    json::from_str_or_repaired(json, repaired, &MemoryBudget::none()).ok()
}

/// Returns the artifacts of a conversation, where each was made. `order` lists messages with the place of the
/// one before each.
pub(super) fn documents(
    order: &[(u32, u32)],
    messages: &[ParsedMessage],
    text: &str,
    artifacts: &[Artifact],
    current: Option<usize>,
    growth: &ExpansionBudget,
) -> Documents {
    if artifacts.is_empty() {
        return Documents::default();
    }
    let branches = DocumentBranches::of(order, current);
    let ends = ends(order);
    let mut documents: Vec<(usize, MadeDocument)> = Vec::new();
    // By its id, where an artifact was made: several times, if on several branches.
    let mut made: HashMap<String, Vec<usize>> = HashMap::new();
    let mut budget = ChangeBudget::of(growth);
    for (place, &(number, _)) in order.iter().enumerate() {
        let Ok(at) = artifacts.binary_search_by_key(&number, |artifact| artifact.number) else { continue };
        let parsed = &messages[number as usize];
        let json = &text[parsed.text.start as usize..parsed.text.end as usize];
        let repaired = Repaired::new();
        let Some(input) = input_of(json, &repaired) else { continue };
        let slots = made.entry(name_of(&input).to_owned()).or_default();
        let above = slots.iter().rev().copied().take_while(|_| budget.spend(COST_OF_LOOKUP)).find(|&slot| {
            let start = documents[slot].0;
            start < place && place < ends[start]
        });
        match (artifacts[at].command, above) {
            (ArtifactCommand::Create, _) | (ArtifactCommand::Rewrite, None) => {
                slots.push(documents.len());
                documents.push((place, created(&input)));
            }
            (ArtifactCommand::Update, None) => {}
            (command, Some(slot)) => {
                let (start, document) = &mut documents[slot];
                if branches.passes_through(*start, place) {
                    change(document, command, &input, &mut budget);
                }
            }
        }
    }
    Documents::new(documents, budget.skipped_changes)
}

/// Finds, for each place, the first after all that follow it on any branch: depth-first order has them in
/// one run.
fn ends(order: &[(u32, u32)]) -> Vec<usize> {
    let mut ends: Vec<usize> = (1..=order.len()).collect();
    for place in (0..order.len()).rev() {
        let parent = order[place].1;
        if parent != NO_PARENT {
            ends[parent as usize] = ends[parent as usize].max(ends[place]);
        }
    }
    ends
}

/// Returns the name that tells an artifact from another: its id, or the path of a file.
fn name_of<'a>(input: &'a ArtifactInput<'_>) -> &'a str {
    input.path.as_deref().or(input.id.as_deref()).unwrap_or_default()
}

/// Writes the whole text that a call gives.
fn write_content(input: &ArtifactInput<'_>, text: &mut String) {
    let content = if input.path.is_some() { input.file } else { input.content };
    if !matches!(content.0, "" | "null") {
        all_words(content, text);
    }
}

fn created(input: &ArtifactInput<'_>) -> MadeDocument {
    let mut text = String::new();
    write_content(input, &mut text);
    if let Some(path) = input.path.as_deref() {
        let name = path.rsplit('/').next().unwrap_or(path);
        let format = match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "" | "md" | "markdown" | "txt" => "document".to_owned(),
            extension => format!("code/{extension}"),
        };
        return MadeDocument { title: name.to_owned(), format, text };
    }
    let language = input.language.as_deref().filter(|language| !language.is_empty());
    let format = match input.kind.as_deref().unwrap_or_default() {
        "text/markdown" | "" => "document".to_owned(),
        "application/vnd.ant.code" => format!("code/{}", language.unwrap_or("text")),
        "application/vnd.ant.react" => "code/jsx".to_owned(),
        "application/vnd.ant.mermaid" => "code/mermaid".to_owned(),
        "image/svg+xml" => "code/svg".to_owned(),
        "text/html" => "code/html".to_owned(),
        _ => format!("code/{}", language.unwrap_or("text")),
    };
    let title = input.title.as_deref().or(input.id.as_deref()).unwrap_or_default();
    MadeDocument { title: title.to_owned(), format, text }
}

/// Changes a document: a rewrite replaces all of it, an update the first place that reads as the old text.
fn change(
    document: &mut MadeDocument,
    command: ArtifactCommand,
    input: &ArtifactInput<'_>,
    budget: &mut ChangeBudget,
) {
    if !budget.spend(document.text.len() + COST_OF_LOOKUP) {
        budget.skipped_changes += 1;
        return;
    }
    let mut new = String::new();
    if command == ArtifactCommand::Rewrite {
        write_content(input, &mut new);
        if let Some(title) = input.title.as_deref().filter(|title| !title.is_empty()) {
            title.clone_into(&mut document.title);
        }
    } else {
        let mut old = String::new();
        input.old.append_text(&mut old);
        let Some(at) = document.text.find(&old).filter(|_| !old.is_empty()) else { return };
        new.push_str(&document.text[..at]);
        input.new.append_text(&mut new);
        new.push_str(&document.text[at + old.len()..]);
    }
    if new.len() <= budget.max_bytes(document) {
        budget.change(document, new);
    } else {
        budget.skipped_changes += 1;
    }
}

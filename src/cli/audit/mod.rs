//! `unspool audit`: what the archive gives away, worst first, and what to do about it.
//!
//! Values are masked, titles redacted; what instructions and memory say is counted, never printed.

mod document;
mod page;

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use hashbrown::HashSet;

use super::{
    Global, Outcome,
    archives::{self, Opened},
    args::Audit,
    output::Output,
    progress::Progress,
};
use crate::{
    archive::Archive,
    conversation::{Conversation, Kind},
    library::{Handle, Library},
    secrets::{
        Class, Scanner,
        audit::{self, Attached, Exposure, Portrait, ProfileField, SharedLink},
    },
};

/// The most of a `user.json` or `shared_conversations.json` that is read, in bytes.
const LARGEST_MEMBER: usize = 16 << 20;

/// Everything there is to tell.
#[derive(Debug, Default)]
struct Account {
    /// By conversation, last added to first, then by message.
    findings: Vec<(Handle, Exposure)>,
    shared: Vec<SharedLink>,
    /// With the archive each field is from.
    profile: Vec<(String, ProfileField)>,
    /// Each text once, where it stands last.
    instructions: Vec<(Handle, Portrait)>,
    memory: Vec<(Handle, Portrait)>,
    attached: Attached,
    /// Members that are there and could not be read.
    unreadable: Vec<String>,
}

pub fn run(global: &Global, arguments: &Audit) -> anyhow::Result<Outcome> {
    let opened = archives::open(global, &arguments.archives)?;
    let account = Account::of(&opened);
    let mut output = Output::new(global.color());
    if arguments.json {
        output.write(&serde_json::to_string_pretty(&document::Document::of(&account, &opened.library))?)?;
        output.write("\n")?;
    } else {
        page::Page { account: &account, library: &opened.library, zone: global.zone(), output: &mut output }
            .write()?;
    }
    output.finish()?;
    let alarm = account.of_class(Class::Credential).next().is_some() || !account.shared.is_empty();
    Ok(if alarm { Outcome::Nothing } else { Outcome::Done })
}

impl Account {
    fn of(opened: &Opened) -> Self {
        let mut account = Self::default();
        for archive in &opened.archives {
            account.members(archive);
        }
        let library = &opened.library;
        account.findings = findings(library);
        account.instructions = portraits(library, Kind::Instructions);
        account.memory = portraits(library, Kind::Memory);
        let mut known = HashSet::new();
        for conversation in library.newest().iter().map(|&handle| library.get(handle)) {
            for attachment in audit::attachments(conversation) {
                if known.insert((conversation.source.archive, attachment.id.clone())) {
                    let archive = opened.archives.get(usize::from(conversation.source.archive));
                    let member = archive.and_then(|archive| archive.find_attachment(&attachment.id));
                    account.attached.add(attachment.media, member.map(|member| member.size));
                }
            }
        }
        account
    }

    /// What the other members of an archive say.
    fn members(&mut self, archive: &Archive) {
        let mut read = |name: &str| {
            let member = archive.find_member(name)?;
            let bytes = archive.read_member(&member, LARGEST_MEMBER).ok();
            if bytes.is_none() {
                self.unreadable.push(format!("{}: {name}", archive.name()));
            }
            bytes
        };
        let (shared, user) = (read("shared_conversations.json"), read("user.json"));
        if let Some(bytes) = shared {
            match audit::shared_links(&bytes) {
                Some(links) => {
                    for link in links {
                        if !self.shared.iter().any(|known| known.id == link.id && !link.id.is_empty()) {
                            self.shared.push(link);
                        }
                    }
                }
                None => self.unreadable.push(format!("{}: shared_conversations.json", archive.name())),
            }
        }
        if let Some(bytes) = user {
            match audit::profile(Scanner::built_in(), &bytes) {
                Some(fields) => {
                    self.profile.extend(fields.into_iter().map(|field| (archive.name().to_owned(), field)));
                }
                None => self.unreadable.push(format!("{}: user.json", archive.name())),
            }
        }
    }

    fn of_class(&self, class: Class) -> impl Iterator<Item = &(Handle, Exposure)> {
        self.findings
            .iter()
            .filter(move |(_, exposure)| Scanner::built_in().rule(exposure.kind).class() == class)
    }
}

/// Scans all conversations, on as many threads as there are processors.
fn findings(library: &Library) -> Vec<(Handle, Exposure)> {
    let handles = library.newest();
    let progress = Progress::new("scanning");
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(&handle) = handles.get(index) else { break };
            let exposures = audit::exposures(Scanner::built_in(), library.get(handle));
            if !exposures.is_empty() {
                found.lock().unwrap_or_else(PoisonError::into_inner).push((index, handle, exposures));
            }
            progress.files(index as u64 + 1, handles.len() as u64);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(handles.len().div_ceil(16));
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    progress.finish();
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_unstable_by_key(|&(index, ..)| index);
    found
        .into_iter()
        .flat_map(|(_, handle, exposures)| exposures.into_iter().map(move |exposure| (handle, exposure)))
        .collect()
}

fn portraits(library: &Library, kind: Kind) -> Vec<(Handle, Portrait)> {
    let mut known = HashSet::new();
    let mut portraits = Vec::new();
    for &handle in library.newest() {
        for portrait in audit::portraits(Scanner::built_in(), library.get(handle), kind) {
            if known.insert(portrait.mark) {
                portraits.push((handle, portrait));
            }
        }
    }
    portraits
}

/// A title may hold a secret itself.
fn title(text: &str) -> String {
    Scanner::built_in().redact(text).0
}

fn role(conversation: &Conversation, message: usize) -> &'static str {
    conversation.messages()[message].role.as_str()
}

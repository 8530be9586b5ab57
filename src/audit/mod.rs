//! What a whole archive gives away: its conversations, its profile, its public links, its attachments.
//!
//! [`Account`] gathers it, on all cores; [`report`] says it in words, worst first, with what to do at the end. Both
//! front doors show that report, the one as a page, the other as a screen. Values are masked and titles redacted; what
//! instructions and memory say is counted, never shown.

pub mod report;

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use hashbrown::HashSet;

use crate::{
    archive::Archive,
    conversation::Kind,
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
pub struct Account {
    /// By conversation, last added to first, then by message.
    pub findings: Vec<(Handle, Exposure)>,
    /// What anybody with the address can read.
    pub shared: Vec<SharedLink>,
    /// With the archive each field is from.
    pub profile: Vec<(String, ProfileField)>,
    /// Each text once, where it stands last.
    pub instructions: Vec<(Handle, Portrait)>,
    /// The same of what the model was told to remember.
    pub memory: Vec<(Handle, Portrait)>,
    /// How many files the messages name.
    pub attached: Attached,
    /// Members that are there and could not be read.
    pub unreadable: Vec<String>,
}

impl Account {
    /// Looks at everything. `watch` hears how many conversations of how many are done, from several threads; `false`
    /// stops, and there is no account.
    pub fn of(
        archives: &[Archive],
        library: &Library,
        watch: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Option<Self> {
        let mut account = Self::default();
        for archive in archives {
            account.members(archive);
        }
        account.findings = findings(library, watch)?;
        account.instructions = portraits(library, Kind::Instructions);
        account.memory = portraits(library, Kind::Memory);
        let mut known = HashSet::new();
        for conversation in library.newest().iter().map(|&handle| library.get(handle)) {
            for attachment in audit::attachments(conversation) {
                if known.insert((conversation.source.archive, attachment.id.clone())) {
                    let archive = archives.get(usize::from(conversation.source.archive));
                    let member = archive.and_then(|archive| archive.find_attachment(&attachment.id));
                    let own = Some(attachment.content.len() as u64).filter(|&bytes| bytes > 0);
                    account.attached.add(attachment.media, own.or(member.map(|member| member.size)));
                }
            }
        }
        Some(account)
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

    /// The findings of a class, with their places in [`Account::findings`].
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = (usize, &(Handle, Exposure))> {
        self.findings
            .iter()
            .enumerate()
            .filter(move |(_, (_, exposure))| Scanner::built_in().rule(exposure.kind).class() == class)
    }

    /// There is something that opens something, or that anybody can read.
    pub fn alarms(&self) -> bool {
        self.of_class(Class::Credential).next().is_some() || !self.shared.is_empty()
    }
}

/// Scans all conversations, on as many threads as there are processors.
fn findings(
    library: &Library,
    watch: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Option<Vec<(Handle, Exposure)>> {
    let handles = library.newest();
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let found = Mutex::new(Vec::new());
    let work = || {
        while !stopped.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(&handle) = handles.get(index) else { break };
            let exposures = audit::exposures(Scanner::built_in(), library.get(handle));
            if !exposures.is_empty() {
                found.lock().unwrap_or_else(PoisonError::into_inner).push((index, handle, exposures));
            }
            if !watch(index + 1, handles.len()) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(handles.len().div_ceil(16));
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    if stopped.load(Ordering::Relaxed) {
        return None;
    }
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_unstable_by_key(|&(index, ..)| index);
    let each = |(_, handle, exposures): (usize, Handle, Vec<Exposure>)| {
        exposures.into_iter().map(move |exposure| (handle, exposure))
    };
    Some(found.into_iter().flat_map(each).collect())
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
pub fn title(text: &str) -> String {
    Scanner::built_in().redact(text).0
}

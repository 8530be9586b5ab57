//! Audits whole archives: what their conversations, profile, public links and attachments give away.
//!
//! [`AuditReport`] gathers it, on all cores; [`lines`] tells it line by line, worst first, with what to do at the end, and
//! [`columns`] has the words of each line. Both front ends show that report, the one as a page, the other as a screen.
//! Values are masked and titles redacted; what instructions and memory say is counted, never shown.

mod advice;
pub mod columns;
pub mod lines;
mod note;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use hashbrown::{HashMap, HashSet};

pub use self::note::AuditNote;
use crate::{
    archive::{Archive, Member},
    conversation::ConversationKind,
    import::{self, AccountFileContent, SharedLink},
    library::{ConversationHandle, Library, LibraryEntry},
    parallel,
    provider::{self, Provider},
    secrets::{
        Certainty, Scanner, SecretClass,
        exposures::{self, AttachmentCounts, Exposure, InstructionsOrMemory, ProfileField},
    },
};

/// The most of an account file that is read, in bytes.
const MAX_MEMBER_SIZE: usize = 16 << 20;

/// The most of another member that is looked through, in bytes: what is larger is named as not looked at.
const MAX_SCANNED_SIZE: usize = 64 << 20;

/// The report of an audit: everything there is to tell.
#[derive(Debug, Default)]
pub struct AuditReport {
    /// The exposures by conversation, most recently updated first, then by message.
    pub exposures: Vec<(ConversationHandle, Exposure)>,
    /// The exposures of the export's other members, in the order of these.
    pub member_exposures: Vec<(OtherMember, Exposure)>,
    /// The links that anybody with the address can read.
    pub public_links: Vec<SharedLink>,
    /// The fields of the profile, each with the member it is from.
    pub profile: Vec<(AccountFileOrigin, ProfileField)>,
    /// Custom instructions, each text once, where it stands last.
    pub instructions: Vec<(ConversationHandle, InstructionsOrMemory)>,
    /// The memories: texts the model was told to remember, or remembers of its own accord.
    pub memory: Vec<(MemoryOrigin, InstructionsOrMemory)>,
    /// The number of files that the messages name.
    pub attached: AttachmentCounts,
    /// The members that are there and could not be read.
    pub unreadable: Vec<String>,
    /// The members that are larger than what is looked through.
    pub too_large: Vec<String>,
    /// The number of members beside the conversations that were looked through.
    pub scanned: usize,
    /// The number of members that no message names and that were not looked into: pictures, uploads, what is no text.
    pub opaque: usize,
    /// The providers that this is about; every provider where nothing tells.
    pub providers: Vec<Provider>,
}

/// A member that says something of its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFileOrigin {
    /// The archive's name.
    pub archive: String,
    /// The member's, without folders.
    pub member: &'static str,
    /// The provider it is from.
    pub provider: Provider,
}

/// A member of an export that is no conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherMember {
    /// The archive's name.
    pub archive: String,
    /// The member's path in it. Untrusted.
    pub path: String,
}

/// The place of a memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryOrigin {
    /// In a conversation.
    Conversation(ConversationHandle),
    /// In a member of its own.
    Member(AccountFileOrigin),
}

impl AuditReport {
    /// Looks at everything that a library holds. `progress` hears how many conversations of how many are done, from several threads; `false`
    /// stops, and nothing is returned.
    pub fn of(
        archives: &[Archive],
        library: &Library,
        progress: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Option<Self> {
        let notes = notes(library, progress)?;
        let note = |handle: ConversationHandle| notes.get(&handle);
        Self::of_notes(archives, library, &note, &mut || progress(library.len(), library.len()))
    }

    /// Puts together what was noted of each conversation that a library lists, and what the members beside them tell.
    /// `None`: `should_continue` said to stop.
    pub fn of_notes<'n, T: LibraryEntry>(
        archives: &[Archive],
        library: &Library<T>,
        note: &dyn Fn(ConversationHandle) -> Option<&'n AuditNote>,
        should_continue: &mut dyn FnMut() -> bool,
    ) -> Option<Self> {
        let mut report = Self::default();
        let providers_by_archive = providers_by_archive(archives.len(), library);
        let listed = listed_members(library);
        for (number, (archive, providers)) in
            (0_u16..=u16::MAX).zip(archives.iter().zip(&providers_by_archive))
        {
            report.account_files(archive, providers);
            report.other_members(archive, &|member| listed.contains(&(number, member)), should_continue)?;
        }
        let mut once = SeenOnce::default();
        for &handle in library.by_date() {
            let Some(note) = note(handle) else { continue };
            let archive = library.get(handle).object_location().archive;
            report.conversation(handle, note, archive, archives.get(usize::from(archive)), &mut once);
        }
        for (number, archive) in (0_u16..=u16::MAX).zip(archives) {
            let unnamed = |member: &Member| !once.members.contains(&(number, member.name.clone()));
            report.opaque += archive.opaque_members().filter(unnamed).count();
        }
        report.providers = report.providers_concerned(library);
        Some(report)
    }

    /// Adds what was noted of a conversation.
    fn conversation(
        &mut self,
        handle: ConversationHandle,
        note: &AuditNote,
        archive_number: u16,
        archive: Option<&Archive>,
        once: &mut SeenOnce,
    ) {
        self.exposures.extend(note.exposures.iter().map(|exposure| (handle, exposure.clone())));
        let instructions = note.instructions.iter().filter(|text| once.instructions.insert(text.fingerprint));
        self.instructions.extend(instructions.map(|text| (handle, text.clone())));
        let memory = note.memory.iter().filter(|text| once.memory.insert(text.fingerprint));
        self.memory.extend(memory.map(|text| (MemoryOrigin::Conversation(handle), text.clone())));
        for attachment in &note.attachments {
            if once.attachments.insert((archive_number, attachment.id.clone())) {
                let member = archive.and_then(|archive| archive.find_attachment(&attachment.id));
                let own = Some(attachment.content_length).filter(|&bytes| bytes > 0);
                let size = member.as_ref().map(|member| member.size);
                self.attached.add(attachment.media, own.or(size), own.is_some());
                once.members.extend(member.map(|member| (archive_number, member.name)));
            }
        }
    }

    /// Returns the providers of the conversations and of the other members.
    fn providers_concerned<T: LibraryEntry>(&self, library: &Library<T>) -> Vec<Provider> {
        let conversations = library.by_date().iter().map(|&handle| library.get(handle).provider());
        let members = self.profile.iter().map(|(origin, _)| origin.provider);
        let links = self.public_links.iter().map(|link| link.provider);
        let all = each_once(conversations.chain(members).chain(links));
        if all.is_empty() { Provider::ALL.to_vec() } else { all }
    }

    /// Adds what the account files of an archive tell (profile, memory, public links); notes those that cannot be read.
    fn account_files(&mut self, archive: &Archive, providers: &[Provider]) {
        let scanner = Scanner::built_in();
        let mut links: HashSet<String> = self.public_links.iter().map(|link| link.id.clone()).collect();
        let mut texts: HashSet<u64> = self.memory.iter().map(|(_, text)| text.fingerprint).collect();
        for member in provider::account_files() {
            for found in archive.members_named(member) {
                let bytes = archive.read_member(&found, MAX_MEMBER_SIZE).ok();
                let read = bytes.and_then(|bytes| import::account_file(member, &bytes, providers));
                let Some((provider, content)) = read else {
                    self.unreadable.push(format!("{}: {}", archive.name(), without_secrets(&found.name)));
                    continue;
                };
                let origin = AccountFileOrigin { archive: archive.name().to_owned(), member, provider };
                match content {
                    AccountFileContent::Links(shared) => self.public_links.extend(
                        shared.into_iter().filter(|link| link.id.is_empty() || links.insert(link.id.clone())),
                    ),
                    AccountFileContent::Profile(entries) => {
                        let fields = exposures::profile(scanner, entries).into_iter();
                        self.profile.extend(fields.map(|field| (origin.clone(), field)));
                    }
                    AccountFileContent::Memory(said) => {
                        let said = exposures::memories(scanner, &said)
                            .into_iter()
                            .filter(|text| texts.insert(text.fingerprint));
                        self.memory.extend(said.map(|text| (MemoryOrigin::Member(origin.clone()), text)));
                    }
                }
            }
        }
    }

    /// Looks through the texts of an archive beside its conversations; `None` if `should_continue` says to stop. Of
    /// what tells of the owner anyway, credentials alone are exposures. What might have been read as a conversation of its
    /// own kind and was not, as `is_listed` says of the number of its member, is looked through too.
    fn other_members(
        &mut self,
        archive: &Archive,
        is_listed: &dyn Fn(u32) -> bool,
        should_continue: &mut dyn FnMut() -> bool,
    ) -> Option<()> {
        let scanner = Scanner::built_in();
        let others: Vec<Member> = archive.other_members().collect();
        let unread = unread_members(archive, &others, is_listed);
        let unread_from = others.len();
        for (place, member) in others.into_iter().chain(unread).enumerate() {
            if !should_continue() {
                return None;
            }
            let base = member.name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
            let is_account_file = provider::account_files().contains(&&*base);
            let named = || format!("{}: {}", archive.name(), without_secrets(&member.name));
            let bytes = match archive.read_member(&member, MAX_SCANNED_SIZE) {
                Ok(bytes) if bytes.len() < MAX_SCANNED_SIZE => bytes,
                Ok(_) => {
                    self.too_large.push(named());
                    continue;
                }
                Err(_) => {
                    self.unreadable.extend((!is_account_file).then(named));
                    continue;
                }
            };
            // An older copy of one that is listed, or what a conversation has with its own words.
            if place >= unread_from && import::is_special_conversation(&member.name, &bytes) {
                continue;
            }
            self.scanned += 1;
            let is_json = base.rsplit_once('.').is_some_and(|(_, ending)| ending == "json");
            let found =
                exposures::exposures_of_member(scanner, &bytes, is_json).into_iter().filter(|exposure| {
                    !is_account_file || scanner.rule(exposure.kind).class() == SecretClass::Credential
                });
            let path = OtherMember { archive: archive.name().to_owned(), path: member.name };
            self.member_exposures.extend(found.map(|exposure| (path.clone(), exposure)));
        }
        Some(())
    }

    /// Returns the exposures of a class that are certain, with their indices in [`AuditReport::exposures`].
    pub fn certain_of_class(
        &self,
        class: SecretClass,
    ) -> impl Iterator<Item = (usize, &(ConversationHandle, Exposure))> {
        self.all_of_class(class).filter(|(_, (_, exposure))| exposure.certainty == Certainty::Certain)
    }

    /// Returns the exposures of a class, those that only look like it too.
    pub fn all_of_class(
        &self,
        class: SecretClass,
    ) -> impl Iterator<Item = (usize, &(ConversationHandle, Exposure))> {
        self.exposures
            .iter()
            .enumerate()
            .filter(move |(_, (_, exposure))| Scanner::built_in().rule(exposure.kind).class() == class)
    }

    /// Returns the exposures of the other members of a class, with their places in
    /// [`AuditReport::member_exposures`], as certain as asked.
    pub fn member_exposures_of_class(
        &self,
        class: SecretClass,
        certainty: Certainty,
    ) -> impl Iterator<Item = (usize, &(OtherMember, Exposure))> {
        self.member_exposures.iter().enumerate().filter(move |(_, (_, exposure))| {
            exposure.certainty == certainty && Scanner::built_in().rule(exposure.kind).class() == class
        })
    }

    /// Returns whether something in it opens something, or can be read by anybody.
    pub fn has_credentials_or_public_links(&self) -> bool {
        self.certain_of_class(SecretClass::Credential).next().is_some()
            || self.member_exposures_of_class(SecretClass::Credential, Certainty::Certain).next().is_some()
            || !self.public_links.is_empty()
    }
}

/// What is told once, however many conversations have it.
#[derive(Debug, Default)]
struct SeenOnce {
    instructions: HashSet<u64>,
    memory: HashSet<u64>,
    attachments: HashSet<(u16, Box<str>)>,
    /// The members of these, by the number of their archive and their paths.
    members: HashSet<(u16, String)>,
}

/// Scans all conversations that a library lists, on as many threads as there are processors.
fn notes(
    library: &Library,
    progress: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Option<HashMap<ConversationHandle, AuditNote>> {
    let handles = library.by_date();
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let notes = Mutex::new(HashMap::with_capacity(handles.len()));
    let work = || {
        while !stopped.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(&handle) = handles.get(index) else { break };
            let note = AuditNote::of(library.get(handle));
            notes.lock().unwrap_or_else(PoisonError::into_inner).insert(handle, note);
            if !progress(index + 1, handles.len()) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    parallel::run_on_threads(parallel::available(handles.len().div_ceil(16)), &work);
    let is_stopped = stopped.load(Ordering::Relaxed);
    (!is_stopped).then(|| notes.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Lists the members of an archive that might have been read as conversations of their own kinds and were not, and that are
/// not among `others`.
fn unread_members(archive: &Archive, others: &[Member], is_listed: &dyn Fn(u32) -> bool) -> Vec<Member> {
    let known: HashSet<&str> = others.iter().map(|member| &*member.name).collect();
    let is_unread = |(number, member): &(u32, Member)| {
        provider::holds_special_conversation(&member.name)
            && !known.contains(&*member.name)
            && !is_listed(*number)
    };
    let members = (0_u32..).zip(archive.conversation_members()).filter(is_unread);
    members.map(|(_, member)| member).collect()
}

/// Lists the members, by the numbers of their archives and theirs in these, that hold conversations of their own kinds.
fn listed_members<T: LibraryEntry>(library: &Library<T>) -> HashSet<(u16, u32)> {
    let entries = library.by_date().iter().map(|&handle| library.get(handle));
    let special = entries.filter(|entry| entry.kind() != ConversationKind::Chat);
    special.map(LibraryEntry::object_location).map(|location| (location.archive, location.member)).collect()
}

/// Lists the providers whose conversations each archive holds.
fn providers_by_archive<T: LibraryEntry>(archives: usize, library: &Library<T>) -> Vec<Vec<Provider>> {
    let mut providers_by_archive = vec![HashSet::new(); archives];
    for conversation in library.by_date().iter().map(|&handle| library.get(handle)) {
        let archive = usize::from(conversation.object_location().archive);
        if let Some(providers) = providers_by_archive.get_mut(archive) {
            providers.insert(conversation.provider());
        }
    }
    providers_by_archive.into_iter().map(each_once).collect()
}

/// Lists each of these providers once, in the order of all.
fn each_once(some: impl IntoIterator<Item = Provider>) -> Vec<Provider> {
    let some: HashSet<Provider> = some.into_iter().collect();
    Provider::ALL.iter().copied().filter(|provider| some.contains(provider)).collect()
}

/// Returns a title, an id or a name with its secrets redacted.
pub fn without_secrets(text: &str) -> String {
    Scanner::built_in().redact(text).0
}

//! Conversations that pass through: handed over as they are read, let go, and read again by their places.

use std::{
    collections::HashSet as Set,
    sync::{Mutex, atomic::AtomicBool},
};

use hashbrown::HashSet;
use serde_json::json;
use unspool::{
    archive::{Archive, Limits, Location},
    audit::{AuditNote, AuditReport},
    conversation::{Conversation, ConversationSummary, ObjectLocation},
    library::{ConversationHandle, Library},
    load::{self, LoadEvent, Report},
};

use crate::support::exports::{self, Scratch};

/// Reads archives by one of the ways to do it.
fn read(load: impl Fn(&(dyn Fn(LoadEvent) + Sync)) -> Report) -> (Vec<Conversation>, Report) {
    let found = Mutex::new(Vec::new());
    let report = load(&|event| {
        if let LoadEvent::Batch(batch) = event {
            found.lock().unwrap().extend(batch);
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|conversation: &Conversation| conversation.object_location);
    (found, report)
}

/// Two archives: one in two members, one that is cut off within its last conversation.
fn archives(scratch: &Scratch) -> Vec<Archive> {
    let long = |id: &str| {
        let mut object = exports::small(id);
        object["padding"] = json!("x".repeat(300_000));
        object.to_string()
    };
    let member = |from: usize| {
        let objects: Vec<String> = (from..from + 12).map(|number| long(&format!("id-{number}"))).collect();
        format!("[{}]", objects.join(","))
    };
    let zip = exports::zip(&[
        ("conversations-000.json", member(0).as_bytes()),
        ("conversations-001.json", member(12).as_bytes()),
    ]);
    let cut = member(24);
    let zip = scratch.file("export.zip", zip);
    let cut = scratch.file("conversations.json", &cut[..cut.len() - 400_000]);
    [zip, cut].iter().map(|path| exports::open(path).unwrap()).collect()
}

#[test]
fn what_is_handed_over_by_the_piece_is_what_is_kept_otherwise_with_the_same_report() {
    let scratch = Scratch::new();
    let archives = archives(&scratch);
    let cancel = AtomicBool::new(false);
    let (kept, report) = read(|sink| load::load(&archives, &cancel, sink));
    let (passed, passing_report) = read(|sink| load::load_by_piece(&archives, &cancel, sink));
    assert!(kept.len() > 30 && report.damaged());
    assert_eq!(passed, kept);
    assert_eq!(passing_report.problems, report.problems);
    assert_eq!(passing_report.messages, report.messages);
}

#[test]
fn conversations_are_read_again_by_their_places_and_no_others() {
    let scratch = Scratch::new();
    let archives = archives(&scratch);
    let cancel = AtomicBool::new(false);
    let (all, _) = read(|sink| load::load(&archives, &cancel, sink));
    for step in [1, 5, 100] {
        let wanted: Vec<&Conversation> = all.iter().rev().step_by(step).collect();
        let places: HashSet<ObjectLocation> =
            wanted.iter().map(|conversation| conversation.object_location).collect();
        let (again, _) = read(|sink| load::load_again(&archives, &places, &cancel, sink));
        assert_eq!(again.iter().collect::<Vec<_>>(), wanted.into_iter().rev().collect::<Vec<_>>());
    }
}

#[test]
fn what_stands_behind_the_last_place_is_not_read() {
    let scratch = Scratch::new();
    let archives = archives(&scratch);
    let cancel = AtomicBool::new(false);
    let (all, whole) = read(|sink| load::load(&archives, &cancel, sink));
    let place = HashSet::from_iter([all[0].object_location]);
    let (again, report) = read(|sink| load::load_again(&archives, &place, &cancel, sink));
    assert_eq!(again, all[..1]);
    assert!(report.bytes < whole.bytes / 4, "{} of {}", report.bytes, whole.bytes);
    let members: Set<&str> =
        report.archives.iter().flat_map(|archive| &archive.read).map(|member| &*member.name).collect();
    assert_eq!(members, Set::from(["conversations-000.json"]));
}

#[test]
fn an_audit_of_what_passes_tells_what_one_of_the_whole_library_tells() {
    let archives = [Archive::open(&Location::Demo, Limits::default()).unwrap()];
    let (conversations, _) = read(|sink| load::load_by_piece(&archives, &AtomicBool::new(false), sink));
    let notes: Vec<AuditNote> = conversations.iter().map(AuditNote::of).collect();
    let mut summaries = Library::new();
    summaries.add(conversations.iter().map(ConversationSummary::of).collect());
    let mut library = Library::new();
    library.add(conversations);
    let note = |handle: ConversationHandle| notes.get(handle.0 as usize);
    let passing = AuditReport::of_notes(&archives, &summaries, &note, &mut || true).unwrap();
    let whole = AuditReport::of(&archives, &library, &|_, _| true).unwrap();
    assert!(!whole.exposures.is_empty() && !whole.instructions.is_empty());
    assert_eq!(format!("{passing:?}"), format!("{whole:?}"));
}

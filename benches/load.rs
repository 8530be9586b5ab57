//! How fast an export is read, stage by stage, beside what copying and inflating alone cost.
//!
//! `cargo bench --bench load` takes an export of a seed; with `-- --rich` it takes one of 250 MB whose messages carry
//! citations, what was found, reasoning and calls of tools, as those of today do; `-- FILE.zip` takes that one (its first
//! conversations member). Rates are of inflated JSON; the best of five runs counts.
//!
//! The floor of a load of one member is inflating it on one thread: nothing splits a deflate stream. The rest fits
//! beside it as long as cutting and parsing together take less than inflating on the other cores; a bare file, a
//! folder and a split export are bound by parsing over all cores.

#[path = "common/mod.rs"]
mod common;

use std::{
    hint::black_box,
    io::Write,
    path::PathBuf,
    sync::{Mutex, atomic::AtomicBool},
    time::Instant,
};

use unspool::{
    archive::{
        Archive, Limits, Location,
        cut::{Cut, ObjectCutter},
    },
    conversation::{Conversation, ObjectLocation},
    import::{self, ImportCounts},
    load::{LoadEvent, load},
};

/// Runs of each stage.
const RUNS: usize = 5;
/// The bytes of an export with much metadata.
const RICH_SIZE: usize = 250 << 20;
/// Bytes handed over at once, as the pipeline does.
const PIECE: usize = 1 << 20;

fn main() {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let folder = tempfile::tempdir().expect("a folder for the archives");
    let is_rich = std::env::args().any(|argument| argument == "--rich");
    let generate = || if is_rich { common::rich_export(1, RICH_SIZE) } else { common::export(1, 4_000) };
    let zip = given.unwrap_or_else(|| packed(&generate(), &folder.path().join("export.zip")));
    let archive = open(&zip);
    let member = archive.conversation_members().next().expect("a member with conversations");
    let json = archive.read_member(&member, usize::MAX).expect("the member's bytes");
    let bare = folder.path().join("conversations.json");
    std::fs::write(&bare, &json).expect("room for the bare file");
    let bytes = json.len();
    println!("{:.1} MB of JSON, {:.1} MB of zip", bytes as f64 / 1e6, archive.size() as f64 / 1e6);

    let mut copy = vec![0; bytes];
    rate("memcpy", bytes, || copy.copy_from_slice(black_box(&json)));
    let mut piece = vec![0; PIECE];
    rate("inflate alone", bytes, || {
        let mut stream = archive.stream(&member).expect("a member");
        while stream.fill(&mut piece).0 == PIECE {}
    });
    let mut objects = Vec::new();
    rate("cut alone", bytes, || {
        objects.clear();
        let mut cutter = ObjectCutter::new();
        json.chunks(PIECE).for_each(|piece| cutter.feed(piece, &mut |cut| objects.push(cut)));
    });
    rate("parse alone (one core)", bytes, || {
        let mut content_types = ImportCounts::default();
        for cut in &objects {
            let Cut::Object(range) = cut else { continue };
            let object = &json[range.start as usize..range.end as usize];
            let source =
                ObjectLocation { archive: 0, member: 0, offset: range.start, length: object.len() as u32 };
            black_box(import::import(object, true, source, &mut content_types).is_ok());
        }
    });
    let total = archive.conversation_members().map(|member| member.size as usize).sum();
    let (mut texts, mut kept) = (0, 0);
    for_each_conversation(&zip, |conversation| {
        texts += conversation.text().len();
        kept += conversation.heap_size();
    });
    println!("{:.1} MB of text, {:.1} MB kept of it", texts as f64 / 1e6, kept as f64 / 1e6);
    rate("whole load, zip", total, || whole(&zip));
    rate("whole load, bare file", bytes, || whole(&bare));
}

fn open(path: &std::path::Path) -> Archive {
    Archive::open(&Location::Path(path.to_owned()), Limits::default()).expect("an archive")
}

/// A load as the front doors do it, dropping what arrives.
fn whole(path: &std::path::Path) {
    for_each_conversation(path, |conversation| {
        black_box(conversation);
    });
}

fn for_each_conversation(path: &std::path::Path, visit: impl FnMut(&Conversation) + Send) {
    let visit = Mutex::new(visit);
    let report = load(&[open(path)], &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            let mut visit = visit.lock().expect("no visit panics");
            batch.iter().for_each(&mut *visit);
        }
    });
    assert!(report.conversations > 0);
}

/// Prints the best rate of a stage.
fn rate(name: &str, bytes: usize, mut stage: impl FnMut()) {
    let seconds = (0..RUNS).map(|_| {
        let start = Instant::now();
        stage();
        start.elapsed().as_secs_f64()
    });
    let best = seconds.fold(f64::INFINITY, f64::min);
    println!("{name:24} {:8.0} MB/s {:8.3} s", bytes as f64 / 1e6 / best, best);
}

/// An export, packed as ChatGPT packs it.
fn packed(json: &str, path: &std::path::Path) -> PathBuf {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).expect("a file to write"));
    zip.start_file("conversations.json", zip::write::SimpleFileOptions::default()).expect("a member");
    zip.write_all(json.as_bytes()).expect("room for the zip");
    zip.finish().expect("a whole zip");
    path.to_owned()
}

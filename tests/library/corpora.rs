//! The fuzzer's seeds, and what it found, go through the same functions in every test run.

use std::fs;

use crate::{support::tools, targets};

/// Runs a target over its seeds. Without the folder, as in a packaged crate, it says so and passes.
fn corpus(name: &str) {
    let Some(folder) = tools::repository(&format!("fuzz/seeds/{name}")) else { return };
    let files = fs::read_dir(folder).expect("seeds");
    let target = targets::TARGETS.iter().find(|(other, _)| *other == name).expect("a target").1;
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        // Named on stderr, which a failing test shows: a panic alone would not tell the file.
        eprintln!("{}", path.display());
        target(&fs::read(&path).expect("a seed"));
    }
}

#[test]
fn no_archive_breaks_a_promise() {
    corpus("archive");
}

#[test]
fn no_object_breaks_a_promise() {
    corpus("import");
}

#[test]
fn no_keys_break_a_promise() {
    corpus("keys");
}

#[test]
fn no_query_breaks_a_promise() {
    corpus("query");
}

#[test]
fn no_transcript_breaks_a_promise() {
    corpus("transcript");
}

#[test]
fn no_text_breaks_a_promise() {
    corpus("sanitise");
}

#[test]
fn no_extract_breaks_a_promise() {
    corpus("extract");
}

#[test]
fn no_secret_breaks_a_promise() {
    corpus("secrets");
}

#[test]
fn no_redaction_breaks_a_promise() {
    corpus("redaction");
}

#[test]
fn every_target_has_a_fuzzer_and_every_fuzzer_is_a_target() {
    let Some(folder) = tools::repository("fuzz/fuzz_targets") else { return };
    let files = fs::read_dir(folder).expect("fuzzers");
    let mut found: Vec<String> = files
        .map(|file| file.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    let mut known: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
    found.sort();
    known.sort_unstable();
    assert_eq!(found, known);
}

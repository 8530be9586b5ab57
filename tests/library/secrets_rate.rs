//! How fast texts are scanned, over a real archive: `UNSPOOL_BENCH=export.zip cargo test --release --test library
//! secrets_rate -- --ignored --nocapture`. The promise is 200 MB/s on one core.

use std::{
    env,
    sync::{Mutex, PoisonError, atomic::AtomicBool},
    time::Instant,
};

use unspool::{
    archive::{Archive, Limits, Location},
    conversation::Conversation,
    load::{self, LoadEvent},
    secrets::{Counts, Scanner},
};

fn conversations(path: &str) -> Vec<Conversation> {
    let archive =
        Archive::open(&Location::Path(path.into()), Limits::default()).expect("UNSPOOL_BENCH is an archive");
    let all = Mutex::new(Vec::new());
    load::load(&[archive], &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            all.lock().unwrap_or_else(PoisonError::into_inner).extend(batch);
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[test]
#[ignore = "wants an archive named by UNSPOOL_BENCH, and an optimised build"]
fn real_text_is_scanned_at_two_hundred_megabytes_a_second_on_one_core() {
    let Some(path) = env::var_os("UNSPOOL_BENCH") else { return };
    let all = conversations(&path.to_string_lossy());
    let megabytes = all.iter().map(|one| one.text().len()).sum::<usize>() as f64 / 1e6;
    let begun = Instant::now();
    let scanner = Scanner::built_in();
    eprintln!("the scanner was made in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    // What a pass over the same memory costs at the least.
    let begun = Instant::now();
    let at_signs: usize =
        all.iter().map(|one| memchr::memchr_iter(b'\0', one.text().as_bytes()).count()).sum();
    eprintln!("memchr: {:.0} MB/s ({at_signs})", megabytes / begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let mut counts = Counts::default();
    for conversation in &all {
        for message in 0..conversation.messages().len() {
            counts.merge(&scanner.scan(conversation.message_text(message)).iter().collect());
        }
    }
    let rate = megabytes / begun.elapsed().as_secs_f64();
    eprintln!("scan: {rate:.0} MB/s over {megabytes:.0} MB");
    for (kind, number) in counts.iter() {
        eprintln!("  {:>6} {}", number, scanner.rule(kind).id());
    }
    let begun = Instant::now();
    let holding = all.iter().filter(|one| scanner.holds_credential(one.readable_text())).count();
    let rate_of_credentials = megabytes / begun.elapsed().as_secs_f64();
    eprintln!(
        "credentials alone: {rate_of_credentials:.0} MB/s, in {holding} of {} conversations",
        all.len()
    );
    assert!(rate >= 200.0, "{rate:.0} MB/s");
}

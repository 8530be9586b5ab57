#![no_main]

#[path = "../../tests/targets/mod.rs"]
pub mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::redaction(bytes));

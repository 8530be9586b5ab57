#![no_main]

#[path = "../../tests/targets/mod.rs"]
#[allow(dead_code, reason = "each binary calls one target")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::transcript(bytes));

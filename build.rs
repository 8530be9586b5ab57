//! Asks for packed relocations where the program carries its C library: half a megabyte less of the static binary.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| {
        env::var(name).is_ok_and(|found| found.split(',').any(|part| part == value))
    };
    // Only there: the C library of the machine it runs on may be too old to unpack them. The one it is built with has
    // known how since 2022; a linker that does not know the word says so and goes on.
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_FEATURE", "crt-static")
    {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        // Functions of the same machine code are kept once. The linker that comes with Rust knows how.
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
}

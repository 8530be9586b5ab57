//! Packs the demo archive: `cargo run --example pack_demo` reads `assets/demo/` and writes `assets/demo/demo.zip`.
//!
//! The same source always gives the same members, byte for byte; a test holds the checked-in zip to that.

mod pack;

use std::{fs, path::Path};

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let members = pack::members(&demo)?;
    let bytes = pack::zip(&members)?;
    let target = demo.join("demo.zip");
    fs::write(&target, &bytes).with_context(|| format!("cannot write {}", target.display()))?;
    let inflated: usize = members.iter().map(|(_, content)| content.len()).sum();
    println!("{}: {} members, {inflated} bytes, {} packed", target.display(), members.len(), bytes.len());
    Ok(())
}

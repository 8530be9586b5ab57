//! Makes the fuzzer's seeds: `cargo run --example fuzz_seeds` reads the demo archive and writes `fuzz/seeds/`.
//!
//! Small files, one idea each: the demo as it is, each of its conversations, their texts, queries that use the whole
//! language. What the fuzzer found lies beside them under other names and stays.

mod seeds;

use std::{fs, path::Path};

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let demo = fs::read(home.join("assets/demo/demo.zip")).context("the demo archive")?;
    for (target, seeds) in seeds::all(&demo)? {
        let folder = home.join("fuzz/seeds").join(target);
        fs::create_dir_all(&folder)?;
        let bytes: usize = seeds.iter().map(|(_, bytes)| bytes.len()).sum();
        println!("{target}: {} seeds, {bytes} bytes", seeds.len());
        for (name, bytes) in seeds {
            fs::write(folder.join(format!("seed-{name}")), bytes)?;
        }
    }
    Ok(())
}

//! From the readable source below `assets/demo/` to the members of an export zip.
//!
//! - `conversations/*.toml`: a conversation a file ([`source`] says what may stand there, [`export`] what it becomes)
//! - `archive.toml`: how many `conversations-NNN.json` there are, and every other member
//! - `files/`: what those other members hold: JSON, pictures, sound
//!
//! Nothing here depends on the clock, the machine or the order of a folder.

mod adventure;
mod export;
mod json;
mod seed;
mod source;

use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// A member's name and its content.
pub type Member = (String, Vec<u8>);

/// `archive.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    /// Into how many members the conversations are split.
    parts: usize,
    member: Vec<OtherMember>,
}

/// A member that holds no conversations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherMember {
    /// Its name in the zip; `⟦id:greece⟧` is the id of `conversations/greece.toml`.
    name: String,
    /// The file below `files/` that it holds. A `.json` is minified, and `⟦…⟧` in it is resolved.
    from: String,
}

/// All members of the archive, in the order of the zip.
pub fn members(demo: &Path) -> Result<Vec<Member>> {
    let layout: Layout = read_toml(&demo.join("archive.toml"))?;
    let mut exported = Vec::new();
    let mut earlier = Vec::new();
    for stem in stems(&demo.join("conversations"))? {
        let path = demo.join("conversations").join(format!("{stem}.toml"));
        let source: source::Conversation = read_toml(&path)?;
        let states = export::conversation(&stem, &source).with_context(|| path.display().to_string())?;
        exported.push(states.latest);
        earlier.extend(states.earlier);
    }
    // Last added to first, as ChatGPT writes them; states of an older export end the last part.
    exported
        .sort_by(|one, other| other.updated.total_cmp(&one.updated).then_with(|| one.json.cmp(&other.json)));
    exported.extend(earlier);

    ensure!(layout.parts > 0, "archive.toml: parts must be at least 1");
    let a_part = exported.len().div_ceil(layout.parts);
    let mut members: Vec<Member> = exported
        .chunks(a_part)
        .enumerate()
        .map(|(number, part)| {
            let objects: Vec<&str> = part.iter().map(|conversation| &*conversation.json).collect();
            (format!("conversations-{number:03}.json"), format!("[{}]", objects.join(",")).into_bytes())
        })
        .collect();
    for other in layout.member {
        let path = demo.join("files").join(&other.from);
        let mut content = fs::read(&path).with_context(|| path.display().to_string())?;
        if path.extension().is_some_and(|extension| extension == "json") {
            content = json::finish(std::str::from_utf8(&content)?, true)
                .with_context(|| path.display().to_string())?
                .into_bytes();
        }
        members.push((json::expand_ids(&other.name), content));
    }
    Ok(members)
}

/// Packs members: deflated, dated 1 January 2026, without anything of this machine.
pub fn zip(members: &[Member]) -> Result<Vec<u8>> {
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(zip::DateTime::from_date_and_time(2026, 1, 1, 0, 0, 0)?)
        .unix_permissions(0o600);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The names of the TOML files in a folder, without their ending, sorted.
fn stems(folder: &Path) -> Result<Vec<String>> {
    let mut stems = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            stems.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    stems.sort();
    Ok(stems)
}

fn read_toml<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

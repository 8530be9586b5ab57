//! The demo archive: packed from its source and nothing else, and holding what its README says it shows.

#[path = "../../examples/pack_demo/pack/mod.rs"]
mod pack;

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

use serde_json::Value;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

/// The members of the checked-in zip, inflated.
fn packed() -> Vec<pack::Member> {
    let bytes = fs::read(demo().join("demo.zip")).expect("assets/demo/demo.zip is checked in");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is a zip");
    (0..archive.len())
        .map(|index| {
            let mut member = archive.by_index(index).expect("every member opens");
            let mut content = Vec::new();
            member.read_to_end(&mut content).expect("every member inflates");
            (member.name().expect("a name is UTF-8").into_owned(), content)
        })
        .collect()
}

/// The text of all conversation members, escapes as they stand.
fn conversations_text() -> String {
    let text: Vec<u8> = packed()
        .into_iter()
        .filter(|(name, _)| name.starts_with("conversations-"))
        .flat_map(|(_, content)| content)
        .collect();
    String::from_utf8(text).expect("an export is UTF-8")
}

/// All conversation objects. Lone surrogates, which `serde_json` refuses, are replaced beforehand.
fn conversations() -> Vec<Value> {
    let surrogate = regex::Regex::new(
        r"\\u[dD][89abAB][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|\\u[dD][c-fC-F][0-9a-fA-F]{2}",
    )
    .expect("a valid pattern");
    packed()
        .into_iter()
        .filter(|(name, _)| name.starts_with("conversations-"))
        .flat_map(|(name, content)| {
            let text = String::from_utf8(content).expect("an export is UTF-8");
            let text = surrogate.replace_all(&text, |found: &regex::Captures<'_>| {
                if found.get(1).is_some() { found[0].to_owned() } else { r"\ufffd".to_owned() }
            });
            let array: Vec<Value> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            array
        })
        .collect()
}

fn messages(conversation: &Value) -> impl Iterator<Item = &Value> {
    conversation["mapping"]
        .as_object()
        .into_iter()
        .flat_map(|mapping| mapping.values())
        .map(|node| &node["message"])
}

#[test]
fn the_packed_demo_is_what_its_source_says() {
    let source = pack::members(&demo()).expect("the source can be packed");
    let packed = packed();
    let names = |members: &[pack::Member]| members.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&packed), names(&source), "run: cargo run --example pack_demo");
    for ((name, packed), (_, source)) in packed.iter().zip(&source) {
        assert!(packed == source, "{name} is out of date: cargo run --example pack_demo");
    }
    // And zipping loses nothing: what was just made reads back.
    let fresh = pack::zip(&source).expect("it can be zipped");
    assert!(fresh.len() < 400_000, "the demo is to stay small: {} bytes", fresh.len());
}

#[test]
fn every_content_type_of_the_export_occurs() {
    let all = conversations();
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for message in all.iter().flat_map(messages) {
        let content = &message["content"];
        let parts = content["parts"].as_array().into_iter().flatten();
        for content_type in parts.chain([content]).filter_map(|content| content["content_type"].as_str()) {
            *types.entry(content_type).or_default() += 1;
        }
    }
    for wanted in [
        "text",
        "multimodal_text",
        "code",
        "execution_output",
        "thoughts",
        "reasoning_recap",
        "tether_quote",
        "tether_browsing_display",
        "tether_browsing_code",
        "sonic_webpage",
        "system_error",
        "user_editable_context",
        "model_editable_context",
        "computer_output",
        "app_pairing_content",
        "citable_code_output",
        "super_widget",
        "hologram_v0",
        "image_asset_pointer",
        "audio_transcription",
        "audio_asset_pointer",
        "real_time_user_audio_video_asset_pointer",
    ] {
        assert!(types.contains_key(wanted), "no {wanted} among {types:?}");
    }
}

#[test]
fn every_kind_of_recipient_occurs() {
    let all = conversations();
    for wanted in [
        "all",
        "python",
        "browser",
        "web.run",
        "bio",
        "dalle.text2im",
        "canmore.create_textdoc",
        "canmore.update_textdoc",
        "canmore.comment_textdoc",
        "file_search",
        "myfiles_browser",
    ] {
        assert!(
            all.iter().flat_map(messages).any(|message| message["recipient"] == wanted),
            "nobody writes to {wanted}"
        );
    }
}

#[test]
fn text_that_must_be_cleaned_occurs() {
    let text = conversations_text();
    for (wanted, what) in [
        (r"\ue200cite\ue202turn0search1\ue201", "a citation"),
        (r"\ue200filecite\ue202", "a file citation"),
        (r"\ue200navlist\ue202", "a list of links"),
        (r"\ue200entity\ue202", "an entity"),
        (r"\ue200image_group\ue202", "a group of pictures"),
        (r"\ue200video\ue202", "a video"),
        (r"\ue200url\ue202", "an address"),
        (r"\ue200i\ue202", "an image"),
        (r"\ue203", "the start of a highlighted span"),
        (r"\ue204", "its end"),
        (r#""matched_text":" ""#, "a reference to a blank"),
        ("sources_footnote", "a list of sources"),
        ("supporting_websites", "supporting web sites"),
        (r"\u301012\u2020source\u3011", "an old citation"),
        (r"\u30104:0\u2020notes.pdf\u3011", "an old file citation"),
        (r"\\(T = 2", "mathematics in \\("),
        (r"\\[\n", "mathematics in \\["),
        ("$$", "mathematics in $$"),
        ("steel at $3.50", "a dollar sign that is money"),
        ("sandbox:/mnt/data/", "a dead link"),
        (":::writing", "a writing block"),
        (r"lake \ud83c\", "a lone surrogate"),
        (r"\u001b]52;c;", "an attempt on the clipboard"),
        (r"\u001b[201~", "the end of a bracketed paste"),
        (r"\u0000", "a NUL"),
        (r"\u009b", "a C1 control"),
        (r"\u202e", "a bidi override"),
        (r"\u200d", "a zero-width joiner"),
        ("添削", "text that is not escaped"),
        ("file-service://", "an old pointer"),
        ("sediment://", "a new pointer"),
        ("#p_3.jpg", "a pointer with a suffix"),
    ] {
        assert!(text.contains(wanted), "missing: {what}");
    }
}

#[test]
fn the_long_thread_has_two_thousand_messages() {
    let all = conversations();
    let longest = all
        .iter()
        .map(|conversation| messages(conversation).filter(|message| message["weight"] == 1.0).count())
        .max();
    assert_eq!(longest, Some(2_000));
}

#[test]
fn only_the_merged_conversation_occurs_twice() {
    let all = conversations();
    let mut seen: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for conversation in &all {
        // One has no id at all.
        seen.entry(conversation["id"].as_str().unwrap_or_default()).or_default().push(conversation);
    }
    let twice: Vec<_> = seen.values().filter(|states| states.len() > 1).collect();
    assert_eq!(twice.len(), 1);
    assert!(twice[0][0]["update_time"].as_f64() > twice[0][1]["update_time"].as_f64());
    assert!(seen.len() >= 40, "{} conversations", seen.len());
}

#[test]
fn the_readme_tells_of_every_conversation() {
    let readme = fs::read_to_string(demo().join("README.md")).expect("it is there");
    for entry in fs::read_dir(demo().join("conversations")).expect("the folder is there") {
        let path = entry.expect("readable").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("an ASCII name").to_owned();
        assert!(readme.contains(&format!("`{stem}`")), "README.md does not mention {stem}");
    }
}

#[test]
fn the_id_in_the_commands_of_the_readme_is_one_of_the_demo() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("it is there");
    let all = conversations();
    let ids = regex::Regex::new(r"--id ([0-9a-f]+)").expect("a valid pattern");
    for id in ids.captures_iter(&readme) {
        let named = all
            .iter()
            .filter_map(|conversation| conversation["id"].as_str())
            .filter(|known| known.starts_with(&id[1]));
        assert_eq!(named.count(), 1, "--id {} in README.md", &id[1]);
    }
}

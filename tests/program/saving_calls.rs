//! An extract at the level of system calls: killed at any one of them it leaves no half file, and that it replaces
//! nothing is the call's own doing.
#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

use crate::support::{
    exports::{Scratch, small, zip},
    tools::can_watch,
};
use serde_json::{Value, json};

/// Whatever changes a file, its name or what the disk knows of it.
const CHANGES: &str = "write,writev,pwrite64,pwritev,copy_file_range,sendfile,splice,ftruncate,fallocate,fsync,fdatasync,\
                       syncfs,rename,renameat,renameat2,link,linkat,unlink,unlinkat";

/// Runs an extract of all to there, watched like that.
fn extract(watch: &[&str], log: &Path, arguments: &[&str], archive: &Path) -> ExitStatus {
    let mut command = Command::new("strace");
    command.arg("-f").args(watch).arg("-o").arg(log).arg(env!("CARGO_BIN_EXE_unspool"));
    command.args(["extract", "--all"]).args(arguments).arg(archive);
    command.env("TZ", "UTC").stdin(Stdio::null()).stderr(Stdio::null()).status().expect("strace starts")
}

/// Conversations of some kilobytes, each with the same upload.
fn archive(scratch: &Scratch, count: usize) -> PathBuf {
    let object = |number: usize| {
        let mut object = small(&format!("id-{number}"));
        object["title"] = json!(format!("Chat {number}"));
        for node in object["mapping"].as_object_mut().unwrap().values_mut() {
            if node["message"]["author"]["role"] == "user" {
                node["message"]["metadata"] = json!({"attachments": [{"id": "file-a", "name": "a.txt"}]});
                node["message"]["content"]["parts"] = json!(["word ".repeat(2_000)]);
            }
        }
        object
    };
    let json = Value::Array((0..count).map(object).collect()).to_string();
    scratch.file("export.zip", zip(&[("conversations.json", json.as_bytes()), ("file-a.txt", b"attached")]))
}

/// Every file below a folder but the temporary ones.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.file_name().unwrap().to_string_lossy().starts_with(".unspool-") {
            found.push(path);
        }
    }
    found
}

/// Kills it at its first call of each kind, at its second, and so on until it gets through; gives how often it was
/// killed.
#[track_caller]
fn killed_at_every_call(
    arguments: &[&str],
    archive: &Path,
    scratch: &Scratch,
    is_whole: impl Fn(&str) -> bool,
) -> usize {
    let out = scratch.path().join("out");
    let mut killed = 0;
    for call in CHANGES.split(',') {
        for when in 1.. {
            let _ = fs::remove_dir_all(&out);
            for old in ["all.md", "each/2023-11-14-chat-0.md", "all-files/a.txt"] {
                scratch.file(&format!("out/{old}"), "old");
            }
            let (trace, inject) =
                (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={when}"));
            let status = extract(&["-e", &trace, "-e", &inject], Path::new("/dev/null"), arguments, archive);
            for file in files(&out) {
                let text = fs::read_to_string(&file).unwrap();
                let fine = text == "old" || text == "attached" || is_whole(&text);
                assert!(fine, "killed at {call} {when}: {} bytes of {}", text.len(), file.display());
            }
            if status.success() {
                break;
            }
            assert!(status.signal() == Some(9) || status.code() == Some(137), "{status:?}");
            killed += 1;
        }
    }
    killed
}

#[test]
fn killed_at_any_call_it_leaves_no_half_file() {
    if !can_watch() {
        return;
    }
    let scratch = Scratch::new();
    let archive = archive(&scratch, 8);
    let out = |name: &str| scratch.path().join("out").join(name).to_str().unwrap().to_owned();
    let ends =
        |text: &str| text.trim_end().rsplit('\n').next().is_some_and(|last| last.starts_with("answer id-"));
    let all = |text: &str| text.matches("\n# Chat ").count() == 7 && ends(text);
    let killed = killed_at_every_call(&["--force", "-o", &out("all.md")], &archive, &scratch, all);
    assert!(killed >= 5, "{killed}");
    let one = |text: &str| text.starts_with("# Chat ") && ends(text);
    let killed = killed_at_every_call(&["--force", "-o", &out("each/")], &archive, &scratch, one);
    assert!(killed >= 7, "{killed}");
    let beside = ["--force", "--attachments", "-o", &out("all.md")];
    assert!(killed_at_every_call(&beside, &archive, &scratch, all) >= 8);
}

/// A look before the leap would be no protection: the file may appear in between.
#[test]
fn that_nothing_is_replaced_is_the_doing_of_the_call_that_names_it() {
    if !can_watch() {
        return;
    }
    let scratch = Scratch::new();
    let archive = archive(&scratch, 3);
    let log = scratch.path().join("calls");
    let file = scratch.path().join("all.md").to_str().unwrap().to_owned();
    let folder = format!("{}/each/", scratch.path().display());
    let names = "trace=rename,renameat,renameat2,link,linkat";
    for to in [&file, &folder] {
        let status = extract(&["-e", names], &log, &["--attachments", "-o", to], &archive);
        assert!(status.success(), "{status:?}");
        let calls = fs::read_to_string(&log).unwrap();
        let calls: Vec<&str> = calls.lines().filter(|call| call.contains(".unspool-")).collect();
        assert!(calls.len() >= 2, "{calls:#?}");
        for call in calls {
            let replaces_nothing = call.contains("RENAME_NOREPLACE") || call.contains(" link");
            assert!(replaces_nothing, "it would replace a file: {call}");
        }
    }
}

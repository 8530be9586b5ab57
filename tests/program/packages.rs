//! What a package holds beside the program: scripts that shells read, a man page that reads without a warning.
#![cfg(unix)]

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use crate::support::tools::has;

fn unspool(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_unspool")).args(arguments).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Gives a program this text; `None`: it is not here.
fn judged(program: &str, arguments: &[&str], text: &str) -> Option<Output> {
    if !has(&[program]) {
        return None;
    }
    let process = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut process = process.expect("it starts");
    let mut input = process.stdin.take().unwrap();
    let text = text.to_owned();
    let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = process.wait_with_output().unwrap();
    let _ = writing.join();
    Some(output)
}

#[test]
fn every_shell_reads_its_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let script = unspool(&["completions", shell]);
        for word in ["list", "search", "extract", "pick", "audit", "check", "completions", "man", "demo"] {
            assert!(script.contains(word), "{word} is not in the completions of {shell}");
        }
        if let Some(output) = judged(shell, &["-n"], &script) {
            assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {output:?}");
        }
    }
}

/// bash itself is asked what it would complete.
#[test]
fn bash_completes_a_subcommand_and_a_flag() {
    let script = unspool(&["completions", "bash"]);
    let ask = |words: &str, count: usize| {
        let question = format!(
            "{script}\nCOMP_WORDS=({words}) COMP_CWORD={count}\n_unspool unspool \"${{COMP_WORDS[{count}]}}\" x\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        judged("bash", &[], &question).map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let (Some(commands), Some(flags)) = (ask("unspool ext", 1), ask("unspool extract --for", 2)) else {
        return;
    };
    assert_eq!(commands.trim(), "extract");
    assert_eq!(flags.split_whitespace().collect::<Vec<_>>(), ["--format", "--force"]);
}

#[test]
fn the_man_page_reads_without_a_warning() {
    let page = unspool(&["man"]);
    let title = page.lines().find(|line| line.starts_with(".TH")).expect("a title");
    assert_eq!(
        title,
        concat!(".TH unspool 1 \"\" \"unspool ", env!("CARGO_PKG_VERSION"), "\" \"unspool manual\"")
    );
    for (program, arguments) in
        [("groff", &["-man", "-Tutf8", "-ww", "-z"][..]), ("mandoc", &["-man", "-Tlint", "-Werror"][..])]
    {
        if let Some(output) = judged(program, arguments, &page) {
            let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.trim().is_empty(), "{program}: {said}");
        }
    }
}

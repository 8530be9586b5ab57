//! What the project is built and released with: every action by its commit, every job with no more rights than it
//! needs, every released target among those whose dependencies are looked at.

use std::{collections::BTreeSet, fs, path::Path};

/// The workflows by name; `None` in a package of the crate, which holds none.
fn workflows() -> Option<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    if !folder.is_dir() {
        eprintln!("left out: no workflows here");
        return None;
    }
    let read = |path: std::path::PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
    };
    Some(fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap().path())).collect())
}

/// The jobs of a workflow: their names, and the lines of each.
fn jobs(workflow: &str) -> Vec<(&str, Vec<&str>)> {
    let mut jobs: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in workflow.lines().skip_while(|line| *line != "jobs:").skip(1) {
        let begins = line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':');
        match jobs.last_mut() {
            _ if begins => jobs.push((line.trim().trim_end_matches(':'), Vec::new())),
            Some((_, lines)) => lines.push(line),
            None => {}
        }
    }
    jobs
}

/// The rights a job asks for, as `contents: read`.
fn rights<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let within = lines.iter().skip_while(|line| **line != "    permissions:").skip(1);
    within.take_while(|line| line.starts_with("      ")).map(|line| line.trim()).collect()
}

#[test]
fn every_action_is_named_by_its_commit() {
    for (name, workflow) in workflows().unwrap_or_default() {
        let uses: Vec<&str> =
            workflow.lines().filter_map(|line| line.split_once("uses: ")).map(|two| two.1).collect();
        assert!(!uses.is_empty(), "{name}");
        for action in uses {
            let (commit, version) =
                action.split_once('@').and_then(|(_, at)| at.split_once(" # v")).unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && !version.is_empty(), "{name}: {action}");
        }
    }
}

#[test]
fn a_job_may_do_no_more_than_it_has_to() {
    for (name, workflow) in workflows().unwrap_or_default() {
        assert!(workflow.contains("\npermissions: {}\n"), "{name}: what is not asked for is not given");
        let jobs = jobs(&workflow);
        assert!(!jobs.is_empty(), "{name}");
        for (job, lines) in jobs {
            let expected: &[&str] = match (&*name, job) {
                ("release.yml", "attest") => &["id-token: write", "attestations: write"],
                ("release.yml", "draft") => &["contents: write"],
                _ => &["contents: read"],
            };
            assert_eq!(rights(&lines), expected, "{name}: {job}");
        }
    }
}

#[test]
fn no_token_stays_in_a_checkout() {
    for (name, workflow) in workflows().unwrap_or_default() {
        let lines: Vec<&str> = workflow.lines().collect();
        for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.contains("uses: actions/checkout@")) {
            let with = [lines[at + 1].trim(), lines[at + 2].trim()];
            assert_eq!(with, ["with:", "persist-credentials: false"], "{name}: line {}", at + 1);
        }
    }
}

#[test]
fn the_dependencies_of_every_released_target_are_looked_at() {
    let deny = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml")).unwrap();
    let deny: toml::Table = deny.parse().unwrap();
    let looked_at: BTreeSet<&str> =
        deny["graph"]["targets"].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect();
    for (name, workflow) in workflows().unwrap_or_default().iter().filter(|(name, _)| name == "release.yml") {
        let released: Vec<&str> = workflow
            .lines()
            .filter_map(|line| line.split_once(" target: "))
            .map(|(_, rest)| rest.split([',', ' ']).next().unwrap_or_default())
            .collect();
        assert!(released.len() >= 6, "{name}: {released:?}");
        for target in released {
            assert!(looked_at.contains(target), "{target}");
        }
    }
}

#[test]
fn no_crate_speaks_to_a_network_or_comes_from_elsewhere() {
    let read = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let (deny, lock): (toml::Table, toml::Table) =
        (read("deny.toml").parse().unwrap(), read("Cargo.lock").parse().unwrap());
    let banned: BTreeSet<&str> = deny["bans"]["deny"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|ban| ban.get("deny-multiple-versions").is_none())
        .filter_map(|ban| ban["crate"].as_str())
        .collect();
    for network in
        ["curl", "http", "hyper", "native-tls", "openssl", "reqwest", "rustls", "socket2", "tokio", "ureq"]
    {
        assert!(banned.contains(network), "{network}");
    }
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        assert!(!banned.contains(name), "{name}");
        let source = package.get("source").and_then(toml::Value::as_str);
        let is_own = source.is_none() && name == "unspool";
        assert!(
            is_own || source == Some("registry+https://github.com/rust-lang/crates.io-index"),
            "{name}: {source:?}"
        );
    }
    for unknown in ["unknown-registry", "unknown-git"] {
        assert_eq!(deny["sources"][unknown].as_str(), Some("deny"), "{unknown}");
    }
}

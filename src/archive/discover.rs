//! Finds archives to offer when none was named.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Limits, byte_source::ByteSource, has_extension, holds_conversations, identity::open_regular, manifest,
    zipped,
};
use crate::provider::{ExportPart, is_conversations_zip, is_export_zip, may_be_zip_manifest};

/// Returns whether a path is an export worth offering: a zip or folder with conversations in it, or a
/// conversations file. Looks at names and the zip's directory only.
pub fn looks_like_archive(path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else { return false };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if metadata.is_dir() {
        return fs::read_dir(path).is_ok_and(|items| {
            items.flatten().take(10_000).any(|item| {
                let name = item.file_name().to_string_lossy().into_owned();
                (holds_conversations(&name) || is_export_zip(&name))
                    && item.file_type().is_ok_and(|kind| kind.is_file())
            })
        });
    }
    if !metadata.is_file() || metadata.len() == 0 {
        return false;
    }
    if holds_conversations(&name) {
        return true;
    }
    let may_be_zip_manifest = may_be_zip_manifest(&name);
    if !may_be_zip_manifest && !has_extension(&name, "zip") {
        return false;
    }
    let Ok(bytes) = open_regular(path, true).and_then(ByteSource::file) else { return false };
    if may_be_zip_manifest {
        let beside = |name: &String| is_export_zip(name) && path.with_file_name(name).is_file();
        return manifest::names(&bytes).is_some_and(|names| names.iter().any(beside));
    }
    zipped::list(&bytes, 0, Limits::default()).is_ok_and(|listing| {
        listing
            .entries
            .iter()
            .any(|entry| holds_conversations(&entry.name) || is_conversations_zip(entry.base_name()))
    })
}

/// Lists the archives among the entries of these folders, newest first.
pub fn list_archives(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut found: Vec<_> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|items| items.flatten().take(10_000))
        .map(|item| item.path())
        .filter(|path| looks_like_archive(path))
        .map(|path| (fs::metadata(&path).and_then(|metadata| metadata.modified()).ok(), path))
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.dedup_by(|a, b| a.1 == b.1);
    let mut listed: Vec<PathBuf> = Vec::new();
    for (_, path) in found {
        // Of an export in several zips one stands for all: it brings the others along.
        let part = |path: &Path| ExportPart::of(path.file_name()?.to_str()?);
        let is_listed = |other: &PathBuf| {
            path.parent() == other.parent()
                && part(&path).zip(part(other)).is_some_and(|(own, other)| own.is_of_one_export(&other))
        };
        if !listed.iter().any(is_listed) {
            listed.push(path);
        }
    }
    listed
}

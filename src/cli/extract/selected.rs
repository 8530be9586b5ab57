//! Which conversations are extracted: all, those of a query, or those named by their ids.

use anyhow::bail;

use super::super::{
    GlobalSettings,
    archives::{self, OpenedArchives, SummarizedArchives},
    args::ExtractArgs,
    find::{loose_advice, parsed_query, streamed_search},
    output::tell,
};
use crate::{
    archive::Archive,
    conversation::{Conversation, ConversationSummary},
    extract::redaction::redacted,
    library::{ConversationHandle, Library},
    load::Report,
};

/// Reads the conversations that are asked for, each once, with their archives. `None`: there are none, which was told.
pub(super) fn selected(
    global: &GlobalSettings,
    arguments: &ExtractArgs,
) -> anyhow::Result<Option<(Vec<Archive>, Vec<Conversation>)>> {
    if arguments.all {
        let OpenedArchives { archives, library, report } = archives::open(global, &arguments.archives)?;
        if library.is_empty() {
            tell_nothing(&report, None);
            return Ok(None);
        }
        return Ok(Some((archives, library.into_listed())));
    }
    let query = arguments.query.as_ref().map(|query| parsed_query(query, global));
    let search = query.as_ref().map(|query| streamed_search(query, arguments.loose));
    let look = |conversation: &Conversation| search.as_ref().map(|search| search.look(conversation));
    let SummarizedArchives { archives, library, notes, report } =
        archives::summarize(global, &arguments.archives, &look)?;
    let handles = match &search {
        Some(search) => {
            let found = search.rows(&library, &notes.into_iter().flatten().collect::<Vec<_>>());
            found.rows.iter().map(|row| row.handle).collect()
        }
        None => match by_ids(&archives, arguments, &library)? {
            Some(handles) => handles,
            None => return Ok(None),
        },
    };
    if handles.is_empty() {
        let advice = query.filter(|_| !arguments.loose && !library.is_empty());
        tell_nothing(&report, advice.and_then(|query| loose_advice(&query)));
        return Ok(None);
    }
    let locations: Vec<_> = handles.into_iter().map(|handle| library.get(handle).object_location).collect();
    drop(library);
    let wanted = locations.iter().copied().collect();
    let mut read = archives::read_again(&archives, &wanted, &|conversation| conversation)?;
    let conversations = locations.iter().filter_map(|location| read.remove(location)).collect();
    Ok(Some((archives, conversations)))
}

/// Says that there is nothing to extract, unless it was said that there is no conversation at all.
fn tell_nothing(report: &Report, advice: Option<&str>) {
    if report.empty_notice().is_none() {
        tell(advice.unwrap_or("there is nothing to extract"));
    }
}

/// Selects the conversations that are named by their ids, each once. `None`: an id that no conversation has, which was
/// told.
fn by_ids(
    archives: &[Archive],
    arguments: &ExtractArgs,
    library: &Library<ConversationSummary>,
) -> anyhow::Result<Option<Vec<ConversationHandle>>> {
    let mut handles = Vec::new();
    for id in &arguments.id {
        match *library.find_by_id(id) {
            [] => {
                tell(&format!("no conversation has the id {id}, or one that begins so"));
                return Ok(None);
            }
            [handle] if handles.contains(&handle) => {}
            [handle] => handles.push(handle),
            // Of one id, and yet not one conversation: both are meant.
            ref several
                if several.iter().all(|&handle| library.get(handle).id == library.get(several[0]).id) =>
            {
                handles.extend(
                    several.iter().filter(|handle| !handles.contains(handle)).copied().collect::<Vec<_>>(),
                );
            }
            ref several => {
                tell_several(archives, library, id, several, arguments.redact)?;
                bail!("give more of the id");
            }
        }
    }
    Ok(Some(handles))
}

/// Lists the conversations whose ids begin alike.
fn tell_several(
    archives: &[Archive],
    library: &Library<ConversationSummary>,
    id: &str,
    several: &[ConversationHandle],
    redact: bool,
) -> anyhow::Result<()> {
    /// Conversations that are listed when an id begins like several.
    const MAX: usize = 20;
    tell(&format!("{} conversations have an id that begins with {id}:", several.len()));
    let words = |id: &str, title: &str| format!("  {id}  {title}");
    let listed: Vec<_> = several.iter().take(MAX).map(|&handle| library.get(handle)).collect();
    // What is a secret in its title a conversation may tell only in its messages.
    let wanted = listed.iter().filter(|_| redact).map(|summary| summary.object_location).collect();
    let redacted = archives::read_again(archives, &wanted, &|conversation| {
        redacted(&words(&conversation.id, &conversation.title), &[&conversation], false).0
    })?;
    for summary in listed {
        let without_secrets = redacted.get(&summary.object_location).cloned();
        tell(&without_secrets.unwrap_or_else(|| words(&summary.id, &summary.title)));
    }
    if several.len() > MAX {
        tell(&format!("  and {} more", several.len() - MAX));
    }
    Ok(())
}

//! `unspool list`: one conversation a line.

use serde::Serialize;

use super::{
    GlobalSettings, Outcome, archives,
    args::{ListArgs, SortBy},
    day,
    find::{parsed_query, streamed_search, tell_nothing_found},
    output::{Output, OutputStyle},
};
use crate::{
    conversation::{Conversation, ConversationSummary},
    extract::{one_line, rfc3339},
    library::{ConversationHandle, Library, Sort},
};

/// A line of `--json`. Its keys are a contract.
#[derive(Serialize)]
struct ListRow<'a> {
    id: &'a str,
    title: &'a str,
    created: Option<String>,
    updated: Option<String>,
    messages: usize,
    model: Option<&'a str>,
    provider: &'static str,
    archived: bool,
    starred: bool,
    source: &'a str,
}

pub fn run(global: &GlobalSettings, list: &ListArgs) -> anyhow::Result<Outcome> {
    let query = list.query.as_ref().map(|query| parsed_query(query, global));
    let search = query.as_ref().map(|query| streamed_search(query, list.loose));
    let look = |conversation: &Conversation| search.as_ref().map(|search| search.look(conversation));
    let mut opened = archives::summarize(global, &list.archives, &look)?;
    let zone = global.zone();
    let mut handles = sorted(&opened.library, list.sort);
    if let (Some(query), Some(search)) = (&query, &search) {
        let notes: Vec<_> = std::mem::take(&mut opened.notes).into_iter().flatten().collect();
        let mut matches = vec![false; opened.library.handle_bound()];
        for row in search.rows(&opened.library, &notes).rows {
            matches[row.handle.0 as usize] = true;
        }
        handles.retain(|handle| matches[handle.0 as usize]);
        if handles.is_empty() {
            tell_nothing_found(query, opened.library.is_empty(), list.loose);
        }
    }
    if handles.is_empty() {
        return Ok(Outcome::ExitOne);
    }
    handles.truncate(list.number.unwrap_or(usize::MAX));
    let mut output = Output::new(global.color());
    for handle in handles {
        let conversation = opened.library.get(handle);
        if list.json {
            let line = one_line(serde_json::to_string(&json(conversation, opened.source(conversation)))?);
            output.write_json(&line)?;
        } else {
            let time = if list.sort == SortBy::Created { conversation.created } else { conversation.updated };
            let line = [
                output.styled(OutputStyle::Dim, &output.field(&conversation.id)),
                output.styled(OutputStyle::Dim, &day(time, &zone)),
                output.styled(OutputStyle::Dim, &conversation.shown_count.to_string()),
                output.field(&conversation.title),
            ]
            .join("\t");
            output.write(&line)?;
            output.write("\n")?;
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}

fn sorted(library: &Library<ConversationSummary>, by: SortBy) -> Vec<ConversationHandle> {
    library.sorted(match by {
        SortBy::Updated => Sort::Updated,
        SortBy::Created => Sort::Created,
        SortBy::Messages => Sort::Messages,
        SortBy::Title => Sort::Title,
    })
}

fn json<'a>(conversation: &'a ConversationSummary, source: &'a str) -> ListRow<'a> {
    ListRow {
        id: &conversation.id,
        title: &conversation.title,
        created: conversation.created.and_then(rfc3339),
        updated: conversation.updated.and_then(rfc3339),
        messages: conversation.shown_count,
        model: conversation.model.as_deref(),
        provider: conversation.provider.as_str(),
        archived: conversation.archived,
        starred: conversation.starred,
        source,
    }
}

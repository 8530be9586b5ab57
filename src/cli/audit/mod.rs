//! `unspool audit`: what the archive gives away, worst first, and what to do about it; as a page, or as one document.

mod json;
mod page;

use super::{GlobalSettings, Outcome, archives, args::AuditArgs, output::Output};
use crate::{
    audit::{
        AuditNote, AuditReport,
        lines::{ExposureOrder, ReportLines},
    },
    conversation::Conversation,
    library::ConversationHandle,
};

pub fn run(global: &GlobalSettings, arguments: &AuditArgs) -> anyhow::Result<Outcome> {
    let look = |conversation: &Conversation| AuditNote::of(conversation);
    let opened = archives::summarize(global, &arguments.archives, &look)?;
    let note = |handle: ConversationHandle| opened.notes.get(handle.0 as usize);
    // Nobody stops it, so there is one.
    let report = AuditReport::of_notes(&opened.archives, &opened.library, &note, &mut || true);
    let report = report.unwrap_or_default();
    let mut output = Output::new(global.color());
    if arguments.json {
        let document = json::AuditJson::of(&report, &opened.library);
        output.write_json(&serde_json::to_string_pretty(&document)?)?;
    } else {
        let zone = global.zone();
        let report = ReportLines { report: &report, library: &opened.library, zone: &zone };
        page::write(&report, &report.lines(ExposureOrder::default(), false), &mut output)?;
    }
    output.finish()?;
    Ok(if report.has_credentials_or_public_links() { Outcome::ExitOne } else { Outcome::Done })
}

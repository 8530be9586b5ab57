//! `unspool audit`: what the archive gives away, worst first, and what to do about it; as a page, or as one document.

mod json;
mod page;

use super::{GlobalSettings, Outcome, archives, args::AuditArgs, output::Output, progress::ProgressDisplay};
use crate::audit::{
    AuditReport,
    lines::{ExposureOrder, ReportLines},
};

pub fn run(global: &GlobalSettings, arguments: &AuditArgs) -> anyhow::Result<Outcome> {
    let opened = archives::open(global, &arguments.archives)?;
    let progress = ProgressDisplay::new("scanning");
    let on_progress = |done: usize, of: usize| {
        progress.files(done as u64, of as u64);
        true
    };
    // Nobody stops it, so there is one.
    let report = AuditReport::of(&opened.archives, &opened.library, &on_progress).unwrap_or_default();
    progress.finish();
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

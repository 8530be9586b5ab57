//! `unspool audit`: what the archive gives away, worst first, and what to do about it; as a page, or as one document.

mod document;
mod page;

use super::{Global, Outcome, archives, args::Audit, output::Output, progress::Progress};
use crate::audit::{
    Account,
    report::{Order, Report},
};

pub fn run(global: &Global, arguments: &Audit) -> anyhow::Result<Outcome> {
    let opened = archives::open(global, &arguments.archives)?;
    let progress = Progress::new("scanning");
    let watch = |done: usize, of: usize| {
        progress.files(done as u64, of as u64);
        true
    };
    // Nobody stops it, so there is one.
    let account = Account::of(&opened.archives, &opened.library, &watch).unwrap_or_default();
    progress.finish();
    let mut output = Output::new(global.color());
    if arguments.json {
        let document = document::Document::of(&account, &opened.library);
        output.write_json(&serde_json::to_string_pretty(&document)?)?;
    } else {
        let zone = global.zone();
        let report = Report { account: &account, library: &opened.library, zone: &zone };
        page::write(&report, &report.lines(Order::default(), false), &mut output)?;
    }
    output.finish()?;
    Ok(if account.alarms() { Outcome::Nothing } else { Outcome::Done })
}

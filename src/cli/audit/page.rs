//! The report of `audit` as a page.

use crate::{
    audit::lines::{ReportLine, ReportLines},
    cli::output::{Output, OutputStyle},
    library::LibraryEntry,
    transcript::sanitize,
};

/// Writes all of it, columns below each other.
pub(super) fn write(
    report: &ReportLines<'_, impl LibraryEntry>,
    lines: &[ReportLine],
    output: &mut Output,
) -> anyhow::Result<()> {
    let widths = report.widths();
    for line in lines {
        let fields = report.fields(line, true);
        let text = match line {
            ReportLine::Heading(words) => output.styled(OutputStyle::Bold, &output.field(words)).into_owned(),
            _ => columns(&fields, &widths.for_line(line), output),
        };
        output.write(&(text + "\n"))?;
    }
    Ok(())
}

/// Returns a line of fields, the first ones padded to `widths`.
fn columns(fields: &[String], widths: &[usize], output: &Output) -> String {
    let mut line = String::from(" ");
    for (column, field) in fields.iter().enumerate() {
        line.push(' ');
        let field = output.field(field);
        line.push_str(&field);
        let width = sanitize::width(&field);
        let wide = widths.get(column).copied().unwrap_or(0);
        line.extend(std::iter::repeat_n(' ', wide.saturating_sub(width)));
    }
    line.truncate(line.trim_end().len());
    line
}

//! The report of `audit` as a person reads it.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use jiff::tz::TimeZone;

use super::{
    super::{
        day,
        output::{Look, Output},
    },
    Account, role, title,
};
use crate::{
    extract::{self, address},
    library::{Handle, Library},
    secrets::{Class, Scanner, audit::Portrait},
    transcript::sanitize,
};

/// The report for a person.
pub(super) struct Page<'a> {
    pub(super) account: &'a Account,
    pub(super) library: &'a Library,
    pub(super) zone: TimeZone,
    pub(super) output: &'a mut Output,
}

impl Page<'_> {
    /// Writes all of it, worst first.
    pub(super) fn write(&mut self) -> anyhow::Result<()> {
        self.shared()?;
        self.credentials()?;
        self.personal()?;
        self.profile()?;
        self.portraits("Custom instructions", &self.account.instructions)?;
        self.portraits("Memory", &self.account.memory)?;
        self.attachments()?;
        for member in &self.account.unreadable {
            self.heading(&format!("{member} could not be read"))?;
        }
        self.advice()
    }

    fn heading(&mut self, text: &str) -> anyhow::Result<()> {
        let line = format!("{}\n", self.output.look(Look::Bold, &self.output.field(text)));
        self.output.write(&line)
    }

    /// A line of fields, the first ones padded to `widths`; all may be the archive's.
    fn line(&mut self, fields: &[&str], widths: &[usize]) -> anyhow::Result<()> {
        let mut line = String::from(" ");
        for (column, field) in fields.iter().enumerate() {
            line.push(' ');
            let field = self.output.field(field);
            line.push_str(&field);
            let width = sanitize::width(&field);
            line.extend(std::iter::repeat_n(
                ' ',
                widths.get(column).map_or(0, |wide| wide.saturating_sub(width)),
            ));
        }
        let mut line = line.trim_end().to_owned();
        line.push('\n');
        self.output.write(&line)
    }

    fn shared(&mut self) -> anyhow::Result<()> {
        let links = &self.account.shared;
        if links.is_empty() {
            return self.heading("No public links");
        }
        self.heading(&format!("{}: whoever has the address reads them", many(links.len(), "public link")))?;
        for link in links {
            let address = link.address().unwrap_or_else(|| link.id.clone());
            self.line(&[&address, &title(&link.title)], &[])?;
        }
        Ok(())
    }

    fn credentials(&mut self) -> anyhow::Result<()> {
        let found: Vec<_> = self.account.of_class(Class::Credential).collect();
        if found.is_empty() {
            return self.heading("No credentials found");
        }
        let places: HashSet<Handle> = found.iter().map(|(handle, _)| *handle).collect();
        let count = many(found.iter().map(|(_, exposure)| exposure.times).sum(), "credential");
        self.heading(&format!("{count} in {}", many(places.len(), "conversation")))?;
        let scanner = Scanner::built_in();
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0).min(40);
        let kinds = widest(&mut found.iter().map(|(_, exposure)| scanner.rule(exposure.kind).id().len()));
        let masks = widest(&mut found.iter().map(|(_, exposure)| exposure.masked.chars().count()));
        for (handle, exposure) in found {
            let conversation = self.library.get(*handle);
            let times = if exposure.times > 1 { format!("×{}", exposure.times) } else { String::new() };
            let place = exposure.message.map_or("title", |message| role(conversation, message));
            let fields = [
                &day(exposure.date, &self.zone),
                scanner.rule(exposure.kind).id(),
                &exposure.masked,
                &times,
                place,
                &conversation.id,
                &title(&conversation.title),
            ];
            self.line(&fields, &[10, kinds, masks, 3, 9])?;
        }
        Ok(())
    }

    fn personal(&mut self) -> anyhow::Result<()> {
        let mut kinds: BTreeMap<_, (usize, HashSet<Handle>)> = BTreeMap::new();
        for (handle, exposure) in self.account.of_class(Class::Personal) {
            let (times, places) = kinds.entry(exposure.kind).or_default();
            *times += exposure.times;
            places.insert(*handle);
        }
        if kinds.is_empty() {
            return self.heading("No personal data found");
        }
        self.heading("Personal data (yours or not; --json lists each)")?;
        for (kind, (times, places)) in kinds {
            let count = Scanner::built_in().rule(kind).count(times);
            self.line(&[&format!("{count} in {}", many(places.len(), "conversation"))], &[])?;
        }
        Ok(())
    }

    fn profile(&mut self) -> anyhow::Result<()> {
        let account = self.account;
        if account.profile.is_empty() {
            return Ok(());
        }
        self.heading("Profile (user.json)")?;
        let widest = account.profile.iter().map(|(_, field)| field.name.chars().count()).max().unwrap_or(0);
        for (_, field) in &account.profile {
            self.line(&[&field.name, &field.masked], &[widest.min(40)])?;
        }
        Ok(())
    }

    fn portraits(&mut self, what: &str, texts: &[(Handle, Portrait)]) -> anyhow::Result<()> {
        if texts.is_empty() {
            return Ok(());
        }
        let versions = many(texts.len(), "version");
        self.heading(&format!("{what}: {versions}, and each says something of you"))?;
        for (handle, portrait) in texts {
            let conversation = self.library.get(*handle);
            let mut size =
                format!("{} in {}", many(portrait.characters, "character"), many(portrait.entries, "line"));
            if !portrait.holds.is_empty() {
                size = format!("{size}, with {}", portrait.holds.sentence(Scanner::built_in()));
            }
            let date = day(portrait.date, &self.zone);
            self.line(&[&date, &size, &conversation.id, &title(&conversation.title)], &[10])?;
        }
        Ok(())
    }

    fn attachments(&mut self) -> anyhow::Result<()> {
        let attached = self.account.attached;
        if attached.named == 0 {
            return Ok(());
        }
        let sorts = [
            (attached.images, "picture"),
            (attached.audio, "voice clip"),
            (attached.video, "video"),
            (attached.files, "other file"),
        ];
        let sorts: Vec<String> =
            sorts.iter().filter(|(number, _)| *number > 0).map(|&(number, one)| many(number, one)).collect();
        self.heading(&format!("{}: {}", many(attached.named, "attachment"), sorts.join(", ")))?;
        let bytes = extract::bytes(attached.bytes);
        self.line(
            &[&format!(
                "{} of them in the archive ({bytes}); what is in them is not looked at",
                attached.present
            )],
            &[],
        )
    }

    /// What to do, most urgent first; only what applies.
    fn advice(&mut self) -> anyhow::Result<()> {
        let account = self.account;
        let scanner = Scanner::built_in();
        self.heading("What to do")?;
        if !account.shared.is_empty() {
            self.line(
                &["Delete the public links: ChatGPT, Settings → Data controls → Shared links → Manage"],
                &[],
            )?;
        }
        let mut kinds: Vec<_> =
            account.of_class(Class::Credential).map(|(_, exposure)| exposure.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if !kinds.is_empty() {
            self.line(
                &["Revoke each key and change each password that was ever real; then make a new one:"],
                &[],
            )?;
            for rule in kinds.iter().map(|&kind| scanner.rule(kind)) {
                if let Some(page) = rule.revoke() {
                    self.line(&["", rule.id(), page], &[0, 26])?;
                }
            }
            self.line(&["Delete those conversations in ChatGPT:"], &[])?;
            let mut told = HashSet::new();
            for (handle, _) in account.of_class(Class::Credential) {
                let page = address(self.library.get(*handle)).filter(|_| told.insert(*handle));
                if let Some(page) = page {
                    self.line(&["", &page], &[])?;
                }
            }
        }
        if !account.memory.is_empty() || !account.instructions.is_empty() {
            self.line(&["Look through memory and custom instructions: Settings → Personalization"], &[])?;
        }
        self.line(&["Switch off training: Settings → Data controls → Improve the model for everyone"], &[])?;
        self.line(&["Say what nobody shall keep in a temporary chat: it is not in the history"], &[])?;
        self.line(&["Keep this archive where only you can read it; it says all this to whoever has it"], &[])
    }
}

/// `1 conversation`, `2 conversations`.
fn many(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

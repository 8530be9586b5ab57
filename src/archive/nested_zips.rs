//! Zips among the members of an archive.

use super::{
    Compression, MemberContent, MemberEntry, OpenProblem, base_name, byte_source::ByteSource, has_extension,
    member::stream_of, open::ArchiveOpener, stream::StreamError, zipped,
};

impl ArchiveOpener {
    /// Opens the zips among the members, one level deep: the Privacy Portal packs exports so, and Claude's
    /// come in several. Returns the names of those it opened, which their members stand for from then on.
    pub(super) fn open_nested_zips(&mut self, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, String> {
        let mut memory = 0;
        let mut opened = Vec::new();
        for index in 0..self.entries.len() {
            let entry = self.entries[index].clone();
            let base = base_name(&entry.name);
            if !has_extension(base, "zip") || !wanted(base) {
                continue;
            }
            let name = entry.name.to_string();
            let bytes = match self.nested_bytes(&entry, &mut memory) {
                Ok(bytes) => bytes,
                Err(fault) => {
                    self.problems.push(OpenProblem::new(name, fault.to_string()));
                    continue;
                }
            };
            let container = u32::try_from(self.containers.len()).map_err(|_| self.too_many_members())?;
            self.containers.push(bytes.clone());
            let mut inner = match self.list(&bytes, container, &name) {
                Ok(inner) => inner,
                Err(reason) => {
                    self.problems.push(OpenProblem::new(name, reason));
                    continue;
                }
            };
            for entry in &mut inner {
                // Several may hold members of one name.
                entry.name = format!("{name}/{}", entry.name).into();
            }
            if self.entries.len() + inner.len() > self.limits.members {
                return Err(self.too_many_members());
            }
            self.entries.extend(inner);
            opened.push((index, name));
        }
        let mut index = 0;
        let is_opened = |index: usize| opened.binary_search_by_key(&index, |zip| zip.0).is_ok();
        self.entries.retain(|_| {
            index += 1;
            !is_opened(index - 1)
        });
        Ok(opened.into_iter().map(|(_, name)| name).collect())
    }

    /// Says that there are more members than the limit allows.
    fn too_many_members(&self) -> String {
        format!("it has more than {} members (--limit-members)", self.limits.members)
    }

    /// Returns the bytes of a zip among the members, inflated if need be; `memory` counts the bytes inflated so far.
    fn nested_bytes(&self, entry: &MemberEntry, memory: &mut u64) -> Result<ByteSource, StreamError> {
        if let MemberContent::File(member) = &entry.content {
            return member.open();
        }
        let &MemberContent::Zipped { container, header, compressed, method, .. } = &entry.content else {
            return Err(StreamError::new("it lies in a damaged zip"));
        };
        if method == Compression::Stored {
            let outer = &self.containers[container as usize];
            return Ok(outer.section(zipped::data_start(outer, header)?, compressed));
        }
        let max_bytes = self.limits.nested_bytes;
        let mut stream = stream_of(entry, &self.containers, self.limits)?;
        let mut inflated = Vec::new();
        loop {
            let start = inflated.len();
            inflated.resize(start + (1 << 20), 0);
            let (count, fault) = stream.fill(&mut inflated[start..]);
            inflated.truncate(start + count);
            *memory += count as u64;
            if *memory > max_bytes {
                let reason = format!(
                    "zips inside it inflate to more than {} MB (--limit-nested-mb): unpack it first",
                    max_bytes >> 20
                );
                return Err(StreamError::Other(reason));
            }
            match fault {
                // What came out is looked at all the same: its own directory may be gone, its members not.
                Some(_) => return Ok(ByteSource::memory(inflated)),
                None if count < 1 << 20 => return Ok(ByteSource::memory(inflated)),
                None => {}
            }
        }
    }
}

//! The queries that were used, in memory only.

/// Queries that are remembered.
const MAX_QUERIES: usize = 200;

/// The longest query that is remembered, in bytes.
const MAX_LENGTH: usize = 16 << 10;

/// Earlier queries, the newest last, and how far back the person has gone in them.
#[derive(Debug, Default)]
pub(super) struct QueryHistory {
    queries: Vec<String>,
    recalled: usize,
}

impl QueryHistory {
    /// Remembers a query as the newest, unless it is blank, and begins from it again.
    pub(super) fn remember(&mut self, query: &str) {
        let query = query.trim();
        if !query.is_empty() && query.len() <= MAX_LENGTH {
            self.queries.retain(|other| other != query);
            self.queries.push(query.to_owned());
            if self.queries.len() > MAX_QUERIES {
                self.queries.remove(0);
            }
        }
        self.recalled = 0;
    }

    /// Returns the query before the one that stands there; past the oldest, the newest again.
    pub(super) fn recall(&mut self, current: &str) -> Option<String> {
        let earlier = self.step_back()?;
        if earlier == current { self.step_back() } else { Some(earlier) }
    }

    fn step_back(&mut self) -> Option<String> {
        let back = self.recalled.checked_rem(self.queries.len())?;
        self.recalled += 1;
        self.queries.iter().rev().nth(back).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_come_back_from_the_newest_and_around() {
        let mut history = QueryHistory::default();
        assert_eq!(history.recall(""), None);
        for query in ["lake", " timeout ", "lake", ""] {
            history.remember(query);
        }
        let recalled: Vec<_> = (0..3).map_while(|_| history.recall("")).collect();
        assert_eq!(recalled, ["lake", "timeout", "lake"]);
        assert_eq!(
            history.recall("timeout").as_deref(),
            Some("lake"),
            "the one that stands there is skipped"
        );
    }
}

//! Whether a conversation matches a query, and how well: the exact rules, for one conversation at a time.

use std::ops::{ControlFlow, Range};

use super::{
    folding::Foldable,
    fuzzy_match::best_boundary,
    pattern::Pattern,
    position_cache::{CachedPositions, TermRelation, relations},
    scope::SearchScope,
    term::Term,
    word_boundary::WordBoundary,
};
use crate::{
    conversation::Conversation,
    search::{
        index::{IndexEntry, LetterSet},
        query::{
            Predicate, Query,
            filters::{ConversationFilter, MessageFilter},
        },
        ranking::{MatchQuality, RankClass, RankInputs, Score, TermPosition},
    },
};

/// Candidates of one of several terms in one message that are looked at to rank it; the rest would hardly change it.
const MOST_POSITIONS: usize = 64;

/// That a conversation matches, and how well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::search) struct Evaluation {
    /// Greater is better.
    pub score: Score,
    /// The message to open at.
    pub best: Option<u32>,
    /// How many hits there are, if that is known by the way.
    pub hits: Option<usize>,
    /// Of several words: where they all stand, by message. Empty if they are too many.
    pub positions: Vec<TermPosition>,
}

/// A query with everything prepared.
#[derive(Debug, Default)]
pub(in crate::search) struct CompiledQuery {
    conversations: ConversationFilter,
    messages: MessageFilter,
    required: Vec<Term>,
    excluded: Vec<Term>,
}

impl CompiledQuery {
    /// Prepares a query.
    pub fn new(query: &Query) -> Self {
        let mut compiled = Self {
            conversations: ConversationFilter::new(query.clauses()),
            messages: MessageFilter::new(query.clauses()),
            ..Self::default()
        };
        for clause in query.clauses() {
            let (text_pattern, title_only) = match &clause.predicate {
                Predicate::Anywhere(text_pattern) => (text_pattern, false),
                Predicate::Title(text_pattern) => (text_pattern, true),
                _ => continue,
            };
            // To exclude by mere likeness would hide what nobody can then find.
            let Some(term) = Term::new(text_pattern, title_only, !clause.negated) else { continue };
            if clause.negated { compiled.excluded.push(term) } else { compiled.required.push(term) }
        }
        // Long literals are rare and quickly looked for, expressions slow: what is likely to fail soon goes first.
        compiled.required.sort_by_key(|term| match &term.pattern {
            Pattern::Literal(literal) => usize::MAX / 2 - literal.units().len(),
            Pattern::Regex(_) => usize::MAX,
        });
        compiled
    }

    /// What its words are to those of an earlier query; nothing if it looks at other messages.
    pub fn relations_to(&self, earlier: &Self) -> Vec<TermRelation> {
        if self.messages == earlier.messages {
            relations(&self.required, &earlier.required)
        } else {
            Vec::new()
        }
    }

    /// The words that must be somewhere, in the order in which they are looked for.
    pub fn required(&self) -> &[Term] {
        &self.required
    }

    /// Those of them that are looked for in messages.
    pub fn message_terms(&self) -> impl Iterator<Item = &Term> + Clone {
        self.required.iter().filter(|term| !term.title_only)
    }

    /// The text of a conversation that counts.
    pub fn scope<'a>(&self, conversation: &'a Conversation, entry: IndexEntry<'a>) -> SearchScope<'a> {
        SearchScope::new(conversation, &self.messages, entry)
    }

    /// Without looking at the conversation: whether it can match at all. No is certain.
    pub fn may_match(&self, entry: IndexEntry<'_>) -> bool {
        self.required.iter().all(|term| entry.may_contain(term) || term.may_fuzzy_match(entry.title_letters))
    }

    /// Whether some word may be in the title by its letters alone: then a conversation may match though it did not
    /// match the beginning of the word.
    pub fn may_fuzzy_match(&self, title_letters: LetterSet) -> bool {
        self.required.iter().any(|term| term.may_fuzzy_match(title_letters))
    }

    /// Whether some word is in a title by its letters.
    pub fn fuzzy_matches_title(&self, title: &str) -> bool {
        self.required.iter().any(|term| term.fuzzy.as_ref().is_some_and(|fuzzy| fuzzy.is_in(title)))
    }

    /// Whether it matches. What [may not](Self::may_match) is not asked about.
    pub fn matches(&self, conversation: &Conversation, entry: IndexEntry<'_>) -> bool {
        self.finding(conversation, entry, None).is_some()
    }

    /// Whether it matches, and how well.
    pub fn evaluate(
        &self,
        conversation: &Conversation,
        entry: IndexEntry<'_>,
        cached: CachedPositions<'_>,
    ) -> Option<Evaluation> {
        let finding = self.finding(conversation, entry, Some(cached))?;
        Some(self.rank(finding))
    }

    /// How the wanted terms are found, if the conversation matches; what is cheap to deny goes first. Without a
    /// `trace`, which may be one that says nothing, only whether.
    fn finding<'a>(
        &self,
        conversation: &'a Conversation,
        entry: IndexEntry<'a>,
        cached: Option<CachedPositions<'_>>,
    ) -> Option<Finding<'a>> {
        if !self.conversations.matches(conversation) {
            return None;
        }
        let scope = self.scope(conversation, entry);
        if !scope.is_open() {
            return None;
        }
        let title = &*conversation.title;
        let title_foldable = if title.is_ascii() { Foldable::default() } else { Foldable::of(title) };
        let mut finding = Finding {
            scope,
            found: MessageHits::default(),
            in_title: 0,
            worst: Some(WordBoundary::Whole),
            fuzzy_score: None,
        };
        for (number, term) in (0..).zip(&self.required) {
            let may_contain = entry.may_contain(term);
            let literal =
                if may_contain { best_boundary(&term.pattern, title, title_foldable) } else { None };
            finding.worst = finding.worst.min(literal);
            finding.in_title += u32::from(literal.is_some());
            let mut is_there = literal.is_some();
            if may_contain && !term.title_only && (cached.is_some() || !is_there) {
                is_there |= match (cached, &mut finding.found) {
                    (None, _) => finding.scope.contains(&term.pattern),
                    (_, found) if self.required.len() == 1 => {
                        *found = best_of_one(conversation, &finding.scope, term);
                        found.best.is_some()
                    }
                    (Some(cached), found) => found.gather(conversation, &finding.scope, term, number, cached),
                };
            }
            if !is_there {
                let fuzzy = term.fuzzy.as_ref().filter(|fuzzy| fuzzy.may_be_in(entry.title_letters))?;
                let score = u32::from(fuzzy.score(title)?);
                finding.fuzzy_score = Some(finding.fuzzy_score.unwrap_or(0) + score);
            }
        }
        let excluded = self.excluded.iter().any(|term| {
            entry.may_contain(term)
                && (term.pattern.is_in(title, title_foldable)
                    || (!term.title_only && finding.scope.contains(&term.pattern)))
        });
        (!excluded && self.messages.matches(conversation)).then_some(finding)
    }

    fn rank(&self, mut finding: Finding<'_>) -> Evaluation {
        let texts = self.message_terms().count() as u32;
        finding.found.settle(&finding.scope);
        let MessageHits { best, hits, is_cut, positions } = finding.found;
        let quality = best.map(|(quality, _)| quality);
        let worst = finding.worst.filter(|_| !self.required.is_empty());
        let class = if finding.fuzzy_score.is_some() {
            RankClass::Fuzzy
        } else if worst == Some(WordBoundary::Whole) {
            RankClass::Title
        } else if worst.is_some() || quality.is_none_or(|quality| quality.terms == texts) {
            RankClass::Together
        } else {
            RankClass::Spread
        };
        let title = worst.map(|boundary| MatchQuality {
            terms: texts,
            boundary,
            proximity: MatchQuality::TITLE_PROXIMITY,
            shown: true,
            shortness: 0,
        });
        let message = quality.filter(|quality| class != RankClass::Together || quality.terms == texts);
        let evidence = RankInputs {
            class,
            quality: message.max(title),
            in_title: finding.in_title,
            fuzzy: finding.fuzzy_score.unwrap_or(0),
        };
        let best = best.map(|(_, message)| message).or_else(|| finding.scope.first());
        let positions = if is_cut { Vec::new() } else { positions };
        Evaluation { score: evidence.score(), best, hits, positions }
    }

    /// The message that answers best.
    pub fn best_message(&self, conversation: &Conversation, scope: &SearchScope<'_>) -> Option<u32> {
        let mut texts = self.message_terms();
        let first = texts.next()?;
        let found = if texts.next().is_none() {
            best_of_one(conversation, scope, first)
        } else {
            let mut found = MessageHits::default();
            for (number, term) in (0..).zip(self.message_terms()) {
                found.gather(conversation, scope, term, number, CachedPositions::default());
            }
            found.settle(scope);
            found
        };
        found.best.map(|(_, message)| message)
    }
}

/// How a conversation that matches was found.
struct Finding<'a> {
    scope: SearchScope<'a>,
    found: MessageHits,
    /// How many terms the title has literally.
    in_title: u32,
    /// The worst fit of the terms in the title; `None`: it has not all of them.
    worst: Option<WordBoundary>,
    /// The sum of the scores of terms that are only in the title, and there by their letters alone.
    fuzzy_score: Option<u32>,
}

/// What was found in the messages.
#[derive(Default)]
struct MessageHits {
    /// Where several terms stand.
    positions: Vec<TermPosition>,
    /// There were more.
    is_cut: bool,
    /// The best message.
    best: Option<(MatchQuality, u32)>,
    /// How many hits there are, if known.
    hits: Option<usize>,
}

impl MessageHits {
    /// Adds the places of one of several terms; whether there is any.
    fn gather(
        &mut self,
        conversation: &Conversation,
        scope: &SearchScope<'_>,
        term: &Term,
        number: u16,
        cached: CachedPositions<'_>,
    ) -> bool {
        let text = conversation.text();
        let before = self.positions.len();
        let (mut message, mut here) = (u32::MAX, 0);
        let mut visit = |other, range: Range<usize>| {
            here = if message == other { here + 1 } else { 0 };
            message = other;
            if here == MOST_POSITIONS {
                self.is_cut = true;
            }
            if here < MOST_POSITIONS {
                let boundary = WordBoundary::of(text, &range);
                let (start, end) = (range.start as u32, range.end as u32);
                self.positions.push(TermPosition { term: number, message, start, end, boundary });
            }
            ControlFlow::Continue(())
        };
        match cached.relation(number) {
            TermRelation::Same(other) => {
                self.positions.extend(
                    cached.positions(other).map(|position| TermPosition { term: number, ..position }),
                );
            }
            TermRelation::Extends(other) => {
                let Pattern::Literal(literal) = &term.pattern else { return false };
                let mut last = 0;
                for (message, start) in
                    cached.positions(other).map(|position| (position.message, position.start as usize))
                {
                    // Its own hits do not overlap either.
                    if start >= last
                        && let Some(end) = literal.match_at(text, start)
                    {
                        last = end;
                        let _ = visit(message, start..end);
                    }
                }
            }
            TermRelation::Contains(other) => {
                scope.each_hit_in_messages(cached.messages(other), &term.pattern, visit)
            }
            TermRelation::Unrelated => scope.each_hit(&term.pattern, visit),
        }
        self.positions.len() > before
    }

    /// Finds the best message and the number of hits from the places of several terms.
    fn settle(&mut self, scope: &SearchScope<'_>) {
        if self.positions.is_empty() {
            return;
        }
        // Each term's are in order already: a stable sort merges them.
        self.positions
            .sort_by_key(|position| (position.message, position.start, position.end, position.term));
        let mut hits = 0;
        for positions in self.positions.chunk_by(|left, right| left.message == right.message) {
            let message = positions[0].message;
            let mut end = 0;
            for position in positions {
                // Overlapping ones are one.
                hits += usize::from(position.start >= end);
                end = end.max(position.end);
            }
            let Some(quality) =
                MatchQuality::of(positions, scope.is_shown(message), scope.length_of(message))
            else {
                continue;
            };
            let better = self.best.is_none_or(|(known, other)| {
                quality > known
                    || (quality == known
                        && !scope.is_on_visible_branch(other)
                        && scope.is_on_visible_branch(message))
            });
            if better {
                self.best = Some((quality, message));
            }
        }
        self.hits = (!self.is_cut).then_some(hits);
    }
}

/// For one word: its first whole hit on the visible branch ends the search.
fn best_of_one(conversation: &Conversation, scope: &SearchScope<'_>, term: &Term) -> MessageHits {
    let text = conversation.text();
    let mut best: Option<((WordBoundary, bool, bool), u32)> = None;
    let best_boundary = scope.entry().best_boundary(term);
    let mut looked = 0;
    let mut is_cut = false;
    scope.each_hit(&term.pattern, |message, range| {
        looked += 1;
        let (boundary, shown) = (WordBoundary::of(text, &range), scope.is_shown(message));
        // A place that is no better in a message that was judged already needs no second look at the branch.
        let known = best.is_some_and(|((best_boundary, best_shown, on_path), other)| {
            (boundary, shown) <= (best_boundary, best_shown) && (on_path || other == message)
        });
        if !known {
            let key = (boundary, shown, scope.is_on_visible_branch(message));
            if best.is_none_or(|(known, _)| key > known) {
                best = Some((key, message));
            }
        }
        let perfect =
            best.is_some_and(|((boundary, shown, on_path), _)| boundary >= best_boundary && shown && on_path);
        is_cut = perfect || looked == term.most_positions;
        if is_cut { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let best = best.map(|((boundary, shown, _), message)| {
        (MatchQuality { terms: 1, boundary, proximity: MatchQuality::MOST, shown, shortness: 0 }, message)
    });
    MessageHits { positions: Vec::new(), is_cut, best, hits: (!is_cut).then_some(looked) }
}

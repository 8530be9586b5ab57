//! Whether a conversation matches a query, and how well: the exact rules, for one conversation at a time.

use std::ops::{ControlFlow, Range};

use super::{
    folding::Foldable,
    fuzzy_match::{LetterSet, literal_fit},
    literal::Fit,
    pattern::Pattern,
    position_cache::{Link, Trace, links},
    scope::Sight,
    term::Term,
};
use crate::{
    conversation::Conversation,
    search::{
        index::Hints,
        query::{
            Demand, Query,
            filters::{ConversationFilter, MessageFilter},
        },
        ranking::{Class, Evidence, Place, Score, Standing},
    },
};

/// Places of one of several terms in one message that are looked at to rank it; the rest would hardly change it.
const MOST_PLACES: usize = 64;

/// That a conversation matches, and how well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::search) struct Verdict {
    /// Greater is better.
    pub score: Score,
    /// The message to open at.
    pub best: Option<u32>,
    /// How many hits there are, if that is known by the way.
    pub hits: Option<usize>,
    /// Of several words: where they all stand, by message. Empty if they are too many.
    pub places: Vec<Place>,
}

/// A query with everything prepared.
#[derive(Debug, Default)]
pub(in crate::search) struct Judge {
    conversations: ConversationFilter,
    messages: MessageFilter,
    wanted: Vec<Term>,
    unwanted: Vec<Term>,
}

impl Judge {
    /// Prepares a query.
    pub fn new(query: &Query) -> Self {
        let mut judge = Self {
            conversations: ConversationFilter::new(query.clauses()),
            messages: MessageFilter::new(query.clauses()),
            ..Self::default()
        };
        for clause in query.clauses() {
            let (wording, title_only) = match &clause.demand {
                Demand::Anywhere(wording) => (wording, false),
                Demand::Title(wording) => (wording, true),
                _ => continue,
            };
            // To exclude by mere likeness would hide what nobody can then find.
            let Some(term) = Term::new(wording, title_only, !clause.negated) else { continue };
            if clause.negated { judge.unwanted.push(term) } else { judge.wanted.push(term) }
        }
        // Long literals are rare and quickly looked for, expressions slow: what is likely to fail soon goes first.
        judge.wanted.sort_by_key(|term| match &term.pattern {
            Pattern::Literal(literal) => usize::MAX / 2 - literal.units().len(),
            Pattern::Regex(_) => usize::MAX,
        });
        judge
    }

    /// What its words are to those of an earlier query; nothing if it looks at other messages.
    pub fn links_to(&self, earlier: &Self) -> Vec<Link> {
        if self.messages == earlier.messages { links(&self.wanted, &earlier.wanted) } else { Vec::new() }
    }

    /// The words that must be somewhere, in the order in which they are looked for.
    pub fn wanted(&self) -> &[Term] {
        &self.wanted
    }

    /// Those of them that are looked for in messages.
    pub fn in_messages(&self) -> impl Iterator<Item = &Term> + Clone {
        self.wanted.iter().filter(|term| !term.title_only)
    }

    /// The text of a conversation that counts.
    pub fn sight<'a>(&self, conversation: &'a Conversation, hints: Hints<'a>) -> Sight<'a> {
        Sight::new(conversation, &self.messages, hints)
    }

    /// Without looking at the conversation: whether it can match at all. No is certain.
    pub fn may_match(&self, hints: Hints<'_>) -> bool {
        self.wanted.iter().all(|term| hints.may_hold(term) || term.may_be_likened(hints.letters))
    }

    /// Whether some word may be in the title by its letters alone: then a conversation may match though it did not
    /// match the beginning of the word.
    pub fn may_be_likened(&self, letters: LetterSet) -> bool {
        self.wanted.iter().any(|term| term.may_be_likened(letters))
    }

    /// Whether some word is in a title by its letters.
    pub fn is_likened(&self, title: &str) -> bool {
        self.wanted.iter().any(|term| term.fuzzy.as_ref().is_some_and(|fuzzy| fuzzy.is_in(title)))
    }

    /// Whether it matches. What [may not](Self::may_match) is not asked about.
    pub fn admits(&self, conversation: &Conversation, hints: Hints<'_>) -> bool {
        self.finding(conversation, hints, None).is_some()
    }

    /// Whether it matches, and how well.
    pub fn verdict(
        &self,
        conversation: &Conversation,
        hints: Hints<'_>,
        trace: Trace<'_>,
    ) -> Option<Verdict> {
        let finding = self.finding(conversation, hints, Some(trace))?;
        Some(self.rank(finding))
    }

    /// How the wanted terms are found, if the conversation matches; what is cheap to deny goes first. Without a
    /// `trace`, which may be one that says nothing, only whether.
    fn finding<'a>(
        &self,
        conversation: &'a Conversation,
        hints: Hints<'a>,
        trace: Option<Trace<'_>>,
    ) -> Option<Finding<'a>> {
        if !self.conversations.admits(conversation) {
            return None;
        }
        let sight = self.sight(conversation, hints);
        if !sight.is_open() {
            return None;
        }
        let title = &*conversation.title;
        let title_foldable = if title.is_ascii() { Foldable::default() } else { Foldable::of(title) };
        let mut finding =
            Finding { sight, found: Found::default(), in_title: 0, worst: Some(Fit::Whole), likeness: None };
        for (number, term) in (0..).zip(&self.wanted) {
            let may_hold = hints.may_hold(term);
            let literal = if may_hold { literal_fit(&term.pattern, title, title_foldable) } else { None };
            finding.worst = finding.worst.min(literal);
            finding.in_title += u32::from(literal.is_some());
            let mut is_there = literal.is_some();
            if may_hold && !term.title_only && (trace.is_some() || !is_there) {
                is_there |= match (trace, &mut finding.found) {
                    (None, _) => finding.sight.holds(&term.pattern),
                    (_, found) if self.wanted.len() == 1 => {
                        *found = best_of_one(conversation, &finding.sight, term);
                        found.best.is_some()
                    }
                    (Some(trace), found) => found.gather(conversation, &finding.sight, term, number, trace),
                };
            }
            if !is_there {
                let fuzzy = term.fuzzy.as_ref().filter(|fuzzy| fuzzy.may_be_in(hints.letters))?;
                let score = u32::from(fuzzy.score(title)?);
                finding.likeness = Some(finding.likeness.unwrap_or(0) + score);
            }
        }
        let excluded = self.unwanted.iter().any(|term| {
            hints.may_hold(term)
                && (term.pattern.is_in(title, title_foldable)
                    || (!term.title_only && finding.sight.holds(&term.pattern)))
        });
        (!excluded && self.messages.admits(conversation)).then_some(finding)
    }

    fn rank(&self, mut finding: Finding<'_>) -> Verdict {
        let texts = self.in_messages().count() as u32;
        finding.found.settle(&finding.sight);
        let Found { best, hits, is_cut, places } = finding.found;
        let standing = best.map(|(standing, _)| standing);
        let worst = finding.worst.filter(|_| !self.wanted.is_empty());
        let class = if finding.likeness.is_some() {
            Class::Fuzzy
        } else if worst == Some(Fit::Whole) {
            Class::Title
        } else if worst.is_some() || standing.is_none_or(|standing| standing.terms == texts) {
            Class::Together
        } else {
            Class::Spread
        };
        let title = worst.map(|fit| Standing {
            terms: texts,
            fit,
            closeness: Standing::IN_TITLE,
            shown: true,
            brevity: 0,
        });
        let message = standing.filter(|standing| class != Class::Together || standing.terms == texts);
        let evidence = Evidence {
            class,
            standing: message.max(title),
            in_title: finding.in_title,
            fuzzy: finding.likeness.unwrap_or(0),
        };
        let best = best.map(|(_, message)| message).or_else(|| finding.sight.first());
        let places = if is_cut { Vec::new() } else { places };
        Verdict { score: evidence.score(), best, hits, places }
    }

    /// The message that answers best.
    pub fn best_message(&self, conversation: &Conversation, sight: &Sight<'_>) -> Option<u32> {
        let mut texts = self.in_messages();
        let first = texts.next()?;
        let found = if texts.next().is_none() {
            best_of_one(conversation, sight, first)
        } else {
            let mut found = Found::default();
            for (number, term) in (0..).zip(self.in_messages()) {
                found.gather(conversation, sight, term, number, Trace::default());
            }
            found.settle(sight);
            found
        };
        found.best.map(|(_, message)| message)
    }
}

/// How a conversation that matches was found.
struct Finding<'a> {
    sight: Sight<'a>,
    found: Found,
    /// How many terms the title has literally.
    in_title: u32,
    /// The worst fit of the terms in the title; `None`: it has not all of them.
    worst: Option<Fit>,
    /// The sum of the scores of terms that are only in the title, and there by their letters alone.
    likeness: Option<u32>,
}

/// What was found in the messages.
#[derive(Default)]
struct Found {
    /// Where several terms stand.
    places: Vec<Place>,
    /// There were more.
    is_cut: bool,
    /// The best message.
    best: Option<(Standing, u32)>,
    /// How many hits there are, if known.
    hits: Option<usize>,
}

impl Found {
    /// Adds the places of one of several terms; whether there is any.
    fn gather(
        &mut self,
        conversation: &Conversation,
        sight: &Sight<'_>,
        term: &Term,
        number: u16,
        trace: Trace<'_>,
    ) -> bool {
        let text = conversation.text();
        let before = self.places.len();
        let (mut message, mut here) = (u32::MAX, 0);
        let mut visit = |other, range: Range<usize>| {
            here = if message == other { here + 1 } else { 0 };
            message = other;
            if here == MOST_PLACES {
                self.is_cut = true;
            }
            if here < MOST_PLACES {
                let fit = Fit::of(text, &range);
                let (start, end) = (range.start as u32, range.end as u32);
                self.places.push(Place { term: number, message, start, end, fit });
            }
            ControlFlow::Continue(())
        };
        match trace.link(number) {
            Link::Same(other) => {
                self.places.extend(trace.places(other).map(|place| Place { term: number, ..place }));
            }
            Link::Grown(other) => {
                let Pattern::Literal(literal) = &term.pattern else { return false };
                let mut last = 0;
                for (message, start) in trace.places(other).map(|place| (place.message, place.start as usize))
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
            Link::Longer(other) => sight.each_hit_in(trace.messages(other), &term.pattern, visit),
            Link::New => sight.each_hit(&term.pattern, visit),
        }
        self.places.len() > before
    }

    /// Finds the best message and the number of hits from the places of several terms.
    fn settle(&mut self, sight: &Sight<'_>) {
        if self.places.is_empty() {
            return;
        }
        // Each term's are in order already: a stable sort merges them.
        self.places.sort_by_key(|place| (place.message, place.start, place.end, place.term));
        let mut hits = 0;
        for places in self.places.chunk_by(|left, right| left.message == right.message) {
            let message = places[0].message;
            let mut end = 0;
            for place in places {
                // Overlapping ones are one.
                hits += usize::from(place.start >= end);
                end = end.max(place.end);
            }
            let Some(standing) = Standing::of(places, sight.is_shown(message), sight.length_of(message))
            else {
                continue;
            };
            let better = self.best.is_none_or(|(known, other)| {
                standing > known
                    || (standing == known && !sight.is_on_path(other) && sight.is_on_path(message))
            });
            if better {
                self.best = Some((standing, message));
            }
        }
        self.hits = (!self.is_cut).then_some(hits);
    }
}

/// For one word: its first whole hit on the visible branch ends the search.
fn best_of_one(conversation: &Conversation, sight: &Sight<'_>, term: &Term) -> Found {
    let text = conversation.text();
    let mut best: Option<((Fit, bool, bool), u32)> = None;
    let best_fit = sight.hints().best_fit(term);
    let mut looked = 0;
    let mut is_cut = false;
    sight.each_hit(&term.pattern, |message, range| {
        looked += 1;
        let (fit, shown) = (Fit::of(text, &range), sight.is_shown(message));
        // A place that is no better in a message that was judged already needs no second look at the branch.
        let known = best.is_some_and(|((best_fit, best_shown, on_path), other)| {
            (fit, shown) <= (best_fit, best_shown) && (on_path || other == message)
        });
        if !known {
            let key = (fit, shown, sight.is_on_path(message));
            if best.is_none_or(|(known, _)| key > known) {
                best = Some((key, message));
            }
        }
        let perfect = best.is_some_and(|((fit, shown, on_path), _)| fit >= best_fit && shown && on_path);
        is_cut = perfect || looked == term.most_places;
        if is_cut { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let best = best.map(|((fit, shown, _), message)| {
        (Standing { terms: 1, fit, closeness: Standing::CLOSEST, shown, brevity: 0 }, message)
    });
    Found { places: Vec::new(), is_cut, best, hits: (!is_cut).then_some(looked) }
}

//! Answers one request: plans it, evaluates it in rounds, sends pages of what is found, and explains an empty answer.

use std::{
    cell::Cell,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{ClauseCounts, Request, Results, Row, SecondTier, Tier, parallel_map::map_chunks, prepare};
use crate::{
    library::Library,
    search::{
        Query, Score,
        engine::{Engine, FoundConversation, LooseQuery, PartialMatch, Plan, RequiredClauses, SomeWords},
    },
};

/// Conversations that are evaluated before the first page is considered, where one is quick and where one is slow.
/// Each further round is as long as all before it, up to a limit, so that starting and ending rounds costs little.
const FIRST_ROUND: usize = 4_096;
const FIRST_SLOW_ROUND: usize = 512;
const MAX_ROUND_SIZE: usize = 8_192;
/// The time after which the first page of a longer answer is sent.
const FIRST_PAGE_TIMEOUT: Duration = Duration::from_millis(6);
/// The time within which a complete answer is worth waiting for, without a first page.
const SKIP_FIRST_PAGE_UNDER: Duration = Duration::from_millis(10);
/// The time between two pages of an incomplete answer.
const BETWEEN_PAGES: Duration = Duration::from_millis(80);
/// Searches for the conversations that have all words, and waits for the complete answer: for the subcommands and
/// tests. No index is built for it.
pub fn search(query: &Query, library: &Library, by_date: bool) -> Results {
    let mut engine = Engine::default();
    engine.set_library(&Arc::new(library.clone()));
    answer_with(&mut engine, query, by_date, false)
}

/// Searches as [`search`] does, and for the conversations that have some of the words too; `is_typing`: the last word
/// may be the beginning of one. An index is built for it.
pub fn search_both_tiers(query: &Query, library: &Library, by_date: bool, is_typing: bool) -> Results {
    let mut engine = Engine::default();
    engine.set_library(&Arc::new(library.clone()));
    while prepare(&mut engine, &|| false) {}
    answer_with(&mut engine, query, by_date, is_typing)
}

fn answer_with(engine: &mut Engine, query: &Query, by_date: bool, is_typing: bool) -> Results {
    let latest = Cell::new(None);
    let request = Request {
        serial: 0,
        query: query.clone(),
        library: Arc::clone(engine.library()),
        by_date,
        is_typing,
    };
    let _ = respond(engine, &request, &|| false, &|results| latest.set(Some(results)));
    let results = latest.into_inner().unwrap_or_else(|| Results::of(engine, Vec::new(), 0, true));
    // Nobody builds one.
    Results { awaits_index: false, ..results }
}

/// Answers one request, in several pieces if it takes long. `None`: it was cancelled.
pub(super) fn respond(
    engine: &mut Engine,
    request: &Request,
    is_stale: &(dyn Fn() -> bool + Sync),
    send: &dyn Fn(Results),
) -> Option<()> {
    let (query, by_date) = (&request.query, request.by_date);
    if query.is_empty() {
        let newest = engine.library().by_date().iter();
        let rows = newest
            .map(|&handle| Row { handle, best_message: None, score: Score::default(), tier: Tier::AllWords })
            .collect();
        send(Results::of(engine, rows, 0, true));
        return Some(());
    }
    let start = Instant::now();
    let mut last_page = None;
    let plan = engine.plan(query);
    let mut found = Vec::new();
    let mut done = 0;
    let first = match (plan.is_indexed(), plan.is_slow()) {
        // Without a look at the text all are ranked at once.
        (true, _) => plan.len(),
        (false, true) => FIRST_SLOW_ROUND,
        (false, false) => FIRST_ROUND,
    };
    while done < plan.len() {
        let round = done.clamp(first, MAX_ROUND_SIZE.max(first)).min(plan.len() - done);
        let chunks = map_chunks(round, is_stale, &|range| {
            engine.evaluate_candidates(&plan, done + range.start..done + range.end, is_stale)
        })?;
        found.extend(chunks.into_iter().flatten());
        done += round;
        let due = last_page.map_or(FIRST_PAGE_TIMEOUT, |last_page: Duration| last_page + BETWEEN_PAGES);
        let elapsed = start.elapsed();
        let is_long = || elapsed.mul_f64(plan.len() as f64 / done as f64) > SKIP_FIRST_PAGE_UNDER;
        if done < plan.len() && !found.is_empty() && elapsed > due && is_long() {
            let (found, hits) = engine.merge(&plan, &found);
            send(Results::of(engine, rows(found, by_date), hits, false));
            last_page = Some(start.elapsed());
        }
    }
    judge(engine, &plan, &mut found, is_stale)?;
    let (found, hits) = engine.merge(&plan, &found);
    let mut results = Results::of(engine, rows(found.clone(), by_date), hits, true);
    let is_indexed = engine.unindexed().is_empty();
    let loose = LooseQuery::of(query, request.is_typing);
    results.awaits_index = !is_indexed && loose.is_some();
    let loose = loose.filter(|_| is_indexed);
    let some_words = loose.and_then(|loose| {
        let binding = RequiredClauses::new(engine, loose.binding.clone());
        SomeWords::of(engine, loose, binding, is_stale)
    });
    if let Some(some_words) = some_words {
        let is_long = start.elapsed() > FIRST_PAGE_TIMEOUT || some_words.asks_the_text();
        if !results.rows.is_empty() && is_long {
            send(Results { complete: false, ..results.clone() });
        }
        let partial = some_words.find(engine, found.iter().map(|found| found.handle), is_stale)?;
        add_second_tier(engine, &mut results, &some_words, &partial, by_date);
    }
    engine.remember(plan, found, hits);
    if results.rows.is_empty() {
        // The answer that nothing was found does not wait for the reasons.
        let mut is_sent = false;
        let mut send_if_late = || {
            if !is_sent && start.elapsed() > FIRST_PAGE_TIMEOUT {
                is_sent = true;
                send(results.clone());
            }
        };
        results.unmatched_clauses = explain(engine, query, is_stale, &mut send_if_late)?;
    }
    send(results);
    Some(())
}

/// Judges the best of what the index found by how close together the words stand. `None`: it was cancelled.
fn judge(
    engine: &Engine,
    plan: &Plan,
    found: &mut [FoundConversation],
    is_stale: &(dyn Fn() -> bool + Sync),
) -> Option<()> {
    let places = engine.worth_judging(plan, found);
    let judge_chunk = |range: Range<usize>| {
        let places = places[range].iter();
        Some(places.map(|&place| (place, engine.judge(plan, found[place]))).collect::<Vec<_>>())
    };
    let judged = map_chunks(places.len(), is_stale, &judge_chunk)?;
    for (place, better) in judged.into_iter().flatten() {
        found[place] = better;
    }
    Some(())
}

/// Sorts found conversations, newest first, into the order they are shown in.
fn rows(mut found: Vec<FoundConversation>, by_date: bool) -> Vec<Row> {
    if !by_date {
        // Stable: ties stay newest first.
        found.sort_by_key(|found| std::cmp::Reverse(found.score));
    }
    found
        .iter()
        .map(|found| Row {
            handle: found.handle,
            best_message: found.best(),
            score: found.score,
            tier: Tier::AllWords,
        })
        .collect()
}

/// Puts the conversations with some of the words, best first, under those with all.
fn add_second_tier(
    engine: &Engine,
    results: &mut Results,
    some_words: &SomeWords,
    partial: &[PartialMatch],
    by_date: bool,
) {
    let mut rows = results.rows.to_vec();
    rows.extend(partial.iter().map(|found| Row {
        handle: found.handle,
        best_message: found.best,
        score: found.score,
        tier: found.tier,
    }));
    if by_date {
        let library = engine.library();
        let date = |row: &Row| {
            let conversation = library.get(row.handle);
            conversation.updated.or(conversation.created)
        };
        rows[results.first_tier_count..].sort_by_key(|row| std::cmp::Reverse(date(row)));
    }
    let matcher = some_words.matcher(engine);
    let nowhere = some_words.nowhere(engine);
    let words = some_words.typed().map(str::to_owned).collect();
    let substitutions = some_words.substitutions().cloned().collect();
    results.rows = Arc::new(rows);
    results.second_tier = Some(Arc::new(SecondTier { words, nowhere, substitutions, matcher }));
}

/// Counts what each clause of a query would find; calls `between` after each count. `None`: it was cancelled.
fn explain(
    engine: &mut Engine,
    query: &Query,
    is_stale: &(dyn Fn() -> bool + Sync),
    between: &mut dyn FnMut(),
) -> Option<Vec<ClauseCounts>> {
    let mut missing = Vec::new();
    for (word, only, without) in Engine::explanations(query) {
        let found = count(engine, only, is_stale)?;
        between();
        missing.push(ClauseCounts { clause: word, found, without: count(engine, without, is_stale)? });
        between();
    }
    Some(missing)
}

/// Counts the conversations that match. `None`: it was cancelled.
fn count(engine: &mut Engine, query: Query, is_stale: &(dyn Fn() -> bool + Sync)) -> Option<usize> {
    if let Some(count) = engine.known_count(&query) {
        return Some(count);
    }
    let plan = engine.plan(&query);
    let counts = map_chunks(plan.len(), is_stale, &|range| engine.count(&plan, range, is_stale))?;
    let count = counts.into_iter().sum::<usize>() + engine.count_known(&plan);
    engine.remember_count(query, count);
    Some(count)
}

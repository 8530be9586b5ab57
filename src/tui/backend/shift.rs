//! Finds out whether the next screen is for a good part the last one, some rows up or down.
//!
//! Nothing is known here of panes: rows vote for the distance at which their likes stood, and for the distances with
//! the most votes the region is taken in which scrolling saves most. What it saves is an estimate; the screen writes
//! both ways and sends the shorter.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap};

use super::{
    glyph,
    grid::{Grid, Shift},
    screen_cell::ScreenCell,
};

/// Distances that are looked at closely.
const CANDIDATES: usize = 3;
/// Rough cost in bytes of a move to a place in a row.
const MOVE: i64 = 5;
/// Cost in bytes of setting and resetting margins.
const MARGINS: i64 = 16;
/// A saving below this is not worth a second way of writing the frame.
const WORTH: i64 = 48;

/// Finds the scroll that makes `from` most like `to`, both of the same size.
pub(super) fn find(from: &Grid, to: &Grid) -> Option<Shift> {
    let height = to.size().1;
    let changed = |y: &u16| from.row(*y) != to.row(*y);
    let first = (0..height).find(changed)?;
    let last = (0..height).rev().find(changed)?;
    if last - first < 2 {
        return None;
    }
    let plain: Vec<i64> = (first..=last).map(|y| difference(from.row(y), to.row(y))).collect();
    let fresh: Vec<i64> = (first..=last).map(|y| extent(to.row(y))).collect();
    distances(from, to, first, last)
        .into_iter()
        .filter_map(|by| {
            let saved =
                |y: u16, source: u16| plain[(y - first) as usize] - difference(from.row(source), to.row(y));
            best_region(first, last, by, saved, |y| plain[(y - first) as usize] - fresh[(y - first) as usize])
        })
        .max_by_key(|(gain, _)| *gain)
        .filter(|(gain, _)| *gain > WORTH)
        .map(|(_, shift)| shift)
}

/// Lists the distances for which most text votes, the best first.
fn distances(from: &Grid, to: &Grid, first: u16, last: u16) -> Vec<i16> {
    let hasher = DefaultHashBuilder::default();
    let mut stood: HashMap<(usize, u64), Vec<u16>> = HashMap::new();
    for y in first..=last {
        for (part, _) in parts(from.row(y), &hasher) {
            stood.entry(part).or_default().push(y);
        }
    }
    let mut votes: HashMap<i16, usize> = HashMap::new();
    for y in first..=last {
        for (part, cells) in parts(to.row(y), &hasher) {
            // What stood in many places says little about where this one came from.
            if let Some(places) = stood.get(&part).filter(|places| places.len() <= 4) {
                let weight = cells.iter().filter(|cell| !glyph::is_blank(cell)).count();
                for place in places.iter().filter(|place| **place != y) {
                    *votes.entry(*place as i16 - y as i16).or_default() += weight;
                }
            }
        }
    }
    let mut votes: Vec<(usize, i16)> = votes.into_iter().map(|(by, weight)| (weight, by)).collect();
    votes.sort_unstable_by(|a, b| b.cmp(a));
    votes.into_iter().take(CANDIDATES).filter(|(weight, _)| *weight > 8).map(|(_, by)| by).collect()
}

/// Returns the part of a row that is compared as a whole: all without its edges, where cursors and scroll bars stand,
/// and the halves of that. Which part it is and its hash stand for what it holds.
fn parts<'a>(
    row: &'a [ScreenCell],
    hasher: &DefaultHashBuilder,
) -> impl Iterator<Item = ((usize, u64), &'a [ScreenCell])> + use<'a> {
    let inner = row.get(2..row.len().saturating_sub(2)).unwrap_or_default();
    let (left, right) = inner.split_at(inner.len() / 2);
    let halves = [left, right].map(|cells| hasher.hash_one(cells));
    let hashes = [hasher.hash_one(halves), halves[0], halves[1]];
    let parts = hashes.into_iter().enumerate().zip([inner, left, right]);
    parts.filter(|(_, cells)| !cells.is_empty())
}

/// Finds for one distance the region between `first` and `last` in which scrolling saves most, and how much.
/// `saved(y, source)` is the saving of a row that gets the content of another, `opened(y)` of one that is erased.
fn best_region(
    first: u16,
    last: u16,
    by: i16,
    saved: impl Fn(u16, u16) -> i64,
    opened: impl Fn(u16) -> i64,
) -> Option<(i64, Shift)> {
    let rows = by.unsigned_abs();
    if rows == 0 || rows > last - first {
        return None;
    }
    // Positions count from the edge towards which the content moves.
    let at = |position: u16| if by > 0 { first + position } else { last - position };
    let length = last - first + 1;
    let gains: Vec<i64> = (0..length - rows).map(|p| saved(at(p), at(p + rows))).collect();
    let opened: Vec<i64> = (0..length).map(|p| opened(at(p))).collect();
    let mut edge: i64 = opened[..rows as usize].iter().sum();
    let mut best: Option<(i64, Shift)> = None;
    let (mut run, mut start) = (0, 0);
    for (position, gain) in gains.iter().enumerate() {
        if run <= 0 {
            (run, start) = (0, position);
        }
        run += gain;
        // The rows that open when the region ends at this row's source.
        edge += opened[position + rows as usize] - opened[position];
        let total = run + edge - MARGINS - i64::from(rows);
        if best.as_ref().is_none_or(|(best_gain, _)| total > *best_gain) {
            let (near, far) = (at(start as u16), at(position as u16 + rows));
            best = Some((total, Shift { top: near.min(far), bottom: near.max(far), by }));
        }
    }
    best
}

/// Estimates the bytes that it takes to turn one row into the other.
fn difference(from: &[ScreenCell], to: &[ScreenCell]) -> i64 {
    let mut bytes = 0;
    let mut writing = false;
    for (x, cell) in to.iter().enumerate() {
        if from.get(x) == Some(cell) {
            writing = false;
            continue;
        }
        if !writing {
            bytes += MOVE;
        }
        if glyph::is_erased(cell) && to[x..].iter().all(glyph::is_erased) {
            return bytes;
        }
        bytes += weight(to, x);
        writing = true;
    }
    bytes
}

/// Estimates the bytes that it takes to write a row where nothing stands.
fn extent(to: &[ScreenCell]) -> i64 {
    (0..to.len()).filter(|x| !glyph::is_erased(&to[*x])).map(|x| weight(to, x)).sum()
}

fn weight(row: &[ScreenCell], x: usize) -> i64 {
    let cell = &row[x];
    let same_look = x > 0 && {
        let before = &row[x - 1];
        (before.fg, before.bg, before.modifier) == (cell.fg, cell.bg, cell.modifier)
    };
    let same_link = x > 0 && row[x - 1].link == cell.link;
    let link = cell.link.as_ref().filter(|_| !same_link).map_or(0, |target| target.len() as i64 + MOVE);
    cell.symbol().len() as i64 + link + if same_look { 0 } else { MOVE }
}

//! Decides when the answer to one query tells where to look for that to another.

use std::mem::discriminant;

use crate::search::{
    matching::implies,
    query::{Clause, Predicate, Query},
};

/// Returns whether everything that matches `query` by more than a fuzzy title matches an earlier query too: each of
/// its predicates is still there, or follows from a longer word.
pub(super) fn refines(query: &Query, earlier: &Query) -> bool {
    let (now, before) = (query.clauses(), earlier.clauses());
    before.iter().all(|earlier| now.iter().any(|clause| implies_clause(clause, earlier)))
        && !now.iter().any(|clause| admits_more(clause, before))
}

/// Returns whether a query has all clauses of an earlier one unchanged.
pub(super) fn has_all_clauses_of(query: &Query, earlier: &Query) -> bool {
    earlier.clauses().iter().all(|clause| query.clauses().contains(clause))
}

/// Returns whether a clause lets in what an earlier query, which did not have it, kept out: one more of several
/// values any of which will do; a role, whose folded messages are searched; or fewer messages that are searched, when
/// a word must be in none of them.
fn admits_more(clause: &Clause, earlier: &[Clause]) -> bool {
    let others =
        |negated| earlier.iter().filter(move |other| other.negated == negated).map(|other| &other.predicate);
    let has_alternative =
        || others(false).any(|other| discriminant(other) == discriminant(&clause.predicate));
    let excludes_a_word = || others(true).any(|other| matches!(other, Predicate::Anywhere(_)));
    let lets_in = match &clause.predicate {
        Predicate::Role(_) => true,
        Predicate::Model { .. } => has_alternative() || excludes_a_word(),
        Predicate::Has(_) => excludes_a_word(),
        Predicate::Id(_) | Predicate::From(_) => has_alternative(),
        _ => false,
    };
    lets_in && !clause.negated && !earlier.contains(clause)
}

/// Returns whether everything that fulfils a clause fulfils an earlier one too. No may be wrong.
fn implies_clause(clause: &Clause, earlier: &Clause) -> bool {
    if clause == earlier {
        return true;
    }
    let ((Predicate::Anywhere(now), Predicate::Anywhere(before))
    | (Predicate::Title(now), Predicate::Title(before))) = (&clause.predicate, &earlier.predicate)
    else {
        return false;
    };
    !clause.negated && !earlier.negated && implies(now, before)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn is_refined(now: &str, before: &str) -> bool {
        refines(&Query::parse(now, &TimeZone::UTC), &Query::parse(before, &TimeZone::UTC))
    }

    #[test]
    fn typing_on_narrows_and_anything_else_does_not() {
        for (now, before) in [
            ("kubernetes", "kube"),
            ("kube ingress", "kube"),
            ("a b c", "b"),
            ("\"as an example\"", "\"as an"),
            ("Kube", "kube"),
            ("café", "caf"),
            ("role:user kubern", "role:user kube"),
            ("title:kubern", "title:kube"),
            ("kube model:o3", "kube"),
            ("kube -role:tool", "kube"),
            ("role:user has:code has:link", "role:user has:code"),
        ] {
            assert!(is_refined(now, before), "{now} after {before}");
        }
        for (now, before) in [
            ("kube", "kubernetes"),
            ("kubernetes", "Kube"),
            ("cafe", "café"),
            ("-kubernetes", "-kube"),
            ("/kubernetes/", "/kube/"),
            ("kube", "role:user kube"),
            ("role:user kube", "role:tool kube"),
            ("title:kubern", "kube"),
            ("kubern", "title:kube"),
            ("kube role:tool", "kube"),
            ("role:user role:tool kube", "role:user kube"),
            ("model:o3 model:gpt", "model:o3"),
            ("id:a id:b", "id:a"),
            ("from:claude from:chatgpt", "from:claude"),
            ("-kube model:o3", "-kube"),
            ("-kube has:code", "-kube"),
        ] {
            assert!(!is_refined(now, before), "{now} after {before}");
        }
    }
}

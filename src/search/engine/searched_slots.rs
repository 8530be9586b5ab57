//! The messages that the filters of a query let in (`role:`, `model:`, `has:`, `in:`), as the index knows them.

use fixedbitset::FixedBitSet;

use crate::search::{
    index::{Index, is_kept},
    query::{
        Predicate,
        filters::{MessageFilter, is_model},
    },
};

/// Returns whether the index tells which messages a filter lets in, but where there are too many models to tell.
pub(in crate::search) fn is_told_by_index(filter: &MessageFilter) -> bool {
    let forbidden = filter.forbidden.iter().filter_map(|predicate| match predicate {
        Predicate::Has(feature) => Some(feature),
        _ => None,
    });
    filter.features.iter().chain(forbidden).all(|&feature| is_kept(feature))
}

/// The slots that a query searches.
#[derive(Debug)]
pub(super) struct SearchedSlots {
    /// The messages.
    pub messages: FixedBitSet,
    /// They are those that a filter lets in: what has none of them does not match.
    pub is_filtered: bool,
    /// The messages that a minus forbids: a conversation that has one does not match.
    forbidden: Option<FixedBitSet>,
}

impl SearchedSlots {
    /// Finds the slots that a filter lets in. `None`: the index does not tell.
    pub fn of(index: &Index, filter: &MessageFilter) -> Option<Self> {
        let shown = &index.slots().shown;
        let mut forbidden: Option<FixedBitSet> = None;
        for predicate in &filter.forbidden {
            let mut slots = with_trait(index, predicate)?;
            // Nobody sees what is folded and neither named by a role nor by its place.
            if matches!(predicate, Predicate::Model { .. } | Predicate::Has(_)) {
                slots.intersect_with(shown);
            }
            match &mut forbidden {
                Some(forbidden) => forbidden.union_with(&slots),
                None => forbidden = Some(slots),
            }
        }
        let roles = filter.roles.iter().map(|&role| Predicate::Role(role));
        let places = filter.places.iter().map(|&place| Predicate::In(place));
        let models = filter.models.iter().cloned();
        let models = models.map(|(slug, exact)| Predicate::Model { slug, exact });
        let mut messages = with_any(index, roles).ok()?;
        let (at_places, of_models) = (with_any(index, places).ok()?, with_any(index, models).ok()?);
        // What is folded counts only where its role or its place is named.
        if messages.is_none() && at_places.is_none() {
            messages = Some(shown.clone());
        }
        let mut all = [messages, at_places, of_models].into_iter().flatten();
        let mut messages = all.next().unwrap_or_default();
        all.for_each(|slots| messages.intersect_with(&slots));
        for &feature in &filter.features {
            messages.intersect_with(index.traits().with_feature(feature)?);
        }
        Some(Self { messages, is_filtered: !filter.is_empty(), forbidden })
    }

    /// Returns the conversations that its filters let in.
    pub fn admitted(&self, index: &Index) -> FixedBitSet {
        let mut admitted = if self.is_filtered {
            index.conversations_with(&self.messages)
        } else {
            let mut all = FixedBitSet::with_capacity(index.handles() as usize);
            all.insert_range(..);
            all
        };
        if let Some(forbidden) = &self.forbidden {
            admitted.difference_with(&index.conversations_with(forbidden));
        }
        admitted
    }
}

/// The index does not tell.
struct NotTold;

/// Returns the slots of which any predicate holds. `None`: there is no predicate.
fn with_any(
    index: &Index,
    predicates: impl Iterator<Item = Predicate>,
) -> Result<Option<FixedBitSet>, NotTold> {
    let mut any: Option<FixedBitSet> = None;
    for predicate in predicates {
        let slots = with_trait(index, &predicate).ok_or(NotTold)?;
        match &mut any {
            Some(any) => any.union_with(&slots),
            None => any = Some(slots),
        }
    }
    Ok(any)
}

/// Returns the slots of which a predicate holds. `None`: the index does not tell.
fn with_trait(index: &Index, predicate: &Predicate) -> Option<FixedBitSet> {
    let traits = index.traits();
    match predicate {
        Predicate::Role(role) => traits.of_role(*role).cloned(),
        Predicate::In(place) => traits.at_place(*place).cloned(),
        Predicate::Has(feature) => traits.with_feature(*feature).cloned(),
        Predicate::Model { slug, exact } => {
            let slug = slug.to_lowercase();
            traits.of_model(|model| is_model(model, &slug, *exact))
        }
        _ => None,
    }
}

//! What filters ask of messages (`role:`, `model:`, `has:`, `in:`), kept slot by slot, so that no text is read for them.

use std::collections::HashMap;

use fixedbitset::FixedBitSet;

use crate::{
    conversation::{Conversation, Role, Visibility},
    message::branches,
    search::query::{MessageFeature, SearchPlace, filters::MessageFacts},
};

/// Models that are told apart; of a message of any other its conversation must be asked.
const MAX_MODELS: usize = 1 << 12;
/// The number of no model, and of one past [`MAX_MODELS`].
const NO_MODEL: u16 = 0;
const UNTOLD_MODEL: u16 = u16::MAX;

const ROLES: [Role; 4] = [Role::User, Role::Assistant, Role::Tool, Role::System];
/// All but secrets: to look for those takes longer than all the rest of an index.
const FEATURES: [MessageFeature; 6] = [
    MessageFeature::Code,
    MessageFeature::Image,
    MessageFeature::File,
    MessageFeature::Link,
    MessageFeature::Branch,
    MessageFeature::Text,
];
const PLACES: [SearchPlace; 3] = [SearchPlace::Files, SearchPlace::Reasoning, SearchPlace::Tools];
/// The number of the trait to lie on the branch that is shown first.
const ON_CURRENT_BRANCH: usize = ROLES.len() + FEATURES.len() + PLACES.len();
const TRAITS: usize = ON_CURRENT_BRANCH + 1;

/// Returns whether the slots with a feature are kept.
pub(in crate::search) fn is_kept(feature: MessageFeature) -> bool {
    FEATURES.contains(&feature)
}

/// The traits of one message as bits: a role, features, places. A title and what is hidden have none.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::search) struct MessageTraits(u16);

impl MessageTraits {
    /// Finds the traits of a message.
    fn of(facts: &MessageFacts<'_>, message: usize, role: Role, is_on_current_branch: bool) -> Self {
        let mut bits = u16::from(is_on_current_branch) << ON_CURRENT_BRANCH;
        for (number, other) in ROLES.into_iter().enumerate() {
            bits |= u16::from(other == role) << number;
        }
        for (number, feature) in (ROLES.len()..).zip(FEATURES) {
            bits |= u16::from(facts.has(message, feature)) << number;
        }
        for (number, place) in (ROLES.len() + FEATURES.len()..).zip(PLACES) {
            bits |= u16::from(facts.is_at(message, place)) << number;
        }
        Self(bits)
    }

    /// Returns the numbers of its traits.
    fn numbers(self) -> impl Iterator<Item = usize> {
        (0..TRAITS).filter(move |number| self.0 >> number & 1 == 1)
    }
}

/// Names of models, numbered from 1.
#[derive(Debug, Default)]
pub(in crate::search) struct ModelNames {
    names: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u16>,
}

impl ModelNames {
    /// Returns the number of a model.
    pub fn number(&mut self, name: Option<&str>) -> u16 {
        let Some(name) = name else { return NO_MODEL };
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        if self.names.len() >= MAX_MODELS {
            return UNTOLD_MODEL;
        }
        self.names.push(name.into());
        let number = self.names.len() as u16;
        self.numbers.insert(name.into(), number);
        number
    }
}

/// The traits and models of a run of slots.
#[derive(Debug, Default)]
pub(in crate::search) struct SlotTraits {
    slots: Vec<(MessageTraits, u16)>,
    models: ModelNames,
}

impl SlotTraits {
    /// Adds the slots of a conversation: its title, then its messages.
    pub fn push_conversation(&mut self, conversation: &Conversation) {
        self.slots.push((MessageTraits::default(), NO_MODEL));
        let facts = MessageFacts::new(conversation);
        let on_current_branch = branches::visible(conversation);
        for (number, message) in conversation.messages().iter().enumerate() {
            self.slots.push(if message.visibility == Visibility::Hidden {
                (MessageTraits::default(), NO_MODEL)
            } else {
                let model = self.models.number(facts.model(number));
                (MessageTraits::of(&facts, number, message.role, on_current_branch[number]), model)
            });
        }
    }
}

/// For each trait the slots that have it, and for each slot its model.
#[derive(Debug, Default)]
pub(in crate::search) struct TraitSets {
    slots_by_trait: Vec<FixedBitSet>,
    model_by_slot: Vec<u16>,
    models: ModelNames,
    has_untold_models: bool,
}

impl TraitSets {
    /// Adds the next slots.
    pub fn extend(&mut self, added: &SlotTraits) {
        let first = self.model_by_slot.len();
        self.slots_by_trait.resize_with(TRAITS, FixedBitSet::new);
        for slots in &mut self.slots_by_trait {
            slots.grow(first + added.slots.len());
        }
        let models: Vec<u16> = added.models.names.iter().map(|name| self.models.number(Some(name))).collect();
        for (slot, &(traits, model)) in (first..).zip(&added.slots) {
            traits.numbers().for_each(|number| self.slots_by_trait[number].insert(slot));
            let model = match model {
                NO_MODEL => NO_MODEL,
                model => models.get(usize::from(model) - 1).copied().unwrap_or(UNTOLD_MODEL),
            };
            self.has_untold_models |= model == UNTOLD_MODEL;
            self.model_by_slot.push(model);
        }
    }

    /// Returns whether a slot is a message on the branch that is shown first.
    pub fn is_on_current_branch(&self, slot: usize) -> bool {
        self.slots_by_trait.get(ON_CURRENT_BRANCH).is_some_and(|slots| slots.contains(slot))
    }

    /// Returns the slots of messages of a role.
    pub fn of_role(&self, role: Role) -> Option<&FixedBitSet> {
        let number = ROLES.iter().position(|other| *other == role)?;
        self.slots_by_trait.get(number)
    }

    /// Returns the slots of messages that have a feature. `None`: it is not kept.
    pub fn with_feature(&self, feature: MessageFeature) -> Option<&FixedBitSet> {
        let number = FEATURES.iter().position(|other| *other == feature)?;
        self.slots_by_trait.get(ROLES.len() + number)
    }

    /// Returns the slots of messages at a place.
    pub fn at_place(&self, place: SearchPlace) -> Option<&FixedBitSet> {
        let number = PLACES.iter().position(|other| *other == place)?;
        self.slots_by_trait.get(ROLES.len() + FEATURES.len() + number)
    }

    /// Returns the slots of messages of a model. `None`: there are too many models to tell.
    pub fn of_model(&self, is_meant: impl Fn(&str) -> bool) -> Option<FixedBitSet> {
        if self.has_untold_models {
            return None;
        }
        let mut is_of_model = vec![false];
        is_of_model.extend(self.models.names.iter().map(|name| is_meant(name)));
        let mut slots = FixedBitSet::with_capacity(self.model_by_slot.len());
        for (slot, &model) in self.model_by_slot.iter().enumerate() {
            slots.set(slot, is_of_model[usize::from(model)]);
        }
        Some(slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_the_bound_of_models_none_is_taken_for_another() {
        let mut names = ModelNames::default();
        assert_eq!(names.number(None), NO_MODEL);
        let numbers: Vec<u16> =
            (0..=MAX_MODELS).map(|model| names.number(Some(&model.to_string()))).collect();
        assert_eq!((numbers[0], numbers[MAX_MODELS - 1]), (1, MAX_MODELS as u16));
        assert_eq!(numbers[MAX_MODELS], UNTOLD_MODEL);
        let mut sets = TraitSets::default();
        sets.extend(&SlotTraits { slots: vec![(MessageTraits::default(), UNTOLD_MODEL)], models: names });
        assert!(sets.of_model(|_| true).is_none());
    }
}

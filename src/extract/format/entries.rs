//! The entries of an extract: its messages, in order, and the places where branches part.

use crate::{
    conversation::Conversation,
    extract::ExtractOptions,
    message::branches::{self, Branches, SiblingNumber},
};

/// One message of an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::extract) struct ExtractEntry {
    /// Its index in the conversation.
    pub message: usize,
    /// Its number in an extract of all branches, from 1; `None` in an extract of one.
    pub number: Option<usize>,
    /// Set where several entries follow the same one.
    pub branch_label: Option<BranchLabel>,
}

/// One of several entries that follow the same one: an edited prompt, a regenerated answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::extract) struct BranchLabel {
    /// Its number among them, from 1, by creation.
    pub number: usize,
    /// The number of them.
    pub count: usize,
    /// The number of the entry they all follow; `None`: they begin the conversation.
    pub after: Option<usize>,
    /// The branch the provider's screen last showed goes through it.
    pub visible: bool,
}

/// Returns the entries of an extract. Between two of them may stand messages that are not taken: a fork is told
/// between entries that are.
pub(in crate::extract) fn entries(
    conversation: &Conversation,
    options: &ExtractOptions,
) -> Vec<ExtractEntry> {
    let messages = conversation.messages();
    let taken = |index: usize| options.takes(&messages[index]);
    if !options.all_branches {
        let path = match options.leaf.filter(|&leaf| leaf < messages.len()) {
            Some(leaf) => conversation.path_to(leaf),
            None => conversation.current_path(),
        };
        return path
            .into_iter()
            .filter(|&index| taken(index))
            .map(|message| ExtractEntry { message, number: None, branch_label: None })
            .collect();
    }
    let branches = Branches::of(conversation, |message| options.takes(message));
    let visible = branches::visible(conversation);
    let mut numbers = vec![0_usize; messages.len()];
    let mut entries = Vec::new();
    for message in (0..messages.len()).filter(|&index| taken(index)) {
        numbers[message] = entries.len() + 1;
        let label = branches.sibling_number(message).map(|SiblingNumber { number, count }| {
            let after = branches.before(message).map(|before| numbers[before]);
            BranchLabel { number, count, after, visible: visible[message] }
        });
        entries.push(ExtractEntry { message, number: Some(numbers[message]), branch_label: label });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{
        Format, Include,
        test_support::{forked, options},
    };

    type Expected = (usize, Option<(usize, usize, Option<usize>, bool)>);

    fn told(entries: &[ExtractEntry]) -> Vec<Expected> {
        let label = |label: BranchLabel| (label.number, label.count, label.after, label.visible);
        entries.iter().map(|entry| (entry.message, entry.branch_label.map(label))).collect()
    }

    #[test]
    fn the_visible_branch_is_the_default_and_a_leaf_chooses_another() {
        let conversation = forked();
        assert_eq!(told(&entries(&conversation, &options(Format::Markdown))), [(0, None), (4, None)]);
        let other = ExtractOptions { leaf: Some(3), ..options(Format::Markdown) };
        assert_eq!(told(&entries(&conversation, &other)), [(0, None), (2, None), (3, None)]);
        let wild = ExtractOptions { leaf: Some(99), ..options(Format::Markdown) };
        assert_eq!(entries(&conversation, &wild).len(), 2);
    }

    #[test]
    fn all_branches_are_labelled_where_they_part_though_folded_messages_stand_between() {
        let conversation = forked();
        let all = ExtractOptions { all_branches: true, ..options(Format::Markdown) };
        let expected =
            [(0, None), (2, Some((1, 2, Some(1), false))), (3, None), (4, Some((2, 2, Some(1), true)))];
        assert_eq!(told(&entries(&conversation, &all)), expected);
        let include = Include { reasoning: true, ..Include::default() };
        let expected = [
            (0, None),
            (1, Some((1, 2, Some(1), false))),
            (2, None),
            (3, None),
            (4, Some((2, 2, Some(1), true))),
        ];
        assert_eq!(told(&entries(&conversation, &ExtractOptions { include, ..all })), expected);
    }
}

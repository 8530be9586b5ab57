//! The origin of a conversation: its provider, and the location of its object.

use std::{hash::BuildHasher, num::NonZeroU64, sync::LazyLock};

use hashbrown::DefaultHashBuilder;

/// Declares the providers together with the list of them, so that none can be missing there.
macro_rules! providers {
    ($($(#[$doc:meta])* $variant:ident,)*) => {
        /// The provider whose export a conversation came from. The facts that differ by provider are in
        /// [`crate::provider`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Provider {
            $($(#[$doc])* $variant,)*
        }

        impl Provider {
            /// Every provider, in the order in which people read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }
    };
}

providers! {
    /// OpenAI's ChatGPT.
    ChatGpt,
    /// Anthropic's Claude.
    Claude,
}

/// The sort of thing that is read as a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConversationKind {
    /// Somebody and a model took turns.
    #[default]
    Chat,
    /// A project: its instructions and documents.
    Project,
    /// The texts that a provider remembers of its owner.
    Memory,
    /// A chat about something that is drawn: it has no page at the address of others.
    Design,
    /// A page that was published or may be: its versions.
    Frame,
    /// A document beside the chats, which none of them names.
    Canvas,
}

impl ConversationKind {
    /// The beginning of a project's title, before its name.
    pub const PROJECT_TITLE: &str = "Project: ";
}

/// Returns a number that tells the bytes of an object from any others, to know them again in this run of the program: its
/// key is another in each. Never 0.
pub fn digest(object: &[u8]) -> NonZeroU64 {
    static KEY: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);
    NonZeroU64::new(KEY.hash_one(object)).unwrap_or(NonZeroU64::MIN)
}

/// The place of an original object, so that it can be read again, byte for byte. The default is no place in
/// particular: the beginning, without a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectLocation {
    /// Index of the archive, in the order they were opened.
    pub archive: u16,
    /// Index of the conversations member within that archive.
    pub member: u32,
    /// Byte offset of the object's `{` in the inflated member.
    pub offset: u64,
    /// Length of the object in bytes, both braces included.
    pub length: u32,
}

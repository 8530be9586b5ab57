//! Makes the addresses of conversations on the web. What they begin with stands in each provider's file: `chatgpt.rs`, `claude.rs`.

use std::fmt::Write as _;

use super::Provider;

impl Provider {
    /// Gives the address of the conversation with this id, for its owner; `None` where the provider has none.
    ///
    /// The id is percent-encoded, so whatever it holds stays behind the last `/`.
    pub fn conversation_address(self, id: &str) -> Option<String> {
        Some(page_of(self.facts().conversation_address_prefix?, id))
    }

    /// Gives the address of the project with this id, as [`Provider::conversation_address`] does.
    pub fn project_address(self, id: &str) -> Option<String> {
        Some(page_of(self.facts().project_address_prefix?, id))
    }

    /// Gives the public address of a shared conversation by the id of its link; `None` where the provider has none,
    /// or where the id does not look like one.
    pub fn shared_address(self, id: &str) -> Option<String> {
        let page = self.facts().shared_address_prefix?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (!id.is_empty() && id.bytes().all(plain)).then(|| format!("{page}{id}"))
    }
}

/// Puts an id after the address that pages of its kind begin with.
fn page_of(page: &str, id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if id.bytes().all(is_plain) {
        return [page, id].concat();
    }
    let mut address = String::from(page);
    for byte in id.bytes() {
        if is_plain(byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_id_holds_stays_in_its_place() {
        let address = |id| Provider::Claude.conversation_address(id).expect("it has pages");
        assert_eq!(address("67c5-a"), "https://claude.ai/chat/67c5-a");
        assert_eq!(address("a/../b?\n"), "https://claude.ai/chat/a%2F..%2Fb%3F%0A");
        let project = Provider::Claude.project_address("p/1");
        assert_eq!(project.as_deref(), Some("https://claude.ai/project/p%2F1"));
    }

    #[test]
    fn only_what_looks_like_a_link_is_given_an_address() {
        let address = |id| Provider::ChatGpt.shared_address(id);
        assert_eq!(address("67-a").as_deref(), Some("https://chatgpt.com/share/67-a"));
        assert_eq!((address("../x"), address("")), (None, None));
    }

    #[test]
    fn a_page_is_a_safe_address_to_which_an_id_is_added() {
        for facts in Provider::ALL.iter().map(|provider| provider.facts()) {
            for page in
                [facts.conversation_address_prefix, facts.project_address_prefix, facts.shared_address_prefix]
                    .into_iter()
                    .flatten()
            {
                assert!(page.starts_with("https://") && page.ends_with('/'), "{page}");
            }
        }
    }
}

//! A value as a report may show it: enough for its owner to know it again, too little for anybody else.

use super::{RuleId, Scanner, SecretClass};

impl Scanner {
    /// Returns the masked form of a value of that kind: `ghp_…JR`, `r…@e….org`, `h…`.
    ///
    /// Of what a machine made the first four characters and the last two are shown, if that is a third of it
    /// at most; of what a person made up the first alone; of a private key its header.
    pub fn mask(&self, kind: RuleId, value: &str) -> String {
        let rule = self.rule(kind);
        if let Some(header) = value.strip_prefix("-----").and_then(|rest| rest.split_once("-----")) {
            return format!("-----{}-----…", header.0);
        }
        match (rule.class(), rule.may_be_human_chosen()) {
            (SecretClass::Personal, _) if value.contains('@') => mail(value),
            (SecretClass::Personal, _) => ends(value, 2, 2),
            (SecretClass::Credential, false) => ends(value, 4, 2),
            (SecretClass::Credential, true) => ends(value, 1, 0),
        }
    }
}

/// Returns the first and last characters, as long as they are a third at most; else one, of what is longer
/// than five.
fn ends(value: &str, first: usize, last: usize) -> String {
    let count = value.chars().count();
    let (first, last) = if count >= (first + last) * 3 { (first, last) } else { (usize::from(count > 5), 0) };
    let mut masked: String = value.chars().take(first).collect();
    masked.push('…');
    masked.extend(value.chars().skip(count - last));
    masked
}

/// Masks an e-mail address: `r…@e….org`.
fn mail(value: &str) -> String {
    let (local, domain) = value.rsplit_once('@').unwrap_or((value, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    let top = domain.rsplit_once('.').map_or("", |(_, top)| top);
    format!("{}…@{}….{top}", first(local), first(domain))
}

#[cfg(test)]
mod tests {
    use super::super::Scanner;

    fn masked(text: &str) -> Vec<String> {
        let scanner = Scanner::built_in();
        scanner
            .scan(text)
            .iter()
            .map(|finding| scanner.mask(finding.kind, &text[finding.range.clone()]))
            .collect()
    }

    #[test]
    fn a_mask_gives_a_value_to_its_owner_alone() {
        let token = ["gh", "p_FAKEdemoFAKEdemoFAKEdemoFAKE003UajJR"].concat();
        assert_eq!(masked(&token), ["ghp_…JR"]);
        assert_eq!(masked("password = hunter2-but-longer-2024"), ["h…"]);
        assert_eq!(masked("robin.example@example.org"), ["r…@e….org"]);
        assert_eq!(masked("4111 1111 1111 1111"), ["41…11"]);
    }

    #[test]
    fn of_a_private_key_the_header_is_shown() {
        let key = format!(
            "-----BEGIN {} KEY-----\n{}\n-----END {} KEY-----",
            "RSA PRIVATE", "ZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFr", "RSA PRIVATE"
        );
        assert_eq!(masked(&key), ["-----BEGIN RSA PRIVATE KEY-----…"]);
    }
}

//! The path and query of a call, put together so that no value can change their structure.

use std::fmt::Write as _;

use http::uri::PathAndQuery;

/// Builds the path and query of a [`Call`](crate::Call): values are percent-encoded (RFC 3986, section 2.1), so that a
/// slash, a question mark or a quote in an account number stays a part of the account number.
///
/// Start with [`System::target`](crate::System::target). A target that never changes is built once and cloned.
#[derive(Debug)]
pub struct Target {
    text: String,
    has_query: bool,
}

impl Target {
    pub(crate) fn new(prefix: &str, path: &'static str) -> Self {
        debug_assert!(path.starts_with('/'), "a path begins with a slash");
        let mut text = String::with_capacity(prefix.len() + path.len() + 64);
        text.push_str(prefix);
        text.push_str(path);
        Self { text, has_query: false }
    }

    /// Adds `/` and the encoded value.
    ///
    /// The values `.` and `..` are encoded too: a URL parser on the way would take them for steps in the tree.
    #[must_use]
    pub fn segment(mut self, value: &str) -> Self {
        debug_assert!(!self.has_query, "segments come before the query");
        self.text.push('/');
        match value {
            "." => self.text.push_str("%2E"),
            ".." => self.text.push_str("%2E%2E"),
            _ => encode(value, &mut self.text),
        }
        self
    }

    /// Adds `name=value` to the query, both encoded.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        encode(name, &mut self.text);
        self.text.push('=');
        encode(value, &mut self.text);
        self
    }

    /// The finished target.
    pub fn build(self) -> PathAndQuery {
        PathAndQuery::from_maybe_shared(bytes::Bytes::from(self.text))
            .expect("a path written here and percent-encoded values are a valid target")
    }
}

fn encode(value: &str, into: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            into.push(char::from(byte));
        } else {
            write!(into, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_change_the_structure() {
        let target =
            Target::new("/base", "/v1").segment("a/b?c#d").segment("..").query("relatedParty.id", "x&y=z é").query("n", "1").build();
        assert_eq!(target.as_str(), "/base/v1/a%2Fb%3Fc%23d/%2E%2E?relatedParty.id=x%26y%3Dz%20%C3%A9&n=1");
    }
}

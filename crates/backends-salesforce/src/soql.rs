//! Values in queries: a text literal cannot end before its text does.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A text as a SOQL literal, quotes included: quote and backslash are escaped, so that whatever a caller sends stays a value
/// (SOQL and SOSL Reference, "Quoted String Escape Sequences").
///
/// ```
/// use backends_salesforce::Literal;
///
/// assert_eq!(Literal("O'Hara").to_string(), r"'O\'Hara'");
/// assert_eq!(Literal(r"\").to_string(), r"'\\'");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Literal<'a>(pub &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("'")?;
        let mut rest = self.0;
        while let Some(at) = rest.find(['\'', '\\', '\n', '\r', '\t']) {
            let (before, special) = rest.split_at(at);
            f.write_str(before)?;
            f.write_str(match special.as_bytes()[0] {
                b'\'' => r"\'",
                b'\\' => r"\\",
                b'\n' => r"\n",
                b'\r' => r"\r",
                _ => r"\t",
            })?;
            rest = &special[1..];
        }
        f.write_str(rest)?;
        f.write_str("'")
    }
}

/// What stays as it is in a query's value: what is unreserved (RFC 3986, section 2.3), and the commas and brackets, of which a
/// query is full and which mean nothing there (section 3.4).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',').remove(b'(').remove(b')');

/// Percent-encodes a text for a URL's path or query. The outcome needs no escaping in JSON either.
pub(crate) fn url_encoded(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, ENCODED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Literal;

    /// Reads a literal as the SOQL reference describes it; the text, and what follows the closing quote.
    fn read_literal(soql: &str) -> (String, &str) {
        let inner = soql.strip_prefix('\'').unwrap();
        let mut text = String::new();
        let mut chars = inner.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' => return (text, &inner[at + 1..]),
                '\\' => text.push(match chars.next().unwrap().1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    quoted @ ('\'' | '\\') => quoted,
                    other => panic!("\\{other} is no escape sequence"),
                }),
                c => text.push(c),
            }
        }
        panic!("the literal does not end")
    }

    proptest! {
        #[test]
        fn a_literal_is_its_text_and_ends_where_it_should(text in any::<String>()) {
            let soql = format!("{} AND Id = ''", Literal(&text));
            prop_assert_eq!(read_literal(&soql), (text, " AND Id = ''"));
        }

        #[test]
        fn quotes_and_backslashes_are_harmless(text in r"[\\'ab\n]{0,12}") {
            let soql = format!("{} OR", Literal(&text));
            prop_assert_eq!(read_literal(&soql), (text, " OR"));
        }
    }
}

//! [`WriteJson`]: an answer written straight to bytes.

/// Writes JSON without going through serde: byte for byte what `serde_json::to_vec` writes, at less than half of its
/// instructions, which counts where every answer of a server is an account.
///
/// ```
/// use tmf666_model::{BillingAccount, WriteJson};
///
/// let account = BillingAccount { name: Some("Büro \"Süd\"".into()), ..BillingAccount::default() };
/// assert_eq!(account.to_json(), r#"{"name":"Büro \"Süd\""}"#.as_bytes());
/// assert_eq!(vec![account].to_json().len(), 27);
/// ```
pub trait WriteJson {
    /// Appends the JSON to `out`.
    fn write_json(&self, out: &mut Vec<u8>);

    /// The JSON, UTF-8.
    fn to_json(&self) -> Vec<u8> {
        // Most answers fit, so that they are not copied while they grow.
        let mut out = Vec::with_capacity(8 * 1024);
        self.write_json(&mut out);
        out
    }
}

impl<T: WriteJson> WriteJson for [T] {
    fn write_json(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (position, item) in self.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            item.write_json(out);
        }
        out.push(b']');
    }
}

impl<T: WriteJson> WriteJson for Vec<T> {
    fn write_json(&self, out: &mut Vec<u8>) {
        self.as_slice().write_json(out);
    }
}

/// Ends an object whose members were each written with a comma behind.
pub(crate) fn end_object(out: &mut Vec<u8>, start: usize) {
    if out.len() > start {
        out.pop();
    }
    out.push(b'}');
}

/// Writes a JSON string.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    if needs_escape(text.as_bytes()) {
        return write_escaped(text, out);
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Writes the rest of a member whose name and first quote are there: the text, a quote and a comma.
// An account has dozens of members, each written once: this code in the place of each would be fetched anew for each.
#[inline(never)]
pub(crate) fn finish_text_member(text: &str, out: &mut Vec<u8>) {
    if needs_escape(text.as_bytes()) {
        return finish_escaped_member(text, out);
    }
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\",");
}

#[cold]
fn finish_escaped_member(text: &str, out: &mut Vec<u8>) {
    out.pop();
    write_escaped(text, out);
    out.push(b',');
}

/// Rare, and serde_json knows how.
#[cold]
fn write_escaped(text: &str, out: &mut Vec<u8>) {
    // Writing into a `Vec` cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Whether there is a control character, a quote or a backslash; asked of eight bytes at a time, some of them perhaps twice.
#[inline]
fn needs_escape(text: &[u8]) -> bool {
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        // Most texts end within the second eight.
        let between = text.len() > 16 && text.as_chunks::<8>().0.iter().any(|chunk| is_special(*chunk));
        return is_special(*first) | is_special(*last) | between;
    }
    let bytes = match (text.first_chunk::<4>(), text.last_chunk::<4>(), text) {
        (Some(first), Some(last), _) => u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)),
        (_, _, [first, .., last]) => u64::from_le_bytes([*first, text[text.len() / 2], *last, b' ', b' ', b' ', b' ', b' ']),
        (_, _, [only]) => u64::from_le_bytes([*only, b' ', b' ', b' ', b' ', b' ', b' ', b' ']),
        _ => return false,
    };
    special_bytes(bytes) != 0
}

fn is_special(bytes: [u8; 8]) -> bool {
    special_bytes(u64::from_le_bytes(bytes)) != 0
}

/// Which of eight bytes, the first one lowest, JSON text has to escape: a control character, a quote or a backslash
/// (RFC 8259, section 7). Sets the high bit of the first such byte and of none before it; what it says of later ones is not certain.
#[inline]
#[must_use]
pub fn special_bytes(bytes: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH_BITS: u64 = 0x80 * ONES;
    let below = |bytes: u64, limit: u64| bytes.wrapping_sub(ONES * limit) & !bytes;
    // With one bit turned over, the quote is next to the control characters.
    let control_or_quote = below(bytes ^ (ONES * 2), 0x21);
    let backslash = below(bytes ^ (ONES * u64::from(b'\\')), 1);
    (control_or_quote | backslash) & HIGH_BITS
}

//! How long a message of HTTP/1.1 is.

use memchr::memmem::find;

const LENGTH: &[u8] = b"content-length:";

/// Where the body begins, once the whole head is there, and how long it is, if the head says so.
pub(crate) fn body(bytes: &[u8]) -> Option<(usize, Option<usize>)> {
    let begin = find(bytes, b"\r\n\r\n")? + 4;
    let mut lines = bytes[..begin].split(|byte| *byte == b'\n');
    let length = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(LENGTH.len())?;
        name.eq_ignore_ascii_case(LENGTH).then_some(value)
    });
    Some((begin, length.and_then(|digits| std::str::from_utf8(digits).ok()?.trim().parse().ok())))
}

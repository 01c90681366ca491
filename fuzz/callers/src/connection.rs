use std::io::{ErrorKind, Read as _, Write as _};

use crate::answer::answer;
use crate::channels;

/// What an HTTP/2 connection begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Fewest bytes of a request: `GET / HTTP/1.0` and two line ends.
const SHORTEST_REQUEST: usize = 16;

/// Bytes on a connection, as they come, and then the end: what comes back is answers, not more than there can be requests, and the
/// channel answers the next caller.
pub fn connection(data: &[u8]) {
    let Some((channel, bytes)) = data.split_first() else { return };
    let received = converse(*channel, bytes);
    if !bytes.starts_with(&PREFACE[..14]) {
        let mut rest = &received[..];
        let mut answers = 0;
        // An answer that broke off is no answer: whoever has stopped sending is gone.
        while let Some(answer) = answer(rest, false) {
            rest = &rest[answer.length..];
            answers += 1;
            if rest.is_empty() || answer.closes {
                break;
            }
        }
        assert!(answers <= bytes.len() / SHORTEST_REQUEST + 1, "{answers} answers to {} bytes", bytes.len());
    }
    let probe = b"GET / HTTP/1.1\r\nhost: test\r\n\r\n";
    let next = answer(&converse_to_the_answer(*channel, probe), false).expect("an answer for the next caller");
    assert_eq!(next.status, 401);
}

fn converse(channel: u8, bytes: &[u8]) -> Vec<u8> {
    let mut stream = channels::connect(channel);
    // Refused or closed before it was all sent is an outcome too.
    let _ = stream.write_all(bytes);
    channels::end_of_sending(&stream);
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    received
}

fn converse_to_the_answer(channel: u8, bytes: &[u8]) -> Vec<u8> {
    let mut stream = channels::connect(channel);
    stream.write_all(bytes).expect("the channel reads");
    let mut received = Vec::new();
    let mut piece = [0; 4_096];
    while answer(&received, false).is_none() {
        let length = match stream.read(&mut piece) {
            // The fuzzer looks at its clock by a signal.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.expect("the channel answers"),
        };
        assert!(length > 0, "closed after {}", received.escape_ascii());
        received.extend_from_slice(&piece[..length]);
    }
    received
}

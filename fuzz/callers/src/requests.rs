use std::cell::RefCell;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use crate::answer::{Answer, answer};
use crate::channels;

/// Headers that say where a request ends; the target `connection` is for those.
const FRAMING: &[&str] = &["connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade"];

/// One request, well framed, with the demo client's credentials: a digit for the channel, method and target, then lines of headers, an
/// empty line, and the body. There is exactly one answer to it.
pub fn requests(data: &[u8]) {
    let Some((channel, text)) = data.split_first() else { return };
    let (head, body) = match text.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (&text[..at], &text[at + 2..]),
        None => (text, &b""[..]),
    };
    let mut lines = head.split(|&byte| byte == b'\n');
    let request_line = lines.next().unwrap_or_default();
    let mut request = [&without_return(request_line), &b" HTTP/1.1\r\nhost: test\r\n"[..]].concat();
    // A line of returns alone would end the head here.
    for line in lines.map(without_return).filter(|line| !line.is_empty()) {
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default().to_ascii_lowercase();
        if !FRAMING.iter().any(|framing| framing.as_bytes() == name) {
            request.extend_from_slice(&line);
            request.extend_from_slice(b"\r\n");
        }
    }
    let credentials = format!("client_id: demo\r\nclient_secret: demo-secret\r\ncontent-length: {}\r\n\r\n", body.len());
    request.extend_from_slice(credentials.as_bytes());
    request.extend_from_slice(body);
    ask(*channel, &request, request_line.starts_with(b"HEAD "));
}

fn without_return(line: &[u8]) -> Vec<u8> {
    line.iter().copied().filter(|&byte| byte != b'\r').collect()
}

thread_local! {
    static OPEN: RefCell<[Option<TcpStream>; 4]> = const { RefCell::new([const { None }; 4]) };
}

fn ask(channel: u8, request: &[u8], is_head: bool) {
    let place = usize::from(channel % 4);
    let reused = OPEN.with_borrow_mut(|open| open[place].take());
    let mut stream = reused.unwrap_or_else(|| channels::connect(channel));
    let answer = exchange(&mut stream, request, is_head);
    if !answer.closes {
        OPEN.with_borrow_mut(|open| open[place] = Some(stream));
    } else {
        let mut more = Vec::new();
        let _ = stream.read_to_end(&mut more);
        assert!(more.is_empty() || is_head, "a second answer: {}", more.escape_ascii());
    }
}

fn exchange(stream: &mut TcpStream, request: &[u8], is_head: bool) -> Answer {
    // A request that is refused may not be read to its end.
    let _ = stream.write_all(request);
    let mut received = Vec::new();
    let mut piece = [0; 16_384];
    loop {
        match stream.read(&mut piece) {
            Ok(length) if length > 0 => received.extend_from_slice(&piece[..length]),
            // The fuzzer looks at its clock by a signal.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            end => panic!("{end:?} instead of an answer after {}", received.escape_ascii()),
        }
        if let Some(answer) = answer(&received, is_head) {
            // What never became a request is refused with a body, whatever it asked for.
            assert!(received.len() == answer.length || (is_head && answer.closes), "more than an answer");
            return answer;
        }
    }
}

//! HTTP/2, frame by frame (RFC 9113).

use contract_tests::{Connection, Server};

use super::{assert_unharmed, impatient};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;

const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
const FRAME_SIZE_ERROR: u32 = 6;
const COMPRESSION_ERROR: u32 = 9;
const ENHANCE_YOUR_CALM: u32 = 11;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("less than 2^24").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A field whose name and value are spelt out (RFC 7541, section 6.2.2).
fn field(name: &str, value: &str) -> Vec<u8> {
    [vec![0], text(name), text(value)].concat()
}

/// Text without Huffman coding, its length as an integer of seven bits and more.
fn text(text: &str) -> Vec<u8> {
    let mut coded = Vec::new();
    if text.len() < 127 {
        coded.push(text.len() as u8);
    } else {
        coded.push(127);
        let mut rest = text.len() - 127;
        while rest >= 128 {
            coded.push((rest % 128) as u8 | 128);
            rest /= 128;
        }
        coded.push(rest as u8);
    }
    coded.extend_from_slice(text.as_bytes());
    coded
}

/// A request of bot-ux that needs no billing system; it is answered with 501.
fn request(more: &[u8]) -> Vec<u8> {
    let fields = [
        vec![0x82, 0x86],
        [vec![0x04], text("/bot-ux/v1/TT/balanceEnquiry")].concat(),
        [vec![0x41], text("test")].concat(),
        field("client_id", "demo"),
        field("client_secret", "demo-secret"),
        field("lob", "FIXED"),
        field("refid", "ACCOUNT_NO"),
        field("refvalue", "1"),
    ];
    [fields.concat(), more.to_vec()].concat()
}

fn opened() -> Vec<u8> {
    [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()
}

/// The streams that a caller opens, and a frame or more for each.
fn for_streams(count: u32, frames: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
    (0..count).flat_map(|number| frames(2 * number + 1)).collect()
}

/// How a connection went.
#[derive(Debug, Default, PartialEq, Eq)]
struct Course {
    /// First bytes of the field blocks of answers: `:status` stands in front.
    answers: usize,
    /// Error codes of streams that were reset.
    resets: Vec<u32>,
    /// Error code of the last `GOAWAY`.
    goaway: Option<u32>,
}

/// Sends bytes, reads until the server closes the connection, and takes what came apart.
fn converse(server: &Server, bytes: &[u8]) -> Course {
    let mut connection = Connection::open(server);
    connection.send(bytes);
    course(&connection.rest())
}

fn course(mut received: &[u8]) -> Course {
    let mut course = Course::default();
    // A frame that is cut off is not one.
    while let Some((head, rest)) = received.split_at_checked(9) {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let Some((payload, rest)) = rest.split_at_checked(length) else { break };
        let code = |at: usize| u32::from_be_bytes(payload[at..at + 4].try_into().expect("four bytes"));
        match head[3] {
            HEADERS => course.answers += 1,
            RST_STREAM => course.resets.push(code(0)),
            GOAWAY => course.goaway = Some(code(4)),
            _ => {}
        }
        received = rest;
    }
    course
}

#[track_caller]
fn assert_ended(server: &Server, frames: &[u8], goaway: u32) {
    let course = converse(server, &[opened(), frames.to_vec()].concat());
    // The library calls several mistakes that have a code of their own a PROTOCOL_ERROR.
    assert!(course.goaway.is_some_and(|code| code == goaway || code == PROTOCOL_ERROR), "{course:?} instead of {goaway}");
    assert_unharmed(server);
}

/// CVE-2023-44487, CVE-2024-27316 and their relations: the connection ends and says why.
#[test]
fn floods_end_the_connection() {
    let server = impatient();
    let calm = |frames: &[u8]| assert_ended(&server, frames, ENHANCE_YOUR_CALM);
    let whole = |stream| frame(HEADERS, END_HEADERS | END_STREAM, stream, &request(&[]));
    // Rapid reset.
    calm(&for_streams(10_000, |stream| [whole(stream), frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])].concat()));
    // Continuations without an end, large and empty ones.
    let begun = frame(HEADERS, END_STREAM, 1, &request(&[]));
    calm(&[begun.clone(), frame(CONTINUATION, 0, 1, &field("a", &"b".repeat(10_000))).repeat(2_000)].concat());
    calm(&[begun, frame(CONTINUATION, 0, 1, &[]).repeat(100_000)].concat());
    // A field of four kilobytes in the table, and eight thousand references to it: 32 megabytes in twelve kilobytes.
    let bomb = [vec![0x40], text("a"), text(&"x".repeat(3_900)), vec![0xbe; 8_000]].concat();
    calm(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &request(&bomb)));
    // Data of no length.
    let open = frame(HEADERS, END_HEADERS, 1, &request(&[]));
    calm(&[open, frame(DATA, 0, 1, &[]).repeat(100_000)].concat());
    // Mistakes for which the server has to reset streams itself (CVE-2025-8671).
    assert_ended(
        &server,
        &for_streams(10_000, |stream| [whole(stream), frame(WINDOW_UPDATE, 0, stream, &[0; 4])].concat()),
        PROTOCOL_ERROR,
    );
}

/// A list that is too long for a request and no attack is refused: by the channel with its own body, and by the library without one
/// where it is twice as long.
#[test]
fn a_long_header_list_is_refused() {
    /// `:status: 431` as the library writes it: in the table under a name that the static table has, in Huffman's code.
    const STATUS_431: [u8; 5] = [0x48, 0x83, 0x69, 0x90, 0xff];
    let server = impatient();
    // Fields of four kilobytes each, most of them by a reference to the table.
    for (count, has_body) in [(10, true), (20, false)] {
        let fields = [vec![0x40], text("a"), text(&"x".repeat(3_900)), vec![0xbe; count - 1]].concat();
        let mut connection = Connection::open(&server);
        connection.send([opened(), frame(HEADERS, END_HEADERS | END_STREAM, 1, &request(&fields))].concat());
        let received = connection.rest();
        assert!(received.windows(5).any(|five| five == STATUS_431), "{count}: {}", received.escape_ascii());
        let body = String::from_utf8_lossy(&received).contains("The request headers are too large.");
        assert_eq!(body, has_body, "{count}: {}", received.escape_ascii());
        assert_unharmed(&server);
    }
}

/// What has to be acknowledged is acknowledged one by one; without a request it is no activity, so that silence ends the connection.
#[test]
fn frames_that_cost_nothing_do_not_keep_a_connection() {
    let server = impatient();
    for flood in [
        frame(SETTINGS, 0, 0, &[]).repeat(20_000),
        frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 1]).repeat(20_000),
        frame(PING, 0, 0, b"12345678").repeat(20_000),
        frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 1]).repeat(20_000),
        frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]).repeat(20_000),
        frame(0xee, 0, 0, &[0; 100]).repeat(20_000),
    ] {
        let course = converse(&server, &[opened(), flood].concat());
        assert_eq!(course, Course { answers: 0, resets: Vec::new(), goaway: Some(0) });
        assert_unharmed(&server);
    }
}

/// The caller who asks for floods of answers to his pings and reads none of them.
#[test]
fn a_caller_who_never_reads_is_cut() {
    let server = impatient();
    let mut connection = Connection::open(&server);
    connection.send(opened());
    let pings = frame(PING, 0, 0, b"12345678").repeat(10_000);
    let mut sent = 0_usize;
    while connection.send(&pings) {
        sent += pings.len();
        assert!(sent < 1 << 30, "a gigabyte of pings was taken");
    }
    assert_unharmed(&server);
}

/// A connection ends in time whatever the caller leaves out: the rest of the preface, settings, room for the answer, the answer to the
/// server's own ping.
#[test]
fn who_leaves_something_out_is_cut() {
    let server = impatient();
    let whole = frame(HEADERS, END_HEADERS | END_STREAM, 1, &request(&[]));
    let no_room = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    for (bytes, answers) in [
        (b"PRI * HTTP/2.0".to_vec(), 0),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n".to_vec(), 0),
        (PREFACE.to_vec(), 0),
        (opened(), 0),
        ([opened(), whole.clone()].concat(), 1),
        ([PREFACE, &whole].concat(), 1),
        ([PREFACE, &no_room, &whole].concat(), 1),
        // Without the end of the stream: the body is too slow, and that is answered.
        ([opened(), frame(HEADERS, END_HEADERS, 1, &request(&[]))].concat(), 1),
        ([opened(), frame(HEADERS, 0, 1, &request(&[]))].concat(), 0),
    ] {
        assert_eq!(converse(&server, &bytes).answers, answers, "{}", bytes.escape_ascii());
        assert_unharmed(&server);
    }
}

/// More streams than are allowed at once are refused, and no more.
#[test]
fn streams_above_the_limit_are_refused() {
    let server = Server::start_configured("bot-ux", &format!("{}max_streams = 10\n", super::IMPATIENT));
    let open = |stream| frame(HEADERS, END_HEADERS, stream, &request(&[]));
    let course = converse(&server, &[opened(), for_streams(30, open)].concat());
    const REFUSED_STREAM: u32 = 7;
    assert_eq!(course.answers, 10, "the bodies that never come are answered with 408: {course:?}");
    assert_eq!(course.resets.iter().filter(|code| **code == REFUSED_STREAM).count(), 20, "{course:?}");
    assert_unharmed(&server);
}

/// As h2spec has them: what breaks the protocol ends the connection, what breaks a message ends its stream.
#[test]
fn frames_against_the_protocol() {
    let server = impatient();
    let ended = |frames: &[u8], goaway| assert_ended(&server, frames, goaway);
    let whole = |stream| frame(HEADERS, END_HEADERS | END_STREAM, stream, &request(&[]));
    ended(&whole(0), PROTOCOL_ERROR);
    ended(&whole(2), PROTOCOL_ERROR);
    ended(&[whole(3), whole(1)].concat(), PROTOCOL_ERROR);
    ended(&frame(DATA, END_STREAM, 1, b"x"), PROTOCOL_ERROR);
    ended(&frame(DATA, END_STREAM, 0, b"x"), PROTOCOL_ERROR);
    ended(&[frame(HEADERS, END_HEADERS, 1, &request(&[])), frame(DATA, PADDED, 1, &[255, 0])].concat(), PROTOCOL_ERROR);
    ended(&frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2]), PROTOCOL_ERROR);
    ended(&frame(CONTINUATION, END_HEADERS, 1, &request(&[])), PROTOCOL_ERROR);
    ended(&[frame(HEADERS, END_STREAM, 1, &request(&[])), frame(PING, 0, 0, &[0; 8])].concat(), PROTOCOL_ERROR);
    ended(&frame(RST_STREAM, 0, 1, &[0; 4]), PROTOCOL_ERROR);
    ended(&frame(SETTINGS, 0, 1, &[]), PROTOCOL_ERROR);
    ended(&frame(SETTINGS, 0, 0, &[0, 2, 0, 0, 0, 2]), PROTOCOL_ERROR);
    ended(&frame(SETTINGS, 0, 0, &[0, 4, 255, 255, 255, 255]), FLOW_CONTROL_ERROR);
    ended(&frame(WINDOW_UPDATE, 0, 0, &[0; 4]), PROTOCOL_ERROR);
    ended(&frame(WINDOW_UPDATE, 0, 0, &[0x7f, 255, 255, 255]).repeat(2), FLOW_CONTROL_ERROR);
    // Frames of more than 2^24 - 1 bytes, and of less than 16 KiB.
    ended(&frame(SETTINGS, 0, 0, &[0, 5, 1, 0, 0, 0]), PROTOCOL_ERROR);
    ended(&frame(SETTINGS, 0, 0, &[0, 5, 0, 0, 0x3f, 0xff]), PROTOCOL_ERROR);
    ended(&frame(SETTINGS, 1, 0, &[0; 6]), FRAME_SIZE_ERROR);
    ended(&frame(SETTINGS, 0, 0, &[0; 5]), FRAME_SIZE_ERROR);
    ended(&frame(PING, 0, 0, &[0; 7]), FRAME_SIZE_ERROR);
    ended(&frame(PING, 0, 1, &[0; 8]), PROTOCOL_ERROR);
    ended(&frame(GOAWAY, 0, 1, &[0; 8]), PROTOCOL_ERROR);
    ended(&frame(WINDOW_UPDATE, 0, 0, &[0, 0, 1]), FRAME_SIZE_ERROR);
    ended(&frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0, 1]), PROTOCOL_ERROR);
    ended(&frame(PRIORITY, 0, 0, &[0, 0, 0, 1, 0]), PROTOCOL_ERROR);
    ended(&frame(PRIORITY, 0, 1, &[0; 4]), FRAME_SIZE_ERROR);
    ended(&frame(HEADERS, END_HEADERS | END_STREAM | PADDED, 1, &[&[200], &request(&[])[..]].concat()), PROTOCOL_ERROR);
    ended(&frame(CONTINUATION, END_HEADERS, 0, &request(&[])), PROTOCOL_ERROR);
    let begun = frame(HEADERS, END_STREAM, 1, &request(&[]));
    ended(&[begun, frame(CONTINUATION, END_HEADERS, 3, &[])].concat(), PROTOCOL_ERROR);
    ended(&frame(RST_STREAM, 0, 1, &[0; 3]), FRAME_SIZE_ERROR);
    ended(&frame(HEADERS, END_HEADERS, 1, &[0; 20_000]), FRAME_SIZE_ERROR);
    ended(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &[255; 6]), COMPRESSION_ERROR);
    for fields in [
        field("Upper-Case", "x"),
        field("connection", "close"),
        field("transfer-encoding", "chunked"),
        field("te", "gzip"),
        field("x", "a\r\nset-cookie: b"),
        field("x", "a\0b"),
        field(":path", "/"),
        field(":unknown", "x"),
        field(":status", "200"),
        // In front of these stand others: a pseudo-field comes before all of them.
        field(":scheme", "http"),
        field("proxy-connection", "keep-alive"),
        field("keep-alive", "5"),
        field("upgrade", "h2c"),
    ] {
        let course = converse(&server, &[opened(), frame(HEADERS, END_HEADERS | END_STREAM, 1, &request(&fields))].concat());
        let refused = course.goaway == Some(PROTOCOL_ERROR) || course.resets == [PROTOCOL_ERROR];
        assert!(refused && course.answers == 0, "{}: {course:?}", fields.escape_ascii());
    }
    // A stream that depends on itself, in a frame of its own and in the one that opens it.
    let on_itself = [0, 0, 0, 1, 0];
    const HAS_PRIORITY: u8 = 0x20;
    for frames in [
        [frame(PRIORITY, 0, 1, &on_itself), whole(1)].concat(),
        frame(HEADERS, END_HEADERS | END_STREAM | HAS_PRIORITY, 1, &[&on_itself[..], &request(&[])].concat()),
    ] {
        let course = converse(&server, &[opened(), frames].concat());
        let refused = course.goaway == Some(PROTOCOL_ERROR) || course.resets == [PROTOCOL_ERROR];
        assert!(refused && course.answers == 0, "{course:?}");
    }
    // A length that the data does not have.
    let lying = [frame(HEADERS, END_HEADERS, 1, &request(&field("content-length", "5"))), frame(DATA, END_STREAM, 1, b"x")].concat();
    assert_eq!(converse(&server, &[opened(), lying].concat()).resets, [PROTOCOL_ERROR]);
    assert_unharmed(&server);
}

//! HTTP/1: where a request ends, what may be in it, and how large it may be.

use contract_tests::{Answer, Connection, Server, same_json};

use super::{GOOD, assert_refused, assert_unharmed, head, unserved};

const NOT_HTTP: &str = "The request is not valid HTTP.";
const TOO_LARGE: &str = "The request body is too large.";
const TOO_LONG: &str = "The request URI is too long.";
const HEADERS_TOO_LARGE: &str = "The request headers are too large.";

/// Sends bytes and the end, and returns all answers.
fn answers(server: &Server, bytes: &[u8]) -> Vec<Answer> {
    let mut connection = Connection::open(server);
    connection.send(bytes);
    let mut answers = Vec::new();
    while let Some(answer) = connection.receive() {
        let closes = answer.header("connection") == Some("close");
        answers.push(answer);
        if closes {
            break;
        }
    }
    assert!(connection.rest().is_empty(), "something after the last answer to {:.200}", bytes.escape_ascii().to_string());
    answers
}

/// Asserts that the bytes get one answer, that it refuses them, and that the connection ends: whatever follows in it is not believed.
#[track_caller]
fn refused(server: &Server, bytes: &[u8], status: u16, description: &str) {
    let next = unserved() + "connection: close\r\n\r\n";
    let answers = answers(server, &[bytes, next.as_bytes()].concat());
    let show = bytes.escape_ascii().to_string();
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [status], "{show:.300}");
    assert_refused(&answers[0], status, description);
}

/// hyper takes what follows for HTTP/2 that it was not asked for, and says nothing.
#[test]
fn a_head_that_is_no_request_is_refused_whatever_follows_it() {
    let server = Server::start("bot-ux", &[]);
    for follows in ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\n\n\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let bytes = format!("G T/f HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n{follows}", follows.len());
        refused(&server, bytes.as_bytes(), 400, NOT_HTTP);
    }
}

/// Shapes that two readers might cut in different places.
#[test]
fn whatever_is_not_framed_in_the_one_right_way_is_refused_and_ends_the_connection() {
    for (channel, target, _) in GOOD {
        let server = Server::start(channel, &[]);
        let head = |headers: &str| format!("{}{headers}\r\n", head("PATCH", target));
        let chunked = |body: &str| head("transfer-encoding: chunked\r\n") + body;
        for bytes in [
            // Two lengths, or one that is none.
            head("content-length: 2\r\ncontent-length: 3\r\n") + "{}",
            head("content-length: 2, 2\r\n") + "{}",
            head("content-length: +2\r\n") + "{}",
            head("content-length: -2\r\n"),
            head("content-length: 0x2\r\n") + "{}",
            head("content-length: 2 2\r\n") + "{}",
            head("content-length:\r\n"),
            head("content-length: 99999999999999999999999999\r\n"),
            // A coding other than chunked, or chunked in disguise.
            head("transfer-encoding: xchunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: \u{b}chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: \"chunked\"\r\n") + "0\r\n\r\n",
            head("transfer-encoding: chunked;q=1\r\n") + "0\r\n\r\n",
            head("transfer-encoding: chunked, identity\r\n") + "0\r\n\r\n",
            head("transfer-encoding: identity, chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: gzip, chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: chunked, chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n") + "0\r\n\r\n",
            head("transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: gzip\r\ncontent-length: 2\r\n") + "{}",
            head("transfer-encoding:\r\n") + "0\r\n\r\n",
            head("transfer-encoding:\r\n chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding : chunked\r\n") + "0\r\n\r\n",
            head("transfer-encoding: chunked\r\n").replacen("HTTP/1.1", "HTTP/1.0", 1) + "0\r\n\r\n",
            // Chunks.
            chunked("fffffffffffffffff\r\n"),
            chunked("-1\r\nx\r\n0\r\n\r\n"),
            chunked("0x1\r\nx\r\n0\r\n\r\n"),
            chunked("1\nx\n0\n\n"),
            chunked("1\r\nxy\r\n0\r\n\r\n"),
            chunked("1;a\nb\r\nx\r\n0\r\n\r\n"),
            chunked("\r\nx\r\n0\r\n\r\n"),
            chunked(&format!("1;{}\r\nx\r\n0\r\n\r\n", "a".repeat(20_000))),
            chunked(&("1;abcdefghijklmnopqrstuvwxyz\r\nx\r\n".repeat(1_000) + "0\r\n\r\n")),
            chunked(&format!("0\r\n{}\r\n", "a: b\r\n".repeat(10_000))),
            chunked(&format!("0\r\na: {}\r\n\r\n", "b".repeat(100_000))),
            // Names and values of headers.
            head("a : b\r\n"),
            head(" a: b\r\n"),
            head("a: b\r\n folded\r\n"),
            head("a\r\n"),
            head(": b\r\n"),
            head("a\0: b\r\n"),
            head("a: b\0c\r\n"),
            head("a: b\rc: d\r\n"),
            head("a: b\u{1}c\r\n"),
            // Whom it is for.
            head("").replacen("host: test\r\n", "", 1),
            head("host: test\r\n"),
            head("").replacen("host: test", "host: te st", 1),
            head("").replacen("host: test", "host: test/path", 1),
            // Request lines.
            head("").replacen("PATCH ", "PATCH  ", 1),
            head("").replacen("PATCH ", "PA(CH ", 1),
            head("").replacen("HTTP/1.1", "HTTP/2.0", 1),
            // They begin as an HTTP/2 connection does.
            "PRI * HTTP/2.0 HTTP/1.1\r\nhost: test\r\n\r\n".to_owned(),
            "PRI * HTTP/2.0\r\nhost: test\r\n\r\n".to_owned(),
            head("").replacen("HTTP/1.1", "HTTP/1.10", 1),
            head("").replacen("HTTP/1.1", "http/1.1", 1),
            head("").replacen(" HTTP/1.1", "", 1),
            head("").replacen("ux/", "ux\0/", 1),
            head("").replacen("ux/", "ux\t/", 1),
            head("").replacen("ux/", "ux\"<>/", 1),
        ] {
            refused(&server, bytes.as_bytes(), 400, NOT_HTTP);
        }
        refused(&server, &[b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", &[0; 500][..]].concat(), 400, NOT_HTTP);
        refused(&server, &(0..=255).collect::<Vec<u8>>(), 400, NOT_HTTP);
        refused(&server, b"GET /\xff HTTP/1.1\r\nhost: test\r\n\r\n", 400, NOT_HTTP);
        assert_unharmed(&server);
    }
}

#[test]
fn what_is_too_large_is_refused_wherever_it_stands() {
    for (channel, target, _) in GOOD {
        let server = Server::start(channel, &[]);
        let long_target = |length: usize| head("GET", &format!("{target}{}", "a".repeat(length))) + "\r\n";
        for length in [9_000, 70_000, 5_000_000] {
            refused(&server, long_target(length).as_bytes(), 414, TOO_LONG);
        }
        let head = |headers: &str| format!("{}{headers}\r\n", head("PATCH", target));
        for headers in [
            format!("a: {}\r\n", "b".repeat(5_000_000)),
            format!("{}: b\r\n", "a".repeat(40_000)),
            "a: b\r\n".repeat(101),
            "a: b\r\n".repeat(500_000),
        ] {
            refused(&server, head(&headers).as_bytes(), 431, HEADERS_TOO_LARGE);
        }
        refused(&server, "\r\n".repeat(500_000).as_bytes(), 431, HEADERS_TOO_LARGE);
        for body in ["x".repeat(70_000), "x".repeat(20_000_000)] {
            refused(&server, (head(&format!("content-length: {}\r\n", body.len())) + &body).as_bytes(), 413, TOO_LARGE);
            let chunks = format!("8000\r\n{}\r\n", "x".repeat(0x8000)).repeat(body.len() / 0x8000 + 1);
            refused(&server, (head("transfer-encoding: chunked\r\n") + &chunks).as_bytes(), 413, TOO_LARGE);
        }
        // Told before a byte of it is sent.
        refused(&server, head("content-length: 9223372036854775808\r\n").as_bytes(), 413, TOO_LARGE);
        refused(&server, head("expect: 100-continue\r\ncontent-length: 70000\r\n").as_bytes(), 413, TOO_LARGE);
        assert_unharmed(&server);
    }
}

/// Each request of a pipeline has its answer, in order, whatever the ones around it are.
#[test]
fn a_pipeline_is_answered_in_order() {
    for (channel, target, headers) in GOOD {
        let server = Server::start(channel, &[]);
        let request = |number: usize| {
            let target = if number.is_multiple_of(3) { "/nowhere" } else { target };
            format!("{}{headers}x-correlation-id: request-{number:010}\r\n", head("GET", target))
        };
        let all: String = (0..50).map(|number| request(number) + "\r\n").collect();
        let answers = answers(&server, (all + &request(50) + "connection: close\r\n\r\n").as_bytes());
        assert_eq!(answers.len(), 51);
        for (number, answer) in answers.iter().enumerate() {
            assert_eq!(answer.status, if number.is_multiple_of(3) { 404 } else { 200 }, "{}", answer.body);
            assert_eq!(answer.header("x-correlation-id"), Some(format!("request-{number:010}").as_str()));
        }
    }
}

/// Both lengths: the chunks count, and nothing that follows on the connection is believed (RFC 9112, section 6.1).
#[test]
fn chunks_beside_a_length_end_the_connection() {
    for (channel, target, _) in GOOD {
        let server = Server::start(channel, &[]);
        for headers in ["content-length: 5\r\ntransfer-encoding: chunked\r\n", "transfer-encoding: chunked\r\ncontent-length: 5\r\n"] {
            let smuggling = format!("{}{headers}\r\n0\r\n\r\n{}\r\n", head("POST", target), head("GET", target));
            let answers = answers(&server, smuggling.as_bytes());
            assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [405], "{headers}");
        }
    }
}

/// What is unusual and clear is answered like any other request.
#[test]
fn the_unusual_is_served() {
    for (channel, target, headers) in GOOD {
        let server = Server::start(channel, &[]);
        let good = format!("{}{headers}connection: close\r\n\r\n", head("GET", target));
        let expected = answers(&server, good.as_bytes()).remove(0);
        assert_eq!(expected.status, 200);
        for bytes in [
            format!("\r\n\r\n{good}"),
            good.replace("\r\n", "\n"),
            good.replacen(target, &format!("http://elsewhere.example{target}"), 1),
            // A fragment is cut off.
            good.replacen(target, &format!("{target}#elsewhere?lob=x"), 1),
            good.replacen("host: test", "content-length: 0\r\ncontent-length: 0\r\nhost: test:8080", 1),
            good.replacen("host: test\r\n", "", 1).replacen("HTTP/1.1", "HTTP/1.0", 1),
            good.replacen("host: test", "host: [::1]:80\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__", 1),
            good.replacen("host: test", "host:\r\nx: \u{fc}\u{fd}", 1),
            good.replacen("host: test\r\n", "host: test\r\ntransfer-encoding: Chunked\r\n", 1)
                + "0\r\ncontent-length: 7\r\nclient_id: x\r\n\r\n",
        ] {
            let answers = answers(&server, bytes.as_bytes());
            assert_eq!(answers.len(), 1, "{bytes}");
            assert_eq!(answers[0].status, 200, "{bytes}: {}", answers[0].body);
            same_json(&answers[0].body, &expected.body);
        }
    }
}

/// A path is what it is: nothing in it is walked, merged or decoded before it has been taken apart.
#[test]
fn targets_are_not_rewritten() {
    let server = Server::start("bot-ux", &[]);
    let ask = |method: &str, target: &str| {
        let mut connection = Connection::open(&server);
        connection.send(format!("{}lob: FIXED\r\nrefid: ACCOUNT_NO\r\nrefvalue: 1\r\n\r\n", head(method, target)));
        let answer = connection.receive().expect("an answer");
        assert_eq!(answer.header("allow"), (answer.status == 405).then_some("GET"), "{method} {target}");
        let error: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        (answer.status, error["errors"][0]["description"].as_str().unwrap_or_default().to_owned())
    };
    let enumerated = |value: &str| format!("Invalid value '{value}' for uri parameter businessId. {value} is not a valid enum value");
    let encoded = |value: &str| format!("Invalid value '{value}' for uri parameter businessId. expected percent-encoded UTF-8");
    for (method, target, status, description) in [
        ("GET", "/bot-ux/v1/PR/../PR/balanceEnquiry", 404, "/PR/../PR/balanceEnquiry".to_owned()),
        ("GET", "/bot-ux/v1/./PR/balanceEnquiry", 404, "/./PR/balanceEnquiry".to_owned()),
        ("GET", "//bot-ux/v1/PR/balanceEnquiry", 404, "//bot-ux/v1/PR/balanceEnquiry".to_owned()),
        ("GET", "/bot-ux/v1/PR%2fbalanceEnquiry", 404, "/PR%2fbalanceEnquiry".to_owned()),
        ("GET", "/bot-ux/v1\\PR/balanceEnquiry", 404, "/bot-ux/v1\\PR/balanceEnquiry".to_owned()),
        ("GET", "/bot-ux\u{e9}/v1/PR/balanceEnquiry", 404, "/bot-ux\u{e9}/v1/PR/balanceEnquiry".to_owned()),
        ("GET", "/../../../../etc/passwd", 404, "/../../../../etc/passwd".to_owned()),
        ("GET", "/docs/../../../etc/passwd", 404, "/docs/../../../etc/passwd".to_owned()),
        ("GET", "/bot-ux/v1/%2e%2e/balanceEnquiry", 400, enumerated("..")),
        ("GET", "/bot-ux/v1/%00/balanceEnquiry", 400, enumerated("\0")),
        ("GET", "/bot-ux/v1/PR%0d%0ax:y/balanceEnquiry", 400, enumerated("PR\r\nx:y")),
        ("GET", "/bot-ux/v1/%ff/balanceEnquiry", 400, encoded("%ff")),
        ("GET", "/bot-ux/v1/%zz/balanceEnquiry", 400, encoded("%zz")),
        ("GET", "/bot-ux/v1/%5/balanceEnquiry", 400, encoded("%5")),
        (
            "GET",
            "/bot-ux/v1/TT/balanceEnquiry?fields=%ff",
            400,
            "Invalid value for query parameter fields. expected percent-encoded UTF-8".into(),
        ),
        ("GET", "/bot-ux/v1/TT/balanceEnquiry?%=1", 400, "Invalid value for query parameter %. expected percent-encoded UTF-8".into()),
        ("GET", "/bot-ux/v1/TT/balanceEnquiry?x=%zz", 400, "Invalid value for query parameter x. expected percent-encoded UTF-8".into()),
        ("GET", "*", 404, "*".to_owned()),
        ("OPTIONS", "*", 404, "*".to_owned()),
        ("CONNECT", "elsewhere.example:443", 404, String::new()),
        ("GET", "elsewhere.example:80", 404, String::new()),
        ("TRACE", "/bot-ux/v1/PR/balanceEnquiry", 405, "HTTP Method trace not allowed for : /{businessId}/balanceEnquiry".to_owned()),
        ("get", "/bot-ux/v1/PR/balanceEnquiry", 405, "HTTP Method get not allowed for : /{businessId}/balanceEnquiry".to_owned()),
        ("PRI", "/bot-ux/v1/PR/balanceEnquiry", 405, "HTTP Method pri not allowed for : /{businessId}/balanceEnquiry".to_owned()),
    ] {
        assert_eq!(ask(method, target), (status, description), "{method} {target}");
    }
    assert_unharmed(&server);
}

/// A correlation id comes back in a header: as it was sent, or not at all.
#[test]
fn nothing_is_injected_through_a_correlation_id() {
    for (channel, target, headers) in GOOD {
        let server = Server::start(channel, &[]);
        for name in ["X-Correlation-ID", "Correlation-ID"] {
            let ask = |value: &str| {
                answers(&server, format!("{}{headers}{name}: {value}\r\nconnection: close\r\n\r\n", head("GET", target)).as_bytes())
            };
            let encoded = "a%0d%0aset-cookie:%20injected=1";
            let answer = ask(encoded).remove(0);
            // dxp-ux binds the id to a pattern.
            let (status, echo) = if channel == "dxp-ux" { (400, None) } else { (200, Some(encoded)) };
            assert_eq!(answer.status, status, "{}", answer.body);
            assert!(echo.is_none() || answer.header("x-correlation-id") == echo);
            let raw = [
                "a\nset-cookie: injected=1",
                "a\rset-cookie: injected=1",
                "a\0b",
                "a\r\n set-cookie: injected=1",
                "\u{fc}",
                "a b",
                &"a".repeat(129),
                "",
            ];
            for answer in raw.into_iter().flat_map(ask).chain([answer]) {
                assert!(answer.header("set-cookie").is_none());
                let id = answer.header("x-correlation-id").expect("an id in every answer");
                assert!((1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()), "{id:?}");
            }
        }
        assert_unharmed(&server);
    }
}

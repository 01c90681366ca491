//! The contract's order of checks: a request that is wrong in several ways gets the answer of the first.

use crate::channel::Server;
use crate::client::Request;

/// Each row is wrong in everything that the rows before it are right in; reading down is the documented order.
#[test]
fn the_first_thing_that_is_wrong_is_the_answer() {
    let server = Server::start();
    let base = Request::get("/OO/thing/x").with("lob", "X").without("client_secret").method("POST");
    let everything = Request { target: format!("/fake-ux/v1/OO/nothing?{}=%zz", "a".repeat(2000)), ..base };
    let short_enough = Request { target: "/fake-ux/v1/OO/nothing?a=%zz".to_owned(), ..everything.clone() };
    let authenticated = short_enough.clone().by("slow");
    let with_quota = short_enough.clone().by("pr");
    let known_route = Request { target: "/fake-ux/v1/OO/thing/x?a=%zz".to_owned(), ..with_quota.clone() };
    let right_method = known_route.clone().method("GET");
    let right_path = Request { target: "/fake-ux/v1/JM/thing/broken?a=%zz".to_owned(), ..right_method.clone() };
    let right_query = Request { target: "/fake-ux/v1/JM/thing/broken".to_owned(), ..right_method.clone() };
    let right_header = right_query.clone().with("lob", "FIXED");
    let permitted = right_header.clone().by("all");
    let implemented = Request { target: "/fake-ux/v1/PR/thing/broken".to_owned(), ..permitted.clone() };
    // The quota's only request.
    assert_eq!(authenticated.send(&server).status, 404);
    for (request, status, what) in [
        (&everything, 414, "too long"),
        (&short_enough, 401, "no secret"),
        (&authenticated, 429, "over the quota"),
        (&with_quota, 404, "no such route"),
        (&known_route, 405, "no such method"),
        (&right_method, 400, "no such unit"),
        (&right_path, 400, "query not decodable"),
        (&right_query, 400, "no such line of business"),
        (&right_header, 403, "unit not permitted"),
        (&permitted, 501, "not implemented"),
        (&implemented, 500, "fails"),
    ] {
        let answer = request.send(&server);
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
    }
    let texts = [&right_method, &right_path, &right_query].map(|request| request.send(&server).description());
    assert!(texts[0].contains("businessId"), "{texts:?}");
    assert!(texts[1].contains("query parameter"), "{texts:?}");
    assert!(texts[2].contains("header 'lob'"), "{texts:?}");
}

#[test]
fn a_body_that_is_too_large_comes_before_the_credentials() {
    let server = Server::start();
    let request = Request::get("/PR/thing/x").method("PATCH").without("client_id").body(&"x".repeat(1001));
    assert_eq!(request.send(&server).status, 413);
}

#[test]
fn a_body_comes_after_the_headers() {
    let server = Server::start();
    let request = Request::get("/PR/thing/x").method("PATCH").and("correlation-id", "");
    let description = request.send(&server).description();
    assert!(description.contains("X-Correlation-ID"), "{description}");
    assert_eq!(Request::get("/PR/thing/x").method("PATCH").send(&server).description(), "a body is expected");
}

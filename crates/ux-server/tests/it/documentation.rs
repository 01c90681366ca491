//! `/openapi.json` and `/docs`.

use crate::channel::Server;
use crate::client::Request;

fn asked(path: &str) -> Request {
    let mut request = Request::get("");
    request.target = path.to_owned();
    request
}

fn asked_without_credentials(path: &str) -> Request {
    asked(path).without("client_id").without("client_secret")
}

#[test]
fn the_documentation_needs_no_credentials() {
    let server = Server::start();
    let openapi = asked_without_credentials("/openapi.json").send(&server);
    assert_eq!(openapi.status, 200);
    assert_eq!(openapi.header("content-type"), Some("application/json"));
    assert!(openapi.body.contains("\"operationId\": \"getThing\""), "{}", openapi.body);
    let page = asked_without_credentials("/docs").send(&server);
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(!page.body.contains("http://") && !page.body.contains("https://"), "the page is whole without a network");
}

#[test]
fn the_documentation_can_be_switched_off() {
    let server = Server::with(|config| config.replace("[server]", "[server]\ndocs = false"));
    for path in ["/openapi.json", "/docs"] {
        assert_eq!(asked_without_credentials(path).send(&server).status, 401);
        assert_eq!(asked(path).send(&server).status, 404);
    }
}

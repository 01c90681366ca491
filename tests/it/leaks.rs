//! Nothing that a process tells holds a secret or says who a customer is. [`Server`] searches for it whenever a process
//! ends; here is what it searches for, and that it finds it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use contract_tests::{Server, confidential, leaks};

#[test]
fn what_is_confidential_comes_from_every_system_and_covers_every_kind() {
    for text in [
        // A name, an e-mail address, a street, a phone number, a tax identifier and its token, an account's number, a
        // payment method, a body that a caller sends, and the secrets: one for each way in which they are written.
        "Anneke Sample",
        "ana.sample@example.com",
        "1479 Ashford Avenue",
        "(787) 555-0191",
        "8765550169",
        "000-00-0001",
        "dG9rZW4tc2FtcGxlLTAwMDE",
        "Cuenta de negocio",
        "301202420000",
        "PM-a6Ido0000006npFEAQ",
        "new.address@example.com",
        "sandbox-csg-secret",
        "sandbox0aria0key0of032characters",
        "demo-secret",
    ] {
        assert!(confidential().contains(text), "{text}");
    }
}

#[test]
fn a_leak_is_found_wherever_it_stands() {
    for (told, found) in [
        ("cause=\"no account for 8765550169\"", vec!["8765550169"]),
        ("{\"name\":\"Anneke Sample\",\"id\":\"Anneke Samples\"}", vec!["Anneke Sample"]),
        ("upstream_calls_total{system=\"000-00-0001\"} 1", vec!["000-00-0001"]),
        ("authorization: Bearer 0123", vec!["Bearer "]),
        ("token=sandbox-cerillion-token-00000001", vec!["sandbox-cerillion"]),
        ("{\"token\":\"00D5e0000000001!AQ0123456789abcdef.sandbox\"}", vec!["00D5e0000000001!AQ"]),
        ("2024 CHANGE contact PR accepted 200 account=301202420000 client=demo id=1", vec![]),
        ("2024 CHANGE contact PR accepted 200 account=301202420000 client=demo id=301202420000", vec!["301202420000"]),
        ("{\"audit\":\"contact\",\"account\":\"301202420000\",\"outcome\":\"accepted\"}", vec![]),
        ("{\"audit\":\"contact\",\"account\":\"1\",\"outcome\":\"301202420000\"}", vec!["301202420000"]),
        ("GET /PR/301202420000 200", vec!["301202420000"]),
        ("duration_us=3012024200001", vec![]),
    ] {
        assert_eq!(leaks(told), found, "{told}");
    }
}

/// A correlation id is the one text of a caller's that is logged as it came.
#[test]
fn a_process_that_tells_something_confidential_fails_its_test() {
    let server = Server::start("wfm-ux", &[]);
    let answer = server.get("/wfm-ux/v1/nowhere").header("X-Correlation-ID", "ana.sample@example.com").send();
    assert_eq!(answer.status, 404);
    let ended = catch_unwind(AssertUnwindSafe(|| drop(server)));
    let said = ended.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("ana.sample@example.com"), "{said}");
}

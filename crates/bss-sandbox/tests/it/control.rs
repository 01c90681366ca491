use super::http::{Call, Reply, csg, enquiry, sandbox};
use bss_sandbox::Sandbox;

fn control(sandbox: &Sandbox, method: &'static str, path: &str, body: &str) -> Reply {
    Call::new(sandbox.control_url(), method, path).body(body).send().unwrap()
}

#[test]
fn faults_are_switched_over_http() {
    let sandbox = sandbox();
    let rule = r#"{"system":"csg","operation":"getBalanceEnquiry","account":"8211990010013290","correlationId":"c-1","fault":{"kind":"status","code":500},"times":2}"#;
    assert_eq!(control(&sandbox, "POST", "/faults", rule).status, 204);
    let listed = control(&sandbox, "GET", "/faults", "");
    assert_eq!(listed.json()[0], serde_json::from_str::<serde_json::Value>(rule).unwrap());
    let marked = enquiry(&sandbox).header("x-request-id", "c-1");
    assert_eq!(enquiry(&sandbox).send().unwrap().status, 200);
    assert_eq!(marked.send().unwrap().status, 500);
    assert_eq!(control(&sandbox, "GET", "/faults", "").json()[0]["times"], 1);
    assert_eq!(control(&sandbox, "DELETE", "/faults", "").status, 204);
    assert_eq!(marked.send().unwrap().status, 200);
}

#[test]
fn a_mistaken_fault_is_refused_with_the_reason() {
    let sandbox = sandbox();
    for (rule, reason) in [
        (r#"{"system":"cgs","fault":{"kind":"reset"}}"#, "unknown variant `cgs`"),
        (r#"{"system":"csg","fault":{"kind":"explode"}}"#, "unknown variant `explode`"),
        (r#"{"system":"csg","fault":{"kind":"delay"}}"#, "missing field `ms`"),
        (r#"{"system":"csg","acount":"1","fault":{"kind":"reset"}}"#, "unknown field `acount`"),
        ("", "EOF"),
    ] {
        let reply = control(&sandbox, "POST", "/faults", rule);
        assert_eq!(reply.status, 400);
        assert!(reply.json()["error"].as_str().unwrap().contains(reason), "{}", reply.text());
    }
}

#[test]
fn calls_and_changes_are_told() {
    let sandbox = sandbox();
    enquiry(&sandbox).send().unwrap();
    enquiry(&sandbox).send().unwrap();
    let change = "<SUB_ACCT_NO>8211990010042315</SUB_ACCT_NO><BILL_MEDIA>Email</BILL_MEDIA>";
    csg(&sandbox, "setBillMedia", "id-1", change).send().unwrap();
    let calls = control(&sandbox, "GET", "/calls", "");
    assert_eq!(calls.text(), r#"{"csg":{"getBalanceEnquiry":2,"setBillMedia":1}}"#);
    assert_eq!(control(&sandbox, "DELETE", "/calls", "").status, 204);
    assert_eq!(control(&sandbox, "GET", "/calls", "").text(), "{}");
    let changes = control(&sandbox, "GET", "/changes", "");
    assert_eq!(
        changes.text(),
        r#"[{"number":1,"system":"csg","operation":"setBillMedia","account":"8211990010042315","requestId":"id-1","values":{"BILL_MEDIA":"Email"}}]"#
    );
}

#[test]
fn systems_stop_and_start_over_http() {
    let sandbox = sandbox();
    assert_eq!(control(&sandbox, "POST", "/systems/csg/stop", "").status, 204);
    assert!(enquiry(&sandbox).send().is_err());
    assert_eq!(control(&sandbox, "POST", "/systems/csg/start", "").status, 204);
    assert_eq!(enquiry(&sandbox).send().unwrap().status, 200);
    assert_eq!(control(&sandbox, "POST", "/systems/csg/explode", "").status, 404);
    assert_eq!(control(&sandbox, "POST", "/systems/nobody/stop", "").status, 404);
    assert_eq!(control(&sandbox, "GET", "/nothing", "").status, 404);
}

use std::io::ErrorKind;
use std::time::Duration;

use super::http::{csg, enquiry, liberate, receive, sandbox};
use bss_sandbox::{BssName, Fault, FaultRule};

const LONG: Duration = Duration::from_secs(20);

fn once(fault: Fault) -> FaultRule {
    FaultRule::new(BssName::Csg, fault).times(1)
}

#[test]
fn faulty_answers() {
    let sandbox = sandbox();
    let usual = enquiry(&sandbox).send().unwrap();
    let with = |fault: Fault| {
        sandbox.add_fault(once(fault));
        let reply = enquiry(&sandbox).send().unwrap();
        assert!(reply.is_whole());
        reply
    };
    assert!(with(Fault::Native { code: "1004".into() }).text().contains(r#"<Status Code="1004">"#));
    let bare = with(Fault::Status { code: 503, retry_after: Some(7) });
    assert_eq!((bare.status, bare.header("retry-after"), bare.text()), (503, Some("7"), ""));
    let html = with(Fault::Html { code: 502 });
    assert_eq!((html.status, html.header("content-type")), (502, Some("text/html")));
    assert_eq!(with(Fault::PlainText { code: 503 }).header("content-type"), Some("text/plain"));
    let limited = with(Fault::RateLimited { retry_after: 3 });
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("3")));
    let empty = with(Fault::Empty);
    assert_eq!((empty.status, empty.header("content-type"), empty.text()), (200, usual.header("content-type"), ""));
    assert_eq!(with(Fault::Absurd).text(), "<Unexpected/>");
    assert!(std::str::from_utf8(&with(Fault::Garbage).body).is_err());
    let other = with(Fault::WrongContentType);
    assert_eq!((other.header("content-type"), &other.body), (Some("application/octet-stream"), &usual.body));
    let huge = with(Fault::Huge { bytes: 100_000 });
    assert_eq!(huge.body.len(), usual.body.len() + 100_000);
    assert_eq!(huge.text().trim_end(), usual.text());
    assert_eq!(with(Fault::Slow { bytes_per_second: 50_000 }).body, usual.body);
    assert_eq!(with(Fault::Delay { ms: 1 }).body, usual.body);
    assert_eq!(sandbox.faults(), [], "each was for one request");
    assert_eq!(enquiry(&sandbox).send().unwrap().body, usual.body);
}

#[test]
fn cut_connections() {
    let sandbox = sandbox();
    let with = |fault: Fault| {
        sandbox.add_fault(once(fault));
        enquiry(&sandbox).send()
    };
    assert_eq!(with(Fault::Reset).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(with(Fault::ResetAfter).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(with(Fault::LostAnswer).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert!(with(Fault::NotHttp).is_err());
    for fault in [Fault::Truncate, Fault::ResetMidAnswer] {
        let half = with(fault).unwrap();
        assert!(half.status == 200 && !half.is_whole() && !half.body.is_empty());
    }
    assert!(enquiry(&sandbox).send().unwrap().is_whole());
}

#[test]
fn a_fault_meets_only_what_it_is_aimed_at() {
    let sandbox = sandbox();
    let status = |call: &super::http::Call| call.send().unwrap().status;
    let other_account = csg(&sandbox, "getBalanceEnquiry", "r", "<SUB_ACCT_NO>8211990010018869</SUB_ACCT_NO>");
    let search = csg(&sandbox, "getAccounts", "r", "<PHONE>7875550113</PHONE>");
    let html = || FaultRule::new(BssName::Csg, Fault::Html { code: 503 });

    sandbox.add_fault(html().account("8211990010013290"));
    assert_eq!([&enquiry(&sandbox), &other_account, &search].map(status), [503, 200, 503], "a search meets it through its hits");
    sandbox.clear_faults();

    sandbox.add_fault(html().operation("getAccounts"));
    assert_eq!([&enquiry(&sandbox), &other_account, &search].map(status), [200, 200, 503]);
    sandbox.clear_faults();

    sandbox.add_fault(html().correlation_id("chain-1"));
    let marked = enquiry(&sandbox).header("x-correlation-id", "chain-1");
    assert_eq!([&enquiry(&sandbox), &marked].map(status), [200, 503]);
    sandbox.clear_faults();

    sandbox.add_fault(FaultRule::new(BssName::Liberate, Fault::Native { code: "LIB-0409".into() }));
    assert_eq!(status(&enquiry(&sandbox)), 200, "another system's fault");
    let record = liberate(&sandbox, "JM", r#"{"operation":"getAccounts","accountNo":"301202420000"}"#);
    assert_eq!(record.send().unwrap().json()["errorCode"], "LIB-0409");
}

#[test]
fn a_held_answer_comes_when_the_fault_is_taken_away() {
    let sandbox = sandbox();
    sandbox.add_fault(FaultRule::new(BssName::Csg, Fault::Hold));
    let first = enquiry(&sandbox).start().unwrap();
    let second = enquiry(&sandbox).start().unwrap();
    assert!(sandbox.wait_for_calls(BssName::Csg, "getBalanceEnquiry", 2, LONG), "both are there at once");
    sandbox.clear_faults();
    assert_eq!(receive(first).unwrap().status, 200);
    assert_eq!(receive(second).unwrap().status, 200);
    assert!(!sandbox.wait_for_calls(BssName::Csg, "getBalanceEnquiry", 3, Duration::ZERO));
}

#[test]
fn a_change_whose_answer_is_lost_is_repeated_without_doubling() {
    let sandbox = sandbox();
    let change = csg(&sandbox, "setBillMedia", "id-7", "<SUB_ACCT_NO>8211990010042315</SUB_ACCT_NO><BILL_MEDIA>Email</BILL_MEDIA>");
    for fault in [Fault::Reset, Fault::Html { code: 503 }] {
        sandbox.add_fault(once(fault));
        let _ = change.send();
        assert_eq!(sandbox.changes(), [], "not carried out");
    }
    for fault in [Fault::LostAnswer, Fault::ResetAfter, Fault::ResetMidAnswer, Fault::Truncate] {
        sandbox.add_fault(once(fault));
        let _ = change.send();
        assert_eq!(sandbox.changes().len(), 1, "carried out");
    }
    assert!(change.send().unwrap().text().contains(r#"Code="0000""#));
    assert_eq!(sandbox.changes().len(), 1);
}

#[test]
fn a_change_is_carried_out_before_its_answer_is_held() {
    let sandbox = sandbox();
    sandbox.add_fault(once(Fault::Hold));
    let change = csg(&sandbox, "setBillMedia", "id-8", "<SUB_ACCT_NO>8211990010042315</SUB_ACCT_NO><BILL_MEDIA>Email</BILL_MEDIA>");
    let impatient = change.start().unwrap();
    assert!(sandbox.wait_for_calls(BssName::Csg, "setBillMedia", 1, LONG));
    assert!(change.send().unwrap().text().contains(r#"Code="0000""#), "the repeat is not held");
    drop(impatient);
    assert_eq!(sandbox.changes().len(), 1);
}

#[test]
fn a_stopped_system_refuses_and_comes_back_at_its_address() {
    let sandbox = sandbox();
    let before = sandbox.base_url(BssName::Csg);
    sandbox.add_fault(FaultRule::new(BssName::Csg, Fault::Hold));
    let waiting = enquiry(&sandbox).start().unwrap();
    assert!(sandbox.wait_for_calls(BssName::Csg, "getBalanceEnquiry", 1, LONG));
    sandbox.stop_system(BssName::Csg);
    assert_eq!(enquiry(&sandbox).send().unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert!(receive(waiting).is_err(), "open connections end with it");
    let record = liberate(&sandbox, "JM", r#"{"operation":"getAccounts","accountNo":"301202420000"}"#);
    assert_eq!(record.send().unwrap().status, 200, "the others go on");
    sandbox.clear_faults();
    sandbox.start_system(BssName::Csg).unwrap();
    assert_eq!(sandbox.base_url(BssName::Csg), before);
    assert_eq!(enquiry(&sandbox).send().unwrap().status, 200);
}

#[test]
fn stopping_the_sandbox_closes_every_port() {
    let sandbox = sandbox();
    let call = enquiry(&sandbox);
    assert_eq!(call.send().unwrap().status, 200);
    sandbox.stop();
    assert_eq!(call.send().unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

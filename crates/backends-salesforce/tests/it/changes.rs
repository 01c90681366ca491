//! Changes: accepted ones are never lost and never doubled.

use std::collections::BTreeMap;
use std::sync::Arc;

use backends_http::BackendError;
use backends_salesforce::Ban;
use backends_salesforce::changes::{Address, AutopayChange, AutopayKind, BillDeliveryChange, Change, ContactChange, Source};
use bss_sandbox::{Change as Applied, Fault};
use tmf666_model::BillingAccount;
use tokio::task::JoinSet;

use crate::bench::{Bench, context_of};

const AUTOPAY_ACCOUNT: &str = "31516278-31514752";
const ADDRESS_ACCOUNT: &str = "21519514-21517998";
const ID: &str = "644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2gk";

const SOURCE: Source<'static> = Source { system: "Digital", msisdn: Some("17875550170") };

const AUTOPAY: AutopayChange<'static> = AutopayChange {
    kind: AutopayKind::Autopay,
    payment_method_id: "PM-a6Idq00000005FpEAI",
    source: Source { system: "Digital", msisdn: Some("17875550171") },
    restrict_order: Some(true),
    consent_text_version: Some("9"),
};

async fn change(bench: &Bench, account: &str, id: &str, change: &impl Change) -> Result<(), BackendError> {
    bench.client.change(&context_of(id), Ban::new(account).unwrap(), change).await
}

pub(crate) async fn autopay(bench: &Bench, account: &str, id: &str) -> Result<(), BackendError> {
    change(bench, account, id, &AUTOPAY).await
}

fn values(applied: &Applied) -> BTreeMap<&str, &str> {
    applied.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn the_documented_changes() {
    let bench = Bench::new();
    change(&bench, AUTOPAY_ACCOUNT, "change-autopay-0001", &AUTOPAY).await.unwrap();
    let address = ContactChange {
        address: Address {
            street: Some("123 Calle Juan Pablo Duarte"),
            city: Some("San Juan"),
            state_or_province: Some("PR"),
            post_code: Some("0907"),
            country: Some("US"),
        },
        email: Some("new.address@example.com"),
        source: SOURCE,
    };
    change(&bench, ADDRESS_ACCOUNT, "change-address-0002", &address).await.unwrap();
    change(&bench, ADDRESS_ACCOUNT, "change-ebill-000003", &BillDeliveryChange { ebill: false, source: SOURCE }).await.unwrap();

    let changes = bench.changes();
    let of = |at: usize| (changes[at].account.as_str(), changes[at].request_id.as_str(), values(&changes[at]));
    assert_eq!(
        of(0),
        (
            AUTOPAY_ACCOUNT,
            "change-autopay-0001",
            BTreeMap::from([
                ("Account.vlocity_cmt__EnableAutopay__c", "true"),
                ("Change_Request__c.Correlation_Id__c", "change-autopay-0001"),
                ("Change_Request__c.Type__c", "Autopay"),
                ("Change_Request__c.Source_System__c", "Digital"),
                ("Change_Request__c.Msisdn__c", "17875550171"),
                ("Change_Request__c.Payment_Method_Id__c", "PM-a6Idq00000005FpEAI"),
                ("Change_Request__c.Restrict_Order__c", "true"),
                ("Change_Request__c.Consent_Text_Version__c", "9"),
            ])
        )
    );
    assert_eq!(
        of(1),
        (
            ADDRESS_ACCOUNT,
            "change-address-0002",
            BTreeMap::from([
                ("Account.BillingStreet", "123 Calle Juan Pablo Duarte"),
                // City, state and country were so before.
                ("Account.BillingPostalCode", "0907"),
                ("Account.vlocity_cmt__BillingEmailAddress__c", "new.address@example.com"),
                ("Change_Request__c.Correlation_Id__c", "change-address-0002"),
                ("Change_Request__c.Type__c", "EmailAndBillingAddress"),
                ("Change_Request__c.Source_System__c", "Digital"),
                ("Change_Request__c.Msisdn__c", "17875550170"),
            ])
        )
    );
    assert_eq!(of(2).2["Account.vlocity_cmt__BillDeliveryMethod__c"], "Paper");
    assert_eq!(of(2).2["Change_Request__c.Type__c"], "non-eBill");
    assert_eq!(changes.len(), 3);

    let account = bench.by_number(ADDRESS_ACCOUNT).await.unwrap();
    let place = account.contact[0].contact_medium[0].characteristic.as_ref().unwrap();
    assert_eq!(place.post_code.as_deref(), Some("0907"));
    assert_eq!(place.email_address.as_deref(), Some("new.address@example.com"));
    assert_eq!(bill_media(&account), "eBill disabled");
}

fn bill_media(account: &BillingAccount) -> &str {
    account.bill_structure.as_ref().unwrap().presentation_media[0].name.as_deref().unwrap()
}

#[tokio::test]
async fn every_kind_of_change_says_what_it_is() {
    let bench = Bench::new();
    let kinds = |at: usize| bench.changes()[at].values["Change_Request__c.Type__c"].clone();
    for (at, kind) in AutopayKind::ALL.into_iter().enumerate() {
        assert_eq!(AutopayKind::parse(kind.as_str()), Some(kind));
        change(&bench, AUTOPAY_ACCOUNT, &format!("kind-of-autopay-{at}"), &AutopayChange { kind, ..AUTOPAY }).await.unwrap();
        assert_eq!(kinds(at), kind.as_str());
    }
    assert_eq!(AutopayKind::parse("autopay"), None);
    let nothing = Address::default();
    let street = Address { street: Some("1 Calle Uno"), ..nothing };
    for (at, (address, email, expected)) in
        [(nothing, Some("a@example.com"), "Email"), (street, None, "BillingAddress")].into_iter().enumerate()
    {
        let contact = ContactChange { address, email, source: Source { system: "IVR", msisdn: None } };
        change(&bench, ADDRESS_ACCOUNT, &format!("kind-of-contact-{at}"), &contact).await.unwrap();
        assert_eq!(kinds(3 + at), expected);
    }
    change(&bench, ADDRESS_ACCOUNT, "kind-of-delivery", &BillDeliveryChange { ebill: true, source: SOURCE }).await.unwrap();
    assert_eq!(kinds(5), "eBill");
}

#[tokio::test]
async fn a_repetition_is_the_same_request() {
    let bench = Bench::new();
    for _ in 0..3 {
        autopay(&bench, AUTOPAY_ACCOUNT, ID).await.unwrap();
    }
    assert_eq!(bench.changes().len(), 1);
    autopay(&bench, AUTOPAY_ACCOUNT, "another-request-of-the-same-kind").await.unwrap();
    assert_eq!(bench.changes().len(), 2);
}

/// The documents' curl lines have one correlation id for requests of different kinds.
#[tokio::test]
async fn another_change_under_the_same_id_is_not_lost() {
    let bench = Bench::new();
    autopay(&bench, ADDRESS_ACCOUNT, ID).await.unwrap();
    change(&bench, ADDRESS_ACCOUNT, ID, &BillDeliveryChange { ebill: false, source: SOURCE }).await.unwrap();
    let account = bench.by_number(ADDRESS_ACCOUNT).await.unwrap();
    assert_eq!(bill_media(&account), "eBill disabled");
    assert_eq!(bench.changes().len(), 2);
}

#[tokio::test]
async fn two_identical_requests_at_once_are_one_change() {
    let bench = Arc::new(Bench::new());
    let mut callers = JoinSet::new();
    for _ in 0..20 {
        let bench = Arc::clone(&bench);
        callers.spawn(async move { autopay(&bench, AUTOPAY_ACCOUNT, ID).await });
    }
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(bench.changes().len(), 1);
}

#[tokio::test]
async fn an_answer_lost_after_the_write_is_asked_for_again() {
    for fault in [Fault::LostAnswer, Fault::ResetMidAnswer, Fault::Truncate, Fault::Reset, Fault::ResetAfter] {
        let bench = Bench::new();
        bench.fault("composite", fault.clone(), 1);
        autopay(&bench, AUTOPAY_ACCOUNT, ID).await.unwrap();
        assert_eq!((bench.changes().len(), bench.calls("composite")), (1, 2), "{fault:?}");
    }
}

/// As long as the outcome is unknown the caller is told so, whatever came back; the caller's own repetition settles it.
#[tokio::test]
async fn an_unknown_outcome_is_unavailable_and_may_be_repeated() {
    for fault in [
        Fault::LostAnswer,
        Fault::ResetMidAnswer,
        Fault::Truncate,
        Fault::Reset,
        Fault::Garbage,
        Fault::Empty,
        Fault::Absurd,
        Fault::Html { code: 503 },
        Fault::Status { code: 500, retry_after: None },
    ] {
        let bench = Bench::new();
        bench.fault("composite", fault.clone(), 9);
        let failure = autopay(&bench, AUTOPAY_ACCOUNT, ID).await.unwrap_err();
        assert!(matches!(failure, BackendError::Unavailable { .. }), "{fault:?}: {failure:?}");
        assert!(failure.may_have_been_applied(), "{fault:?}");
        bench.sandbox.clear_faults();
        autopay(&bench, AUTOPAY_ACCOUNT, ID).await.unwrap();
        assert_eq!(bench.changes().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_locked_record_is_tried_again_and_then_busy() {
    let bench = Bench::new();
    bench.native("composite", "UNABLE_TO_LOCK_ROW", 2);
    autopay(&bench, AUTOPAY_ACCOUNT, ID).await.unwrap();
    assert_eq!(bench.changes().len(), 1);
    bench.native("composite", "UNABLE_TO_LOCK_ROW", 9);
    assert_eq!(autopay(&bench, AUTOPAY_ACCOUNT, "some-other-request").await.unwrap_err().class(), "busy");
    assert_eq!(bench.changes().len(), 1);
}

#[tokio::test]
async fn every_refusal_of_a_part_has_its_meaning_and_changes_nothing() {
    for (code, class) in [
        ("STRING_TOO_LONG", "rejected"),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "rejected"),
        ("INVALID_FIELD", "misconfigured"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "misconfigured"),
        // An external id that belongs to several records: nothing was written.
        ("MULTIPLE_CHOICES", "misconfigured"),
        ("NOT_FOUND", "not_found"),
        ("REQUEST_LIMIT_EXCEEDED", "rate_limited"),
    ] {
        let bench = Bench::new();
        bench.native("composite", code, 9);
        assert_eq!(autopay(&bench, AUTOPAY_ACCOUNT, ID).await.unwrap_err().class(), class, "{code}");
        assert_eq!((bench.changes().len(), bench.calls("composite")), (0, 1), "{code}");
    }
}

#[tokio::test]
async fn a_value_that_salesforce_refuses_changes_nothing_at_all() {
    let bench = Bench::new();
    let contact = ContactChange {
        address: Address { street: Some("1 Calle Uno"), ..Address::default() },
        email: Some("not an address"),
        source: SOURCE,
    };
    let failure = change(&bench, ADDRESS_ACCOUNT, ID, &contact).await.unwrap_err();
    assert!(matches!(&failure, BackendError::Rejected { reason, .. } if reason == "INVALID_EMAIL_ADDRESS"), "{failure:?}");
    // The account's part would have passed; the record of the request does not.
    let change_request = AutopayChange { payment_method_id: "more than thirty characters of it", ..AUTOPAY };
    let failure = change(&bench, ADDRESS_ACCOUNT, ID, &change_request).await.unwrap_err();
    assert!(matches!(&failure, BackendError::Rejected { reason, .. } if reason == "STRING_TOO_LONG"), "{failure:?}");
    assert_eq!(bench.changes().len(), 0);
    let account = bench.by_number(ADDRESS_ACCOUNT).await.unwrap();
    assert_eq!(account.contact[0].contact_medium[0].characteristic.as_ref().unwrap().street1.as_deref(), Some("45 Calle Fortaleza"));
    assert_eq!(bench.by_msisdn("17875550170").await.unwrap().characteristic[0].value.as_ref().unwrap().as_text(), Some("N"));
}

#[tokio::test]
async fn an_account_that_is_not_there_is_not_changed() {
    let bench = Bench::new();
    for number in ["0-0", "' OR Id != '"] {
        let failure = autopay(&bench, number, ID).await.unwrap_err();
        assert!(matches!(failure, BackendError::NotFound { .. }), "{failure:?}");
    }
    assert_eq!((bench.changes().len(), bench.calls("composite")), (0, 0));
}

#[tokio::test]
async fn any_correlation_id_is_one_external_id() {
    let bench = Bench::new();
    // Everything that a correlation id may hold, a slash and a quote among it.
    let id: String = (b'!'..=b'~').map(char::from).collect();
    autopay(&bench, AUTOPAY_ACCOUNT, &id).await.unwrap();
    autopay(&bench, AUTOPAY_ACCOUNT, &id).await.unwrap();
    let changes = bench.changes();
    assert_eq!((changes.len(), changes[0].request_id.as_str()), (1, id.as_str()));
}

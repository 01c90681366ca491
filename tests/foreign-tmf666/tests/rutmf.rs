//! The client against a TMF630 server that this project did not write: the one of the crate `rutmf`.
//!
//! That crate's types are TMF666 v5, but its server stores any JSON, so it is given v4 accounts here. Filters, paging, counts,
//! partial answers, attribute selection and error bodies are all its own.

#![allow(missing_docs)]

use std::time::Duration;

use backends_http::{BackendError, CallContext, CorrelationId, UpstreamMetrics};
use backends_tmf666::{Filter, Number, Reference, Tmf666Client, Tmf666Config};
use contract_tests::{fixtures, same_json};
use prometheus_client::registry::Registry;
use rutmf::server::{MemoryStore, TmfHandler, router};
use serde_json::{Value, json};
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;
use tokio::net::TcpListener;
use tokio::time::Instant;

const PATH: &str = "/tmf-api/accountManagement/v4";

fn ctx() -> CallContext {
    CallContext::new(CorrelationId::new("test-foreign").unwrap(), Instant::now() + Duration::from_secs(20))
}

fn ids(accounts: &[BillingAccount]) -> Vec<&str> {
    accounts.iter().map(|account| account.id.as_deref().unwrap()).collect()
}

fn account(number: usize, party: &str) -> Value {
    json!({
        "id": format!("A-{number:03}"),
        "name": format!("Account {number}"),
        "state": "Active",
        "relatedParty": [{ "id": "other", "@referredType": "Organization" }, { "id": party, "@referredType": "Individual" }],
        "characteristic": [{ "name": "serviceNumber", "value": format!("5622555{number:04}") }],
        "contact": [{ "contactMedium": [{ "mediumType": "Phone", "characteristic": { "phoneNumber": "56225559999" } }] }],
        "segment": { "tier": "gold" },
        "@type": "BillingAccount"
    })
}

/// The server with 25 accounts of one party and one of another, in pages of at most ten.
async fn foreign_server() -> Tmf666Client {
    let store = MemoryStore::new();
    store.seed_all("billingAccount", (1..=25).map(|number| account(number, "11111111-1")));
    store.seed("billingAccount", account(26, "22222222-2"));
    let official = std::fs::read_to_string(fixtures().join("tmf666/billing-account.v4.json")).unwrap();
    let mut official: Value = serde_json::from_str(&official).unwrap();
    official["id"] = json!("official");
    store.seed("billingAccount", official);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}{PATH}", listener.local_addr().unwrap());
    let handler = TmfHandler::new(&base, store).with_max_page_size(10);
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().nest(PATH, router(handler))).await });
    let mut config = Tmf666Config::new(base);
    config.contact_number = "contactMedium".parse().unwrap();
    Tmf666Client::new(&config, &UpstreamMetrics::register(&mut Registry::default())).unwrap()
}

#[tokio::test]
async fn tm_forums_own_sample_arrives_whole() {
    let client = foreign_server().await;
    let account = client.billing_account(&ctx(), "official", None).await.unwrap();
    let mut expected: Value =
        serde_json::from_str(&std::fs::read_to_string(fixtures().join("tmf666/billing-account.v4.json")).unwrap()).unwrap();
    expected["id"] = json!("official");
    same_json(&serde_json::to_string(&account).unwrap(), &expected.to_string());
}

#[tokio::test]
async fn filters_select_and_pages_add_up() {
    let client = foreign_server().await;
    let list = async |filters: &[Filter<'_>]| client.billing_accounts(&ctx(), filters, None).await.unwrap();
    let party = list(&[Filter { member: "relatedParty.id", value: "11111111-1" }]).await;
    assert_eq!((party.len(), ids(&party)[24]), (25, "A-025"));
    let named = list(&[Filter { member: "relatedParty.id", value: "11111111-1" }, Filter { member: "name", value: "Account 7" }]).await;
    assert_eq!(ids(&named), ["A-007"]);
    assert!(list(&[Filter { member: "relatedParty.id", value: "99999999-9" }]).await.is_empty());
}

#[tokio::test]
async fn the_bots_views_work() {
    let client = foreign_server().await;
    let enquiry = async |reference| client.bot_balance_enquiry(&ctx(), &BusinessUnit::Cl, reference).await;
    let account = enquiry(Reference::RutId("22222222-2")).await.unwrap();
    assert_eq!(account.id.as_deref(), Some("A-026"));
    assert_eq!(account.extra.get("segment").unwrap().get(), r#"{"tier":"gold"}"#);
    let hers = enquiry(Reference::RutIdAcctId { rut: "11111111-1", account: "A-003" }).await.unwrap();
    assert_eq!(hers.id.as_deref(), Some("A-003"));
    let not_hers = enquiry(Reference::RutIdAcctId { rut: "22222222-2", account: "A-003" }).await;
    assert!(matches!(not_hers, Err(BackendError::NotFound { .. })));
    let by_service = client.bot_accounts(&ctx(), &BusinessUnit::Cl, Number::ServiceNo("56225550012")).await.unwrap();
    assert_eq!(ids(&by_service), ["A-012"]);
    assert_eq!(client.bot_accounts(&ctx(), &BusinessUnit::Cl, Number::ContactNo("56225559999")).await.unwrap().len(), 26);
}

#[tokio::test]
async fn attributes_are_selected() {
    let client = foreign_server().await;
    let account = client.billing_account(&ctx(), "A-001", Some("state")).await.unwrap();
    assert_eq!((account.id.as_deref(), account.state.as_deref()), (Some("A-001"), Some("Active")));
    assert!(account.name.is_none() && account.related_party.is_empty());
}

#[tokio::test]
async fn its_errors_are_understood() {
    let client = foreign_server().await;
    let unknown = client.billing_account(&ctx(), "A-999", None).await;
    assert!(matches!(unknown, Err(BackendError::NotFound { .. })), "{unknown:?}");
    let not_an_id = client.billing_account(&ctx(), "../A-001", None).await;
    assert!(matches!(not_an_id, Err(BackendError::NotFound { .. })), "{not_an_id:?}");
}

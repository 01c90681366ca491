//! Servers that keep to TMF630 less than one would wish.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use backends_http::BackendError;
use backends_tmf666::{Filter, Number, Reference, Tmf666Client, Tmf666Config};
use contract_tests::same_json;
use proptest::prelude::*;
use tmf666_model::codes::BusinessUnit;

use crate::bench::{client, ctx, ids};

const PARTY: Filter<'static> = Filter { member: "relatedParty.id", value: "11111111-1" };

/// An answer: status line and further headers, body.
type Answer = (String, String);

/// A server on a thread of its own that answers each target with what `answer` says; it ends with the test process.
fn serve(answer: impl Fn(&str) -> Answer + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap_or_default() == 0 {
                    break;
                }
                request.push(byte[0]);
            }
            let request = String::from_utf8_lossy(&request);
            let Some(target) = request.split(' ').nth(1) else { continue };
            let (head, body) = answer(target);
            let length = body.len();
            let _ = write!(stream, "HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        }
    });
    format!("http://{address}/tmf-api/accountManagement/v4")
}

fn client_of(answer: impl Fn(&str) -> Answer + Send + 'static, page_size: usize) -> Tmf666Client {
    client(&Tmf666Config { page_size, ..Tmf666Config::new(serve(answer)) })
}

/// The accounts `from..to`, each of the party 11111111-1.
fn accounts(from: usize, to: usize) -> String {
    let account = |number| format!(r#"{{"id":"{number}","relatedParty":[{{"id":"11111111-1"}}]}}"#);
    format!("[{}]", (from..to).map(account).collect::<Vec<_>>().join(","))
}

fn parameter(target: &str, name: &str) -> usize {
    let query = target.split_once('?').unwrap().1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap().parse().unwrap()
}

/// A page out of `all` accounts.
fn page(target: &str, all: usize) -> (usize, usize, String) {
    let (offset, limit) = (parameter(target, "offset"), parameter(target, "limit"));
    let end = (offset + limit).min(all);
    (offset, end, accounts(offset.min(all), end))
}

async fn listed(client: &Tmf666Client) -> Result<usize, BackendError> {
    client.billing_accounts(&ctx(), &[PARTY], None).await.map(|accounts| accounts.len())
}

#[tokio::test]
async fn pages_without_a_total_end_with_a_short_one() {
    for all in [0, 9, 10, 25] {
        let client = client_of(move |target| ("200 OK".to_owned(), page(target, all).2), 10);
        assert_eq!(listed(&client).await.unwrap(), all);
    }
}

#[tokio::test]
async fn a_partial_answer_or_a_next_link_goes_on() {
    // Pages of four, whatever the limit.
    let of_four = |target: &str| {
        let offset = parameter(target, "offset");
        (offset + 4 < 10, accounts(offset.min(10), (offset + 4).min(10)))
    };
    let partial = client_of(move |target| ("206 Partial Content".to_owned(), of_four(target).1), 100);
    assert_eq!(listed(&partial).await.unwrap(), 10);
    let linked = client_of(
        move |target| {
            let (more, body) = of_four(target);
            (if more { "200 OK\r\nlink: </next>; rel=\"next\"".to_owned() } else { "200 OK".to_owned() }, body)
        },
        100,
    );
    assert_eq!(listed(&linked).await.unwrap(), 10);
}

#[tokio::test]
async fn an_offset_past_the_end_may_be_refused() {
    let answer = |target: &str| match page(target, 20) {
        (offset, ..) if offset >= 20 => ("416 Range Not Satisfiable".to_owned(), String::new()),
        (_, _, body) => ("200 OK".to_owned(), body),
    };
    assert_eq!(listed(&client_of(answer, 10)).await.unwrap(), 20);
}

#[tokio::test]
async fn a_server_without_paging_sends_everything_at_once() {
    let client = client_of(|_| ("200 OK".to_owned(), accounts(0, 25)), 10);
    assert_eq!(listed(&client).await.unwrap(), 25);
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_is_found_out() {
    let client = client_of(|_| ("200 OK\r\nx-total-count: 30".to_owned(), accounts(0, 10)), 10);
    let failure = listed(&client).await.unwrap_err();
    assert_eq!(failure.to_string(), "tmf666 listBillingAccount: the answer cannot be understood at [0].id");
}

#[tokio::test]
async fn a_total_that_was_never_true_ends_with_an_empty_page() {
    let client = client_of(|target| ("200 OK\r\nx-total-count: 99".to_owned(), page(target, 15).2), 10);
    assert_eq!(listed(&client).await.unwrap(), 15);
}

#[tokio::test]
async fn a_server_that_ignores_filters_discloses_nobody() {
    let everybody = r#"[
        {"id":"1","relatedParty":[{"id":"22222222-2"}],"characteristic":[{"name":"serviceNumber","value":"56225550104"}]},
        {"id":"2","relatedParty":[{"id":"11.111.111-1"}],"characteristic":[{"name":"serviceNumber","value":56225550101}]},
        {"id":"3","characteristic":[{"name":"contactNumber","value":"56225550101"}]}]"#;
    let client = client_of(move |_| ("200 OK".to_owned(), everybody.to_owned()), 100);
    let account = client.bot_balance_enquiry(&ctx(), &BusinessUnit::Cl, Reference::RutId("11111111-1")).await.unwrap();
    assert_eq!(account.id.as_deref(), Some("2"));
    assert_eq!(ids(&client.bot_accounts(&ctx(), &BusinessUnit::Cl, Number::ServiceNo("+56 2 2555 0101")).await.unwrap()), ["2"]);
    assert_eq!(ids(&client.bot_accounts(&ctx(), &BusinessUnit::Cl, Number::ContactNo("56225550101")).await.unwrap()), ["3"]);
    let nobody = client.bot_accounts(&ctx(), &BusinessUnit::Cl, Number::ContactNo("56225550100")).await;
    assert!(matches!(nobody, Err(BackendError::NotFound { .. })));
}

#[tokio::test]
async fn an_amount_without_a_currency_is_in_the_markets() {
    let account = r#"{"id":"1","accountBalance":[{"amount":{"value":45990}},{"amount":{"unit":null,"value":0.10}},
        {"amount":{"unit":"","value":1}},{"amount":{"unit":"CLF","value":2.50}},{"balanceType":"none"}],
        "creditLimit":{"value":5000},"paymentPlan":[{"totalAmount":{"value":7}}],"characteristic":[{"name":"serviceNumber","value":"5"}]}"#;
    let shown = r#"{"id":"1","accountBalance":[{"amount":{"unit":"CLP","value":45990}},{"amount":{"unit":"CLP","value":0.10}},
        {"amount":{"unit":"CLP","value":1}},{"amount":{"unit":"CLF","value":2.50}},{"balanceType":"none"}],
        "creditLimit":{"unit":"CLP","value":5000},"paymentPlan":[{"totalAmount":{"unit":"CLP","value":7}}],
        "characteristic":[{"name":"serviceNumber","value":"5"}]}"#;
    let one = client_of(move |_| ("200 OK".to_owned(), account.to_owned()), 10);
    let found = one.bot_balance_enquiry(&ctx(), &BusinessUnit::Cl, Reference::AccountNo("1")).await.unwrap();
    same_json(&serde_json::to_string(&found).unwrap(), shown);
    let list = client_of(move |_| ("200 OK".to_owned(), format!("[{account}]")), 10);
    let found = list.bot_accounts(&ctx(), &BusinessUnit::Cl, Number::ServiceNo("5")).await.unwrap();
    same_json(&serde_json::to_string(&found).unwrap(), &format!("[{shown}]"));
}

#[tokio::test]
async fn an_answer_for_somebody_else_is_not_shown() {
    let client = client_of(|_| ("200 OK".to_owned(), r#"{"id":"2"}"#.to_owned()), 10);
    let failure = client.billing_account(&ctx(), "1", None).await.unwrap_err();
    assert_eq!(failure.to_string(), "tmf666 retrieveBillingAccount: the answer cannot be understood at id");
}

#[tokio::test]
async fn the_error_bodys_code_reaches_the_operator_and_its_sentences_nobody() {
    let body = r#"{"code":"ERR-60","reason":"no such customer 11111111-1","message":"see 56225550101","status":"400","@type":"Error"}"#;
    let client = client_of(move |_| ("400 Bad Request".to_owned(), body.to_owned()), 10);
    let failure = listed(&client).await.unwrap_err();
    assert!(matches!(failure, BackendError::Rejected { .. }));
    assert_eq!(failure.to_string(), "tmf666 listBillingAccount: the request was rejected (400 Bad Request, code ERR-60)");
    let wordy = r#"{"code":"customer 11111111-1 is unknown"}"#;
    let client = client_of(move |_| ("403 Forbidden".to_owned(), wordy.to_owned()), 10);
    let failure = listed(&client).await.unwrap_err();
    assert_eq!(failure.to_string(), "tmf666 listBillingAccount: this gateway is not allowed to ask (403 Forbidden)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_account_arrives_once_whatever_the_pages(all in 0..60_usize, asked in 1..20_usize, most in 1..20_usize) {
        let answer = move |target: &str| {
            let offset = parameter(target, "offset").min(all);
            let end = (offset + parameter(target, "limit").min(most)).min(all);
            (format!("200 OK\r\nx-total-count: {all}"), accounts(offset, end))
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(async { client_of(answer, asked).billing_accounts(&ctx(), &[PARTY], None).await.unwrap() });
        let expected: Vec<_> = (0..all).map(|number| number.to_string()).collect();
        prop_assert_eq!(ids(&found), expected);
    }
}

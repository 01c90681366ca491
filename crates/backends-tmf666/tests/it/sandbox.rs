//! The client against the sandbox's TMF666 server, over HTTP.

use backends_http::{BackendError, Outage};
use backends_tmf666::{Filter, Number, Reference, Tmf666Client, Tmf666Config};
use bss_sandbox::{BssName, Fault, FaultRule, Options, Sandbox};
use contract_tests::same_json;
use tmf666_model::codes::BusinessUnit;

use crate::bench::{client, ctx, ids};

const STORED: &str = include_str!("../../../bss-sandbox/data/tmf666/CL-100200300.json");

struct Bench {
    sandbox: Sandbox,
    client: Tmf666Client,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut Tmf666Config)) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut config = Tmf666Config::sandbox(sandbox.base_url(BssName::Tmf666));
        config.http.retry_backoff_ms = 1;
        change(&mut config);
        Self { client: client(&config), sandbox }
    }

    fn fault(&self, fault: Fault) {
        self.sandbox.add_fault(FaultRule::new(BssName::Tmf666, fault));
    }

    fn calls(&self, operation: &str) -> u64 {
        self.sandbox.calls()[&BssName::Tmf666][operation]
    }

    async fn enquiry(&self, reference: Reference<'_>) -> Result<String, BackendError> {
        let account = self.client.bot_balance_enquiry(&ctx(), &BusinessUnit::Cl, reference).await?;
        Ok(account.id.unwrap().into())
    }
}

#[tokio::test]
async fn an_account_arrives_whole() {
    let bench = Bench::new();
    let account = bench.client.billing_account(&ctx(), "CL-100200300", None).await.unwrap();
    same_json(&serde_json::to_string(&account).unwrap(), STORED);
    assert!(account.extra.get("programaLealtad").unwrap().get().contains("12345678901234567890"));
}

#[tokio::test]
async fn a_balance_enquiry_names_an_account_a_customer_or_both() {
    let bench = Bench::new();
    assert_eq!(bench.enquiry(Reference::AccountNo("CL-100200326")).await.unwrap(), "CL-100200326");
    assert_eq!(bench.enquiry(Reference::RutId("22222222-2")).await.unwrap(), "CL-100200326");
    assert_eq!(bench.enquiry(Reference::RutId("11111111-1")).await.unwrap(), "CL-100200300", "the first of two");
    let both = Reference::RutIdAcctId { rut: "11111111-1", account: "CL-100200318" };
    assert_eq!(bench.enquiry(both).await.unwrap(), "CL-100200318");
    for nobody in [
        Reference::AccountNo("CL-0"),
        Reference::RutId("99999999-9"),
        Reference::RutIdAcctId { rut: "22222222-2", account: "CL-100200318" },
    ] {
        let failure = bench.enquiry(nobody).await;
        assert!(matches!(failure, Err(BackendError::NotFound { .. })), "{failure:?}");
    }
}

#[tokio::test]
async fn accounts_are_found_by_a_number() {
    let bench = Bench::new();
    let find = async |number| bench.client.bot_accounts(&ctx(), &BusinessUnit::Cl, number).await;
    assert_eq!(ids(&find(Number::ServiceNo("56225550103")).await.unwrap()), ["CL-100200318"]);
    assert_eq!(ids(&find(Number::ContactNo("56225550102")).await.unwrap()), ["CL-100200300", "CL-100200318"]);
    let nobody = find(Number::ServiceNo("56225550102")).await;
    assert!(matches!(nobody, Err(BackendError::NotFound { .. })), "a contact number is no service number: {nobody:?}");
}

#[tokio::test]
async fn a_contact_medium_can_be_searched_instead() {
    let bench = Bench::with(|config| config.contact_number = "contactMedium".parse().unwrap());
    let found = bench.client.bot_accounts(&ctx(), &BusinessUnit::Cl, Number::ContactNo("56225550102")).await.unwrap();
    assert_eq!(ids(&found), ["CL-100200300", "CL-100200318"]);
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let bench = Bench::with(|config| config.page_size = 10);
    let filters = [Filter { member: "relatedParty.id", value: "33333333-3" }];
    let accounts = bench.client.billing_accounts(&ctx(), &filters, None).await.unwrap();
    let mut numbers = ids(&accounts);
    numbers.dedup();
    assert_eq!((numbers.len(), bench.calls("listBillingAccount")), (25, 3));
    let few = Bench::with(|config| config.max_accounts = 24);
    let failure = few.client.billing_accounts(&ctx(), &filters, None).await.unwrap_err();
    assert_eq!(failure.to_string(), "tmf666 listBillingAccount: the answer cannot be understood at X-Total-Count");
}

#[tokio::test]
async fn attributes_are_selected() {
    let bench = Bench::new();
    let account = bench.client.billing_account(&ctx(), "CL-100200300", Some("name,state")).await.unwrap();
    let json = serde_json::to_string(&account).unwrap();
    same_json(
        &json,
        r#"{"id":"CL-100200300","href":"https://tmf.example.com/tmf-api/accountManagement/v4/billingAccount/CL-100200300",
            "name":"Aurora Muestra","state":"Working","@type":"BillingAccount"}"#,
    );
    let filters = [Filter { member: "relatedParty.id", value: "11111111-1" }];
    let accounts = bench.client.billing_accounts(&ctx(), &filters, Some("name")).await.unwrap();
    assert!(accounts.iter().all(|account| account.name.is_some() && account.state.is_none()));
}

#[tokio::test]
async fn its_failures_have_their_meaning() {
    let stranger = Bench::with(|config| config.bearer_token = Some("guessed".into()));
    let refused = stranger.enquiry(Reference::AccountNo("CL-100200300")).await.unwrap_err();
    assert_eq!(refused.to_string(), "tmf666 retrieveBillingAccount: this gateway is not allowed to ask (401 Unauthorized)");
    let bench = Bench::new();
    for (fault, expected) in [
        (Fault::Native { code: "429".to_owned() }, Outage::RateLimited),
        (Fault::Native { code: "500".to_owned() }, Outage::SystemDown),
        (Fault::Html { code: 503 }, Outage::SystemDown),
        (Fault::Truncate, Outage::ConnectionLost),
    ] {
        bench.fault(fault.clone());
        match bench.enquiry(Reference::RutId("11111111-1")).await {
            Err(BackendError::Unavailable { outage, .. }) => assert_eq!(outage, expected, "{fault:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
        bench.sandbox.clear_faults();
    }
    for fault in [Fault::Garbage, Fault::Absurd] {
        bench.fault(fault);
        assert!(matches!(bench.enquiry(Reference::AccountNo("CL-100200300")).await, Err(BackendError::Malformed { .. })));
        assert!(matches!(bench.enquiry(Reference::RutId("11111111-1")).await, Err(BackendError::Malformed { .. })));
        bench.sandbox.clear_faults();
    }
}

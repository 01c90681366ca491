//! Every answer fits its schema: each account of the sandbox, asked for through each operation.

use std::collections::BTreeMap;
use std::path::Path;

use contract_tests::{Published, Request, Server, assert_fits};
use serde_json::Value;

/// Account numbers and telephone numbers of a system's sandbox accounts.
fn accounts(system: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bss-sandbox/data").join(system);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
}

/// The texts of a member, be it one or a list.
fn texts(account: &Value, member: &str) -> Vec<String> {
    let texts = match &account[member] {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect::<Vec<_>>(),
    };
    texts.into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn numbers(system: &str, member: &str) -> Vec<String> {
    let mut numbers: Vec<_> = accounts(system).iter().flat_map(|account| texts(account, member)).collect();
    numbers.sort();
    numbers.dedup();
    numbers
}

/// Percent-encoded for a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A channel's binary, and what it publishes.
struct Live {
    server: Server,
    published: Published,
    /// Made once: in a test's build that takes its time.
    schemas: BTreeMap<(String, u16), jsonschema::Validator>,
    base: String,
    succeeded: usize,
}

impl Live {
    fn start(channel: &str) -> Self {
        let published = Published::of(channel);
        let base = published.base().to_owned();
        Self { server: Server::start(channel, &[]), published, schemas: BTreeMap::new(), base, succeeded: 0 }
    }

    fn ask(&mut self, target: &str, headers: &[(&str, &str)]) {
        let request = self.server.get(&format!("{}{target}", self.base));
        let request = headers.iter().fold(request, |request: Request, (name, value)| request.header(name, value));
        let answer = request.send();
        let template = self.published.template(target.split('?').next().unwrap()).unwrap();
        let what = format!("GET {target} {headers:?}");
        assert!(answer.status < 500 || matches!(answer.status, 501 | 503), "{what}: {} {}", answer.status, answer.body);
        let published = &self.published;
        let schema =
            self.schemas.entry((template.to_owned(), answer.status)).or_insert_with(|| published.answer("get", template, answer.status));
        assert_fits(schema, &answer.body, &what);
        self.succeeded += usize::from(answer.status == 200);
    }
}

#[test]
fn bot_ux() {
    let mut live = Live::start("bot-ux");
    for (system, unit, member) in
        [("csg", "PR", "SUB_ACCT_NO"), ("cerillion", "JM", "accountNo"), ("liberate", "JM", "accountNo"), ("tmf666", "CL", "id")]
    {
        for account in numbers(system, member) {
            live.ask(&format!("/{unit}/balanceEnquiry"), &[("lob", "FIXED"), ("refid", "ACCOUNT_NO"), ("refvalue", &account)]);
        }
    }
    for (system, unit, member) in [
        ("csg", "PR", "HOME_PHONE"),
        ("csg", "PR", "BUS_PHONE"),
        ("cerillion", "JM", "serviceNumbers"),
        ("liberate", "JM", "serviceNumbers"),
    ] {
        for phone in numbers(system, member) {
            for refid in ["SERVICE_NO", "CONTACT_NO"] {
                live.ask(&format!("/{unit}/accounts"), &[("lob", "FIXED"), ("refid", refid), ("refvalue", &phone)]);
            }
        }
    }
    assert!(live.succeeded > 80, "{}", live.succeeded);
}

#[test]
fn sfdc_ux() {
    let mut live = Live::start("sfdc-ux");
    for account in accounts("aria") {
        let (id, plan) = (account["client_acct_id"].as_str().unwrap(), account["plan_balances"][0]["client_plan_instance_id"].as_str());
        let target = format!("/PR/billingAccount/{id}?accountRelationship.account.id={}", plan.unwrap_or(id));
        live.ask(&target, &[("targetSystem", "Aria")]);
    }
    for account in numbers("csg", "SUB_ACCT_NO") {
        live.ask(&format!("/PR/billingAccount/{account}?accountRelationship.relationshipType=customerAccount"), &[]);
    }
    for phone in numbers("csg", "HOME_PHONE") {
        live.ask(&format!("/PR/billingAccount?characteristic.value={}&characteristic.name=MSISDN", encoded(&phone)), &[]);
    }
    assert!(live.succeeded > 40, "{}", live.succeeded);
}

#[test]
fn dxp_ux() {
    let mut live = Live::start("dxp-ux");
    for account in numbers("csg", "SUB_ACCT_NO") {
        live.ask(&format!("/PR/billingAccount/{account}"), &[("channelId", "APP"), ("lob", "FIXED")]);
    }
    for account in accounts("salesforce") {
        let by_type = |id: &str, kind: &str| {
            format!("/PR/billingAccount/{id}?type={kind}&extendedCharacteristics.name=sourceSystem&extendedCharacteristics.value=Digital")
        };
        let mobile = [("channelId", "APP"), ("lob", "POSTPAID")];
        if let Some(number) = ["Name", "AccountNumber"].iter().find_map(|member| account[*member].as_str()) {
            live.ask(&by_type(number, "billingAccountNumber"), &mobile);
        }
        for line in account["ChildAccounts"].as_array().into_iter().flatten() {
            live.ask(&by_type(line["MSISDN__c"].as_str().unwrap_or("17875550199"), "msisdn"), &mobile);
        }
    }
    for account in numbers("aria", "client_acct_id") {
        live.ask(&format!("/PR/billingAccount/{account}"), &[("channelId", "APP"), ("targetSystem", "aria")]);
    }
    for account in accounts("amdocs") {
        let unit = account["businessId"].as_str().unwrap_or("CW");
        let target = format!("/{unit}/billingAccount/{}", account["accountNo"].as_str().unwrap());
        live.ask(&target, &[("channelId", "APP"), ("lob", "FIXED")]);
    }
    for location in numbers("csg", "LOC_ID") {
        live.ask(&format!("/PR/billingAccount?locationId={location}"), &[("channelId", "APP")]);
    }
    for identifier in ["c2FtcGxlLXRheC1pZC0wMQ==", "c2FtcGxlLXRheC1pZC0wMg=="] {
        let headers = [("channelId", "APP"), ("x-tax-identifier", identifier)];
        live.ask("/PR/billingAccount?identityType=SSN", &headers);
        live.ask("/PR/billingAccount?identityType=SSN&balanceCheck=false&limit=1&fields=name", &headers);
    }
    assert!(live.succeeded > 80, "{}", live.succeeded);
}

#[test]
fn wfm_ux() {
    let mut live = Live::start("wfm-ux");
    for system in ["cerillion", "liberate"] {
        for account in numbers(system, "accountNo") {
            live.ask(&format!("/JM/billingAccount/{account}"), &[]);
        }
    }
    assert!(live.succeeded > 25, "{}", live.succeeded);
}

#[test]
fn every_published_request_succeeds() {
    for channel in ["bot-ux", "sfdc-ux", "dxp-ux", "wfm-ux"] {
        let published = Published::of(channel);
        let server = Server::start(channel, &[]);
        let base = published.base();
        for (template, method, operation) in published.operations() {
            let schema = published.answer(method, template, 200);
            for example in operation["x-requests"].as_array().unwrap() {
                let target = example["target"].as_str().unwrap();
                let mut request = server.request(&method.to_uppercase(), &format!("{base}{target}"));
                for (name, value) in example["headers"].as_object().unwrap() {
                    request = request.header(name, value.as_str().unwrap());
                }
                if let Some(body) = example.get("body") {
                    request = request.json(&body.to_string());
                }
                let answer = request.send();
                assert_eq!(answer.status, 200, "{channel} {method} {target}: {}", answer.body);
                assert_fits(&schema, &answer.body, target);
            }
        }
    }
}

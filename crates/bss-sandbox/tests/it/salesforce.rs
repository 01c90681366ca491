use super::http::{Call, Reply, sandbox};
use bss_sandbox::{BssName, Options, Sandbox, credentials};
use serde_json::{Value, json};

fn token(sandbox: &Sandbox) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        credentials::SALESFORCE_CLIENT_ID,
        credentials::SALESFORCE_CLIENT_SECRET
    );
    let reply = call(sandbox, "POST", "/services/oauth2/token", "").body(form).send().unwrap();
    assert_eq!(reply.json()["instance_url"], sandbox.base_url(BssName::Salesforce), "an ordinary client goes there");
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

fn call(sandbox: &Sandbox, method: &'static str, path: &str, token: &str) -> Call {
    Call::new(sandbox.base_url(BssName::Salesforce), method, path).header("authorization", format!("Bearer {token}"))
}

/// A session with the sandbox.
struct Org {
    sandbox: Sandbox,
    token: String,
}

impl Org {
    fn new() -> Self {
        let sandbox = sandbox();
        let token = token(&sandbox);
        Self { sandbox, token }
    }

    fn ask(&self, method: &'static str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        call(&self.sandbox, method, &format!("/services/data/v62.0/{path}"), &self.token).body(body).send().unwrap()
    }

    fn query(&self, soql: &str) -> Value {
        let q = soql.replace('%', "%25").replace('<', "%3C").replace('>', "%3E").replace('\\', "%5C").replace(' ', "+");
        self.ask("GET", &format!("query?q={q}"), &Value::Null).json()
    }

    fn count(&self, condition: &str) -> u64 {
        self.query(&format!("SELECT COUNT() FROM Account WHERE {condition}"))["totalSize"].as_u64().unwrap()
    }
}

#[test]
fn a_session_begins_and_ends() {
    let org = Org::new();
    let versions = call(&org.sandbox, "GET", "/services/data", "").send().unwrap();
    assert!(versions.text().contains("/services/data/v62.0"), "nobody needs a session for that");
    let limits = org.ask("GET", "limits", &Value::Null);
    assert_eq!((limits.status, limits.header("sforce-limit-info")), (200, Some("api-usage=1/15000")));
    let revoked = call(&org.sandbox, "POST", "/services/oauth2/revoke", "").body(format!("token={}", org.token)).send().unwrap();
    assert_eq!(revoked.status, 200);
    let ended = org.ask("GET", "limits", &Value::Null);
    assert_eq!((ended.status, &ended.json()[0]["errorCode"]), (401, &json!("INVALID_SESSION_ID")));
}

#[test]
fn conditions_choose_records() {
    let org = Org::new();
    for (condition, expected) in [
        ("Id = '0016300001MwDHb'", 1),
        ("Id = '0016300001MWDHB'", 0),
        ("Name = 'CONNECTION fee prepaid'", 2),
        ("Name LIKE '%fee_prepaid' AND ParentId != null", 1),
        ("vlocity_cmt__EnableAutopay__c = true AND Parent.Name = 'Paul Paul'", 1),
        ("MSISDN__c IN ('17875550153', 'x') OR MSISDN__c = '17875550172'", 2),
        ("MSISDN__c NOT IN ('17875550153') AND MSISDN__c LIKE '178755501%' AND MSISDN__c > '17875550175'", 4),
        ("NOT (Name LIKE '%' OR Name = null)", 0),
        ("CreatedDate < 2016-01-01T00:00:00Z", 1),
        ("Id IN (SELECT AccountId FROM Contact WHERE Name LIKE 'Helen%')", 1),
    ] {
        assert_eq!(org.count(condition), expected, "{condition}");
    }
}

#[test]
fn queries_that_make_no_sense_are_refused() {
    let org = Org::new();
    let deep = format!("SELECT Id FROM Account WHERE {}Id = null{}", "(".repeat(40), ")".repeat(40));
    for (query, code) in [
        ("", "MALFORMED_QUERY"),
        ("SELECT", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Name = 'c'", "MALFORMED_QUERY"),
        (r"SELECT Id FROM Account WHERE Name = '\x'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account; DELETE", "MALFORMED_QUERY"),
        (deep.as_str(), "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)", "MALFORMED_QUERY"),
        ("SELECT Other.Name FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE IsPrimary__c = true", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE vlocity_cmt__EnableAutopay__c = 'true'", "INVALID_FIELD"),
        ("SELECT Id FROM Account ORDER BY Nothing", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
    ] {
        assert_eq!(org.query(query)[0]["errorCode"], code, "{query}");
    }
}

#[test]
fn an_external_id_of_several_records_writes_nothing() {
    let org = Org::new();
    for name in ["One", "Other"] {
        let made = org.ask("POST", "sobjects/Account", &json!({ "Name": name, "Customer_Account_Number__c": "several" }));
        assert_eq!(made.status, 201);
    }
    let reply = org.ask("PATCH", "sobjects/Account/Customer_Account_Number__c/several", &json!({ "Name": "Both" }));
    assert_eq!((reply.status, reply.json().as_array().map(Vec::len)), (300, Some(2)));
    assert_eq!(org.count("Name = 'Both'"), 0);
}

#[test]
fn a_composite_request_is_all_or_nothing_and_one_change() {
    let org = Org::new();
    let url = |path: &str| format!("/services/data/v62.0/sobjects/{path}");
    let parts = |email: &str| {
        json!({ "allOrNone": true, "compositeRequest": [
            { "method": "PATCH", "url": url("Account/0016300001MwDHbAAN"), "referenceId": "a", "body": { "BillingCity": "Ponce" } },
            { "method": "PATCH", "url": url("Account/0016300001MwDHbAAN"), "referenceId": "b", "body": { "vlocity_cmt__BillingEmailAddress__c": email } },
            { "method": "PATCH", "url": url("Change_Request__c/Correlation_Id__c/c%2F1"), "referenceId": "c", "body": { "Type__c": "Email" } },
        ] })
    };
    let statuses = |reply: &Reply| -> Vec<u64> {
        reply.json()["compositeResponse"].as_array().unwrap().iter().map(|part| part["httpStatusCode"].as_u64().unwrap()).collect()
    };
    assert_eq!(statuses(&org.ask("POST", "composite", &parts("nobody"))), [400, 400, 400]);
    assert_eq!((org.count("BillingCity = 'Ponce'"), org.sandbox.changes().len()), (0, 0));
    assert_eq!(statuses(&org.ask("POST", "composite", &parts("a@example.com"))), [204, 204, 201]);
    assert_eq!(statuses(&org.ask("POST", "composite", &parts("a@example.com"))), [204, 204, 200]);
    let changes = org.sandbox.changes();
    assert_eq!(changes.len(), 1, "the second time nothing became different");
    assert_eq!((changes[0].account.as_str(), changes[0].request_id.as_str()), ("31515070-31513558", "c/1"));
}

#[test]
fn collections_of_records() {
    let org = Org::new();
    let record = |name: &str| json!({ "attributes": { "type": "Account" }, "Name": name });
    let create = |all_or_none: bool, names: &[&str]| {
        let records: Vec<Value> = names.iter().map(|name| record(name)).collect();
        org.ask("POST", "composite/sobjects", &json!({ "allOrNone": all_or_none, "records": records })).json()
    };
    let made = create(true, &["Collected", "Collected"]);
    let ids: Vec<&str> = made.as_array().unwrap().iter().map(|outcome| outcome["id"].as_str().unwrap()).collect();
    assert_eq!(org.count("Name = 'Collected'"), 2);
    let failed = create(true, &["Collected", ""]);
    assert_eq!(failed[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    assert_eq!(failed[1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING");
    assert_eq!(org.count("Name = 'Collected'"), 2);
    let renamed = json!({ "records": [{ "attributes": { "type": "Account" }, "id": ids[0], "Name": "Renamed" }] });
    assert_eq!(org.ask("PATCH", "composite/sobjects", &renamed).json()[0]["success"], true);
    let deleted = org.ask("DELETE", &format!("composite/sobjects?ids={}", ids.join(",")), &Value::Null);
    assert_eq!(deleted.json().as_array().map(Vec::len), Some(2));
    assert_eq!(org.count("Name IN ('Collected', 'Renamed')"), 0);
}

#[test]
fn account_files_are_checked() {
    for (file, reason) in [
        (r#"{"Account": {"Nmae": "x"}}"#, "Account: unknown field `Nmae`"),
        (r#"{"Account": {"vlocity_cmt__EnableAutopay__c": "yes"}}"#, "Account.vlocity_cmt__EnableAutopay__c: invalid type"),
        (r#"{"Account": {"Id": "0016300001MwDHbAAA"}}"#, "expected an Id of 18 characters with its checksum"),
        (r#"{"Contacts": [{"Name": "x", "CreatedDate": "yesterday"}]}"#, "expected a moment"),
        (r#"{"Lines": []}"#, "unknown field `Lines`"),
        (r#"{"Account": {"Name": "x"}}"#, "(account number): is missing"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("salesforce")).unwrap();
        std::fs::write(directory.path().join("salesforce/x.json"), file).unwrap();
        let options = Options { data_dir: Some(directory.path().to_owned()), ..Options::default() };
        let error = Sandbox::start(options).err().unwrap().to_string();
        assert!(error.contains(reason), "{file}: {error}");
    }
}

use super::http::{Call, Reply, liberate, sandbox};
use bss_sandbox::{BssName, Sandbox, credentials};
use serde_json::Value;

fn read(sandbox: &Sandbox, unit: &str, key: &str, number: &str) -> Value {
    let body = format!(r#"{{"operation":"getAccounts","{key}":"{number}"}}"#);
    let reply = liberate(sandbox, unit, &body).send().unwrap();
    assert_eq!(reply.status, 200);
    reply.json()
}

#[test]
fn liberate_finds_by_account_service_and_contact_number() {
    let sandbox = sandbox();
    for (key, number) in [
        ("accountNo", "301202420000"),
        ("serviceNo", "8765550160"),
        ("serviceNo", "18765550160"),
        ("contactNo", "8765550161"),
        ("contactNo", "1 (876) 555-0161"),
    ] {
        assert_eq!(read(&sandbox, "JM", key, number)["accountNo"], "301202420000", "{key} {number}");
    }
    let several = read(&sandbox, "JM", "contactNo", "8765550190");
    assert_eq!(several.as_array().unwrap().len(), 2, "several hits are an array");
}

#[test]
fn liberate_keeps_digits_and_says_nothing_with_empty_text() {
    let sandbox = sandbox();
    let body = r#"{"operation":"getAccounts","accountNo":"301202420000"}"#;
    let reply = liberate(&sandbox, "JM", body).send().unwrap();
    assert!(reply.text().contains(r#""netPayable":6498.75"#) && reply.text().contains(r#""depositHeld":0.00"#));
    assert!(reply.text().contains(r#""creditLimit":0,"#));
    assert!(!reply.text().contains("serviceNumbers"), "the sandbox's own members stay inside");
    let bare = read(&sandbox, "JM", "accountNo", "301202420074");
    assert_eq!(bare["billingInfo"]["email"], "");
    assert_eq!(bare["migratedToAccountNo"], 0);
}

#[test]
fn liberate_fails_with_its_codes() {
    let sandbox = sandbox();
    let code = |unit: &str, body: &str| liberate(&sandbox, unit, body).send().unwrap().json()["errorCode"].clone();
    let body = r#"{"operation":"getAccounts","accountNo":"507100200300"}"#;
    assert_eq!(code("PA", body), Value::Null);
    assert_eq!(code("JM", body), "LIB-0404", "an account of another unit");
    assert_eq!(code("PR", body), "LIB-0400");
    assert_eq!(code("PA", "{}"), "LIB-0400");
    assert_eq!(code("PA", r#"{"operation":"getAccounts"}"#), "LIB-0400");
    assert_eq!(code("PA", r#"{"operation":"close","accountNo":"1"}"#), "LIB-0400");
    let path = "/liberate-customer-sys/v1/PA/billingAccount/";
    let wrong = Call::new(sandbox.base_url(BssName::Liberate), "POST", path)
        .header("content-type", "application/json")
        .header("authorization", "Basic AAAA")
        .body(body);
    assert_eq!(wrong.send().unwrap().json()["errorCode"], "LIB-0401");
}

fn token(sandbox: &Sandbox) -> String {
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        credentials::CERILLION_CLIENT_ID,
        credentials::CERILLION_CLIENT_SECRET
    );
    let reply = token_call(sandbox).body(body).send().unwrap();
    assert_eq!(reply.json()["expires_in"], 300);
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

fn token_call(sandbox: &Sandbox) -> Call {
    let path = "/auth/realms/sandbox/protocol/openid-connect/token";
    Call::new(sandbox.base_url(BssName::Cerillion), "POST", path).header("content-type", "application/x-www-form-urlencoded")
}

fn cerillion(sandbox: &Sandbox, token: &str, path: &str) -> Reply {
    let path = format!("/cerillion/jm/account/1.0{path}");
    Call::new(sandbox.base_url(BssName::Cerillion), "GET", path).header("authorization", format!("Bearer {token}")).send().unwrap()
}

#[test]
fn cerillion_gives_account_and_balance_as_two_resources() {
    let sandbox = sandbox();
    let token = token(&sandbox);
    let account = cerillion(&sandbox, &token, "/50450354");
    assert_eq!(account.json()["accountOwnersName"], "ANNA MARIE SAMPLE");
    assert_eq!(account.json().get("accountBalance"), None);
    assert_eq!(account.json()["billingAddress"].get("line1"), None, "what there is not is left out");
    let balance = cerillion(&sandbox, &token, "/50450354/accountBalance");
    assert!(balance.text().contains(r#"{"type":"lastPayment","amount":{"value":6000,"unit":"JMD"},"date":"2024-06-30T23:20:46.000Z"}"#));
}

#[test]
fn cerillion_pages_its_list() {
    let sandbox = sandbox();
    let token = token(&sandbox);
    let page = |query: &str| cerillion(&sandbox, &token, query);
    let first = page("?contactNumber=18765550198");
    assert_eq!((first.json().as_array().unwrap().len(), first.header("x-total-count")), (20, Some("25")));
    let rest = page("?contactNumber=8765550198&offset=20&limit=20");
    assert_eq!((rest.json().as_array().unwrap().len(), rest.header("x-total-count")), (5, Some("25")));
    assert_eq!(page("?serviceNumber=8765550169").json()[0]["accountNo"], "50450354");
    let none = page("?serviceNumber=8765550100");
    assert_eq!((none.status, none.text()), (200, "[]"));
}

#[test]
fn cerillion_fails_with_status_and_body() {
    let sandbox = sandbox();
    let token = token(&sandbox);
    let missing = cerillion(&sandbox, &token, "/1");
    assert_eq!((missing.status, &missing.json()["code"]), (404, &Value::from("404")));
    assert_eq!(cerillion(&sandbox, &token, "").status, 400);
    assert_eq!(cerillion(&sandbox, &token, "?serviceNumber=1&limit=x").status, 400);
    assert_eq!(cerillion(&sandbox, "another", "/50450354").status, 401);
    let wrong = token_call(&sandbox).body("grant_type=client_credentials&client_id=a&client_secret=b").send().unwrap();
    assert_eq!((wrong.status, &wrong.json()["error"]), (401, &Value::from("invalid_client")));
}

#[test]
fn amdocs_knows_an_account_in_its_market_only() {
    let sandbox = sandbox();
    let get = |key: &str, unit: &str, number: &str| {
        let path = format!("/amdocs/rest/v1/{unit}/billingAccounts/{number}");
        Call::new(sandbox.base_url(BssName::Amdocs), "GET", path).header("x-api-key", key).send().unwrap()
    };
    let key = credentials::AMDOCS_API_KEY;
    let found = get(key, "CW", "9002000001");
    assert_eq!(found.json()["offers"][1]["offerId"], "51002454");
    assert!(found.text().contains(r#""current":84.50"#));
    assert_eq!(get(key, "SX", "9002000001").status, 404);
    assert_eq!(get(key, "PR", "9002000001").status, 400);
    assert_eq!(get("wrong", "CW", "9002000001").status, 401);
    assert_eq!(get(key, "CW", "1").json(), serde_json::json!({"code": "404", "message": "account not found"}));
}

fn tmf666(sandbox: &Sandbox, path: &str) -> Reply {
    let path = format!("/tmf-api/accountManagement/v4/billingAccount{path}");
    Call::new(sandbox.base_url(BssName::Tmf666), "GET", path)
        .header("authorization", format!("Bearer {}", credentials::TMF666_TOKEN))
        .send()
        .unwrap()
}

#[test]
fn tmf666_passes_unknown_members_with_their_digits() {
    let sandbox = sandbox();
    let reply = tmf666(&sandbox, "/CL-100200300");
    assert!(reply.text().contains(r#""programaLealtad":{"nivel":"oro","puntos":12345678901234567890,"factor":1.10}"#));
}

#[test]
fn tmf666_filters_pages_and_selects() {
    let sandbox = sandbox();
    let by_party = tmf666(&sandbox, "?relatedParty.id=11111111-1&fields=name");
    let member = |account: &Value| account.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(by_party.json().as_array().unwrap().len(), 2);
    assert_eq!(member(&by_party.json()[0]), ["@type", "href", "id", "name"]);
    let page = tmf666(&sandbox, "?characteristic.name=contactNumber&characteristic.value=56225550199&offset=24");
    assert_eq!((page.header("x-total-count"), page.header("x-result-count")), (Some("25"), Some("1")));
    let both = tmf666(&sandbox, "?relatedParty.id=11111111-1&id=CL-100200318");
    assert_eq!(both.json().as_array().unwrap().len(), 1);
    assert_eq!(tmf666(&sandbox, "?relatedParty.id=unknown").text(), "[]");
}

#[test]
fn tmf666_fails_with_its_error_body() {
    let sandbox = sandbox();
    let missing = tmf666(&sandbox, "/CL-1");
    assert_eq!(missing.status, 404);
    assert_eq!(missing.json()["@type"], "Error");
    assert_eq!(tmf666(&sandbox, "?limit=-1").status, 400);
    let path = "/tmf-api/accountManagement/v4/billingAccount";
    let nobody = Call::new(sandbox.base_url(BssName::Tmf666), "GET", path).send().unwrap();
    assert_eq!((nobody.status, &nobody.json()["code"]), (401, &Value::from("401")));
}

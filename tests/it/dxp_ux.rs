//! dxp-ux: its requests beyond the examples, and every documented error of its reads.

use contract_tests::{Request, Server, bad_request, document, error};

fn dxp_ux() -> Server {
    Server::start("dxp-ux", &[])
}

const BASE: &str = "/dxp-ux/v1";
const SOURCE: &str = "extendedCharacteristics.name=sourceSystem&extendedCharacteristics.value=Digital";

fn get(server: &Server, path: &str) -> Request {
    server.get(&format!("{BASE}{path}")).header("channelId", "APP")
}

fn mobile(server: &Server, id: &str, kind: &str) -> Request {
    get(server, &format!("/PR/billingAccount/{id}?type={kind}&{SOURCE}")).header("lob", "POSTPAID")
}

fn enumerated(value: &str, place: &str) -> String {
    format!("Invalid value '{value}' for {place}. {value} is not a valid enum value")
}

#[test]
fn what_a_request_by_id_must_hold() {
    let server = dxp_ux();
    let account = "/PR/billingAccount/8211990010018869";
    for (request, description) in [
        (get(&server, "/OO/billingAccount/1"), enumerated("OO", "uri parameter businessId")),
        (get(&server, &format!("{account}?type=iccid")).header("lob", "FIXED"), enumerated("iccid", "query parameter type")),
        (
            get(&server, &format!("{account}?extendedCharacteristics.name=x")).header("lob", "FIXED"),
            enumerated("x", "query parameter extendedCharacteristics.name"),
        ),
        (
            get(&server, &format!("{account}?extendedCharacteristics.value=IVR")).header("lob", "FIXED"),
            enumerated("IVR", "query parameter extendedCharacteristics.value"),
        ),
        (get(&server, account).without("channelId").header("lob", "FIXED"), "Required header 'channelId' not specified".into()),
        (get(&server, account).header("channeId", "APP").header("lob", "FIXED"), "Header channelId is not repeatable".into()),
        (get(&server, account), "Required header 'lob' not specified".into()),
        (get(&server, account).header("lob", "fixed"), enumerated("fixed", "header 'lob'")),
        (get(&server, account).header("lob", "FIXED").header("lob", "FIXED"), "Header lob is not repeatable".into()),
        (get(&server, account).header("targetSystem", "matrixx"), enumerated("matrixx", "header 'targetSystem'")),
        (get(&server, account).header("lob", "POSTPAID"), "Required query parameter type not specified".into()),
        (
            get(&server, &format!("{account}?type=msisdn&extendedCharacteristics.value=Digital")).header("lob", "PREPAID"),
            "Required query parameter extendedCharacteristics.name not specified".into(),
        ),
        (
            get(&server, &format!("{account}?type=msisdn&extendedCharacteristics.name=sourceSystem")).header("lob", "PREPAID"),
            "Required query parameter extendedCharacteristics.value not specified".into(),
        ),
    ] {
        request.send().assert(400, &bad_request(&description));
    }
}

#[test]
fn the_correlation_id_has_a_pattern_here() {
    let server = dxp_ux();
    let request = |id: &str| get(&server, "/PR/billingAccount/8211990010018869").header("lob", "FIXED").header("Correlation-ID", id);
    for id in ["644e1dd7-2a7f-18", "aZ09-+/=_aZ09-+/=_", &"x".repeat(64)] {
        let answer = request(id).send();
        assert_eq!((answer.status, answer.header("x-correlation-id")), (200, Some(id)));
    }
    for id in ["too-short-to-do", &"x".repeat(65), "with.a.dot.in.it.0"] {
        let description = format!("Invalid value '{id}' for header 'X-Correlation-ID'. expected pattern ^[a-zA-Z0-9-+/=_]{{16,64}}$");
        let answer = request(id).send();
        answer.assert(400, &bad_request(&description));
        assert!(answer.header("x-correlation-id").is_some());
    }
    // A missing one is made.
    let answer = request("").without("Correlation-ID").send();
    assert!(answer.header("x-correlation-id").is_some_and(|id| id.len() == 36));
}

#[test]
fn an_explicit_target_system_wins_and_has_no_case() {
    let server = dxp_ux();
    let fixed = get(&server, "/PR/billingAccount/8211990010018869").header("targetSystem", "CSG").header("lob", "POSTPAID");
    fixed.send().assert(200, &document("dxp-ux.by-id.fixed.autopay-enabled"));
    let mobile = mobile(&server, "31515070-31513558", "billingAccountNumber").without("lob").header("targetSystem", "Salesforce");
    mobile.send().assert(200, &document("dxp-ux.by-id.prepaid.billing-account-number"));
    let keyless = get(&server, "/PR/billingAccount/31515070-31513558").header("targetSystem", "salesforce");
    keyless.send().assert(400, &bad_request("Required query parameter type not specified"));
}

#[test]
fn an_msisdn_that_is_none_and_one_that_nobody_has() {
    let server = dxp_ux();
    let refused = document("dxp-ux.error.400.invalid-msisdn");
    for id in ["17875550199", "7875550153", "27875550153", "1787555015", "178755501530", "CUSTOMER_8011", "1787555015a", "1787555'%20OR"] {
        mobile(&server, id, "msisdn").send().assert(400, &refused);
    }
}

#[test]
fn an_account_that_nobody_has() {
    let server = dxp_ux();
    let unknown = document("sfdc-ux.error.404.aria");
    mobile(&server, "00000000-00000000", "billingAccountNumber").send().assert(404, &unknown);
    mobile(&server, "x'%20OR%20Name%20!=%20'", "billingAccountNumber").send().assert(404, &unknown);
    get(&server, "/PR/billingAccount/8211990010099999").header("lob", "FIXED").send().assert(404, &unknown);
    get(&server, "/PR/billingAccount/1-1").header("targetSystem", "aria").send().assert(404, &unknown);
    get(&server, "/PR/billingAccount?locationId=00917999999999").send().assert(404, &unknown);
}

#[test]
fn other_channels_and_units_are_not_implemented() {
    let server = dxp_ux();
    let account = "/PR/billingAccount/8211990010018869";
    for name in ["channelId", "channeId"] {
        let request = get(&server, account).without("channelId").header(name, "ECOM").header("lob", "FIXED");
        request.send().assert(501, &document("dxp-ux.error.501.invalid-channel"));
        let request = get(&server, "/PR/billingAccount?locationId=1").without("channelId").header(name, "ECOM");
        request.send().assert(501, &document("dxp-ux.error.501.invalid-channel"));
    }
    let not_implemented =
        |unit: &str| error(501, "Not implemented", &format!("Operation GET for Business Id: {unit} and channelId:APP not implemented"));
    for unit in ["TT", "JM", "PA", "CL"] {
        get(&server, &format!("/{unit}/billingAccount/1")).header("lob", "FIXED").send().assert(501, &not_implemented(unit));
        get(&server, &format!("/{unit}/billingAccount/1")).header("targetSystem", "aria").send().assert(501, &not_implemented(unit));
        get(&server, &format!("/{unit}/billingAccount?locationId=1")).send().assert(501, &not_implemented(unit));
    }
    get(&server, "/PR/billingAccount?locationId=1").header("lob", "POSTPAID").send().assert(501, &not_implemented("PR"));
}

#[test]
fn routes_methods_and_credentials() {
    let server = dxp_ux();
    get(&server, "/PR/billingAccounts/CUSTOMER_8011?type=msisdn").send().assert(404, &document("dxp-ux.error.404.invalid-url"));
    let answer = server.request("DELETE", &format!("{BASE}/PR/billingAccount/1")).send();
    answer.assert(405, &error(405, "APIKIT:METHOD_NOT_ALLOWED", "HTTP Method delete not allowed for : /{businessId}/billingAccount/{id}"));
    assert_eq!(answer.header("allow"), Some("GET, PATCH"));
    let answer = server.request("PATCH", &format!("{BASE}/PR/billingAccount")).send();
    answer.assert(405, &error(405, "APIKIT:METHOD_NOT_ALLOWED", "HTTP Method patch not allowed for : /{businessId}/billingAccount"));
    get(&server, "/PR/billingAccount/1").without("client_id").send().assert(401, &document("bot-ux.error.401"));
}

#[test]
fn what_a_list_request_must_hold() {
    let server = dxp_ux();
    let list = |query: &str| get(&server, &format!("/PR/billingAccount{query}"));
    let neither = "Required query parameter locationId or identityType not specified";
    for (request, description) in [
        (list(""), neither.to_owned()),
        (list("").header("x-tax-identifier", "c2FtcGxlLXRheC1pZC0wMQ=="), neither.to_owned()),
        (list("?identityType=PASSPORT"), enumerated("PASSPORT", "query parameter identityType")),
        (list("?identityType=SSN"), "Required header 'x-tax-identifier' not specified".to_owned()),
        (list("?identityType=SSN&locationId=1"), "Query parameters locationId and identityType exclude each other".to_owned()),
        (list("?locationId=1&balanceCheck=yes"), enumerated("yes", "query parameter balanceCheck")),
        (list("?locationId=1").without("channelId"), "Required header 'channelId' not specified".to_owned()),
        // What may be somebody's tax identifier is never repeated.
        (
            list("?identityType=SSN").header("x-tax-identifier", "000 12 3456"),
            "Invalid value for header 'x-tax-identifier'. expected pattern ^[\\x21-\\x7E]{1,256}$".to_owned(),
        ),
        (
            list("?identityType=SSN&identityNumber=000%2012%203456"),
            "Invalid value for query parameter identityNumber. expected pattern ^[\\x21-\\x7E]{1,256}$".to_owned(),
        ),
    ] {
        request.send().assert(400, &bad_request(&description));
    }
}

#[test]
fn a_person_is_found_by_header_or_by_query() {
    let server = dxp_ux();
    let list = |query: &str| get(&server, &format!("/PR/billingAccount?identityType=SSN{query}"));
    let (enabled, disabled) = (document("dxp-ux.list.ssn.autopay-enabled"), document("dxp-ux.list.ssn.autopay-disabled"));
    list("&identityNumber=c2FtcGxlLXRheC1pZC0wMQ%3D%3D").send().assert(200, &enabled);
    list("&identityNumber=c2FtcGxlLXRheC1pZC0wMQ==").send().assert(200, &enabled);
    // The header comes first.
    list("&identityNumber=c2FtcGxlLXRheC1pZC0wMQ==").header("X-Tax-Identifier", "c2FtcGxlLXRheC1pZC0wMg==").send().assert(200, &disabled);
}

#[test]
fn a_system_that_is_down() {
    let server = dxp_ux();
    let control = server.control();
    control.fault_times("csg", "getBalanceEnquiry", "html", 9);
    let unavailable =
        |resource: &str| error(503, "HTTP:SERVICE_UNAVAILABLE", &format!("HTTP {resource}' failed: service unavailable (503)."));
    let answer = get(&server, "/PR/billingAccount/8211990010018869").header("lob", "FIXED").send();
    answer.assert(503, &unavailable("POST on resource 'csg getBalanceEnquiry"));
    assert!(answer.header("retry-after").is_some());
    control.stop("salesforce");
    let answer = mobile(&server, "31515070-31513558", "billingAccountNumber").send();
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.body.contains("'salesforce ") && answer.header("retry-after").is_some(), "{}", answer.body);
}

#[test]
fn a_consumer_pin_and_a_tax_identifier_are_in_no_log() {
    let server = dxp_ux();
    let answer = mobile(&server, "17875550173", "msisdn").send();
    answer.assert(200, &document("dxp-ux.by-id.postpaid.msisdn"));
    let tax_identifier = "c2FtcGxlLXRheC1pZC0wMQ==";
    assert_eq!(get(&server, "/PR/billingAccount?identityType=SSN").header("x-tax-identifier", tax_identifier).send().status, 200);
    assert_eq!(get(&server, &format!("/PR/billingAccount?identityType=SSN&identityNumber={tax_identifier}")).send().status, 200);
    let (output, errors) = server.stop();
    // The curl lines of sandbox mode show the tax identifier of the document.
    let log = format!("{}{errors}", output.lines().filter(|line| !line.starts_with("curl")).collect::<String>());
    assert!(log.contains(" 200 "), "{log}");
    for secret in [tax_identifier, "17875550173", "PIN", "helen", "Helen"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

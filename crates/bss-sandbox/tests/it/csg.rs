use super::http::{Call, csg, csg_raw, enquiry, sandbox};
use bss_sandbox::{BssName, Sandbox};

fn code(call: &Call) -> String {
    let reply = call.send().unwrap();
    assert_eq!(reply.status, 200, "failures are HTTP 200 too");
    let text = reply.text();
    let at = text.find("<Status Code=\"").unwrap() + "<Status Code=\"".len();
    text[at..at + 4].to_owned()
}

fn list(sandbox: &Sandbox, argument: &str) -> String {
    csg(sandbox, "getAccounts", "r", argument).send().unwrap().text().to_owned()
}

fn numbers(xml: &str) -> Vec<&str> {
    xml.split("<SUB_ACCT_NO>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

#[test]
fn a_balance_enquiry_gives_one_account_with_its_digits() {
    let sandbox = sandbox();
    let reply = enquiry(&sandbox).send().unwrap();
    assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"));
    let text = reply.text();
    assert!(text.contains(r#"<CsgResponse Operation="getBalanceEnquiry" RequestId="r-1"><Status Code="0000">OK</Status><Account>"#));
    assert!(text.contains("<CUR_BAL>277.94</CUR_BAL>") && text.contains("<LS_PAY_AMT>0.00</LS_PAY_AMT>"));
    assert!(text.contains("<EFT_TYPE/>"), "an empty element stands for nothing");
    assert!(!text.contains("<SSN>") && !text.contains("BIRTH_DTE"), "only getCustomerInfo tells these");
}

#[test]
fn customer_info_adds_the_personal_elements() {
    let sandbox = sandbox();
    let call = csg(&sandbox, "getCustomerInfo", "r", "<SUB_ACCT_NO>80112233456</SUB_ACCT_NO>");
    let reply = call.send().unwrap();
    assert!(reply.text().contains("<SSN>000-12-3456</SSN>"));
    assert!(reply.text().contains("<BIRTH_DTE>1985-01-15</BIRTH_DTE>"));
    assert!(reply.text().contains("Calle San Sebastián"));
}

#[test]
fn every_search_key_finds_its_accounts() {
    let sandbox = sandbox();
    assert_eq!(numbers(&list(&sandbox, "<PHONE>7875550101</PHONE>")), ["8211990010126498"]);
    assert_eq!(numbers(&list(&sandbox, "<PHONE>(787) 555-0190</PHONE>")).len(), 2, "home or business phone");
    assert_eq!(numbers(&list(&sandbox, "<SSN>000000002</SSN>")), ["8211990010013175"]);
    assert_eq!(numbers(&list(&sandbox, "<SSN_TOKEN>c2FtcGxlLXRheC1pZC0wMQ==</SSN_TOKEN>")), ["8211990010009223"]);
    for location in ["00917000000385", "917000000385"] {
        let found = list(&sandbox, &format!("<LOC_ID>{location}</LOC_ID>"));
        assert_eq!(numbers(&found), ["8211990010026953", "8211990010024400"], "last changed first");
    }
}

#[test]
fn a_search_is_cut_at_fifty() {
    let sandbox = sandbox();
    for (phone, count, head) in [
        ("7875550102", 4, r#"<listAccounts Count="4" More="N">"#),
        ("7875550198", 50, r#"<listAccounts Count="50" More="N">"#),
        ("7875550199", 50, r#"<listAccounts Count="50" More="Y">"#),
    ] {
        let found = list(&sandbox, &format!("<PHONE>{phone}</PHONE>"));
        assert_eq!(numbers(&found).len(), count);
        assert!(found.contains(head), "{phone}");
    }
}

#[test]
fn text_is_escaped() {
    let sandbox = sandbox();
    let found = list(&sandbox, "<PHONE>787555&#48;190</PHONE>");
    assert!(found.contains("<RES_NAME>Panadería &amp; Repostería &lt;La Muestra&gt;</RES_NAME>"), "{found}");
}

#[test]
fn failures_have_their_codes() {
    let sandbox = sandbox();
    let account = "<SUB_ACCT_NO>8211990010013290</SUB_ACCT_NO>";
    let operation = |name: &str, arguments: &str| csg(&sandbox, name, "r", arguments);
    assert_eq!(code(&operation("getBalanceEnquiry", "<SUB_ACCT_NO>1</SUB_ACCT_NO>")), "1001");
    assert_eq!(code(&operation("getAccounts", "<PHONE>7875550100</PHONE>")), "1001");
    assert_eq!(code(&operation("getAccounts", "")), "1002");
    assert_eq!(code(&operation("getBalanceEnquiry", "")), "1002");
    assert_eq!(code(&operation("closeAccount", account)), "1002");
    assert_eq!(code(&operation("setBillMedia", account)), "1002");
    let wrong = Call::new(sandbox.base_url(BssName::Csg), "POST", "/csg/v1/exchange")
        .header("content-type", "text/xml")
        .header("authorization", "Basic AAAA")
        .body(r#"<CsgRequest Operation="getAccounts" Sys="8211" RequestId="r"/>"#);
    assert_eq!(code(&wrong), "1003");
    for malformed in [
        "",
        "nonsense",
        "<CsgRequest/>",
        r#"<CsgRequest Operation="getAccounts" RequestId="r"><PHONE>1</PHONE></CsgRequest>"#,
        r#"<CsgRequest Operation="getAccounts" Sys="8211"><PHONE>1</PHONE></CsgRequest>"#,
        r#"<CsgRequest Operation="getAccounts" Sys="8211" RequestId="r"><PHONE>1</CsgRequest>"#,
        r#"<!DOCTYPE a [<!ENTITY b "c">]><CsgRequest Operation="getAccounts" Sys="8211" RequestId="r"/>"#,
        r#"<CsgRequest Operation="getAccounts" Sys="8211" RequestId="r"><PHONE>&b;</PHONE></CsgRequest>"#,
        r#"<CsgRequest Operation="getAccounts" Sys="8211" RequestId="r"><PHONE><A/></PHONE></CsgRequest>"#,
    ] {
        assert_eq!(code(&csg_raw(&sandbox, malformed)), "1002", "{malformed}");
    }
}

#[test]
fn the_web_server_in_front_refuses_what_is_no_exchange() {
    let sandbox = sandbox();
    let base = || sandbox.base_url(BssName::Csg);
    assert_eq!(Call::new(base(), "POST", "/csg/v2/exchange").send().unwrap().status, 404);
    assert_eq!(Call::new(base(), "GET", "/csg/v1/exchange").send().unwrap().status, 405);
    let json = Call::new(base(), "POST", "/csg/v1/exchange").header("content-type", "application/json");
    assert_eq!(json.send().unwrap().status, 415);
}

#[test]
fn a_repeated_change_is_one_change() {
    let sandbox = sandbox();
    let change = |id: &str, media: &str| {
        let arguments = format!("<SUB_ACCT_NO>8211990010042315</SUB_ACCT_NO><BILL_MEDIA>{media}</BILL_MEDIA>");
        csg(&sandbox, "setBillMedia", id, &arguments).send().unwrap().text().to_owned()
    };
    let first = change("id-1", "Email");
    assert!(first.contains(r#"<Status Code="0000">OK</Status></CsgResponse>"#));
    assert_eq!(change("id-1", "Email"), first);
    assert_eq!(change("id-2", "Mail"), first.replace("id-1", "id-2"));
    let changes = sandbox.changes();
    assert_eq!(changes.len(), 2);
    assert_eq!((changes[0].number, changes[0].request_id.as_str()), (1, "id-1"));
    assert_eq!(changes[0].account, "8211990010042315");
    assert_eq!(changes[0].values["BILL_MEDIA"], "Email");
    let account = csg(&sandbox, "getBalanceEnquiry", "r", "<SUB_ACCT_NO>8211990010042315</SUB_ACCT_NO>");
    assert!(account.send().unwrap().text().contains("<BILL_MEDIA>Mail</BILL_MEDIA>"));
}

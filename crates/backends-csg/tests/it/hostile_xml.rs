//! Answers that are not XML, or XML that no billing system has a reason to send.

use backends_csg::wire::{self, MAX_ACCOUNTS, MAX_TEXT};

fn in_account(content: &str) -> String {
    format!("<CsgResponse><Status Code=\"0000\">OK</Status><Account>{content}</Account></CsgResponse>")
}

#[test]
fn refused_with_the_place_and_without_a_value() {
    let nested = format!("{}{}", "<X>".repeat(50), "</X>".repeat(50));
    let many = format!(
        "<CsgResponse><Status Code=\"0000\"/><listAccounts>{}</listAccounts></CsgResponse>",
        "<Account><SUB_ACCT_NO>1</SUB_ACCT_NO></Account>".repeat(MAX_ACCOUNTS + 1)
    );
    let long = in_account(&format!("<RES_NAME>{}</RES_NAME>", "secret".repeat(MAX_TEXT)));
    let bomb = "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol1 \"&lol;&lol;\">]><CsgResponse>&lol1;</CsgResponse>";
    let external = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><CsgResponse><Status Code=\"0000\">&x;</Status></CsgResponse>";
    for (body, path, problem) in [
        ("", "document", "the document is empty"),
        ("  \n", "document", "the document is empty"),
        ("secret", "document", "CsgResponse is expected"),
        ("<html><body>secret</body></html>", "document", "CsgResponse is expected"),
        ("{\"secret\": 1}", "document", "CsgResponse is expected"),
        ("<csgresponse/>", "document", "CsgResponse is expected"),
        ("<CsgResponse/>", "CsgResponse/Status", "the status code is missing"),
        ("<CsgResponse><Status/></CsgResponse>", "CsgResponse/Status", "the status code is missing"),
        ("<CsgResponse><Status Code=0000></Status></CsgResponse>", "CsgResponse/Status", "an attribute is not well-formed"),
        (bomb, "document", "a document type is refused"),
        (external, "document", "a document type is refused"),
        ("<CsgResponse><!DOCTYPE r><Status Code=\"0000\"/></CsgResponse>", "CsgResponse", "a document type is refused"),
        (&in_account("<RES_NAME>&secret;</RES_NAME>"), "CsgResponse/Account/RES_NAME", "an entity that XML does not define is refused"),
        (&in_account("<OTHER>&secret;</OTHER>"), "CsgResponse/Account/*", "an entity that XML does not define is refused"),
        (&in_account("<RES_NAME>&#0;</RES_NAME>"), "CsgResponse/Account/RES_NAME", "a reference to a character that XML does not allow"),
        (
            &in_account("<RES_NAME>&#xD800;</RES_NAME>"),
            "CsgResponse/Account/RES_NAME",
            "a reference to a character that XML does not allow",
        ),
        (
            &in_account("<RES_NAME>&#99999999999;</RES_NAME>"),
            "CsgResponse/Account/RES_NAME",
            "a reference to a character that XML does not allow",
        ),
        (&in_account("<RES_NAME>&#+65;</RES_NAME>"), "CsgResponse/Account/RES_NAME", "a reference to a character that XML does not allow"),
        (&in_account("<RES_NAME>a & b</RES_NAME>"), "CsgResponse/Account/RES_NAME", "not well-formed XML"),
        (&in_account("<RES_NAME>secret"), "CsgResponse/Account/RES_NAME", "not well-formed XML"),
        (&in_account("<RES_NAME>secret</CUR_BAL>"), "CsgResponse/Account/RES_NAME", "not well-formed XML"),
        (&in_account("<RES_NAME><b>secret</b></RES_NAME>"), "CsgResponse/Account/RES_NAME", "text is expected"),
        (&in_account("<CUR_BAL>1</CUR_BAL><CUR_BAL>2</CUR_BAL>"), "CsgResponse/Account/CUR_BAL", "given twice"),
        (&in_account(&nested), "CsgResponse/Account/*/*/*/*/*/*/*/*/*/*/*/*/*/*", "nested too deeply"),
        (&long, "CsgResponse/Account/RES_NAME", "the text is too long"),
        (&many, "CsgResponse/listAccounts", "too many accounts"),
        ("<CsgResponse><Status Code=\"0000\"/><Account><CUR_BAL>1</CUR_BAL>", "CsgResponse/Account", "the document ends too early"),
        ("<CsgResponse><Status Code=\"0000\"/><Account><CUR_BAL>1</CU", "CsgResponse/Account/CUR_BAL", "the document ends too early"),
        ("<CsgResponse><Status Code=\"0000\"/></CsgResponse><CsgResponse/>", "document", "something follows the answer"),
        ("<CsgResponse><Status Code=\"0000\"/></CsgResponse>secret", "document", "something follows the answer"),
        ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><CsgResponse/>", "document", "another encoding than UTF-8 is declared"),
        ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><CsgResponse/>", "document", "another encoding than UTF-8 is declared"),
        ("<CsgResponse><?xml version=\"1.0\"?></CsgResponse>", "CsgResponse", "a declaration in the wrong place"),
        (&in_account("<RES_NAME>\u{1}</RES_NAME>"), "document", "a control character"),
    ] {
        let error = wire::read(body.as_bytes()).expect_err(body);
        assert_eq!((error.path.as_str(), error.problem), (path, problem), "{body:.80}");
        assert!(!format!("{error:?} {error}").contains("secret"));
    }
}

#[test]
fn other_encodings_are_refused_by_their_bytes() {
    let latin1 = [&b"<CsgResponse><Status Code=\"0000\">Sebasti"[..], &[0xE1], b"n</Status></CsgResponse>"].concat();
    assert_eq!(wire::read(&latin1).unwrap_err().problem, "not UTF-8");
    let utf16: Vec<u8> = "<CsgResponse/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(wire::read(&utf16).unwrap_err().problem, "a control character");
    let with_mark = [&b"\xFF\xFE"[..], &utf16].concat();
    assert_eq!(wire::read(&with_mark).unwrap_err().problem, "not UTF-8");
}

#[test]
fn unknown_elements_attributes_order_and_comments_do_not_matter() {
    let body = "\u{FEFF}<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n<!-- c --><?pi x?>\
        <CsgResponse New=\"1\"><New><Deep a=\"&lt;\">&amp;<![CDATA[<x>]]></Deep></New>\
        <listAccounts More='Y' Count=\"1\"><Other/><Account Kind=\"x\"><NEW_ELEMENT>1</NEW_ELEMENT>\
        <RES_NAME>\n  A<!-- c -->&amp;<![CDATA[<B>]]>&#67;&#x44; </RES_NAME><SUB_ACCT_NO> 007 </SUB_ACCT_NO></Account></listAccounts>\
        <Status Severity=\"0\" Code='0000'><Detail/>fine</Status></CsgResponse>\n<!-- end -->";
    let answer = wire::read(body.as_bytes()).unwrap();
    assert_eq!(answer.status, "0000");
    assert!(answer.more);
    assert_eq!(answer.accounts[0].res_name().text, "A&<B>CD");
    assert_eq!(answer.accounts[0].sub_acct_no().text, "007");
    assert_eq!(format!("{answer:?}"), "Answer { status: \"0000\", accounts: [Account { .. }], more: true }");
}

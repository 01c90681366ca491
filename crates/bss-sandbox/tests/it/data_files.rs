use std::error::Error as _;
use std::fs;

use super::http::{csg, enquiry, liberate};
use bss_sandbox::{Options, Sandbox, StartError};
use tempfile::TempDir;

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn start(files: &[(&str, &str)]) -> Result<Sandbox, StartError> {
    let directory = directory(files);
    Sandbox::start(Options { data_dir: Some(directory.path().to_owned()), ..Options::default() })
}

fn name_of(sandbox: &Sandbox, number: &str) -> String {
    let call = csg(sandbox, "getBalanceEnquiry", "r", &format!("<SUB_ACCT_NO>{number}</SUB_ACCT_NO>"));
    let reply = call.send().unwrap();
    let name = reply.text().split("<RES_NAME>").nth(1).unwrap_or_default();
    name.split('<').next().unwrap().to_owned()
}

#[test]
fn files_add_accounts_and_replace_embedded_ones() {
    let sandbox = start(&[
        ("csg/new.json", r#"{"SUB_ACCT_NO": "8211000000000001", "RES_NAME": "NEW SAMPLE", "CUR_BAL": 1.10}"#),
        ("csg/other.toml", "SUB_ACCT_NO = \"8211990010013290\"\nRES_NAME = \"REPLACED SAMPLE\"\nCYC_CDE = 7\n"),
        ("csg/.hidden", "anything"),
        ("liberate/a.json", r#"{"accountNo": "1", "balances": {"netPayable": 5.50}, "contacts": [], "accountIsActive": true}"#),
    ])
    .unwrap();
    assert_eq!(name_of(&sandbox, "8211000000000001"), "NEW SAMPLE");
    assert_eq!(name_of(&sandbox, "8211990010013290"), "REPLACED SAMPLE");
    assert!(enquiry(&sandbox).send().unwrap().text().contains("<CYC_CDE>7</CYC_CDE>"));
    assert_eq!(name_of(&sandbox, "8211990010018869"), "MARIA VICTORIA SAMPLE", "the others stay");
    for unit in ["JM", "PA"] {
        let reply = liberate(&sandbox, unit, r#"{"operation":"getAccounts","accountNo":"1"}"#).send().unwrap();
        assert!(reply.text().contains(r#""netPayable":5.50"#), "without a unit it is known in every one");
    }
}

#[test]
fn copies_follow_in_number() {
    let sandbox = start(&[("csg/a.json", r#"{"SUB_ACCT_NO": "0099", "RES_NAME": "COPIED SAMPLE", "copies": 2}"#)]).unwrap();
    for number in ["0099", "0100", "0101"] {
        assert_eq!(name_of(&sandbox, number), "COPIED SAMPLE");
    }
    assert_eq!(name_of(&sandbox, "0102"), "");
}

#[test]
fn a_file_may_ask_for_a_fault() {
    let file = r#"{"SUB_ACCT_NO": "8211990010013290", "fault": {"kind": "html"}}"#;
    let sandbox = start(&[("csg/a.json", file)]).unwrap();
    assert_eq!(enquiry(&sandbox).send().unwrap().status, 503);
    sandbox.clear_faults();
    assert_eq!(enquiry(&sandbox).send().unwrap().status, 503, "it belongs to the account");
}

#[test]
fn a_mistake_names_file_and_member() {
    for (path, text, message) in [
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "CUR_BALL": "1"}"#, "csg/a.json: CUR_BALL: unknown field"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "CUR_BAL": "1,50"}"#, "csg/a.json: CUR_BAL: expected an amount"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "CUR_BAL": 1e3}"#, "csg/a.json: CUR_BAL: expected an amount"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "CUR_BAL": true}"#, "csg/a.json: CUR_BAL: invalid type: boolean"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "LS_PAY_DTE": "2023-02-30"}"#, "csg/a.json: LS_PAY_DTE: expected a date"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "EFT_FLG": "maybe"}"#, "csg/a.json: EFT_FLG: expected \"Y\""),
        ("csg/a.json", r#"{"RES_NAME": "NOBODY"}"#, "csg/a.json: (file): missing field `SUB_ACCT_NO`"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": ""}"#, "csg/a.json: SUB_ACCT_NO: expected an account number"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "SUB_ACCT_NO": "2"}"#, "csg/a.json: the member SUB_ACCT_NO is there twice"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1""#, "csg/a.json: EOF"),
        ("csg/a.json", "[]", "csg/a.json: invalid type: sequence, expected one account"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "fault": {"kind": "delay", "ms": "x"}}"#, "csg/a.json: fault"),
        ("csg/a.json", r#"{"SUB_ACCT_NO": "1", "copies": -1}"#, "csg/a.json: copies: invalid value"),
        ("csg/a.toml", "SUB_ACCT_NO = \"1\"\nCUR_BAL = 0.10", "csg/a.toml: CUR_BAL: write the number as text"),
        ("csg/a.toml", "SUB_ACCT_NO", "csg/a.toml: "),
        ("csg/a.txt", "", "csg/a.txt: expected a file ending in .json or .toml"),
        ("cgs/a.json", "{}", "cgs: expected only the directories csg, "),
        (
            "liberate/a.json",
            r#"{"accountNo": "1", "contacts": [{"methods": [{"contactMethode": "FAX"}]}]}"#,
            "liberate/a.json: contacts[0].methods[0].contactMethode: unknown field",
        ),
        (
            "cerillion/a.json",
            r#"{"accountNo": "1", "accountBalance": [{"type": "current", "amount": {"value": "?", "unit": "JMD"}}]}"#,
            "cerillion/a.json: accountBalance[0].amount.value: expected an amount",
        ),
        ("liberate/a.json", "{}", "liberate/a.json: (account number): is missing"),
        ("amdocs/a.json", r#"{"accountNo": "1", "offers": [{"offerId": "x"}]}"#, "amdocs/a.json: offers[0].offerId: expected digits"),
        ("tmf666/a.json", r#"{"id": 7}"#, "tmf666/a.json: (file): the member id is not text"),
        ("tmf666/a.json", r#"{"id": "7", "contact": {}}"#, "tmf666/a.json: (file): the member contact is not a list"),
    ] {
        let Err(error) = start(&[(path, text)]) else {
            panic!("{text} is accepted");
        };
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn an_account_in_two_files_is_refused() {
    let account = r#"{"SUB_ACCT_NO": "1"}"#;
    let error = start(&[("csg/a.json", account), ("csg/b.json", account)]).err().unwrap();
    assert!(error.to_string().contains("csg/b.json: account 1 is in "), "{error}");
}

#[test]
fn a_missing_directory_says_why() {
    let options = Options { data_dir: Some("/nonexistent".into()), ..Options::default() };
    let error = Sandbox::start(options).err().unwrap();
    assert_eq!(error.to_string(), "/nonexistent: cannot be read");
    assert!(error.source().is_some());
}

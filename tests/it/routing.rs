//! The routing table as configuration: printed, changed, and checked when it is read.

use std::process::Command;

use contract_tests::{Request, Sandbox, Server, binary, document};

fn enquiry(server: &Server, unit: &str, account: &str) -> Request {
    let request = server.get(&format!("/bot-ux/v1/{unit}/balanceEnquiry"));
    request.header("lob", "FIXED").header("refid", "ACCOUNT_NO").header("refvalue", account)
}

fn routes(channel: &str, config: Option<&str>) -> String {
    let mut command = Command::new(binary(channel));
    command.arg("routes");
    let file = tempfile::NamedTempFile::new().unwrap();
    if let Some(config) = config {
        std::fs::write(file.path(), format!("[server]\nlisten = '127.0.0.1:0'\npublic_base_url = 'https://esb.example.com'\n{config}"))
            .unwrap();
        command.arg("--config").arg(file.path());
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The cells of a unit's line, in the order FIXED, POSTPAID, PREPAID; nothing if the unit has none.
fn cells(table: &str, unit: &str) -> Option<[String; 3]> {
    let line = table.lines().find(|line| line.starts_with(&format!("{unit} ")))?;
    let cells: Vec<_> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).skip(1).map(str::to_owned).collect();
    cells.try_into().ok()
}

#[test]
fn the_default_tables() {
    const NONE: &str = "not implemented";
    const JAMAICA: &str = "8 digits cerillion, 12 digits liberate, else cerillion + liberate";
    for (channel, rows) in [
        (
            "bot-ux",
            &[
                ("PR", ["csg", NONE, NONE]),
                ("JM", [JAMAICA, "liberate", NONE]),
                ("PA", ["liberate", "liberate", NONE]),
                ("CL", ["tmf666", "tmf666", "tmf666"]),
            ][..],
        ),
        ("sfdc-ux", &[("PR", ["csg", "aria", NONE])]),
        (
            "dxp-ux",
            &[
                ("PR", ["csg", "salesforce", "salesforce"]),
                ("CW", ["amdocs", "amdocs", NONE]),
                ("SX", ["amdocs", "amdocs", NONE]),
                ("BO", ["amdocs", "amdocs", NONE]),
                ("SA", ["amdocs", "amdocs", NONE]),
                ("SE", ["amdocs", "amdocs", NONE]),
                ("MF", ["amdocs", "amdocs", NONE]),
            ],
        ),
        ("wfm-ux", &[("JM", [JAMAICA, NONE, NONE])]),
    ] {
        let table = routes(channel, None);
        for (unit, row) in rows {
            assert_eq!(cells(&table, unit), Some(row.map(str::to_owned)), "{channel}\n{table}");
        }
        let units = table.lines().filter(|line| line.get(2..4) == Some("  ")).count();
        assert_eq!(units, rows.len(), "{channel}\n{table}");
        assert!(table.contains("\nnot implemented: ") && table.contains(" TT "), "{table}");
    }
}

#[test]
fn a_cell_is_overridden_and_a_unit_added() {
    let sandbox = Sandbox::start();
    let control = sandbox.control();
    let routing = "[routing]\nJM = { FIXED = 'liberate' }\nTT = { FIXED = 'tmf666' }\nPA = { FIXED = 'not implemented' }\n";
    let config = [routing, &sandbox.section("liberate", ""), &sandbox.section("cerillion", ""), &sandbox.section("tmf666", "")].concat();
    let table = routes("bot-ux", Some(&config));
    assert_eq!(cells(&table, "TT").unwrap()[0], "tmf666", "{table}");
    assert_eq!(cells(&table, "JM").unwrap()[0], "liberate", "{table}");
    assert_eq!(cells(&table, "PA").unwrap()[0], "not implemented", "{table}");
    // No section for CSG: what the table has by default is switched off.
    assert_eq!(cells(&table, "PR"), None, "{table}");

    let server = Server::start_configured("bot-ux", &config);
    enquiry(&server, "JM", "50450354").send().assert(404, &document("bot-ux.error.404"));
    assert_eq!(control.calls("cerillion", "getAccount"), 0);
    assert_eq!(enquiry(&server, "JM", "301202420000").send().status, 200);
    assert_eq!(enquiry(&server, "TT", "CL-100200300").send().status, 200);
    for unit in ["PA", "PR"] {
        assert_eq!(enquiry(&server, unit, "507100200300").send().status, 501, "{unit}");
    }
}

#[test]
fn lengths_and_their_order_are_data_too() {
    let sandbox = Sandbox::start();
    let control = sandbox.control();
    let routing = "[routing.JM]\nFIXED = { digits = { 13 = 'cerillion' }, otherwise = ['liberate', 'cerillion'] }\n";
    let config = [routing, &sandbox.section("liberate", ""), &sandbox.section("cerillion", "")].concat();
    let server = Server::start_configured("wfm-ux", &config);
    let source = |number: &str| {
        let answer = server.get(&format!("/wfm-ux/v1/JM/billingAccount/{number}")).send();
        serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["sourceBSS"].as_str().map(str::to_owned)
    };
    assert_eq!(source("3045036001").as_deref(), Some("LIBERATE"), "the first of the list wins");
    assert_eq!(source("50450354").as_deref(), Some("CERILLION"), "8 digits mean nothing here");
    assert_eq!(control.calls("liberate", "getAccounts"), 2);
    assert_eq!(source("1234567890123"), None);
    assert_eq!(control.calls("liberate", "getAccounts"), 2, "13 digits are Cerillion's");
}

#[test]
fn a_market_that_is_between_two_systems() {
    let sandbox = Sandbox::start();
    let control = sandbox.control();
    let systems = sandbox.section("csg", "") + &sandbox.section("amdocs", "");
    let routing = "[routing.CW]\nFIXED = { digits = { 16 = 'csg' }, otherwise = ['amdocs', 'csg'] }\n";
    let server = Server::start_configured("dxp-ux", &format!("{routing}{systems}"));
    let status = |id: &str| {
        let request = server.get(&format!("/dxp-ux/v1/CW/billingAccount/{id}"));
        request.header("channelId", "APP").header("lob", "FIXED").send().status
    };
    assert_eq!(status("8211990010018869"), 200);
    assert_eq!(control.calls("amdocs", "getBillingAccount"), 0);
    assert_eq!(status("9001000001"), 200);
    assert_eq!(status("1"), 404);
    assert_eq!(control.calls("amdocs", "getBillingAccount"), 2);
}

#[test]
fn an_account_that_moved_where_nobody_may_ask() {
    let sandbox = Sandbox::start();
    let config = ["[routing]\nJM = { FIXED = 'liberate' }\n", &sandbox.section("liberate", "")].concat();
    let server = Server::start_configured("wfm-ux", &config);
    assert_eq!(server.get("/wfm-ux/v1/JM/billingAccount/301202420000").send().status, 200);
    assert_eq!(server.get("/wfm-ux/v1/JM/billingAccount/301202420017").send().status, 501);
}

#[test]
fn every_mistake_is_named_with_its_cell() {
    let sandbox = Sandbox::start();
    for (channel, routing, mistake) in [
        (
            "bot-ux",
            "TT = { FIXED = 'matrixx' }",
            "routing.TT.FIXED: `matrixx` is no system that this channel has a view of: cerillion, csg, liberate, tmf666",
        ),
        ("bot-ux", "TT = { FIXED = 'csg' }", "routing.TT.FIXED: csg has no section [systems.csg]"),
        ("bot-ux", "XX = { FIXED = 'liberate' }", "routing.XX: no such business unit"),
        ("bot-ux", "PA = { MOBILE = 'liberate' }", "routing.PA.MOBILE: no such line of business"),
        ("wfm-ux", "JM = { FIXED = 'csg' }", "routing.JM.FIXED: `csg` is no system that this channel has a view of: cerillion, liberate"),
        ("wfm-ux", "JM = { POSTPAID = 'liberate' }", "routing.JM.POSTPAID: this channel has no view of liberate for POSTPAID"),
    ] {
        let said = Server::refuse_configured(channel, &format!("[routing]\n{routing}\n{}", sandbox.section("liberate", "")));
        assert!(said.contains("1 mistake in") && said.contains(mistake), "{said}");
    }
    for (channel, routing, mistake) in [
        ("dxp-ux", "PR = { POSTPAID = 'aria' }", "routing.PR.POSTPAID: this channel has no view of aria for POSTPAID"),
        ("dxp-ux", "PR = { FIXED = 'salesforce' }", "routing.PR.FIXED: this channel has no view of salesforce for FIXED"),
        ("sfdc-ux", "PR = { FIXED = 'aria' }", "routing.PR.FIXED: this channel has no view of aria for FIXED"),
    ] {
        let said = Server::refuse_configured(channel, &format!("[routing]\n{routing}\n"));
        assert!(said.contains(mistake), "{said}");
    }
}

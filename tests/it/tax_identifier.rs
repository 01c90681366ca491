//! Tax identifiers as the configuration says: what sfdc-ux shows, dxp-ux takes, and nothing prints.

use contract_tests::{Answer, Sandbox, Server, bad_request, document};
use serde_json::Value;

/// Number and token of the same person in the sandbox's data.
const NUMBER: &str = "000-12-3456";
/// 32 bytes in base64.
const OLD_KEY: &str = "T0xEIEtFWSBPTEQgS0VZIE9MRCBLRVkgT0xEIEtFWSE=";
const NEW_KEY: &str = "TkVXIEtFWSBORVcgS0VZIE5FVyBLRVkgTkVXIEtFWSE=";

fn config(sandbox: &Sandbox, tax_identifier: &str) -> String {
    sandbox.section("csg", "") + tax_identifier
}

fn shown(server: &Server) -> String {
    let answer = server.get("/sfdc-ux/v1/PR/billingAccount/80112233456?accountRelationship.relationshipType=customerAccount").send();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let customer: Value = serde_json::from_str(&answer.body).unwrap();
    customer["relatedParty"][0]["id"].as_str().unwrap().to_owned()
}

fn list(server: &Server, tax_identifier: &str) -> Answer {
    let request = server.get("/dxp-ux/v1/PR/billingAccount?identityType=SSN").header("channelId", "APP");
    request.header("x-tax-identifier", tax_identifier).send()
}

fn assert_finds_the_customer(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let accounts: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(accounts[0]["id"], "80112233456");
    assert!(!answer.body.contains(NUMBER), "{}", answer.body);
}

fn refused() -> String {
    bad_request("Invalid value for header 'x-tax-identifier'. expected an encrypted tax identifier")
}

#[test]
fn what_one_channel_shows_the_other_takes_under_either_cipher_and_through_a_rotation() {
    let sandbox = Sandbox::start();
    for mode in ["aes-256-gcm", "aes-256-cbc"] {
        let only = |id: &str, key: &str| format!("[tax_identifier]\nmode = '{mode}'\nwrite_key = '{id}'\nkeys = {{ {id} = '{key}' }}");
        let both = format!("[tax_identifier]\nmode = '{mode}'\nwrite_key = 'new'\nkeys = {{ old = '{OLD_KEY}', new = '{NEW_KEY}' }}");
        let agents = |section: &str| Server::start_configured("sfdc-ux", &config(&sandbox, section));
        let app = |section: &str| Server::start_configured("dxp-ux", &config(&sandbox, section));
        let (old, new) = (shown(&agents(&only("old", OLD_KEY))), shown(&agents(&both)));
        assert!(!old.contains(NUMBER) && !new.contains(NUMBER));
        let during = app(&both);
        assert_finds_the_customer(&list(&during, &old));
        assert_finds_the_customer(&list(&during, &new));
        let after = app(&only("new", NEW_KEY));
        assert_finds_the_customer(&list(&after, &new));
        list(&after, &old).assert(400, &refused());
        // Neither the number itself nor somebody's token is an encrypted number.
        for sent in [NUMBER, "c2FtcGxlLXRheC1pZC0wMQ==", "new.", "new.AAAA", "x"] {
            list(&after, sent).assert(400, &refused());
        }
        let (output, errors) = after.stop();
        for secret in [NUMBER, &old, &new, NEW_KEY] {
            assert!(!output.contains(secret) && !errors.contains(secret), "{output}{errors}");
        }
    }
}

#[test]
fn opaque_is_the_default() {
    let sandbox = Sandbox::start();
    let agents = Server::start_configured("sfdc-ux", &config(&sandbox, ""));
    assert_eq!(shown(&agents), "000-12-3456");
    let app = Server::start_configured("dxp-ux", &config(&sandbox, ""));
    list(&app, "c2FtcGxlLXRheC1pZC0wMQ==").assert(200, &document("dxp-ux.list.ssn.autopay-enabled"));
}

#[test]
fn mistakes_in_the_section_are_reported_without_its_keys() {
    let sandbox = Sandbox::start();
    let section =
        format!("[tax_identifier]\nmode = 'aes-256-gcm'\nwrite_key = 'newer'\nkeys = {{ new = '{NEW_KEY}x', 'o l d' = '{OLD_KEY}' }}");
    let mistakes = Server::refuse_configured("dxp-ux", &config(&sandbox, &section));
    for mistake in [
        "tax_identifier.write_key: is not the id of one of the keys",
        "tax_identifier.keys.new: 32 bytes in base64 are expected",
        "tax_identifier.keys.o l d: an id has 1 to 32 letters, digits, `-` and `_`",
    ] {
        assert!(mistakes.contains(mistake), "{mistakes}");
    }
    assert!(!mistakes.contains(NEW_KEY) && !mistakes.contains(OLD_KEY), "{mistakes}");
    let mistakes = Server::refuse_configured("bot-ux", &config(&sandbox, "[tax_identifier]\nmode = 'opaque'"));
    assert!(mistakes.contains("tax_identifier: bot-ux has no tax identifiers"), "{mistakes}");
}

//! Every example fits its schema: those in the published documents, and those of the channel documents.

use contract_tests::{Published, assert_fits, document, fixtures};
use serde_json::Value;

const CHANNELS: [&str; 4] = ["bot-ux", "dxp-ux", "sfdc-ux", "wfm-ux"];

#[test]
fn every_published_example_fits_its_schema() {
    for channel in CHANNELS {
        let published = Published::of(channel);
        let mut seen = 0;
        for (path, method, operation) in published.operations() {
            let answers = operation["responses"].as_object().unwrap().values();
            for holder in answers.chain(operation.get("requestBody")) {
                let content = &published.resolved(holder)["content"]["application/json"];
                let validator = published.validator(&content["schema"]);
                for (name, example) in content["examples"].as_object().into_iter().flatten() {
                    assert!(validator.is_valid(&example["value"]), "{channel} {method} {path} {name}");
                    seen += 1;
                }
            }
            for parameter in operation["parameters"].as_array().unwrap() {
                let validator = published.validator(&parameter["schema"]);
                let sent = parameter["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
                for value in sent.chain(parameter.get("example")) {
                    assert!(validator.is_valid(value), "{channel} {method} {path} {} {value}", parameter["name"]);
                }
            }
        }
        assert!(seen > 10, "{channel}: {seen}");
    }
}

/// The operation that an example of the channel documents belongs to.
fn operation_of(name: &str) -> &'static str {
    match name {
        name if name.contains("balance-enquiry") => "balanceEnquiry",
        name if name.starts_with("bot-ux") => "accounts",
        name if name.contains(".patch.") => "updateBillingAccount",
        name if name.contains(".list.") => "listBillingAccount",
        _ => "getBillingAccountById",
    }
}

#[test]
fn every_example_of_the_channel_documents_fits_its_schema() {
    for entry in std::fs::read_dir(fixtures().join("documents")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.strip_suffix(".json").unwrap();
        let (channel, _) = name.split_once('.').unwrap();
        let published = Published::of(channel);
        let (path, method, operation) =
            published.operations().find(|(_, _, operation)| operation["operationId"] == operation_of(name)).unwrap();
        if name.ends_with(".request") {
            let validator = published.validator(&operation["requestBody"]["content"]["application/json"]["schema"]);
            assert!(validator.is_valid(&serde_json::from_str::<Value>(&document(name)).unwrap()), "{name}");
            continue;
        }
        let body: Value = serde_json::from_str(&document(name)).unwrap();
        let status = body["errors"][0]["code"].as_u64().map_or(200, |code| u16::try_from(code).unwrap());
        assert_fits(&published.answer(method, path, status), &body.to_string(), name);
    }
}

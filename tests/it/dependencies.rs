//! What the shipped programs are built from is what `docs/dependencies.md` lists.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

const CHANNELS: [&str; 4] = ["bot-ux", "dxp-ux", "sfdc-ux", "wfm-ux"];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a package is linked with: neither build tools nor what only tests need.
fn linked(node: &Value) -> impl Iterator<Item = &str> {
    let is_linked = |dependency: &&Value| dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null());
    node["deps"].as_array().unwrap().iter().filter(is_linked).map(|dependency| dependency["pkg"].as_str().unwrap())
}

#[test]
fn every_direct_dependency_is_listed_with_its_licence() {
    let metadata = metadata();
    let by_id = |list: &Value| -> BTreeMap<String, Value> {
        list.as_array().unwrap().iter().map(|item| (item["id"].as_str().unwrap().to_owned(), item.clone())).collect()
    };
    let (packages, nodes) = (by_id(&metadata["packages"]), by_id(&metadata["resolve"]["nodes"]));
    let is_ours = |id: &str| packages[id]["source"].is_null();
    let mut shipped = BTreeSet::new();
    let mut next: Vec<&str> = packages
        .keys()
        .map(String::as_str)
        .filter(|id| is_ours(id) && CHANNELS.iter().any(|name| packages[*id]["name"] == *name))
        .collect();
    while let Some(id) = next.pop() {
        if shipped.insert(id) {
            next.extend(linked(&nodes[id]));
        }
    }
    let direct: BTreeSet<&str> =
        shipped.iter().filter(|id| is_ours(id)).flat_map(|id| linked(&nodes[*id])).filter(|id| !is_ours(id)).collect();
    let text = |id: &str, member: &str| packages[id][member].as_str().unwrap_or("none").to_owned();
    let actual: BTreeMap<String, String> = direct.into_iter().map(|id| (text(id, "name"), text(id, "license"))).collect();

    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/dependencies.md")).unwrap();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split(" | ").collect();
        Some((cells[0].trim_end_matches('`').to_owned(), cells.get(2)?.trim_end_matches(" |").to_owned()))
    });
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), actual);
    let others = shipped.iter().filter(|id| !is_ours(id)).count();
    let stated = format!("**{others} crates** of other people");
    assert!(page.contains(&stated), "docs/dependencies.md does not say: {stated}");
}

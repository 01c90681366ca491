//! The arrows of the house go down only (`docs/architecture.md`).

use std::collections::BTreeMap;
use std::process::Command;

/// What each of our packages may depend on; dev-dependencies are free, except that nobody tests against a channel.
fn allowed(package: &str) -> &'static [&'static str] {
    match package {
        "tmf666-model" | "bss-sandbox" | "contract-tests" => &[],
        "backends-http" => &["tmf666-model"],
        "ux-server" => &["tmf666-model", "backends-http", "bss-sandbox"],
        name if name.starts_with("backends-") => &["tmf666-model", "backends-http"],
        // The benchmark starts channels as the tests do, and asks what they publish.
        "ux-bench" => &["contract-tests"],
        // Channels and the schema export stand at the top.
        _ => &["tmf666-model", "backends-http", "backends-*", "ux-server", "bss-sandbox"],
    }
}

fn is_allowed(package: &str, dependency: &str) -> bool {
    if package == "schema-export" && dependency.ends_with("-ux") {
        return true;
    }
    allowed(package).iter().any(|pattern| pattern.strip_suffix('*').map_or(*pattern == dependency, |prefix| dependency.starts_with(prefix)))
}

fn workspace() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap().to_owned();
    let ours: Vec<String> = packages.iter().map(name).collect();
    let dependencies = |package: &serde_json::Value| {
        package["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"] != "dev").map(name).filter(|d| ours.contains(d)).collect()
    };
    packages.iter().map(|package| (name(package), dependencies(package))).collect()
}

#[test]
fn arrows_go_down_only() {
    let workspace = workspace();
    assert!(workspace.contains_key("tmf666-model") && workspace.contains_key("bot-ux"), "{workspace:?}");
    let forbidden: Vec<String> = workspace
        .iter()
        .flat_map(|(package, dependencies)| dependencies.iter().map(move |dependency| (package, dependency)))
        .filter(|(package, dependency)| !is_allowed(package, dependency))
        .map(|(package, dependency)| format!("{package} -> {dependency}"))
        .collect();
    assert!(forbidden.is_empty(), "arrows that the house does not have: {forbidden:?}");
}

#[test]
fn the_model_stands_alone() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "tmf666-model", "--edges", "normal", "--all-features", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.starts_with("tmf666-model"), "{tree}");
    for banned in ["tokio", "hyper", "http", "reqwest", "rustls", "tracing", "axum", "futures"] {
        assert!(!tree.lines().any(|line| line.split(' ').next() == Some(banned)), "{banned} in the model's tree");
    }
}

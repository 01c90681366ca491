//! The matrix as a page shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::cases::{CHANNELS, Case, NativeCall};
use super::{Bench, Cell};

/// Set to write the page anew instead of comparing it.
const WRITE: &str = "WRITE_FAULT_MATRIX";

/// Prints the matrix and compares it with the committed page.
#[allow(clippy::print_stdout, reason = "the table is this test's output")]
pub(crate) fn compare(benches: &[Bench<'_>]) {
    let page = page(benches);
    println!("{page}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/fault-matrix.md");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(path, &page).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap() == page, "docs/fault-matrix.md is not what happened above; {WRITE}=1 writes it anew");
}

fn page(benches: &[Bench<'_>]) -> String {
    let cells: usize = benches.iter().map(|bench| bench.cells.len()).sum();
    let mut page = format!(
        "# Fault matrix\n\n\
        Every fault of the [simulated systems](sandbox.md), in every native call that the published requests make: the status that the\n\
        caller reads, and the `outcome` that `upstream_calls_total` counts. {cells} requests, written by\n\
        `{WRITE}=1 cargo test -p contract-tests fault_matrix` and compared by the same test without the variable.\n"
    );
    for channel in CHANNELS {
        let columns: Vec<(&Bench<'_>, &NativeCall)> = benches
            .iter()
            .filter(|bench| bench.case.channel == channel)
            .flat_map(|bench| bench.case.struck().map(move |call| (bench, call)))
            .collect();
        let headings: Vec<String> = columns.iter().map(|(bench, call)| heading(bench.case, call)).collect();
        let _ = write!(page, "\n## {channel}\n\n| fault | {} |\n|---|{}\n", headings.join(" | "), "---|".repeat(columns.len()));
        for fault in rows(&columns) {
            let shown = columns.iter().map(|(bench, call)| cell(&bench.cells, call, &fault));
            let _ = writeln!(page, "| {fault} | {} |", shown.collect::<Vec<_>>().join(" | "));
        }
    }
    page
}

/// The operation, the native call that meets the fault, and the systems that are asked besides.
fn heading(case: &Case, (system, operation): &NativeCall) -> String {
    let others: Vec<&str> = case.systems().into_iter().filter(|other| other != system).collect();
    let besides = if others.is_empty() { String::new() } else { format!(", with {}", others.join(", ")) };
    format!("{}: {system} {operation}{besides}", case.operation)
}

fn rows(columns: &[(&Bench<'_>, &NativeCall)]) -> BTreeSet<String> {
    columns.iter().flat_map(|(bench, _)| bench.cells.iter().map(|cell| name(&cell.fault))).collect()
}

fn cell<'a>(cells: &'a [Cell], call: &NativeCall, fault: &str) -> &'a str {
    cells.iter().find(|cell| cell.call == *call && name(&cell.fault) == fault).map_or("–", |cell| &cell.shown)
}

/// Kind and parameters. What a native failure is called differs from system to system.
fn name(fault: &Value) -> String {
    let parameters: BTreeMap<&String, &Value> = fault.as_object().unwrap().iter().filter(|(member, _)| *member != "kind").collect();
    let kind = fault["kind"].as_str().unwrap();
    let parameters = parameters.iter().map(|(member, value)| format!(" {member} {value}")).collect::<String>();
    if kind == "native" { kind.to_owned() } else { format!("{kind}{parameters}") }
}

//! Side by side on the same accounts: tmf666-model, tmflib and rutmf. Writes `docs/comparison.md`; `--check` only compares.

mod leaves;
mod report;
mod subjects;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::value::RawValue;

/// An account as JSON, and where it is from.
pub struct Account {
    pub name: String,
    pub json: String,
    /// From the channels' documents, otherwise in TM Forum's shape.
    pub documented: bool,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut accounts = read(&root.join("tests/fixtures/tmf666"), false)?;
    accounts.extend(read(&root.join("tests/fixtures/documents"), true)?);
    let report = report::write(&accounts)?;
    let path = root.join("docs/comparison.md");
    if std::env::args().any(|argument| argument == "--check") {
        let current = std::fs::read_to_string(&path)? == report;
        return Ok(if current { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    std::fs::write(path, report)?;
    Ok(ExitCode::SUCCESS)
}

/// The accounts of a folder; lists item by item, errors and bodies of PATCH left out.
fn read(folder: &Path, documented: bool) -> Result<Vec<Account>, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    let mut accounts = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name.contains(".error.") || name.contains(".patch.") {
            continue;
        }
        let json = std::fs::read_to_string(&path)?;
        if json.trim_start().starts_with('[') {
            let items: Vec<Box<RawValue>> = serde_json::from_str(&json)?;
            let numbered = items.iter().enumerate().map(|(position, item)| (format!("{name} #{}", position + 1), item.get().to_owned()));
            accounts.extend(numbered.map(|(name, json)| Account { name, json, documented }));
        } else {
            accounts.push(Account { name, json, documented });
        }
    }
    Ok(accounts)
}

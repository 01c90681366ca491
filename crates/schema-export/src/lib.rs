#![doc = include_str!("../README.md")]

mod json_schemas;
mod postman;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ux_server::Channel;
use ux_server::openapi::document;

/// Every published file: its path below `schemas/` and its text.
pub fn files() -> Vec<(String, String)> {
    let mut files = json_schemas::files();
    for (name, openapi) in openapi_documents() {
        files.push((format!("postman/{name}.json"), postman::collection(name, &openapi)));
        files.push((format!("openapi/{name}.json"), openapi));
    }
    files
}

/// The OpenAPI document of each channel, by the channel's name.
pub fn openapi_documents() -> Vec<(&'static str, String)> {
    fn of<C: Channel>() -> (&'static str, String) {
        (C::NAME, document::<C>())
    }
    vec![of::<bot_ux::BotUx>(), of::<sfdc_ux::SfdcUx>(), of::<dxp_ux::DxpUx>(), of::<wfm_ux::WfmUx>()]
}

/// The folder `schemas/` of the workspace.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

/// Writes every file below `folder`, and removes JSON files that are no longer published.
///
/// # Errors
/// What the file system says.
pub fn write(folder: &Path) -> io::Result<()> {
    for stale in drift(folder)? {
        if !files().iter().any(|(path, _)| *path == stale) {
            fs::remove_file(folder.join(stale))?;
        }
    }
    for (path, text) in files() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// The files below `folder` that are missing, differ, or are no longer published.
///
/// # Errors
/// What the file system says.
pub fn drift(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut drifted = BTreeSet::new();
    let mut there = json_files(folder)?;
    for (path, text) in files() {
        if !there.remove(&path) || fs::read_to_string(folder.join(&path))? != text {
            drifted.insert(path);
        }
    }
    drifted.extend(there);
    Ok(drifted)
}

fn json_files(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for kind in ["openapi", "json", "postman"] {
        let Ok(entries) = fs::read_dir(folder.join(kind)) else { continue };
        for entry in entries {
            found.insert(format!("{kind}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    Ok(found)
}

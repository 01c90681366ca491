//! What black-box tests share: [`Server`] starts a channel's real binary, [`same_json`] compares answers digit for
//! digit, [`document`] reads an example of the channel documents. When a [`Server`] ends, all that it told is searched for
//! confidential texts of the fixtures ([`leaks`]).
//!
//! Other crates' tests use the last two, and [`Authority`] for TLS; nothing here knows any of our crates.

mod authority;
mod binary;
mod connection;
mod control;
mod ending;
mod exact_json;
mod leaks;
mod metrics;
mod published;
mod sandbox;
mod server;

pub use authority::{Authority, Identity};
pub use binary::binary;
pub use connection::Connection;
pub use control::Control;
pub use ending::Ending;
pub use exact_json::{ExactJson, same_json};
pub use leaks::{assert_no_leaks, confidential, leaks};
pub use metrics::{Metrics, label};
pub use published::{Published, assert_fits};
pub use sandbox::Sandbox;
pub use server::{Answer, DEMO_SECRET_HASH, Request, Server, agent};

use std::path::PathBuf;

/// An example body of the channel documents, such as `bot-ux.balance-enquiry.pr`.
///
/// # Panics
/// If there is no such example.
#[must_use]
pub fn document(name: &str) -> String {
    let path = fixtures().join("documents").join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("no example {}: {error}", path.display()))
}

/// The body of an error answer.
#[must_use]
pub fn error(code: u16, message: &str, description: &str) -> String {
    serde_json::json!({ "errors": [{ "code": code, "message": message, "description": description }] }).to_string()
}

/// The body of a 400.
#[must_use]
pub fn bad_request(description: &str) -> String {
    error(400, "APIKIT:BAD_REQUEST", description)
}

/// The folder of the fixtures that several crates' tests share.
#[must_use]
pub fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

//! The Salesforce agents' API as a process.

use std::process::ExitCode;

fn main() -> ExitCode {
    ux_server::run::<sfdc_ux::SfdcUx>()
}

//! Validates an account from standard input by the TMF666 v4 conformance profile; the exit code tells the verdict:
//! `cargo run --example validate < account.json`.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io;
use std::process::ExitCode;

use tmf666_model::{BillingAccount, validate};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let account: BillingAccount = serde_json::from_reader(io::stdin().lock())?;
    let violations = validate(&account);
    for violation in &violations {
        println!("{violation}");
    }
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! Writes `schemas/`, or checks that it is up to date.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

/// Writes what the API portal publishes into schemas/.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Write nothing; fail if something would change
    #[arg(long)]
    check: bool,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Arguments { check } = Arguments::parse();
    let folder = schema_export::folder();
    if !check {
        schema_export::write(&folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    let drifted = schema_export::drift(&folder)?;
    for path in &drifted {
        writeln!(std::io::stderr(), "schemas/{path} is not what the code says; run `cargo run -p schema-export`")?;
    }
    Ok(if drifted.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! The simulated billing systems as a program of their own, on fixed ports.

use std::path::PathBuf;
use std::process::ExitCode;

use bss_sandbox::{BssName, Options, Sandbox};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// Simulates the billing systems over HTTP on loopback, from account files.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Directory of account files, one folder for each system, added to the built-in accounts or replacing them
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// First of ten ports: CSG's; the control interface has the tenth. 0 = free ports
    #[arg(long, value_name = "PORT", default_value_t = 9101)]
    port_base: u16,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stdout, reason = "the addresses are this program's output")]
fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sandbox = Sandbox::start(Options { data_dir: arguments.data, port_base: Some(arguments.port_base).filter(|port| *port > 0) })?;
    for &system in BssName::ALL {
        println!("{system:<10} {}", sandbox.base_url(system));
    }
    println!("{:<10} {}", "control", sandbox.control_url());
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            outcome = tokio::signal::ctrl_c() => outcome,
        }
    })?;
    sandbox.stop();
    Ok(())
}

/// Prints an error with everything that caused it.
#[allow(clippy::print_stderr, reason = "this program has no log")]
fn report(error: &dyn std::error::Error) {
    eprintln!("bss-sandbox: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}

//! Measures what the channels cost beside nginx, HAProxy and a Node service: `ux-bench gateways` (needs nginx, haproxy, wrk, node);
//! what they take up: `ux-bench footprint`, which fails if that is too much; and what each operation costs in instructions:
//! `ux-bench instructions` (needs valgrind), which fails if that is more than it was.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod client;
mod examples;
mod exercise;
mod figures;
mod footprint;
mod gateways;
mod instructions;
mod latencies;
mod machine;
mod message;
mod replay;
mod scenario;
mod stage;
mod wrk;

/// What a request costs.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The channels beside nginx, HAProxy and a Node service
    Gateways {
        /// Paired slices of each channel
        #[arg(long, default_value_t = 14)]
        rounds: usize,
        /// Seconds of a slice under full load; one at the fixed rate takes a quarter of it
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
        /// Where the channels are, if not beside this program
        #[arg(long)]
        channels: Option<PathBuf>,
        /// Of this channel alone
        #[arg(long)]
        only: Option<String>,
    },
    /// Size, start and memory of the channels, each held against its bound
    Footprint,
    /// Instructions per request of every operation, each held against its ceiling in bench/ceilings.toml
    Instructions {
        /// Make what is counted the new ceilings, with a little room
        #[arg(long)]
        write: bool,
    },
    /// Ask channels every published example many times
    Exercise {
        /// Where the binaries are
        folder: PathBuf,
        /// Which channels
        #[arg(required = true)]
        channels: Vec<String>,
    },
    /// Repeat a simulated system's answers at a speed that proxies do not wait for
    Replay {
        /// Where to listen
        #[arg(long)]
        listen: SocketAddr,
        /// The simulated system
        #[arg(long)]
        origin: SocketAddr,
    },
}

fn main() -> io::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Gateways { rounds, seconds, channels, only } => {
            gateways::run(scenario::Plan { rounds, seconds }, channels.as_deref(), only.as_deref())?;
        }
        Command::Footprint if !footprint::run()? => return Ok(ExitCode::FAILURE),
        Command::Footprint => {}
        Command::Instructions { write } if !instructions::run(write)? => return Ok(ExitCode::FAILURE),
        Command::Instructions { .. } => {}
        Command::Exercise { folder, channels } => exercise::run(&folder, &channels)?,
        Command::Replay { listen, origin } => replay::run(listen, origin)?,
    }
    Ok(ExitCode::SUCCESS)
}

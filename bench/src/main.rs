//! Measures what the channels cost; see the crate's front page.

use std::io;
use std::net::SocketAddr;

use clap::{Parser, Subcommand};

mod replay;

/// What a request costs.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
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

fn main() -> io::Result<()> {
    match Arguments::parse().command {
        Command::Replay { listen, origin } => replay::run(listen, origin),
    }
}

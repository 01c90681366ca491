//! The chat bot's API as a process.

use std::process::ExitCode;

fn main() -> ExitCode {
    ux_server::run::<bot_ux::BotUx>()
}

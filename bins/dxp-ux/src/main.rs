//! The mobile app's API as a process.

use std::process::ExitCode;

fn main() -> ExitCode {
    ux_server::run::<dxp_ux::DxpUx>()
}

//! The field technicians' API as a process.

use std::process::ExitCode;

fn main() -> ExitCode {
    ux_server::run::<wfm_ux::WfmUx>()
}

//! Gives instrumented channels something to do, so that a second build knows what requests do (`bench/profile-guided.sh`).

use std::fs;
use std::io;
use std::path::Path;
use std::process::Stdio;

use contract_tests::Sandbox;

use crate::client::Connection;
use crate::examples::{self, Example};
use crate::machine::{BOTH, Process, wait_for_port};

const PORT: u16 = 19_710;

/// How often each example is asked.
const TIMES: usize = 300;

/// Asks these channels in this folder every published example many times. Each ends by itself then and writes down what it did.
///
/// # Errors
/// A channel cannot be started, or an example is not answered with 200.
pub(crate) fn run(binaries: &Path, channels: &[String]) -> io::Result<()> {
    let binaries = binaries.canonicalize()?;
    let sandbox = Sandbox::start();
    for channel in channels {
        let file = binaries.join(format!("{channel}.toml"));
        fs::write(&file, examples::config(channel, &sandbox, PORT))?;
        let arguments = ["--config", &*file.to_string_lossy()];
        let _process = Process::start(BOTH, &binaries, &binaries.join(channel), &arguments, Stdio::null())?;
        wait_for_port(PORT)?;
        let mut connection = Connection::open(PORT)?;
        for Example { name, request } in examples::of(channel) {
            for _ in 0..TIMES {
                connection.ask(&request).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
            }
        }
    }
    Ok(())
}

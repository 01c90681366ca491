//! Whatever a caller sends, there is a documented answer or the end of the connection, and the next caller is served.
//!
//! Each function is a fuzz target: it panics where a promise is broken. `cargo test` replays the corpus through them. The
//! channels and the simulated billing systems run inside this process; a panic of theirs, which a channel would turn into a 500, ends a
//! fuzzing run, and fails a replay because no answer here may be a 500.
#![forbid(unsafe_code)]

mod answer;
mod channels;
mod connection;
mod requests;
mod tax_identifier;

pub use connection::connection;
pub use requests::requests;
pub use tax_identifier::tax_identifier;

#[cfg(test)]
mod tests {
    use std::path::Path;

    // `fuzz/run` builds the tests for the fuzzer too, and its counters are in there.
    use libfuzzer_sys as _;

    fn replay(target: &str, run: replay::Run, damaged: usize) {
        replay::replay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target), run, damaged);
    }

    #[test]
    fn connection() {
        replay("connection", crate::connection, 2_000);
    }

    #[test]
    fn requests() {
        replay("requests", crate::requests, 3_000);
    }

    #[test]
    fn tax_identifier() {
        replay("tax_identifier", crate::tax_identifier, 20_000);
    }
}

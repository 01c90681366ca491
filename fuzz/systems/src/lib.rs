//! Whatever a billing system sends, there are accounts or an error, within bounds of memory and output.
//!
//! Each function is a fuzz target: it panics where a promise is broken. `cargo test` replays the corpus through them.
#![forbid(unsafe_code)]

mod amdocs;
mod aria;
mod cerillion;
mod csg;
mod held;
mod json;
mod liberate;
mod model;
mod salesforce;

pub use amdocs::amdocs;
pub use aria::aria;
pub use cerillion::cerillion;
pub use csg::csg;
pub use json::json;
pub use liberate::liberate;
pub use model::model;
pub use salesforce::salesforce;

/// The parts of an input that stands for several answers: they are separated by a zero byte, which no answer contains.
fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut sent = data.split(|&byte| byte == 0);
    std::array::from_fn(|_| sent.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    // `fuzz/run` builds the tests for the fuzzer too, and its counters are in there.
    use libfuzzer_sys as _;

    fn replay(target: &str, run: replay::Run) {
        replay::replay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target), run, 3_000);
    }

    macro_rules! replay {
        ($($target:ident)*) => {
            $(
                #[test]
                fn $target() {
                    replay(stringify!($target), crate::$target);
                }
            )*
        };
    }
    replay!(amdocs aria cerillion csg json liberate model salesforce);
}

//! The bounds that everything is held to.

use backends_http::Wire;
use serde::de::IgnoredAny;
use tmf666_model::{BillingAccount, WriteJson};

/// Memory in use at once, per byte of input: the structs of a record whose members are all empty.
const MEMORY_FACTOR: u64 = 128;
/// What lists of the greatest length need, however short their items are.
const MEMORY_BASE: u64 = 4 << 20;

/// Output per byte of input: the fixed texts of a view.
const OUTPUT_FACTOR: usize = 32;
/// The fixed texts of one account.
const OUTPUT_BASE: usize = 1 << 20;

/// Levels of lists and objects that ordinary JSON readers take.
const MAX_DEPTH: usize = 128;

/// Reads JSON as `backends_http::decode_wire` does: first with the own reader, then, if that gives up, with serde_json. What
/// the first accepts, the second must accept too.
pub(crate) fn read<'a, T: Wire<'a>>(data: &'a [u8]) -> Option<T> {
    match backends_http::read_json(data) {
        Some(value) => {
            assert!(serde_json::from_slice::<T>(data).is_ok(), "accepted only by the own reader");
            Some(value)
        }
        None => serde_json::from_slice(data).ok(),
    }
}

/// Runs what makes `T` of `data` and holds its memory to the bounds.
pub(crate) fn held<T>(data: &[u8], work: impl FnOnce() -> T) -> T {
    let mut made = None;
    let memory = allocation_counter::measure(|| made = Some(work()));
    let most = MEMORY_FACTOR * data.len() as u64 + MEMORY_BASE;
    assert!(memory.bytes_max <= most, "{} bytes of memory for {} of input", memory.bytes_max, data.len());
    made.expect("measured work is done")
}

/// Makes accounts of `data` within bounds, and checks that they are what a caller may get.
pub(crate) fn view(data: &[u8], work: impl FnOnce() -> Option<Vec<BillingAccount>>) {
    let (accounts, json) = held(data, || {
        let accounts = work().unwrap_or_default();
        let json = accounts.to_json();
        (accounts, json)
    });
    let most = OUTPUT_FACTOR * data.len() + OUTPUT_BASE;
    assert!(json.len() <= most, "{} bytes of output for {} of input", json.len(), data.len());
    assert!(serde_json::from_slice::<IgnoredAny>(&json).is_ok(), "not JSON");
    assert!(depth(&json) <= MAX_DEPTH, "{} levels", depth(&json));
    let again: Vec<BillingAccount> = serde_json::from_slice(&json).expect("the model reads what it writes");
    assert!(again == accounts, "read again it is another account");
    assert!(again.to_json() == json, "written again it is another text");
}

/// How deep lists and objects are nested in JSON.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

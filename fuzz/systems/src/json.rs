use serde_json::Value;

use crate::held::held;

/// `backends-http`'s own JSON reader: what it accepts, serde_json accepts, and both read the same.
pub fn json(data: &[u8]) {
    let Some(ours) = held(data, || backends_http::read_json::<Value>(data)) else { return };
    let theirs: Value = serde_json::from_slice(data).expect("accepted only by the own reader");
    assert!(ours == theirs, "read differently");
}

use backends_amdocs::translate::dxp_by_id;
use backends_amdocs::wire::Account;
use chrono::{DateTime, Utc};
use tmf666_model::codes::BusinessUnit;

use crate::held::{read, view};

/// Amdocs's JSON, with its view.
pub fn amdocs(data: &[u8]) {
    let now = DateTime::<Utc>::UNIX_EPOCH;
    view(data, || Some(vec![dxp_by_id::translate(read::<Account>(data)?, &BusinessUnit::Cw, now)]));
}

//! Correlation ids: taken from the caller, or made.

use std::sync::atomic::{AtomicU64, Ordering};

use backends_http::{CorrelationId, SpanId};
use bytes::Bytes;
use http::HeaderMap;
use uuid::{Builder, Uuid};

use crate::error::ApiError;
use crate::param::Param;

/// Why a header that every operation takes is refused; told after path and query, as the order of checks wants it.
#[derive(Debug)]
pub(crate) struct HeaderProblem(String);

impl HeaderProblem {
    pub(crate) fn to_error(&self) -> ApiError {
        ApiError::bad_request(self.0.clone())
    }
}

impl From<ApiError> for HeaderProblem {
    fn from(error: ApiError) -> Self {
        Self(error.into_description())
    }
}

/// The caller's id where there is one that can be passed on, else a new one; and what is wrong with the caller's.
pub(crate) fn correlation_id(headers: &HeaderMap, param: &Param<()>, ids: &Ids) -> (CorrelationId, Result<(), HeaderProblem>) {
    let sent = match param.find_header(headers) {
        Ok(None) => return (ids.next(), Ok(())),
        Ok(Some(bytes)) => bytes,
        Err(repeated) => return (ids.next(), Err(repeated.into())),
    };
    let text = String::from_utf8_lossy(sent);
    let accepted = param.read(&text).map_err(HeaderProblem::from);
    match CorrelationId::new(Bytes::copy_from_slice(sent)) {
        Ok(id) => (id, accepted),
        Err(_) => (ids.next(), Err(param.refuse(&text).into())),
    }
}

/// Makes ids: UUIDs (version 4 in form) out of a random seed and a counter, because asking the kernel for random bytes
/// costs more than the rest of a request's bookkeeping. They are unique, not secret.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: (u64, u64),
    count: AtomicU64,
}

impl Ids {
    pub(crate) fn new() -> Self {
        Self { seed: Uuid::new_v4().as_u64_pair(), count: AtomicU64::new(0) }
    }

    /// Any number but zero, which no trace may have as its id.
    pub(crate) fn next_number(&self) -> u128 {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let high = mix(self.seed.0.wrapping_add(count));
        let low = mix(self.seed.1 ^ high);
        ((u128::from(high) << 64) | u128::from(low)).max(1)
    }

    /// Never zero either.
    pub(crate) fn next_span(&self) -> SpanId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        SpanId(mix(self.seed.0.wrapping_add(count)).max(1))
    }

    pub(crate) fn next(&self) -> CorrelationId {
        let uuid = Builder::from_random_bytes(self.next_number().to_be_bytes()).into_uuid();
        let mut text = Uuid::encode_buffer();
        let text = uuid.hyphenated().encode_lower(&mut text);
        CorrelationId::new(Bytes::copy_from_slice(text.as_bytes())).expect("a UUID is visible ASCII")
    }
}

/// The finaliser of SplitMix64: different numbers stay different.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_are_uuids_and_differ() {
        let ids = Ids::new();
        let mut made: Vec<_> = (0..1000).map(|_| ids.next().as_str().to_owned()).collect();
        assert!(made.iter().all(|id| Uuid::parse_str(id).is_ok_and(|id| id.get_version_num() == 4)));
        made.sort();
        made.dedup();
        assert_eq!(made.len(), 1000);
    }
}

//! Futures that are made where they stay.

use std::pin::Pin;

/// `Box::pin` for a future that is large, of which only the little that it begins with is written.
///
/// The room comes first: a future that is made before it has any is copied there whole, however little of it means anything yet.
#[inline]
pub(crate) fn on_heap<F>(future: impl FnOnce() -> F) -> Pin<Box<F>> {
    let place = Box::new_uninit();
    Box::into_pin(Box::write(place, future()))
}

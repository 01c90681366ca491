use std::sync::atomic::{AtomicBool, Ordering};

/// Says that it is over when it is dropped: threads that go on until then go home also when the test that waits for them fails.
#[must_use]
pub struct Ending<'a>(&'a AtomicBool);

impl<'a> Ending<'a> {
    /// `is_over` is what the threads look at.
    pub fn of(is_over: &'a AtomicBool) -> Self {
        Self(is_over)
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

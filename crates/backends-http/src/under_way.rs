//! [`UnderWay`]: requests of one worker that write in a row.

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

/// What one worker has under way.
///
/// To make ready what is written and to write it are two long stretches of code, ours and the kernel's. Where several requests have
/// come in, it is cheaper to make all of them ready and then to write them in a row: the code stays in the processor's caches, and
/// who is written to wakes once for all of them.
#[derive(Debug, Default)]
pub struct UnderWay(AtomicUsize);

/// One of those under way, until it is dropped.
#[derive(Debug)]
pub struct Entered<'a>(&'a UnderWay);

impl UnderWay {
    /// One more is under way.
    pub fn enter(&self) -> Entered<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Entered(self)
    }
}

impl Entered<'_> {
    /// Lets the others come as far, those that can; costs nothing where there are none.
    pub async fn after_the_others(&self) {
        if self.0.0.load(Ordering::Relaxed) > 1 {
            behind_the_ready().await;
        }
    }
}

/// To the end of the queue of tasks that are ready. tokio's `yield_now` would first have it looked whether anything else has come in, and
/// let that go before: what is ready to be written would wait for what has only just been read, in smaller rows.
async fn behind_the_ready() {
    let mut is_behind = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_behind, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn who_is_not_alone_writes_after_the_others() {
        let (under_way, done) = (UnderWay::default(), RefCell::new(Vec::new()));
        let request = async |name: &str| {
            let entered = under_way.enter();
            done.borrow_mut().push(format!("{name} is ready"));
            entered.after_the_others().await;
            done.borrow_mut().push(format!("{name} writes"));
        };
        tokio::join!(biased; request("a"), request("b"), request("c"));
        let in_a_row = ["a is ready", "a writes", "b is ready", "b writes", "c is ready", "c writes"];
        assert_eq!(*done.borrow(), in_a_row, "each was alone when it came");
        done.borrow_mut().clear();
        let _other = under_way.enter();
        tokio::join!(biased; request("a"), request("b"), request("c"));
        assert_eq!(*done.borrow(), ["a is ready", "b is ready", "c is ready", "a writes", "b writes", "c writes"]);
    }
}

//! [`UnderWay`]: requests of one worker that write in a row.

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// What one worker has under way.
///
/// To make ready what is written and to write it are two long stretches of code, ours and the kernel's. Where several requests have
/// come in, it is cheaper to make all of them ready and then to write them in a row: the code stays in the processor's caches, and
/// who is written to wakes once for all of them.
#[derive(Debug, Default)]
pub struct UnderWay(AtomicUsize);

/// Whether somebody has gone behind the others already.
#[derive(Debug, Default)]
pub struct Turn {
    is_behind: bool,
}

/// One of those under way, until it is dropped.
#[derive(Debug)]
pub struct Entered<'a>(&'a UnderWay);

impl UnderWay {
    /// One more is under way.
    pub fn enter(&self) -> Entered<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Entered(self)
    }

    /// Lets those under way come as far, who can; costs nothing where there are none.
    pub async fn after_the_others(&self) {
        let mut turn = Turn::default();
        poll_fn(|cx| self.poll_after_the_others(&mut turn, cx)).await;
    }

    /// The same for who writes by polling: `turn` is his own, and as good as new when this is ready.
    ///
    /// It goes to the end of the queue of tasks that are ready. tokio's `yield_now` would first have it looked whether anything else has
    /// come in, and let that go before: what is ready to be written would wait for what has only just been read, in smaller rows.
    pub fn poll_after_the_others(&self, turn: &mut Turn, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::take(&mut turn.is_behind) || self.0.load(Ordering::Relaxed) == 0 {
            return Poll::Ready(());
        }
        turn.is_behind = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
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
            done.borrow_mut().push(format!("{name} is ready"));
            under_way.after_the_others().await;
            let _entered = under_way.enter();
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

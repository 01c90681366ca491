//! [`Entrance`]: the requests of one worker begin a row at a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::task::yield_now;

/// How many requests begin before it is looked again at what else has come in. The more there are, the less each costs the
/// kernel; the fewer, the more of them is still in the processor's caches when their answers come.
const ROW: usize = 16;

/// Who may read the next request.
///
/// Where hundreds of connections have sent one, all of them would be under way at once: when an answer comes, what belongs to its
/// request is no longer in the processor's caches, and each has taken another connection to the billing system. So a row of
/// them begins, then the answers that have come are passed on, then the next row begins. The others wait where they cost
/// nothing, in the kernel's buffers. How many are under way is not limited: where no answers come, row after row begins.
#[derive(Debug, Default)]
pub(crate) struct Entrance(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    /// How many of this row have begun.
    begun: usize,
    /// As long as there is one, a task lets them in.
    waiting: VecDeque<Waker>,
    /// How many that waited have been let in so far.
    let_in: usize,
}

/// A connection's own place before an entrance: none, or the number of the one who waits.
#[derive(Debug, Default)]
pub(crate) struct Place(Option<usize>);

impl Entrance {
    /// Ready when the connection may read a request; `place` is as good as new then.
    pub(crate) fn poll_enter(self: &Arc<Self>, place: &mut Place, cx: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.queue();
        match place.0 {
            Some(number) if number >= queue.let_in => return Poll::Pending,
            Some(_) => place.0 = None,
            None if queue.waiting.is_empty() && queue.begun < ROW => queue.begun += 1,
            None => {
                if queue.waiting.is_empty() {
                    tokio::spawn(let_all_in(Arc::clone(self)));
                }
                place.0 = Some(queue.let_in + queue.waiting.len());
                queue.waiting.push_back(cx.waker().clone());
                return Poll::Pending;
            }
        }
        Poll::Ready(())
    }

    /// Lets a row in; false if nobody is left.
    fn let_row_in(&self) -> bool {
        let mut queue = self.queue();
        let row = queue.waiting.len().min(ROW);
        queue.begun = row;
        queue.let_in += row;
        queue.waiting.drain(..row).for_each(Waker::wake);
        !queue.waiting.is_empty()
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn let_all_in(entrance: Arc<Entrance>) {
    loop {
        // This is where tokio looks at what has come in, and whoever has an answer goes first.
        yield_now().await;
        if !entrance.let_row_in() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::UnixStream;
    use tokio::sync::mpsc;

    use super::*;

    async fn enter(entrance: Arc<Entrance>) {
        let mut place = Place::default();
        poll_fn(|cx| entrance.poll_enter(&mut place, cx)).await;
    }

    #[tokio::test]
    async fn an_answer_goes_before_the_next_row() {
        let entrance = Arc::<Entrance>::default();
        let (sender, mut happened) = mpsc::unbounded_channel();
        let (mut system, mut answer) = UnixStream::pair().unwrap();
        let answered = sender.clone();
        tokio::spawn(async move {
            answer.read_u8().await.unwrap();
            answered.send("answer".to_owned())
        });
        for number in 0..ROW + 2 {
            let (entrance, sender) = (Arc::clone(&entrance), sender.clone());
            tokio::spawn(async move {
                enter(entrance).await;
                sender.send(number.to_string())
            });
        }
        drop(sender);
        system.write_u8(0).await.unwrap();
        let mut order = Vec::new();
        while let Some(next) = happened.recv().await {
            order.push(next);
        }
        let mut expected: Vec<_> = (0..ROW + 2).map(|number| number.to_string()).collect();
        expected.insert(ROW, "answer".to_owned());
        assert_eq!(order, expected);
    }

    #[tokio::test]
    async fn who_leaves_the_queue_holds_nobody_up() {
        let entrance = Arc::<Entrance>::default();
        let tasks: Vec<_> = (0..4 * ROW).map(|_| tokio::spawn(enter(Arc::clone(&entrance)))).collect();
        let leaving = tokio::spawn(enter(Arc::clone(&entrance)));
        let last = tokio::spawn(enter(Arc::clone(&entrance)));
        yield_now().await;
        assert!(!leaving.is_finished());
        leaving.abort();
        for task in tasks {
            task.await.unwrap();
        }
        last.await.unwrap();
        // The next may enter at once, as long as the last row has room.
        enter(entrance).await;
    }
}

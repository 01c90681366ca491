//! [`Alarms`]: time limits that cost little where they are kept.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

/// A timer for many deadlines, one after the other.
///
/// It is left alone as long as they are kept: where it was set for an earlier one it goes off too soon, once, and is set again. A timer for
/// each would cost two locks and a place among all timers, to be taken away again a moment later.
#[derive(Debug)]
struct Alarm(Pin<Box<Sleep>>);

impl Alarm {
    fn at(deadline: Instant) -> Self {
        Self(Box::pin(sleep_until(deadline)))
    }

    /// Ready when the deadline has passed; the task is woken then.
    fn poll_is_over(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let timer = &mut self.0;
        loop {
            let set_for = timer.deadline();
            if set_for > deadline || set_for < deadline && timer.is_elapsed() {
                timer.as_mut().reset(deadline);
            }
            // Also where the work has used up what tokio lets a task do at a time, or it would never be late.
            ready!(pin!(unconstrained(timer.as_mut())).poll(cx));
            if timer.deadline() == deadline {
                return Poll::Ready(());
            }
        }
    }
}

/// The timers of one worker, for whatever has to be done in time.
#[derive(Debug, Default)]
pub struct Alarms {
    at_rest: Mutex<Vec<Alarm>>,
}

impl Alarms {
    /// What becomes of `work`, or `None` if it is not done at the deadline.
    ///
    /// Pinned already, because this future would have room for it twice.
    pub async fn until<T>(&self, deadline: Instant, mut work: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Option<T> {
        let at_rest = self.at_rest().pop();
        let mut alarm = at_rest.unwrap_or_else(|| Alarm::at(deadline));
        let outcome = poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending => alarm.poll_is_over(deadline, cx).map(|()| None),
        })
        .await;
        self.at_rest().push(alarm);
        outcome
    }

    fn at_rest(&self) -> MutexGuard<'_, Vec<Alarm>> {
        self.at_rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_alarm_goes_off_at_each_deadline_and_not_at_those_before() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut alarm = Alarm::at(at(5));
        for (left_alone, seconds) in [(5, 3), (3, 10), (30, 20), (25, 25), (40, 60)] {
            let _ = poll_fn(|cx| Poll::Ready(alarm.poll_is_over(at(left_alone), cx))).await;
            poll_fn(|cx| alarm.poll_is_over(at(seconds), cx)).await;
            assert_eq!(Instant::now(), at(seconds));
        }
        let _ = poll_fn(|cx| Poll::Ready(alarm.poll_is_over(at(70), cx))).await;
        sleep_until(at(80)).await;
        poll_fn(|cx| alarm.poll_is_over(at(90), cx)).await;
        assert_eq!(Instant::now(), at(90), "it had gone off with nobody there");
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_waits_is_late_too() {
        let busy = async {
            loop {
                tokio::task::consume_budget().await;
            }
        };
        assert_eq!(Alarms::default().until(Instant::now(), pin!(busy)).await, None::<()>);
    }

    #[tokio::test(start_paused = true)]
    async fn each_has_a_time_of_its_own() {
        let alarms = Alarms::default();
        let deadline = Instant::now() + Duration::from_secs(2);
        let until = async |deadline, mut work: Pin<Box<dyn Future<Output = i32>>>| alarms.until(deadline, work.as_mut()).await;
        let outcomes = tokio::join!(
            until(deadline, Box::pin(pending())),
            until(deadline - Duration::from_secs(1), Box::pin(pending())),
            until(deadline, Box::pin(ready(7)))
        );
        assert_eq!(outcomes, (None, None, Some(7)));
        assert_eq!(Instant::now(), deadline);
        assert_eq!(until(deadline, Box::pin(ready(7))).await, Some(7));
        assert_eq!(alarms.at_rest().len(), 3, "as many as there were at a time");
    }
}

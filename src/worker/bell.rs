//! Waiting for something that another task says.
//!
//! In: [`Bell::ring`]. Out: [`Bell::wait`] returns, at once where it rang before. One task waits at a time.
//! Must not know: what is waited for.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Default)]
pub struct Bell {
    rung: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Bell {
    /// Wakes who waits, or who waits next.
    pub fn ring(&self) {
        self.rung.set(true);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// Until it rings.
    pub async fn wait(&self) {
        poll_fn(|context| {
            if self.rung.replace(false) {
                return Poll::Ready(());
            }
            self.waiting.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::Bell;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn a_ring_before_the_wait_counts_once() {
        let bell = Bell::default();
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(pin!(bell.wait()).poll(&mut context), Poll::Pending);
        bell.ring();
        bell.ring();
        assert_eq!(pin!(bell.wait()).poll(&mut context), Poll::Ready(()));
        assert_eq!(pin!(bell.wait()).poll(&mut context), Poll::Pending);
    }
}

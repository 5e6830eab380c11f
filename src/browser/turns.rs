//! Work that can wait for its turn: a task each, so that keys are taken and frames drawn in between.
//!
//! In: callbacks. Out: each is called once, in a task of its own, in the order in which they asked.
//! Must not know: what is done.

use std::cell::RefCell;
use std::collections::VecDeque;

use wasm_bindgen::JsValue;
use web_sys::{MessageChannel, MessagePort};

use super::listen::Listener;
use super::time::soon;

type Work = Box<dyn FnOnce()>;

/// Who waits. Every name is given once.
struct Queue<W> {
    last: u64,
    waiting: VecDeque<(u64, W)>,
    at_rest: Vec<(u64, W)>,
}

impl<W> Queue<W> {
    const fn new() -> Self {
        Self {
            last: 0,
            waiting: VecDeque::new(),
            at_rest: Vec::new(),
        }
    }

    fn name(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// What is done in the next task: the first that waits, or all that wait for nobody to wait.
    fn pop(&mut self) -> Vec<W> {
        match self.waiting.pop_front() {
            Some((_, work)) => vec![work],
            None => self.at_rest.drain(..).map(|(_, work)| work).collect(),
        }
    }

    fn remove(&mut self, name: u64) -> Option<W> {
        let named = |(other, _): &(u64, W)| *other == name;
        if let Some(at) = self.waiting.iter().position(named) {
            return self.waiting.remove(at).map(|(_, work)| work);
        }
        let at = self.at_rest.iter().position(named)?;
        Some(self.at_rest.remove(at).1)
    }

    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.at_rest.is_empty()
    }
}

/// What begins a task: a message to ourselves, for timers within timers wait four milliseconds each.
struct Bell {
    port: MessagePort,
    _heard: Listener,
}

impl Bell {
    fn new() -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let hearing = channel.port2();
        let heard = Listener::on(&hearing, "message", |_| take());
        hearing.start();
        Some(Self {
            port: channel.port1(),
            _heard: heard,
        })
    }
}

thread_local! {
    static QUEUE: RefCell<Queue<Work>> = const { RefCell::new(Queue::new()) };
    static BELL: Option<Bell> = Bell::new();
    static RUNG: RefCell<bool> = const { RefCell::new(false) };
}

fn ring() {
    if RUNG.replace(true) {
        return;
    }
    let told = BELL.with(|bell| {
        bell.as_ref()
            .is_some_and(|bell| bell.port.post_message(&JsValue::NULL).is_ok())
    });
    if !told {
        soon(take);
    }
}

fn take() {
    RUNG.replace(false);
    let works = QUEUE.with_borrow_mut(Queue::pop);
    for work in works {
        work();
    }
    if !QUEUE.with_borrow(Queue::is_empty) {
        ring();
    }
}

/// A place among those that wait; dropping it gives the place up.
pub struct Turn(u64);

impl Drop for Turn {
    fn drop(&mut self) {
        // What it holds is dropped when nobody holds the queue.
        let gone = QUEUE.with_borrow_mut(|queue| queue.remove(self.0));
        drop(gone);
    }
}

/// Behind all that wait.
#[must_use]
pub fn last(work: impl FnOnce() + 'static) -> Turn {
    place(Box::new(work), |queue, entry| {
        queue.waiting.push_back(entry)
    })
}

/// Before all that wait: for what goes on with a work that had its turn.
#[must_use]
pub fn first(work: impl FnOnce() + 'static) -> Turn {
    place(Box::new(work), |queue, entry| {
        queue.waiting.push_front(entry);
    })
}

/// When nobody waits any more: at once where nobody does.
#[must_use]
pub fn at_rest(work: impl FnOnce() + 'static) -> Option<Turn> {
    if QUEUE.with_borrow(|queue| queue.waiting.is_empty()) {
        work();
        return None;
    }
    Some(place(Box::new(work), |queue, entry| {
        queue.at_rest.push(entry);
    }))
}

fn place(work: Work, add: fn(&mut Queue<Work>, (u64, Work))) -> Turn {
    let name = QUEUE.with_borrow_mut(|queue| {
        let name = queue.name();
        add(queue, (name, work));
        name
    });
    ring();
    Turn(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_task_and_those_at_rest_wait_for_all() {
        let mut queue = Queue::new();
        let names: Vec<u64> = (0..3).map(|_| queue.name()).collect();
        queue.at_rest.push((names[0], "rest"));
        queue.waiting.push_back((names[1], "one"));
        queue.waiting.push_front((names[2], "before"));
        assert_eq!(queue.pop(), ["before"]);
        assert_eq!(queue.pop(), ["one"]);
        assert!(!queue.is_empty());
        assert_eq!(queue.pop(), ["rest"]);
        assert!(queue.is_empty());
        assert!(queue.pop().is_empty());
    }

    #[test]
    fn who_gives_up_is_not_called() {
        let mut queue = Queue::new();
        let (kept, gone, rest) = (queue.name(), queue.name(), queue.name());
        queue.waiting.push_back((kept, "kept"));
        queue.waiting.push_back((gone, "gone"));
        queue.at_rest.push((rest, "rest"));
        assert_eq!(queue.remove(gone), Some("gone"));
        assert_eq!(queue.remove(rest), Some("rest"));
        assert_eq!(queue.remove(gone), None);
        assert_eq!(queue.pop(), ["kept"]);
        assert!(queue.is_empty());
    }
}

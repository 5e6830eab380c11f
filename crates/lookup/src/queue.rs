//! What to ask next, and when: a queue behind a token bucket.
//!
//! In: subjects, answers, the time (seconds since 1970). Out: the next subject, or how long to wait.
//! Must not know: what is asked.

use crate::{Problem, Subject};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many questions a minute and a (UTC) day are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In any sixty seconds, and as many at once at the start.
    pub a_minute: u32,
    /// From midnight to midnight UTC, where VirusTotal counts anew.
    pub a_day: u32,
}

/// The public limits of VirusTotal.
pub const VIRUSTOTAL: Rate = Rate {
    a_minute: crate::virustotal::A_MINUTE,
    a_day: crate::virustotal::A_DAY,
};

/// For registries, which state no common limit: a pace that none of them minds.
pub const REGISTRIES: Rate = Rate {
    a_minute: 30,
    a_day: 2000,
};

/// Counts questions against a [`Rate`]. A question may be asked when fewer than `a_minute` were
/// asked in the last sixty seconds: stricter than refilling, which lets twice as many through in
/// one minute.
#[derive(Debug, Clone)]
pub struct Bucket {
    rate: Rate,
    /// `recent` holds the last `a_minute` questions.
    spent: Spent,
    /// Not before this moment: the server said so.
    pause: f64,
}

/// What was asked: to be kept where a bucket does not live as long as a quota.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// When the last questions were asked, seconds since 1970.
    pub recent: VecDeque<f64>,
    /// The day, in days since 1970.
    pub day: i64,
    /// How many were asked on it.
    pub today: u32,
}

/// What a bucket says to the next question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gate {
    /// Ask.
    Open,
    /// Wait so many seconds.
    Wait(f64),
    /// The day's share is gone; so many seconds to the next day.
    Tomorrow(f64),
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            spent: Spent::default(),
            pause: f64::NEG_INFINITY,
        }
    }

    /// Whether a question may be asked now. Asking is told with [`Bucket::asked`].
    #[must_use]
    pub fn gate(&self, now: f64) -> Gate {
        let day = (now / 86_400.0).floor();
        if self.spent.day == day as i64 && self.spent.today >= self.rate.a_day {
            return Gate::Tomorrow((day + 1.0) * 86_400.0 - now);
        }
        // A clock that was set back would otherwise hold the queue for as long.
        let recent = self
            .spent
            .recent
            .iter()
            .filter(|&&at| at <= now && at > now - 60.0);
        let mut wait = self.pause - now;
        if recent.clone().count() as u64 >= u64::from(self.rate.a_minute)
            && let Some(oldest) = recent.clone().next()
        {
            wait = wait.max(oldest + 60.0 - now);
        }
        if wait > 0.0 {
            Gate::Wait(wait)
        } else {
            Gate::Open
        }
    }

    /// A question was asked.
    pub fn asked(&mut self, now: f64) {
        let day = (now / 86_400.0).floor() as i64;
        if self.spent.day != day {
            self.spent.day = day;
            self.spent.today = 0;
        }
        self.spent.today += 1;
        self.spent.recent.push_back(now);
        while self.spent.recent.len() > self.rate.a_minute as usize {
            self.spent.recent.pop_front();
        }
    }

    /// Takes over what was asked elsewhere or before: the more of both.
    pub fn remember(&mut self, other: Spent) {
        let spent = &mut self.spent;
        (spent.day, spent.today) = (spent.day, spent.today).max((other.day, other.today));
        // What stands in both is one question: each moment as often as in the one that has it more often.
        let mut rest = std::mem::take(&mut spent.recent);
        let mut recent = Vec::from(other.recent);
        for at in &recent {
            if let Some(same) = rest.iter().position(|known| known == at) {
                rest.remove(same);
            }
        }
        recent.extend(rest);
        recent.sort_by(f64::total_cmp);
        let surplus = recent.len().saturating_sub(self.rate.a_minute as usize);
        spent.recent = recent.split_off(surplus).into();
    }

    /// The server asked for a pause.
    pub fn pause(&mut self, now: f64, seconds: f64) {
        self.pause = self.pause.max(now + seconds.clamp(1.0, 3600.0));
    }
}

/// Where a queue stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Stand {
    /// Nothing is left.
    Done,
    /// The user stopped it, or a problem that the next question would meet too.
    Stopped(Option<Problem>),
    /// An answer is awaited.
    Asking,
    /// The next question waits so many seconds for the rate.
    Waiting(f64),
    /// The next question can be asked.
    Ready,
}

/// The subjects still to ask of one service.
#[derive(Debug, Clone)]
pub struct Queue {
    waiting: VecDeque<Subject>,
    asking: Option<Subject>,
    bucket: Bucket,
    stopped: Option<Option<Problem>>,
    /// Questions of the subject at the front that met the quota.
    tries: u8,
    /// Failures in a row of the one server that all questions go to; `None` where they go to many.
    failures: Option<u8>,
    done: u32,
    total: u32,
}

/// How often a subject is asked again after meeting the quota.
const TRIES: u8 = 3;
/// After so many failures in a row the one server is taken to be down.
const FAILURES: u8 = 3;

impl Queue {
    /// An empty queue.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            waiting: VecDeque::new(),
            asking: None,
            bucket: Bucket::new(rate),
            stopped: None,
            tries: 0,
            failures: None,
            done: 0,
            total: 0,
        }
    }

    /// All questions go to one server: when it fails three times in a row, the rest waits.
    #[must_use]
    pub fn of_one_server(mut self) -> Self {
        self.failures = Some(0);
        self
    }

    /// What was asked so far.
    #[must_use]
    pub fn spent(&self) -> &Spent {
        &self.bucket.spent
    }

    /// Takes over what was asked before, in another tab or before a reload.
    pub fn remember(&mut self, spent: Spent) {
        self.bucket.remember(spent);
    }

    /// Fills an idle queue; what was in it is gone. The bucket remembers what was asked before.
    pub fn fill(&mut self, subjects: impl IntoIterator<Item = Subject>) {
        self.waiting = subjects.into_iter().collect();
        self.asking = None;
        self.stopped = None;
        self.tries = 0;
        self.done = 0;
        self.total = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
    }

    /// Takes the next subject to ask, if one may be asked now.
    pub fn take(&mut self, now: f64) -> Option<Subject> {
        if self.stand(now) != Stand::Ready {
            return None;
        }
        let subject = self.waiting.pop_front()?;
        self.bucket.asked(now);
        self.asking = Some(subject.clone());
        Some(subject)
    }

    /// The answer to what was taken: whether it is final, or the same subject will be asked again.
    pub fn answered(&mut self, now: f64, problem: Option<&Problem>) -> bool {
        let Some(subject) = self.asking.take() else {
            return true;
        };
        match problem {
            Some(Problem::Quota {
                again_in,
                day: false,
            }) if self.tries < TRIES => {
                self.tries += 1;
                self.bucket.pause(now, f64::from(again_in.unwrap_or(60)));
                self.waiting.push_front(subject);
                false
            }
            Some(problem) if problem.stops_the_queue() => {
                self.waiting.push_front(subject);
                self.stopped = Some(Some(problem.clone()));
                false
            }
            _ => {
                self.tries = 0;
                self.done += 1;
                self.count_failures(problem);
                true
            }
        }
    }

    fn count_failures(&mut self, problem: Option<&Problem>) {
        let Some(failures) = &mut self.failures else {
            return;
        };
        match problem {
            Some(problem) if problem.is_of_the_server() => *failures += 1,
            _ => *failures = 0,
        }
        if *failures >= FAILURES && !self.waiting.is_empty() {
            *failures = 0;
            self.stopped = Some(problem.cloned());
        }
    }

    /// Stops; an answer that is awaited is given up and its subject asked again on resuming.
    pub fn stop(&mut self) {
        if let Some(subject) = self.asking.take() {
            self.waiting.push_front(subject);
        }
        if !self.waiting.is_empty() {
            self.stopped = Some(None);
        }
    }

    /// Goes on where it was stopped.
    pub fn resume(&mut self) {
        self.stopped = None;
        self.tries = 0;
    }

    /// Where it stands.
    #[must_use]
    pub fn stand(&self, now: f64) -> Stand {
        if self.asking.is_some() {
            return Stand::Asking;
        }
        if self.waiting.is_empty() {
            return Stand::Done;
        }
        if let Some(why) = &self.stopped {
            return Stand::Stopped(why.clone());
        }
        match self.bucket.gate(now) {
            Gate::Open => Stand::Ready,
            Gate::Wait(seconds) => Stand::Waiting(seconds),
            Gate::Tomorrow(_) => Stand::Stopped(Some(Problem::Quota {
                again_in: None,
                day: true,
            })),
        }
    }

    /// How many are answered, and how many there were.
    #[must_use]
    pub fn progress(&self) -> (u32, u32) {
        (self.done, self.total)
    }
}

/// Seconds that `count` questions take at a rate, from a full bucket: the first `a_minute` at once,
/// then as many each minute.
#[must_use]
pub fn duration(count: u32, rate: Rate) -> f64 {
    match count {
        0 => 0.0,
        count => f64::from((count - 1) / rate.a_minute) * 60.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(count: usize) -> Vec<Subject> {
        (0..count)
            .map(|n| Subject::domain(&format!("d{n}.com")).unwrap())
            .collect()
    }

    /// The naive twin: every question with its second; no window of a minute and no day may hold
    /// more than the rate.
    fn run(count: usize, rate: Rate, start: f64) -> Vec<f64> {
        let mut queue = Queue::new(rate);
        queue.fill(subjects(count));
        let (mut now, mut asked) = (start, Vec::new());
        loop {
            match queue.stand(now) {
                Stand::Ready => {
                    queue.take(now).unwrap();
                    asked.push(now);
                    now += 0.25;
                    queue.answered(now, None);
                }
                Stand::Waiting(seconds) => now += seconds,
                Stand::Stopped(_) => now = ((now / 86_400.0).floor() + 1.0) * 86_400.0,
                Stand::Done => return asked,
                Stand::Asking => unreachable!(),
            }
        }
    }

    #[test]
    fn no_minute_and_no_day_holds_more_than_the_rate() {
        let asked = run(1100, VIRUSTOTAL, 1_700_000_000.0);
        assert_eq!(asked.len(), 1100);
        for &from in &asked {
            let window = asked
                .iter()
                .filter(|&&at| at >= from && at < from + 60.0)
                .count();
            assert!(window <= 4, "{window} questions from {from}");
        }
        let mut days = std::collections::BTreeMap::new();
        for at in asked {
            *days.entry((at / 86_400.0) as i64).or_insert(0) += 1;
        }
        assert!(days.values().all(|&count| count <= 500), "{days:?}");
    }

    #[test]
    fn the_stated_duration_is_what_it_takes() {
        for count in [1, 4, 5, 9, 40] {
            let asked = run(count, VIRUSTOTAL, 0.0);
            let took = asked.last().unwrap() - asked[0];
            let stated = duration(count as u32, VIRUSTOTAL);
            assert!(
                (took - stated).abs() < 2.0,
                "{count}: {took} against {stated}"
            );
        }
    }

    #[test]
    fn a_quota_error_asks_the_same_again_after_the_pause() {
        let mut queue = Queue::new(VIRUSTOTAL);
        queue.fill(subjects(2));
        let first = queue.take(0.0).unwrap();
        let quota = Problem::Quota {
            again_in: Some(30),
            day: false,
        };
        assert!(!queue.answered(1.0, Some(&quota)));
        assert_eq!(queue.stand(1.0), Stand::Waiting(30.0));
        assert_eq!(queue.take(31.0), Some(first));
        assert_eq!(queue.progress(), (0, 2));
    }

    #[test]
    fn a_server_that_never_lets_through_does_not_hold_the_queue_for_ever() {
        let mut queue = Queue::new(Rate {
            a_minute: 100,
            a_day: 100,
        });
        queue.fill(subjects(1));
        let quota = Problem::Quota {
            again_in: Some(1),
            day: false,
        };
        let mut now = 0.0;
        for _ in 0..TRIES {
            queue.take(now).unwrap();
            assert!(!queue.answered(now, Some(&quota)));
            now += 2.0;
        }
        queue.take(now).unwrap();
        assert!(queue.answered(now, Some(&quota)));
        assert_eq!(queue.stand(now), Stand::Done);
    }

    #[test]
    fn stopping_keeps_what_is_left_and_resuming_goes_on() {
        let mut queue = Queue::new(VIRUSTOTAL);
        queue.fill(subjects(3));
        let first = queue.take(0.0).unwrap();
        queue.stop();
        assert_eq!(queue.stand(0.0), Stand::Stopped(None));
        assert_eq!(queue.take(0.0), None);
        assert!(queue.answered(0.1, None), "a late answer changes nothing");
        queue.resume();
        assert_eq!(queue.take(0.2), Some(first));
        assert!(!queue.answered(0.3, Some(&Problem::BadKey)));
        assert_eq!(queue.stand(0.3), Stand::Stopped(Some(Problem::BadKey)));
        assert_eq!(queue.progress(), (0, 3));
    }

    #[test]
    fn one_server_that_fails_three_times_in_a_row_is_left_alone_until_resumed() {
        let mut queue = Queue::new(REGISTRIES).of_one_server();
        queue.fill(subjects(6));
        let down = Problem::Outage { status: 503 };
        for problem in [
            Some(&down),
            None,
            Some(&down),
            Some(&down),
            Some(&Problem::Slow),
        ] {
            queue.take(0.0).unwrap();
            assert!(queue.answered(0.0, problem));
        }
        assert_eq!(queue.stand(0.0), Stand::Stopped(Some(Problem::Slow)));
        assert_eq!((queue.progress(), queue.take(0.0)), ((5, 6), None));
        queue.resume();
        assert!(queue.take(0.0).is_some());
    }

    #[test]
    fn what_was_asked_before_a_reload_counts() {
        let mut before = Bucket::new(VIRUSTOTAL);
        let noon = 1_700_000_000.0;
        for n in 0..4 {
            before.asked(noon + f64::from(n));
        }
        let text = serde_json::to_string(&before.spent).unwrap();
        let mut queue = Queue::new(VIRUSTOTAL);
        queue.remember(serde_json::from_str(&text).unwrap());
        queue.fill(subjects(1));
        assert_eq!(queue.stand(noon + 10.0), Stand::Waiting(50.0));
        assert_eq!(queue.stand(noon + 60.0), Stand::Ready);
        // Less, or of an earlier day, changes nothing.
        let mut spent = queue.spent().clone();
        spent.today = 1;
        spent.recent.clear();
        queue.remember(spent);
        assert_eq!(queue.stand(noon + 10.0), Stand::Waiting(50.0));
        let mut day = Bucket::new(VIRUSTOTAL);
        for _ in 0..500 {
            day.asked(noon);
        }
        queue.remember(day.spent);
        let Stand::Stopped(Some(Problem::Quota { day: true, .. })) = queue.stand(noon + 70.0)
        else {
            panic!("the day's share is gone");
        };
    }

    #[test]
    fn two_tabs_that_ask_at_once_keep_one_rate() {
        let noon = 1_700_000_000.0;
        let mut stored = Spent::default();
        let mut tabs = [(); 2].map(|()| {
            let mut queue = Queue::new(VIRUSTOTAL);
            queue.fill(subjects(10));
            queue
        });
        let mut asked = Vec::new();
        for second in 0..200 {
            for (at, tab) in tabs.iter_mut().enumerate() {
                let now = noon + f64::from(second) + 0.25 * at as f64;
                tab.remember(stored.clone());
                if tab.stand(now) == Stand::Ready {
                    tab.take(now).unwrap();
                    stored = tab.spent().clone();
                    tab.answered(now, None);
                    asked.push(now);
                }
            }
        }
        assert_eq!((asked.len(), stored.today), (16, 16));
        for &from in &asked {
            let window = asked.iter().filter(|&&at| at >= from && at < from + 60.0);
            assert!(window.count() <= 4, "from {from}");
        }
    }

    #[test]
    fn what_two_tabs_asked_at_the_same_time_is_all_remembered() {
        let noon = 1_700_000_000.0;
        let mut tabs = [Bucket::new(VIRUSTOTAL), Bucket::new(VIRUSTOTAL)];
        for tab in &mut tabs {
            tab.asked(noon);
        }
        tabs[0].asked(noon + 1.0);
        tabs[1].asked(noon + 2.0);
        let [mut one, mut other] = tabs;
        one.remember(other.spent.clone());
        other.remember(one.spent.clone());
        // As many were asked by each: neither count hides the moments of the other.
        assert_eq!(one.spent.recent, [noon, noon + 1.0, noon + 2.0]);
        assert_eq!(other.spent, one.spent);
    }

    #[test]
    fn an_outage_costs_only_its_own_subject() {
        let mut queue = Queue::new(VIRUSTOTAL);
        queue.fill(subjects(2));
        queue.take(0.0);
        assert!(queue.answered(0.0, Some(&Problem::Outage { status: 503 })));
        assert_eq!(queue.stand(0.0), Stand::Ready);
    }
}

//! What was learnt before, with dates, so that nothing is asked twice without need.
//!
//! In: entries. Out: entries that are fresh enough. Must not know: how long it is kept (the page
//! keeps it while it is open, never on a disk).

use crate::{Entry, Service, Subject};
use std::collections::BTreeMap;

/// Seconds for which an answer is not asked again: VirusTotal analyses anew within days, registries
/// change within hours at most for what is shown here.
pub const FRESH: f64 = 24.0 * 3600.0;

/// Entries by service and subject; the newest of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory(BTreeMap<(Service, Subject), Entry>);

impl Memory {
    /// Keeps an entry, unless one of a later date is there. A failure does not displace an answer.
    pub fn put(&mut self, entry: Entry) {
        let key = (entry.service, entry.subject.clone());
        let keep = self.0.get(&key).is_some_and(|old| {
            old.at > entry.at || (old.outcome.is_ok() && entry.outcome.is_err())
        });
        if !keep {
            self.0.insert(key, entry);
        }
    }

    /// The entry of a subject, however old.
    #[must_use]
    pub fn get(&self, service: Service, subject: &Subject) -> Option<&Entry> {
        self.0.get(&(service, subject.clone()))
    }

    /// Whether it need not be asked again: an answer (a record, or "there is none") that is fresh.
    #[must_use]
    pub fn knows(&self, service: Service, subject: &Subject, now: f64) -> bool {
        self.get(service, subject).is_some_and(|entry| {
            let answer = match &entry.outcome {
                Ok(_) => true,
                Err(problem) => problem.is_an_answer(),
            };
            answer && now - entry.at < FRESH
        })
    }

    /// All entries, by service and subject.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.values()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rdap::Registration;
    use crate::{Problem, Record};

    fn entry(at: f64, outcome: Result<Record, Problem>) -> Entry {
        Entry {
            service: Service::Registration,
            subject: Subject::domain("evil.com").unwrap(),
            at,
            host: "rdap.example".into(),
            outcome,
        }
    }

    #[test]
    fn the_newest_counts_and_a_failure_displaces_no_answer() {
        let record = || Ok(Record::Registration(Registration::default()));
        let subject = Subject::domain("evil.com").unwrap();
        let mut memory = Memory::default();
        memory.put(entry(10.0, Err(Problem::Slow)));
        assert!(
            !memory.knows(Service::Registration, &subject, 11.0),
            "a failure is asked again"
        );
        memory.put(entry(20.0, record()));
        memory.put(entry(15.0, record()));
        memory.put(entry(30.0, Err(Problem::Slow)));
        assert_eq!(
            memory.get(Service::Registration, &subject).unwrap().at,
            20.0
        );
        assert!(memory.knows(Service::Registration, &subject, 20.0 + FRESH - 1.0));
        assert!(!memory.knows(Service::Registration, &subject, 20.0 + FRESH));
        assert!(!memory.knows(Service::Reputation, &subject, 21.0));
        assert_eq!(memory.len(), 1);
    }
}

//! Which domains are known services whose look-ups look like a channel.
//!
//! In: a domain, and an analyst's own entries. Out: the entry that matches, with its reason. Must not
//! know: findings. A list applies when findings are viewed and never when logs are read: nothing is
//! dropped for being on it.
//!
//! An entry is a suffix, matched on whole labels: `example.com` is `example.com` and `a.example.com`,
//! and not `badexample.com`. No entry is a suffix under which anybody can have a name
//! ([`is_shared_suffix`]).

use crate::order;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

/// The shipped list: suffix, category, reason.
static FILE: &str = include_str!("../data/allow.tsv");
/// Shared suffixes, with what they are.
static SHARED_FILE: &str = include_str!("../data/shared.tsv");

/// An entry of an allow list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// The suffix, in lower case.
    pub suffix: Cow<'static, str>,
    /// `antivirus`, `block list`, `content network`, `telemetry`, `mail authentication`; of an
    /// analyst's own entry what they wrote, or `own`.
    pub category: Cow<'static, str>,
    /// Why: one sentence.
    pub reason: Cow<'static, str>,
}

/// A list that ships, sorted by what is looked up.
pub(crate) struct Listed<V>(Vec<(&'static str, V)>);

impl<V> Listed<V> {
    pub(crate) fn new(mut entries: Vec<(&'static str, V)>) -> Self {
        order::by(&mut entries, |a, b| a.0.cmp(b.0));
        Self(entries)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        let at = self
            .0
            .binary_search_by(|(known, _)| (*known).cmp(key))
            .ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// What can be looked up.
    #[cfg(test)]
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|&(key, _)| key)
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.0.len()
    }
}

static SHIPPED: LazyLock<Listed<Allowed>> = LazyLock::new(|| {
    let entries = lines(FILE).filter_map(|line| {
        let mut parts = line.split('\t');
        let (suffix, category, reason) = (parts.next()?, parts.next()?, parts.next()?);
        let entry = Allowed {
            suffix: suffix.into(),
            category: category.into(),
            reason: reason.into(),
        };
        Some((suffix, entry))
    });
    Listed::new(entries.collect())
});

static SHARED: LazyLock<Listed<&'static str>> = LazyLock::new(|| {
    let entries = lines(SHARED_FILE).filter_map(|line| line.split_once('\t'));
    Listed::new(entries.collect())
});

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The day on which the shipped list was made, as `2026-11-24`.
#[must_use]
pub fn dated() -> &'static str {
    FILE.lines()
        .find_map(|line| line.strip_prefix("# dated\t"))
        .unwrap_or_default()
}

/// A domain and each of its parents, the longest first.
fn suffixes(domain: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(domain);
    std::iter::from_fn(move || {
        let suffix = rest?;
        rest = suffix.split_once('.').map(|(_, parent)| parent);
        Some(suffix)
    })
}

fn normal(domain: &str) -> String {
    domain.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// The shipped entry that a domain falls under; the longest.
#[must_use]
pub fn allowed(domain: &str) -> Option<&'static Allowed> {
    let domain = normal(domain);
    suffixes(&domain).find_map(|suffix| SHIPPED.get(suffix))
}

/// All shipped entries, sorted by suffix.
pub fn shipped() -> impl Iterator<Item = &'static Allowed> {
    SHIPPED.values()
}

/// Whether a domain is, or lies under, a suffix under which anybody can have a name: hosting, content
/// networks, dynamic DNS. Of such a domain the suffix says nothing, and the owner is whoever has
/// the name below it.
#[must_use]
pub fn is_shared_suffix(domain: &str) -> bool {
    shared_as(domain).is_some()
}

/// What the shared suffix of a domain is: `hosting`, `dynamic DNS`, …
#[must_use]
pub fn shared_as(domain: &str) -> Option<&'static str> {
    let domain = normal(domain);
    suffixes(&domain).find_map(|suffix| SHARED.get(suffix).copied())
}

/// A line of an analyst's list that is no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Counted from 1.
    pub line: usize,
    /// One sentence, with the next step.
    pub text: String,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}: {}", self.line, self.text)
    }
}

/// The shipped list with an analyst's changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowList {
    added: BTreeMap<String, Allowed>,
    removed: BTreeSet<String>,
}

impl AllowList {
    /// The shipped list, unchanged.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads changes as [`AllowList::to_text`] writes them: an entry a line, as suffix, category and
    /// reason between tabs (the latter two may be missing); a line that begins with `-` takes an entry
    /// out; `#` begins a remark. Lines that are no entry are named and cost nothing but themselves.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<LineError>) {
        let (mut list, mut errors) = (Self::new(), Vec::new());
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_end_matches('\r');
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let done = if let Some(suffix) = line.strip_prefix('-') {
                list.remove(suffix)
            } else {
                let mut parts = line.splitn(3, '\t');
                let mut next = || parts.next().unwrap_or_default().trim();
                list.add(next(), next(), next())
            };
            if let Err(text) = done {
                errors.push(LineError { line: at + 1, text });
            }
        }
        (list, errors)
    }

    /// Adds an entry, or puts a removed one back.
    ///
    /// # Errors
    /// A sentence, where the suffix is no domain, is a whole top-level domain, or is shared by many.
    pub fn add(&mut self, suffix: &str, category: &str, reason: &str) -> Result<(), String> {
        let suffix = checked(suffix)?;
        if let Some(what) = SHARED.get(suffix.as_str()) {
            return Err(format!(
                "“{suffix}” is {what} that many parties share; allow the name below it that you know."
            ));
        }
        self.removed.remove(&suffix);
        let or = |text: &str, other: &'static str| -> Cow<'static, str> {
            match text {
                "" => other.into(),
                text => text.replace(['\t', '\n', '\r'], " ").into(),
            }
        };
        let entry = Allowed {
            suffix: suffix.clone().into(),
            category: or(category, "own"),
            reason: or(reason, "You added this entry."),
        };
        if SHIPPED.get(suffix.as_str()) != Some(&entry) {
            self.added.insert(suffix, entry);
        }
        Ok(())
    }

    /// Takes an entry out, shipped or added.
    ///
    /// # Errors
    /// A sentence, where there is no such entry.
    pub fn remove(&mut self, suffix: &str) -> Result<(), String> {
        let suffix = checked(suffix)?;
        let was_added = self.added.remove(&suffix).is_some();
        if SHIPPED.get(suffix.as_str()).is_some() {
            self.removed.insert(suffix);
        } else if !was_added {
            return Err(format!(
                "“{suffix}” is no entry of the list, so it cannot be taken out; entries are written in full."
            ));
        }
        Ok(())
    }

    /// The entry that a domain falls under; the longest. An added entry comes before a shipped one.
    #[must_use]
    pub fn allowed(&self, domain: &str) -> Option<&Allowed> {
        let domain = normal(domain);
        suffixes(&domain).find_map(|suffix| {
            self.added.get(suffix).or_else(|| {
                SHIPPED
                    .get(suffix)
                    .filter(|_| !self.removed.contains(suffix))
            })
        })
    }

    /// How many entries were added or taken out.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.added.len() + self.removed.len()
    }

    /// Whether an entry is the analyst's own.
    #[must_use]
    pub fn is_own(&self, entry: &Allowed) -> bool {
        self.added.contains_key(entry.suffix.as_ref())
    }

    /// Shipped entries that were taken out, sorted.
    pub fn removed(&self) -> impl Iterator<Item = &str> {
        self.removed.iter().map(String::as_str)
    }

    /// All entries that apply, sorted by suffix.
    #[must_use]
    pub fn entries(&self) -> Vec<&Allowed> {
        let kept = SHIPPED.values().filter(|entry| {
            let suffix = entry.suffix.as_ref();
            !self.removed.contains(suffix) && !self.added.contains_key(suffix)
        });
        let mut entries: Vec<_> = kept.chain(self.added.values()).collect();
        order::by(&mut entries, |a, b| a.suffix.cmp(&b.suffix));
        entries
    }

    /// The changes as text, which [`AllowList::parse`] reads.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for suffix in &self.removed {
            out.push_str(&format!("-{suffix}\n"));
        }
        for entry in self.added.values() {
            out.push_str(&format!(
                "{}\t{}\t{}\n",
                entry.suffix, entry.category, entry.reason
            ));
        }
        out
    }
}

/// A suffix as entries have it: without `*.`, outer dots and upper case.
fn checked(suffix: &str) -> Result<String, String> {
    let suffix = normal(suffix);
    let suffix = suffix.strip_prefix("*.").unwrap_or(&suffix);
    let suffix = suffix.strip_prefix('.').unwrap_or(suffix);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if suffix.len() > 253 || !suffix.split('.').all(label) {
        return Err(format!(
            "“{suffix}” is no domain; write one such as example.com."
        ));
    }
    if wakeful_suffixes::domain(suffix.as_bytes()).is_none() && SHARED.get(suffix).is_none() {
        return Err(format!(
            "“{suffix}” is a suffix under which anybody can register; write a domain below it."
        ));
    }
    Ok(suffix.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_match_whole_labels_alone() {
        for (domain, is) in [
            ("spamhaus.org", true),
            ("2.0.0.127.zen.spamhaus.org", true),
            ("ZEN.Spamhaus.ORG.", true),
            ("notspamhaus.org", false),
            ("spamhaus.org.evil.example", false),
            ("push.apple.com", true),
            ("apple.com", false),
            ("org", false),
            (".", false),
            ("", false),
            ("..", false),
        ] {
            assert_eq!(allowed(domain).is_some(), is, "{domain}");
            assert_eq!(AllowList::new().allowed(domain), allowed(domain));
        }
    }

    #[test]
    fn the_shipped_list_is_whole_dated_and_says_why() {
        assert_eq!(lines(FILE).count(), SHIPPED.len());
        assert!(
            SHIPPED.keys().is_sorted_by(|a, b| a < b),
            "none is there twice"
        );
        assert_eq!(dated().len(), 10);
        for entry in shipped() {
            assert_eq!(checked(&entry.suffix).as_deref(), Ok(entry.suffix.as_ref()));
            assert!(entry.reason.ends_with('.') && !entry.category.is_empty());
        }
    }

    #[test]
    fn no_shipped_entry_covers_or_lies_under_what_many_share() {
        for entry in shipped() {
            assert!(!is_shared_suffix(&entry.suffix), "{}", entry.suffix);
        }
        for suffix in SHARED.keys() {
            assert!(allowed(suffix).is_none(), "{suffix}");
            assert!(is_shared_suffix(&format!("someone.{suffix}")));
        }
        assert_eq!(lines(SHARED_FILE).count(), SHARED.len());
        assert!(
            SHARED.keys().is_sorted_by(|a, b| a < b),
            "none is there twice"
        );
        assert!(!is_shared_suffix("duckdns.org.example.com"));
        assert!(!is_shared_suffix("myduckdns.org"));
        assert_eq!(shared_as("x.duckdns.org"), Some("dynamic DNS"));
    }

    #[test]
    fn an_analysts_changes_apply_and_can_be_taken_back() {
        let mut list = AllowList::new();
        list.add("*.Backup.Example.COM", "", "").unwrap();
        assert_eq!(
            list.allowed("a.backup.example.com").unwrap().category,
            "own"
        );
        assert!(list.allowed("example.com").is_none());
        list.remove("spamhaus.org").unwrap();
        assert!(list.allowed("zen.spamhaus.org").is_none());
        assert!(allowed("zen.spamhaus.org").is_some());
        let (read, errors) = AllowList::parse(&list.to_text());
        assert_eq!((&read, errors.len()), (&list, 0));
        list.add("spamhaus.org", "", "").unwrap();
        assert_eq!(list.allowed("spamhaus.org").unwrap().category, "own");
        list.remove("backup.example.com").unwrap();
        assert!(list.remove("backup.example.com").is_err());
        assert_eq!(list.entries().len(), SHIPPED.len());
    }

    #[test]
    fn a_line_that_is_no_entry_is_named_and_costs_only_itself() {
        let text = "# mine\n\nexample.org\tmine\tOurs.\r\ncom\nco.uk\n\
                    cloudfront.net\nd111.cloudfront.net\na b.com\n-never.example\n";
        let (list, errors) = AllowList::parse(text);
        let at: Vec<usize> = errors.iter().map(|error| error.line).collect();
        assert_eq!(at, [4, 5, 6, 8, 9]);
        assert!(errors.iter().all(|error| error.text.ends_with('.')));
        assert!(
            errors[2]
                .to_string()
                .starts_with("Line 6: “cloudfront.net” is")
        );
        assert_eq!(list.allowed("example.org").unwrap().reason, "Ours.");
        assert!(list.allowed("d111.cloudfront.net").is_some());
        assert!(list.allowed("d222.cloudfront.net").is_none());
    }
}

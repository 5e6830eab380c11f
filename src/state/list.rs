//! The list of findings: how it is arranged, and the lines that follow.
//!
//! In: [`Change`]s, findings. Out: [`Line`]s in the order in which they stand.
//! Must not know: how a line looks, the address's form beyond its pairs.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use wakeful_engine::order;

use wakeful_engine::report::{Finding, Severity};

use super::Outcome;
use super::address::{Pairs, put, value};
use super::filter::Filter;
use super::lookup::rank::Ranking;
use super::marks::Marks;
use super::verdict::{kind, target};

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By score, the worst first.
    #[default]
    Rank,
    /// By the client's address.
    Client,
    /// By domain or peer.
    Target,
    /// By what could have left, the most first.
    Leak,
    /// By number of records, the most first.
    Records,
    /// By the first record, the earliest first.
    First,
    /// By the last record, the latest first.
    Last,
}

impl Sort {
    /// All, in the order to offer them.
    pub const ALL: [Self; 7] = [
        Self::Rank,
        Self::Client,
        Self::Target,
        Self::Leak,
        Self::Records,
        Self::First,
        Self::Last,
    ];

    /// The word in the address.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rank => "rank",
            Self::Client => "client",
            Self::Target => "target",
            Self::Leak => "leak",
            Self::Records => "records",
            Self::First => "first",
            Self::Last => "last",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Rank => "score",
            Self::Client => "client",
            Self::Target => "domain or peer",
            Self::Leak => "leak bound",
            Self::Records => "records",
            Self::First => "first seen",
            Self::Last => "last seen",
        }
    }

    /// The one of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }

    fn compare(self, a: &Finding, b: &Finding) -> Ordering {
        let leak = |finding: &Finding| finding.leak.as_ref().map_or(0.0, |leak| leak.bytes_a_day);
        let late = |time: Option<f64>| time.unwrap_or(f64::INFINITY);
        match self {
            Self::Rank => Ordering::Equal,
            Self::Client => by_address(&a.client, &b.client),
            Self::Target => target(a).cmp(target(b)),
            Self::Leak => leak(b).total_cmp(&leak(a)),
            Self::Records => b.records.cmp(&a.records),
            Self::First => late(a.first).total_cmp(&late(b.first)),
            Self::Last => {
                let early = |time: Option<f64>| time.unwrap_or(f64::NEG_INFINITY);
                early(b.last).total_cmp(&early(a.last))
            }
        }
    }
}

/// Addresses by number where both are addresses, so that 10.0.0.9 stands before 10.0.0.10.
fn by_address(a: &str, b: &str) -> Ordering {
    use std::net::IpAddr;
    match (a.parse::<IpAddr>(), b.parse::<IpAddr>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

/// By what findings stand together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Group {
    /// Each by itself.
    #[default]
    None,
    /// By client.
    Client,
    /// By domain or peer.
    Domain,
    /// By what was found.
    Kind,
}

impl Group {
    /// All, in the order to offer them.
    pub const ALL: [Self; 4] = [Self::None, Self::Client, Self::Domain, Self::Kind];

    /// The word in the address.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Client => "client",
            Self::Domain => "domain",
            Self::Kind => "kind",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Client => "client",
            Self::Domain => "domain or peer",
            Self::Kind => "kind",
        }
    }

    /// The one of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }

    fn key(self, finding: &Finding) -> &str {
        match self {
            Self::None => "",
            Self::Client => &finding.client,
            Self::Domain => target(finding),
            Self::Kind => kind(finding),
        }
    }
}

/// How the list is arranged: the part that stands in the address.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arrangement {
    /// Which findings are shown.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// The order turned round.
    pub turned: bool,
    /// What stands together.
    pub group: Group,
    /// The least score shown, in hundredths.
    pub min: u32,
    /// The leak policy: alert above so many bytes a day; 0 is off.
    pub leak: u64,
    /// Whether findings of allowed domains and those marked benign are shown.
    pub handled: bool,
}

impl Arrangement {
    /// Whether anything may be left out by it.
    #[must_use]
    pub fn hides(&self) -> bool {
        self.filter.is_active() || self.min > 0
    }

    pub(super) fn write(&self, pairs: &mut Pairs) {
        self.filter.write(pairs);
        if self.sort != Sort::default() {
            put(pairs, "sort", self.sort.name());
        }
        if self.turned {
            put(pairs, "turned", "1");
        }
        if self.group != Group::default() {
            put(pairs, "group", self.group.name());
        }
        if self.min > 0 {
            put(pairs, "min", self.min.to_string());
        }
        if self.leak > 0 {
            put(pairs, "leak", self.leak.to_string());
        }
        if self.handled {
            put(pairs, "handled", "1");
        }
    }

    pub(super) fn read(pairs: &Pairs) -> Self {
        let number = |name| value(pairs, name).and_then(|text| text.parse::<u64>().ok());
        let is_on = |name| value(pairs, name) == Some("1");
        Self {
            filter: Filter::read(pairs),
            sort: value(pairs, "sort").and_then(Sort::of).unwrap_or_default(),
            turned: is_on("turned"),
            group: value(pairs, "group")
                .and_then(Group::of)
                .unwrap_or_default(),
            min: number("min").map_or(0, |min| min.min(100) as u32),
            leak: number("leak").unwrap_or_default(),
            handled: is_on("handled"),
        }
    }
}

/// The list, and what of it does not stand in the address.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct List {
    /// How it is arranged.
    pub arrangement: Arrangement,
    /// The groups whose findings are folded away, by title.
    pub folded: BTreeSet<String>,
    /// Only findings with records in this stretch, seconds since 1970. It is of the log, so it
    /// stays out of the address.
    pub span: Option<(f64, f64)>,
}

impl List {
    /// Whether anything may be left out.
    #[must_use]
    pub fn hides(&self) -> bool {
        self.arrangement.hides() || self.span.is_some()
    }

    /// Whether a finding has records in the stretch; one without times passes.
    #[must_use]
    pub fn covers(&self, finding: &Finding) -> bool {
        match (self.span, finding.first, finding.last) {
            (Some((from, to)), Some(first), Some(last)) => first <= to && last >= from,
            _ => true,
        }
    }
}

/// What a user does to the list.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The text of the filter was typed.
    Text(String),
    /// The text of the filter is a value of the log that was clicked.
    Value(String),
    /// A severity was switched on or off.
    Severity(Severity),
    /// One severity alone.
    OnlySeverity(Severity),
    /// Another order; the same one again turns it round.
    Sort(Sort),
    /// Another grouping.
    Group(Group),
    /// A group is folded, or unfolded.
    Fold(String),
    /// The least score, in hundredths.
    Min(u32),
    /// The leak policy, bytes a day.
    Leak(u64),
    /// Whether what is allowed or benign is shown.
    Handled(bool),
    /// A stretch of time, or all of it.
    Span(Option<(f64, f64)>),
    /// Everything is shown again; order and groups stay.
    Clear,
}

impl List {
    /// After a change.
    pub fn change(&mut self, change: Change) {
        let now = &mut self.arrangement;
        match change {
            Change::Text(text) => {
                now.filter.from_log.keep(&text);
                now.filter.text = text;
            }
            Change::Value(text) => {
                now.filter.from_log.put(&now.filter.text, &text);
                now.filter.text = text;
            }
            Change::Severity(severity) => now.filter.toggle(severity),
            Change::OnlySeverity(severity) => now.filter.only(severity),
            Change::Sort(sort) if sort == now.sort => now.turned = !now.turned,
            Change::Sort(sort) => {
                now.sort = sort;
                now.turned = false;
            }
            Change::Group(group) => {
                now.group = group;
                self.folded.clear();
            }
            Change::Fold(title) => {
                if !self.folded.remove(&title) {
                    self.folded.insert(title);
                }
            }
            Change::Min(min) => now.min = min.min(100),
            Change::Leak(leak) => now.leak = leak,
            Change::Handled(shown) => now.handled = shown,
            Change::Span(span) => self.span = span,
            Change::Clear => {
                now.filter = Filter::default();
                now.min = 0;
                self.span = None;
            }
        }
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The head of a group.
    Head {
        /// What its findings have in common.
        title: String,
        /// How many there are.
        count: usize,
        /// The worst of them.
        worst: Severity,
        /// Whether they are folded away.
        folded: bool,
    },
    /// A finding, by its place in the report.
    Finding(usize),
}

/// The lines of the list, and how many findings are set aside as handled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// Heads and findings.
    pub all: Vec<Line>,
    /// The findings that pass the filter, in order, folded ones too.
    pub findings: Vec<usize>,
    /// Findings that would be shown if they were not allowed or benign.
    pub handled: usize,
}

impl Lines {
    /// The place of a finding among the lines; `None` where it is not shown.
    #[must_use]
    pub fn place(&self, finding: usize) -> Option<usize> {
        self.all
            .iter()
            .position(|line| *line == Line::Finding(finding))
    }
}

/// The lines that an arrangement gives, ranked in the light of look-ups. Groups stand in the order of their first finding.
#[must_use]
pub fn lines(list: &List, outcome: &Outcome, marks: &Marks, ranking: &Ranking) -> Lines {
    let findings = &outcome.report.findings;
    let now = &list.arrangement;
    let words = now.filter.words();
    let least = f64::from(now.min) / 100.0;
    let passes = |at: &usize| {
        let finding = &findings[*at];
        ranking.score(*at, finding) >= least
            && now.filter.shows(finding.severity)
            && list.covers(finding)
            && words.iter().all(|word| outcome.words[*at].contains(word))
    };
    let mut shown = ranking.order(findings.len());
    shown.retain(passes);
    let all = shown.len();
    if !now.handled {
        shown.retain(|&at| !marks.is_handled(&findings[at]));
    }
    let handled = all - shown.len();
    // The sort is stable: among equals the rank decides.
    order::by(&mut shown, |&a, &b| {
        now.sort.compare(&findings[a], &findings[b])
    });
    if now.turned {
        shown.reverse();
    }
    let all = match now.group {
        Group::None => shown.iter().copied().map(Line::Finding).collect(),
        group => grouped(group, findings, &shown, &list.folded),
    };
    Lines {
        all,
        findings: shown,
        handled,
    }
}

fn grouped(
    group: Group,
    findings: &[Finding],
    shown: &[usize],
    folded: &BTreeSet<String>,
) -> Vec<Line> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for &at in shown {
        let key = group.key(&findings[at]);
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(at);
    }
    let mut lines = Vec::with_capacity(shown.len() + groups.len());
    for (title, members) in groups {
        let worst = members.iter().map(|&at| findings[at].severity).max();
        let folded = folded.contains(title);
        lines.push(Line::Head {
            title: title.to_owned(),
            count: members.len(),
            worst: worst.unwrap_or_default(),
            folded,
        });
        if !folded {
            lines.extend(members.into_iter().map(Line::Finding));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::report::Report;

    #[test]
    fn the_shipped_allow_list_sets_aside_before_anything_is_marked() {
        let shipped = wakeful_engine::allow::shipped().next().unwrap();
        let finding = |domain: &str| Finding {
            id: domain.to_owned(),
            domain: Some(domain.to_owned()),
            ..Finding::default()
        };
        let report = Report {
            findings: vec![finding(&shipped.suffix), finding("evil.example")],
            ..Report::default()
        };
        let outcome = Outcome::new(report, 0.0);
        let shown = |list: &List| lines(list, &outcome, &Marks::default(), &Ranking::default());
        let at_first = shown(&List::default());
        assert_eq!((at_first.findings, at_first.handled), (vec![1], 1));
        let mut all = List::default();
        all.change(Change::Handled(true));
        assert_eq!(shown(&all).findings, [0, 1]);
    }
}

//! The channels of a finished scan with their features, for plots.
//!
//! In: a finished scan, a family of channels. Out: [`Channels`], bounded.
//! Must not know: what is plotted.
//!
//! Every channel with a finding is sent; of the others those with the lowest hash of their two ends:
//! the same ones each time, and no kind of channel is preferred.

use std::collections::BTreeMap;
use wakeful_engine::order;

use wakeful_engine::channels::flow::FlowClass;
use wakeful_engine::detectors::{dns_tunnel, flow_tunnel, shown};
use wakeful_engine::features::{Feature, FeatureList, Scale, Unit, dns, flow};
use wakeful_engine::models::Model;
use wakeful_engine::quantiles::{FIVE_NUMBERS, quantiles};
use wakeful_engine::report::Report;

use super::scan::Finished;
use crate::wire::Event;
use crate::wire::explore::{Channels, Family, Measure, MeasureUnit, SpreadLine, Tally, TallyLine};

/// Channels that are sent at most.
const MOST_CHANNELS: usize = 4000;
/// Lines of a tally.
const MOST_LINES: usize = 30;
/// Clients, or domains, whose spread of a measure is sent.
const MOST_SPREADS: usize = 12;

/// The finding of a pair of ends.
pub type Marks = BTreeMap<(String, String), (String, f64)>;

/// Ids and scores of a report's findings by client and domain or peer, the worst of each.
pub fn marks(report: &Report) -> Marks {
    let mut marks = Marks::new();
    for finding in &report.findings {
        for other in [&finding.domain, &finding.peer].into_iter().flatten() {
            marks
                .entry((finding.client.clone(), other.clone()))
                .or_insert((finding.id.clone(), finding.score));
        }
    }
    marks
}

/// One channel before it is known whether it is sent.
struct Candidate {
    client: String,
    other: String,
    records: u64,
    /// In the order of [`measures`]; `None` where it is too small to be judged.
    values: Option<Vec<f32>>,
}

/// The answer to a request for channels.
pub fn gather(finished: &Finished, family: Family) -> Event {
    let (list, model) = match family {
        Family::Dns => (&dns::LIST, dns_tunnel::model()),
        Family::Flow => (&flow::LIST, flow_tunnel::model()),
    };
    let candidates = match family {
        Family::Dns => dns_candidates(finished, model),
        Family::Flow => flow_candidates(finished, model),
    };
    Event::Explore {
        scan: finished.scan,
        family,
        channels: Box::new(channels(candidates, &finished.marks, list, family)),
    }
}

fn dns_candidates(finished: &Finished, model: &Model) -> Vec<Candidate> {
    finished
        .session
        .borrow()
        .analysis()
        .dns_channels()
        .map(|ends| {
            let channel = ends.channel;
            let values = dns_tunnel::is_candidate(channel).then(|| {
                let vector = dns::vector(channel, ends.other_clients);
                let own = [model.score(&vector), dns::producer_consumer_ratio(channel)];
                values(&own, &vector)
            });
            candidate(ends.client, ends.other, channel.records, values)
        })
        .collect()
}

fn flow_candidates(finished: &Finished, model: &Model) -> Vec<Candidate> {
    finished
        .session
        .borrow()
        .analysis()
        .flow_channels(FlowClass::Dns)
        .map(|ends| {
            let vector = flow::vector(ends.channel);
            let values = values(&[model.score(&vector)], &vector);
            candidate(ends.client, ends.other, ends.channel.records, Some(values))
        })
        .collect()
}

fn values(own: &[f64], vector: &[f64]) -> Vec<f32> {
    let all = own.iter().chain(vector);
    all.map(|&value| value as f32).collect()
}

fn candidate(client: &[u8], other: &[u8], records: u64, values: Option<Vec<f32>>) -> Candidate {
    Candidate {
        client: shown(client),
        other: shown(other),
        records,
        values,
    }
}

fn channels(
    mut candidates: Vec<Candidate>,
    marks: &Marks,
    list: &FeatureList,
    family: Family,
) -> Channels {
    let total = candidates.len() as u64;
    let score_of = |one: &Candidate| {
        let own = one
            .values
            .as_ref()
            .map_or(0.0, |values| f64::from(values[0]));
        mark(marks, one).map_or(own, |(_, score)| *score)
    };
    let clients = tally(&candidates, |one| &one.client, score_of);
    let others = tally(&candidates, |one| &one.other, score_of);
    candidates.retain(|one| one.values.is_some());
    let judged = candidates.len() as u64;
    // A finding's score may be made of more than the model's.
    for one in &mut candidates {
        let found = mark(marks, one).map(|(_, score)| *score as f32);
        if let Some((found, own)) = found.zip(one.values.as_mut().and_then(|all| all.first_mut())) {
            *own = found;
        }
    }
    let mut measures = measures(list, family);
    spread_over(&candidates, &mut measures);
    // Those with a finding first, then by hash.
    order::by_key(&mut candidates, |one| {
        (mark(marks, one).is_none(), hash(one))
    });
    candidates.truncate(MOST_CHANNELS);
    order::by(&mut candidates, |a, b| {
        (&a.client, &a.other).cmp(&(&b.client, &b.other))
    });
    let mut sent = Channels {
        measures,
        total,
        judged,
        clients,
        others,
        ..Channels::default()
    };
    for one in candidates {
        let found = mark(marks, &one).map(|(id, _)| id.clone());
        for (measure, value) in sent.measures.iter_mut().zip(one.values.unwrap_or_default()) {
            measure.values.push(value);
        }
        sent.findings.push(found);
        sent.records.push(one.records);
        sent.who.push((one.client, one.other));
    }
    sent
}

fn mark<'m>(marks: &'m Marks, one: &Candidate) -> Option<&'m (String, f64)> {
    marks.get(&(one.client.clone(), one.other.clone()))
}

/// FNV-1a over both ends (64 bits).
fn hash(one: &Candidate) -> u64 {
    one.client
        .bytes()
        .chain([0])
        .chain(one.other.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

fn tally(
    candidates: &[Candidate],
    name: impl Fn(&Candidate) -> &String,
    score: impl Fn(&Candidate) -> f64,
) -> Tally {
    let mut sums: BTreeMap<&str, TallyLine> = BTreeMap::new();
    for one in candidates {
        let line = sums.entry(name(one)).or_default();
        line.channels += 1;
        line.records += one.records;
        line.score = line.score.max(score(one));
    }
    let total = sums.len() as u64;
    let mut lines: Vec<TallyLine> = sums
        .into_iter()
        .map(|(name, line)| TallyLine {
            name: name.to_owned(),
            ..line
        })
        .collect();
    // Stable: those with as many are by name.
    order::by_key(&mut lines, |line| {
        std::cmp::Reverse((line.channels, line.records))
    });
    lines.truncate(MOST_LINES);
    Tally { lines, total }
}

/// Writes into each measure how it is spread over the channels of clients, and of domains: of those with
/// the greatest values.
fn spread_over(candidates: &[Candidate], measures: &mut [Measure]) {
    let clients = groups(candidates, |one| &one.client);
    let others = groups(candidates, |one| &one.other);
    for (at, measure) in measures.iter_mut().enumerate() {
        let value = |one: &Candidate| one.values.as_ref().and_then(|all| all.get(at).copied());
        measure.clients = spreads(&clients, value);
        measure.others = spreads(&others, value);
    }
}

type Group<'c> = (&'c str, Vec<&'c Candidate>);

fn groups<'c>(candidates: &'c [Candidate], name: impl Fn(&Candidate) -> &String) -> Vec<Group<'c>> {
    let mut groups: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for one in candidates {
        groups.entry(name(one)).or_default().push(one);
    }
    groups.into_iter().collect()
}

/// Only the groups that are sent are sorted: there may be a hundred thousand others.
fn spreads(groups: &[Group<'_>], value: impl Fn(&Candidate) -> Option<f32>) -> Vec<SpreadLine> {
    let greatest = |(_, all): &Group<'_>| {
        let values = all.iter().filter_map(|&one| value(one));
        values.max_by(f32::total_cmp)
    };
    let mut first: Vec<(f32, &Group<'_>)> = groups
        .iter()
        .filter_map(|group| Some((greatest(group)?, group)))
        .collect();
    // Stable: those with as much and as many channels are by name.
    order::by(&mut first, |(a, (_, some)), (b, (_, others))| {
        b.total_cmp(a).then_with(|| others.len().cmp(&some.len()))
    });
    first.truncate(MOST_SPREADS);
    let line = |(_, (name, all)): (f32, &Group<'_>)| {
        let mut values: Vec<f32> = all.iter().filter_map(|&one| value(one)).collect();
        order::by(&mut values, f32::total_cmp);
        Some(SpreadLine {
            name: (*name).to_owned(),
            channels: values.len() as u64,
            numbers: quantiles(&values, FIVE_NUMBERS)?,
        })
    };
    first.into_iter().filter_map(line).collect()
}

fn measures(list: &FeatureList, family: Family) -> Vec<Measure> {
    let plain = |name: &str, about: &str| Measure {
        name: name.to_owned(),
        about: about.to_owned(),
        unit: MeasureUnit::Plain,
        log: false,
        values: Vec::new(),
        clients: Vec::new(),
        others: Vec::new(),
    };
    let mut measures = vec![plain(
        "score",
        "The finding’s score where there is one, otherwise the model’s: 0 (as benign traffic) to 1.",
    )];
    // The list of flows has the ratio itself.
    if family == Family::Dns {
        measures.push(plain(
            "pcr",
            "Producer-consumer ratio: (out − in) / (out + in), with the bytes of the names asked as \
             out and the bytes of the answers as in. −1: all is answers; +1: all is questions.",
        ));
    }
    measures.extend(list.features.iter().map(measure));
    measures
}

fn measure(feature: &Feature) -> Measure {
    Measure {
        name: feature.name.to_owned(),
        about: feature.doc.to_owned(),
        unit: match feature.unit {
            Unit::Count => MeasureUnit::Count,
            Unit::Bytes => MeasureUnit::Bytes,
            Unit::Share => MeasureUnit::Share,
            Unit::Seconds => MeasureUnit::Seconds,
            _ => MeasureUnit::Plain,
        },
        log: feature.scale == Scale::Log,
        values: Vec::new(),
        clients: Vec::new(),
        others: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(count: usize) -> Vec<Candidate> {
        (0..count)
            .map(|at| {
                candidate(
                    format!("10.0.{}.{}", at / 200, at % 200).as_bytes(),
                    format!("d{}.example", at % 7).as_bytes(),
                    at as u64,
                    (at % 2 == 0).then(|| values(&[0.1, 0.0], &[at as f64; dns::COUNT])),
                )
            })
            .collect()
    }

    fn sent(candidates: Vec<Candidate>, marks: &Marks) -> Channels {
        channels(candidates, marks, &dns::LIST, Family::Dns)
    }

    #[test]
    fn the_sample_is_bounded_and_the_same_in_any_order_and_has_every_finding() {
        let mut marks = Marks::new();
        for at in [0, 2, 19_998] {
            let one = &many(20_000)[at];
            marks.insert(
                (one.client.clone(), one.other.clone()),
                (format!("id{at}"), 0.9),
            );
        }
        let channels = sent(many(20_000), &marks);
        assert_eq!(channels.who.len(), MOST_CHANNELS);
        assert_eq!((channels.total, channels.judged), (20_000, 10_000));
        assert_eq!(channels.findings.iter().flatten().count(), 3);
        let scores = &channels.measures[0].values;
        assert_eq!(scores.iter().filter(|score| **score == 0.9).count(), 3);
        assert!(
            channels
                .measures
                .iter()
                .all(|measure| measure.values.len() == MOST_CHANNELS)
        );
        let turned: Vec<Candidate> = many(20_000).into_iter().rev().collect();
        assert_eq!(sent(turned, &marks), channels);
    }

    #[test]
    fn each_measure_is_there_once_and_has_a_value_a_channel() {
        for (list, family, own) in [(&dns::LIST, Family::Dns, 2), (&flow::LIST, Family::Flow, 1)] {
            let mut names: Vec<String> = measures(list, family)
                .into_iter()
                .map(|measure| measure.name)
                .collect();
            assert_eq!(names.len(), own + list.features.len());
            names.sort();
            names.dedup();
            assert_eq!(names.len(), own + list.features.len());
        }
    }

    #[test]
    fn spreads_are_of_all_judged_channels_those_with_the_greatest_values_first() {
        let mut marks = Marks::new();
        let found = &many(20_000)[4];
        let ends = (found.client.clone(), found.other.clone());
        marks.insert(ends.clone(), ("id".to_owned(), 0.9));
        let channels = sent(many(20_000), &marks);
        // Naively: the values of each domain, sorted, and the middle one.
        let features = channels.measures.last().unwrap();
        assert_eq!(features.others.len(), 7);
        for line in &features.others {
            let mut values: Vec<f32> = (0..20_000_u32)
                .filter(|at| at % 2 == 0 && format!("d{}.example", at % 7) == line.name)
                .map(|at| at as f32)
                .collect();
            values.sort_by(f32::total_cmp);
            assert_eq!(line.channels, values.len() as u64);
            assert_eq!(line.numbers[0], values[0]);
            assert_eq!(line.numbers[2], values[values.len() / 2]);
            assert_eq!(line.numbers[4], values[values.len() - 1]);
        }
        for pair in features.others.windows(2) {
            assert!(pair[0].numbers[4] >= pair[1].numbers[4]);
        }
        assert_eq!(features.clients.len(), MOST_SPREADS);
        assert_eq!(features.clients[0].name, "10.0.99.198");
        // Of the score, a finding's counts.
        let score = &channels.measures[0];
        assert_eq!(score.clients[0].name, ends.0);
        assert_eq!(score.clients[0].numbers[4], 0.9);
        assert_eq!(score.clients[1].numbers, [0.1; 5]);
    }

    #[test]
    fn tallies_count_all_channels() {
        let channels = sent(many(1000), &Marks::new());
        assert_eq!(channels.others.total, 7);
        assert_eq!(
            channels
                .others
                .lines
                .iter()
                .map(|line| line.channels)
                .sum::<u64>(),
            1000
        );
        assert_eq!(channels.clients.lines.len(), MOST_LINES);
        assert_eq!(channels.clients.total, 1000);
    }
}

//! The channels of a finished scan with their features, for plots.
//!
//! In: a finished scan, a family of channels. Out: [`Channels`], bounded.
//! Must not know: what is plotted.
//!
//! Every channel with a finding is sent; of the others those with the lowest hash of their two ends:
//! the same ones each time, and no kind of channel is preferred.

use std::collections::BTreeMap;

use wakeful_engine::channels::flow::FlowClass;
use wakeful_engine::detectors::{dns_tunnel, flow_tunnel, shown};
use wakeful_engine::features::{Feature, FeatureList, Scale, Unit, dns, flow};
use wakeful_engine::models::Model;
use wakeful_engine::report::Report;

use super::scan::Finished;
use crate::wire::Event;
use crate::wire::explore::{Channels, Family, Measure, MeasureUnit, Tally, TallyLine};

/// Channels that are sent at most.
const MOST_CHANNELS: usize = 4000;
/// Lines of a tally.
const MOST_LINES: usize = 30;

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
    /// `score`, `pcr`, then the features; `None` where it is too small to be judged.
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
        channels: Box::new(channels(candidates, &finished.marks, list, model, family)),
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
                let names = channel.names.below as f64 / (channel.names.count.max(1)) as f64;
                let up = names * channel.records as f64;
                let pcr = flow::producer_consumer_ratio(up, channel.answer_bytes as f64);
                values(model.score(&vector), pcr.unwrap_or(0.0), &vector)
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
            let at = flow::LIST
                .features
                .iter()
                .position(|feature| feature.name == "pcr");
            let pcr = at.map_or(0.0, |at| vector[at]);
            let values = values(model.score(&vector), pcr, &vector);
            candidate(ends.client, ends.other, ends.channel.records, Some(values))
        })
        .collect()
}

fn values(score: f64, pcr: f64, vector: &[f64]) -> Vec<f32> {
    [score, pcr]
        .iter()
        .chain(vector)
        .map(|&value| value as f32)
        .collect()
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
    model: &Model,
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
    // Those with a finding first, then by hash.
    candidates.sort_by_cached_key(|one| (mark(marks, one).is_none(), hash(one)));
    candidates.truncate(MOST_CHANNELS);
    candidates.sort_by(|a, b| (&a.client, &a.other).cmp(&(&b.client, &b.other)));
    let mut sent = Channels {
        measures: measures(list, model, family),
        total,
        judged,
        clients,
        others,
        ..Channels::default()
    };
    for one in candidates {
        let found = mark(marks, &one).cloned();
        for (measure, value) in sent.measures.iter_mut().zip(one.values.unwrap_or_default()) {
            measure.values.push(value);
        }
        // A finding's score may be made of more than the model's.
        if let (Some((_, score)), Some(measure)) = (&found, sent.measures.first_mut())
            && let Some(last) = measure.values.last_mut()
        {
            *last = *score as f32;
        }
        sent.findings.push(found.map(|(id, _)| id));
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
    lines.sort_by_key(|line| std::cmp::Reverse((line.channels, line.records)));
    lines.truncate(MOST_LINES);
    Tally { lines, total }
}

fn measures(list: &FeatureList, model: &Model, family: Family) -> Vec<Measure> {
    let plain = |name: &str, about: &str| Measure {
        name: name.to_owned(),
        about: about.to_owned(),
        unit: MeasureUnit::Plain,
        log: false,
        usual: None,
        values: Vec::new(),
    };
    let pcr = match family {
        Family::Dns => {
            "Producer-consumer ratio: (out − in) / (out + in), with the bytes of the names asked as \
             out and the bytes of the answers as in. −1: all is answers; +1: all is questions."
        }
        Family::Flow => {
            "Producer-consumer ratio: (out − in) / (out + in) of the payload bytes. −1: all is \
             downloaded; +1: all is uploaded."
        }
    };
    let mut measures = vec![
        plain(
            "score",
            "The finding’s score where there is one, otherwise the model’s: 0 (as benign traffic) to 1.",
        ),
        plain("pcr", pcr),
    ];
    measures.extend(list.features.iter().map(|feature| measure(feature, model)));
    // A family whose list has the ratio has it once.
    if let Some(usual) = usual(model, "pcr") {
        measures[1].usual = Some(usual);
    }
    measures
}

fn measure(feature: &Feature, model: &Model) -> Measure {
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
        usual: usual(model, feature.name),
        values: Vec::new(),
    }
}

fn usual(model: &Model, name: &str) -> Option<f64> {
    let at = model.inputs.names.iter().position(|known| known == name)?;
    model.usual.get(at).copied()
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
                    (at % 2 == 0).then(|| values(0.1, 0.0, &[0.0; dns::COUNT])),
                )
            })
            .collect()
    }

    fn sent(candidates: Vec<Candidate>, marks: &Marks) -> Channels {
        channels(
            candidates,
            marks,
            &dns::LIST,
            dns_tunnel::model(),
            Family::Dns,
        )
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

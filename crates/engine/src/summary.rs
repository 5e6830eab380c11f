//! What a report says of the logs as a whole.
//!
//! In: an [`Analysis`]. Out: the census, the timeline, and which detectors could run. Must not know: what was found.

use crate::Analysis;
use crate::channels::flow::FlowClass;
use crate::detectors;
use crate::report::{Census, DetectorState, Timeline};
use rustc_hash::FxHashSet;

/// Steps of a timeline, at most.
const STEPS: i64 = 240;
const CLASSES: [FlowClass; 4] = [
    FlowClass::Dns,
    FlowClass::Icmp,
    FlowClass::EncryptedDns,
    FlowClass::Other,
];

pub(crate) fn census(analysis: &Analysis) -> Census {
    let (mut clients, mut domains) = (FxHashSet::default(), FxHashSet::default());
    let (mut dns_channels, mut flow_channels) = (0, 0);
    for ends in analysis.dns_channels() {
        clients.insert(ends.client_id);
        domains.insert(ends.other_id);
        dns_channels += 1;
    }
    for class in CLASSES {
        for ends in analysis.flow_channels(class) {
            clients.insert(ends.client_id);
            flow_channels += 1;
        }
    }
    Census {
        clients: clients.len() as u64,
        domains: domains.len() as u64,
        names: analysis.name_count(),
        dns_channels,
        flow_channels,
    }
}

pub(crate) fn timeline(analysis: &Analysis) -> Timeline {
    let (step, steps) = analysis.finest_over_time();
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return Timeline::default();
    };
    let at = |time: f64| ((time - first.0) / step).round() as i64;
    let wide = at(last.0) / STEPS + 1;
    let count = (at(last.0) / wide + 1) as usize;
    let (mut dns, mut conn) = (vec![0; count], vec![0; count]);
    for (time, [of_dns, of_conn]) in &steps {
        let place = (at(*time) / wide) as usize;
        dns[place] += of_dns;
        conn[place] += of_conn;
    }
    Timeline {
        start: first.0,
        step: step * wide as f64,
        dns,
        conn,
    }
}

/// Whether each detector could run.
pub(crate) fn detectors(analysis: &Analysis) -> Vec<DetectorState> {
    detectors::readiness(analysis.seen())
        .into_iter()
        .map(|of| DetectorState {
            name: of.name.to_owned(),
            title: of.title.to_owned(),
            ran: of.missing.is_none(),
            why: of.missing.or(of.without),
        })
        .collect()
}

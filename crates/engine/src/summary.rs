//! What a report says of the logs as a whole.
//!
//! In: an [`Analysis`]. Out: the census, the timeline, which detectors could run, and what all
//! channels could have carried out. Must not know: what was found.

use crate::Analysis;
use crate::channels::flow::FlowClass;
use crate::detectors;
use crate::report::{Census, DetectorState, LeakBudget, Timeline};
use std::collections::BTreeSet;

/// Steps of a timeline, at most.
const STEPS: i64 = 240;
/// Bounds that are listed, at most.
const BOUNDS: usize = 10_000;
const CLASSES: [FlowClass; 4] = [
    FlowClass::Dns,
    FlowClass::Icmp,
    FlowClass::EncryptedDns,
    FlowClass::Other,
];

pub(crate) fn census(analysis: &Analysis) -> Census {
    let mut clients = BTreeSet::new();
    let mut domains = BTreeSet::new();
    let (mut dns_channels, mut flow_channels) = (0, 0);
    for ends in analysis.dns_channels() {
        clients.insert(ends.client_id);
        domains.insert(ends.other);
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
    let (step, steps) = analysis.over_time();
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

/// What each detector needs, and whether the logs had it.
pub(crate) fn detectors(analysis: &Analysis) -> Vec<DetectorState> {
    let seen = analysis.seen();
    let state =
        |name: &str, title: &str, missing: Option<&str>, without: Option<&str>| DetectorState {
            name: name.to_owned(),
            title: title.to_owned(),
            ran: missing.is_none(),
            why: missing.or(without).map(str::to_owned),
        };
    let dns_missing = match seen {
        seen if seen.dns == 0 => Some("No dns.log was read."),
        seen if seen.queries == 0 => {
            Some("No row of dns.log has both a client (id.orig_h) and a query.")
        }
        _ => None,
    };
    let dns_without = match seen {
        seen if seen.qtypes == 0 => {
            Some("The log has no record types (qtype): what they would show is missing.")
        }
        seen if seen.answers == 0 => Some("The log has no answers: only what was asked is judged."),
        seen if seen.dns_ts == 0 => {
            Some("The log has no times (ts): rates and rhythm are unknown.")
        }
        _ => None,
    };
    let conn_missing = match seen {
        seen if seen.conn == 0 => Some("No conn.log was read."),
        seen if seen.ends == 0 => {
            Some("No row of conn.log has both ends (id.orig_h and id.resp_h).")
        }
        seen if seen.bytes == 0 => Some("The log has no payload bytes (orig_bytes, resp_bytes)."),
        seen if seen.packets == 0 => Some("The log has no packet counts (orig_pkts, resp_pkts)."),
        _ => None,
    };
    let conn_without = (seen.services == 0)
        .then_some("The log has no service: flows are taken as DNS by their port alone.");
    let mut states = vec![
        state("dns-tunnel", "DNS tunnel", dns_missing, dns_without),
        state(
            "flow-tunnel",
            "Tunnel in DNS flows",
            conn_missing,
            conn_without,
        ),
    ];
    for (name, missing) in detectors::states(seen) {
        let title = detectors::pages().iter().find(|page| page.name == name);
        let title = title.map_or(name, |page| page.title());
        states.push(state(name, title, missing.as_deref(), None));
    }
    states
}

/// The bound of each channel and day by what its distinct names could have carried, apportioned to days by
/// rows.
pub(crate) fn leaks(analysis: &Analysis) -> LeakBudget {
    let mut bounds = Vec::new();
    for ends in analysis.dns_channels() {
        let channel = ends.channel;
        let bytes =
            channel.names.information as f64 / 8e6 * f64::from(1_u32 << channel.level.min(31));
        let rows: u64 = channel.days.iter().map(|(_, rows)| rows).sum();
        for &(_, of_day) in &channel.days {
            bounds.push((bytes * of_day as f64 / rows.max(1) as f64).ceil() as u64);
        }
    }
    bounds.sort_unstable_by(|a, b| b.cmp(a));
    let channel_days = bounds.len() as u64;
    bounds.truncate(BOUNDS);
    let interval = analysis.interval();
    let days = match (interval.first, interval.last) {
        (Some(first), Some(last)) => (last - first) as f64 / 86_400e6,
        _ => 0.0,
    };
    LeakBudget {
        days: days.max(1.0),
        bounds,
        channel_days,
    }
}

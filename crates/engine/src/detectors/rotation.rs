//! Beacons that go round the addresses of one network.
//!
//! In: flow channels to peers outside. Out: of a client and a network the beacon of all its peers there, where it is an
//! alert. Must not know: what makes one ([`super::beacon`]).

use super::beacon::{self, Log};
use super::{Detection, shown};
use crate::analysis::Ends;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::order;

/// Peers of a network that are judged as one, and rows of each.
const PEERS: usize = 3;
const ROWS: u64 = 4;

/// A client and a peer.
type Pair<'s, 'a> = &'s Ends<'a, FlowChannel>;

/// What stands in front of an IPv4 address's last octet.
pub(super) fn network(address: &[u8]) -> Option<&[u8]> {
    let dot = address.iter().rposition(|&byte| byte == b'.')?;
    address.get(..dot)
}

/// By a client's number and a network: of peers that nobody else connects to.
pub(super) fn found<'a>(
    outside: &[(FlowClass, Pair<'_, 'a>)],
    log: Log,
) -> Vec<((u32, &'a [u8]), Detection)> {
    let mut all: Vec<(u32, &'a [u8], Pair<'_, 'a>)> = outside
        .iter()
        .filter(|(class, ends)| {
            *class == FlowClass::Other && ends.other_clients == 0 && ends.channel.records >= ROWS
        })
        .filter_map(|&(_, ends)| Some((ends.client_id, network(ends.other)?, ends)))
        .collect();
    order::by_key(&mut all, |&(client, network, ends)| {
        (client, network, ends.id)
    });
    all.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .filter(|alike| alike.len() >= PEERS)
        .filter_map(|alike| {
            let (client, network, _) = alike[0];
            Some(((client, network), in_turn(network, alike, log)?))
        })
        .collect()
}

/// All peers as one, under the name of the busiest.
fn in_turn(network: &[u8], alike: &[(u32, &[u8], Pair<'_, '_>)], log: Log) -> Option<Detection> {
    let mut channel = FlowChannel::default();
    for (.., ends) in alike {
        channel.merge(ends.channel, &|input| input, &|history| history);
    }
    let (.., busiest) = alike
        .iter()
        .max_by_key(|(.., ends)| (ends.channel.records, ends.id))?;
    let ends = Ends {
        channel: &channel,
        ..**busiest
    };
    let mut found = beacon::judge(FlowClass::Other, &ends, log, false)?;
    let finding = &mut found.finding;
    finding.sentence = format!(
        "{} It is one of {} addresses of {}.0/24 that it speaks to in turn.",
        finding.sentence,
        alike.len(),
        shown(network)
    );
    finding.severity.is_alert().then_some(found)
}

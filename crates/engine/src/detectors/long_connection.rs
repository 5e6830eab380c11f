//! # Long connection
//!
//! **Sees** a connection to an address outside that is held open for hours, and a shell in one.
//!
//! **Matters** because who sits at the other end of a shell, or of a tunnel turned round, keeps its connection. ATT&CK
//! T1095, T1572.
//!
//! **Formula** The longest connection of a client and a peer, by the rules of `beacon` on who else connects to it: 1 h for info and 4 h for
//! low (RITA v5 goes on to medium at 8 h); to ports of time, name, mail, push, telephone or management services info at most.
//! *Shell*: over TCP, an hour and longer, three times as much up as down, 10 kB and more, at most 700 bytes a packet: an alert
//! (medium) where the address is *fixed* as `beacon` has it. *Defence: nobody looked that address up, and the machine answers
//! to it for hours in small pieces.*
//!
//! **Set off falsely** by chat, remote desktops, VPNs, downloads, whatever is kept open for news.
//!
//! **Example** Two hours to an address that no answer gave, 240 kB up in 900 packets and 6 kB down: medium.

use super::beacon::{HOUR, INFO_MOST, between, duration, is_keep_alive};
use super::rule::bytes;
use super::shown;
use crate::analysis::Ends;
use crate::channels::flow::FlowChannel;

pub(super) use super::beacon::missing;

/// The kind of its findings.
pub const KIND: &str = "long-connection";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Long connection";

/// Of a shell: how much more goes up than comes down, bytes of a packet, and bytes in all.
const GIVES: u128 = 3;
const PACKET: u128 = 700;
const SHELL: u128 = 10_000;

/// The score; `fixed`: no answer gave the client that address.
pub(super) fn score(channel: &FlowChannel, fixed: bool) -> f64 {
    let hours = channel.duration_max as f64 / HOUR as f64;
    let score = between(hours, &[(1.0, 0.2), (4.0, 0.4), (24.0, 0.5)]);
    if is_keep_alive(channel) {
        score.min(INFO_MOST)
    } else if fixed && is_shell(channel) {
        0.6
    } else {
        score
    }
}

fn is_shell(channel: &FlowChannel) -> bool {
    let up = channel.orig_bytes;
    channel.duration_max >= HOUR as u64
        && channel.tcp == channel.records
        && up >= SHELL
        && up >= GIVES * channel.resp_bytes
        && up <= PACKET * channel.orig_packets
}

pub(super) fn text(ends: &Ends<'_, FlowChannel>, fixed: bool) -> String {
    let channel = ends.channel;
    let shell = match fixed && is_shell(channel) {
        true => " in small pieces, as a shell gives,",
        false => "",
    };
    format!(
        "One connection to {} lasted {}; {} went up{shell} and {} came down.",
        shown(ends.other),
        duration(channel.duration_max as f64 / 1e6),
        bytes(channel.orig_bytes as f64),
        bytes(channel.resp_bytes as f64)
    )
}

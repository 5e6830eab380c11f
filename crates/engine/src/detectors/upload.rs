//! # Large upload
//!
//! **Sees** a client that gives an address outside far more than it gets.
//!
//! **Matters** because what is stolen has to leave, and connections are the widest way. ATT&CK T1048, T1567.
//!
//! **Formula** Over all connections of a client and a peer, by the rules of `beacon` on who else connects to it: ten times as much up as
//! down, and 50 MB for info, 500 MB for low. An alert (medium) from 50 MB on where the address is *fixed* as `beacon` has it.
//! *Defence: one machine gave so much to an address that nobody else knows and that it never looked up.*
//!
//! **Set off falsely** by backups, cameras, files shared in the cloud. The thresholds are reasoned, not measured.
//!
//! **Example** 60 MB up and 90 kB down, to an address that no answer gave: medium.

use super::rule::{self, bytes};
use super::shown;
use crate::analysis::Ends;
use crate::channels::flow::FlowChannel;

pub(super) use super::beacon::missing;

/// The kind of its findings.
pub const KIND: &str = "upload";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Large upload";

/// How much more goes up than comes down, and bytes.
const MORE: u128 = 10;
const LEAST: f64 = 50e6;

/// The score; `fixed`: no answer gave the client that address.
pub(super) fn score(channel: &FlowChannel, fixed: bool) -> f64 {
    let up = channel.orig_bytes as f64;
    if channel.orig_bytes < MORE * channel.resp_bytes || up < LEAST {
        0.0
    } else if fixed {
        0.6
    } else {
        rule::ramp(up, (LEAST, 0.2), (LEAST * 10.0, 0.4))
    }
}

pub(super) fn text(ends: &Ends<'_, FlowChannel>) -> String {
    format!(
        "It sent {} to {} and got {} back.",
        bytes(ends.channel.orig_bytes as f64),
        shown(ends.other),
        bytes(ends.channel.resp_bytes as f64)
    )
}

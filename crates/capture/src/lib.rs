//! Captures of real tunnels: read as Zeek would read them, and compared with the generator.
//!
//! In: the bytes of a pcap or pcapng file, Ethernet or raw IP. Out: rows of dns.log and conn.log
//! ([`logs`]), and how far a generated tunnel is from a real one ([`compare`]). Must not know: how
//! anything is detected; the page. Native only: nothing of it is part of the product.
//!
//! [`packets`] reads the file and the headers, [`message`] a DNS message, [`flows`] makes rows of
//! both, [`relay`] holds packets back for the laboratory's scripts.

#![forbid(unsafe_code)]

pub mod compare;
pub mod flows;
pub mod message;
pub mod packets;
pub mod relay;

pub use flows::{Logs, logs};

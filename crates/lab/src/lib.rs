//! A seeded generator of labelled Zeek `dns.log` and `conn.log`.
//!
//! In: a [`Scenario`](scenario::Scenario): a seed, a span, a number of clients,
//! and tunnels to run among them. Out: rows of both logs and the truth about
//! the tunnels, then bytes by [`zeek`]. Must not know: the clock, files, the
//! network, any source of randomness but the seed; how anything is detected.
//!
//! The same scenario gives the same bytes on every target.
//!
//! ```
//! use wakeful_lab::scenario::{Injection, Scenario};
//! use wakeful_lab::zeek::{Format, dns_log};
//!
//! let scenario = Scenario {
//!     seed: 1,
//!     days: 0.5,
//!     clients: 5,
//!     start: 1_710_201_600.0,
//!     injections: vec![Injection::parse("iodine:rate=0.5,type=txt")?],
//! };
//! let logs = scenario.run();
//! let file = dns_log(&logs.dns, Format::Tsv);
//! assert!(file.starts_with(b"#separator"));
//! assert_eq!(logs.truth.len(), 1);
//! # Ok::<(), String>(())
//! ```

#![forbid(unsafe_code)]

mod book;
pub mod names;
mod population;
pub mod rng;
pub mod row;
pub mod samples;
pub mod scenario;
pub mod tunnels;
pub mod zeek;

pub use samples::{Sample, sample_logs, samples};

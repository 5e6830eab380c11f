//! Bytes to lines to records: Zeek's `dns.log` and `conn.log`, however they were written.
//!
//! In: the bytes of a file, in any chunks ([`Reader::feed`]). Out: records as views of those
//! bytes, given to a [`Sink`]; problems (line, what) for all that could not be read; a
//! [`Summary`] at the end. Must not know: what a threat is, where bytes come from.
//!
//! Reading never fails: a bad value costs that value, a bad line that line, a bad file that
//! file. Every line is accounted for: see [`Summary::lines`].
//!
//! ```
//! use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink};
//!
//! #[derive(Default)]
//! struct Names(Vec<String>);
//! impl Sink for Names {
//!     fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
//!         self.0.extend(record.query.map(|query| String::from_utf8_lossy(query).into_owned()));
//!     }
//!     fn conn(&mut self, _record: &ConnRecord<'_>, _at: At) {}
//! }
//!
//! let mut names = Names::default();
//! let mut reader = Reader::new();
//! reader.feed(b"{\"ts\":1.5,\"query\":\"a.exam", &mut names);
//! reader.feed(b"ple\",\"qtype\":1}\n", &mut names);
//! let summary = reader.finish(&mut names);
//! assert_eq!((summary.records(), names.0), (1, vec!["a.example".to_owned()]));
//! ```

mod codes;
mod conn;
mod cut;
mod dns;
mod extract;
mod fields;
pub mod hash;
mod inflate;
mod lines;
pub mod piece;
mod plain;
mod problem;
mod reader;
mod rows;
mod sniff;
mod value;
mod zeek;

pub use conn::ConnRecord;
pub use dns::{DnsRecord, qtype_name, qtype_number, rcode_name};
pub use extract::{Extract, Unpack, Unpacked};
pub use problem::{Problem, Problems};
pub use reader::{At, Format, Kind, MAX_LINE, Reader, Sink, Summary};
pub use value::{List, ListStats, Micros, Proto, epoch_seconds, float, seconds, whole_seconds};
pub use zeek::{Header, json_fields};

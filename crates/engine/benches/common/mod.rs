//! What the benches share.

use std::hint::black_box;
use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink};

/// Reads records and keeps nothing: the floor that everything else stands on.
pub struct Nothing;

impl Sink for Nothing {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        black_box(record);
    }

    fn conn(&mut self, record: &ConnRecord<'_>, _at: At) {
        black_box(record);
    }
}

/// All records of a log.
pub fn read(bytes: &[u8], sink: &mut impl Sink) {
    let mut reader = Reader::new();
    reader.feed(bytes, sink);
    reader.finish(sink);
}

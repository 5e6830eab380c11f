//! The benchmark's features: what every tool computes of the same `dns.log`, defined here alone.
//!
//! In: records. Out: an [`Answer`], which must be the same whoever computes it. Must not know: clocks, and
//! what Wakeful itself makes of a log.
//!
//! Of each row with a query: its *domain*, which is the text behind its last dot but one, or the whole query
//! where it has fewer dots (no tool but Wakeful has the public suffix list); its *length* in bytes; its
//! *entropy* after Shannon, over its bytes, in bits a byte.
//! Of each domain: its rows, its distinct queries, the sum of their rows' lengths, the longest, and the sum of
//! its rows' entropies.
//! The answer adds the domains up. Bytes are compared as they stand, in their own case.
//! A sum of floats depends on its order, so entropies agree to a millionth of their sum; all else is exact.
//! `bench/features.sql` and `bench/scan_peers.py` say the same for the other tools.

use rustc_hash::FxHashMap;
use wakeful_engine::features::name::entropy;
use wakeful_logs::{At, ConnRecord, DnsRecord, Sink};

/// The sums over all domains.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Answer {
    /// Rows with a query.
    pub queries: u64,
    /// Distinct domains.
    pub domains: u64,
    /// Distinct queries, domain by domain.
    pub distinct: u64,
    /// Bytes of all queries.
    pub length: u64,
    /// Bytes of each domain's longest query.
    pub longest: u64,
    /// Bits a byte, row by row.
    pub entropy: f64,
}

/// A domain's aggregates.
#[derive(Debug, Clone, Copy, Default)]
pub struct Domain {
    /// Rows.
    pub queries: u64,
    /// Distinct queries.
    pub distinct: u64,
    /// Bytes of all queries.
    pub length: u64,
    /// Bytes of the longest.
    pub longest: u64,
    /// Sum of the rows' entropies.
    pub entropy: f64,
}

/// What is known of a distinct query: computed when it is first seen.
#[derive(Debug, Clone, Copy)]
struct Query {
    domain: u32,
    rows: u64,
    length: u32,
    entropy: f64,
}

/// Takes records and keeps the features: once a distinct query, and a count a row.
#[derive(Debug, Default)]
pub struct Features {
    places: FxHashMap<Box<[u8]>, u32>,
    queries: Vec<Query>,
    domains: FxHashMap<Box<[u8]>, u32>,
    /// The query of the row before, and its place: A and AAAA come in pairs.
    last: (Vec<u8>, u32),
    conn: u64,
}

/// A query's domain, as the benchmark means it.
#[must_use]
pub fn domain(query: &[u8]) -> &[u8] {
    let mut dots = memchr::memrchr_iter(b'.', query).skip(1);
    dots.next().map_or(query, |at| &query[at + 1..])
}

impl Features {
    fn place(&mut self, query: &[u8]) -> u32 {
        if let Some(&place) = self.places.get(query) {
            return place;
        }
        let name = domain(query);
        let domains = self.domains.len() as u32;
        let domain = match self.domains.get(name) {
            Some(&domain) => domain,
            None => *self.domains.entry(name.into()).or_insert(domains),
        };
        let place = self.queries.len() as u32;
        self.queries.push(Query {
            domain,
            rows: 0,
            length: query.len() as u32,
            entropy: entropy(query),
        });
        self.places.insert(query.into(), place);
        place
    }

    /// The domains' aggregates, in the order of their first rows.
    #[must_use]
    pub fn domains(&self) -> Vec<Domain> {
        let mut domains = vec![Domain::default(); self.domains.len()];
        for query in &self.queries {
            let domain = &mut domains[query.domain as usize];
            domain.queries += query.rows;
            domain.distinct += 1;
            domain.length += query.rows * u64::from(query.length);
            domain.longest = domain.longest.max(u64::from(query.length));
            domain.entropy += query.rows as f64 * query.entropy;
        }
        domains
    }

    /// The sums over all domains.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let domains = self.domains();
        let sum = |of: fn(&Domain) -> u64| domains.iter().map(of).sum();
        Answer {
            queries: sum(|domain| domain.queries),
            domains: domains.len() as u64,
            distinct: sum(|domain| domain.distinct),
            length: sum(|domain| domain.length),
            longest: sum(|domain| domain.longest),
            entropy: domains.iter().map(|domain| domain.entropy).sum(),
        }
    }
}

impl Sink for Features {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        let Some(query) = record.query else { return };
        if self.queries.is_empty() || self.last.0 != query {
            let place = self.place(query);
            self.last.0.clear();
            self.last.0.extend_from_slice(query);
            self.last.1 = place;
        }
        self.queries[self.last.1 as usize].rows += 1;
    }

    fn conn(&mut self, _record: &ConnRecord<'_>, _at: At) {
        self.conn += 1;
    }
}

/// Reads and keeps nothing; the sums hold the compiler to parsing what it reads.
#[derive(Debug, Clone, Copy, Default)]
pub struct Read {
    /// Rows of `dns.log`.
    pub dns: u64,
    /// Rows of `conn.log`.
    pub conn: u64,
    /// Bytes of queries, ports and codes, added up.
    pub sum: u64,
}

impl Sink for Read {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        std::hint::black_box(record);
        self.dns += 1;
        self.sum += record.query.map_or(0, <[u8]>::len) as u64;
        self.sum +=
            u64::from(record.client_port.unwrap_or(0)) + u64::from(record.rcode.unwrap_or(0));
    }

    fn conn(&mut self, record: &ConnRecord<'_>, _at: At) {
        std::hint::black_box(record);
        self.conn += 1;
        self.sum += u64::from(record.resp_port.unwrap_or(0));
    }
}

impl Answer {
    /// As a JSON object's members.
    #[must_use]
    pub fn json(&self) -> String {
        format!(
            "\"queries\":{},\"domains\":{},\"distinct\":{},\"length\":{},\"longest\":{},\"entropy\":{}",
            self.queries, self.domains, self.distinct, self.length, self.longest, self.entropy
        )
    }
}

//! What the rules' tests share.

use super::proofs;
use crate::Analysis;
use crate::analysis::AskedName;
use crate::channels::dns::DnsChannel;
use wakeful_logs::DnsRecord;

/// Calls `see` with the channel of the names: one client, one domain, a second apart.
pub fn with<T>(names: &[&str], see: impl FnOnce(&DnsChannel, &[AskedName<'_>]) -> T) -> T {
    let names: Vec<Vec<u8>> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
    with_bytes(&names, see)
}

pub fn with_bytes<T>(names: &[Vec<u8>], see: impl FnOnce(&DnsChannel, &[AskedName<'_>]) -> T) -> T {
    let mut analysis = Analysis::new();
    for (at, name) in names.iter().enumerate() {
        let record = DnsRecord {
            ts: Some(at as i64 * 1_000_000),
            client: Some(b"10.0.0.1"),
            query: Some(name),
            qtype: Some(16),
            ..DnsRecord::default()
        };
        analysis.dns(&record, None);
    }
    let asked = analysis.asked_names();
    let first = analysis.dns_channels().next().unwrap();
    let of_first: Vec<_> = asked
        .into_iter()
        .filter(|asked| asked.channel == first.id)
        .collect();
    see(first.channel, &of_first)
}

/// Rules that match, with their scores.
pub fn found(names: &[&str]) -> Vec<(String, f64)> {
    with(names, |channel, asked| {
        proofs(channel, asked)
            .into_iter()
            .map(|proof| (proof.rule, proof.at_least))
            .collect()
    })
}

/// The rule and score of the first.
pub fn first(names: &[String]) -> Option<(String, f64)> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    found(&names).into_iter().next()
}

/// A small generator for tests.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    pub fn of(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len() as u64) as usize]))
            .collect()
    }

    pub fn hex(&mut self, length: usize) -> String {
        self.of(b"0123456789abcdef", length)
    }

    pub fn text(&mut self, length: usize) -> String {
        self.of(b"abcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    pub fn names(
        &mut self,
        count: usize,
        mut name: impl FnMut(&mut Self) -> String,
    ) -> Vec<String> {
        (0..count).map(|_| name(self)).collect()
    }
}

//! An analysis written down and read again.
//!
//! In: an [`Analysis`]. Out: [`SavedAnalysis`], the same from the same records in the same order, and from
//! it the analysis again. Must not know: how it is stored.
//!
//! What follows from the rest is left out and made again: what a name says, its registered domain, a
//! channel's sums over its names. So a saved analysis cannot claim anything about a name.

use super::asked::{Added, sampled};
use super::minutes::{Minutes, SavedMinutes};
use super::thrift::Thrift;
use super::uids::{SavedUids, Uids};
use super::{Analysis, Channels, Place, Seen};
use crate::blocks::Blocks;
use crate::channels::Interval;
use crate::channels::dns::DnsChannel;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::hash::mixed;
use crate::intern::{Interner, Strings};
use crate::names::NameClass;
use crate::saved::{MOST, Wrong, is_time};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use wakeful_logs::Micros;

/// A flow channel's client, peer and class.
type FlowEnds = (u32, u32, FlowClass);

/// An analysis as it is written down.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedAnalysis<'a> {
    #[serde(borrow)]
    hosts: Strings<'a>,
    #[serde(borrow)]
    names: Strings<'a>,
    #[serde(borrow)]
    histories: Strings<'a>,
    /// Client and domain, then the channel.
    dns: Cow<'a, Blocks<((u32, u32), DnsChannel)>>,
    /// Of each DNS channel its names: how far the number is from the one before, and when first, as
    /// [`since`] has it.
    asked: Vec<Vec<(u32, u64)>>,
    /// Channels that keep a sample of their names, with its level.
    levels: Vec<(u32, u32)>,
    flows: Cow<'a, Blocks<(FlowEnds, FlowChannel)>>,
    uids: SavedUids,
    minutes: SavedMinutes,
    interval: Interval,
    seen: Seen,
    thrift: Thrift,
    /// Domains, and peers, that more clients were met with than are followed: how many.
    crowds: [Vec<(u32, u32)>; 2],
}

/// A time after another: 0 for none, otherwise one more than the microseconds.
fn since(first: Option<Micros>, time: Option<Micros>) -> u64 {
    match (first, time) {
        (Some(first), Some(time)) => time.abs_diff(first) + 1,
        _ => 0,
    }
}

/// The time that [`since`] wrote.
fn after(first: Option<Micros>, since: u64) -> Result<Option<Micros>, Wrong> {
    let Some(micros) = since.checked_sub(1) else {
        return Ok(None);
    };
    first
        .and_then(|first| first.checked_add_unsigned(micros))
        .filter(|&time| is_time(time))
        .map(Some)
        .ok_or(Wrong("a time that is none"))
}

impl Analysis {
    pub(crate) fn save(&self) -> SavedAnalysis<'_> {
        let by_channel = self.asked.by_channel(self.dns.all.len());
        let asked = by_channel
            .into_iter()
            .zip(self.dns.all.iter())
            .map(|(names, (_, channel))| {
                let mut before = 0;
                let gaps = names.into_iter().map(|(name, time)| {
                    let gap = name - before;
                    before = name;
                    (gap, since(channel.interval.first, time))
                });
                gaps.collect()
            })
            .collect();
        SavedAnalysis {
            hosts: self.hosts.save(),
            names: self.names.save(),
            histories: self.histories.save(),
            dns: Cow::Borrowed(&self.dns.all),
            asked,
            levels: self.asked.levels(),
            flows: Cow::Borrowed(&self.flows.all),
            uids: self.uids.save(),
            minutes: self.minutes.save(),
            interval: self.interval,
            seen: self.seen,
            thrift: self.thrift.clone(),
            crowds: [self.dns.beyond(), self.flows.beyond()],
        }
    }

    /// The analysis that was saved, of records that lie where `holds` says that they can.
    pub(crate) fn restore(
        saved: SavedAnalysis<'_>,
        holds: impl Fn(&Place) -> bool,
    ) -> Result<Self, Wrong> {
        let mut analysis = Self {
            hosts: Interner::restore(&saved.hosts)?,
            histories: Interner::restore(&saved.histories)?,
            minutes: Minutes::restore(saved.minutes)?,
            interval: saved.interval,
            seen: saved.seen,
            thrift: saved.thrift,
            ..Self::default()
        };
        if analysis.thrift.level() > 0 {
            analysis.asked.set_exact(analysis.thrift.keep().names);
        }
        analysis.names = Interner::restore(&saved.names)?;
        for name in saved.names.each()? {
            analysis.add_name(name);
        }
        Wrong("the counts of columns").unless(
            saved.interval.is_sound() && saved.seen.is_sound() && analysis.thrift.is_sound(),
        )?;

        let hosts = analysis.hosts.len();
        let domains = analysis.domains.len();
        for ((client, domain), channel) in saved.dns.iter() {
            Wrong("the ends of a channel")
                .unless((*client as usize) < hosts && (*domain as usize) < domains)?;
            channel.check(hosts, &holds)?;
        }
        let [crowds, crowds_of_flows] = saved.crowds;
        analysis.dns = Channels::restore(saved.dns.into_owned(), &crowds)?;
        analysis.restore_asked(saved.asked, &saved.levels)?;

        let histories = analysis.histories.len();
        for ((client, peer, _), channel) in saved.flows.iter() {
            Wrong("the ends of a flow channel")
                .unless((*client as usize) < hosts && (*peer as usize) < hosts)?;
            channel.check(histories, &holds)?;
        }
        analysis.flows = Channels::restore(saved.flows.into_owned(), &crowds_of_flows)?;
        analysis.uids = Uids::restore(saved.uids, analysis.flows.all.len())?;
        Ok(analysis)
    }

    /// The pairs of channel and name, and what follows from them.
    fn restore_asked(
        &mut self,
        asked: Vec<Vec<(u32, u64)>>,
        levels: &[(u32, u32)],
    ) -> Result<(), Wrong> {
        Wrong("the names of channels").unless(asked.len() == self.dns.all.len())?;
        for &(channel, level) in levels {
            Wrong("the level of a sample").unless((1..=40).contains(&level))?;
            let (_, of) = self
                .dns
                .all
                .get_mut(channel as usize)
                .ok_or(Wrong("the channel of a sample"))?;
            of.level = level;
            self.asked.set_level(channel, level);
        }
        self.asked.reserve(asked.iter().map(Vec::len).sum());
        for (channel, names) in (0..).zip(asked) {
            let ((_, domain), of) = &mut self.dns.all[channel as usize];
            let mut name = 0_u32;
            for (gap, when) in names {
                name = name.checked_add(gap).ok_or(Wrong("the number of a name"))?;
                let known = self
                    .name_facts
                    .get(name as usize)
                    .ok_or(Wrong("the number of a name"))?;
                Wrong("a name of another domain")
                    .unless(known.domain == *domain && known.facts.class != NameClass::Local)?;
                let hash = mixed(self.names.get(name));
                Wrong("a name outside of the sample").unless(sampled(hash, of.level))?;
                let time = after(of.interval.first, when)?;
                let added = self.asked.add(channel, name, || hash, time);
                Wrong("a name that a channel has twice").unless(added == Added::New)?;
                of.names.add(&known.facts);
            }
            Wrong("the number of names of a channel").unless(
                of.names.count <= self.asked.exact() && of.names.count <= of.records.min(MOST),
            )?;
        }
        Ok(())
    }

    /// Rows of `dns.log` and of `conn.log`.
    pub(crate) fn rows(&self) -> [u64; 2] {
        [self.seen.dns, self.seen.conn]
    }
}

impl<K: super::Key, C> Channels<K, C> {
    /// Domains or peers that more were met with than have channels.
    fn beyond(&self) -> Vec<(u32, u32)> {
        let followed = self.followed();
        let met = (0..).zip(&self.crowds).zip(&followed);
        met.filter(|((_, met), followed)| met != followed)
            .map(|((other, &met), _)| (other, met))
            .collect()
    }

    /// By the number of the domain or peer, how many channels it has.
    fn followed(&self) -> Vec<u32> {
        let mut followed = vec![0; self.crowds.len()];
        for (key, _) in self.all.iter() {
            followed[key.other() as usize] += 1;
        }
        followed
    }

    fn restore(all: Blocks<(K, C)>, beyond: &[(u32, u32)]) -> Result<Self, Wrong> {
        let index = all
            .iter()
            .zip(0..)
            .map(|((key, _), id)| (*key, id))
            .collect::<rustc_hash::FxHashMap<_, _>>();
        Wrong("a channel that is there twice").unless(index.len() == all.len())?;
        let most = all.iter().map(|(key, _)| key.other()).max();
        let crowds = vec![0; most.map_or(0, |most| most as usize + 1)];
        let mut channels = Self { index, all, crowds };
        channels.crowds = channels.followed();
        for &(other, met) in beyond {
            let followed = channels.crowds.get_mut(other as usize);
            let followed = followed.filter(|followed| (1..met).contains(*followed));
            *followed.ok_or(Wrong("the clients of a domain"))? = met;
        }
        Ok(channels)
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::Asked;
    use super::*;
    use wakeful_logs::Reader;

    /// Reads rows of JSON.
    fn read(analysis: &mut Analysis, rows: impl Iterator<Item = u32>) {
        let mut reader = Reader::new();
        for n in rows {
            let row = format!(
                "{{\"ts\":{}.5,\"id.orig_h\":\"10.0.0.{}\",\"query\":\"n{n}.t.example.com\",\"qtype\":16}}\n",
                1_000_000 + n,
                n % 2
            );
            reader.feed(row.as_bytes(), analysis);
        }
        reader.finish(analysis);
    }

    fn written(analysis: &Analysis) -> Vec<u8> {
        postcard::to_stdvec(&analysis.save()).unwrap()
    }

    #[test]
    fn a_channel_that_keeps_a_sample_of_its_names_comes_back_and_goes_on() {
        let mut analysis = Analysis {
            asked: Asked::with_exact(100),
            ..Analysis::default()
        };
        read(&mut analysis, 0..3000);
        let bytes = written(&analysis);
        let saved: SavedAnalysis<'_> = postcard::from_bytes(&bytes).unwrap();
        let mut again = Analysis::restore(saved, |_| true).unwrap();
        assert_eq!(written(&again), bytes);
        assert_eq!(again.dns.all, analysis.dns.all);
        assert!(
            analysis
                .dns
                .all
                .iter()
                .all(|(_, channel)| channel.level > 2)
        );

        // It takes more rows as the first one does, and merges as it does.
        again.asked = std::mem::take(&mut again.asked).keeping(100);
        for analysis in [&mut analysis, &mut again] {
            let mut more = Analysis {
                asked: Asked::with_exact(100),
                ..Analysis::default()
            };
            read(&mut more, 2500..5000);
            read(analysis, 3000..4000);
            analysis.merge(&more, |input| input);
        }
        assert_eq!(written(&again), written(&analysis));
    }

    #[test]
    fn a_name_of_another_domain_or_outside_the_sample_is_refused() {
        let mut analysis = Analysis::default();
        read(&mut analysis, 0..50);
        analysis.names.intern(b"www.example.org");
        analysis.add_name(b"www.example.org");
        let bytes = written(&analysis);
        let restored = |change: &dyn Fn(&mut SavedAnalysis<'_>)| {
            let mut saved: SavedAnalysis<'_> = postcard::from_bytes(&bytes).unwrap();
            change(&mut saved);
            Analysis::restore(saved, |_| true).err()
        };
        assert_eq!(restored(&|_| {}), None);
        for (change, what) in [
            (
                &(|saved: &mut SavedAnalysis<'_>| saved.asked[0].push((2, 0)))
                    as &dyn Fn(&mut SavedAnalysis<'_>),
                "a name of another domain",
            ),
            (
                &|saved| saved.asked[1].push((0, 0)),
                "a name that a channel has twice",
            ),
            (&|saved| saved.asked[0].push((9, 0)), "the number of a name"),
            (
                &|saved| saved.levels.push((0, 6)),
                "a name outside of the sample",
            ),
            (
                &|saved| saved.levels.push((7, 6)),
                "the channel of a sample",
            ),
            (
                &|saved| saved.dns.to_mut()[0].1.records = 2,
                "the rows of a channel",
            ),
            (
                &|saved| saved.dns.to_mut()[0].0.1 = 99,
                "the ends of a channel",
            ),
            (
                &|saved| saved.dns.to_mut()[1].0 = saved.dns[0].0,
                "a channel that is there twice",
            ),
        ] {
            assert_eq!(restored(change), Some(Wrong(what)));
        }
    }
}

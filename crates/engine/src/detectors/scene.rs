//! What detectors look at: an analysis, with the lookups that several of them need made once.
//!
//! In: an [`Analysis`]. Out: its channels by number, each with the names that it asked for. Must not
//! know: what is suspicious.

use super::leak;
use super::rhythm::measure_in;
use crate::Analysis;
use crate::analysis::{AskedName, Ends};
use crate::channels::dns::DnsChannel;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::report::{Leak, Rhythm};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

const CLASSES: [FlowClass; 4] = [
    FlowClass::Dns,
    FlowClass::Icmp,
    FlowClass::EncryptedDns,
    FlowClass::Other,
];

/// What was measured by the leak meter, and its coder with its tables.
#[derive(Default)]
struct Leaks {
    known: FxHashMap<u32, Rc<Leak>>,
    /// Bits of the names of a channel and day, where another measured them.
    bits: FxHashMap<(u32, i32), f64>,
    coder: leak::Coder,
}

/// An analysis as detectors see it.
pub struct Scene<'a> {
    /// The aggregates.
    pub analysis: &'a Analysis,
    /// All DNS channels, by their number ([`Ends::id`]).
    pub dns: Vec<Ends<'a, DnsChannel>>,
    /// All flow channels, by class.
    flows: [Vec<Ends<'a, FlowChannel>>; 4],
    names: Vec<AskedName<'a>>,
    /// Where each channel's names begin in `names`; one more than there are channels.
    starts: Vec<usize>,
    /// What could have left through channels, each measured when it is first asked for.
    leaks: RefCell<Leaks>,
    /// When DNS channels ask, each measured when it is first asked for.
    rhythms: RefCell<FxHashMap<u32, Rc<Rhythm>>>,
}

impl<'a> Scene<'a> {
    /// Groups the names by channel: once a report.
    #[must_use]
    pub fn new(analysis: &'a Analysis) -> Self {
        let mut dns = Vec::with_capacity(analysis.dns_channel_count());
        dns.extend(analysis.dns_channels());
        let names = analysis.asked_names();
        let mut starts = vec![0; dns.len() + 1];
        for asked in &names {
            starts[asked.channel as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self {
            analysis,
            dns,
            flows: CLASSES.map(|class| analysis.flow_channels(class).collect()),
            names,
            starts,
            leaks: RefCell::default(),
            rhythms: RefCell::default(),
        }
    }

    /// All flow channels of a class.
    #[must_use]
    pub fn flows(&self, class: FlowClass) -> &[Ends<'a, FlowChannel>] {
        let at = CLASSES.iter().position(|&known| known == class);
        at.map_or(&[], |at| &self.flows[at])
    }

    /// A flow channel of a class by its number.
    #[must_use]
    pub fn flow(&self, class: FlowClass, id: u32) -> Option<&Ends<'a, FlowChannel>> {
        let flows = self.flows(class);
        // In the order of their numbers, as the analysis gives them.
        let at = flows.binary_search_by_key(&id, |ends| ends.id).ok()?;
        flows.get(at)
    }

    /// What could have left through a DNS channel.
    #[must_use]
    pub fn leak(&self, channel: u32) -> Rc<Leak> {
        let Leaks { known, bits, coder } = &mut *self.leaks.borrow_mut();
        let coded = |day, names: &[&[u8]]| {
            let told = bits.get(&(channel, day)).copied();
            told.unwrap_or_else(|| coder.name_bits(names))
        };
        let leak = known.entry(channel);
        leak.or_insert_with(|| Rc::new(leak::of(coded, self, channel)))
            .clone()
    }

    /// Takes the bits of the names of channels and days that another measured.
    pub(crate) fn take_bits(&self, of: &[(u32, i32)], bits: &[f64]) {
        let told = of.iter().copied().zip(bits.iter().copied());
        self.leaks.borrow_mut().bits.extend(told);
    }

    /// When a DNS channel asks.
    #[must_use]
    pub fn rhythm(&self, channel: u32) -> Rc<Rhythm> {
        let mut known = self.rhythms.borrow_mut();
        let rhythm = known.entry(channel);
        rhythm
            .or_insert_with(|| {
                let trace = &self.dns[channel as usize].channel.trace;
                Rc::new(measure_in(trace, Some(self.analysis.interval())))
            })
            .clone()
    }

    /// How many channels were measured so far.
    #[cfg(test)]
    pub(super) fn measured(&self) -> usize {
        self.leaks.borrow().known.len()
    }

    /// The distinct names of a DNS channel, in the order in which they were first asked for; of a
    /// channel with more than a million a sample ([`DnsChannel::level`]).
    #[must_use]
    pub fn names(&self, channel: u32) -> &[AskedName<'a>] {
        let at = channel as usize;
        &self.names[self.starts[at]..self.starts[at + 1]]
    }
}

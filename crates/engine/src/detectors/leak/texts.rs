//! Names of days that another can measure meanwhile.
//!
//! In: a scene; or bytes that came from another worker. Out: [`Texts`], as bytes and measured. Must not know: who
//! measures them, what is made of it.
//!
//! To code names is a third of judging, and rests on nothing but the names: whoever read the rows has time for it
//! while others judge what needs no code lengths.

use super::code::{CHEAP_ENOUGH, Coder};
use super::{Scene, bound_of_name_bytes, by_day, domain};
use crate::relay::Damaged;
use std::cmp::Reverse;

/// As many bounds are listed ([`super::largest`]): of more channels, not all are measured.
const CHANNELS: usize = super::largest::BOUNDS;
/// Bytes of all texts, at most, and at least: less is measured sooner than it is sent.
const MOST: usize = 8 << 20;
const LEAST: usize = 16 << 10;

/// The names of channels and days.
#[derive(Debug, Default)]
pub(crate) struct Texts<'a> {
    /// Which channel and day each is of.
    of: Vec<(u32, i32)>,
    names: Vec<Vec<&'a [u8]>>,
}

impl<'a> Texts<'a> {
    /// Those of a scene that cost most; none where all are soon measured.
    pub(crate) fn new(scene: &Scene<'a>) -> Self {
        let bounds = scene.dns.iter().filter_map(|ends| {
            let bound = bound_of_name_bytes(ends.channel);
            (bound >= CHEAP_ENOUGH).then_some((Reverse(bound as u64), ends.id))
        });
        let mut bounds: Vec<(Reverse<u64>, u32)> = bounds.collect();
        bounds.sort_unstable();
        let (mut texts, mut bytes) = (Self::default(), 0);
        for (_, channel) in bounds.into_iter().take(CHANNELS) {
            let ends = &scene.dns[channel as usize];
            let cut = domain(ends).len();
            for (day, _, names) in by_day(ends.channel, cut, scene.names(channel)) {
                let length = super::code::text_bytes(&names);
                if bytes + length <= MOST {
                    bytes += length;
                    texts.of.push((channel, day));
                    texts.names.push(names);
                }
            }
        }
        match bytes {
            ..LEAST => Self::default(),
            _ => texts,
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Bits of each.
    pub(crate) fn measure(&self) -> Vec<f64> {
        let mut coder = Coder::default();
        let names = self.names.iter();
        names.map(|names| coder.name_bits(names)).collect()
    }

    /// Hands their bits to the scene that they are of.
    pub(crate) fn give(&self, scene: &Scene<'_>, bits: &[f64]) {
        scene.take_bits(&self.of, bits);
    }

    /// For another worker: of each text how many names it has, of each of these how long it is and its bytes; all
    /// numbers are 32 bits, little-endian.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for names in &self.names {
            bytes.extend_from_slice(&(names.len() as u32).to_le_bytes());
            for name in names {
                bytes.extend_from_slice(&(name.len() as u32).to_le_bytes());
                bytes.extend_from_slice(name);
            }
        }
        bytes
    }

    /// The texts of bytes, of no one.
    fn of_bytes(mut bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut texts = Self::default();
        while !bytes.is_empty() {
            let count = number(&mut bytes)?;
            let mut names = Vec::new();
            for _ in 0..count {
                let length = number(&mut bytes)? as usize;
                let (name, rest) = bytes.split_at_checked(length).ok_or(Damaged)?;
                names.push(name);
                bytes = rest;
            }
            texts.names.push(names);
        }
        Ok(texts)
    }
}

fn number(bytes: &mut &[u8]) -> Result<u32, Damaged> {
    let (number, rest) = bytes.split_first_chunk().ok_or(Damaged)?;
    *bytes = rest;
    Ok(u32::from_le_bytes(*number))
}

/// Measures the texts of bytes, for another worker: bits of each, as 64 bits, little-endian.
pub(crate) fn measure_bytes(bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    let bits = Texts::of_bytes(bytes)?.measure();
    Ok(bits.iter().flat_map(|bits| bits.to_le_bytes()).collect())
}

/// The bits that another measured.
pub(crate) fn bits_of_bytes(bytes: &[u8]) -> Vec<f64> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| f64::from_le_bytes(*word)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::code::tests::sample;
    use super::*;
    use crate::Analysis;

    fn asked() -> Analysis {
        let mut analysis = Analysis::new();
        let mut reader = wakeful_logs::Reader::new();
        for (n, name) in sample().iter().cycle().take(1200).enumerate() {
            // Two clients, three days each.
            let name = String::from_utf8_lossy(name);
            let (client, day) = (n % 2, n % 3);
            let row = format!(
                "{{\"ts\":{day}86400.5,\"id.orig_h\":\"10.0.0.{client}\",\"query\":\"{name}.{n}.example.com\",\"qtype\":16}}\n"
            );
            reader.feed(row.as_bytes(), &mut analysis);
        }
        reader.finish(&mut analysis);
        analysis
    }

    #[test]
    fn what_another_measured_is_what_is_measured_here() {
        let analysis = asked();
        let (here, told) = (Scene::new(&analysis), Scene::new(&analysis));
        let texts = Texts::new(&told);
        assert!(texts.of.len() >= 4, "{}", texts.of.len());
        let bits = texts.measure();
        let sent = measure_bytes(&texts.to_bytes()).unwrap();
        assert_eq!(bits_of_bytes(&sent), bits);
        texts.give(&told, &bits);
        for channel in 0..2 {
            assert_eq!(told.leak(channel), here.leak(channel));
        }
        // It is what was told, not what would be measured.
        let wrong = Scene::new(&analysis);
        texts.give(&wrong, &vec![80_000.0; bits.len()]);
        assert_eq!(wrong.leak(0).days[0].names, 10_000.0);
    }

    #[test]
    fn few_names_are_measured_where_they_are() {
        let mut analysis = Analysis::new();
        let mut reader = wakeful_logs::Reader::new();
        reader.feed(
            b"{\"id.orig_h\":\"10.0.0.1\",\"query\":\"a.example.com\"}\n",
            &mut analysis,
        );
        reader.finish(&mut analysis);
        assert!(Texts::new(&Scene::new(&analysis)).is_empty());
    }

    #[test]
    fn bytes_that_are_no_texts_are_damaged() {
        assert_eq!(measure_bytes(&[]), Ok(Vec::new()));
        for bytes in [&[1][..], &[1, 0, 0, 0], &[1, 0, 0, 0, 2, 0, 0, 0, 7]] {
            assert_eq!(measure_bytes(bytes), Err(Damaged));
        }
    }
}

//! Aggregates to numbers with names.
//!
//! In: a channel's aggregates. Out: a vector of numbers in the order of a versioned list
//! ([`FeatureList`]). Must not know: models, scores. Addresses and ports are in no list: a model
//! could learn the capture by them.
//!
//! Every number is in the unit that its feature states, as a person would read it; a model
//! brings it to its own scale by [`Scale`].

pub mod dns;
pub mod dns_row;
pub mod encoding;
pub mod flow;
pub mod flow_row;
pub mod name;
pub mod ngram;
pub mod timing;

/// Features in a fixed order, with a name that a model file repeats.
#[derive(Debug)]
pub struct FeatureList {
    /// Name and version: `dns-channel/2`.
    pub name: &'static str,
    /// In the order of the vectors.
    pub features: &'static [Feature],
}

/// One number that describes a channel.
#[derive(Debug)]
pub struct Feature {
    /// The name in models, reports and reasons.
    pub name: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// How a linear model sees it.
    pub scale: Scale,
    /// Definition, with formula and source where it has one.
    pub doc: &'static str,
    /// A sentence with `{value}` and `{usual}`.
    pub sentence: &'static str,
}

/// What a feature counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Bits a character.
    BitsPerCharacter,
    /// 0 to 1, or −1 to 1 for a ratio that says so.
    Ratio,
    /// A part of a whole, 0 to 1; shown in percent.
    Share,
    /// Seconds.
    Seconds,
    /// Events a minute.
    PerMinute,
}

/// How a linear model sees a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// As it is.
    Linear,
    /// ln(1 + x), for what spans orders of magnitude.
    Log,
}

impl Scale {
    /// The number on this scale.
    #[must_use]
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Log => x.max(0.0).ln_1p(),
        }
    }
}

impl Feature {
    /// The sentence for one channel.
    #[must_use]
    pub fn explain(&self, value: f64, usual: f64) -> String {
        self.sentence
            .replace("{value}", &self.unit.show(value))
            .replace("{usual}", &self.unit.show(usual))
    }
}

impl Unit {
    /// A number with its unit, for a sentence.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Count => grouped(value.round()),
            Self::Bytes if value >= 1e6 => format!("{} MB", short(value / 1e6)),
            Self::Bytes if value >= 10_000.0 => format!("{} kB", grouped((value / 1000.0).round())),
            Self::Bytes if value >= 100.0 => format!("{} bytes", grouped(value.round())),
            Self::Bytes if value == 1.0 => "1 byte".to_owned(),
            Self::Bytes => format!("{} bytes", short(value)),
            Self::BitsPerCharacter => format!("{value:.2} bits"),
            Self::Ratio => format!("{value:.2}"),
            Self::Share => format!("{} %", short(value * 100.0)),
            Self::Seconds if value >= 7200.0 => format!("{:.1} h", value / 3600.0),
            Self::Seconds if value >= 120.0 => format!("{:.1} min", value / 60.0),
            Self::Seconds if value >= 1.0 => format!("{value:.1} s"),
            Self::Seconds => format!("{:.0} ms", value * 1000.0),
            Self::PerMinute => format!("{} a minute", short(value)),
        }
    }
}

fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// 4774 as 4,774.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let (sign, digits) = digits
        .strip_prefix('-')
        .map_or(("", digits.as_str()), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A feature of a single row, which no finding is explained by.
pub(crate) const fn row_feature(
    name: &'static str,
    unit: Unit,
    scale: Scale,
    doc: &'static str,
) -> Feature {
    Feature {
        name,
        unit,
        scale,
        doc,
        sentence: "The value is {value}; {usual} is usual.",
    }
}

/// x / n, and 0 where there is nothing to divide.
pub(crate) fn ratio(x: f64, n: f64) -> f64 {
    if n > 0.0 { x / n } else { 0.0 }
}

/// Mean and standard deviation (of the population) from count, sum and sum of squares.
pub(crate) fn mean_sd(n: u64, sum: u128, squares: u128) -> (f64, f64) {
    if n == 0 {
        return (0.0, 0.0);
    }
    let n = n as f64;
    let mean = sum as f64 / n;
    (mean, (squares as f64 / n - mean * mean).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_writes_them() {
        assert_eq!(Unit::Count.show(4774.0), "4,774");
        assert_eq!(Unit::Count.show(1_000_000.0), "1,000,000");
        assert_eq!(Unit::Bytes.show(42.0), "42 bytes");
        assert_eq!(Unit::Bytes.show(123_456.0), "123 kB");
        assert_eq!(Unit::Seconds.show(0.25), "250 ms");
        assert_eq!(Unit::BitsPerCharacter.show(4.0), "4.00 bits");
    }

    #[test]
    fn every_feature_has_a_unique_name_and_a_sentence_with_its_value() {
        for list in [&dns::LIST, &flow::LIST, &dns_row::LIST, &flow_row::LIST] {
            let mut names: Vec<_> = list.features.iter().map(|feature| feature.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), list.features.len());
            for feature in list.features {
                assert!(feature.sentence.contains("{value}"), "{}", feature.name);
                assert!(feature.sentence.ends_with('.'), "{}", feature.name);
            }
        }
    }
}

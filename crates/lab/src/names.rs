//! In: a generator. Out: the names of a made-up internet, and what they resolve to.
//!
//! Must not know: who asks for a name, when, and that tunnels exist (they take
//! their domain from [`Names::fresh_domain`], which gives no name twice).
//!
//! Every domain is composed of syllables and common words; none is copied from
//! a list, and none is meant to be anybody's.

use std::collections::BTreeSet;

use crate::rng::{Rng, Zipf, hash, mix};

/// Common words: of domains, of hosts, and the code book of the word tunnel (7 bits a word).
pub const WORDS: [&str; 128] = [
    "amber", "anchor", "apple", "april", "arrow", "atlas", "autumn", "badge", "baker", "barn",
    "basin", "beach", "berry", "birch", "blue", "board", "book", "brass", "bread", "brick",
    "bridge", "bright", "brook", "cable", "camp", "canal", "candle", "canyon", "castle", "cedar",
    "chart", "city", "clear", "cliff", "cloud", "clover", "coast", "comet", "coral", "corner",
    "cotton", "craft", "creek", "crown", "daily", "dawn", "delta", "desk", "dune", "eagle",
    "early", "east", "echo", "ember", "falcon", "farm", "feather", "fern", "field", "flint",
    "forest", "forge", "fox", "frost", "garden", "glass", "gold", "grain", "grand", "green",
    "grove", "harbor", "hazel", "hill", "honey", "house", "iron", "island", "ivory", "jade",
    "kettle", "lake", "lamp", "leaf", "lemon", "light", "linen", "lion", "maple", "market",
    "meadow", "mill", "mint", "moon", "morning", "moss", "north", "oak", "ocean", "olive",
    "orange", "orchard", "paper", "peak", "pearl", "pine", "plain", "pond", "quartz", "quick",
    "rain", "raven", "river", "rose", "sail", "salt", "sand", "silver", "snow", "south", "spring",
    "star", "stone", "summer", "timber", "valley", "west", "willow",
];

const ONSETS: [&str; 24] = [
    "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl",
    "r", "s", "st", "t", "v", "z",
];
const VOWELS: [&str; 9] = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"];
const CODAS: [&str; 10] = ["", "", "", "n", "r", "l", "s", "m", "x", "t"];

const ENDINGS: [(&str, usize); 16] = [
    ("com", 54),
    ("net", 11),
    ("org", 8),
    ("io", 4),
    ("de", 4),
    ("co.uk", 3),
    ("fr", 2),
    ("nl", 2),
    ("app", 2),
    ("dev", 2),
    ("info", 2),
    ("tv", 1),
    ("eu", 1),
    ("online", 1),
    ("cloud", 2),
    ("xyz", 1),
];

/// A host and what it resolves to.
#[derive(Debug, Clone)]
pub struct Host {
    /// The full name.
    pub name: String,
    /// Canonical names that lead to the addresses, in order.
    pub chain: Vec<String>,
    /// How many IPv4 addresses.
    pub v4: usize,
    /// Has it an IPv6 address?
    pub v6: bool,
    /// Time to live of the addresses, seconds.
    pub ttl: u32,
}

impl Host {
    /// The name that has the addresses: the end of the chain.
    #[must_use]
    pub fn last_name(&self) -> &str {
        self.chain.last().unwrap_or(&self.name)
    }

    /// A 64-bit value per address of the host, a function of its last name.
    #[must_use]
    pub fn address_hash(&self, index: usize) -> u64 {
        mix(hash(self.last_name()).wrapping_add(index as u64))
    }
}

/// A registered domain and its hosts.
#[derive(Debug, Clone)]
pub struct Site {
    /// The registered domain.
    pub domain: String,
    /// Its hosts; the first is where a visit begins.
    pub hosts: Vec<Host>,
    /// Indices into [`Names::shared`] of what its pages load from others.
    pub loads: Vec<usize>,
}

/// The names of the made-up internet.
#[derive(Debug, Clone)]
pub struct Names {
    used: BTreeSet<String>,
    /// Sites that are visited, the most popular first.
    pub sites: Vec<Site>,
    /// How popular each is.
    pub popularity: Zipf,
    /// Measuring, advertising, fonts, players: loaded by the pages of many sites.
    pub shared: Vec<Site>,
    /// Domains of delivery networks.
    pub delivery: Vec<String>,
    /// Services that programs call home to.
    pub telemetry: Vec<Site>,
    /// Domains of the virus scanner's and the web filter's look-ups.
    pub reputation: Vec<String>,
    /// Zones of block lists that mail servers ask.
    pub block_lists: Vec<String>,
    /// Domains that mail comes from.
    pub senders: Vec<String>,
    /// The network's own domain.
    pub home: String,
}

/// A pronounceable word of `syllables` syllables.
pub fn syllables(rng: &mut Rng, syllables: usize) -> String {
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(rng.pick(&ONSETS));
        word.push_str(rng.pick(&VOWELS));
        word.push_str(rng.pick(&CODAS));
    }
    word
}

impl Names {
    /// A population of about 800 domains.
    #[must_use]
    pub fn new(rng: &Rng) -> Self {
        let mut rng = rng.fork("names");
        let mut names = Self {
            used: BTreeSet::new(),
            sites: Vec::new(),
            popularity: Zipf::new(600, 0.9),
            shared: Vec::new(),
            delivery: Vec::new(),
            telemetry: Vec::new(),
            reputation: Vec::new(),
            block_lists: Vec::new(),
            senders: Vec::new(),
            home: String::new(),
        };
        let rng = &mut rng;
        names.home = names.fresh_domain(rng, &["com", "net", "org"]);
        names.delivery = (0..7)
            .map(|_| {
                let word = syllables(rng, 2);
                let style = rng.pick(&["cdn", "edge", "static"]);
                names.keep(format!("{word}-{style}.net"))
            })
            .collect();
        names.shared = (0..70).map(|_| names.shared_site(rng)).collect();
        names.sites = (0..600).map(|_| names.visited_site(rng)).collect();
        names.telemetry = (0..24).map(|_| names.telemetry_site(rng)).collect();
        names.reputation = (0..2)
            .map(|_| names.fresh_domain(rng, &["com", "net"]))
            .collect();
        names.block_lists = ["bl", "zen", "dnsbl"]
            .iter()
            .map(|label| {
                let domain = names.fresh_domain(rng, &["org", "net"]);
                format!("{label}.{domain}")
            })
            .collect();
        names.senders = (0..90).map(|_| names.domain(rng)).collect();
        names
    }

    /// Remember a domain that was made elsewhere.
    fn keep(&mut self, domain: String) -> String {
        self.used.insert(domain.clone());
        domain
    }

    /// A domain with one of `endings` that was never given before.
    pub fn fresh_domain(&mut self, rng: &mut Rng, endings: &[&str]) -> String {
        loop {
            let stem = match rng.below(6) {
                0 => format!("{}{}", rng.pick(&WORDS), rng.pick(&WORDS)),
                1 => format!("{}-{}", rng.pick(&WORDS), syllables(rng, 2)),
                2 => format!("{}{}", syllables(rng, 2), rng.pick(&WORDS)),
                3 => format!("{}{}", rng.pick(&WORDS), syllables(rng, 1)),
                _ => syllables(rng, 3),
            };
            let domain = format!("{stem}.{}", rng.pick(endings));
            if self.used.insert(domain.clone()) {
                return domain;
            }
        }
    }

    /// A fresh domain under an ending of the usual mixture.
    fn domain(&mut self, rng: &mut Rng) -> String {
        let total = ENDINGS.iter().map(|(_, weight)| weight).sum();
        let mut drawn = rng.below(total);
        let mut ending = "com";
        for (candidate, weight) in ENDINGS {
            if drawn < weight {
                ending = candidate;
                break;
            }
            drawn -= weight;
        }
        self.fresh_domain(rng, &[ending])
    }

    fn visited_site(&mut self, rng: &mut Rng) -> Site {
        let domain = self.domain(rng);
        let mut labels = vec!["www".to_owned()];
        for label in [
            "api", "img", "static", "cdn", "login", "assets", "m", "shop",
        ] {
            if rng.chance(0.3) {
                labels.push(label.to_owned());
            }
        }
        if rng.chance(0.25) {
            let shards = rng.between(2, 5);
            labels.extend((1..=shards).map(|n| format!("static-{n:02}")));
        }
        if rng.chance(0.12) {
            for region in ["eu-west-1", "us-east-2", "ap-south-1"] {
                labels.push(format!("api.{region}"));
            }
        }
        let delivered = rng.chance(0.5);
        let mut hosts: Vec<Host> = labels
            .iter()
            .map(|label| self.host(rng, format!("{label}.{domain}"), delivered))
            .collect();
        if rng.chance(0.15) {
            // A visit may begin at the bare domain.
            let bare = self.host(rng, domain.clone(), false);
            hosts.insert(0, bare);
        }
        let count = rng.between(1, 9);
        let law = Zipf::new(self.shared.len(), 0.8);
        let mut loads: Vec<usize> = (0..count).map(|_| law.sample(rng)).collect();
        loads.sort_unstable();
        loads.dedup();
        Site {
            domain,
            hosts,
            loads,
        }
    }

    fn shared_site(&mut self, rng: &mut Rng) -> Site {
        let domain = self.domain(rng);
        let count = rng.between(1, 4);
        let hosts = (0..count)
            .map(|_| {
                let label = match rng.below(6) {
                    0 => format!("s{}", rng.below(9)),
                    1 => "cdn".to_owned(),
                    2 => "pixel".to_owned(),
                    3 => "fonts".to_owned(),
                    4 => format!("a{}.t", rng.below(30)),
                    _ => "tags".to_owned(),
                };
                self.host(rng, format!("{label}.{domain}"), true)
            })
            .collect();
        Site {
            domain,
            hosts,
            loads: Vec::new(),
        }
    }

    fn telemetry_site(&mut self, rng: &mut Rng) -> Site {
        let domain = self.domain(rng);
        let label = rng.pick(&[
            "telemetry",
            "events",
            "update",
            "v2.events.data",
            "push",
            "config",
            "sync",
        ]);
        let host = self.host(rng, format!("{label}.{domain}"), true);
        Site {
            domain,
            hosts: vec![host],
            loads: Vec::new(),
        }
    }

    /// A host with an answer of the usual kinds; `delivered` ones are often canonical names.
    pub fn host(&self, rng: &mut Rng, name: String, delivered: bool) -> Host {
        let mut chain = Vec::new();
        let mut ttl = [60, 300, 300, 600, 1800, 3600, 14_400][rng.below(7)];
        if delivered && rng.chance(0.65) && !self.delivery.is_empty() {
            let network = &self.delivery[rng.below(self.delivery.len())];
            if rng.chance(0.4) {
                chain.push(format!("{name}.{network}"));
            }
            chain.push(format!("{}.{network}", rng.hex(13)));
            ttl = [20, 30, 60, 60, 300][rng.below(5)];
        }
        Host {
            name,
            chain,
            v4: [1, 1, 1, 2, 2, 4][rng.below(6)],
            v6: rng.chance(0.45),
            ttl,
        }
    }

    /// A host of a delivery network with a hash for its name: `d3a9f….some-cdn.net`.
    pub fn hashed_host(&self, rng: &mut Rng) -> Host {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let network = &self.delivery[rng.below(self.delivery.len())];
        let name = match rng.below(4) {
            0 => format!("d{}.{network}", rng.text(LETTERS, 13)),
            1 => format!(
                "{}.{}.{network}",
                rng.hex(32),
                rng.pick(&["eu", "us", "ap"])
            ),
            2 => format!(
                "r{}---sn-{}.{network}",
                rng.between(1, 20),
                rng.text(LETTERS, 12)
            ),
            _ => format!("e{}.{}.{network}", rng.between(1000, 99_999), rng.hex(2)),
        };
        Host {
            name,
            chain: Vec::new(),
            v4: 1 + rng.below(4),
            v6: rng.chance(0.5),
            ttl: [20, 60, 300][rng.below(3)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_domain_is_given_twice() {
        let names = Names::new(&Rng::new(3));
        let mut domains: Vec<&str> = names
            .sites
            .iter()
            .chain(&names.shared)
            .chain(&names.telemetry)
            .map(|site| site.domain.as_str())
            .collect();
        let count = domains.len();
        domains.sort_unstable();
        domains.dedup();
        assert_eq!(domains.len(), count);
        assert!(!domains.contains(&names.home.as_str()));
    }

    #[test]
    fn the_code_book_has_no_word_twice() {
        let distinct: BTreeSet<&str> = WORDS.into_iter().collect();
        assert_eq!(distinct.len(), 128);
    }
}

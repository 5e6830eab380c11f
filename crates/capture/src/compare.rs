//! In: a folder of runs of `lab/capture.sh`. Out: a table of Markdown that holds each against the
//! generator's tunnel of the same tool, type and load.
//!
//! Must not know: how anything is detected. Compared are, question by question, the length of the
//! name, the entropy of its part in front of the zone, the bytes of the answers, the time since the
//! question before; each by the medians and by the Kolmogorov–Smirnov distance, the greatest
//! difference of the two distribution functions: 0 where they are the same, 1 where no value of one
//! lies among the other's. The generator is told the load (how many questions a second, how long, which
//! way the data goes), and nothing of what is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use wakeful_lab::row::{ConnRow, DnsRow, Proto};
use wakeful_lab::scenario::{Injection, Scenario, Target};

use crate::flows::logs;
use crate::packets::packets;

/// Generated tunnels that are held together against a real one.
const GENERATED: usize = 5;

/// One run, as its `truth.tsv` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its folder's name.
    pub name: String,
    tool: String,
    qtype: String,
    codec: String,
    load: String,
    server: String,
    zone: String,
}

/// The sub-folders of a folder, sorted.
///
/// # Errors
/// What the file system said.
pub fn folders(path: &Path) -> Result<Vec<PathBuf>, String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(said)? {
        let path = entry.map_err(said)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// The tables of all runs below `folder`, as Markdown.
///
/// # Errors
/// A sentence: a folder without runs, a run that cannot be read.
pub fn table(folder: &Path) -> Result<String, String> {
    let mut rows = String::new();
    let mut flows = String::new();
    for folder in folders(folder)? {
        let truth = folder.join("truth.tsv");
        if !truth.is_file() {
            continue;
        }
        let text =
            fs::read_to_string(&truth).map_err(|error| format!("{}: {error}", truth.display()))?;
        let run = read_truth(&text)
            .ok_or_else(|| format!("{} does not describe a run.", truth.display()))?;
        let capture = folder.join("capture.pcap");
        let said = |error: &dyn std::fmt::Display| format!("{}: {error}", capture.display());
        let bytes = fs::read(&capture).map_err(|error| said(&error))?;
        let logs = logs(&packets(&bytes).map_err(|error| said(&error))?);
        if run.qtype == "raw" {
            flows += &flow_line(&run, &logs.conn)?;
        } else {
            rows += &line(&run, &logs.dns)?;
        }
    }
    if rows.is_empty() && flows.is_empty() {
        return Err(format!(
            "{} holds no run; lab/capture.sh makes some.",
            folder.display()
        ));
    }
    Ok(format!(
        "Each cell: median of the real run, median of the generated ones, distance.\n\n\
         | run | questions | type, real / generated | length of the name | entropy, bits a character \
         | bytes of the answer | gap, seconds |\n|---|---|---|---|---|---|---|\n{rows}\n\
         | run past the resolver | packets up, down | bytes a packet up | bytes a packet down |\n\
         |---|---|---|---|\n{flows}"
    ))
}

/// Reads the line of a `truth.tsv` below its header.
#[must_use]
pub fn read_truth(text: &str) -> Option<Run> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next()?.split('\t').collect();
    let values: Vec<&str> = lines.next()?.split('\t').collect();
    let value = |name: &str| {
        let place = names.iter().position(|known| *known == name)?;
        values.get(place).map(|value| (*value).to_owned())
    };
    Some(Run {
        name: value("name")?,
        tool: value("tool")?,
        qtype: value("type")?,
        codec: value("codec")?,
        load: value("load")?,
        server: value("server")?,
        zone: value("zone")?,
    })
}

/// What is compared of a channel's questions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measures {
    /// Bytes of the names.
    pub lengths: Vec<f64>,
    /// Bits a character of the part in front of the zone, dots left out.
    pub entropies: Vec<f64>,
    /// Bytes of the answers on the wire.
    pub answers: Vec<f64>,
    /// Seconds since the question before.
    pub gaps: Vec<f64>,
    /// Record types.
    pub types: BTreeSet<String>,
}

/// The measures of the rows under `zone`.
#[must_use]
pub fn measures<'a>(rows: impl IntoIterator<Item = &'a DnsRow>, zone: &str) -> Measures {
    let mut out = Measures::default();
    let mut before = None;
    for row in rows.into_iter().filter(|row| row.is_under(zone)) {
        let front = &row.query[..row.query.len() - zone.len()];
        out.lengths.push(row.query.len() as f64);
        out.entropies.push(entropy(front));
        let size: u64 = row.answers.iter().map(|answer| answer.wire).sum();
        out.answers.push(size as f64);
        out.gaps.extend(before.map(|before| row.ts - before));
        out.types.insert(row.qtype.name());
        before = Some(row.ts);
    }
    out
}

/// Bits a character of a name's part, dots left out.
fn entropy(part: &[u8]) -> f64 {
    let mut counts: BTreeMap<u8, f64> = BTreeMap::new();
    for byte in part.iter().filter(|byte| **byte != b'.') {
        *counts.entry(*byte).or_default() += 1.0;
    }
    let total: f64 = counts.values().sum();
    counts
        .values()
        .map(|count| -(count / total) * (count / total).log2())
        .sum()
}

/// The greatest difference of two samples' distribution functions; 1 when one is empty.
#[must_use]
pub fn distance(one: &[f64], two: &[f64]) -> f64 {
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (one, two) = (sorted(one), sorted(two));
    if one.is_empty() || two.is_empty() {
        return 1.0;
    }
    let below =
        |values: &[f64], at: f64| values.partition_point(|v| *v <= at) as f64 / values.len() as f64;
    one.iter()
        .chain(&two)
        .map(|at| (below(&one, *at) - below(&two, *at)).abs())
        .fold(0.0, f64::max)
}

/// The middle value; the lower of two. 0 when there is none.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(0.0)
}

/// The generator's words for a run: tool, type, codec, and the load.
fn words(run: &Run, real: &Measures) -> String {
    let duration: f64 = real.gaps.iter().sum();
    // Longer gaps are the tool's own: what it waits for a probe or keeps alive.
    let loaded: Vec<f64> = real.gaps.iter().copied().filter(|gap| *gap < 0.5).collect();
    let rate = loaded.len() as f64 / loaded.iter().sum::<f64>().max(0.001);
    let rate = rate.clamp(0.01, 1_000.0);
    let way = match run.load.as_str() {
        "idle" => "duty=0".to_owned(),
        // A few bytes each way, and nothing in between.
        "trickle" => format!("duty=0.5,rate={rate:.3},chunk=75,answer=75"),
        "up" => format!("duty=1,rate={rate:.3},up=1"),
        _ => format!("duty=1,rate={rate:.3},up=0"),
    };
    let codec = match (run.tool.as_str(), run.codec.as_str()) {
        // The codec of the questions is what the client finds out that dnsmasq leaves intact.
        ("iodine", "Base32") => ",encoding=base128,answers=base32iodine",
        ("iodine", "Base64") => ",encoding=base128,answers=base64",
        ("iodine", "Base64u") => ",encoding=base128,answers=base64url",
        ("iodine", "Base128") => ",encoding=base128,answers=base128",
        ("iodine", _) => ",encoding=base128",
        _ => "",
    };
    let qtype = run.qtype.to_ascii_lowercase();
    let tool = &run.tool;
    let duration = duration.max(1.0);
    format!("{tool}:type={qtype}{codec},{way},start=0,duration={duration:.1}")
}

/// Tunnels of the generator, their zone as long as `zone`, with their measures together.
fn generated(words: &str, zone: &str) -> Result<Measures, String> {
    let injection = Injection::parse(words)?;
    let mut out = Measures::default();
    let mut found = 0;
    for seed in 1..2_000 {
        let scenario = |duration: f64| {
            let mut injection = injection.clone();
            injection.params.duration = duration;
            Scenario {
                seed,
                days: 0.25,
                clients: 0,
                start: 1_710_201_600.0,
                injections: vec![injection],
            }
        };
        // The zone is drawn before anything else: a short run tells its length.
        let fits = own_zone(&scenario(0.5)).is_some_and(|own| own.len() == zone.len());
        if !fits {
            continue;
        }
        let scenario = scenario(injection.params.duration);
        let Some(own) = own_zone(&scenario) else {
            continue;
        };
        let more = measures(&scenario.run().dns, &own);
        out.lengths.extend(more.lengths);
        out.entropies.extend(more.entropies);
        out.answers.extend(more.answers);
        out.gaps.extend(more.gaps);
        out.types.extend(more.types);
        found += 1;
        if found == GENERATED {
            return Ok(out);
        }
    }
    Err(format!("No generated zone is as long as {zone}."))
}

/// The zone of a scenario's only tunnel: its domain, or the one label below it that all names share.
fn own_zone(scenario: &Scenario) -> Option<String> {
    let logs = scenario.run();
    let Target::Domain(domain) = &logs.truth.first()?.target else {
        return None;
    };
    ["t.", "ns1."]
        .iter()
        .map(|label| format!("{label}{domain}"))
        .find(|zone| logs.dns.iter().all(|row| row.is_under(zone)))
        .or_else(|| Some(domain.clone()))
}

fn line(run: &Run, rows: &[DnsRow]) -> Result<String, String> {
    let real = measures(rows, &run.zone);
    let name = &run.name;
    if real.lengths.len() < 2 {
        return Ok(format!("| {name} | {} | | | | | |\n", real.lengths.len()));
    }
    let own = generated(&words(run, &real), &run.zone)?;
    let types = |measures: &Measures| {
        let types: Vec<&str> = measures.types.iter().map(String::as_str).collect();
        types.join(" ")
    };
    let mut out = format!(
        "| {name} | {} | {} / {} |",
        real.lengths.len(),
        types(&real),
        types(&own)
    );
    for (real, own, digits) in [
        (&real.lengths, &own.lengths, 0),
        (&real.entropies, &own.entropies, 2),
        (&real.answers, &own.answers, 0),
        (&real.gaps, &own.gaps, 3),
    ] {
        let _ = write!(
            out,
            " {:.digits$}, {:.digits$}, **{:.2}** |",
            median(real),
            median(own),
            distance(real, own)
        );
    }
    out.push('\n');
    Ok(out)
}

/// Packets and bytes of a run that went past the resolver.
fn flow_line(run: &Run, rows: &[ConnRow]) -> Result<String, String> {
    let shape = |rows: &[&ConnRow]| {
        let sum = |value: &dyn Fn(&ConnRow) -> u64| rows.iter().map(|row| value(row)).sum::<u64>();
        let packets = (sum(&|row| row.orig_pkts), sum(&|row| row.resp_pkts));
        let bytes = (
            sum(&|row| row.orig_bytes.unwrap_or(0)),
            sum(&|row| row.resp_bytes.unwrap_or(0)),
        );
        let each = |bytes: u64, packets: u64| bytes as f64 / packets.max(1) as f64;
        (packets, each(bytes.0, packets.0), each(bytes.1, packets.1))
    };
    let real: Vec<&ConnRow> = rows
        .iter()
        .filter(|row| row.proto == Proto::Udp && row.server.to_string() == run.server)
        .collect();
    let (packets, up, down) = shape(&real);
    let duration: f64 = real.iter().filter_map(|row| row.duration).sum();
    let rate = (packets.0.max(packets.1) as f64 / duration.max(0.001)).min(1_000.0);
    let way = match run.load.as_str() {
        "idle" => "duty=0".to_owned(),
        "up" => format!("duty=1,rate={rate:.3},up=1"),
        "down" => format!("duty=1,rate={rate:.3},up=0"),
        _ => format!("duty=1,rate={rate:.3},chunk=75,answer=75"),
    };
    let words = format!("iodine-raw:{way},start=0,duration={:.1}", duration.max(1.0));
    let scenario = Scenario {
        seed: 1,
        days: 0.25,
        clients: 0,
        start: 1_710_201_600.0,
        injections: vec![Injection::parse(&words)?],
    };
    let logs = scenario.run();
    let own: Vec<&ConnRow> = logs.conn.iter().collect();
    let (own_packets, own_up, own_down) = shape(&own);
    Ok(format!(
        "| {} | {}, {} / {}, {} | {up:.0} / {own_up:.0} | {down:.0} / {own_down:.0} |\n",
        run.name, packets.0, packets.1, own_packets.0, own_packets.1
    ))
}

const BEGIN: &str = "<!-- figures: cargo xtask lab -->";
const END: &str = "<!-- end of figures -->";

/// `page` with `table` between its marks.
///
/// # Errors
/// A sentence, when it has no such marks.
pub fn put(page: &str, table: &str) -> Result<String, String> {
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) =
        parts.ok_or_else(|| format!("the page needs the lines {BEGIN} and {END}."))?;
    Ok(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_run_from_none_to_all() {
        let (low, high) = ([1.0, 2.0, 3.0], [4.0, 5.0]);
        assert_eq!(distance(&low, &low), 0.0);
        assert_eq!(distance(&low, &high), 1.0);
        assert_eq!(distance(&[1.0, 2.0, 3.0, 4.0], &[3.0, 4.0]), 0.5);
        assert_eq!(distance(&[], &low), 1.0);
        assert_eq!((median(&low), median(&high), median(&[])), (2.0, 4.0, 0.0));
    }

    #[test]
    fn a_page_takes_the_table_between_its_marks() {
        let page = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = put(&page, "| new |\n").unwrap();
        assert_eq!(new, format!("a\n{BEGIN}\n\n| new |\n\n{END}\nb\n"));
        assert_eq!(put(&new, "| new |\n").unwrap(), new);
        assert!(put("a", "b").unwrap_err().contains("needs the lines"));
    }

    #[test]
    fn the_generator_against_itself_is_near() {
        let words = "iodine:type=txt,encoding=base128,duty=1,rate=8,start=0,duration=60";
        let own = generated(words, "t.example.net").unwrap();
        assert!(own.lengths.len() > GENERATED * 200);
        let other = generated(words, "t.longer-example.net").unwrap();
        // Gaps do not depend on the zone; entropies of names do but little.
        assert!(distance(&own.gaps, &other.gaps) < 0.1);
        assert!(distance(&own.answers, &other.answers) < 0.1);
    }

    #[test]
    fn a_truth_is_read_by_its_header() {
        let text =
            "name\ttool\ttype\tcodec\tload\tzone\tserver\nx\tiodine\tTXT\tRaw\tup\tz.net\t::1\n";
        let run = read_truth(text).unwrap();
        assert_eq!((run.load.as_str(), run.zone.as_str()), ("up", "z.net"));
        assert_eq!(read_truth("name\nx\n"), None);
    }
}

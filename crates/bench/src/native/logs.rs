//! The logs that are read: of a set size, in every form of the same records.
//!
//! In: a folder and a number of bytes. Out: `dns.log` and `conn.log` of that size, and where asked for beside
//! each the same records as JSON lines (`.json`) and packed (`.log.gz`). Must not know: who reads them.
//!
//! A log is written a week of 200 clients at a time, so memory does not grow with it. The tunnels of the
//! first week keep to names of printable characters: what Zeek writes escaped, every tool would have to
//! unescape to agree on a name's length.

use super::Outcome;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use wakeful_lab::row::{ConnRow, DnsRow};
use wakeful_lab::scenario::{Injection, Logs, Scenario};
use wakeful_lab::zeek::{Format, conn_log, dns_log};

/// Rows that are turned into bytes at once.
const ROWS: usize = 8_192;
/// 2026-01-01, a Thursday.
pub(crate) const START: f64 = 1_767_225_600.0;
const TUNNELS: [&str; 4] = [
    "dnscat2:rate=0.2,duration=8h",
    "exfiltrator:rate=0.5,duration=2h",
    "beacon",
    "slow",
];

/// An office's weeks.
///
/// # Errors
/// A tool that the lab does not have.
pub(crate) fn office(clients: u32, injections: &[&str]) -> Result<Scenario, String> {
    Ok(Scenario {
        seed: 3,
        days: 7.0,
        clients,
        start: START,
        injections: injections
            .iter()
            .map(|text| Injection::parse(text))
            .collect::<Result<_, _>>()?,
    })
}

/// Writes a row type as a log.
type Form<Row> = fn(&[Row], Format) -> Vec<u8>;

/// One log, plain and perhaps in its other two forms, until it is long enough.
struct Written<Row> {
    form: Form<Row>,
    left: u64,
    rows: u64,
    plain: BufWriter<File>,
    others: Option<(BufWriter<File>, GzEncoder<BufWriter<File>>)>,
}

impl<Row> Written<Row> {
    fn create(path: &Path, bytes: u64, form: Form<Row>, others: bool) -> io::Result<Self> {
        let file = |end: &str| File::create(path.with_extension(end)).map(BufWriter::new);
        let others = if others {
            let packed = GzEncoder::new(file("log.gz")?, Compression::default());
            Some((file("json")?, packed))
        } else {
            None
        };
        Ok(Self {
            form,
            left: bytes,
            rows: 0,
            plain: file("log")?,
            others,
        })
    }

    fn add(&mut self, rows: &[Row]) -> io::Result<()> {
        for rows in rows.chunks(ROWS) {
            if self.left == 0 {
                return Ok(());
            }
            let bytes = (self.form)(rows, Format::Tsv);
            let bytes = if self.rows == 0 {
                open(&bytes)
            } else {
                records(&bytes)
            };
            self.plain.write_all(bytes)?;
            if let Some((json, packed)) = &mut self.others {
                packed.write_all(bytes)?;
                json.write_all(&(self.form)(rows, Format::Json))?;
            }
            self.left = self.left.saturating_sub(bytes.len() as u64);
            self.rows += rows.len() as u64;
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.plain.flush()?;
        if let Some((mut json, packed)) = self.others {
            json.flush()?;
            packed.finish()?.flush()?;
        }
        Ok(())
    }
}

/// A log without the line that says it is closed.
pub(crate) fn open(log: &[u8]) -> &[u8] {
    let end = log[..log.len().saturating_sub(1)].iter();
    let last = end
        .rev()
        .position(|&byte| byte == b'\n')
        .map_or(0, |back| log.len() - 1 - back);
    if log[last..].starts_with(b"#close") {
        &log[..last]
    } else {
        log
    }
}

/// The rows of a log, without the lines about it.
pub(crate) fn records(log: &[u8]) -> &[u8] {
    let mut rest = open(log);
    while rest.first() == Some(&b'#') {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        rest = &rest[end..];
    }
    rest
}

/// Both logs in every form.
pub(crate) fn write(folder: &Path, bytes: u64) -> Outcome {
    fs::create_dir_all(folder)?;
    let mut dns: Written<DnsRow> = Written::create(&folder.join("dns"), bytes, dns_log, true)?;
    let mut conn: Written<ConnRow> = Written::create(&folder.join("conn"), bytes, conn_log, true)?;
    for logs in weeks()? {
        dns.add(&logs.dns)?;
        conn.add(&logs.conn)?;
        if dns.left + conn.left == 0 {
            break;
        }
    }
    dns.finish()?;
    Ok(conn.finish()?)
}

/// `dns.log` alone, plain.
pub(crate) fn write_dns(folder: &Path, bytes: u64) -> Outcome {
    fs::create_dir_all(folder)?;
    let mut dns: Written<DnsRow> = Written::create(&folder.join("dns"), bytes, dns_log, false)?;
    for logs in weeks()? {
        dns.add(&logs.dns)?;
        if dns.left == 0 {
            break;
        }
    }
    Ok(dns.finish()?)
}

/// Week after week; the tunnels run in the first.
fn weeks() -> Result<impl Iterator<Item = Logs>, String> {
    let (first, later) = (office(200, &TUNNELS)?, office(200, &[])?);
    Ok((0..).map(move |week| if week == 0 { &first } else { &later }.chapter(week)))
}

#[cfg(test)]
mod tests {
    use super::{office, open, records};
    use wakeful_lab::zeek::{Format, dns_log};

    #[test]
    fn pieces_of_a_log_are_its_rows() {
        let mut office = office(4, &[]).unwrap();
        office.days = 1.0;
        let rows = office.run().dns;
        let whole = dns_log(&rows, Format::Tsv);
        let (one, two) = rows.split_at(rows.len() / 3);
        let (one, two) = (dns_log(one, Format::Tsv), dns_log(two, Format::Tsv));
        let joined = [open(&one), records(&two)].concat();
        assert_eq!(records(&joined), records(&whole));
        assert!(joined.starts_with(b"#separator") && !joined.ends_with(b"#close"));
        assert_eq!(
            memchr::memchr_iter(b'\n', records(&whole)).count(),
            rows.len()
        );
        assert_eq!(records(&dns_log(&[], Format::Tsv)), b"");
    }
}

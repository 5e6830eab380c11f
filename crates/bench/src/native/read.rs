//! Reading a log: its lines alone, its records, the benchmark's features, and the phases of a scan.
//!
//! In: a file. Out: a line of JSON: seconds, and the answer. Must not know: what the answer is compared with.

use super::Outcome;
use std::fs::File;
use std::io::Read as _;
use std::time::Instant;
use wakeful_bench::features::{Features, Read};
use wakeful_engine::Session;
use wakeful_logs::Reader;

/// Bytes a read, as the command line has it.
const CHUNK: usize = 1 << 18;

fn each_chunk(path: &str, mut each: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            count => each(&buffer[..count]),
        }
    }
}

fn say(start: Instant, answer: &str) {
    println!("{{\"seconds\":{},{answer}}}", start.elapsed().as_secs_f64());
}

pub(crate) fn lines(path: &str) -> Outcome {
    let start = Instant::now();
    let mut lines = 0;
    each_chunk(path, |chunk| {
        lines += memchr::memchr_iter(b'\n', chunk).count();
    })?;
    say(start, &format!("\"lines\":{lines}"));
    Ok(())
}

pub(crate) fn read(path: &str) -> Outcome {
    let start = Instant::now();
    let (mut reader, mut read) = (Reader::new(), Read::default());
    each_chunk(path, |chunk| reader.feed(chunk, &mut read))?;
    let summary = reader.finish(&mut read);
    say(start, &format!("\"rows\":{}", summary.records()));
    Ok(())
}

pub(crate) fn features(path: &str) -> Outcome {
    let start = Instant::now();
    let (mut reader, mut features) = (Reader::new(), Features::default());
    each_chunk(path, |chunk| reader.feed(chunk, &mut features))?;
    reader.finish(&mut features);
    say(start, &features.answer().json());
    Ok(())
}

/// What of a scan is reading and aggregating, and what is scoring and explaining.
pub(crate) fn phases(path: &str) -> Outcome {
    let start = Instant::now();
    let mut session = Session::new();
    session.open(path);
    each_chunk(path, |chunk| session.feed(chunk))?;
    session.close();
    let read = start.elapsed().as_secs_f64();
    let report = session.report();
    let whole = start.elapsed().as_secs_f64();
    let findings = report.findings.len();
    println!(
        "{{\"seconds\":{whole},\"scoring\":{},\"findings\":{findings}}}",
        whole - read
    );
    Ok(())
}

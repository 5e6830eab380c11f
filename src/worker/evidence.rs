//! The records behind a finding, read again from where they lie.
//!
//! In: a finished scan, a finding's id. Out: its first records, decoded for display.
//! Must not know: why these records belong to the finding.
//!
//! Rows are not kept in memory: the session knows input, offset and length of the first ones of
//! each finding. A plain file is read at those places; a packed one from its beginning.

use wakeful_engine::Place;
use wakeful_engine::detectors::shown;
use wakeful_engine::order;
use wakeful_logs::{Extract, qtype_name};

use super::scan::Finished;
use super::source::{Bytes, Source};
use crate::browser::stream::Chunks;
use crate::wire::{Event, RecordRow};

/// The answer to a request for records.
pub async fn gather(finished: &Finished, finding: String) -> Event {
    let places = finished.session.borrow().places(&finding);
    let mut rows: Vec<Option<RecordRow>> = places.iter().map(|_| None).collect();
    let mut problem = None;
    for (input, source) in finished.sources.iter().enumerate() {
        let wanted: Vec<usize> = (0..places.len())
            .filter(|&at| places[at].input == input)
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let here: Vec<&Place> = wanted.iter().map(|&at| &places[at]).collect();
        match lines(source, &here).await {
            Ok(found) => {
                for (&at, line) in wanted.iter().zip(found) {
                    rows[at] = line.map(|line| row(finished, source, &places[at], &line));
                }
            }
            Err(error) => {
                problem = Some(format!(
                    "{} could not be read again ({error}): it may have been moved or changed. \
                     Drop it again to see its records.",
                    source.name
                ));
            }
        }
    }
    if problem.is_none() && rows.iter().any(Option::is_none) {
        problem = Some("Some records are not where they were: a file has changed.".to_owned());
    }
    Event::Records {
        scan: finished.scan,
        total: finished.totals.get(&finding).copied().unwrap_or_default(),
        types: types(finished, &finding),
        finding,
        rows: rows.into_iter().flatten().collect(),
        problem,
    }
}

/// How often the channel of a finding asked for each record type, the most frequent first; none for
/// a finding without a domain, and where the log has no types.
fn types(finished: &Finished, finding: &str) -> Vec<(String, u64)> {
    let Some((client, domain)) = finished.ends.get(finding) else {
        return Vec::new();
    };
    let session = finished.session.borrow();
    let mut types: Vec<(String, u64)> = session
        .analysis()
        .dns_channels()
        .find(|ends| shown(ends.other) == *domain && shown(ends.client) == *client)
        .map(|ends| &ends.channel.qtypes)
        .into_iter()
        .flatten()
        .map(|(qtype, count)| (qtype_name(*qtype), *count))
        .collect();
    order::by(&mut types, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    types
}

/// The answer to a request for what a finding's names carried.
pub fn payload(finished: &Finished, finding: String) -> Event {
    Event::Payload {
        scan: finished.scan,
        payload: finished.session.borrow().payload(&finding),
        finding,
    }
}

fn row(finished: &Finished, source: &Source, place: &Place, line: &[u8]) -> RecordRow {
    RecordRow {
        input: source.name.clone(),
        offset: place.offset,
        fields: finished.session.borrow().fields(place, line),
    }
}

/// The lines at some places of one input, in the order of the places.
async fn lines(source: &Source, places: &[&Place]) -> Result<Vec<Option<Vec<u8>>>, String> {
    if places.iter().any(|place| place.packed) {
        return unpack(source, places).await;
    }
    let mut found = Vec::with_capacity(places.len());
    for place in places {
        let line = match &source.bytes {
            Bytes::File(file) => file.part(place.offset, place.len).await?,
            Bytes::Held(bytes) => {
                let start = place.offset as usize;
                let end = start.saturating_add(place.len as usize);
                bytes.get(start..end).unwrap_or_default().to_vec()
            }
        };
        found.push((line.len() == place.len as usize).then_some(line));
    }
    Ok(found)
}

async fn unpack(source: &Source, places: &[&Place]) -> Result<Vec<Option<Vec<u8>>>, String> {
    let wanted: Vec<(u64, u32)> = places
        .iter()
        .map(|place| (place.offset, place.len))
        .collect();
    let mut extract = Extract::new(&wanted);
    match &source.bytes {
        Bytes::Held(bytes) => extract.feed(bytes),
        Bytes::File(file) => {
            let mut chunks = Chunks::open(file);
            let mut chunk = Vec::new();
            while !extract.done() && chunks.next(&mut chunk).await? {
                extract.feed(&chunk);
            }
            chunks.cancel().await;
        }
    }
    Ok(extract.finish())
}

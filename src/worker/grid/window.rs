//! The rows of a window, read again from where they lie.
//!
//! In: rows that passed, a window. Out: their cells as text.
//! Must not know: why they passed.

use super::cells::{Picker, shown};
use super::index::RowPlace;
use super::{Known, Passed};
use crate::wire::grid::{Log, Row, Window};
use wakeful_engine::order;

/// Rows of a window at most.
pub(super) const MOST_ROWS: u32 = 500;
/// Bytes of a cell where the window does not ask for whole ones.
const CELL: usize = 240;
/// Lines that are no further apart are read together.
const GAP: u64 = 16 << 10;
/// Bytes that are read together.
const TOGETHER: u64 = 1 << 20;

/// A row of the window and where it lies.
type Placed = (u32, RowPlace);

/// The rows, and a sentence where some could not be read.
pub async fn rows(
    known: &Known,
    log: Log,
    passed: &Passed,
    window: &Window,
) -> (Vec<Row>, Option<String>) {
    let table = known.index.table(log);
    let wanted: Vec<Placed> = (window.from
        ..window.from.saturating_add(window.count.min(MOST_ROWS)))
        .map_while(|at| passed.get(at))
        .filter_map(|row| Some((row, table.place(row)?)))
        .collect();
    let mut lines: Vec<Option<Vec<u8>>> = vec![None; wanted.len()];
    let mut problem = None;
    for (input, store) in known.stores.iter().enumerate() {
        let reads = together(&wanted, input as u32);
        let ranges: Vec<(u64, u32)> = reads
            .iter()
            .map(|(from, to, _)| (*from, (to - from) as u32))
            .collect();
        if ranges.is_empty() {
            continue;
        }
        match store.read(&ranges).await {
            Ok(parts) => {
                for ((from, _, members), part) in reads.iter().zip(parts) {
                    for &at in members {
                        let place = &wanted[at].1;
                        let start = (place.offset - from) as usize;
                        lines[at] = part
                            .get(start..start + place.len as usize)
                            .map(<[u8]>::to_vec);
                    }
                }
            }
            Err(error) => {
                problem = Some(format!(
                    "{} could not be read again ({error}): it may have been moved or changed. \
                     Drop it again to see its records.",
                    known.told.inputs[input]
                ));
            }
        }
    }
    if problem.is_none() && lines.iter().any(Option::is_none) {
        problem = Some(
            "Some rows are not where they were: a file has changed. Drop it again.".to_owned(),
        );
    }
    (cells(known, window, &wanted, &lines), problem)
}

fn cells(known: &Known, window: &Window, wanted: &[Placed], lines: &[Option<Vec<u8>>]) -> Vec<Row> {
    let most = if window.whole { usize::MAX } else { CELL };
    let picker = Picker::new(&window.columns, &known.headers);
    wanted
        .iter()
        .zip(lines)
        .map(|((id, place), line)| {
            let (cells, cut) = match line {
                Some(line) => picker.pick(line, known.header(place), |cells| texts(cells, most)),
                None => (vec![None; window.columns.len()], Vec::new()),
            };
            Row {
                id: *id,
                input: place.input,
                cells,
                cut,
            }
        })
        .collect()
}

/// Cells as text, at most so many bytes of each, and the places of those that are longer.
fn texts(cells: &[Option<&[u8]>], most: usize) -> (Vec<Option<String>>, Vec<u32>) {
    let cut = (0..)
        .zip(cells)
        .filter(|(_, cell)| cell.is_some_and(|text| text.len() > most))
        .map(|(at, _)| at);
    let texts = cells.iter().map(|cell| cell.map(|text| shown(text, most)));
    (texts.collect(), cut.collect())
}

/// What of an input is read at once: from, to, and the positions of the rows in it.
fn together(wanted: &[Placed], input: u32) -> Vec<(u64, u64, Vec<usize>)> {
    let mut members: Vec<usize> = (0..wanted.len())
        .filter(|&at| wanted[at].1.input == input)
        .collect();
    order::by_key(&mut members, |&at| wanted[at].1.offset);
    let mut reads: Vec<(u64, u64, Vec<usize>)> = Vec::new();
    for at in members {
        let place = &wanted[at].1;
        let end = place.offset + u64::from(place.len);
        match reads.last_mut() {
            Some((from, to, members)) if place.offset <= *to + GAP && end - *from <= TOGETHER => {
                *to = end.max(*to);
                members.push(at);
            }
            _ => reads.push((place.offset, end, vec![at])),
        }
    }
    reads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_is_cut_is_named_and_one_that_ends_so_by_itself_is_not() {
        let cells = [Some(b"abcdef".as_slice()), None, Some("ab…".as_bytes())];
        let (short, cut) = texts(&cells, 5);
        assert_eq!(short, [Some("abcde…".into()), None, Some("ab…".into())]);
        assert_eq!(cut, [0]);
        assert!(texts(&cells, 6).1.is_empty());
    }

    #[test]
    fn near_lines_are_read_together_and_each_is_within_its_part() {
        let offsets = [0, 100_000, 50, 2_000_000, 100_050, 2_000_020, 7];
        let wanted: Vec<Placed> = offsets
            .iter()
            .enumerate()
            .map(|(at, &offset)| {
                let place = RowPlace {
                    input: u32::from(at == 6),
                    header: None,
                    offset,
                    len: 20,
                };
                (at as u32, place)
            })
            .collect();
        let reads = together(&wanted, 0);
        assert_eq!(reads.len(), 3);
        let mut members: Vec<usize> = reads
            .iter()
            .flat_map(|(_, _, members)| members.clone())
            .collect();
        members.sort_unstable();
        assert_eq!(members, [0, 1, 2, 3, 4, 5]);
        for (from, to, members) in &reads {
            for &at in members {
                let place = &wanted[at].1;
                assert!(*from <= place.offset && place.offset + 20 <= *to);
            }
        }
    }
}

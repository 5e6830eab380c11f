//! Where every row of both logs lies.
//!
//! In: the places of records, input by input. Out: a row's place by its number.
//! Must not know: what stands in a row.
//!
//! A row takes eight bytes: 43 bits of offset (inputs up to 8 TB unpacked) and 21 bits of length
//! (the reader's longest line has 2^20 bytes). Input and header are kept once a stretch of rows.

use wakeful_logs::{At, ConnRecord, DnsRecord, Sink};

use crate::wire::grid::Log;

/// Rows of a log that are kept at most: 20 million take 160 MB.
pub const MOST_ROWS: usize = 20_000_000;

const LENGTH_BITS: u32 = 21;

/// Where a row lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowPlace {
    /// The input's number.
    pub input: u32,
    /// The header above it, as a position in the input's headers; `None` for JSON.
    pub header: Option<u32>,
    /// The first byte of its line in the unpacked input.
    pub offset: u64,
    /// The line's length in bytes.
    pub len: u32,
}

/// The rows of one log.
#[derive(Debug, Default)]
pub struct Table {
    /// Stretches of rows of one input under one header: the first row's number, input, header.
    stretches: Vec<(u32, u32, Option<u32>)>,
    rows: Vec<u64>,
    /// Rows that were not kept.
    pub beyond: u64,
}

impl Table {
    /// How many rows there are.
    pub fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> u64 {
        (self.rows.capacity() * 8 + self.stretches.capacity() * 16) as u64
    }

    fn push(&mut self, input: u32, at: At) {
        let offset = at.offset << LENGTH_BITS;
        if self.rows.len() >= MOST_ROWS || offset >> LENGTH_BITS != at.offset {
            self.beyond += 1;
            return;
        }
        let stretch = self
            .stretches
            .last()
            .map(|&(_, input, header)| (input, header));
        if stretch != Some((input, at.header)) {
            self.stretches.push((self.len(), input, at.header));
        }
        self.rows.push(offset | u64::from(at.len));
    }

    /// Drops the rows of an input that lie beyond a byte: they cannot be read again.
    pub fn cut(&mut self, input: u32, end: u64) {
        while let Some(place) = self
            .rows
            .len()
            .checked_sub(1)
            .and_then(|row| self.place(row as u32))
        {
            if place.input != input || place.offset + u64::from(place.len) <= end {
                return;
            }
            self.rows.pop();
            self.beyond += 1;
            if self
                .stretches
                .last()
                .is_some_and(|stretch| stretch.0 == self.len())
            {
                self.stretches.pop();
            }
        }
    }

    /// Where a row lies.
    pub fn place(&self, row: u32) -> Option<RowPlace> {
        let packed = *self.rows.get(row as usize)?;
        let after = self
            .stretches
            .partition_point(|&(first, _, _)| first <= row);
        let &(_, input, header) = self.stretches.get(after.checked_sub(1)?)?;
        Some(RowPlace {
            input,
            header,
            offset: packed >> LENGTH_BITS,
            len: (packed & ((1 << LENGTH_BITS) - 1)) as u32,
        })
    }

    /// The headers that have rows, each once: input and position among its headers.
    pub fn headers(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut known: Vec<(u32, u32)> = self
            .stretches
            .iter()
            .filter_map(|&(_, input, header)| Some((input, header?)))
            .collect();
        known.sort_unstable();
        known.dedup();
        known.into_iter()
    }

    /// The first rows of each stretch of JSON: where columns can be learnt.
    pub fn heads(&self, most: u32) -> Vec<u32> {
        let ends = self
            .stretches
            .iter()
            .skip(1)
            .map(|stretch| stretch.0)
            .chain([self.len()]);
        self.stretches
            .iter()
            .zip(ends)
            .filter(|((_, _, header), _)| header.is_none())
            .flat_map(|(&(first, _, _), end)| first..end.min(first + most))
            .take(most as usize * 8)
            .collect()
    }
}

/// Takes the places of an input's records.
#[derive(Debug, Default)]
pub struct Index {
    /// `dns.log`
    pub dns: Table,
    /// `conn.log`
    pub conn: Table,
    /// The input at hand.
    pub input: u32,
}

impl Index {
    /// The rows of a log.
    pub fn table(&self, log: Log) -> &Table {
        match log {
            Log::Dns => &self.dns,
            Log::Conn => &self.conn,
        }
    }
}

impl Sink for Index {
    fn dns(&mut self, _record: &DnsRecord<'_>, at: At) {
        self.dns.push(self.input, at);
    }

    fn conn(&mut self, _record: &ConnRecord<'_>, at: At) {
        self.conn.push(self.input, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(offset: u64, len: u32, header: Option<u32>) -> At {
        At {
            line: 1,
            offset,
            len,
            header,
        }
    }

    #[test]
    fn every_row_comes_back_from_where_it_was_put() {
        let mut table = Table::default();
        let wanted: Vec<RowPlace> = (0..1000_u32)
            .map(|row| RowPlace {
                input: row / 300,
                header: (row % 7 == 0).then_some(row / 100),
                offset: u64::from(row % 300) * 5_000_000_000,
                len: 1 + row * 1000 % (1 << 20),
            })
            .collect();
        for place in &wanted {
            table.push(place.input, at(place.offset, place.len, place.header));
        }
        let read: Vec<RowPlace> = (0..1000).filter_map(|row| table.place(row)).collect();
        assert_eq!(read, wanted);
        assert_eq!(table.place(1000), None);
    }

    #[test]
    fn rows_beyond_a_byte_are_counted_and_gone() {
        let mut table = Table::default();
        table.push(0, at(0, 10, None));
        for row in 0..10 {
            table.push(1, at(row * 100, 50, Some(0)));
        }
        table.cut(1, 250);
        assert_eq!((table.len(), table.beyond), (4, 7));
        assert_eq!(table.place(3).map(|place| place.offset), Some(200));
        table.cut(1, 0);
        assert_eq!((table.len(), table.beyond), (1, 10));
        assert_eq!(table.place(0).map(|place| place.input), Some(0));
    }

    #[test]
    fn an_offset_too_large_to_keep_is_counted() {
        let mut table = Table::default();
        table.push(0, at(1 << 43, 1, None));
        assert_eq!((table.len(), table.beyond), (0, 1));
    }
}

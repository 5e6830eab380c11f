//! The inputs of a scan, whole or in pieces.
//!
//! In: names, and what was read under them. Out: for each input one summary, as one pass over it gives
//! it, and where places in a piece lie in the whole. Must not know: records.
//!
//! Pieces of one input find each other by its name and by how many they are, in any order of merging.

use crate::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wakeful_logs::piece::{Base, Fault, PieceSummary, join};
use wakeful_logs::{Header, Kind, Summary};

/// Which piece of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Counted from 1, in the order of the input.
    pub number: u32,
    /// How many there are, at most [`Piece::MOST`].
    pub of: u32,
}

impl Piece {
    /// An input comes in no more pieces.
    pub const MOST: u32 = 1 << 16;

    /// Whether there can be such a piece.
    #[must_use]
    pub fn is_sound(self) -> bool {
        (1..=self.of).contains(&self.number) && self.of <= Self::MOST
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Input {
    name: String,
    read: Read,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Read {
    /// Not at all so far: its place among the others is kept for it.
    Awaited,
    Whole(Summary),
    Pieces {
        of: u32,
        pieces: BTreeMap<u32, PieceSummary>,
    },
}

/// What was read, input by input.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Inputs(Vec<Input>);

/// One input as one pass would have read it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) summary: Summary,
    /// Where its pieces lie; none of an input that was read whole.
    bases: BTreeMap<u32, Base>,
    /// Why its report is not that of one pass, in a sentence each.
    pub(crate) faults: Vec<String>,
}

impl Inputs {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Gives an input that will be read, here or elsewhere, the next number.
    pub(crate) fn expect(&mut self, name: String) {
        self.0.push(Input {
            name,
            read: Read::Awaited,
        });
    }

    /// The first of this name that is awaited.
    fn awaited(&self, name: &str) -> Option<usize> {
        let mut inputs = self.0.iter();
        inputs.position(|input| input.name == name && matches!(input.read, Read::Awaited))
    }

    /// The number of an input that is read next, whole.
    pub(crate) fn of_whole(&self, name: &str) -> usize {
        self.awaited(name).unwrap_or(self.len())
    }

    /// Adds an input that was read whole, under the number that [`Inputs::of_whole`] gave.
    pub(crate) fn add(&mut self, at: usize, name: String, summary: Summary) {
        let read = Read::Whole(summary);
        match self.0.get_mut(at) {
            Some(input) => input.read = read,
            None => self.0.push(Input { name, read }),
        }
    }

    /// Which input a piece that is read next belongs to; `None` where one after it was read before, for
    /// the places of records are kept in the order of reading.
    pub(crate) fn of_piece(&self, name: &str, piece: Piece) -> Option<usize> {
        let same = |input: &Input| input.is_family(name, piece.of);
        match self.0.iter().rposition(same) {
            None => Some(self.of_whole(name)),
            Some(at) => (self.0[at + 1..].iter().all(Input::is_awaited)
                && matches!(&self.0[at].read, Read::Pieces { pieces, .. }
                    if pieces.last_key_value().is_none_or(|(&last, _)| last < piece.number)))
            .then_some(at),
        }
    }

    /// Adds a piece to the input that [`Inputs::of_piece`] named.
    pub(crate) fn add_piece(&mut self, at: usize, name: String, piece: Piece, read: PieceSummary) {
        let none = Read::Pieces {
            of: piece.of,
            pieces: BTreeMap::new(),
        };
        match self.0.get_mut(at) {
            None => self.0.push(Input { name, read: none }),
            Some(input) if input.is_awaited() => input.read = none,
            Some(_) => {}
        }
        if let Some(Input {
            read: Read::Pieces { pieces, .. },
            ..
        }) = self.0.get_mut(at)
        {
            pieces.insert(piece.number, read);
        }
    }

    /// Adds another's inputs; pieces go to those of the same input. Gives for each of the other's
    /// inputs its number here.
    pub(crate) fn merge(&mut self, other: Self) -> Vec<u32> {
        other
            .0
            .into_iter()
            .map(|input| {
                let at = self.home(&input);
                match (at.and_then(|at| self.0.get_mut(at)), input.read) {
                    (
                        Some(Input {
                            read: Read::Pieces { pieces, .. },
                            ..
                        }),
                        Read::Pieces { pieces: more, .. },
                    ) => pieces.extend(more),
                    (Some(awaited), read) => awaited.read = read,
                    (None, read) => self.0.push(Input {
                        name: input.name,
                        read,
                    }),
                }
                at.unwrap_or(self.len() - 1) as u32
            })
            .collect()
    }

    /// The input that has other pieces of this one, and none of the same; or the place that is kept for it.
    fn home(&self, of: &Input) -> Option<usize> {
        let Read::Pieces {
            of: count,
            pieces: more,
        } = &of.read
        else {
            return self.awaited(&of.name).filter(|_| !of.is_awaited());
        };
        let family = self.0.iter().position(|known| {
            known.is_family(&of.name, *count)
                && matches!(&known.read, Read::Pieces { pieces, .. }
                    if more.keys().all(|number| !pieces.contains_key(number)))
        });
        family.or_else(|| self.awaited(&of.name))
    }

    fn summaries(&self) -> impl Iterator<Item = &Summary> {
        self.0.iter().flat_map(|input| {
            let (whole, pieces) = match &input.read {
                Read::Awaited => (None, None),
                Read::Whole(summary) => (Some(summary), None),
                Read::Pieces { pieces, .. } => (None, Some(pieces)),
            };
            let pieces = pieces.into_iter().flat_map(BTreeMap::values);
            whole.into_iter().chain(pieces.map(|piece| &piece.summary))
        })
    }

    /// Records of `dns.log` and of `conn.log`.
    pub(crate) fn records(&self) -> [u64; 2] {
        self.summaries().fold([0, 0], |[dns, conn], summary| {
            [
                dns.saturating_add(summary.dns),
                conn.saturating_add(summary.conn),
            ]
        })
    }

    /// Whether one of them is a `dns.log` or a `conn.log`.
    pub(crate) fn any_read(&self) -> bool {
        self.summaries().any(|summary| summary.kind != Kind::Other)
    }

    /// Whether an input, read from bytes that anybody could have written, can have come from reading.
    pub(crate) fn are_sound(&self) -> bool {
        self.0.iter().all(|input| match &input.read {
            Read::Awaited => false,
            Read::Whole(summary) => summary.is_sound(),
            Read::Pieces { of, pieces } => pieces.iter().all(|(&number, piece)| {
                Piece { number, of: *of }.is_sound() && piece.summary.is_sound()
            }),
        })
    }

    /// Whether a record can lie there.
    pub(crate) fn holds(&self, place: &Place) -> bool {
        let summary = match self.0.get(place.input).map(|input| &input.read) {
            Some(Read::Whole(summary)) if place.piece == 0 => Some(summary),
            Some(Read::Pieces { pieces, .. }) => {
                pieces.get(&place.piece).map(|piece| &piece.summary)
            }
            _ => None,
        };
        summary.is_some_and(|summary| {
            place
                .header
                .is_none_or(|header| (header as usize) < summary.headers.len())
        })
    }

    /// Whether an input is still awaited.
    pub(crate) fn awaits(&self, at: usize) -> bool {
        self.0.get(at).is_some_and(Input::is_awaited)
    }

    /// Each input as one pass would have read it, in the order of the numbers.
    pub(crate) fn told(&self) -> Vec<Told> {
        let mut met: Vec<(&str, u32)> = Vec::new();
        self.0
            .iter()
            .map(|input| {
                let mut told = input.told();
                if let Read::Pieces { of, .. } = &input.read {
                    // Pieces that are one input each, under a header given, may well share a name.
                    if *of > 1 && met.contains(&(&input.name, *of)) {
                        told.faults.push(format!("Pieces of {} were merged twice, or two logs have this name, and their rows count twice; merge each piece once, and give pieces of another log another name (--name).", input.name));
                    }
                    met.push((&input.name, *of));
                }
                for fault in told.faults.iter().rev() {
                    told.summary.problems.add_first(fault.clone());
                }
                told
            })
            .collect()
    }

    /// The header that a record stands under; the place is in the whole.
    pub(crate) fn header(&self, place: &Place) -> Option<Header> {
        let header = place.header? as usize;
        match &self.0.get(place.input)?.read {
            Read::Awaited => None,
            Read::Whole(summary) => summary.headers.get(header).cloned(),
            Read::Pieces { of, pieces } => join(pieces, *of).summary.headers.get(header).cloned(),
        }
    }
}

impl Input {
    fn is_awaited(&self) -> bool {
        matches!(self.read, Read::Awaited)
    }

    /// Whether pieces of an input of this name, that came in so many, belong here.
    fn is_family(&self, name: &str, count: u32) -> bool {
        self.name == name && matches!(self.read, Read::Pieces { of, .. } if of == count)
    }

    fn told(&self) -> Told {
        let name = self.name.clone();
        match &self.read {
            // Nothing is said of what was not read; it only holds its number.
            Read::Awaited => Told {
                name,
                summary: Summary::unread(),
                bases: BTreeMap::new(),
                faults: Vec::new(),
            },
            Read::Whole(summary) => Told {
                name,
                summary: summary.clone(),
                bases: BTreeMap::new(),
                faults: Vec::new(),
            },
            Read::Pieces { of, pieces } => {
                let joined = join(pieces, *of);
                let faults = joined
                    .faults
                    .iter()
                    .map(|fault| sentence(&name, *of, fault))
                    .collect();
                Told {
                    name,
                    summary: joined.summary,
                    bases: joined.bases,
                    faults,
                }
            }
        }
    }
}

impl Told {
    /// A place in a piece as a place in the whole; `None` where pieces before it are missing.
    pub(crate) fn whole(&self, place: Place) -> Option<Place> {
        let place = Place {
            packed: self.summary.gzip,
            ..place
        };
        if place.piece == 0 {
            return Some(place);
        }
        let base = self.bases.get(&place.piece)?;
        Some(Place {
            piece: 0,
            offset: base.offset? + place.offset,
            header: place
                .header
                .and_then(|header| base.headers.get(header as usize))
                .copied(),
            ..place
        })
    }
}

/// What is wrong, and the next step.
fn sentence(name: &str, of: u32, fault: &Fault) -> String {
    const SHOWN: usize = 8;
    match fault {
        Fault::Missing(numbers) => {
            let mut list: Vec<String> = numbers.iter().take(SHOWN).map(u32::to_string).collect();
            if numbers.len() > SHOWN {
                list.push("…".to_owned());
            }
            format!(
                "{} of the {of} pieces of {name} are missing ({}), and their rows with them; make them (wakeful partial --slice) and merge them too.",
                numbers.len(),
                list.join(", ")
            )
        }
        Fault::Header(number) => format!(
            "Piece {number} of {of} of {name} was read under another header than the one that stands above it, so its rows mean something else; read it again without --header, or {name} in one piece."
        ),
        Fault::Place(number) => format!(
            "Piece {number} of {of} of {name} does not begin where the one before it ends, as when the log grew in between; make all pieces again of a log that is no longer written."
        ),
        Fault::TooVaried => format!(
            "{name} has more different headers or logs in it than are told apart; read it in one piece."
        ),
    }
}

//! What crosses between the page and its worker: [`Command`] one way, [`Event`] the other.
//!
//! Both are postcard bytes in an `ArrayBuffer`, behind a version number ([`WIRE_VERSION`]);
//! `File` objects travel beside a command, as they are, and are named in it by position.
//! The larger subjects have files of their own: [`grid`] (rows), [`explore`] (channels),
//! [`trial`] (a tunnel in the user's own log), [`crew`] (workers that read together).
//! Must not know: what either side does with a message.

pub mod crew;
pub mod explore;
pub mod grid;
pub mod trial;

use serde::{Deserialize, Serialize};
use wakeful_engine::report::{Counts, Finding, Payload, Report};

use crate::state::saved::Beside;

/// Both sides come from one build; the number guards against a page and a worker of two builds.
pub const WIRE_VERSION: u32 = 8;

/// What all workers together may hold of the records, in bytes: with what judging takes on top, a tab
/// stays below a gigabyte.
pub const BUDGET: u64 = 400 << 20;

/// The page asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Read and analyse inputs; a scan that is running ends. Beside it stands a line to each reader that
    /// helps.
    Scan {
        /// Comes back in every event of this scan.
        scan: u32,
        /// In any order: the worker sorts them by name.
        inputs: Vec<ScanInput>,
        /// Whether the reader beside it hands on rows, and not a result of its own.
        relay: bool,
    },
    /// Be a reader: take errands from the line beside this.
    Serve {
        /// What it may hold of the records, in bytes.
        budget: u64,
    },
    /// A reader has died: go on without any.
    Alone {
        /// Which scan.
        scan: u32,
    },
    /// Stop the scan; answered by [`Event::Cancelled`].
    Cancel {
        /// Which one.
        scan: u32,
    },
    /// The records behind a finding of the last finished scan.
    Records {
        /// Which scan.
        scan: u32,
        /// The finding's id.
        finding: String,
    },
    /// What the names of a finding carried.
    Payload {
        /// Which scan.
        scan: u32,
        /// The finding's id.
        finding: String,
    },
    /// Learn where the rows of the inputs lie, where that is not known yet.
    Index {
        /// Which scan.
        scan: u32,
    },
    /// Hold the rows against a sieve; one that is under way ends.
    Sift {
        /// Which scan.
        scan: u32,
        /// Comes back in the answers.
        ask: u32,
        /// Which rows, in which order.
        sieve: grid::Sieve,
    },
    /// End what [`Command::Sift`] began.
    StopSifting,
    /// Rows of the last sieve.
    Rows {
        /// Which scan.
        scan: u32,
        /// The question whose rows are meant.
        ask: u32,
        /// Which of them.
        window: grid::Window,
    },
    /// Write out the rows of the last sieve.
    Table {
        /// Which scan.
        scan: u32,
        /// The question whose rows are meant.
        ask: u32,
        /// How.
        wish: grid::TableWish,
    },
    /// The channels with their features.
    Explore {
        /// Which scan.
        scan: u32,
        /// Which channels.
        family: explore::Family,
    },
    /// Put a tunnel into the log and judge it again, beside the first result.
    Trial {
        /// Which scan; one that does not exist: into a sample.
        scan: u32,
        /// Comes back in the answers.
        ask: u32,
        /// The tunnel.
        plan: trial::Plan,
    },
    /// End what [`Command::Trial`] began.
    StopTrial,
}

/// Where the bytes of an input come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ScanInput {
    /// A `File` sent beside the command.
    File {
        /// Its place in the array of files.
        index: u32,
        /// The name to show: with its folder, where a folder was dropped.
        name: String,
    },
    /// Text that was pasted.
    Text {
        /// The name to show.
        name: String,
        /// The text.
        text: String,
    },
    /// A log of the generator.
    Sample {
        /// The scenario's name in `wakeful_lab::samples()`.
        name: String,
    },
}

/// The worker answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker runs and takes commands.
    Ready,
    /// How far the reading is; at most every 100 ms.
    Progress(Progress),
    /// What was found so far.
    Early(Early),
    /// The scan is finished.
    Done {
        /// Which scan.
        scan: u32,
        /// What it found.
        report: Box<Report>,
        /// How long it took, milliseconds.
        elapsed_ms: f64,
    },
    /// The input was a saved report.
    Opened {
        /// Which scan.
        scan: u32,
        /// What it says, for [`crate::state::saved::unpack`].
        report: Vec<u8>,
        /// What stood beside it.
        beside: Box<Beside>,
    },
    /// The scan was stopped by a command.
    Cancelled {
        /// Which scan.
        scan: u32,
    },
    /// The scan ended because something outside the logs went wrong (a file vanished …).
    Failed {
        /// Which scan.
        scan: u32,
        /// One sentence with the next step.
        what: String,
    },
    /// The records behind a finding.
    Records {
        /// Which scan.
        scan: u32,
        /// The finding's id.
        finding: String,
        /// The first records, as they stand in the files.
        rows: Vec<RecordRow>,
        /// How many the channel has in all.
        total: u64,
        /// How often it asked for each record type, the most frequent first.
        types: Vec<(String, u64)>,
        /// A sentence where records could not be read again.
        problem: Option<String>,
    },
    /// What the names of a finding carried.
    Payload {
        /// Which scan.
        scan: u32,
        /// The finding's id.
        finding: String,
        /// `None` where they are no encoding that is known.
        payload: Option<Payload>,
    },
    /// About the rows of the logs.
    Grid {
        /// Which scan.
        scan: u32,
        /// What.
        event: grid::GridEvent,
    },
    /// The channels with their features.
    Explore {
        /// Which scan.
        scan: u32,
        /// Which channels.
        family: explore::Family,
        /// Their features.
        channels: Box<explore::Channels>,
    },
    /// About a tunnel in the user's own log.
    Trial {
        /// The question.
        ask: u32,
        /// What.
        event: trial::TrialEvent,
    },
}

/// How far a scan is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Which scan.
    pub scan: u32,
    /// The input being read.
    pub input: String,
    /// Bytes read so far, of all inputs.
    pub bytes: u64,
    /// Bytes there are, of all inputs.
    pub bytes_total: u64,
    /// Records read so far.
    pub records: u64,
    /// Milliseconds since the scan began.
    pub elapsed_ms: f64,
}

/// What was found while reading goes on: it firms up, and may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Early {
    /// Which scan.
    pub scan: u32,
    /// Of how many records.
    pub records: u64,
    /// Findings by severity.
    pub counts: Counts,
    /// The first of them, ranked; at most [`Early::MOST`].
    pub findings: Vec<Finding>,
}

impl Early {
    /// So many findings are shown early.
    pub const MOST: usize = 20;
}

/// One record as it stands in its file, decoded for display.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordRow {
    /// The input's name.
    pub input: String,
    /// The line's place in the unpacked input, in bytes.
    pub offset: u64,
    /// Field name and value, in the log's own order; unset fields left out.
    pub fields: Vec<(String, String)>,
}

/// Why a message could not be written or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WireError {
    /// The message names another version than [`WIRE_VERSION`], or is too short to name one.
    Version(Option<u32>),
    /// The bytes are no message of this version.
    Garbled,
}

impl std::fmt::Display for WireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(Some(found)) => write!(
                f,
                "The page and its worker are of two builds (message version {found}, expected {WIRE_VERSION}). Reload the page."
            ),
            Self::Version(None) | Self::Garbled => f.write_str(
                "A message between the page and its worker was damaged. Reload the page.",
            ),
        }
    }
}

/// A message as bytes: the version in four bytes, then postcard.
///
/// # Errors
/// [`WireError::Garbled`] where a value cannot be written.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    let head = WIRE_VERSION.to_le_bytes().to_vec();
    postcard::to_extend(message, head).map_err(|_| WireError::Garbled)
}

/// The message that [`encode`] wrote.
///
/// # Errors
/// Where the version differs or the bytes are damaged.
pub fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    let (head, body) = bytes
        .split_first_chunk::<4>()
        .ok_or(WireError::Version(None))?;
    let version = u32::from_le_bytes(*head);
    if version != WIRE_VERSION {
        return Err(WireError::Version(Some(version)));
    }
    postcard::from_bytes(body).map_err(|_| WireError::Garbled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_went() {
        let command = Command::Scan {
            scan: 7,
            inputs: vec![
                ScanInput::File {
                    index: 0,
                    name: "a/dns.log".into(),
                },
                ScanInput::Text {
                    name: "pasted".into(),
                    text: "#fields\tts".into(),
                },
            ],
            relay: true,
        };
        let bytes = encode(&command).unwrap();
        assert_eq!(decode::<Command>(&bytes), Ok(command));
    }

    #[test]
    fn another_version_is_named_and_damage_is_seen() {
        let mut bytes = encode(&Event::Ready).unwrap();
        assert_eq!(decode::<Event>(&[1]), Err(WireError::Version(None)));
        let garbled = [&WIRE_VERSION.to_le_bytes()[..], &[200]].concat();
        assert_eq!(decode::<Event>(&garbled), Err(WireError::Garbled));
        bytes[0] = 9;
        assert_eq!(decode::<Event>(&bytes), Err(WireError::Version(Some(9))));
    }
}

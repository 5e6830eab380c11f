//! A scan as bytes: what one worker or machine hands to another that merges.
//!
//! In: a [`Session`]. Out: bytes, and from them the session again, or a [`PartialError`]. Must not know:
//! where the bytes go.
//!
//! The form: [`MAGIC`], the form's version (4 bytes), the length of Wakeful's version (1 byte) and the
//! version itself, a checksum of all that follows (8 bytes), then the state in postcard. Numbers are
//! little-endian. A partial result is read by the version that wrote it alone: what is kept of the
//! records, and what the public suffix list says of them, change from version to version.
//!
//! Anybody could have written the bytes. They are held against what reading can give; what follows from
//! names is made again; memory is taken for what is there and never for what is claimed.

use crate::Session;
use crate::analysis::{Analysis, SavedAnalysis};
use crate::hash::mixed;
use crate::inputs::Inputs;
use crate::saved::Wrong;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The first bytes of a partial result.
pub const MAGIC: &[u8; 8] = b"\x97wakeful";
/// Raised whenever the form changes.
pub const FORM: u32 = 5;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why bytes are no partial result that can be read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartialError {
    /// They do not begin as one.
    NotOne,
    /// They end too early, or their checksum is wrong.
    Damaged,
    /// Another version of Wakeful wrote them: this one.
    Version(String),
    /// They say what no reading gives: this.
    Wrong(&'static str),
}

impl std::fmt::Display for PartialError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotOne => f.write_str(
                "This is no partial result; make one of a log with wakeful partial, or read the log itself with wakeful scan.",
            ),
            Self::Damaged => f.write_str(
                "This partial result is cut short or damaged; copy it again, or make it again with wakeful partial.",
            ),
            Self::Version(version) => write!(
                f,
                "This partial result is of Wakeful {version}, and this is {VERSION}; make all of them with one version."
            ),
            Self::Wrong(what) => write!(
                f,
                "This partial result says what no log gives ({what}); make it again with wakeful partial."
            ),
        }
    }
}

impl std::error::Error for PartialError {}

impl From<Wrong> for PartialError {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong.0)
    }
}

#[derive(Serialize, Deserialize)]
struct Body<'a> {
    inputs: Cow<'a, Inputs>,
    #[serde(borrow)]
    analysis: SavedAnalysis<'a>,
}

/// The checksum in the head, of all behind the head. It tells damage, not malice.
#[must_use]
pub fn checksum(body: &[u8]) -> u64 {
    mixed(body)
}

/// A form's version, and Wakeful's: only where both are the same can the state be read.
fn head() -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend(FORM.to_le_bytes());
    head.push(VERSION.len() as u8);
    head.extend(VERSION.as_bytes());
    head
}

impl Session {
    /// This scan as bytes; an input that is open is ended. Scans of the same inputs in the same order give
    /// the same bytes.
    ///
    /// # Errors
    /// [`PartialError::Damaged`] where the state cannot be written, which does not happen to one that was
    /// read.
    // In line, so that whoever calls it decides whether it is built for speed or for size: it is made of
    // many small pieces of code that run once a scan.
    #[inline]
    pub fn to_partial(&mut self) -> Result<Vec<u8>, PartialError> {
        self.close();
        let body = Body {
            inputs: Cow::Borrowed(self.inputs()),
            analysis: self.analysis().save(),
        };
        let mut bytes = head();
        let at = bytes.len();
        bytes.extend([0; 8]);
        // As a rule more than it becomes: to double on the way would take its room twice.
        bytes.reserve(self.analysis().held() as usize / 2);
        let mut bytes = postcard::to_extend(&body, bytes).map_err(|_| PartialError::Damaged)?;
        let sum = checksum(&bytes[at + 8..]).to_le_bytes();
        bytes[at..at + 8].copy_from_slice(&sum);
        Ok(bytes)
    }

    /// The scan that [`Session::to_partial`] wrote: its report is the same, and it merges.
    ///
    /// # Errors
    /// Where the bytes are no such scan of this version.
    #[inline]
    pub fn from_partial(bytes: &[u8]) -> Result<Self, PartialError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(PartialError::NotOne)?;
        let (form, rest) = rest.split_first_chunk::<4>().ok_or(PartialError::Damaged)?;
        let (&length, rest) = rest.split_first().ok_or(PartialError::Damaged)?;
        let (version, rest) = rest
            .split_at_checked(usize::from(length))
            .ok_or(PartialError::Damaged)?;
        if (u32::from_le_bytes(*form), version) != (FORM, VERSION.as_bytes()) {
            let version: String = String::from_utf8_lossy(version)
                .chars()
                .filter(|shown| !shown.is_control())
                .collect();
            return Err(PartialError::Version(format!(
                "{version} (form {})",
                u32::from_le_bytes(*form)
            )));
        }
        let (sum, body) = rest.split_first_chunk::<8>().ok_or(PartialError::Damaged)?;
        if u64::from_le_bytes(*sum) != checksum(body) {
            return Err(PartialError::Damaged);
        }
        let (body, behind): (Body<'_>, _) =
            postcard::take_from_bytes(body).map_err(|_| PartialError::Damaged)?;
        Wrong("bytes behind the end").unless(behind.is_empty())?;
        let inputs = body.inputs.into_owned();
        Wrong("the counts of an input").unless(inputs.are_sound())?;
        let analysis = Analysis::restore(body.analysis, |place| inputs.holds(place))?;
        Wrong("the number of rows").unless(inputs.records() == analysis.rows())?;
        Ok(Self::restored(inputs, analysis))
    }
}

//! Gzip, pushed: packed bytes in, unpacked bytes out, any number of members.
//!
//! Must not know: what the bytes are. Memory stays bounded whatever the ratio: packed bytes go
//! in by [`PIECE`], so that at most a thousand times as much comes out at once.

use flate2::write::MultiGzDecoder;
use std::io::Write;

/// Packed bytes a step. Deflate's ratio is at most 1032, so a step gives at most 16 MiB.
const PIECE: usize = 16 * 1024;

/// How a gzip stream ended before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The bytes ended within a member.
    Truncated,
    /// The bytes are no gzip from somewhere on, or a checksum is wrong.
    Corrupt,
}

pub(crate) struct Inflate {
    decoder: MultiGzDecoder<Vec<u8>>,
    corrupt: bool,
}

impl Inflate {
    pub(crate) fn new() -> Self {
        Self {
            decoder: MultiGzDecoder::new(Vec::new()),
            corrupt: false,
        }
    }

    /// Unpacks `packed` and hands out what comes, in pieces.
    pub(crate) fn feed(&mut self, packed: &[u8], mut out: impl FnMut(&[u8])) {
        for piece in packed.chunks(PIECE) {
            if self.corrupt {
                return;
            }
            self.corrupt = self.decoder.write_all(piece).is_err() || self.decoder.flush().is_err();
            self.hand_out(&mut out);
        }
    }

    /// Hands out what is left.
    pub(crate) fn finish(mut self, mut out: impl FnMut(&[u8])) -> Result<(), Broken> {
        let ended = if self.corrupt {
            Err(Broken::Corrupt)
        } else {
            self.decoder.try_finish().map_err(|_| Broken::Truncated)
        };
        self.hand_out(&mut out);
        ended
    }

    fn hand_out(&mut self, out: &mut impl FnMut(&[u8])) {
        let unpacked = self.decoder.get_mut();
        if !unpacked.is_empty() {
            out(unpacked);
            unpacked.clear();
        }
    }
}

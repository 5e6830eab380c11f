//! A saved report instead of logs.
//!
//! In: the one input of a scan. Out: the report in it, if it is one.
//! Must not know: what is in a report.

use super::source::{Bytes, Source, changed};
use crate::browser::files::FileHandle;
use crate::browser::stream::Chunks;
use crate::state::saved::{HEAD, is_report};

/// A report of a hundred thousand findings has a third of this.
const MOST: u64 = 512 << 20;

/// The bytes of a saved report; `None` where the inputs are logs.
///
/// # Errors
/// A sentence where it cannot be read.
pub async fn bytes(sources: &[Source]) -> Result<Option<Vec<u8>>, String> {
    let [source] = sources else {
        return Ok(None);
    };
    let file = match &source.bytes {
        Bytes::Held(bytes) => return Ok(is_report(bytes).then(|| bytes.to_vec())),
        Bytes::File(file) => file,
    };
    let unread = |error: String| changed(&source.name, &error);
    let head = all(file, HEAD).await.map_err(unread)?;
    if !is_report(&head) {
        return Ok(None);
    }
    if file.size() > MOST {
        return Err(format!(
            "{} is larger than any report that Wakeful saves. Scan the logs again.",
            source.name
        ));
    }
    all(file, file.size()).await.map(Some).map_err(unread)
}

/// The first bytes of a file.
async fn all(file: &FileHandle, to: u64) -> Result<Vec<u8>, String> {
    let mut chunks = Chunks::open_range(file, 0, to)?;
    let (mut all, mut chunk) = (Vec::new(), Vec::new());
    while chunks.next(&mut chunk).await? {
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

//! DNSExfiltrator: a file in numbered pieces.
//!
//! Layout (the tool's `readme.md` and server): first `init.` and base 32 (RFC 4648) of `<file name>|<number of pieces>`;
//! then `<number>.` and the piece in base 64 with `-` and `_`, or base 32, in labels of 63 characters at
//! most, numbers from 0 on.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | an `init` that decodes to printable text, a bar and a number, and a numbered piece | 0.9 | 12 random bytes: (95/256)⁹ × 1/256 × (10/256)² ≈ 10⁻⁹, and the word |
//! | sixteen names whose first labels count without a gap of more than a quarter, all but the last as long as each other, seven of ten in all, pieces of 24 characters and more | 0.6 | another program may number its names; few do with so much behind |

use super::codes::{BASE32, base32};
use super::{DnsChannel, Looked, Name, Proof, number};

/// Characters of a piece.
const PIECE: usize = 24;

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let init = looked
        .iter()
        .enumerate()
        .find_map(|(at, name)| Some((at, init(&name)?)));
    let pieces: Vec<(usize, u32, usize)> = looked
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let (number, length) = piece(&name)?;
            Some((at, number, length))
        })
        .collect();
    let mut matched: Vec<usize> = pieces.iter().map(|piece| piece.0).collect();
    if let Some((at, (file, count))) = init
        && !pieces.is_empty()
    {
        matched.insert(0, at);
        return Some(looked.proof(
            "dnsexfiltrator",
            0.9,
            &matched,
            format!(
                "A name announces \"{file}\" in {count} pieces as DNSExfiltrator does, and {} names \
                 are numbered pieces.",
                pieces.len()
            ),
        ));
    }
    if pieces.len() < 16 || !looked.share(pieces.len(), 70) || !counts(&pieces) {
        return None;
    }
    Some(looked.proof(
        "numbered-pieces",
        0.6,
        &matched,
        format!(
            "{} of {} names are a running number and a piece of data of one length, as a file \
             in numbered pieces has them.",
            pieces.len(),
            looked.len()
        ),
    ))
}

/// File name and number of pieces.
fn init(name: &Name<'_>) -> Option<(String, u32)> {
    let text = name.below.strip_prefix(b"init.")?;
    // One label, or several where the file's name is long; what is no base 32 is behind.
    let first = super::labels(text).next()?;
    let decoded = [name.front.strip_prefix(b"init."), Some(first)]
        .into_iter()
        .flatten()
        .find_map(|text| base32(BASE32, text))?;
    let bar = decoded.iter().rposition(|&byte| byte == b'|')?;
    let (file, count) = (&decoded[..bar], number(&decoded[bar + 1..])?);
    let readable = file.len() >= 2 && file.iter().all(|byte| (0x20..0x7f).contains(byte));
    readable.then(|| (String::from_utf8_lossy(file).into_owned(), count))
}

/// A piece's number and length.
fn piece(name: &Name<'_>) -> Option<(u32, usize)> {
    let number = number(name.first)?;
    let rest = name.front.get(name.first.len() + 1..)?;
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let letters = rest.iter().any(u8::is_ascii_alphabetic);
    // No label but the last is shorter than the widest.
    let full = super::labels(rest)
        .rev()
        .skip(1)
        .all(|label| label.len() == 63 || label.len() >= 50);
    (rest.len() >= PIECE && full && letters && rest.iter().all(fits))
        .then_some((number, rest.len()))
}

/// Whether numbers run on, each once, and lengths are alike.
fn counts(pieces: &[(usize, u32, usize)]) -> bool {
    let mut numbers: Vec<u32> = pieces.iter().map(|piece| piece.1).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
        return false;
    };
    let span = (last - first) as usize + 1;
    let longest = pieces.iter().map(|piece| piece.2).max().unwrap_or(0);
    // A number that grows by a digit takes it from the piece.
    let alike = pieces.iter().filter(|piece| piece.2 + 4 >= longest).count();
    10 * numbers.len() >= 9 * pieces.len()
        && 4 * span <= 5 * numbers.len()
        && 10 * alike >= 9 * pieces.len()
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn an_announced_file_is_proof_and_numbered_pieces_are_an_alert() {
        let mut draw = Draw(4);
        let mut at = 0;
        let mut names = draw.names(30, |draw| {
            at += 1;
            format!(
                "{}.{}.{}.x.example.com",
                at - 1,
                draw.text(63),
                draw.text(50)
            )
        });
        assert_eq!(first(&names), Some(("numbered-pieces".to_owned(), 0.6)));
        // "report.zip|30"
        names.insert(0, "init.ojsxa33soqxhu2lqpqzta.x.example.com".to_owned());
        assert_eq!(first(&names), Some(("dnsexfiltrator".to_owned(), 0.9)));
    }

    #[test]
    fn servers_with_numbers_are_none() {
        let names: Vec<String> = (0..40)
            .map(|at| format!("{at}.europe-west.pool.example.com"))
            .collect();
        assert_eq!(first(&names), None);
        let mut draw = Draw(5);
        let hashes = draw.names(40, |draw| {
            format!("{}.{}.example.com", draw.below(100_000), draw.hex(32))
        });
        assert_eq!(first(&hashes), None);
    }
}

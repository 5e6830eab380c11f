//! dnsteal: files in look-ups of a shell loop.
//!
//! Layout (the commands that `dnsteal.py` prints): base 64 of the file in pieces, each a label with a hyphen behind, `+` as
//! `*`; up to four of them and the file's name, which stands where a domain would: the server is asked directly.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | four names and eight of ten in all of such labels and nothing else in front, six labels together, of 16 characters on average | 0.9 | a host's label does not end in a hyphen (RFC 952, RFC 1123); one of random base 64 with `-` does in 1 of 64: six, 10⁻¹¹ |

use super::{DnsChannel, Looked, Name, Proof};

/// Labels behind the data at most: a file's name.
const FILE_LABELS: usize = 3;

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let (mut matched, mut labels, mut bytes) = (Vec::new(), 0, 0);
    for (at, name) in looked.iter().enumerate() {
        if let Some((count, length)) = pieces(&name) {
            matched.push(at);
            labels += count;
            bytes += length;
        }
    }
    if matched.len() < 4 || labels < 6 || bytes < 16 * labels || !looked.share(matched.len(), 80) {
        return None;
    }
    Some(looked.proof(
        "dnsteal",
        0.9,
        &matched,
        format!(
            "{} of {} names are pieces of base 64 with a hyphen behind each, as dnsteal's commands write a \
             file.",
            matched.len(),
            looked.len()
        ),
    ))
}

/// How many pieces a name has, and their characters.
fn pieces(name: &Name<'_>) -> Option<(usize, usize)> {
    // Hardly any label ends in a hyphen.
    if !is_piece(name.first) {
        return None;
    }
    let pieces = || name.labels().take_while(|label| is_piece(label));
    let count = pieces().count();
    let mut rest = name.labels().skip(count);
    let is_file = rest.clone().count() <= FILE_LABELS && rest.all(|label| !label.ends_with(b"-"));
    is_file.then(|| (count, pieces().map(<[u8]>::len).sum()))
}

fn is_piece(label: &[u8]) -> bool {
    let fits =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'+' | b'/' | b'=');
    label
        .strip_suffix(b"-")
        .is_some_and(|data| !data.is_empty() && data.iter().all(fits))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn pieces_of_a_file_are_proof_wherever_its_name_leads() {
        let mut draw = Draw(18);
        for file in ["secret.txt", "passwd", "archive.tar.gz"] {
            let names = draw.names(5, |draw| {
                let [a, b, c] = [0; 3].map(|_: u8| draw.text(57));
                format!("{a}-.{b}-.{c}-.{file}")
            });
            assert_eq!(first(&names), Some(("dnsteal".to_owned(), 0.9)), "{file}");
            assert_eq!(first(&names[..3]), None);
        }
    }

    #[test]
    fn hyphens_elsewhere_are_nothing() {
        let mut draw = Draw(19);
        let inside = draw.names(40, |draw| {
            format!("{}-{}.example.com", draw.text(20), draw.text(20))
        });
        let base64 = draw.names(2000, |draw| {
            let label = draw.of(
                b"abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz-_",
                60,
            );
            format!("{label}.example.com")
        });
        let short = draw.names(40, |draw| format!("{}-.example.com", draw.text(3)));
        for names in [inside, base64, short] {
            assert_ne!(first(&names), Some(("dnsteal".to_owned(), 0.9)));
        }
    }
}

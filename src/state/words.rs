//! The technical words in what detectors, tables and charts say, each with what it means.
//!
//! In: a sentence. Out: its pieces, where a word that needs one has its [`Term`].
//! Must not know: how an explanation is shown.
//!
//! The words of how models were judged are in [`super::glossary`]: they have a list of their own.

use super::glossary::{Term, term};

/// The words, as they stand in sentences; an `s` behind one is taken with it.
const WORDS: [Term; 41] = [
    term(
        "period",
        "How strongly one interval stands out of all times: 1 is the beat of a clock, 0 none.",
    ),
    term(
        "rhythm",
        "The times between records: whether they keep an interval.",
    ),
    term(
        "producer-consumer ratio",
        "(Sent − received) by (sent + received) bytes: −1 is all download, 1 is all upload.",
    ),
    term(
        "entropy",
        "Disorder in bits a character: 0 is one letter again and again, 8 is as good as random.",
    ),
    term(
        "surprise",
        "How unlike host names the letters follow each other, in bits a character (−log2 of the probability).",
    ),
    term(
        "bit",
        "The measure of information: n bits tell 2 to the power of n cases apart.",
    ),
    term(
        "label",
        "What stands between two dots of a name: www.example.com has three.",
    ),
    term(
        "registered domain",
        "What one can register: example.com, example.co.uk, without the names below.",
    ),
    term(
        "record type",
        "What a query asks for: A and AAAA an address, TXT and NULL free bytes, CNAME, MX and SRV another name.",
    ),
    term(
        "encoding of bytes",
        "Any bytes in the letters that a name may have: hex, base32, base64, base128.",
    ),
    term(
        "base32",
        "Bytes in 32 letters and digits, five bits a character.",
    ),
    term(
        "base64",
        "Bytes in 64 characters, six bits each; needs upper and lower case to survive.",
    ),
    term(
        "base128",
        "Bytes in 128 characters, seven bits each; most of them are no letters of host names.",
    ),
    term(
        "hex",
        "Bytes in the digits 0 to 9 and a to f, four bits each.",
    ),
    term("address look-up", "A query for an address: type A or AAAA."),
    term("TXT", "A record type whose answer is free text."),
    term(
        "NULL",
        "A record type whose answer is any bytes; hardly anything but tunnels uses it.",
    ),
    term("CNAME", "A record type whose answer is another name."),
    term(
        "MX",
        "A record type whose answer is the name of a mail server.",
    ),
    term(
        "SRV",
        "A record type whose answer is the name of a service's machine.",
    ),
    term(
        "KEY",
        "A record type for keys, long out of use: its answer is free bytes.",
    ),
    term(
        "flow",
        "One connection, or what belongs together like one: a row of conn.log.",
    ),
    term("payload", "What packets carry behind their headers."),
    term("resolver", "The server that looks names up for others."),
    term(
        "public resolver",
        "A resolver that serves everybody, as 8.8.8.8 does.",
    ),
    term(
        "block list",
        "A list of bad addresses that is asked by DNS, an address turned round as the name.",
    ),
    term(
        "reputation service",
        "A service that says by DNS what is known of an address, a file or a domain.",
    ),
    term(
        "echo",
        "What a ping sends (ICMP echo), and what comes back.",
    ),
    term("ping", "An ICMP echo request: is this machine there?"),
    term(
        "time to live",
        "How long an answer may be kept before it is asked for again (TTL).",
    ),
    term(
        "flux",
        "A domain whose addresses change all the time and lie in many networks (Holz 2008).",
    ),
    term(
        "missing domain",
        "A domain that does not exist: the answer is NXDOMAIN.",
    ),
    term(
        "rcode",
        "The column that says how a query was answered: NOERROR, NXDOMAIN, …",
    ),
    term(
        "qtype",
        "The column that says which record type was asked for.",
    ),
    term("ts", "The column with a record's time."),
    term("standard error", "How far an estimate is off as a rule."),
    term(
        "beacon",
        "Contact at a steady interval, as a program keeps in touch with whoever controls it.",
    ),
    term(
        "DoH",
        "DNS over HTTPS: look-ups inside of ordinary encrypted web traffic.",
    ),
    term("DoT", "DNS over TLS: encrypted look-ups, on port 853."),
    term(
        "n-gram",
        "A few characters in a row: how often which follow which tells host names from noise.",
    ),
    term(
        "chain of host names",
        "How likely a character is after those before it, counted in public host names.",
    ),
];

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it stands.
    Plain(&'a str),
    /// A word, and what it means.
    Word(&'a str, &'static str),
}

/// The pieces of a text; each word is explained where it comes first.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while at < text.len() {
        if starts_word(text, at)
            && let Some((end, word)) = longest(text, at)
        {
            if !told.contains(&word.word) {
                told.push(word.word);
                if plain < at {
                    pieces.push(Piece::Plain(&text[plain..at]));
                }
                pieces.push(Piece::Word(&text[at..end], word.meaning));
                plain = end;
            }
            at = end;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    if plain < text.len() {
        pieces.push(Piece::Plain(&text[plain..]));
    }
    pieces
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '.' | '_')
}

/// Names of a log are no words of ours: what is joined to others by a dot or a hyphen is none.
fn starts_word(text: &str, at: usize) -> bool {
    text[at..].starts_with(char::is_alphabetic) && !text[..at].ends_with(is_part)
}

/// The longest word that begins here, and where it ends.
fn longest(text: &str, at: usize) -> Option<(usize, &'static Term)> {
    let first = text.as_bytes().get(at)?;
    let ends = |word: &Term| {
        // Most are told by it.
        if !word.word.as_bytes().first()?.eq_ignore_ascii_case(first) {
            return None;
        }
        let end = at + word.word.len();
        let there = text.get(at..end)?;
        // What is written in capitals is a name of its own: a key is no KEY.
        let is_name = word.word.starts_with(char::is_uppercase);
        if there != word.word && (is_name || !there.eq_ignore_ascii_case(word.word)) {
            return None;
        }
        let rest = &text[end..];
        let end = if rest.starts_with('s') { end + 1 } else { end };
        let mut rest = text[end..].chars();
        let is_end = match (rest.next(), rest.next()) {
            // A dot ends a sentence, or stands within a name.
            (Some('.'), next) => next.is_none_or(char::is_whitespace),
            (Some(next), _) => !is_part(next),
            (None, _) => true,
        };
        is_end.then_some(end)
    };
    WORDS
        .iter()
        .filter_map(|word| Some((ends(word)?, word)))
        .max_by_key(|(end, _)| *end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let pieces = pieces(text);
        let whole: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) | Piece::Word(text, _) => *text,
            })
            .collect();
        assert_eq!(whole, text, "nothing is lost");
        pieces
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Word(word, _) => Some(word),
                Piece::Plain(_) => None,
            })
            .collect()
    }

    #[test]
    fn a_word_is_explained_where_it_comes_first() {
        assert_eq!(
            words("It connects to 192.0.2.1 every 60 s (the first 60 of 61 times, period 1.00)."),
            ["period"]
        );
        assert_eq!(words("Periods, a period, and the PERIOD."), ["Periods"]);
        assert_eq!(
            words("types that carry free bytes (TXT, NULL, KEY, private) is 1.00"),
            ["TXT", "NULL", "KEY"]
        );
    }

    #[test]
    fn the_longest_word_counts() {
        assert_eq!(words("the public resolver of X"), ["public resolver"]);
        assert_eq!(
            words("A flow's producer-consumer ratio is 1"),
            ["flow", "producer-consumer ratio"]
        );
    }

    #[test]
    fn a_name_of_a_log_is_no_word_of_ours() {
        assert!(words("10.0.0.1 asks for ping.example and my-flow.example").is_empty());
        assert!(words("the key of a service").is_empty());
        assert!(words("flowers, labelled, bitten").is_empty());
        assert_eq!(words("It is a flow."), ["flow"]);
        assert!(words("naïve – “ä” 漢字").is_empty());
        assert!(words("").is_empty());
    }
}

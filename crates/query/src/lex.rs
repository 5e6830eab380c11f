//! Text to tokens, each with where it stands.
//!
//! In: a text. Out: tokens. Must not know: which tokens may follow each other.

use std::ops::Range;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// Letters, digits and what stands in names, addresses, numbers and times.
    Word(String),
    /// In quotes, which are taken off.
    Quoted(String),
    /// Between slashes, which are taken off.
    Regex(String),
    /// An operator, a bracket, a comma.
    Sign(&'static str),
}

/// A token and its place in bytes.
pub(crate) type Placed = (Token, Range<usize>);

/// Longer ones first.
const SIGNS: [&str; 16] = [
    "==", "!=", "<=", ">=", "&&", "||", "=", "<", ">", "!", "(", ")", "{", "}", ",", "~",
];

pub(crate) fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(
            byte,
            b'.' | b':' | b'-' | b'_' | b'/' | b'*' | b'?' | b'%' | b'+' | b'@'
        )
}

/// All tokens; for a text that ends within quotes, where they begin.
pub(crate) fn tokens(text: &str) -> Result<Vec<Placed>, (Range<usize>, String)> {
    let bytes = text.as_bytes();
    let mut tokens: Vec<Placed> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let (token, end) = match byte {
            b'"' | b'\'' => quoted(text, at)?,
            b'/' if after_matches(&tokens) => regex(text, at)?,
            _ if in_word(byte) => {
                let length = bytes[at..]
                    .iter()
                    .take_while(|byte| in_word(**byte))
                    .count();
                (Token::Word(text[at..at + length].to_owned()), at + length)
            }
            _ => {
                let sign = SIGNS
                    .into_iter()
                    .find(|sign| text[at..].starts_with(sign))
                    .ok_or_else(|| {
                        let character = text[at..].chars().next().unwrap_or(' ');
                        let end = at + character.len_utf8();
                        (at..end, format!("“{character}” means nothing here; text with such signs goes in quotes."))
                    })?;
                (Token::Sign(sign), at + sign.len())
            }
        };
        tokens.push((token, at..end));
        at = end;
    }
    Ok(tokens)
}

fn after_matches(tokens: &[Placed]) -> bool {
    matches!(tokens.last(), Some((Token::Word(word), _)) if word.eq_ignore_ascii_case("matches"))
        || matches!(tokens.last(), Some((Token::Sign("~"), _)))
}

/// `\"` and `\\` are the sign itself; any other backslash stays, since logs are full of them.
fn quoted(text: &str, start: usize) -> Result<(Token, usize), (Range<usize>, String)> {
    let quote = text.as_bytes()[start];
    let mut out = Vec::new();
    let mut at = start + 1;
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        if byte == quote {
            return Ok((
                Token::Quoted(String::from_utf8_lossy(&out).into_owned()),
                at + 1,
            ));
        }
        match bytes.get(at + 1) {
            Some(&next) if byte == b'\\' && (next == quote || next == b'\\') => {
                out.push(next);
                at += 2;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Err((
        start..text.len(),
        "This quotation has no end; add the closing quote.".to_owned(),
    ))
}

fn regex(text: &str, start: usize) -> Result<(Token, usize), (Range<usize>, String)> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'/' => {
                let pattern = text[start + 1..at].replace("\\/", "/");
                return Ok((Token::Regex(pattern), at + 1));
            }
            _ => at += 1,
        }
    }
    Err((
        start..text.len(),
        "This regular expression has no end; add the closing slash.".to_owned(),
    ))
}

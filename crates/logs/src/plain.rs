//! Plain JSON: as the writers of logs write it, without escapes and with nothing nested but lists.
//!
//! In: text. Out: the members of an object and the elements of a list as they are written. Must not know:
//! what they mean. Text that is not plain gives `None`: it may be JSON all the same, and is read by the
//! library, which also says what is wrong with it.

use crate::cut::{quotes, string_end};

/// Calls `each` with every member of an object: the key's text, and the value as it is written. Also `None`
/// where `each` gives that. `places` is used again from text to text.
#[inline]
pub(crate) fn members<'a>(
    text: &'a [u8],
    places: &mut Vec<u32>,
    mut each: impl FnMut(&'a [u8], &'a [u8]) -> Option<()>,
) -> Option<()> {
    if !quotes(text, places)? {
        std::str::from_utf8(text).ok()?;
    }
    // A string begins at a quote, and the next one ends it.
    let mut places = places.iter();
    let mut plain = Plain {
        text,
        at: 0,
        string_end: |_| {
            places.next()?;
            Some(*places.next()? as usize)
        },
    };
    plain.expect(b'{')?;
    loop {
        plain.skip_blanks();
        let key = inside(plain.string()?);
        plain.expect(b':')?;
        plain.skip_blanks();
        each(key, plain.value()?)?;
        if plain.expect(b',').is_none() {
            plain.expect(b'}')?;
            return plain.end();
        }
    }
}

/// The number of elements of a list: as [`elements`] gives them.
pub(crate) fn count(text: &[u8]) -> Option<usize> {
    let mut count = 0;
    elements(text, |_| count += 1)?;
    Some(count)
}

/// Calls `each` with every element of a list as it is written; where the text is none, perhaps with some.
#[inline]
pub(crate) fn elements<'a>(text: &'a [u8], each: impl FnMut(&'a [u8])) -> Option<()> {
    let mut plain = Plain {
        text,
        at: 0,
        string_end: |start: usize| Some(start + string_end(text.get(start..)?)?),
    };
    plain.list(each)?;
    plain.end()
}

/// A value's text: of a string what is between the quotes.
#[inline]
pub(crate) fn inside(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] => inner,
        value => value,
    }
}

struct Plain<'a, E> {
    text: &'a [u8],
    at: usize,
    /// From the first byte of a string to the quote that ends it.
    string_end: E,
}

impl<'a, E: FnMut(usize) -> Option<usize>> Plain<'a, E> {
    #[inline]
    fn next(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while self.next() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Takes `byte`, perhaps behind blanks.
    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        if self.next()? != byte {
            self.skip_blanks();
        }
        (self.next()? == byte).then(|| self.at += 1)
    }

    fn end(&mut self) -> Option<()> {
        self.skip_blanks();
        (self.at == self.text.len()).then_some(())
    }

    /// With its quotes.
    #[inline]
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        if self.next()? != b'"' {
            return None;
        }
        self.at = (self.string_end)(start + 1)? + 1;
        self.text.get(start..self.at)
    }

    #[inline]
    fn value(&mut self) -> Option<&'a [u8]> {
        if self.next()? != b'[' {
            return self.scalar();
        }
        let start = self.at;
        self.list(|_| ())?;
        self.text.get(start..self.at)
    }

    #[inline]
    fn list(&mut self, mut each: impl FnMut(&'a [u8])) -> Option<()> {
        self.expect(b'[')?;
        if self.expect(b']').is_some() {
            return Some(());
        }
        loop {
            self.skip_blanks();
            each(self.scalar()?);
            if self.expect(b',').is_none() {
                return self.expect(b']');
            }
        }
    }

    #[inline]
    fn scalar(&mut self) -> Option<&'a [u8]> {
        let length = match self.text.get(self.at..)? {
            [b'"', ..] => return self.string(),
            [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => 4,
            [b'f', b'a', b'l', b's', b'e', ..] => 5,
            _ => return self.number(),
        };
        let start = self.at;
        self.at += length;
        self.text.get(start..self.at)
    }

    /// Without an exponent.
    #[inline]
    fn number(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        if self.next() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.next() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (zero && whole > 1) {
            return None;
        }
        if self.next() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        self.text.get(start..self.at)
    }

    #[inline]
    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.next().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }
}

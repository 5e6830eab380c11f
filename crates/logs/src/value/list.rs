//! Vectors and sets.
//!
//! In: a field, in either form. Out: its elements and their sizes. Must not know: what an element is.

use super::escapes::{json_string, unescape, unescaped_len};
use crate::cut::{each_place, has};
use crate::plain;
use std::borrow::Cow;

/// A vector or set as it stands in the log; its elements are found when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum List<'a> {
    /// Unset.
    #[default]
    Unset,
    /// Elements between separators, escaped.
    Tsv {
        /// The field.
        text: &'a [u8],
        /// `#set_separator`
        separator: u8,
    },
    /// A JSON array, as text.
    Json(&'a [u8]),
}

/// Sizes of a list's elements, once decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListStats {
    /// How many elements.
    pub count: u32,
    /// Bytes of all elements.
    pub bytes: u32,
    /// Bytes of the longest.
    pub longest: u32,
}

/// More elements than this are counted and not looked at: a record of a hostile server must not
/// cost more than a line.
const MAX_ELEMENTS: u32 = 100_000;

impl<'a> List<'a> {
    /// Whether the field is unset (an empty list is not).
    #[must_use]
    pub fn is_unset(&self) -> bool {
        matches!(self, Self::Unset)
    }

    /// Calls `each` with every element, decoded, and gives their number and sizes. Allocates only for
    /// elements with escapes, and for JSON.
    pub fn each(&self, mut each: impl FnMut(&[u8])) -> ListStats {
        self.each_of(&mut each)
    }

    /// One for all callers, built as this crate is.
    fn each_of(&self, each: &mut dyn FnMut(&[u8])) -> ListStats {
        let mut stats = ListStats::default();
        match *self {
            Self::Unset | Self::Tsv { text: b"", .. } => {}
            Self::Tsv { text, separator } => {
                let escaped = has(b'\\', text);
                let mut decoded = Vec::new();
                let mut start = 0;
                let mut element = |end: usize| {
                    let element = &text[start..end];
                    start = end + 1;
                    if stats.count >= MAX_ELEMENTS {
                        stats.add(unescaped_len(element));
                    } else if escaped {
                        decoded.clear();
                        unescape(element, &mut decoded);
                        stats.add(decoded.len());
                        each(&decoded);
                    } else {
                        stats.add(element.len());
                        each(element);
                    }
                };
                each_place(separator, text, &mut element);
                element(text.len());
            }
            Self::Json(text) if is_plain_list(text) => {
                plain::elements(text, |element| {
                    if element != b"null" {
                        let element = plain::inside(element);
                        stats.add(element.len());
                        each(element);
                    }
                });
            }
            Self::Json(text) => {
                for element in json_elements(text) {
                    stats.add(element.len());
                    each(&element);
                }
            }
        }
        stats
    }

    /// Number and sizes of the elements, without decoding them.
    #[must_use]
    pub fn stats(&self) -> ListStats {
        let mut stats = ListStats::default();
        match *self {
            Self::Unset | Self::Tsv { text: b"", .. } => {}
            Self::Tsv { text, separator } => {
                let escaped = has(b'\\', text);
                let mut start = 0;
                let mut element = |end: usize| {
                    stats.add(if escaped {
                        unescaped_len(&text[start..end])
                    } else {
                        end - start
                    });
                    start = end + 1;
                };
                each_place(separator, text, &mut element);
                element(text.len());
            }
            Self::Json(_) => return self.each(|_| ()),
        }
        stats
    }
}

impl ListStats {
    fn add(&mut self, length: usize) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.count += 1;
        self.bytes = self.bytes.saturating_add(length);
        self.longest = self.longest.max(length);
    }
}

/// Whether a JSON array is plain, and of no more elements than are looked at.
fn is_plain_list(text: &[u8]) -> bool {
    plain::count(text).is_some_and(|count| count <= MAX_ELEMENTS as usize)
}

/// The elements of a JSON array: strings decoded, anything else as it is written.
fn json_elements(text: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let Ok(elements) = serde_json::from_slice::<Vec<&serde_json::value::RawValue>>(text) else {
        return Vec::new();
    };
    elements
        .into_iter()
        .take(MAX_ELEMENTS as usize)
        .filter(|element| element.get() != "null")
        .map(|element| json_string(element.get()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_both_formats_have_the_same_elements() {
        let tsv = List::Tsv {
            text: br"TXT 3 a\x2cb,10.0.0.1",
            separator: b',',
        };
        let json = List::Json(br#"["TXT 3 a,b", "10.0.0.1"]"#);
        let elements = |list: &List<'_>| {
            let mut all = Vec::new();
            let stats = list.each(|element| all.push(element.to_vec()));
            assert_eq!(stats, list.stats());
            all
        };
        assert_eq!(elements(&tsv), elements(&json));
        assert_eq!(elements(&tsv).len(), 2);
        assert_eq!(tsv.stats(), json.stats());
        assert_eq!(
            tsv.stats(),
            ListStats {
                count: 2,
                bytes: 17,
                longest: 9
            }
        );
        assert_eq!(List::Unset.stats(), ListStats::default());
        for text in [
            "[]",
            "[ ]",
            r#"["a", null, "", 3.5, true]"#,
            r#"["a"] x"#,
            r#"["a",]"#,
            r#"["a\u0041","b"]"#,
            r#"["a",["b"]]"#,
            r#""a""#,
            "",
        ] {
            let list = List::Json(text.as_bytes());
            let naive: Vec<Vec<u8>> = serde_json::from_str::<Vec<serde_json::Value>>(text)
                .unwrap_or_default()
                .iter()
                .filter(|element| !element.is_null())
                .map(|element| match element.as_str() {
                    Some(text) => text.as_bytes().to_vec(),
                    None => element.to_string().into_bytes(),
                })
                .collect();
            assert_eq!(elements(&list).len(), naive.len(), "{text}");
            if !text.contains("[\"b") {
                assert_eq!(elements(&list), naive, "{text}");
            }
        }
    }
}

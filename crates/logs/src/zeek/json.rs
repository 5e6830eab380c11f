//! A row as a JSON object, one a line.
//!
//! In: a line. Out: the wanted fields' text ([`Slots`]); strings decoded. Keys may be dotted
//! (`"id.orig_h"`), nested (`"id":{"orig_h"`) or joined by `_`; unknown keys cost nothing.
//! Zeek writes a byte that is no UTF-8 as `\xHH` in JSON too, where it cannot be told from the
//! four characters; it is left as it is written.

use super::slots::{SLOTS, Slot, Slots};
use crate::plain;
use crate::value::json_string;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Reused from row to row: holds the strings that had to be decoded.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    bytes: Vec<u8>,
    ranges: Vec<(Slot, usize, usize)>,
    /// Where the quotes of a plain row stand.
    quotes: Vec<u32>,
}

/// Why a line gives no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadRow {
    /// Not UTF-8.
    Utf8,
    /// No JSON object; why.
    Json(String),
}

/// What a JSON row says of its log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct JsonRow<'a> {
    pub(crate) slots: Slots<'a>,
    /// Corelight's and Zeek's streaming writers name the log in each row.
    pub(crate) path: Option<Cow<'a, str>>,
    /// A key that only one other log has, and that log's name.
    pub(crate) hint: Option<&'static str>,
}

/// Takes a line apart into `row`, which is empty.
pub(crate) fn json_row<'a>(
    line: &'a [u8],
    arena: &'a mut Arena,
    row: &mut JsonRow<'a>,
) -> Result<(), BadRow> {
    if plain_row(line, &mut arena.quotes, row).is_none() {
        let text = std::str::from_utf8(line).map_err(|_| BadRow::Utf8)?;
        *row = any_row(text, arena)?;
    }
    Ok(())
}

/// A row as almost all are: plain, no key twice, nothing nested. The library takes four times as long.
fn plain_row<'a>(line: &'a [u8], quotes: &mut Vec<u32>, row: &mut JsonRow<'a>) -> Option<()> {
    let mut met = 0_u64;
    plain::members(line, quotes, |key, value| {
        let set = (value != b"null").then(|| plain::inside(value));
        if let Some(slot) = Slot::named(key) {
            let bit = 1 << slot as u8;
            if met & bit != 0 {
                return None;
            }
            met |= bit;
            row.slots.set(slot, set);
        } else if key == b"id" {
            return None;
        } else if key == b"_path" {
            row.path = set.map(String::from_utf8_lossy);
        } else if let Some((_, log)) = HINTS.iter().find(|(hint, _)| hint.as_bytes() == key) {
            row.hint = Some(log);
        }
        Some(())
    })
}

/// Any row, by the library.
fn any_row<'a>(text: &'a str, arena: &'a mut Arena) -> Result<JsonRow<'a>, BadRow> {
    let mut raw = Raw::default();
    let mut input = serde_json::Deserializer::from_str(text);
    Object {
        raw: &mut raw,
        depth: 0,
    }
    .deserialize(&mut input)
    .and_then(|()| input.end())
    .map_err(|error| BadRow::Json(sentence(&error)))?;

    arena.bytes.clear();
    arena.ranges.clear();
    let mut slots = Slots::default();
    for (slot, text) in raw.fields() {
        match json_string(text) {
            Cow::Borrowed(text) => slots.set(slot, Some(text)),
            Cow::Owned(decoded) => {
                let start = arena.bytes.len();
                arena.bytes.extend_from_slice(&decoded);
                arena.ranges.push((slot, start, arena.bytes.len()));
            }
        }
    }
    let arena: &'a Arena = arena;
    for &(slot, start, end) in &arena.ranges {
        slots.set(slot, Some(&arena.bytes[start..end]));
    }
    let path = raw.path.map(|path| match json_string(path) {
        Cow::Borrowed(text) => String::from_utf8_lossy(text),
        Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
    });
    Ok(JsonRow {
        slots,
        path,
        hint: raw.hint,
    })
}

/// serde_json says "… at line 1 column 7"; the line is known better here.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned();
    if error.column() > 0 {
        format!("{what} (column {})", error.column())
    } else {
        what
    }
}

/// The wanted values as they are written.
struct Raw<'a> {
    values: [Option<&'a str>; SLOTS],
    order: [Slot; SLOTS],
    met: usize,
    /// The values that stand under a site's name for the field.
    aliased: [bool; SLOTS],
    path: Option<&'a str>,
    hint: Option<&'static str>,
}

impl Default for Raw<'_> {
    fn default() -> Self {
        Self {
            values: [None; SLOTS],
            order: [Slot::Ts; SLOTS],
            met: 0,
            aliased: [false; SLOTS],
            path: None,
            hint: None,
        }
    }
}

impl<'a> Raw<'a> {
    fn fields(&self) -> impl Iterator<Item = (Slot, &'a str)> {
        self.order[..self.met]
            .iter()
            .filter_map(|&slot| Some((slot, self.values[slot as usize]?)))
    }

    /// Keeps a value; false if it is there already. A site's name for a field gives way to
    /// Zeek's own.
    fn set(&mut self, slot: Slot, value: &'a str, alias: bool) -> bool {
        let at = slot as usize;
        if !self.order[..self.met].contains(&slot) {
            self.order[self.met] = slot;
            self.met += 1;
        } else if self.aliased[at] == alias {
            return false;
        } else if alias {
            return true;
        }
        self.aliased[at] = alias;
        self.values[at] = (value != "null").then_some(value);
        true
    }
}

/// Keys that tell other Zeek logs from each other when a row does not name its log.
const HINTS: &[(&str, &str)] = &[
    ("uri", "http"),
    ("user_agent", "http"),
    ("cipher", "ssl"),
    ("server_name", "ssl"),
    ("certificate.version", "x509"),
    ("fuid", "files"),
    ("mime_type", "files"),
    ("note", "notice"),
    ("mailfrom", "smtp"),
    ("assigned_addr", "dhcp"),
    ("event_type", "eve.json (Suricata)"),
];

struct Object<'r, 'a> {
    raw: &'r mut Raw<'a>,
    depth: u8,
}

impl<'a> DeserializeSeed<'a> for Object<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<Key<'a>>()? {
            let key = key.0;
            if key == "id" && self.depth == 0 {
                map.next_value_seed(Nested(Object {
                    raw: self.raw,
                    depth: 1,
                }))?;
            } else if key == "_path" {
                let value = map.next_value::<&RawValue>()?.get();
                self.raw.path = (value != "null").then_some(value);
            } else if let Some(slot) = Slot::named(key.as_bytes()) {
                let value = map.next_value::<&RawValue>()?.get();
                if !self.raw.set(slot, value, Slot::is_alias(key.as_bytes())) {
                    return Err(M::Error::custom(format!("the key {key:?} stands twice")));
                }
            } else {
                if let Some((_, log)) = HINTS.iter().find(|(hint, _)| *hint == key) {
                    self.raw.hint = Some(log);
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// `"id"` may also be a plain value in some other log; then it is left out.
struct Nested<'r, 'a>(Object<'r, 'a>);

impl<'a> DeserializeSeed<'a> for Nested<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
        if raw.get().starts_with('{') {
            let mut input = serde_json::Deserializer::from_str(raw.get());
            self.0.deserialize(&mut input).map_err(D::Error::custom)?;
        }
        Ok(())
    }
}

/// A key without a copy, unless it has escapes.
struct Key<'a>(Cow<'a, str>);

impl<'a> serde::Deserialize<'a> for Key<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'a> Visitor<'a> for KeyVisitor {
            type Value = Key<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'a str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E>(self, key: &str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// A row for display: each set field's name and text, in the log's order, nested ones dotted.
#[must_use]
pub fn fields(line: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(line);
    let mut out = Vec::new();
    if let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(&text) {
        for (name, value) in members {
            add_field(&mut out, name.0.into_owned(), value, 0);
        }
    }
    out
}

/// Objects within objects that are taken apart; what is deeper is shown as it is written.
const MAX_DEPTH: u8 = 8;

fn add_field(out: &mut Vec<(String, String)>, name: String, value: &RawValue, depth: u8) {
    match value.get() {
        "null" => {}
        text if text.starts_with('{') && depth < MAX_DEPTH => {
            if let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(text) {
                for (inner, value) in members {
                    add_field(out, format!("{name}.{}", inner.0), value, depth + 1);
                }
            }
        }
        text => out.push((
            name,
            String::from_utf8_lossy(&json_string(text)).into_owned(),
        )),
    }
}

/// An object's members in their own order.
struct Members<'a>(Vec<(Key<'a>, &'a RawValue)>);

impl<'a> serde::Deserialize<'a> for Members<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'a> Visitor<'a> for MembersVisitor {
            type Value = Members<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [&str; 3] = [
        r#"{"_path":"dns","ts":1767225601.865372,"uid":"Cs1","id.orig_h":"10.20.10.71","id.orig_p":59248,"query":"a.example","AA":false,"Z":0,"answers":["b.example","192.0.2.1"],"TTLs":[300.000000,-1e3],"rejected":true,"note":null}"#,
        r#"{ "ts" : 0.5 , "uri": [ ], "qtype": null, "src": "a", "id.orig_h": "b", "TTLs": [1, "x"] }"#,
        r#"{"id":{"orig_h":"a"},"proto":"udp","query":"\u00e9\\","_path":7}"#,
    ];

    /// Whether it was read as a plain row, which is then what the library makes of it.
    fn check(text: &str) -> bool {
        let mut arena = Arena::default();
        let mut row = JsonRow::default();
        let plain = plain_row(text.as_bytes(), &mut Vec::new(), &mut row).is_some();
        if plain {
            assert_eq!(any_row(text, &mut arena), Ok(row), "{text}");
        }
        plain
    }

    #[test]
    fn a_plain_row_is_what_the_library_makes_of_it() {
        assert!(!check(ROWS[0]) && check(&ROWS[0].replace("-1e3", "-1")));
        assert!(!check(ROWS[1]) && check(&ROWS[1].replace("src", "dst")) && !check(ROWS[2]));
        for text in [
            "{}",
            "{",
            "",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1}}",
            "{\"a\":01}",
            "{\"a\":-}",
            "{\"a\":1.}",
            "{\"a\":tru}",
            "{\"a\":[1,]}",
            "{\"a\":[,1]}",
            "{\"a\":[[1]]}",
            "{\"a\":\"b}",
            "{\"ts\":1,\"ts\":2}",
            "{\"a\":1 2}",
            "{\"a\":\"\t\"}",
            "{\"a\":nulll}",
            "[1]",
            "{\"a\":\"",
        ] {
            assert!(!check(text), "{text}");
        }
    }

    #[test]
    fn a_row_with_any_damage_is_read_as_the_library_reads_it() {
        let mut state = 9_u64;
        let mut next = |bound: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % bound
        };
        let damage = b"\"\"\\,,:[]{}  0019.-+etfnul\t\n\x7f\xc3";
        let mut plain = 0;
        for _ in 0..60_000 {
            let mut text = ROWS[next(ROWS.len())].replace("-1e3", "7").into_bytes();
            for _ in 0..=next(3) {
                let at = next(text.len());
                match next(3) {
                    0 => text[at] = damage[next(damage.len())],
                    1 => text.insert(at, damage[next(damage.len())]),
                    _ => drop(text.drain(at..text.len().min(at + 1 + next(6)))),
                }
            }
            plain += usize::from(std::str::from_utf8(&text).is_ok_and(check));
        }
        assert!(plain > 3000, "{plain}");
    }
}

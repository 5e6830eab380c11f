//! Names of functions, as they are from one build to the next.
//!
//! In: a list of names, one a line. Out: whether a function is in it. Must not know: what a module is.

use std::collections::{BTreeMap, BTreeSet};

/// A list of functions, by their names. Of functions of one name (generic ones, closures) it may have some, told by
/// how many bytes long they are.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, BTreeSet<usize>>);

impl Names {
    /// Reads a list: a name a line, and behind a tab the lengths of those functions that are meant, if not all of
    /// that name are; comments behind `#`.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let lines = text.lines().map(str::trim_end);
        Self(
            lines
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(|line| match line.split_once('\t') {
                    None => (line.to_owned(), BTreeSet::new()),
                    Some((name, lengths)) => {
                        let lengths = lengths.split(' ').filter_map(|length| length.parse().ok());
                        (name.to_owned(), lengths.collect())
                    }
                })
                .collect(),
        )
    }

    /// Which of a module's functions, each with its name and length, are in the list. Where a name is there and none
    /// of its lengths (the function has changed), all of that name are.
    #[must_use]
    pub fn of<'a>(
        &self,
        functions: impl Iterator<Item = (u32, &'a str, usize)> + Clone,
    ) -> BTreeSet<u32> {
        let listed = |name: &str, length: usize| {
            let lengths = self.0.get(&plain(name))?;
            Some(lengths.is_empty() || lengths.contains(&length))
        };
        let met: BTreeSet<String> = functions
            .clone()
            .filter(|&(_, name, length)| listed(name, length) == Some(true))
            .map(|(_, name, _)| plain(name))
            .collect();
        functions
            .filter(|&(_, name, length)| match listed(name, length) {
                None => false,
                Some(is_meant) => is_meant || !met.contains(&plain(name)),
            })
            .map(|(function, ..)| function)
            .collect()
    }
}

/// A name without what the compiler puts there to tell one build from another: `::h` and sixteen digits at its end,
/// sixteen digits in brackets behind a crate.
pub(crate) fn plain(name: &str) -> String {
    let is_hash =
        |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = match name.rsplit_once("::h") {
        Some((before, hash)) if is_hash(hash) => before,
        _ => name,
    };
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('[') {
        plain.push_str(before);
        match behind.split_once(']') {
            Some((hash, behind)) if is_hash(hash) => rest = behind,
            _ => {
                plain.push('[');
                rest = behind;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_builds_apart_is_left_out() {
        for (name, is) in [
            ("a::b::h0123456789abcdef", "a::b"),
            (
                "<core[0123456789abcdef]::str::Chars as x[fedcba9876543210]::Y>::next",
                "<core::str::Chars as x::Y>::next",
            ),
            ("<impl [T]>::sort::h0123", "<impl [T]>::sort::h0123"),
            ("main", "main"),
        ] {
            assert_eq!(plain(name), is);
        }
    }

    #[test]
    fn of_one_name_those_of_its_lengths_are_meant_and_all_where_none_has_any() {
        let names = Names::read("# a comment\nall\n\nsome\t3 5\nchanged\t7\n");
        let module = [
            (1, "all::h0123456789abcdef", 1),
            (2, "all", 2),
            (3, "some", 3),
            (4, "some", 4),
            (5, "changed", 8),
            (6, "changed", 9),
            (7, "other", 3),
        ];
        assert_eq!(
            names.of(module.into_iter()),
            BTreeSet::from([1, 2, 3, 5, 6])
        );
    }
}

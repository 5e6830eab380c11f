//! Public suffixes: under which names anybody can register one.
//!
//! In: a name. Out: its public suffix, and its registered domain, by the list at <https://publicsuffix.org>.
//! Must not know: what a name is looked at for.
//!
//! The crate `psl` has the same list as code, 1 MB of it in a module for the browser. Here it is a text of
//! 105 kB that packs to 33 kB, and a table made of it at the first question. A test holds that both give the
//! same answers, and writes the text anew from the list of that crate (`UPDATE=1`).

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Who asked for a suffix to be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A registry of the public tree.
    Icann,
    /// The owner of a domain, for what is registered below it.
    Private,
}

/// A name's public suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suffix<'a> {
    /// It, with the dot at the name's end where there is one.
    pub bytes: &'a [u8],
    /// Whose it is; none where the list does not have it, and the last label stands for it.
    pub kind: Option<Kind>,
}

/// The list as a tree, a label a line, each below the label that it stands before in a name and one tab
/// further in: `*` for any label, `!` before one for which such a rule does not hold, `+` behind one that is
/// no suffix itself. First the registries', then the private ones below [`PRIVATE`].
static TEXT: &str = include_str!("../data/suffixes.txt");
/// The line that parts the list.
const PRIVATE: &str = "// private";

/// What the list says of one name.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// It is a suffix.
    rule: Option<Kind>,
    /// It is none, though the name above says that any label makes one.
    exception: Option<Kind>,
    /// Any label before it makes a suffix.
    any: Option<Kind>,
}

static NODES: LazyLock<FxHashMap<Box<[u8]>, Node>> = LazyLock::new(|| {
    let mut nodes: FxHashMap<Box<[u8]>, Node> = FxHashMap::default();
    let mut kind = Kind::Icann;
    // The names above the line at hand, the last label's first.
    let mut above: Vec<String> = Vec::new();
    for line in TEXT.lines() {
        if line == PRIVATE {
            kind = Kind::Private;
            continue;
        }
        let label = line.trim_start_matches('\t');
        above.truncate(line.len() - label.len());
        let parent = above.last().map_or("", String::as_str);
        if label == "*" {
            nodes.entry(parent.as_bytes().into()).or_default().any = Some(kind);
            continue;
        }
        let plain = label.trim_start_matches('!').trim_end_matches('+');
        let name = if parent.is_empty() {
            plain.to_owned()
        } else {
            format!("{plain}.{parent}")
        };
        let node = nodes.entry(name.as_bytes().into()).or_default();
        if label.starts_with('!') {
            node.exception = Some(kind);
        } else if !label.ends_with('+') {
            node.rule = Some(kind);
        }
        above.push(name);
    }
    nodes
});

/// A name's public suffix; none of a name without a last label. Bytes are compared as they are: the list is
/// in lower case.
#[must_use]
pub fn suffix(name: &[u8]) -> Option<Suffix<'_>> {
    let inner = name.strip_suffix(b".").unwrap_or(name);
    let (length, kind) = find(inner);
    let length = length + name.len() - inner.len();
    (length > 0).then(|| Suffix {
        bytes: &name[name.len() - length..],
        kind,
    })
}

/// Bytes of the suffix of a name without a dot at its end, and whose it is.
fn find(name: &[u8]) -> (usize, Option<Kind>) {
    let dots = name
        .iter()
        .enumerate()
        .rev()
        .filter(|&(_, &byte)| byte == b'.');
    let starts = dots.map(|(at, _)| at + 1).chain([0]);
    let mut found = None;
    let mut above: Option<(Node, usize)> = None;
    for start in starts {
        let length = name.len() - start;
        let (last, _) = *found.get_or_insert((length, None));
        let Some(&node) = NODES.get(&name[start..]) else {
            if let Some((
                Node {
                    any: Some(kind), ..
                },
                _,
            )) = above
            {
                found = Some((length, Some(kind)));
            }
            break;
        };
        if let (Some(kind), Some((_, length))) = (node.exception, above) {
            found = Some((length, Some(kind)));
        } else if let Some(kind) = node.rule {
            found = Some((length, Some(kind)));
        } else {
            found = found.or(Some((last, None)));
        }
        above = Some((node, length));
    }
    found.unwrap_or_default()
}

/// A name's registered domain: its public suffix and one label more; none of a name that has no more.
#[must_use]
pub fn domain(name: &[u8]) -> Option<&[u8]> {
    let suffix = suffix(name)?.bytes.len();
    // One byte at least before the dot.
    let below = name
        .len()
        .checked_sub(suffix + 1)
        .filter(|&below| below > 0)?;
    let label = name[..below].iter().rev().take_while(|&&byte| byte != b'.');
    Some(&name[below - label.count()..])
}

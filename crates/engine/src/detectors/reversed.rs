//! Names that are addresses turned round, as block lists are asked (RFC 5782).
//!
//! In: a channel's names. Out: whether they are. Must not know: what follows from it.

use crate::analysis::AskedName;

/// Block lists under one domain, at most: `bl`, `zen`, and the like.
const LISTS: usize = 8;

/// Whether nine names in ten are addresses turned round under a list's name: four octets, and then what all
/// of them have in common ([`LISTS`] at most). What stands there instead of a list's name could carry
/// anything.
pub(super) fn are_reversed(names: &[AskedName<'_>]) -> bool {
    let mut lists: Vec<&[u8]> = Vec::new();
    let (mut reversed, mut others) = (0, 0);
    for asked in names {
        let Some(list) = list_asked(asked.name) else {
            // Where one name in ten is something else, the rest needs no look.
            others += 1;
            if others * 10 > names.len() {
                return false;
            }
            continue;
        };
        reversed += 1;
        if !lists.contains(&list) {
            lists.push(list);
        }
        if lists.len() > LISTS {
            return false;
        }
    }
    reversed > 0 && reversed * 10 >= names.len() * 9
}

/// What follows the four octets that a name begins with, as a block list is asked (RFC 5782, section 2.1).
fn list_asked(name: &[u8]) -> Option<&[u8]> {
    let mut rest = name;
    for _ in 0..4 {
        let dot = rest.iter().position(|&byte| byte == b'.')?;
        let octet = std::str::from_utf8(&rest[..dot]).ok()?;
        if octet.len() > 3 || octet.parse::<u8>().is_err() {
            return None;
        }
        rest = &rest[dot + 1..];
    }
    Some(rest)
}

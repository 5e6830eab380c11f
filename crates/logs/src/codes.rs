//! What a row of `dns.log` says in codes: class, record type, response code, flags.
//!
//! In: a row. Out: [`Codes`]. Must not know: what they mean.
//!
//! Zeek writes them side by side, and of a hundred rows one has a mixture that did not come shortly before:
//! what a text of all of them says is kept ([`Known`]), and the text not taken apart again.

use crate::dns::{qtype_number, rcode_number};
use crate::fields::Fields;
use crate::hash::{place, same};
use crate::zeek::{Row, Slot};

/// The codes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Codes {
    pub(crate) qclass: Option<u16>,
    /// From its name where the log has only that.
    pub(crate) qtype: Option<u16>,
    /// As `qtype`.
    pub(crate) rcode: Option<u16>,
    pub(crate) authoritative: Option<bool>,
    pub(crate) truncated: Option<bool>,
    pub(crate) recursion_desired: Option<bool>,
    pub(crate) recursion_available: Option<bool>,
}

impl Codes {
    /// The fields that are read.
    pub(crate) const SLOTS: [Slot; 9] = [
        Slot::Qclass,
        Slot::Qtype,
        Slot::QtypeName,
        Slot::Rcode,
        Slot::RcodeName,
        Slot::Aa,
        Slot::Tc,
        Slot::Rd,
        Slot::Ra,
    ];

    fn read<'a>(fields: &mut Fields<'_, impl Row<'a>>) -> Self {
        let qclass = fields.number(Slot::Qclass, "qclass");
        let qtype = fields.number(Slot::Qtype, "qtype");
        let rcode = fields.number(Slot::Rcode, "rcode");
        Self {
            qclass,
            qtype: qtype.or_else(|| fields.text(Slot::QtypeName).and_then(qtype_number)),
            rcode: rcode.or_else(|| fields.text(Slot::RcodeName).and_then(rcode_number)),
            authoritative: fields.boolean(Slot::Aa, "AA"),
            truncated: fields.boolean(Slot::Tc, "TC"),
            recursion_desired: fields.boolean(Slot::Rd, "RD"),
            recursion_available: fields.boolean(Slot::Ra, "RA"),
        }
    }
}

/// Codes by the text of all of them, under one header.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// A power of two of them, once there is any.
    kept: Vec<Kept>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    /// More than any text has where there is none.
    length: usize,
    text: [u8; Known::LONGEST],
    codes: Codes,
}

impl Known {
    /// 5 kB.
    const KEPT: usize = 64;
    /// Texts are half as long, as a rule.
    const LONGEST: usize = 64;

    const NONE: Kept = Kept {
        length: usize::MAX,
        text: [0; Self::LONGEST],
        codes: Codes {
            qclass: None,
            qtype: None,
            rcode: None,
            authoritative: None,
            truncated: None,
            recursion_desired: None,
            recursion_available: None,
        },
    };

    /// Forgets all: another header follows.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }

    /// A row's codes. What has a value that is none is read each time, for each is a problem.
    pub(crate) fn codes<'a>(&mut self, fields: &mut Fields<'_, impl Row<'a>>) -> Codes {
        let short = |text: &&[u8]| text.len() <= Self::LONGEST;
        let Some(text) = fields.row.codes().filter(short) else {
            return Codes::read(fields);
        };
        let at = place(text) % Self::KEPT;
        if let Some(kept) = self.kept.get(at)
            && kept.length == text.len()
            && same(&kept.text[..kept.length], text)
        {
            return kept.codes;
        }
        let problems = fields.problems.count();
        let codes = Codes::read(fields);
        if fields.problems.count() == problems {
            self.kept.resize(Self::KEPT, Self::NONE);
            let kept = &mut self.kept[at];
            kept.text[..text.len()].copy_from_slice(text);
            (kept.length, kept.codes) = (text.len(), codes);
        }
        codes
    }
}

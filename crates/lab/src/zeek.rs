//! In: rows. Out: the bytes of a Zeek log, tab-separated or JSON lines.
//!
//! Must not know: where the rows come from. The field sets are those of Zeek 6.
//! Unset is `-`, an empty set `(empty)`; a byte that is no printable UTF-8, a
//! backslash, and a comma inside of a list are written `\xHH`. In JSON, bytes
//! that are no UTF-8 are written as the four characters `\xHH`, as Zeek does.

use crate::row::{ConnRow, DnsRow, is_local};

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tab-separated with a header.
    Tsv,
    /// A JSON object a line.
    Json,
}

const DNS: [(&str, &str); 24] = [
    ("ts", "time"),
    ("uid", "string"),
    ("id.orig_h", "addr"),
    ("id.orig_p", "port"),
    ("id.resp_h", "addr"),
    ("id.resp_p", "port"),
    ("proto", "enum"),
    ("trans_id", "count"),
    ("rtt", "interval"),
    ("query", "string"),
    ("qclass", "count"),
    ("qclass_name", "string"),
    ("qtype", "count"),
    ("qtype_name", "string"),
    ("rcode", "count"),
    ("rcode_name", "string"),
    ("AA", "bool"),
    ("TC", "bool"),
    ("RD", "bool"),
    ("RA", "bool"),
    ("Z", "count"),
    ("answers", "vector[string]"),
    ("TTLs", "vector[interval]"),
    ("rejected", "bool"),
];

const CONN: [(&str, &str); 21] = [
    ("ts", "time"),
    ("uid", "string"),
    ("id.orig_h", "addr"),
    ("id.orig_p", "port"),
    ("id.resp_h", "addr"),
    ("id.resp_p", "port"),
    ("proto", "enum"),
    ("service", "string"),
    ("duration", "interval"),
    ("orig_bytes", "count"),
    ("resp_bytes", "count"),
    ("conn_state", "string"),
    ("local_orig", "bool"),
    ("local_resp", "bool"),
    ("missed_bytes", "count"),
    ("history", "string"),
    ("orig_pkts", "count"),
    ("orig_ip_bytes", "count"),
    ("resp_pkts", "count"),
    ("resp_ip_bytes", "count"),
    ("tunnel_parents", "set[string]"),
];

/// A value of a field, before it is written one way or the other.
enum Value {
    Unset,
    Time(f64),
    Count(u64),
    Bool(bool),
    Text(Vec<u8>),
    Texts(Vec<Vec<u8>>),
    Times(Vec<f64>),
    /// An empty set: written in TSV, left out in JSON.
    Empty,
}

fn text(value: impl Into<Vec<u8>>) -> Value {
    Value::Text(value.into())
}

fn or_unset<T>(value: Option<T>, make: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Unset, make)
}

fn rcode_name(code: u16) -> &'static str {
    match code {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        _ => "unknown",
    }
}

fn dns_values(row: &DnsRow) -> [Value; 24] {
    let (answers, ttls) = if row.answers.is_empty() {
        (Value::Unset, Value::Unset)
    } else {
        (
            Value::Texts(row.answers.iter().map(|a| a.text.clone()).collect()),
            Value::Times(row.answers.iter().map(|a| a.ttl).collect()),
        )
    };
    [
        Value::Time(row.ts),
        text(row.uid.as_str()),
        text(row.client.to_string()),
        Value::Count(row.client_port.into()),
        text(row.server.to_string()),
        Value::Count(row.server_port.into()),
        text(row.proto.name()),
        Value::Count(row.trans_id.into()),
        or_unset(row.rtt, Value::Time),
        text(row.query.clone()),
        Value::Count(1),
        text("C_INTERNET"),
        Value::Count(row.qtype.0.into()),
        text(row.qtype.name()),
        or_unset(row.rcode, |code| Value::Count(code.into())),
        or_unset(row.rcode, |code| text(rcode_name(code))),
        Value::Bool(row.authoritative),
        Value::Bool(row.truncated),
        Value::Bool(row.recursion),
        Value::Bool(row.recursion_available),
        Value::Count(0),
        answers,
        ttls,
        Value::Bool(row.rejected),
    ]
}

fn conn_values(row: &ConnRow) -> [Value; 21] {
    let history = (!row.history.is_empty()).then_some(row.history.as_ref());
    [
        Value::Time(row.ts),
        text(row.uid.as_str()),
        text(row.client.to_string()),
        Value::Count(row.client_port.into()),
        text(row.server.to_string()),
        Value::Count(row.server_port.into()),
        text(row.proto.name()),
        or_unset(row.service, text),
        or_unset(row.duration, Value::Time),
        or_unset(row.orig_bytes, Value::Count),
        or_unset(row.resp_bytes, Value::Count),
        text(row.state),
        Value::Bool(is_local(row.client)),
        Value::Bool(is_local(row.server)),
        Value::Count(0),
        or_unset(history, text),
        Value::Count(row.orig_pkts),
        Value::Count(row.orig_ip_bytes),
        Value::Count(row.resp_pkts),
        Value::Count(row.resp_ip_bytes),
        Value::Empty,
    ]
}

/// The bytes of a dns.log.
#[must_use]
pub fn dns_log(rows: &[DnsRow], format: Format) -> Vec<u8> {
    let span = rows.first().zip(rows.last()).map(|(a, b)| (a.ts, b.ts));
    write_log("dns", &DNS, span, rows.iter().map(dns_values), format)
}

/// The bytes of a conn.log.
#[must_use]
pub fn conn_log(rows: &[ConnRow], format: Format) -> Vec<u8> {
    let span = rows.first().zip(rows.last()).map(|(a, b)| (a.ts, b.ts));
    write_log("conn", &CONN, span, rows.iter().map(conn_values), format)
}

fn write_log<const N: usize>(
    path: &str,
    fields: &[(&str, &str); N],
    span: Option<(f64, f64)>,
    rows: impl Iterator<Item = [Value; N]>,
    format: Format,
) -> Vec<u8> {
    let mut out = Vec::new();
    let (open, close) = span.unwrap_or((0.0, 0.0));
    if format == Format::Tsv {
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        let types: Vec<&str> = fields.iter().map(|(_, kind)| *kind).collect();
        out.extend_from_slice(
            format!(
                "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
                 #path\t{path}\n#open\t{}\n#fields\t{}\n#types\t{}\n",
                date(open),
                names.join("\t"),
                types.join("\t"),
            )
            .as_bytes(),
        );
    }
    for row in rows {
        match format {
            Format::Tsv => tsv_row(&mut out, &row),
            Format::Json => json_row(&mut out, fields, &row),
        }
    }
    if format == Format::Tsv {
        out.extend_from_slice(format!("#close\t{}\n", date(close)).as_bytes());
    }
    out
}

fn tsv_row(out: &mut Vec<u8>, row: &[Value]) {
    for (index, value) in row.iter().enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        match value {
            Value::Unset => out.push(b'-'),
            Value::Empty => out.extend_from_slice(b"(empty)"),
            Value::Time(seconds) => out.extend_from_slice(format!("{seconds:.6}").as_bytes()),
            Value::Count(count) => out.extend_from_slice(count.to_string().as_bytes()),
            Value::Bool(yes) => out.push(if *yes { b'T' } else { b'F' }),
            Value::Text(bytes) => escape(out, bytes, false, index == 0),
            Value::Texts(list) => {
                for (place, bytes) in list.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    escape(out, bytes, true, false);
                }
            }
            Value::Times(list) => {
                let list: Vec<String> = list.iter().map(|ttl| format!("{ttl:.6}")).collect();
                out.extend_from_slice(list.join(",").as_bytes());
            }
        }
    }
    out.push(b'\n');
}

/// Write bytes as a TSV value. A value that reads like unset, empty or a
/// comment has its first byte escaped; an empty text is `(empty)`.
fn escape(out: &mut Vec<u8>, bytes: &[u8], in_list: bool, first_field: bool) {
    if bytes.is_empty() {
        out.extend_from_slice(b"(empty)");
        return;
    }
    let ambiguous =
        bytes == b"-" || bytes == b"(empty)" || (first_field && bytes.starts_with(b"#"));
    let hex =
        |out: &mut Vec<u8>, byte: u8| out.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
    let mut start = true;
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            let special = letter.is_control() || letter == '\\' || (in_list && letter == ',');
            let mut buffer = [0; 4];
            let encoded = letter.encode_utf8(&mut buffer).as_bytes();
            if special || (start && ambiguous) {
                encoded.iter().for_each(|byte| hex(out, *byte));
            } else {
                out.extend_from_slice(encoded);
            }
            start = false;
        }
        chunk.invalid().iter().for_each(|byte| hex(out, *byte));
        start = false;
    }
}

fn json_row(out: &mut Vec<u8>, fields: &[(&str, &str)], row: &[Value]) {
    out.push(b'{');
    let mut first = true;
    for ((name, _), value) in fields.iter().zip(row) {
        if matches!(value, Value::Unset | Value::Empty) {
            continue;
        }
        if !first {
            out.push(b',');
        }
        first = false;
        out.extend_from_slice(format!("\"{name}\":").as_bytes());
        match value {
            Value::Unset | Value::Empty => {}
            Value::Time(seconds) => out.extend_from_slice(number(*seconds).as_bytes()),
            Value::Count(count) => out.extend_from_slice(count.to_string().as_bytes()),
            Value::Bool(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
            Value::Text(bytes) => quote(out, bytes),
            Value::Texts(list) => {
                out.push(b'[');
                for (place, bytes) in list.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    quote(out, bytes);
                }
                out.push(b']');
            }
            Value::Times(list) => {
                let list: Vec<String> = list.iter().map(|ttl| number(*ttl)).collect();
                out.extend_from_slice(format!("[{}]", list.join(",")).as_bytes());
            }
        }
    }
    out.extend_from_slice(b"}\n");
}

/// Six digits at most, one at least: `60.0`, `0.0123`.
fn number(value: f64) -> String {
    let fixed = format!("{value:.6}");
    let short = fixed.trim_end_matches('0');
    if short.ends_with('.') {
        format!("{short}0")
    } else {
        short.to_owned()
    }
}

fn quote(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.extend_from_slice(b"\\\\"),
                _ if letter.is_control() => {
                    out.extend_from_slice(format!("\\u{:04x}", letter as u32).as_bytes());
                }
                _ => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for byte in chunk.invalid() {
            out.extend_from_slice(format!("\\\\x{byte:02x}").as_bytes());
        }
    }
    out.push(b'"');
}

/// `2024-03-12-09-30-00`, UTC, for `#open` and `#close`.
fn date(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as i64;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}-{:02}-{:02}-{:02}",
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(bytes: &[u8], in_list: bool) -> String {
        let mut out = Vec::new();
        escape(&mut out, bytes, in_list, false);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn bytes_are_escaped_as_zeek_does() {
        assert_eq!(escaped(b"a\xbcb", false), "a\\xbcb");
        assert_eq!(escaped("ä".as_bytes(), false), "ä");
        assert_eq!(escaped(b"a\tb\\", false), "a\\x09b\\x5c");
        assert_eq!(escaped(b"a,b", true), "a\\x2cb");
        assert_eq!(escaped(b"a,b", false), "a,b");
        assert_eq!(escaped(b"-", false), "\\x2d");
        assert_eq!(escaped(b"-a", false), "-a");
        assert_eq!(escaped(b"", false), "(empty)");
        assert_eq!(escaped(b"(empty)", false), "\\x28empty)");
    }

    #[test]
    fn dates_are_civil() {
        assert_eq!(date(0.0), "1970-01-01-00-00-00");
        assert_eq!(date(1_710_201_600.0), "2024-03-12-00-00-00");
        assert_eq!(date(1_709_251_199.0), "2024-02-29-23-59-59");
    }

    #[test]
    fn no_rows_are_still_a_log() {
        let empty = String::from_utf8(dns_log(&[], Format::Tsv)).unwrap();
        assert!(empty.starts_with("#separator \\x09\n") && empty.contains("#close"));
        assert!(dns_log(&[], Format::Json).is_empty());
    }
}

//! The fields that the language knows, and the names that columns have.
//!
//! In: a name. Out: Zeek's name of the column, and what is in it. Must not know: rows.

/// What a field holds, and so how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; compared as text, the case of letters aside.
    Text,
    /// Text in which the case of letters matters.
    Exact,
    /// An address, also compared with networks.
    Address,
    /// A number.
    Number,
    /// A number of bytes.
    Bytes,
    /// A number of seconds.
    Seconds,
    /// A time.
    Time,
    /// T or F.
    Bool,
    /// A record type: number or name.
    RecordType,
    /// A response code: number or name.
    ResponseCode,
    /// Several texts.
    List,
    /// A column of a site's own: as a number where both sides are one, else as text.
    Any,
}

/// In which log a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// `dns.log`
    Dns,
    /// `conn.log`
    Conn,
    /// Both.
    Both,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Zeek's name of the column.
    pub column: &'static str,
    /// Shorter or plainer names; the first is the one that is offered.
    pub aliases: &'static [&'static str],
    /// What it holds.
    pub kind: Kind,
    /// Where it stands.
    pub log: Log,
    /// What it is, in a few words.
    pub about: &'static str,
}

const fn known(
    column: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    log: Log,
    about: &'static str,
) -> Field {
    Field {
        column,
        aliases,
        kind,
        log,
        about,
    }
}

/// All fields, in Zeek's order.
pub const FIELDS: [Field; 39] = [
    known("ts", &["time"], Kind::Time, Log::Both, "when, UTC"),
    known(
        "uid",
        &[],
        Kind::Exact,
        Log::Both,
        "joins dns.log with conn.log",
    ),
    known(
        "id.orig_h",
        &["client", "src", "orig_h"],
        Kind::Address,
        Log::Both,
        "who asked, or opened the connection",
    ),
    known(
        "id.orig_p",
        &["client_port", "src_port", "orig_p"],
        Kind::Number,
        Log::Both,
        "from which port",
    ),
    known(
        "id.resp_h",
        &["server", "peer", "dst", "resp_h"],
        Kind::Address,
        Log::Both,
        "who was asked",
    ),
    known(
        "id.resp_p",
        &["server_port", "dst_port", "resp_p"],
        Kind::Number,
        Log::Both,
        "at which port",
    ),
    known("proto", &[], Kind::Text, Log::Both, "udp, tcp, icmp"),
    known(
        "trans_id",
        &[],
        Kind::Number,
        Log::Dns,
        "number of the message",
    ),
    known("rtt", &[], Kind::Seconds, Log::Dns, "seconds to the answer"),
    known(
        "query",
        &["name"],
        Kind::Text,
        Log::Dns,
        "the name asked for",
    ),
    known(
        "domain",
        &[],
        Kind::Text,
        Log::Dns,
        "the registered domain of the name",
    ),
    known("qclass", &[], Kind::Number, Log::Dns, "class, by number"),
    known("qclass_name", &[], Kind::Text, Log::Dns, "class, by name"),
    known(
        "qtype",
        &["type"],
        Kind::RecordType,
        Log::Dns,
        "record type, by number or name",
    ),
    known(
        "qtype_name",
        &[],
        Kind::Text,
        Log::Dns,
        "record type, as the log writes it",
    ),
    known(
        "rcode",
        &[],
        Kind::ResponseCode,
        Log::Dns,
        "response code, by number or name",
    ),
    known(
        "rcode_name",
        &[],
        Kind::Text,
        Log::Dns,
        "response code, as the log writes it",
    ),
    known("AA", &[], Kind::Bool, Log::Dns, "answered by an authority"),
    known("TC", &[], Kind::Bool, Log::Dns, "the answer was cut short"),
    known("RD", &[], Kind::Bool, Log::Dns, "recursion wanted"),
    known("RA", &[], Kind::Bool, Log::Dns, "recursion offered"),
    known("Z", &[], Kind::Number, Log::Dns, "reserved bits"),
    known("answers", &[], Kind::List, Log::Dns, "what was answered"),
    known(
        "TTLs",
        &[],
        Kind::List,
        Log::Dns,
        "how long each answer may be kept, seconds",
    ),
    known("rejected", &[], Kind::Bool, Log::Dns, "the server refused"),
    known(
        "service",
        &[],
        Kind::Text,
        Log::Conn,
        "protocols that Zeek recognised",
    ),
    known(
        "duration",
        &[],
        Kind::Seconds,
        Log::Conn,
        "how long it lasted",
    ),
    known(
        "orig_bytes",
        &["bytes_out"],
        Kind::Bytes,
        Log::Conn,
        "payload from the client",
    ),
    known(
        "resp_bytes",
        &["bytes_in"],
        Kind::Bytes,
        Log::Conn,
        "payload from the server",
    ),
    known(
        "conn_state",
        &["state"],
        Kind::Text,
        Log::Conn,
        "how it ended: SF, S0, …",
    ),
    known(
        "local_orig",
        &[],
        Kind::Bool,
        Log::Conn,
        "the client is local",
    ),
    known(
        "local_resp",
        &[],
        Kind::Bool,
        Log::Conn,
        "the server is local",
    ),
    known(
        "missed_bytes",
        &[],
        Kind::Bytes,
        Log::Conn,
        "bytes that the sensor missed",
    ),
    known("history", &[], Kind::Exact, Log::Conn, "a letter an event"),
    known(
        "orig_pkts",
        &["packets_out"],
        Kind::Number,
        Log::Conn,
        "packets from the client",
    ),
    known(
        "orig_ip_bytes",
        &[],
        Kind::Bytes,
        Log::Conn,
        "bytes from the client, with headers",
    ),
    known(
        "resp_pkts",
        &["packets_in"],
        Kind::Number,
        Log::Conn,
        "packets from the server",
    ),
    known(
        "resp_ip_bytes",
        &[],
        Kind::Bytes,
        Log::Conn,
        "bytes from the server, with headers",
    ),
    known(
        "tunnel_parents",
        &[],
        Kind::List,
        Log::Conn,
        "connections that this one runs in",
    ),
];

/// The field of a name, Zeek's or one of ours, whatever its case.
#[must_use]
pub fn field(name: &str) -> Option<&'static Field> {
    let canonical = canonical(name);
    FIELDS
        .iter()
        .find(|field| field.column == canonical)
        .or_else(|| {
            FIELDS.iter().find(|field| {
                field.column.eq_ignore_ascii_case(&canonical)
                    || field
                        .aliases
                        .iter()
                        .any(|alias| alias.eq_ignore_ascii_case(name))
            })
        })
}

/// Zeek's name of a column that a site writes its own way: `id_orig_h`, `src`.
#[must_use]
pub fn canonical(name: &str) -> String {
    let bare = name
        .strip_prefix("id.")
        .or_else(|| name.strip_prefix("id_"))
        .unwrap_or(name);
    match bare {
        "orig_h" | "src" => "id.orig_h".to_owned(),
        "orig_p" | "src_port" => "id.orig_p".to_owned(),
        "resp_h" | "dst" => "id.resp_h".to_owned(),
        "resp_p" | "dst_port" => "id.resp_p".to_owned(),
        _ => name.to_owned(),
    }
}

/// The name of a column that is offered and written into filters; `None` for a column whose name
/// the language cannot read.
pub(crate) fn shortest(column: &str) -> Option<&str> {
    if let Some(field) = FIELDS.iter().find(|field| field.column == column) {
        return Some(offered(field));
    }
    column.bytes().all(crate::lex::in_word).then_some(column)
}

pub(crate) fn offered(field: &'static Field) -> &'static str {
    match field.column.starts_with("id.") {
        true => field.aliases[0],
        false => field.column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_one_field() {
        let mut names: Vec<&str> = FIELDS
            .iter()
            .flat_map(|field| field.aliases.iter().copied().chain([field.column]))
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(field("CLIENT").unwrap().column, "id.orig_h");
        assert_eq!(field("id_resp_p").unwrap().column, "id.resp_p");
        assert_eq!(field("ttls").unwrap().column, "TTLs");
        assert!(field("nonsense").is_none());
    }
}

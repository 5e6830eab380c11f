//! What can be copied of a finding.
//!
//! In: a finding. Out: labels and texts.
//! Must not know: the clipboard.

use wakeful_engine::report::Finding;

use super::export::{Format, json, markdown};
use super::lookup::Lookups;
use super::marks::Marks;
use super::text::defanged;
use crate::wire::grid::{DOMAIN, Log};

/// The entries of the copy row: a label, a text. The texts are exact, not escaped for display.
#[must_use]
pub fn choices(finding: &Finding, marks: &Marks, lookups: &Lookups) -> Vec<(&'static str, String)> {
    let mut choices = vec![("Client", finding.client.clone())];
    let ends = [("Domain", &finding.domain), ("Peer", &finding.peer)];
    if let Some((end, value)) = ends.iter().find_map(|(end, of)| Some((*end, of.as_ref()?))) {
        choices.push((end, value.clone()));
        choices.push(("Defanged", defanged(value)));
    }
    if let Ok(row) = Format::Csv.write(&[finding], marks, lookups) {
        choices.push(("Row", row));
    }
    if let Ok(json) = json(finding, marks, lookups) {
        choices.push(("JSON", json));
    }
    choices.push(("Markdown", markdown(finding, marks, lookups)));
    choices.extend(commands(finding));
    choices
}

/// Commands that print the finding's records out of the logs, for a shell.
fn commands(finding: &Finding) -> Vec<(&'static str, String)> {
    let client = quoted(&finding.client);
    match (&finding.domain, &finding.peer) {
        (Some(domain), _) => {
            let (end, dotted) = (quoted(domain), quoted(&format!(".{domain}")));
            vec![
                (
                    "zeek-cut",
                    format!(
                        "zeek-cut ts uid id.orig_h query qtype_name rcode_name < dns.log | CLIENT={client} END={end} \\\n  \
                         awk -F '\\t' 'BEGIN {{ d = \".\" ENVIRON[\"END\"] }} $3 == ENVIRON[\"CLIENT\"] && substr(\".\" $4, length($4) + 2 - length(d)) == d'"
                    ),
                ),
                (
                    "jq",
                    format!(
                        "jq -c --arg client {client} --arg end {dotted} \\\n  \
                         'select(.[\"id.orig_h\"] == $client and ((\".\" + (.query // \"\")) | endswith($end)))' dns.log"
                    ),
                ),
                (
                    "grep",
                    format!("grep -F -e {end} dns.log | grep -F -e {client}"),
                ),
            ]
        }
        (None, Some(peer)) => {
            let peer = quoted(peer);
            vec![
                (
                    "zeek-cut",
                    format!(
                        "zeek-cut ts uid id.orig_h id.resp_h id.resp_p proto service duration orig_bytes resp_bytes < conn.log | CLIENT={client} PEER={peer} \\\n  \
                         awk -F '\\t' '$3 == ENVIRON[\"CLIENT\"] && $4 == ENVIRON[\"PEER\"]'"
                    ),
                ),
                (
                    "jq",
                    format!(
                        "jq -c --arg client {client} --arg peer {peer} \\\n  \
                         'select(.[\"id.orig_h\"] == $client and .[\"id.resp_h\"] == $peer)' conn.log"
                    ),
                ),
                (
                    "grep",
                    format!("grep -F -e {peer} conn.log | grep -F -e {client}"),
                ),
            ]
        }
        (None, None) => Vec::new(),
    }
}

/// Commands that print the rows of a log with a value in a column, for a shell; none for a column that
/// stands in no log.
#[must_use]
pub fn commands_of_cell(log: Log, column: &str, value: &str) -> Vec<(&'static str, String)> {
    if column == DOMAIN {
        return Vec::new();
    }
    let file = match log {
        Log::Dns => "dns.log",
        Log::Conn => "conn.log",
    };
    let (name, value) = (quoted(column), quoted(value));
    vec![
        (
            "zeek-cut",
            format!(
                "zeek-cut ts uid {name} < {file} | VALUE={value} awk -F '\\t' '$3 == ENVIRON[\"VALUE\"]'"
            ),
        ),
        (
            "jq",
            format!(
                "jq -c --arg name {name} --arg value {value} 'select((.[$name] | tostring) == $value)' {file}"
            ),
        ),
    ]
}

/// A word for a POSIX shell: nothing in it is run.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_one_word_of_the_shell() {
        let finding = Finding {
            client: "10.0.0.1".into(),
            domain: Some("a'; rm -rf ~ #.example".into()),
            ..Finding::default()
        };
        for (label, command) in commands(&finding) {
            assert!(
                command.contains("a'\\''; rm -rf ~ #.example'"),
                "{label}: {command}"
            );
        }
    }

    #[test]
    fn a_hostile_cell_stays_one_word_of_the_shell() {
        for (label, command) in commands_of_cell(Log::Dns, "query", "'; rm -rf ~ #") {
            assert!(
                command.contains("''\\''; rm -rf ~ #'"),
                "{label}: {command}"
            );
        }
    }

    #[test]
    fn a_column_that_no_log_has_has_no_commands() {
        assert_eq!(commands_of_cell(Log::Dns, "query", "a.example").len(), 2);
        assert!(commands_of_cell(Log::Dns, DOMAIN, "a.example").is_empty());
    }

    #[test]
    fn a_flow_has_commands_for_its_own_log() {
        let finding = Finding {
            client: "10.0.0.1".into(),
            peer: Some("192.0.2.7".into()),
            ..Finding::default()
        };
        let commands = commands(&finding);
        assert_eq!(commands.len(), 3);
        assert!(
            commands
                .iter()
                .all(|(_, command)| command.contains("conn.log"))
        );
    }
}

//! What look-ups add to tables: columns, with their dates.
//!
//! In: findings, answers. Out: texts.
//! Must not know: how anything is looked up.

use wakeful_engine::report::Finding;
use wakeful_lookup::{Record, Service};

use super::rank::sharpen;
use super::{Lookups, subject};
use crate::state::format::iso;

/// The names of the fields of [`row`], for the head of a table.
pub const COLUMNS: [&str; 17] = [
    "rank_score",
    "lookup_subject",
    "vt_asked_at",
    "vt_outcome",
    "vt_positives",
    "vt_total",
    "vt_categories",
    "vt_last_analysis",
    "vt_created",
    "registration_asked_at",
    "registration_outcome",
    "registered_at",
    "domain_age_days",
    "newly_registered",
    "registrar",
    "domain_status",
    "name_servers",
];

/// What look-ups say of a finding, a text for each of [`COLUMNS`]; empty where nothing was asked.
#[must_use]
pub fn row(finding: &Finding, lookups: &Lookups) -> [String; 17] {
    let mut row: [String; 17] = Default::default();
    row[0] = format!("{:.4}", sharpen(finding, lookups).score);
    if let Some(subject) = subject(finding) {
        row[1] = subject.to_string();
    }
    for entry in lookups.of(finding) {
        let asked = match entry.service {
            Service::Reputation => 2,
            Service::Registration => 9,
        };
        row[asked] = iso(entry.at);
        row[asked + 1] = match &entry.outcome {
            Ok(_) => "ok".to_owned(),
            Err(problem) => problem.name().to_owned(),
        };
        match &entry.outcome {
            Ok(Record::Reputation(found)) => {
                row[4] = found.positives().to_string();
                row[5] = found.total().to_string();
                row[6] = found.categories.join("; ");
                row[7] = found.analysed.map(iso).unwrap_or_default();
                row[8] = found.created.map(iso).unwrap_or_default();
            }
            Ok(Record::Registration(found)) => {
                row[11] = found.registered.map(iso).unwrap_or_default();
                if let Some(age) = found.age(entry.at) {
                    row[12] = format!("{age:.0}");
                    row[13] = (age < f64::from(lookups.young_days)).to_string();
                }
                row[14] = found.registrar.clone().unwrap_or_default();
                row[15] = found.status.join("; ");
                row[16] = found.name_servers.join("; ");
            }
            Err(_) => {}
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::super::tests::{detected, finding, lookups, registered};
    use super::*;

    #[test]
    fn an_export_has_the_dates_and_a_text_for_every_column() {
        let lookups = lookups(&[("evil.com", detected(10)), ("evil.com", registered(20.0))]);
        let row = row(&finding("evil.com", 0.5), &lookups);
        let cell = |name: &str| {
            let at = COLUMNS.iter().position(|column| *column == name).unwrap();
            row[at].as_str()
        };
        assert_eq!(cell("vt_asked_at"), iso(200.0 * 86_400.0));
        assert_eq!((cell("vt_positives"), cell("vt_total")), ("10", "100"));
        assert_eq!(
            (cell("domain_age_days"), cell("newly_registered")),
            ("20", "true")
        );
        assert_eq!(cell("rank_score"), "0.6400");
    }
}

//! A report to standard output.

use crate::table;
use std::io::Write;
use wakeful_engine::report::Report;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
    Ndjson,
}

impl Format {
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        match name {
            "table" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            "ndjson" => Ok(Self::Ndjson),
            _ => Err(format!("--format is table, json or ndjson, not {name}")),
        }
    }
}

/// Writes a report.
pub(crate) fn print(report: &Report, format: Format) -> Result<(), String> {
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    match write(report, format, out) {
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| format!("cannot write the report: {error}")),
    }
}

fn write(report: &Report, format: Format, mut out: impl Write) -> std::io::Result<()> {
    match format {
        Format::Table => out.write_all(table::table(report).as_bytes())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, report)?;
            writeln!(out)?;
        }
        Format::Ndjson => {
            for finding in &report.findings {
                serde_json::to_writer(&mut out, finding)?;
                writeln!(out)?;
            }
        }
    }
    out.flush()
}

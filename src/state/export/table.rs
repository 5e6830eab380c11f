//! Any table as it is shown: headings and cells.
//!
//! In: headings, rows. Out: a text, made row by row, so that a large table needs no second copy.
//! Must not know: what the cells mean.

use serde_json::Value;

use super::markdown::plain;
use super::{Format, csv};

/// The version of the JSON form; fields may be added within one.
const VERSION: u32 = 1;

/// A table as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Headings.
    pub columns: Vec<String>,
    /// Its rows, or the first of them.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are in all.
    pub total: usize,
}

impl Table {
    /// A table with all its rows.
    #[must_use]
    pub fn whole(columns: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        Self {
            total: rows.len(),
            columns,
            rows,
        }
    }

    /// Its rows as they leave the page.
    #[must_use]
    pub fn written(&self, format: Format) -> String {
        let mut writer = Writer::new(format, self.columns.clone());
        for row in &self.rows {
            writer.row(row.iter().map(|cell| Some(cell.as_str())));
        }
        writer.finish()
    }
}

/// A table that is being written.
#[derive(Debug)]
pub struct Writer {
    format: Format,
    columns: Vec<String>,
    out: String,
    rows: u64,
}

impl Writer {
    /// Begins with the headings.
    #[must_use]
    pub fn new(format: Format, columns: Vec<String>) -> Self {
        let out = match format {
            Format::Csv => csv::row(columns.iter().map(String::as_str)),
            Format::Json => format!(
                "{{\"export_version\":{VERSION},\"wakeful\":\"{}\",\"rows\":[",
                env!("CARGO_PKG_VERSION")
            ),
            // A table alone is no page: it leaves as Markdown.
            Format::Markdown | Format::Html => {
                let rule = "---|".repeat(columns.len());
                let heads = columns.iter().map(|name| Some(name.as_str()));
                format!("{}|{rule}\n", markdown_row(heads))
            }
        };
        Self {
            format,
            columns,
            out,
            rows: 0,
        }
    }

    /// Adds a row; `None` is a cell without a value.
    pub fn row<'a>(&mut self, cells: impl Iterator<Item = Option<&'a str>>) {
        match self.format {
            Format::Csv => self.out += &csv::row(cells.map(Option::unwrap_or_default)),
            Format::Json => {
                self.out += if self.rows == 0 { "\n{" } else { ",\n{" };
                for (at, (name, cell)) in self.columns.iter().zip(cells).enumerate() {
                    let comma = if at == 0 { "" } else { "," };
                    let value = cell.map_or(Value::Null, Value::from);
                    self.out += &format!("{comma}{}:{value}", Value::from(name.as_str()));
                }
                self.out.push('}');
            }
            Format::Markdown | Format::Html => self.out += &markdown_row(cells),
        }
        self.rows += 1;
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes so far.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.out.len()
    }

    /// The whole text.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.format == Format::Json {
            self.out += "\n]}\n";
        }
        self.out
    }
}

fn markdown_row<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> String {
    let mut row = "|".to_owned();
    for cell in cells {
        row += &format!(" {} |", plain(cell.unwrap_or_default()));
    }
    row.push('\n');
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format) -> String {
        let mut writer = Writer::new(format, vec!["query".to_owned(), "a\"b".to_owned()]);
        writer.row([Some("=1+1"), None].into_iter());
        writer.row([Some("x,y"), Some("\u{202e}z")].into_iter());
        assert_eq!(writer.rows(), 2);
        writer.finish()
    }

    #[test]
    fn a_cell_of_a_table_is_never_a_formula() {
        assert_eq!(
            written(Format::Csv),
            "query,\"a\"\"b\"\r\n\"'=1+1\",\r\n\"x,y\",\u{202e}z\r\n"
        );
    }

    #[test]
    fn a_table_in_markdown_keeps_its_columns() {
        let mut writer = Writer::new(Format::Markdown, vec!["a".to_owned(), "b".to_owned()]);
        writer.row([Some("x|y"), None].into_iter());
        assert_eq!(writer.finish(), "| a | b |\n|---|---|\n| x\\|y |  |\n");
    }

    #[test]
    fn a_whole_table_is_written_row_by_row() {
        let cells = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let rows = vec![cells(["x", "1"]), cells(["=y", "2"])];
        let table = Table::whole(cells(["a", "b"]), rows);
        assert_eq!(table.total, 2);
        assert_eq!(table.written(Format::Csv), "a,b\r\nx,1\r\n\"'=y\",2\r\n");
    }

    #[test]
    fn rows_come_back_from_json_as_they_were() {
        let value: Value = serde_json::from_str(&written(Format::Json)).unwrap();
        assert_eq!(value["export_version"], VERSION);
        assert_eq!(value["rows"][0]["query"], "=1+1");
        assert_eq!(value["rows"][0]["a\"b"], Value::Null);
        assert_eq!(value["rows"][1]["a\"b"], "\u{202e}z");
    }
}

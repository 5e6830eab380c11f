//! The wanted columns of a line.
//!
//! In: lines as they stand in a log, with the headers above them. Out: the text of each wanted
//! column, by Zeek's names. Must not know: what a column means; where lines lie.

use wakeful_engine::names::facts;
use wakeful_engine::order;
use wakeful_logs::{Header, json_fields};
use wakeful_query::{FIELDS, canonical};

use crate::wire::grid::DOMAIN;

/// Picks columns out of lines.
pub struct Picker<'a> {
    columns: &'a [String],
    /// Where the domain and the name that it is made of stand among the columns.
    domain: Option<usize>,
    query: Option<usize>,
    /// For each header of each input: the wanted column of each of its columns.
    maps: Vec<Vec<Vec<Option<usize>>>>,
    query_maps: Vec<Vec<Option<usize>>>,
}

impl<'a> Picker<'a> {
    /// A picker over inputs with these headers.
    pub fn new(columns: &'a [String], headers: &[Vec<Header>]) -> Self {
        let position = |name: &str| columns.iter().position(|column| column == name);
        let wanted = |header: &Header| -> Vec<Option<usize>> {
            let names: Vec<String> = header
                .columns()
                .iter()
                .map(|name| canonical(name))
                .collect();
            // The first column of a name counts, as it does for the reader.
            (0..names.len())
                .map(|at| position(&names[at]).filter(|_| !names[..at].contains(&names[at])))
                .collect()
        };
        let query = |header: &Header| header.columns().iter().position(|name| name == "query");
        Self {
            columns,
            domain: position(DOMAIN),
            query: position("query"),
            maps: headers
                .iter()
                .map(|headers| headers.iter().map(wanted).collect())
                .collect(),
            query_maps: headers
                .iter()
                .map(|headers| headers.iter().map(query).collect())
                .collect(),
        }
    }

    /// Calls back with the cells of a line: a text for each column, `None` where it is unset.
    pub fn pick<T>(
        &self,
        line: &[u8],
        header: Option<(usize, usize, &Header)>,
        take: impl FnOnce(&[Option<&[u8]>]) -> T,
    ) -> T {
        match header {
            Some((input, at, header)) => self.pick_tsv(line, (input, at), header, take),
            None => self.pick_json(line, take),
        }
    }

    fn pick_tsv<T>(
        &self,
        line: &[u8],
        (input, at): (usize, usize),
        header: &Header,
        take: impl FnOnce(&[Option<&[u8]>]) -> T,
    ) -> T {
        let mut cells: Vec<Option<&[u8]>> = vec![None; self.columns.len()];
        let mut query = None;
        if let Some(map) = self.maps.get(input).and_then(|maps| maps.get(at)) {
            let of_query = self.query_maps[input][at];
            for (column, text) in header.cells(line).enumerate() {
                if let Some(Some(wanted)) = map.get(column) {
                    cells[*wanted] = text;
                }
                if self.domain.is_some() && of_query == Some(column) {
                    query = text;
                }
            }
        }
        self.add_domain(&mut cells, query);
        take(&cells)
    }

    fn pick_json<T>(&self, line: &[u8], take: impl FnOnce(&[Option<&[u8]>]) -> T) -> T {
        let fields = json_fields(line);
        let mut cells: Vec<Option<&[u8]>> = vec![None; self.columns.len()];
        let mut query = None;
        for (name, text) in &fields {
            let name = canonical(name);
            if let Some(at) = self.columns.iter().position(|column| *column == name)
                && cells[at].is_none()
            {
                cells[at] = Some(text.as_bytes());
            }
            if name == "query" {
                query = Some(text.as_bytes());
            }
        }
        self.add_domain(&mut cells, query);
        take(&cells)
    }

    fn add_domain<'t>(&self, cells: &mut [Option<&'t [u8]>], query: Option<&'t [u8]>) {
        let query = query.or_else(|| cells.get(self.query?).copied().flatten());
        if let (Some(at), Some(query)) = (self.domain, query) {
            let (range, _) = facts(query);
            cells[at] = (!range.is_empty()).then(|| &query[range]);
        }
    }
}

/// Columns in Zeek's order, those of the site's own behind; for names as the inputs have them.
pub fn ordered(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let name = canonical(&name);
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    if columns.iter().any(|column| column == "query") {
        columns.push(DOMAIN.to_owned());
    }
    let place = |name: &str| {
        FIELDS
            .iter()
            .position(|field| field.column == name)
            .unwrap_or(FIELDS.len())
    };
    // Stable: columns that are not known stay in the order of the log.
    order::by_key(&mut columns, |name| place(name));
    columns
}

/// Text for display: bytes that are no UTF-8 as `\xHH`, at most `most` bytes of it.
pub fn shown(text: &[u8], most: usize) -> String {
    let mut out = String::new();
    for chunk in text[..text.len().min(most)].utf8_chunks() {
        out.push_str(chunk.valid());
        // A character that the cut went through is left out.
        if text.len() > most && chunk.valid().len() + chunk.invalid().len() == text.len().min(most)
        {
            break;
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    if text.len() > most {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink};

    struct Nothing;
    impl Sink for Nothing {
        fn dns(&mut self, _: &DnsRecord<'_>, _: At) {}
        fn conn(&mut self, _: &ConnRecord<'_>, _: At) {}
    }

    fn headers(text: &str) -> Vec<Header> {
        let mut reader = Reader::new();
        reader.feed(text.as_bytes(), &mut Nothing);
        reader.finish(&mut Nothing).headers
    }

    fn picked(columns: &[&str], line: &str, headers: &[Vec<Header>]) -> Vec<Option<String>> {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        let header = headers.first().map(|headers| (0, 0, &headers[0]));
        Picker::new(&columns, headers).pick(line.as_bytes(), header, |cells| {
            cells
                .iter()
                .map(|cell| cell.map(|text| shown(text, 100)))
                .collect()
        })
    }

    #[test]
    fn both_forms_of_a_row_give_the_same_cells() {
        let columns = ["domain", "id.orig_h", "query", "rtt", "vlan"];
        let tsv = headers("#fields\tid.orig_h\tquery\trtt\tvlan\n");
        let of_tsv = picked(&columns, "10.0.0.5\twww.a.co.uk\t-\t7", &[tsv]);
        let json = r#"{"id":{"orig_h":"10.0.0.5"},"query":"www.a.co.uk","vlan":7}"#;
        assert_eq!(of_tsv, picked(&columns, json, &[]));
        let wanted = [
            Some("a.co.uk"),
            Some("10.0.0.5"),
            Some("www.a.co.uk"),
            None,
            Some("7"),
        ];
        assert_eq!(of_tsv, wanted.map(|text| text.map(str::to_owned)));
    }

    #[test]
    fn the_domain_needs_no_column_for_its_name() {
        let tsv = headers("#fields\tid_orig_h\tquery\n");
        assert_eq!(
            picked(&["domain"], "10.0.0.5\tb.a.example", &[tsv]),
            [Some("a.example".to_owned())]
        );
    }

    #[test]
    fn columns_have_zeeks_order_with_the_sites_own_behind() {
        let names = ["vlan", "query", "src", "ts", "id_orig_h"].map(str::to_owned);
        assert_eq!(
            ordered(names),
            ["ts", "id.orig_h", "query", "domain", "vlan"]
        );
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shown("aéé".as_bytes(), 4), "aé…");
        assert_eq!(shown(b"a\xff", 9), "a\\xff");
        assert_eq!(shown(b"", 9), "");
    }
}

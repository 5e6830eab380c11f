//! The address of a view: what of the state stands in the page's fragment.
//!
//! In: a fragment, as a link, a reload, back and forward bring it. Out: an [`Address`]; its one
//! canonical text.
//! Must not know: the browser, what a view shows.
//!
//! The form is versioned (`v=1&view=findings&…`), and older forms are lifted by [`UPGRADERS`], a
//! step each. What may stand in it: the view, how it is arranged, and words that the user typed.
//! Nothing of the logs: browsers keep addresses in their history and carry them to other devices.
//! So a finding is named by its id (a hash), a filter that came of a click on a value of the log
//! stays out, and of columns only those that Zeek itself names stand there.

use form_urlencoded::Serializer;

use super::view::View;
use super::{explore, inject, list, records};

/// The version that is written.
pub const VERSION: usize = 1;

/// Names and values, in order.
pub type Pairs = Vec<(String, String)>;

/// From the version of the index to the next one. Version 0 had no number: a bare name of a view.
const UPGRADERS: [fn(&Pairs) -> Pairs; VERSION] = [bare_view];

fn bare_view(pairs: &Pairs) -> Pairs {
    match pairs.first() {
        Some((name, _)) => vec![("view".to_owned(), name.clone())],
        None => Vec::new(),
    }
}

/// What an address says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Address {
    /// Which view.
    pub view: View,
    /// How the list of findings is arranged.
    pub list: list::Arrangement,
    /// How the records are shown, in their view.
    pub records: Option<records::Arrangement>,
    /// What is plotted, in the view of the channels.
    pub explore: Option<explore::Arrangement>,
    /// Which tunnel is tried, in that view.
    pub trial: Option<inject::Arrangement>,
    /// The id of the finding in front.
    pub finding: Option<String>,
    /// The page of the help, or the part of the models.
    pub page: Option<String>,
}

impl Address {
    /// Reads a fragment (without its `#`).
    ///
    /// # Errors
    /// A sentence where it is of a later version of Wakeful than this one.
    pub fn read(fragment: &str) -> Result<Self, String> {
        let mut pairs: Pairs = form_urlencoded::parse(fragment.as_bytes())
            .into_owned()
            .collect();
        let version = match value(&pairs, "v") {
            Some(version) => version.parse().unwrap_or(VERSION + 1),
            None => 0,
        };
        if version > VERSION {
            return Err(
                "The address was made by a newer Wakeful than this page. Reload the page to get \
                 it; until then the overview is shown."
                    .to_owned(),
            );
        }
        for upgrade in &UPGRADERS[version..] {
            pairs = upgrade(&pairs);
        }
        let view = value(&pairs, "view").and_then(View::of).unwrap_or_default();
        Ok(Self {
            view,
            list: list::Arrangement::read(&pairs),
            records: (view == View::Records).then(|| records::Arrangement::read(&pairs)),
            explore: (view == View::Explore).then(|| explore::Arrangement::read(&pairs)),
            trial: (view == View::Try).then(|| inject::Arrangement::read(&pairs)),
            finding: value(&pairs, "finding").map(str::to_owned),
            page: value(&pairs, "page").map(str::to_owned),
        })
    }

    /// The fragment; empty for the overview as it is at first.
    #[must_use]
    pub fn text(&self) -> String {
        let mut pairs = Pairs::new();
        if self.view != View::default() {
            put(&mut pairs, "view", self.view.name());
        }
        self.list.write(&mut pairs);
        if let Some(records) = &self.records {
            records.write(&mut pairs);
        }
        if let Some(explore) = &self.explore {
            explore.write(&mut pairs);
        }
        if let Some(trial) = &self.trial {
            trial.write(&mut pairs);
        }
        if let Some(finding) = &self.finding {
            put(&mut pairs, "finding", finding);
        }
        if let Some(page) = &self.page {
            put(&mut pairs, "page", page);
        }
        if pairs.is_empty() {
            return String::new();
        }
        Serializer::new(String::new())
            .append_pair("v", &VERSION.to_string())
            .extend_pairs(pairs)
            .finish()
    }

    /// Whether going to another one is a step that the browser's own button goes back: another
    /// view, another finding, another page. Arranging a list is none.
    #[must_use]
    pub fn is_step_from(&self, other: &Self) -> bool {
        (self.view, &self.finding, &self.page) != (other.view, &other.finding, &other.page)
    }
}

/// The first value of a name.
#[must_use]
pub fn value<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// Adds a pair.
pub fn put(pairs: &mut Pairs, name: &str, value: impl Into<String>) {
    pairs.push((name.to_owned(), value.into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was_written() {
        for fragment in [
            "",
            "v=1&view=findings",
            "v=1&view=findings&q=a+%26+b%3D%C3%BC&hide=low%2Cinfo&sort=client&group=domain",
            "v=1&view=findings&min=65&leak=4000&finding=00ff00ff00ff00ff",
            "v=1&view=help&page=dns-tunnel",
            "v=1&view=models&page=curves",
            "v=1&view=records&log=conn&where=bytes_out+%3E+1+MB&by=-duration&columns=ts%2Cuid",
            "v=1&view=explore&channels=flow&axes=pcr%2Cduration%2Cscore%2Cscore",
            "v=1&view=try&tool=slow&rate=0.01&minutes=600&encoding=base32",
        ] {
            let address = Address::read(fragment).unwrap();
            assert_eq!(address.text(), fragment);
            assert_eq!(Address::read(&address.text()), Ok(address));
        }
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        let address = Address::read("v=1&view=nowhere&min=x&sort=%ff&hide=&&=&z").unwrap();
        assert_eq!(address, Address::default());
        assert_eq!(Address::read("%%%&=%"), Ok(Address::default()));
    }

    #[test]
    fn the_bare_name_of_version_0_is_lifted() {
        assert_eq!(Address::read("models").unwrap().view, View::Models);
        assert_eq!(Address::read("models").unwrap().text(), "v=1&view=models");
    }

    #[test]
    fn an_address_of_the_future_is_a_sentence() {
        for fragment in ["v=2&view=findings", "v=x"] {
            assert!(Address::read(fragment).unwrap_err().contains("newer"));
        }
    }

    #[test]
    fn arranging_the_list_is_no_step_of_its_own() {
        let before = Address::read("v=1&view=findings").unwrap();
        assert!(
            !Address::read("v=1&view=findings&q=x")
                .unwrap()
                .is_step_from(&before)
        );
        assert!(
            Address::read("v=1&view=findings&finding=1")
                .unwrap()
                .is_step_from(&before)
        );
        assert!(
            Address::read("v=1&view=models")
                .unwrap()
                .is_step_from(&before)
        );
    }
}

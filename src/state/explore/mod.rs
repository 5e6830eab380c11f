//! What the view of the channels knows: their features, which are plotted, what is brushed.
//!
//! In: [`Change`]s. Out: the next [`Explore`]; which channels are brushed; what is drawn ([`plots`]).
//! Must not know: the browser; how a feature comes about.

pub mod plots;

use std::rc::Rc;
use wakeful_engine::order;

use super::address::{self, Pairs, put};
use super::evaluation;
use crate::chart::{Area, Unit};
use crate::state::export::table::Table;
use crate::state::format::{capital, count, score};
use crate::wire::explore::{Channels, Family, Measure, MeasureUnit, SpreadLine};
use wakeful_engine::evaluation::Spread;

/// The view of the channels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explore {
    /// Which channels.
    pub family: Family,
    /// Their features; `None` before they came.
    pub channels: Option<Shared>,
    /// The four features that are plotted, by name.
    pub axes: [String; 4],
    /// The feature whose spread is shown by client and by domain.
    pub spread: String,
    /// What is brushed.
    pub brush: Option<Brush>,
}

/// The part that stands in the address.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arrangement {
    /// Which channels.
    pub family: Family,
    /// The four features by name; none where they are those of the beginning.
    pub axes: Vec<String>,
    /// The feature whose spread is shown; nothing where it is that of the beginning.
    pub spread: Option<String>,
}

impl Arrangement {
    pub(super) fn write(&self, pairs: &mut Pairs) {
        if self.family == Family::Flow {
            put(pairs, "channels", "flow");
        }
        if !self.axes.is_empty() {
            put(pairs, "axes", self.axes.join(","));
        }
        if let Some(spread) = &self.spread {
            put(pairs, "spread", spread);
        }
    }

    pub(super) fn read(pairs: &Pairs) -> Self {
        let axes: Vec<String> = address::value(pairs, "axes")
            .unwrap_or_default()
            .split(',')
            .map(str::to_owned)
            .collect();
        Self {
            family: match address::value(pairs, "channels") {
                Some("flow") => Family::Flow,
                _ => Family::Dns,
            },
            axes: if axes.len() == 4 { axes } else { Vec::new() },
            spread: address::value(pairs, "spread").map(str::to_owned),
        }
    }
}

/// Channels that are the same if they are one.
#[derive(Debug, Clone)]
pub struct Shared(pub Rc<Channels>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The channels that the user chose.
#[derive(Debug, Clone, PartialEq)]
pub enum Brush {
    /// Those in a part of a plot.
    Part(Part),
    /// All of one client, or of one domain.
    End(End, String),
}

/// Which end of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client.
    Client,
    /// The domain, or the server of flows.
    Other,
}

impl End {
    /// What it is called.
    #[must_use]
    pub fn noun(self, family: Family) -> &'static str {
        match (self, family) {
            (Self::Client, _) => "client",
            (Self::Other, Family::Dns) => "domain",
            (Self::Other, Family::Flow) => "server",
        }
    }

    /// This end of a channel.
    #[must_use]
    pub fn of(self, (client, other): &(String, String)) -> &str {
        match self {
            Self::Client => client,
            Self::Other => other,
        }
    }

    /// How a measure is spread over the channels of each client, or each domain.
    #[must_use]
    pub fn spreads(self, measure: &Measure) -> &[SpreadLine] {
        match self {
            Self::Client => &measure.clients,
            Self::Other => &measure.others,
        }
    }
}

/// A part of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The feature along the horizontal axis.
    pub x: String,
    /// The feature along the vertical one; `None` for a histogram.
    pub y: Option<String>,
    /// From where to where, in the plot's values.
    pub area: Area,
}

/// What happened in the view.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Other channels.
    Family(Family),
    /// Another feature in the place of one of the four.
    Axis(usize, String),
    /// Another feature whose spread is shown.
    Spread(String),
    /// Something is brushed, or nothing any more.
    Brush(Option<Brush>),
    /// The channels came.
    Heard(Family, Box<Channels>),
}

/// The four features at first: those of the first notebook of the project.
fn first_axes(family: Family) -> [String; 4] {
    match family {
        Family::Dns => ["pcr", "entropy", "length_mean", "score"],
        Family::Flow => ["pcr", "orig_packet", "duration", "score"],
    }
    .map(str::to_owned)
}

/// The feature whose spread is shown at first.
fn first_spread(family: Family) -> String {
    let [_, second, ..] = first_axes(family);
    second
}

impl Explore {
    /// The next state.
    #[must_use]
    pub fn after(mut self, change: Change) -> Self {
        match change {
            Change::Family(family) if family != self.family => {
                self = Self {
                    family,
                    ..Self::default()
                };
            }
            Change::Family(_) => {}
            Change::Axis(place, name) => {
                if let Some(axis) = self.axes.get_mut(place) {
                    *axis = name;
                    self.brush = None;
                }
            }
            Change::Spread(name) => self.spread = name,
            Change::Brush(brush) => self.brush = brush,
            Change::Heard(family, channels) if family == self.family => {
                self.channels = Some(Shared(Rc::from(channels)));
                self.settle();
                self.brush = None;
            }
            Change::Heard(..) => {}
        }
        self
    }

    /// Features that these channels do not have give way to those of the beginning.
    fn settle(&mut self) {
        if !self.axes.iter().all(|name| self.measure(name).is_some()) {
            self.axes = first_axes(self.family);
        }
        if self.measure(&self.spread).is_none() {
            self.spread = first_spread(self.family);
        }
    }

    /// What of it stands in the address.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        let chosen = self.axes != first_axes(self.family) && self.axes != Self::default().axes;
        Arrangement {
            family: self.family,
            axes: match chosen {
                true => self.axes.to_vec(),
                false => Vec::new(),
            },
            spread: (self.spread != first_spread(self.family) && !self.spread.is_empty())
                .then(|| self.spread.clone()),
        }
    }

    /// Plots what an address asks for.
    pub fn arrange(&mut self, wanted: Arrangement) {
        if self.arrangement() == wanted {
            return;
        }
        if self.family != wanted.family {
            *self = Self {
                family: wanted.family,
                ..Self::default()
            };
        }
        self.axes =
            <[String; 4]>::try_from(wanted.axes).unwrap_or_else(|_| first_axes(self.family));
        self.spread = wanted.spread.unwrap_or_else(|| first_spread(self.family));
        self.brush = None;
        if self.channels.is_some() {
            self.settle();
        }
    }

    /// The measure of a name.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<&Measure> {
        let measures = &self.channels.as_ref()?.0.measures;
        measures.iter().find(|measure| measure.name == name)
    }

    /// The places of the channels that are brushed, the highest scores first.
    #[must_use]
    pub fn brushed(&self) -> Vec<usize> {
        let (Some(brush), Some(channels)) = (&self.brush, &self.channels) else {
            return Vec::new();
        };
        let places = 0..channels.0.who.len();
        let mut found: Vec<usize> = match brush {
            Brush::End(end, name) => places
                .filter(|&at| end.of(&channels.0.who[at]) == name)
                .collect(),
            Brush::Part(part) => {
                let Some(x) = self.measure(&part.x) else {
                    return Vec::new();
                };
                let y = part.y.as_ref().and_then(|y| self.measure(y));
                places
                    .filter(|&at| {
                        let y = y.map_or(0.0, |y| plotted(y, at));
                        part.area.holds(plotted(x, at), y)
                    })
                    .collect()
            }
        };
        if let Some(score) = self.measure("score") {
            order::by(&mut found, |&a, &b| {
                score.values[b].total_cmp(&score.values[a]).then(a.cmp(&b))
            });
        }
        found
    }

    /// How a feature is spread over the data that the models were trained on.
    #[must_use]
    pub fn baseline(&self, name: &str) -> Option<&'static Spread> {
        let log = match self.family {
            Family::Dns => "dns",
            Family::Flow => "flow",
        };
        evaluation::spread(log, name)
    }

    /// The features that the list of brushed channels has beside the score: those that are plotted.
    #[must_use]
    pub fn listed(&self) -> Vec<&Measure> {
        let mut listed: Vec<&Measure> = Vec::new();
        for name in self.axes.iter().chain([&self.spread]) {
            let known = name == "score" || listed.iter().any(|measure| measure.name == *name);
            if let Some(measure) = self.measure(name).filter(|_| !known) {
                listed.push(measure);
            }
        }
        listed
    }

    /// Channels as a table: their ends, score, records, and the features of [`Explore::listed`].
    #[must_use]
    pub fn table(&self, places: &[usize]) -> Table {
        let listed = self.listed();
        let other = match self.family {
            Family::Dns => "Domain",
            Family::Flow => "Server",
        };
        let columns = ["Client", other, "Score", "Records"].map(str::to_owned);
        let columns = columns
            .into_iter()
            .chain(listed.iter().map(|measure| title(&measure.name)))
            .collect();
        let row = |&at: &usize| {
            let channels = &self.channels.as_ref()?.0;
            let (client, other) = channels.who.get(at)?;
            let own = [
                client.clone(),
                other.clone(),
                // 0.9 in 32 bits is a little less, and scores are not rounded up.
                score((value(self.measure("score")?, at) * 1e6).round() / 1e6),
                count(*channels.records.get(at)?),
            ];
            let shown = |measure: &&Measure| unit(measure).show(value(measure, at));
            Some(own.into_iter().chain(listed.iter().map(shown)).collect())
        };
        Table::whole(columns, places.iter().filter_map(row).collect())
    }
}

fn value(measure: &Measure, at: usize) -> f64 {
    f64::from(measure.values.get(at).copied().unwrap_or(f32::NAN))
}

/// A channel's value as it is plotted.
fn plotted(measure: &Measure, at: usize) -> f64 {
    placed(measure, value(measure, at))
}

/// A value as it is plotted: one that spans orders of magnitude may not be 0, so it is plotted as a
/// tenth of its unit there.
fn placed(measure: &Measure, value: f64) -> f64 {
    if measure.log { value.max(0.1) } else { value }
}

/// What a feature counts, for an axis.
#[must_use]
pub fn unit(measure: &Measure) -> Unit {
    match measure.unit {
        MeasureUnit::Plain => Unit::Plain,
        MeasureUnit::Count => Unit::Count,
        MeasureUnit::Share => Unit::Share,
        MeasureUnit::Bytes => Unit::Bytes,
        MeasureUnit::Seconds => Unit::Seconds,
    }
}

/// A feature's name in words.
#[must_use]
pub fn title(name: &str) -> String {
    match name {
        "pcr" => "Producer-consumer ratio".to_owned(),
        "pcr_flow" => "Producer-consumer ratio, mean of flows".to_owned(),
        "length_mean" => "Name length".to_owned(),
        "nxdomain" => "Share of NXDOMAIN".to_owned(),
        "ipv6" => "Share over IPv6".to_owned(),
        "tcp" => "Share over TCP".to_owned(),
        _ => capital(&name.replace('_', " ")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::plots::{histogram, scatter};
    use super::*;

    const BINS: usize = 24;

    fn line(name: &str, number: f32) -> SpreadLine {
        SpreadLine {
            name: name.to_owned(),
            channels: 1,
            numbers: [number; 5],
        }
    }

    fn measure(name: &str, log: bool, values: &[f32]) -> Measure {
        Measure {
            name: name.to_owned(),
            about: String::new(),
            unit: MeasureUnit::Plain,
            log,
            values: values.to_vec(),
            clients: Vec::new(),
            others: Vec::new(),
        }
    }

    pub fn explore() -> Explore {
        let mut scores = measure("score", false, &[0.1, 0.9, 0.3, 0.2]);
        scores.clients = vec![line("10.0.0.1", 0.9), line("10.0.0.3", 0.2)];
        let channels = Channels {
            who: (0..4)
                .map(|at| (format!("10.0.0.{at}"), "d.example".to_owned()))
                .collect(),
            findings: vec![None, Some("f".to_owned()), None, None],
            records: vec![1; 4],
            measures: vec![
                scores,
                measure("length_mean", true, &[0.0, 50.0, 10.0, 10.0]),
            ],
            total: 9,
            judged: 4,
            ..Channels::default()
        };
        Explore::default().after(Change::Heard(Family::Dns, Box::new(channels)))
    }

    fn brush(x: &str, y: Option<&str>, x_range: (f64, f64), y_range: Option<(f64, f64)>) -> Change {
        Change::Brush(Some(Brush::Part(Part {
            x: x.to_owned(),
            y: y.map(str::to_owned),
            area: Area {
                x: x_range,
                y: y_range,
            },
        })))
    }

    #[test]
    fn what_is_brushed_in_one_plot_is_known_in_all_with_the_highest_score_first() {
        let explore = explore().after(brush(
            "length_mean",
            Some("score"),
            (5.0, 60.0),
            Some((0.15, 1.0)),
        ));
        assert_eq!(explore.brushed(), [1, 2, 3]);
        let spec = scatter(&explore, "length_mean", "score", &explore.brushed()).unwrap();
        assert_eq!(spec.series.len(), 3);
        assert_eq!(spec.series[1].xs, [50.0], "with a finding");
        assert_eq!(spec.series[2].names[0], "10.0.0.1 → d.example");
        let bars = histogram(&explore, "score", &explore.brushed()).unwrap();
        let sum = |at: usize| {
            bars.series[at]
                .ys
                .iter()
                .filter(|y| !y.is_nan())
                .sum::<f64>()
        };
        assert_eq!((sum(0), sum(1)), (4.0, 3.0));
    }

    #[test]
    fn nothing_is_lost_on_an_axis_of_powers_of_ten() {
        let explore = explore().after(brush("length_mean", None, (0.05, 0.5), None));
        assert_eq!(explore.brushed(), [0]);
        let bars = histogram(&explore, "length_mean", &[]).unwrap();
        assert!((bars.xs[0] - 0.1).abs() < 1e-9 && (bars.xs[BINS] - 50.0).abs() < 1e-6);
    }

    #[test]
    fn another_family_or_axis_ends_the_brush() {
        let brushed = explore().after(brush("score", None, (0.0, 1.0), None));
        assert_eq!(brushed.brushed().len(), 4);
        let axis = brushed.clone().after(Change::Axis(0, "score".to_owned()));
        assert_eq!((axis.brush, axis.axes[0].as_str()), (None, "score"));
        let family = brushed.after(Change::Family(Family::Flow));
        assert_eq!(family.channels, None);
    }

    #[test]
    fn a_client_is_brushed_with_all_its_channels_and_a_domain_too() {
        let end = |end, name: &str| Change::Brush(Some(Brush::End(end, name.to_owned())));
        let one = explore().after(end(End::Client, "10.0.0.2"));
        assert_eq!(one.brushed(), [2]);
        let all = one.after(end(End::Other, "d.example"));
        assert_eq!(all.brushed(), [1, 2, 3, 0], "the highest score first");
        let table = all.table(&all.brushed());
        assert_eq!(table.columns[..4], ["Client", "Domain", "Score", "Records"]);
        assert_eq!(table.rows.len(), 4);
        assert_eq!(table.rows[0][..4], ["10.0.0.1", "d.example", "90", "1"]);
        assert!(all.after(end(End::Other, "e.example")).brushed().is_empty());
    }

    #[test]
    fn names_are_words() {
        assert_eq!(title("answer_bytes"), "Answer bytes");
        assert_eq!(title("pcr"), "Producer-consumer ratio");
    }

    #[test]
    fn an_address_chooses_features_and_unknown_ones_give_way() {
        let axes = |axes: &str| Arrangement::read(&vec![("axes".to_owned(), axes.to_owned())]);
        let wanted = axes("score,score,length_mean,score");
        let mut early = Explore::default();
        early.arrange(wanted.clone());
        let channels = explore().channels.map(|channels| (*channels.0).clone());
        let here = early.after(Change::Heard(Family::Dns, Box::new(channels.unwrap())));
        assert_eq!(here.arrangement(), wanted);
        let spread = here.clone().after(Change::Spread("score".to_owned()));
        let mut pairs = Vec::new();
        spread.arrangement().write(&mut pairs);
        assert_eq!(Arrangement::read(&pairs), spread.arrangement());
        assert_eq!(spread.arrangement().spread.as_deref(), Some("score"));
        let mut other = here;
        other.arrange(axes("no,such,features,here"));
        assert_eq!(other.axes, first_axes(Family::Dns));
        other.arrange(axes("too,few"));
        assert_eq!(other.arrangement(), Arrangement::default());
    }
}

//! What the view of the channels knows: their features, which are plotted, what is brushed.
//!
//! In: [`Change`]s. Out: the next [`Explore`]; which channels are brushed; what is drawn.
//! Must not know: the browser; how a feature comes about.

use std::rc::Rc;

use super::address::{Pairs, put, value};
use crate::chart::{Area, Axis, Colour, Draw, On, Select, Series, Spec, Unit};
use crate::wire::explore::{Channels, Family, Measure, MeasureUnit};

/// Bars of a histogram.
const BINS: usize = 24;

/// The view of the channels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explore {
    /// Which channels.
    pub family: Family,
    /// Their features; `None` before they came.
    pub channels: Option<Shared>,
    /// The four features that are plotted, by name.
    pub axes: [String; 4],
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
}

impl Arrangement {
    pub(super) fn write(&self, pairs: &mut Pairs) {
        if self.family == Family::Flow {
            put(pairs, "channels", "flow");
        }
        if !self.axes.is_empty() {
            put(pairs, "axes", self.axes.join(","));
        }
    }

    pub(super) fn read(pairs: &Pairs) -> Self {
        let axes: Vec<String> = value(pairs, "axes")
            .unwrap_or_default()
            .split(',')
            .map(str::to_owned)
            .collect();
        Self {
            family: match value(pairs, "channels") {
                Some("flow") => Family::Flow,
                _ => Family::Dns,
            },
            axes: if axes.len() == 4 { axes } else { Vec::new() },
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

/// A part of a plot that the user chose.
#[derive(Debug, Clone, PartialEq)]
pub struct Brush {
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
        let Some(x) = self.measure(&brush.x) else {
            return Vec::new();
        };
        let y = brush.y.as_ref().and_then(|y| self.measure(y));
        let value = |measure: &Measure, at: usize| plotted(measure, at);
        let mut found: Vec<usize> = (0..channels.0.who.len())
            .filter(|&at| {
                let y = y.map_or(0.0, |y| value(y, at));
                brush.area.holds(value(x, at), y)
            })
            .collect();
        if let Some(score) = self.measure("score") {
            found.sort_by(|&a, &b| score.values[b].total_cmp(&score.values[a]).then(a.cmp(&b)));
        }
        found
    }
}

/// A value as it is plotted: one that spans orders of magnitude may not be 0, so it is plotted as a
/// tenth of its unit there.
fn plotted(measure: &Measure, at: usize) -> f64 {
    let value = f64::from(measure.values.get(at).copied().unwrap_or(f32::NAN));
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
        _ => {
            let words = name.replace('_', " ");
            let mut characters = words.chars();
            characters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(characters).collect()
            })
        }
    }
}

fn axis(measure: &Measure) -> Axis {
    let axis = Axis::new(title(&measure.name), unit(measure));
    match measure.name.as_str() {
        "score" => axis.from_to(-0.03, 1.03),
        "pcr" | "pcr_flow" => axis.from_to(-1.06, 1.06),
        _ if measure.log => axis.log(),
        _ => axis,
    }
}

/// Two features against each other: all channels, those with a finding, those brushed.
#[must_use]
pub fn scatter(explore: &Explore, x: &str, y: &str, brushed: &[usize]) -> Option<Spec> {
    let channels = &explore.channels.as_ref()?.0;
    let (x, y) = (explore.measure(x)?, explore.measure(y)?);
    let cloud = |label: &str, draw, colour, places: &[usize]| {
        let name = |&at: &usize| format!("{} → {}", channels.who[at].0, channels.who[at].1);
        Series::cloud(
            label,
            draw,
            colour,
            places.iter().map(|&at| plotted(x, at)).collect(),
            places.iter().map(|&at| plotted(y, at)).collect(),
        )
        .named(places.iter().map(name).collect())
    };
    let (found, plain): (Vec<usize>, Vec<usize>) =
        (0..channels.who.len()).partition(|&at| channels.findings[at].is_some());
    let mut clouds = vec![
        cloud("Without a finding", Draw::Points, Colour::Soft, &plain),
        cloud("With a finding", Draw::Points, Colour::High, &found),
    ];
    if !brushed.is_empty() {
        clouds.push(cloud("Brushed", Draw::Marked, Colour::Accent, brushed));
    }
    let mut spec = Spec::scatter(axis(x), axis(y), clouds)
        .selectable(Select::Xy)
        .tall(210);
    for (on, measure) in [(On::X, x), (On::Y, y)] {
        if let Some(usual) = measure.usual {
            let at = if measure.log { usual.max(0.1) } else { usual };
            spec = spec.mark(on, at, "Usual in training", Colour::Good);
        }
    }
    Some(spec)
}

/// How a feature is spread: all channels and those brushed.
#[must_use]
pub fn histogram(explore: &Explore, name: &str, brushed: &[usize]) -> Option<Spec> {
    let measure = explore.measure(name)?;
    let all: Vec<usize> = (0..measure.values.len()).collect();
    let scaled = |value: f64| if measure.log { value.log10() } else { value };
    let values: Vec<f64> = all.iter().map(|&at| scaled(plotted(measure, at))).collect();
    let (low, high) = match name {
        "score" => (0.0, 1.0),
        "pcr" | "pcr_flow" => (-1.0, 1.0),
        _ => values
            .iter()
            .filter(|value| value.is_finite())
            .fold((f64::MAX, f64::MIN), |(low, high), &value| {
                (low.min(value), high.max(value))
            }),
    };
    if low > high {
        return None;
    }
    let step = ((high - low) / BINS as f64).max(1e-6);
    let count = |places: &[usize]| {
        let mut bins = vec![0.0; BINS];
        for &at in places {
            let bin = ((values[at] - low) / step) as usize;
            bins[bin.min(BINS - 1)] += 1.0;
        }
        bins
    };
    let mut series = vec![("All".to_owned(), Colour::Soft, count(&all))];
    if !brushed.is_empty() {
        series.push(("Brushed".to_owned(), Colour::Accent, count(brushed)));
    }
    let mut spec = Spec::histogram(
        axis(measure),
        Axis::new("Channels", Unit::Count),
        low,
        step,
        series,
    );
    if measure.log {
        spec.xs.iter_mut().for_each(|x| *x = 10f64.powf(*x));
    }
    if let Some(usual) = measure.usual {
        let at = if measure.log { usual.max(0.1) } else { usual };
        spec = spec.mark(On::X, at, "Usual in training", Colour::Good);
    }
    Some(spec.selectable(Select::X).tall(210))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(name: &str, log: bool, values: &[f32]) -> Measure {
        Measure {
            name: name.to_owned(),
            about: String::new(),
            unit: MeasureUnit::Plain,
            log,
            usual: Some(2.0),
            values: values.to_vec(),
        }
    }

    fn explore() -> Explore {
        let channels = Channels {
            who: (0..4)
                .map(|at| (format!("10.0.0.{at}"), "d.example".to_owned()))
                .collect(),
            findings: vec![None, Some("f".to_owned()), None, None],
            records: vec![1; 4],
            measures: vec![
                measure("score", false, &[0.1, 0.9, 0.3, 0.2]),
                measure("length_mean", true, &[0.0, 50.0, 10.0, 10.0]),
            ],
            total: 9,
            judged: 4,
            ..Channels::default()
        };
        Explore::default().after(Change::Heard(Family::Dns, Box::new(channels)))
    }

    fn brush(x: &str, y: Option<&str>, x_range: (f64, f64), y_range: Option<(f64, f64)>) -> Change {
        Change::Brush(Some(Brush {
            x: x.to_owned(),
            y: y.map(str::to_owned),
            area: Area {
                x: x_range,
                y: y_range,
            },
        }))
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
        let mut other = here;
        other.arrange(axes("no,such,features,here"));
        assert_eq!(other.axes, first_axes(Family::Dns));
        other.arrange(axes("too,few"));
        assert_eq!(other.arrangement(), Arrangement::default());
    }
}

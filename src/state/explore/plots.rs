//! What the view of the channels draws: scatter plots, histograms, boxes, each against the training data.
//!
//! In: the view's state. Out: [`Spec`]s. Must not know: the browser; how a plot is drawn.

use wakeful_engine::evaluation::Spread;
use wakeful_engine::order;
use wakeful_engine::quantiles::{FIVE_NUMBERS, quantiles};

use super::{End, Explore, Measure, placed, plotted, title, unit};
use crate::chart::{Axis, Colour, Draw, Entry, On, Select, Series, Spec, Swatch, Unit};
use crate::state::text::visible;

/// Bars of a histogram.
const BINS: usize = 24;

const WITHOUT: &str = "Without a finding";
const WITH: &str = "With a finding";
const ALL: &str = "All";
const BRUSHED: &str = "Brushed";
const BENIGN_MEDIAN: &str = "Training, benign: median";
const BENIGN_MOST: &str = "Training, benign: middle 90 %";
const BENIGN_HALF: &str = "Training, benign: middle 50 %";
const TUNNELS_MEDIAN: &str = "Training, tunnels: median";
const TUNNELS_HALF: &str = "Training, tunnels: middle 50 %";

/// The colours, lines and bands of all plots together.
#[must_use]
pub fn legend(is_brushed: bool) -> Vec<Entry> {
    let brushed = is_brushed.then(|| Entry::new(Swatch::Fill, Colour::Accent, BRUSHED));
    [
        Entry::new(Swatch::Fill, Colour::Soft, WITHOUT),
        Entry::new(Swatch::Fill, Colour::High, WITH),
        Entry::new(Swatch::Fill, Colour::Soft, ALL),
    ]
    .into_iter()
    .chain(brushed)
    .chain([
        Entry::new(Swatch::Line, Colour::Good, BENIGN_MEDIAN),
        Entry::new(Swatch::Band, Colour::Good, BENIGN_MOST),
        Entry::new(Swatch::Inner, Colour::Good, BENIGN_HALF),
        Entry::new(Swatch::Line, Colour::For, TUNNELS_MEDIAN),
        Entry::new(Swatch::Band, Colour::For, TUNNELS_HALF),
    ])
    .collect()
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
        cloud(WITHOUT, Draw::Points, Colour::Soft, &plain),
        cloud(WITH, Draw::Points, Colour::High, &found),
    ];
    if !brushed.is_empty() {
        clouds.push(cloud(BRUSHED, Draw::Marked, Colour::Accent, brushed));
    }
    let mut spec = Spec::scatter(axis(explore, x), axis(explore, y), clouds)
        .selectable(Select::Xy)
        .tall(210);
    for (on, measure) in [(On::X, x), (On::Y, y)] {
        if let Some(spread) = explore.baseline(&measure.name) {
            let [low, _, median, _, high] = spread.benign.map(|value| placed(measure, value));
            spec = spec.mark(on, median, BENIGN_MEDIAN, Colour::Good).band(
                on,
                (low, high),
                BENIGN_MOST,
                Colour::Good,
            );
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
    let (low, high) = match fixed(name) {
        Some(range) => range,
        None => range(explore, measure)?,
    };
    let (low, high) = (scaled(low), scaled(high));
    let step = ((high - low) / BINS as f64).max(1e-6);
    let count = |places: &[usize]| {
        let mut bins = vec![0.0; BINS];
        let values = places.iter().map(|&at| scaled(plotted(measure, at)));
        for value in values.filter(|value| value.is_finite()) {
            let bin = ((value - low) / step) as usize;
            bins[bin.min(BINS - 1)] += 1.0;
        }
        bins
    };
    let mut series = vec![(ALL.to_owned(), Colour::Soft, count(&all))];
    if !brushed.is_empty() {
        series.push((BRUSHED.to_owned(), Colour::Accent, count(brushed)));
    }
    let mut spec = Spec::histogram(
        axis(explore, measure),
        Axis::new("Channels", Unit::Count),
        low,
        step,
        series,
    );
    if measure.log {
        spec.xs.iter_mut().for_each(|x| *x = 10f64.powf(*x));
    }
    let spec = spec.selectable(Select::X).tall(210);
    Some(against_training(spec, On::X, explore, measure))
}

/// How the chosen feature is spread over the channels of each client, or of each domain: those with the
/// greatest values; of the brushed channels beside it.
#[must_use]
pub fn boxes(explore: &Explore, end: End, brushed: &[usize]) -> Option<Spec> {
    let measure = explore.measure(&explore.spread)?;
    let lines = end.spreads(measure);
    let names = lines.iter().map(|line| short(&line.name)).collect();
    let place = |numbers: [f64; 5]| numbers.map(|value| placed(measure, value));
    let all: Vec<[f64; 5]> = lines
        .iter()
        .map(|line| place(line.numbers.map(f64::from)))
        .collect();
    let mut series = vec![Series::boxes(ALL, Colour::Soft, &all)];
    if !brushed.is_empty() {
        let of = |name: &str| {
            let values = brushed_of(explore, end, name, brushed).map(|at| plotted(measure, at));
            numbers(values.collect()).unwrap_or([f64::NAN; 5])
        };
        let those: Vec<[f64; 5]> = lines.iter().map(|line| of(&line.name)).collect();
        series.push(Series::boxes(BRUSHED, Colour::Accent, &those));
    }
    let ends = all.iter().flat_map(|numbers| [numbers[0], numbers[4]]);
    let spec = Spec::boxes(names, axis_of(explore, measure, ends), series);
    Some(against_training(spec, On::Y, explore, measure))
}

/// The brushed channels of one client, or of one domain.
pub fn brushed_of<'e>(
    explore: &'e Explore,
    end: End,
    name: &'e str,
    brushed: &'e [usize],
) -> impl Iterator<Item = usize> + 'e {
    let channels = explore.channels.as_ref();
    let who = channels.map_or(&[][..], |channels| channels.0.who.as_slice());
    brushed
        .iter()
        .copied()
        .filter(move |&at| who.get(at).is_some_and(|who| end.of(who) == name))
}

/// The least value, the quartiles with the median between them, the greatest; `None` of no values.
fn numbers(mut values: Vec<f64>) -> Option<[f64; 5]> {
    order::by(&mut values, f64::total_cmp);
    quantiles(&values, FIVE_NUMBERS)
}

/// The training data behind a feature's values.
fn against_training(spec: Spec, on: On, explore: &Explore, measure: &Measure) -> Spec {
    let Some(spread) = explore.baseline(&measure.name) else {
        return spec;
    };
    let [low, lower, median, upper, high] = spread.benign.map(|value| placed(measure, value));
    let [_, from, covert, to, _] = spread.tunnels.map(|value| placed(measure, value));
    spec.mark(on, median, BENIGN_MEDIAN, Colour::Good)
        .mark(on, covert, TUNNELS_MEDIAN, Colour::For)
        .band(on, (low, high), BENIGN_MOST, Colour::Good)
        .band(on, (lower, upper), BENIGN_HALF, Colour::Good)
        .band(on, (from, to), TUNNELS_HALF, Colour::For)
}

/// The training data in a sentence, for who cannot see its bands.
#[must_use]
pub fn training(measure: &Measure, spread: &Spread) -> String {
    let show = |value: f64| unit(measure).show(value);
    let [low, _, median, _, high] = spread.benign.map(show);
    let [_, from, covert, to, _] = spread.tunnels.map(show);
    format!(
        "In training, the middle 90 % of benign channels have {low} to {high}, their median is {median}; \
         the middle 50 % of tunnels have {from} to {to}, their median is {covert}."
    )
}

/// The ends of what has the same ends in every log.
fn fixed(name: &str) -> Option<(f64, f64)> {
    match name {
        "score" => Some((0.0, 1.0)),
        "pcr" | "pcr_flow" => Some((-1.0, 1.0)),
        _ => None,
    }
}

/// From the least to the greatest value as plotted, with the benign training data in sight; `None` of
/// no values.
fn range(explore: &Explore, measure: &Measure) -> Option<(f64, f64)> {
    let values = (0..measure.values.len()).map(|at| plotted(measure, at));
    reach(explore, measure, values)
}

fn reach(
    explore: &Explore,
    measure: &Measure,
    values: impl Iterator<Item = f64>,
) -> Option<(f64, f64)> {
    let spread = explore.baseline(&measure.name);
    let baseline = spread.map(|spread| [spread.benign[0], spread.benign[4]]);
    let baseline = baseline.into_iter().flatten();
    let all = values.chain(baseline.map(|value| placed(measure, value)));
    let (low, high) = all
        .filter(|value| value.is_finite())
        .fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    (low <= high).then_some((low, high))
}

fn axis(explore: &Explore, measure: &Measure) -> Axis {
    let values = (0..measure.values.len()).map(|at| plotted(measure, at));
    axis_of(explore, measure, values)
}

/// An axis that has all values and the benign training data in sight, with a little room at its ends.
fn axis_of(explore: &Explore, measure: &Measure, values: impl Iterator<Item = f64>) -> Axis {
    const ROOM: f64 = 0.03;
    let axis = Axis::new(title(&measure.name), unit(measure));
    let range = fixed(&measure.name).or_else(|| reach(explore, measure, values));
    match range {
        // Its ends are powers of ten, which leave room of themselves.
        Some((low, high)) if measure.log => axis.log().from_to(low, high),
        Some((low, high)) => {
            let room = (high - low).max(1e-6) * ROOM;
            axis.from_to(low - room, high + room)
        }
        None if measure.log => axis.log(),
        None => axis,
    }
}

/// The quartiles of each client, or of each domain, as text: what stands behind [`boxes`].
#[must_use]
pub fn box_rows(explore: &Explore, end: End, brushed: &[usize]) -> Vec<(String, Vec<String>)> {
    let Some(measure) = explore.measure(&explore.spread) else {
        return Vec::new();
    };
    let row = |line: &super::SpreadLine| {
        let count = |number: usize| Unit::Count.show(number as f64);
        let channels = Unit::Count.show(line.channels as f64);
        let numbers = line
            .numbers
            .map(|number| unit(measure).show(f64::from(number)));
        let brushed = count(brushed_of(explore, end, &line.name, brushed).count());
        let cells = [channels].into_iter().chain(numbers).chain([brushed]);
        (line.name.clone(), cells.collect())
    };
    end.spreads(measure).iter().map(row).collect()
}

/// Names that fit beside a bar.
#[must_use]
pub fn short(name: &str) -> String {
    const MOST: usize = 22;
    let name = visible(name);
    if name.chars().count() <= MOST {
        return name.into_owned();
    }
    let head: String = name.chars().take(MOST - 1).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::super::tests::explore;
    use super::super::{Brush, Change};
    use super::*;

    #[test]
    fn the_legend_is_the_keys_of_all_plots_together() {
        for is_brushed in [false, true] {
            let explore = explore();
            let brushed = if is_brushed { vec![1] } else { Vec::new() };
            let specs = [
                scatter(&explore, "length_mean", "score", &brushed),
                histogram(&explore, "score", &brushed),
                boxes(&explore, End::Client, &brushed),
            ];
            let keys: Vec<Entry> = specs.iter().flatten().flat_map(Spec::key).collect();
            let legend = legend(is_brushed);
            for entry in &keys {
                assert!(legend.contains(entry), "{entry:?}");
            }
            for entry in &legend {
                // A single series has no entry of its own in a key.
                let is_only = entry.label == ALL && !is_brushed;
                assert!(is_only || keys.contains(entry), "{entry:?}");
            }
        }
    }

    #[test]
    fn plots_show_the_training_data_of_their_own_feature() {
        let explore = explore();
        let spread = explore.baseline("length_mean").unwrap();
        let spec = scatter(&explore, "length_mean", "score", &[]).unwrap();
        let ends = (spread.benign[0], spread.benign[4]);
        assert_eq!((spec.bands[0].from, spec.bands[0].to), ends);
        assert_eq!(spec.bands[1].on, On::Y);
        // 0 cannot stand on an axis of powers of ten, but the least score can.
        assert!(spec.x.min.unwrap() <= 0.1 && spec.y.min.unwrap() < 0.0);
        let bars = histogram(&explore, "length_mean", &[]).unwrap();
        let marks: Vec<f64> = bars.marks.iter().map(|mark| mark.at).collect();
        assert_eq!(marks, [spread.benign[2], spread.tunnels[2]]);
        let text = training(explore.measure("length_mean").unwrap(), spread);
        assert!(text.starts_with("In training, the middle 90 % of benign channels have 3 to 19"));
    }

    #[test]
    fn boxes_are_of_the_clients_that_were_sent_and_of_what_is_brushed_of_them() {
        let change = Change::Brush(Some(Brush::End(End::Client, "10.0.0.1".to_owned())));
        let explore = explore()
            .after(Change::Spread("score".to_owned()))
            .after(change);
        let brushed = explore.brushed();
        assert_eq!(brushed, [1]);
        let spec = boxes(&explore, End::Client, &brushed).unwrap();
        assert_eq!(spec.x.labels, ["10.0.0.1", "10.0.0.3"]);
        assert_eq!(spec.series[0].ys, [f64::from(0.9_f32), f64::from(0.2_f32)]);
        assert_eq!(spec.series[1].ys[0], f64::from(0.9_f32));
        assert!(spec.series[1].ys[1].is_nan(), "nothing of it is brushed");
        let rows = box_rows(&explore, End::Client, &brushed);
        assert_eq!(rows[0].0, "10.0.0.1");
        assert_eq!(rows[0].1.first().unwrap(), "1");
        assert_eq!(rows[0].1.last().unwrap(), "1");
        assert_eq!(rows[1].1.last().unwrap(), "0");
        let domains = boxes(&explore, End::Other, &brushed).unwrap();
        assert!(domains.x.labels.is_empty());
    }
}

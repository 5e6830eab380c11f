//! What is plotted.
//!
//! In: numbers. Out: small bars as rectangles for SVG attributes (here), and charts with axes:
//! [`spec`] says what is drawn, [`view`] is the component, `www/chart.js` draws it with uPlot.
//! Must not know: what the numbers mean.

pub mod spec;
pub mod view;

pub use spec::{Area, Axis, BOX, Colour, Draw, Entry, On, Select, Series, Spec, Swatch, Unit};
pub use view::{Behind, Chart, key};

/// The width of every bar chart, in its own units; the page stretches it.
pub const WIDTH: f64 = 100.0;

/// A rectangle's horizontal part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Where it starts.
    pub x: f64,
    /// How wide it is.
    pub width: f64,
}

/// Bars that go right for positive values and left for negative ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Where zero is.
    pub zero: f64,
    /// One for each value, in order.
    pub bars: Vec<Run>,
}

/// Lays out bars on a common scale; zero is in sight, and a bar that is not zero too.
#[must_use]
pub fn bars(values: &[f64]) -> Bars {
    const THINNEST: f64 = 0.5;
    let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
    let low = values.iter().copied().map(finite).fold(0.0, f64::min);
    let high = values.iter().copied().map(finite).fold(0.0, f64::max);
    let scale = if high > low {
        WIDTH / (high - low)
    } else {
        0.0
    };
    let zero = -low * scale;
    let bars = values
        .iter()
        .copied()
        .map(|value| {
            let length = finite(value).abs() * scale;
            let width = if length > 0.0 {
                length.max(THINNEST)
            } else {
                0.0
            };
            let x = if value < 0.0 { zero - width } else { zero };
            Run {
                x: x.clamp(0.0, WIDTH - width),
                width,
            }
        })
        .collect();
    Bars { zero, bars }
}

/// Where a finding's time lies in the time of all records; `None` without times.
#[must_use]
pub fn within(span: (Option<f64>, Option<f64>), part: (Option<f64>, Option<f64>)) -> Option<Run> {
    const THINNEST: f64 = 2.0;
    let (first, last) = (span.0?, span.1?);
    let (from, to) = (part.0?.clamp(first, last), part.1?.clamp(first, last));
    let all = last - first;
    if !(all > 0.0 && all.is_finite()) || to < from {
        return None;
    }
    let width = ((to - from) / all * WIDTH).clamp(THINNEST, WIDTH);
    let x = ((from - first) / all * WIDTH).min(WIDTH - width);
    Some(Run { x, width })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positive_values_start_at_the_left() {
        let plot = bars(&[4.0, 1.0]);
        assert_eq!(plot.zero, 0.0);
        assert_eq!(
            plot.bars[0],
            Run {
                x: 0.0,
                width: 100.0
            }
        );
        assert_eq!(
            plot.bars[1],
            Run {
                x: 0.0,
                width: 25.0
            }
        );
    }

    #[test]
    fn negative_values_go_left_of_zero() {
        let plot = bars(&[3.0, -1.0, 0.0]);
        assert_eq!(plot.zero, 25.0);
        assert_eq!(
            plot.bars[1],
            Run {
                x: 0.0,
                width: 25.0
            }
        );
        assert_eq!(
            plot.bars[2],
            Run {
                x: 25.0,
                width: 0.0
            }
        );
    }

    #[test]
    fn nothing_and_nonsense_are_drawn_as_nothing() {
        assert!(bars(&[]).bars.is_empty());
        assert_eq!(bars(&[f64::NAN, 0.0]).bars[0].width, 0.0);
    }

    #[test]
    fn a_moment_is_still_seen() {
        let run = within((Some(0.0), Some(100.0)), (Some(100.0), Some(100.0)));
        assert_eq!(
            run,
            Some(Run {
                x: 98.0,
                width: 2.0
            })
        );
        let half = within((Some(0.0), Some(100.0)), (Some(50.0), Some(100.0)));
        assert_eq!(
            half,
            Some(Run {
                x: 50.0,
                width: 50.0
            })
        );
        assert_eq!(within((Some(5.0), Some(5.0)), (Some(5.0), Some(5.0))), None);
        assert_eq!(within((None, None), (Some(5.0), Some(5.0))), None);
    }
}

//! Points with intervals in a frame with two axes.
//!
//! In: samples and [`Scale`]s. Out: places in the frame's own units, y downwards as in SVG.
//! Must not know: SVG, colours, what is plotted.

use super::scale::Scale;

/// A drawing's size, and the room that its axes' writing takes at each side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// From edge to edge.
    pub width: f64,
    /// From edge to edge.
    pub height: f64,
    /// Left of the plot.
    pub left: f64,
    /// Right of it.
    pub right: f64,
    /// Above it.
    pub top: f64,
    /// Below it.
    pub bottom: f64,
}

impl Frame {
    /// The place of a share of the horizontal axis.
    #[must_use]
    pub fn x(&self, share: f64) -> f64 {
        self.left + share * (self.width - self.left - self.right)
    }

    /// The place of a share of the vertical axis, which grows upwards.
    #[must_use]
    pub fn y(&self, share: f64) -> f64 {
        self.height - self.bottom - share * (self.height - self.top - self.bottom)
    }

    /// The middle of each of some lanes that share the height, from the top.
    #[must_use]
    pub fn lanes(&self, lanes: usize) -> Vec<f64> {
        (0..lanes)
            .map(|lane| self.y(1.0 - (lane as f64 + 0.5) / lanes as f64))
            .collect()
    }
}

/// A measured value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Along the horizontal axis.
    pub x: f64,
    /// Along the vertical axis.
    pub y: f64,
    /// The interval's lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A sample's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Of point and interval.
    pub x: f64,
    /// Of the point.
    pub y: f64,
    /// Of the interval's lower end: below the point, so greater.
    pub low: f64,
    /// Of its upper end.
    pub high: f64,
}

/// The samples' places, in order. An interval that does not hold its value is widened to it.
#[must_use]
pub fn marks(frame: &Frame, x: Scale, y: Scale, samples: &[Sample]) -> Vec<Mark> {
    samples
        .iter()
        .map(|sample| {
            let at = frame.y(y.place(sample.y));
            Mark {
                x: frame.x(x.place(sample.x)),
                y: at,
                low: frame.y(y.place(sample.low)).max(at),
                high: frame.y(y.place(sample.high)).min(at),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        width: 120.0,
        height: 70.0,
        left: 15.0,
        right: 5.0,
        top: 10.0,
        bottom: 10.0,
    };

    #[test]
    fn the_axes_end_at_the_margins() {
        assert_eq!((FRAME.x(0.0), FRAME.x(1.0)), (15.0, 115.0));
        assert_eq!((FRAME.y(0.0), FRAME.y(1.0)), (60.0, 10.0));
    }

    #[test]
    fn marks_lie_in_the_frame_with_their_intervals() {
        let sample = |y, low, high| Sample {
            x: 10.0,
            y,
            low,
            high,
        };
        let scale = Scale::Log { low: 0, high: 2 };
        let marks = marks(
            &FRAME,
            scale,
            Scale::Share,
            &[sample(0.5, 0.25, 1.5), sample(0.5, 0.9, 0.1)],
        );
        let first = Mark {
            x: 65.0,
            y: 35.0,
            low: 47.5,
            high: 10.0,
        };
        assert_eq!(marks[0], first);
        assert_eq!((marks[1].low, marks[1].high), (35.0, 35.0), "turned round");
    }

    #[test]
    fn lanes_share_the_height() {
        assert_eq!(FRAME.lanes(2), [22.5, 47.5]);
        assert!(FRAME.lanes(0).is_empty());
    }
}

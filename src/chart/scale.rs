//! An axis: where a value lies on it, and which values are written at it.
//!
//! In: numbers. Out: shares of the axis, from 0 at its start to 1 at its end.
//! Must not know: where the axis is drawn, how a value is written.

/// How values are laid along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// From 0 to 1.
    Share,
    /// From one power of ten to another, each the same way apart.
    Log {
        /// The exponent at the start.
        low: i32,
        /// The exponent at the end; greater.
        high: i32,
    },
}

impl Scale {
    /// The powers of ten around some values; those that have no logarithm do not count.
    #[must_use]
    pub fn log_around(values: impl IntoIterator<Item = f64>) -> Self {
        // A value is a power of ten also where its logarithm misses an integer by rounding.
        const SLACK: f64 = 1e-9;
        const EXPONENTS: (f64, f64) = (-9.0, 12.0);
        let mut ends: Option<(f64, f64)> = None;
        for value in values {
            if value > 0.0 && value.is_finite() {
                let exponent = value.log10().clamp(EXPONENTS.0, EXPONENTS.1);
                let (low, high) = ends.unwrap_or((exponent, exponent));
                ends = Some((low.min(exponent), high.max(exponent)));
            }
        }
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        let low = (low + SLACK).floor() as i32;
        let high = ((high - SLACK).ceil() as i32).max(low + 1);
        Self::Log { low, high }
    }

    /// Where a value lies; values beyond an end lie at it, nonsense at the start.
    #[must_use]
    pub fn place(self, value: f64) -> f64 {
        let share = match self {
            Self::Share => value,
            Self::Log { .. } if value <= 0.0 => 0.0,
            Self::Log { low, high } => {
                (value.log10() - f64::from(low)) / f64::from((high - low).max(1))
            }
        };
        if share.is_nan() {
            0.0
        } else {
            share.clamp(0.0, 1.0)
        }
    }

    /// The values that are written at the axis: five at most.
    #[must_use]
    pub fn ticks(self) -> Vec<f64> {
        match self {
            Self::Share => vec![0.0, 0.25, 0.5, 0.75, 1.0],
            Self::Log { low, high } => {
                let step = (high - low + 3) / 4;
                (low..=high)
                    .step_by(step.max(1) as usize)
                    .map(|exponent| 10f64.powi(exponent))
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_axis_spans_whole_decades() {
        assert_eq!(
            Scale::log_around([0.2, 30.0]),
            Scale::Log { low: -1, high: 2 }
        );
        assert_eq!(
            Scale::log_around([0.001, 1000.0]),
            Scale::Log { low: -3, high: 3 }
        );
        assert_eq!(
            Scale::log_around([10.0]),
            Scale::Log { low: 1, high: 2 },
            "one value has a decade"
        );
    }

    #[test]
    fn nothing_and_nonsense_still_make_an_axis() {
        for values in [&[][..], &[0.0, -1.0, f64::NAN, f64::INFINITY]] {
            let scale = Scale::log_around(values.iter().copied());
            assert_eq!(scale, Scale::Log { low: 0, high: 1 });
        }
        assert_eq!(
            Scale::log_around([1e-300, 1e300]),
            Scale::Log { low: -9, high: 12 }
        );
    }

    #[test]
    fn places_are_within_the_axis() {
        let scale = Scale::Log { low: -1, high: 1 };
        assert_eq!(scale.place(1.0), 0.5);
        assert_eq!(scale.place(0.0), 0.0);
        assert_eq!(scale.place(-3.0), 0.0);
        assert_eq!(scale.place(1e9), 1.0);
        assert_eq!(scale.place(f64::NAN), 0.0);
        assert_eq!(Scale::Share.place(0.25), 0.25);
        assert_eq!(Scale::Share.place(2.0), 1.0);
    }

    #[test]
    fn ticks_are_few_and_on_the_axis() {
        for high in -8..=12 {
            let scale = Scale::Log { low: -9, high };
            let ticks = scale.ticks();
            assert!((2..=5).contains(&ticks.len()), "{high}: {ticks:?}");
        }
        assert_eq!(
            Scale::Log { low: -1, high: 2 }.ticks(),
            [0.1, 1.0, 10.0, 100.0]
        );
    }
}

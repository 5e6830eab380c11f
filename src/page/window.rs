//! Long lists: only the lines in sight, and some around them, stand in the document.
//!
//! In: a box that scrolls, how many lines of one height there are. Out: which of them to draw, and
//! the room above and below.
//! Must not know: what a line is.

use std::ops::Range;

use yew::prelude::*;

use crate::browser::Element;
use crate::browser::scroll::{self, Sight};

/// Lines that stand above and below what is in sight.
const AROUND: usize = 12;
/// A line's height until one was measured, CSS pixels.
const GUESS: f64 = 53.0;
/// The lines of the first drawing, before the box was measured.
const AT_FIRST: usize = 20;

/// The lines to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Which.
    pub lines: Range<usize>,
    /// Room above them, CSS pixels.
    pub above: f64,
    /// Room below.
    pub below: f64,
}

/// The lines to draw of so many, where so much is in sight.
#[must_use]
pub fn slice(sight: Sight, count: usize) -> Slice {
    let line = if sight.line > 1.0 { sight.line } else { GUESS };
    let (first, last) = if sight.height > 0.0 {
        let first = (sight.top / line).floor() as usize;
        let seen = (sight.height / line).ceil() as usize + 1;
        (first.saturating_sub(AROUND), first + seen + AROUND)
    } else {
        (0, AT_FIRST)
    };
    let last = last.min(count);
    let first = first.min(last);
    Slice {
        lines: first..last,
        above: first as f64 * line,
        below: (count - last) as f64 * line,
    }
}

/// Follows a box; `place` is a line to keep in sight whenever it changes.
#[hook]
pub fn use_slice(host: &NodeRef, count: usize, place: Option<usize>) -> Slice {
    let sight = use_state_eq(Sight::default);
    {
        let (host, sight) = (host.clone(), sight.clone());
        use_effect_with((), move |()| {
            let listeners = host.cast::<Element>().map(|element| {
                sight.set(scroll::sight(&element));
                scroll::listen(&element, move |seen| sight.set(seen))
            });
            move || drop(listeners)
        });
    }
    {
        // Other lines may have another height, and a shorter list another place.
        let (host, sight) = (host.clone(), sight.clone());
        use_effect_with((count, place), move |&(_, place)| {
            let Some(element) = host.cast::<Element>() else {
                return;
            };
            let seen = scroll::sight(&element);
            if let Some(place) = place {
                let line = if seen.line > 1.0 { seen.line } else { GUESS };
                scroll::reveal(&element, place as f64 * line, line);
            }
            sight.set(scroll::sight(&element));
        });
    }
    slice(*sight, count)
}

/// Room without anything in it, as a line of a list.
pub fn room(height: f64) -> Html {
    if height < 1.0 {
        return Html::default();
    }
    html! {
        <li class="room" aria-hidden="true"><svg width="1" height={height.to_string()}></svg></li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(top: f64, height: f64) -> Sight {
        Sight {
            top,
            height,
            line: 50.0,
        }
    }

    #[test]
    fn a_hundred_thousand_lines_need_few_in_the_document() {
        for top in [0.0, 777.0, 2_500_000.0, 4_999_500.0, 9e9] {
            let slice = slice(sight(top, 500.0), 100_000);
            assert!(slice.lines.len() <= 11 + 2 * AROUND, "{slice:?}");
            let all = slice.above + slice.below + slice.lines.len() as f64 * 50.0;
            assert_eq!(all, 5_000_000.0);
        }
        let slice = slice(sight(2_500_000.0, 500.0), 100_000);
        assert!(slice.lines.contains(&50_000) && slice.lines.contains(&50_010));
    }

    #[test]
    fn a_short_list_is_all_there() {
        assert_eq!(slice(sight(0.0, 500.0), 3).lines, 0..3);
        assert_eq!(slice(Sight::default(), 3).lines, 0..3);
        assert_eq!(slice(sight(0.0, 500.0), 0).lines, 0..0);
    }
}

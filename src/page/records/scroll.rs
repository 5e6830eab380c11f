//! From the scroll bar to rows and back.
//!
//! In: how far an element is scrolled. Out: which row stands on top, and by how much it is cut.
//! Must not know: rows, elements.
//!
//! Browsers draw nothing taller than about 16 million pixels, which are half a million rows. So the
//! element is at most [`TALLEST`] high. Steps up to a screen move the rows by as many pixels as the
//! element; a longer way (the bar was dragged, End pressed) goes to the same share of all rows.

/// The height of the element at most, pixels.
const TALLEST: f64 = 8_000_000.0;

/// The state of the scroll bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scroll {
    /// Rows there are.
    rows: u32,
    /// Pixels a row.
    row: f64,
    /// Pixels for rows on the screen.
    room: f64,
    /// Where the screen begins among all rows, pixels.
    top: f64,
    /// How far the element was scrolled when that was worked out.
    bar: f64,
}

impl Scroll {
    /// At the first row.
    pub fn new(row: f64) -> Self {
        Self {
            rows: 0,
            row,
            room: row,
            top: 0.0,
            bar: 0.0,
        }
    }

    /// The same with other numbers of rows, or other room for them.
    pub fn sized(mut self, rows: u32, room: f64) -> Self {
        self.rows = rows;
        self.room = room.max(self.row);
        self.top = self.top.clamp(0.0, self.longest());
        self
    }

    /// Rows there are.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Pixels for rows on the screen.
    pub fn room(&self) -> f64 {
        self.room
    }

    /// How far the element was scrolled when it was last looked at.
    pub fn bar(&self) -> f64 {
        self.bar
    }

    fn height(&self) -> f64 {
        f64::from(self.rows) * self.row
    }

    /// The element's height, pixels.
    pub fn element(&self) -> f64 {
        self.height().clamp(self.room, TALLEST.max(self.room))
    }

    /// How far all rows can be scrolled.
    fn longest(&self) -> f64 {
        (self.height() - self.room).max(0.0)
    }

    /// How far the element can be.
    fn longest_bar(&self) -> f64 {
        self.element() - self.room
    }

    fn is_exact(&self) -> bool {
        self.height() <= TALLEST
    }

    /// The element was scrolled.
    pub fn moved(&mut self, bar: f64) {
        let (by, longest) = (bar - self.bar, self.longest());
        self.bar = bar;
        self.top = if self.is_exact() {
            bar
        } else if bar <= 0.0 {
            0.0
        } else if bar >= self.longest_bar() - 1.0 {
            longest
        } else if by.abs() <= self.room {
            self.top + by
        } else {
            bar / self.longest_bar() * longest
        }
        .clamp(0.0, longest);
    }

    /// Where the bar belongs for what is on the screen: small steps let it drift.
    pub fn settled(&mut self) -> f64 {
        self.bar = if self.is_exact() || self.longest() <= 0.0 {
            self.top
        } else {
            (self.top / self.longest() * self.longest_bar()).round()
        };
        self.bar
    }

    /// Brings a row onto the screen; whether anything moved.
    pub fn show(&mut self, row: u32) -> bool {
        let (from, before) = (f64::from(row) * self.row, self.top);
        let to = from + self.row - self.room;
        self.top = self.top.min(from).max(to).clamp(0.0, self.longest());
        self.top != before
    }

    /// The first row on the screen, and how many pixels of it are above.
    pub fn first(&self) -> (u32, f64) {
        let first = (self.top / self.row).floor();
        (first as u32, self.top - first * self.row)
    }

    /// How many rows fit on the screen, those that are cut included.
    pub fn visible(&self) -> u32 {
        (self.room / self.row).ceil() as u32 + 1
    }

    /// Rows of a whole screen, for a page up or down.
    pub fn page(&self) -> u32 {
        ((self.room / self.row).floor() as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_scroll_as_they_are() {
        let mut scroll = Scroll::new(30.0).sized(1000, 600.0);
        assert_eq!(scroll.element(), 30_000.0);
        scroll.moved(45.0);
        assert_eq!(scroll.first(), (1, 15.0));
        scroll.moved(29_400.0);
        assert_eq!(scroll.first(), (980, 0.0));
        assert_eq!(scroll.settled(), 29_400.0);
    }

    #[test]
    fn a_million_rows_are_all_reached_and_small_steps_are_exact() {
        let mut scroll = Scroll::new(30.0).sized(1_000_000, 600.0);
        assert!(scroll.element() <= TALLEST);
        scroll.moved(30.0);
        scroll.moved(90.0);
        assert_eq!(scroll.first(), (3, 0.0));
        let bar = scroll.settled();
        scroll.moved(bar);
        assert_eq!(
            scroll.first(),
            (3, 0.0),
            "putting the bar right moves nothing"
        );
        scroll.moved(scroll.element() - 600.0);
        assert_eq!(scroll.first(), (999_980, 0.0));
        scroll.moved(4_000_000.0);
        let (middle, _) = scroll.first();
        assert!((499_000..501_500).contains(&middle), "{middle}");
        scroll.moved(0.0);
        assert_eq!(scroll.first(), (0, 0.0));
    }

    #[test]
    fn every_row_can_be_shown() {
        let mut scroll = Scroll::new(30.0).sized(20_000_000, 615.0);
        for row in [0, 7, 19_999_999, 10_000_000, 9_999_990, 1] {
            scroll.show(row);
            let (first, cut) = scroll.first();
            let last = first + scroll.page() + u32::from(cut > 0.0);
            assert!(first <= row && row <= last, "{row}: {first} to {last}");
        }
        assert!(!scroll.show(3), "what is on the screen stays");
    }

    #[test]
    fn fewer_rows_than_room_do_not_scroll() {
        let mut scroll = Scroll::new(30.0).sized(3, 600.0);
        assert_eq!(scroll.element(), 600.0);
        scroll.moved(0.0);
        assert_eq!((scroll.first(), scroll.settled()), ((0, 0.0), 0.0));
        assert_eq!(scroll.sized(0, 600.0).first(), (0, 0.0));
    }
}

//! The views of the page: their names in the address, their titles in the bar.
//!
//! In: nothing. Out: [`View`]s.
//! Must not know: what a view shows.

/// What the page shows. Before there is a report, the views of a report show the first screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum View {
    /// What was read, when, how bad, and the findings in a sentence each.
    #[default]
    Overview,
    /// The ranked list with its tools, and one finding in full.
    Findings,
    /// The records of the logs.
    Records,
    /// Features against each other and against the training data.
    Explore,
    /// A tunnel of one's own in one's own log.
    Try,
    /// How the models were judged.
    Models,
    /// The detectors' pages, how to read a score, the words.
    Help,
}

impl View {
    /// The views of this build, in the order of the bar. One is named here when it is there.
    pub const READY: [Self; 7] = [
        Self::Overview,
        Self::Findings,
        Self::Records,
        Self::Explore,
        Self::Try,
        Self::Models,
        Self::Help,
    ];

    /// The word in the address and in `body[data-view]`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Findings => "findings",
            Self::Records => "records",
            Self::Explore => "explore",
            Self::Try => "try",
            Self::Models => "models",
            Self::Help => "help",
        }
    }

    /// The view of a word; `None` for one that this build does not have.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::READY.into_iter().find(|view| view.name() == name)
    }

    /// What it is called, in sentence case.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Findings => "Findings",
            Self::Records => "Records",
            Self::Explore => "Explore",
            Self::Try => "Try yourself",
            Self::Models => "Models",
            Self::Help => "Help",
        }
    }

    /// What it is for, in a sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Overview => "What was read, when, how bad, and the worst findings",
            Self::Findings => "The ranked list, and one finding in full",
            Self::Records => "The records of the logs",
            Self::Explore => "Features against each other and against the training data",
            Self::Try => "Put a tunnel into your own log and see whether it is found",
            Self::Models => "How the models were judged",
            Self::Help => "What each detector sees, and how to read a score",
        }
    }

    /// Whether it shows something of a report; the others are there at any time.
    #[must_use]
    pub fn needs_report(self) -> bool {
        !matches!(self, Self::Try | Self::Models | Self::Help)
    }

    /// The id of its heading, which takes the focus when the view is entered.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Overview => "overview-title",
            Self::Findings => "list-title",
            Self::Records => "records-title",
            Self::Explore => "explore-title",
            Self::Try => "try-title",
            Self::Models => "models-title",
            Self::Help => "help-title",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn a_view_is_found_by_its_name() {
        for view in View::READY {
            assert_eq!(View::of(view.name()), Some(view));
        }
        assert_eq!(View::of("elsewhere"), None);
    }
}

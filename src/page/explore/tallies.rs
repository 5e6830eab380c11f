//! Clients and domains with the most channels.
//!
//! In: sums. Out: charts, and the way to records.
//! Must not know: how the sums came about.

use std::rc::Rc;

use yew::prelude::*;

use crate::chart::{Axis, Chart, Colour, Draw, Series, Spec, Unit};
use crate::state::explore::plots::short;
use crate::state::format::{capital, count, counted};
use crate::wire::explore::{Channels, Family, Tally, TallyLine};

/// Bars of a chart.
const BARS: usize = 12;

pub fn section(channels: &Channels, family: Family) -> Html {
    let (other, others) = match family {
        Family::Dns => ("domain", "domains"),
        Family::Flow => ("server", "servers"),
    };
    html! {
        <section aria-labelledby="tallies-title">
            <h3 id="tallies-title">{ format!("Channels and records by client and by {other}") }</h3>
            <div class="tallies">
                { pair(&channels.clients, "Clients", others, "client") }
                { pair(&channels.others, &capital(others), "clients", other) }
            </div>
        </section>
    }
}

fn pair(tally: &Tally, name: &str, of: &str, noun: &str) -> Html {
    let shown = tally.lines.len().min(BARS) as u64;
    let caption = format!(
        "{name} by {of}, the first {} of {}",
        count(shown),
        count(tally.total)
    );
    let records = format!("Records of these {}", name.to_lowercase());
    html! {
        <>
            { ranking(tally, caption, of, noun, |line| line.channels) }
            { ranking(tally, records, "records", noun, |line| line.records) }
        </>
    }
}

fn ranking(
    tally: &Tally,
    caption: String,
    of: &str,
    noun: &str,
    value: fn(&TallyLine) -> u64,
) -> Html {
    let lines: Vec<&TallyLine> = tally.lines.iter().take(BARS).collect();
    let names = lines.iter().map(|line| short(&line.name)).collect();
    let values: Vec<f64> = lines.iter().map(|line| value(line) as f64).collect();
    let text = match lines.first() {
        Some(first) => format!(
            "Bars for {}; the longest is {} with {}.",
            counted(lines.len() as u64, noun),
            first.name,
            count(value(first))
        ),
        None => "No bars.".to_owned(),
    };
    let spec = Spec::ranking(
        names,
        Axis::new(capital(of), Unit::Count),
        vec![Series::new(capital(of), Draw::Bars, Colour::Accent, values)],
    );
    html! { <Chart {caption} {text} spec={Rc::new(spec)} /> }
}

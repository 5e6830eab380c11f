//! The leak meter: an upper bound on what could have left, a day a line.
//!
//! In: the leak of a finding. Out: stacked bars in a table.
//! Must not know: how the bound was computed.

use wakeful_engine::report::{Leak, LeakDay};
use yew::prelude::*;

use crate::page::term::Word;
use crate::state::format::{bytes, counted, iso};

/// More days than this are not listed.
const LISTED: usize = 31;

fn size(number: f64) -> String {
    bytes(number.max(0.0).round() as u64)
}

fn total(day: &LeakDay) -> f64 {
    day.names + day.types + day.timing
}

/// The meter.
pub fn meter(leak: &Leak) -> Html {
    let most = leak.days.iter().map(total).fold(1.0, f64::max);
    let rest = leak.days.len().saturating_sub(LISTED);
    html! {
        <>
            <p>
                { "At most " }<strong>{ size(leak.bytes_a_day) }</strong>
                { " on the largest day. This is a bound, not a measurement: no more could have left by the names, the record types and the times of these queries." }
            </p>
            <div class="scroll leak-days" tabindex="0" role="region" aria-label="Leak by day">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ "Day (UTC)" }</th>
                            <th scope="col" class="leak-bar"><span class="visually-hidden">{ "As a bar" }</span></th>
                            <th scope="col" class="number"><span class="swatch leak-names" aria-hidden="true"></span>{ " " }<Word meaning="What the names asked for could have carried.">{ "Names" }</Word></th>
                            <th scope="col" class="number"><span class="swatch leak-types" aria-hidden="true"></span>{ " " }<Word meaning="What the sequence of record types could have carried: asking for TXT or for A can be a sign.">{ "Types" }</Word></th>
                            <th scope="col" class="number"><span class="swatch leak-timing" aria-hidden="true"></span>{ " " }<Word meaning="What the times between queries could have carried: waiting long or briefly can be a sign.">{ "Timing" }</Word></th>
                            <th scope="col" class="number">{ "All" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for leak.days.iter().take(LISTED).map(|day| row(day, most)) }</tbody>
                </table>
            </div>
            if rest > 0 {
                <p class="caption">{ format!("and {}", counted(rest as u64, "more day")) }</p>
            }
        </>
    }
}

fn row(day: &LeakDay, most: f64) -> Html {
    let width = |number: f64| number.max(0.0) / most * 100.0;
    let (names, types) = (width(day.names), width(day.types));
    html! {
        <tr>
            <th scope="row">{ iso(day.start).get(..10).unwrap_or_default().to_owned() }</th>
            <td class="leak-bar">
                <svg class="plot" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="plot-ground" x="0" y="0" width="100" height="8" />
                    <rect class="leak-names" x="0" y="0" width={names.to_string()} height="8" />
                    <rect class="leak-types" x={names.to_string()} y="0" width={types.to_string()} height="8" />
                    <rect class="leak-timing" x={(names + types).to_string()} y="0" width={width(day.timing).to_string()} height="8" />
                </svg>
            </td>
            <td class="number">{ size(day.names) }</td>
            <td class="number">{ size(day.types) }</td>
            <td class="number">{ size(day.timing) }</td>
            <td class="number"><strong>{ size(total(day)) }</strong></td>
        </tr>
    }
}

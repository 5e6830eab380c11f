//! Which record types a channel asked for, and how often.
//!
//! In: counts by type. Out: a chart of lying bars. Must not know: how they were counted.

use std::rc::Rc;

use yew::prelude::*;

use crate::chart::{Axis, Chart, Colour, Draw, Series, Spec, Unit};
use crate::state::format::{count, percent};

/// Types with a bar; the sentence names all.
const BARS: usize = 10;

#[derive(Properties, PartialEq)]
pub struct TypesProps {
    pub types: Rc<Vec<(String, u64)>>,
}

#[component]
pub fn TypesView(props: &TypesProps) -> Html {
    let spec = use_memo(props.types.clone(), |types| mix(types));
    // One bar of one length says less than its sentence.
    if props.types.len() == 1 {
        return html! { <p>{ describe(&props.types) }</p> };
    }
    html! { <Chart caption="Queries by record type" text={describe(&props.types)} {spec} /> }
}

fn mix(types: &[(String, u64)]) -> Spec {
    let (names, counts) = types
        .iter()
        .take(BARS)
        .map(|(name, count)| (name.clone(), *count as f64))
        .unzip();
    Spec::ranking(
        names,
        Axis::new("queries", Unit::Count),
        vec![Series::new("queries", Draw::Bars, Colour::Accent, counts)],
    )
}

/// The mix in a sentence: each type with its number and share.
fn describe(types: &[(String, u64)]) -> String {
    let all: u64 = types.iter().map(|(_, number)| number).sum();
    let parts: Vec<String> = types
        .iter()
        .map(|(name, number)| {
            let share = percent(*number as f64 / all.max(1) as f64);
            format!("{name} {} ({share})", count(*number))
        })
        .collect();
    format!("Queries by record type: {}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn each_type_is_named_with_its_share() {
        let types = [("TXT".to_owned(), 1500), ("A".to_owned(), 500)];
        assert_eq!(
            describe(&types),
            "Queries by record type: TXT 1,500 (75.0 %), A 500 (25.0 %)."
        );
    }
}

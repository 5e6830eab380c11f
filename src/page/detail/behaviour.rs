//! In which sequence a channel's records came: the steps from a state to the next.
//!
//! In: the behaviour of a finding. Out: the surprising steps, the matrix, the letters.
//! Must not know: what a state means.

use wakeful_engine::report::Behaviour;
use yew::prelude::*;

use crate::page::app::Dispatch;
use crate::page::help::about;
use crate::page::term::{Word, explained};
use crate::page::words::logged;
use crate::state::format::{count, value};

/// The view of it.
pub fn view(behaviour: &Behaviour, dispatch: &Dispatch) -> Html {
    let verdict = if behaviour.bits > 0.0 {
        "unlike ordinary channels"
    } else {
        "as ordinary channels"
    };
    html! {
        <>
            <p>{ explained(&format!("{} bits a step: {verdict}.", value(behaviour.bits))) }</p>
            if !behaviour.surprising.is_empty() {
                <div class="scroll steps" tabindex="0" role="region" aria-label="Surprising steps">
                    <table>
                        <thead><tr>
                            <th scope="col">{ "Step" }</th>
                            <th scope="col" class="number">{ "Times" }</th>
                            <th scope="col" class="number">{ "Usual" }</th>
                            <th scope="col" class="number"><Word meaning="How much the step speaks for a covert channel: how many times likelier it is there than in ordinary ones, in bits (1 is twice, 2 four times). The more, the less usual.">{ "Adds (bits)" }</Word></th>
                        </tr></thead>
                        <tbody>
                            { for behaviour.surprising.iter().map(|step| html! {
                                <tr>
                                    <th scope="row">{ logged(&step.from) }{ " → " }{ logged(&step.to) }</th>
                                    <td class="number">{ count(step.count) }</td>
                                    <td class="number">{ value(step.usual) }</td>
                                    <td class="number">{ value(step.bits) }</td>
                                </tr>
                            }) }
                        </tbody>
                    </table>
                </div>
            }
            if !behaviour.states.is_empty() {
                <details>
                    <summary>{ "All steps, from row to column" }</summary>
                    { matrix(behaviour) }
                </details>
            }
            if !behaviour.letters.is_empty() {
                { letters(&behaviour.letters, dispatch) }
            }
        </>
    }
}

fn matrix(behaviour: &Behaviour) -> Html {
    let most = behaviour
        .matrix
        .iter()
        .flatten()
        .copied()
        .max()
        .unwrap_or_default();
    // Five shades by logarithm, so that rare steps stay in sight.
    let shade = |number: u64| {
        if number == 0 || most == 0 {
            return "heat-0".to_owned();
        }
        let share = ((number as f64) + 1.0).log2() / ((most as f64) + 1.0).log2();
        format!("heat-{}", (share * 4.0).ceil().clamp(1.0, 4.0))
    };
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label="Steps from a state to the next">
            <table class="matrix">
                <thead><tr>
                    <td></td>
                    // A number, or the columns would be as wide as their names.
                    { for behaviour.states.iter().zip(1..).map(|(state, place)| html! {
                        <th scope="col" title={state.clone()}>
                            { place }<span class="visually-hidden">{ logged(state) }</span>
                        </th>
                    }) }
                </tr></thead>
                <tbody>
                    { for behaviour.matrix.iter().zip(&behaviour.states).zip(1..).map(|((row, state), place)| html! {
                        <tr>
                            <th scope="row">{ place }{ " " }{ logged(state) }</th>
                            { for row.iter().map(|&number| html! { <td class={shade(number)}>{ count(number) }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

fn letters(letters: &str, dispatch: &Dispatch) -> Html {
    html! {
        <details>
            <summary>{ "As letters, one a record" }</summary>
            <p class="letters">{ logged(letters) }</p>
            <p class="caption">{ about("behaviour", "What each letter says", dispatch) }</p>
        </details>
    }
}

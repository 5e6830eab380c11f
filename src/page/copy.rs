//! The copy buttons of a finding.
//!
//! In: the finding. Out: the clipboard, and a word whether it worked.
//! Must not know: what the copies are for.

use wakeful_engine::report::Finding;
use yew::prelude::*;

use crate::browser::time::after;
use crate::browser::{clip, place};
use crate::parts::veil::Veil;
use crate::state::copy::choices;
use crate::state::lookup::Lookups;
use crate::state::marks::Marks;

/// The address of this finding, which leads to it where the same logs are read.
const LINK: &str = "Link";

/// How long the word stands.
const WORD_MS: i32 = 2000;

#[derive(Properties, PartialEq)]
pub struct CopyProps {
    pub finding: Finding,
    pub marks: Marks,
    pub lookups: Lookups,
}

#[component]
pub fn CopyRow(props: &CopyProps) -> Html {
    let said = use_state(|| None::<(&'static str, bool)>);
    let veil = use_context::<Veil>().unwrap_or_default();
    html! {
        <div class="copies" role="group" aria-label="Copy">
            <span class="copies-title" aria-hidden="true">{ "Copy" }</span>
            { for choices(&props.finding, &props.marks, &props.lookups).into_iter().chain([(LINK, String::new())]).map(|(label, text)| {
                let word = match *said {
                    Some((which, true)) if which == label => "Copied",
                    Some((which, false)) if which == label => "Not allowed here",
                    _ => label,
                };
                let (said, veil) = (said.clone(), veil.clone());
                let onclick = Callback::from(move |_: MouseEvent| {
                    let said = said.clone();
                    // As the address stands when it is asked for: it follows the view.
                    let text = match label {
                        LINK => place::here(),
                        // What others are given; the rest is for one's own search, which a mask would break.
                        "Row" | "JSON" | "Markdown" => veil.text(text.clone()),
                        _ => text.clone(),
                    };
                    clip::copy(&text, move |copied| {
                        said.set(Some((label, copied)));
                        after(WORD_MS, move || said.set(None));
                    });
                });
                html! { <button class="small" data-copy={label} {onclick}>{ word }</button> }
            }) }
            <span class="visually-hidden" role="status">
                { match *said {
                    Some((label, true)) => format!("{label} copied"),
                    Some((label, false)) => format!("{label} was not copied: the browser does not allow it here"),
                    None => String::new(),
                } }
            </span>
        </div>
    }
}

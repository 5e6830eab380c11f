//! The help: how to read a finding, the keys, the words, and what each detector sees.
//!
//! In: which page. Out: prose; actions.
//! Must not know: the state of a scan, what a page says.

use yew::prelude::*;

use super::app::Dispatch;
use super::prose::prose;
use crate::browser::doc;
use crate::state::Action;
use crate::state::address::Address;
use crate::state::help::{Page, first_detection, pages};
use crate::state::view::View;

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub page: Option<String>,
    pub dispatch: Dispatch,
}

#[component]
pub fn HelpView(props: &HelpProps) -> Html {
    use_top(&props.page);
    let pages = pages();
    let at = pages
        .iter()
        .position(|page| Some(page.name) == props.page.as_deref())
        .unwrap_or_default();
    let first = first_detection(pages);
    let (own, detections) = pages.split_at(first);
    html! {
        <div class="help-view">
            <nav class="help-pages" aria-label="Pages of the help">
                { list(props, own, 0, at) }
                if !detections.is_empty() {
                    <h2 class="help-group">{ "Detectors" }</h2>
                    { list(props, detections, first, at) }
                }
            </nav>
            <article class="help-page" aria-labelledby="help-title">
                <h2 id="help-title" tabindex="-1">{ pages[at].title }</h2>
                { prose(&pages[at].nodes) }
                <p class="caption">{ format!("Wakeful {}", env!("CARGO_PKG_VERSION")) }</p>
            </article>
        </div>
    }
}

fn list(props: &HelpProps, pages: &[Page], offset: usize, at: usize) -> Html {
    html! {
        <ul>
            { for pages.iter().enumerate().map(|(place, page)| html! {
                <li key={page.name}>
                    { page_link(View::Help, page.name, page.title, offset + place == at, &props.dispatch) }
                </li>
            }) }
        </ul>
    }
}

/// Begins at the top of the window when another page is shown.
#[hook]
pub fn use_top(page: &Option<String>) {
    let before = use_mut_ref(|| None);
    use_effect_with(page.clone(), move |page| {
        let last = before.replace(Some(page.clone()));
        if last.is_some_and(|last| last != *page) {
            doc::to_top();
        }
    });
}

/// A link to the page of a kind of finding or of a part of a verdict; its words alone where it has none.
pub fn about(name: &str, words: &str, dispatch: &Dispatch) -> Html {
    if pages().iter().any(|page| page.name == name) {
        page_link(View::Help, name, words, false, dispatch)
    } else {
        html! { { words } }
    }
}

/// A link to a page of a view that has pages.
pub fn page_link(view: View, name: &str, words: &str, current: bool, dispatch: &Dispatch) -> Html {
    let address = Address {
        view,
        page: Some(name.to_owned()),
        ..Address::default()
    };
    let onclick = {
        let (dispatch, name) = (dispatch.clone(), name.to_owned());
        Callback::from(move |event: MouseEvent| {
            // A link opened in another tab is the browser's; here, the state leads.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                dispatch.emit(Action::Page(view, Some(name.clone())));
            }
        })
    };
    html! {
        <a href={format!("#{}", address.text())} aria-current={current.then_some("page")} data-page={name.to_owned()} {onclick}>{ words }</a>
    }
}

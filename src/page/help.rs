//! The help: how to read a finding, the keys, the words, and what each detector sees.
//!
//! In: which page. Out: prose; actions.
//! Must not know: the state of a scan, what a page says.

use yew::prelude::*;

use super::app::Dispatch;
use super::prose::prose;
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
    let pages = match pages() {
        Ok(pages) => pages,
        Err(sentence) => return html! { <p class="notice" role="alert">{ sentence }</p> },
    };
    let at = pages
        .iter()
        .position(|page| Some(page.name.as_str()) == props.page.as_deref())
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
                <h2 id="help-title" tabindex="-1">{ &pages[at].title }</h2>
                { prose(&pages[at].nodes) }
                <p class="caption">{ format!("Wakeful {}", env!("CARGO_PKG_VERSION")) }</p>
            </article>
        </div>
    }
}

fn list(props: &HelpProps, pages: &[Page], offset: usize, at: usize) -> Html {
    html! {
        <ul>
            { for pages.iter().enumerate().map(|(place, page)| {
                let address = Address {
                    view: View::Help,
                    page: Some(page.name.clone()),
                    ..Address::default()
                };
                let onclick = {
                    let (dispatch, name) = (props.dispatch.clone(), page.name.clone());
                    Callback::from(move |event: MouseEvent| {
                        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                            event.prevent_default();
                            dispatch.emit(Action::Page(Some(name.clone())));
                        }
                    })
                };
                html! {
                    <li key={page.name.as_str()}>
                        <a href={format!("#{}", address.text())} aria-current={(offset + place == at).then_some("page")} data-page={page.name.clone()} {onclick}>{ &page.title }</a>
                    </li>
                }
            }) }
        </ul>
    }
}

//! A technical word and what it means: by hovering, by keyboard, by touch.
//!
//! In: a word, its meaning. Out: HTML.
//! Must not know: where it stands.
//!
//! The browser's own popover opens at a click, a touch or Enter and closes at Escape or a click elsewhere; the
//! title is for who only hovers. Within a button, where no other can stand, the title is all there is.

use std::cell::Cell;

use yew::prelude::*;

use crate::state::text::visible;
use crate::state::words::{Piece, pieces};

thread_local! {
    /// How many words have been explained: each gets an id of its own.
    static COUNT: Cell<u32> = const { Cell::new(0) };
}

#[derive(Properties, PartialEq)]
pub struct WordProps {
    /// The word, as it stands.
    pub children: Html,
    pub meaning: AttrValue,
}

/// A word that explains itself.
#[component]
pub fn Word(props: &WordProps) -> Html {
    let id = use_memo((), |()| format!("term-{}", COUNT.replace(COUNT.get() + 1)));
    html! {
        <>
            <button type="button" class="term" popovertarget={(*id).clone()} title={props.meaning.clone()}>{ props.children.clone() }</button>
            <span id={(*id).clone()} class="tip" popover="auto">{ props.meaning.clone() }</span>
        </>
    }
}

/// A sentence of ours that may quote a log, its technical words explained.
pub fn explained(text: &str) -> Html {
    with_words(text, |word, meaning| {
        html! { <Word {meaning}>{ word }</Word> }
    })
}

/// The same within a button.
pub fn hinted(text: &str) -> Html {
    with_words(
        text,
        |word, meaning| html! { <abbr title={meaning}>{ word }</abbr> },
    )
}

fn with_words(text: &str, show: fn(String, &'static str) -> Html) -> Html {
    let text = visible(text);
    html! {
        <bdi>
            { for pieces(&text).into_iter().map(|piece| match piece {
                Piece::Plain(text) => html! { { text } },
                Piece::Word(word, meaning) => show(word.to_owned(), meaning),
            }) }
        </bdi>
    }
}

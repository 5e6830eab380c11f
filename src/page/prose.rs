//! A text of the help as HTML: nodes that yew makes, never text that is taken for markup.
//!
//! In: [`Node`]s. Out: HTML; a page's headings begin at the third level.
//! Must not know: where the text comes from.

use yew::prelude::*;

use crate::state::help::{Node, Tag};

/// The nodes of a text.
pub fn prose(nodes: &[Node]) -> Html {
    html! { <>{ for nodes.iter().map(|node| drawn(node, false)) }</> }
}

fn drawn(node: &Node, in_head: bool) -> Html {
    let (tag, nodes) = match node {
        Node::Text(text) => return html! { { &**text } },
        Node::In(tag, nodes) => (*tag, nodes),
    };
    let is_head = in_head || tag == Tag::Head;
    let inner = html! { <>{ for nodes.iter().map(|node| drawn(node, is_head)) }</> };
    let class = (tag == Tag::Number).then_some("number");
    match tag {
        Tag::P => html! { <p class="prose">{ inner }</p> },
        Tag::Heading => html! { <h3>{ inner }</h3> },
        Tag::Ul => html! { <ul class="prose listed">{ inner }</ul> },
        Tag::Ol => html! { <ol class="prose listed">{ inner }</ol> },
        Tag::Li => html! { <li>{ inner }</li> },
        Tag::Em => html! { <em>{ inner }</em> },
        Tag::Strong => html! { <strong>{ inner }</strong> },
        Tag::Code => html! { <code>{ inner }</code> },
        Tag::Table => html! {
            <div class="scroll fit" tabindex="0" role="region" aria-label="Table"><table>{ inner }</table></div>
        },
        Tag::Head => html! { <thead><tr>{ inner }</tr></thead> },
        Tag::Row => html! { <tr>{ inner }</tr> },
        Tag::Cell | Tag::Number if in_head => html! { <th scope="col" {class}>{ inner }</th> },
        Tag::Cell | Tag::Number => html! { <td {class}>{ inner }</td> },
    }
}

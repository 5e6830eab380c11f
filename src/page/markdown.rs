//! Markdown as HTML: nodes that yew makes, never text that is taken for markup.
//!
//! In: Markdown of this build. Out: HTML.
//! Must not know: where the text comes from. Raw HTML in it is shown as text; a link leads to
//! another tab, and only where it is `https:`.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use yew::prelude::*;
use yew::virtual_dom::VNode;

/// The nodes of a text; its headings begin at the third level.
pub fn markdown(text: &str) -> Html {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    let mut open: Vec<Open> = vec![Open::new(Tag::Paragraph)];
    for event in parser {
        match event {
            Event::Start(tag) => open.push(Open::new(tag.into_static())),
            Event::End(end) => close(&mut open, end),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                add(&mut open, html! { { text.into_string() } });
            }
            Event::Code(code) => add(&mut open, html! { <code>{ code.into_string() }</code> }),
            Event::SoftBreak => add(&mut open, html! { { " " } }),
            Event::HardBreak => add(&mut open, html! { <br /> }),
            Event::Rule => add(&mut open, html! { <hr /> }),
            _ => {}
        }
    }
    let nodes = open.into_iter().flat_map(|open| open.nodes);
    html! { <>{ for nodes }</> }
}

struct Open {
    tag: Tag<'static>,
    nodes: Vec<VNode>,
}

impl Open {
    fn new(tag: Tag<'static>) -> Self {
        Self {
            tag,
            nodes: Vec::new(),
        }
    }
}

fn add(open: &mut [Open], node: VNode) {
    if let Some(last) = open.last_mut() {
        last.nodes.push(node);
    }
}

fn close(open: &mut Vec<Open>, end: TagEnd) {
    let Some(closed) = open.pop() else { return };
    let alignments: Vec<Alignment> = open
        .iter()
        .rev()
        .find_map(|open| match &open.tag {
            Tag::Table(alignments) => Some(alignments.clone()),
            _ => None,
        })
        .unwrap_or_default();
    let place = open.last().map_or(0, |row| row.nodes.len());
    let is_number = matches!(alignments.get(place), Some(Alignment::Right));
    let in_head = matches!(open.last().map(|open| &open.tag), Some(Tag::TableHead));
    let class = is_number.then_some("number");
    let inner = html! { <>{ for closed.nodes }</> };
    let node = match (end, closed.tag) {
        (TagEnd::Paragraph, _) => html! { <p class="prose">{ inner }</p> },
        (TagEnd::Heading(_), Tag::Heading { level, .. }) => match level as u8 {
            1 | 2 => html! { <h3>{ inner }</h3> },
            3 => html! { <h4>{ inner }</h4> },
            _ => html! { <h5>{ inner }</h5> },
        },
        (TagEnd::BlockQuote(_), _) => html! { <blockquote>{ inner }</blockquote> },
        (TagEnd::CodeBlock, Tag::CodeBlock(kind)) => {
            let language = match kind {
                CodeBlockKind::Fenced(language) if !language.is_empty() => {
                    Some(language.into_string())
                }
                _ => None,
            };
            html! { <pre class="code" tabindex="0" data-language={language}>{ inner }</pre> }
        }
        (TagEnd::List(true), _) => html! { <ol class="prose listed">{ inner }</ol> },
        (TagEnd::List(false), _) => html! { <ul class="prose listed">{ inner }</ul> },
        (TagEnd::Item, _) => html! { <li>{ inner }</li> },
        (TagEnd::Emphasis, _) => html! { <em>{ inner }</em> },
        (TagEnd::Strong, _) => html! { <strong>{ inner }</strong> },
        (TagEnd::Link, Tag::Link { dest_url, .. }) if dest_url.starts_with("https://") => html! {
            <a class="out" href={dest_url.into_string()} target="_blank" rel="noopener noreferrer">{ inner }</a>
        },
        (TagEnd::Table, _) => html! {
            <div class="scroll fit" tabindex="0" role="region" aria-label="Table"><table>{ inner }</table></div>
        },
        (TagEnd::TableHead, _) => html! { <thead><tr>{ inner }</tr></thead> },
        (TagEnd::TableRow, _) => html! { <tr>{ inner }</tr> },
        (TagEnd::TableCell, _) if in_head => html! { <th scope="col" {class}>{ inner }</th> },
        (TagEnd::TableCell, _) => html! { <td {class}>{ inner }</td> },
        _ => inner,
    };
    add(open, node);
}

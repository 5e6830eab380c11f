//! A chart in the page: caption, drawing, key, table.
//!
//! In: a [`Spec`], the text that stands for it. Out: HTML, and what the user selects.
//! Must not know: what is plotted.

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use super::spec::{Area, Entry, Select, Spec, Swatch};
use crate::browser::plot::{self, Plot, Told};
use crate::browser::time::now_ms;
use crate::parts::exports::of_table;
use crate::parts::turn::use_turn;
use crate::state::export::table::Table;
use crate::state::format::count;

/// Rows of the table behind a chart.
const TABLE_ROWS: usize = 500;

/// A table that says more than the drawing's own numbers: as it is shown, and its text, which is what
/// leaves the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    /// The table.
    pub shown: Html,
    /// The same as text.
    pub table: Rc<Table>,
}

/// What a [`Chart`] is given.
#[derive(Properties, PartialEq)]
pub struct ChartProps {
    /// What it is of, in a few words.
    pub caption: AttrValue,
    /// What it shows, in a sentence or two: stands for the drawing.
    pub text: AttrValue,
    /// What is drawn.
    pub spec: Rc<Spec>,
    /// The selection to show.
    #[prop_or_default]
    pub area: Option<Area>,
    /// Takes a selection, or its end.
    #[prop_or_default]
    pub onselect: Option<Callback<Option<Area>>>,
    /// Takes a point of a scatter plot, or a name's place: its series and its place in it.
    #[prop_or_default]
    pub onpick: Option<Callback<(usize, usize)>>,
    /// Whether the caption is only for who cannot see the drawing.
    #[prop_or_default]
    pub bare: bool,
    /// Whether its key stands elsewhere.
    #[prop_or_default]
    pub keyless: bool,
    /// The table behind it, where it says more than the drawing's own numbers.
    #[prop_or_default]
    pub behind: Option<Behind>,
    /// Classes beside `chart`.
    #[prop_or_default]
    pub class: Classes,
}

/// A chart with the text that stands for it and the table behind it.
#[component]
pub fn Chart(props: &ChartProps) -> Html {
    let host = use_node_ref();
    let failed = use_drawing(props, &host);
    let selectable = props.spec.select != Select::None;
    let text = if selectable {
        AttrValue::from(format!(
            "{} Arrow keys move a selection along the horizontal axis, with shift they widen it, \
             Escape ends it.",
            props.text
        ))
    } else {
        props.text.clone()
    };
    html! {
        <figure class={classes!("chart", "plotted", props.class.clone())}>
            <figcaption class={props.bare.then_some("visually-hidden")}>{ &props.caption }</figcaption>
            if let Some(error) = failed {
                <p class="caption">{ format!("The drawing is not available ({error}); reload the page for it. The table has its numbers.") }</p>
            }
            <div
                class={classes!("chart-host", props.onpick.as_ref().map(|_| "pickable"))}
                ref={host}
                role={if selectable { "group" } else { "img" }}
                aria-label={text}
                tabindex={selectable.then_some("0")}
            />
            if !props.keyless {
                { key(&props.spec.key()) }
            }
            if let Some(behind) = &props.behind {
                <details>
                    <summary>{ "As a table" }<span class="visually-hidden">{ format!(": {}", props.caption) }</span></summary>
                    { behind.shown.clone() }
                    { exports(&props.caption, {
                        let table = Rc::clone(&behind.table);
                        move || Rc::clone(&table)
                    }) }
                    { references(&props.caption, &props.spec) }
                </details>
            } else {
                <TableBehind caption={props.caption.clone()} spec={props.spec.clone()} />
            }
        </figure>
    }
}

/// Whether what draws is here; the first chart asks for it. Gives the reason where it does not come.
#[hook]
fn use_library() -> Result<bool, String> {
    let arrived = use_state(|| Ok(plot::is_ready()));
    {
        let arrived = arrived.clone();
        use_effect_with((), move |()| {
            if *arrived == Ok(false) {
                plot::when_ready(move |library| arrived.set(library.map(|()| true)));
            }
        });
    }
    (*arrived).clone()
}

/// Draws after each change; gives the reason where that is not possible.
#[hook]
fn use_drawing(props: &ChartProps, host: &NodeRef) -> Option<String> {
    let plot = use_mut_ref(|| None::<Plot>);
    let library = use_library();
    // The figure stands first: drawing into it is the longer part.
    let has_come = use_turn();
    let is_ready = library == Ok(true) && has_come;
    let failed = use_state(|| None::<String>);
    let callbacks = use_mut_ref(|| (None, None));
    *callbacks.borrow_mut() = (props.onselect.clone(), props.onpick.clone());
    {
        let (plot, failed, host) = (plot.clone(), failed.clone(), host.clone());
        use_effect_with((props.spec.clone(), is_ready), move |(spec, is_ready)| {
            if !is_ready {
                return;
            }
            let (drawing, columns) = spec.drawing();
            let drawn = plot.borrow().is_some();
            if drawn {
                if let Some(plot) = &*plot.borrow() {
                    plot.update(&drawing, &columns);
                }
            } else if let Some(element) = host.cast() {
                match Plot::draw(&element, &drawing, &columns, teller(callbacks)) {
                    Ok(drawn) => {
                        plot.replace(Some(drawn));
                    }
                    Err(error) => failed.set(Some(error)),
                }
            }
        });
    }
    {
        let plot = plot.clone();
        use_effect_with(
            (props.area, props.spec.clone(), is_ready),
            move |(area, _, _)| {
                if let Some(plot) = &*plot.borrow() {
                    let values = area.map(|area| {
                        let (from, to) = area.y.unzip();
                        [Some(area.x.0), Some(area.x.1), from, to]
                            .into_iter()
                            .flatten()
                            .collect::<Vec<_>>()
                    });
                    plot.select(values.as_deref());
                }
            },
        );
    }
    use_effect_with((), move |()| move || drop(plot.take()));
    library.err().or_else(|| (*failed).clone())
}

type Callbacks = Rc<
    RefCell<(
        Option<Callback<Option<Area>>>,
        Option<Callback<(usize, usize)>>,
    )>,
>;

fn teller(callbacks: Callbacks) -> impl Fn(Told) {
    // A click that ends a drag is no pick.
    const DRAG_MS: f64 = 60.0;
    let selected_at = std::cell::Cell::new(f64::NEG_INFINITY);
    move |told| {
        let (onselect, onpick) = callbacks.borrow().clone();
        match told {
            Told::Select(values) => {
                let area = values.as_deref().and_then(area);
                if area.is_some() {
                    selected_at.set(now_ms());
                }
                if let Some(onselect) = onselect {
                    onselect.emit(area);
                }
            }
            Told::Pick(series, at) => {
                if let Some(onpick) = onpick.filter(|_| now_ms() - selected_at.get() > DRAG_MS) {
                    onpick.emit((series, at));
                }
            }
        }
    }
}

fn area(values: &[f64]) -> Option<Area> {
    match *values {
        [from, to] => Some(Area {
            x: (from, to),
            y: None,
        }),
        [from, to, low, high] => Some(Area {
            x: (from, to),
            y: Some((low, high)),
        }),
        _ => None,
    }
}

/// What colours, dashed lines and bands stand for.
pub fn key(entries: &[Entry]) -> Html {
    if entries.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="chart-key" aria-hidden="true">
            { for entries.iter().map(|entry| {
                let kind = match entry.swatch {
                    Swatch::Fill => None,
                    Swatch::Line => Some("swatch-line"),
                    Swatch::Band => Some("swatch-band"),
                    Swatch::Inner => Some("swatch-inner"),
                };
                let colour = format!("swatch-{}", entry.colour.name());
                html! { <li><span class={classes!("swatch", kind, colour)} />{ &entry.label }</li> }
            }) }
        </ul>
    }
}

#[derive(Properties, PartialEq)]
struct TableProps {
    caption: AttrValue,
    spec: Rc<Spec>,
}

/// The numbers; written out only while it is open.
#[component]
fn TableBehind(props: &TableProps) -> Html {
    let open = use_state(|| false);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            open.set(!*open);
        })
    };
    let onclick = ontoggle.reform(|event: MouseEvent| event.into());
    html! {
        <details open={*open}>
            <summary {onclick}>{ "As a table" }<span class="visually-hidden">{ format!(": {}", props.caption) }</span></summary>
            if *open {
                { table(&props.caption, &props.spec) }
            }
        </details>
    }
}

/// A file's name for a caption.
fn file(caption: &str) -> String {
    let words = caption.to_lowercase();
    let words = words
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    format!("wakeful-{}", words.collect::<Vec<_>>().join("-"))
}

/// The way of a table out of the page.
fn exports(caption: &str, table: impl Fn() -> Rc<Table> + 'static) -> Html {
    of_table(format!("the table of {caption}"), file(caption), table)
}

/// What the lines and bands stand for, as a table of its own; nothing without any.
fn references(caption: &str, spec: &Spec) -> Html {
    let table = spec.references();
    if table.rows.is_empty() {
        return Html::default();
    }
    let caption = format!("{caption}, lines and bands");
    html! {
        <div class="references">
            { shown(&caption, &table) }
            { exports(&caption, {
                let table = Rc::new(table);
                move || Rc::clone(&table)
            }) }
        </div>
    }
}

fn shown(caption: &str, table: &Table) -> Html {
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label={caption.to_owned()}>
            <table>
                <thead><tr>{ for table.columns.iter().map(|head| html! { <th scope="col">{ head }</th> }) }</tr></thead>
                <tbody>
                    { for table.rows.iter().map(|row| html! {
                        <tr>{ for row.iter().enumerate().map(|(at, cell)| if at == 0 { html! { <th scope="row">{ cell }</th> } } else { html! { <td>{ cell }</td> } }) }</tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

fn table(caption: &str, spec: &Rc<Spec>) -> Html {
    // All rows leave, those too that the table does not show.
    let all = {
        let spec = Rc::clone(spec);
        move || Rc::new(spec.table(usize::MAX))
    };
    let table = spec.table(TABLE_ROWS);
    html! {
        <>
            { shown(caption, &table) }
            { exports(caption, all) }
            if table.total > table.rows.len() {
                <p class="caption">{ format!("The first {} of {} rows.", count(table.rows.len() as u64), count(table.total as u64)) }</p>
            }
            { references(caption, spec) }
        </>
    }
}

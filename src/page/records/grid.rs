//! The table of rows: only those on the screen exist.
//!
//! In: the view's state. Out: changes, by mouse; what keys do is in [`super::keys`].
//! Must not know: how many rows there are beyond their number.

use std::cell::Cell;
use std::rc::Rc;

use yew::prelude::*;

use super::super::app::Dispatch;
use super::cell::{entries, is_number, shown};
use super::keys::keys;
use super::menu::CellMenu;
use super::scroll::Scroll;
use super::view::use_rows;
use super::widths::Widths;
use crate::browser::time::after;
use crate::browser::{Element, sheet};
use crate::state::records::{Change, Records, Sheet};
use crate::state::text::visible;

/// Pixels a row; www/records.css has the same.
const ROW: f64 = 30.0;
/// When the bar is put right after scrolling.
const SETTLE_MS: i32 = 160;

#[derive(Properties, PartialEq)]
pub struct GridProps {
    pub records: Records,
    pub change: Callback<Change>,
    /// The token of the line to the look-up tab; `None` where the browser cannot make one.
    pub token: Option<AttrValue>,
    pub dispatch: Dispatch,
}

/// The cell that the keyboard is on: row (`None` for the headings) and column.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Cursor {
    pub(super) row: Option<u32>,
    pub(super) column: usize,
}

/// An open menu: of which cell, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Menu {
    pub(super) row: u32,
    pub(super) column: usize,
    pub(super) left: f64,
    pub(super) top: f64,
}

/// All that the table knows by itself.
#[derive(Clone, PartialEq)]
pub(super) struct Local {
    pub(super) scroll: UseStateHandle<Scroll>,
    pub(super) cursor: UseStateHandle<Cursor>,
    pub(super) menu: UseStateHandle<Option<Menu>>,
    grip: Rc<Cell<Option<Grip>>>,
}

/// The edge of a column that is dragged: where the drag began, and the column's width then, pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Grip {
    at: f64,
    width: f64,
}

#[component]
pub fn Grid(props: &GridProps) -> Html {
    let host = use_node_ref();
    let local = Local {
        scroll: use_state(|| Scroll::new(ROW)),
        cursor: use_state(Cursor::default),
        menu: use_state(|| None),
        grip: use_memo((), |()| Cell::new(None)),
    };
    let records = &props.records;
    let found = records.found();
    let scroll = local.scroll.sized(found, local.scroll_room());
    let (first, cut) = scroll.first();
    let rows = first..found.min(first + scroll.visible());
    use_rows(records, rows.clone());
    use_layout(&host, &local, scroll, cut, records);
    use_start(&host, &local, records.ask);
    let columns = &records.sheet().columns;
    let onscroll = {
        let (host, local) = (host.clone(), local.clone());
        Callback::from(move |_: Event| scrolled(&host, &local, scroll))
    };
    html! {
        <div class="grid-frame">
            <div
                class="grid"
                ref={host.clone()}
                role="grid"
                aria-label="Rows of the log"
                aria-rowcount={(u64::from(found) + 1).to_string()}
                aria-colcount={columns.len().to_string()}
                {onscroll}
                onkeydown={keys(props, &local, scroll, &host)}
            >
                <div class="grid-space">
                    <div class="grid-stick">
                        { head(props, &local) }
                        <div class="grid-rows" role="rowgroup">
                            { for rows.map(|at| row(props, &local, at)) }
                        </div>
                        if found == 0 {
                            <p class="grid-empty">{ empty(records) }</p>
                        }
                    </div>
                </div>
            </div>
            { menu(props, &local) }
        </div>
    }
}

impl Local {
    fn scroll_room(&self) -> f64 {
        self.scroll.room()
    }
}

fn empty(records: &Records) -> &'static str {
    match records.sifting {
        crate::state::records::Sifting::Ready { .. } if records.sheet().filter.is_empty() => {
            "There are no rows of this log."
        }
        crate::state::records::Sifting::Ready { .. } => "No row passes the filter.",
        _ => "",
    }
}

/// The `id` of a cell, or of a column's heading.
pub(super) fn cell_id(row: Option<u32>, column: usize) -> String {
    match row {
        Some(row) => format!("cell-{row}-{column}"),
        None => format!("head-{column}"),
    }
}

/// The class of a cell of a column that stays at the left: the columns shown begin with those.
fn pin(sheet: &Sheet, column: usize) -> Classes {
    if column >= sheet.pinned.len() {
        return Classes::new();
    }
    let last = column + 1 == sheet.pinned.len();
    classes!("pin", format!("pin-{column}"), last.then_some("pin-last"))
}

fn tab_index(local: &Local, row: Option<u32>, column: usize) -> &'static str {
    let here = *local.cursor == Cursor { row, column };
    if here { "0" } else { "-1" }
}

fn head(props: &GridProps, local: &Local) -> Html {
    let sheet = props.records.sheet();
    html! {
        <div class="grid-head" role="rowgroup">
            <div class="grid-row" role="row" aria-rowindex="1">
                { for sheet.columns.iter().enumerate().map(|(at, name)| {
                    let sort = sheet.sort.as_ref().filter(|sort| &sort.column == name);
                    let order = sort.map_or("none", |sort| if sort.descending { "descending" } else { "ascending" });
                    let onclick = {
                        let (name, cursor) = (name.clone(), local.cursor.clone());
                        props.change.reform(move |_: MouseEvent| {
                            cursor.set(Cursor { row: None, column: at });
                            Change::SortBy(name.clone())
                        })
                    };
                    html! {
                        <div
                            id={cell_id(None, at)}
                            class={classes!("grid-cell", is_number(name).then_some("number"), pin(sheet, at))}
                            role="columnheader"
                            aria-colindex={(at + 1).to_string()}
                            aria-sort={order}
                            tabindex={tab_index(local, None, at)}
                            title={format!("{name}: click to sort; drag its edge, or shift and an arrow key, to make it wider")}
                            {onclick}
                        >
                            <span class="grid-name">{ visible(name).into_owned() }</span>
                            <span class="grid-sort" aria-hidden="true">{ match order { "ascending" => "▲", "descending" => "▼", _ => "" } }</span>
                            { grip(props, local, at, name) }
                        </div>
                    }
                }) }
            </div>
        </div>
    }
}

/// The edge of a column's heading, to be dragged.
fn grip(props: &GridProps, local: &Local, at: usize, name: &str) -> Html {
    let down = {
        let grip = local.grip.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            sheet::hold(&event);
            let at_x = f64::from(event.client_x());
            let width = sheet::width(&cell_id(None, at));
            grip.set(width.map(|width| Grip { at: at_x, width }));
        })
    };
    let moved = {
        let (grip, change, name) = (local.grip.clone(), props.change.clone(), name.to_owned());
        Callback::from(move |event: PointerEvent| {
            if let Some(from) = grip.get() {
                let width = from.width + f64::from(event.client_x()) - from.at;
                change.emit(Change::Width(name.clone(), width.max(0.0) as u32));
            }
        })
    };
    let up = {
        let grip = local.grip.clone();
        Callback::from(move |_: PointerEvent| grip.set(None))
    };
    // A drag is no click on the heading, which sorts.
    let onclick = Callback::from(|event: MouseEvent| event.stop_propagation());
    html! {
        <span
            class="grid-grip"
            aria-hidden="true"
            onpointerdown={down}
            onpointermove={moved}
            onpointerup={up.clone()}
            onpointercancel={up}
            {onclick}
        />
    }
}

fn row(props: &GridProps, local: &Local, at: u32) -> Html {
    let records = &props.records;
    let here = records.row(at);
    let class = classes!(
        "grid-row",
        here.is_none().then_some("pending"),
        (records.detail == Some(at)).then_some("selected"),
        (at % 2 == 1).then_some("odd"),
    );
    // Rows that a fast scroll only passes by are one cell: that is what keeps it smooth. The row that
    // the keyboard is on keeps its cells, since one of them takes the focus.
    if here.is_none() && local.cursor.row != Some(at) {
        let columns = records.sheet().columns.len().to_string();
        return html! {
            <div key={at} {class} role="row" aria-rowindex={(u64::from(at) + 2).to_string()}>
                <div class="grid-cell" role="gridcell" aria-colindex="1" aria-colspan={columns}>
                    <span class="muted" aria-label="not read yet">{ "…" }</span>
                </div>
            </div>
        };
    }
    html! {
        <div key={at} {class} role="row" aria-rowindex={(u64::from(at) + 2).to_string()}>
            { for records.sheet().columns.iter().enumerate().map(|(column, name)| {
                let cell = here.map(|row| row.cells.get(column).cloned().flatten());
                html! {
                    <div
                        id={cell_id(Some(at), column)}
                        class={classes!("grid-cell", is_number(name).then_some("number"), pin(records.sheet(), column))}
                        role="gridcell"
                        aria-colindex={(column + 1).to_string()}
                        tabindex={tab_index(local, Some(at), column)}
                        onclick={click(local, at, column)}
                        ondblclick={props.change.reform(move |_: MouseEvent| Change::Detail(Some(at)))}
                        oncontextmenu={context(local, at, column)}
                    >
                        { match cell {
                            Some(cell) => shown(name, cell.as_deref()),
                            None => html! { <span class="muted" aria-label="not read yet">{ "…" }</span> },
                        } }
                    </div>
                }
            }) }
        </div>
    }
}

fn click(local: &Local, row: u32, column: usize) -> Callback<MouseEvent> {
    let (cursor, menu) = (local.cursor.clone(), local.menu.clone());
    Callback::from(move |event: MouseEvent| {
        let here = Cursor {
            row: Some(row),
            column,
        };
        // A second click on the same cell opens its menu.
        let again = *cursor == here && menu.is_none() && event.detail() == 1;
        cursor.set(here);
        menu.set(again.then_some(Menu {
            row,
            column,
            left: f64::from(event.client_x()),
            top: f64::from(event.client_y()),
        }));
    })
}

fn context(local: &Local, row: u32, column: usize) -> Callback<MouseEvent> {
    let local = local.clone();
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        local.cursor.set(Cursor {
            row: Some(row),
            column,
        });
        local.menu.set(Some(Menu {
            row,
            column,
            left: f64::from(event.client_x()),
            top: f64::from(event.client_y()),
        }));
    })
}

fn scrolled(host: &NodeRef, local: &Local, mut scroll: Scroll) {
    let Some(element) = host.cast::<Element>() else {
        return;
    };
    let bar = sheet::scrolled(&element);
    if (bar - scroll.bar()).abs() < 0.5 {
        return;
    }
    scroll.moved(bar);
    local.scroll.set(scroll);
    local.menu.set(None);
}

/// Writes sizes and places into custom properties, and puts the bar right when it rests.
#[hook]
fn use_layout(host: &NodeRef, local: &Local, scroll: Scroll, cut: f64, records: &Records) {
    let widths = Widths::of(records.sheet());
    let columns = records.sheet().columns.len();
    {
        let host = host.clone();
        use_effect_with(
            (widths, scroll.element() as u64, cut as i64, columns),
            move |(widths, height, cut, _)| {
                if let Some(element) = host.cast::<Element>() {
                    sheet::put(&element, "--columns", &widths.columns);
                    sheet::put(&element, "--width", &widths.all);
                    sheet::put(&element, "--pin-1", &widths.first);
                    sheet::put(&element, "--pin-2", &widths.two);
                    sheet::put(&element, "--space", &format!("{height}px"));
                    sheet::put(&element, "--cut", &format!("-{cut}px"));
                }
            },
        );
    }
    // The room for rows: after each drawing, since it follows from the window.
    {
        let (host, handle) = (host.clone(), local.scroll.clone());
        let measure = move || {
            if let Some(element) = host.cast::<Element>() {
                let room = (sheet::inner_height(&element) - ROW).max(ROW);
                sheet::put(&element, "--room", &format!("{}px", room + ROW));
                if (room - handle.room()).abs() > 0.5 {
                    handle.set(handle.sized(handle.rows(), room));
                }
            }
        };
        let again = measure.clone();
        use_effect(measure);
        use_effect_with((), move |()| {
            let listener = sheet::on_resize(again);
            move || drop(listener)
        });
    }
    let (host, handle) = (host.clone(), local.scroll.clone());
    use_effect_with(scroll.first(), move |_| {
        after(SETTLE_MS, move || {
            let mut now = scroll;
            // Only where it has not moved on meanwhile.
            if let Some(element) = host.cast::<Element>()
                && (sheet::scrolled(&element) - now.bar()).abs() < 0.5
            {
                let bar = now.settled();
                if (bar - sheet::scrolled(&element)).abs() >= 1.0 {
                    handle.set(now);
                    sheet::scroll_to(&element, bar);
                }
            }
        });
    });
}

/// Back to the first row where the rows are others.
#[hook]
fn use_start(host: &NodeRef, local: &Local, ask: u32) {
    let (host, local) = (host.clone(), local.clone());
    use_effect_with(ask, move |_| {
        local
            .scroll
            .set(Scroll::new(ROW).sized(0, local.scroll_room()));
        local.menu.set(None);
        if local.cursor.row.is_some() {
            local.cursor.set(Cursor {
                row: Some(0),
                column: local.cursor.column,
            });
        }
        if let Some(element) = host.cast::<Element>() {
            sheet::scroll_to(&element, 0.0);
        }
    });
}

fn menu(props: &GridProps, local: &Local) -> Html {
    let Some(menu) = *local.menu else {
        return Html::default();
    };
    let records = &props.records;
    let columns = &records.sheet().columns;
    let Some(row) = records
        .row(menu.row)
        .filter(|_| menu.column < columns.len())
    else {
        return Html::default();
    };
    let context = (records.log, records.sheet().filter.as_str());
    html! {
        <CellMenu
            entries={entries(context, columns, row, menu.row, menu.column)}
            left={menu.left}
            top={menu.top}
            back={cell_id(Some(menu.row), menu.column)}
            change={props.change.clone()}
            token={props.token.clone()}
            dispatch={props.dispatch.clone()}
            close={{
                let menu = local.menu.clone();
                Callback::from(move |()| menu.set(None))
            }}
        />
    }
}

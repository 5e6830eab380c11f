//! The table of rows: only those on the screen exist.
//!
//! In: the view's state. Out: changes, by mouse and keyboard.
//! Must not know: how many rows there are beyond their number.

use std::cell::Cell;
use std::rc::Rc;

use wakeful_lookup::Subject;
use yew::prelude::*;

use super::super::app::Dispatch;
use super::cell::{Deed, entries, is_number, shown};
use super::scroll::Scroll;
use super::view::use_rows;
use crate::browser::time::after;
use crate::browser::{Element, KeyboardEvent, clip, sheet};
use crate::state::Action;
use crate::state::lookup::Happened;
use crate::state::records::{Change, Records, Sheet};
use crate::state::text::visible;

/// Pixels a row; www/records.css has the same.
const ROW: f64 = 30.0;
/// Pixels by which a key makes a column wider or narrower.
const STEP: f64 = 24.0;
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
struct Cursor {
    row: Option<u32>,
    column: usize,
}

/// An open menu: of which cell, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Menu {
    row: u32,
    column: usize,
    left: f64,
    top: f64,
}

/// All that the table knows by itself.
#[derive(Clone, PartialEq)]
struct Local {
    scroll: UseStateHandle<Scroll>,
    cursor: UseStateHandle<Cursor>,
    menu: UseStateHandle<Option<Menu>>,
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

fn cell_id(row: Option<u32>, column: usize) -> String {
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
    let columns = records.sheet().columns.clone();
    let pinned = &records.sheet().pinned;
    let set = &records.sheet().widths;
    // One that stays has a width that is known: the next one stays beside it.
    let grows = |name: &str| grows(name) && !pinned.iter().any(|known| known == name);
    let beside = |count: usize| {
        let widths = pinned.iter().take(count).map(|name| match set.get(name) {
            Some(pixels) => format!("{pixels}px"),
            None => format!("{}rem", width(name)),
        });
        let widths = std::iter::once("0px".to_owned()).chain(widths);
        format!("calc({})", widths.collect::<Vec<_>>().join(" + "))
    };
    let own = |name: &&String| !set.contains_key(*name);
    let total: f64 = columns.iter().filter(own).map(|name| width(name)).sum();
    let set_total: u32 = columns.iter().filter_map(|name| set.get(name)).sum();
    let some_grow = columns.iter().filter(own).any(|name| grows(name));
    let widths: Vec<String> = columns
        .iter()
        .map(|name| match (set.get(name), width(name)) {
            (Some(pixels), _) => format!("{pixels}px"),
            (None, rem) if !pinned.contains(name) && (grows(name) || !some_grow) => {
                format!("minmax({rem}rem, {rem}fr)")
            }
            (None, rem) => format!("{rem}rem"),
        })
        .collect();
    let widths = (
        widths.join(" "),
        format!("calc({total}rem + {set_total}px)"),
        beside(1),
        beside(2),
    );
    {
        let host = host.clone();
        use_effect_with(
            (widths, scroll.element() as u64, cut as i64, columns.len()),
            move |(widths, height, cut, _)| {
                if let Some(element) = host.cast::<Element>() {
                    sheet::put(&element, "--columns", &widths.0);
                    sheet::put(&element, "--width", &widths.1);
                    sheet::put(&element, "--pin-1", &widths.2);
                    sheet::put(&element, "--pin-2", &widths.3);
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

/// Room for what usually stands in a column, rem.
fn width(column: &str) -> f64 {
    match column {
        "ts" => 13.5,
        "uid" => 11.5,
        "query" => 24.0,
        "answers" => 18.0,
        "domain" => 12.0,
        "id.orig_h" | "id.resp_h" => 9.5,
        "id.orig_p" | "id.resp_p" | "proto" | "AA" | "TC" | "RD" | "RA" | "Z" | "qclass" => 5.2,
        "qtype_name" | "rcode_name" => 8.6,
        "qtype" | "rcode" => 6.2,
        "rejected" | "local_orig" | "local_resp" => 6.4,
        _ => 8.0,
    }
}

/// Whether a column takes what room is left.
fn grows(column: &str) -> bool {
    matches!(column, "query" | "answers")
}

fn keys(
    props: &GridProps,
    local: &Local,
    scroll: Scroll,
    host: &NodeRef,
) -> Callback<KeyboardEvent> {
    let (records, change, local, host) = (
        props.records.clone(),
        props.change.clone(),
        local.clone(),
        host.clone(),
    );
    Callback::from(move |event: KeyboardEvent| {
        let (found, columns) = (records.found(), records.sheet().columns.len());
        if columns == 0 || event.alt_key() || event.meta_key() {
            return;
        }
        let now = *local.cursor;
        let last = found.saturating_sub(1);
        let control = event.ctrl_key();
        let to = |row: Option<u32>, column: usize| Some(Cursor { row, column });
        let next = match (event.key().as_str(), now.row) {
            ("ArrowDown", None) if found > 0 => to(Some(scroll.first().0), now.column),
            ("ArrowDown", Some(row)) => to(Some((row + 1).min(last)), now.column),
            ("ArrowUp", Some(0)) => to(None, now.column),
            ("ArrowUp", Some(row)) => to(Some(row - 1), now.column),
            ("ArrowRight" | "ArrowLeft", None) if event.shift_key() => {
                let by = if event.key() == "ArrowRight" {
                    STEP
                } else {
                    -STEP
                };
                if let Some(width) = sheet::width(&cell_id(None, now.column)) {
                    let name = records.sheet().columns[now.column].clone();
                    change.emit(Change::Width(name, (width + by).max(0.0) as u32));
                }
                to(None, now.column)
            }
            ("ArrowRight", row) => to(row, (now.column + 1).min(columns - 1)),
            ("ArrowLeft", row) => to(row, now.column.saturating_sub(1)),
            ("PageDown", row) if found > 0 => to(
                Some((row.unwrap_or(0) + scroll.page()).min(last)),
                now.column,
            ),
            ("PageUp", Some(row)) => to(Some(row.saturating_sub(scroll.page())), now.column),
            ("Home", Some(_)) if control => to(Some(0), 0),
            ("End", _) if control && found > 0 => to(Some(last), columns - 1),
            ("Home", row) => to(row, 0),
            ("End", row) => to(row, columns - 1),
            ("Enter" | " ", None) => {
                change.emit(Change::SortBy(records.sheet().columns[now.column].clone()));
                to(None, now.column)
            }
            ("Enter", Some(row)) => {
                change.emit(Change::Detail(Some(row)));
                to(Some(row), now.column)
            }
            ("ContextMenu" | " ", Some(row)) => open_menu(&local, row, now.column),
            ("F10", Some(row)) if event.shift_key() => open_menu(&local, row, now.column),
            _ => None,
        };
        if let Some(next) = next {
            event.prevent_default();
            event.stop_propagation();
            step(&local, scroll, &host, next);
        }
    })
}

fn open_menu(local: &Local, row: u32, column: usize) -> Option<Cursor> {
    let (left, _, bottom) = sheet::place(&cell_id(Some(row), column))?;
    local.menu.set(Some(Menu {
        row,
        column,
        left: left + 8.0,
        top: bottom,
    }));
    None
}

/// Moves the cursor, the rows with it, and the focus once they are drawn.
fn step(local: &Local, mut scroll: Scroll, host: &NodeRef, next: Cursor) {
    if let Some(row) = next.row
        && scroll.show(row)
    {
        let bar = scroll.settled();
        local.scroll.set(scroll);
        if let Some(element) = host.cast::<Element>() {
            sheet::scroll_to(&element, bar);
        }
    }
    local.cursor.set(next);
    let id = cell_id(next.row, next.column);
    after(0, move || {
        sheet::focus_in_place(&id);
        sheet::show_sideways(&id);
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

#[derive(Properties, PartialEq)]
struct MenuProps {
    entries: Vec<super::cell::Entry>,
    left: f64,
    top: f64,
    /// The cell that gets the focus back.
    back: String,
    change: Callback<Change>,
    token: Option<AttrValue>,
    dispatch: Dispatch,
    close: Callback<()>,
}

#[component]
fn CellMenu(props: &MenuProps) -> Html {
    let host = use_node_ref();
    {
        let host = host.clone();
        use_effect_with((props.left as i64, props.top as i64), move |(left, top)| {
            if let Some(element) = host.cast::<Element>() {
                sheet::put(&element, "--left", &format!("{left}px"));
                sheet::put(&element, "--top", &format!("{top}px"));
            }
            sheet::focus_in_place(&entry_id(0));
        });
    }
    let onkeydown = {
        let (close, back, of) = (props.close.clone(), props.back.clone(), props.entries.len());
        Callback::from(move |event: KeyboardEvent| {
            let at = event_entry(&event);
            let next = match event.key().as_str() {
                "ArrowDown" => (at + 1) % of,
                "ArrowUp" => (at + of - 1) % of,
                "Home" => 0,
                "End" => of - 1,
                "Escape" | "Tab" => {
                    event.prevent_default();
                    event.stop_propagation();
                    close.emit(());
                    sheet::focus_in_place(&back);
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            sheet::focus_in_place(&entry_id(next));
        })
    };
    html! {
        <>
            <div class="menu-ground" onclick={props.close.reform(|_: MouseEvent| ())} />
            <div class="menu" ref={host} role="menu" aria-label="This cell" {onkeydown}>
                { for props.entries.iter().enumerate().map(|(at, entry)| {
                    if let Deed::LookUp(subject) = &entry.deed {
                        return look_up(props, at, &entry.title, subject);
                    }
                    let onclick = {
                        let (deed, change, close, back) = (entry.deed.clone(), props.change.clone(), props.close.clone(), props.back.clone());
                        Callback::from(move |_: MouseEvent| {
                            close.emit(());
                            sheet::focus_in_place(&back);
                            match &deed {
                                Deed::Change(next) => change.emit(next.clone()),
                                Deed::Copy(text) => clip::copy(text, |_| {}),
                                Deed::LookUp(_) => {}
                            }
                        })
                    };
                    html! { <button id={entry_id(at)} class="menu-item" role="menuitem" tabindex="-1" {onclick}><bdi>{ &entry.title }</bdi></button> }
                }) }
            </div>
        </>
    }
}

/// The way to the look-up tab, with this one name on its list: it shows what would be sent, and asks.
fn look_up(props: &MenuProps, at: usize, title: &str, subject: &Subject) -> Html {
    let Some(token) = &props.token else {
        return Html::default();
    };
    let onclick = {
        let (dispatch, close) = (props.dispatch.clone(), props.close.clone());
        let chosen = Happened::Chosen(subject.clone(), true);
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Lookup(chosen.clone()));
            // Not before the link was followed.
            let close = close.clone();
            after(0, move || close.emit(()));
        })
    };
    html! {
        <a id={entry_id(at)} class="menu-item" role="menuitem" tabindex="-1" href={format!("lookup.html#{token}")} target="_blank" rel="noopener" {onclick}>
            <bdi>{ title }</bdi>
        </a>
    }
}

fn entry_id(at: usize) -> String {
    format!("menu-{at}")
}

/// The entry that an event comes from.
fn event_entry(event: &KeyboardEvent) -> usize {
    event
        .target_dyn_into::<Element>()
        .and_then(|element| element.id().strip_prefix("menu-")?.parse().ok())
        .unwrap_or(0)
}

//! The keyboard in the table of rows.
//!
//! In: key presses, where the cursor is. Out: where it goes, and changes.
//! Must not know: what stands in a cell.

use yew::prelude::*;

use super::grid::{Cursor, GridProps, Local, Menu, cell_id};
use super::scroll::Scroll;
use crate::browser::time::after;
use crate::browser::{Element, KeyboardEvent, sheet};
use crate::state::records::Change;

/// Pixels by which a key makes a column wider or narrower.
const STEP: f64 = 24.0;

/// What keys do in the table (the grid pattern of the ARIA Authoring Practices Guide).
pub(super) fn keys(
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

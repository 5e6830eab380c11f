//! Dragging over the window, dropping, pasting.
//!
//! In: a callback. Out: whether something is dragged over the window; the files dropped or
//! pasted (folders are walked), or the text pasted.
//! Must not know: what becomes of them.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, FileSystemDirectoryEntry, FileSystemEntry,
    FileSystemFileEntry,
};

use super::files::{FileHandle, PickedFile, error_name, from_list};
use super::listen::{Listener, from_text_field};

/// What the user brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Brought {
    /// Something is being dragged over the window, or no longer is.
    Over(bool),
    /// Files, those of folders included.
    Files(Vec<PickedFile>),
    /// Text from the clipboard.
    Text(String),
    /// A folder or file that the browser did not let us read: its name, the error's name.
    Refused(String, String),
    /// A folder without any file.
    Nothing,
}

/// Makes the whole window a drop target and listens for paste.
#[must_use]
pub fn listen(receive: impl Fn(Brought) + Clone + 'static) -> Vec<Listener> {
    let Some(window) = super::window() else {
        return Vec::new();
    };
    let (over, leave, drop, paste) = (receive.clone(), receive.clone(), receive.clone(), receive);
    vec![
        Listener::on(&window, "dragover", move |event| {
            // Without this the browser would open the file in place of the page.
            event.prevent_default();
            if carries_files(&event) {
                over(Brought::Over(true));
            }
        }),
        Listener::on(&window, "dragleave", move |event| {
            // Leaving one element for another names the other; leaving the window names none.
            let drag = event.unchecked_into::<DragEvent>();
            if drag.related_target().is_none() {
                leave(Brought::Over(false));
            }
        }),
        Listener::on(&window, "drop", move |event| {
            event.prevent_default();
            drop(Brought::Over(false));
            if let Some(data) = event.unchecked_into::<DragEvent>().data_transfer() {
                take_dropped(&data, drop.clone());
            }
        }),
        Listener::on(&window, "paste", move |event| {
            if from_text_field(&event) {
                return;
            }
            if let Some(data) = event.unchecked_into::<ClipboardEvent>().clipboard_data() {
                take_plain(&data, &paste);
            }
        }),
    ]
}

fn carries_files(event: &web_sys::Event) -> bool {
    event
        .dyn_ref::<DragEvent>()
        .and_then(DragEvent::data_transfer)
        .is_some_and(|data| data.types().iter().any(|kind| kind == "Files"))
}

/// Files where there are any, else text: a paste, or a drop without entries.
fn take_plain(data: &DataTransfer, receive: &impl Fn(Brought)) {
    let files = data
        .files()
        .map(|list| from_list(&list))
        .unwrap_or_default();
    if !files.is_empty() {
        receive(Brought::Files(files));
        return;
    }
    match data.get_data("text/plain") {
        Ok(text) if !text.trim().is_empty() => receive(Brought::Text(text)),
        _ => {}
    }
}

fn take_dropped(data: &DataTransfer, receive: impl Fn(Brought) + 'static) {
    // The entries must be taken before this event ends: afterwards the list is empty.
    let items = data.items();
    let entries: Vec<FileSystemEntry> = (0..items.length())
        .filter_map(|at| items.get(at))
        .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
        .collect();
    if entries.is_empty() {
        take_plain(data, &receive);
        return;
    }
    spawn_local(async move {
        let (files, refused) = walk(entries).await;
        if files.is_empty() && refused.is_empty() {
            receive(Brought::Nothing);
        }
        for (name, error) in refused {
            receive(Brought::Refused(name, error));
        }
        if !files.is_empty() {
            receive(Brought::Files(files));
        }
    });
}

/// All files below some entries; beside them, what could not be read.
async fn walk(entries: Vec<FileSystemEntry>) -> (Vec<PickedFile>, Vec<(String, String)>) {
    let mut files = Vec::new();
    let mut refused = Vec::new();
    let mut left = entries;
    while let Some(entry) = left.pop() {
        let path = entry.full_path().trim_start_matches('/').to_owned();
        if entry.is_directory() {
            match children(entry.unchecked_into()).await {
                Ok(found) => left.extend(found),
                Err(error) => refused.push((path, error)),
            }
        } else {
            match file_of(entry.unchecked_into()).await {
                Ok(file) => files.push(PickedFile {
                    name: path,
                    file: FileHandle(file),
                }),
                Err(error) => refused.push((path, error)),
            }
        }
    }
    (files, refused)
}

async fn children(folder: FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, String> {
    let reader = folder.create_reader();
    let mut found = Vec::new();
    loop {
        // A reader gives at most 100 entries at a time and an empty list at the end.
        let batch = settle(|resolve, reject| {
            reader.read_entries_with_callback_and_callback(resolve, reject)
        })
        .await?;
        let batch = batch.unchecked_into::<Array>();
        if batch.length() == 0 {
            return Ok(found);
        }
        found.extend(batch.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
}

async fn file_of(entry: FileSystemFileEntry) -> Result<web_sys::File, String> {
    let file = settle(|resolve, reject| {
        entry.file_with_callback_and_callback(resolve, reject);
        Ok(())
    })
    .await?;
    Ok(file.unchecked_into())
}

/// Waits for an interface that takes two callbacks.
async fn settle(
    begin: impl Fn(&Function, &Function) -> Result<(), JsValue>,
) -> Result<JsValue, String> {
    let promise = Promise::new(&mut |resolve, reject| {
        if let Err(error) = begin(&resolve, &reject) {
            let _ = reject.call1(&JsValue::UNDEFINED, &error);
        }
    });
    JsFuture::from(promise)
        .await
        .map_err(|error| error_name(&error))
}

/// Marks an input as one for folders: an attribute that Rust's `html!` does not know.
pub fn pick_folders(input: &web_sys::HtmlInputElement) {
    let _ = input.set_attribute("webkitdirectory", "");
}

//! Files that the user picked.
//!
//! In: file inputs, lists of files. Out: [`PickedFile`]s: a handle and the name to show.
//! Must not know: what is in a file.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// A file on the user's disk, as the browser hands it out.
#[derive(Debug, Clone, PartialEq)]
pub struct FileHandle(pub(crate) web_sys::File);

impl FileHandle {
    /// A file of these bytes that is on no disk; `None` where the browser makes none.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let parts = Array::of1(&Uint8Array::from(bytes));
        let file = web_sys::File::new_with_u8_array_sequence(&parts, "");
        file.ok().map(Self)
    }

    /// The same packed with gzip; `None` where the browser does not pack.
    pub async fn packed(&self) -> Option<Self> {
        // web-sys has it among what may still change.
        let packer = Reflect::get(&js_sys::global(), &JsValue::from_str("CompressionStream"));
        let packer = packer.ok()?.dyn_into::<Function>().ok()?;
        let ends = Reflect::construct(&packer, &Array::of1(&JsValue::from_str("gzip"))).ok()?;
        let packed = self.0.stream().pipe_through(ends.unchecked_ref());
        let whole = Response::new_with_opt_readable_stream(Some(&packed)).ok()?;
        let blob = JsFuture::from(whole.blob().ok()?).await.ok()?;
        let file = web_sys::File::new_with_blob_sequence(&Array::of1(&blob), "");
        file.ok().map(Self)
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        // Sizes are whole numbers below 2^53.
        self.0.size() as u64
    }

    /// The moment of its last change, in milliseconds since 1970: tells two files of one name apart.
    #[must_use]
    pub fn last_modified(&self) -> f64 {
        self.0.last_modified()
    }

    /// A part of the file, as bytes.
    ///
    /// # Errors
    /// Where the file cannot be read any longer; says why in the browser's words.
    pub async fn part(&self, offset: u64, len: u32) -> Result<Vec<u8>, String> {
        let end = offset as f64 + f64::from(len);
        let slice = self
            .0
            .slice_with_f64_and_f64(offset as f64, end)
            .map_err(|error| error_name(&error))?;
        let buffer = JsFuture::from(slice.array_buffer())
            .await
            .map_err(|error| error_name(&error))?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }

    /// Several parts, all under way at once: each as far as the file reaches.
    ///
    /// # Errors
    /// As [`FileHandle::part`].
    pub async fn parts(&self, ranges: &[(u64, u32)]) -> Result<Vec<Vec<u8>>, String> {
        let mut pending = Vec::with_capacity(ranges.len());
        for &(offset, len) in ranges {
            let end = offset as f64 + f64::from(len);
            let slice = self
                .0
                .slice_with_f64_and_f64(offset as f64, end)
                .map_err(|error| error_name(&error))?;
            pending.push(slice.array_buffer());
        }
        let mut parts = Vec::with_capacity(ranges.len());
        for promise in pending {
            let buffer = JsFuture::from(promise)
                .await
                .map_err(|error| error_name(&error))?;
            parts.push(Uint8Array::new(&buffer).to_vec());
        }
        Ok(parts)
    }

    pub(crate) fn from_js(value: JsValue) -> Option<Self> {
        value.dyn_into().ok().map(Self)
    }
}

/// A file and the name that the user knows it by.
#[derive(Debug, Clone, PartialEq)]
pub struct PickedFile {
    /// With its folder, where a folder was picked.
    pub name: String,
    /// The file.
    pub file: FileHandle,
}

impl PickedFile {
    pub(crate) fn new(file: web_sys::File) -> Self {
        // `webkitRelativePath` is empty unless a folder was picked.
        let path = Reflect::get(&file, &JsValue::from_str("webkitRelativePath"))
            .ok()
            .and_then(|path| path.as_string())
            .filter(|path| !path.is_empty());
        Self {
            name: path.unwrap_or_else(|| file.name()),
            file: FileHandle(file),
        }
    }
}

/// The files of a file input; empties it, so that the same file can be picked again.
#[must_use]
pub fn take_from_input(input: &web_sys::HtmlInputElement) -> Vec<PickedFile> {
    let files = input.files().map(|list| from_list(&list));
    input.set_value("");
    files.unwrap_or_default()
}

pub(crate) fn from_list(list: &web_sys::FileList) -> Vec<PickedFile> {
    (0..list.length())
        .filter_map(|at| list.get(at))
        .map(PickedFile::new)
        .collect()
}

/// The name of a JavaScript error (`NotReadableError`): its text could quote anything.
pub(crate) fn error_name(error: &JsValue) -> String {
    Reflect::get(error, &JsValue::from_str("name"))
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_else(|| "an unknown error".to_owned())
}

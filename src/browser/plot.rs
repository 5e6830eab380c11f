//! A chart in an element: the way to `www/chart.js` and the library behind it.
//!
//! In: a drawing (JSON and columns), an element. Out: what the user selects or picks.
//! Must not know: what is drawn.

use js_sys::{Array, Error, Float64Array, Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

use super::files::error_name;

/// What the user did in a chart.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A stretch (two values) or a rectangle (four) was selected, or nothing any more.
    Select(Option<Vec<f64>>),
    /// A point: its series and its place in that.
    Pick(usize, usize),
}

/// A chart that is drawn; dropping it takes it away.
pub struct Plot {
    handle: JsValue,
    _told: Closure<dyn FnMut(JsValue, JsValue)>,
}

/// Whether what draws is here.
#[must_use]
pub fn is_ready() -> bool {
    Reflect::get(
        &js_sys::global(),
        &JsValue::from_str("wakefulChartsAreHere"),
    )
    .is_ok_and(|here| here.is_truthy())
}

/// Asks for what draws, where it was not yet asked for (`www/boot.js`), and calls back when it is here, or with the
/// reason why it does not come.
pub fn when_ready(told: impl FnOnce(Result<(), String>) + 'static) {
    spawn_local(async move { told(library().await) });
}

async fn library() -> Result<(), String> {
    let asked = function("wakefulCharts")
        .and_then(|ask| ask.call0(&JsValue::UNDEFINED).ok())
        .and_then(|promise| promise.dyn_into::<Promise>().ok());
    let Some(promise) = asked else {
        return Err("their library cannot be asked for".to_owned());
    };
    let arrived = JsFuture::from(promise).await;
    arrived.map(|_| ()).map_err(|error| {
        let said = error.dyn_ref::<Error>().map(Error::message);
        said.map_or_else(|| error_name(&error), String::from)
    })
}

fn function(name: &str) -> Option<Function> {
    let function = Reflect::get(&js_sys::global(), &JsValue::from_str(name)).ok()?;
    function.dyn_into().ok()
}

impl Plot {
    /// Draws into an element.
    ///
    /// # Errors
    /// Where the library was not loaded or cannot draw; gives the error's name.
    pub fn draw(
        host: &Element,
        drawing: &str,
        columns: &[&[f64]],
        told: impl Fn(Told) + 'static,
    ) -> Result<Self, String> {
        let told = Closure::new(move |what: JsValue, values: JsValue| {
            let values = values
                .dyn_into::<Float64Array>()
                .ok()
                .map(|values| values.to_vec());
            match (what.as_string().as_deref(), values) {
                (Some("select"), values) => told(Told::Select(values)),
                (Some("pick"), Some(values)) if values.len() == 2 => {
                    told(Told::Pick(values[0] as usize, values[1] as usize));
                }
                _ => {}
            }
        });
        let draw = function("wakefulChart").ok_or("their library was not loaded")?;
        let arguments = Array::of4(
            host,
            &JsValue::from_str(drawing),
            &arrays(columns),
            told.as_ref(),
        );
        let handle = draw
            .apply(&JsValue::UNDEFINED, &arguments)
            .map_err(|error| error_name(&error))?;
        Ok(Self {
            handle,
            _told: told,
        })
    }

    /// Draws something else in the same place.
    pub fn update(&self, drawing: &str, columns: &[&[f64]]) {
        self.call(
            "update",
            &Array::of2(&JsValue::from_str(drawing), &arrays(columns)),
        );
    }

    /// Shows a selection, or none, without telling of it.
    pub fn select(&self, area: Option<&[f64]>) {
        let area = area.map_or(JsValue::NULL, |area| Float64Array::from(area).into());
        self.call("select", &Array::of1(&area));
    }

    fn call(&self, name: &str, arguments: &Array) {
        // A handle of ours always has the three functions; what they throw is the library's own
        // and shows in the console.
        if let Ok(function) = Reflect::get(&self.handle, &JsValue::from_str(name))
            .and_then(|function| function.dyn_into::<Function>())
        {
            let _ = function.apply(&self.handle, arguments);
        }
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        self.call("destroy", &Array::new());
    }
}

fn arrays(columns: &[&[f64]]) -> Array {
    columns
        .iter()
        .map(|column| JsValue::from(Float64Array::from(*column)))
        .collect()
}

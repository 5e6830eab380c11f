//! A wasm module in two halves: what a program begins with, and the rest, which is loaded while it runs.
//!
//! In: a module with the names of its functions, and which of them it begins with ([`Names`]). Out: two modules
//! ([`Halves`]) that are one program: they share memory, table and globals, and neither call nor address of a
//! function changes. Must not know: what the functions do.
//!
//! The first half has every function by its old number. In place of one that moved stands a stub: where the
//! rest is not here yet it calls the *hook*, an import that brings it and returns when it is here; then it goes on
//! to the function, through the table. So a choice of functions that fits badly costs time and nothing else.
//! When the rest is instantiated (its one import object has the exports of the first half) it puts its functions
//! into the table and says by a global that it is here.

mod names;
mod parsed;
mod write;

pub use names::Names;

/// What the rest asks its imports of.
pub const MODULE: &str = "first";

/// Both halves.
#[derive(Debug)]
pub struct Halves {
    /// The module that is loaded at first.
    pub first: Vec<u8>,
    /// The module that comes after it.
    pub rest: Vec<u8>,
    /// How many functions moved.
    pub moved: usize,
}

/// Cuts `wasm`: functions with a name that `names` does not have move to the rest. `hook` is how the name of the import begins
/// that brings the rest.
///
/// # Errors
/// A sentence, where this is no module, has no names, or has no such import.
pub fn halves(wasm: &[u8], names: &Names, hook: &str) -> Result<Halves, String> {
    let module = parsed::Parsed::of(wasm)?;
    let hook = module
        .imported_functions
        .iter()
        .position(|import| import.name.starts_with(hook))
        .ok_or_else(|| format!("the module has no import named {hook}…"))? as u32;
    if module.names.is_empty() {
        return Err(
            "the module has no names of functions; build it with them (wasm-opt -g)".into(),
        );
    }
    let stays = names.of(module.named());
    let mut moved = vec![false; module.functions() as usize];
    for (function, ..) in module
        .named()
        .filter(|(function, ..)| !stays.contains(function))
    {
        moved[function as usize] = true;
    }
    write::halves(&module, &moved, hook)
}

/// A module's functions: number, name as [`Names`] has it, length in bytes.
///
/// # Errors
/// A sentence, where this is no module.
pub fn names_of(wasm: &[u8]) -> Result<Vec<(u32, String, usize)>, String> {
    let module = parsed::Parsed::of(wasm)?;
    let functions = module.named();
    Ok(functions
        .map(|(function, name, length)| (function, names::plain(name), length))
        .collect())
}

//! Page and worker alike: one wasm module, so that the two can never be of different builds.

fn main() {
    wakeful_page::start();
}

//! The look-up tab: a program of its own, so that the page does not load what only the tab needs.

fn main() {
    wakeful_page::lookup::start();
}

//! The reader gives the same in WebAssembly: some cases, against the goldens.
#![cfg(target_arch = "wasm32")]

mod common;

use common::dump;
use wasm_bindgen_test::wasm_bindgen_test;

/// A case's input and its golden.
macro_rules! case {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../test_data/", $name, "/input")),
            include_str!(concat!("../test_data/", $name, "/expected")),
        )
    };
}

const CASES: &[(&str, &[u8], &str)] = &[
    case!("ok/tsv-dns-zeek-3"),
    case!("ok/tsv-conn-zeek-7"),
    case!("ok/tsv-dns-conn-http-in-one-file"),
    case!("ok/tsv-rotated-changed-columns"),
    case!("ok/tsv-escapes"),
    case!("ok/gzip-several-members"),
    case!("ok/json-corelight-mixed"),
    case!("ok/json-nested-ids"),
    case!("ok/json-times"),
    case!("err/gzip-corrupt"),
    case!("err/gzip-truncated"),
    case!("err/json-broken-in-the-middle"),
    case!("err/json-deep-nesting"),
    case!("err/tsv-numbers-out-of-range"),
    case!("err/tsv-times-out-of-range"),
    case!("err/pcap"),
];

#[wasm_bindgen_test]
fn inputs_read_as_their_goldens_say() {
    for (name, input, expected) in CASES {
        for chunk in [7, input.len()] {
            assert_eq!(dump(input, chunk), *expected, "{name} in chunks of {chunk}");
        }
    }
}

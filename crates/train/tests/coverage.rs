//! On the captures: several witnesses find each tunnel, and soon.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use wakeful_train::coverage::captures;

#[test]
fn two_witnesses_find_every_captured_tunnel_and_all_but_two_within_fifty_queries() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    let captures = captures(&data).unwrap();
    assert!(captures.len() >= 49, "only {} captures", captures.len());
    let mut late = 0;
    for capture in &captures {
        assert!(
            capture.whole.len() >= 2,
            "{}: {:?}",
            capture.folder,
            capture.whole
        );
        let by_fifty = &capture.early[capture.early.len() - 1];
        assert!(!by_fifty.is_empty(), "{}: nobody yet", capture.folder);
        late += usize::from(capture.two().is_none());
    }
    // dns2tcp that idles in TXT records: its fingerprint speaks, the model is not sure yet.
    assert!(late <= 2, "{late} captures have one witness by then");
}

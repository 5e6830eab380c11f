//! The relay against stand-ins that answer as the real servers are documented to, and worse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod hostile;
mod requests;
mod stand;

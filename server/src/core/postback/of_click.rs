//! The postbacks that name a click.

mod store;

pub use store::{count, counted, held, ids};

//! The gate of the port. It decides which requests are served, and for which caller.

mod admission;
mod authenticate;
mod cross_site;
mod in_flight;
mod rate_limit;

pub use self::{
    admission::Admission,
    authenticate::{CallAuth, authenticate, limited},
    in_flight::{InFlight, no_room},
    rate_limit::Rate,
};

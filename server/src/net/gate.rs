//! The gate of the port. It decides which requests are served, and for which caller.

mod admission;
mod authenticate;
mod cross_site;
mod in_flight;
mod rate_limit;

pub use self::{
    admission::Admission,
    authenticate::{CallAuth, authenticate, limited},
    cross_site::{Own, own_page},
    in_flight::{InFlight, no_room},
    rate_limit::Rate,
};

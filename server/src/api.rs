//! The calls of the API: their table, their callers, and the scopes of a caller.

mod caller;
pub mod calls;
pub mod edge_v1;
#[cfg(test)]
mod reference;
mod routes;
mod scopes;
mod services;

pub use self::{
    caller::{Caller, Tenant, account, tenant},
    calls::{Call, Priority},
    routes::{Answered, Routes},
    scopes::Scopes,
    services::{ConversionStream, DirectCalls, Services},
};

//! What the server knows of its calls: the one table of them, who makes one, and what they may do.

mod caller;
pub mod calls;
#[cfg(test)]
mod reference;
mod scopes;
mod services;

pub use self::{
    caller::{Caller, Tenant, account, tenant},
    calls::{Call, Priority},
    scopes::Scopes,
    services::Services,
};

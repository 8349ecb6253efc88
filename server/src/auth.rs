//! Who calls, and what they may see.
//!
//! So far there is one account, and every caller from the network acts for it. API keys will be read
//! here. An edge in this process is told by its transport, which no caller from the network can use.

use s2s_sdk::v1::ErrorReason;
use tonic::Request;

use crate::{
    error::{Error, Result},
    id::AccountId,
};

/// Which rows a caller may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them: an edge of this installation.
    Installation,
    /// Those of one account; all others do not exist for it.
    Account(AccountId),
}

impl Scope {
    pub fn sees(self, account: AccountId) -> bool {
        match self {
            Self::Installation => true,
            Self::Account(own) => own == account,
        }
    }
}

/// What the caller of `request` may see.
pub fn scope<T>(request: &Request<T>) -> Scope {
    request.extensions().get().copied().unwrap_or(Scope::Account(AccountId::DEFAULT))
}

/// The account that the caller acts for.
pub fn account<T>(request: &Request<T>) -> AccountId {
    match scope(request) {
        Scope::Installation => AccountId::DEFAULT,
        Scope::Account(account) => account,
    }
}

/// Refuses all but the edges of this installation.
pub fn edge_only<T>(request: &Request<T>) -> Result<()> {
    match scope(request) {
        Scope::Installation => Ok(()),
        Scope::Account(_) => {
            Err(Error::new(ErrorReason::EdgeOnly, "this call is open to an edge of this installation only"))
        }
    }
}

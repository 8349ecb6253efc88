//! The caller of a request: its account, its scopes and the rows that it may see.

use s2s_sdk::v1::ErrorReason;
use tonic::Request;

use super::Scopes;
use crate::{
    error::{Error, Result, Violations},
    values::id::{AccountId, PartnerId},
};

/// The rows that a caller may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// The rows of every account: for an edge of this installation, and for an administrator who
    /// manages accounts and API keys.
    All,
    /// The rows of one account. For this caller, no other rows exist.
    Account(AccountId),
}

impl Tenant {
    pub fn sees(self, account: AccountId) -> bool {
        match self {
            Self::All => true,
            Self::Account(own) => own == account,
        }
    }
}

/// The maker of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub account: AccountId,
    pub may: Scopes,
    /// The partner of a key with the scope `partner`, which sees what is this partner's own.
    pub partner: Option<PartnerId>,
}

impl Caller {
    /// An edge in this process. Only the in-process transport sets this caller, never a request
    /// from the network.
    pub const EDGE: Self = Self::with(AccountId::DEFAULT, Scopes::EDGE);
    /// Every caller from the network, on a server without API keys.
    pub const ANYONE: Self = Self::with(AccountId::DEFAULT, Scopes::ADMINISTRATOR);
    /// The caller of a request that was not authenticated. This caller sees nothing.
    const NOBODY: Self = Self::with(AccountId::NOBODY, Scopes::NONE);

    const fn with(account: AccountId, may: Scopes) -> Self {
        Self { account, may, partner: None }
    }

    pub fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().copied().unwrap_or(Self::NOBODY)
    }

    /// Refuses a caller that has none of the scopes `needed`.
    pub fn check(self, needed: Scopes) -> Result<()> {
        if self.may.meets(needed) {
            return Ok(());
        }
        if needed == Scopes::EDGE {
            let message = "only edges of this installation may make this call; an edge needs a key with the \
                           scope `edge`";
            return Err(Error::new(ErrorReason::EdgeOnly, message));
        }
        Err(lacking(&needed.to_string().replace("`, `", "` or `"), self.may))
    }

    /// Refuses a caller that creates, rotates or revokes an API key with scopes that the caller
    /// itself lacks, unless the caller has `admin`. A caller that reads everything may give a partner
    /// a key, which reads less.
    pub fn check_all(self, scopes: Scopes) -> Result<()> {
        let reads = if self.may.meets(Scopes::READ) { Scopes::PARTNER } else { Scopes::NONE };
        let missing = scopes.without(self.may.or(reads));
        if missing == Scopes::NONE || self.may.meets(Scopes::ADMIN) {
            return Ok(());
        }
        Err(lacking(&missing.to_string(), self.may))
    }

    /// The accounts whose settings and API keys the caller may manage.
    pub fn governs(self) -> Tenant {
        if self.may.meets(Scopes::ADMIN) { Tenant::All } else { Tenant::Account(self.account) }
    }

    /// Returns whether the caller is an edge of this installation.
    pub fn is_edge(self) -> bool {
        self.may == Scopes::EDGE
    }

    /// The rows that a caller who reports conversions sees. Refuses an edge, which passes postbacks
    /// on without reading them.
    pub fn reports_conversions(self) -> Result<Tenant> {
        self.check(Scopes::RECORD)?;
        Ok(self.sees())
    }

    /// The partner that a request names. The key of a partner need not name it. For this key, there is
    /// no other partner.
    ///
    /// # Errors
    ///
    /// `FIELD_INVALID` if no partner is named, or `RESOURCE_NOT_FOUND`.
    pub fn partner(self, named: &str) -> Result<PartnerId> {
        let unknown = || Error::not_found("partner", named);
        match (self.partner, named.is_empty()) {
            (Some(own), true) => Ok(own),
            (None, true) => {
                let mut violations = Violations::default();
                violations.add("partner_id", "is mandatory");
                Err(violations.into_error())
            }
            (own, false) => {
                let named = named.parse().map_err(|_| unknown())?;
                if own.is_none_or(|own| own == named) { Ok(named) } else { Err(unknown()) }
            }
        }
    }

    /// The accounts whose clicks, conversions and other rows the caller sees.
    pub fn sees(self) -> Tenant {
        if self.is_edge() { Tenant::All } else { Tenant::Account(self.account) }
    }
}

/// The error of a caller that lacks a scope. `needed` is text for people.
fn lacking(needed: &str, may: Scopes) -> Error {
    let message =
        format!("this call needs an API key with the scope {needed}; the key that was sent has {may}");
    Error::new(ErrorReason::ScopeMissing, message).with("scope", &needed.replace('`', ""))
}

/// The rows that the caller of `request` may see.
pub fn tenant<T>(request: &Request<T>) -> Tenant {
    Caller::of(request).sees()
}

/// The account that the caller of `request` acts for.
pub fn account<T>(request: &Request<T>) -> AccountId {
    Caller::of(request).account
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Scopes = Scopes::READ;
    const WRITE: Scopes = Scopes::WRITE;
    const RECORD: Scopes = Scopes::RECORD;
    const ADMIN: Scopes = Scopes::ADMIN;
    const EDGE: Scopes = Scopes::EDGE;
    const PARTNER: Scopes = Scopes::PARTNER;

    fn caller(may: Scopes) -> Caller {
        Caller::with(AccountId::DEFAULT, may)
    }

    #[test]
    fn a_scope_is_asked_for_by_name_and_none_includes_another() {
        for (may, needed, message) in [
            (READ, READ, ""),
            (READ.or(WRITE), WRITE, ""),
            (EDGE, RECORD.or(EDGE), ""),
            (ADMIN, READ, "the scope `read`; the key that was sent has `admin`"),
            (READ, WRITE.or(ADMIN), "the scope `write` or `admin`; the key that was sent has `read`"),
            (READ.or(RECORD), ADMIN, "the scope `admin`; the key that was sent has `read`, `record`"),
            (Scopes::ADMINISTRATOR, EDGE, "a key with the scope `edge`"),
        ] {
            let refused = caller(may).check(needed).err();
            assert_eq!(refused.is_none(), message.is_empty(), "{may}");
            assert!(refused.is_none_or(|error| error.message().ends_with(message)), "{may}");
        }
    }

    #[test]
    fn only_an_administrator_gives_scopes_that_it_lacks() {
        for (may, given, ok) in [
            (WRITE, WRITE, true),
            (WRITE.or(READ), READ, true),
            (WRITE, READ, false),
            (WRITE, WRITE.or(ADMIN), false),
            (ADMIN, EDGE, true),
            (WRITE.or(READ), PARTNER, true),
            (WRITE, PARTNER, false),
            (PARTNER, READ, false),
        ] {
            assert_eq!(caller(may).check_all(given).is_ok(), ok, "{may} {given}");
        }
    }

    #[test]
    fn for_the_key_of_a_partner_there_is_no_other_partner() {
        let [own, other] = [1, 2].map(|number| PartnerId(uuid::Uuid::from_u128(number)));
        let partner = Caller { partner: Some(own), ..caller(PARTNER) };
        for (caller, named, found) in [
            (partner, String::new(), Some(own)),
            (partner, own.to_string(), Some(own)),
            (partner, other.to_string(), None),
            (partner, "x".to_owned(), None),
            (caller(READ), String::new(), None),
            (caller(READ), other.to_string(), Some(other)),
        ] {
            assert_eq!(caller.partner(&named).ok(), found, "{named}");
        }
    }

    #[test]
    fn a_call_that_was_not_authenticated_sees_nothing() {
        let request = Request::new(());
        assert_eq!(
            (tenant(&request), account(&request)),
            (Tenant::Account(AccountId::NOBODY), AccountId::NOBODY)
        );
        assert!(Caller::of(&request).check(Scopes::ANY).is_err());
    }
}

//! Who calls, what they may do, and what they may see.
//!
//! The one table of which scope each call needs. API keys are looked up in `api_key.rs`; the layer that asks
//! for them is in `serve/keys.rs`.

use std::fmt;

use s2s_sdk::v1::ErrorReason;
use sea_orm::DeriveValueType;
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

/// What a caller may do: a set of the schema's `ApiKeyScope`, one bit for each. None includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType)]
pub struct KeyScopes(i16);

impl KeyScopes {
    pub const NONE: Self = Self(0);
    pub const READ: Self = Self(1);
    pub const WRITE: Self = Self(2);
    pub const RECORD: Self = Self(4);
    pub const ADMIN: Self = Self(8);
    pub const EDGE: Self = Self(16);
    /// All that can be had together.
    pub const ADMINISTRATOR: Self = Self::READ.or(Self::WRITE).or(Self::RECORD).or(Self::ADMIN);
    /// Any of them will do.
    const ANY: Self = Self::ADMINISTRATOR.or(Self::EDGE);

    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Those that `other` has not.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Self> {
        let all = [Self::READ, Self::WRITE, Self::RECORD, Self::ADMIN, Self::EDGE];
        all.into_iter().filter(move |one| self.meets(*one))
    }
}

/// For people: `read`, `record`.
impl fmt::Display for KeyScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, one) in self.iter().enumerate() {
            f.write_str(if index == 0 { "`" } else { ", `" })?;
            f.write_str(match one {
                Self::READ => "read`",
                Self::WRITE => "write`",
                Self::RECORD => "record`",
                Self::ADMIN => "admin`",
                _ => "edge`",
            })?;
        }
        Ok(())
    }
}

const READ: KeyScopes = KeyScopes::READ;
const WRITE: KeyScopes = KeyScopes::WRITE;
const RECORD: KeyScopes = KeyScopes::RECORD;
const ADMIN: KeyScopes = KeyScopes::ADMIN;
const EDGE: KeyScopes = KeyScopes::EDGE;

/// The scope that each call needs; where there are several, one of them. A call that is not here is refused.
const NEEDS: [(&str, KeyScopes); 41] = [
    ("AccountService/CreateAccount", ADMIN),
    // An account other than one's own needs `admin`: see `Caller::governs`.
    ("AccountService/GetAccount", KeyScopes::ANY),
    ("AccountService/ListAccounts", ADMIN),
    ("AccountService/UpdateAccount", ADMIN),
    ("ApiKeyService/CreateApiKey", WRITE.or(ADMIN)),
    ("ApiKeyService/GetApiKey", READ.or(ADMIN)),
    ("ApiKeyService/ListApiKeys", READ.or(ADMIN)),
    ("ApiKeyService/RotateApiKey", WRITE.or(ADMIN)),
    ("ApiKeyService/RevokeApiKey", WRITE.or(ADMIN)),
    ("PresetService/ListPresets", READ),
    ("PresetService/GetPreset", READ),
    ("ConversionCodeService/CreateConversionCode", WRITE),
    ("ConversionCodeService/GetConversionCode", READ),
    ("ConversionCodeService/ListConversionCodes", READ),
    ("ConversionCodeService/UpdateConversionCode", WRITE),
    ("ConversionCodeService/ArchiveConversionCode", WRITE),
    ("ConversionCodeService/RotatePostbackSecret", WRITE),
    ("ConversionCodeService/GetPostbackUrl", READ),
    ("TrackingLinkService/CreateTrackingLink", WRITE),
    ("TrackingLinkService/GetTrackingLink", READ),
    ("TrackingLinkService/ListTrackingLinks", READ),
    ("TrackingLinkService/UpdateTrackingLink", WRITE),
    ("TrackingLinkService/ArchiveTrackingLink", WRITE),
    ("TrackingLinkService/ResolveSlug", EDGE),
    ("ClickService/RecordClick", RECORD.or(EDGE)),
    ("ClickService/GetClick", READ),
    ("ClickService/ListClicks", READ),
    ("ClickService/ListClickIdKeys", EDGE),
    ("ConversionService/RecordConversion", RECORD),
    ("ConversionService/BatchRecordConversions", RECORD),
    ("ConversionService/StreamRecordConversions", RECORD),
    ("ConversionService/GetConversion", READ),
    ("ConversionService/ListConversions", READ),
    ("PostbackService/ReceivePostback", EDGE),
    ("PostbackService/ListPostbacks", READ),
    ("PostbackService/GetPostback", READ),
    ("PostbackService/ReplayPostbacks", WRITE),
    ("PostbackService/ExplainPostback", READ),
    ("PostbackService/ExplainClick", READ),
    ("PostbackService/SelfTest", READ),
    ("PostbackService/EraseVisitor", WRITE),
];

/// The scopes of which the call at `path` needs one.
pub fn needed(path: &str) -> Result<KeyScopes> {
    let method = path.strip_prefix("/s2s.v1.").unwrap_or_default();
    let row = NEEDS.iter().find(|row| row.0 == method);
    let unknown = || Error::new(ErrorReason::UnknownMethod, "this service has no such method");
    row.map(|row| row.1).ok_or_else(unknown)
}

/// Whoever makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub account: AccountId,
    pub may: KeyScopes,
}

impl Caller {
    /// An edge in this process. It is told by its transport, which no caller from the network can use.
    pub const EDGE: Self = Self { account: AccountId::DEFAULT, may: KeyScopes::EDGE };
    /// Where there are no keys: everyone from the network.
    pub const ANYONE: Self = Self { account: AccountId::DEFAULT, may: KeyScopes::ADMINISTRATOR };
    /// Sees nothing: a call that came past the layer that asks for keys.
    const NOBODY: Self = Self { account: AccountId::NOBODY, may: KeyScopes::NONE };

    pub fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().copied().unwrap_or(Self::NOBODY)
    }

    /// Refuses a caller who has none of the scopes `needed`.
    pub fn check(self, needed: KeyScopes) -> Result<()> {
        if self.may.meets(needed) {
            return Ok(());
        }
        if needed == EDGE {
            let message = "this call is open to edges of this installation only; an edge needs a key with the \
                           scope `edge`";
            return Err(Error::new(ErrorReason::EdgeOnly, message));
        }
        Err(lacking(&needed.to_string().replace("`, `", "` or `"), self.may))
    }

    /// Refuses a caller who would give or take `scopes` without having them.
    pub fn check_all(self, scopes: KeyScopes) -> Result<()> {
        let missing = scopes.without(self.may);
        if missing == KeyScopes::NONE || self.may.meets(ADMIN) {
            return Ok(());
        }
        Err(lacking(&missing.to_string(), self.may))
    }

    /// Whose accounts and API keys the caller may manage.
    pub fn governs(self) -> Scope {
        if self.may.meets(ADMIN) { Scope::Installation } else { Scope::Account(self.account) }
    }

    /// Whose clicks, conversions and all else the caller sees.
    fn sees(self) -> Scope {
        if self.may == EDGE { Scope::Installation } else { Scope::Account(self.account) }
    }
}

/// `needed`: for people.
fn lacking(needed: &str, may: KeyScopes) -> Error {
    let message = format!("this needs an API key with the scope {needed}; the key that was sent has {may}");
    Error::new(ErrorReason::ScopeMissing, message).with("scope", &needed.replace('`', ""))
}

/// What the caller of `request` may see.
pub fn scope<T>(request: &Request<T>) -> Scope {
    Caller::of(request).sees()
}

/// The account that the caller acts for.
pub fn account<T>(request: &Request<T>) -> AccountId {
    Caller::of(request).account
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_asked_for_by_name_and_none_includes_another() {
        let caller = |may| Caller { account: AccountId::DEFAULT, may };
        for (may, needed, message) in [
            (READ, READ, ""),
            (READ.or(WRITE), WRITE, ""),
            (EDGE, RECORD.or(EDGE), ""),
            (ADMIN, READ, "the scope `read`; the key that was sent has `admin`"),
            (READ, WRITE.or(ADMIN), "the scope `write` or `admin`; the key that was sent has `read`"),
            (READ.or(RECORD), ADMIN, "the scope `admin`; the key that was sent has `read`, `record`"),
            (KeyScopes::ADMINISTRATOR, EDGE, "a key with the scope `edge`"),
        ] {
            let refused = caller(may).check(needed).err();
            assert_eq!(refused.is_none(), message.is_empty(), "{may}");
            assert!(refused.is_none_or(|error| error.message().ends_with(message)), "{may}");
        }
    }

    #[test]
    fn nobody_gives_what_they_have_not_but_the_administrator() {
        let caller = |may| Caller { account: AccountId::DEFAULT, may };
        for (may, given, ok) in [
            (WRITE, WRITE, true),
            (WRITE.or(READ), READ, true),
            (WRITE, READ, false),
            (WRITE, WRITE.or(ADMIN), false),
            (ADMIN, EDGE, true),
        ] {
            assert_eq!(caller(may).check_all(given).is_ok(), ok, "{may} {given}");
        }
    }

    #[test]
    fn a_call_past_the_layer_sees_nothing() {
        let request = Request::new(());
        assert_eq!(
            (scope(&request), account(&request)),
            (Scope::Account(AccountId::NOBODY), AccountId::NOBODY)
        );
        assert!(Caller::of(&request).check(KeyScopes::ANY).is_err());
    }

    #[test]
    fn every_call_is_in_the_table_once() {
        for (index, (method, needs)) in NEEDS.iter().enumerate() {
            assert!(NEEDS.iter().skip(index + 1).all(|other| other.0 != *method), "{method}");
            assert_eq!(needed(&format!("/s2s.v1.{method}")).unwrap(), *needs);
        }
        for path in ["", "/", "/s2s.v1.", "/s2s.v1.ClickService/", "ClickService/GetClick"] {
            assert!(needed(path).is_err(), "{path}");
        }
    }
}

//! The scopes of API keys, which permit calls.

use std::fmt;

use sea_orm::DeriveValueType;

/// A set of the schema's `ApiKeyScope` values, with one bit for each. No scope includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Scopes(i16);

impl Scopes {
    pub const NONE: Self = Self(0);
    pub const READ: Self = Self(1);
    pub const WRITE: Self = Self(2);
    pub const RECORD: Self = Self(4);
    pub const ADMIN: Self = Self(8);
    pub const EDGE: Self = Self(16);
    pub const PARTNER: Self = Self(32);
    /// Every scope that one key may combine: all but `edge` and `partner`.
    pub const ADMINISTRATOR: Self = Self::READ.or(Self::WRITE).or(Self::RECORD).or(Self::ADMIN);
    /// Every scope but `partner`, which sees only what is a partner's own.
    pub const ANY: Self = Self::ADMINISTRATOR.or(Self::EDGE);

    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The scopes in `self` that are not in `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The names of the scopes.
    pub fn names(self) -> Vec<&'static str> {
        self.iter().map(Self::name).collect()
    }

    /// The name of a single scope.
    fn name(self) -> &'static str {
        match self {
            Self::READ => "read",
            Self::WRITE => "write",
            Self::RECORD => "record",
            Self::ADMIN => "admin",
            Self::EDGE => "edge",
            _ => "partner",
        }
    }

    pub fn iter(self) -> impl Iterator<Item = Self> {
        let all = [Self::READ, Self::WRITE, Self::RECORD, Self::ADMIN, Self::EDGE, Self::PARTNER];
        all.into_iter().filter(move |one| self.meets(*one))
    }
}

/// Writes the scopes for people: `read`, `record`.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, one) in self.iter().enumerate() {
            write!(f, "{}`{}`", if index == 0 { "" } else { ", " }, one.name())?;
        }
        Ok(())
    }
}

//! The modes of the checks that a code applies to senders, and the values that the checks compare
//! with.
//!
//! A secret is stored as it is, not hashed, because checking a signature requires the secret
//! itself. Anybody who reads the database or a copy of it can therefore sign.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use ipnet::IpNet;
use sea_orm::{DeriveActiveEnum, DeriveValueType, EnumIter, sea_query::ValueTypeErr};
use subtle::ConstantTimeEq as _;

use super::{ConversionCode, ConversionCodeId, store};
use crate::{
    core::App,
    error::{Error, Result},
    values::{
        id::{AccountId, Random, base32},
        time::{Span, Time},
    },
};

/// Maximum number of addresses and networks that one code allows.
pub const ALLOWED_ADDRESSES_MAX: usize = 32;
/// Longest time for which a secret stays valid after the rotation that replaces it, in seconds.
pub const OVERLAP_SECONDS_MAX: i64 = 30 * 86_400;
/// Default for the time for which a secret stays valid after that rotation, in seconds.
pub const OVERLAP_SECONDS_DEFAULT: i64 = 86_400;
/// Two networks, each of which contains every sender of one family: all IPv4 addresses, and the
/// IPv6 addresses that are assigned for the public Internet.
const EVERYWHERE: [IpNet; 2] = [
    IpNet::new_assert(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
    IpNet::new_assert(IpAddr::V6(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0)), 3),
];
/// Length of a secret, in random bytes.
const SECRET_BYTES: usize = 20;

/// Effect of a check that is not passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum CheckMode {
    #[default]
    #[sea_orm(num_value = 1)]
    Off,
    #[sea_orm(num_value = 2)]
    Report,
    #[sea_orm(num_value = 3)]
    Enforce,
}

/// A secret of a code; empty if there is none.
#[derive(Clone, Default, PartialEq, Eq, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Secret(String);

impl Secret {
    pub fn new(random: &Random) -> Self {
        Self(base32(&random.bytes::<SECRET_BYTES>()))
    }

    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the text: for making and checking signatures, for removing the secret from
    /// postbacks, and for the answer to the caller that created the secret. No log and no other
    /// answer may contain the text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub fn is(&self, text: &str) -> bool {
        !self.is_none() && bool::from(self.0.as_bytes().ct_eq(text.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The text as it is stored in the database. `DeriveValueType` requires this implementation.
impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Secret {
    type Err = ValueTypeErr;

    fn from_str(text: &str) -> Result<Self, ValueTypeErr> {
        Ok(Self(text.to_owned()))
    }
}

/// Networks that may send postbacks, IPv4 and IPv6; stored as text separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct AllowedAddresses(Vec<IpNet>);

impl AllowedAddresses {
    pub fn parse(texts: &[String]) -> Result<Self, String> {
        if texts.len() > ALLOWED_ADDRESSES_MAX {
            return Err(format!("must have at most {ALLOWED_ADDRESSES_MAX} entries"));
        }
        let network = |text: &String| {
            let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
            // The bits after the prefix mean nothing, so they are cleared.
            address.or_else(|_| text.parse::<IpNet>()).map(|network| network.trunc()).map_err(|_| {
                "must be addresses or networks, such as `203.0.113.7`, `198.51.100.0/24` or `2001:db8::/48`"
                    .to_owned()
            })
        };
        texts.iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn texts(&self) -> Vec<String> {
        let text = |network: &IpNet| {
            let single = network.prefix_len() == network.max_prefix_len();
            if single { network.addr().to_string() } else { network.to_string() }
        };
        self.0.iter().map(text).collect()
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns whether the networks together contain every sender of IPv4 or of IPv6.
    pub fn is_everywhere(&self) -> bool {
        let joined = IpNet::aggregate(&self.0);
        EVERYWHERE.iter().any(|everywhere| joined.iter().any(|network| network.contains(everywhere)))
    }
}

impl fmt::Display for AllowedAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().join(","))
    }
}

impl FromStr for AllowedAddresses {
    type Err = ValueTypeErr;

    fn from_str(text: &str) -> Result<Self, ValueTypeErr> {
        let texts: Vec<String> = text.split(',').filter(|text| !text.is_empty()).map(str::to_owned).collect();
        Self::parse(&texts).map_err(|_| ValueTypeErr)
    }
}

impl ConversionCode {
    /// The secrets that are valid at a time, newest first.
    pub fn secrets(&self, at: Time) -> impl Iterator<Item = &Secret> {
        let former = self.former_secret_expires_at.filter(|expires_at| at < *expires_at);
        let former = former.map(|_| &self.former_secret);
        [Some(&self.secret), former].into_iter().flatten().filter(|secret| !secret.is_none())
    }

    /// Returns whether a postback must pass a check to count.
    pub fn enforces_checks(&self) -> bool {
        [self.secret_check, self.signature_check, self.address_check, self.https_check]
            .contains(&CheckMode::Enforce)
    }

    /// Returns whether any check that compares with a secret is on.
    pub fn needs_secret(&self) -> bool {
        self.secret_check != CheckMode::Off || self.signature_check != CheckMode::Off
    }

    /// Sets a new secret. The present secret stays valid for `overlap`; any older secret ends at
    /// once.
    fn rotate(&mut self, secret: Secret, overlap: Span, request_id: Option<Vec<u8>>, now: Time) {
        self.former_secret = std::mem::replace(&mut self.secret, secret);
        self.former_secret_expires_at = (!self.former_secret.is_none()).then(|| now.plus(overlap));
        self.secret_request_id = request_id;
        self.updated_at = now;
    }
}

/// Creates a new secret. A call with the request id of the last rotation returns the secret of that
/// rotation. With `validate_only`, returns the code unchanged.
pub async fn rotate_secret(
    app: &App,
    account: AccountId,
    id: ConversionCodeId,
    overlap: Span,
    request_id: Option<Vec<u8>>,
    validate_only: bool,
) -> Result<ConversionCode> {
    let txn = app.db.begin().await?;
    let found = store::find_to_update(&txn, account, id).await?;
    let mut code = found.ok_or_else(|| Error::not_found("conversion code", &id))?;
    if validate_only || (request_id.is_some() && code.secret_request_id == request_id) {
        txn.rollback().await?;
        return Ok(code);
    }
    code.rotate(Secret::new(&app.random), overlap, request_id, app.now());
    store::update(&txn, code.clone()).await?;
    txn.commit().await?;
    app.codes.invalidate(&id).await;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::id::RequestKey;

    const NOW: Time = Time::from_micros(1_763_900_000_000_000);

    fn parse(texts: &[&str]) -> Result<AllowedAddresses, String> {
        AllowedAddresses::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn networks_of_both_kinds_are_allowed() {
        let allowed =
            parse(&["203.0.113.7", "198.51.100.9/24", "2001:db8::/48", "::ffff:192.0.2.1"]).unwrap();
        let text = "203.0.113.7,198.51.100.0/24,2001:db8::/48,192.0.2.1";
        assert_eq!((allowed.to_string().as_str(), text.parse().ok()), (text, Some(allowed.clone())));
        for (address, expected) in [
            ("203.0.113.7", true),
            ("::ffff:203.0.113.7", true),
            ("203.0.113.8", false),
            ("198.51.100.255", true),
            ("198.51.101.0", false),
            ("2001:db8:0:ffff::1", true),
            ("2001:db8:1::", false),
            ("192.0.2.1", true),
        ] {
            assert_eq!(allowed.contains(address.parse().unwrap()), expected, "{address}");
        }
        assert_eq!("".parse().ok(), Some(AllowedAddresses::default()));
        for wrong in ["", "localhost", "203.0.113.7/33", "1.2.3", "1.2.3.4,5.6.7.8"] {
            assert!(parse(&[wrong]).is_err(), "{wrong}");
        }
        assert!(parse(&["203.0.113.7"; ALLOWED_ADDRESSES_MAX]).is_ok());
        assert!(parse(&["203.0.113.7"; ALLOWED_ADDRESSES_MAX + 1]).is_err());
        let longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124";
        assert!(parse(&[longest; ALLOWED_ADDRESSES_MAX]).unwrap().to_string().len() <= 2_048);
    }

    #[test]
    fn networks_that_together_contain_every_sender_are_noticed() {
        for (networks, expected) in [
            (&["203.0.113.7", "2001:db8::/48"][..], false),
            (&["0.0.0.0/1"], false),
            (&["0.0.0.0/0"], true),
            (&["203.0.113.7", "::/0"], true),
            (&["2000::/3"], true),
            (&["128.0.0.0/1", "64.0.0.0/2", "0.0.0.0/2"], true),
            (&["2000::/4", "3000::/5"], false),
            (&[], false),
        ] {
            assert_eq!(parse(networks).unwrap().is_everywhere(), expected, "{networks:?}");
        }
    }

    #[test]
    fn two_secrets_are_good_while_they_overlap() {
        let request = RequestKey { id: None, digest: Vec::new() };
        let id = ConversionCodeId(uuid::Uuid::nil());
        let mut code = ConversionCode::new(id, AccountId::DEFAULT, request, NOW);
        let after = |seconds| NOW.plus(Span::from_seconds(seconds));
        let good = |code: &ConversionCode, at| {
            code.secrets(at).map(|secret| secret.reveal().to_owned()).collect::<Vec<_>>()
        };
        let secret = |text: &str| Secret(text.to_owned());
        assert_eq!(good(&code, NOW), Vec::<String>::new());
        code.rotate(secret("a"), Span::from_seconds(10), None, NOW);
        assert_eq!((good(&code, NOW), code.former_secret_expires_at), (vec!["a".to_owned()], None));
        code.rotate(secret("b"), Span::from_seconds(10), None, NOW);
        assert_eq!(good(&code, after(9)), ["b", "a"]);
        assert_eq!(good(&code, after(10)), ["b"]);
        code.rotate(secret("c"), Span::from_seconds(0), None, NOW);
        assert_eq!(good(&code, NOW), ["c"]);
    }

    #[test]
    fn a_secret_is_hidden_and_matches_only_itself() {
        let secret = Secret::new(&Random::system());
        assert_eq!(secret.reveal().len(), 32);
        assert!(!format!("{secret:?}").contains(secret.reveal()));
        assert!(secret.is(secret.reveal()) && !secret.is("") && !secret.is(secret.reveal().split_at(1).1));
        assert!(!Secret::default().is(""), "a missing secret matches no text, not even an empty one");
    }
}

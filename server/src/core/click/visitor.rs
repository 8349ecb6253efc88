//! The visitor of a click, as a hash: two clicks have the same hash if the same address and the
//! same user agent have sent them on the same UTC day. Reports count visitors by it. No call shows
//! it.
//!
//! The hash is made with a random key of the day, which all servers share. The key is deleted after
//! the next day. Then nobody can find out any more whose hash it was, and a click of that day that
//! comes late gets none.

mod store;

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    core::App,
    db::Db,
    error::{Error, Result},
    values::{
        id::{AccountId, Random},
        time::Time,
    },
};

pub const SECRET_BYTES: usize = 32;
const SECONDS_PER_DAY: i64 = 86_400;
/// Number of days for which a key is kept: its own and the next.
const KEPT_DAYS: i64 = 2;

/// The hash of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Visitor(pub [u8; 8]);

type Secret = [u8; SECRET_BYTES];

/// A visitor as the click tells of it.
pub struct Traits<'a> {
    pub account: AccountId,
    pub address: Option<IpAddr>,
    pub user_agent: &'a str,
}

/// The keys of the days.
pub struct VisitorKeys {
    db: Db,
    random: Random,
    known: Mutex<BTreeMap<i64, Secret>>,
    /// Held by the call that asks the database for a key, so that others wait for its answer.
    asking: tokio::sync::Mutex<()>,
}

impl VisitorKeys {
    pub fn new(db: Db, random: Random) -> Self {
        Self { db, random, known: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    /// Makes the hash of a visitor at the time of the click. `None` if the address is unknown, or if
    /// the key of the day is not kept any more at `now`.
    pub async fn hash(&self, traits: Traits<'_>, click_time: Time, now: Time) -> Result<Option<Visitor>> {
        let Some(address) = traits.address else { return Ok(None) };
        let (day, today) = (day(click_time), day(now));
        // The clock of an edge may be ahead at midnight.
        if !(today - KEPT_DAYS + 1..=today + 1).contains(&day) {
            return Ok(None);
        }
        let known = self.known().get(&day).copied();
        let secret = match known {
            Some(secret) => secret,
            // Boxed, to keep the caller's future small: a key is asked for once a day.
            None => Box::pin(self.ask(day)).await?,
        };
        Ok(Some(hash(&secret, address, &traits)))
    }

    async fn ask(&self, day: i64) -> Result<Secret> {
        let _one_at_a_time = self.asking.lock().await;
        if let Some(secret) = self.known().get(&day) {
            return Ok(*secret);
        }
        let secret = store::find_or_insert(&self.db, day, &self.random.bytes::<SECRET_BYTES>()).await?;
        let secret = secret.try_into().map_err(|_| Error::internal("a visitor key has the wrong length"))?;
        self.known().insert(day, secret);
        Ok(secret)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<i64, Secret>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deletes the keys of days that are over for a day or longer at `now`.
pub async fn delete_old_keys(app: &App, now: Time) -> Result<()> {
    let before = day(now) - KEPT_DAYS + 1;
    store::delete_before(&app.db, before).await?;
    if let Some(keys) = &app.visitor_keys {
        keys.known().retain(|day, _| *day >= before);
    }
    Ok(())
}

fn day(time: Time) -> i64 {
    time.seconds().div_euclid(SECONDS_PER_DAY)
}

fn hash(secret: &Secret, address: IpAddr, traits: &Traits<'_>) -> Visitor {
    // An IPv4 address has the same hash in both of its forms.
    let address = match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    // With the account, because another account must not recognise its visitors here. Hashed at once,
    // because the state of a hash in parts is large.
    let account = traits.account.0.as_bytes();
    let all = [&account[..], &address.octets(), traits.user_agent.as_bytes()].concat();
    let hash = blake3::keyed_hash(secret, &all);
    Visitor(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trait_changes_the_hash_and_nothing_else_does() {
        let of = |secret: u8, account: AccountId, address: &str, user_agent: &str| {
            let traits = Traits { account, address: None, user_agent };
            hash(&[secret; SECRET_BYTES], address.parse().unwrap(), &traits)
        };
        let own = AccountId::DEFAULT;
        let first = of(1, own, "203.0.113.7", "agent/1");
        assert_eq!(of(1, own, "203.0.113.7", "agent/1"), first);
        assert_eq!(of(1, own, "::ffff:203.0.113.7", "agent/1"), first);
        for other in [
            of(2, own, "203.0.113.7", "agent/1"),
            of(1, AccountId::NOBODY, "203.0.113.7", "agent/1"),
            of(1, own, "203.0.113.8", "agent/1"),
            of(1, own, "2001:db8::7", "agent/1"),
            of(1, own, "203.0.113.7", "agent/2"),
            of(1, own, "203.0.113.7", ""),
        ] {
            assert_ne!(other, first);
        }
    }

    #[test]
    fn a_day_is_one_of_utc() {
        let at = |seconds: i64| day(Time::from_micros(seconds * 1_000_000));
        assert_eq!([at(-1), at(0), at(86_399), at(86_400)], [-1, 0, 0, 1]);
    }
}

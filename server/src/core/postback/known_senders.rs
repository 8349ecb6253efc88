//! Known senders: the networks from which a postback of a code has counted lately. Their postbacks
//! that do not count are held without a limit (`shedding`), so that a flood of strangers does not
//! shut them out.
//!
//! Without stored addresses (`--store-addresses none`) no sender is known.

mod store;

use std::time::Duration;

use futures::FutureExt as _;

use crate::{
    core::{App, conversion_code::ConversionCodeId},
    error::{Error, Result},
    values::{
        address::Network,
        time::{Span, Time},
    },
};

/// Time for which a sender is known after its last postback that counted.
const KNOWN_SENDER_FOR: Span = Span::from_days(30);
/// Age at which the stored time of a sender is replaced by a newer time.
const WRITTEN_AGAIN_AFTER: Span = Span::from_days(1);
/// Maximum number of senders in memory.
const REMEMBERED_MAX: u64 = 100_000;
/// Time after which a sender is read again, because another server may have stored a newer time.
const REMEMBERED_FOR: Duration = Duration::from_mins(1);

/// The senders that were read lately, each with the time at which its last postback counted.
pub struct KnownSenders(moka::future::Cache<(ConversionCodeId, Network), Option<Time>>);

impl Default for KnownSenders {
    fn default() -> Self {
        let senders = moka::future::Cache::builder().max_capacity(REMEMBERED_MAX);
        Self(senders.time_to_live(REMEMBERED_FOR).build())
    }
}

/// Returns whether a postback of the code from this network has counted lately.
pub async fn is_known(app: &App, code: ConversionCodeId, network: Network) -> Result<bool> {
    let counted_at = counted_at(app, code, network).await?;
    Ok(counted_at.is_some_and(|time| app.now().since(time) < KNOWN_SENDER_FOR))
}

/// Notes that a postback of the code from this network has counted. A failure is logged: the
/// postback counts anyway, and the sender is noted with its next postback.
pub async fn note(app: &App, code: ConversionCodeId, network: Network) {
    let now = app.now();
    let is_fresh = |time: Time| now.ahead_of(time).size() < WRITTEN_AGAIN_AFTER;
    // Nearly all calls end here.
    let remembered = app.known_senders.0.get(&(code, network)).now_or_never().flatten().flatten();
    if remembered.is_some_and(is_fresh) || app.store_addresses.network(network).is_empty() {
        return;
    }
    let noted = Box::pin(async {
        if counted_at(app, code, network).await?.is_some_and(is_fresh) {
            return Ok(());
        }
        write(app, code, network, now).await
    });
    if let Err(error) = noted.await {
        tracing::warn!(%error, "could not note the sender of a postback that counts");
    }
}

async fn write(app: &App, code: ConversionCodeId, network: Network, now: Time) -> Result<()> {
    let text = app.store_addresses.network(network);
    let row = store::Model { conversion_code_id: code, network: text, counted_at: now };
    store::write(&app.db, row).await?;
    app.known_senders.0.insert((code, network), Some(now)).await;
    Ok(())
}

async fn counted_at(app: &App, code: ConversionCodeId, network: Network) -> Result<Option<Time>> {
    let text = app.store_addresses.network(network);
    if text.is_empty() {
        return Ok(None);
    }
    let read = store::counted_at(&app.db, code, text);
    let found = app.known_senders.0.try_get_with((code, network), read).await;
    found.map_err(|error| Error::from((*error).clone()))
}

/// Deletes the senders that are no longer known. `until` is the deletion time.
pub async fn delete_old(app: &App, until: Time) -> Result<()> {
    Ok(store::delete_before(&app.db, until.minus(KNOWN_SENDER_FOR)).await?)
}

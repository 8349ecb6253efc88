//! The click id keys with which this edge mints click ids. The edge asks the core for them each
//! second, and keeps the last keys while the core does not answer.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{CoreTransport, ask_keys};
use crate::{
    api::edge_v1::{ListClickIdKeysResponse, edge_service_client::EdgeServiceClient},
    error::{Error, Result},
    values::{
        click_id::{ClickIdKey, ClickIdKeys, KeyId},
        time::Clock,
    },
};

/// Interval at which the edge asks for the keys.
const ASK_INTERVAL: Duration = Duration::from_secs(1);

/// The keys, as the core sent them and as the edge uses them.
struct Known {
    message: ListClickIdKeysResponse,
    keys: Arc<ClickIdKeys>,
}

impl Known {
    fn new(message: ListClickIdKeysResponse) -> Result<Self> {
        let mut keys = message.click_id_keys.iter().map(|key| {
            let secret = key.secret.as_slice().try_into();
            let secret = secret.map_err(|_| Error::internal("a click id key has the wrong length"))?;
            let key_id = KeyId::new(u8::try_from(key.key_id).unwrap_or_default());
            Ok(ClickIdKey { key_id, secret, ends_at: None })
        });
        let first = keys.next().ok_or_else(|| Error::internal("the core has no click id key"))??;
        let keys = Arc::new(ClickIdKeys::new(first, keys.collect::<Result<_>>()?));
        Ok(Self { message, keys })
    }
}

/// The keys of a running edge.
pub struct Keys {
    known: RwLock<Known>,
    changed: AtomicBool,
}

impl Keys {
    pub fn new(message: ListClickIdKeysResponse) -> Result<Self> {
        Ok(Self { known: RwLock::new(Known::new(message)?), changed: AtomicBool::new(false) })
    }

    /// The keys. The first one mints.
    pub fn present(&self) -> Arc<ClickIdKeys> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }

    /// The keys as the core sent them.
    pub fn message(&self) -> ListClickIdKeysResponse {
        self.known.read().unwrap_or_else(PoisonError::into_inner).message.clone()
    }

    /// Returns whether the keys have changed since the last call.
    pub fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::Relaxed)
    }

    /// Replaces the keys by the core's. The core is right even if its keys are older: its database
    /// may have been restored.
    fn learn(&self, message: ListClickIdKeysResponse) -> Result<()> {
        let known = Known::new(message)?;
        if known.keys == self.present() {
            return Ok(());
        }
        tracing::info!(number = known.keys.newest().number(), "the click id keys have changed");
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        self.changed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Asks the core for the keys each second until `stopping`.
    pub async fn follow(
        self: Arc<Self>,
        core: EdgeServiceClient<CoreTransport>,
        clock: Clock,
        stopping: CancellationToken,
    ) {
        while stopping.run_until_cancelled(sleep(ASK_INTERVAL)).await.is_some() {
            let asked = stopping.run_until_cancelled(ask_keys(core.clone(), &clock)).await;
            // The health service and the drain of the spool report a core that does not answer.
            let Some(Ok((keys, _))) = asked else { continue };
            if let Err(error) = self.learn(keys) {
                tracing::warn!(%error, "the core's click id keys can't be read");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::edge_v1;

    fn answer(numbers: &[u8]) -> ListClickIdKeysResponse {
        let key = |n: &u8| edge_v1::ClickIdKey { key_id: u32::from(*n), secret: vec![*n; 32] };
        ListClickIdKeysResponse { click_id_keys: numbers.iter().map(key).collect(), core_time: None }
    }

    #[test]
    fn the_first_key_of_the_last_good_answer_mints() {
        let keys = Keys::new(answer(&[1])).unwrap();
        let cut = edge_v1::ClickIdKey { key_id: 9, secret: vec![9; 31] };
        let cut = ListClickIdKeysResponse { click_id_keys: vec![cut], core_time: None };
        for (heard, is_good, mints, changed) in [
            (answer(&[1]), true, 1, false),
            (answer(&[2, 1]), true, 2, true),
            (answer(&[2, 1]), true, 2, false),
            (answer(&[]), false, 2, false),
            (cut, false, 2, false),
            // A core whose database was restored.
            (answer(&[1]), true, 1, true),
        ] {
            assert_eq!(keys.learn(heard.clone()).is_ok(), is_good, "{heard:?}");
            assert_eq!(keys.present().newest(), KeyId::new(mints), "{heard:?}");
            assert_eq!(keys.take_changed(), changed, "{heard:?}");
        }
        assert_eq!(keys.message(), answer(&[1]));
    }
}

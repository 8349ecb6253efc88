//! Looks up key texts that were not seen before, many in one query.
//!
//! Strangers can invent well-formed keys. One query looks up many waiting texts, so that invented
//! keys hold up neither the database nor the owner of a new key.

use futures::FutureExt as _;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

use super::store::{self, Found};
use crate::{db::Db, values::api_key_text::KeyHash};

/// Maximum number of texts of one query.
const LOOKED_UP_MAX: usize = 500;
/// Maximum number of texts in the queue. If the queue is full, calls wait to enter it.
const WAITING_MAX: usize = 10_000;

type Answer = Result<Option<Found>, DbErr>;

/// The hash of a text in the queue, and the channel to the caller that waits for the key.
struct Asked {
    hash: KeyHash,
    answer: oneshot::Sender<Answer>,
}

pub struct Lookups(mpsc::Sender<Asked>);

impl Lookups {
    /// Creates the queue, and the task that serves it. The task ends when the queue is dropped.
    pub fn new(db: Db) -> (Self, impl Future<Output = ()> + Send) {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        (Self(sender), serve(db, waiting))
    }

    pub async fn find(&self, hash: KeyHash) -> Answer {
        let (answer, answered) = oneshot::channel();
        let ended = || DbErr::Custom("the look-up of API keys has ended".to_owned());
        self.0.send(Asked { hash, answer }).await.map_err(|_| ended())?;
        answered.map(|answer| answer.unwrap_or_else(|_| Err(ended()))).await
    }
}

async fn serve(db: Db, mut waiting: mpsc::Receiver<Asked>) {
    let mut asked = Vec::new();
    while waiting.recv_many(&mut asked, LOOKED_UP_MAX).await > 0 {
        let hashes = asked.iter().map(|one| one.hash.clone()).collect();
        let found = store::find_by_hashes(db.reader(), hashes).await;
        for Asked { hash, answer } in asked.drain(..) {
            // A text may be asked for twice: its first caller has gone, and another asks again.
            let one = found.as_ref().map(|found| found.get(&hash).cloned()).map_err(Clone::clone);
            // The caller may have given up.
            let _ = answer.send(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use sea_orm::DbBackend;

    use super::*;
    use crate::{
        api::Scopes,
        core::api_key::{ApiKeyId, store::Model},
        values::{
            api_key_text::KeyText,
            id::{AccountId, Random},
            time::Clock,
        },
    };

    #[tokio::test]
    async fn a_text_that_is_asked_for_twice_at_once_is_found_twice() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let db = Db::open(Some(DbBackend::Sqlite), &url, &[], 1).await.unwrap();
        let (random, now) = (Random::system(), Clock::system_now());
        let hashes: [KeyHash; 3] = std::array::from_fn(|_| KeyText::random(&random).hash());
        for hash in &hashes[..2] {
            let key = Model {
                id: ApiKeyId(random.id(now)),
                account_id: AccountId::DEFAULT,
                name: "test".to_owned(),
                scopes: Scopes::READ,
                partner_id: None,
                expires_at: None,
                revoked_at: None,
                rotated_at: None,
                last_used_at: None,
                request_id: None,
                request_digest: Vec::new(),
                created_at: now,
            };
            store::insert(&db, key, hash.clone(), false).await.unwrap();
        }
        let (lookups, work) = Lookups::new(db);
        let asked = async {
            let all = [0, 1, 0, 2, 0, 1].map(|one| lookups.find(hashes[one].clone()));
            let found = join_all(all).await;
            drop(lookups);
            found
        };
        let (found, ()) = futures::join!(asked, work);
        let found: Vec<bool> = found.into_iter().map(|found| found.unwrap().is_some()).collect();
        assert_eq!(found, [true, true, true, false, true, true]);
    }
}

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
        let mut found = store::find_by_hashes(db.reader(), hashes).await;
        for Asked { hash, answer } in asked.drain(..) {
            let one = found.as_mut().map(|found| found.remove(&hash)).map_err(|error| error.clone());
            // The caller may have given up.
            let _ = answer.send(one);
        }
    }
}

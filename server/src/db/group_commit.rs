//! Group commit: many waiting writes, one transaction, answers after COMMIT.
//!
//! One task takes whatever waits, has it written in one transaction, and answers after COMMIT. While that
//! goes on, the next batch gathers by itself; there is no timer, so a lone write is not delayed. Each batch
//! costs the database something whatever its size, so before one begins, what is about to come is let come:
//! calls that have arrived and wait for nothing but a turn on the processor. Where the database takes several
//! transactions at once, another batch begins once it would be as large as those under way. A row that the database
//! refuses is found by halving the batch, and alone is told so.
//!
//! This module knows no table: a slice says how rows of its kind are written (`Write`).

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::future::BoxFuture;
use sea_orm::{DbBackend, DbErr};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::{
    db::{Connection, Db, Session, is_contention, is_known_key, is_outage},
    error::{Error, Result},
};
use s2s_sdk::v1::ErrorReason;

/// Writes that may wait; one more is refused with `OVERLOADED`.
const WAITING_MAX: usize = 16_384;
/// How often a batch is tried that ran into another, of this server or another one.
const CONTENTION_TRIES_MAX: usize = 5;

/// How often those who are about to write are let do so before a batch begins, as long as any do.
const TURNS_MAX: usize = 2;

/// Batches that begin with a transaction once one has met known keys: where something is sent again, much is.
const BATCHES_AFTER_KNOWN_KEYS: u32 = 64;

/// A kind of write.
pub trait Write: Sized + Send + Sync + 'static {
    /// What has become of a row once it is durable.
    type Outcome: Send + 'static;

    /// Whether one statement writes all rows where none of their keys is known, so that no transaction is needed
    /// around it; that saves the database two round trips. A known key may be an error then; a transaction follows.
    fn is_one_statement(_rows: &[Self], _backend: DbBackend) -> bool {
        false
    }

    /// Writes all rows, in an open transaction or, with one statement, without. Returns one outcome for
    /// each, in order. An error means that nothing of them is written, and they are then tried in smaller
    /// batches; or that nobody knows.
    fn write(
        rows: &[Self],
        db: &Connection,
    ) -> impl Future<Output = Result<Vec<Self::Outcome>, DbErr>> + Send;
}

/// Takes writes, and answers them once they are durable.
#[derive(Clone)]
pub struct Committer {
    waiting: mpsc::Sender<Box<dyn Waiting>>,
}

impl Committer {
    /// The committer and the task that does its work, which ends after the last committer is gone and
    /// all that waits is written. `batch_max`: how many writes share one commit at the most.
    pub fn new(db: Db, batch_max: usize) -> (Self, impl Future<Output = ()> + Send) {
        let (waiting, queue) = mpsc::channel(WAITING_MAX);
        (Self { waiting }, run(db, batch_max, queue))
    }

    /// Writes `row`; returns it, and what has become of it, once that is durable. If the caller goes away
    /// meanwhile, the row is written all the same.
    pub async fn write<W: Write>(&self, row: W) -> Result<(W, W::Outcome)> {
        let (answer, answered) = oneshot::channel();
        self.waiting.try_send(Box::new(Some((row, answer)))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::new(
                ErrorReason::Overloaded,
                "more writes wait than the server holds; send again later",
            ),
            mpsc::error::TrySendError::Closed(_) => Error::unavailable("the committer has stopped"),
        })?;
        answered.await.map_err(|_| Error::unavailable("the committer went away"))?
    }
}

async fn run(db: Db, batch_max: usize, mut queue: mpsc::Receiver<Box<dyn Waiting>>) {
    let batches_max = db.batches_max();
    let writer = Arc::new(Writer { known_keys_expected: AtomicU32::new(0) });
    let mut idle: Vec<Session> = Vec::new();
    // How many writes each batch under way has.
    let (mut under_way, mut sizes) = (JoinSet::new(), HashMap::new());
    let mut taken = Vec::with_capacity(batch_max);
    loop {
        let room = batch_max - taken.len();
        tokio::select! {
            biased;
            Some(ended) = under_way.join_next_with_id(), if !under_way.is_empty() => {
                // A batch that panicked has dropped its senders, which its callers hear.
                let (id, session) = match ended {
                    Ok((id, session)) => (id, Some(session)),
                    Err(error) => (error.id(), None),
                };
                sizes.remove(&id);
                idle.extend(session);
            }
            came = queue.recv_many(&mut taken, room), if room > 0 => {
                if came == 0 {
                    break;
                }
                gather(&mut queue, &mut taken, batch_max).await;
            }
        }
        while under_way.len() < batches_max
            && !taken.is_empty()
            && taken.len() * under_way.len() >= sizes.values().sum()
        {
            let batch = std::mem::replace(&mut taken, Vec::with_capacity(batch_max));
            let (size, writer) = (batch.len(), writer.clone());
            // The one that was used last.
            let session = idle.pop().unwrap_or_else(|| Session::new(db.clone()));
            let begun = under_way.spawn(async move { writer.commit(lanes(batch), session).await });
            sizes.insert(begun.id(), size);
        }
    }
    if !taken.is_empty() {
        let session = idle.pop().unwrap_or_else(|| Session::new(db));
        under_way.spawn(async move { writer.commit(lanes(taken), session).await });
    }
    while under_way.join_next().await.is_some() {}
}

/// Lets other tasks run that are ready, and takes what they write.
async fn gather(
    queue: &mut mpsc::Receiver<Box<dyn Waiting>>,
    taken: &mut Vec<Box<dyn Waiting>>,
    batch_max: usize,
) {
    for _ in 0..TURNS_MAX {
        if taken.len() >= batch_max {
            break;
        }
        let before = taken.len();
        tokio::task::yield_now().await;
        while taken.len() < batch_max
            && let Ok(one) = queue.try_recv()
        {
            taken.push(one);
        }
        if taken.len() == before {
            break;
        }
    }
}

/// The writes by kind, each in the order in which they came.
fn lanes(batch: Vec<Box<dyn Waiting>>) -> Vec<Box<dyn Lane>> {
    let mut lanes: Vec<Box<dyn Lane>> = Vec::new();
    for mut one in batch {
        match lanes.iter_mut().find(|lane| lane.kind() == one.kind()) {
            Some(lane) => lane.add(one.as_mut()),
            None => lanes.push(one.begin_lane()),
        }
    }
    lanes
}

/// Writes batches.
struct Writer {
    /// In how many of the next ones.
    known_keys_expected: AtomicU32,
}

impl Writer {
    /// Commits the lanes in one transaction, or in ever smaller ones until the row at fault stands alone.
    async fn commit(&self, lanes: Vec<Box<dyn Lane>>, mut session: Session) -> Session {
        let mut batches = vec![lanes];
        while let Some(mut lanes) = batches.pop() {
            match self.attempt(&mut lanes, &mut session).await {
                Ok(()) => lanes.into_iter().for_each(Lane::answer),
                // Nothing was said about the rows: trying fewer of them would not help.
                Err(error) if is_outage(&error) => lanes.into_iter().for_each(|lane| lane.refuse(&error)),
                Err(error) => {
                    let split = if let [lane] = lanes.as_mut_slice() {
                        lane.split_half().map(|half| vec![half])
                    } else {
                        Some(lanes.split_off(lanes.len() / 2))
                    };
                    match split {
                        Some(half) => batches.extend([half, lanes]),
                        None => lanes.into_iter().for_each(|lane| lane.refuse(&error)),
                    }
                }
            }
        }
        session.rest();
        session
    }

    /// Tries again where another batch had locked the same rows in another order.
    async fn attempt(&self, lanes: &mut [Box<dyn Lane>], session: &mut Session) -> Result<(), DbErr> {
        let mut tries = 1;
        loop {
            match self.attempt_once(lanes, session).await {
                Err(error) if is_contention(&error) && tries < CONTENTION_TRIES_MAX => tries += 1,
                result => return result,
            }
        }
    }

    async fn attempt_once(&self, lanes: &mut [Box<dyn Lane>], session: &mut Session) -> Result<(), DbErr> {
        if let [lane] = lanes
            && lane.is_one_statement(session.backend())
            && !self.expects_known_keys()
        {
            match lane.write(session.connection().await?).await {
                Err(error) if is_known_key(&error) => {
                    self.known_keys_expected.store(BATCHES_AFTER_KNOWN_KEYS, Ordering::Relaxed);
                }
                result => return result,
            }
        }
        let txn = session.begin().await?;
        for lane in lanes.iter_mut() {
            if let Err(error) = lane.write(txn).await {
                session.roll_back().await;
                return Err(error);
            }
        }
        session.commit().await
    }

    fn expects_known_keys(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.known_keys_expected.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }
}

/// A write that waits, of whatever kind.
trait Waiting: Send {
    fn kind(&self) -> TypeId;
    /// A lane with this write in it.
    fn begin_lane(&mut self) -> Box<dyn Lane>;
    fn as_any(&mut self) -> &mut dyn Any;
}

/// Until it is in a lane.
type WaitingOf<W> = Option<(W, Sender<W>)>;
type Sender<W> = oneshot::Sender<Result<(W, <W as Write>::Outcome)>>;

impl<W: Write> Waiting for WaitingOf<W> {
    fn kind(&self) -> TypeId {
        TypeId::of::<W>()
    }

    fn begin_lane(&mut self) -> Box<dyn Lane> {
        let (rows, senders) = self.take().into_iter().unzip();
        Box::new(LaneOf::<W> { rows, outcomes: Vec::new(), senders })
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// Writes of one kind.
trait Lane: Send {
    fn kind(&self) -> TypeId;
    /// Adds a write, which is of the same kind.
    fn add(&mut self, one: &mut dyn Waiting);
    /// Takes the later half away; `None` where there is but one write.
    fn split_half(&mut self) -> Option<Box<dyn Lane>>;
    fn is_one_statement(&self, backend: DbBackend) -> bool;
    fn write<'a>(&'a mut self, db: &'a Connection) -> BoxFuture<'a, Result<(), DbErr>>;
    /// Tells all callers what has become of their rows.
    fn answer(self: Box<Self>);
    /// Tells all callers that nothing was written.
    fn refuse(self: Box<Self>, error: &DbErr);
}

struct LaneOf<W: Write> {
    rows: Vec<W>,
    outcomes: Vec<W::Outcome>,
    senders: Vec<Sender<W>>,
}

impl<W: Write> Lane for LaneOf<W> {
    fn kind(&self) -> TypeId {
        TypeId::of::<W>()
    }

    fn add(&mut self, one: &mut dyn Waiting) {
        if let Some((row, sender)) = one.as_any().downcast_mut::<WaitingOf<W>>().and_then(Option::take) {
            self.rows.push(row);
            self.senders.push(sender);
        }
    }

    fn split_half(&mut self) -> Option<Box<dyn Lane>> {
        let half = self.rows.len() / 2;
        (half > 0).then(|| -> Box<dyn Lane> {
            let (rows, senders) = (self.rows.split_off(half), self.senders.split_off(half));
            Box::new(Self { rows, outcomes: Vec::new(), senders })
        })
    }

    fn is_one_statement(&self, backend: DbBackend) -> bool {
        W::is_one_statement(&self.rows, backend)
    }

    fn write<'a>(&'a mut self, db: &'a Connection) -> BoxFuture<'a, Result<(), DbErr>> {
        Box::pin(async move {
            self.outcomes = W::write(&self.rows, db).await?;
            Ok(())
        })
    }

    fn answer(self: Box<Self>) {
        for ((sender, row), outcome) in self.senders.into_iter().zip(self.rows).zip(self.outcomes) {
            // A caller that has gone away needs no answer.
            let _ = sender.send(Ok((row, outcome)));
        }
    }

    fn refuse(self: Box<Self>, error: &DbErr) {
        for sender in self.senders {
            let _ = sender.send(Err(Error::from(error.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use sea_orm::{ConnectionTrait as _, Statement};

    use std::path::Path;

    use super::*;

    async fn open_in(folder: &Path) -> Db {
        let url = format!("sqlite:{}", folder.join("test.db").display());
        Db::open(Some(DbBackend::Sqlite), &url, &[], 1).await.unwrap()
    }

    /// A row that the database refuses where the name is missing.
    struct Named(Option<&'static str>);
    /// Another kind of row, always accepted.
    struct Other;

    async fn insert(db: &Connection, name: Option<&str>) -> Result<(), DbErr> {
        let sql = "INSERT INTO account (id, name, created_at) VALUES (randomblob(16), $1, 0)";
        db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()])).await?;
        Ok(())
    }

    impl Write for Named {
        type Outcome = &'static str;

        async fn write(rows: &[Self], db: &Connection) -> Result<Vec<&'static str>, DbErr> {
            for row in rows {
                insert(db, row.0).await?;
            }
            Ok(rows.iter().filter_map(|row| row.0).collect())
        }
    }

    impl Write for Other {
        type Outcome = ();

        async fn write(rows: &[Self], db: &Connection) -> Result<Vec<()>, DbErr> {
            for _ in rows {
                insert(db, Some("other")).await?;
            }
            Ok(vec![(); rows.len()])
        }
    }

    async fn count(db: &Db, name: &str) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM account WHERE name = $1";
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()]);
        db.reader().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
    }

    /// A write that holds its committer until it is answered.
    fn write<W: Write>(committer: &Committer, row: W) -> impl Future<Output = Result<W::Outcome>> + use<W> {
        let committer = committer.clone();
        async move { Ok(committer.write(row).await?.1) }
    }

    #[tokio::test]
    async fn a_refused_row_does_not_hurt_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        let db = open_in(folder.path()).await;
        let (committer, work) = Committer::new(db.clone(), 1_000);
        let names = (0..100).map(|n| if n % 33 == 0 { None } else { Some("good") });
        let some = join_all(names.map(|name| write(&committer, Named(name))));
        let others = join_all((0..10).map(|_| write(&committer, Other)));
        drop(committer);
        // All of them wait before the committer takes its first batch.
        let (some, others, ()) = futures::join!(some, others, work);
        let accepted = some.iter().filter(|answer| matches!(answer, Ok("good"))).count();
        let refused = some.iter().filter(|answer| answer.is_err()).count();
        assert_eq!((accepted, refused), (96, 4));
        assert!(others.iter().all(Result::is_ok));
        assert_eq!((count(&db, "good").await, count(&db, "other").await), (96, 10));
    }

    #[tokio::test]
    async fn too_many_waiting_writes_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let db = open_in(folder.path()).await;
        let (committer, work) = Committer::new(db, 1_000);
        let mut waiting: Vec<_> = (0..WAITING_MAX).map(|_| Box::pin(write(&committer, Other))).collect();
        for write in &mut waiting {
            assert!(futures::poll!(write).is_pending());
        }
        let error = committer.write(Other).await.map(|_| ()).unwrap_err();
        assert_eq!(error.reason(), ErrorReason::Overloaded);
        drop(committer);
        let (answers, ()) = futures::join!(join_all(waiting), work);
        assert!(answers.iter().all(Result::is_ok));
    }
}

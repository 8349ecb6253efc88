//! Group commit: many waiting writes, one transaction, answers after COMMIT.
//!
//! One task takes whatever waits, writes it in one transaction, commits, and only then answers. While
//! it commits, the next batch gathers by itself; there is no timer, so a lone write is not delayed. Where
//! the database takes several transactions at once, a second batch is under way meanwhile. A row that the
//! database refuses is found by halving the batch, and alone is told so.
//!
//! This module knows no table: a slice says how rows of its kind are written (`Write`).

use std::{any::TypeId, future::Future};

use futures::future::BoxFuture;
use sea_orm::{DatabaseExecutor, DbBackend, DbErr};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::{
    db::{Db, is_contention, is_outage},
    error::{Error, Result},
};
use s2s_sdk::v1::ErrorReason;

/// Writes that may wait; one more is refused with `OVERLOADED`.
const WAITING_MAX: usize = 16_384;
/// Writes that share one transaction.
const BATCH_MAX: usize = 1_000;

/// How often a batch is tried that ran into another, of this server or another one.
const CONTENTION_TRIES_MAX: usize = 5;

/// A kind of write.
pub trait Write: Sized + Send + Sync + 'static {
    /// What the caller learns once it is durable.
    type Answer: Send + 'static;

    /// Whether one statement writes all rows, so that no transaction is needed around it; that saves the
    /// database two round trips.
    fn is_one_statement(_rows: &[Self], _backend: DbBackend) -> bool {
        false
    }

    /// Writes all rows, in an open transaction or, with one statement, without. Returns one answer for
    /// each, in order. An error means that nothing of them is written, and they are then tried in smaller
    /// batches; or that nobody knows.
    fn write(
        rows: &[Self],
        db: DatabaseExecutor<'_>,
    ) -> impl Future<Output = Result<Vec<Self::Answer>, DbErr>> + Send;
}

/// Takes writes, and answers them once they are durable.
#[derive(Clone)]
pub struct Committer {
    waiting: mpsc::Sender<Box<dyn Lane>>,
}

impl Committer {
    /// The committer and the task that does its work, which ends after the last committer is gone and
    /// all that waits is written.
    pub fn new(db: Db) -> (Self, impl Future<Output = ()> + Send) {
        let (waiting, queue) = mpsc::channel(WAITING_MAX);
        (Self { waiting }, run(db, queue))
    }

    /// Writes `row`; returns once it is durable. If the caller goes away meanwhile, the row is
    /// written all the same.
    pub async fn write<W: Write>(&self, row: W) -> Result<W::Answer> {
        let (answer, answered) = oneshot::channel();
        let lane = LaneOf { rows: vec![row], answers: Vec::new(), senders: vec![answer] };
        self.waiting.try_send(Box::new(lane)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::new(
                ErrorReason::Overloaded,
                "more writes wait than the server holds; send again later",
            ),
            mpsc::error::TrySendError::Closed(_) => Error::unavailable("the committer has stopped"),
        })?;
        answered.await.map_err(|_| Error::unavailable("the committer went away"))?
    }
}

async fn run(db: Db, mut queue: mpsc::Receiver<Box<dyn Lane>>) {
    let mut taken = Vec::with_capacity(BATCH_MAX);
    let (mut under_way, writers_max) = (JoinSet::new(), db.writers_max());
    while queue.recv_many(&mut taken, BATCH_MAX).await > 0 {
        let mut lanes: Vec<Box<dyn Lane>> = Vec::new();
        for one in taken.drain(..) {
            match lanes.iter_mut().find(|lane| lane.kind() == one.kind()) {
                Some(lane) => lane.join(one),
                None => lanes.push(one),
            }
        }
        let db = db.clone();
        under_way.spawn(async move { commit(&db, lanes).await });
        if under_way.len() >= writers_max {
            under_way.join_next().await;
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Commits the lanes in one transaction, or in ever smaller ones until the row at fault stands alone.
async fn commit(db: &Db, lanes: Vec<Box<dyn Lane>>) {
    let mut batches = vec![lanes];
    while let Some(mut lanes) = batches.pop() {
        match attempt(db, &mut lanes).await {
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
}

/// Tries again where another batch had locked the same rows in another order.
async fn attempt(db: &Db, lanes: &mut [Box<dyn Lane>]) -> Result<(), DbErr> {
    let mut tries = 1;
    loop {
        match attempt_once(db, lanes).await {
            Err(error) if is_contention(&error) && tries < CONTENTION_TRIES_MAX => tries += 1,
            result => return result,
        }
    }
}

async fn attempt_once(db: &Db, lanes: &mut [Box<dyn Lane>]) -> Result<(), DbErr> {
    if let [lane] = lanes
        && lane.is_one_statement(db.writer().get_database_backend())
    {
        return lane.write(db.writer().into()).await;
    }
    let txn = db.begin().await?;
    for lane in lanes.iter_mut() {
        if let Err(error) = lane.write((&txn).into()).await {
            txn.rollback().await?;
            return Err(error);
        }
    }
    txn.commit().await
}

/// Waiting writes of one kind.
trait Lane: Send {
    fn kind(&self) -> TypeId;
    /// Adds `other`, which is of the same kind.
    fn join(&mut self, other: Box<dyn Lane>);
    /// Takes the later half away; `None` where there is but one write.
    fn split_half(&mut self) -> Option<Box<dyn Lane>>;
    fn is_one_statement(&self, backend: DbBackend) -> bool;
    fn write<'a>(&'a mut self, db: DatabaseExecutor<'a>) -> BoxFuture<'a, Result<(), DbErr>>;
    /// Tells all callers what was written.
    fn answer(self: Box<Self>);
    /// Tells all callers that nothing was written.
    fn refuse(self: Box<Self>, error: &DbErr);
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any>;
}

struct LaneOf<W: Write> {
    rows: Vec<W>,
    answers: Vec<W::Answer>,
    senders: Vec<oneshot::Sender<Result<W::Answer>>>,
}

impl<W: Write> Lane for LaneOf<W> {
    fn kind(&self) -> TypeId {
        TypeId::of::<W>()
    }

    fn join(&mut self, other: Box<dyn Lane>) {
        if let Ok(mut other) = other.into_any().downcast::<Self>() {
            self.rows.append(&mut other.rows);
            self.senders.append(&mut other.senders);
        }
    }

    fn split_half(&mut self) -> Option<Box<dyn Lane>> {
        let half = self.rows.len() / 2;
        (half > 0).then(|| -> Box<dyn Lane> {
            let (rows, senders) = (self.rows.split_off(half), self.senders.split_off(half));
            Box::new(Self { rows, answers: Vec::new(), senders })
        })
    }

    fn is_one_statement(&self, backend: DbBackend) -> bool {
        W::is_one_statement(&self.rows, backend)
    }

    fn write<'a>(&'a mut self, db: DatabaseExecutor<'a>) -> BoxFuture<'a, Result<(), DbErr>> {
        Box::pin(async move {
            self.answers = W::write(&self.rows, db).await?;
            Ok(())
        })
    }

    fn answer(self: Box<Self>) {
        for (sender, answer) in self.senders.into_iter().zip(self.answers) {
            // A caller that has gone away needs no answer.
            let _ = sender.send(Ok(answer));
        }
    }

    fn refuse(self: Box<Self>, error: &DbErr) {
        for sender in self.senders {
            let _ = sender.send(Err(Error::from(error.clone())));
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use sea_orm::{ConnectionTrait as _, Statement};

    use super::*;

    /// A row that the database refuses where the name is missing.
    struct Named(Option<&'static str>);
    /// Another kind of row, always accepted.
    struct Other;

    async fn insert(db: &DatabaseExecutor<'_>, name: Option<&str>) -> Result<(), DbErr> {
        let sql = "INSERT INTO account (id, name, created_at) VALUES (randomblob(16), $1, 0)";
        db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()])).await?;
        Ok(())
    }

    impl Write for Named {
        type Answer = &'static str;

        async fn write(rows: &[Self], db: DatabaseExecutor<'_>) -> Result<Vec<&'static str>, DbErr> {
            for row in rows {
                insert(&db, row.0).await?;
            }
            Ok(rows.iter().filter_map(|row| row.0).collect())
        }
    }

    impl Write for Other {
        type Answer = ();

        async fn write(rows: &[Self], db: DatabaseExecutor<'_>) -> Result<Vec<()>, DbErr> {
            for _ in rows {
                insert(&db, Some("other")).await?;
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
    fn write<W: Write>(committer: &Committer, row: W) -> impl Future<Output = Result<W::Answer>> + use<W> {
        let committer = committer.clone();
        async move { committer.write(row).await }
    }

    #[tokio::test]
    async fn a_refused_row_does_not_hurt_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("test.db").display()), &[]).await.unwrap();
        let (committer, work) = Committer::new(db.clone());
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
        let db = Db::open(&format!("sqlite:{}", folder.path().join("test.db").display()), &[]).await.unwrap();
        let (committer, work) = Committer::new(db);
        let mut waiting: Vec<_> = (0..WAITING_MAX).map(|_| Box::pin(write(&committer, Other))).collect();
        for write in &mut waiting {
            assert!(futures::poll!(write).is_pending());
        }
        let error = committer.write(Other).await.unwrap_err();
        assert_eq!(error.reason(), ErrorReason::Overloaded);
        drop(committer);
        let (answers, ()) = futures::join!(join_all(waiting), work);
        assert!(answers.iter().all(Result::is_ok));
    }
}

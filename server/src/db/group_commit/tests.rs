use futures::future::join_all;
use sea_orm::{ConnectionTrait as _, Statement};

use std::path::Path;

use super::*;

async fn open_in(folder: &Path) -> Db {
    let url = format!("sqlite:{}", folder.join("test.db").display());
    Db::open(Some(DbBackend::Sqlite), &url, &[], 1).await.unwrap()
}

/// A row that the database refuses if the name is missing.
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

    fn owns(&self, outcome: &&'static str) -> bool {
        self.0 == Some(outcome)
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

    fn owns(&self, (): &()) -> bool {
        true
    }
}

async fn count(db: &Db, name: &str) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM account WHERE name = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()]);
    db.reader().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// A write that keeps its committer alive until it is answered.
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
    // All writes wait before the committer takes its first batch.
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

/// A row whose caller leaves while the row is being written.
struct Leaving(Arc<tokio::sync::Notify>);

impl Write for Leaving {
    type Outcome = ();

    async fn write(rows: &[Self], db: &Connection) -> Result<Vec<()>, DbErr> {
        for row in rows {
            insert(db, Some("leaving")).await?;
            row.0.notify_one();
            // The caller runs, and leaves.
            tokio::task::yield_now().await;
        }
        Ok(vec![(); rows.len()])
    }

    fn owns(&self, (): &()) -> bool {
        true
    }
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_in(folder.path()).await;
    let (committer, work) = Committer::new(db.clone(), 1_000);
    // Gone before the batch begins.
    for _ in 0..3 {
        let mut gone = Box::pin(write(&committer, Named(Some("gone"))));
        assert!(futures::poll!(&mut gone).is_pending());
    }
    // Gone while the batch is written.
    let leaving = (0..3).map(|_| {
        let began = Arc::new(tokio::sync::Notify::new());
        let row = write(&committer, Leaving(began.clone()));
        async move {
            tokio::select! {
                biased;
                () = began.notified() => {}
                written = row => written.unwrap(),
            }
        }
    });
    let leaving = join_all(leaving.collect::<Vec<_>>());
    let stays = join_all((0..10).map(|_| write(&committer, Named(Some("stays")))));
    drop(committer);
    let (_, stays, ()) = futures::join!(leaving, stays, work);
    assert!(stays.iter().all(Result::is_ok));
    assert_eq!(count(&db, "stays").await, 10);
    assert_eq!((count(&db, "gone").await, count(&db, "leaving").await), (0, 0));
}

/// A row with its number. `None` is a row for which the write returns no outcome.
struct Numbered(Option<usize>);

impl Write for Numbered {
    type Outcome = usize;

    async fn write(rows: &[Self], _: &Connection) -> Result<Vec<usize>, DbErr> {
        Ok(rows.iter().filter_map(|row| row.0).collect())
    }

    fn owns(&self, outcome: &usize) -> bool {
        self.0 == Some(*outcome)
    }
}

/// A row with its number. The write returns the outcomes in another order.
struct Reversed(usize);

impl Write for Reversed {
    type Outcome = usize;

    async fn write(rows: &[Self], _: &Connection) -> Result<Vec<usize>, DbErr> {
        Ok(rows.iter().map(|row| row.0).rev().collect())
    }

    fn owns(&self, outcome: &usize) -> bool {
        self.0 == *outcome
    }
}

#[tokio::test]
async fn nobody_gets_the_outcome_of_another_row() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_in(folder.path()).await;
    let (committer, work) = Committer::new(db, 1_000);
    let missing = |number: usize| number.is_multiple_of(33);
    let numbered = (0..100).map(|number| Numbered((!missing(number)).then_some(number)));
    let numbered = join_all(numbered.map(|row| write(&committer, row)));
    let reversed = join_all((0..100).map(|number| write(&committer, Reversed(number))));
    drop(committer);
    let (numbered, reversed, ()) = futures::join!(numbered, reversed, work);
    for (number, (one, other)) in numbered.into_iter().zip(reversed).enumerate() {
        assert_eq!(one.ok(), (!missing(number)).then_some(number));
        assert_eq!(other.ok(), Some(number));
    }
}

use futures::future::join_all;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, QueryOrder as _, Statement};

use std::path::Path;

use super::*;
use crate::{
    db::journal::{
        self, EntryKind, RowKind,
        fold::lanes_behind,
        lane::{self, Fate, Lane},
    },
    values::time::Span,
};

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

    fn enter(&self, outcome: &&'static str, entries: &mut Entries) {
        entries.add(EntryKind(1), outcome.as_bytes());
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

    fn enter(&self, (): &(), entries: &mut Entries) {
        entries.add(EntryKind(2), b"");
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
    let (committer, work) = Committer::new(db.clone(), Clock::system(), 1_000);
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
    let (committer, work) = Committer::new(db, Clock::system(), 1_000);
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
struct Leaving(Arc<Notify>);

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

    fn enter(&self, (): &(), entries: &mut Entries) {
        entries.add(EntryKind(3), b"");
    }

    fn owns(&self, (): &()) -> bool {
        true
    }
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_in(folder.path()).await;
    let (committer, work) = Committer::new(db.clone(), Clock::system(), 1_000);
    // Gone before the batch begins.
    for _ in 0..3 {
        let mut gone = Box::pin(write(&committer, Named(Some("gone"))));
        assert!(futures::poll!(&mut gone).is_pending());
    }
    // Gone while the batch is written.
    let leaving = (0..3).map(|_| {
        let began = Arc::new(Notify::new());
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

    fn enter(&self, _: &usize, _: &mut Entries) {}

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

    fn enter(&self, _: &usize, _: &mut Entries) {}

    fn owns(&self, outcome: &usize) -> bool {
        self.0 == *outcome
    }
}

#[tokio::test]
async fn nobody_gets_the_outcome_of_another_row() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_in(folder.path()).await;
    let (committer, work) = Committer::new(db, Clock::system(), 1_000);
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

/// The rows of the journal: lane, number, kind, and the number of entries.
async fn journal(db: &Db) -> Vec<(i64, i64, RowKind, usize)> {
    let rows = journal::Entity::find().order_by_asc(journal::Column::Lane).order_by_asc(journal::Column::Seq);
    let rows = rows.all(db.reader()).await.unwrap();
    rows.iter()
        .map(|row| (row.lane, row.seq, row.kind, Entries::read(&row.entries).map(Result::unwrap).count()))
        .collect()
}

#[tokio::test]
async fn the_journal_tells_what_was_written_and_its_numbers_have_no_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_in(folder.path()).await;
    let (committer, work) = Committer::new(db.clone(), Clock::system(), 100);
    let names = (0..200).map(|n| if n % 33 == 0 { None } else { Some("good") });
    let some = join_all(names.map(|name| write(&committer, Named(name))));
    drop(committer);
    let (some, ()) = futures::join!(some, work);
    let accepted = some.iter().filter(|answer| answer.is_ok()).count();
    let rows = journal(&db).await;
    assert!(rows.len() > 2, "{rows:?}");
    for ((lane, seq, kind, _), expected) in rows.iter().zip(1..) {
        assert_eq!((*lane, *seq, *kind), (1, expected, RowKind::Batch));
    }
    assert_eq!(rows.iter().map(|row| row.3).sum::<usize>(), accepted);
    assert_eq!(count(&db, "good").await, i64::try_from(accepted).unwrap());
}

#[tokio::test]
async fn a_session_whose_lane_was_closed_writes_under_another() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_in(folder.path()).await;
    let (committer, work) = Committer::new(db.clone(), Clock::system(), 100);
    let later = Clock::system_now().plus(Span::from_seconds(1));
    let calls = async {
        write(&committer, Named(Some("before"))).await.unwrap();
        for _ in 0..3 {
            db.close_idle_lanes(later, later).await.unwrap();
            write(&committer, Named(Some("after"))).await.unwrap();
        }
        drop(committer);
    };
    futures::join!(calls, work);
    let rows = journal(&db).await;
    let lane = |lane| [(lane, 1, RowKind::Batch, 1), (lane, 2, RowKind::Closed, 0)];
    assert_eq!(rows, [&lane(1)[..], &lane(2), &lane(3), &lane(4)[..1]].concat());
    assert_eq!(count(&db, "after").await, 3);
    // Nothing goes before it is folded.
    let much_later = later.plus(Span::from_seconds(1));
    while db.delete_old_journal(much_later).await.unwrap() {}
    assert_eq!(journal(&db).await, rows);
    for behind in lanes_behind(db.reader()).await.unwrap() {
        let last = behind.next_rows(db.reader(), 10).await.unwrap().last().unwrap().seq;
        let txn = db.begin_aside().await.unwrap();
        assert!(behind.advance(&txn, last).await.unwrap());
        // Nobody folds the same rows again.
        assert!(!behind.advance(&txn, last).await.unwrap());
        txn.commit().await.unwrap();
    }
    assert_eq!(lanes_behind(db.reader()).await.unwrap(), []);
    // Only the closed lanes go, and only with all of their rows.
    while db.delete_old_journal(much_later).await.unwrap() {}
    let lanes = lane::Entity::find().all(db.reader()).await.unwrap();
    assert_eq!(lanes.iter().map(|lane| lane.id).collect::<Vec<_>>(), [4]);
    // The last row of an open lane stays.
    assert_eq!(journal(&db).await, [(4, 1, RowKind::Batch, 1)]);
}

#[tokio::test]
async fn the_fate_of_a_commit_without_an_answer_becomes_known() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_in(folder.path()).await;
    let now = Clock::system_now();
    let mut lane = Lane::open(&db.connection().await.unwrap(), now).await.unwrap();
    let insert = async |row: journal::Model| {
        let mut insertion = Insertion::new(DbBackend::Sqlite);
        insertion.add::<journal::Entity>(&[&row]).unwrap();
        insertion.execute(&db.connection().await.unwrap()).await
    };
    let row = |lane: &Lane, kind| lane.row(kind, now, Entries::default());
    let settle =
        async |lane: &Lane, row| lane.settle(&db.connection().await.unwrap(), &row, now).await.unwrap();
    // A commit that had succeeded, three commits that never will, another commit in the place, and a
    // lane that was closed.
    let first = row(&lane, RowKind::Batch);
    insert(first.clone()).await.unwrap();
    assert_eq!(settle(&lane, first).await, Fate::Written);
    let mut other = Entries::default();
    other.add(EntryKind(1), b"other");
    let another = lane.row(RowKind::Batch, now, other);
    assert_eq!(settle(&lane, another).await, Fate::NotWritten);
    for _ in 0..3 {
        lane.advance(now);
        let lost = row(&lane, RowKind::Batch);
        for _ in 0..2 {
            assert_eq!(settle(&lane, lost.clone()).await, Fate::NotWritten);
        }
        let refused = insert(lost).await.unwrap_err();
        assert!(is_unique_violation(&refused));
    }
    lane.advance(now);
    assert!(!lane.is_stale(now) && lane.is_stale(now.plus(Span::from_seconds(1_800))));
    insert(row(&lane, RowKind::Closed)).await.unwrap();
    assert_eq!(settle(&lane, row(&lane, RowKind::Batch)).await, Fate::NotWritten);
}

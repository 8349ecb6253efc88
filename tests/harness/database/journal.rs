//! The comparison of the journal with the rows that it tells of.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement,
    TransactionTrait as _, prelude::Uuid,
};

/// The kinds of rows of the journal.
const BATCH: i16 = 1;
const VOID: i16 = 2;
const CLOSED: i16 = 3;
/// The kinds of entries.
const CLICK: u8 = 1;
const CONVERSION: u8 = 2;
const POSTBACK: u8 = 3;
const ADJUSTMENT: u8 = 4;
const LINE: u8 = 5;

/// The content of the journal.
#[derive(Default)]
struct Told {
    clicks: BTreeSet<[u8; 16]>,
    /// The clicks and serials of the conversions.
    conversions: BTreeSet<([u8; 16], i64)>,
    /// The clicks, serials and numbers of the adjustments.
    adjustments: BTreeSet<([u8; 16], i64, i16)>,
    /// The lines of partners: click, serial and number, and the changes of what is pending and approved.
    lines: BTreeSet<([u8; 16], i64, i16, [i64; 2])>,
    /// The verdicts on each postback.
    postbacks: BTreeMap<[u8; 16], Vec<i16>>,
}

/// Checks that the numbers of each lane have no gaps, that the journal tells of each stored click,
/// conversion, adjustment and line of a partner once and of no others, and that it tells the verdict on each stored
/// postback.
/// Returns a summary.
pub async fn check(url: &str) -> Result<String, String> {
    let db = super::connect(url).await;
    let before = lanes(&db).await;
    let rows = all(&db, "SELECT lane, seq, kind, entries FROM journal ORDER BY lane, seq").await;
    let (mut told, mut expected) = (Told::default(), BTreeMap::new());
    let (mut kinds, mut last) = (BTreeMap::<i16, usize>::new(), BTreeMap::new());
    for row in &rows {
        let (lane, seq, kind) =
            (field::<i64>(row, "lane"), field::<i64>(row, "seq"), field::<i16>(row, "kind"));
        let next = expected.entry(lane).or_insert(1);
        if seq != *next {
            return Err(format!("lane {lane} of the journal has row {seq} where {next} was expected"));
        }
        *next = if kind == CLOSED { i64::MAX } else { seq + 1 };
        *kinds.entry(kind).or_default() += 1;
        told.read(&field::<Vec<u8>>(row, "entries"))?;
        last.insert(lane, (seq, kind));
    }
    check_ends(&db, before, &last).await?;
    let clicks = all(&db, "SELECT click_id FROM click").await;
    same("clicks", &told.clicks, &clicks.iter().map(|row| id(row, "click_id")).collect())?;
    let conversions = all(&db, "SELECT click_id, serial FROM conversion").await;
    let conversions = conversions.iter().map(|row| (id(row, "click_id"), field(row, "serial"))).collect();
    same("conversions", &told.conversions, &conversions)?;
    let adjustments = all(&db, "SELECT click_id, serial, number FROM adjustment").await;
    let line = |row| (id(row, "click_id"), field(row, "serial"), field(row, "number"));
    same("adjustments", &told.adjustments, &adjustments.iter().map(line).collect())?;
    // Entries by hand are not in the journal.
    let lines =
        "SELECT click_id, serial, number, pending_delta, approved_delta FROM partner_line WHERE number >= 0";
    let lines = all(&db, lines).await;
    let line = |row| {
        let deltas = [field(row, "pending_delta"), field(row, "approved_delta")];
        (id(row, "click_id"), field(row, "serial"), field(row, "number"), deltas)
    };
    same("lines", &told.lines, &lines.iter().map(line).collect())?;
    let postbacks = all(&db, "SELECT id, verdict FROM postback").await;
    for row in &postbacks {
        let (id, verdict) = (id(row, "id"), field::<i16>(row, "verdict"));
        if !told.postbacks.get(&id).is_some_and(|told| told.contains(&verdict)) {
            return Err(format!("the journal does not tell verdict {verdict} of {}", Uuid::from_bytes(id)));
        }
    }
    db.close().await.unwrap();
    let count = |kind| kinds.get(&kind).copied().unwrap_or_default();
    Ok(format!(
        "the journal has {} lanes with {} commits and {} void rows, and tells of {} clicks, {} conversions and {} \
         postbacks as they are stored",
        expected.len(),
        count(BATCH),
        count(VOID),
        clicks.len(),
        conversions.len(),
        postbacks.len(),
    ))
}

/// Closes open lanes under their sessions, as another server does whose clock is ahead. Returns once
/// `number` lanes are closed.
pub async fn close_lanes(url: &str, number: u64) {
    let db = super::connect(url).await;
    let empty = if db.get_database_backend() == DbBackend::Postgres { "''" } else { "x''" };
    let mut closed = 0;
    while closed < number {
        let close = async {
            let txn = db.begin().await?;
            let closing = format!(
                "INSERT INTO journal (lane, seq, kind, at, entries) SELECT id, \
                 COALESCE((SELECT MAX(seq) FROM journal WHERE journal.lane = lane.id), 0) + 1, \
                 {CLOSED}, opened_at, {empty} FROM lane WHERE closed_seq IS NULL"
            );
            let closed = txn.execute_unprepared(&closing).await?.rows_affected();
            let seen = format!(
                "UPDATE lane SET closed_seq = (SELECT seq FROM journal WHERE journal.lane = lane.id AND kind = \
                 {CLOSED}) WHERE closed_seq IS NULL AND EXISTS (SELECT 1 FROM journal WHERE journal.lane = lane.id \
                 AND kind = {CLOSED})"
            );
            txn.execute_unprepared(&seen).await?;
            txn.commit().await?;
            Ok::<_, DbErr>(closed)
        };
        // A session may write its next row at the same time, or hold SQLite's only lock.
        closed += close.await.unwrap_or(0);
    }
    db.close().await.unwrap();
}

/// The lanes, each with the number of the row that closes it.
async fn lanes(db: &DatabaseConnection) -> Vec<(i64, Option<i64>)> {
    let rows = all(db, "SELECT id, closed_seq FROM lane ORDER BY id").await;
    rows.iter().map(|row| (field(row, "id"), field(row, "closed_seq"))).collect()
}

/// Checks that closed lanes end with their closing row, and that no others do. `last`: the number and
/// the kind of the last row of each lane. A server may have closed a lane between the two looks at
/// the lanes, `before` and after the rows were read.
async fn check_ends(
    db: &DatabaseConnection,
    before: Vec<(i64, Option<i64>)>,
    last: &BTreeMap<i64, (i64, i16)>,
) -> Result<(), String> {
    let before: BTreeMap<_, _> = before.into_iter().collect();
    for (lane, closed) in lanes(db).await {
        let Some((seq, kind)) = last.get(&lane) else { continue };
        let end = (*kind == CLOSED).then_some(*seq);
        if closed != end && before.get(&lane) != Some(&end) {
            return Err(format!(
                "lane {lane} is closed at {closed:?}, but ends with row {seq} of kind {kind}"
            ));
        }
    }
    Ok(())
}

impl Told {
    /// Reads the entries of a row: for each its kind, the length of its bytes, and the bytes.
    fn read(&mut self, mut rest: &[u8]) -> Result<(), String> {
        while let [kind, behind @ ..] = rest {
            let (mut length, mut at) = (0, 0);
            loop {
                length |= usize::from(behind[at] & 127) << (7 * at);
                at += 1;
                if behind[at - 1] < 128 {
                    break;
                }
            }
            let (bytes, after) = behind[at..].split_at(length);
            rest = after;
            let key: [u8; 16] = bytes[..16].try_into().unwrap();
            let is_new = match *kind {
                CLICK => self.clicks.insert(key),
                CONVERSION => {
                    self.conversions.insert((key, i64::from_be_bytes(bytes[32..40].try_into().unwrap())))
                }
                POSTBACK => {
                    let verdict = i16::from_be_bytes(bytes[32..34].try_into().unwrap());
                    self.postbacks.entry(key).or_default().push(verdict);
                    true
                }
                ADJUSTMENT => {
                    let serial = i64::from_be_bytes(bytes[32..40].try_into().unwrap());
                    let number = i16::from_be_bytes(bytes[bytes.len() - 2..].try_into().unwrap());
                    self.adjustments.insert((key, serial, number))
                }
                LINE => {
                    let number = |at: usize| i64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
                    let of_conversion = i16::from_be_bytes(bytes[24..26].try_into().unwrap());
                    self.lines.insert((key, number(16), of_conversion, [number(77), number(85)]))
                }
                other => return Err(format!("the journal has an entry of the unknown kind {other}")),
            };
            if !is_new {
                return Err(format!("the journal tells twice of {}, kind {kind}", Uuid::from_bytes(key)));
            }
        }
        Ok(())
    }
}

fn same<T: Ord + std::fmt::Debug>(
    what: &str,
    told: &BTreeSet<T>,
    stored: &BTreeSet<T>,
) -> Result<(), String> {
    let missing: Vec<_> = stored.difference(told).take(3).collect();
    let invented: Vec<_> = told.difference(stored).take(3).collect();
    if missing.is_empty() && invented.is_empty() {
        return Ok(());
    }
    Err(format!("{what} not in the journal: {missing:?}, only in the journal: {invented:?}"))
}

pub(super) async fn all(db: &DatabaseConnection, query: &str) -> Vec<QueryResult> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap()
}

pub(super) fn field<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> T {
    row.try_get("", name).unwrap()
}

pub(super) fn id(row: &QueryResult, name: &str) -> [u8; 16] {
    field::<Uuid>(row, name).into_bytes()
}

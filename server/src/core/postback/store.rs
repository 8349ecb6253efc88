//! The table `postback`.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use s2s_sdk::v1::Note;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
    sea_query::OnConflict,
};

use super::{
    Postback, Proof, Reason, Verdict, matching,
    update::{self, Due, Report, Settled},
};
use crate::{
    core::{
        adjustment::{self, Line},
        conversion::{self, Conversion, New},
        conversion_code::{ConversionCodeId, TransactionScope, UpdatePolicy},
        journal,
    },
    db::{
        Connection, Db, Grouped, Insertion, group_commit::Write, insert_new, journal::Entries, statement_runs,
    },
    error::Result,
    values::click_id::ClickId,
    values::id::PostbackId,
    values::{id::AccountId, time::Time},
};

/// A row of the table, which `packed_row` translates. The texts of a new row are in `packed`, and
/// its ids are in columns of their own. A text that does not have the usual form of such an id is in
/// the column for the text, as in rows from older versions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "postback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostbackId,
    pub account_id: AccountId,
    pub method: String,
    pub target: Vec<u8>,
    pub content_type: String,
    pub body: Vec<u8>,
    pub cut: bool,
    pub address: String,
    pub user_agent: String,
    #[sea_orm(column_name = "arrived_at")]
    pub received_at: Time,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: String,
    /// `Notes` as JSON, or empty.
    pub notes: String,
    /// Empty if `code_id` is set.
    pub code_text: String,
    /// Empty if `click_id` is set.
    pub click_text: String,
    /// Empty if `conversion_serial` is set.
    pub conversion_id: String,
    pub authenticated: bool,
    pub replayed_at: Option<Time>,
    pub match_at: Option<Time>,
    pub checks_passed: Option<Proof>,
    pub from_edge: bool,
    /// Empty in a row from an older version.
    pub packed: Vec<u8>,
    pub code_id: Option<ConversionCodeId>,
    pub click_id: Option<ClickId>,
    /// The serial of a conversion of `click_id`.
    pub conversion_serial: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[
        Column::Cut,
        Column::Reason,
        Column::CodeText,
        Column::ClickText,
        Column::ConversionId,
        Column::ReplayedAt,
        Column::MatchAt,
    ];
    const LEFT_EMPTY: &[Column] = &[
        Column::Method,
        Column::Target,
        Column::ContentType,
        Column::Body,
        Column::Address,
        Column::UserAgent,
        Column::Message,
        Column::Notes,
    ];

    fn text_bytes(row: &Model) -> usize {
        row.packed.len()
    }
}

/// Kind of write: a new postback, or a replay of a held postback.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Insert,
    Update,
}

/// A postback to write, with its report, which is `None` if the postback is already judged as held.
/// The outcome of the write is `None` if the postback was to be replayed, but is deleted by now.
pub struct PostbackWrite {
    pub postback: Postback,
    pub report: Option<Arc<Report>>,
    /// True if the postback is matched automatically if it is held.
    pub matched: bool,
    pub mode: Mode,
}

impl PostbackWrite {
    /// The conversion that the postback reports, unless it reports a refund.
    fn sale(&self) -> Option<&Conversion> {
        self.report.as_deref().filter(|report| report.refund.is_none()).map(|report| &report.conversion)
    }

    /// Returns whether the postback depends on no conversion with another key, and refunds none.
    fn is_plain(&self) -> bool {
        let is_plain =
            |report: &Arc<Report>| report.refund.is_none() && report.scope == TransactionScope::PerClick;
        self.report.as_ref().is_none_or(is_plain)
    }
}

/// A postback as it is stored after a write.
pub struct Stored {
    pub postback: Postback,
    /// True if this write gave the postback its verdict, and recorded its conversion if that is the
    /// verdict.
    is_judged_now: bool,
    /// The line with which this write has adjusted a recorded conversion.
    line: Option<Box<Line>>,
}

impl Write for PostbackWrite {
    type Outcome = Option<Stored>;

    fn insert_all(rows: &[Self], into: &mut Insertion) -> Result<Option<Vec<Option<Stored>>>, DbErr> {
        if rows.iter().any(|row| row.mode == Mode::Update || !row.is_plain()) {
            return Ok(None);
        }
        let conversions: Vec<&Conversion> = rows.iter().filter_map(Self::sale).collect();
        let with_outcome = |row: &Self| {
            let mut postback = row.postback.clone();
            if let Some(conversion) = row.sale() {
                postback.apply_outcome(Ok(conversion::Counted::first(conversion)));
            }
            postback
        };
        let postbacks: Vec<Postback> = rows.iter().map(with_outcome).collect();
        let models: Vec<Model> = postbacks.iter().map(Model::from).collect();
        conversion::add_to(into, &conversions)?;
        into.add::<Entity>(&models.iter().collect::<Vec<_>>())?;
        let stored = |postback| Some(Stored { postback, is_judged_now: true, line: None });
        Ok(Some(postbacks.into_iter().map(stored).collect()))
    }

    async fn write(rows: &[Self], db: &Connection) -> Result<Vec<Option<Stored>>, DbErr> {
        // If the postback was replayed meanwhile, this replay writes nothing, and is answered with
        // the row as it is now.
        let replayed = rows.iter().filter(|row| row.mode == Mode::Update).map(|row| row.postback.id);
        let mut written = find_all(db, replayed, true).await?;
        // The same goes for a postback whose visitor was erased meanwhile: this replay has read
        // data that is gone.
        let is_held = |row: &&Self| {
            let known = written.get(&row.postback.id);
            known.is_some_and(|known| known.verdict == Verdict::Held && row.postback.has_come_as(known))
        };
        let mut ids = HashSet::new();
        let fresh: Vec<(usize, &Self)> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.mode == Mode::Insert || is_held(row))
            .filter(|(_, row)| ids.insert(row.postback.id))
            .collect();

        let mut outcomes = settle(&fresh, db).await?.into_iter();
        let mut to_insert = Vec::with_capacity(fresh.len());
        // The place among `rows` of the one that gives a postback its verdict: the batch may have the
        // same postback twice, each time with another conversion.
        let mut judged = HashMap::with_capacity(fresh.len());
        let mut lines = HashMap::new();
        for (place, row) in fresh {
            let mut postback = row.postback.clone();
            if let Some(report) = &row.report {
                let (outcome, line) =
                    outcomes.next().ok_or_else(|| DbErr::Custom("an outcome is missing".to_owned()))?;
                postback.apply_outcome(outcome);
                let judged_at = report.conversion.created_at;
                let next = matching::next_match(postback.reason, postback.received_at, judged_at);
                postback.match_at = next.filter(|_| row.matched);
                lines.extend(line.map(|line| (place, line)));
            }
            match (row.mode, written.get(&postback.id)) {
                (Mode::Update, Some(known)) => update(db, &postback, known).await?,
                _ => to_insert.push(postback.id),
            }
            judged.insert(postback.id, place);
            written.insert(postback.id, postback);
        }
        let stored = insert_unknown(db, &to_insert, &written).await?;
        // An edge that got no answer sends the same id again, and gets the answer to the first
        // arrival. The exception is a stored postback that is held, but counts by now: the new
        // verdict replaces the old one. Nothing counts twice, because the conversion has the same
        // key at each arrival.
        for (id, known) in stored {
            match written.get(&id) {
                // The stored row with this id is another postback, or counts as another conversion,
                // for example because the code's settings were changed since. The stored row stays,
                // and the conversion of the new postback is deleted again.
                Some(ours) if !ours.is_again(&known) || ours.counts_besides(&known) => {
                    // Other postbacks of the batch may count as duplicates of the new conversion. So
                    // the batch is tried again in parts.
                    if rows.len() > 1 {
                        return Err(DbErr::Custom("the id of another postback came".to_owned()));
                    }
                    if ours.verdict == Verdict::Recorded {
                        conversion::take_back(db, &ours.conversion_id).await?;
                    }
                    judged.remove(&id);
                    written.insert(id, known);
                }
                Some(ours) if known.verdict == Verdict::Held && ours.verdict != Verdict::Held => {
                    update(db, ours, &known).await?;
                }
                _ => {
                    judged.remove(&id);
                    written.insert(id, known);
                }
            }
        }
        let mut stored = |(place, row): (usize, &Self)| {
            let postback = written.get(&row.postback.id).cloned()?;
            let is_judged_now = judged.get(&postback.id) == Some(&place);
            Some(Stored { postback, is_judged_now, line: lines.remove(&place) })
        };
        Ok(rows.iter().enumerate().map(&mut stored).collect())
    }

    fn enter(&self, outcome: &Option<Stored>, entries: &mut Entries) {
        let Some(Stored { postback, is_judged_now: true, line }) = outcome else { return };
        if postback.verdict == Verdict::Recorded
            && let Some(conversion) = self.sale()
        {
            conversion::enter(conversion, entries);
        }
        if let Some(line) = line {
            adjustment::enter(line, entries);
        }
        let bytes = [
            &postback.id.0.as_bytes()[..],
            postback.account_id.0.as_bytes(),
            &postback.verdict.to_value().to_be_bytes(),
        ];
        entries.add(journal::POSTBACK, &bytes.concat());
    }

    fn owns(&self, outcome: &Option<Stored>) -> bool {
        let is_optional = self.mode == Mode::Update;
        outcome.as_ref().map_or(is_optional, |stored| stored.postback.id == self.postback.id)
    }
}

/// Inserts the conversions of postbacks, and settles those that are recorded already. Returns an
/// outcome for each postback that has a report.
async fn settle(fresh: &[(usize, &PostbackWrite)], db: &Connection) -> Result<Vec<Settled>, DbErr> {
    let with_report = || fresh.iter().filter_map(|(_, row)| Some((*row, row.report.as_deref()?)));
    let sales = with_report().filter(|(_, report)| report.refund.is_none());
    let sales: Vec<New> = sales.map(|(_, report)| report.as_new()).collect();
    // If the batch has refunds as well, all conversions are locked together later, in one order.
    let locks = with_report().all(|(_, report)| report.refund.is_none());
    let sales: Vec<New> = sales.into_iter().map(|sale| New { locks, ..sale }).collect();
    let mut of_sales = conversion::insert(&sales, db).await?.into_iter();
    let mut earlier = Vec::with_capacity(fresh.len());
    for (_, report) in with_report() {
        earlier.push(match report.refund {
            None => of_sales.next().flatten(),
            // The sale may be in the same batch.
            Some(_) => conversion::find_same(db, &report.conversion).await?,
        });
    }
    let updating = with_report().zip(&earlier).filter(|((row, report), earlier)| {
        row.mode == Mode::Insert && report.policy != UpdatePolicy::None && earlier.is_some()
    });
    let ids: Vec<PostbackId> = updating.map(|((row, _), _)| row.postback.id).collect();
    // An edge that got no answer sends the same postback again. It changes nothing twice, whatever
    // became of the conversion since.
    let known = existing(db, &ids).await?;
    let known = if known.is_empty() { HashMap::new() } else { find_all(db, known.into_iter(), true).await? };
    let has_counted = |row: &PostbackWrite| {
        let same = known.get(&row.postback.id);
        same.is_some_and(|same| same.verdict != Verdict::Held || !row.postback.is_again(same))
    };
    let due: Vec<Due> = with_report()
        .map(|(row, report)| Due {
            report,
            received_at: row.postback.received_at,
            has_counted: has_counted(row),
        })
        .collect();
    update::settle(db, &due, &earlier, locks).await
}

impl Postback {
    /// Returns whether this postback is the stored one, sent again. An erased postback has lost a
    /// part, so any postback with its id is taken for it.
    pub fn is_again(&self, stored: &Self) -> bool {
        self.has_come_as(stored) || stored.erasure().is_some()
    }

    /// Returns whether this postback has just become a conversion, although the stored one already
    /// counts as another conversion.
    fn counts_besides(&self, stored: &Self) -> bool {
        self.verdict == Verdict::Recorded
            && stored.verdict != Verdict::Held
            && stored.conversion_id != self.conversion_id
    }

    fn has_come_as(&self, other: &Self) -> bool {
        // If a postback has no data of its visitor, an erasure changes neither target nor body.
        // Then only the note tells that the visitor was erased.
        let erased = |postback: &Self| postback.erasure().is_some();
        (&self.target, &self.body, erased(self)) == (&other.target, &other.body, erased(other))
    }
}

/// Writes the verdict on a postback. `known` is the stored row, locked. Its data that may be the
/// visitor's stay as they are: an erasure may have removed them since `postback` was read.
async fn update(db: &impl ConnectionTrait, postback: &Postback, known: &Postback) -> Result<(), DbErr> {
    let row = Postback {
        target: known.target.clone(),
        body: known.body.clone(),
        address: known.address.clone(),
        user_agent: known.user_agent.clone(),
        ..postback.clone()
    };
    Model::from(&row).into_active_model().reset_all().update(db).await?;
    Ok(())
}

/// Writes the columns that an erasure changes, in one statement. The caller has locked the stored
/// postbacks, so the statement inserts none.
pub async fn replace(txn: &impl ConnectionTrait, erased: &[Postback]) -> Result<(), DbErr> {
    // A row from an older version becomes a packed row.
    let ids = [Column::CodeId, Column::ClickId, Column::ConversionSerial];
    let texts = [Column::CodeText, Column::ClickText, Column::ConversionId];
    let changed = ids.iter().chain(&texts).chain(Entity::LEFT_EMPTY);
    let changed = changed.chain(&[Column::Packed, Column::ChecksPassed]).copied();
    let replace = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    let rows = erased.iter().map(|postback| Model::from(postback).into_active_model().reset_all());
    Entity::insert_many(rows).on_conflict(replace).exec_without_returning(txn).await?;
    Ok(())
}

/// Inserts those of the postbacks `ids` whose ids are new. Returns the stored postbacks of the other
/// ids, locked. After an error, the batch is tried again in parts.
async fn insert_unknown(
    db: &Connection,
    ids: &[PostbackId],
    written: &HashMap<PostbackId, Postback>,
) -> Result<HashMap<PostbackId, Postback>, DbErr> {
    let known = existing(db, ids).await?;
    let new = ids.iter().filter(|id| !known.contains(id)).filter_map(|id| written.get(id));
    let new: Vec<Model> = new.map(Model::from).collect();
    if !insert_new::<Entity>(db, &new.iter().collect::<Vec<_>>(), &[Column::Id]).await? {
        return Err(DbErr::Custom("a postback with the same id was stored at the same time".to_owned()));
    }
    let stored = find_all(db, known.iter().copied(), true).await?;
    if stored.len() < known.len() {
        return Err(DbErr::Custom("the postback with the same id was deleted".to_owned()));
    }
    Ok(stored)
}

/// Returns those ids whose postbacks are stored.
async fn existing(txn: &impl ConnectionTrait, ids: &[PostbackId]) -> Result<HashSet<PostbackId>, DbErr> {
    let mut found = HashSet::new();
    for run in statement_runs(ids) {
        let these = Entity::find().select_only().column(Column::Id);
        let these = these.filter(Column::Id.is_in(run.iter().copied()));
        found.extend(these.into_tuple::<PostbackId>().all(txn).await?);
    }
    Ok(found)
}

/// Finds postbacks by their ids. With `lock`, another server that replays the same postbacks waits
/// until this transaction ends.
async fn find_all(
    txn: &impl ConnectionTrait,
    ids: impl Iterator<Item = PostbackId>,
    lock: bool,
) -> Result<HashMap<PostbackId, Postback>, DbErr> {
    let mut ids: Vec<PostbackId> = ids.collect();
    // Sorted, so that all servers lock the rows in the same order and can't deadlock.
    ids.sort_unstable();
    let mut found = HashMap::new();
    for run in statement_runs(&ids) {
        let mut these = Entity::find().filter(Column::Id.is_in(run.iter().copied()));
        if lock {
            these = these.order_by_asc(Column::Id).lock_exclusive();
        }
        for row in these.all(txn).await? {
            found.insert(row.id, row.into_postback()?);
        }
    }
    Ok(found)
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: PostbackId) -> Result<Option<Postback>> {
    let found = Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?;
    Ok(found.map(Model::into_postback).transpose()?)
}

/// Locks postbacks until the transaction ends, in the order in which all transactions lock them, so
/// that none can deadlock with another.
pub async fn lock(txn: &impl ConnectionTrait, mut ids: Vec<PostbackId>) -> Result<()> {
    ids.sort_unstable();
    for run in statement_runs(&ids) {
        let these = Entity::find().select_only().column(Column::Id);
        let these = these.filter(Column::Id.is_in(run.iter().copied())).order_by_asc(Column::Id);
        these.lock_exclusive().into_tuple::<Uuid>().all(txn).await?;
    }
    Ok(())
}

/// Deletes the held postbacks among these. Returns their number.
pub async fn delete_held(txn: &impl ConnectionTrait, ids: &[PostbackId]) -> Result<u64> {
    lock(txn, ids.to_vec()).await?;
    let held = Entity::delete_many()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::Verdict.eq(Verdict::Held));
    Ok(held.exec(txn).await?.rows_affected)
}

/// Adds a note to a stored postback.
pub async fn add_note(db: &Db, id: PostbackId, note: &Note) -> Result<()> {
    let txn = db.begin().await?;
    if let Some(known) = find_all(&txn, std::iter::once(id), true).await?.remove(&id) {
        let mut noted = known.clone();
        noted.notes.append(vec![note.clone()]);
        update(&txn, &noted, &known).await?;
    }
    Ok(txn.commit().await?)
}

/// Finds postbacks by their ids, in any order.
pub async fn find_these(db: &impl ConnectionTrait, ids: &[PostbackId]) -> Result<Vec<Postback>> {
    Ok(find_all(db, ids.iter().copied(), false).await?.into_values().collect())
}

/// Finds postbacks by their ids, and locks them until the transaction ends.
pub async fn lock_these(
    txn: &impl ConnectionTrait,
    ids: impl Iterator<Item = PostbackId>,
) -> Result<HashMap<PostbackId, Postback>> {
    Ok(find_all(txn, ids, true).await?)
}

/// Finds a postback of any account.
pub async fn find_any(db: &impl ConnectionTrait, id: PostbackId) -> Result<Option<Postback>> {
    Ok(Entity::find_by_id(id).one(db).await?.map(Model::into_postback).transpose()?)
}

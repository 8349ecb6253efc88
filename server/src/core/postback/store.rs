//! The table `postback`.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use s2s_sdk::v1::Note;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
    sea_query::{OnConflict, Order},
};

use super::{Postback, Proof, Reason, Verdict};
use crate::{
    core::{
        conversion::{self, Conversion},
        conversion_code::ConversionCodeId,
    },
    db::{
        Connection, Db, Grouped, Insertion, eq_unindexed, group_commit::Write, insert_new, sort_unindexed,
        statement_runs,
    },
    error::Result,
    values::click_id::{ClickId, UnverifiedClickId},
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
    const FORMER: &[Column] = &[
        Column::Method,
        Column::Target,
        Column::ContentType,
        Column::Body,
        Column::Address,
        Column::UserAgent,
        Column::Message,
        Column::Notes,
    ];
}

/// Kind of write: a new postback, or a replay of a held postback.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Insert,
    Update,
}

/// A postback to write, with the conversion that it is to become. The conversion is `None` if the
/// postback is already judged as held. The outcome of the write is the row as stored. It is `None`
/// if the postback was to be replayed, but is deleted by now.
pub struct PostbackWrite {
    pub postback: Postback,
    pub conversion: Option<Arc<Conversion>>,
    pub mode: Mode,
}

impl Write for PostbackWrite {
    type Outcome = Option<Postback>;

    fn is_one_statement(rows: &[Self], backend: DbBackend) -> bool {
        backend == DbBackend::Postgres && rows.iter().all(|row| row.mode == Mode::Insert)
    }

    async fn write(rows: &[Self], db: &Connection) -> Result<Vec<Option<Postback>>, DbErr> {
        if !db.is_in_transaction() {
            return insert_all(rows, db).await;
        }
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
        let fresh: Vec<&Self> = rows
            .iter()
            .filter(|row| row.mode == Mode::Insert || is_held(row))
            .filter(|row| ids.insert(row.postback.id))
            .collect();

        let conversions: Vec<&Conversion> =
            fresh.iter().filter_map(|row| row.conversion.as_deref()).collect();
        let mut outcomes = conversion::write_all(&conversions, db).await?.into_iter();
        let mut to_insert = Vec::with_capacity(fresh.len());
        for row in fresh {
            let mut postback = row.postback.clone();
            if row.conversion.is_some() {
                let outcome =
                    outcomes.next().ok_or_else(|| DbErr::Custom("an outcome is missing".to_owned()))?;
                postback.apply_outcome(outcome);
            }
            match (row.mode, written.get(&postback.id)) {
                (Mode::Update, Some(known)) => update(db, &postback, known).await?,
                _ => to_insert.push(postback.id),
            }
            written.insert(postback.id, postback);
        }
        let to_insert: Vec<Model> =
            to_insert.iter().filter_map(|id| written.get(id)).map(Model::from).collect();
        if !insert_new::<Entity>(db, &to_insert.iter().collect::<Vec<_>>(), &[Column::Id]).await? {
            // An edge that got no answer sends the same id again, and gets the answer to the first
            // arrival. The exception is a stored postback that is held, but counts by now: the new
            // verdict replaces the old one. Nothing counts twice, because the conversion has the
            // same key at each arrival.
            let ids: Vec<PostbackId> = to_insert.iter().map(|row| row.id).collect();
            let stored = find_all(db, ids.iter().copied(), true).await?;
            // The row with the same id was deleted since: the batch is tried again.
            if stored.len() < ids.len() {
                return Err(DbErr::Custom("the postback with the same id was deleted".to_owned()));
            }
            for (id, known) in stored {
                match written.get(&id) {
                    // The stored row with this id is another postback, or counts as another
                    // conversion, for example because the code's settings were changed since. The
                    // stored row stays, and the conversion of the new postback is deleted again.
                    Some(ours) if !ours.is_again(&known) || ours.counts_besides(&known) => {
                        // Other postbacks of the batch may count as duplicates of the new
                        // conversion. So the batch is tried again in parts.
                        if rows.len() > 1 {
                            return Err(DbErr::Custom("the id of another postback came".to_owned()));
                        }
                        if ours.verdict == Verdict::Recorded {
                            conversion::take_back(db, &ours.conversion_id).await?;
                        }
                        written.insert(id, known);
                    }
                    Some(ours) if known.verdict == Verdict::Held && ours.verdict != Verdict::Held => {
                        update(db, ours, &known).await?;
                    }
                    _ => {
                        written.insert(id, known);
                    }
                }
            }
        }
        Ok(rows.iter().map(|row| written.get(&row.postback.id).cloned()).collect())
    }

    fn owns(&self, outcome: &Option<Postback>) -> bool {
        let is_optional = self.mode == Mode::Update;
        outcome.as_ref().map_or(is_optional, |stored| stored.id == self.postback.id)
    }
}

/// Inserts postbacks and their conversions in one statement. The statement fails if any of them is
/// not new.
async fn insert_all(rows: &[PostbackWrite], db: &Connection) -> Result<Vec<Option<Postback>>, DbErr> {
    let conversions: Vec<&Conversion> = rows.iter().filter_map(|row| row.conversion.as_deref()).collect();
    let with_outcome = |row: &PostbackWrite| {
        let mut postback = row.postback.clone();
        if let Some(conversion) = &row.conversion {
            postback.apply_outcome(Ok(conversion::Counted::first(conversion)));
        }
        postback
    };
    let postbacks: Vec<Postback> = rows.iter().map(with_outcome).collect();
    let models: Vec<Model> = postbacks.iter().map(Model::from).collect();
    let mut insertion = Insertion::default();
    conversion::add_to(&mut insertion, &conversions)?;
    insertion.add::<Entity>(&models.iter().collect::<Vec<_>>(), None)?;
    insertion.execute(db).await?;
    Ok(postbacks.into_iter().map(Some).collect())
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
    let changed = ids.iter().chain(&texts).chain(Entity::FORMER);
    let changed = changed.chain(&[Column::Packed, Column::ChecksPassed]).copied();
    let replace = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    let rows = erased.iter().map(|postback| Model::from(postback).into_active_model().reset_all());
    Entity::insert_many(rows).on_conflict(replace).exec_without_returning(txn).await?;
    Ok(())
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

/// Finds the postback that was recorded as the conversion that `duplicate` repeats. `None` if the
/// conversion was reported in another way, or if the postback is deleted.
pub async fn counted(db: &impl ConnectionTrait, duplicate: &Postback) -> Result<Option<Postback>> {
    let Model { click_id, conversion_serial, .. } = duplicate.into();
    let recorded = |of_click: Condition, of_conversion| {
        let conditions = of_click.add(Column::Verdict.eq(Verdict::Recorded)).add(of_conversion);
        Entity::find().filter(conditions)
    };
    let accounts = [duplicate.account_id];
    let by_text = Column::ConversionId.eq(&duplicate.conversion_id);
    let mut found = None;
    if let Some(click) = click_id {
        let of_conversion =
            conversion_serial.map_or(by_text.clone(), |serial| Column::ConversionSerial.eq(serial));
        found = recorded(by_click_id(db, &accounts, click), of_conversion).one(db).await?;
    }
    if found.is_none() {
        found = recorded(by_click_text(&accounts, &duplicate.click_text), by_text).one(db).await?;
    }
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

/// Lists the newest held postbacks that name the click.
pub async fn held_of_click(
    db: &impl ConnectionTrait,
    account: AccountId,
    click_id: &str,
    rows: u64,
) -> Result<Vec<Postback>> {
    let mut newest = Vec::new();
    for of_click in of_click(db, &[account], click_id) {
        let held = Entity::find().filter(of_click).filter(Column::Verdict.eq(Verdict::Held));
        let sorted = held.order_by(sort_unindexed(db, Column::Id), Order::Desc);
        for row in sorted.limit(rows).all(db).await? {
            newest.push(row.into_postback()?);
        }
    }
    newest.sort_unstable_by_key(|postback| Reverse(postback.id));
    newest.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(newest)
}

/// Returns ids of postbacks of these accounts that name the click, sorted, from the first id after
/// `after`.
pub async fn ids_of_click(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
    click_id: &str,
    after: Option<PostbackId>,
    rows: u64,
) -> Result<Vec<PostbackId>> {
    let mut ids = Vec::new();
    for of_click in of_click(db, accounts, click_id) {
        let all = of_click.add_option(after.map(|after| Column::Id.gt(after)));
        let found = Entity::find().select_only().column(Column::Id).filter(all);
        let sorted = found.order_by(sort_unindexed(db, Column::Id), Order::Asc);
        ids.extend(sorted.limit(rows).into_tuple::<PostbackId>().all(db).await?);
    }
    ids.sort_unstable();
    ids.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(ids)
}

/// Counts the postbacks of an account that name the click.
pub async fn count_of_click(db: &impl ConnectionTrait, account: AccountId, click_id: &str) -> Result<u64> {
    let mut count = 0;
    for of_click in of_click(db, &[account], click_id) {
        count += Entity::find().filter(of_click).count(db).await?;
    }
    Ok(count)
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

/// Conditions for postbacks that name the click: for new rows, and for rows from older versions. No
/// row meets both. Each condition is for a query of its own, because each has its own index.
fn of_click(db: &impl ConnectionTrait, accounts: &[AccountId], click_id: &str) -> Vec<Condition> {
    let click = UnverifiedClickId::read_exactly(&click_id.to_lowercase());
    let new = click.map(|click| by_click_id(db, accounts, click.click()));
    new.into_iter().chain([by_click_text(accounts, click_id)]).collect()
}

fn by_click_id(db: &impl ConnectionTrait, accounts: &[AccountId], click: ClickId) -> Condition {
    let of_account = |account: &AccountId| eq_unindexed(db, Column::AccountId, *account);
    let of_accounts = accounts.iter().map(of_account).fold(Condition::any(), Condition::add);
    Condition::all().add(Column::ClickId.eq(click)).add(of_accounts)
}

/// Rows from older versions have the click id in the case in which it came.
fn by_click_text(accounts: &[AccountId], click_id: &str) -> Condition {
    Condition::all()
        .add(Column::AccountId.is_in(accounts.iter().copied()))
        .add(Column::ClickText.is_in([click_id.to_lowercase(), click_id.to_uppercase()]))
        // Without this condition, SQLite and PostgreSQL can't use the index, which has only these
        // rows.
        .add(Column::ClickText.ne(""))
}

/// Finds a postback of any account.
pub async fn find_any(db: &impl ConnectionTrait, id: PostbackId) -> Result<Option<Postback>> {
    Ok(Entity::find_by_id(id).one(db).await?.map(Model::into_postback).transpose()?)
}

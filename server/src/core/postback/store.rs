//! The table `postback`.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use s2s_sdk::v1::Note;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait as _,
    FromQueryResult, IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    entity::prelude::*,
    sea_query::{Func, OnConflict, Order, OverStatement as _, Query, WindowStatement},
};

use super::{Filter, LIST_KEY_BYTES, Notes, Proof, Reason, Verdict, matching::MATCH_WAIT_MAX};
use crate::{
    core::{
        conversion::{self, Conversion},
        scan::LOOK_ROWS_MAX,
    },
    db::{
        Connection, Db, Grouped, Insertion, contains_bytes, eq_indexed, group_commit::Write, insert_new,
        sort_unindexed, statement_runs,
    },
    error::Result,
    page::{Page, PageRequest},
    values::id::PostbackId,
    values::{
        id::{AccountId, first_id},
        time::{Span, Time},
    },
};

/// A span longer than the resolution of the time in ids.
const ID_TICK: Span = Span::from_seconds(1);

/// A postback: the request, cut to the limits; the verdict; and the facts that led to the verdict.
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
    /// True if target or body was longer than its limit, and is cut to it.
    pub cut: bool,
    /// The sender's address as it is stored: whole, truncated or empty.
    pub address: String,
    pub user_agent: String,
    pub received_at: Time,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: String,
    pub notes: Notes,
    pub code_text: String,
    pub click_text: String,
    pub conversion_id: String,
    /// True if the postback passed the enforced checks of its code when it came. False if the code
    /// was unknown then.
    pub authenticated: bool,
    pub replayed_at: Option<Time>,
    pub match_at: Option<Time>,
    /// The checks that the postback passed when it came, including checks that were off. `None` if
    /// it came before proofs were stored.
    pub checks_passed: Option<Proof>,
    /// True if an edge passed the postback on. False if a caller reported it with an API key of its
    /// account.
    pub from_edge: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[
        Column::ContentType,
        Column::Body,
        Column::Cut,
        Column::Reason,
        Column::Message,
        Column::Notes,
        Column::ReplayedAt,
        Column::MatchAt,
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
    pub postback: Model,
    pub conversion: Option<Arc<Conversion>>,
    pub mode: Mode,
}

impl Write for PostbackWrite {
    type Outcome = Option<Model>;

    fn is_one_statement(rows: &[Self], backend: DbBackend) -> bool {
        backend == DbBackend::Postgres && rows.iter().all(|row| row.mode == Mode::Insert)
    }

    async fn write(rows: &[Self], db: &Connection) -> Result<Vec<Option<Model>>, DbErr> {
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
            match row.mode {
                Mode::Insert => to_insert.push(postback.id),
                Mode::Update => update(db, &postback).await?,
            }
            written.insert(postback.id, postback);
        }
        let to_insert: Vec<&Model> = to_insert.iter().filter_map(|id| written.get(id)).collect();
        if !insert_new::<Entity>(db, &to_insert, &[Column::Id]).await? {
            // An edge that got no answer sends the same id again, and gets the answer to the first
            // arrival. The exception is a stored postback that is held, but counts by now: the new
            // verdict replaces the old one. Nothing counts twice, because the conversion has the
            // same key at each arrival.
            let ids: Vec<PostbackId> = to_insert.iter().map(|postback| postback.id).collect();
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
                        update(db, ours).await?;
                    }
                    _ => {
                        written.insert(id, known);
                    }
                }
            }
        }
        Ok(rows.iter().map(|row| written.get(&row.postback.id).cloned()).collect())
    }

    fn owns(&self, outcome: &Option<Model>) -> bool {
        let is_optional = self.mode == Mode::Update;
        outcome.as_ref().map_or(is_optional, |stored| stored.id == self.postback.id)
    }
}

/// Inserts postbacks and their conversions in one statement. The statement fails if any of them is
/// not new.
async fn insert_all(rows: &[PostbackWrite], db: &Connection) -> Result<Vec<Option<Model>>, DbErr> {
    let conversions: Vec<&Conversion> = rows.iter().filter_map(|row| row.conversion.as_deref()).collect();
    let with_outcome = |row: &PostbackWrite| {
        let mut postback = row.postback.clone();
        if let Some(conversion) = &row.conversion {
            postback.apply_outcome(Ok(conversion::Counted::first(conversion)));
        }
        postback
    };
    let postbacks: Vec<Model> = rows.iter().map(with_outcome).collect();
    let mut insertion = Insertion::default();
    conversion::add_to(&mut insertion, &conversions)?;
    insertion.add::<Entity>(&postbacks.iter().collect::<Vec<_>>(), None)?;
    insertion.execute(db).await?;
    Ok(postbacks.into_iter().map(Some).collect())
}

impl Model {
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

/// Writes the verdict on a postback. The columns that may hold the visitor's data are not written
/// again: an erasure may have removed the data since.
async fn update(db: &impl ConnectionTrait, postback: &Model) -> Result<(), DbErr> {
    let mut row = postback.clone().into_active_model().reset_all();
    for come in [Column::Target, Column::Body, Column::Address, Column::UserAgent] {
        row.not_set(come);
    }
    row.update(db).await?;
    Ok(())
}

/// Writes the columns that an erasure changes, in one statement. The caller has locked the stored
/// postbacks, so the statement inserts none.
pub async fn replace(txn: &impl ConnectionTrait, erased: Vec<Model>) -> Result<(), DbErr> {
    let changed = [Column::Target, Column::Body, Column::Address, Column::UserAgent, Column::Notes];
    let changed = changed.into_iter().chain([Column::Message, Column::ChecksPassed]);
    let replace = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    let rows = erased.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).on_conflict(replace).exec_without_returning(txn).await?;
    Ok(())
}

/// Finds postbacks by their ids. With `lock`, another server that replays the same postbacks waits
/// until this transaction ends.
async fn find_all(
    txn: &impl ConnectionTrait,
    ids: impl Iterator<Item = PostbackId>,
    lock: bool,
) -> Result<HashMap<PostbackId, Model>, DbErr> {
    let mut ids: Vec<PostbackId> = ids.collect();
    // Sorted, so that all servers lock the rows in the same order and can't deadlock.
    ids.sort_unstable();
    let mut found = HashMap::new();
    for run in statement_runs(&ids) {
        let mut these = Entity::find().filter(Column::Id.is_in(run.iter().copied()));
        if lock {
            these = these.order_by_asc(Column::Id).lock_exclusive();
        }
        found.extend(these.all(txn).await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: PostbackId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?)
}

/// Lists newest first. Reads one row more than the page holds, to see if another page follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Model, LIST_KEY_BYTES>> {
    let after = page.after.map(|after| PostbackId(Uuid::from_bytes(after)));
    let held = filter.verdict == Some(Verdict::Held);
    let mut walked =
        Entity::find().filter(eq_indexed(db, Column::AccountId, account)).order_by_desc(Column::AccountId);
    if held {
        // Held postbacks have an index of their own.
        walked = walked.filter(eq_indexed(db, Column::Verdict, Verdict::Held)).order_by_desc(Column::Verdict);
    }
    // The range of ids is redundant, but an index can seek it: ids begin with the time of arrival.
    let ids = Condition::all()
        .add_option(filter.start.map(|start| Column::Id.gte(PostbackId(first_id(start)))))
        .add_option(filter.end.map(|end| Column::Id.lt(PostbackId(first_id(end.plus(ID_TICK))))))
        .add_option(after.map(|after| Column::Id.lt(after)));
    let walked = walked.filter(ids).order_by_desc(Column::Id);
    let others = others(db, filter);
    let mut looked_up_to: Option<PostbackId> = None;
    if !others.is_empty() {
        let last = walked.clone().select_only().column(Column::Id).offset(LOOK_ROWS_MAX - 1).limit(1);
        looked_up_to = last.into_tuple().one(db).await?;
    }
    let times = Condition::all()
        .add_option(filter.start.map(|start| Column::ReceivedAt.gte(start)))
        .add_option(filter.end.map(|end| Column::ReceivedAt.lt(end)));
    let within = times.add(others).add_option(looked_up_to.map(|last| Column::Id.gte(last)));
    let rows = walked.filter(within).limit(page.rows_to_read()).all(db).await?;
    let looked_up_to = looked_up_to.map(|last| last.0.into_bytes());
    Ok(page.cut(rows, looked_up_to, |postback| postback.id.0.into_bytes()))
}

/// The conditions of a filter that no index serves.
fn others(db: &impl ConnectionTrait, filter: &Filter) -> Condition {
    let counted = filter.verdict.filter(|verdict| *verdict != Verdict::Held);
    let text = filter.text.as_ref().map(|text| {
        let in_target = contains_bytes(db, Column::Target, text);
        Condition::any().add(in_target).add(contains_bytes(db, Column::Body, text))
    });
    Condition::all()
        .add_option(counted.map(|verdict| Column::Verdict.eq(verdict)))
        .add_option(filter.reason.map(|reason| Column::Reason.eq(reason)))
        .add_option(filter.code_text.as_ref().map(|code| Column::CodeText.eq(code)))
        .add_option(text)
}

/// Finds the postback that was recorded as the conversion that `duplicate` repeats. `None` if the
/// conversion was reported in another way, or if the postback is deleted.
pub async fn counted(db: &impl ConnectionTrait, duplicate: &Model) -> Result<Option<Model>> {
    let of_conversion = of_click(&[duplicate.account_id], &duplicate.click_text)
        .add(Column::Verdict.eq(Verdict::Recorded))
        .add(Column::ConversionId.eq(&duplicate.conversion_id));
    Ok(Entity::find().filter(of_conversion).one(db).await?)
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
    if let Some(mut postback) = find_all(&txn, std::iter::once(id), true).await?.remove(&id) {
        postback.notes.append(vec![note.clone()]);
        let notes = Expr::value(postback.notes);
        let this = Entity::update_many().col_expr(Column::Notes, notes).filter(Column::Id.eq(id));
        this.exec(&txn).await?;
    }
    Ok(txn.commit().await?)
}

/// Lists the newest held postbacks that name the click.
pub async fn held_of_click(
    db: &impl ConnectionTrait,
    account: AccountId,
    click_id: &str,
    rows: u64,
) -> Result<Vec<Model>> {
    let held =
        Entity::find().filter(of_click(&[account], click_id)).filter(Column::Verdict.eq(Verdict::Held));
    Ok(held.order_by_desc(Column::Id).limit(rows).all(db).await?)
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
    let all = of_click(accounts, click_id).add_option(after.map(|after| Column::Id.gt(after)));
    let found = Entity::find().select_only().column(Column::Id).filter(all);
    let sorted = found.order_by(sort_unindexed(db, Column::Id), Order::Asc);
    Ok(sorted.limit(rows).into_tuple().all(db).await?)
}

/// Counts the postbacks of an account that name the click.
pub async fn count_of_click(db: &impl ConnectionTrait, account: AccountId, click_id: &str) -> Result<u64> {
    Ok(Entity::find().filter(of_click(&[account], click_id)).count(db).await?)
}

/// Finds postbacks by their ids, in any order.
pub async fn find_these(db: &impl ConnectionTrait, ids: &[PostbackId]) -> Result<Vec<Model>> {
    Ok(find_all(db, ids.iter().copied(), false).await?.into_values().collect())
}

/// Finds postbacks by their ids, and locks them until the transaction ends.
pub async fn lock_these(
    txn: &impl ConnectionTrait,
    ids: impl Iterator<Item = PostbackId>,
) -> Result<HashMap<PostbackId, Model>> {
    Ok(find_all(txn, ids, true).await?)
}

/// Condition for postbacks that name the click. Rows from older versions have the click id in the
/// case in which it came.
fn of_click(accounts: &[AccountId], click_id: &str) -> Condition {
    Condition::all()
        .add(Column::AccountId.is_in(accounts.iter().copied()))
        .add(Column::ClickText.is_in([click_id.to_lowercase(), click_id.to_uppercase()]))
}

/// A postback that is due to be matched.
#[derive(FromQueryResult)]
pub struct Due {
    pub id: PostbackId,
    pub account_id: AccountId,
    pub from_edge: bool,
    pub received_at: Time,
    pub reason: Option<Reason>,
    pub code_text: String,
    pub click_text: String,
}

/// Maximum number of postbacks among which a search chooses: the ones that have been due longest.
const DUE_MAX: u64 = 100_000;

/// Finds postbacks that are due to be matched. The accounts take turns, so that an account with
/// very many such postbacks does not delay another account's. Within an account, postbacks from
/// edges and postbacks from callers with an API key take turns: in the installation's own account,
/// postbacks from edges may belong to any account. In each turn, the postback that has been due
/// longest comes first.
pub async fn due(db: &impl ConnectionTrait, now: Time, rows: u64) -> Result<Vec<Due>> {
    // No match is due later than `latest`, except a match that was set while the clock was ahead.
    // Such a match is due now.
    let latest = now.plus(MATCH_WAIT_MAX).plus(MATCH_WAIT_MAX);
    let due = Condition::any().add(Column::MatchAt.lte(now)).add(Column::MatchAt.gt(latest));
    let columns = [Column::Id, Column::AccountId, Column::FromEdge, Column::ReceivedAt, Column::Reason];
    let columns = columns.into_iter().chain([Column::CodeText, Column::ClickText]);
    // Without this limit, SQLite reads the whole table, ordered by account.
    let due = Query::select()
        .columns(columns.clone())
        .column(Column::MatchAt)
        .from(Entity)
        .cond_where(due)
        .order_by(Column::MatchAt, Order::Asc)
        .limit(DUE_MAX)
        .take();
    let mut turn = WindowStatement::partition_by(Column::AccountId);
    let turn = turn.partition_by(Column::FromEdge).order_by(Column::MatchAt, Order::Asc).take();
    let numbered = Query::select()
        .columns(columns.clone())
        .expr_window_as(Func::cust("row_number"), turn, "turn")
        .from_subquery(due, "due")
        .take();
    let mut first = Query::select();
    first.columns(columns).from_subquery(numbered, "numbered").order_by("turn", Order::Asc).limit(rows);
    Ok(Due::find_by_statement(db.get_database_backend().build(&first)).all(db).await?)
}

/// Finds a postback of any account.
pub async fn find_any(db: &impl ConnectionTrait, id: PostbackId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Sets the time of the next match of the postbacks that are still held: some may have been
/// replayed meanwhile.
pub async fn postpone(db: &impl ConnectionTrait, ids: Vec<PostbackId>, match_at: Option<Time>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::MatchAt, Expr::value(match_at))
        .filter(Column::Id.is_in(ids))
        .filter(Column::Verdict.eq(Verdict::Held))
        .exec(db)
        .await?;
    Ok(())
}

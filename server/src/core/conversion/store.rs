//! The table `conversion`.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use super::{ConversionId, CustomParams, DedupeKey, Filter, LIST_KEY_BYTES, TimeKind, order_key};
use crate::{
    core::{
        conversion_code::{ConversionCodeId, TransactionScope},
        ledger::{self, Line},
        partner::StoredShare,
        scan::LOOK_ROWS_MAX,
        tracking_link::TrackingLinkId,
    },
    db::{Connection, Grouped, Insertion, Range, eq_indexed, eq_unindexed, find_by_keys, insert_new},
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        click_id::{ClickId, KeyId},
        conversion_status::ConversionStatus,
        id::{AccountId, PartnerId},
        money::{Amount, Currency, Percent},
        time::Time,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub click_id: ClickId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_id: ConversionCodeId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dedupe_key: DedupeKey,
    /// Random, 63 bits; a part of the conversion's id. Shows whether the stored row with this key
    /// is this row or an earlier one.
    pub serial: i64,
    #[sea_orm(column_name = "click_key")]
    pub key_id: KeyId,
    pub account_id: AccountId,
    pub link_id: TrackingLinkId,
    /// The partner of the link at the recording, and its share; `None` without a partner.
    pub partner_id: Option<PartnerId>,
    pub partner_share: Option<StoredShare>,
    pub currency: Currency,
    pub value: Amount,
    pub commission: Amount,
    pub commission_percent: Option<Percent>,
    pub status: ConversionStatus,
    pub status_word: String,
    pub custom_params: CustomParams,
    pub converted_at: Time,
    pub created_at: Time,
    /// The number of adjustments, and the standing after the last of them; `None` without any.
    pub adjustments: Option<i16>,
    pub current_status: Option<ConversionStatus>,
    pub current_value: Option<Amount>,
    pub current_commission: Option<Amount>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[
        Column::PartnerId,
        Column::PartnerShare,
        Column::CommissionPercent,
        Column::StatusWord,
        Column::CustomParams,
    ];
    const LEFT_EMPTY: &[Column] =
        &[Column::Adjustments, Column::CurrentStatus, Column::CurrentValue, Column::CurrentCommission];

    fn text_bytes(row: &Model) -> usize {
        row.custom_params.pairs().iter().map(|(name, value)| name.len() + value.len()).sum()
    }
}

type Key = (ClickId, ConversionCodeId, DedupeKey);

fn key(row: &Model) -> Key {
    (row.click_id, row.code_id, row.dedupe_key.clone())
}

/// A new conversion, with the conversions among which its order id counts once.
#[derive(Clone, Copy)]
pub struct New<'a> {
    pub row: &'a Model,
    pub scope: TransactionScope,
    /// Locks the earlier conversion with the same key until the transaction ends.
    pub locks: bool,
}

/// Inserts the conversions that are new. Returns, for each of them, the earlier conversion of which it
/// is a duplicate, if there is one: it has the same key, or, if its order counts once for the code, the
/// same order and another click.
pub async fn insert(rows: &[New<'_>], db: &Connection) -> Result<Vec<Option<Model>>, DbErr> {
    let mut earlier = order_key::claim(db, rows).await?;
    let free = rows.iter().zip(&earlier).filter(|(_, other)| other.is_none());
    let free: Vec<&Model> = free.map(|(new, _)| new.row).collect();
    let same = insert_rows(&free, db, rows.iter().any(|new| new.locks)).await?;
    let new = free.iter().zip(&same).filter(|(_, earlier)| earlier.is_none());
    let lines: Vec<Line> = new.filter_map(|(row, _)| row.line()).collect();
    ledger::insert(db, &lines).await?;
    let mut same = same.into_iter();
    for slot in earlier.iter_mut().filter(|other| other.is_none()) {
        *slot = same.next().flatten();
    }
    Ok(earlier)
}

/// Inserts the rows whose keys are new. Returns, for each row, the earlier row with the same key,
/// if there is one, and locks the earlier rows if `locks`.
async fn insert_rows(rows: &[&Model], db: &Connection, locks: bool) -> Result<Vec<Option<Model>>, DbErr> {
    let key = [Column::ClickId, Column::CodeId, Column::DedupeKey];
    if insert_new::<Entity>(db, rows, &key).await? {
        return Ok(vec![None; rows.len()]);
    }
    let found = find_keys(db, rows, locks).await?;
    let earlier = |row: &&Model| {
        let found =
            found.get(&self::key(row)).ok_or_else(|| DbErr::RecordNotFound("conversion".to_owned()))?;
        Ok((found.serial != row.serial).then(|| found.clone()))
    };
    rows.iter().map(earlier).collect()
}

/// Adds rows, and their lines of the ledger, to an insertion. A key that exists already is an error.
pub fn add_to(insertion: &mut Insertion, rows: &[&Model]) -> Result<(), DbErr> {
    insertion.add::<Entity>(rows)?;
    let lines: Vec<Line> = rows.iter().filter_map(|row| row.line()).collect();
    ledger::add_to(insertion, &lines)
}

async fn find_keys(
    db: &impl ConnectionTrait,
    rows: &[&Model],
    lock: bool,
) -> Result<HashMap<Key, Model>, DbErr> {
    let columns = [Column::ClickId, Column::CodeId, Column::DedupeKey];
    let mut rows = rows.to_vec();
    rows.sort_unstable_by_key(|row| (row.click_id, row.code_id, &row.dedupe_key));
    let values: Vec<_> = rows.iter().map(|row| columns.map(|column| row.get(column))).collect();
    let found = find_by_keys::<Entity, 3>(db, columns, &values, lock.then_some(&columns)).await?;
    Ok(found.into_iter().map(|row| (key(&row), row)).collect())
}

fn same_key(row: &Model) -> Condition {
    Condition::all()
        .add(Column::ClickId.eq(row.click_id))
        .add(Column::CodeId.eq(row.code_id))
        .add(Column::DedupeKey.eq(row.dedupe_key.clone()))
}

/// Finds the row with the same key.
pub async fn find_same(db: &impl ConnectionTrait, row: &Model) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(same_key(row)).one(db).await
}

/// The click of the earliest row with the code and the key of `row`, which is that of an order.
pub async fn first_click(db: &impl ConnectionTrait, row: &Model) -> Result<Option<ClickId>, DbErr> {
    let same = Entity::find()
        .filter(of_transaction(db, row.dedupe_key.clone()))
        .filter(Column::CodeId.eq(row.code_id));
    let first = same.order_by_asc(Column::CreatedAt).select_only().column(Column::ClickId);
    first.limit(1).into_tuple().one(db).await
}

/// Returns those of the clicks that have rows.
pub async fn converted(
    db: &impl ConnectionTrait,
    clicks: HashSet<ClickId>,
) -> Result<HashSet<ClickId>, DbErr> {
    if clicks.is_empty() {
        return Ok(clicks);
    }
    let found = Entity::find().select_only().column(Column::ClickId).filter(Column::ClickId.is_in(clicks));
    Ok(found.distinct().into_tuple().all(db).await?.into_iter().collect())
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: ConversionId) -> Result<Option<Model>> {
    let all = Condition::all()
        .add(Column::ClickId.eq(id.click))
        .add(Column::Serial.eq(id.serial))
        .add(Column::AccountId.eq(account));
    Ok(Entity::find().filter(all).one(db).await?)
}

/// Finds conversions by their ids.
pub async fn find_these(
    db: &impl ConnectionTrait,
    ids: &[ConversionId],
) -> Result<HashMap<ConversionId, Model>> {
    let values: Vec<[Value; 2]> = ids.iter().map(|id| [id.click.into(), id.serial.into()]).collect();
    let rows = find_by_keys::<Entity, 2>(db, [Column::ClickId, Column::Serial], &values, None).await?;
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}

/// Reads conversions in the order of their keys, from the one after `after`, at most `limit`.
pub async fn in_order(
    db: &impl ConnectionTrait,
    after: Option<&Model>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut rows = Entity::find();
    if let Some(Model { click_id, code_id, dedupe_key, .. }) = after {
        let same_code = Condition::all().add(Column::CodeId.eq(*code_id));
        let later_code = Condition::any()
            .add(Column::CodeId.gt(*code_id))
            .add(same_code.add(Column::DedupeKey.gt(dedupe_key.clone())));
        let same_click = Condition::all().add(Column::ClickId.eq(*click_id)).add(later_code);
        // The alternatives imply the range, but only a range is a condition that an index can seek.
        rows = rows.filter(Column::ClickId.gte(*click_id));
        rows = rows.filter(Condition::any().add(Column::ClickId.gt(*click_id)).add(same_click));
    }
    let rows =
        rows.order_by_asc(Column::ClickId).order_by_asc(Column::CodeId).order_by_asc(Column::DedupeKey);
    rows.limit(limit).all(db).await
}

/// Deletes a conversion that this transaction has written.
pub async fn take_back(txn: &impl ConnectionTrait, id: ConversionId) -> Result<(), DbErr> {
    let this = Condition::all().add(Column::ClickId.eq(id.click)).add(Column::Serial.eq(id.serial));
    if let Some(row) = Entity::find().filter(this.clone()).one(txn).await? {
        order_key::let_go(txn, &row).await?;
        ledger::take_back(txn, (id.click, id.serial)).await?;
    }
    Entity::delete_many().filter(this).exec(txn).await?;
    Ok(())
}

/// Counts the conversions of a click.
pub async fn count(db: &impl ConnectionTrait, account: AccountId, click: ClickId) -> Result<u64> {
    Ok(of_click(account, click).count(db).await?)
}

pub fn of_click(account: AccountId, click: ClickId) -> Select<Entity> {
    Entity::find().filter(Column::ClickId.eq(click)).filter(Column::AccountId.eq(account))
}

/// Lists conversions, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Model, LIST_KEY_BYTES>> {
    let after = page.after.map(read_list_key).transpose()?;
    let (range, others) = conditions(filter);
    if let Some(sought) = sought(db, filter).await? {
        let others = others.add_option(filter.status.map(has_status));
        let rows = of_account_among(db, account, sought.add(rest(range, after)).add(others));
        let rows = rows.limit(page.rows_to_read()).all(db).await?;
        return Ok(page.cut(rows, None, list_key));
    }
    let walked = |range| walked_rows(db, account, filter.status, rest(range, after));
    let status = filter.status.filter(|status| indexed_status(db, *status).is_none());
    let others = others.add_option(status.map(has_status));
    let mut looked_up_to: Option<ListKey> = None;
    if !others.is_empty() {
        let key = [Column::CreatedAt, Column::ClickId, Column::Serial];
        let last = walked(range).select_only().columns(key).offset(LOOK_ROWS_MAX - 1).limit(1);
        looked_up_to = last.into_tuple().one(db).await?;
    }
    let within = Condition::all().add(others).add_option(looked_up_to.map(is_not_older));
    let range = range.from(looked_up_to.map(|last| last.0));
    let rows = walked(range).filter(within).limit(page.rows_to_read()).all(db).await?;
    Ok(page.cut(rows, looked_up_to.map(list_key_bytes), list_key))
}

/// The rows of an account behind one of them, oldest first, recorded in a period.
pub fn walked_up(
    db: &impl ConnectionTrait,
    account: AccountId,
    (from, below): (Time, Option<Time>),
    after: Option<ListKey>,
) -> Select<Entity> {
    let range = Range::of(Column::CreatedAt).from(Some(from)).from(after.map(|after| after.0)).below(below);
    let newer = |key| beyond(key, |column, value| column.gt(value), Column::Serial.gt(key.2));
    let walked = Entity::find().filter(eq_indexed(db, Column::AccountId, account));
    let walked = walked.filter(range.condition()).filter(Condition::all().add_option(after.map(newer)));
    let walked = walked.order_by_asc(Column::AccountId).order_by_asc(Column::CreatedAt);
    walked.order_by_asc(Column::ClickId).order_by_asc(Column::Serial)
}

/// The rows of an account that an index finds in the order of the list, newest first: all of them or,
/// if the index by status has the status, those with this status.
pub fn walked_rows(
    db: &impl ConnectionTrait,
    account: AccountId,
    status: Option<ConversionStatus>,
    walked: Condition,
) -> Select<Entity> {
    let of_account = Entity::find().filter(eq_indexed(db, Column::AccountId, account));
    match status.and_then(|status| indexed_status(db, status)) {
        Some(status) => newest_first(of_account.filter(status).filter(walked)),
        None => newest_first(of_account.filter(walked).order_by_desc(Column::AccountId)),
    }
}

/// Returns a condition on the click or the transaction id of a filter, by which an index finds the
/// rows, however many conversions the account has. `None` if the filter has neither, or if more
/// than `LOOK_ROWS_MAX` conversions have the transaction id. (A sender may send the same one with
/// every sale.)
async fn sought(db: &impl ConnectionTrait, filter: &Filter) -> Result<Option<Condition>> {
    if let Some(click) = filter.click {
        return Ok(Some(Condition::all().add(Column::ClickId.eq(click))));
    }
    let Some(key) = filter.transaction.clone() else { return Ok(None) };
    let sought = of_transaction(db, key);
    let keys = Entity::find().select_only().column(Column::DedupeKey).filter(sought.clone());
    let too_many: Option<DedupeKey> = keys.offset(LOOK_ROWS_MAX).limit(1).into_tuple().one(db).await?;
    Ok(too_many.is_none().then_some(sought))
}

/// Builds the condition that a conversion has the key of a transaction id, in a form that uses the
/// index of these keys.
pub fn of_transaction(db: &impl ConnectionTrait, key: DedupeKey) -> Condition {
    indexed(db).add(Column::DedupeKey.eq(key))
}

/// Builds the condition that a conversion has the key of one of these transaction ids.
pub fn of_transactions(db: &impl ConnectionTrait, keys: impl Iterator<Item = DedupeKey>) -> Condition {
    indexed(db).add(Column::DedupeKey.is_in(keys))
}

/// The condition of the index of transaction ids. The index contains only their keys, so the databases
/// use it only if the condition of the index (`m0020_order_index`) is repeated. MariaDB's index
/// contains all keys.
fn indexed(db: &impl ConnectionTrait) -> Condition {
    let indexed = match db.get_database_backend() {
        DbBackend::Postgres => Some(Expr::cust("dedupe_key >= 't' AND dedupe_key < 'u'")),
        DbBackend::MySql => None,
        _ => Some(Expr::cust("dedupe_key >= x'74' AND dedupe_key < x'75'")),
    };
    Condition::all().add_option(indexed)
}

/// The rows of an account that meet a condition, newest first. An index is to find them by the
/// condition, and not by the account.
fn of_account_among(db: &impl ConnectionTrait, account: AccountId, condition: Condition) -> Select<Entity> {
    newest_first(Entity::find().filter(condition).filter(eq_unindexed(db, Column::AccountId, account)))
}

fn newest_first(query: Select<Entity>) -> Select<Entity> {
    let by_time = query.order_by_desc(Column::CreatedAt);
    by_time.order_by_desc(Column::ClickId).order_by_desc(Column::Serial)
}

/// The present status, as the index by status has it (`m0025_adjustments`).
pub const PRESENT_STATUS: &str = "COALESCE(current_status, status)";

fn has_status(status: ConversionStatus) -> Expr {
    Expr::cust(format!("{PRESENT_STATUS} = {}", status.to_value()))
}

/// Builds the condition of a present status, in a form that uses the index by status. `None` if that
/// index does not have it: it leaves out approved conversions, and MariaDB has no such index.
fn indexed_status(db: &impl ConnectionTrait, status: ConversionStatus) -> Option<Condition> {
    let left_out = ConversionStatus::Approved;
    if status == left_out || db.get_database_backend() == DbBackend::MySql {
        return None;
    }
    let of_index = Expr::cust(format!("{PRESENT_STATUS} <> {}", left_out.to_value()));
    Some(Condition::all().add(has_status(status)).add(of_index))
}

/// Returns the conditions of a filter, apart from its click and its present status, in two parts: the
/// range that the index of the list can seek, and the other conditions.
fn conditions(filter: &Filter) -> (Range<Column, Time>, Condition) {
    let others = Condition::all()
        .add_option(filter.code.map(|code| Column::CodeId.eq(code)))
        .add_option(filter.link.map(|link| Column::LinkId.eq(link)))
        .add_option(filter.partner.map(|partner| Column::PartnerId.eq(partner)))
        .add_option(filter.transaction.clone().map(|key| Column::DedupeKey.eq(key)))
        .add_option(filter.recorded_status.map(|status| Column::Status.eq(status)));
    let (all, Filter { start, end, .. }) = (Range::of(Column::CreatedAt), filter);
    if filter.time == TimeKind::Created {
        return (all.from(*start).below(*end), others);
    }
    let others = others
        .add_option(start.map(|start| compare(filter.time, start, |column, value| column.gte(value))))
        .add_option(end.map(|end| compare(filter.time, end, |column, value| column.lt(value))));
    (all, others)
}

/// Compares a time of a conversion with `time`.
fn compare(kind: TimeKind, time: Time, by: fn(Column, Value) -> Expr) -> Expr {
    match kind {
        TimeKind::Created => by(Column::CreatedAt, time.into()),
        TimeKind::Converted => by(Column::ConvertedAt, time.into()),
        // A click id begins with the time of its click.
        TimeKind::Clicked => by(Column::ClickId, ClickId(ClickId::first(time)).into()),
    }
}

/// The columns that the list is sorted by.
pub type ListKey = (Time, ClickId, i64);

/// Builds the condition that a row of a range comes after this key in the list.
pub fn rest(range: Range<Column, Time>, after: Option<ListKey>) -> Condition {
    range.up_to(after.map(|after| after.0)).condition().add_option(after.map(is_older))
}

/// Builds the condition that a row of the range up to this key comes after it in the list.
fn is_older(key: ListKey) -> Condition {
    beyond(key, |column, value| column.lt(value), Column::Serial.lt(key.2))
}

/// Builds the condition that a row of the range from this key comes before it in the list, or has this key.
fn is_not_older(key: ListKey) -> Condition {
    beyond(key, |column, value| column.gt(value), Column::Serial.gte(key.2))
}

/// Compares the columns of a key one after the other. No index can seek these alternatives, so a range
/// goes with them.
fn beyond((time, click, _): ListKey, by: fn(Column, Value) -> Expr, last: Expr) -> Condition {
    let same_time = Condition::all().add(Column::CreatedAt.eq(time));
    let same_click = same_time.clone().add(Column::ClickId.eq(click)).add(last);
    Condition::any()
        .add(by(Column::CreatedAt, time.into()))
        .add(same_time.add(by(Column::ClickId, click.into())))
        .add(same_click)
}

/// The key that the list is sorted by.
fn list_key(row: &Model) -> [u8; LIST_KEY_BYTES] {
    list_key_bytes((row.created_at, row.click_id, row.serial))
}

pub fn list_key_bytes((time, click, serial): ListKey) -> [u8; LIST_KEY_BYTES] {
    let mut key = [0; LIST_KEY_BYTES];
    let bytes = time.micros().to_be_bytes().into_iter();
    let bytes = bytes.chain(click.0.into_bytes()).chain(serial.to_be_bytes());
    key.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
    key
}

pub fn read_list_key(key: [u8; LIST_KEY_BYTES]) -> Result<ListKey> {
    let wrong = || Error::internal("page key");
    let (time, rest) = key.split_first_chunk::<8>().ok_or_else(wrong)?;
    let (click, serial) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
    let serial = i64::from_be_bytes(serial.try_into().map_err(|_| wrong())?);
    Ok((Time::from_micros(i64::from_be_bytes(*time)), ClickId(Uuid::from_bytes(*click)), serial))
}

#[cfg(test)]
mod tests;

//! The table `partner_line`.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
    sea_query::{Expr, SimpleExpr},
};

use super::{Key, LIST_KEY_BYTES, NUMBER_OF_ENTRY};
use crate::{
    db::{Connection, Grouped, Insertion, Range, sum},
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        click_id::ClickId,
        id::{AccountId, PartnerId, PayoutId},
        money::{AmountChange, Currency},
        time::Time,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partner_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub click_id: ClickId,
    /// Together with the click id, the id of the conversion.
    #[sea_orm(primary_key, auto_increment = false)]
    pub serial: i64,
    /// The number of the adjustment; 0 for the conversion itself.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i16,
    pub account_id: AccountId,
    pub partner_id: PartnerId,
    pub currency: Currency,
    pub pending_delta: AmountChange,
    pub approved_delta: AmountChange,
    /// The time of the sale, or of the change.
    pub effective_at: Time,
    pub created_at: Time,
    /// The time of the sale, from which the partner's `hold_days` count; for an entry by hand, its own
    /// time. `None` if the line changes nothing that is approved.
    pub due_at: Option<Time>,
    /// The payout that has claimed the line.
    pub payout_id: Option<PayoutId>,
    /// `created_at` if the conversion was recorded as pending, and nobody has looked since whether it is
    /// to be approved by itself.
    pub waiting_since: Option<Time>,
}

pub use Model as Line;

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[Column::WaitingSince, Column::PayoutId];
}

/// Adds lines to an insertion. A known line is an error.
pub fn add_to(insertion: &mut Insertion, lines: &[Line]) -> Result<(), DbErr> {
    if lines.is_empty() {
        return Ok(());
    }
    insertion.add::<Entity>(&lines.iter().collect::<Vec<_>>())
}

/// Inserts lines. A known line is an error.
pub async fn insert(txn: &Connection, lines: &[Line]) -> Result<(), DbErr> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut insertion = Insertion::new(txn.get_database_backend());
    add_to(&mut insertion, lines)?;
    insertion.execute(txn).await?;
    Ok(())
}

fn of((click, serial): Key) -> Condition {
    Condition::all().add(Column::ClickId.eq(click)).add(Column::Serial.eq(serial))
}

/// Deletes the lines of a conversion that this transaction has written.
pub async fn take_back(txn: &impl ConnectionTrait, key: Key) -> Result<(), DbErr> {
    Entity::delete_many().filter(of(key)).exec(txn).await?;
    Ok(())
}

/// Finds conversions of a partner that were recorded as pending, up to this time, the oldest first, at
/// most `limit`.
pub async fn waiting(
    db: &impl ConnectionTrait,
    partner: PartnerId,
    until: Time,
    limit: u64,
) -> Result<Vec<Key>, DbErr> {
    let waiting =
        Entity::find().filter(Column::PartnerId.eq(partner)).filter(Column::WaitingSince.lte(until));
    let keys = waiting.order_by_asc(Column::WaitingSince).select_only();
    keys.columns([Column::ClickId, Column::Serial]).limit(limit).into_tuple().all(db).await
}

/// Reads lines in the order of their keys, from the one after `after`, at most `limit`.
pub async fn in_order(
    db: &impl ConnectionTrait,
    after: Option<(ClickId, i64, i16)>,
    limit: u64,
) -> Result<Vec<Line>, DbErr> {
    let mut lines = Entity::find();
    if let Some((click, serial, number)) = after {
        let later_number = of((click, serial)).add(Column::Number.gt(number));
        let later_serial = Condition::all().add(Column::ClickId.eq(click)).add(Column::Serial.gt(serial));
        let alternatives =
            Condition::any().add(Column::ClickId.gt(click)).add(later_serial).add(later_number);
        // The alternatives imply the range, but only a range is a condition that an index can seek.
        lines = lines.filter(Column::ClickId.gte(click)).filter(alternatives);
    }
    let lines = lines.order_by_asc(Column::ClickId).order_by_asc(Column::Serial);
    lines.order_by_asc(Column::Number).limit(limit).all(db).await
}

/// Reads the lines of the clicks from `first` to `last`, both inclusive.
pub async fn of_clicks(db: &impl ConnectionTrait, first: ClickId, last: ClickId) -> Result<Vec<Line>, DbErr> {
    let lines = Entity::find().filter(Column::ClickId.gte(first)).filter(Column::ClickId.lte(last));
    lines.all(db).await
}

/// A conversion in a list: the time of its recording, and its key.
type Listed = (Time, ClickId, i64);

/// Lists the conversions of a partner, newest first, by the times of their recording.
pub async fn conversions(
    db: &impl ConnectionTrait,
    account: AccountId,
    partner: PartnerId,
    [start, end]: [Option<Time>; 2],
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Listed, LIST_KEY_BYTES>> {
    let after = page.after.map(read_list_key).transpose()?;
    let times = Range::of(Column::CreatedAt).from(start).below(end).up_to(after.map(|after| after.0));
    let rows = Entity::find()
        .filter(Column::PartnerId.eq(partner))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Number.eq(0_i16))
        .filter(times.condition().add_option(after.map(is_older)))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::ClickId)
        .order_by_desc(Column::Serial);
    let columns = [Column::CreatedAt, Column::ClickId, Column::Serial];
    let rows = rows.select_only().columns(columns).limit(page.rows_to_read()).into_tuple();
    Ok(page.cut(rows.all(db).await?, None, list_key))
}

/// Builds the condition that a row of the range up to this one comes after it in the list.
fn is_older((time, click, serial): Listed) -> Condition {
    let same_time = Condition::all().add(Column::CreatedAt.eq(time));
    let same_click = same_time.clone().add(Column::ClickId.eq(click));
    Condition::any()
        .add(Column::CreatedAt.lt(time))
        .add(same_time.add(Column::ClickId.lt(click)))
        .add(same_click.add(Column::Serial.lt(serial)))
}

fn list_key((time, click, serial): &Listed) -> [u8; LIST_KEY_BYTES] {
    let mut key = [0; LIST_KEY_BYTES];
    let bytes = time.micros().to_be_bytes().into_iter().chain(click.0.into_bytes());
    key.iter_mut().zip(bytes.chain(serial.to_be_bytes())).for_each(|(slot, byte)| *slot = byte);
    key
}

fn read_list_key(key: [u8; LIST_KEY_BYTES]) -> Result<Listed> {
    let wrong = || Error::internal("page key");
    let (time, rest) = key.split_first_chunk::<8>().ok_or_else(wrong)?;
    let (click, serial) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
    let serial = i64::from_be_bytes(serial.try_into().map_err(|_| wrong())?);
    Ok((Time::from_micros(i64::from_be_bytes(*time)), ClickId(Uuid::from_bytes(*click)), serial))
}

/// The lines that a payout claims: those of a currency that are in no payout and were due before
/// `until`. Entries by hand are not held back: they were due before `cutoff`. What is recorded after
/// `cutoff` adds nothing, even if it was due before, such as a sale that waited in a spool. So the total
/// that somebody has seen is still the total a moment later, unless something was taken back.
#[derive(Clone, Copy)]
pub struct Due {
    pub partner: PartnerId,
    pub currency: Currency,
    pub cutoff: Time,
    pub until: Time,
}

impl Due {
    fn condition(self) -> Condition {
        let of_entry = Condition::all().add(Column::Number.eq(NUMBER_OF_ENTRY));
        let of_entry = of_entry.add(Column::DueAt.lt(self.cutoff));
        // The alternatives imply the range, but only a range is a condition that an index can seek.
        Condition::all()
            .add(Column::PartnerId.eq(self.partner))
            .add(Column::PayoutId.is_null())
            .add(Column::DueAt.lt(self.cutoff))
            .add(Column::Currency.eq(self.currency))
            .add(Condition::any().add(Column::DueAt.lt(self.until)).add(of_entry))
            .add(Condition::any().add(Column::CreatedAt.lt(self.cutoff)).add(Column::ApprovedDelta.lt(0_i64)))
    }
}

/// The number of lines, and the sum of what they change that is approved, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub lines: i64,
    pub micros: i128,
}

impl Sum {
    fn of((lines, thousands, rest): (i64, i64, i64)) -> Self {
        Self {
            lines,
            micros: i128::from(thousands).saturating_mul(1_000_000_000).saturating_add(rest.into()),
        }
    }
}

/// Sums up the lines that a payout would claim.
pub async fn due(db: &impl ConnectionTrait, due: &Due) -> Result<Sum, DbErr> {
    sum_up(db, due.condition()).await
}

/// Gives the lines to a payout.
pub async fn claim(txn: &impl ConnectionTrait, due: &Due, payout: PayoutId) -> Result<(), DbErr> {
    let claim = Entity::update_many().col_expr(Column::PayoutId, Expr::value(payout));
    claim.filter(due.condition()).exec(txn).await?;
    Ok(())
}

/// Sums up the lines of a payout.
pub async fn claimed(db: &impl ConnectionTrait, partner: PartnerId, payout: PayoutId) -> Result<Sum, DbErr> {
    sum_up(db, in_payout(partner, payout)).await
}

/// Takes the lines from a payout: they are due again.
pub async fn let_go(txn: &impl ConnectionTrait, partner: PartnerId, payout: PayoutId) -> Result<(), DbErr> {
    let free = Entity::update_many().col_expr(Column::PayoutId, Expr::value(None::<PayoutId>));
    free.filter(in_payout(partner, payout)).exec(txn).await?;
    Ok(())
}

fn in_payout(partner: PartnerId, payout: PayoutId) -> Condition {
    Condition::all().add(Column::PartnerId.eq(partner)).add(Column::PayoutId.eq(payout))
}

async fn sum_up(db: &impl ConnectionTrait, lines: Condition) -> Result<Sum, DbErr> {
    let query = Entity::find().filter(lines).select_only().exprs(sums(db));
    Ok(query.into_tuple().one(db).await?.map(Sum::of).unwrap_or_default())
}

/// The number of lines; the sum of the thousands of units of what they change that is approved, and the
/// sum of the rest, in millionths. These sums have room for any number of lines.
fn sums(db: &impl ConnectionTrait) -> [SimpleExpr; 3] {
    let parts = match db.get_database_backend() {
        DbBackend::MySql => ["approved_delta DIV 1000000000", "approved_delta % 1000000000"],
        _ => ["approved_delta / 1000000000", "approved_delta % 1000000000"],
    };
    let [thousands, rest] = parts.map(|part| sum(db, Expr::cust(part)));
    [Column::ClickId.count(), thousands, rest]
}

/// Sums up the lines of each payout.
pub async fn of_payouts(db: &impl ConnectionTrait) -> Result<HashMap<PayoutId, Sum>, DbErr> {
    let query = Entity::find().filter(Column::PayoutId.is_not_null()).select_only();
    let query = query.column(Column::PayoutId).exprs(sums(db)).group_by(Column::PayoutId);
    let rows: Vec<(PayoutId, i64, i64, i64)> = query.into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(id, lines, thousands, rest)| (id, Sum::of((lines, thousands, rest)))).collect())
}

/// Reads the lines of all entries by hand.
pub async fn of_entries(db: &impl ConnectionTrait) -> Result<Vec<Line>, DbErr> {
    Entity::find().filter(Column::Number.eq(NUMBER_OF_ENTRY)).all(db).await
}

/// The lines of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    /// Those of a payout.
    Payout(PayoutId),
    /// Those that change what is approved and are in no payout.
    Unpaid,
}

/// Length of the sort key of a list of lines, in bytes: a time, and the key of the line.
pub const LINES_KEY_BYTES: usize = LIST_KEY_BYTES + 2;

/// Lists the lines of a partner, newest first: all by the time of their recording, others by the time
/// from which they are due.
pub async fn lines(
    db: &impl ConnectionTrait,
    account: AccountId,
    partner: PartnerId,
    which: Which,
    page: &PageRequest<LINES_KEY_BYTES>,
) -> Result<Page<Line, LINES_KEY_BYTES>> {
    let time = if which == Which::All { Column::CreatedAt } else { Column::DueAt };
    let these = match which {
        Which::All => Condition::all(),
        Which::Payout(payout) => Condition::all().add(Column::PayoutId.eq(payout)),
        Which::Unpaid => Condition::all().add(Column::PayoutId.is_null()).add(Column::DueAt.is_not_null()),
    };
    let after = page.after.map(read_lines_key).transpose()?;
    let rows = Entity::find()
        .filter(Column::PartnerId.eq(partner))
        .filter(Column::AccountId.eq(account))
        .filter(these.add_option(after.map(|after| is_older_line(time, after))))
        .order_by_desc(time)
        .order_by_desc(Column::ClickId)
        .order_by_desc(Column::Serial)
        .order_by_desc(Column::Number);
    let rows = rows.limit(page.rows_to_read()).all(db).await?;
    let key = |line: &Line| {
        let at = if which == Which::All { None } else { line.due_at };
        let listed = list_key(&(at.unwrap_or(line.created_at), line.click_id, line.serial));
        let mut key = [0; LINES_KEY_BYTES];
        let bytes = listed.into_iter().chain(line.number.to_be_bytes());
        key.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        key
    };
    Ok(page.cut(rows, None, key))
}

fn read_lines_key(key: [u8; LINES_KEY_BYTES]) -> Result<(Listed, i16)> {
    let wrong = || Error::internal("page key");
    let (listed, number) = key.split_first_chunk().ok_or_else(wrong)?;
    Ok((read_list_key(*listed)?, i16::from_be_bytes(number.try_into().map_err(|_| wrong())?)))
}

/// Builds the condition that a line comes after this one in a list by `time`.
fn is_older_line(time: Column, ((at, click, serial), number): (Listed, i16)) -> Condition {
    let same_time = Condition::all().add(time.eq(at));
    let same_click = same_time.clone().add(Column::ClickId.eq(click));
    let same_serial = same_click.clone().add(Column::Serial.eq(serial));
    let alternatives = Condition::any()
        .add(time.lt(at))
        .add(same_time.add(Column::ClickId.lt(click)))
        .add(same_click.add(Column::Serial.lt(serial)))
        .add(same_serial.add(Column::Number.lt(number)));
    Condition::all().add(time.lte(at)).add(alternatives)
}

/// Notes that these conversions wait no longer.
pub async fn settle(txn: &impl ConnectionTrait, keys: &[Key]) -> Result<(), DbErr> {
    let these = keys.iter().fold(Condition::any(), |any, key| any.add(of(*key)));
    Entity::update_many()
        .col_expr(Column::WaitingSince, Expr::value(None::<i64>))
        .filter(these)
        .filter(Column::Number.eq(0_i16))
        .exec(txn)
        .await?;
    Ok(())
}

//! The table `partner_line`.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, entity::prelude::*, sea_query::Expr,
};

use super::{Key, LIST_KEY_BYTES};
use crate::{
    db::{Connection, Grouped, Insertion},
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        click_id::ClickId,
        id::{AccountId, PartnerId},
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
    /// `created_at` if the conversion was recorded as pending, and nobody has looked since whether it is
    /// to be approved by itself.
    pub waiting_since: Option<Time>,
}

pub use Model as Line;

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[Column::WaitingSince];
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
    let times = Condition::all()
        .add_option(start.map(|start| Column::CreatedAt.gte(start)))
        .add_option(end.map(|end| Column::CreatedAt.lt(end)))
        .add_option(page.after.map(read_list_key).transpose()?.map(is_older));
    let rows = Entity::find()
        .filter(Column::PartnerId.eq(partner))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Number.eq(0_i16))
        .filter(times)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::ClickId)
        .order_by_desc(Column::Serial);
    let columns = [Column::CreatedAt, Column::ClickId, Column::Serial];
    let rows = rows.select_only().columns(columns).limit(page.rows_to_read()).into_tuple();
    Ok(page.cut(rows.all(db).await?, None, list_key))
}

/// Builds the condition that a row comes after this one in the list. The alternatives imply the range,
/// but only a range is a condition that an index can seek.
fn is_older((time, click, serial): Listed) -> Condition {
    let same_time = Condition::all().add(Column::CreatedAt.eq(time));
    let same_click = same_time.clone().add(Column::ClickId.eq(click));
    let alternatives = Condition::any()
        .add(Column::CreatedAt.lt(time))
        .add(same_time.add(Column::ClickId.lt(click)))
        .add(same_click.add(Column::Serial.lt(serial)));
    Condition::all().add(Column::CreatedAt.lte(time)).add(alternatives)
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

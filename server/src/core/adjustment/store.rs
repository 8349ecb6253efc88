//! The table `adjustment`.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, entity::prelude::*,
};

use super::{ExternalId, Filter, Kind, LIST_KEY_BYTES};
use crate::{
    core::conversion::ConversionId,
    db::{Connection, Grouped, Insertion, Range, eq_indexed, find_by_keys},
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        click_id::ClickId,
        conversion_status::ConversionStatus,
        id::AccountId,
        money::{Amount, AmountChange, Currency},
        time::Time,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "adjustment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub click_id: ClickId,
    /// Together with the click id, the id of the conversion.
    #[sea_orm(primary_key, auto_increment = false)]
    pub serial: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i16,
    pub account_id: AccountId,
    pub kind: Kind,
    pub status_before: ConversionStatus,
    pub status_after: ConversionStatus,
    pub currency: Currency,
    pub value_delta: AmountChange,
    pub value_after: Amount,
    pub commission_delta: AmountChange,
    pub commission_after: Amount,
    pub external_id: Option<ExternalId>,
    /// `Request::content`.
    pub content: i64,
    pub remark: String,
    pub effective_at: Time,
    pub created_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[Column::Remark];

    fn text_bytes(row: &Model) -> usize {
        row.remark.len()
    }
}

/// A line by its conversion and its external id.
pub type Key = (ConversionId, ExternalId);

/// Inserts lines. A known number or external id is an error.
pub async fn insert(txn: &Connection, rows: &[&Model]) -> Result<(), DbErr> {
    let mut insertion = Insertion::new(txn.get_database_backend());
    insertion.add::<Entity>(rows)?;
    insertion.execute(txn).await?;
    Ok(())
}

/// Finds lines by their conversions and external ids.
pub async fn find_known(db: &impl ConnectionTrait, keys: &[Key]) -> Result<HashMap<Key, Model>, DbErr> {
    let values = keys.iter().map(|(ConversionId { click, serial }, external_id)| {
        [(*click).into(), (*serial).into(), external_id.clone().into()]
    });
    let columns = [Column::ClickId, Column::Serial, Column::ExternalId];
    let rows = find_by_keys::<Entity, 3>(db, columns, &values.collect::<Vec<_>>(), None).await?;
    let known = rows.into_iter().filter_map(|row| {
        let external_id = row.external_id.clone()?;
        Some(((row.conversion_id(), external_id), row))
    });
    Ok(known.collect())
}

/// Reads the lines of a conversion, in any order.
pub async fn of_conversion(db: &impl ConnectionTrait, id: ConversionId) -> Result<Vec<Model>, DbErr> {
    let of_click = Entity::find().filter(Column::ClickId.eq(id.click));
    of_click.filter(Column::Serial.eq(id.serial)).all(db).await
}

/// Lists lines, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Model, LIST_KEY_BYTES>> {
    let times = Range::of(Column::CreatedAt).from(filter.start).below(filter.end);
    let after = page.after.map(read_list_key).transpose()?;
    let rows = match filter.conversion {
        // The lines of a conversion are few, and their numbers are their order.
        Some(id) => Entity::find()
            .filter(Column::ClickId.eq(id.click))
            .filter(Column::Serial.eq(id.serial))
            .filter(Column::AccountId.eq(account))
            .filter(Condition::all().add_option(after.map(|key| Column::Number.lt(key.3))))
            .filter(times.condition())
            .order_by_desc(Column::Number),
        None => Entity::find()
            .filter(eq_indexed(db, Column::AccountId, account))
            .filter(times.up_to(after.map(|key| key.0)).condition())
            .filter(Condition::all().add_option(after.map(is_older)))
            .order_by_desc(Column::AccountId)
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::ClickId)
            .order_by_desc(Column::Serial)
            .order_by_desc(Column::Number),
    };
    let rows = rows.limit(page.rows_to_read()).all(db).await?;
    Ok(page.cut(rows, None, list_key))
}

/// The columns that the list is sorted by.
type ListKey = (Time, ClickId, i64, i16);

/// Builds the condition that a row of the range up to this key comes after it in the list.
fn is_older((time, click, serial, number): ListKey) -> Condition {
    let same_time = Condition::all().add(Column::CreatedAt.eq(time));
    let same_click = same_time.clone().add(Column::ClickId.eq(click));
    let same_serial = same_click.clone().add(Column::Serial.eq(serial));
    Condition::any()
        .add(Column::CreatedAt.lt(time))
        .add(same_time.add(Column::ClickId.lt(click)))
        .add(same_click.add(Column::Serial.lt(serial)))
        .add(same_serial.add(Column::Number.lt(number)))
}

fn list_key(row: &Model) -> [u8; LIST_KEY_BYTES] {
    let mut key = [0; LIST_KEY_BYTES];
    let bytes = row.created_at.micros().to_be_bytes().into_iter().chain(row.click_id.0.into_bytes());
    let bytes = bytes.chain(row.serial.to_be_bytes()).chain(row.number.to_be_bytes());
    key.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
    key
}

fn read_list_key(key: [u8; LIST_KEY_BYTES]) -> Result<ListKey> {
    let wrong = || Error::internal("page key");
    let (time, rest) = key.split_first_chunk::<8>().ok_or_else(wrong)?;
    let (click, rest) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
    let (serial, number) = rest.split_first_chunk::<8>().ok_or_else(wrong)?;
    let number = i16::from_be_bytes(number.try_into().map_err(|_| wrong())?);
    let click = ClickId(Uuid::from_bytes(*click));
    Ok((Time::from_micros(i64::from_be_bytes(*time)), click, i64::from_be_bytes(*serial), number))
}

/// Maximum number of lines that are looked up in one query for their remarks.
pub const TOLD_MAX: usize = 10_000;

/// Finds lines of a click that have a remark, at most `TOLD_MAX`: their serials and numbers.
pub async fn with_remark(
    db: &impl ConnectionTrait,
    account: AccountId,
    click: ClickId,
) -> Result<Vec<(i64, i16)>> {
    let told = Entity::find()
        .filter(Column::ClickId.eq(click))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Remark.ne(""));
    let keys = told.select_only().columns([Column::Serial, Column::Number]);
    Ok(keys.limit(u64::try_from(TOLD_MAX).unwrap_or(u64::MAX)).into_tuple().all(db).await?)
}

/// Erases the remarks of these lines of a click.
pub async fn erase(txn: &impl ConnectionTrait, click: ClickId, lines: &[(i64, i16)]) -> Result<()> {
    let any = lines.iter().fold(Condition::any(), |any, (serial, number)| {
        any.add(Condition::all().add(Column::Serial.eq(*serial)).add(Column::Number.eq(*number)))
    });
    Entity::update_many()
        .col_expr(Column::Remark, Expr::value(""))
        .filter(Column::ClickId.eq(click))
        .filter(any)
        .exec(txn)
        .await?;
    Ok(())
}

//! The table `conversion`.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use super::{ConversionId, CustomParams, DedupeKey, Filter, LIST_KEY_BYTES, TimeKind};
use crate::{
    core::{conversion_code::ConversionCodeId, tracking_link::TrackingLinkId},
    db::{Connection, Insertion, eq_indexed, group_commit::Write, insert_new, is_one_statement},
    error::{Error, Result},
    page::PageRequest,
    values::{
        click_id::{ClickId, KeyId},
        conversion_status::ConversionStatus,
        id::AccountId,
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
    /// Random, 63 bits. Distinguishes this row from another with the same key.
    pub serial: i64,
    pub key_id: KeyId,
    pub account_id: AccountId,
    pub link_id: TrackingLinkId,
    pub currency: Currency,
    pub value: Amount,
    pub commission: Amount,
    pub commission_percent: Option<Percent>,
    pub status: ConversionStatus,
    pub status_word: String,
    pub custom_params: CustomParams,
    pub converted_at: Time,
    pub created_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

type Key = (ClickId, ConversionCodeId, DedupeKey);

fn key(row: &Model) -> Key {
    (row.click_id, row.code_id, row.dedupe_key.clone())
}

/// A conversion to insert. The outcome is the earlier conversion with the same key, or `None`.
pub struct Insert(pub Model);

impl Write for Insert {
    type Outcome = Option<Model>;

    fn is_one_statement(rows: &[Self], backend: DbBackend) -> bool {
        is_one_statement(backend, rows.len())
    }

    async fn write(rows: &[Self], db: &Connection) -> Result<Vec<Option<Model>>, DbErr> {
        let rows: Vec<&Model> = rows.iter().map(|row| &row.0).collect();
        insert(&rows, db).await
    }
}

/// Inserts the rows whose keys are new. Returns, for each row, the earlier row with the same key,
/// if there is one.
pub async fn insert(rows: &[&Model], db: &Connection) -> Result<Vec<Option<Model>>, DbErr> {
    let key = [Column::ClickId, Column::CodeId, Column::DedupeKey];
    if insert_new::<Entity>(db, rows, &key).await? {
        return Ok(vec![None; rows.len()]);
    }
    let found = find_keys(db, rows).await?;
    let earlier = |row: &&Model| {
        let found =
            found.get(&self::key(row)).ok_or_else(|| DbErr::RecordNotFound("conversion".to_owned()))?;
        Ok((found.serial != row.serial).then(|| found.clone()))
    };
    rows.iter().map(earlier).collect()
}

/// Adds rows to an insertion, a statement of PostgreSQL for several tables. A key that exists
/// already is an error.
pub fn add_to(insertion: &mut Insertion, rows: &[&Model]) -> Result<(), DbErr> {
    insertion.add::<Entity>(rows, None)
}

/// Maximum number of keys in one query; more would nest its condition too deeply.
const KEYS_PER_QUERY: usize = 128;

async fn find_keys(db: &impl ConnectionTrait, rows: &[&Model]) -> Result<HashMap<Key, Model>, DbErr> {
    let mut found = HashMap::with_capacity(rows.len());
    for some in rows.chunks(KEYS_PER_QUERY) {
        let any = some.iter().fold(Condition::any(), |any, row| any.add(same_key(row)));
        found.extend(Entity::find().filter(any).all(db).await?.into_iter().map(|row| (key(&row), row)));
    }
    Ok(found)
}

fn same_key(row: &Model) -> Condition {
    Condition::all()
        .add(Column::ClickId.eq(row.click_id))
        .add(Column::CodeId.eq(row.code_id))
        .add(Column::DedupeKey.eq(row.dedupe_key.clone()))
}

/// Finds the row with the same key.
pub async fn find_same(db: &impl ConnectionTrait, row: &Model) -> Result<Option<Model>> {
    Ok(Entity::find().filter(same_key(row)).one(db).await?)
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: ConversionId) -> Result<Option<Model>> {
    let all = Condition::all()
        .add(Column::ClickId.eq(id.click))
        .add(Column::Serial.eq(id.serial))
        .add(Column::AccountId.eq(account));
    Ok(Entity::find().filter(all).one(db).await?)
}

/// Erases the custom parameters of a click's conversions. Returns the number of conversions.
pub async fn erase(txn: &impl ConnectionTrait, account: AccountId, click: ClickId) -> Result<u64> {
    let erased = Entity::update_many()
        .col_expr(Column::CustomParams, Expr::value(CustomParams::default()))
        .filter(Column::ClickId.eq(click))
        .filter(Column::AccountId.eq(account))
        .exec(txn)
        .await?;
    Ok(erased.rows_affected)
}

/// Lists newest first. Reads one row more than the page holds, to see if another page follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Vec<Model>> {
    let mut all = Condition::all()
        .add(eq_indexed(db, Column::AccountId, account))
        .add_option(filter.code.map(|code| Column::CodeId.eq(code)))
        .add_option(filter.link.map(|link| Column::LinkId.eq(link)))
        .add_option(filter.click.map(|click| Column::ClickId.eq(click)))
        .add_option(filter.transaction.clone().map(|key| Column::DedupeKey.eq(key)))
        // No line changes a status yet, so it stands as it was recorded.
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.recorded_status.map(|status| Column::Status.eq(status)))
        .add_option(filter.start.map(|start| compare(filter.time, start, |column, value| column.gte(value))))
        .add_option(filter.end.map(|end| compare(filter.time, end, |column, value| column.lt(value))));
    if let Some(after) = page.after {
        let (time, click, serial) = read_list_key(after)?;
        let same_time = Condition::all().add(Column::CreatedAt.eq(time));
        let same_click = same_time.clone().add(Column::ClickId.eq(click)).add(Column::Serial.lt(serial));
        // The alternatives below imply this condition, but only this condition is a range that an
        // index can seek.
        all = all.add(Column::CreatedAt.lte(time)).add(
            Condition::any()
                .add(Column::CreatedAt.lt(time))
                .add(same_time.add(Column::ClickId.lt(click)))
                .add(same_click),
        );
    }
    let newest_first = Entity::find()
        .filter(all)
        .order_by_desc(Column::AccountId)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::ClickId)
        .order_by_desc(Column::Serial);
    Ok(newest_first.limit(page.rows_to_read()).all(db).await?)
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

/// The key that the list is sorted by.
pub fn list_key(row: &Model) -> [u8; LIST_KEY_BYTES] {
    let mut key = [0; LIST_KEY_BYTES];
    let bytes = row.created_at.micros().to_be_bytes().into_iter();
    let bytes = bytes.chain(row.click_id.0.into_bytes()).chain(row.serial.to_be_bytes());
    key.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
    key
}

fn read_list_key(key: [u8; LIST_KEY_BYTES]) -> Result<(Time, ClickId, i64)> {
    let wrong = || Error::internal("page key");
    let (time, rest) = key.split_first_chunk::<8>().ok_or_else(wrong)?;
    let (click, serial) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
    let serial = i64::from_be_bytes(serial.try_into().map_err(|_| wrong())?);
    Ok((Time::from_micros(i64::from_be_bytes(*time)), ClickId(Uuid::from_bytes(*click)), serial))
}

//! The table `statement_key`.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, DeriveValueType, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, TryFromU64, entity::prelude::*,
};

use crate::{
    db::{Connection, Db, Grouped, Insertion, find_among},
    values::id::StatementId,
};

/// Number of keys that are deleted at once.
const DELETED_MAX: u64 = 1_000;

/// What a row is about, as a place and a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
pub struct Key(pub Uuid);

impl TryFromU64 for Key {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Key"))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub statement_id: StatementId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: Key,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[];
}

/// Inserts the keys of rows. None of these rows has keys yet.
pub async fn insert(
    txn: &Connection,
    statement_id: StatementId,
    keys: impl Iterator<Item = (Key, i32)>,
) -> Result<(), DbErr> {
    let rows: Vec<Model> = keys.map(|(name, number)| Model { statement_id, name, number }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let mut insertion = Insertion::new(txn.get_database_backend());
    insertion.add::<Entity>(&rows.iter().collect::<Vec<_>>())?;
    insertion.execute(txn).await?;
    Ok(())
}

/// Replaces the keys of a row.
pub async fn replace(
    txn: &Connection,
    statement: StatementId,
    number: i32,
    before: &[Key],
    keys: &[Key],
) -> Result<(), DbErr> {
    let same = Entity::delete_many().filter(Column::StatementId.eq(statement));
    let names = before.iter().chain(keys).copied();
    same.filter(Column::Name.is_in(names)).filter(Column::Number.eq(number)).exec(txn).await?;
    insert(txn, statement, keys.iter().map(|key| (*key, number))).await
}

/// Finds the rows that have these keys; of several rows, the first.
pub async fn find(
    db: &impl ConnectionTrait,
    statement: StatementId,
    keys: &[Key],
) -> Result<HashMap<Key, i32>, DbErr> {
    let names: Vec<Value> = keys.iter().map(|key| (*key).into()).collect();
    let of_statement = (Column::StatementId, statement.into());
    let mut found = HashMap::with_capacity(keys.len());
    for row in find_among::<Entity>(db, of_statement, Column::Name, &names).await? {
        let first = found.entry(row.name).or_insert(row.number);
        *first = row.number.min(*first);
    }
    Ok(found)
}

/// Deletes some of the keys of a statement. Returns whether there were any.
pub async fn delete_some(db: &Db, statement: StatementId) -> Result<bool, DbErr> {
    let of_statement = Column::StatementId.eq(statement);
    let first = Entity::find().filter(of_statement.clone()).order_by_asc(Column::Name).select_only();
    let first: Vec<Key> = first.column(Column::Name).limit(DELETED_MAX).into_tuple().all(db.reader()).await?;
    let Some(last) = first.last() else { return Ok(false) };
    let txn = db.begin().await?;
    Entity::delete_many().filter(of_statement).filter(Column::Name.lte(*last)).exec(&txn).await?;
    txn.commit().await?;
    Ok(true)
}

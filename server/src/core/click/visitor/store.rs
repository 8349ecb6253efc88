//! The table `visitor_key`.

use std::fmt;

use sea_orm::{
    DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::db::Db;

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visitor_key")]
pub struct Model {
    /// Number of the UTC day since 1970-01-01.
    #[sea_orm(primary_key, auto_increment = false)]
    day: i64,
    secret: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VisitorKey({})", self.day)
    }
}

/// Returns the secret of a day: that of another server, or else `new`, which is then stored.
pub async fn find_or_insert(db: &Db, day: i64, new: &[u8]) -> Result<Vec<u8>, DbErr> {
    if let Some(row) = Entity::find_by_id(day).one(db.reader()).await? {
        return Ok(row.secret);
    }
    let txn = db.begin().await?;
    let row = Model { day, secret: new.to_vec() }.into_active_model();
    let present = OnConflict::column(Column::Day).do_nothing_on([Column::Day]).to_owned();
    Entity::insert(row).on_conflict(present).exec_without_returning(&txn).await?;
    let stored = Entity::find_by_id(day).one(&txn).await?;
    txn.commit().await?;
    stored.map(|row| row.secret).ok_or_else(|| DbErr::RecordNotFound("visitor_key".to_owned()))
}

/// Deletes the keys of the days before `day`.
pub async fn delete_before(db: &Db, day: i64) -> Result<(), DbErr> {
    let old = Entity::find().filter(Column::Day.lt(day)).one(db.reader()).await?;
    if old.is_some() {
        let txn = db.begin().await?;
        Entity::delete_many().filter(Column::Day.lt(day)).exec(&txn).await?;
        txn.commit().await?;
    }
    Ok(())
}

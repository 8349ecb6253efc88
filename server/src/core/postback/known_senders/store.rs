//! The table `known_sender`.

use sea_orm::{
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, entity::prelude::*, sea_query::OnConflict,
};

use crate::{core::conversion_code::ConversionCodeId, db::Db, values::time::Time};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "known_sender")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversion_code_id: ConversionCodeId,
    /// The network, such as `203.0.113.0/24`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// Time at which the last postback of the code from this network counted, accurate to a day.
    pub counted_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Returns the time at which the last postback of the code from this network counted.
pub async fn counted_at(db: &Db, code: ConversionCodeId, network: String) -> Result<Option<Time>, DbErr> {
    Ok(Entity::find_by_id((code, network)).one(db.reader()).await?.map(|row| row.counted_at))
}

/// Inserts a sender, or sets the time of a stored sender.
pub async fn write(db: &Db, row: Model) -> Result<(), DbErr> {
    let present = OnConflict::columns([Column::ConversionCodeId, Column::Network])
        .update_column(Column::CountedAt)
        .to_owned();
    let txn = db.begin().await?;
    Entity::insert(row.into_active_model()).on_conflict(present).exec_without_returning(&txn).await?;
    txn.commit().await
}

/// Deletes the senders of which no postback has counted since `before`.
pub async fn delete_before(db: &Db, before: Time) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    Entity::delete_many().filter(Column::CountedAt.lt(before)).exec(&txn).await?;
    txn.commit().await
}

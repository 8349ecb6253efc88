//! The table `stranger_postback`.

use sea_orm::{
    ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
};

use crate::{
    db::{
        Connection, Db, Grouped, Insertion,
        group_commit::{Write, rehearsal::Rehearsed},
        insert_new,
        journal::Entries,
        sum,
    },
    values::{
        id::{PostbackId, Random},
        time::Time,
    },
};

/// The row of a held postback of a stranger: the sender's network, and the size in bytes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stranger_postback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub postback_id: PostbackId,
    /// The network, such as `203.0.113.0/24`; empty if no addresses are stored.
    pub network: String,
    pub bytes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[];
}

impl Write for Model {
    type Outcome = ();

    fn insert_all(rows: &[Self], into: &mut Insertion) -> Result<Option<Vec<()>>, DbErr> {
        into.add::<Entity>(&rows.iter().collect::<Vec<_>>())?;
        Ok(Some(vec![(); rows.len()]))
    }

    async fn write(rows: &[Self], txn: &Connection) -> Result<Vec<()>, DbErr> {
        let all: Vec<&Self> = rows.iter().collect();
        insert_new::<Entity>(txn, &all, &[Column::PostbackId]).await?;
        Ok(vec![(); rows.len()])
    }

    /// These rows only count what another row takes, so nobody follows them.
    fn enter(&self, (): &(), _: &mut Entries) {}

    fn owns(&self, (): &()) -> bool {
        true
    }
}

impl Rehearsed for Model {
    fn samples(random: &Random, now: Time) -> Vec<[Self; 2]> {
        let row = || Self {
            postback_id: PostbackId(random.id(now)),
            network: "203.0.113.0/24".to_owned(),
            bytes: 1,
        };
        vec![[row(), row()]]
    }
}

/// Adds up the bytes of all rows.
pub async fn bytes(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let all = Entity::find().select_only().column_as(sum(db, Expr::col(Column::Bytes)), "bytes");
    Ok(all.into_tuple().one(db).await?.unwrap_or_default())
}

/// Finds the networks whose rows have most bytes, and the bytes of each, most first.
pub async fn busiest(db: &impl ConnectionTrait, rows: u64) -> Result<Vec<(String, i64)>, DbErr> {
    let networks = Entity::find().select_only().column(Column::Network);
    let networks = networks.column_as(sum(db, Expr::col(Column::Bytes)), "bytes").group_by(Column::Network);
    networks.order_by_desc(Column::Bytes.sum()).limit(rows).into_tuple().all(db).await
}

/// Finds the oldest rows of a network.
pub async fn oldest_of(db: &impl ConnectionTrait, network: &str, rows: u64) -> Result<Vec<Model>, DbErr> {
    let oldest = Entity::find().filter(Column::Network.eq(network)).order_by_asc(Column::PostbackId);
    oldest.limit(rows).all(db).await
}

pub async fn delete(txn: &impl ConnectionTrait, ids: Vec<PostbackId>) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::PostbackId.is_in(ids)).exec(txn).await?;
    Ok(())
}

/// Deletes some of the rows whose postback's id is less than `below`. Returns whether more may be
/// left.
pub async fn delete_some(db: &Db, below: Uuid) -> Result<bool, DbErr> {
    let (_, more) = db.delete_some::<Entity>(Column::PostbackId, below).await?;
    Ok(more)
}

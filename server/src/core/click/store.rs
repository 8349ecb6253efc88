//! The table `click`.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use super::{ClickFlags, LIST_KEY_BYTES};
use crate::{
    core::{scan::LOOK_ROWS_MAX, tracking_link::TrackingLinkId},
    db::{Connection, Grouped, eq_indexed, group_commit::Write, insert_new, is_one_statement},
    error::Result,
    page::{Page, PageRequest},
    values::click_id::ClickId,
    values::click_id::KeyId,
    values::id::AccountId,
    values::sub_ids::SubIds,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "click")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub click_id: ClickId,
    pub key_id: KeyId,
    pub account_id: AccountId,
    pub link_id: TrackingLinkId,
    pub sub_ids: SubIds,
    pub query: String,
    pub referrer: String,
    pub user_agent: String,
    pub address: String,
    pub flags: ClickFlags,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[];
}

/// A click to insert. The outcome is the click now stored under its id, or `None` if all ids of the
/// batch were new.
pub struct Insert(pub Model);

impl Write for Insert {
    type Outcome = Option<Model>;

    fn is_one_statement(rows: &[Self], backend: DbBackend) -> bool {
        is_one_statement(backend, rows.len())
    }

    async fn write(rows: &[Self], db: &Connection) -> Result<Vec<Option<Model>>, DbErr> {
        let models: Vec<&Model> = rows.iter().map(|row| &row.0).collect();
        if insert_new::<Entity>(db, &models, &[Column::ClickId]).await? {
            return Ok(vec![None; rows.len()]);
        }
        let ids = models.iter().map(|row| row.click_id);
        let found = Entity::find().filter(Column::ClickId.is_in(ids)).all(db).await?;
        let found: HashMap<ClickId, Model> = found.into_iter().map(|row| (row.click_id, row)).collect();
        Ok(models.iter().map(|row| found.get(&row.click_id).cloned()).collect())
    }

    fn owns(&self, outcome: &Option<Model>) -> bool {
        outcome.as_ref().is_none_or(|stored| stored.click_id == self.0.click_id)
    }
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: ClickId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?)
}

/// Returns the ids whose clicks are stored.
pub async fn existing(db: &impl ConnectionTrait, ids: HashSet<ClickId>) -> Result<HashSet<ClickId>, DbErr> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let found = Entity::find().select_only().column(Column::ClickId).filter(Column::ClickId.is_in(ids));
    Ok(found.into_tuple().all(db).await?.into_iter().collect())
}

/// Erases the visitor's data from the click. If the click does not exist, inserts `blank` in its
/// place, so that a later record of the click finds this row and adds nothing. Returns the click as
/// it is stored afterwards.
pub async fn erase(
    txn: &Connection,
    account: AccountId,
    id: ClickId,
    blank: Option<Model>,
) -> Result<Option<Model>> {
    if let Some(blank) = blank {
        insert_new::<Entity>(txn, &[&blank], &[Column::ClickId]).await?;
    }
    Entity::update_many()
        .col_expr(Column::SubIds, Expr::value(SubIds::default()))
        .col_expr(Column::Query, Expr::value(""))
        .col_expr(Column::Referrer, Expr::value(""))
        .col_expr(Column::UserAgent, Expr::value(""))
        .col_expr(Column::Address, Expr::value(""))
        .filter(Column::ClickId.eq(id))
        .filter(Column::AccountId.eq(account))
        .exec(txn)
        .await?;
    find(txn, account, id).await
}

/// The condition that a click has none of these flags.
fn has_none_of(flags: ClickFlags) -> Expr {
    use sea_orm::sea_query::ExprTrait as _;
    Expr::col(Column::Flags).bit_and(flags).eq(ClickFlags::default())
}

/// Lists clicks, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    link: TrackingLinkId,
    without: ClickFlags,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Model, LIST_KEY_BYTES>> {
    let after = page.after.map(|after| ClickId(Uuid::from_bytes(after)));
    let walked = Condition::all()
        .add(eq_indexed(db, Column::LinkId, link))
        .add_option(after.map(|after| Column::ClickId.lt(after)));
    let newest_first = Entity::find().order_by_desc(Column::LinkId).order_by_desc(Column::ClickId);
    let mut query = newest_first.clone().filter(walked.clone()).filter(Column::AccountId.eq(account));
    let mut looked_up_to: Option<ClickId> = None;
    if without != ClickFlags::default() {
        let last = newest_first.filter(walked).select_only().column(Column::ClickId);
        looked_up_to = last.offset(LOOK_ROWS_MAX - 1).limit(1).into_tuple().one(db).await?;
        query = query.filter(has_none_of(without));
    }
    if let Some(last) = looked_up_to {
        query = query.filter(Column::ClickId.gte(last));
    }
    let rows = query.limit(page.rows_to_read()).all(db).await?;
    let looked_up_to = looked_up_to.map(|last| last.0.into_bytes());
    Ok(page.cut(rows, looked_up_to, |click| click.click_id.0.into_bytes()))
}

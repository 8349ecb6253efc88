//! Queries for some of the columns of the table `conversion`.

use sea_orm::{
    ConnectionTrait, DerivePartialModel, QuerySelect as _,
    sea_query::{Expr, Func},
};

use super::super::{
    DedupeKey, LIST_KEY_BYTES,
    store::{self, Column, Entity, ListKey, PRESENT_STATUS},
};
use crate::{
    core::{conversion_code::ConversionCodeId, tracking_link::TrackingLinkId},
    db::Range,
    error::Result,
    page::{Page, PageRequest},
    values::{
        click_id::ClickId,
        conversion_status::ConversionStatus,
        id::AccountId,
        money::{Amount, Currency},
        time::Time,
    },
};

/// A conversion with its present standing.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Brief {
    pub click_id: ClickId,
    pub serial: i64,
    pub code_id: ConversionCodeId,
    pub link_id: TrackingLinkId,
    pub dedupe_key: DedupeKey,
    pub currency: Currency,
    #[sea_orm(from_expr = "Expr::cust(PRESENT_STATUS)")]
    pub status: ConversionStatus,
    #[sea_orm(from_expr = "present(Column::CurrentValue, Column::Value)")]
    pub value: Amount,
    #[sea_orm(from_expr = "present(Column::CurrentCommission, Column::Commission)")]
    pub commission: Amount,
    pub converted_at: Time,
    pub created_at: Time,
}

/// What stands after the last adjustment or, without one, what was recorded.
fn present(current: Column, recorded: Column) -> Expr {
    Func::coalesce([Expr::col(current), Expr::col(recorded)]).into()
}

pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    [from, before]: [Time; 2],
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Brief, LIST_KEY_BYTES>> {
    let range = Range::of(Column::CreatedAt).from(Some(from)).below(Some(before));
    let walked = store::rest(range, page.after.map(store::read_list_key).transpose()?);
    let rows = store::walked_rows(db, account, None, walked).limit(page.rows_to_read());
    let rows = rows.into_partial_model::<Brief>().all(db).await?;
    Ok(page.cut(rows, None, |row| store::list_key_bytes((row.created_at, row.click_id, row.serial))))
}

/// Reads conversions that were recorded in a period, oldest first, behind one of them.
pub async fn oldest_first(
    db: &impl ConnectionTrait,
    account: AccountId,
    times: (Time, Option<Time>),
    after: Option<ListKey>,
    limit: u64,
) -> Result<Vec<Brief>> {
    let rows = store::walked_up(db, account, times, after).limit(limit);
    Ok(rows.into_partial_model::<Brief>().all(db).await?)
}

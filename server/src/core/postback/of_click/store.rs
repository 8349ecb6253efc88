//! The queries for the postbacks that name a click.

use std::cmp::Reverse;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Order,
};

use super::super::{
    Postback, Verdict,
    store::{Column, Entity, Model},
};
use crate::{
    db::{eq_unindexed, sort_unindexed},
    error::Result,
    values::{
        click_id::{ClickId, UnverifiedClickId},
        id::{AccountId, PostbackId},
    },
};

/// Finds the postback that was recorded as the conversion that `duplicate` repeats. `None` if the
/// conversion was reported in another way, or if the postback is deleted.
pub async fn counted(db: &impl ConnectionTrait, duplicate: &Postback) -> Result<Option<Postback>> {
    let Model { click_id, conversion_serial, .. } = duplicate.into();
    let recorded = |of_click: Condition, of_conversion| {
        let conditions = of_click.add(Column::Verdict.eq(Verdict::Recorded)).add(of_conversion);
        Entity::find().filter(conditions)
    };
    let accounts = [duplicate.account_id];
    let by_text = Column::ConversionId.eq(&duplicate.conversion_id);
    let mut found = None;
    if let Some(click) = click_id {
        let of_conversion =
            conversion_serial.map_or(by_text.clone(), |serial| Column::ConversionSerial.eq(serial));
        found = recorded(by_click_id(db, &accounts, click), of_conversion).one(db).await?;
    }
    if found.is_none() {
        found = recorded(by_click_text(&accounts, &duplicate.click_text), by_text).one(db).await?;
    }
    Ok(found.map(Model::into_postback).transpose()?)
}

/// Lists the newest held postbacks that name the click.
pub async fn held(
    db: &impl ConnectionTrait,
    account: AccountId,
    click_id: &str,
    rows: u64,
) -> Result<Vec<Postback>> {
    let mut newest = Vec::new();
    for of_click in of_click(db, &[account], click_id) {
        let held = Entity::find().filter(of_click).filter(Column::Verdict.eq(Verdict::Held));
        let sorted = held.order_by(sort_unindexed(db, Column::Id), Order::Desc);
        for row in sorted.limit(rows).all(db).await? {
            newest.push(row.into_postback()?);
        }
    }
    newest.sort_unstable_by_key(|postback| Reverse(postback.id));
    newest.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(newest)
}

/// Returns ids of postbacks of these accounts that name the click, sorted, from the first id after
/// `after`.
pub async fn ids(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
    click_id: &str,
    after: Option<PostbackId>,
    rows: u64,
) -> Result<Vec<PostbackId>> {
    let mut ids = Vec::new();
    for of_click in of_click(db, accounts, click_id) {
        let all = of_click.add_option(after.map(|after| Column::Id.gt(after)));
        let found = Entity::find().select_only().column(Column::Id).filter(all);
        let sorted = found.order_by(sort_unindexed(db, Column::Id), Order::Asc);
        ids.extend(sorted.limit(rows).into_tuple::<PostbackId>().all(db).await?);
    }
    ids.sort_unstable();
    ids.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(ids)
}

/// Counts the postbacks of an account that name the click.
pub async fn count(db: &impl ConnectionTrait, account: AccountId, click_id: &str) -> Result<u64> {
    let mut count = 0;
    for of_click in of_click(db, &[account], click_id) {
        count += Entity::find().filter(of_click).count(db).await?;
    }
    Ok(count)
}

/// Conditions for postbacks that name the click: for new rows, and for rows from older versions. No
/// row meets both. Each condition is for a query of its own, because each has its own index.
fn of_click(db: &impl ConnectionTrait, accounts: &[AccountId], click_id: &str) -> Vec<Condition> {
    let click = UnverifiedClickId::read_exactly(&click_id.to_lowercase());
    let new = click.map(|click| by_click_id(db, accounts, click.click()));
    new.into_iter().chain([by_click_text(accounts, click_id)]).collect()
}

fn by_click_id(db: &impl ConnectionTrait, accounts: &[AccountId], click: ClickId) -> Condition {
    let of_account = |account: &AccountId| eq_unindexed(db, Column::AccountId, *account);
    let of_accounts = accounts.iter().map(of_account).fold(Condition::any(), Condition::add);
    Condition::all().add(Column::ClickId.eq(click)).add(of_accounts)
}

/// Rows from older versions have the click id in the case in which it came.
fn by_click_text(accounts: &[AccountId], click_id: &str) -> Condition {
    Condition::all()
        .add(Column::AccountId.is_in(accounts.iter().copied()))
        .add(Column::ClickText.is_in([click_id.to_lowercase(), click_id.to_uppercase()]))
        // Without this condition, SQLite and PostgreSQL can't use the index, which has only these
        // rows.
        .add(Column::ClickText.ne(""))
}

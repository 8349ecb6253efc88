//! The postbacks that wait for a match, in the table `postback`.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    entity::prelude::*,
    sea_query::{Func, Order, OverStatement as _, Query, WindowStatement},
};

use super::{
    super::{
        Reason, Verdict,
        store::{Column, Entity},
    },
    MATCH_WAIT_MAX,
};
use crate::{
    core::conversion_code::ConversionCodeId,
    error::Result,
    values::{
        click_id::{ClickId, UnverifiedClickId},
        id::{AccountId, PostbackId},
        time::Time,
    },
};

/// A postback that is due to be matched.
#[derive(FromQueryResult)]
pub struct Due {
    pub id: PostbackId,
    pub account_id: AccountId,
    pub from_edge: bool,
    #[sea_orm(from_alias = "arrived_at")]
    pub received_at: Time,
    pub reason: Option<Reason>,
    code_text: String,
    click_text: String,
    code_id: Option<ConversionCodeId>,
    click_id: Option<ClickId>,
}

impl Due {
    /// The code that the postback names, if it names a well-formed one.
    pub fn code(&self) -> Option<ConversionCodeId> {
        self.code_id.or_else(|| self.code_text.parse().ok())
    }

    /// The click that the postback names, if it names a well-formed one. Anyone may have made the
    /// id.
    pub fn click(&self) -> Option<ClickId> {
        self.click_id.or_else(|| UnverifiedClickId::read(&self.click_text).map(UnverifiedClickId::click))
    }
}

/// Maximum number of postbacks among which a search chooses: the ones that have been due longest.
const DUE_MAX: u64 = 100_000;

/// Finds postbacks that are due to be matched. The accounts take turns, so that an account with
/// very many such postbacks does not delay another account's. Within an account, postbacks from
/// edges and postbacks from callers with an API key take turns: in the installation's own account,
/// postbacks from edges may belong to any account. In each turn, the postback that has been due
/// longest comes first.
pub async fn due(db: &impl ConnectionTrait, now: Time, rows: u64) -> Result<Vec<Due>> {
    // No match is due later than `latest`, except a match that was set while the clock was ahead.
    // Such a match is due now.
    let latest = now.plus(MATCH_WAIT_MAX).plus(MATCH_WAIT_MAX);
    let due = Condition::any().add(Column::MatchAt.lte(now)).add(Column::MatchAt.gt(latest));
    let columns = [Column::Id, Column::AccountId, Column::FromEdge, Column::ReceivedAt, Column::Reason];
    let named = [Column::CodeText, Column::ClickText, Column::CodeId, Column::ClickId];
    let columns = columns.into_iter().chain(named);
    // Without this limit, SQLite reads the whole table, ordered by account.
    let due = Query::select()
        .columns(columns.clone())
        .column(Column::MatchAt)
        .from(Entity)
        .cond_where(due)
        .order_by(Column::MatchAt, Order::Asc)
        .limit(DUE_MAX)
        .take();
    let mut turn = WindowStatement::partition_by(Column::AccountId);
    let turn = turn.partition_by(Column::FromEdge).order_by(Column::MatchAt, Order::Asc).take();
    let numbered = Query::select()
        .columns(columns.clone())
        .expr_window_as(Func::cust("row_number"), turn, "turn")
        .from_subquery(due, "due")
        .take();
    let mut first = Query::select();
    first.columns(columns).from_subquery(numbered, "numbered").order_by("turn", Order::Asc).limit(rows);
    Ok(Due::find_by_statement(db.get_database_backend().build(&first)).all(db).await?)
}

/// Sets the time of the next match of the postbacks that are still held: some may have been
/// replayed meanwhile.
pub async fn postpone(db: &impl ConnectionTrait, ids: Vec<PostbackId>, match_at: Option<Time>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::MatchAt, Expr::value(match_at))
        .filter(Column::Id.is_in(ids))
        .filter(Column::Verdict.eq(Verdict::Held))
        .exec(db)
        .await?;
    Ok(())
}

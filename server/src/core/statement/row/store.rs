//! The table `statement_row`.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
    sea_query::{Expr, SimpleExpr},
};

use super::{Action, Outcome, Reason};
use crate::{
    db::{Connection, Db, Grouped, Insertion, find_among, sum},
    error::Result,
    page::{Page, PageRequest},
    values::{
        click_id::ClickId,
        conversion_status::ConversionStatus,
        id::{PostbackId, StatementId},
        money::{Amount, AmountChange, Currency},
        time::Time,
    },
};

/// Length of the sort key of a list of rows, in bytes. The key is the number.
pub const LIST_KEY_BYTES: usize = 4;
/// Number of rows that are deleted at once.
const DELETED_MAX: u64 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub statement_id: StatementId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub outcome: Outcome,
    /// Empty if the network names no order.
    pub transaction_id: String,
    /// Empty if the network names no click.
    pub click_text: String,
    /// `None` in a row of a conversion that is only ours.
    pub their_currency: Option<Currency>,
    pub their_value: Option<AmountChange>,
    pub their_commission: Option<AmountChange>,
    pub their_status: Option<ConversionStatus>,
    pub their_at: Option<Time>,
    /// The id of our conversion.
    pub click_id: Option<ClickId>,
    pub serial: Option<i64>,
    /// Our conversion as it stood at the comparison.
    pub our_currency: Option<Currency>,
    pub our_value: Option<Amount>,
    pub our_commission: Option<Amount>,
    pub our_status: Option<ConversionStatus>,
    pub our_recorded_at: Option<Time>,
    /// The held postback that reported the sale, and why it is held.
    pub postback_id: Option<PostbackId>,
    pub reason: Option<Reason>,
    pub action: Option<Action>,
    pub note: String,
    pub resolved_at: Option<Time>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[
        Column::ClickText,
        Column::PostbackId,
        Column::Reason,
        Column::Action,
        Column::Note,
        Column::ResolvedAt,
    ];

    fn text_bytes(row: &Model) -> usize {
        row.transaction_id.len() + row.click_text.len()
    }
}

/// Inserts rows with new numbers.
pub async fn insert(txn: &Connection, rows: &[&Model]) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut insertion = Insertion::new(txn.get_database_backend());
    insertion.add::<Entity>(rows)?;
    insertion.execute(txn).await?;
    Ok(())
}

pub async fn update(txn: &impl ConnectionTrait, row: &Model) -> Result<(), DbErr> {
    row.clone().into_active_model().reset_all().update(txn).await.map(drop)
}

/// Deletes a row of a conversion that is only ours.
pub async fn delete(txn: &impl ConnectionTrait, statement: StatementId, number: i32) -> Result<(), DbErr> {
    let row = Entity::delete_by_id((statement, number)).filter(Column::Outcome.eq(Outcome::OnlyOurs));
    row.exec(txn).await.map(drop)
}

pub async fn find(
    db: &impl ConnectionTrait,
    statement: StatementId,
    number: i32,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id((statement, number)).one(db).await
}

pub async fn find_these(
    db: &impl ConnectionTrait,
    statement: StatementId,
    numbers: &[i32],
) -> Result<Vec<Model>, DbErr> {
    let numbers: Vec<Value> = numbers.iter().map(|number| (*number).into()).collect();
    find_among::<Entity>(db, (Column::StatementId, statement.into()), Column::Number, &numbers).await
}

/// Lists rows in their order: those with a result, or the differences about which nothing was done. Reads one
/// row more than the page holds, to see if another page follows.
pub async fn list(
    db: &impl ConnectionTrait,
    statement: StatementId,
    outcome: Option<Outcome>,
    is_open: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Model, LIST_KEY_BYTES>> {
    let after = page.after.map(i32::from_be_bytes);
    let these = Condition::all()
        .add(Column::StatementId.eq(statement))
        .add_option(outcome.map(|outcome| Column::Outcome.eq(outcome)))
        .add_option(is_open.then(|| Column::Action.is_null()))
        .add_option(is_open.then(|| Column::Outcome.ne(Outcome::Matched)))
        .add_option(after.map(|after| Column::Number.gt(after)));
    let rows = Entity::find().filter(these).order_by_asc(Column::Number);
    let rows = rows.limit(page.rows_to_read()).all(db).await?;
    Ok(page.cut(rows, None, |row| row.number.to_be_bytes()))
}

/// Deletes some of the rows of a statement, the first ones first. Returns their number.
pub async fn delete_some(db: &Db, statement: StatementId) -> Result<u64, DbErr> {
    let of_statement = Column::StatementId.eq(statement);
    let first = Entity::find().filter(of_statement.clone()).order_by_asc(Column::Number).select_only();
    let first: Vec<i32> =
        first.column(Column::Number).limit(DELETED_MAX).into_tuple().all(db.reader()).await?;
    let Some(last) = first.last() else { return Ok(0) };
    let txn = db.begin().await?;
    let deleted =
        Entity::delete_many().filter(of_statement).filter(Column::Number.lte(*last)).exec(&txn).await?;
    txn.commit().await?;
    Ok(deleted.rows_affected)
}

/// The number of rows on one side, and the sums of what that side states, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    pub rows: i64,
    pub value: i128,
    pub commission: i128,
}

/// The rows with one result and in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub outcome: Outcome,
    pub currency: Currency,
    pub theirs: Side,
    pub ours: Side,
    /// The number of differences about which nothing was done.
    pub open: i64,
}

/// Adds the rows up, by result and currency.
pub async fn totals(db: &impl ConnectionTrait, statement: StatementId) -> Result<Vec<Total>> {
    let mut totals = BTreeMap::new();
    let columns = [Column::TheirCurrency, Column::TheirValue, Column::TheirCommission];
    for (outcome, currency, side, open) in side(db, statement, columns).await? {
        let total = entry(&mut totals, outcome, currency);
        (total.theirs, total.open) = (side, open);
    }
    let columns = [Column::OurCurrency, Column::OurValue, Column::OurCommission];
    for (outcome, currency, side, open) in side(db, statement, columns).await? {
        let total = entry(&mut totals, outcome, currency);
        total.ours = side;
        if outcome == Outcome::OnlyOurs {
            total.open = open;
        }
    }
    Ok(totals.into_values().collect())
}

fn entry(
    totals: &mut BTreeMap<(Outcome, String), Total>,
    outcome: Outcome,
    currency: Currency,
) -> &mut Total {
    let (theirs, ours) = (Side::default(), Side::default());
    let total = Total { outcome, currency, theirs, ours, open: 0 };
    totals.entry((outcome, currency.to_string())).or_insert(total)
}

type SideRow = (Outcome, Currency, i64, i64, i64, i64, i64, i64);

/// Adds up one side, whose currency and amounts are in these columns.
async fn side(
    db: &impl ConnectionTrait,
    statement: StatementId,
    [currency, value, commission]: [Column; 3],
) -> Result<Vec<(Outcome, Currency, Side, i64)>> {
    let is_open =
        format!("CASE WHEN action IS NULL AND outcome <> {} THEN 1 ELSE 0 END", Outcome::Matched.to_value());
    let [value_thousands, value_rest] = parts(db, value);
    let [commission_thousands, commission_rest] = parts(db, commission);
    let rows = Entity::find()
        .filter(Column::StatementId.eq(statement))
        .filter(currency.is_not_null())
        .select_only()
        .columns([Column::Outcome, currency])
        .exprs([Column::Number.count(), sum(db, Expr::cust(is_open))])
        .exprs([value_thousands, value_rest, commission_thousands, commission_rest])
        .group_by(Column::Outcome)
        .group_by(currency);
    let rows: Vec<SideRow> = rows.into_tuple().all(db).await?;
    let whole = |thousands: i64, rest: i64| i128::from(thousands) * 1_000_000_000 + i128::from(rest);
    let side = |(outcome, currency, rows, open, value, value_rest, commission, rest): SideRow| {
        let side = Side { rows, value: whole(value, value_rest), commission: whole(commission, rest) };
        (outcome, currency, side, open)
    };
    Ok(rows.into_iter().map(side).collect())
}

/// The sum of the thousands of units in a column, and the sum of the rest, in millionths. These sums
/// have room for any number of rows.
fn parts(db: &impl ConnectionTrait, column: Column) -> [SimpleExpr; 2] {
    let name = column.as_str();
    let division = if db.get_database_backend() == DbBackend::MySql { "DIV" } else { "/" };
    let parts = [format!("{name} {division} 1000000000"), format!("{name} % 1000000000")];
    parts.map(|part| sum(db, Expr::cust(part)))
}

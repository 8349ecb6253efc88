//! Adds rows of the network to a statement, and compares each with our conversions.

use s2s_sdk::v1::ErrorReason;

use super::{
    ADDED_ROWS_MAX, ROWS_OF_STATEMENT_MAX, State, Statement, get,
    key::{self, Key},
    matching::{Compared, Matching},
    row::{self, Row, Theirs},
    store,
};
use crate::{
    core::App,
    error::{Error, Result},
    values::id::{AccountId, StatementId},
};

/// Adds rows, the first of which has the number `first`. Rows that are there already stay.
pub async fn add(
    app: &App,
    account: AccountId,
    id: StatementId,
    first: i64,
    rows: Vec<Theirs>,
) -> Result<Statement> {
    loop {
        let statement = get(app, account, id).await?;
        let known = known(&statement, first, rows.len())?;
        let Some(new) = rows.get(known..).filter(|new| !new.is_empty()) else { return Ok(statement) };
        if statement.state != State::Open {
            let message = "the statement is compared already, and takes no more rows; to compare a file anew, delete \
                           its statement first";
            return Err(Error::new(ErrorReason::StatementClosed, message));
        }
        let mut matching = Matching::of(app, account, &statement, new.iter()).await?;
        let numbers = statement.next_number()..;
        let compared =
            numbers.zip(new).map(|(number, theirs)| matching.compare(number, theirs.clone(), false));
        let compared: Vec<Compared> = compared.collect();
        if let Some(added) = write(app, &statement, &compared).await? {
            return Ok(added);
        }
        // Another call has added rows meanwhile.
    }
}

/// The number of these rows that are in the statement already.
fn known(statement: &Statement, first: i64, rows: usize) -> Result<usize> {
    let there = i64::from(statement.row_count);
    let refused =
        |message: String| Err(Error::new(ErrorReason::FieldInvalid, message).at_field("first_number"));
    if !(1..=there.saturating_add(1)).contains(&first) {
        return refused(format!(
            "first_number must be 1 to {}: rows are added in their order, and the statement has {there}",
            there.saturating_add(1)
        ));
    }
    let last = first.saturating_add(i64::try_from(rows).unwrap_or(i64::MAX));
    if last > i64::from(ROWS_OF_STATEMENT_MAX).saturating_add(1) {
        return refused(format!("a statement has at most {ROWS_OF_STATEMENT_MAX} rows"));
    }
    let known = there.saturating_add(1).saturating_sub(first);
    Ok(usize::try_from(known).unwrap_or(usize::MAX).min(rows))
}

/// Writes new rows. `None` if the statement has changed since it was read.
async fn write(app: &App, statement: &Statement, compared: &[Compared]) -> Result<Option<Statement>> {
    let added = i32::try_from(compared.len().min(ADDED_ROWS_MAX)).unwrap_or_default();
    let after = Statement { row_count: statement.row_count.saturating_add(added), ..statement.clone() };
    let txn = app.db.begin().await?;
    if !store::lock(&txn, statement).await? {
        txn.rollback().await?;
        return Ok(None);
    }
    let rows: Vec<&Row> = compared.iter().map(|compared| &compared.row).collect();
    row::insert(&txn, &rows).await?;
    let with_number = |compared: &Compared| {
        let number = compared.row.number;
        compared.keys.iter().map(move |key| (*key, number)).collect::<Vec<(Key, i32)>>()
    };
    key::insert(&txn, statement.id, compared.iter().flat_map(with_number)).await?;
    store::update(&txn, &after).await?;
    txn.commit().await?;
    Ok(Some(after))
}

//! Completes a statement: adds our conversions that the network does not state, and finds the held
//! postbacks of sales that are only the network's. Each call does a part, in a transaction of its own.

use std::collections::{BTreeSet, HashSet};

use super::{
    State, Statement,
    compare::Outcome,
    get,
    key::{self, Key},
    row::{self, Row},
    store,
};
use crate::{
    core::{
        App,
        conversion::{self, Brief, TransactionId},
        postback::{self, Postback, Verdict},
        scan::scan,
    },
    db::Connection,
    error::{Error, Result},
    page::PageRequest,
    values::{
        conversion_status::ConversionStatus,
        id::{AccountId, StatementId},
        time::Span,
    },
};

/// Number of conversions, and of held postbacks, in one part.
const CONVERSIONS: u64 = 4_000;
const POSTBACKS: u64 = 500;
/// Time before the period from which held postbacks are looked at: a network may book a sale long
/// after it has reported it.
const HELD_BEFORE: Span = Span::from_days(31);

/// Compares the next part of our side. Returns the statement as it is then.
pub async fn compare(app: &App, account: AccountId, id: StatementId) -> Result<Statement> {
    let statement = get(app, account, id).await?;
    match statement.state {
        State::Complete => Ok(statement),
        State::Open | State::Conversions => conversions(app, account, statement).await,
        State::Postbacks => postbacks(app, account, statement).await,
    }
}

async fn conversions(app: &App, account: AccountId, statement: Statement) -> Result<Statement> {
    // Without a condition on the code, which no index serves, a page needs no look at the rows ahead.
    let times = [statement.starts_at, statement.ends_at];
    let page = PageRequest::own(CONVERSIONS, position(&statement)?);
    let (ours, next) = conversion::list_briefs(app, account, times, &page).await?.into_own();
    let is_counted =
        |one: &&Brief| one.code_id == statement.code_id && one.status != ConversionStatus::Declined;
    let keys: Vec<Key> = ours.iter().filter(is_counted).map(key::of_conversion).collect();
    let known = scan(app, account, async |db| Ok(key::find(db, statement.id, &keys).await?)).await?;
    let unknown = ours.iter().filter(is_counted).filter(|one| !known.contains_key(&key::of_conversion(one)));
    let numbers = statement.next_number()..;
    let rows: Vec<(Row, Key)> = numbers
        .zip(unknown)
        .map(|(number, one)| (Row::of_ours(&statement, number, one), key::of_conversion(one)))
        .collect();
    let added = i32::try_from(rows.len()).unwrap_or_default();
    let after = Statement {
        our_count: statement.our_count.saturating_add(added),
        state: if next.is_some() { State::Conversions } else { State::Postbacks },
        position: next.map(Vec::from).unwrap_or_default(),
        ..statement.clone()
    };
    step(app, statement, after, async |txn, id| {
        row::insert(txn, &rows.iter().map(|(row, _)| row).collect::<Vec<_>>()).await?;
        Ok(key::insert(txn, id, rows.iter().map(|(row, key)| (*key, row.number))).await?)
    })
    .await
}

async fn postbacks(app: &App, account: AccountId, statement: Statement) -> Result<Statement> {
    let filter = postback::Filter {
        verdict: Some(Verdict::Held),
        code_text: Some(statement.code_id.to_string()),
        start: Some(statement.starts_at.minus(HELD_BEFORE)),
        ..Default::default()
    };
    let page = PageRequest::own(POSTBACKS, position(&statement)?);
    let (held, next) = postback::list(app, account, &filter, &page).await?.into_own();
    let reported = reported(app, account, &statement, &held).await?;
    let after = Statement {
        state: if next.is_some() { State::Postbacks } else { State::Complete },
        position: next.map(Vec::from).unwrap_or_default(),
        ..statement.clone()
    };
    step(app, statement, after, async |txn, _| {
        for row in &reported {
            row::update(txn, row).await?;
        }
        Ok(())
    })
    .await
}

/// The rows that are only the network's and that one of these postbacks reported. Of several postbacks,
/// the newest counts.
async fn reported(
    app: &App,
    account: AccountId,
    statement: &Statement,
    held: &[Postback],
) -> Result<Vec<Row>> {
    let of_postback = |held: &Postback| {
        let order = TransactionId::sought(&postback::order_of(held));
        key::of_postback(&order, &held.click_text)
    };
    let keys: Vec<(Vec<Key>, &Postback)> = held.iter().map(|held| (of_postback(held), held)).collect();
    let all: HashSet<Key> = keys.iter().flat_map(|(keys, _)| keys).copied().collect();
    let all: Vec<Key> = all.into_iter().collect();
    scan(app, account, async |db| {
        let known = key::find(db, statement.id, &all).await?;
        let numbers: BTreeSet<i32> = known.values().copied().collect();
        let numbers: Vec<i32> = numbers.into_iter().collect();
        let mut rows = row::find_these(db, statement.id, &numbers).await?;
        rows.retain(|row| row.outcome == Outcome::OnlyTheirs && row.postback_id.is_none());
        for row in &mut rows {
            let reports = |keys: &[Key]| keys.iter().any(|key| known.get(key) == Some(&row.number));
            if let Some((_, held)) = keys.iter().find(|(keys, _)| reports(keys)) {
                row.hold(held.id, held.reason);
            }
        }
        rows.retain(|row| row.postback_id.is_some());
        Ok(rows)
    })
    .await
}

/// The key after which the next part begins; `None` for the first part.
fn position<const N: usize>(statement: &Statement) -> Result<Option<[u8; N]>> {
    if statement.position.is_empty() {
        return Ok(None);
    }
    let key = statement.position.as_slice().try_into();
    key.map(Some).map_err(|_| Error::internal("the position of a statement"))
}

/// Writes a part, and where the next one begins. If another call has changed the statement since it was
/// read, writes nothing, and returns the statement as it is now.
async fn step(
    app: &App,
    statement: Statement,
    after: Statement,
    write: impl AsyncFnOnce(&Connection, StatementId) -> Result<()>,
) -> Result<Statement> {
    let txn = app.db.begin().await?;
    if !store::lock(&txn, &statement).await? {
        txn.rollback().await?;
        return get(app, statement.account_id, statement.id).await;
    }
    write(&txn, statement.id).await?;
    store::update(&txn, &after).await?;
    txn.commit().await?;
    Ok(after)
}

//! Entries by hand in the ledger of a partner: bonuses, fees and corrections. An entry has a line of the
//! ledger, which has the entry's id in place of a click's.

mod store;

use std::collections::HashMap;

use self::store::Inserted;
pub use self::store::Model as Entry;
use super::Payout;
use crate::{
    core::{
        App,
        ledger::{self, Line, NUMBER_OF_ENTRY},
        partner,
    },
    db::{Connection, commit_or_rollback},
    error::{Error, Result},
    values::{
        click_id::ClickId,
        id::{AccountId, EntryId, PartnerId, RequestKey},
        money::{Amount, AmountChange, Currency},
    },
};

/// An entry to be created.
pub struct Create {
    pub partner: PartnerId,
    pub amount: AmountChange,
    pub currency: Currency,
    pub note: String,
    pub request: RequestKey,
    pub validate_only: bool,
}

pub async fn create(app: &App, account: AccountId, create: Create) -> Result<Entry> {
    let Create { partner, amount, currency, note, request, validate_only } = create;
    let now = app.now();
    let entry = Entry {
        id: EntryId(app.random.id(now)),
        account_id: account,
        partner_id: partner,
        currency,
        amount,
        note,
        created_at: now,
        request_id: request.id,
        request_digest: request.digest,
    };
    let txn = app.db.begin().await?;
    partner::lock(&txn, account, partner).await?;
    match store::insert(&txn, &entry).await? {
        Inserted::New => {
            ledger::insert(&txn, &[line(&entry)]).await?;
            commit_or_rollback(txn, !validate_only).await?;
            Ok(entry)
        }
        Inserted::RequestIdInUse => {
            txn.rollback().await?;
            let first = store::of_request(app.db.reader(), &entry).await?;
            let same = first.filter(|first| first.request_digest == entry.request_digest);
            same.ok_or_else(Error::request_id_reused)
        }
    }
}

/// Moves the rest of what a payout has claimed, in millionths, to the next payout: an entry takes it
/// out of this one, and another one gives it back to the partner.
pub async fn carry(app: &App, txn: &Connection, payout: &Payout, rest: i64) -> Result<()> {
    let out = "less than can be paid goes to the next payout".to_owned();
    let on = format!("the rest of {}", payout.id);
    for (micros, note, payout_id) in [(rest.saturating_neg(), out, Some(payout.id)), (rest, on, None)] {
        let amount = AmountChange::from_micros(micros);
        let entry = Entry {
            id: EntryId(app.random.id(payout.created_at)),
            account_id: payout.account_id,
            partner_id: payout.partner_id,
            currency: payout.currency,
            amount: amount.ok_or_else(|| Error::internal("the rest of a payout"))?,
            note,
            created_at: payout.created_at,
            request_id: None,
            request_digest: Vec::new(),
        };
        store::insert(txn, &entry).await?;
        ledger::insert(txn, &[Line { payout_id, ..line(&entry) }]).await?;
    }
    Ok(())
}

fn line(entry: &Entry) -> Line {
    Line {
        click_id: ClickId(entry.id.0),
        serial: 0,
        number: NUMBER_OF_ENTRY,
        account_id: entry.account_id,
        partner_id: entry.partner_id,
        currency: entry.currency,
        pending_delta: Amount::ZERO.change_from(Amount::ZERO),
        approved_delta: entry.amount,
        effective_at: entry.created_at,
        created_at: entry.created_at,
        due_at: Some(entry.created_at),
        payout_id: None,
        waiting_since: None,
    }
}

/// The amounts of all entries of a partner.
pub async fn amounts(app: &App, partner: PartnerId) -> Result<Vec<(Currency, AmountChange)>> {
    Ok(store::amounts(app.db.reader(), partner).await?)
}

/// All entries, of all accounts.
pub async fn all(db: &impl sea_orm::ConnectionTrait) -> Result<Vec<Entry>> {
    Ok(store::all(db).await?)
}

/// The notes of the entries of these lines.
pub async fn notes(
    db: &impl sea_orm::ConnectionTrait,
    lines: impl Iterator<Item = &Line>,
) -> Result<HashMap<EntryId, String>> {
    let ids = lines.filter(|line| !line.is_of_conversion()).map(id).collect();
    Ok(store::notes(db, ids).await?)
}

/// The id of the entry that a line is of.
pub fn id(line: &Line) -> EntryId {
    EntryId(line.click_id.0)
}

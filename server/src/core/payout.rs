//! Payouts: what partners are owed, and what they were paid.
//!
//! A payout claims the lines of a partner's ledger that are due: one statement gives the payout's id to
//! all lines that have none. The row of the partner is locked before, so payouts of a partner are made
//! one after the other. So a line is in at most one payout, whatever servers do at the same time. The
//! total is summed up from the claimed lines. If it is not the total that the caller has seen, nothing
//! is claimed. A payout is in whole cents, or what the currency has in place of cents: two entries move
//! the rest out of the payout and to the next one.
//!
//! Double entry: `pending`, `approved`, `in_payout` and `paid` of a balance add up to all that a partner
//! was ever owed, which is what the account has spent on it. A payout moves its total from `approved` to
//! `in_payout`, and its payment from there to `paid`. What a refund takes back after the payment makes
//! `approved` negative, so that the next payout is smaller.

mod balance;
pub mod check;
mod entry;
pub mod grpc;
mod lines;
mod store;

use s2s_sdk::v1::{ErrorReason, Money};

pub use self::store::Model as Payout;
use crate::{
    core::{
        App,
        ledger::{self, Due, Sum},
        partner::{self, Partner},
        scan::scan,
    },
    db::commit_or_rollback,
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        id::{AccountId, PartnerId, PayoutId, RequestKey},
        money::{Amount, Currency},
        time::{Span, Time},
    },
};

/// Longest text about a payment, and longest note of an entry, in bytes.
const REFERENCE_BYTES_MAX: usize = 200;
const NOTE_BYTES_MAX: usize = 1_000;
/// Length of the sort key of a list of payouts, in bytes. The key is the id, which begins with its time.
const LIST_KEY_BYTES: usize = 16;

/// A payout to be created.
pub struct Create {
    pub partner: PartnerId,
    pub currency: Option<Currency>,
    pub cutoff: Option<Time>,
    /// The total that the caller has seen.
    pub expected: Option<Amount>,
    pub request: RequestKey,
    pub validate_only: bool,
}

pub async fn create(app: &App, account: AccountId, create: Create) -> Result<Payout> {
    let now = app.now();
    if create.cutoff.is_some_and(|cutoff| cutoff > now) {
        let error = Error::new(ErrorReason::FieldInvalid, "cutoff_time is later than now");
        return Err(error.at_field("cutoff_time"));
    }
    if create.validate_only {
        let partner = partner::get(app, account, create.partner).await?;
        let due = due(&partner, &create, now)?;
        let sum = scan(app, account, async |db| Ok(ledger::due(db, &due).await?)).await?;
        let total = total(&partner, due, sum, create.expected)?;
        return Ok(made(PayoutId(uuid::Uuid::nil()), &partner, due, total, create.request, now));
    }
    let txn = app.db.begin().await?;
    let partner = partner::lock(&txn, account, create.partner).await?;
    if let Some(first) = store::of_request(&txn, account, &create.request).await? {
        txn.rollback().await?;
        let same = first.request_digest == create.request.digest;
        return if same { Ok(first) } else { Err(Error::request_id_reused()) };
    }
    let due = due(&partner, &create, now)?;
    let id = PayoutId(app.random.id(now));
    ledger::claim(&txn, &due, id).await?;
    let sum = ledger::claimed(&txn, partner.id, id).await?;
    let total = match total(&partner, due, sum, create.expected) {
        Ok(total) => total,
        Err(refused) => {
            txn.rollback().await?;
            return Err(refused);
        }
    };
    let payout = store::insert(&txn, made(id, &partner, due, total, create.request, now)).await?;
    if total.rest > 0 {
        entry::carry(app, &txn, &payout, total.rest).await?;
    }
    txn.commit().await?;
    Ok(payout)
}

/// The lines of a partner that a payout claims.
fn due(partner: &Partner, create: &Create, now: Time) -> Result<Due> {
    let currency = create.currency.or(partner.payout_currency).ok_or_else(|| {
        let message = "currency_code is mandatory, because the partner has no currency in which it is paid";
        Error::new(ErrorReason::FieldInvalid, message).at_field("currency_code")
    })?;
    let cutoff = create.cutoff.unwrap_or(now);
    let until = cutoff.minus(Span::from_days(partner.hold_days.into()));
    Ok(Due { partner: partner.id, currency, cutoff, until })
}

/// The total of a payout, in whole units that can be paid.
#[derive(Clone, Copy)]
struct Total {
    amount: Amount,
    /// The number of lines, with that of the rest.
    lines: i64,
    /// What is due beyond the total, in millionths: less than the smallest amount that can be paid. It
    /// goes to the next payout.
    rest: i64,
}

/// The total of lines with this sum, if it may be paid out.
fn total(partner: &Partner, due: Due, sum: Sum, expected: Option<Amount>) -> Result<Total> {
    let due_micros =
        i64::try_from(sum.micros).map_err(|_| Error::sum_too_large("the payout", &due.currency))?;
    let rest = if due_micros > 0 { due_micros % due.currency.smallest_micros() } else { 0 };
    let micros = due_micros.saturating_sub(rest);
    let shown = |micros| Money { currency_code: due.currency.to_string(), micros }.to_string();
    if let Some(expected) = expected.map(Amount::micros).filter(|expected| *expected != micros) {
        let message = format!(
            "{} are due now, not the {} of `expected_total`, a difference of {}: look at the payout again with \
             `validate_only`, and send its total",
            shown(micros),
            shown(expected),
            shown(micros.saturating_sub(expected))
        );
        return Err(Error::new(ErrorReason::PayoutDiffers, message).with("due", &shown(micros)));
    }
    let least = partner.minimum_payout.filter(|_| partner.payout_currency == Some(due.currency));
    let amount = Amount::from_micros(micros).filter(|amount| *amount > Amount::ZERO);
    if let Some(amount) = amount.filter(|amount| least.is_none_or(|least| *amount >= least)) {
        let lines = sum.lines.saturating_add((rest > 0).into());
        return Ok(Total { amount, lines, rest });
    }
    let least = least.filter(|least| *least > Amount::ZERO);
    let least = least.map_or_else(String::new, |least| {
        format!(", and the partner is paid {} or more", shown(least.micros()))
    });
    let message = format!(
        "{} are due{least}: what is due stays in the ledger, and a later payout takes it",
        shown(due_micros)
    );
    Err(Error::new(ErrorReason::PayoutTooSmall, message).with("due", &shown(due_micros)))
}

fn made(id: PayoutId, partner: &Partner, due: Due, total: Total, request: RequestKey, now: Time) -> Payout {
    Payout {
        id,
        account_id: partner.account_id,
        partner_id: partner.id,
        currency: due.currency,
        cutoff_at: due.cutoff,
        total: total.amount,
        line_count: total.lines,
        reference: String::new(),
        created_at: now,
        paid_at: None,
        canceled_at: None,
        request_id: request.id,
        request_digest: request.digest,
    }
}

/// Returns a payout of the account. The key of a partner sees only the partner's own.
pub async fn get(app: &App, account: AccountId, own: Option<PartnerId>, id: PayoutId) -> Result<Payout> {
    let found = store::find(app.db.reader(), account, id).await?;
    let found = found.filter(|payout| own.is_none_or(|own| payout.partner_id == own));
    found.ok_or_else(|| Error::not_found("payout", &id))
}

pub async fn list(
    app: &App,
    account: AccountId,
    partner: Option<PartnerId>,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Payout, LIST_KEY_BYTES>> {
    let rows = scan(app, account, async |db| Ok(store::list(db, account, partner, page).await?)).await?;
    Ok(page.cut(rows, None, |payout| payout.id.0.into_bytes()))
}

/// The end of a payout.
pub enum End {
    Paid { reference: String, at: Option<Time> },
    Canceled,
}

/// Ends a payout. Ending it in the same way again changes nothing.
pub async fn end(
    app: &App,
    account: AccountId,
    id: PayoutId,
    end: End,
    validate_only: bool,
) -> Result<Payout> {
    let (now, txn) = (app.now(), app.db.begin().await?);
    let found = store::find_to_update(&txn, account, id).await?;
    let mut payout = found.ok_or_else(|| Error::not_found("payout", &id))?;
    let ended = || {
        let message = if payout.paid_at.is_some() {
            "the payout was paid, and never changes again; what is wrong about it, an entry in the ledger corrects"
        } else {
            "the payout is canceled, and its lines are due again; create another payout of them"
        };
        Err(Error::new(ErrorReason::PayoutEnded, message))
    };
    match (end, payout.paid_at, payout.canceled_at) {
        (End::Paid { reference, at }, None, None) => {
            (payout.reference, payout.paid_at) = (reference, Some(at.unwrap_or(now)));
        }
        (End::Canceled, None, None) => {
            payout.canceled_at = Some(now);
            ledger::let_go(&txn, payout.partner_id, id).await?;
        }
        (End::Paid { reference, at }, Some(paid_at), _)
            if reference == payout.reference && at.is_none_or(|at| at == paid_at) =>
        {
            txn.rollback().await?;
            return Ok(payout);
        }
        (End::Canceled, _, Some(_)) => {
            txn.rollback().await?;
            return Ok(payout);
        }
        _ => return ended(),
    }
    store::update(&txn, &payout).await?;
    commit_or_rollback(txn, !validate_only).await?;
    Ok(payout)
}

/// Parses a payout's id. A malformed id gives the same error as an unknown one.
fn parse_id(text: &str) -> Result<PayoutId> {
    text.parse().map_err(|_| Error::not_found("payout", text))
}

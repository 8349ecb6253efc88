//! Adjustments: what becomes of a conversion after it was recorded. Each is a line that is never
//! changed; the conversion's row tells where the lines have led to.
//!
//! `rules` decide what a change makes of a conversion, `judge` makes the line, and `write` writes
//! lines together. The lines of a conversion have numbers without gaps. A line and the new standing
//! of its conversion are written in one transaction, in which the conversion is locked, and only if
//! the conversion still has as many lines as were judged.
//!
//! Absent on purpose: changing or deleting a line. A mistake is mended by a further line.

pub mod grpc;
mod lines;
mod past;
mod rules;
mod samples;
mod store;
mod write;

use s2s_sdk::v1::{AdjustmentVerdict, ErrorReason};
use sea_orm::{ActiveEnum as _, ConnectionTrait, DeriveActiveEnum, EnumIter};

pub use self::{
    lines::{Line, Lines},
    past::Past,
    rules::Change,
    store::Model as Adjustment,
    write::{Adjust, enter},
};
use self::{rules::Refusal, write::Outcome};
use crate::{
    core::{
        App,
        conversion::{self, Conversion, ConversionId, Standing, TransactionId},
        conversion_code::ConversionCodeId,
        scan::{scan, write_part},
    },
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        click_id::ClickId,
        external_id::ExternalId,
        id::AccountId,
        money::{Amount, Currency},
        time::Time,
    },
};

/// Maximum number of adjustments of a conversion.
const ADJUSTMENTS_OF_CONVERSION_MAX: i16 = 1_000;
/// Longest remark, in bytes.
pub const REMARK_BYTES_MAX: usize = 500;

/// Length of the list's sort key, in bytes: time of recording, click id, serial, number.
const LIST_KEY_BYTES: usize = 34;

/// The kind of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum Kind {
    #[sea_orm(num_value = 1)]
    Approve,
    #[sea_orm(num_value = 2)]
    Decline,
    #[sea_orm(num_value = 3)]
    Refund,
    #[sea_orm(num_value = 4)]
    Restate,
    #[sea_orm(num_value = 5)]
    Reverse,
}

impl From<&Change> for Kind {
    fn from(change: &Change) -> Self {
        match change {
            Change::Approve => Self::Approve,
            Change::Decline => Self::Decline,
            Change::Refund { .. } => Self::Refund,
            Change::Restate { .. } => Self::Restate,
            Change::Reverse => Self::Reverse,
        }
    }
}

impl Change {
    /// The change as bytes. Their form never changes, because a hash of them is stored.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Kind::from(self).to_value().to_be_bytes().to_vec();
        let mut add = |part: Option<i64>| {
            bytes.push(u8::from(part.is_some()));
            bytes.extend(part.unwrap_or_default().to_be_bytes());
        };
        match self {
            Self::Approve | Self::Decline | Self::Reverse => {}
            Self::Refund { amount, keep_commission } => {
                add(Some(amount.micros()));
                add(keep_commission.then_some(1));
            }
            Self::Restate { value, commission, status } => {
                add(value.map(Amount::micros));
                add(commission.map(Amount::micros));
                add(status.map(|status| status.to_value().into()));
            }
        }
        bytes
    }
}

/// A change of a conversion, as a caller asks for it. Each field is well-formed; nothing else is
/// checked yet.
#[derive(Clone, Debug)]
pub struct Request {
    pub change: Change,
    /// The currencies that are stated with the amounts. Each must be that of the conversion.
    pub currencies: Vec<Currency>,
    pub external_id: Option<ExternalId>,
    pub remark: String,
    /// `None` for the time of recording.
    pub effective_at: Option<Time>,
}

impl Request {
    /// A number that two requests under one external id have in common only if they ask for the same
    /// change. A remark and a time are no part of it.
    fn content(&self) -> i64 {
        let mut content = [0; 8];
        blake3::Hasher::new().update(&self.change.to_bytes()).finalize_xof().fill(&mut content);
        i64::from_be_bytes(content)
    }
}

/// The outcome of an adjustment.
#[derive(Clone, Debug)]
pub struct Adjusted {
    pub verdict: AdjustmentVerdict,
    /// The line. If nothing had to change, it has the number 0, and is not stored.
    pub line: Adjustment,
}

/// Decides what a request makes of a conversion. `known` is the line that was recorded under its
/// external id, if there is one.
///
/// # Errors
///
/// `CURRENCY_INVALID`, `REFUND_TOO_LARGE`, `STATUS_TRANSITION`, `ADJUSTMENT_CONFLICT` or
/// `ADJUSTMENTS_USED_UP`.
fn judge(
    request: &Request,
    conversion: &Conversion,
    known: Option<&Adjustment>,
    now: Time,
) -> Result<Adjusted> {
    let (currency, before) = (conversion.currency, conversion.standing());
    if let Some(other) = request.currencies.iter().find(|other| **other != currency) {
        let message =
            format!("the conversion is in {currency}, and the adjustment in {other}; send {currency}");
        return Err(Error::new(ErrorReason::CurrencyInvalid, message));
    }
    let content = request.content();
    if let Some(known) = known {
        if known.content != content {
            return Err(conflict(known));
        }
        return Ok(Adjusted { verdict: AdjustmentVerdict::Duplicate, line: known.clone() });
    }
    let after = rules::decide(&request.change, before, conversion.commission_percent);
    let after = after.map_err(|refusal| refused(refusal, conversion))?;
    let (verdict, number) = if after == before {
        (AdjustmentVerdict::Unchanged, 0)
    } else if conversion.adjustment_count() >= ADJUSTMENTS_OF_CONVERSION_MAX {
        let message = format!(
            "the conversion has had {ADJUSTMENTS_OF_CONVERSION_MAX} adjustments, and takes no more; check the program \
             that adjusts it"
        );
        return Err(Error::new(ErrorReason::AdjustmentsUsedUp, message));
    } else {
        (AdjustmentVerdict::Recorded, conversion.adjustment_count().saturating_add(1))
    };
    let line = Adjustment {
        click_id: conversion.click_id,
        serial: conversion.serial,
        number,
        account_id: conversion.account_id,
        kind: Kind::from(&request.change),
        status_before: before.status,
        status_after: after.status,
        currency,
        value_delta: after.value.change_from(before.value),
        value_after: after.value,
        commission_delta: after.commission.change_from(before.commission),
        commission_after: after.commission,
        external_id: request.external_id.clone(),
        content,
        remark: request.remark.clone(),
        effective_at: request.effective_at.unwrap_or(now),
        created_at: now,
    };
    Ok(Adjusted { verdict, line })
}

impl Adjustment {
    fn conversion_id(&self) -> ConversionId {
        ConversionId { click: self.click_id, serial: self.serial }
    }

    fn after(&self) -> Standing {
        Standing { status: self.status_after, value: self.value_after, commission: self.commission_after }
    }

    fn before(&self) -> Standing {
        Standing {
            status: self.status_before,
            value: self.value_delta.undone(self.value_after).unwrap_or(self.value_after),
            commission: self.commission_delta.undone(self.commission_after).unwrap_or(self.commission_after),
        }
    }
}

fn refused(refusal: Refusal, conversion: &Conversion) -> Error {
    let error = match refusal {
        Refusal::RefundTooLarge => {
            let left = conversion.standing().value.to_proto(conversion.currency);
            let message = format!(
                "the refund is larger than what is left of the conversion's value, {left}; refund at most that, or \
                 reverse the conversion"
            );
            Error::new(ErrorReason::RefundTooLarge, message)
        }
        Refusal::Declined => {
            let message = "the conversion is declined; if it is to count after all, restate it with a status and a \
                           commission";
            Error::new(ErrorReason::StatusTransition, message)
        }
    };
    error.with("conversion_id", &conversion.id())
}

fn conflict(known: &Adjustment) -> Error {
    let id = known.external_id.as_ref().map(ExternalId::as_str).unwrap_or_default();
    let message = format!(
        "another adjustment of this conversion was recorded under the external id `{id}`, as its line {}; send the \
         same change again, or give another change an id of its own",
        known.number
    );
    let error = Error::new(ErrorReason::AdjustmentConflict, message);
    error.with("conversion_id", &known.conversion_id()).with("number", &known.number)
}

/// Adjusts a conversion. Returns once the line is durable.
pub async fn adjust(app: &App, account: AccountId, id: ConversionId, request: Request) -> Result<Adjusted> {
    let result = adjust_by_all(app, account, id, vec![request]).await?.pop();
    result.unwrap_or_else(|| Err(Error::internal("an adjustment has no result")))
}

/// Adjusts a conversion by each of these requests, in their order, in one transaction. One that is refused
/// keeps no other from its line. Returns a result for each of them, once the lines are durable.
pub async fn adjust_by_all(
    app: &App,
    account: AccountId,
    id: ConversionId,
    requests: Vec<Request>,
) -> Result<Vec<Result<Adjusted>>> {
    let (_, Outcome { results, .. }) =
        app.commit.write(Adjust::new(account, id, requests, app.now())).await?;
    Ok(results)
}

/// Returns the answer that `adjust` would give, and records nothing.
pub async fn preview(app: &App, account: AccountId, id: ConversionId, request: Request) -> Result<Adjusted> {
    let conversion = conversion::get(app, account, id).await?;
    let mut known = None;
    if let Some(external_id) = &request.external_id {
        let keys = [(id, external_id.clone())];
        known = store::find_known(app.db.reader(), &keys).await?.into_values().next();
    }
    let mut adjusted = judge(&request, &conversion, known.as_ref(), app.now())?;
    if adjusted.verdict == AdjustmentVerdict::Recorded {
        adjusted.verdict = AdjustmentVerdict::Test;
    }
    Ok(adjusted)
}

/// The conversion that a caller wants to adjust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Conversion(ConversionId),
    Order(TransactionId, Option<ConversionCodeId>),
}

/// Finds the conversions of targets, each with the external id of its adjustment, in their order. Orders
/// are looked up one after the other, in one scan.
pub async fn find_targets(
    app: &App,
    account: AccountId,
    targets: &[(Target, Option<ExternalId>)],
) -> Result<Vec<Result<ConversionId>>> {
    let of_id = |(target, _): &(Target, _)| match target {
        Target::Conversion(id) => Some(Ok(*id)),
        Target::Order(..) => None,
    };
    if let Some(ids) = targets.iter().map(of_id).collect() {
        return Ok(ids);
    }
    let of_orders = scan(app, account, async |db| {
        let mut found = Vec::with_capacity(targets.len());
        for (target, external_id) in targets {
            found.push(match target {
                Target::Conversion(id) => Ok(*id),
                Target::Order(order, code) => {
                    let ids = conversion::of_order(db, account, order, *code).await?;
                    match known(db, ids.as_deref(), external_id.as_ref()).await? {
                        Some(id) => Ok(id),
                        None => only(order, ids.as_deref()),
                    }
                }
            });
        }
        Ok(found)
    });
    of_orders.await
}

/// Of several conversions of an order, the only one that has an adjustment under this external id: it was
/// the order's only one when the adjustment was recorded, so a repetition finds it again.
async fn known(
    db: &impl ConnectionTrait,
    ids: Option<&[ConversionId]>,
    external_id: Option<&ExternalId>,
) -> Result<Option<ConversionId>> {
    let (Some(ids @ [_, _, ..]), Some(external_id)) = (ids, external_id) else { return Ok(None) };
    let keys: Vec<store::Key> = ids.iter().map(|id| (*id, external_id.clone())).collect();
    let found = store::find_known(db, &keys).await?;
    let mut found = found.into_keys().map(|(id, _)| id);
    Ok(found.next().filter(|_| found.next().is_none()))
}

/// The only conversion of an order. `ids` is `None` if there are too many.
fn only(order: &TransactionId, ids: Option<&[ConversionId]>) -> Result<ConversionId> {
    match ids {
        Some([id]) => Ok(*id),
        Some([]) => Err(Error::not_found("conversion of the order", order.as_str())),
        ids => {
            let many = ids.map_or_else(|| "very many".to_owned(), |ids| ids.len().to_string());
            let message = format!(
                "the order id has {many} conversions, so it names none of them; name the conversion by its id, or add \
                 the id of its conversion code"
            );
            Err(Error::new(ErrorReason::OrderAmbiguous, message))
        }
    }
}

/// Filter of a list. All given conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub conversion: Option<ConversionId>,
    pub start: Option<Time>,
    pub end: Option<Time>,
}

/// Lists adjustments, newest first.
pub async fn list(
    app: &App,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Adjustment, LIST_KEY_BYTES>> {
    scan(app, account, async |db| store::list(db, account, filter, page).await).await
}

/// Erases the remarks on a click's conversions: they may identify the visitor. `rows_max` is the
/// maximum number of rows in one transaction.
pub async fn erase(app: &App, account: AccountId, click: ClickId, rows_max: usize) -> Result<()> {
    loop {
        let told = scan(app, account, async |db| store::with_remark(db, account, click).await).await?;
        for some in told.chunks(rows_max) {
            write_part(app, account, async |txn| store::erase(txn, click, some).await).await?;
        }
        if told.len() < store::TOLD_MAX {
            return Ok(());
        }
    }
}

/// Deletes a batch of the adjustments whose click id is less than `below`. Returns the number
/// deleted, and true if more may be left.
pub async fn delete_some(app: &App, below: uuid::Uuid) -> Result<(u64, bool)> {
    Ok(app.db.delete_some::<store::Entity>(store::Column::ClickId, below).await?)
}

#[cfg(test)]
mod tests;

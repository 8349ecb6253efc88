//! Postbacks of a conversion that is recorded already: the news in them, and what they change.
//! Refunds are a module of their own (`refund`).
//!
//! Networks send a sale as pending and later once more, as approved or declined, and they repeat
//! what they have sent. Postbacks have no time of their sender, so their order is told by what they
//! say: pending comes before approved, and approved before declined. The code's `UpdatePolicy` says
//! what may change; a change is an adjustment.

use s2s_sdk::v1::{AdjustmentVerdict, ErrorReason, Note, NoteCode};
use sea_orm::DbErr;

use super::refund::{self, Refund};
use crate::{
    core::{
        App,
        adjustment::{self, Change, Line, Lines, Past},
        conversion::{self, Conversion, Counted, New, Recorded, Standing, note},
        conversion_code::{ConversionCode, TransactionScope, UpdatePolicy},
    },
    db::Connection,
    error::{Error, Result},
    values::{
        conversion_status::ConversionStatus::{Approved, Declined, Pending},
        time::Time,
    },
};

/// News in a postback, beside what stands.
#[derive(Debug, PartialEq, Eq)]
enum News {
    /// The same as stands.
    None,
    /// An earlier status.
    Older,
    /// A later status.
    Change(Change),
    /// Other amounts, with the status that stands.
    OtherAmounts,
    /// An approval of a declined conversion.
    ApprovalAfterDecline,
}

/// Compares what a postback says with what stands.
fn news(now: Standing, this: Standing) -> News {
    let Standing { value, commission, .. } = this;
    let has_same_amounts = (value, commission) == (now.value, now.commission);
    match (now.status, this.status) {
        (Pending, Pending) | (Approved, Approved) if has_same_amounts => News::None,
        (Pending, Pending) | (Approved, Approved) => News::OtherAmounts,
        (Pending, Approved) if has_same_amounts => News::Change(Change::Approve),
        (Pending, Approved) => News::Change(Change::Restate {
            value: Some(value),
            commission: Some(commission),
            status: Some(Approved),
        }),
        // The amounts of a declined sale are often 0, or those of the sale.
        (Pending | Approved, Declined) => News::Change(Change::Decline),
        (Declined, Declined) => News::None,
        (Declined, Approved) => News::ApprovalAfterDecline,
        (Approved | Declined, Pending) => News::Older,
    }
}

/// The effect of a postback on a recorded conversion.
enum Effect {
    /// None.
    Duplicate(Vec<Note>),
    /// None: the postback is held.
    Held(Error),
    Change(Change),
}

/// Decides what the report of a sale does to a conversion that stands as `now`. `past` returns what
/// the conversion has been.
async fn effect(
    now: &Conversion,
    this: &Conversion,
    policy: UpdatePolicy,
    past: impl AsyncFnOnce() -> Result<Past, DbErr>,
) -> Result<Effect, DbErr> {
    let (before, said) = (now.standing(), this.standing());
    let has_same_currency = now.currency == this.currency;
    Ok(match news(before, said) {
        News::Older => Effect::Duplicate(vec![older_news()]),
        News::ApprovalAfterDecline => Effect::Held(approval_after_decline(now)),
        News::Change(Change::Decline) => Effect::Change(Change::Decline),
        News::None if said.status == Declined => Effect::Duplicate(Vec::new()),
        _ if !has_same_currency => Effect::Held(conflict(now, this, OTHER_AMOUNTS)),
        News::None => Effect::Duplicate(Vec::new()),
        News::Change(Change::Approve) => Effect::Change(Change::Approve),
        // A network does not know of refunds, and reports the sale as it was before them.
        News::Change(approval) => match past().await? {
            past if !past.has_refund() => Effect::Change(approval),
            past if past.was_before_refund(said) => Effect::Change(Change::Approve),
            _ => Effect::Held(conflict(now, this, REFUNDED)),
        },
        News::OtherAmounts => match past().await? {
            past if past.has_been(said) => Effect::Duplicate(vec![older_news()]),
            past if past.has_refund() => Effect::Held(conflict(now, this, REFUNDED)),
            _ if policy == UpdatePolicy::StatusAndAmounts => {
                let (value, commission) = (Some(said.value), Some(said.commission));
                Effect::Change(Change::Restate { value, commission, status: None })
            }
            _ => Effect::Held(conflict(now, this, OTHER_AMOUNTS)),
        },
    })
}

/// Causes of a conflict, as clauses.
const OTHER_AMOUNTS: &str = "the code's update_policy takes no other amounts";
const REFUNDED: &str = "a part of it was refunded since it had other amounts";

fn older_news() -> Note {
    let message = "the conversion has moved on since, or was adjusted; what stands now stays";
    note(NoteCode::OlderNews, "status", message)
}

fn approval_after_decline(now: &Conversion) -> Error {
    let message = "the conversion stands as declined, and this postback approves it: it may be a late retry, or a \
                   change of mind; if it is to count after all, restate the conversion with a status and a commission";
    Error::new(ErrorReason::ApprovalAfterDecline, message).with("conversion_id", &now.id())
}

fn conflict(now: &Conversion, this: &Conversion, cause: &str) -> Error {
    let worth = |row: &Conversion| {
        let Standing { value, commission, .. } = row.standing();
        format!("value {} and commission {}", value.to_proto(row.currency), commission.to_proto(row.currency))
    };
    let message = format!(
        "{} is recorded already and stands at {}, not {}, and {cause}; send the same amounts, adjust the conversion, \
         or send another transaction id for another sale",
        now.description(),
        worth(now),
        worth(this),
    );
    Error::new(ErrorReason::TransactionConflict, message).with("conversion_id", &now.id())
}

/// The content of a postback: a conversion, or a refund of one.
#[derive(Clone, Debug)]
pub struct Report {
    /// The conversion. With a refund, only its key, account and currency count.
    pub conversion: Conversion,
    pub refund: Option<Refund>,
    pub policy: UpdatePolicy,
    pub scope: TransactionScope,
}

impl Report {
    /// A report as the settings of its code take it.
    pub fn new(conversion: Conversion, refund: Option<Refund>, code: &ConversionCode) -> Self {
        Self { conversion, refund, policy: code.update_policy, scope: code.transaction_scope }
    }

    /// The conversion as a new one.
    pub fn as_new(&self) -> New<'_> {
        New { row: &self.conversion, scope: self.scope, locks: false }
    }

    /// Returns whether this may change a conversion that stands as `now`.
    fn is_news(&self, now: &Conversion) -> bool {
        self.policy != UpdatePolicy::None
            && now.click_id == self.conversion.click_id
            && (self.refund.is_some()
                || now.currency != self.conversion.currency
                || news(now.standing(), self.conversion.standing()) != News::None)
    }

    /// The outcome if this changes nothing, whatever stands now.
    fn unchanging(&self, first: Option<&Conversion>) -> Result<Counted> {
        match (&self.refund, first) {
            (None, first) => Counted::new(&self.conversion, first, self.policy),
            (Some(_), None) => Err(refund::not_recorded(&self.conversion)),
            (Some(_), Some(first)) => Err(refund::updates_off(first)),
        }
    }

    /// A change that this report asks for.
    fn request(&self, change: Change, received_at: Time) -> adjustment::Request {
        let refund = self.refund.as_ref();
        let has_amount = refund.is_some_and(|refund| refund.amount.is_some());
        adjustment::Request {
            change,
            currencies: if has_amount { vec![self.conversion.currency] } else { Vec::new() },
            external_id: refund.and_then(|refund| refund.id.clone()),
            remark: String::new(),
            effective_at: Some(received_at),
        }
    }

    /// Decides what this does to a conversion that stands as `now`. `past` returns what the conversion
    /// has been.
    async fn effect(
        &self,
        now: &Conversion,
        past: impl AsyncFnOnce() -> Result<Past, DbErr>,
    ) -> Result<Effect, DbErr> {
        match &self.refund {
            None => effect(now, &self.conversion, self.policy, past).await,
            Some(refund) => Ok(match refund.change(now) {
                Ok(Some(change)) => Effect::Change(change),
                Ok(None) => Effect::Duplicate(Vec::new()),
                Err(error) => Effect::Held(error),
            }),
        }
    }
}

/// A report that is to be settled.
pub struct Due<'a> {
    pub report: &'a Report,
    /// The arrival of the postback.
    pub received_at: Time,
    /// True if the postback has counted before, so that it changes nothing.
    pub has_counted: bool,
}

/// The outcome of a report, and the line that it has made.
pub type Settled = (Result<Counted>, Option<Box<Line>>);

/// Settles reports in an open transaction, one after the other. `earlier` has, for each report, the
/// recorded conversion with the same key, if there is one. `are_locked`: these conversions are locked
/// already.
pub async fn settle(
    txn: &Connection,
    reports: &[Due<'_>],
    earlier: &[Option<Conversion>],
    are_locked: bool,
) -> Result<Vec<Settled>, DbErr> {
    let both = || reports.iter().zip(earlier);
    let is_news = |(due, first): &(&Due<'_>, &Option<Conversion>)| {
        !due.has_counted && first.as_ref().is_some_and(|first| due.report.is_news(first))
    };
    let news: Vec<_> = both().filter(is_news).collect();
    if news.is_empty() {
        return Ok(both().map(|(due, first)| (due.report.unchanging(first.as_ref()), None)).collect());
    }
    let locked = news.iter().filter_map(|(_, first)| first.as_ref()).filter(|_| are_locked);
    let locked = locked.map(|first| (first.id(), first.clone())).collect();
    let wanted = news.into_iter().filter_map(|(due, first)| {
        Some((first.as_ref()?.id(), due.report.refund.as_ref().and_then(|refund| refund.id.clone())))
    });
    let mut lines = Lines::lock(txn, wanted, locked).await?;
    let mut settled = Vec::with_capacity(reports.len());
    for (due, first) in both() {
        let locked = first.as_ref().and_then(|first| lines.conversion(first.id())).cloned();
        settled.push(match locked.filter(|_| !due.has_counted && due.report.policy != UpdatePolicy::None) {
            Some(now) => settle_one(txn, due, &now, &mut lines).await?,
            None => (due.report.unchanging(first.as_ref()), None),
        });
    }
    lines.write(txn).await?;
    Ok(settled)
}

/// Settles a report of a locked conversion.
async fn settle_one(
    txn: &Connection,
    due: &Due<'_>,
    now: &Conversion,
    lines: &mut Lines,
) -> Result<Settled, DbErr> {
    let effect = due.report.effect(now, async || lines.past(txn, now).await).await?;
    Ok(match effect {
        Effect::Duplicate(notes) => (Ok(Counted::again(now, notes)), None),
        Effect::Held(error) => (Err(error), None),
        Effect::Change(change) => {
            let request = due.report.request(change, due.received_at);
            let recorded_at = due.report.conversion.created_at;
            let (made, line) = lines.make(now.account_id, now.id(), &request, recorded_at);
            let counted = made.map(|_| match &line {
                Some(_) => Counted::updated(now),
                None => Counted::again(now, Vec::new()),
            });
            (counted, line)
        }
    })
}

/// Returns the outcome that a postback with this report would have, and records nothing.
pub async fn preview(app: &App, report: Report) -> Result<Recorded> {
    let first = match report.refund {
        None => conversion::earlier(app, report.as_new()).await?,
        Some(_) => conversion::find_same(app.db.reader(), &report.conversion).await?,
    };
    let now = match first {
        Some(first) if report.is_news(&first) => first,
        first => {
            let Counted { verdict, notes, .. } = report.unchanging(first.as_ref())?;
            return Ok(Recorded { conversion: first.unwrap_or(report.conversion), verdict, notes });
        }
    };
    match report.effect(&now, async || Past::of(app.db.reader(), &now, &[]).await).await? {
        Effect::Duplicate(notes) => Ok(Recorded::again(now, notes)),
        Effect::Held(error) => Err(error),
        Effect::Change(change) => {
            let request = report.request(change, app.now());
            let adjusted = adjustment::preview(app, now.account_id, now.id(), request).await?;
            Ok(match adjusted.verdict {
                AdjustmentVerdict::Test => Recorded::updated(now),
                _ => Recorded::again(now, Vec::new()),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{conversion_status::ConversionStatus, money::Amount};

    #[test]
    fn news_is_a_later_status_or_other_amounts() {
        let standing = |status, units: i64| Standing {
            status,
            value: Amount::from_micros(units * 1_000_000).unwrap(),
            commission: Amount::from_micros(units * 100_000).unwrap(),
        };
        let restated = |units| {
            let Standing { value, commission, .. } = standing(Approved, units);
            News::Change(Change::Restate {
                value: Some(value),
                commission: Some(commission),
                status: Some(Approved),
            })
        };
        for (now, this, expected) in [
            ((Pending, 10), (Pending, 10), News::None),
            ((Pending, 10), (Pending, 12), News::OtherAmounts),
            ((Pending, 10), (Approved, 10), News::Change(Change::Approve)),
            ((Pending, 10), (Approved, 12), restated(12)),
            ((Pending, 10), (Declined, 0), News::Change(Change::Decline)),
            ((Approved, 10), (Pending, 10), News::Older),
            ((Approved, 10), (Pending, 12), News::Older),
            ((Approved, 10), (Approved, 10), News::None),
            ((Approved, 10), (Approved, 12), News::OtherAmounts),
            ((Approved, 10), (Declined, 10), News::Change(Change::Decline)),
            ((Declined, 10), (Pending, 10), News::Older),
            ((Declined, 10), (Approved, 10), News::ApprovalAfterDecline),
            ((Declined, 10), (Declined, 0), News::None),
        ] {
            let stand = |(status, units): (ConversionStatus, i64)| standing(status, units);
            assert_eq!(news(stand(now), stand(this)), expected, "{now:?} {this:?}");
        }
    }
}

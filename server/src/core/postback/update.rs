//! Postbacks of a conversion that is recorded already: whether they are news, and what they change.
//!
//! Networks send a sale as pending and later once more, as approved or declined, and they repeat
//! what they have sent. Postbacks have no time of their sender, so their order is told by what they
//! say: pending comes before approved, and approved before declined. The code's `UpdatePolicy` says
//! what may change; a change is an adjustment.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};
use sea_orm::DbErr;

use crate::{
    core::{
        App,
        adjustment::{self, Change, Line, Lines},
        conversion::{self, Conversion, Counted, Recorded, Standing, note},
        conversion_code::UpdatePolicy,
    },
    db::Connection,
    error::{Error, Result},
    values::{
        conversion_status::ConversionStatus::{Approved, Declined, Pending},
        time::Time,
    },
};

/// What a postback says of a recorded conversion, beside what stands.
#[derive(Debug, PartialEq, Eq)]
enum News {
    /// What stands.
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

/// Decides what a postback does to a conversion that stands as `now`. `stood_at` returns whether the
/// conversion ever stood as this postback says.
async fn effect(
    now: &Conversion,
    this: &Conversion,
    policy: UpdatePolicy,
    stood_at: impl AsyncFnOnce(Standing) -> Result<bool, DbErr>,
) -> Result<Effect, DbErr> {
    let (before, said) = (now.standing(), this.standing());
    let has_same_currency = now.currency == this.currency;
    Ok(match news(before, said) {
        News::Older => Effect::Duplicate(vec![older_news()]),
        News::ApprovalAfterDecline => Effect::Held(approval_after_decline(now)),
        News::Change(Change::Decline) => Effect::Change(Change::Decline),
        News::None if said.status == Declined => Effect::Duplicate(Vec::new()),
        _ if !has_same_currency => Effect::Held(conflict(now, this)),
        News::None => Effect::Duplicate(Vec::new()),
        News::Change(change) => Effect::Change(change),
        News::OtherAmounts if stood_at(said).await? => Effect::Duplicate(vec![older_news()]),
        News::OtherAmounts if policy == UpdatePolicy::StatusAndAmounts => {
            let (value, commission) = (Some(said.value), Some(said.commission));
            Effect::Change(Change::Restate { value, commission, status: None })
        }
        News::OtherAmounts => Effect::Held(conflict(now, this)),
    })
}

fn older_news() -> Note {
    let message = "the conversion has moved on since, or was adjusted; what stands now stays";
    note(NoteCode::OlderNews, "status", message)
}

fn approval_after_decline(now: &Conversion) -> Error {
    let message = "the conversion stands as declined, and this postback approves it: it may be a late retry, or a \
                   change of mind; if it is to count after all, restate the conversion with a status and a commission";
    Error::new(ErrorReason::ApprovalAfterDecline, message).with("conversion_id", &now.id())
}

fn conflict(now: &Conversion, this: &Conversion) -> Error {
    let worth = |row: &Conversion| {
        let Standing { value, commission, .. } = row.standing();
        format!("value {} and commission {}", value.to_proto(row.currency), commission.to_proto(row.currency))
    };
    let message = format!(
        "the conversion is recorded already and stands at {}, not {}, and the code's update_policy takes no other \
         amounts; send the same amounts, adjust the conversion, or send another transaction id for another sale",
        worth(now),
        worth(this),
    );
    Error::new(ErrorReason::TransactionConflict, message).with("conversion_id", &now.id())
}

/// A conversion that a postback reports.
pub struct Report<'a> {
    pub conversion: &'a Conversion,
    pub policy: UpdatePolicy,
    /// The arrival of the postback.
    pub received_at: Time,
}

impl Report<'_> {
    /// Returns whether this may change a conversion that stands as `now`.
    fn is_news(&self, now: &Conversion) -> bool {
        self.policy != UpdatePolicy::None
            && (now.currency != self.conversion.currency
                || news(now.standing(), self.conversion.standing()) != News::None)
    }

    fn request(&self, change: Change) -> adjustment::Request {
        adjustment::Request {
            change,
            currencies: Vec::new(),
            external_id: None,
            remark: String::new(),
            effective_at: Some(self.received_at),
        }
    }
}

/// The outcome of a report, and the line that it has made.
pub type Settled = (Result<Counted>, Option<Box<Line>>);

/// Settles reports in an open transaction, one after the other. `earlier` has, for each report, the
/// recorded conversion with the same key, if there is one.
pub async fn settle(
    txn: &Connection,
    reports: &[Report<'_>],
    earlier: &[Option<Conversion>],
) -> Result<Vec<Settled>, DbErr> {
    let both = || reports.iter().zip(earlier);
    let news = both().filter_map(|(report, first)| first.as_ref().filter(|first| report.is_news(first)));
    let news: Vec<_> = news.map(Conversion::id).collect();
    if news.is_empty() {
        let counted = |(report, first): (&Report, &Option<Conversion>)| {
            (Counted::new(report.conversion, first.as_ref(), report.policy), None)
        };
        return Ok(both().map(counted).collect());
    }
    let mut lines = Lines::lock(txn, news).await?;
    let mut settled = Vec::with_capacity(reports.len());
    for (report, first) in both() {
        let first = first.as_ref();
        settled.push(match first.and_then(|first| lines.conversion(first.id())) {
            Some(now) if report.policy != UpdatePolicy::None => {
                let now = now.clone();
                let effect = effect(&now, report.conversion, report.policy, async |said| {
                    lines.stood_at(txn, &now, said).await
                });
                match effect.await? {
                    Effect::Duplicate(notes) => (Ok(Counted::again(&now, notes)), None),
                    Effect::Held(error) => (Err(error), None),
                    Effect::Change(change) => {
                        let (request, at) = (report.request(change), report.conversion.created_at);
                        let (made, line) = lines.make(now.account_id, now.id(), &request, None, at);
                        (made.map(|_| Counted::updated(&now)), line)
                    }
                }
            }
            _ => (Counted::new(report.conversion, first, report.policy), None),
        });
    }
    lines.write(txn).await?;
    Ok(settled)
}

/// Returns the outcome that a postback with this conversion would have, and records nothing.
pub async fn preview(app: &App, conversion: Conversion, policy: UpdatePolicy) -> Result<Recorded> {
    let report = Report { conversion: &conversion, policy, received_at: app.now() };
    let now = match conversion::earlier(app, &conversion).await? {
        Some(first) if report.is_news(&first) => first,
        first => return Recorded::new(conversion, first, policy),
    };
    let reader = app.db.reader();
    let stood_at =
        async |said| Ok(now.recorded() == said || adjustment::stood_at(reader, now.id(), said).await?);
    match effect(&now, &conversion, policy, stood_at).await? {
        Effect::Duplicate(notes) => Ok(Recorded::again(now, notes)),
        Effect::Held(error) => Err(error),
        Effect::Change(change) => {
            adjustment::judge(&report.request(change), &now, None, app.now())?;
            Ok(Recorded::updated(now))
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

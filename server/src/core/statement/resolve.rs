//! Does something about rows that differ, and compares them again.

use jiff::{
    Timestamp,
    civil::{Date, Time as TimeOfDay},
    tz::TimeZone,
};
use s2s_sdk::v1::ErrorReason;

use super::{
    Statement,
    compare::Outcome,
    get,
    key::{self, Key},
    matching::{Compared, Matching},
    row::{self, Action, Row, Theirs},
    store,
};
use crate::{
    api::Tenant,
    core::{
        App,
        adjustment::{self, Change},
        conversion::{self, Brief, Commission, ConversionClaim, CustomParams, Happened},
        conversion_code,
        postback::{self, Reason, Replay, Verdict},
        scan::scan,
        turn::Turn,
    },
    error::{Error, Result},
    values::{
        click_id::{ClickId, UnverifiedClickId},
        conversion_status::ConversionStatus,
        external_id::ExternalId,
        id::{AccountId, StatementId},
        money::{Amount, AmountChange},
        text::truncate,
        time::Time,
    },
};

/// What to do about rows.
pub struct Resolution {
    pub action: Action,
    pub note: String,
    pub validate_only: bool,
}

/// Does the same about each of these rows, in their order.
pub async fn resolve(
    app: &App,
    account: AccountId,
    id: StatementId,
    numbers: &[i32],
    resolution: &Resolution,
) -> Result<Vec<Result<Row>>> {
    let statement = get(app, account, id).await?;
    if !statement.is_complete() {
        let message = "the statement is not compared yet; call `CompareStatement` until it is complete";
        return Err(Error::new(ErrorReason::StatementIncomplete, message));
    }
    let (mut results, mut turn) = (Vec::with_capacity(numbers.len()), Turn::begin());
    for number in numbers {
        results.push(resolve_one(app, account, &statement, *number, resolution).await);
        turn.share().await;
    }
    Ok(results)
}

async fn resolve_one(
    app: &App,
    account: AccountId,
    statement: &Statement,
    number: i32,
    resolution: &Resolution,
) -> Result<Row> {
    let row = find(app, statement.id, number).await?;
    match resolution.action {
        Action::Compare | Action::Note => {}
        Action::Replay => replay(app, account, &row, resolution.validate_only).await?,
        Action::Adjust => adjust(app, account, &row, resolution).await?,
        Action::Record => record(app, statement, &row, resolution.validate_only).await?,
    }
    if resolution.validate_only {
        return Ok(row);
    }
    again(app, account, statement.id, number, resolution).await
}

async fn find(app: &App, statement: StatementId, number: i32) -> Result<Row> {
    let row = row::find(app.db.reader(), statement, number).await?;
    row.ok_or_else(|| Error::not_found("row of the statement", &number))
}

fn unfit(message: &str) -> Error {
    Error::new(ErrorReason::StatementActionUnfit, message)
}

async fn replay(app: &App, account: AccountId, row: &Row, validate_only: bool) -> Result<()> {
    let id = row.postback_id.ok_or_else(|| unfit("no held postback has reported this sale"))?;
    let how = Replay { validate_only, ..Default::default() };
    for replayed in postback::replay(app, account, &[id], &how).await? {
        if replayed.verdict == Verdict::Held {
            let reason = replayed.reason.map_or(ErrorReason::Unspecified, |Reason(reason)| reason);
            let message = format!("the postback {id} is still held: {}", replayed.message);
            return Err(Error::new(reason, message));
        }
    }
    Ok(())
}

async fn adjust(app: &App, account: AccountId, row: &Row, resolution: &Resolution) -> Result<()> {
    let id = row.conversion_id().ok_or_else(|| unfit("we have no conversion that could be adjusted"))?;
    let theirs = row.theirs();
    let change = theirs.as_ref().map_or(Ok(Change::Decline), restated)?;
    // What is set does not depend on what was before, so the number of adjustments is enough to tell
    // a repeated request from a later one.
    let conversion = conversion::get(app, account, id).await?;
    let external_id = format!("{}/{}/{}", row.statement_id, row.number, conversion.adjustment_count());
    let request = adjustment::Request {
        change,
        currencies: theirs.map(|theirs| theirs.currency).into_iter().collect(),
        external_id: ExternalId::parse(&external_id).map_err(|error| Error::internal(&error))?,
        remark: truncate(resolution.note.clone(), adjustment::REMARK_BYTES_MAX),
        effective_at: None,
    };
    if resolution.validate_only {
        adjustment::preview(app, account, id, request).await?;
    } else {
        adjustment::adjust(app, account, id, request).await?;
    }
    Ok(())
}

/// The change that makes our conversion what the network states.
fn restated(theirs: &Theirs) -> Result<Change> {
    if theirs.status == Some(ConversionStatus::Declined) {
        return Ok(Change::Decline);
    }
    let (value, commission) = (amount(theirs.value)?, amount(theirs.commission)?);
    if value.is_none() && commission.is_none() && theirs.status.is_none() {
        return Err(unfit("the network states neither an amount nor a status"));
    }
    Ok(Change::Restate { value, commission, status: theirs.status })
}

fn amount(stated: Option<AmountChange>) -> Result<Option<Amount>> {
    let amount = |stated: AmountChange| {
        let amount = Amount::from_micros(stated.micros());
        amount.ok_or_else(|| unfit("the network states a negative amount, which no conversion has"))
    };
    stated.map(amount).transpose()
}

/// Records the sale as the network states it.
async fn record(app: &App, statement: &Statement, row: &Row, validate_only: bool) -> Result<()> {
    if row.action == Some(Action::Record) {
        return Ok(());
    }
    let theirs = row.theirs().filter(|_| row.outcome == Outcome::OnlyTheirs);
    let theirs = theirs.ok_or_else(|| unfit("only a sale that is only theirs can be recorded"))?;
    if theirs.click_text.is_empty() {
        return Err(unfit("the network states no click id, without which nothing can be recorded"));
    }
    // The sale may have come since the row was compared.
    let mut matching = Matching::of(app, statement.account_id, statement, std::iter::once(&theirs)).await?;
    match matching.compare(row.number, theirs.clone(), true).row.outcome {
        Outcome::OnlyTheirs => {}
        Outcome::Twice => return Err(unfit("another row of the statement is about the same sale")),
        _ => return Ok(()),
    }
    if let Some(other) = of_click(app, statement, &theirs).await? {
        let message = format!(
            "its click has the conversion {} with the order id `{}`, which no row of the network is about; if it is the \
             same sale under another name, leave a note; if it is another sale, record it with `RecordConversion`",
            other.id(),
            other.transaction_id()
        );
        return Err(unfit(&message));
    }
    // A value or a commission of 0 that nobody has stated would be in all sums from now on.
    let [value, commission] = [theirs.value, theirs.commission].map(amount);
    let (Some(value), Some(commission)) = (value?, commission?) else {
        return Err(unfit(
            "the network states no value or no commission of the sale; name the column of both when you compare the \
             file, or record the sale with `RecordConversion`",
        ));
    };
    let currency = Some(theirs.currency);
    let happened = happened(&statement.zone, &theirs);
    let claim = ConversionClaim {
        code: statement.code_id,
        click_id: UnverifiedClickId::read(&theirs.click_text),
        transaction_id: theirs.transaction_id,
        value,
        currency,
        commission: Commission::Amount(commission),
        commission_currency: currency,
        status: theirs.status,
        status_word: String::new(),
        custom_params: CustomParams::default(),
        happened,
        request_id: Some(request_id(statement, row)),
    };
    let code = conversion_code::find(app, Tenant::Account(statement.account_id), statement.code_id).await?;
    let conversion = conversion::evaluate(app, &code, claim).await?;
    if validate_only {
        conversion::preview(app, conversion, code.transaction_scope).await?;
    } else {
        conversion::record(app, conversion, code.transaction_scope).await?;
    }
    Ok(())
}

/// The time of a sale. A midnight in the statement's time zone stands for a date alone, so the sale was at
/// the time of that day that is closest to its click.
fn happened(zone: &str, theirs: &Theirs) -> Happened {
    let Some(at) = theirs.at else { return Happened::Now };
    let clicked_at = key::click(&theirs.click_text).map(ClickId::time);
    Happened::At(clicked_at.map_or(at, |clicked_at| closest(zone, at, clicked_at)))
}

fn closest(zone: &str, at: Time, clicked_at: Time) -> Time {
    end_of_date(zone, at).map_or(at, |end| clicked_at.clamp(at, end))
}

/// The last moment of the day that begins at this time; `None` if it begins no day in the zone.
fn end_of_date(zone: &str, at: Time) -> Option<Time> {
    let zone = TimeZone::get(zone).ok()?;
    let day = zone.to_datetime(Timestamp::from_microsecond(at.micros()).ok()?).date();
    let start = |day: Date| zone.to_timestamp(day.to_datetime(TimeOfDay::midnight())).ok();
    let next = start(day.tomorrow().ok()?)?;
    (start(day)?.as_microsecond() == at.micros()).then(|| Time::from_micros(next.as_microsecond() - 1))
}

/// A conversion of a row's click that counts, and that no row of the network is about.
async fn of_click(app: &App, statement: &Statement, theirs: &Theirs) -> Result<Option<Brief>> {
    let Some(click) = key::click(&theirs.click_text) else { return Ok(None) };
    scan(app, statement.account_id, async |db| {
        let ours = conversion::of_clicks(db, statement.code_id, &[click]).await?;
        let keys: Vec<Key> = ours.iter().map(key::of_conversion).collect();
        let rows = key::find(db, statement.id, &keys).await?;
        let is_stated =
            |one: &Brief| rows.get(&key::of_conversion(one)).is_some_and(|row| *row <= statement.row_count);
        let counts = |one: &Brief| one.status != ConversionStatus::Declined;
        Ok(ours.into_iter().find(|one| counts(one) && !is_stated(one)))
    })
    .await
}

/// Identifies the sale of a row that names no order, so that it is recorded once, even if its file is
/// compared anew.
fn request_id(statement: &Statement, row: &Row) -> Vec<u8> {
    let file = statement.identity.as_deref().unwrap_or_else(|| row.statement_id.0.as_bytes());
    [file, row.number.to_be_bytes().as_slice()].concat()
}

/// Compares a row again, and writes it with what was done about it.
async fn again(
    app: &App,
    account: AccountId,
    id: StatementId,
    number: i32,
    resolution: &Resolution,
) -> Result<Row> {
    loop {
        let statement = get(app, account, id).await?;
        let before = find(app, id, number).await?;
        let Compared { mut row, keys, replaced } = compared(app, &statement, &before, resolution).await?;
        (row.action, row.note, row.resolved_at) = (before.action, before.note.clone(), before.resolved_at);
        // A row keeps its postback, so that the same action again finds it.
        row.postback_id = before.postback_id;
        row.reason = before.reason.filter(|_| row.outcome == Outcome::OnlyTheirs);
        if resolution.action != Action::Compare {
            row.action = Some(resolution.action);
            row.note.clone_from(&resolution.note);
            row.resolved_at = Some(app.now());
        }
        let txn = app.db.begin().await?;
        // Another row may have been compared meanwhile, and have taken the same conversion.
        if !store::lock(&txn, &statement).await? {
            txn.rollback().await?;
            continue;
        }
        if let Some(number) = replaced {
            row::delete(&txn, id, number).await?;
            key::replace(&txn, id, number, &keys, &[]).await?;
        }
        row::update(&txn, &row).await?;
        key::replace(&txn, id, number, &keys_of(&before), &keys).await?;
        let resolutions = statement.resolutions.saturating_add(1);
        store::update(&txn, &Statement { resolutions, ..statement }).await?;
        txn.commit().await?;
        return Ok(row);
    }
}

async fn compared(
    app: &App,
    statement: &Statement,
    before: &Row,
    resolution: &Resolution,
) -> Result<Compared> {
    let account = statement.account_id;
    let Some(theirs) = before.theirs() else { return of_ours(app, account, before).await };
    let mut matching = Matching::of(app, account, statement, std::iter::once(&theirs)).await?;
    let is_late = |action: Action| matches!(action, Action::Replay | Action::Record);
    let was_late = before.action.is_some_and(is_late) || before.postback_id.is_some();
    let counts_late = was_late || is_late(resolution.action);
    Ok(matching.compare(before.number, theirs.clone(), counts_late))
}

/// The keys that a row may have.
fn keys_of(row: &Row) -> Vec<Key> {
    match (row.recorded(), row.theirs()) {
        (Some((ours, created_at)), _) => vec![key::of_recorded(ours, created_at)],
        (None, Some(theirs)) => key::of_theirs(&theirs),
        (None, None) => Vec::new(),
    }
}

/// The row of a conversion that is only ours, with what the conversion is worth now.
async fn of_ours(app: &App, account: AccountId, before: &Row) -> Result<Compared> {
    let mut row = before.clone();
    if let Some(id) = before.conversion_id() {
        let conversion = conversion::get(app, account, id).await?;
        row.set(Outcome::OnlyOurs, Some(&Brief::of(&conversion)));
    }
    Ok(Compared { row, keys: keys_of(before), replaced: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_time_of_that_day_that_is_closest_to_the_click() {
        let at = |text: &str| Time::from_micros(text.parse::<Timestamp>().unwrap().as_microsecond());
        for (zone, stated, clicked, expected) in [
            ("Europe/Madrid", "2026-10-31T23:00:00Z", "2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"),
            ("Europe/Madrid", "2026-10-31T23:00:00Z", "2026-10-30T10:00:00Z", "2026-10-31T23:00:00Z"),
            ("Europe/Madrid", "2026-10-31T23:00:00Z", "2026-11-03T10:00:00Z", "2026-11-01T22:59:59.999999Z"),
            // The day of 25 hours.
            ("Europe/Madrid", "2026-10-24T22:00:00Z", "2026-10-25T22:30:00Z", "2026-10-25T22:30:00Z"),
            // No midnight of the zone, so a time.
            ("UTC", "2026-10-31T23:00:00Z", "2026-11-01T10:00:00Z", "2026-10-31T23:00:00Z"),
            ("Nowhere/Zone", "2026-10-31T00:00:00Z", "2026-11-01T10:00:00Z", "2026-10-31T00:00:00Z"),
        ] {
            assert_eq!(closest(zone, at(stated), at(clicked)), at(expected), "{zone} {stated}");
        }
    }
}

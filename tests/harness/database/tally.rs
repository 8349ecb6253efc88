//! The comparison of the totals with the rows that they count. No row may have been deleted by age.

use std::{collections::BTreeMap, time::Duration};

use sea_orm::{DatabaseConnection, prelude::Uuid};

use super::journal::{all, field, id};
use crate::eventually_within;

/// Time in which servers must have folded the journal, even on a slow machine.
const FOLDED_WITHIN: Duration = Duration::from_mins(2);
/// The number of ticks, of 10 ms, and of microseconds in a quarter hour.
const QUARTER_TICKS: u64 = 90_000;
const QUARTER_MICROS: i64 = 900_000_000;
/// The flags of a click.
const BOT: i16 = 1;
const PREFETCH: i16 = 2;
const PREVIEW: i16 = 4;
/// The times by which conversions are counted.
const CLICK: i16 = 1;
const CONVERSION: i16 = 2;
const BOOKED: i16 = 3;

const BEHIND: &str = "SELECT lane.id FROM lane JOIN journal ON journal.lane = lane.id AND seq > folded_seq";

/// Account, link and quarter; numbers of clicks, robots, prefetches and previews.
type Clicks = BTreeMap<(Uuid, Uuid, i32), [i64; 4]>;
/// Account, link, code, currency, status, basis and quarter; number, value and commission.
type Conversions = BTreeMap<(Uuid, Uuid, Uuid, String, i16, i16, i32), (i64, i128, i128)>;

/// Waits until a server has folded the journal. Then checks that the totals are the sums of the
/// stored clicks and conversions. Returns a summary.
pub async fn check(url: &str) -> Result<String, String> {
    let db = super::connect(url).await;
    eventually_within(FOLDED_WITHIN, async || all(&db, BEHIND).await.is_empty().then_some(())).await;
    let (clicks, conversions) = (stored_clicks(&db).await, stored_conversions(&db).await);
    same("clicks", &clicks, &counted_clicks(&db).await)?;
    same("conversions", &conversions, &counted_conversions(&db).await)?;
    db.close().await.unwrap();
    let all_clicks: i64 = clicks.values().map(|[clicks, ..]| clicks).sum();
    let all_conversions: i64 = conversions.values().map(|(conversions, ..)| conversions).sum();
    Ok(format!(
        "{} totals of {all_clicks} clicks, and {} of {} conversions, are the sums of the rows",
        clicks.len(),
        conversions.len(),
        all_conversions / 3
    ))
}

async fn stored_clicks(db: &DatabaseConnection) -> Clicks {
    let mut sums = Clicks::new();
    for row in all(db, "SELECT click_id, account_id, link_id, flags FROM click").await {
        let key = (field(&row, "account_id"), field(&row, "link_id"), clicked(id(&row, "click_id")));
        let flags: i16 = field(&row, "flags");
        let kind = [(PREVIEW, 3), (PREFETCH, 2), (BOT, 1)].into_iter().find(|(flag, _)| flags & flag != 0);
        let counts = sums.entry(key).or_default();
        counts[0] += 1;
        if let Some((_, column)) = kind {
            counts[column] += 1;
        }
    }
    sums
}

async fn counted_clicks(db: &DatabaseConnection) -> Clicks {
    let mut sums = Clicks::new();
    for row in all(db, "SELECT * FROM tally").await {
        let key = (field(&row, "account_id"), field(&row, "link_id"), field(&row, "quarter"));
        sums.insert(key, ["clicks", "bots", "prefetches", "previews"].map(|column| field(&row, column)));
    }
    sums
}

async fn stored_conversions(db: &DatabaseConnection) -> Conversions {
    let mut sums = Conversions::new();
    for row in all(db, "SELECT * FROM conversion").await {
        let quarter = |column| i32::try_from(field::<i64>(&row, column) / QUARTER_MICROS).unwrap();
        for (basis, quarter) in [
            (CLICK, clicked(id(&row, "click_id"))),
            (CONVERSION, quarter("converted_at")),
            (BOOKED, quarter("created_at")),
        ] {
            let key = (
                field(&row, "account_id"),
                field(&row, "link_id"),
                field(&row, "code_id"),
                field(&row, "currency"),
                field::<Option<i16>>(&row, "current_status").unwrap_or_else(|| field(&row, "status")),
                basis,
                quarter,
            );
            let (conversions, value, commission) = sums.entry(key).or_default();
            *conversions += 1;
            let now = |current: &str, recorded: &str| {
                i128::from(field::<Option<i64>>(&row, current).unwrap_or_else(|| field(&row, recorded)))
            };
            *value += now("current_value", "value");
            *commission += now("current_commission", "commission");
        }
    }
    sums
}

async fn counted_conversions(db: &DatabaseConnection) -> Conversions {
    let mut sums = Conversions::new();
    for row in all(db, "SELECT * FROM conversion_tally").await {
        assert_eq!(field::<Uuid>(&row, "partner_id"), Uuid::nil());
        let sum = |thousands, micros| {
            i128::from(field::<i64>(&row, thousands)) * 1_000_000_000 + i128::from(field::<i64>(&row, micros))
        };
        let key = (
            field(&row, "account_id"),
            field(&row, "link_id"),
            field(&row, "code_id"),
            field(&row, "currency"),
            field(&row, "status"),
            field(&row, "basis"),
            field(&row, "quarter"),
        );
        let (value, commission) =
            (sum("value_thousands", "value_micros"), sum("commission_thousands", "commission_micros"));
        let sum = (field(&row, "conversions"), value, commission);
        // Adjustments have moved all conversions away from a total that is 0.
        if sum != (0, 0, 0) {
            sums.insert(key, sum);
        }
    }
    sums
}

/// The quarter of the click with that id, which begins with the time.
fn clicked(id: [u8; 16]) -> i32 {
    let ticks = id[..5].iter().fold(0_u64, |ticks, byte| (ticks << 8) | u64::from(*byte));
    i32::try_from(ticks / QUARTER_TICKS).unwrap()
}

fn same<K: Ord + std::fmt::Debug, S: PartialEq + std::fmt::Debug>(
    what: &str,
    rows: &BTreeMap<K, S>,
    totals: &BTreeMap<K, S>,
) -> Result<(), String> {
    let differing = rows.keys().chain(totals.keys()).filter(|key| rows.get(key) != totals.get(key));
    let first: Vec<_> = differing.take(3).map(|key| (key, rows.get(key), totals.get(key))).collect();
    if first.is_empty() {
        return Ok(());
    }
    Err(format!("the rows and totals of {what} differ (key, rows, totals): {first:?}"))
}

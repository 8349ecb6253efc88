//! The comparison of totals with the rows that they count, in a snapshot of the database. Rows of
//! the journal that are not folded yet belong to the totals.
//!
//! Where rows have been deleted by age, the totals must be at least as large as what is left. Totals
//! of conversions by all three times must add up to the same, whatever was deleted. The lines of
//! partners are never deleted: their sums must be equal.

mod partners;

use std::{collections::BTreeMap, fmt};

use sea_orm::{ActiveEnum as _, DbErr};

use super::{
    store,
    sums::{
        Basis, ClickCell, ClickSum, ConversionCell, ConversionSum, CountedClick, CountedConversion, Quarter,
        Sums,
    },
    unfolded,
};
use crate::{
    core::{click, conversion},
    db::{Lived, snapshot::Snapshot},
    error::{Error, Result},
    values::{click_id::ClickId, conversion_status::ConversionStatus, time::Time},
};

/// Number of rows in one query.
const PAGE_ROWS: u64 = 10_000;
/// Number of quarters whose clicks are compared at once: a week.
const WINDOW_QUARTERS: i32 = 7 * 24 * 4;
/// Number of millionths in a unit of a currency.
const MICROS: u128 = 1_000_000;
/// Maximum number of differences that are described.
const DIFFERENCES_SHOWN_MAX: usize = 10;

/// The tables that are read.
const TABLES: [&str; 11] = [
    "lived_time",
    "lane",
    "journal",
    "tally",
    "conversion_tally",
    "partner_tally",
    "click",
    "conversion",
    "partner_line",
    "partner_entry",
    "payout",
];

/// The result of a comparison.
#[derive(Debug)]
pub struct Comparison {
    /// Says before which clicks rows may have been deleted by their age.
    pub lived: Lived,
    /// The numbers of stored clicks and conversions.
    pub clicks: i64,
    pub conversions: i64,
    /// The number of lines in the ledgers of partners.
    pub lines: usize,
    /// The number of totals that differ.
    pub differing: usize,
    /// Descriptions of the first differences.
    pub shown: Vec<String>,
}

impl Comparison {
    pub fn note(&mut self, difference: impl FnOnce() -> String) {
        self.differing += 1;
        if self.shown.len() < DIFFERENCES_SHOWN_MAX {
            self.shown.push(difference());
        }
    }
}

/// Finds a table that can't be read, with the error of the database. A database that no server has
/// migrated lacks them.
pub async fn unreadable(snapshot: &Snapshot) -> Option<(&'static str, DbErr)> {
    for table in TABLES {
        if let Err(error) = snapshot.try_table(table).await {
            return Some((table, error));
        }
    }
    None
}

/// Compares all totals with the rows.
pub async fn check(snapshot: &Snapshot) -> Result<Comparison> {
    let (lived, mut unfolded) = (snapshot.lived().await?, unfolded(&snapshot.txn).await?);
    let (differing, shown) = (0, Vec::new());
    let mut comparison = Comparison { lived, clicks: 0, conversions: 0, lines: 0, differing, shown };
    check_clicks(snapshot, &mut unfolded, lived, &mut comparison).await?;
    partners::check(snapshot, std::mem::take(&mut unfolded.partners), &mut comparison).await?;
    check_conversions(snapshot, unfolded, lived, &mut comparison).await?;
    Ok(comparison)
}

async fn check_clicks(
    snapshot: &Snapshot,
    unfolded: &mut Sums,
    lived: Lived,
    comparison: &mut Comparison,
) -> Result<()> {
    let mut next = Quarter::of(Time::from_micros(0));
    loop {
        let first = first_id(next);
        let stored = click::in_order(&snapshot.txn, first, uuid::Uuid::max(), 1).await?;
        let firsts = [
            stored.first().map(|(id, ..)| Quarter::of(id.time())),
            store::first_quarter(&snapshot.txn, next).await?,
            unfolded.clicks.keys().map(|cell| cell.quarter).min(),
        ];
        let Some(from) = firsts.into_iter().flatten().min() else { return Ok(()) };
        next = from.plus(WINDOW_QUARTERS);
        if next <= from {
            return Err(Error::internal("a total is of a time that no click can have"));
        }
        let rows = stored_clicks(snapshot, from, next).await?;
        let mut totals = store::read_clicks(&snapshot.txn, from, next).await?;
        let within = |cell: &ClickCell| cell.quarter < next;
        for (cell, (account, more)) in unfolded.clicks.extract_if(.., |cell, _| within(cell)) {
            totals.clicks.entry(cell).or_insert((account, ClickSum::default())).1.add(more);
        }
        compare_clicks(&rows, &totals, lived, comparison);
    }
}

async fn stored_clicks(snapshot: &Snapshot, from: Quarter, below: Quarter) -> Result<Sums> {
    let (mut first, below, mut sums) = (first_id(from), first_id(below), Sums::default());
    loop {
        let page = click::in_order(&snapshot.txn, first, below, PAGE_ROWS).await?;
        for (id, account, link, flags) in &page {
            sums.add_click(CountedClick { id: *id, account: *account, link: *link, flags: *flags });
        }
        let Some((last, ..)) = page.last() else { return Ok(sums) };
        first = uuid::Uuid::from_u128(last.0.as_u128().saturating_add(1));
    }
}

/// The first id of the clicks of a quarter.
fn first_id(quarter: Quarter) -> uuid::Uuid {
    ClickId::first(quarter.start())
}

fn compare_clicks(rows: &Sums, totals: &Sums, lived: Lived, comparison: &mut Comparison) {
    for (cell, (row, total)) in pairs(&rows.clicks, &totals.clicks) {
        comparison.clicks = comparison.clicks.saturating_add(row.clicks);
        let is_whole = cell.quarter.start() >= lived.clicks_deleted_before;
        if if is_whole { row != total } else { !row.is_within(total) } {
            comparison
                .note(|| format!("clicks of {}: {}", Place(cell.link, cell.quarter), Differing(row, total)));
        }
    }
}

async fn check_conversions(
    snapshot: &Snapshot,
    unfolded: Sums,
    lived: Lived,
    comparison: &mut Comparison,
) -> Result<()> {
    let (mut rows, mut last) = (Sums::default(), None);
    loop {
        let page = conversion::in_order(&snapshot.txn, last.as_ref(), PAGE_ROWS).await?;
        for row in &page {
            rows.add_conversion(&CountedConversion::from(row));
        }
        partners::check_conversions(snapshot, &page, comparison).await?;
        last = page.into_iter().last();
        if last.is_none() {
            break;
        }
    }
    let mut totals = store::read_conversions(&snapshot.txn).await?;
    for (cell, (account, more)) in unfolded.conversions {
        totals.conversions.entry(cell).or_insert((account, ConversionSum::default())).1.add(more);
    }
    compare_conversions(&rows, &totals, lived, comparison);
    compare_times(&totals, comparison);
    Ok(())
}

fn compare_conversions(rows: &Sums, totals: &Sums, lived: Lived, comparison: &mut Comparison) {
    let nothing_deleted = lived.forgotten_before.micros() == 0;
    for (cell, (row, total)) in pairs(&rows.conversions, &totals.conversions) {
        if cell.basis == Basis::Click {
            comparison.conversions = comparison.conversions.saturating_add(row.conversions);
        }
        // Rows are deleted by the time of their click.
        let is_whole =
            nothing_deleted || cell.basis == Basis::Click && cell.quarter.start() >= lived.forgotten_before;
        if if is_whole { row != total } else { !row.is_within(total) } {
            comparison.note(|| {
                let place = Place(cell.link, cell.quarter);
                let by = word(cell.basis);
                format!(
                    "conversions of {place}, by the time of {by}, {}: {}",
                    Kind(cell),
                    Differing(row, total)
                )
            });
        }
    }
}

/// Compares the totals by the three times with each other. Each conversion is in all of them.
fn compare_times(totals: &Sums, comparison: &mut Comparison) {
    let first = Quarter::of(Time::from_micros(0));
    let mut sums = BTreeMap::<ConversionCell, [ConversionSum; 3]>::new();
    for (cell, (_, more)) in &totals.conversions {
        let of_all = sums.entry(ConversionCell { basis: Basis::Click, quarter: first, ..*cell }).or_default();
        let [by_click, by_conversion, by_booking] = of_all;
        match cell.basis {
            Basis::Click => by_click.add(*more),
            Basis::Conversion => by_conversion.add(*more),
            Basis::Booked => by_booking.add(*more),
        }
    }
    for (cell, [by_click, by_conversion, by_booking]) in sums {
        if by_click != by_conversion || by_click != by_booking {
            comparison.note(|| {
                format!(
                    "all conversions of {}, {}: the totals by the time of the click have {by_click}, of the \
                     conversion {by_conversion}, of the recording {by_booking}",
                    cell.link,
                    Kind(&cell)
                )
            });
        }
    }
}

/// The sums of two sides, for each cell that at least one of them has.
fn pairs<'a, C: Copy + Ord, A, S: Copy + Default>(
    rows: &'a BTreeMap<C, (A, S)>,
    totals: &'a BTreeMap<C, (A, S)>,
) -> impl Iterator<Item = (&'a C, (S, S))> {
    let sum = |side: &BTreeMap<C, (A, S)>, cell: &C| side.get(cell).map(|(_, sum)| *sum).unwrap_or_default();
    let missing = totals.keys().filter(|cell| !rows.contains_key(cell));
    rows.keys().chain(missing).map(move |cell| (cell, (sum(rows, cell), sum(totals, cell))))
}

/// The link and the quarter of a total.
struct Place(crate::core::tracking_link::TrackingLinkId, Quarter);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, quarter hour from {}", self.0, self.1.start().to_proto())
    }
}

/// The code, currency and status of a total.
struct Kind<'a>(&'a ConversionCell);

impl fmt::Display for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let currency: String = self.0.currency.iter().copied().map(char::from).collect();
        let status = ConversionStatus::try_from_value(&self.0.status);
        let status = status.map_or_else(|_| self.0.status.to_string(), |status| format!("{status:?}"));
        write!(f, "code {}, {currency}, status {}", self.0.code, status.to_lowercase())
    }
}

fn word(basis: Basis) -> &'static str {
    match basis {
        Basis::Click => "the click",
        Basis::Conversion => "the conversion",
        Basis::Booked => "the recording",
    }
}

/// The two sides of a difference.
struct Differing<S>(S, S);

impl<S: fmt::Display> fmt::Display for Differing<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the rows have {}, the totals {}", self.0, self.1)
    }
}

impl fmt::Display for ClickSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clicks, bots, prefetches, previews } = self;
        write!(f, "{clicks} clicks ({bots} of robots, {prefetches} prefetches, {previews} previews)")
    }
}

impl fmt::Display for ConversionSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, commission) = (decimal(self.value), decimal(self.commission));
        write!(f, "{} conversions (value {value}, commission {commission})", self.conversions)
    }
}

/// Writes millionths as a decimal number with six decimals.
pub fn decimal(micros: i128) -> String {
    let (sign, size) = (if micros < 0 { "-" } else { "" }, micros.unsigned_abs());
    format!("{sign}{}.{:06}", size / MICROS, size % MICROS)
}

//! Reports: sums of clicks and conversions by link, code and time, in any time zone.
//!
//! A report reads the totals by quarter hour and the rows of the journal that are not folded into them
//! yet, both as they are at one moment. So what is durable is in the next report, and a report costs the
//! same however many clicks there are in a quarter hour. What each click tells for itself is in no total:
//! for that, a report looks at the rows (`rows.rs`).
//!
//! Absent on purpose: sums across currencies, and any estimate.

pub mod grpc;
mod metrics;
mod period;
mod rows;
mod table;

use std::collections::{BTreeSet, HashMap, HashSet};

use s2s_sdk::v1::ErrorReason;
use sea_orm::DatabaseTransaction;

use self::{
    period::Period,
    rows::Rows,
    table::{Counted, Dimension, Filter, Groups, Order, Table, TooWide, Value, Which},
};
use crate::{
    core::{
        App, conversion_code, partner,
        scan::scan,
        tally::{self, Basis, Between, Sums},
        tracking_link::{self, TrackingLinkId, facts::Facts},
    },
    error::{Error, Result},
    values::id::AccountId,
};

/// A question about a period.
pub struct Question {
    pub period: Period,
    pub compared: Option<Period>,
    pub basis: Basis,
    pub dimensions: Vec<Dimension>,
    pub filters: Vec<Filter>,
    pub order: Order,
    /// Maximum number of groups.
    pub limit: usize,
}

/// A report, with the names of its groups for people.
pub struct Report {
    pub groups: Groups,
    pub has_clicks: bool,
    pub names: HashMap<Value, String>,
}

/// The links of an account that a report counts.
type Links = HashMap<TrackingLinkId, Facts>;

/// Answers a question about the clicks and conversions of an account.
///
/// # Errors
///
/// `REPORT_TOO_WIDE` if there are too many groups and spans of time.
pub async fn query(app: &App, account: AccountId, question: &Question) -> Result<Report> {
    scan(app, account, async |_| {
        let txn = app.db.begin_scan().await?;
        let report = read(&txn, account, question).await?;
        txn.rollback().await?;
        Ok(report)
    })
    .await
}

async fn read(txn: &DatabaseTransaction, account: AccountId, question: &Question) -> Result<Report> {
    let links = tracking_link::facts::all(txn, account).await?;
    check(txn, account, &question.filters, &links).await?;
    let is_counted = |link: &Facts| question.filters.iter().all(|filter| filter.passes_link(link));
    let links: Links = links.into_iter().filter(is_counted).map(|link| (link.id, link)).collect();
    let unfolded = tally::unfolded(txn).await?;
    let mut table = Table::new(&question.dimensions);
    let compared = question.compared.iter().map(|compared| (Which::Compared, compared));
    for (which, period) in std::iter::once((Which::Own, &question.period)).chain(compared) {
        let mut count = |slot, link, told: &_, counted| {
            let Some(facts) = links.get(&link) else { return Ok(()) };
            Ok(table.count((which, slot), (facts, told), counted, &question.filters)?)
        };
        let totals = Totals { question, period, links: &links, unfolded: &unfolded };
        match Rows::needed(question, period) {
            None => totals.read(txn, |slot, link, counted| count(slot, link, &None, counted)).await?,
            Some(mut rows) => {
                totals.read(txn, |slot, link, counted| rows.expect(slot, link, counted)).await?;
                rows.count(txn, account, &links, count).await?;
            }
        }
    }
    let has_clicks = table.has_clicks();
    let groups = table.finish(question.order, question.limit);
    let names = names(txn, account, &groups, &links).await?;
    Ok(Report { groups, has_clicks, names })
}

/// Refuses filters by what the account does not have: a report would say that it has no clicks.
async fn check(
    txn: &DatabaseTransaction,
    account: AccountId,
    filters: &[Filter],
    links: &[Facts],
) -> Result<()> {
    let (mut known, mut partners, mut codes) = (HashSet::new(), HashSet::new(), HashSet::new());
    for value in filters.iter().flat_map(|filter| &filter.values) {
        match value {
            Value::Link(id) if known.is_empty() => known.extend(links.iter().map(|link| link.id)),
            Value::Partner(id) => partners.extend(*id),
            Value::Code(id) => codes.extend([*id]),
            _ => {}
        }
        if let Value::Link(id) = value
            && !known.contains(id)
        {
            return Err(Error::not_found("tracking link", id));
        }
    }
    let of_account = partner::names(txn, account, partners.clone()).await?;
    if let Some(unknown) = partners.iter().find(|id| !of_account.contains_key(id)) {
        return Err(Error::not_found("partner", unknown));
    }
    let of_account = conversion_code::names(txn, account, codes.clone()).await?;
    if let Some(unknown) = codes.iter().find(|id| !of_account.contains_key(id)) {
        return Err(Error::not_found("conversion code", unknown));
    }
    Ok(())
}

/// The totals of a period.
struct Totals<'a> {
    question: &'a Question,
    period: &'a Period,
    links: &'a Links,
    unfolded: &'a Sums,
}

impl Totals<'_> {
    /// Reads what is folded, and adds what is not folded yet.
    async fn read(
        &self,
        txn: &DatabaseTransaction,
        mut count: impl FnMut(usize, TrackingLinkId, Counted) -> Result<()>,
    ) -> Result<()> {
        let basis = self.question.basis;
        let place = |quarter, link| self.period.slot(quarter).filter(|_| self.links.contains_key(&link));
        let ids: Vec<TrackingLinkId> = self.links.keys().copied().collect();
        for (from, below, span) in self.period.runs() {
            let between = Between { from, below, span, basis };
            for ids in ids.chunks(between.links_at_once()) {
                for (cell, sum) in tally::clicks_between(txn, ids, between).await? {
                    if let Some(slot) = place(cell.quarter, cell.link) {
                        count(slot, cell.link, Counted::Clicks(sum))?;
                    }
                }
                for (cell, sum) in tally::conversions_between(txn, ids, between).await? {
                    if let Some(slot) = place(cell.quarter, cell.link) {
                        count(slot, cell.link, Counted::Conversions(cell, sum))?;
                    }
                }
            }
        }
        for (cell, (_, sum)) in &self.unfolded.clicks {
            if let Some(slot) = place(cell.quarter, cell.link) {
                count(slot, cell.link, Counted::Clicks(*sum))?;
            }
        }
        let unfolded = self.unfolded.conversions.iter().filter(|(cell, _)| cell.basis == basis);
        for (cell, (_, sum)) in unfolded {
            if let Some(slot) = place(cell.quarter, cell.link) {
                count(slot, cell.link, Counted::Conversions(*cell, *sum))?;
            }
        }
        Ok(())
    }
}

/// The names of the groups that are shown.
async fn names(
    txn: &DatabaseTransaction,
    account: AccountId,
    groups: &Groups,
    links: &Links,
) -> Result<HashMap<Value, String>> {
    let values: BTreeSet<&Value> = groups.shown.iter().flat_map(|(values, _)| values).collect();
    let (mut names, mut partners, mut codes) = (HashMap::new(), HashSet::new(), HashSet::new());
    for value in values {
        match value {
            Value::Link(id) => {
                let slug = links.get(id).map(|link| link.slug.to_string());
                names.insert(value.clone(), slug.unwrap_or_default());
            }
            Value::Partner(id) => partners.extend(*id),
            Value::Code(id) => {
                codes.insert(*id);
            }
            Value::Tag(_) | Value::Currency(_) | Value::Status(_) | Value::Told(_) | Value::Gone => {}
        }
    }
    let partners = partner::names(txn, account, partners).await?;
    names.extend(partners.into_iter().map(|(id, name)| (Value::Partner(Some(id)), name)));
    let codes = conversion_code::names(txn, account, codes).await?;
    names.extend(codes.into_iter().map(|(id, name)| (Value::Code(id), name)));
    Ok(names)
}

impl From<TooWide> for Error {
    fn from(TooWide: TooWide) -> Self {
        too_wide(&format!("more than {} groups and spans of time", table::CELLS_MAX))
    }
}

/// The error of a report that is too large. `what` says what it has too much of.
fn too_wide(what: &str) -> Error {
    let cure =
        "ask for a shorter period, a coarser grain, fewer dimensions or a lower limit, or set a filter";
    Error::new(ErrorReason::ReportTooWide, format!("the report has {what}; {cure}"))
}

//! Counts of what each click tells for itself: its country, for example, or its sub ids.
//!
//! Totals do not have it, so clicks and conversions are looked at one by one. What the totals count and no
//! row is there of, because retention has deleted it, is counted as gone. So a report adds up to the same
//! totals, whatever it is grouped by.

use std::collections::{BTreeMap, HashMap, HashSet};

use s2s_sdk::v1::DeviceKind;
use sea_orm::{ActiveEnum as _, DatabaseTransaction};

use super::{
    Links, Question,
    period::Period,
    table::{Counted, Dimension, Scope, Texts, Told},
    too_wide,
};
use crate::{
    core::{
        click::{self, CLOCK_SKEW_MAX, Click},
        conversion::{self, Brief},
        tally::{Basis, ClickSum, ConversionCell, ConversionSum, Quarter, code_of},
        tracking_link::TrackingLinkId,
    },
    error::{Error, Result},
    values::{click_id::ClickId, id::AccountId, time::Time},
};

/// Maximum number of clicks, and of conversions, that one report looks at.
const CLICKS_LOOKED_AT_MAX: i64 = 200_000;
const CONVERSIONS_LOOKED_AT_MAX: i64 = 100_000;
/// Number of rows that are read at once.
const ROWS_AT_ONCE: usize = 1_000;
/// Maximum number of links in one query.
const LINKS_AT_ONCE: usize = 500;
/// Maximum size of all different texts, in bytes.
const TEXTS_BYTES_MAX: usize = 16 * 1_024 * 1_024;

/// The place of a sum: the number of the span of time, and the link.
type Place = (usize, TrackingLinkId);

/// The counts of a period, from its totals to its rows.
pub struct Rows<'a> {
    question: &'a Question,
    period: &'a Period,
    asked: Vec<Dimension>,
    /// The numbers of clicks and of conversions that the totals count.
    click_count: i64,
    conversion_count: i64,
    /// The totals, less what was found.
    clicks_left: HashMap<Place, ClickSum>,
    conversions_left: HashMap<(usize, ConversionCell), ConversionSum>,
    /// What was found.
    clicks: HashMap<(Place, Told), ClickSum>,
    conversions: HashMap<(usize, ConversionCell, Told), ConversionSum>,
    text_bytes: usize,
}

impl Question {
    /// The dimensions for which rows are needed.
    fn asked(&self) -> Vec<Dimension> {
        let filtered = self.filters.iter().map(|filter| filter.dimension);
        let mut asked: Vec<_> = self.dimensions.iter().copied().chain(filtered).collect();
        asked.retain(|dimension| dimension.scope() == Scope::Click);
        asked.sort_unstable();
        asked.dedup();
        asked
    }
}

impl<'a> Rows<'a> {
    /// `None` if totals are enough for the question.
    pub fn needed(question: &'a Question, period: &'a Period) -> Option<Self> {
        let asked = question.asked();
        (!asked.is_empty()).then(|| Self {
            question,
            period,
            asked,
            click_count: 0,
            conversion_count: 0,
            clicks_left: HashMap::new(),
            conversions_left: HashMap::new(),
            clicks: HashMap::new(),
            conversions: HashMap::new(),
            text_bytes: 0,
        })
    }

    /// Adds a total, whose rows are to be found.
    ///
    /// # Errors
    ///
    /// `REPORT_TOO_WIDE` if there are too many of them.
    pub fn expect(&mut self, slot: usize, link: TrackingLinkId, counted: Counted) -> Result<()> {
        match counted {
            Counted::Clicks(sum) => {
                self.clicks_left.entry((slot, link)).or_default().add(sum);
                self.click_count = self.click_count.saturating_add(sum.clicks);
            }
            Counted::Conversions(kind, sum) => {
                let kind = ConversionCell { quarter: self.period.first(), ..kind };
                self.conversions_left.entry((slot, kind)).or_default().add(sum);
                self.conversion_count = self.conversion_count.saturating_add(sum.conversions);
            }
        }
        for (count, max, what) in [
            (self.click_count, CLICKS_LOOKED_AT_MAX, "clicks"),
            (self.conversion_count, CONVERSIONS_LOOKED_AT_MAX, "conversions"),
        ] {
            if count > max {
                return Err(too_many(max, what));
            }
        }
        Ok(())
    }

    /// Finds the rows, and counts them, and then those that are gone.
    pub async fn count(
        mut self,
        txn: &DatabaseTransaction,
        account: AccountId,
        links: &Links,
        mut count: impl FnMut(usize, TrackingLinkId, &Told, Counted) -> Result<()>,
    ) -> Result<()> {
        self.find_clicks(txn).await?;
        if self.question.basis != Basis::Click {
            self.find_conversions(txn, account, links).await?;
        }
        for (((slot, link), told), sum) in &self.clicks {
            count(*slot, *link, told, Counted::Clicks(*sum))?;
        }
        for ((slot, kind, told), sum) in &self.conversions {
            count(*slot, kind.link, told, Counted::Conversions(*kind, *sum))?;
        }
        for ((slot, link), sum) in self.clicks_left.iter().filter(|(_, sum)| **sum != ClickSum::default()) {
            count(*slot, *link, &None, Counted::Clicks(*sum))?;
        }
        let left = self.conversions_left.iter().filter(|(_, sum)| **sum != ConversionSum::default());
        for ((slot, kind), sum) in left {
            count(*slot, kind.link, &None, Counted::Conversions(*kind, *sum))?;
        }
        Ok(())
    }

    async fn find_clicks(&mut self, txn: &DatabaseTransaction) -> Result<()> {
        let mut of_links: BTreeMap<TrackingLinkId, usize> = BTreeMap::new();
        for ((_, link), sum) in &self.clicks_left {
            let clicks = of_links.entry(*link).or_default();
            *clicks = clicks.saturating_add(usize::try_from(sum.clicks).unwrap_or_default());
        }
        let converting: HashSet<TrackingLinkId> =
            self.conversions_left.keys().map(|(_, kind)| kind.link).collect();
        let [from, below] = [self.period.first(), self.period.below()]
            .map(|quarter| ClickId(ClickId::first(quarter.start())));
        let (mut together, mut expected) = (Vec::new(), 0_usize);
        for (link, clicks) in of_links {
            if clicks > ROWS_AT_ONCE {
                self.find_clicks_of(txn, link, [from, below], &converting).await?;
                continue;
            }
            if together.len() >= LINKS_AT_ONCE || expected.saturating_add(clicks) > ROWS_AT_ONCE {
                let found = click::of_links(txn, &together, [from, below]).await?;
                self.found_clicks(txn, found, &converting).await?;
                (together, expected) = (Vec::new(), 0);
            }
            together.push(link);
            expected = expected.saturating_add(clicks);
        }
        let found = click::of_links(txn, &together, [from, below]).await?;
        self.found_clicks(txn, found, &converting).await
    }

    /// Finds the clicks of a link with many of them.
    async fn find_clicks_of(
        &mut self,
        txn: &DatabaseTransaction,
        link: TrackingLinkId,
        [mut from, below]: [ClickId; 2],
        converting: &HashSet<TrackingLinkId>,
    ) -> Result<()> {
        loop {
            let limit = u64::try_from(ROWS_AT_ONCE).unwrap_or_default();
            let found = click::of_link(txn, link, [from, below], limit).await?;
            let last = found.last().map(|last| last.click_id);
            let is_last = found.len() < ROWS_AT_ONCE;
            self.found_clicks(txn, found, converting).await?;
            match last.filter(|_| !is_last) {
                Some(last) => from = last.next(),
                None => return Ok(()),
            }
        }
    }

    /// Counts clicks and, if conversions are counted by their clicks, the conversions of those whose links
    /// have any.
    async fn found_clicks(
        &mut self,
        txn: &DatabaseTransaction,
        found: Vec<Click>,
        converting: &HashSet<TrackingLinkId>,
    ) -> Result<()> {
        let mut told = HashMap::with_capacity(found.len());
        for click in &found {
            let Some(slot) = self.slot(click.click_id.time()) else { continue };
            let (place, sum) = ((slot, click.link_id), ClickSum::of(click.flags.kind()));
            let of_click = self.told(click);
            if let Some(left) = self.clicks_left.get_mut(&place) {
                left.subtract(sum);
            }
            let known = self.clicks.len();
            self.clicks.entry((place, Some(of_click.clone()))).or_default().add(sum);
            if self.clicks.len() > known {
                self.hold(&of_click)?;
            }
            if converting.contains(&click.link_id) {
                told.insert(click.click_id, of_click);
            }
        }
        if self.question.basis == Basis::Click {
            let ids: Vec<ClickId> = told.keys().copied().collect();
            for conversion in conversion::all_of_clicks(txn, &ids).await? {
                self.found_conversion(&conversion, told.get(&conversion.click_id))?;
            }
        }
        Ok(())
    }

    /// Finds conversions by the time of their recording, which is not before that of the conversion.
    async fn find_conversions(
        &mut self,
        txn: &DatabaseTransaction,
        account: AccountId,
        links: &Links,
    ) -> Result<()> {
        let (mut left, mut looked_at) = (self.conversion_count, 0_i64);
        let first = self.period.first().start();
        let (from, below) = match self.question.basis {
            Basis::Booked => (first, Some(self.period.below().start())),
            Basis::Click | Basis::Conversion => (first.minus(CLOCK_SKEW_MAX), None),
        };
        let mut after = None;
        while left > 0 {
            let limit = u64::try_from(ROWS_AT_ONCE).unwrap_or_default();
            let mut found = conversion::oldest_first(txn, account, (from, below), after, limit).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some((last.created_at, last.click_id, last.serial));
            looked_at = looked_at.saturating_add(length(&found));
            if looked_at > CONVERSIONS_LOOKED_AT_MAX {
                return Err(too_many(
                    CONVERSIONS_LOOKED_AT_MAX,
                    "conversions since the beginning of the period",
                ));
            }
            found.retain(|one| links.contains_key(&one.link_id) && self.slot(self.time(one)).is_some());
            let ids: HashSet<ClickId> = found.iter().map(|one| one.click_id).collect();
            let ids: Vec<ClickId> = ids.into_iter().collect();
            let mut told = HashMap::with_capacity(ids.len());
            for click in click::find_these(txn, &ids).await? {
                told.insert(click.click_id, self.told(&click));
            }
            for conversion in &found {
                self.found_conversion(conversion, told.get(&conversion.click_id))?;
            }
            left = left.saturating_sub(length(&found));
        }
        Ok(())
    }

    fn found_conversion(&mut self, conversion: &Brief, told: Option<&Texts>) -> Result<()> {
        let Some(slot) = self.slot(self.time(conversion)) else { return Ok(()) };
        let kind = ConversionCell {
            basis: self.question.basis,
            quarter: self.period.first(),
            status: conversion.status.to_value(),
            currency: code_of(conversion.currency),
            link: conversion.link_id,
            code: conversion.code_id,
        };
        let (value, commission) = (conversion.value.micros().into(), conversion.commission.micros().into());
        let sum = ConversionSum { conversions: 1, value, commission };
        if let Some(left) = self.conversions_left.get_mut(&(slot, kind)) {
            left.subtract(sum);
        }
        let known = self.conversions.len();
        self.conversions.entry((slot, kind, told.cloned())).or_default().add(sum);
        if self.conversions.len() > known {
            self.hold(told.map(Vec::as_slice).unwrap_or_default())?;
        }
        Ok(())
    }

    /// The time by which the question counts a conversion.
    fn time(&self, conversion: &Brief) -> Time {
        match self.question.basis {
            Basis::Click => conversion.click_id.time(),
            Basis::Conversion => conversion.converted_at,
            Basis::Booked => conversion.created_at,
        }
    }

    fn slot(&self, time: Time) -> Option<usize> {
        self.period.slot(Quarter::of(time))
    }

    /// The values of a click in the dimensions that are asked for.
    fn told(&self, click: &Click) -> Texts {
        self.asked.iter().map(|asked| (*asked, text_of(click, *asked))).collect()
    }

    /// Refuses more texts than there is memory for.
    fn hold(&mut self, told: &[(Dimension, String)]) -> Result<()> {
        let bytes = told.iter().map(|(_, text)| text.len());
        self.text_bytes = bytes.fold(self.text_bytes, usize::saturating_add);
        if self.text_bytes > TEXTS_BYTES_MAX {
            return Err(too_wide(&format!("more than {TEXTS_BYTES_MAX} bytes of different texts")));
        }
        Ok(())
    }
}

fn length<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

fn too_many(max: i64, what: &str) -> Error {
    too_wide(&format!("more than {max} {what}, which are looked at one by one"))
}

fn text_of(click: &Click, dimension: Dimension) -> String {
    match dimension {
        Dimension::Country => click.country.text(),
        Dimension::Device => {
            let kind = DeviceKind::try_from(click.device.kind()).ok();
            let kind = kind.filter(|kind| *kind != DeviceKind::Unspecified);
            kind.map(|kind| kind.as_str_name().to_owned()).unwrap_or_default()
        }
        Dimension::Os => click.device.system().to_owned(),
        Dimension::Browser => click.device.browser().to_owned(),
        Dimension::ReferrerHost => click.referrer_host(),
        Dimension::SubId(at) => click.sub_ids.0.get(at).cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

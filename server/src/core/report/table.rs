//! The groups of a report: what they count, their order, and the row of those that are too many. Pure: no
//! I/O, no clock.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use sea_orm::ActiveEnum as _;

use super::metrics::{Cell, Metric};
use crate::{
    core::{
        conversion_code::ConversionCodeId,
        tally::{ClickSum, ConversionCell, ConversionSum, CurrencyCode},
        tracking_link::{TrackingLinkId, facts::Facts},
    },
    values::{conversion_status::ConversionStatus, id::PartnerId},
};

/// Maximum number of groups times their spans of time.
pub const CELLS_MAX: usize = 100_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Link,
    Partner,
    Tag,
    Code,
    Currency,
    Status,
}

impl Dimension {
    /// Returns whether clicks have it, because links do.
    pub fn is_of_link(self) -> bool {
        matches!(self, Self::Link | Self::Partner | Self::Tag)
    }
}

/// The value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Link(TrackingLinkId),
    /// `None`: the link has no partner.
    Partner(Option<PartnerId>),
    /// `None`: the link has no tags.
    Tag(Option<String>),
    Code(ConversionCodeId),
    Currency(CurrencyCode),
    /// The number of a `ConversionStatus`.
    Status(i16),
}

impl Value {
    pub fn status(status: ConversionStatus) -> Self {
        Self::Status(status.to_value())
    }
}

/// A condition on what is counted.
#[derive(Clone, Debug)]
pub struct Filter {
    pub dimension: Dimension,
    pub values: BTreeSet<Value>,
    /// Nothing may have one of the values. Otherwise, everything must.
    pub exclude: bool,
}

impl Filter {
    fn passes(&self, mut values: impl Iterator<Item = Value>) -> bool {
        values.any(|value| self.values.contains(&value)) != self.exclude
    }

    /// Returns whether what a link has is counted. Filters by dimensions of conversions let every link
    /// pass.
    pub fn passes_link(&self, link: &Facts) -> bool {
        !self.dimension.is_of_link() || self.passes(values_of_link(self.dimension, link).into_iter())
    }

    /// Returns whether conversions of this kind are counted. Filters by dimensions of links let them all
    /// pass.
    pub fn passes_conversion(&self, cell: &ConversionCell) -> bool {
        self.dimension.is_of_link() || self.passes(value_of_conversion(self.dimension, cell).into_iter())
    }
}

/// The values of a link in a dimension of links: several tags, for example.
fn values_of_link(dimension: Dimension, link: &Facts) -> Vec<Value> {
    match dimension {
        Dimension::Link => vec![Value::Link(link.id)],
        Dimension::Partner => vec![Value::Partner(link.partner_id)],
        Dimension::Tag if link.tags.0.is_empty() => vec![Value::Tag(None)],
        Dimension::Tag => link.tags.0.iter().map(|tag| Value::Tag(Some(tag.clone()))).collect(),
        Dimension::Code | Dimension::Currency | Dimension::Status => Vec::new(),
    }
}

fn value_of_conversion(dimension: Dimension, cell: &ConversionCell) -> Option<Value> {
    match dimension {
        Dimension::Link | Dimension::Partner | Dimension::Tag => None,
        Dimension::Code => Some(Value::Code(cell.code)),
        Dimension::Currency => Some(Value::Currency(cell.currency)),
        Dimension::Status => Some(Value::Status(cell.status)),
    }
}

/// The period that something is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Own,
    Compared,
}

/// The counts of a span of time, and of the span of the compared period.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    pub own: Cell,
    pub compared: Cell,
}

impl Pair {
    fn of(&mut self, which: Which) -> &mut Cell {
        match which {
            Which::Own => &mut self.own,
            Which::Compared => &mut self.compared,
        }
    }

    fn is_empty(&self) -> bool {
        self.own.is_empty() && self.compared.is_empty()
    }

    fn add(&mut self, other: &Self) {
        self.own.add(&other.own);
        self.compared.add(&other.compared);
    }
}

/// Counts, by the number of the span of time.
pub type Slots = BTreeMap<usize, Pair>;

/// There are more groups and spans than a report may have.
#[derive(Debug, PartialEq, Eq)]
pub struct TooWide;

/// The groups of a report while it is added up.
#[derive(Debug)]
pub struct Table<'a> {
    dimensions: &'a [Dimension],
    groups: HashMap<Vec<Value>, Slots>,
    total: Slots,
    cells: usize,
}

/// The order of groups.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// `None`: by clicks or, if the groups have none, by conversions.
    pub metric: Option<Metric>,
    /// The currency of amounts; `None` for the one with the most conversions.
    pub currency: Option<CurrencyCode>,
}

/// The groups of a report in their order.
#[derive(Debug)]
pub struct Groups {
    pub shown: Vec<(Vec<Value>, Slots)>,
    /// What the other groups have; `None` if all are shown.
    pub others: Option<Slots>,
    pub count: usize,
    /// Everything, whether it has a group or not.
    pub total: Slots,
}

impl<'a> Table<'a> {
    pub fn new(dimensions: &'a [Dimension]) -> Self {
        Self { dimensions, groups: HashMap::new(), total: Slots::new(), cells: 0 }
    }

    /// Returns whether the groups have clicks.
    pub fn has_clicks(&self) -> bool {
        self.dimensions.iter().all(|dimension| dimension.is_of_link())
    }

    pub fn add_clicks(
        &mut self,
        (which, slot): (Which, usize),
        link: &Facts,
        sum: ClickSum,
    ) -> Result<(), TooWide> {
        let groups = if self.has_clicks() { self.groups_of(link, None) } else { Vec::new() };
        self.add((which, slot), groups, |cell| cell.clicks.add(sum))
    }

    pub fn add_conversions(
        &mut self,
        (which, slot): (Which, usize),
        link: &Facts,
        kind: &ConversionCell,
        sum: ConversionSum,
    ) -> Result<(), TooWide> {
        let groups = self.groups_of(link, Some(kind));
        self.add((which, slot), groups, |cell| cell.add_conversions(kind, sum))
    }

    /// The groups that something of a link is counted in: several, for the tags of the link.
    fn groups_of(&self, link: &Facts, kind: Option<&ConversionCell>) -> Vec<Vec<Value>> {
        if self.dimensions.is_empty() {
            return Vec::new();
        }
        self.dimensions.iter().fold(vec![Vec::new()], |groups, dimension| {
            let mut values = values_of_link(*dimension, link);
            values.extend(kind.and_then(|kind| value_of_conversion(*dimension, kind)));
            let with =
                |group: &Vec<Value>, value: &Value| [group.as_slice(), std::slice::from_ref(value)].concat();
            groups.iter().flat_map(|group| values.iter().map(move |value| with(group, value))).collect()
        })
    }

    fn add(
        &mut self,
        (which, slot): (Which, usize),
        groups: Vec<Vec<Value>>,
        count: impl Fn(&mut Cell),
    ) -> Result<(), TooWide> {
        count(self.total.entry(slot).or_default().of(which));
        for group in groups {
            let slots = self.groups.entry(group).or_default();
            let before = slots.len();
            count(slots.entry(slot).or_default().of(which));
            self.cells = self.cells.saturating_add(slots.len() - before);
            if self.cells > CELLS_MAX {
                return Err(TooWide);
            }
        }
        Ok(())
    }

    /// Orders the groups, and puts those beyond `limit` together.
    pub fn finish(self, order: Order, limit: usize) -> Groups {
        let metric =
            order.metric.unwrap_or(if self.has_clicks() { Metric::Clicks } else { Metric::Conversions });
        let all = sum(&self.total);
        let currency = order.currency.or_else(|| all.own.main_currency());
        // An adjustment leaves nothing where the conversion was before.
        let counted = self.groups.into_iter().map(|(values, mut slots)| {
            slots.retain(|_, pair| !pair.is_empty());
            (values, slots)
        });
        let mut shown: Vec<_> = counted.filter(|(_, slots)| !slots.is_empty()).collect();
        let count = shown.len();
        // The values themselves decide about equal numbers, so that the order is the same each time.
        shown.sort_by_cached_key(|(values, slots)| {
            (Reverse(metric.of(&sum(slots).own, currency)), values.clone())
        });
        let mut others = None;
        for (_, slots) in shown.split_off(limit.min(count)) {
            let others: &mut Slots = others.get_or_insert_default();
            for (slot, pair) in slots {
                others.entry(slot).or_default().add(&pair);
            }
        }
        Groups { shown, others, count, total: self.total }
    }
}

/// Adds up all spans of time.
pub fn sum(slots: &Slots) -> Pair {
    let mut all = Pair::default();
    for pair in slots.values() {
        all.add(pair);
    }
    all
}

/// The status that a number stands for, as messages name it; the number itself if it is unknown.
pub fn status_text(number: i16) -> String {
    let status = ConversionStatus::try_from_value(&number);
    status.map_or_else(|_| number.to_string(), |status| status.to_proto().as_str_name().to_owned())
}

#[cfg(test)]
mod tests;

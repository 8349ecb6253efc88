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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    Link,
    Partner,
    Tag,
    Code,
    Currency,
    Status,
    Country,
    Device,
    Os,
    Browser,
    ReferrerHost,
    /// The sub id at this place: 0 for `sub1`.
    SubId(usize),
}

/// The kinds of things that have a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Links have it, and so have their clicks and conversions.
    Link,
    /// Each click has it, and so have its conversions.
    Click,
    Conversion,
}

impl Dimension {
    pub fn scope(self) -> Scope {
        match self {
            Self::Link | Self::Partner | Self::Tag => Scope::Link,
            Self::Code | Self::Currency | Self::Status => Scope::Conversion,
            Self::Country | Self::Device | Self::Os | Self::Browser | Self::ReferrerHost | Self::SubId(_) => {
                Scope::Click
            }
        }
    }
}

/// Clicks, or conversions of a kind.
#[derive(Clone, Copy, Debug)]
pub enum Counted {
    Clicks(ClickSum),
    Conversions(ConversionCell, ConversionSum),
}

/// The values of a click in the dimensions that a question names.
pub type Texts = Vec<(Dimension, String)>;

/// The same; `None` if the click is not stored.
pub type Told = Option<Texts>;

/// A click, or a conversion of a click, as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub link: &'a Facts,
    pub told: &'a Told,
    /// The kind of the conversion; `None` for a click.
    pub kind: Option<&'a ConversionCell>,
}

impl Subject<'_> {
    /// Its values in a dimension: several tags, for example, and none if it does not have the dimension.
    fn values(self, dimension: Dimension) -> Vec<Value> {
        let Facts { id, partner_id, tags, .. } = self.link;
        match (dimension, self.kind) {
            (Dimension::Link, _) => vec![Value::Link(*id)],
            (Dimension::Partner, _) => vec![Value::Partner(*partner_id)],
            (Dimension::Tag, _) if tags.0.is_empty() => vec![Value::Tag(None)],
            (Dimension::Tag, _) => tags.0.iter().map(|tag| Value::Tag(Some(tag.clone()))).collect(),
            (Dimension::Code, Some(kind)) => vec![Value::Code(kind.code)],
            (Dimension::Currency, Some(kind)) => vec![Value::Currency(kind.currency)],
            (Dimension::Status, Some(kind)) => vec![Value::Status(kind.status)],
            (Dimension::Code | Dimension::Currency | Dimension::Status, None) => Vec::new(),
            _ => vec![self.told(dimension)],
        }
    }

    fn told(self, dimension: Dimension) -> Value {
        let Some(told) = self.told else { return Value::Gone };
        let told = told.iter().find(|(one, _)| *one == dimension);
        Value::Told(told.map(|(_, text)| text.clone()).unwrap_or_default())
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
    /// A text that a click has told; empty if it has not.
    Told(String),
    /// The click is not stored.
    Gone,
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
    fn passes(&self, subject: Subject<'_>) -> bool {
        let values = subject.values(self.dimension);
        values.iter().any(|value| self.values.contains(value)) != self.exclude
    }

    /// Returns whether what a link has is counted. Filters by other dimensions let every link pass.
    pub fn passes_link(&self, link: &Facts) -> bool {
        let subject = Subject { link, told: &None, kind: None };
        self.dimension.scope() != Scope::Link || self.passes(subject)
    }

    /// Returns whether a click, or a conversion, of a link that is counted is counted. Filters by dimensions
    /// of conversions let every click pass.
    pub fn passes_one(&self, subject: Subject<'_>) -> bool {
        match self.dimension.scope() {
            Scope::Link => true,
            Scope::Click => self.passes(subject),
            Scope::Conversion => subject.kind.is_none() || self.passes(subject),
        }
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
        self.dimensions.iter().all(|dimension| dimension.scope() != Scope::Conversion)
    }

    /// Counts something of a link, unless a filter leaves it out.
    pub fn count(
        &mut self,
        at: (Which, usize),
        (link, told): (&Facts, &Told),
        counted: Counted,
        filters: &[Filter],
    ) -> Result<(), TooWide> {
        let kind = match &counted {
            Counted::Clicks(_) => None,
            Counted::Conversions(kind, _) => Some(kind),
        };
        let subject = Subject { link, told, kind };
        if !filters.iter().all(|filter| filter.passes_one(subject)) {
            return Ok(());
        }
        let has_groups = kind.is_some() || self.has_clicks();
        let groups = if has_groups { self.groups_of(subject) } else { Vec::new() };
        self.add(at, groups, |cell| match &counted {
            Counted::Clicks(sum) => cell.clicks.add(*sum),
            Counted::Conversions(kind, sum) => cell.add_conversions(kind, *sum),
        })
    }

    /// The groups that something is counted in: several, for the tags of its link.
    fn groups_of(&self, subject: Subject<'_>) -> Vec<Vec<Value>> {
        if self.dimensions.is_empty() {
            return Vec::new();
        }
        self.dimensions.iter().fold(vec![Vec::new()], |groups, dimension| {
            let values = subject.values(*dimension);
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

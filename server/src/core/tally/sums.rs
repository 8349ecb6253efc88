//! Sums of clicks and conversions by quarter hour, and of what partners are owed. Pure: no I/O, no
//! clock.

use std::collections::BTreeMap;

use sea_orm::{ActiveEnum as _, DeriveActiveEnum, DeriveValueType, EnumIter};
use uuid::Uuid;

use crate::{
    core::{
        click::{ClickFlags, ClickKind},
        conversion::{Conversion, Standing},
        conversion_code::ConversionCodeId,
        journal,
        ledger::Line,
        tracking_link::TrackingLinkId,
    },
    db::journal::{Damaged, Entries, EntryKind},
    values::{
        click_id::ClickId,
        conversion_status::ConversionStatus,
        id::{AccountId, PartnerId},
        money::Currency,
        time::Time,
    },
};

/// A quarter of an hour. The offset of every time zone is a multiple of it, so days of every zone
/// are sums of quarters.
pub const QUARTER_MICROS: i64 = 15 * 60 * 1_000_000;

/// The number of a quarter hour since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Quarter(i32);

impl Quarter {
    /// The quarter of a time. Every time up to the year 9999 has one.
    pub fn of(time: Time) -> Self {
        Self(i32::try_from(time.micros().div_euclid(QUARTER_MICROS)).unwrap_or(i32::MAX))
    }

    pub fn start(self) -> Time {
        Time::from_micros(i64::from(self.0).saturating_mul(QUARTER_MICROS))
    }

    /// Number of quarters until `later`; 0 if it is in fact earlier.
    pub fn until(self, later: Self) -> usize {
        usize::try_from(i64::from(later.0).saturating_sub(self.0.into())).unwrap_or_default()
    }

    /// The quarter that is this number of quarters later.
    pub fn plus(self, quarters: i32) -> Self {
        Self(self.0.saturating_add(quarters))
    }
}

/// The time by which a conversion is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum Basis {
    /// The time of its click.
    #[sea_orm(num_value = 1)]
    Click,
    /// The time of the conversion.
    #[sea_orm(num_value = 2)]
    Conversion,
    /// The time at which it was recorded.
    #[sea_orm(num_value = 3)]
    Booked,
}

/// Numbers come before ids, because the order of the fields is that of comparisons, and numbers are
/// compared faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClickCell {
    pub quarter: Quarter,
    pub link: TrackingLinkId,
}

/// Numbers of clicks. Each click is in `clicks`, and in at most one of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClickSum {
    pub clicks: i64,
    pub bots: i64,
    pub prefetches: i64,
    pub previews: i64,
}

impl ClickSum {
    pub fn of(kind: ClickKind) -> Self {
        let is = |one: ClickKind| i64::from(kind == one);
        Self {
            clicks: 1,
            bots: is(ClickKind::Bot),
            prefetches: is(ClickKind::Prefetch),
            previews: is(ClickKind::Preview),
        }
    }

    pub fn add(&mut self, other: Self) {
        for (sum, more) in [
            (&mut self.clicks, other.clicks),
            (&mut self.bots, other.bots),
            (&mut self.prefetches, other.prefetches),
            (&mut self.previews, other.previews),
        ] {
            // Nobody lives to see this number of clicks.
            *sum = sum.saturating_add(more);
        }
    }

    pub fn subtract(&mut self, other: Self) {
        let Self { clicks, bots, prefetches, previews } = other;
        let less = |number: i64| number.saturating_neg();
        self.add(Self {
            clicks: less(clicks),
            bots: less(bots),
            prefetches: less(prefetches),
            previews: less(previews),
        });
    }

    /// Returns whether no number is greater than that of `other`.
    pub fn is_within(self, other: Self) -> bool {
        let numbers = |counts: Self| [counts.clicks, counts.bots, counts.prefetches, counts.previews];
        numbers(self).into_iter().zip(numbers(other)).all(|(own, other)| own <= other)
    }
}

/// Numbers come before ids, as in `ClickCell`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversionCell {
    pub basis: Basis,
    pub quarter: Quarter,
    /// The number of a `ConversionStatus`.
    pub status: i16,
    pub currency: CurrencyCode,
    pub link: TrackingLinkId,
    pub code: ConversionCodeId,
}

/// The code of a currency, as it is stored.
pub type CurrencyCode = [u8; 3];

pub fn code_of(currency: Currency) -> CurrencyCode {
    currency.to_string().as_bytes().first_chunk().copied().unwrap_or_default()
}

/// A number of conversions, and the sums of their amounts in millionths of their currency's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConversionSum {
    pub conversions: i64,
    pub value: i128,
    pub commission: i128,
}

impl ConversionSum {
    pub fn add(&mut self, other: Self) {
        self.conversions = self.conversions.saturating_add(other.conversions);
        // 128 bits hold more amounts of 64 bits than there can be conversions.
        self.value = self.value.saturating_add(other.value);
        self.commission = self.commission.saturating_add(other.commission);
    }

    pub fn subtract(&mut self, other: Self) {
        let Self { conversions, value, commission } = other;
        let conversions = conversions.saturating_neg();
        self.add(Self {
            conversions,
            value: value.saturating_neg(),
            commission: commission.saturating_neg(),
        });
    }

    /// Returns whether no number is greater than that of `other`.
    pub fn is_within(self, other: Self) -> bool {
        self.conversions <= other.conversions
            && self.value <= other.value
            && self.commission <= other.commission
    }
}

/// A partner and a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartnerCell {
    pub partner: PartnerId,
    pub currency: CurrencyCode,
}

impl PartnerCell {
    fn of(line: &Line) -> Self {
        Self { partner: line.partner_id, currency: code_of(line.currency) }
    }
}

/// The sums of all lines of a partner in one currency, in millionths of its unit: of what waits for
/// the merchant's decision, and of what is approved. What was paid is not subtracted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartnerSum {
    pub pending: i128,
    pub approved: i128,
}

impl PartnerSum {
    /// The sum of one line.
    pub fn of(line: &Line) -> Self {
        Self { pending: line.pending_delta.micros().into(), approved: line.approved_delta.micros().into() }
    }

    pub fn add(&mut self, other: Self) {
        // 128 bits hold more changes of 64 bits than there can be lines.
        self.pending = self.pending.saturating_add(other.pending);
        self.approved = self.approved.saturating_add(other.approved);
    }
}

/// A click, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedClick {
    pub id: ClickId,
    pub account: AccountId,
    pub link: TrackingLinkId,
    pub flags: ClickFlags,
}

impl CountedClick {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let id = ClickId(fields.uuid()?);
        let flags = ClickFlags::from_bytes(fields.take()?);
        Some(Self { id, flags, account: AccountId(fields.uuid()?), link: TrackingLinkId(fields.uuid()?) })
    }
}

/// A conversion, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedConversion {
    pub click: ClickId,
    pub code: ConversionCodeId,
    pub account: AccountId,
    pub link: TrackingLinkId,
    pub currency: CurrencyCode,
    pub value: i64,
    pub commission: i64,
    pub status: i16,
    pub converted_at: Time,
    pub created_at: Time,
}

impl CountedConversion {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let (click, code) = (ClickId(fields.uuid()?), ConversionCodeId(fields.uuid()?));
        let _serial = fields.number()?;
        Some(Self {
            click,
            code,
            account: AccountId(fields.uuid()?),
            link: TrackingLinkId(fields.uuid()?),
            currency: fields.take()?,
            value: fields.number()?,
            commission: fields.number()?,
            status: i16::from_be_bytes(fields.take()?),
            converted_at: Time::from_micros(fields.number()?),
            created_at: Time::from_micros(fields.number()?),
        })
    }
}

impl From<&Conversion> for CountedConversion {
    /// The conversion as it stands now.
    fn from(row: &Conversion) -> Self {
        let Standing { status, value, commission } = row.standing();
        Self {
            click: row.click_id,
            code: row.code_id,
            account: row.account_id,
            link: row.link_id,
            currency: code_of(row.currency),
            value: value.micros(),
            commission: commission.micros(),
            status: ConversionStatus::to_value(&status),
            converted_at: row.converted_at,
            created_at: row.created_at,
        }
    }
}

/// A conversion before and after an adjustment, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedAdjustment {
    pub before: CountedConversion,
    pub after: CountedConversion,
}

impl CountedAdjustment {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let (click, code) = (ClickId(fields.uuid()?), ConversionCodeId(fields.uuid()?));
        let _serial = fields.number()?;
        let (account, link) = (AccountId(fields.uuid()?), TrackingLinkId(fields.uuid()?));
        let currency = fields.take()?;
        let mut standing = || Some((fields.number()?, fields.number()?, i16::from_be_bytes(fields.take()?)));
        let (before, after) = (standing()?, standing()?);
        let converted_at = Time::from_micros(fields.number()?);
        let created_at = Time::from_micros(fields.number()?);
        let counted = |(value, commission, status)| CountedConversion {
            click,
            code,
            account,
            link,
            currency,
            value,
            commission,
            status,
            converted_at,
            created_at,
        };
        Some(Self { before: counted(before), after: counted(after) })
    }
}

/// A line in the ledger of a partner, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CountedLine {
    cell: PartnerCell,
    account: AccountId,
    sum: PartnerSum,
}

impl CountedLine {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let (_click, _serial, _number) = (fields.uuid()?, fields.number()?, fields.take::<2>()?);
        let (partner, account) = (PartnerId(fields.uuid()?), AccountId(fields.uuid()?));
        let (_link, currency) = (fields.uuid()?, fields.take()?);
        let sum = PartnerSum { pending: fields.number()?.into(), approved: fields.number()?.into() };
        let _times = [fields.number()?, fields.number()?];
        Some(Self { cell: PartnerCell { partner, currency }, account, sum })
    }
}

/// The bytes of an entry that are not read yet.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn uuid(&mut self) -> Option<Uuid> {
        self.take().map(Uuid::from_bytes)
    }

    fn number(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }
}

/// The cause why this server can't count a row of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncountable {
    /// An entry of this kind. A newer server has written it, or it is damaged.
    Entry(EntryKind),
    /// The row is cut.
    Row(Damaged),
}

/// The sums of some clicks, conversions and lines, each with its account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub clicks: BTreeMap<ClickCell, (AccountId, ClickSum)>,
    pub conversions: BTreeMap<ConversionCell, (AccountId, ConversionSum)>,
    pub partners: BTreeMap<PartnerCell, (AccountId, PartnerSum)>,
}

impl Sums {
    /// The number of sums.
    pub fn len(&self) -> usize {
        self.clicks.len() + self.conversions.len() + self.partners.len()
    }

    pub fn add_click(&mut self, click: CountedClick) {
        let cell = ClickCell { quarter: Quarter::of(click.id.time()), link: click.link };
        let (_, sum) = self.clicks.entry(cell).or_insert((click.account, ClickSum::default()));
        sum.add(ClickSum::of(click.flags.kind()));
    }

    /// Adds a conversion under each of its three times.
    pub fn add_conversion(&mut self, conversion: &CountedConversion) {
        self.count(conversion, 1);
    }

    /// Moves a conversion from where it was before an adjustment to where it is after it. Its times
    /// stay. If the adjustment is folded before the conversion, a sum is below 0 until then.
    fn move_conversion(&mut self, adjustment: &CountedAdjustment) {
        self.count(&adjustment.before, -1);
        self.count(&adjustment.after, 1);
    }

    /// Adds a conversion `times` times, which may be less than 0, under each of its three times.
    fn count(&mut self, conversion: &CountedConversion, times: i64) {
        let CountedConversion { click, code, account, link, currency, status, .. } = *conversion;
        let CountedConversion { value, commission, converted_at, created_at, .. } = *conversion;
        let sum = |micros: i64| i128::from(micros).saturating_mul(times.into());
        let one = ConversionSum { conversions: times, value: sum(value), commission: sum(commission) };
        let bases =
            [(Basis::Click, click.time()), (Basis::Conversion, converted_at), (Basis::Booked, created_at)];
        for (basis, time) in bases {
            let cell = ConversionCell { basis, quarter: Quarter::of(time), status, currency, link, code };
            let (_, sum) = self.conversions.entry(cell).or_insert((account, ConversionSum::default()));
            sum.add(one);
        }
    }

    pub fn add_line(&mut self, line: &Line) {
        self.add_owed(PartnerCell::of(line), line.account_id, PartnerSum::of(line));
    }

    pub fn add_owed(&mut self, cell: PartnerCell, account: AccountId, sum: PartnerSum) {
        self.partners.entry(cell).or_insert((account, PartnerSum::default())).1.add(sum);
    }

    /// Adds the entries of a row of the journal: all of them or, on an error, none.
    pub fn add_entries(&mut self, entries: &[u8]) -> Result<(), Uncountable> {
        let check = |(kind, bytes): (EntryKind, &[u8])| match kind {
            journal::CLICK => CountedClick::read(bytes).is_some(),
            journal::CONVERSION => CountedConversion::read(bytes).is_some(),
            journal::ADJUSTMENT => CountedAdjustment::read(bytes).is_some(),
            journal::LINE => CountedLine::read(bytes).is_some(),
            kind => kind == journal::POSTBACK,
        };
        for entry in Entries::read(entries) {
            let entry = entry.map_err(Uncountable::Row)?;
            if !check(entry) {
                return Err(Uncountable::Entry(entry.0));
            }
        }
        for (kind, bytes) in Entries::read(entries).flatten() {
            if kind == journal::CLICK
                && let Some(click) = CountedClick::read(bytes)
            {
                self.add_click(click);
            } else if kind == journal::CONVERSION
                && let Some(conversion) = CountedConversion::read(bytes)
            {
                self.add_conversion(&conversion);
            } else if kind == journal::ADJUSTMENT
                && let Some(adjustment) = CountedAdjustment::read(bytes)
            {
                self.move_conversion(&adjustment);
            } else if kind == journal::LINE
                && let Some(CountedLine { cell, account, sum }) = CountedLine::read(bytes)
            {
                self.add_owed(cell, account, sum);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

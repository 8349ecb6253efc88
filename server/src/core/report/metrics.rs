//! The numbers of a report, with their formulas. Pure: no I/O, no clock.

use std::collections::BTreeMap;

use s2s_sdk::v1::{Money, ReportAmounts, ReportMetrics};
use sea_orm::ActiveEnum as _;

use crate::{
    core::tally::{ClickSum, ConversionCell, ConversionSum, CurrencyCode},
    values::conversion_status::ConversionStatus,
};

/// Number of millionths in a whole.
const MILLIONTHS: i128 = 1_000_000;

/// The sums of the conversions in one currency, by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conversions {
    pub pending: ConversionSum,
    pub approved: ConversionSum,
    pub declined: ConversionSum,
}

impl Conversions {
    /// The pending and the approved ones.
    fn standing(&self) -> ConversionSum {
        let mut sum = self.pending;
        sum.add(self.approved);
        sum
    }

    fn add(&mut self, other: &Self) {
        self.pending.add(other.pending);
        self.approved.add(other.approved);
        self.declined.add(other.declined);
    }
}

/// What is counted in one place of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub clicks: ClickSum,
    pub conversions: BTreeMap<CurrencyCode, Conversions>,
}

/// A sum in this currency has no room in a number of 64 bits.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge(pub CurrencyCode);

impl Cell {
    pub fn add(&mut self, other: &Self) {
        self.clicks.add(other.clicks);
        for (currency, conversions) in &other.conversions {
            self.conversions.entry(*currency).or_default().add(conversions);
        }
    }

    /// Returns whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        let nothing = Conversions::default();
        self.clicks == ClickSum::default() && self.conversions.values().all(|one| *one == nothing)
    }

    pub fn add_conversions(&mut self, kind: &ConversionCell, sum: ConversionSum) {
        let conversions = self.conversions.entry(kind.currency).or_default();
        match ConversionStatus::try_from_value(&kind.status) {
            Ok(ConversionStatus::Pending) => conversions.pending.add(sum),
            Ok(ConversionStatus::Approved) => conversions.approved.add(sum),
            Ok(ConversionStatus::Declined) | Err(_) => conversions.declined.add(sum),
        }
    }

    /// Clicks of visitors.
    fn visits(&self) -> i64 {
        let ClickSum { clicks, bots, prefetches, previews } = self.clicks;
        clicks.saturating_sub(bots).saturating_sub(prefetches).saturating_sub(previews)
    }

    /// Number of conversions of all currencies.
    fn count(&self, of: impl Fn(&Conversions) -> i64) -> i64 {
        self.conversions.values().map(of).fold(0, i64::saturating_add)
    }

    fn standing(&self) -> i64 {
        self.count(|one| one.standing().conversions)
    }

    fn rate(&self) -> Option<i128> {
        ratio(i128::from(self.standing()).saturating_mul(MILLIONTHS), self.visits())
    }

    /// The currency with the most conversions; of several, the first by its code.
    pub fn main_currency(&self) -> Option<CurrencyCode> {
        let all = |one: &Conversions| one.standing().conversions.saturating_add(one.declined.conversions);
        let counted = self.conversions.iter().rev().map(|(currency, one)| (all(one), *currency));
        counted.max_by_key(|(count, _)| *count).map(|(_, currency)| currency)
    }

    /// The message. Without `has_clicks`, it has no number that clicks are needed for.
    pub fn to_proto(&self, has_clicks: bool) -> Result<ReportMetrics, TooLarge> {
        let of_clicks = |number: i64| has_clicks.then_some(number);
        let amounts = self.conversions.iter().filter(|(_, one)| **one != Conversions::default());
        let amounts = amounts.map(|(currency, one)| self.amounts(*currency, one, has_clicks));
        let rate = self.rate().filter(|_| has_clicks).and_then(|rate| i64::try_from(rate).ok());
        Ok(ReportMetrics {
            clicks: of_clicks(self.visits()),
            bot_clicks: of_clicks(self.clicks.bots),
            prefetches: of_clicks(self.clicks.prefetches),
            previews: of_clicks(self.clicks.previews),
            pending: self.count(|one| one.pending.conversions),
            approved: self.count(|one| one.approved.conversions),
            declined: self.count(|one| one.declined.conversions),
            conversion_rate_millionths: rate,
            amounts: amounts.collect::<Result<_, _>>()?,
        })
    }

    fn amounts(
        &self,
        currency: CurrencyCode,
        one: &Conversions,
        has_clicks: bool,
    ) -> Result<ReportAmounts, TooLarge> {
        let code: String = currency.iter().copied().map(char::from).collect();
        let money = |micros: i128| {
            let micros = i64::try_from(micros).map_err(|_| TooLarge(currency))?;
            Ok(Some(Money { currency_code: code.clone(), micros }))
        };
        let standing = one.standing();
        let per_click = ratio(standing.commission, self.visits()).filter(|_| has_clicks);
        let average = ratio(standing.value, standing.conversions);
        Ok(ReportAmounts {
            currency_code: code.clone(),
            conversions: standing.conversions,
            value: money(standing.value)?,
            commission: money(standing.commission)?,
            approved_value: money(one.approved.value)?,
            approved_commission: money(one.approved.commission)?,
            declined_value: money(one.declined.value)?,
            declined_commission: money(one.declined.commission)?,
            commission_per_click: per_click.map(money).transpose()?.flatten(),
            average_value: average.map(money).transpose()?.flatten(),
        })
    }
}

/// The number by which groups are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    Clicks,
    BotClicks,
    Prefetches,
    Previews,
    Conversions,
    Pending,
    Approved,
    Declined,
    ConversionRate,
    Value,
    Commission,
    CommissionPerClick,
    AverageValue,
}

impl Metric {
    /// Its value; `None`, which is the least, if there is none.
    pub fn of(self, cell: &Cell, currency: Option<CurrencyCode>) -> Option<i128> {
        let amounts = || currency.and_then(|currency| cell.conversions.get(&currency));
        let standing = || amounts().map(Conversions::standing);
        Some(match self {
            Self::Clicks => cell.visits().into(),
            Self::BotClicks => cell.clicks.bots.into(),
            Self::Prefetches => cell.clicks.prefetches.into(),
            Self::Previews => cell.clicks.previews.into(),
            Self::Conversions => cell.standing().into(),
            Self::Pending => cell.count(|one| one.pending.conversions).into(),
            Self::Approved => cell.count(|one| one.approved.conversions).into(),
            Self::Declined => cell.count(|one| one.declined.conversions).into(),
            Self::ConversionRate => cell.rate()?,
            Self::Value => standing()?.value,
            Self::Commission => standing()?.commission,
            Self::CommissionPerClick => ratio(standing()?.commission, cell.visits())?,
            Self::AverageValue => ratio(standing()?.value, standing()?.conversions)?,
        })
    }
}

/// The ratio of two numbers, rounded half away from zero; `None` if there is nothing to divide by.
fn ratio(of: i128, to: i64) -> Option<i128> {
    let to = i128::from(to);
    if to <= 0 {
        return None;
    }
    let half = of.signum().saturating_mul(to);
    of.saturating_mul(2).saturating_add(half).checked_div(to.saturating_mul(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        conversion_code::ConversionCodeId,
        tally::{Basis, Quarter},
        tracking_link::TrackingLinkId,
    };
    use crate::values::time::Time;

    fn kind(currency: CurrencyCode, status: ConversionStatus) -> ConversionCell {
        ConversionCell {
            basis: Basis::Click,
            quarter: Quarter::of(Time::from_micros(0)),
            status: status.to_value(),
            currency,
            link: TrackingLinkId(uuid::Uuid::nil()),
            code: ConversionCodeId(uuid::Uuid::nil()),
        }
    }

    fn conversions(conversions: i64, value: i128, commission: i128) -> ConversionSum {
        ConversionSum { conversions, value, commission }
    }

    #[test]
    fn ratios_are_rounded_half_away_from_zero() {
        for (of, to, ratio_of) in [
            (0, 0, None),
            (5, 0, None),
            (5, -1, None),
            (0, 3, Some(0)),
            (1, 3, Some(0)),
            (2, 3, Some(1)),
            (1, 2, Some(1)),
            (-1, 2, Some(-1)),
            (-1, 3, Some(0)),
            (7, 2, Some(4)),
            (i128::from(i64::MAX) * 4, 2, Some(i128::from(i64::MAX) * 2)),
        ] {
            assert_eq!(ratio(of, to), ratio_of, "{of} {to}");
        }
    }

    #[test]
    fn a_message_follows_the_formulas() {
        let mut cell =
            Cell { clicks: ClickSum { clicks: 20, bots: 3, prefetches: 4, previews: 5 }, ..Cell::default() };
        cell.add_conversions(&kind(*b"EUR", ConversionStatus::Pending), conversions(1, 10, 1));
        cell.add_conversions(&kind(*b"EUR", ConversionStatus::Approved), conversions(2, 25, 8));
        cell.add_conversions(&kind(*b"EUR", ConversionStatus::Declined), conversions(4, 100, 50));
        cell.add_conversions(&kind(*b"USD", ConversionStatus::Approved), conversions(1, 7, 7));
        let message = cell.to_proto(true).unwrap();
        assert_eq!(
            (message.clicks, message.bot_clicks, message.prefetches, message.previews),
            (Some(8), Some(3), Some(4), Some(5))
        );
        assert_eq!((message.pending, message.approved, message.declined), (1, 3, 4));
        // Four of eight clicks.
        assert_eq!(message.conversion_rate_millionths, Some(500_000));
        let [eur, usd] = message.amounts.as_slice() else { panic!("{:?}", message.amounts) };
        let micros = |money: &Option<Money>| money.as_ref().map(|money| money.micros);
        assert_eq!((eur.currency_code.as_str(), eur.conversions), ("EUR", 3));
        assert_eq!((micros(&eur.value), micros(&eur.commission)), (Some(35), Some(9)));
        assert_eq!((micros(&eur.approved_value), micros(&eur.approved_commission)), (Some(25), Some(8)));
        assert_eq!((micros(&eur.declined_value), micros(&eur.declined_commission)), (Some(100), Some(50)));
        // 9 / 8 and 35 / 3.
        assert_eq!((micros(&eur.commission_per_click), micros(&eur.average_value)), (Some(1), Some(12)));
        assert_eq!((usd.currency_code.as_str(), usd.conversions, micros(&usd.value)), ("USD", 1, Some(7)));

        let without = cell.to_proto(false).unwrap();
        assert_eq!((without.clicks, without.conversion_rate_millionths), (None, None));
        assert_eq!(without.amounts.first().unwrap().commission_per_click, None);
        assert_eq!(cell.main_currency(), Some(*b"EUR"));

        cell.add_conversions(&kind(*b"EUR", ConversionStatus::Pending), conversions(1, i64::MAX.into(), 0));
        assert_eq!(cell.to_proto(true), Err(TooLarge(*b"EUR")));
    }

    #[test]
    fn nothing_is_divided_by_no_clicks() {
        let message = Cell::default().to_proto(true).unwrap();
        assert_eq!((message.clicks, message.conversion_rate_millionths), (Some(0), None));
        assert_eq!((message.amounts.len(), Cell::default().main_currency()), (0, None));
    }
}

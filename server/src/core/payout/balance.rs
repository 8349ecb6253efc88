//! The balance of a partner.

use std::collections::BTreeMap;

use s2s_sdk::v1::{Money, PartnerBalance};

use super::{entry, store};
use crate::{
    core::{App, partner, tally},
    error::{Error, Result},
    values::{
        id::{AccountId, PartnerId},
        money::Currency,
    },
};

/// What a partner is owed in one currency, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Balance {
    pending: i128,
    approved: i128,
    in_payout: i128,
    paid: i128,
}

impl Balance {
    fn to_proto(self, currency: Currency) -> Result<PartnerBalance> {
        let money = |micros: i128| {
            let micros = i64::try_from(micros);
            let micros = micros.map_err(|_| Error::sum_too_large("the balance", &currency))?;
            Ok::<_, Error>(Some(Money { currency_code: currency.to_string(), micros }))
        };
        Ok(PartnerBalance {
            pending: money(self.pending)?,
            approved: money(self.approved)?,
            in_payout: money(self.in_payout)?,
            paid: money(self.paid)?,
        })
    }
}

/// Returns what a partner is owed, by currency.
///
/// Payouts and entries are read before the lines, so that each of their lines is in the sums. What
/// happens meanwhile shows at worst as owed still.
pub async fn get(app: &App, account: AccountId, partner: PartnerId) -> Result<Vec<PartnerBalance>> {
    partner::get(app, account, partner).await?;
    let mut balances = BTreeMap::<String, (Currency, Balance)>::new();
    let mut of = |currency: Currency, change: &dyn Fn(&mut Balance)| {
        let entry = balances.entry(currency.to_string());
        change(&mut entry.or_insert((currency, Balance::default())).1);
    };
    for payout in store::sums(app.db.reader(), partner).await? {
        let total = i128::from(payout.total.micros());
        of(payout.currency, &|balance| {
            balance.approved = balance.approved.saturating_sub(total);
            let bucket = if payout.is_paid { &mut balance.paid } else { &mut balance.in_payout };
            *bucket = bucket.saturating_add(total);
        });
    }
    for (currency, amount) in entry::amounts(app, partner).await? {
        of(currency, &|balance| balance.approved = balance.approved.saturating_add(amount.micros().into()));
    }
    for (currency, sum) in tally::of_partner(&app.db, partner).await? {
        of(currency, &|balance| {
            balance.pending = balance.pending.saturating_add(sum.pending);
            balance.approved = balance.approved.saturating_add(sum.approved);
        });
    }
    balances.into_values().map(|(currency, balance)| balance.to_proto(currency)).collect()
}

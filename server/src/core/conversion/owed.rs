//! What the partner of a conversion is owed, and the lines of the ledger that say so.

use super::{Conversion, Standing};
use crate::{
    core::{
        ledger::{Line, Owed},
        partner::{Share, StoredShare},
    },
    values::{conversion_status::ConversionStatus, money::Amount, time::Time},
};

impl Conversion {
    /// What its partner is owed for it now; `None` without a partner.
    pub fn owed(&self) -> Option<Amount> {
        self.partner_id.map(|_| self.owed_for(self.standing()).amount)
    }

    /// The line that a conversion would have that was recorded as it stands now: the sum of its lines.
    /// `None` without a partner.
    pub fn line_if_new(&self) -> Option<Line> {
        self.line_of(0, Owed::NOTHING, self.standing(), self.converted_at, self.created_at)
    }

    fn owed_for(&self, Standing { status, value, commission }: Standing) -> Owed {
        let share = self.partner_share.and_then(StoredShare::share).unwrap_or(Share::COMMISSION);
        Owed { status, amount: share.owed(status, value, commission) }
    }

    /// The line of its recording; `None` without a partner.
    pub fn line(&self) -> Option<Line> {
        let line = self.line_of(0, Owed::NOTHING, self.recorded(), self.converted_at, self.created_at)?;
        let waiting_since = (self.status == ConversionStatus::Pending).then_some(self.created_at);
        Some(Line { waiting_since, ..line })
    }

    /// The line of an adjustment that makes it stand as `after`; `None` without a partner.
    pub fn line_of_adjustment(
        &self,
        number: i16,
        [before, after]: [Standing; 2],
        effective_at: Time,
        created_at: Time,
    ) -> Option<Line> {
        self.line_of(number, self.owed_for(before), after, effective_at, created_at)
    }

    fn line_of(
        &self,
        number: i16,
        before: Owed,
        after: Standing,
        effective_at: Time,
        created_at: Time,
    ) -> Option<Line> {
        let partner_id = self.partner_id?;
        let [pending_delta, approved_delta] = self.owed_for(after).changes_from(before);
        Some(Line {
            click_id: self.click_id,
            serial: self.serial,
            number,
            account_id: self.account_id,
            partner_id,
            currency: self.currency,
            pending_delta,
            approved_delta,
            effective_at,
            created_at,
            // Refunds inherit the time of the sale, so that both become due together.
            due_at: (approved_delta.micros() != 0).then_some(self.converted_at),
            payout_id: None,
            waiting_since: None,
        })
    }
}

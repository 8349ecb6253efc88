//! The group commit of adjustments.

use std::collections::{HashMap, HashSet};

use s2s_sdk::v1::AdjustmentVerdict;
use sea_orm::{ActiveEnum as _, DbErr};

use super::{Adjusted, Adjustment, Request, judge, store};
use crate::{
    core::{
        conversion::{self, Conversion, ConversionId, Standing},
        journal,
    },
    db::{Connection, group_commit::Write, journal::Entries},
    error::{Error, Result},
    values::{id::AccountId, time::Time},
};

/// An adjustment to write. Its line is made in the transaction, from what then stands.
pub struct Adjust {
    account: AccountId,
    id: ConversionId,
    request: Request,
    now: Time,
    /// In a rehearsal, the conversion, which is written as well.
    pub(super) rehearsed: Option<Box<Conversion>>,
}

impl Adjust {
    pub fn new(account: AccountId, id: ConversionId, request: Request, now: Time) -> Self {
        Self { account, id, request, now, rehearsed: None }
    }
}

/// The outcome of an adjustment of a conversion.
pub struct Outcome {
    id: ConversionId,
    pub result: Result<Adjusted>,
    /// The conversion of a new line, for the journal.
    conversion: Option<Box<Conversion>>,
}

impl Write for Adjust {
    type Outcome = Outcome;

    async fn write(rows: &[Self], txn: &Connection) -> Result<Vec<Outcome>, DbErr> {
        let rehearsed: Vec<&Conversion> = rows.iter().filter_map(|row| row.rehearsed.as_deref()).collect();
        if !rehearsed.is_empty() {
            conversion::write_all(&rehearsed, txn).await?;
        }
        let mut stored = conversion::lock(txn, rows.iter().map(|row| row.id).collect()).await?;
        let counts: HashMap<ConversionId, i16> =
            stored.iter().map(|(id, row)| (*id, row.adjustment_count())).collect();
        let keys: HashSet<store::Key> = rows
            .iter()
            .filter_map(|row| row.request.external_id.clone().map(|external_id| (row.id, external_id)))
            .collect();
        let keys: Vec<store::Key> = keys.into_iter().collect();
        let mut known = store::find_known(txn, &keys).await?;
        let outcomes: Vec<Outcome> = rows.iter().map(|row| row.judge(&mut stored, &mut known)).collect();
        let lines: Vec<&Adjustment> = outcomes.iter().filter_map(Outcome::line).collect();
        if lines.is_empty() {
            return Ok(outcomes);
        }
        store::insert(txn, &lines).await?;
        for (id, before) in counts {
            if let Some(row) = stored.get(&id)
                && row.adjustment_count() != before
            {
                conversion::stand(txn, row, before).await?;
            }
        }
        Ok(outcomes)
    }

    fn enter(&self, outcome: &Outcome, entries: &mut Entries) {
        if let (Some(line), Some(conversion)) = (outcome.line(), &outcome.conversion) {
            enter(line, conversion, entries);
        }
    }

    fn owns(&self, outcome: &Outcome) -> bool {
        outcome.id == self.id
    }
}

impl Adjust {
    /// Judges the request by what stands now, and changes that.
    fn judge(
        &self,
        stored: &mut HashMap<ConversionId, Conversion>,
        known: &mut HashMap<store::Key, Adjustment>,
    ) -> Outcome {
        let id = self.id;
        let Some(conversion) = stored.get_mut(&id).filter(|row| row.account_id == self.account) else {
            return Outcome { id, result: Err(Error::not_found("conversion", &id)), conversion: None };
        };
        let key = self.request.external_id.clone().map(|external_id| (id, external_id));
        let same = key.as_ref().and_then(|key| known.get(key));
        let result = judge(&self.request, conversion, same, self.now);
        let mut outcome = Outcome { id, result, conversion: None };
        if let Some(line) = outcome.line() {
            conversion.set_standing(line.after(), line.number);
            known.extend(key.map(|key| (key, line.clone())));
            outcome.conversion = Some(Box::new(conversion.clone()));
        }
        outcome
    }
}

impl Outcome {
    /// The new line, if there is one.
    fn line(&self) -> Option<&Adjustment> {
        let adjusted = self.result.as_ref().ok();
        adjusted.filter(|one| one.verdict == AdjustmentVerdict::Recorded).map(|one| &one.line)
    }
}

/// Enters a line in the journal: all that reports need, because the rows may be deleted before
/// somebody counts them.
fn enter(line: &Adjustment, conversion: &Conversion, entries: &mut Entries) {
    let currency = line.currency.to_string();
    let mut bytes = [
        &line.click_id.0.as_bytes()[..],
        conversion.code_id.0.as_bytes(),
        &line.serial.to_be_bytes(),
        line.account_id.0.as_bytes(),
        conversion.link_id.0.as_bytes(),
        currency.as_bytes(),
    ]
    .concat();
    for Standing { status, value, commission } in [line.before(), line.after()] {
        bytes.extend(value.micros().to_be_bytes());
        bytes.extend(commission.micros().to_be_bytes());
        bytes.extend(status.to_value().to_be_bytes());
    }
    bytes.extend(conversion.converted_at.micros().to_be_bytes());
    bytes.extend(conversion.created_at.micros().to_be_bytes());
    bytes.extend(line.number.to_be_bytes());
    entries.add(journal::ADJUSTMENT, &bytes);
}

//! The group commit of adjustments.

use std::collections::HashMap;

use sea_orm::{ActiveEnum as _, DbErr};

use super::{
    Adjusted, Request,
    lines::{Line, Lines},
};
use crate::{
    core::{
        conversion::{self, Conversion, ConversionId, New, Standing},
        conversion_code::TransactionScope,
        journal, ledger,
    },
    db::{Connection, group_commit::Write, journal::Entries},
    error::Result,
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
    /// The new line, for the journal.
    line: Option<Box<Line>>,
}

impl Write for Adjust {
    type Outcome = Outcome;

    async fn write(rows: &[Self], txn: &Connection) -> Result<Vec<Outcome>, DbErr> {
        let rehearsed = rows.iter().filter_map(|row| row.rehearsed.as_deref());
        let rehearsed: Vec<New> =
            rehearsed.map(|row| New { row, scope: TransactionScope::PerClick, locks: false }).collect();
        if !rehearsed.is_empty() {
            conversion::insert(&rehearsed, txn).await?;
        }
        let wanted = rows.iter().map(|row| (row.id, row.request.external_id.clone()));
        let mut lines = Lines::lock(txn, wanted, HashMap::new()).await?;
        let outcome = |row: &Self| {
            let (result, line) = lines.make(row.account, row.id, &row.request, row.now);
            Outcome { id: row.id, result, line }
        };
        let outcomes = rows.iter().map(outcome).collect();
        lines.write(txn).await?;
        Ok(outcomes)
    }

    fn enter(&self, outcome: &Outcome, entries: &mut Entries) {
        if let Some(line) = &outcome.line {
            enter(line, entries);
        }
    }

    fn owns(&self, outcome: &Outcome) -> bool {
        outcome.id == self.id
    }
}

/// Enters a line in the journal, with the line of its partner: all that reports need, because the rows
/// may be deleted before somebody counts them.
pub fn enter(Line { adjustment: line, conversion }: &Line, entries: &mut Entries) {
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
    let standings = [line.before(), line.after()];
    let (effective_at, created_at) = (line.effective_at, line.created_at);
    if let Some(owed) = conversion.line_of_adjustment(line.number, standings, effective_at, created_at) {
        ledger::enter(&owed, conversion.link_id, entries);
    }
}

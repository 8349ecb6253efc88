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

/// Adjustments of one conversion, one after the other. Their lines are made in the transaction, from what
/// then stands.
pub struct Adjust {
    account: AccountId,
    id: ConversionId,
    requests: Vec<Request>,
    now: Time,
    /// In a rehearsal, the conversion, which is written as well.
    pub(super) rehearsed: Option<Box<Conversion>>,
}

impl Adjust {
    pub fn new(account: AccountId, id: ConversionId, requests: Vec<Request>, now: Time) -> Self {
        Self { account, id, requests, now, rehearsed: None }
    }
}

/// The outcome of adjustments of a conversion.
pub struct Outcome {
    id: ConversionId,
    /// One for each request.
    pub results: Vec<Result<Adjusted>>,
    /// The new lines, for the journal.
    lines: Vec<Line>,
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
        let mut wanted = Vec::with_capacity(rows.len());
        for Self { id, requests, .. } in rows {
            wanted.extend(requests.iter().map(|request| (*id, request.external_id.clone())));
        }
        let mut lines = Lines::lock(txn, wanted.into_iter(), HashMap::new()).await?;
        let outcome = |row: &Self| {
            let made = row.requests.iter().map(|request| lines.make(row.account, row.id, request, row.now));
            let (results, made): (_, Vec<Option<Box<Line>>>) = made.unzip();
            Outcome { id: row.id, results, lines: made.into_iter().flatten().map(|line| *line).collect() }
        };
        let outcomes = rows.iter().map(outcome).collect();
        lines.write(txn).await?;
        Ok(outcomes)
    }

    fn enter(&self, outcome: &Outcome, entries: &mut Entries) {
        for line in &outcome.lines {
            enter(line, entries);
        }
    }

    fn owns(&self, outcome: &Outcome) -> bool {
        outcome.id == self.id && outcome.results.len() == self.requests.len()
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

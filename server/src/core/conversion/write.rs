//! The group commit of conversions, and their entry in the journal.

use sea_orm::{ActiveEnum as _, DbErr};

use super::{
    Conversion,
    store::{New, add_to, insert},
};
use crate::{
    core::{conversion_code::TransactionScope, journal, ledger},
    db::{Connection, Insertion, group_commit::Write, journal::Entries},
};

/// A conversion to insert. The outcome is the earlier conversion of which it is a duplicate, or `None`.
pub struct Insert {
    pub row: Conversion,
    pub scope: TransactionScope,
}

impl Write for Insert {
    type Outcome = Option<Conversion>;

    fn insert_all(rows: &[Self], into: &mut Insertion) -> Result<Option<Vec<Option<Conversion>>>, DbErr> {
        if rows.iter().any(|new| new.scope != TransactionScope::PerClick) {
            return Ok(None);
        }
        let rows: Vec<&Conversion> = rows.iter().map(|new| &new.row).collect();
        add_to(into, &rows)?;
        Ok(Some(vec![None; rows.len()]))
    }

    async fn write(rows: &[Self], txn: &Connection) -> Result<Vec<Option<Conversion>>, DbErr> {
        let new = rows.iter().map(|Self { row, scope }| New { row, scope: *scope, locks: false });
        let rows: Vec<New> = new.collect();
        insert(&rows, txn).await
    }

    fn enter(&self, outcome: &Option<Conversion>, entries: &mut Entries) {
        if outcome.is_none() {
            enter(&self.row, entries);
        }
    }

    fn owns(&self, outcome: &Option<Conversion>) -> bool {
        let Conversion { code_id, dedupe_key, .. } = &self.row;
        outcome.as_ref().is_none_or(|earlier| {
            (&earlier.code_id, &earlier.dedupe_key) == (code_id, dedupe_key)
                && (earlier.click_id == self.row.click_id || self.scope == TransactionScope::PerCode)
        })
    }
}

/// Enters a new conversion in the journal, with the line of its partner: all that reports need, because
/// the row may be deleted before somebody counts it.
pub fn enter(row: &Conversion, entries: &mut Entries) {
    let currency = row.currency.to_string();
    let bytes = [
        &row.click_id.0.as_bytes()[..],
        row.code_id.0.as_bytes(),
        &row.serial.to_be_bytes(),
        row.account_id.0.as_bytes(),
        row.link_id.0.as_bytes(),
        currency.as_bytes(),
        &row.value.micros().to_be_bytes(),
        &row.commission.micros().to_be_bytes(),
        &row.status.to_value().to_be_bytes(),
        &row.converted_at.micros().to_be_bytes(),
        &row.created_at.micros().to_be_bytes(),
    ];
    entries.add(journal::CONVERSION, &bytes.concat());
    if let Some(line) = row.line() {
        ledger::enter(&line, row.link_id, entries);
    }
}

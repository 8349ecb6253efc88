//! Finds our conversion of each row: by the order id or, where no conversion has it, by the click.

use std::collections::{HashMap, HashSet};

use super::{
    Statement,
    compare::{Outcome, compare, have_same_amounts},
    key::{self, Key},
    row::{Ours, Row, Theirs},
};
use crate::{
    core::{
        App,
        conversion::{self, Brief, TransactionId},
        scan::scan,
    },
    error::Result,
    values::{click_id::ClickId, id::AccountId},
};

/// A row as it was compared, with its keys.
pub struct Compared {
    pub row: Row,
    pub keys: Vec<Key>,
    /// The row of our conversion, which was a row of its own until now.
    pub replaced: Option<i32>,
}

/// The conversions that rows may be about, and the rows that are about them already.
pub struct Matching<'a> {
    statement: &'a Statement,
    of_orders: HashMap<String, Vec<Brief>>,
    of_clicks: HashMap<ClickId, Vec<Brief>>,
    /// The rows by their keys.
    known: HashMap<Key, i32>,
}

impl<'a> Matching<'a> {
    /// Reads what is known of these rows.
    pub async fn of(
        app: &App,
        account: AccountId,
        statement: &'a Statement,
        rows: impl Iterator<Item = &Theirs> + Clone,
    ) -> Result<Self> {
        let orders = rows.clone().map(|row| row.transaction_id.as_str()).filter(|order| !order.is_empty());
        let orders: HashSet<&str> = orders.collect();
        let orders: Vec<TransactionId> = orders.into_iter().map(TransactionId::sought).collect();
        let clicks: HashSet<ClickId> = rows.clone().filter_map(|row| key::click(&row.click_text)).collect();
        let clicks: Vec<ClickId> = clicks.into_iter().collect();
        scan(app, account, async |db| {
            let mut of_orders: HashMap<String, Vec<Brief>> = HashMap::with_capacity(orders.len());
            for found in conversion::of_orders(db, statement.code_id, &orders).await? {
                of_orders.entry(found.transaction_id().to_owned()).or_default().push(found);
            }
            let mut of_clicks: HashMap<ClickId, Vec<Brief>> = HashMap::with_capacity(clicks.len());
            for found in conversion::of_clicks(db, statement.code_id, &clicks).await? {
                of_clicks.entry(found.click_id).or_default().push(found);
            }
            let mut matching = Self { statement, of_orders, of_clicks, known: HashMap::new() };
            let keys: HashSet<Key> = rows.flat_map(|row| matching.keys(row)).collect();
            let keys: Vec<Key> = keys.into_iter().collect();
            matching.known = key::find(db, statement.id, &keys).await?;
            Ok(matching)
        })
        .await
    }

    /// The keys that decide about a row: those of all conversions that it may be about, or of its name
    /// if there are none.
    fn keys(&self, theirs: &Theirs) -> Vec<Key> {
        let candidates = self.candidates(theirs);
        if candidates.is_empty() {
            return key::of_theirs(theirs);
        }
        candidates.into_iter().map(key::of_conversion).collect()
    }

    /// The conversions that a row may be about. If the row names an order, its click only counts for
    /// conversions without one.
    fn candidates(&self, theirs: &Theirs) -> Vec<&Brief> {
        let order = theirs.transaction_id.as_str();
        let of_order = self.of_orders.get(order).filter(|_| !order.is_empty());
        if let Some(of_order) = of_order {
            return of_order.iter().collect();
        }
        let of_click = key::click(&theirs.click_text).and_then(|click| self.of_clicks.get(&click));
        let of_click = of_click.into_iter().flatten();
        of_click.filter(|candidate| order.is_empty() || candidate.transaction_id().is_empty()).collect()
    }

    /// Compares the row with this number. `counts_late`: our conversion counts as inside of the period,
    /// whenever it was recorded.
    pub fn compare(&mut self, number: i32, theirs: Theirs, counts_late: bool) -> Compared {
        // A conversion that is only ours is free: then its row goes.
        let is_only_ours = |row: i32| self.statement.is_complete() && row > self.statement.row_count;
        let is_free = |row: Option<&i32>| row.is_none_or(|row| *row == number || is_only_ours(*row));
        let candidates = self.candidates(&theirs);
        let row_of = |candidate: &Brief| self.known.get(&key::of_conversion(candidate));
        let free = candidates.iter().filter(|candidate| is_free(row_of(candidate)));
        let click = key::click(&theirs.click_text);
        let best = free.max_by_key(|candidate| {
            let has_click = Some(candidate.click_id) == click;
            let has_amounts =
                theirs.currency == candidate.currency && have_same_amounts(&theirs, &Ours::of(candidate));
            // Of equal ones the oldest, so that it does not depend on how they were read.
            (has_click, has_amounts, std::cmp::Reverse((candidate.created_at, candidate.id().serial)))
        });
        let (outcome, keys, replaced) = match best {
            Some(ours) => {
                let is_inside = counts_late || self.statement.has(ours.created_at);
                let replaced = row_of(ours).copied().filter(|row| *row != number);
                let outcome = compare(&theirs, &Ours::of(ours), is_inside);
                (outcome, vec![key::of_conversion(ours)], replaced)
            }
            None if !candidates.is_empty() => (Outcome::Twice, Vec::new(), None),
            None => {
                let keys = key::of_theirs(&theirs);
                let is_twice =
                    keys.first().and_then(|name| self.known.get(name)).is_some_and(|row| *row < number);
                if is_twice { (Outcome::Twice, Vec::new(), None) } else { (Outcome::OnlyTheirs, keys, None) }
            }
        };
        let row = Row::of_theirs(self.statement, number, theirs, outcome, best.copied());
        for key in &keys {
            self.known.entry(*key).or_insert(number);
        }
        Compared { row, keys, replaced }
    }
}

//! Adjustments for the rehearsal at the start.

use super::{Adjust, ExternalId, Request, rules::Change};
use crate::{
    core::conversion::{self, Conversion},
    db::group_commit::rehearsal::Rehearsed,
    values::{
        id::{AccountId, Random},
        money::Amount,
        time::Time,
    },
};

impl Rehearsed for Adjust {
    fn samples(random: &Random, now: Time) -> Vec<[Self; 2]> {
        // Columns that are empty in all rows of a statement are not among its values.
        let (plain, full) = (conversion::sample(random, now), conversion::sample(random, now));
        let refund = || {
            let amount = Amount::from_micros(1).unwrap_or(Amount::ZERO);
            let change = Change::Refund { amount, keep_commission: false };
            let external_id = ExternalId::parse("refund").unwrap_or_default();
            Request { external_id, remark: "remark".to_owned(), ..request(change) }
        };
        let first = |conversion: &Conversion, request| {
            let mut first = later(conversion, request, now);
            first.rehearsed = Some(Box::new(conversion.clone()));
            first
        };
        vec![
            [first(&plain, request(Change::Decline)), first(&full, refund())],
            // The conversion has a line, and the refund is known.
            [later(&full, refund(), now), later(&full, request(Change::Reverse), now)],
        ]
    }
}

fn request(change: Change) -> Request {
    Request { change, currencies: Vec::new(), external_id: None, remark: String::new(), effective_at: None }
}

fn later(conversion: &Conversion, request: Request, now: Time) -> Adjust {
    Adjust::new(AccountId::DEFAULT, conversion.id(), vec![request], now)
}

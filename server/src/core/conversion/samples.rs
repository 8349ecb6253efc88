//! Conversions for the rehearsal at the start.

use super::{Conversion, CustomParams, DedupeKey, Insert, TransactionId};
use crate::{
    core::{
        conversion_code::{ConversionCodeId, TransactionScope},
        tracking_link::TrackingLinkId,
    },
    db::group_commit::rehearsal::Rehearsed,
    values::{
        click_id::{ClickId, KeyId, LinkKey},
        conversion_status::ConversionStatus,
        id::{AccountId, Random},
        money::{Amount, Currency, Percent},
        time::Time,
    },
};

/// The price of a sale and its commission, in percent, in millionths.
const VALUE_MICROS: i64 = 1_500_000_000;
const PERCENT_MICROS: i64 = 10_000_000;

impl Rehearsed for Insert {
    fn samples(random: &Random, now: Time) -> Vec<[Self; 2]> {
        // Columns that are empty in all rows of a statement are not among its values.
        let full = || {
            let percent = Percent::from_micros(PERCENT_MICROS);
            let status_word = "sale".to_owned();
            Conversion { commission_percent: percent, status_word, ..sample(random, now) }
        };
        let order = || {
            let row = sample(random, now);
            let id = TransactionId::sought(&row.serial.to_string());
            Conversion { dedupe_key: DedupeKey::of_transaction(&id), ..row }
        };
        let (per_click, per_code) = (TransactionScope::PerClick, TransactionScope::PerCode);
        vec![
            [(); 2].map(|()| Self { row: sample(random, now), scope: per_click }),
            [(); 2].map(|()| Self { row: full(), scope: per_click }),
            [(); 2].map(|()| Self { row: order(), scope: per_code }),
        ]
    }
}

/// A conversion of a click, a code and a link that are not there.
pub fn sample(random: &Random, now: Time) -> Conversion {
    let serial = i64::from_be_bytes(random.bytes()) & i64::MAX;
    Conversion {
        click_id: ClickId::new(now, LinkKey::random(random), random.bytes()),
        code_id: ConversionCodeId(random.id(now)),
        dedupe_key: DedupeKey([&[DedupeKey::SERIAL], &serial.to_be_bytes()[..]].concat()),
        serial,
        key_id: KeyId::new(1),
        account_id: AccountId::DEFAULT,
        link_id: TrackingLinkId(random.id(now)),
        partner_id: None,
        partner_share: None,
        currency: Currency::USD,
        value: Amount::from_micros(VALUE_MICROS).unwrap_or(Amount::ZERO),
        commission: Amount::ZERO,
        commission_percent: None,
        status: ConversionStatus::Approved,
        status_word: String::new(),
        custom_params: CustomParams::default(),
        converted_at: now,
        created_at: now,
        adjustments: None,
        current_status: None,
        current_value: None,
        current_commission: None,
    }
}

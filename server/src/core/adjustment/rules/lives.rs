//! Random lives of conversions, compared with a ledger that is written down separately, in 128 bits.

use super::*;
use crate::values::money::{AMOUNT_MICROS_MAX, PERCENT_MICROS_MAX};

/// The number of lives, and the longest of them.
const LIVES: u64 = 1_000;
const CHANGES_MAX: u64 = 40;
/// Moves all seeds, as for the other tests.
const SEED_VARIABLE: &str = "S2S_TESTS_SEED";

/// `SplitMix64` (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    /// An amount up to `most`; often a bound, or next to one.
    fn micros(&mut self, most: i64) -> i64 {
        let most = u64::try_from(most).unwrap();
        let micros = match self.roll(6) {
            0 => 0,
            1 => 1.min(most),
            2 => most,
            3 => most.saturating_sub(1),
            4 => self.roll(100).min(most),
            _ => self.roll(most + 1),
        };
        i64::try_from(micros).unwrap()
    }
}

/// The books of one conversion: what was received and paid back, and what is owed.
#[derive(Clone, Copy, Debug)]
struct Ledger {
    declined: bool,
    approved: bool,
    value: i128,
    commission: i128,
    percent: Option<i128>,
}

/// Rounds a fraction half up; both parts are at least 0.
fn rounded(numerator: i128, denominator: i128) -> i128 {
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    whole + i128::from(rest >= denominator - rest)
}

impl Ledger {
    fn by_percent(&self, value: i128) -> Option<i128> {
        let of = |value: i128| self.percent.map(|percent| rounded(value * percent, 100_000_000));
        of(self.value).filter(|usual| *usual == self.commission).and_then(|_| of(value))
    }

    /// Books a change, and returns whether it is allowed.
    fn book(&mut self, change: &Change) -> bool {
        let micros = |amount: Amount| i128::from(amount.micros());
        match change {
            Change::Approve if self.declined => return false,
            Change::Approve => self.approved = true,
            Change::Decline if self.declined => {}
            Change::Decline => (self.declined, self.commission) = (true, 0),
            Change::Refund { amount, .. } if micros(*amount) > self.value => return false,
            Change::Refund { amount, keep_commission } => {
                let left = self.value - micros(*amount);
                if !keep_commission {
                    let share = || rounded(self.commission * left, self.value);
                    self.commission = self.by_percent(left).unwrap_or_else(share);
                }
                self.value = left;
            }
            Change::Restate { value, commission, status } => {
                if self.declined && (commission.is_none() || status.is_none()) {
                    return false;
                }
                let value = value.map_or(self.value, micros);
                let usual = self.by_percent(value).unwrap_or(self.commission);
                self.commission = commission.map_or(usual, micros);
                self.value = value;
                if let Some(status) = status {
                    (self.declined, self.approved) = (false, *status == Approved);
                }
            }
            Change::Reverse => (self.declined, self.value, self.commission) = (true, 0, 0),
        }
        true
    }
}

fn change(dice: &mut Dice, left: Amount) -> Change {
    let amount = |micros| Amount::from_micros(micros).unwrap();
    let most = if dice.roll(3) == 0 { 1_000 } else { AMOUNT_MICROS_MAX };
    match dice.roll(12) {
        0 | 1 => Change::Approve,
        2 => Change::Decline,
        3 => Change::Reverse,
        4..=9 => {
            let more = if dice.roll(8) == 0 { 2 } else { 0 };
            let amount = amount((dice.micros(left.micros()) + more).clamp(1, AMOUNT_MICROS_MAX));
            Change::Refund { amount, keep_commission: dice.roll(5) == 0 }
        }
        _ => Change::Restate {
            value: (dice.roll(2) == 0).then(|| amount(dice.micros(most))),
            commission: (dice.roll(2) == 0).then(|| amount(dice.micros(most))),
            status: [None, Some(Pending), Some(Approved)][usize::try_from(dice.roll(3)).unwrap()],
        },
    }
}

fn live(seed: u64) {
    let mut dice = Dice(seed);
    let most = if dice.roll(3) == 0 { 1_000 } else { AMOUNT_MICROS_MAX };
    let value = Amount::from_micros(dice.micros(most)).unwrap();
    let percent = (dice.roll(2) == 0).then(|| Percent::from_micros(dice.micros(PERCENT_MICROS_MAX)).unwrap());
    let stated = Amount::from_micros(dice.micros(most)).unwrap();
    let recorded = Standing {
        status: [Pending, Approved, Declined][usize::try_from(dice.roll(3)).unwrap()],
        value,
        commission: percent.map_or(stated, |percent| value.percent(percent)),
    };
    let mut ledger = Ledger {
        declined: recorded.status == Declined,
        approved: recorded.status == Approved,
        value: i128::from(value.micros()),
        commission: i128::from(recorded.commission.micros()),
        percent: percent.map(|percent| i128::from(percent.micros())),
    };
    let (mut now, mut sums) = (recorded, (0_i128, 0_i128));
    for _ in 0..dice.roll(CHANGES_MAX) {
        let change = change(&mut dice, now.value);
        let before = now;
        let allowed = ledger.book(&change);
        match decide(&change, before, percent) {
            Ok(after) => now = after,
            Err(refusal) => assert!(!allowed, "seed {seed}: {change:?} of {before:?}: {refusal:?}"),
        }
        let shown =
            format!("seed {seed}: {change:?} of {before:?} with {percent:?} made {now:?}, not {ledger:?}");
        assert_eq!(i128::from(now.value.micros()), ledger.value, "{shown}");
        assert_eq!(i128::from(now.commission.micros()), ledger.commission, "{shown}");
        assert_eq!(now.status == Declined, ledger.declined, "{shown}");
        assert!(ledger.declined || (now.status == Approved) == ledger.approved, "{shown}");
        assert!(ledger.value >= 0 && ledger.commission >= 0, "{shown}");
        let is_taken = matches!(change, Change::Decline | Change::Reverse) && before.status != Declined;
        assert!(!is_taken || ledger.commission == 0, "{shown}");
        let is_rest = matches!(change, Change::Refund { keep_commission: false, .. }) && allowed;
        assert!(!is_rest || ledger.value != 0 || ledger.commission == 0, "{shown}");
        // The sum of all changes is what stands.
        let changes = (now.value.change_from(before.value), now.commission.change_from(before.commission));
        assert_eq!(changes.0.undone(now.value), Some(before.value), "{shown}");
        sums.0 += i128::from(now.value.micros()) - i128::from(before.value.micros());
        sums.1 += i128::from(now.commission.micros()) - i128::from(before.commission.micros());
    }
    assert_eq!(i128::from(recorded.value.micros()) + sums.0, ledger.value, "seed {seed}");
    assert_eq!(i128::from(recorded.commission.micros()) + sums.1, ledger.commission, "seed {seed}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a variable of the tests")]
fn random_lives_are_those_of_a_ledger() {
    let moved_by = std::env::var(SEED_VARIABLE).ok().filter(|text| !text.is_empty());
    let first: u64 = moved_by.map_or(0, |text| text.parse().unwrap());
    for seed in 0..LIVES {
        live(first.wrapping_add(seed));
    }
}

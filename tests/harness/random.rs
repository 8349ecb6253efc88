//! Pseudo-random numbers, the same in every run with the same seed.

/// The environment variable whose number is added to the seed of each test that has a seed.
/// `make test-long` sets the variable.
pub const SEED_VARIABLE: &str = "S2S_TESTS_SEED";

/// The seed of a test: its usual seed plus the number in the variable.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests")]
pub fn seed(usual: u64) -> u64 {
    let moved_by = std::env::var(SEED_VARIABLE).ok().filter(|text| !text.is_empty());
    usual.wrapping_add(moved_by.map_or(0, |text| text.parse().expect("S2S_TESTS_SEED is a number")))
}

/// A number that a variable may change.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests")]
pub fn number(variable: &str, usual: usize) -> usize {
    let changed = std::env::var(variable).ok().filter(|text| !text.is_empty());
    changed.map_or(usual, |text| text.parse().expect("the variable is a number"))
}

/// `SplitMix64` (Steele, Lea, Flood 2014).
pub struct Random(pub u64);

impl Random {
    #[expect(clippy::should_implement_trait, reason = "it never ends, and nobody iterates")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, exclusive.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(self.pick(b"123456789"))).collect()
    }

    /// Any byte except those that end a line.
    pub fn byte(&mut self) -> u8 {
        let byte = self.next().to_le_bytes()[0];
        if matches!(byte, b'\r' | b'\n') { b'%' } else { byte }
    }
}

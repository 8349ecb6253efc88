//! The journal: one row for each commit of group commit, in the transaction of the rows that the
//! commit writes. It tells what was written, in the order in which it was written.
//!
//! A serial number is no order of commits, because the transaction with the lower number may commit
//! later. So each session writes under a lane of its own, one commit after the other. The numbers
//! of a lane have no gaps: a row is written only after it is known what became of the row before
//! it.
//!
//! That makes the row a proof of its commit. If a COMMIT gets no answer, a void row with the same
//! number is inserted on another connection. If it goes in, the commit never will. If the number is
//! taken by a batch, the commit has succeeded.
//!
//! A lane that wrote nothing for long is closed by any server, with one more row. The session of
//! the lane then finds its number taken, writes nothing, and opens another lane. While the closing
//! row is kept, clocks decide only how soon a lane is closed.

pub mod fold;
pub mod lane;
mod tail;

use sea_orm::entity::prelude::*;

pub use self::{
    lane::Opening,
    tail::{Ends, rows},
};

use super::Grouped;
use crate::values::time::Time;

/// A row of the table `journal`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub kind: RowKind,
    pub at: Time,
    /// `Entries`, empty unless the kind is `Batch`.
    pub entries: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum RowKind {
    /// A commit.
    #[sea_orm(num_value = 1)]
    Batch,
    /// Stands where a commit would be that had got no answer, and that will never succeed.
    #[sea_orm(num_value = 2)]
    Void,
    /// The end of the lane.
    #[sea_orm(num_value = 3)]
    Closed,
}

/// The kind of an entry. The numbers are stored, so they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntryKind(pub u8);

/// Number of bits of a length in one byte.
const LENGTH_BITS: u32 = 7;
const MORE: u8 = 1 << LENGTH_BITS;

/// The entries of a commit. Each slice knows what its kinds of entries contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries(Vec<u8>);

impl Entries {
    /// Appends an entry: its kind, the length of its bytes, and the bytes.
    pub fn add(&mut self, kind: EntryKind, bytes: &[u8]) {
        self.0.push(kind.0);
        let mut length = bytes.len();
        while let [lowest, ..] = length.to_le_bytes()
            && length >= usize::from(MORE)
        {
            self.0.push(lowest | MORE);
            length >>= LENGTH_BITS;
        }
        self.0.push(u8::try_from(length).unwrap_or_default());
        self.0.extend_from_slice(bytes);
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Reads the entries of a row. An entry that is not whole is an error, and the last item.
    pub fn read(bytes: &[u8]) -> impl Iterator<Item = Result<(EntryKind, &[u8]), Damaged>> {
        let mut rest = bytes;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let first = first(rest).ok_or(Damaged);
            rest = first.map(|(_, _, behind)| behind).unwrap_or_default();
            Some(first.map(|(kind, bytes, _)| (kind, bytes)))
        })
    }
}

/// A row of the journal that does not have the form of its kind: it was cut, for example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// The first entry of these bytes, and the bytes behind it; `None` if the entry is not whole.
fn first(bytes: &[u8]) -> Option<(EntryKind, &[u8], &[u8])> {
    let (kind, mut behind) = bytes.split_first()?;
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        let (byte, after) = behind.split_first()?;
        behind = after;
        length |= usize::from(byte & !MORE).checked_shl(shift)?;
        shift += LENGTH_BITS;
        if byte & MORE == 0 {
            break;
        }
    }
    let (bytes, after) = behind.split_at_checked(length)?;
    Some((EntryKind(*kind), bytes, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_as_they_went_in() {
        let long = vec![7; 70_000];
        let all = [(1, &b"first"[..]), (2, b""), (255, &long[..127]), (3, &long[..128]), (4, &long)];
        let mut entries = Entries::default();
        for (kind, bytes) in all {
            entries.add(EntryKind(kind), bytes);
        }
        let bytes = entries.into_bytes();
        let read: Vec<_> = Entries::read(&bytes).map(Result::unwrap).collect();
        assert_eq!(read, all.map(|(kind, bytes)| (EntryKind(kind), bytes)));
        assert_eq!(Entries::read(&[]).count(), 0);
        // A cut is noticed, unless it is between two entries.
        let mut between = vec![0];
        for (_, entry) in all {
            let length = if entry.len() < 128 { 1 } else { entry.len().ilog(128) + 1 };
            between.push(between.last().unwrap() + 1 + usize::try_from(length).unwrap() + entry.len());
        }
        for end in (0..1_000).chain(bytes.len() - 10..=bytes.len()) {
            let cut: Vec<_> = Entries::read(bytes.get(..end).unwrap()).collect();
            let whole = cut.iter().filter(|entry| entry.is_ok()).count();
            assert_eq!(whole, between.iter().skip(1).filter(|place| **place <= end).count(), "{end}");
            assert_eq!(cut.len() - whole, usize::from(!between.contains(&end)), "{end}");
        }
    }
}

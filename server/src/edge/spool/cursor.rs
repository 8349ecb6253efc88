//! The part of a spool file that is in memory, and its entries.

use super::{
    SpoolFile, State,
    file::{Checkpoint, Name},
    folder::Folder,
    order_queue,
    record::{Content, Piece, Pieces, Record, Unread},
};
use crate::values::seal::Seals;

/// The part of a file that is in memory.
pub struct FileCursor {
    pub name: Name,
    /// Offset of `bytes` in the file.
    from: u64,
    bytes: Vec<u8>,
    /// Offset in `bytes` up to which the entries are drained.
    pub at: usize,
    /// Offset in `bytes` up to which the bytes were durable.
    durable: usize,
    pub damaged: bool,
}

/// An entry to be drained.
pub struct Entry {
    /// Offset of the entry's end in `FileCursor::bytes`.
    pub end: usize,
    pub what: EntryKind,
}

#[expect(clippy::large_enum_variant, reason = "nearly all are calls")]
pub enum EntryKind {
    Call(Record),
    /// A record that can't be delivered.
    Unknown(Vec<u8>, Unread),
    Damage,
    Torn,
}

impl FileCursor {
    /// Begins at the checkpoint, or at 0 if the checkpoint names another file.
    pub fn begin(folder: &Folder, file: SpoolFile) -> Self {
        let from = Checkpoint::read(folder, file.name);
        Self { name: file.name, from, bytes: Vec::new(), at: 0, durable: 0, damaged: false }
    }

    pub fn offset(&self) -> u64 {
        self.from.saturating_add(u64::try_from(self.at).unwrap_or(u64::MAX))
    }

    /// Offset in the file at which the part ends.
    pub fn end(&self) -> u64 {
        self.from.saturating_add(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }

    /// Reads the file from the current offset to its end.
    pub fn read_on(&mut self, state: &State, file: SpoolFile) -> std::io::Result<()> {
        let from = self.offset();
        self.bytes = read(state, file, from)?;
        (self.from, self.at) = (from, 0);
        self.durable = durable(file, from);
        Ok(())
    }

    pub fn entries(&self, max: usize, seals: &Seals) -> Vec<Entry> {
        let mut entries = Vec::new();
        let pieces = Pieces::new(self.name.key, &self.bytes, self.at).durable(self.durable);
        for (end, piece) in pieces.take(max) {
            let what = match piece {
                Piece::Body(body) => match Record::read(body, seals) {
                    Ok(record) => EntryKind::Call(record),
                    Err(why) => EntryKind::Unknown(body.to_vec(), why),
                },
                Piece::Damage => EntryKind::Damage,
                Piece::Torn => EntryKind::Torn,
            };
            entries.push(Entry { end, what });
        }
        entries
    }
}

/// Length of the part after offset `from` that was durable, in bytes.
fn durable(file: SpoolFile, from: u64) -> usize {
    usize::try_from(file.durable.saturating_sub(from)).unwrap_or(usize::MAX)
}

/// Reads a file from an offset to its end. Missing bytes become zeros, even if the whole file is
/// missing. Zeros are no record, so a reader of records finds damage there.
fn read(state: &State, file: SpoolFile, from: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = match state.folder.read(&file.name.text(), from, file.end) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        read => read.unwrap_or_default(),
    };
    bytes.resize(usize::try_from(file.end.saturating_sub(from)).unwrap_or_default(), 0);
    Ok(bytes)
}

/// Counts the records of a file that an earlier process has left, and enters them into their order
/// queues.
pub fn count(state: &State, seals: &Seals, file: SpoolFile) -> u64 {
    let from = Checkpoint::read(&state.folder, file.name);
    // A read error is reported when the drain reaches the file.
    let bytes = read(state, file, from).unwrap_or_default();
    let mut found = 0;
    for (_, piece) in Pieces::new(file.name.key, &bytes, 0) {
        let Piece::Body(body) = piece else { continue };
        found += 1;
        state.order_queues.enter(Record::read(body, seals).ok().and_then(|record| record.queue()));
    }
    found
}

impl Record {
    pub fn queue(&self) -> Option<u16> {
        match &self.content {
            Content::Postback(postback) => order_queue(postback),
            _ => None,
        }
    }

    /// The id of the click or of the postback.
    pub fn id(&self) -> &str {
        self.content.id()
    }
}

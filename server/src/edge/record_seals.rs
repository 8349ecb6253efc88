//! The seals of spooled records, and the click id keys from which they are derived.
//!
//! A seal makes the proof that this installation wrote a record. The proof is checked when the
//! record is read, which may be after a crash and without the core. So new records are sealed with
//! a key only if the snapshot durably holds that key, or holds no key yet. A core that was restored
//! from a backup may lack keys that this edge has used. The snapshot keeps these former keys until
//! the spool's folder has no file with a record that needs them.

use std::sync::{Arc, PoisonError, RwLock, Weak};

use super::spool::Numbers;
use crate::{
    api::edge_v1::{ClickIdKey, ListClickIdKeysResponse},
    values::seal::{Seal, Seals},
};

/// Purpose of the seals of spooled records; a part of their derivation.
const RECORDS: &str = "s2s-server 2026-11 record of a spool";
/// Maximum number of former keys that a snapshot keeps. They fit in one record. A core has at most
/// 255 keys, and only a restore of the core makes a key a former one.
const FORMER_KEYS_MAX: usize = 1_024;

/// The seals that are in use. Clones of `present` are held only briefly, or by records on their way
/// to the disk.
pub struct RecordSeals {
    present: RwLock<Arc<Seals>>,
    adopts: bool,
}

impl RecordSeals {
    pub fn present(&self) -> Arc<Seals> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the seals. Returns the replaced ones.
    fn replace(&self, own: &ClickIdKey, all: &[ClickIdKey]) -> Arc<Seals> {
        let seals = Arc::new(seals(own, all, self.adopts));
        std::mem::replace(&mut *self.present.write().unwrap_or_else(PoisonError::into_inner), seals)
    }
}

fn seal(key: &ClickIdKey) -> Seal {
    Seal::derive(RECORDS, &key.secret)
}

fn seals(own: &ClickIdKey, all: &[ClickIdKey], adopts: bool) -> Seals {
    Seals::new(seal(own), all.iter().map(seal).collect(), adopts)
}

/// A key that the core no longer has.
#[derive(Clone, Debug, PartialEq)]
struct Former {
    key: ClickIdKey,
    /// Number of the last file that may need the key; `None` while further records may be written
    /// that need it.
    last: Option<u64>,
}

/// The keys of the records, as the snapshot's file holds them.
pub struct RecordKeys {
    seals: Arc<RecordSeals>,
    /// The key whose seal new records have.
    own: ClickIdKey,
    /// The core's keys in the file.
    recorded: Vec<ClickIdKey>,
    former: Vec<Former>,
    /// Replaced seals that records on their way to the disk may still have.
    replaced: Vec<Weak<Seals>>,
}

impl RecordKeys {
    /// `keys`: the keys in use. `recorded` and `former`: the core's keys and the former keys in the
    /// file. `adopts`: records without a valid proof are accepted too.
    pub fn new(
        keys: &ListClickIdKeysResponse,
        recorded: &ListClickIdKeysResponse,
        former: &ListClickIdKeysResponse,
        adopts: bool,
    ) -> Self {
        let (keys, recorded) = (&keys.click_id_keys, recorded.click_id_keys.clone());
        // Prefers a key that both the core and the file have. Without such a key, records are
        // sealed with a key of the file until the file holds the core's keys. If the file holds no
        // key, they are sealed with the core's first key.
        let own = recorded.iter().find(|key| keys.contains(key));
        let own = own.or(recorded.first()).or(keys.first()).cloned().unwrap_or_default();
        let former = former.click_id_keys.iter().cloned();
        let former: Vec<_> = former.map(|key| Former { key, last: None }).collect();
        let all = keys.iter().chain(&recorded).chain(former.iter().map(|former| &former.key));
        let all: Vec<_> = all.cloned().collect();
        let present = RwLock::new(Arc::new(seals(&own, &all, adopts)));
        let seals = Arc::new(RecordSeals { present, adopts });
        Self { seals, own, recorded, former, replaced: Vec::new() }
    }

    pub fn seals(&self) -> Arc<RecordSeals> {
        self.seals.clone()
    }

    /// Returns whether every record with a replaced seal has been written, or given up.
    pub fn is_settled(&mut self) -> bool {
        self.replaced.retain(|seals| seals.strong_count() > 0);
        self.replaced.is_empty()
    }

    /// Prepares a write of the file with the core's keys `keys`. Returns whether the former keys
    /// have changed. `files`: the numbers of the spool's files, listed after `is_settled` was read.
    pub fn prepare(&mut self, keys: &ListClickIdKeysResponse, is_settled: bool, files: Numbers) -> bool {
        let before = self.former();
        if is_settled {
            self.former.iter_mut().for_each(|former| former.last = former.last.or(files.newest));
        }
        let Self { own, recorded, former, .. } = self;
        let is_needed = |last: u64| files.oldest.is_some_and(|oldest| oldest <= last);
        // A key that the core has again stays a former key until the file holds it as one of the
        // core's.
        former.retain(|former| !recorded.contains(&former.key) && former.last.is_none_or(is_needed));
        for key in recorded.iter().chain(std::iter::once(&*own)) {
            let is_kept = former.iter().any(|former| former.key == *key);
            if !keys.click_id_keys.contains(key) && !is_kept {
                former.push(Former { key: key.clone(), last: None });
            }
        }
        let excess = former.len().saturating_sub(FORMER_KEYS_MAX);
        former.drain(..excess);
        self.former() != before
    }

    /// The former keys, for the file.
    pub fn former(&self) -> ListClickIdKeysResponse {
        let click_id_keys = self.former.iter().map(|former| former.key.clone()).collect();
        ListClickIdKeysResponse { click_id_keys, core_time: None }
    }

    /// Notes that the file durably holds these keys of the core, and the former keys. From now on,
    /// new records have the seal of a key that the core has.
    pub fn note_written(&mut self, keys: &ListClickIdKeysResponse) {
        self.recorded.clone_from(&keys.click_id_keys);
        if !self.recorded.contains(&self.own) {
            self.own = self.recorded.first().cloned().unwrap_or_default();
        }
        let all: Vec<_> = self.recorded.iter().cloned().chain(self.former().click_id_keys).collect();
        let replaced = self.seals.replace(&self.own, &all);
        self.replaced.push(Arc::downgrade(&replaced));
    }
}

#[cfg(test)]
mod tests;

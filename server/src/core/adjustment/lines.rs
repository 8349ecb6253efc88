//! Lines that are made in an open transaction, in which their conversions are locked.

use std::collections::{HashMap, HashSet};

use s2s_sdk::v1::AdjustmentVerdict;
use sea_orm::DbErr;

use super::{Adjusted, Adjustment, ExternalId, Past, Request, judge, store};
use crate::{
    core::{
        conversion::{self, Conversion, ConversionId},
        ledger,
    },
    db::Connection,
    error::{Error, Result},
    values::{id::AccountId, time::Time},
};

/// A new line, with its conversion as it stands after it.
#[derive(Clone, Debug)]
pub struct Line {
    pub adjustment: Adjustment,
    pub conversion: Conversion,
}

/// The conversions that are locked, and the lines that were made for them so far.
pub struct Lines {
    /// Each with the number of lines that it had before.
    conversions: HashMap<ConversionId, (Conversion, i16)>,
    /// The lines that have external ids, of earlier transactions and of this one.
    known: HashMap<store::Key, Adjustment>,
    made: Vec<Adjustment>,
}

impl Lines {
    /// Locks conversions until the transaction ends, except those that are `locked` already, and finds
    /// their lines with these external ids. Those that are not stored are left out.
    pub async fn lock(
        txn: &Connection,
        wanted: impl Iterator<Item = (ConversionId, Option<ExternalId>)>,
        locked: HashMap<ConversionId, Conversion>,
    ) -> Result<Self, DbErr> {
        let (mut ids, mut keys) = (Vec::new(), HashSet::new());
        for (id, external_id) in wanted {
            if !locked.contains_key(&id) {
                ids.push(id);
            }
            keys.extend(external_id.map(|external_id| (id, external_id)));
        }
        let found = conversion::lock(txn, ids).await?.into_iter().chain(locked);
        let conversions = found.map(|(id, row)| {
            let before = row.adjustment_count();
            (id, (row, before))
        });
        let conversions: HashMap<_, _> = conversions.collect();
        // A conversion without lines, as most are, has none to look for.
        keys.retain(|(id, _)| conversions.get(id).is_some_and(|(_, before)| *before > 0));
        let known = store::find_known(txn, &keys.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { conversions, known, made: Vec::new() })
    }

    /// A locked conversion, as it stands after the lines so far.
    pub fn conversion(&self, id: ConversionId) -> Option<&Conversion> {
        self.conversions.get(&id).map(|(row, _)| row)
    }

    /// The past of a conversion, with the lines so far.
    pub async fn past(&self, txn: &Connection, conversion: &Conversion) -> Result<Past, DbErr> {
        Past::of(txn, conversion, &self.made).await
    }

    /// Judges a request by what stands now, and changes that. Returns the line with its conversion if
    /// it is new.
    pub fn make(
        &mut self,
        account: AccountId,
        id: ConversionId,
        request: &Request,
        now: Time,
    ) -> (Result<Adjusted>, Option<Box<Line>>) {
        let conversion = self.conversions.get_mut(&id).map(|(row, _)| row);
        let Some(conversion) = conversion.filter(|row| row.account_id == account) else {
            return (Err(Error::not_found("conversion", &id)), None);
        };
        let key = request.external_id.clone().map(|external_id| (id, external_id));
        let known = key.as_ref().and_then(|key| self.known.get(key));
        let result = judge(request, conversion, known, now);
        let recorded = result.as_ref().ok().filter(|one| one.verdict == AdjustmentVerdict::Recorded);
        let line = recorded.map(|Adjusted { line, .. }| {
            conversion.set_standing(line.after(), line.number);
            self.made.push(line.clone());
            self.known.extend(key.map(|key| (key, line.clone())));
            Box::new(Line { adjustment: line.clone(), conversion: conversion.clone() })
        });
        (result, line)
    }

    /// Writes the lines, and the standing of their conversions. All in the order of their keys, so that
    /// neighbours in a table and in its indexes are written together.
    pub async fn write(mut self, txn: &Connection) -> Result<(), DbErr> {
        if self.made.is_empty() {
            return Ok(());
        }
        self.made.sort_unstable_by_key(|line| (line.click_id, line.serial, line.number));
        store::insert(txn, &self.made.iter().collect::<Vec<_>>()).await?;
        let of_partner = |line: &Adjustment| {
            let conversion = self.conversion(line.conversion_id())?;
            let standings = [line.before(), line.after()];
            conversion.line_of_adjustment(line.number, standings, line.effective_at, line.created_at)
        };
        ledger::insert(txn, &self.made.iter().filter_map(of_partner).collect::<Vec<_>>()).await?;
        let all = self.conversions.values();
        let changed = all.filter(|(row, before)| row.adjustment_count() != *before).map(|(row, _)| row);
        let mut changed: Vec<&Conversion> = changed.collect();
        changed.sort_unstable_by_key(|row| (row.click_id, row.code_id, &row.dedupe_key));
        conversion::stand(txn, &changed).await
    }
}

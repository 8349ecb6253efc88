//! Lines that are made in an open transaction, in which their conversions are locked.

use std::collections::{HashMap, HashSet};

use s2s_sdk::v1::AdjustmentVerdict;
use sea_orm::DbErr;

use super::{Adjusted, Adjustment, ExternalId, Past, Request, judge, store};
use crate::{
    core::conversion::{self, Conversion, ConversionId},
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
    conversions: HashMap<ConversionId, Conversion>,
    /// The number of lines that each conversion had before.
    before: HashMap<ConversionId, i16>,
    /// The lines that have external ids, of earlier transactions and of this one.
    known: HashMap<store::Key, Adjustment>,
    made: Vec<Adjustment>,
}

impl Lines {
    /// Locks conversions until the transaction ends, and finds their lines with these external ids.
    /// Those that are not stored are left out.
    pub async fn lock(
        txn: &Connection,
        wanted: impl Iterator<Item = (ConversionId, Option<ExternalId>)>,
    ) -> Result<Self, DbErr> {
        let (mut ids, mut keys) = (Vec::new(), HashSet::new());
        for (id, external_id) in wanted {
            ids.push(id);
            keys.extend(external_id.map(|external_id| (id, external_id)));
        }
        let conversions = conversion::lock(txn, ids).await?;
        let before = conversions.iter().map(|(id, row)| (*id, row.adjustment_count())).collect();
        let known = store::find_known(txn, &keys.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { conversions, before, known, made: Vec::new() })
    }

    /// A locked conversion, as it stands after the lines so far.
    pub fn conversion(&self, id: ConversionId) -> Option<&Conversion> {
        self.conversions.get(&id)
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
        let Some(conversion) = self.conversions.get_mut(&id).filter(|row| row.account_id == account) else {
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

    /// Writes the lines, and the standing of their conversions.
    pub async fn write(self, txn: &Connection) -> Result<(), DbErr> {
        if self.made.is_empty() {
            return Ok(());
        }
        store::insert(txn, &self.made.iter().collect::<Vec<_>>()).await?;
        for (id, before) in self.before {
            if let Some(row) = self.conversions.get(&id)
                && row.adjustment_count() != before
            {
                conversion::stand(txn, row, before).await?;
            }
        }
        Ok(())
    }
}

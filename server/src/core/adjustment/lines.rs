//! Lines that are made in an open transaction, in which their conversions are locked.

use std::collections::HashMap;

use s2s_sdk::v1::AdjustmentVerdict;
use sea_orm::DbErr;

use super::{Adjusted, Adjustment, Request, judge, store};
use crate::{
    core::conversion::{self, Conversion, ConversionId, Standing},
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
    made: Vec<Adjustment>,
}

impl Lines {
    /// Locks conversions until the transaction ends. Those that are not stored are left out.
    pub async fn lock(txn: &Connection, ids: Vec<ConversionId>) -> Result<Self, DbErr> {
        let conversions = conversion::lock(txn, ids).await?;
        let before = conversions.iter().map(|(id, row)| (*id, row.adjustment_count())).collect();
        Ok(Self { conversions, before, made: Vec::new() })
    }

    /// A locked conversion, as it stands after the lines so far.
    pub fn conversion(&self, id: ConversionId) -> Option<&Conversion> {
        self.conversions.get(&id)
    }

    /// Returns whether a conversion was recorded with this standing, or a line brought it there.
    pub async fn stood_at(
        &self,
        txn: &Connection,
        conversion: &Conversion,
        standing: Standing,
    ) -> Result<bool, DbErr> {
        let is_made = self.made.iter().any(|line| {
            (line.click_id, line.serial) == (conversion.click_id, conversion.serial)
                && line.after() == standing
        });
        Ok(conversion.recorded() == standing
            || is_made
            || store::stood_at(txn, conversion.id(), standing).await?)
    }

    /// Judges a request by what stands now, and changes that. `known` is the line that was recorded
    /// under the external id of the request. Returns the line with its conversion if it is new.
    pub fn make(
        &mut self,
        account: AccountId,
        id: ConversionId,
        request: &Request,
        known: Option<&Adjustment>,
        now: Time,
    ) -> (Result<Adjusted>, Option<Box<Line>>) {
        let Some(conversion) = self.conversions.get_mut(&id).filter(|row| row.account_id == account) else {
            return (Err(Error::not_found("conversion", &id)), None);
        };
        let result = judge(request, conversion, known, now);
        let recorded = result.as_ref().ok().filter(|one| one.verdict == AdjustmentVerdict::Recorded);
        let line = recorded.map(|Adjusted { line, .. }| {
            conversion.set_standing(line.after(), line.number);
            self.made.push(line.clone());
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

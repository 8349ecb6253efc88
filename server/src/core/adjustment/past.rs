//! The past of a conversion: as it was recorded, and after each of its lines.

use sea_orm::{ConnectionTrait, DbErr};

use super::{Adjustment, Kind, store};
use crate::core::conversion::{Conversion, Standing};

/// The past of a conversion.
pub struct Past {
    recorded: Standing,
    lines: Vec<Adjustment>,
}

impl Past {
    /// Reads the past. `made` are lines that are not stored yet, of any conversions.
    pub async fn of(
        db: &impl ConnectionTrait,
        conversion: &Conversion,
        made: &[Adjustment],
    ) -> Result<Self, DbErr> {
        let id = conversion.id();
        let mut lines = match conversion.adjustment_count() {
            0 => Vec::new(),
            _ => store::of_conversion(db, id).await?,
        };
        lines.extend(made.iter().filter(|line| line.conversion_id() == id).cloned());
        Ok(Self { recorded: conversion.recorded(), lines })
    }

    fn refunds(&self) -> impl Iterator<Item = &Adjustment> {
        self.lines.iter().filter(|line| line.kind == Kind::Refund)
    }

    /// Returns whether a part of the conversion was refunded.
    pub fn has_refund(&self) -> bool {
        self.refunds().next().is_some()
    }

    /// Returns whether the conversion had the amounts of this standing before a refund.
    pub fn was_before_refund(&self, said: Standing) -> bool {
        let amounts = |standing: Standing| (standing.value, standing.commission);
        self.refunds().any(|line| amounts(line.before()) == amounts(said))
    }

    /// Returns whether a report of the sale with this standing is old: the conversion stood so, or had
    /// these amounts before a refund.
    pub fn has_been(&self, said: Standing) -> bool {
        self.recorded == said
            || self.lines.iter().any(|line| line.after() == said)
            || self.was_before_refund(said)
    }
}

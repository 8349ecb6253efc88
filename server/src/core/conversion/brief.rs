//! Conversions as statements and reports read them: without the columns that these do not need, because they
//! read very many of them.

mod store;

use super::{Conversion, ConversionId, LIST_KEY_BYTES, Standing};
use crate::{
    core::{App, scan::scan},
    error::Result,
    page::{Page, PageRequest},
    values::{id::AccountId, time::Time},
};

pub use self::store::{Brief, oldest_first};

/// Lists the conversions that were recorded from one time to before another, newest first.
pub async fn list_briefs(
    app: &App,
    account: AccountId,
    times: [Time; 2],
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Brief, LIST_KEY_BYTES>> {
    scan(app, account, async |db| store::list(db, account, times, page).await).await
}

impl Brief {
    pub fn of(conversion: &Conversion) -> Self {
        let Standing { status, value, commission } = conversion.standing();
        Self {
            click_id: conversion.click_id,
            serial: conversion.serial,
            code_id: conversion.code_id,
            link_id: conversion.link_id,
            dedupe_key: conversion.dedupe_key.clone(),
            currency: conversion.currency,
            status,
            value,
            commission,
            converted_at: conversion.converted_at,
            created_at: conversion.created_at,
        }
    }

    pub fn id(&self) -> ConversionId {
        ConversionId { click: self.click_id, serial: self.serial }
    }

    pub fn transaction_id(&self) -> &str {
        self.dedupe_key.transaction_id()
    }
}

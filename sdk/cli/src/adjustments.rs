//! `s2s approve`, `decline`, `refund`, `restate`, `reverse`, `adjust` and `adjustments`.

mod file;

use clap::{Args, ValueEnum};
use s2s_sdk::{
    Client,
    v1::{
        Adjustment, AdjustmentFilter, Approval, ConversionStanding, ConversionStatus,
        CreateAdjustmentRequest, Decline, ListAdjustmentsRequest, Money, NewAdjustment, OrderTarget, Refund,
        Restatement, Reversal,
        new_adjustment::{Change, Target},
    },
};

pub use self::file::{Options, run as run_file};
use crate::{
    args::{Limit, given_id},
    cells::{amount, currency, time, word},
    failure::Failure,
    money, names,
    output::{Column, Output, Record},
    time::{When, Zone},
};

/// The conversion to adjust.
#[derive(Args)]
pub struct Which {
    /// Id of the conversion.
    #[arg(required_unless_present = "order", conflicts_with_all = ["order", "code"], value_parser = given_id)]
    conversion: Option<String>,
    /// The merchant's order id, in place of the conversion's id.
    #[arg(long, value_name = "ID", value_parser = given_id)]
    order: Option<String>,
    /// Id or name of the conversion code, if the order has conversions of several codes.
    #[arg(long, value_name = "CODE", value_parser = given_id, requires = "order")]
    code: Option<String>,
}

/// What every adjustment may have.
#[derive(Args)]
pub struct Common {
    /// Remark for people. It must not name the visitor.
    #[arg(long, value_name = "TEXT")]
    remark: Option<String>,
    /// Time of the change, for example `yesterday` or `2026-11-24T12:00:00Z`. Default: now.
    #[arg(long, value_name = "TIME")]
    time: Option<When>,
    /// Only show before and after; record nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A change without amounts.
#[derive(Args)]
pub struct Plain {
    #[command(flatten)]
    which: Which,
    /// The merchant's id of the change.
    #[arg(long, value_name = "ID", value_parser = given_id)]
    external_id: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
pub struct RefundArgs {
    #[command(flatten)]
    which: Which,
    /// The amount that was paid back, for example `19.99`.
    #[arg(long)]
    amount: String,
    /// Currency of the amount, to check it. Default: that of the conversion.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The merchant's id of the refund. A refund with the same id counts once.
    #[arg(long, value_name = "ID", value_parser = given_id)]
    external_id: String,
    /// Keep the commission as it is.
    #[arg(long)]
    keep_commission: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
pub struct RestateArgs {
    #[command(flatten)]
    which: Which,
    /// The new value, for example `19.99`. Default: it stays.
    #[arg(long)]
    value: Option<String>,
    /// The new commission, as an amount. Default: computed anew if it is a percent; else it stays.
    #[arg(long)]
    commission: Option<String>,
    /// Currency of the amounts, to check it. Default: that of the conversion.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The new status. Default: it stays.
    #[arg(long, value_enum)]
    status: Option<NewStatus>,
    /// The merchant's id of the restatement. One with the same id counts once.
    #[arg(long, value_name = "ID", value_parser = given_id)]
    external_id: String,
    #[command(flatten)]
    common: Common,
}

/// The status that a restatement sets.
#[derive(Clone, Copy, ValueEnum)]
pub enum NewStatus {
    Pending,
    Approved,
}

/// A change of one conversion.
pub enum One {
    Approve(Plain),
    Decline(Plain),
    Refund(RefundArgs),
    Restate(RestateArgs),
    Reverse(Plain),
}

impl One {
    fn parts(self) -> Result<(Which, Change, String, Common), Failure> {
        let plain = |plain: Plain, change| {
            let Plain { which, external_id, common } = plain;
            Ok((which, change, external_id.unwrap_or_default(), common))
        };
        match self {
            Self::Approve(args) => plain(args, Change::Approve(Approval {})),
            Self::Decline(args) => plain(args, Change::Decline(Decline {})),
            Self::Reverse(args) => plain(args, Change::Reverse(Reversal {})),
            Self::Refund(args) => {
                let RefundArgs { which, amount, currency, external_id, keep_commission, common } = args;
                let amount = Some(money(&amount, currency.as_deref())?);
                let change = Change::Refund(Refund { amount, keep_commission });
                Ok((which, change, external_id, common))
            }
            Self::Restate(args) => {
                let RestateArgs { which, value, commission, currency, status, external_id, common } = args;
                let read =
                    |text: Option<String>| text.map(|text| money(&text, currency.as_deref())).transpose();
                let status = match status {
                    None => ConversionStatus::Unspecified,
                    Some(NewStatus::Pending) => ConversionStatus::Pending,
                    Some(NewStatus::Approved) => ConversionStatus::Approved,
                };
                let (value, commission) = (read(value)?, read(commission)?);
                if value.is_none() && commission.is_none() && status == ConversionStatus::Unspecified {
                    return Err(Failure::nothing_to_change());
                }
                let change = Change::Restate(Restatement { value, commission, status: status.into() });
                Ok((which, change, external_id, common))
            }
        }
    }
}

fn money(text: &str, currency: Option<&str>) -> Result<Money, Failure> {
    money::read(text, currency.unwrap_or_default()).map_err(Failure::Usage)
}

/// Adjusts one conversion.
pub async fn run(one: One, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    let (which, change, external_id, Common { remark, time, dry_run }) = one.parts()?;
    let Which { conversion, order, code } = which;
    let target = match order {
        Some(transaction_id) => {
            let conversion_code_id = names::code_option(code, client).await?.unwrap_or_default();
            Target::Order(OrderTarget { transaction_id, conversion_code_id })
        }
        None => Target::ConversionId(conversion.unwrap_or_default()),
    };
    let adjustment = NewAdjustment {
        target: Some(target),
        change: Some(change),
        external_id,
        remark: remark.unwrap_or_default(),
        effective_time: zone.option(time)?,
    };
    let request = CreateAdjustmentRequest { adjustment: Some(adjustment), validate_only: dry_run };
    let response = client.adjustments().create(request).await?;
    let verdict = word(response.verdict().as_str_name(), "ADJUSTMENT_VERDICT_");
    let said = [("verdict", verdict.as_str())];
    output.answer("CreateAdjustmentResponse", &response, response.adjustment.as_ref(), &said)
}

/// The adjustments to list.
#[derive(Args)]
pub struct Listed {
    /// Id of the conversion. Default: those of all conversions.
    #[arg(value_parser = given_id)]
    conversion: Option<String>,
    /// Only adjustments recorded at or after this time.
    #[arg(long, value_name = "TIME")]
    since: Option<When>,
    /// Only adjustments recorded before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    #[command(flatten)]
    limit: Limit,
}

pub async fn list(listed: Listed, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    let Listed { conversion, since, until, limit } = listed;
    let filter = AdjustmentFilter {
        conversion_id: conversion.unwrap_or_default(),
        start_time: zone.option(since)?,
        end_time: zone.option(until)?,
    };
    let request = ListAdjustmentsRequest { filter: Some(filter), ..Default::default() };
    output.list(client.adjustments().list(request), limit.limit).await
}

fn after(line: &Adjustment) -> ConversionStanding {
    line.after.clone().unwrap_or_default()
}

impl Record for Adjustment {
    const MESSAGE: &'static str = "Adjustment";
    const NARROW: usize = 8;
    const COLUMNS: &'static [Column<Self>] = &[
        ("create_time", |line| time(line.create_time.as_ref())),
        ("number", |line| line.number.to_string()),
        ("kind", |line| word(line.kind().as_str_name(), "ADJUSTMENT_KIND_")),
        ("value_delta", |line| amount(line.value_delta.as_ref())),
        ("commission_delta", |line| amount(line.commission_delta.as_ref())),
        ("currency", |line| currency(line.value_delta.as_ref())),
        ("status", |line| word(after(line).status().as_str_name(), "CONVERSION_STATUS_")),
        ("conversion_id", |line| line.conversion_id.clone()),
        ("value", |line| amount(after(line).value.as_ref())),
        ("commission", |line| amount(after(line).commission.as_ref())),
        ("external_id", |line| line.external_id.clone()),
        ("remark", |line| line.remark.clone()),
        ("effective_time", |line| time(line.effective_time.as_ref())),
    ];
}

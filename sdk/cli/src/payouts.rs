//! `s2s payouts`: what partners are paid.

mod page;

use std::path::PathBuf;

use clap::Subcommand;
use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{
        CancelPayoutRequest, CreatePayoutRequest, GetPartnerRequest, GetPayoutRequest,
        ListPartnerLinesRequest, ListPayoutsRequest, MarkPayoutPaidRequest, PartnerLine, Payout,
    },
};

use crate::{
    args::Limit,
    cells::{amount, currency, time, word},
    failure::Failure,
    money, names,
    output::{Column, Output, Record, say},
    time::{When, Zone},
};

/// Number of lines in one answer.
const PAGE_SIZE: i32 = 1_000;

#[derive(Subcommand)]
pub enum Action {
    /// Lists payouts, newest first.
    List {
        /// Only those of the partner with this id, name or external id.
        #[arg(long, value_name = "PARTNER")]
        partner: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one payout.
    Show {
        /// Id of the payout.
        id: String,
    },
    /// Shows what is due to a partner; with --expect, creates a payout of it.
    Create {
        /// Id, name or external id of the partner.
        partner: String,
        /// Currency of the payout. Default: the currency in which the partner is paid.
        #[arg(long, value_name = "CODE")]
        currency: Option<String>,
        /// Pay what was due before this time, less the days for which the partner's sales are held.
        /// Default: now.
        #[arg(long, value_name = "TIME")]
        until: Option<When>,
        /// The total that was shown, for example `123.45`. Creates the payout, unless another total is
        /// due by now.
        #[arg(long, value_name = "AMOUNT")]
        expect: Option<String>,
    },
    /// Notes that a payout was paid.
    Paid {
        /// Id of the payout.
        id: String,
        /// How it was paid, for example the number of a bank transfer.
        #[arg(long, value_name = "TEXT")]
        reference: String,
        /// Time of the payment. Default: now.
        #[arg(long, value_name = "TIME")]
        at: Option<When>,
    },
    /// Gives a payout up that was not paid: its lines are due again.
    Cancel {
        /// Id of the payout.
        id: String,
    },
    /// Lists the lines of a payout, newest sale first, or writes them as a page to print.
    Statement {
        /// Id of the payout.
        id: String,
        /// Write an HTML page to this file, to print or to send, instead of the list.
        #[arg(long, value_name = "FILE")]
        page: Option<PathBuf>,
        /// Maximum number of lines; 0 for all.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        limit: usize,
    },
}

impl Record for Payout {
    const MESSAGE: &'static str = "Payout";
    const NARROW: usize = 6;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |payout| payout.id.clone()),
        ("total", |payout| amount(payout.total.as_ref())),
        ("currency", |payout| currency(payout.total.as_ref())),
        ("line_count", |payout| payout.line_count.to_string()),
        ("state", |payout| word(payout.state().as_str_name(), "PAYOUT_STATE_")),
        ("reference", |payout| payout.reference.clone()),
        ("partner_id", |payout| payout.partner_id.clone()),
        ("cutoff_time", |payout| time(payout.cutoff_time.as_ref())),
        ("create_time", |payout| time(payout.create_time.as_ref())),
        ("paid_time", |payout| time(payout.paid_time.as_ref())),
        ("cancel_time", |payout| time(payout.cancel_time.as_ref())),
    ];
}

impl Record for PartnerLine {
    const MESSAGE: &'static str = "PartnerLine";
    const NARROW: usize = 6;
    const COLUMNS: &'static [Column<Self>] = &[
        ("effective_time", |line| time(line.effective_time.as_ref())),
        ("approved_delta", |line| amount(line.approved_delta.as_ref())),
        ("pending_delta", |line| amount(line.pending_delta.as_ref())),
        ("currency", |line| currency(line.approved_delta.as_ref())),
        ("conversion_id", |line| line.conversion_id.clone()),
        ("note", |line| line.note.clone()),
        ("adjustment_number", |line| line.adjustment_number.to_string()),
        ("entry_id", |line| line.entry_id.clone()),
        ("due_time", |line| time(line.due_time.as_ref())),
        ("payout_id", |line| line.payout_id.clone()),
        ("create_time", |line| time(line.create_time.as_ref())),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    match action {
        Action::List { partner, limit } => {
            let partner_id = names::partner_option(partner, client).await?.unwrap_or_default();
            let request = ListPayoutsRequest { partner_id, ..Default::default() };
            output.list(client.payouts().list(request), limit.limit).await
        }
        Action::Show { id } => output.show(get(id, client).await?.as_ref()),
        Action::Create { partner, currency, until, expect } => {
            let request = CreatePayoutRequest {
                partner_id: names::partner(&partner, client).await?,
                currency_code: currency.unwrap_or_default(),
                cutoff_time: zone.option(until)?,
                ..Default::default()
            };
            create(request, expect, client, output).await
        }
        Action::Paid { id, reference, at } => {
            let paid_time = zone.option(at)?;
            let request = MarkPayoutPaidRequest { payout_id: id, reference, paid_time, ..Default::default() };
            output.show(client.payouts().mark_payout_paid(request).await?.payout.as_ref())
        }
        Action::Cancel { id } => {
            let request = CancelPayoutRequest { payout_id: id, ..Default::default() };
            output.show(client.payouts().cancel(request).await?.payout.as_ref())
        }
        Action::Statement { id, page: Some(file), .. } => {
            let payout = get(id, client).await?.unwrap_or_default();
            let request = GetPartnerRequest { partner_id: payout.partner_id.clone() };
            let partner = client.partners().get(request).await?.partner.unwrap_or_default();
            let lines = client.payouts().list_partner_lines(of_payout(&payout));
            page::write(&file, &payout, &partner, lines.map_err(Failure::from)).await
        }
        Action::Statement { id, page: None, limit } => {
            let payout = get(id, client).await?.unwrap_or_default();
            output.list(client.payouts().list_partner_lines(of_payout(&payout)), limit).await
        }
    }
}

async fn get(payout_id: String, client: &Client) -> Result<Option<Payout>, Failure> {
    Ok(client.payouts().get(GetPayoutRequest { payout_id }).await?.payout)
}

fn of_payout(payout: &Payout) -> ListPartnerLinesRequest {
    ListPartnerLinesRequest {
        partner_id: payout.partner_id.clone(),
        payout_id: payout.id.clone(),
        page_size: PAGE_SIZE,
        ..Default::default()
    }
}

/// Shows what is due. With `expect`, creates the payout if that much is due.
async fn create(
    request: CreatePayoutRequest,
    expect: Option<String>,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let draft = CreatePayoutRequest { validate_only: true, ..request.clone() };
    let draft = client.payouts().create(draft).await?.payout.unwrap_or_default();
    let Some(expect) = expect else {
        output.show(Some(&draft))?;
        let total = amount(draft.total.as_ref());
        say(&format!("nothing is written; --expect {total} creates the payout"));
        return Ok(());
    };
    let expected = money::read(&expect, &currency(draft.total.as_ref())).map_err(Failure::Usage)?;
    let request = CreatePayoutRequest {
        currency_code: expected.currency_code.clone(),
        // The lines that were due at the look, so that the total is the same a moment later.
        cutoff_time: draft.cutoff_time,
        expected_total: Some(expected),
        ..request
    };
    output.show(client.payouts().create(request).await?.payout.as_ref())
}

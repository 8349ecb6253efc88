//! The ledger of a partner: its balance, its lines, and entries by hand.

use clap::Subcommand;
use futures::{StreamExt as _, stream};
use s2s_sdk::{
    Client,
    v1::{
        CreatePartnerEntryRequest, GetPartnerBalanceRequest, ListPartnerLinesRequest, PartnerBalance,
        PartnerEntry,
    },
};

use crate::{
    args::Limit,
    cells::{amount, currency, time},
    failure::Failure,
    money, names,
    output::{Column, Output, Record},
};

#[derive(Subcommand)]
pub enum Action {
    /// Shows what a partner is owed, by currency.
    Balance {
        /// Id, name or external id of the partner. Default: the partner of the key.
        id: Option<String>,
    },
    /// Lists the lines of a partner's ledger, newest first.
    Lines {
        /// Id, name or external id of the partner. Default: the partner of the key.
        id: Option<String>,
        /// Only lines that are approved and in no payout.
        #[arg(long)]
        unpaid: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// Enters a bonus, a fee or a correction in the ledger of a partner.
    Enter {
        /// Id, name or external id of the partner.
        id: String,
        /// Amount, for example `10.00`; negative for a fee, for example `--amount=-2.50`.
        #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
        amount: String,
        /// Currency of the amount.
        #[arg(long, value_name = "CODE")]
        currency: String,
        /// What it is for. The partner sees it.
        #[arg(long, value_name = "TEXT")]
        note: String,
        /// Id that makes the command safe to repeat.
        #[arg(long, value_name = "ID")]
        request_id: Option<String>,
        /// Only check; write nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

impl Record for PartnerBalance {
    const MESSAGE: &'static str = "PartnerBalance";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("currency", |balance| currency(balance.approved.as_ref())),
        ("pending", |balance| amount(balance.pending.as_ref())),
        ("approved", |balance| amount(balance.approved.as_ref())),
        ("in_payout", |balance| amount(balance.in_payout.as_ref())),
        ("paid", |balance| amount(balance.paid.as_ref())),
    ];
}

impl Record for PartnerEntry {
    const MESSAGE: &'static str = "PartnerEntry";
    const NARROW: usize = 4;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |entry| entry.id.clone()),
        ("amount", |entry| amount(entry.amount.as_ref())),
        ("currency", |entry| currency(entry.amount.as_ref())),
        ("note", |entry| entry.note.clone()),
        ("partner_id", |entry| entry.partner_id.clone()),
        ("create_time", |entry| time(entry.create_time.as_ref())),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output) -> Result<(), Failure> {
    match action {
        Action::Balance { id } => {
            let partner_id = names::partner_option(id, client).await?.unwrap_or_default();
            let request = GetPartnerBalanceRequest { partner_id };
            let balances = client.payouts().get_partner_balance(request).await?.balances;
            output.list(stream::iter(balances.into_iter().map(Ok)).boxed(), 0).await
        }
        Action::Lines { id, unpaid, limit } => {
            let partner_id = names::partner_option(id, client).await?.unwrap_or_default();
            let request = ListPartnerLinesRequest { partner_id, unpaid, ..Default::default() };
            output.list(client.payouts().list_partner_lines(request), limit.limit).await
        }
        Action::Enter { id, amount, currency, note, request_id, dry_run } => {
            let money = money::read(&amount, &currency).map_err(Failure::Usage)?;
            let entry = PartnerEntry {
                partner_id: names::partner(&id, client).await?,
                amount: Some(money),
                note,
                ..Default::default()
            };
            let request = CreatePartnerEntryRequest {
                entry: Some(entry),
                request_id: request_id.unwrap_or_default(),
                validate_only: dry_run,
            };
            output.show(client.payouts().create_partner_entry(request).await?.entry.as_ref())
        }
    }
}

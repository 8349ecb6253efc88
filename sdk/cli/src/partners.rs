//! `s2s partners`: those who are owed a share of conversions.

mod ledger;

use clap::{Args, Subcommand};
use s2s_sdk::{
    Client,
    prost_types::FieldMask,
    v1::{
        ArchivePartnerRequest, CreatePartnerRequest, GetPartnerRequest, ListPartnerConversionsRequest,
        ListPartnersRequest, Partner, PartnerConversion, UnarchivePartnerRequest, UpdatePartnerRequest,
    },
};

use crate::{
    args::Limit,
    cells::{amount, currency, time, word},
    conversions::row::sub_ids,
    failure::Failure,
    money, names,
    output::{Column, Output, Record},
    time::{When, Zone},
};

#[derive(Subcommand)]
pub enum Action {
    /// Lists the account's partners, newest first.
    List {
        /// List archived partners as well.
        #[arg(long)]
        archived: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one partner.
    Show {
        /// Id, name or external id of the partner. Default: the partner of the key.
        id: Option<String>,
    },
    /// Creates a partner.
    Create {
        /// Name for people, for example `Blog of Ada`.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        settings: Settings,
        /// Only check; write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Changes the given settings of a partner.
    Update {
        /// Id, name or external id of the partner.
        id: String,
        /// New name for people.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
        /// Remove the least amount and the currency of payouts.
        #[arg(long, conflicts_with = "minimum")]
        no_minimum: bool,
        /// Only check; write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Archives a partner: no further tracking link can be given to it. Its links still earn.
    Archive {
        /// Id, name or external id of the partner.
        id: String,
    },
    /// Makes an archived partner active again.
    Unarchive {
        /// Id, name or external id of the partner.
        id: String,
    },
    #[command(flatten)]
    Ledger(ledger::Action),
    /// Lists the conversions that are owed to a partner, newest first, as the partner may see them.
    Conversions {
        /// Id, name or external id of the partner. Default: the partner of the key.
        id: Option<String>,
        /// Earliest time of recording, inclusive.
        #[arg(long, value_name = "TIME")]
        since: Option<When>,
        /// Latest time of recording, exclusive.
        #[arg(long, value_name = "TIME")]
        until: Option<When>,
        #[command(flatten)]
        limit: Limit,
    },
}

/// Settings that a new partner and an update share.
#[derive(Args)]
pub struct Settings {
    /// The merchant's own id of the partner, for example `aff-17`.
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// How the partner is paid, for people, for example the number of a bank account.
    #[arg(long, value_name = "TEXT")]
    payee: Option<String>,
    /// Least amount that is paid out, for example `50.00`.
    #[arg(long, value_name = "AMOUNT", requires = "currency")]
    minimum: Option<String>,
    /// Currency in which the partner is paid.
    #[arg(long, value_name = "CODE", requires = "minimum")]
    currency: Option<String>,
    /// Number of days after a conversion for which what is owed for it is held back, up to 400.
    #[arg(long, value_name = "DAYS")]
    hold_days: Option<i32>,
    /// Number of days after which pending conversions are approved by themselves, up to 400; 0 for
    /// never.
    #[arg(long, value_name = "DAYS")]
    approve_after_days: Option<i32>,
}

impl Settings {
    /// Sets the given fields on `partner`. Returns their names.
    fn apply(self, partner: &mut Partner) -> Result<Vec<String>, Failure> {
        let mut paths = Vec::new();
        let mut set = |path: &str| paths.push(path.to_owned());
        if let Some(external_id) = self.external_id {
            set("external_id");
            partner.external_id = external_id;
        }
        if let Some(payee) = self.payee {
            set("payee");
            partner.payee = payee;
        }
        if let Some(minimum) = self.minimum {
            set("minimum_payout");
            let minimum = money::read(&minimum, self.currency.as_deref().unwrap_or_default());
            partner.minimum_payout = Some(minimum.map_err(Failure::Usage)?);
        }
        if let Some(days) = self.hold_days {
            set("hold_days");
            partner.hold_days = days;
        }
        if let Some(days) = self.approve_after_days {
            set("approve_after_days");
            partner.approve_after_days = days;
        }
        Ok(paths)
    }
}

impl Record for Partner {
    const MESSAGE: &'static str = "Partner";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |partner| partner.id.clone()),
        ("name", |partner| partner.name.clone()),
        ("external_id", |partner| partner.external_id.clone()),
        ("hold_days", |partner| partner.hold_days.to_string()),
        ("state", |partner| word(partner.state().as_str_name(), "PARTNER_STATE_")),
        ("payee", |partner| partner.payee.clone()),
        ("minimum_payout", |partner| amount(partner.minimum_payout.as_ref())),
        ("currency", |partner| currency(partner.minimum_payout.as_ref())),
        ("approve_after_days", |partner| partner.approve_after_days.to_string()),
        ("create_time", |partner| time(partner.create_time.as_ref())),
        ("update_time", |partner| time(partner.update_time.as_ref())),
        ("archive_time", |partner| time(partner.archive_time.as_ref())),
    ];
}

impl Record for PartnerConversion {
    const MESSAGE: &'static str = "PartnerConversion";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("create_time", |one| time(one.create_time.as_ref())),
        ("owed", |one| amount(one.owed.as_ref())),
        ("currency", |one| currency(one.owed.as_ref())),
        ("status", |one| word(one.status().as_str_name(), "CONVERSION_STATUS_")),
        ("id", |one| one.id.clone()),
        ("tracking_link_id", |one| one.tracking_link_id.clone()),
        ("click_id", |one| one.click_id.clone()),
        ("click_time", |one| time(one.click_time.as_ref())),
        ("conversion_time", |one| time(one.conversion_time.as_ref())),
        ("sub_ids", |one| sub_ids(&one.sub_ids)),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    match action {
        Action::List { archived, limit } => {
            let request = ListPartnersRequest { show_archived: archived, ..Default::default() };
            output.list(client.partners().list(request), limit.limit).await
        }
        Action::Show { id } => {
            let partner_id = names::partner_option(id, client).await?.unwrap_or_default();
            let response = client.partners().get(GetPartnerRequest { partner_id }).await?;
            output.show(response.partner.as_ref())
        }
        Action::Create { name, settings, dry_run } => {
            let mut partner = Partner { name, ..Default::default() };
            settings.apply(&mut partner)?;
            let request =
                CreatePartnerRequest { partner: Some(partner), validate_only: dry_run, ..Default::default() };
            output.show(client.partners().create(request).await?.partner.as_ref())
        }
        Action::Update { id, name, settings, no_minimum, dry_run } => {
            let mut partner = Partner { name: name.clone().unwrap_or_default(), ..Default::default() };
            let mut paths = settings.apply(&mut partner)?;
            paths.extend(name.map(|_| "name".to_owned()));
            paths.extend(no_minimum.then(|| "minimum_payout".to_owned()));
            if paths.is_empty() {
                return Err(Failure::nothing_to_change());
            }
            partner.id = names::partner(&id, client).await?;
            let request = UpdatePartnerRequest {
                partner: Some(partner),
                update_mask: Some(FieldMask { paths }),
                validate_only: dry_run,
            };
            output.show(client.partners().update(request).await?.partner.as_ref())
        }
        Action::Archive { id } => {
            let partner_id = names::partner(&id, client).await?;
            let request = ArchivePartnerRequest { partner_id, ..Default::default() };
            output.show(client.partners().archive(request).await?.partner.as_ref())
        }
        Action::Unarchive { id } => {
            let partner_id = names::partner(&id, client).await?;
            let request = UnarchivePartnerRequest { partner_id, ..Default::default() };
            output.show(client.partners().unarchive(request).await?.partner.as_ref())
        }
        Action::Ledger(action) => ledger::run(action, client, output).await,
        Action::Conversions { id, since, until, limit } => {
            let request = ListPartnerConversionsRequest {
                partner_id: names::partner_option(id, client).await?.unwrap_or_default(),
                start_time: zone.option(since)?,
                end_time: zone.option(until)?,
                ..Default::default()
            };
            output.list(client.conversions().list_partner(request), limit.limit).await
        }
    }
}

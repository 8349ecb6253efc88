//! `s2s accounts`.

use clap::Subcommand;
use s2s_sdk::{
    Client,
    prost_types::FieldMask,
    v1::{Account, CreateAccountRequest, GetAccountRequest, ListAccountsRequest, UpdateAccountRequest},
};

use crate::{
    args::{Limit, given_id},
    cells::time,
    failure::Failure,
    output::{Column, Output, Record},
};

#[derive(Subcommand)]
pub enum Action {
    /// Lists all accounts, newest first. Needs the scope `admin`.
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one account; without an id, the account that the API key acts for.
    Show {
        #[arg(value_parser = given_id)]
        id: Option<String>,
    },
    /// Creates an account. Needs the scope `admin`.
    Create {
        /// Name for people.
        #[arg(long)]
        name: String,
    },
    /// Changes the name of an account.
    Update {
        #[arg(value_parser = given_id)]
        id: String,
        /// New name for people.
        #[arg(long)]
        name: String,
    },
}

impl Record for Account {
    const MESSAGE: &'static str = "Account";
    const NARROW: usize = 3;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |account| account.id.clone()),
        ("name", |account| account.name.clone()),
        ("create_time", |account| time(account.create_time.as_ref())),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output) -> Result<(), Failure> {
    match action {
        Action::List { limit } => {
            output.list(client.accounts().list(ListAccountsRequest::default()), limit.limit).await
        }
        Action::Show { id } => {
            let response =
                client.accounts().get(GetAccountRequest { account_id: id.unwrap_or_default() }).await?;
            output.show(response.account.as_ref())
        }
        Action::Create { name } => {
            let account = Some(Account { name, ..Default::default() });
            let request = CreateAccountRequest { account, ..Default::default() };
            output.show(client.accounts().create(request).await?.account.as_ref())
        }
        Action::Update { id, name } => {
            let request = UpdateAccountRequest {
                account: Some(Account { id, name, ..Default::default() }),
                update_mask: Some(FieldMask { paths: vec!["name".to_owned()] }),
                ..Default::default()
            };
            output.show(client.accounts().update(request).await?.account.as_ref())
        }
    }
}

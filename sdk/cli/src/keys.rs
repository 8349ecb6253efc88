//! `s2s keys`: API keys.

use clap::{Subcommand, ValueEnum};
use s2s_sdk::{
    Client,
    v1::{
        ApiKey, ApiKeyScope, CreateApiKeyRequest, GetApiKeyRequest, ListApiKeysRequest, RevokeApiKeyRequest,
        RotateApiKeyRequest,
    },
};

use crate::{
    args::{Limit, given_id},
    cells::{time, word},
    failure::Failure,
    names,
    output::{Column, Output, Record},
    time::{When, Zone, hours},
};

#[derive(Subcommand)]
pub enum Action {
    /// Lists the account's API keys, newest first.
    List {
        /// List revoked keys as well.
        #[arg(long)]
        revoked: bool,
        /// Id of another account whose keys to list. Needs the scope `admin`.
        #[arg(long, value_name = "ID", value_parser = given_id)]
        account: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one API key, without its text.
    Show { id: String },
    /// Creates an API key and shows its text. The text can't be shown again.
    Create {
        /// Name for people, for example `web shop`.
        #[arg(long)]
        name: String,
        /// Scope of the key; can be given several times.
        #[arg(long = "scope", value_enum, required = true)]
        scopes: Vec<Scope>,
        /// Id of another account for the key to act for. Needs the scope `admin`.
        #[arg(long, value_name = "ID", value_parser = given_id)]
        account: Option<String>,
        /// Id, name or external id of the partner whose key it is. Needed for the scope `partner`.
        #[arg(long)]
        partner: Option<String>,
        /// Time at which the key expires, for example `2027-01-01`. Default: never.
        #[arg(long, value_name = "TIME")]
        expire: Option<When>,
    },
    /// Gives an API key a new text and shows it. The text can't be shown again.
    Rotate {
        id: String,
        /// Time for which the former texts stay valid, in hours.
        #[arg(long, value_name = "HOURS", default_value_t = 24)]
        overlap_hours: u32,
    },
    /// Revokes an API key permanently.
    Revoke { id: String },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Scope {
    Read,
    Write,
    Record,
    Admin,
    Edge,
    Partner,
}

impl From<Scope> for ApiKeyScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Write => Self::Write,
            Scope::Record => Self::Record,
            Scope::Admin => Self::Admin,
            Scope::Edge => Self::Edge,
            Scope::Partner => Self::Partner,
        }
    }
}

impl Record for ApiKey {
    const MESSAGE: &'static str = "ApiKey";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |key| key.id.clone()),
        ("name", |key| key.name.clone()),
        ("scopes", |key| {
            let words: Vec<String> =
                key.scopes().map(|scope| word(scope.as_str_name(), "API_KEY_SCOPE_")).collect();
            words.join(", ")
        }),
        ("state", |key| word(key.state().as_str_name(), "API_KEY_STATE_")),
        ("last_use_time", |key| time(key.last_use_time.as_ref())),
        ("account_id", |key| key.account_id.clone()),
        ("partner_id", |key| key.partner_id.clone()),
        ("create_time", |key| time(key.create_time.as_ref())),
        ("expire_time", |key| time(key.expire_time.as_ref())),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    match action {
        Action::List { revoked, account, limit } => {
            let request = ListApiKeysRequest {
                show_revoked: revoked,
                account_id: account.unwrap_or_default(),
                ..Default::default()
            };
            output.list(client.api_keys().list(request), limit.limit).await
        }
        Action::Show { id } => {
            output.show(client.api_keys().get(GetApiKeyRequest { api_key_id: id }).await?.api_key.as_ref())
        }
        Action::Create { name, scopes, account, partner, expire } => {
            let scopes = scopes.into_iter().map(|scope| ApiKeyScope::from(scope).into()).collect();
            let key = ApiKey {
                name,
                scopes,
                account_id: account.unwrap_or_default(),
                partner_id: names::partner_option(partner, client).await?.unwrap_or_default(),
                expire_time: zone.option(expire)?,
                ..Default::default()
            };
            let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
            let response = client.api_keys().create(request).await?;
            let said = [("key_text", response.key_text.as_str())];
            output.answer("CreateApiKeyResponse", &response, response.api_key.as_ref(), &said)
        }
        Action::Rotate { id, overlap_hours } => {
            let overlap = Some(hours(overlap_hours));
            let response = client
                .api_keys()
                .rotate(RotateApiKeyRequest { api_key_id: id, overlap, ..Default::default() })
                .await?;
            let said = [("key_text", response.key_text.as_str())];
            output.answer("RotateApiKeyResponse", &response, response.api_key.as_ref(), &said)
        }
        Action::Revoke { id } => {
            let response = client
                .api_keys()
                .revoke(RevokeApiKeyRequest { api_key_id: id, ..Default::default() })
                .await?;
            output.show(response.api_key.as_ref())
        }
    }
}

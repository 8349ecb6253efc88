//! Conversion codes: one for each kind of conversion that a merchant reports. A code holds the
//! rules for counting the postbacks of its kind.
//!
//! Absent on purpose: deletion. An unwanted code is archived, so that its conversions stay
//! readable.

mod authentication;
pub mod grpc;
mod lint;
mod store;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    str::FromStr,
    sync::Arc,
};

use s2s_sdk::v1::ErrorReason;
use sea_orm::{ConnectionTrait, DbErr, DeriveActiveEnum, DeriveValueType, EnumIter, TryFromU64};
use url::Url;
use uuid::Uuid;

use crate::{
    api::Tenant,
    core::{
        App,
        preset::{Preset, PresetId, Reply},
        row_cache::{RowCache, cached},
        scan::scan,
    },
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        conversion_status::ConversionStatus,
        id::{AccountId, RequestKey},
        money::Currency,
        time::{Span, Time},
    },
};

pub use authentication::{AllowedAddresses, CheckMode, Secret, rotate_secret};
pub use lint::{leads_nowhere, warning};
pub use store::Model as ConversionCode;

/// Longest fixed reply, in bytes.
pub const REPLY_TEXT_BYTES_MAX: usize = 200;
/// Shortest, longest and default attribution window, in seconds.
pub const WINDOW_SECONDS_MIN: i64 = 1;
pub const WINDOW_SECONDS_MAX: i64 = 400 * 86_400;
pub const WINDOW_SECONDS_DEFAULT: i64 = 30 * 86_400;

/// Macro in a postback URL in place of a secret that must not be shown.
pub const SECRET_MACRO: &str = "{sec}";
/// End of the postback URL of a code that checks signatures.
pub const SIGNATURE_MACROS: &str = "&ts={ts}&sig={sig}";
/// Length of the list's sort key, in bytes: time of creation and id.
pub const LIST_KEY_BYTES: usize = 24;

/// The id of a conversion code: 128 random bits, so that nobody can guess it. Written as 32
/// upper-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct ConversionCodeId(pub Uuid);

impl fmt::Display for ConversionCodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}", self.0.simple())
    }
}

impl FromStr for ConversionCodeId {
    type Err = String;

    /// Accepts digits in either case.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits
            .then(|| Uuid::try_parse(text).ok().map(Self))
            .flatten()
            .ok_or_else(|| "must be the 32 hexadecimal digits that the postback URL shows".to_owned())
    }
}

impl TryFromU64 for ConversionCodeId {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("ConversionCodeId"))
    }
}

/// Rule for the identity of conversions without a transaction id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum DedupePolicy {
    #[sea_orm(num_value = 1)]
    OnePerClick,
    #[sea_orm(num_value = 2)]
    Every,
}

/// Form of the replies of `/s2s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum ReplyMode {
    #[sea_orm(num_value = 1)]
    ByVerdict,
    #[sea_orm(num_value = 2)]
    AlwaysOk,
    #[sea_orm(num_value = 3)]
    FixedText,
}

/// Separator of the decimals in amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum DecimalSeparator {
    /// Not set: an ambiguous amount is read like the postback's other amount or, if that shows no
    /// separator, by its currency.
    #[sea_orm(num_value = 1)]
    Auto,
    #[sea_orm(num_value = 2)]
    Point,
    #[sea_orm(num_value = 3)]
    Comma,
}

/// What a later postback of a recorded conversion may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum UpdatePolicy {
    #[sea_orm(num_value = 1)]
    None,
    #[sea_orm(num_value = 2)]
    Status,
    #[sea_orm(num_value = 3)]
    StatusAndAmounts,
}

/// The conversions among which an order id counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum TransactionScope {
    /// The conversions of a click for the code.
    #[sea_orm(num_value = 1)]
    PerClick,
    /// All conversions for the code.
    #[sea_orm(num_value = 2)]
    PerCode,
}

/// A validated change of one field of a code.
pub type Edit = Box<dyn FnOnce(&mut ConversionCode) + Send>;

/// Cache of codes by their ids.
pub type Cache = RowCache<ConversionCodeId, ConversionCode>;

/// A code to be created.
pub struct Create {
    pub edits: Vec<Edit>,
    /// True if the caller chose the reply. Otherwise, the code gets the reply that the network of
    /// its preset requires, if any.
    pub own_reply: bool,
    /// True if the caller chose the separator of decimals. Otherwise, a code with a preset gets the
    /// decimal point.
    pub own_separator: bool,
    pub request: RequestKey,
    pub validate_only: bool,
}

pub async fn create(app: &App, account: AccountId, create: Create) -> Result<ConversionCode> {
    let Create { edits, own_reply, own_separator, request, validate_only } = create;
    let id = ConversionCodeId(Uuid::from_bytes(app.random.bytes()));
    let mut code = ConversionCode::new(id, account, request, app.now());
    for edit in edits {
        edit(&mut code);
    }
    if let (false, Some(preset)) = (own_reply, code.preset_id.preset()) {
        code.reply_as(preset);
    }
    if !own_separator && code.preset_id.preset().is_some() {
        // No network that has a preset sends a decimal comma.
        code.decimal_separator = DecimalSeparator::Point;
    }
    let stored = store::insert(&app.db, code, validate_only).await?;
    app.codes.invalidate(&stored.id).await;
    Ok(stored)
}

/// Returns the names of those of the codes that belong to the account.
pub async fn names(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: HashSet<ConversionCodeId>,
) -> Result<HashMap<ConversionCodeId, String>> {
    Ok(store::names(db, account, ids).await?)
}

/// Reads the code from the database, not from the cache.
pub async fn get(app: &App, account: AccountId, id: ConversionCodeId) -> Result<ConversionCode> {
    let found = store::find(app.db.reader(), Tenant::Account(account), id).await?;
    found.ok_or_else(|| Error::not_found("conversion code", &id))
}

/// Finds the code for which a conversion counts, or returns the error `unknown`.
pub async fn find(app: &App, tenant: Tenant, id: ConversionCodeId) -> Result<Arc<ConversionCode>> {
    find_known(app, tenant, id).await?.ok_or_else(|| unknown(id))
}

/// Finds the code for which a conversion counts, if the code is known. The row may come from the
/// cache, and is then at most `CACHE_AGE_MAX` old.
pub async fn find_known(
    app: &App,
    tenant: Tenant,
    id: ConversionCodeId,
) -> Result<Option<Arc<ConversionCode>>> {
    // One cache serves all callers, so it holds the codes of all accounts.
    let load = || store::find(app.db.reader(), Tenant::All, id);
    let found = cached(&app.codes, id, load).await?;
    Ok(found.filter(|code| tenant.sees(code.account_id)))
}

/// Returns the ids for which a code exists, in any account, and the accounts of these codes.
pub async fn existing(
    app: &App,
    ids: HashSet<ConversionCodeId>,
) -> Result<HashMap<ConversionCodeId, AccountId>> {
    Ok(store::existing(app.db.scanner(), ids).await?)
}

/// The longest attribution window of all codes, including archived ones; the default window if
/// there is no code.
pub async fn longest_window(app: &App) -> Result<Span> {
    let longest = store::longest_window(app.db.scanner()).await?;
    Ok(longest.unwrap_or(Span::from_seconds(WINDOW_SECONDS_DEFAULT)))
}

/// The error of a conversion for a code that is not known.
pub fn unknown(id: ConversionCodeId) -> Error {
    let message = format!("no conversion code has the id `{id}`; copy the id from the postback URL");
    Error::new(ErrorReason::ConversionCodeUnknown, message).with("conversion_code_id", &id)
}

pub async fn list(
    app: &App,
    account: AccountId,
    show_archived: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<ConversionCode, LIST_KEY_BYTES>> {
    let rows = scan(app, account, async |db| store::list(db, account, show_archived, page).await).await?;
    Ok(page.cut(rows, None, store::list_key))
}

pub async fn update(
    app: &App,
    account: AccountId,
    id: ConversionCodeId,
    edits: Vec<Edit>,
    validate_only: bool,
) -> Result<ConversionCode> {
    let txn = app.db.begin().await?;
    let found = store::find_to_update(&txn, account, id).await?;
    let mut code = found.ok_or_else(|| Error::not_found("conversion code", &id))?;
    let before = code.clone();
    for edit in edits {
        edit(&mut code);
    }
    if validate_only || code == before {
        txn.rollback().await?;
        return Ok(code);
    }
    let now = app.now();
    code.archived_at = code.archived.then(|| before.archived_since().unwrap_or(now));
    code.updated_at = now;
    store::update(&txn, code.clone()).await?;
    txn.commit().await?;
    app.codes.invalidate(&id).await;
    Ok(code)
}

impl ConversionCode {
    /// The time since which the code is archived; `None` if it is not. If an earlier version of the
    /// server archived the code, only the time of its last change is known.
    pub fn archived_since(&self) -> Option<Time> {
        self.archived.then(|| self.archived_at.unwrap_or(self.updated_at))
    }

    /// Sets the reply that the network requires, if it requires one.
    fn reply_as(&mut self, network: &Preset) {
        (self.reply_mode, self.reply_text) = match &network.reply {
            Some(Reply::AlwaysOk) => (ReplyMode::AlwaysOk, String::new()),
            Some(Reply::FixedText(text)) => (ReplyMode::FixedText, text.clone()),
            None => return,
        };
    }

    /// Creates a code with defaults and without a name.
    pub fn new(id: ConversionCodeId, account_id: AccountId, request: RequestKey, now: Time) -> Self {
        Self {
            id,
            account_id,
            name: String::new(),
            default_currency: Currency::USD,
            attribution_window: Span::from_seconds(WINDOW_SECONDS_DEFAULT),
            dedupe_policy: DedupePolicy::OnePerClick,
            reply_mode: ReplyMode::ByVerdict,
            reply_text: String::new(),
            preset_id: PresetId::default(),
            secret_check: CheckMode::Off,
            signature_check: CheckMode::Off,
            address_check: CheckMode::Off,
            https_check: CheckMode::Off,
            allowed_addresses: AllowedAddresses::default(),
            secret: Secret::default(),
            former_secret: Secret::default(),
            former_secret_expires_at: None,
            secret_request_id: None,
            archived: false,
            archived_at: None,
            default_status: ConversionStatus::Approved,
            decimal_separator: DecimalSeparator::Auto,
            update_policy: UpdatePolicy::Status,
            transaction_scope: TransactionScope::PerClick,
            request_id: request.id,
            request_digest: request.digest,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Returns the URL that the merchant pastes, with the macros of the network. Without a preset, the
/// merchant's system fills in the parts in braces. `secret` becomes the value of `sec`, which the
/// URL has only if the code checks secrets.
pub fn postback_url(
    public_url: &Url,
    code: &ConversionCode,
    preset: Option<&Preset>,
    secret: &str,
) -> String {
    let mut url = reporting_url(public_url, code.id, preset);
    if code.secret_check != CheckMode::Off {
        url.extend(["&sec=", secret]);
    }
    if code.signature_check != CheckMode::Off {
        url.push_str(SIGNATURE_MACROS);
    }
    url
}

/// Returns the URL with the reported parameters, but without proofs of the sender.
fn reporting_url(public_url: &Url, id: ConversionCodeId, preset: Option<&Preset>) -> String {
    // Not built by the URL library, which would escape macros. A network recognises only the exact
    // macro, `#` included.
    let Some(preset) = preset else {
        return format!("{public_url}s2s?clickId={{clickId}}&id={id}&val={{val}}&com={{com}}&oid={{oid}}");
    };
    let value = preset.value_macro.as_deref().unwrap_or("0");
    let commission = preset.commission_macro.as_deref().unwrap_or("0");
    let mut url =
        format!("{public_url}s2s?clickId={}&id={id}&val={value}&com={commission}", preset.click_id_macro);
    for (name, value) in [
        ("oid", &preset.transaction_id_macro),
        ("cur", &preset.currency_macro),
        ("cur", &preset.currency),
        ("status", &preset.status_macro),
    ] {
        if let Some(value) = value {
            url.extend(["&", name, "=", value]);
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_32_hex_digits_in_any_case() {
        let text = "6B1F0A3C9D5E4F7081A2B3C4D5E6F708";
        let id: ConversionCodeId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(text.to_lowercase().parse(), Ok(id));
        for text in
            ["", "6B1F0A3C", "6b1f0a3c-9d5e-4f70-81a2-b3c4d5e6f708", "GB1F0A3C9D5E4F7081A2B3C4D5E6F708"]
        {
            assert!(text.parse::<ConversionCodeId>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_postback_url_has_all_mandatory_parameters_and_those_of_the_network() {
        let id = ConversionCodeId(Uuid::from_u128(0xAB));
        for (preset, click, rest) in [
            ("", "{clickId}", "&val={val}&com={com}&oid={oid}"),
            ("maxbounty", "#S2#", "&val=0&com=#RATE#"),
            ("advidi", "#s2#", "&val=0&com=0&oid=#tid#"),
            ("m1-shop", "{s}", "&val=0&com={web_total}&cur=RUB"),
            ("welcome-partners", "##CLICK_ID##", "&val=0&com=##CPA_AMOUNT##&cur=##CURRENCY##"),
            ("affise", "{sub1}", "&val={order_sum}&com={sum}&oid={transactionid}&status={status}"),
        ] {
            let preset = preset.parse::<PresetId>().unwrap().preset();
            let url = reporting_url(&Url::parse("https://t.example").unwrap(), id, preset);
            assert_eq!(url, format!("https://t.example/s2s?clickId={click}&id={id}{rest}"));
        }
    }
}

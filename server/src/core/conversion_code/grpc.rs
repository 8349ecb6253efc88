//! Conversion codes: translation between messages and commands.

use prost_types::Duration;
use s2s_sdk::v1::{
    self, ArchiveConversionCodeRequest, ArchiveConversionCodeResponse, ConversionCodeState,
    CreateConversionCodeRequest, CreateConversionCodeResponse, GetConversionCodeRequest,
    GetConversionCodeResponse, GetPostbackUrlRequest, GetPostbackUrlResponse, ListConversionCodesRequest,
    ListConversionCodesResponse, PostbackAuthentication, ReplySetting, RotatePostbackSecretRequest,
    RotatePostbackSecretResponse, UnarchiveConversionCodeRequest, UnarchiveConversionCodeResponse,
    UpdateConversionCodeRequest, UpdateConversionCodeResponse,
};
use tonic::Request;

use super::{
    AllowedAddresses, CheckMode, ConversionCode, ConversionCodeId, Create, DecimalSeparator, DedupePolicy,
    Edit, REPLY_TEXT_BYTES_MAX, ReplyMode, SECRET_MACRO, TransactionScope, UpdatePolicy,
    WINDOW_SECONDS_DEFAULT, WINDOW_SECONDS_MAX, WINDOW_SECONDS_MIN,
    authentication::{OVERLAP_SECONDS_DEFAULT, OVERLAP_SECONDS_MAX},
    lint,
};
use crate::{
    api,
    core::{App, preset::PresetId},
    error::{Error, Result, Violations},
    page::PageRequest,
    values::{
        conversion_status::ConversionStatus,
        id::{RequestKey, request_id_bytes},
        money::Currency,
        text::parse_name,
        time::{Span, Time},
    },
};

/// `ConversionCodeService.CreateConversionCode`.
pub async fn create_conversion_code(
    app: &App,
    request: Request<CreateConversionCodeRequest>,
) -> Result<CreateConversionCodeResponse> {
    let account = api::account(&request);
    let code = super::create(app, account, parse_create(request.into_inner())?).await?;
    let warnings = lint::created(&code);
    Ok(CreateConversionCodeResponse { conversion_code: Some(code.into()), warnings })
}

/// `ConversionCodeService.GetConversionCode`.
pub async fn get_conversion_code(
    app: &App,
    request: Request<GetConversionCodeRequest>,
) -> Result<GetConversionCodeResponse> {
    let account = api::account(&request);
    let code = super::get(app, account, parse_id(&request.get_ref().conversion_code_id)?).await?;
    Ok(GetConversionCodeResponse { conversion_code: Some(code.into()) })
}

/// `ConversionCodeService.ListConversionCodes`.
pub async fn list_conversion_codes(
    app: &App,
    request: Request<ListConversionCodesRequest>,
) -> Result<ListConversionCodesResponse> {
    let account = api::account(&request);
    let request = request.into_inner();
    let filter: [&[u8]; 1] = [&[u8::from(request.show_archived)]];
    let page =
        PageRequest::parse("ListConversionCodes", account, request.page_size, &request.page_token, &filter)?;
    let codes = super::list(app, account, request.show_archived, &page).await?;
    let (conversion_codes, next_page_token) = codes.into_messages(Into::into);
    Ok(ListConversionCodesResponse { conversion_codes, next_page_token })
}

/// `ConversionCodeService.UpdateConversionCode`.
pub async fn update_conversion_code(
    app: &App,
    request: Request<UpdateConversionCodeRequest>,
) -> Result<UpdateConversionCodeResponse> {
    let account = api::account(&request);
    let (id, edits, validate_only) = parse_update(request.into_inner())?;
    let code = super::update(app, account, id, edits, validate_only).await?;
    let warnings = lint::updated(&code);
    Ok(UpdateConversionCodeResponse { conversion_code: Some(code.into()), warnings })
}

/// `ConversionCodeService.ArchiveConversionCode`.
pub async fn archive_conversion_code(
    app: &App,
    request: Request<ArchiveConversionCodeRequest>,
) -> Result<ArchiveConversionCodeResponse> {
    let account = api::account(&request);
    let request = request.into_inner();
    let archive: Vec<Edit> = vec![Box::new(|code| code.archived = true)];
    let id = parse_id(&request.conversion_code_id)?;
    let code = super::update(app, account, id, archive, request.validate_only).await?;
    Ok(ArchiveConversionCodeResponse { conversion_code: Some(code.into()) })
}

/// `ConversionCodeService.UnarchiveConversionCode`.
pub async fn unarchive_conversion_code(
    app: &App,
    request: Request<UnarchiveConversionCodeRequest>,
) -> Result<UnarchiveConversionCodeResponse> {
    let account = api::account(&request);
    let request = request.into_inner();
    let unarchive: Vec<Edit> = vec![Box::new(|code| code.archived = false)];
    let id = parse_id(&request.conversion_code_id)?;
    let code = super::update(app, account, id, unarchive, request.validate_only).await?;
    Ok(UnarchiveConversionCodeResponse { conversion_code: Some(code.into()) })
}

/// `ConversionCodeService.RotatePostbackSecret`.
pub async fn rotate_postback_secret(
    app: &App,
    request: Request<RotatePostbackSecretRequest>,
) -> Result<RotatePostbackSecretResponse> {
    let account = api::account(&request);
    let request = request.into_inner();
    let (id, overlap, request_id) = parse_rotate(&request)?;
    let dry = request.validate_only;
    let code = super::rotate_secret(app, account, id, overlap, request_id, dry).await?;
    let secret = if dry { String::new() } else { code.secret.reveal().to_owned() };
    let shown = if dry { SECRET_MACRO } else { &secret };
    let postback_url = super::postback_url(&app.public_url, &code, code.preset_id.preset(), shown);
    let conversion_code = Some(code.into());
    Ok(RotatePostbackSecretResponse { secret, postback_url, conversion_code })
}

/// `ConversionCodeService.GetPostbackUrl`.
pub async fn get_postback_url(
    app: &App,
    request: Request<GetPostbackUrlRequest>,
) -> Result<GetPostbackUrlResponse> {
    let account = api::account(&request);
    let (id, preset_id) = parse_postback_url(request.get_ref())?;
    let code = super::get(app, account, id).await?;
    let preset = preset_id.preset().or_else(|| code.preset_id.preset());
    let public_url = &app.public_url;
    let postback_url = super::postback_url(public_url, &code, preset, SECRET_MACRO);
    let warnings = lint::postback_url(&code, preset, public_url);
    Ok(GetPostbackUrlResponse { postback_url, warnings })
}

/// Parses a code's id. A malformed id gives the same error as an unknown one.
fn parse_id(text: &str) -> Result<ConversionCodeId> {
    text.parse().map_err(|_| Error::not_found("conversion code", text))
}

fn parse_rotate(request: &RotatePostbackSecretRequest) -> Result<(ConversionCodeId, Span, Option<Vec<u8>>)> {
    let id = parse_id(&request.conversion_code_id)?;
    let mut violations = Violations::default();
    let overlap = match request.overlap {
        None => Ok(OVERLAP_SECONDS_DEFAULT),
        Some(Duration { seconds, nanos: 0 }) if (0..=OVERLAP_SECONDS_MAX).contains(&seconds) => Ok(seconds),
        Some(_) => Err("must be whole seconds, from 0 seconds to 30 days".to_owned()),
    };
    let overlap = violations.check("overlap", overlap);
    let request_id = violations.check("request_id", request_id_bytes(&request.request_id));
    match (overlap, request_id) {
        (Some(seconds), Some(request_id)) => Ok((id, Span::from_seconds(seconds), request_id)),
        _ => Err(violations.into_error()),
    }
}

/// Fields of a code that a caller can set.
const FIELDS: [&str; 11] = [
    "name",
    "default_currency",
    "attribution_window",
    "dedupe_policy",
    "reply",
    "preset_id",
    "postback_authentication",
    "default_status",
    "decimal_separator",
    "update_policy",
    "transaction_scope",
];

fn parse_create(mut request: CreateConversionCodeRequest) -> Result<Create> {
    let mut violations = Violations::default();
    // A dry run must have the digest of the real request, so `validate_only` is not part of it.
    let validate_only = std::mem::take(&mut request.validate_only);
    let key = violations.check("request_id", RequestKey::parse(&request.request_id, &request));
    let code = request.conversion_code.unwrap_or_default();
    let own_reply = code.reply.is_some();
    let own_separator = code.decimal_separator() != v1::DecimalSeparator::Unspecified;
    let edits = FIELDS.iter().filter_map(|path| parse_field(path, &code, &mut violations)).collect();
    match key {
        Some(request) if violations.is_empty() => {
            Ok(Create { edits, own_reply, own_separator, request, validate_only })
        }
        _ => Err(violations.into_error()),
    }
}

fn parse_update(request: UpdateConversionCodeRequest) -> Result<(ConversionCodeId, Vec<Edit>, bool)> {
    let code = request.conversion_code.unwrap_or_default();
    let id = parse_id(&code.id)?;
    let mut violations = Violations::default();
    let paths = violations.check_mask(request.update_mask, &FIELDS);
    let edits = paths.iter().filter_map(|path| parse_field(path, &code, &mut violations)).collect();
    if violations.is_empty() { Ok((id, edits, request.validate_only)) } else { Err(violations.into_error()) }
}

fn parse_postback_url(request: &GetPostbackUrlRequest) -> Result<(ConversionCodeId, PresetId)> {
    let id = parse_id(&request.conversion_code_id)?;
    let mut violations = Violations::default();
    let preset_id = violations.check("preset_id", request.preset_id.parse());
    preset_id.map(|preset_id| (id, preset_id)).ok_or_else(|| violations.into_error())
}

/// Parses the value of one of `FIELDS`.
fn parse_field(path: &str, code: &v1::ConversionCode, violations: &mut Violations) -> Option<Edit> {
    let edit = || -> Result<Edit, String> {
        Ok(match path {
            "name" => {
                let name = parse_name(&code.name)?;
                Box::new(move |row| row.name = name)
            }
            "default_currency" => {
                let currency = parse_currency(&code.default_currency)?;
                Box::new(move |row| row.default_currency = currency)
            }
            "attribution_window" => {
                let window = parse_window(code.attribution_window)?;
                Box::new(move |row| row.attribution_window = window)
            }
            "dedupe_policy" => {
                let policy = parse_policy(code.dedupe_policy)?;
                Box::new(move |row| row.dedupe_policy = policy)
            }
            "reply" => {
                let (mode, text) = parse_reply(code.reply.clone())?;
                Box::new(move |row| (row.reply_mode, row.reply_text) = (mode, text))
            }
            "preset_id" => {
                let preset_id = code.preset_id.parse()?;
                Box::new(move |row| row.preset_id = preset_id)
            }
            "postback_authentication" => {
                let checks = Checks::parse(code.postback_authentication.as_ref())?;
                Box::new(move |row| {
                    (row.secret_check, row.signature_check) = (checks.secret, checks.signature);
                    (row.address_check, row.https_check) = (checks.address, checks.https);
                    row.allowed_addresses = checks.allowed_addresses;
                })
            }
            "default_status" => {
                let status =
                    ConversionStatus::parse(code.default_status)?.unwrap_or(ConversionStatus::Approved);
                Box::new(move |row| row.default_status = status)
            }
            "decimal_separator" => {
                let separator =
                    DecimalSeparator::parse(code.decimal_separator)?.unwrap_or(DecimalSeparator::Auto);
                Box::new(move |row| row.decimal_separator = separator)
            }
            "update_policy" => {
                let policy = parse_update_policy(code.update_policy)?;
                Box::new(move |row| row.update_policy = policy)
            }
            "transaction_scope" => {
                let scope = parse_transaction_scope(code.transaction_scope)?;
                Box::new(move |row| row.transaction_scope = scope)
            }
            _ => return Err("can't be set".to_owned()),
        })
    };
    violations.check(&format!("conversion_code.{path}"), edit())
}

fn parse_currency(text: &str) -> Result<Currency, String> {
    if text.is_empty() { Ok(Currency::USD) } else { text.parse().map_err(|error| format!("{error}")) }
}

/// The checks of senders, as the caller chose them.
struct Checks {
    secret: CheckMode,
    signature: CheckMode,
    address: CheckMode,
    https: CheckMode,
    allowed_addresses: AllowedAddresses,
}

impl Checks {
    fn parse(checks: Option<&PostbackAuthentication>) -> Result<Self, String> {
        let checks = checks.cloned().unwrap_or_default();
        let allowed_addresses = AllowedAddresses::parse(&checks.allowed_addresses)
            .map_err(|why| format!("allowed_addresses {why}"))?;
        let address = parse_check(checks.address_check)?;
        if address != CheckMode::Off && allowed_addresses.is_empty() {
            return Err("allowed_addresses must name an address if address_check is on".to_owned());
        }
        Ok(Self {
            secret: parse_check(checks.secret_check)?,
            signature: parse_check(checks.signature_check)?,
            address,
            https: parse_check(checks.https_check)?,
            allowed_addresses,
        })
    }
}

fn parse_check(number: i32) -> Result<CheckMode, String> {
    match v1::CheckMode::try_from(number) {
        Ok(v1::CheckMode::Unspecified | v1::CheckMode::Off) => Ok(CheckMode::Off),
        Ok(v1::CheckMode::Report) => Ok(CheckMode::Report),
        Ok(v1::CheckMode::Enforce) => Ok(CheckMode::Enforce),
        Err(_) => Err("contains an unknown value of CheckMode".to_owned()),
    }
}

fn parse_window(duration: Option<Duration>) -> Result<Span, String> {
    let Some(duration) = duration else { return Ok(Span::from_seconds(WINDOW_SECONDS_DEFAULT)) };
    if duration.nanos == 0 && (WINDOW_SECONDS_MIN..=WINDOW_SECONDS_MAX).contains(&duration.seconds) {
        Ok(Span::from_seconds(duration.seconds))
    } else {
        Err("must be whole seconds, from 1 second to 400 days".to_owned())
    }
}

fn parse_policy(number: i32) -> Result<DedupePolicy, String> {
    match v1::DedupePolicy::try_from(number) {
        Ok(v1::DedupePolicy::Unspecified | v1::DedupePolicy::OnePerClick) => Ok(DedupePolicy::OnePerClick),
        Ok(v1::DedupePolicy::Every) => Ok(DedupePolicy::Every),
        Err(_) => Err("is not a value of DedupePolicy".to_owned()),
    }
}

fn parse_transaction_scope(number: i32) -> Result<TransactionScope, String> {
    match v1::TransactionScope::try_from(number) {
        Ok(v1::TransactionScope::Unspecified | v1::TransactionScope::PerClick) => {
            Ok(TransactionScope::PerClick)
        }
        Ok(v1::TransactionScope::PerCode) => Ok(TransactionScope::PerCode),
        Err(_) => Err("is not a value of TransactionScope".to_owned()),
    }
}

fn parse_update_policy(number: i32) -> Result<UpdatePolicy, String> {
    match v1::UpdatePolicy::try_from(number) {
        Ok(v1::UpdatePolicy::Unspecified | v1::UpdatePolicy::Status) => Ok(UpdatePolicy::Status),
        Ok(v1::UpdatePolicy::None) => Ok(UpdatePolicy::None),
        Ok(v1::UpdatePolicy::StatusAndAmounts) => Ok(UpdatePolicy::StatusAndAmounts),
        Err(_) => Err("is not a value of UpdatePolicy".to_owned()),
    }
}

fn parse_reply(reply: Option<ReplySetting>) -> Result<(ReplyMode, String), String> {
    let ReplySetting { mode, text } = reply.unwrap_or_default();
    let mode = match v1::ReplyMode::try_from(mode) {
        Ok(v1::ReplyMode::Unspecified | v1::ReplyMode::ByVerdict) => ReplyMode::ByVerdict,
        Ok(v1::ReplyMode::AlwaysOk) => ReplyMode::AlwaysOk,
        Ok(v1::ReplyMode::FixedText) => ReplyMode::FixedText,
        Err(_) => return Err("mode is not a value of ReplyMode".to_owned()),
    };
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    match (mode, text.len()) {
        (ReplyMode::FixedText, 1..=REPLY_TEXT_BYTES_MAX) if printable => Ok((mode, text)),
        (ReplyMode::FixedText, _) => {
            Err(format!("text must be 1 to {REPLY_TEXT_BYTES_MAX} characters of printable ASCII"))
        }
        (_, 0) => Ok((mode, text)),
        _ => Err("text is for REPLY_MODE_FIXED_TEXT only".to_owned()),
    }
}

impl DecimalSeparator {
    /// Parses the number of a separator. `None` if it is unspecified.
    pub fn parse(number: i32) -> Result<Option<Self>, String> {
        match v1::DecimalSeparator::try_from(number) {
            Ok(v1::DecimalSeparator::Unspecified) => Ok(None),
            Ok(v1::DecimalSeparator::Auto) => Ok(Some(Self::Auto)),
            Ok(v1::DecimalSeparator::Point) => Ok(Some(Self::Point)),
            Ok(v1::DecimalSeparator::Comma) => Ok(Some(Self::Comma)),
            Err(_) => Err("is not a value of DecimalSeparator".to_owned()),
        }
    }

    pub fn to_proto(self) -> v1::DecimalSeparator {
        match self {
            Self::Auto => v1::DecimalSeparator::Auto,
            Self::Point => v1::DecimalSeparator::Point,
            Self::Comma => v1::DecimalSeparator::Comma,
        }
    }
}

impl From<ConversionCode> for v1::ConversionCode {
    fn from(code: ConversionCode) -> Self {
        let state = if code.archived { ConversionCodeState::Archived } else { ConversionCodeState::Active };
        Self {
            id: code.id.to_string(),
            reply: Some(code.reply()),
            postback_authentication: Some(code.checks()),
            archive_time: code.archived_since().map(Time::to_proto),
            name: code.name,
            default_currency: code.default_currency.to_string(),
            attribution_window: Some(code.attribution_window.to_proto()),
            dedupe_policy: match code.dedupe_policy {
                DedupePolicy::OnePerClick => v1::DedupePolicy::OnePerClick,
                DedupePolicy::Every => v1::DedupePolicy::Every,
            }
            .into(),
            preset_id: code.preset_id.to_string(),
            default_status: code.default_status.to_proto().into(),
            decimal_separator: code.decimal_separator.to_proto().into(),
            update_policy: match code.update_policy {
                UpdatePolicy::None => v1::UpdatePolicy::None,
                UpdatePolicy::Status => v1::UpdatePolicy::Status,
                UpdatePolicy::StatusAndAmounts => v1::UpdatePolicy::StatusAndAmounts,
            }
            .into(),
            transaction_scope: match code.transaction_scope {
                TransactionScope::PerClick => v1::TransactionScope::PerClick,
                TransactionScope::PerCode => v1::TransactionScope::PerCode,
            }
            .into(),
            state: state.into(),
            create_time: Some(code.created_at.to_proto()),
            update_time: Some(code.updated_at.to_proto()),
        }
    }
}

impl ConversionCode {
    /// Returns the checks of senders as a message, without any secret.
    fn checks(&self) -> PostbackAuthentication {
        let mode = |mode| {
            i32::from(match mode {
                CheckMode::Off => v1::CheckMode::Off,
                CheckMode::Report => v1::CheckMode::Report,
                CheckMode::Enforce => v1::CheckMode::Enforce,
            })
        };
        PostbackAuthentication {
            secret_check: mode(self.secret_check),
            signature_check: mode(self.signature_check),
            address_check: mode(self.address_check),
            https_check: mode(self.https_check),
            allowed_addresses: self.allowed_addresses.texts(),
            has_secret: !self.secret.is_none(),
            former_secret_expire_time: self.former_secret_expires_at.map(Time::to_proto),
        }
    }

    /// Returns the rule for replies to the code's postbacks, as a message.
    pub fn reply(&self) -> ReplySetting {
        let mode = match self.reply_mode {
            ReplyMode::ByVerdict => v1::ReplyMode::ByVerdict,
            ReplyMode::AlwaysOk => v1::ReplyMode::AlwaysOk,
            ReplyMode::FixedText => v1::ReplyMode::FixedText,
        };
        ReplySetting { mode: mode.into(), text: self.reply_text.clone() }
    }
}

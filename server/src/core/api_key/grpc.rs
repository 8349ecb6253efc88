//! `ApiKeyService`: translation between its messages and commands.

use std::sync::Arc;

use s2s_sdk::v1::{
    self, ApiKeyScope, ApiKeyState, CreateApiKeyRequest, CreateApiKeyResponse, GetApiKeyRequest,
    GetApiKeyResponse, ListApiKeysRequest, ListApiKeysResponse, RevokeApiKeyRequest, RevokeApiKeyResponse,
    RotateApiKeyRequest, RotateApiKeyResponse,
    api_key_service_server::{ApiKeyService, ApiKeyServiceServer},
};
use tonic::{Request, Response, Status};

use super::{
    ApiKey, ApiKeyId, Create, LIST_KEY_BYTES, OVERLAP_SECONDS_DEFAULT, OVERLAP_SECONDS_MAX, State, parse_id,
};
use crate::{
    api::{Caller, Scopes},
    core::{App, account},
    error::{Result, Violations},
    page::PageRequest,
    values::api_key_text::KeyText,
    values::{
        id::{AccountId, PartnerId, RequestKey},
        text::parse_name,
        time::{Span, Time},
    },
};

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> ApiKeyServiceServer<Service> {
    ApiKeyServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl ApiKeyService for Service {
    async fn create_api_key(
        &self,
        request: Request<CreateApiKeyRequest>,
    ) -> Result<Response<CreateApiKeyResponse>, Status> {
        let caller = Caller::of(&request);
        let create = parse_create(request.into_inner(), self.0.now())?;
        let (key, text) = super::create(&self.0, caller, create).await?;
        let api_key = Some(key.into_proto(self.0.now()));
        Ok(Response::new(CreateApiKeyResponse { api_key, key_text: revealed(text) }))
    }

    async fn get_api_key(
        &self,
        request: Request<GetApiKeyRequest>,
    ) -> Result<Response<GetApiKeyResponse>, Status> {
        let tenant = Caller::of(&request).governs();
        let key = super::get(&self.0, tenant, parse_id(&request.get_ref().api_key_id)?).await?;
        Ok(Response::new(GetApiKeyResponse { api_key: Some(key.into_proto(self.0.now())) }))
    }

    async fn list_api_keys(
        &self,
        request: Request<ListApiKeysRequest>,
    ) -> Result<Response<ListApiKeysResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let (account, page) = parse_list(caller, &request)?;
        let keys = super::list(&self.0, caller, account, request.show_revoked, &page).await?;
        let now = self.0.now();
        let (api_keys, next_page_token) = keys.into_messages(|key| key.into_proto(now));
        Ok(Response::new(ListApiKeysResponse { api_keys, next_page_token }))
    }

    async fn rotate_api_key(
        &self,
        request: Request<RotateApiKeyRequest>,
    ) -> Result<Response<RotateApiKeyResponse>, Status> {
        let caller = Caller::of(&request);
        let (id, overlap, validate_only) = parse_rotate(request.get_ref())?;
        let (key, text) = super::rotate(&self.0, caller, id, overlap, validate_only).await?;
        let api_key = Some(key.into_proto(self.0.now()));
        Ok(Response::new(RotateApiKeyResponse { api_key, key_text: revealed(text) }))
    }

    async fn revoke_api_key(
        &self,
        request: Request<RevokeApiKeyRequest>,
    ) -> Result<Response<RevokeApiKeyResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let key =
            super::revoke(&self.0, caller, parse_id(&request.api_key_id)?, request.validate_only).await?;
        Ok(Response::new(RevokeApiKeyResponse { api_key: Some(key.into_proto(self.0.now())) }))
    }
}

fn revealed(text: Option<KeyText>) -> String {
    text.map(|text| text.reveal().to_owned()).unwrap_or_default()
}

fn parse_create(mut request: CreateApiKeyRequest, now: Time) -> Result<Create> {
    let mut violations = Violations::default();
    // A dry run must have the digest of the real request, so `validate_only` is not part of it.
    let validate_only = std::mem::take(&mut request.validate_only);
    let key = violations.check("request_id", RequestKey::parse(&request.request_id, &request));
    let api_key = request.api_key.unwrap_or_default();
    let account = parse_account(&api_key.account_id)?;
    let name = violations.check("api_key.name", parse_name(&api_key.name));
    let scopes = violations.check("api_key.scopes", parse_scopes(&api_key.scopes));
    let partner = scopes.map(|scopes| parse_partner(&api_key.partner_id, scopes));
    let partner = partner.and_then(|partner| violations.check("api_key.partner_id", partner));
    let expires_at = violations.check("api_key.expire_time", parse_expiry(api_key.expire_time, now));
    match (key, name, scopes, partner, expires_at) {
        (Some(request), Some(name), Some(scopes), Some(partner), Some(expires_at)) => {
            Ok(Create { account, name, scopes, partner, expires_at, request, validate_only })
        }
        _ => Err(violations.into_error()),
    }
}

fn parse_list(
    caller: Caller,
    request: &ListApiKeysRequest,
) -> Result<(Option<AccountId>, PageRequest<LIST_KEY_BYTES>)> {
    let account = parse_account(&request.account_id)?;
    let (listed, filter) = (account.unwrap_or(caller.account), [u8::from(request.show_revoked)]);
    let page = PageRequest::parse("ListApiKeys", listed, request.page_size, &request.page_token, &[&filter])?;
    Ok((account, page))
}

fn parse_rotate(request: &RotateApiKeyRequest) -> Result<(ApiKeyId, Span, bool)> {
    let id = parse_id(&request.api_key_id)?;
    let mut violations = Violations::default();
    let overlap = violations.check("overlap", parse_overlap(request.overlap));
    overlap.map(|overlap| (id, overlap, request.validate_only)).ok_or_else(|| violations.into_error())
}

fn parse_account(text: &str) -> Result<Option<AccountId>> {
    if text.is_empty() { Ok(None) } else { account::parse_id(text).map(Some) }
}

fn parse_scopes(numbers: &[i32]) -> Result<Scopes, String> {
    let mut scopes = Scopes::NONE;
    for number in numbers {
        let scope = match ApiKeyScope::try_from(*number) {
            Ok(ApiKeyScope::Read) => Scopes::READ,
            Ok(ApiKeyScope::Write) => Scopes::WRITE,
            Ok(ApiKeyScope::Record) => Scopes::RECORD,
            Ok(ApiKeyScope::Admin) => Scopes::ADMIN,
            Ok(ApiKeyScope::Edge) => Scopes::EDGE,
            Ok(ApiKeyScope::Partner) => Scopes::PARTNER,
            Ok(ApiKeyScope::Unspecified) | Err(_) => return Err("contains an unknown scope".to_owned()),
        };
        if scopes.meets(scope) {
            return Err(format!("names {scope} twice"));
        }
        scopes = scopes.or(scope);
    }
    match scopes {
        Scopes::NONE => Err("must name at least one scope".to_owned()),
        // A key with `edge` sees the clicks and conversions of all accounts, and a key with `partner` only
        // those of a partner. Any other key sees the ones of its own account. So these two can't be
        // combined with other scopes.
        _ => match [Scopes::EDGE, Scopes::PARTNER].into_iter().find(|alone| scopes.meets(*alone)) {
            Some(alone) if scopes != alone => Err(format!("{alone} must be the only scope")),
            _ => Ok(scopes),
        },
    }
}

fn parse_partner(text: &str, scopes: Scopes) -> Result<Option<PartnerId>, String> {
    match (scopes.meets(Scopes::PARTNER), text.is_empty()) {
        (true, true) => Err(format!("is mandatory for a key with {}", Scopes::PARTNER)),
        (false, false) => Err(format!("must be empty for a key without {}", Scopes::PARTNER)),
        (false, true) => Ok(None),
        (true, false) => text.parse().map(Some),
    }
}

fn parse_expiry(time: Option<prost_types::Timestamp>, now: Time) -> Result<Option<Time>, String> {
    let time = time.as_ref().map(Time::from_proto).transpose()?;
    if time.is_some_and(|time| time <= now) { Err("must be in the future".to_owned()) } else { Ok(time) }
}

fn parse_overlap(duration: Option<prost_types::Duration>) -> Result<Span, String> {
    let Some(duration) = duration else { return Ok(Span::from_seconds(OVERLAP_SECONDS_DEFAULT)) };
    if duration.nanos == 0 && (0..=OVERLAP_SECONDS_MAX).contains(&duration.seconds) {
        Ok(Span::from_seconds(duration.seconds))
    } else {
        Err("must be whole seconds, from 0 seconds to 30 days".to_owned())
    }
}

impl ApiKey {
    fn into_proto(self, now: Time) -> v1::ApiKey {
        let state = match self.state(now) {
            State::Active => ApiKeyState::Active,
            State::Expired => ApiKeyState::Expired,
            State::Revoked => ApiKeyState::Revoked,
        };
        let scope = |one| match one {
            Scopes::READ => ApiKeyScope::Read,
            Scopes::WRITE => ApiKeyScope::Write,
            Scopes::RECORD => ApiKeyScope::Record,
            Scopes::ADMIN => ApiKeyScope::Admin,
            Scopes::EDGE => ApiKeyScope::Edge,
            _ => ApiKeyScope::Partner,
        };
        v1::ApiKey {
            id: self.id.to_string(),
            account_id: self.account_id.to_string(),
            scopes: self.scopes.iter().map(|one| scope(one).into()).collect(),
            name: self.name,
            expire_time: self.expires_at.map(Time::to_proto),
            state: state.into(),
            last_use_time: self.last_used_at.map(Time::to_proto),
            revoke_time: self.revoked_at.map(Time::to_proto),
            create_time: Some(self.created_at.to_proto()),
            rotate_time: self.rotated_at.map(Time::to_proto),
            partner_id: self.partner_id.map(|id| id.to_string()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_named_once_and_two_are_never_combined() {
        for (numbers, expected) in [
            (vec![1], Some("`read`")),
            (vec![3, 1, 2, 4], Some("`read`, `write`, `record`, `admin`")),
            (vec![5], Some("`edge`")),
            (vec![], None),
            (vec![0], None),
            (vec![6], Some("`partner`")),
            (vec![6, 1], None),
            (vec![7], None),
            (vec![1, 1], None),
            (vec![5, 3], None),
        ] {
            let scopes = parse_scopes(&numbers).ok().map(|scopes| scopes.to_string());
            assert_eq!(scopes.as_deref(), expected, "{numbers:?}");
        }
    }

    #[test]
    fn overlaps_and_expiries_have_limits() {
        let seconds = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
        for (overlap, ok) in
            [(None, true), (seconds(0), true), (seconds(30 * 86_400), true), (seconds(-1), false)]
        {
            assert_eq!(parse_overlap(overlap).is_ok(), ok, "{overlap:?}");
        }
        assert!(parse_overlap(seconds(30 * 86_400 + 1)).is_err());
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let now = Time::from_micros(5_000_000);
        for (expiry, ok) in [(None, true), (time(6), true), (time(5), false), (time(-1), false)] {
            assert_eq!(parse_expiry(expiry, now).is_ok(), ok, "{expiry:?}");
        }
    }
}

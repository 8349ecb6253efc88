//! `PartnerService`: translation between its messages and commands.

use std::sync::Arc;

use s2s_sdk::v1::{
    self, ArchivePartnerRequest, ArchivePartnerResponse, CreatePartnerRequest, CreatePartnerResponse,
    GetPartnerRequest, GetPartnerResponse, ListPartnersRequest, ListPartnersResponse, Money, PartnerState,
    UnarchivePartnerRequest, UnarchivePartnerResponse, UpdatePartnerRequest, UpdatePartnerResponse,
    partner_service_server::{PartnerService, PartnerServiceServer},
};
use tonic::{Request, Response, Status};

use super::{Create, DAYS_MAX, Edit, ExternalId, LIST_KEY_BYTES, PAYEE_BYTES_MAX, Partner, parse_id};
use crate::{
    api::{self, Caller},
    core::App,
    error::{Result, Violations},
    page::PageRequest,
    values::{
        id::{AccountId, PartnerId, RequestKey},
        money::{Amount, Currency, parse_money},
        text::parse_name,
        time::Time,
    },
};

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> PartnerServiceServer<Service> {
    PartnerServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl PartnerService for Service {
    async fn create_partner(
        &self,
        request: Request<CreatePartnerRequest>,
    ) -> Result<Response<CreatePartnerResponse>, Status> {
        let account = api::account(&request);
        let partner = super::create(&self.0, account, parse_create(request.into_inner())?).await?;
        Ok(Response::new(CreatePartnerResponse { partner: Some(partner.into()) }))
    }

    async fn get_partner(
        &self,
        request: Request<GetPartnerRequest>,
    ) -> Result<Response<GetPartnerResponse>, Status> {
        let caller = Caller::of(&request);
        let id = caller.partner(&request.get_ref().partner_id)?;
        let partner = super::get(&self.0, caller.account, id).await?;
        Ok(Response::new(GetPartnerResponse { partner: Some(partner.into()) }))
    }

    async fn list_partners(
        &self,
        request: Request<ListPartnersRequest>,
    ) -> Result<Response<ListPartnersResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let page = parse_list(account, &request)?;
        let partners = super::list(&self.0, account, request.show_archived, &page).await?;
        let (partners, next_page_token) = partners.into_messages(v1::Partner::from);
        Ok(Response::new(ListPartnersResponse { partners, next_page_token }))
    }

    async fn update_partner(
        &self,
        request: Request<UpdatePartnerRequest>,
    ) -> Result<Response<UpdatePartnerResponse>, Status> {
        let account = api::account(&request);
        let (id, edits, validate_only) = parse_update(request.into_inner())?;
        let partner = super::update(&self.0, account, id, edits, validate_only).await?;
        Ok(Response::new(UpdatePartnerResponse { partner: Some(partner.into()) }))
    }

    async fn archive_partner(
        &self,
        request: Request<ArchivePartnerRequest>,
    ) -> Result<Response<ArchivePartnerResponse>, Status> {
        let account = api::account(&request);
        let ArchivePartnerRequest { partner_id, validate_only } = request.into_inner();
        let now = self.0.now();
        let archive: Edit = Box::new(move |partner| {
            partner.archived_at.get_or_insert(now);
        });
        let id = parse_id(&partner_id)?;
        let partner = super::update(&self.0, account, id, vec![archive], validate_only).await?;
        Ok(Response::new(ArchivePartnerResponse { partner: Some(partner.into()) }))
    }

    async fn unarchive_partner(
        &self,
        request: Request<UnarchivePartnerRequest>,
    ) -> Result<Response<UnarchivePartnerResponse>, Status> {
        let account = api::account(&request);
        let UnarchivePartnerRequest { partner_id, validate_only } = request.into_inner();
        let unarchive: Edit = Box::new(|partner| partner.archived_at = None);
        let id = parse_id(&partner_id)?;
        let partner = super::update(&self.0, account, id, vec![unarchive], validate_only).await?;
        Ok(Response::new(UnarchivePartnerResponse { partner: Some(partner.into()) }))
    }
}

/// Fields of a partner that a caller can set and change.
const FIELDS: [&str; 6] =
    ["name", "external_id", "payee", "minimum_payout", "hold_days", "approve_after_days"];

fn parse_create(mut request: CreatePartnerRequest) -> Result<Create> {
    let mut violations = Violations::default();
    // A dry run must have the digest of the real request, so `validate_only` is not part of it.
    let validate_only = std::mem::take(&mut request.validate_only);
    let key = violations.check("request_id", RequestKey::parse(&request.request_id, &request));
    let partner = request.partner.unwrap_or_default();
    let edits = FIELDS.iter().filter_map(|path| parse_field(path, &partner, &mut violations)).collect();
    match key {
        Some(request) if violations.is_empty() => Ok(Create { edits, request, validate_only }),
        _ => Err(violations.into_error()),
    }
}

fn parse_list(account: AccountId, request: &ListPartnersRequest) -> Result<PageRequest<LIST_KEY_BYTES>> {
    let filter: [&[u8]; 1] = [&[u8::from(request.show_archived)]];
    PageRequest::parse("ListPartners", account, request.page_size, &request.page_token, &filter)
}

fn parse_update(request: UpdatePartnerRequest) -> Result<(PartnerId, Vec<Edit>, bool)> {
    let partner = request.partner.unwrap_or_default();
    let id = parse_id(&partner.id)?;
    let mut violations = Violations::default();
    let paths = violations.check_mask(request.update_mask, &FIELDS);
    let edits = paths.iter().filter_map(|path| parse_field(path, &partner, &mut violations)).collect();
    if violations.is_empty() { Ok((id, edits, request.validate_only)) } else { Err(violations.into_error()) }
}

/// Parses the value of one of `FIELDS`.
fn parse_field(path: &str, partner: &v1::Partner, violations: &mut Violations) -> Option<Edit> {
    let edit = || -> Result<Edit, String> {
        Ok(match path {
            "name" => {
                let name = parse_name(&partner.name)?;
                Box::new(move |row| row.name = name)
            }
            "external_id" => {
                let external_id = ExternalId::parse(&partner.external_id)?;
                Box::new(move |row| row.external_id = external_id)
            }
            "payee" => {
                let payee = parse_payee(&partner.payee)?;
                Box::new(move |row| row.payee = payee)
            }
            "minimum_payout" => {
                let minimum = partner.minimum_payout.as_ref().map(parse_minimum).transpose()?;
                Box::new(move |row| (row.minimum_payout, row.payout_currency) = minimum.unzip())
            }
            "hold_days" => {
                let days = parse_days(partner.hold_days)?;
                Box::new(move |row| row.hold_days = days)
            }
            "approve_after_days" => {
                let days = parse_days(partner.approve_after_days)?;
                Box::new(move |row| row.approve_after_days = days)
            }
            _ => return Err("can't be set".to_owned()),
        })
    };
    violations.check(&format!("partner.{path}"), edit())
}

fn parse_payee(text: &str) -> Result<String, String> {
    if text.len() <= PAYEE_BYTES_MAX && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(format!("must have at most {PAYEE_BYTES_MAX} bytes, without NUL"))
}

fn parse_minimum(money: &Money) -> Result<(Amount, Currency), String> {
    let (amount, currency) = parse_money(money)?;
    let currency = currency.ok_or("must have a currency_code, the currency in which the partner is paid")?;
    Ok((amount, currency))
}

fn parse_days(days: i32) -> Result<i16, String> {
    let days = i16::try_from(days).ok().filter(|days| (0..=DAYS_MAX).contains(days));
    days.ok_or_else(|| format!("must be 0 to {DAYS_MAX}"))
}

impl From<Partner> for v1::Partner {
    fn from(partner: Partner) -> Self {
        let state = if partner.archived_at.is_some() { PartnerState::Archived } else { PartnerState::Active };
        let minimum = partner.minimum_payout.zip(partner.payout_currency);
        Self {
            id: partner.id.to_string(),
            name: partner.name,
            external_id: partner.external_id.map(|id| id.as_str().to_owned()).unwrap_or_default(),
            payee: partner.payee,
            minimum_payout: minimum.map(|(amount, currency)| amount.to_proto(currency)),
            hold_days: partner.hold_days.into(),
            approve_after_days: partner.approve_after_days.into(),
            state: state.into(),
            create_time: Some(partner.created_at.to_proto()),
            update_time: Some(partner.updated_at.to_proto()),
            archive_time: partner.archived_at.map(Time::to_proto),
        }
    }
}

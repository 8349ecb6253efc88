//! `ClickService`: translation between its messages and commands.

use std::{net::IpAddr, sync::Arc};

use s2s_sdk::v1::{
    self, ClickFlag, GetClickRequest, GetClickResponse, ListClickIdKeysRequest, ListClickIdKeysResponse,
    ListClicksRequest, ListClicksResponse, RecordClickRequest, RecordClickResponse,
    click_service_server::{ClickService, ClickServiceServer},
};
use tonic::{Request, Response, Status};

use super::{Click, Minting, Visit};
use crate::{
    api,
    core::{
        App,
        tracking_link::{TrackingLinkId, parse_id},
    },
    error::{Result, Violations},
    page::PageRequest,
    values::click_id::SignedClickId,
    values::limits::QUERY_BYTES_MAX,
    values::limits::REFERRER_BYTES_MAX,
    values::limits::USER_AGENT_BYTES_MAX,
    values::sub_ids::SUB_ID_CHARS_MAX,
    values::sub_ids::SubIds,
    values::{id::request_id_bytes, text::truncate, time::Time},
};

pub struct Service(pub Arc<App>);

pub fn service(app: Arc<App>) -> ClickServiceServer<Service> {
    ClickServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl ClickService for Service {
    async fn record_click(
        &self,
        request: Request<RecordClickRequest>,
    ) -> Result<Response<RecordClickResponse>, Status> {
        let tenant = api::tenant(&request);
        let (link, minting, visit, validate_only) = parse_record(request.into_inner())?;
        let recorded = super::record(&self.0, tenant, link, minting, visit, validate_only).await?;
        Ok(Response::new(RecordClickResponse {
            click: Some(recorded.click.into_proto(&self.0)),
            redirect_url: recorded.redirect_url.unwrap_or_default(),
        }))
    }

    async fn get_click(
        &self,
        request: Request<GetClickRequest>,
    ) -> Result<Response<GetClickResponse>, Status> {
        let account = api::account(&request);
        let click = super::get(&self.0, account, &request.get_ref().click_id).await?;
        Ok(Response::new(GetClickResponse { click: Some(click.into_proto(&self.0)) }))
    }

    async fn list_clicks(
        &self,
        request: Request<ListClicksRequest>,
    ) -> Result<Response<ListClicksResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let link = parse_id(&request.tracking_link_id)?;
        let page = PageRequest::parse(
            "ListClicks",
            account,
            request.page_size,
            &request.page_token,
            &[link.0.as_bytes()],
        )?;
        let (clicks, next_page_token) = super::list(&self.0, account, link, &page).await?;
        let clicks = clicks.into_iter().map(|click| click.into_proto(&self.0)).collect();
        Ok(Response::new(ListClicksResponse { clicks, next_page_token }))
    }

    async fn list_click_id_keys(
        &self,
        _: Request<ListClickIdKeysRequest>,
    ) -> Result<Response<ListClickIdKeysResponse>, Status> {
        let click_id_keys = self
            .0
            .click_id_keys
            .iter()
            .map(|key| v1::ClickIdKey { key_id: key.key_id.number().into(), secret: key.secret.to_vec() })
            .collect();
        Ok(Response::new(ListClickIdKeysResponse { click_id_keys, core_time: Some(self.0.now().to_proto()) }))
    }
}

fn parse_record(request: RecordClickRequest) -> Result<(TrackingLinkId, Minting, Visit, bool)> {
    let link = parse_id(&request.tracking_link_id)?;
    let mut violations = Violations::default();
    let request_id = violations.check("request_id", request_id_bytes(&request.request_id)).flatten();
    let time = request.click_time.as_ref().map(Time::from_proto).transpose();
    let time = violations.check("click_time", time).flatten();
    if request_id.is_some() && time.is_none() {
        violations.add("request_id", "needs click_time");
    }
    if !request.click_id.is_empty() && (time.is_some() || request_id.is_some()) {
        violations.add("click_id", "can't be combined with click_time or request_id");
    }
    let sub_ids = violations.check("sub_ids", parse_sub_ids(request.sub_ids.unwrap_or_default()));
    let address = (!request.address.is_empty()).then(|| request.address.parse::<IpAddr>()).transpose();
    let address =
        violations.check("address", address.map_err(|_| "must be an IPv4 or IPv6 address".to_owned()));
    match (sub_ids, address) {
        (Some(sub_ids), Some(address)) if violations.is_empty() => {
            let minting = if request.click_id.is_empty() {
                Minting::Ours { time, request_id }
            } else {
                Minting::Done(request.click_id)
            };
            let visit = Visit {
                sub_ids,
                query: truncate(request.query, QUERY_BYTES_MAX),
                referrer: truncate(request.referrer, REFERRER_BYTES_MAX),
                user_agent: truncate(request.user_agent, USER_AGENT_BYTES_MAX),
                address,
            };
            Ok((link, minting, visit, request.validate_only))
        }
        _ => Err(violations.into_error()),
    }
}

fn parse_sub_ids(sub_ids: v1::SubIds) -> Result<SubIds, String> {
    let v1::SubIds { sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10 } = sub_ids;
    let values = [sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10];
    if values.iter().any(|value| value.chars().count() > SUB_ID_CHARS_MAX) {
        return Err(format!("must be at most {SUB_ID_CHARS_MAX} characters each"));
    }
    Ok(SubIds(values))
}

impl From<SubIds> for v1::SubIds {
    fn from(SubIds(values): SubIds) -> Self {
        let [sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10] = values;
        Self { sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10 }
    }
}

impl Click {
    pub fn into_proto(self, app: &App) -> v1::Click {
        let signed = SignedClickId { key_id: self.key_id, id: self.click_id };
        v1::Click {
            click_id: app.click_id_keys.write(signed, self.account_id),
            tracking_link_id: self.link_id.to_string(),
            click_time: Some(self.click_id.time().to_proto()),
            sub_ids: Some(self.sub_ids.into()),
            query: self.query,
            referrer: self.referrer,
            user_agent: self.user_agent,
            address: self.address,
            flags: if self.bot { vec![ClickFlag::Bot.into()] } else { Vec::new() },
        }
    }
}

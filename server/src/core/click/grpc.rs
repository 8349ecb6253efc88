//! Clicks: translation between messages and commands.

use std::net::IpAddr;

use s2s_sdk::v1::{
    self, GetClickRequest, GetClickResponse, ListClicksRequest, ListClicksResponse, RecordClickRequest,
    RecordClickResponse,
};
use tonic::Request;
use url::Url;

use super::{Click, ClickFlags, Minting, Visit};
use crate::{
    api::{self, Caller, Tenant},
    core::{
        App,
        tracking_link::{TrackingLinkId, parse_id},
    },
    error::{Result, Violations},
    page::PageRequest,
    values::{
        click_id::SignedClickId,
        id::request_id_bytes,
        limits::{QUERY_BYTES_MAX, REFERRER_BYTES_MAX, USER_AGENT_BYTES_MAX},
        sub_ids::SubIds,
        text::truncate,
        time::Time,
    },
};

/// `ClickService.RecordClick`.
pub async fn record_click(app: &App, request: Request<RecordClickRequest>) -> Result<RecordClickResponse> {
    let (tenant, is_edge) = (api::tenant(&request), Caller::of(&request).is_edge());
    let (link, minting, visit, validate_only) = parse_record(request.into_inner(), is_edge)?;
    let recorded = super::record(app, tenant, link, minting, visit, validate_only).await?;
    Ok(RecordClickResponse {
        click: Some(recorded.click.into_proto(app)),
        redirect_url: recorded.redirect_url.unwrap_or_default(),
    })
}

/// `ClickService.RecordClick` by the edge in this process, which needs no answer.
pub async fn record_of_edge(app: &App, request: RecordClickRequest) -> Result<()> {
    let (link, minting, visit, validate_only) = parse_record(request, true)?;
    super::record(app, Tenant::All, link, minting, visit, validate_only).await.map(|_| ())
}

/// `ClickService.GetClick`.
pub async fn get_click(app: &App, request: Request<GetClickRequest>) -> Result<GetClickResponse> {
    let account = api::account(&request);
    let click = super::get(app, account, &request.get_ref().click_id).await?;
    Ok(GetClickResponse { click: Some(click.into_proto(app)) })
}

/// `ClickService.ListClicks`.
pub async fn list_clicks(app: &App, request: Request<ListClicksRequest>) -> Result<ListClicksResponse> {
    let account = api::account(&request);
    let request = request.into_inner();
    let link = parse_id(&request.tracking_link_id)?;
    let without = ClickFlags::from_proto(&request.without_flags);
    let filter: [&[u8]; 2] = [link.0.as_bytes(), &without.to_bytes()];
    let page = PageRequest::parse("ListClicks", account, request.page_size, &request.page_token, &filter)?;
    let clicks = super::list(app, account, link, without, &page).await?;
    let (clicks, next_page_token) = clicks.into_messages(|click| click.into_proto(app));
    Ok(ListClicksResponse { clicks, next_page_token })
}

fn parse_record(
    request: RecordClickRequest,
    is_edge: bool,
) -> Result<(TrackingLinkId, Minting, Visit, bool)> {
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
    if is_edge && request.click_id.is_empty() {
        violations.add("click_id", "is mandatory for an edge: it has minted the id");
    }
    let sub_ids = violations.check("sub_ids", SubIds::from_proto(request.sub_ids));
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
                flags: ClickFlags::from_proto(&request.flags),
            };
            Ok((link, minting, visit, request.validate_only))
        }
        _ => Err(violations.into_error()),
    }
}

impl Click {
    /// The host of the referrer, in lower case; empty if it has none.
    pub fn referrer_host(&self) -> String {
        host(&self.referrer)
    }

    pub fn into_proto(self, app: &App) -> v1::Click {
        let signed = SignedClickId { key_id: self.key_id, id: self.click_id };
        v1::Click {
            id: app.click_id_keys.write(signed, self.account_id),
            referrer_host: self.referrer_host(),
            tracking_link_id: self.link_id.to_string(),
            click_time: Some(self.click_id.time().to_proto()),
            sub_ids: self.sub_ids.into_proto(),
            query: self.query,
            referrer: self.referrer,
            user_agent: self.user_agent,
            address: self.address,
            flags: self.flags.to_proto(),
            country: self.country.text(),
            device: self.device.kind(),
            os: self.device.system().to_owned(),
            browser: self.device.browser().to_owned(),
        }
    }
}

fn host(referrer: &str) -> String {
    let host = Url::parse(referrer).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase));
    host.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referrer_has_a_host() {
        for (referrer, expected) in [
            ("https://News.Example:8443/a?b=c", "news.example"),
            ("http://user:secret@a.example", "a.example"),
            ("https://bücher.example/", "xn--bcher-kva.example"),
            ("https://[2001:db8::1]/", "[2001:db8::1]"),
            ("android-app://com.Google.android.gm/", "com.google.android.gm"),
            ("about:blank", ""),
            ("a.example/page", ""),
            ("https://", ""),
            ("", ""),
        ] {
            assert_eq!(host(referrer), expected, "{referrer}");
        }
    }
}

//! `ConversionService.ListPartnerConversions`: the conversions of a partner, as the partner may see
//! them. It does not see their value, their commission and their parameters.

use std::collections::HashMap;

use s2s_sdk::v1::{ListPartnerConversionsRequest, ListPartnerConversionsResponse, PartnerConversion};
use tonic::Request;

use super::{Conversion, ConversionId, LIST_KEY_BYTES, store};
use crate::{
    api::Caller,
    core::{App, click, ledger, scan::scan},
    error::{Result, Violations},
    page::PageRequest,
    values::{
        click_id::{ClickId, SignedClickId},
        id::{AccountId, PartnerId},
        sub_ids::SubIds,
        time::Time,
    },
};

/// The times between which conversions were recorded: the first inclusive, the second exclusive.
type Times = [Option<Time>; 2];

pub async fn list(
    app: &App,
    request: Request<ListPartnerConversionsRequest>,
) -> Result<ListPartnerConversionsResponse> {
    let caller = Caller::of(&request);
    let request = request.into_inner();
    let partner = caller.partner(&request.partner_id)?;
    let (times, page) = parse(caller.account, partner, &request)?;
    let found = scan(app, caller.account, async |db| {
        let page = ledger::conversions(db, caller.account, partner, times, &page).await?;
        let ids = page.rows().map(|(_, click, serial)| ConversionId { click: *click, serial: *serial });
        let rows = store::find_these(db, &ids.collect::<Vec<_>>()).await?;
        let sub_ids = click::sub_ids(db, rows.values().map(|conversion| conversion.click_id)).await?;
        Ok((page, rows, sub_ids))
    });
    let (page, rows, sub_ids) = found.await?;
    if let Some(newest) = rows.values().map(|conversion| conversion.key_id).max() {
        app.click_id_keys.learn(newest).await?;
    }
    let (listed, next_page_token) = page.into_messages(|(_, click, serial)| {
        let found = rows.get(&ConversionId { click, serial }).cloned();
        found.map(|conversion| conversion.into_partners(app, &sub_ids)).unwrap_or_default()
    });
    // A conversion that retention has deleted meanwhile is not listed.
    let conversions = listed.into_iter().filter(|conversion| !conversion.id.is_empty()).collect();
    Ok(ListPartnerConversionsResponse { conversions, next_page_token })
}

fn parse(
    account: AccountId,
    partner: PartnerId,
    request: &ListPartnerConversionsRequest,
) -> Result<(Times, PageRequest<LIST_KEY_BYTES>)> {
    let mut violations = Violations::default();
    let start = request.start_time.as_ref().map(Time::from_proto).transpose();
    let start = violations.check("start_time", start);
    let end = request.end_time.as_ref().map(Time::from_proto).transpose();
    let end = violations.check("end_time", end);
    let (Some(start), Some(end)) = (start, end) else { return Err(violations.into_error()) };
    let times = [start, end];
    let filter = times.map(|time| time.map(|time| time.micros().to_be_bytes().to_vec()).unwrap_or_default());
    let [start, end] = filter.each_ref().map(Vec::as_slice);
    let key: [&[u8]; 3] = [partner.0.as_bytes(), start, end];
    let (size, token) = (request.page_size, request.page_token.as_str());
    Ok((times, PageRequest::parse("ListPartnerConversions", account, size, token, &key)?))
}

impl Conversion {
    /// The conversion as its partner may see it.
    fn into_partners(self, app: &App, sub_ids: &HashMap<ClickId, SubIds>) -> PartnerConversion {
        let signed = SignedClickId { key_id: self.key_id, id: self.click_id };
        PartnerConversion {
            id: self.id().to_string(),
            tracking_link_id: self.link_id.to_string(),
            click_id: app.click_id_keys.write(signed, self.account_id),
            status: self.standing().status.to_proto().into(),
            owed: self.owed().map(|owed| owed.to_proto(self.currency)),
            click_time: Some(self.click_id.time().to_proto()),
            conversion_time: Some(self.converted_at.to_proto()),
            create_time: Some(self.created_at.to_proto()),
            sub_ids: sub_ids.get(&self.click_id).cloned().unwrap_or_default().into_proto(),
        }
    }
}

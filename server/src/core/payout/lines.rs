//! The lines of a partner's ledger, as a list.

use s2s_sdk::v1::{ListPartnerLinesRequest, ListPartnerLinesResponse, PartnerLine};

use super::{entry, parse_id};
use crate::{
    api::Caller,
    core::{
        App,
        conversion::ConversionId,
        ledger::{self, LINES_KEY_BYTES, Line, Which},
        scan::scan,
    },
    error::{Result, Violations},
    page::PageRequest,
    values::{
        id::{AccountId, PartnerId},
        time::Time,
    },
};

pub async fn list(
    app: &App,
    caller: Caller,
    request: &ListPartnerLinesRequest,
) -> Result<ListPartnerLinesResponse> {
    let partner = caller.partner(&request.partner_id)?;
    let (which, page) = parse(caller.account, partner, request)?;
    let found = scan(app, caller.account, async |db| {
        let page = ledger::lines(db, caller.account, partner, which, &page).await?;
        let notes = entry::notes(db, page.rows()).await?;
        Ok((page, notes))
    });
    let (page, notes) = found.await?;
    let (lines, next_page_token) = page.into_messages(|line| {
        let note = notes.get(&entry::id(&line)).cloned();
        PartnerLine { note: note.unwrap_or_default(), ..line.into() }
    });
    Ok(ListPartnerLinesResponse { lines, next_page_token })
}

fn parse(
    account: AccountId,
    partner: PartnerId,
    request: &ListPartnerLinesRequest,
) -> Result<(Which, PageRequest<LINES_KEY_BYTES>)> {
    let which = match (request.payout_id.as_str(), request.unpaid) {
        ("", false) => Which::All,
        ("", true) => Which::Unpaid,
        (id, false) => Which::Payout(parse_id(id)?),
        (_, true) => {
            let mut violations = Violations::default();
            violations.add("unpaid", "can't be combined with `payout_id`: its lines are in the payout");
            return Err(violations.into_error());
        }
    };
    let filter: [&[u8]; 3] =
        [partner.0.as_bytes(), request.payout_id.as_bytes(), &[u8::from(request.unpaid)]];
    let (size, token) = (request.page_size, request.page_token.as_str());
    Ok((which, PageRequest::parse("ListPartnerLines", account, size, token, &filter)?))
}

impl From<Line> for PartnerLine {
    /// The line without the note of its entry.
    fn from(line: Line) -> Self {
        let conversion = ConversionId { click: line.click_id, serial: line.serial };
        let is_of_conversion = line.is_of_conversion();
        Self {
            conversion_id: if is_of_conversion { conversion.to_string() } else { String::new() },
            adjustment_number: line.number.max(0).into(),
            entry_id: if is_of_conversion { String::new() } else { entry::id(&line).to_string() },
            pending_delta: Some(line.pending_delta.to_proto(line.currency)),
            approved_delta: Some(line.approved_delta.to_proto(line.currency)),
            payout_id: line.payout_id.map(|id| id.to_string()).unwrap_or_default(),
            note: String::new(),
            due_time: line.due_at.map(Time::to_proto),
            effective_time: Some(line.effective_at.to_proto()),
            create_time: Some(line.created_at.to_proto()),
        }
    }
}

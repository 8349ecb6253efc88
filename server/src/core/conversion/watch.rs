//! The stream of conversions.

use std::sync::Arc;

use futures::stream::BoxStream;
use s2s_sdk::v1::{WatchConversionsRequest, WatchConversionsResponse, watch_conversions_response::Event};
use tonic::{Request, Status};

use super::{Conversion, ConversionId, Filter, grpc::parse_filter, store};
use crate::{
    api::Caller,
    core::{
        App, click, journal,
        watch::{self, Accounts, Form, Loaded, Subject},
    },
    db::journal::EntryKind,
    error::{Result, Violations},
    values::click_id::ClickId,
};

/// The messages of the stream.
pub type Watched = BoxStream<'static, Result<WatchConversionsResponse, Status>>;

const FORM: Form<s2s_sdk::v1::Conversion, Event, WatchConversionsResponse> = Form {
    shown: Event::Conversion,
    heartbeat: Event::Heartbeat,
    gap: Event::Gap,
    message: |event, resume_token, account_id| WatchConversionsResponse {
        event: Some(event),
        resume_token,
        account_id,
    },
};

/// `ConversionService.WatchConversions`.
pub async fn watch_conversions(app: &Arc<App>, request: Request<WatchConversionsRequest>) -> Result<Watched> {
    let caller = Caller::of(&request);
    let WatchConversionsRequest { filter, resume_token, all_accounts } = request.into_inner();
    let accounts = Accounts::of(caller, all_accounts)?;
    let filter = filter.unwrap_or_default();
    let mut violations = Violations::default();
    let fields = [
        ("filter.time", filter.time != 0),
        ("filter.start_time", filter.start_time.is_some()),
        ("filter.end_time", filter.end_time.is_some()),
    ];
    watch::refuse(&mut violations, &fields);
    if all_accounts && !filter.click_id.is_empty() {
        violations.add("filter.click_id", "can't be set in a stream together with `all_accounts`");
    }
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let click = app.click_id_keys.read(&filter.click_id, caller.account).await?;
    let subject = Conversions { app: app.clone(), filter: parse_filter(click, filter)? };
    watch::open(app.clone(), caller, accounts, &resume_token, subject, &FORM)
}

struct Conversions {
    app: Arc<App>,
    filter: Filter,
}

impl Subject for Conversions {
    type Shown = s2s_sdk::v1::Conversion;

    const KINDS: &'static [EntryKind] = &[journal::CONVERSION, journal::ADJUSTMENT];

    fn may_pass(&self, entry: &[u8]) -> bool {
        let Filter { code, link, click, .. } = &self.filter;
        let is = |at, wanted| journal::id(entry, at).is_none_or(|id| id == wanted);
        click.is_none_or(|click| is(0, click.0))
            && code.is_none_or(|code| is(journal::CODE_AT, code.0))
            && link.is_none_or(|link| is(journal::LINK_AT, link.0))
    }

    async fn load(&self, entries: &[&[u8]]) -> Result<Vec<Loaded<Self::Shown>>> {
        let app = &self.app;
        let ids: Vec<Option<ConversionId>> = entries.iter().map(|bytes| id_in(bytes)).collect();
        let known: Vec<ConversionId> = ids.iter().flatten().copied().collect();
        let found = store::find_these(app.db.reader(), &known).await?;
        if let Some(newest) = found.values().map(|conversion| conversion.key_id).max() {
            app.click_id_keys.learn(newest).await?;
        }
        let shown = found.values().filter(|conversion| self.filter.passes(conversion));
        let sub_ids = click::sub_ids(app.db.reader(), shown.map(|conversion| conversion.click_id)).await?;
        let loaded = ids.into_iter().map(|id| match id.and_then(|id| found.get(&id)) {
            None => Loaded::Gone,
            Some(conversion) if !self.filter.passes(conversion) => Loaded::Filtered,
            Some(conversion) => {
                Loaded::Shown(conversion.account_id, conversion.clone().into_proto_with(app, &sub_ids))
            }
        });
        Ok(loaded.collect())
    }
}

/// The id of the conversion that an entry tells of.
fn id_in(bytes: &[u8]) -> Option<ConversionId> {
    let click = ClickId(journal::id(bytes, 0)?);
    Some(ConversionId { click, serial: journal::number(bytes, journal::SERIAL_AT)? })
}

impl Filter {
    /// Returns whether a conversion passes. The times are not looked at.
    fn passes(&self, conversion: &Conversion) -> bool {
        let Self { code, link, partner, click, transaction, status, recorded_status, .. } = self;
        code.is_none_or(|code| code == conversion.code_id)
            && link.is_none_or(|link| link == conversion.link_id)
            && partner.is_none_or(|partner| Some(partner) == conversion.partner_id)
            && click.is_none_or(|click| click == conversion.click_id)
            && transaction.as_ref().is_none_or(|key| *key == conversion.dedupe_key)
            && status.is_none_or(|status| status == conversion.standing().status)
            && recorded_status.is_none_or(|status| status == conversion.status)
    }
}

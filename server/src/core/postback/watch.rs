//! The stream of postbacks.

use std::{collections::HashMap, sync::Arc};

use futures::stream::BoxStream;
use memchr::memmem::find;
use s2s_sdk::v1::{WatchPostbacksRequest, WatchPostbacksResponse, watch_postbacks_response::Event};
use tonic::{Request, Status};

use super::{Filter, Postback, grpc::parse_filter, store};
use crate::{
    api::Caller,
    core::{
        App, journal,
        watch::{self, Accounts, Form, Loaded, Subject},
    },
    db::journal::EntryKind,
    error::{Result, Violations},
    values::id::PostbackId,
};

/// The messages of the stream.
pub type Watched = BoxStream<'static, Result<WatchPostbacksResponse, Status>>;

const FORM: Form<s2s_sdk::v1::Postback, Event, WatchPostbacksResponse> = Form {
    shown: Event::Postback,
    heartbeat: Event::Heartbeat,
    gap: Event::Gap,
    message: |event, resume_token, account_id| WatchPostbacksResponse {
        event: Some(event),
        resume_token,
        account_id,
    },
};

/// `PostbackService.WatchPostbacks`.
pub fn watch_postbacks(app: &Arc<App>, request: Request<WatchPostbacksRequest>) -> Result<Watched> {
    let caller = Caller::of(&request);
    let WatchPostbacksRequest { filter, resume_token, all_accounts } = request.into_inner();
    let accounts = Accounts::of(caller, all_accounts)?;
    let filter = filter.unwrap_or_default();
    let mut violations = Violations::default();
    let fields =
        [("filter.start_time", filter.start_time.is_some()), ("filter.end_time", filter.end_time.is_some())];
    watch::refuse(&mut violations, &fields);
    let filter = parse_filter(filter, &mut violations);
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let subject = Postbacks { app: app.clone(), filter };
    watch::open(app.clone(), caller, accounts, &resume_token, subject, &FORM)
}

struct Postbacks {
    app: Arc<App>,
    filter: Filter,
}

impl Subject for Postbacks {
    type Shown = s2s_sdk::v1::Postback;

    const KINDS: &'static [EntryKind] = &[journal::POSTBACK];

    async fn load(&self, entries: &[&[u8]]) -> Result<Vec<Loaded<Self::Shown>>> {
        let ids: Vec<Option<PostbackId>> =
            entries.iter().map(|bytes| journal::id(bytes, 0).map(PostbackId)).collect();
        let known: Vec<PostbackId> = ids.iter().flatten().copied().collect();
        let found = store::find_these(self.app.db.reader(), &known).await?;
        let found: HashMap<PostbackId, Postback> =
            found.into_iter().map(|postback| (postback.id, postback)).collect();
        // A postback may have been judged twice in the meantime.
        let loaded = ids.into_iter().map(|id| match id.and_then(|id| found.get(&id)) {
            None => Loaded::Gone,
            Some(postback) if !self.filter.passes(postback) => Loaded::Filtered,
            Some(postback) => Loaded::Shown(postback.account_id, postback.clone().into()),
        });
        Ok(loaded.collect())
    }
}

impl Filter {
    /// Returns whether a postback passes. The times are not looked at.
    fn passes(&self, postback: &Postback) -> bool {
        let Self { verdict, reason, code_text, text, .. } = self;
        let has = |text: &str| {
            [&postback.target, &postback.body].into_iter().any(|bytes| find(bytes, text.as_bytes()).is_some())
        };
        verdict.is_none_or(|verdict| verdict == postback.verdict)
            && reason.is_none_or(|reason| Some(reason) == postback.reason)
            && code_text.as_ref().is_none_or(|code| *code == postback.code_text)
            && text.as_ref().is_none_or(|text| has(text))
    }
}

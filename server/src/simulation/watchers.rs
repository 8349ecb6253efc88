//! The watchers of the servers. Each goes on at any server, with the token of its last message.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard},
};

use futures::{Stream, StreamExt as _, future::Either};
use s2s_sdk::v1::{
    WatchConversionsRequest, WatchPostbacksRequest, postback_service_server::PostbackService as _,
    watch_conversions_response::Event as OfConversions, watch_postbacks_response::Event as OfPostbacks,
};
use tokio::task::AbortHandle;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

use super::{
    history::{EventKind, Key},
    server::Server,
};
use crate::{
    api::Caller,
    core::{App, conversion, postback},
    values::id::PostbackId,
};

/// One message of a stream.
enum Message {
    Shown(Key),
    Gap(i64),
    Heartbeat,
}

/// What a watcher has seen.
#[derive(Clone, Default)]
pub struct Seen {
    /// In the order of their arrival.
    pub keys: Vec<Key>,
    pub gaps: i64,
    pub token: String,
    /// The stream has begun, but the history does not know yet from which place.
    pub is_fresh: bool,
    /// The watcher was told that its token is too old.
    pub is_too_old: bool,
    pub fault: Option<String>,
    distinct: HashSet<Key>,
}

impl Seen {
    fn take(&mut self, message: Message, token: String) {
        if self.token.is_empty() {
            self.is_fresh = true;
        }
        self.token = token;
        match message {
            Message::Shown(key) => {
                if !self.distinct.insert(key.clone()) {
                    self.fault = Some(format!("{key:?} was shown twice"));
                }
                self.keys.push(key);
            }
            Message::Gap(events) => self.gaps += events,
            Message::Heartbeat => {}
        }
    }

    pub fn has(&self, key: &Key) -> bool {
        self.distinct.contains(key)
    }
}

/// A watcher.
pub struct Watcher {
    /// Its name at the gates.
    pub name: String,
    pub kind: EventKind,
    /// Chance of a step, in percent.
    pub pace: u64,
    /// Number of events after which its connection breaks.
    patience: usize,
    seen: Arc<Mutex<Seen>>,
    /// The rank of the last commit before the stream began; `None` before it has begun.
    pub from: Option<i64>,
    task: Option<AbortHandle>,
}

impl Watcher {
    pub fn new(name: String, kind: EventKind, pace: u64, patience: usize) -> Self {
        Self { name, kind, pace, patience, seen: Arc::default(), from: None, task: None }
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    pub fn is_running(&self) -> bool {
        self.task.as_ref().is_some_and(|task| !task.is_finished())
    }

    /// Ends the stream, as a client does whose connection breaks.
    pub fn leave(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }

    /// Opens the stream, with the token of the last message.
    pub fn open(&mut self, server: &mut Server) {
        let (app, gate, seen) = (server.app.clone(), server.gate.clone(), self.seen.clone());
        let (name, kind, patience) = (self.name.clone(), self.kind, self.patience);
        self.task = Some(server.tasks.spawn(async move {
            let token = seen.lock().unwrap().token.clone();
            let Ok(mut stream) = messages(app.clone(), kind, token).await else { return };
            let mut shown = 0;
            loop {
                gate.step(&name).await;
                match stream.next().await {
                    Some(Ok((message, token))) => {
                        shown += usize::from(matches!(message, Message::Shown(_)));
                        seen.lock().unwrap().take(message, token.clone());
                        if shown == patience {
                            // Its client opens it again at once.
                            let Ok(again) = messages(app.clone(), kind, token).await else { return };
                            (stream, shown) = (again, 0);
                        }
                    }
                    Some(Err(status)) => {
                        let reason = status.get_details_error_info().map(|info| info.reason);
                        let is_too_old = reason.as_deref() == Some("RESUME_TOKEN_TOO_OLD");
                        seen.lock().unwrap().is_too_old |= is_too_old;
                        return;
                    }
                    None => return,
                }
            }
        }));
    }

    /// Begins anew with what comes now.
    pub fn begin_anew(&mut self) {
        self.leave();
        *self = Self::new(self.name.clone(), self.kind, self.pace, self.patience);
    }
}

/// Opens a stream.
async fn messages(
    app: Arc<App>,
    kind: EventKind,
    resume_token: String,
) -> Result<impl Stream<Item = Result<(Message, String), Status>>, Status> {
    if kind == EventKind::Conversion {
        let mut request = Request::new(WatchConversionsRequest { resume_token, ..Default::default() });
        request.extensions_mut().insert(Caller::ANYONE);
        let messages = conversion::watch::watch_conversions(&app, request).await?;
        return Ok(Either::Left(messages.map(|message| {
            let message = message?;
            let event = match message.event.unwrap() {
                OfConversions::Conversion(conversion) => Message::Shown(Key::of_shown(&conversion.id)),
                OfConversions::Gap(gap) => Message::Gap(gap.events),
                OfConversions::Heartbeat(_) => Message::Heartbeat,
            };
            Ok((event, message.resume_token))
        })));
    }
    let mut request = Request::new(WatchPostbacksRequest { resume_token, ..Default::default() });
    request.extensions_mut().insert(Caller::ANYONE);
    let messages = postback::grpc::Service(app).watch_postbacks(request).await?.into_inner();
    Ok(Either::Right(messages.map(|message| {
        let message = message?;
        let event = match message.event.unwrap() {
            OfPostbacks::Postback(postback) => {
                Message::Shown(Key::of_postback(postback.id.parse::<PostbackId>().unwrap().0))
            }
            OfPostbacks::Gap(gap) => Message::Gap(gap.events),
            OfPostbacks::Heartbeat(_) => Message::Heartbeat,
        };
        Ok((event, message.resume_token))
    })))
}

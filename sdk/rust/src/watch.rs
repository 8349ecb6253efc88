//! Streams of events that go on by themselves after a failure.

use std::{fmt, sync::Arc, time::Duration};

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use tokio::time::{sleep, timeout};
use tracing::info;

use crate::{
    Client, Error,
    call::{Call, name},
    retry::random_pause,
};

/// Longest silence of a stream. The server sends a heartbeat every 15 seconds, so after a longer
/// silence the connection is dead.
const SILENCE_MAX: Duration = Duration::from_secs(45);

/// The request of a stream that goes on behind a resume token.
pub(crate) trait WatchCall: Call {
    fn set_resume_token(&mut self, resume_token: String);

    /// The token of the place behind a message.
    fn resume_token(response: &Self::Response) -> &str;
}

/// What has happened to a stream of `watch`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum WatchState<'a> {
    /// The stream has failed, and is opened again until it goes on.
    Lost(&'a Error),
    /// The stream goes on behind its last message.
    Back,
}

/// A function that is told what happens to streams.
#[derive(Clone)]
pub(crate) struct Listener(Arc<dyn Fn(WatchState<'_>) + Send + Sync>);

impl Listener {
    pub(crate) fn new(listener: impl Fn(WatchState<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// A stream that is followed across failures.
struct Watch<C: WatchCall> {
    client: Client,
    /// The request, with the token of the last message.
    request: C,
    answers: Option<BoxStream<'static, Result<C::Response, Error>>>,
    /// A message has come.
    has_begun: bool,
    /// Number of messages since the stream was opened last.
    messages: usize,
    /// Number of failures in a row. A stream that fails after its first heartbeat has failed again.
    failures: u32,
    /// The listener has been told that the stream is lost.
    is_lost: bool,
}

impl Client {
    /// Returns the messages of a stream. Opens the stream again after each failure that may pass;
    /// before the first message, at most as often as any other call.
    pub(crate) fn watch<C: WatchCall>(&self, request: C) -> BoxStream<'static, Result<C::Response, Error>> {
        let watch = Watch {
            client: self.clone(),
            request,
            answers: None,
            has_begun: false,
            messages: 0,
            failures: 0,
            is_lost: false,
        };
        let messages = stream::unfold(Some(watch), async |watch| {
            let mut watch = watch?;
            let message = watch.next().await;
            let watch = message.is_ok().then_some(watch);
            Some((message, watch))
        });
        messages.boxed()
    }
}

impl<C: WatchCall> Watch<C> {
    async fn next(&mut self) -> Result<C::Response, Error> {
        loop {
            let error = match self.receive().await {
                Ok(message) => {
                    self.request.set_resume_token(C::resume_token(&message).to_owned());
                    self.has_begun = true;
                    self.messages = self.messages.saturating_add(1);
                    if self.messages > 1 {
                        self.failures = 0;
                    }
                    if self.is_lost {
                        self.is_lost = false;
                        self.tell(WatchState::Back);
                    }
                    return Ok(message);
                }
                Err(error) => error,
            };
            (self.answers, self.messages) = (None, 0);
            if !error.is_passing() || !self.has_begun && self.failures >= self.client.policy.retries {
                return Err(error);
            }
            if self.has_begun && !self.is_lost {
                self.is_lost = true;
                self.tell(WatchState::Lost(&error));
            }
            let pause = random_pause(self.failures, error.retry_delay());
            self.failures = self.failures.saturating_add(1);
            info!(call = name::<C>(), reason = error.reason_or_code(), ?pause, "failed, opened again");
            sleep(pause).await;
        }
    }

    fn tell(&self, state: WatchState<'_>) {
        if let Some(Listener(listener)) = &self.client.listener {
            listener(state);
        }
    }

    async fn receive(&mut self) -> Result<C::Response, Error> {
        let answers = match &mut self.answers {
            Some(answers) => answers,
            closed => {
                let limit = self.client.policy.timeout;
                let opened = timeout(limit, self.client.listen(self.request.clone())).await;
                // Once the stream has begun, a server that does not answer is one more failure.
                closed.insert(match opened {
                    Ok(opened) => opened?,
                    Err(_) if self.has_begun => return Err(Error::interrupted("no answer in time")),
                    Err(_) => return Err(Error::deadline_exceeded(limit, None)),
                })
            }
        };
        match timeout(SILENCE_MAX, answers.next()).await {
            Ok(Some(message)) => message,
            // A server that ends a stream without an error is stopping, or stands behind a proxy.
            Ok(None) => Err(Error::interrupted("the stream has ended")),
            Err(_) => Err(Error::interrupted("the stream is silent")),
        }
    }
}

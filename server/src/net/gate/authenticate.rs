//! Checks the API key of every call, and the rate of that key. Health and reflection need no key.

use std::{
    future::pending,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    response::Response,
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderMap, header};
use http_body_util::{BodyStream, StreamBody};
use hyper::body::{Frame, SizeHint};
use s2s_sdk::v1::ErrorReason;
use tonic::Status;

use super::{cross_site, rate_limit::Rate};
use crate::{
    api::{Call, Caller, Priority, Routes, Scopes, calls},
    core::{
        App,
        api_key::{self, ApiKeyId},
    },
    error::{Error, Result},
    net::{
        answers::grpc_failure,
        arrival::{Arrival, Held},
        console, json,
        limits::OPEN_STREAM_MAX,
    },
};

/// Interval between checks of the key during a long call.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// The authentication of callers from the network.
#[derive(Clone)]
pub enum CallAuth {
    /// Every call needs an API key of the core.
    ApiKeys(Arc<App>),
    /// Every caller is the administrator: for a developer's own machine.
    Disabled,
    /// This server has no core, or its core has not started yet.
    NoCore,
}

/// Services that everybody may call.
const OPEN_SERVICES: [&str; 2] = ["/grpc.health.", "/grpc.reflection."];

const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

/// Passes a request on with its `Caller`, or refuses it. `rate`: the limit of calls for each key.
/// `call`: its entry in the table of calls.
pub async fn authenticate(
    auth: &CallAuth,
    rate: Option<&Rate<ApiKeyId>>,
    call: Option<&'static Call>,
    mut request: Request,
    routes: &Routes,
) -> Response {
    let path = request.uri().path();
    if OPEN_SERVICES.iter().any(|open| path.starts_with(open)) {
        // This one ends by itself, and load balancers call it often.
        let is_short = path == HEALTH_CHECK;
        let response = json::run(request, routes).await;
        return if is_short { response } else { limited(response) };
    }
    // A server with API keys refuses a foreign page, because the page has no key. On a server
    // without keys, only the page's origin shows that it is foreign.
    if matches!(auth, CallAuth::Disabled)
        && let Err(error) = cross_site::check(&request)
    {
        return grpc_failure(error);
    }
    let Some(call) = call else { return grpc_failure(calls::unknown()) };
    // An owned text only for the calls of the console: all others have the key in a header.
    let session = match auth {
        CallAuth::ApiKeys(_) => console::text(&request),
        CallAuth::Disabled | CallAuth::NoCore => Ok(None),
    };
    let session = match session {
        Ok(session) => session,
        Err(error) => return grpc_failure(error),
    };
    let text = session.as_deref().map_or_else(|| bearer(request.headers()), Ok);
    let caller = match admit(auth, rate, call, text).await {
        Ok(caller) => caller,
        Err(error) => return grpc_failure(error),
    };
    request.extensions_mut().insert(caller);
    let arrival: Option<Arrival> = request.extensions().get().cloned();
    if let Some(arrival) = &arrival {
        arrival.show_key();
    }
    let response = match auth {
        CallAuth::ApiKeys(app) if call.is_long => {
            let key = session.or_else(|| bearer(request.headers()).ok().map(str::to_owned));
            let response = json::run(request, routes).await;
            response.map(|body| until(body, refused(app.clone(), key)))
        }
        _ => json::run(request, routes).await,
    };
    match arrival {
        // These answers may be long, and are work in progress to their end.
        Some(arrival) if call.is_long || call.priority == Priority::Other => {
            let held = arrival.hold();
            response.map(|body| Body::new(HeldBody { body, _held: held }))
        }
        _ => response,
    }
}

/// Ends the answer of an open service after `OPEN_STREAM_MAX`, so that no stream lasts for ever.
pub fn limited(response: Response) -> Response {
    let too_long = async {
        tokio::time::sleep(OPEN_STREAM_MAX).await;
        Error::unavailable("a stream without an API key ends after five minutes; call again")
    };
    response.map(|body| until(body, too_long))
}

/// A body that counts as work in progress until it is dropped. It reports the end and the length of
/// the inner body, so that the library ends an empty answer with its headers: some clients rely on
/// that.
struct HeldBody {
    body: Body,
    _held: Held,
}

impl HttpBody for HeldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

async fn admit(
    auth: &CallAuth,
    rate: Option<&Rate<ApiKeyId>>,
    call: &Call,
    text: Result<&str>,
) -> Result<Caller> {
    let caller = match auth {
        CallAuth::ApiKeys(app) => {
            let (key, caller) = api_key::authenticate(app, text?).await?;
            // An edge calls for all visitors and merchants, and limits them itself.
            if let Some(rate) = rate
                && caller.may != Scopes::EDGE
            {
                // On the heap: most servers never need this future.
                Box::pin(within(rate, key)).await?;
            }
            caller
        }
        CallAuth::Disabled => Caller::ANYONE,
        CallAuth::NoCore => return Err(Error::unavailable("this server has no core")),
    };
    caller.check(call.scopes)?;
    Ok(caller)
}

async fn within(rate: &Rate<ApiKeyId>, key: ApiKeyId) -> Result<()> {
    if rate.allows(key).await {
        return Ok(());
    }
    let message = "more calls with this API key than the server accepts in a second; send again later";
    Err(Error::new(ErrorReason::RateLimited, message))
}

/// The key in the header `authorization` (RFC 6750).
fn bearer(headers: &HeaderMap) -> Result<&str> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(|| {
        let message = "the call has no API key; send the header `authorization` with `Bearer` and the key";
        Error::new(ErrorReason::ApiKeyMissing, message)
    })?;
    let parts = value.to_str().ok().and_then(|text| text.split_once(' '));
    let key = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, key)| key.trim());
    key.ok_or_else(|| {
        let message = "the header `authorization` must be `Bearer`, a space and the API key";
        Error::new(ErrorReason::ApiKeyInvalid, message)
    })
}

/// Waits until the key is no longer valid. If the database does not answer, the key still counts as
/// valid.
async fn refused(app: Arc<App>, key: Option<String>) -> Error {
    let Some(key) = key else { return pending().await };
    loop {
        tokio::time::sleep(LOOK_INTERVAL).await;
        // On the heap, so that a stream between two checks is small.
        match Box::pin(api_key::authenticate(&app, &key)).await {
            Err(error) if error.is_permanent() => return error,
            _ => {}
        }
    }
}

/// Passes the body on. If `refused` returns before the body has ended, the body ends with the
/// status of the returned error.
fn until(body: Body, refused: impl Future<Output = Error> + Send + 'static) -> Body {
    // An answer without a body ends with its headers.
    if body.is_end_stream() {
        return body;
    }
    let begin = Some((BodyStream::new(body), Box::pin(refused)));
    let frames = stream::unfold(begin, async |state| {
        let (mut frames, mut refused) = state?;
        tokio::select! {
            frame = frames.next() => Some((frame?, Some((frames, refused)))),
            error = &mut refused => Some((Ok(Frame::trailers(trailers(error))), None)),
        }
    });
    Body::new(StreamBody::new(frames))
}

fn trailers(error: Error) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // Fails only for texts that no header can hold. The texts of a status are encoded.
    let _ = Status::from(error).add_header(&mut trailers);
    trailers
}

//! The edge's view of the core: the generated clients over a transport. If the core runs in the
//! same process, clicks and postbacks call its services directly: these calls are frequent, one for
//! each visitor and each postback.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use futures::future::{Either, FutureExt as _, MapErr, Ready, TryFutureExt as _, ready};
use http::{HeaderValue, Request, Response, StatusCode, header};
use s2s_sdk::{
    Client,
    v1::{
        ErrorReason, PostbackFailure, RawPostback, RecordClickRequest, RecordConversionResponse,
        click_service_client::ClickServiceClient, conversion_service_client::ConversionServiceClient,
    },
};
use tonic::{Code, Status, body::Body, transport::Channel};
use tonic_types::StatusExt as _;
use tower::Service;

use super::{core_health::Cause, spool::as_call};
use crate::{
    api::{Answered, Caller, Services, calls},
    config::CoreAddress,
    error::{Error, StartError, http_status, postback_failure, reason_text},
};

/// The transport of calls to the core.
#[derive(Clone)]
pub enum CoreTransport {
    /// In the same process, without a socket. Empty until the core has started.
    InProcess(Arc<OnceLock<Services>>),
    /// Over the network, with the API key.
    Remote(Channel, HeaderValue),
}

impl CoreTransport {
    /// Creates the transport to a remote core. The first call opens the connection.
    pub fn connect(address: CoreAddress) -> Result<Self, StartError> {
        let wrong = |message: String| StartError::setting("INVALID_SETTING", message);
        let mut builder = Client::builder(address.url.reveal());
        if let Some(ca) = address.ca {
            builder = builder.ca_certificate(ca);
        }
        if let Some((certificate, key)) = address.identity {
            builder = builder.identity(certificate, key);
        }
        let channel = builder.channel().map_err(|error| wrong(format!("--core {}: {error}", address.url)))?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", address.key.reveal()))
            .map_err(|_| wrong("the key of the edge is not an API key".to_owned()))?;
        bearer.set_sensitive(true);
        Ok(Self::Remote(channel, bearer))
    }

    /// Returns whether the core runs in another process.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self, Self::Remote(..))
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Answer = Result<Response<Body>, Failure>;
type InProcessFuture = MapErr<Answered, fn(Infallible) -> Failure>;
type RemoteFuture =
    MapErr<<Channel as Service<Request<Body>>>::Future, fn(tonic::transport::Error) -> Failure>;

impl Service<Request<Body>> for CoreTransport {
    type Response = Response<Body>;
    type Error = Failure;
    type Future = Either<InProcessFuture, Either<RemoteFuture, Ready<Answer>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        match self {
            Self::InProcess(_) => Poll::Ready(Ok(())),
            Self::Remote(channel, _) => channel.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        match self {
            Self::InProcess(services) => match services.get() {
                Some(services) => {
                    // Only this module marks calls as the edge's own, and nothing from the network
                    // passes through here.
                    request.extensions_mut().insert(Caller::EDGE);
                    let never: fn(Infallible) -> Failure = |never| match never {};
                    match services.routes.call(request.map(axum::body::Body::new)) {
                        Some(answered) => Either::Left(answered.map_err(never)),
                        None => Either::Right(Either::Right(ready(Ok(
                            Status::from(calls::unknown()).into_http()
                        )))),
                    }
                }
                None => Either::Right(Either::Right(ready(Ok(Status::from(not_started()).into_http())))),
            },
            Self::Remote(channel, key) => {
                request.headers_mut().insert(header::AUTHORIZATION, key.clone());
                let failed: fn(tonic::transport::Error) -> Failure = |error| without_answer(&error).into();
                Either::Right(Either::Left(channel.call(request).map_err(failed)))
            }
        }
    }
}

/// The error of a call that broke off, with all its causes. If the core may have refused this
/// edge's certificate, the error says so: the core closes such a connection only after the
/// handshake has ended for the edge, so the true cause may not arrive.
fn without_answer(error: &(dyn std::error::Error + 'static)) -> String {
    const CURE: &str = "check --core-client-certificate against the core's --tls-client-ca";
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut causes: Vec<String> = chain.map(ToString::to_string).collect();
    causes.dedup();
    let text = causes.join(": ");
    let is_closed = ["operation was canceled", "connection closed", "broken pipe", "connection reset"];
    let lower = text.to_lowercase();
    if lower.contains("fatal alert") {
        format!("the core refuses this edge's certificate, or its lack of one; {CURE} ({text})")
    } else if is_closed.iter().any(|closed| lower.contains(closed)) {
        format!("the core closed the connection; if it asks for a client certificate, {CURE} ({text})")
    } else {
        text
    }
}

/// The error of every call while the core has not started.
pub fn not_started() -> Error {
    Error::new(ErrorReason::Unavailable, "the service has not reached its database yet; send it again")
}

/// The client of the calls whose data must not be lost. The calls answer as the schema says. If the
/// core has not started or can't be reached, they fail with a status that `classify` calls
/// `Unreachable`.
#[derive(Clone)]
pub enum CoreClient {
    /// Calls the services directly.
    InProcess(Arc<OnceLock<Services>>),
    /// Calls over the network.
    Remote(Arc<Clients>),
}

/// The generated clients for clicks and postbacks.
pub struct Clients {
    clicks: ClickServiceClient<CoreTransport>,
    conversions: ConversionServiceClient<CoreTransport>,
}

impl CoreClient {
    pub fn new(core: CoreTransport) -> Self {
        match core {
            CoreTransport::InProcess(services) => Self::InProcess(services),
            CoreTransport::Remote(..) => Self::Remote(Arc::new(Clients {
                clicks: ClickServiceClient::new(core.clone()),
                conversions: ConversionServiceClient::new(core),
            })),
        }
    }

    pub async fn click(&self, click: RecordClickRequest) -> Result<(), Status> {
        match self {
            Self::InProcess(services) => caught(started(services)?.direct.record_click(click)).await,
            Self::Remote(clients) => {
                Box::pin(async { clients.clicks.clone().record_click(click).await.map(|_| ()) }).await
            }
        }
    }

    /// Passes a postback to the core. An `Err` is no verdict on the postback.
    pub async fn postback(&self, postback: RawPostback) -> Result<Judged, Status> {
        let call = as_call(postback);
        let answer = match self {
            Self::InProcess(services) => caught(started(services)?.direct.record_conversion(call)).await,
            Self::Remote(clients) => {
                // On the heap: the future of the client is much larger than the other one.
                let call = Box::pin(async { clients.conversions.clone().record_conversion(call).await });
                call.await.map(tonic::Response::into_inner)
            }
        };
        match answer {
            Ok(response) => Ok(Judged::Counted(response)),
            Err(status) => match postback_failure(&status) {
                Some(failure) => Ok(Judged::Failed(failure, Box::new(status))),
                None => Err(status),
            },
        }
    }
}

/// The core's verdict on a postback.
#[expect(clippy::large_enum_variant, reason = "nearly all postbacks count")]
pub enum Judged {
    /// The postback counts, or is a test that would count.
    Counted(RecordConversionResponse),
    /// The postback is held, or is a test that would be held. The status gives the reason.
    Failed(PostbackFailure, Box<Status>),
}

fn started(services: &OnceLock<Services>) -> Result<&Services, Status> {
    services.get().ok_or_else(|| not_started().into())
}

/// Turns a panic of the core into an error, as the server does for calls over the network, so that
/// the caller continues.
async fn caught<T>(call: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    let answer = AssertUnwindSafe(call).catch_unwind().await;
    answer.unwrap_or_else(|panic| Err(Error::of_panic(&*panic).into()))
}

/// The meaning of a failure for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreFailure {
    /// The core has judged the request: the failure concerns the request itself.
    Rejected,
    /// The core failed while it handled the request.
    Fault,
    /// The failure says nothing about the request: the core, or the connection to it, is at fault.
    /// A bad API key is the fault of the edge, never of the request.
    Unreachable,
}

pub fn classify(status: &Status) -> CoreFailure {
    let Some(info) = status.get_details_error_info() else { return CoreFailure::Unreachable };
    let reason = ErrorReason::from_str_name(&format!("ERROR_REASON_{}", info.reason));
    // A reason that this edge does not know comes from a later core: the status code decides.
    match (reason, status.code()) {
        (
            Some(
                ErrorReason::ApiKeyMissing
                | ErrorReason::ApiKeyInvalid
                | ErrorReason::ScopeMissing
                | ErrorReason::EdgeOnly
                | ErrorReason::MethodUnknown
                | ErrorReason::CompressionUnsupported,
            ),
            _,
        )
        | (None, Code::Unauthenticated | Code::PermissionDenied | Code::Unimplemented)
        | (_, Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded)
            if reason != Some(ErrorReason::Shed) =>
        {
            CoreFailure::Unreachable
        }
        (_, Code::Internal | Code::Unknown | Code::DataLoss) => CoreFailure::Fault,
        _ => CoreFailure::Rejected,
    }
}

impl Cause {
    pub fn of(status: &Status) -> Self {
        let detail = chain(status);
        let is_lasting = is_refused(status) || is_of_certificates(status);
        let text = match status.get_details_error_info() {
            Some(info) => format!("{}: {}", info.reason, status.message()),
            None if is_of_certificates(status) => {
                "edge and core do not agree on TLS: look at the certificates, --core and --core-ca".to_owned()
            }
            None if is_lasting => {
                "the server at --core refuses the edge, or is of another version".to_owned()
            }
            None => "no connection to the core".to_owned(),
        };
        Self { text, detail, is_lasting }
    }
}

/// Returns whether the core, or a proxy in front of it, refuses all calls of this edge.
fn is_refused(status: &Status) -> bool {
    // The core's gRPC library answers `Internal` to a call that it can't read. Faults have the same
    // code.
    let is_unreadable = status.code() == Code::Internal && status.message().contains("failed to decode");
    classify(status) == CoreFailure::Unreachable
        && (is_unreadable
            || matches!(status.code(), Code::Unauthenticated | Code::PermissionDenied | Code::Unimplemented))
}

fn sources<'a>(status: &'a Status) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(status), |error| error.source())
}

/// Returns whether the handshake failed: a certificate has expired or is not trusted, or one of the
/// two sides speaks no TLS.
fn is_of_certificates(status: &Status) -> bool {
    sources(status).any(|error| {
        let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        error.is::<rustls::Error>()
            || within.and_then(|within| within.downcast_ref::<rustls::Error>()).is_some()
    })
}

/// The message of the status, followed by the messages of its sources.
fn chain(status: &Status) -> String {
    let mut texts = vec![status.message().to_owned()];
    texts.extend(sources(status).map(ToString::to_string));
    texts.dedup();
    texts.join(": ")
}

/// The status, reason and message that the sender gets for a failure. Faults between edge and core
/// are not disclosed.
pub fn for_sender(status: &Status) -> (StatusCode, String, String) {
    let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    let (code, is_theirs) = (status.code(), !reason.is_empty());
    // The edge's clock is wrong. Once the edge has learned the time, the same call is accepted.
    let is_ours = reason == reason_text(ErrorReason::ClockWrong);
    if classify(status) != CoreFailure::Unreachable && !is_ours
        || (is_theirs && matches!(code, Code::Unavailable | Code::DeadlineExceeded))
    {
        return (http_status(code), reason, status.message().to_owned());
    }
    let error = Error::unavailable(status.message());
    (http_status(error.code()), reason_text(error.reason()).to_owned(), error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_faults_and_outages_are_told_apart() {
        use ErrorReason as R;
        for (reason, expected) in [
            (R::ClickIdInvalid, CoreFailure::Rejected),
            (R::FieldInvalid, CoreFailure::Rejected),
            (R::SecretRefused, CoreFailure::Rejected),
            (R::AddressRefused, CoreFailure::Rejected),
            (R::Shed, CoreFailure::Rejected),
            (R::Unavailable, CoreFailure::Unreachable),
            (R::Overloaded, CoreFailure::Unreachable),
            (R::DeadlineExceeded, CoreFailure::Unreachable),
            (R::ApiKeyInvalid, CoreFailure::Unreachable),
            (R::EdgeOnly, CoreFailure::Unreachable),
            (R::MethodUnknown, CoreFailure::Unreachable),
            (R::Internal, CoreFailure::Fault),
        ] {
            assert_eq!(classify(&Status::from(Error::new(reason, "x"))), expected, "{reason:?}");
        }
        // The failure of a proxy in between, or of the transport.
        assert_eq!(classify(&Status::from_error("connection refused".into())), CoreFailure::Unreachable);
    }

    #[test]
    fn a_certificate_is_named_where_it_may_be_the_cause() {
        for (cause, named) in [
            ("received fatal alert: CertificateRequired", true),
            ("received fatal alert: UnknownCA", true),
            ("operation was canceled", true),
            ("Broken pipe (os error 32)", true),
            ("invalid peer certificate: UnknownIssuer", false),
            ("Connection refused (os error 111)", false),
        ] {
            let text = without_answer(&std::io::Error::other(cause));
            assert_eq!(text.contains("--core-client-certificate"), named, "{text}");
            assert!(text.contains(cause), "{text}");
        }
    }

    #[test]
    fn causes_that_need_a_person_are_told_apart() {
        use ErrorReason as R;
        for (reason, is_lasting) in [
            (R::ApiKeyInvalid, true),
            (R::ApiKeyMissing, true),
            (R::ScopeMissing, true),
            (R::EdgeOnly, true),
            (R::MethodUnknown, true),
            (R::Unavailable, false),
            (R::Overloaded, false),
            (R::DeadlineExceeded, false),
            (R::Internal, false),
        ] {
            let cause = Cause::of(&Status::from(Error::new(reason, "x")));
            assert_eq!(cause.is_lasting, is_lasting, "{reason:?}");
            assert!(cause.text.starts_with(reason_text(reason)), "{cause:?}");
        }
        let handshake = |error| Status::from_error(std::io::Error::other::<rustls::Error>(error).into());
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        for (status, is_lasting) in [
            (handshake(expired), true),
            (handshake(rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired)), true),
            (Status::from_error("connection refused".into()), false),
            (Status::from_error(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()), false),
        ] {
            assert_eq!(Cause::of(&status).is_lasting, is_lasting, "{status:?}");
        }
    }

    #[tokio::test]
    async fn a_panic_of_the_core_is_a_fault() {
        let answer = caught::<()>(async { panic!("a bug") }).await;
        assert_eq!(answer.map_err(|status| classify(&status)), Err(CoreFailure::Fault));
    }
}

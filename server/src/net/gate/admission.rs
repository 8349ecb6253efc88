//! Admission of requests. It refuses origins that ask too often, and requests beyond the server's
//! capacity.

use std::sync::Arc;

use axum::{body::HttpBody as _, extract::Request};
use s2s_sdk::v1::ErrorReason;

use super::{
    in_flight::{InFlight, InFlightGuard, no_room},
    rate_limit::Rate,
};
use crate::{
    api::{Call, Priority, calls},
    edge::{self, Client, Overload},
    error::{Error, Result},
    net::{
        arrival::{Arrival, Messages},
        json,
        limits::Origin,
    },
};

/// The admission rules of a port, shared by its routes.
#[derive(Clone)]
pub struct Admission {
    pub load: Arc<InFlight>,
    pub rate: Option<Arc<Rate<Origin>>>,
}

impl Admission {
    /// Admits a request, or refuses it. An admitted request is in progress until the guard is
    /// dropped.
    ///
    /// `call`: the entry of a call in the table of calls; `None` for any other request.
    pub async fn admit(
        &self,
        mut request: Request,
        call: Option<&Call>,
    ) -> Result<(Request, InFlightGuard), (Request, Error)> {
        if !self.is_open() {
            let origin = request.extensions().get().map(|Client(address)| Origin::of(*address));
            // On the heap: most requests never need this future.
            match Box::pin(self.check(priority(&request), origin)).await {
                Ok(false) => {}
                Ok(true) => drop(request.extensions_mut().insert(Overload)),
                Err(error) => return Err((request, error)),
            }
        }
        let arrival: Option<Arrival> = request.extensions().get().cloned();
        if let Some(arrival) = &arrival
            && !request.body().is_end_stream()
            && !arrival.charge_head(request.headers())
        {
            return Err((request, no_room()));
        }
        let call = call.filter(|_| !json::is_marked(&request));
        let messages = call.map(|call| Messages::new(call.is_long));
        let (parts, body) = request.into_parts();
        let (body, counted) = self.load.count(body, arrival, messages);
        Ok((Request::from_parts(parts, body), counted))
    }

    /// True if every request is admitted, whatever its origin and priority.
    fn is_open(&self) -> bool {
        self.rate.is_none() && self.load.has_room(Priority::Other)
    }

    /// Admits a request, or refuses it. Returns true if it admits a visit without capacity for its
    /// click.
    async fn check(&self, priority: Priority, origin: Option<Origin>) -> Result<bool> {
        if let (Some(rate), Some(origin)) = (&self.rate, origin)
            && priority != Priority::Health
            && !rate.allows(origin).await
        {
            let message =
                "more requests from this address than the server accepts in a second; send again later";
            return Err(Error::new(ErrorReason::RateLimited, message));
        }
        match priority {
            _ if self.load.has_room(priority) => Ok(false),
            Priority::Visit => Ok(true),
            _ => {
                let message = "the server has too many requests in progress; send again later";
                Err(Error::new(ErrorReason::Overloaded, message))
            }
        }
    }
}

/// The priority of a request, by its path and, for postbacks and visits, its method and headers.
fn priority(request: &Request) -> Priority {
    let path = request.uri().path();
    if let Some(call) = calls::find(path) {
        return call.priority;
    }
    // A gRPC path has a dot and two parts; a slug has neither.
    if path.starts_with(calls::PACKAGES) || path.starts_with("/grpc.reflection.") {
        return Priority::Other;
    }
    if path.starts_with("/grpc.health.v1.") || path == "/healthz" {
        return Priority::Health;
    }
    match edge::purpose(request) {
        edge::Purpose::Postback => Priority::Conversion,
        edge::Purpose::Visit => Priority::Visit,
        edge::Purpose::Look => Priority::Other,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn classes_follow_from_path_and_headers() {
        let conversions = "/s2s.v1.ConversionService";
        for (method, path, header, expected) in [
            ("POST", format!("{conversions}/RecordConversion"), None, Priority::Conversion),
            ("POST", format!("{conversions}/BatchRecordConversions"), None, Priority::Conversion),
            ("POST", format!("{conversions}/StreamRecordConversions"), None, Priority::Conversion),
            ("POST", format!("{conversions}/ListConversions"), None, Priority::Other),
            ("POST", "/s2s.v1.ClickService/ListClicks".to_owned(), None, Priority::Other),
            ("POST", "/s2s.v1.ClickService/RecordClick".to_owned(), None, Priority::Conversion),
            ("POST", "/s2s.edge.v1.EdgeService/ResolveSlug".to_owned(), None, Priority::Other),
            ("POST", "/grpc.health.v1.Health/Check".to_owned(), None, Priority::Health),
            ("GET", "/healthz".to_owned(), None, Priority::Health),
            ("GET", "/s2s?val=1".to_owned(), None, Priority::Conversion),
            ("POST", "/S2S".to_owned(), None, Priority::Conversion),
            ("HEAD", "/s2s".to_owned(), None, Priority::Other),
            ("GET", "/s2s".to_owned(), Some(("sec-purpose", "prefetch")), Priority::Other),
            ("GET", "/s2s".to_owned(), Some(("user-agent", "Slackbot 1.0")), Priority::Other),
            ("GET", "/summer".to_owned(), None, Priority::Visit),
            ("GET", "/summer".to_owned(), Some(("user-agent", "Slackbot 1.0")), Priority::Other),
            ("HEAD", "/summer".to_owned(), None, Priority::Other),
            ("DELETE", "/summer".to_owned(), None, Priority::Other),
        ] {
            let mut request = Request::builder().method(method).uri(&path);
            if let Some((name, value)) = header {
                request = request.header(name, value);
            }
            let request = request.body(Body::empty()).unwrap();
            assert_eq!(priority(&request), expected, "{method} {path} {header:?}");
        }
    }
}

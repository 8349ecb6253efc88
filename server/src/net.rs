//! The ports: connections, protocols, the gate and the routes.

mod answers;
mod arrival;
mod client_address;
mod console;
mod gate;
mod grpc;
mod health;
mod http1;
mod http2;
mod json;
mod limits;
mod listener;
mod plain;
mod proxy_protocol;
mod router;
mod slots;
mod stop;
mod tls;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{body::Body, extract::Request, response::IntoResponse as _, routing};
use http::StatusCode;

#[cfg(fuzzing)]
pub use self::http1::check_front;
pub use self::limits::OPEN_MESSAGE_BYTES_MAX;
use self::limits::{HEALTH_CONNECTIONS_MAX, connections_allowed};
pub use self::{
    gate::CallAuth,
    health::Health,
    http2::ClientErrors,
    listener::{Listener, inherited_socket, listen},
    router::{Router, router},
    tls::Tls,
};
use crate::{api::Routes, config::Config};

/// The main port.
pub fn listener(
    router: Router,
    later: Arc<OnceLock<Router>>,
    tls: Option<Tls>,
    config: &Config,
    http2_refusals: ClientErrors,
) -> Listener {
    Listener {
        router,
        later,
        connections_max: connections_allowed(config.connections_max),
        connections_per_address: config.connections_per_address,
        keep_alive: config.keep_alive(),
        tls,
        trusted_proxies: config.trusted_proxies.clone(),
        proxy_protocol: config.proxy_protocol,
        http2_refusals,
    }
}

/// A port for health only, without TLS, for load balancers and monitoring.
pub fn health_port(routes: Routes, health: Health, keep_alive: Duration) -> Listener {
    let call = async move |request: Request| match routes.call(request) {
        Some(answered) => gate::limited(answered.await.unwrap_or_else(|never| match never {}).map(Body::new)),
        None => StatusCode::NOT_FOUND.into_response(),
    };
    let http = axum::Router::new().route("/healthz", routing::get(async move || health.answer()));
    Listener {
        router: Router::Health(http.fallback(call)),
        later: Arc::default(),
        connections_max: HEALTH_CONNECTIONS_MAX,
        connections_per_address: HEALTH_CONNECTIONS_MAX,
        keep_alive,
        tls: None,
        trusted_proxies: Vec::new(),
        proxy_protocol: false,
        http2_refusals: ClientErrors::default(),
    }
}

//! The routes of a port.
//!
//! One port serves gRPC, gRPC-web, calls in JSON (`grpc`) and plain HTTP (`plain`).

use std::sync::Arc;

use axum::{extract::Request, response::Response};
use futures::{FutureExt as _, future::BoxFuture};
use s2s_sdk::v1::DESCRIPTOR;
use tower::ServiceExt as _;

use super::{
    answers::finished,
    gate::{Admission, CallAuth, InFlight, Rate},
    grpc::{Grpc, Layered, is_native},
    health::Health,
    limits::OPEN_MESSAGE_BYTES_MAX,
    plain::Plain,
};
use crate::{
    api::Routes,
    config::{Config, Role},
    edge::Edge,
    error::{Error, Result},
};

/// The routes of a port. Clones share them.
#[derive(Clone)]
pub enum Router {
    Main(Arc<Main>),
    /// A port for health only.
    Health(axum::Router),
}

/// The routes of the main port.
pub struct Main {
    grpc: Arc<Grpc>,
    layered: Layered,
    plain: Arc<Plain>,
}

impl Router {
    /// Answers a request.
    pub fn answer(&self, request: Request) -> BoxFuture<'static, Response> {
        match self {
            Self::Main(main) => main.answer(request),
            Self::Health(router) => {
                router.clone().oneshot(request).map(|Ok(response)| finished(response)).boxed()
            }
        }
    }
}

impl Main {
    fn answer(&self, request: Request) -> BoxFuture<'static, Response> {
        if !self.grpc.routes.serve(request.uri().path()) {
            self.plain.clone().answer(request).map(finished).boxed()
        } else if is_native(&request) {
            self.grpc.clone().answer(request).map(finished).boxed()
        } else {
            self.layered.clone().oneshot(request).map(|Ok(response)| finished(response)).boxed()
        }
    }
}

/// All routes of the main port. `core`: the services of the core, and the authentication of its
/// callers; `None` if there is no core, or if it has not started yet.
pub fn router(
    core: Option<(Routes, CallAuth)>,
    health_routes: &Routes,
    edge: Option<Arc<Edge>>,
    health: Health,
    config: &Config,
) -> Result<Router> {
    let admission = Admission {
        load: InFlight::new(config.requests_max),
        rate: config.rate_per_address.map(|rate| Arc::new(Rate::per_second(rate))),
    };
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // Lets tools show the details of an error.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = reflection().build_v1().map_err(|error| Error::internal(&error))?;
    let v1alpha = reflection().build_v1alpha().map_err(|error| Error::internal(&error))?;
    let is_to_come = core.is_none() && config.edge.role == Role::All;
    let (core, auth) = core.unwrap_or_else(|| (Routes::default(), CallAuth::NoCore));
    let routes = core
        .and(health_routes)
        .with(v1.max_decoding_message_size(OPEN_MESSAGE_BYTES_MAX))
        .with(v1alpha.max_decoding_message_size(OPEN_MESSAGE_BYTES_MAX));
    let rate_per_key = config.rate_per_key.map(Rate::per_second);
    let grpc = Arc::new(Grpc { routes, admission: admission.clone(), auth: auth.clone(), rate_per_key });
    let plain = Arc::new(Plain { admission, is_to_come, auth, edge, health });
    Ok(Router::Main(Arc::new(Main { layered: grpc.layers(config), grpc, plain })))
}

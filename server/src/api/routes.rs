//! The gRPC services of this process, found by the path of a call.

use std::{convert::Infallible, sync::Arc};

use axum::extract::Request;
use http::Response;
use tonic::{codegen::BoxFuture, server::NamedService};
use tower::Service;

/// The answer of a service to a call.
pub type Answered = BoxFuture<Response<tonic::body::Body>, Infallible>;
type Answer = Arc<dyn Fn(Request) -> Answered + Send + Sync>;

/// Services with their names, such as `s2s.v1.ClickService`. Clones share the services.
///
/// A router of HTTP would cost every call several allocations.
#[derive(Clone, Default)]
pub struct Routes(Vec<(&'static str, Answer)>);

impl Routes {
    /// Adds a service that was generated from the schema.
    pub fn with<S>(mut self, service: S) -> Self
    where
        S: Service<Request, Future = Answered> + NamedService + Clone + Send + Sync + 'static,
    {
        self.0.push((S::NAME, Arc::new(move |request| service.clone().call(request))));
        self
    }

    /// Adds all services of `others`.
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
    }

    /// Returns whether one of the services has the path of a call, such as
    /// `/s2s.v1.ClickService/GetClick`. The service itself answers calls of methods that it does
    /// not have.
    pub fn serve(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// Passes a call to its service. `None`: there is no such service.
    pub fn call(&self, request: Request) -> Option<Answered> {
        Some(self.find(request.uri().path())?(request))
    }

    fn find(&self, path: &str) -> Option<&(dyn Fn(Request) -> Answered + Send + Sync)> {
        let (service, method) = path.strip_prefix('/')?.split_once('/')?;
        let found = self.0.iter().find(|(name, _)| *name == service).filter(|_| !method.is_empty())?;
        Some(&*found.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_the_paths_that_begin_with_its_name() {
        let (_, health) = tonic_health::server::health_reporter();
        let routes = Routes::default().and(&Routes::default().with(health));
        for (path, expected) in [
            ("/grpc.health.v1.Health/Check", true),
            ("/grpc.health.v1.Health/NoSuchMethod", true),
            ("/grpc.health.v1.Health/", false),
            ("/grpc.health.v1.Health", false),
            ("/grpc.health.v1.HealthX/Check", false),
            ("grpc.health.v1.Health/Check", false),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(routes.serve(path), expected, "{path}");
        }
    }
}

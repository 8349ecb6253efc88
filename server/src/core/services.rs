//! The services of a running core.

use std::sync::Arc;

use tonic::service::Routes;

use super::{App, account, api_key, click, conversion, conversion_code, postback, preset, tracking_link};
use crate::api::Services;

/// Makes the services of all slices.
pub fn services(app: &Arc<App>) -> Services {
    let routes = Routes::new(account::grpc::service(app.clone()))
        .add_service(api_key::grpc::service(app.clone()))
        .add_service(preset::grpc::service())
        .add_service(conversion_code::grpc::service(app.clone()))
        .add_service(tracking_link::grpc::service(app.clone()))
        .add_service(click::grpc::service(app.clone()))
        .add_service(conversion::grpc::service(app.clone()))
        .add_service(postback::grpc::service(app.clone()));
    Services {
        routes,
        clicks: Arc::new(click::grpc::Service(app.clone())),
        postbacks: Arc::new(postback::grpc::Service(app.clone())),
    }
}

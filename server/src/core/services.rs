//! The services of a running core.
//!
//! Each resource of the core, such as clicks, is one slice: a module with its rules, its messages
//! and its table. A service whose calls all belong to one slice is implemented in that slice's
//! `grpc` module. A service whose calls belong to several slices is implemented here, and passes
//! each call to its slice.

mod clicks;
mod conversion_codes;
mod conversions;
mod edge;

use std::sync::Arc;

use futures::future::BoxFuture;
use s2s_sdk::v1::{
    RecordClickRequest, RecordConversionRequest, RecordConversionResponse,
    click_service_server::ClickServiceServer, conversion_code_service_server::ConversionCodeServiceServer,
    conversion_service_server::ConversionServiceServer,
};
use tonic::Status;

use self::{clicks::Clicks, conversion_codes::ConversionCodes, conversions::Conversions, edge::Edges};
use super::{
    App, account, adjustment, api_key, click, partner, payout, postback, preset, report, statement,
    tracking_link,
};
use crate::api::{Caller, DirectCalls, Routes, Services, edge_v1::edge_service_server::EdgeServiceServer};

/// Makes all services.
pub fn services(app: &Arc<App>) -> Services {
    let routes = Routes::default()
        .with(account::grpc::service(app.clone()))
        .with(api_key::grpc::service(app.clone()))
        .with(preset::grpc::service())
        .with(ConversionCodeServiceServer::new(ConversionCodes(app.clone())))
        .with(partner::grpc::service(app.clone()))
        .with(tracking_link::grpc::service(app.clone()))
        .with(ClickServiceServer::new(Clicks(app.clone())))
        .with(ConversionServiceServer::new(Conversions(app.clone())))
        .with(adjustment::grpc::service(app.clone()))
        .with(payout::grpc::service(app.clone()))
        .with(postback::grpc::service(app.clone()))
        .with(report::grpc::service(app.clone()))
        .with(statement::grpc::service(app.clone()))
        .with(EdgeServiceServer::new(Edges(app.clone())));
    Services { routes, direct: Arc::new(Direct(app.clone())) }
}

/// The calls of an edge in the same process.
struct Direct(Arc<App>);

impl DirectCalls for Direct {
    fn record_click(&self, click: RecordClickRequest) -> BoxFuture<'_, Result<(), Status>> {
        Box::pin(async { Ok(click::grpc::record_of_edge(&self.0, click).await?) })
    }

    fn record_conversion(
        &self,
        request: RecordConversionRequest,
    ) -> BoxFuture<'_, Result<RecordConversionResponse, Status>> {
        Box::pin(async { Ok(conversions::record(&self.0, Caller::EDGE, request).await?) })
    }
}

//! `EdgeService`: the calls that only edges may make.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::{
    api::edge_v1::{
        ListClickIdKeysRequest, ListClickIdKeysResponse, ListLinksRequest, ListLinksResponse,
        ResolveSlugRequest, ResolveSlugResponse, edge_service_server::EdgeService,
    },
    core::{App, click_id_key, tracking_link},
};

pub struct Edges(pub Arc<App>);

#[tonic::async_trait]
impl EdgeService for Edges {
    async fn resolve_slug(
        &self,
        request: Request<ResolveSlugRequest>,
    ) -> Result<Response<ResolveSlugResponse>, Status> {
        Ok(Response::new(tracking_link::grpc::resolve_slug(&self.0, request.get_ref()).await?))
    }

    async fn list_click_id_keys(
        &self,
        _: Request<ListClickIdKeysRequest>,
    ) -> Result<Response<ListClickIdKeysResponse>, Status> {
        Ok(Response::new(click_id_key::grpc::list_click_id_keys(&self.0)))
    }
    async fn list_links(
        &self,
        request: Request<ListLinksRequest>,
    ) -> Result<Response<ListLinksResponse>, Status> {
        Ok(Response::new(tracking_link::grpc::list_links(&self.0, request.into_inner()).await?))
    }
}

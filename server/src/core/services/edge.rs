//! `EdgeService`: the answers that only edges may have.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::{
    api::edge_v1::{
        ClickIdKey, ListClickIdKeysRequest, ListClickIdKeysResponse, ResolveSlugRequest, ResolveSlugResponse,
        edge_service_server::EdgeService,
    },
    core::{App, tracking_link},
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
        let key = |key: &crate::values::click_id::ClickIdKey| ClickIdKey {
            key_id: key.key_id.number().into(),
            secret: key.secret.to_vec(),
        };
        let click_id_keys = self.0.click_id_keys.iter().map(key).collect();
        Ok(Response::new(ListClickIdKeysResponse { click_id_keys, core_time: Some(self.0.now().to_proto()) }))
    }
}

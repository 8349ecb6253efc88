//! `ClickService`. Its calls belong to three slices: clicks, the keys of click ids, and the
//! postbacks that name clicks.

use std::sync::Arc;

use s2s_sdk::v1::{
    EraseVisitorRequest, EraseVisitorResponse, ExplainClickRequest, ExplainClickResponse, GetClickRequest,
    GetClickResponse, ListClicksRequest, ListClicksResponse, RecordClickRequest, RecordClickResponse,
    RotateClickIdKeyRequest, RotateClickIdKeyResponse, click_service_server::ClickService,
};
use tonic::{Request, Response, Status};

use crate::core::{App, click, click_id_key, postback};

pub struct Clicks(pub Arc<App>);

#[tonic::async_trait]
impl ClickService for Clicks {
    async fn record_click(
        &self,
        request: Request<RecordClickRequest>,
    ) -> Result<Response<RecordClickResponse>, Status> {
        Ok(Response::new(click::grpc::record_click(&self.0, request).await?))
    }

    async fn get_click(
        &self,
        request: Request<GetClickRequest>,
    ) -> Result<Response<GetClickResponse>, Status> {
        Ok(Response::new(click::grpc::get_click(&self.0, request).await?))
    }

    async fn list_clicks(
        &self,
        request: Request<ListClicksRequest>,
    ) -> Result<Response<ListClicksResponse>, Status> {
        Ok(Response::new(click::grpc::list_clicks(&self.0, request).await?))
    }

    async fn explain_click(
        &self,
        request: Request<ExplainClickRequest>,
    ) -> Result<Response<ExplainClickResponse>, Status> {
        Ok(Response::new(postback::grpc::explain_click(&self.0, request).await?))
    }

    async fn erase_visitor(
        &self,
        request: Request<EraseVisitorRequest>,
    ) -> Result<Response<EraseVisitorResponse>, Status> {
        Ok(Response::new(postback::grpc::erase_visitor(&self.0, request).await?))
    }

    async fn rotate_click_id_key(
        &self,
        request: Request<RotateClickIdKeyRequest>,
    ) -> Result<Response<RotateClickIdKeyResponse>, Status> {
        Ok(Response::new(click_id_key::grpc::rotate_click_id_key(&self.0, request).await?))
    }
}

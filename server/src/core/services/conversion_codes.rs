//! `ConversionCodeService`. Its calls belong to two slices: conversion codes, and the postbacks
//! that test a set-up.

use std::sync::Arc;

use s2s_sdk::v1::{
    ArchiveConversionCodeRequest, ArchiveConversionCodeResponse, CreateConversionCodeRequest,
    CreateConversionCodeResponse, GetConversionCodeRequest, GetConversionCodeResponse, GetPostbackUrlRequest,
    GetPostbackUrlResponse, ListConversionCodesRequest, ListConversionCodesResponse,
    RotatePostbackSecretRequest, RotatePostbackSecretResponse, TestSetupRequest, TestSetupResponse,
    UnarchiveConversionCodeRequest, UnarchiveConversionCodeResponse, UpdateConversionCodeRequest,
    UpdateConversionCodeResponse, conversion_code_service_server::ConversionCodeService,
};
use tonic::{Request, Response, Status};

use crate::core::{App, conversion_code::grpc as codes, postback};

pub struct ConversionCodes(pub Arc<App>);

#[tonic::async_trait]
impl ConversionCodeService for ConversionCodes {
    async fn create_conversion_code(
        &self,
        request: Request<CreateConversionCodeRequest>,
    ) -> Result<Response<CreateConversionCodeResponse>, Status> {
        Ok(Response::new(codes::create_conversion_code(&self.0, request).await?))
    }

    async fn get_conversion_code(
        &self,
        request: Request<GetConversionCodeRequest>,
    ) -> Result<Response<GetConversionCodeResponse>, Status> {
        Ok(Response::new(codes::get_conversion_code(&self.0, request).await?))
    }

    async fn list_conversion_codes(
        &self,
        request: Request<ListConversionCodesRequest>,
    ) -> Result<Response<ListConversionCodesResponse>, Status> {
        Ok(Response::new(codes::list_conversion_codes(&self.0, request).await?))
    }

    async fn update_conversion_code(
        &self,
        request: Request<UpdateConversionCodeRequest>,
    ) -> Result<Response<UpdateConversionCodeResponse>, Status> {
        Ok(Response::new(codes::update_conversion_code(&self.0, request).await?))
    }

    async fn archive_conversion_code(
        &self,
        request: Request<ArchiveConversionCodeRequest>,
    ) -> Result<Response<ArchiveConversionCodeResponse>, Status> {
        Ok(Response::new(codes::archive_conversion_code(&self.0, request).await?))
    }

    async fn unarchive_conversion_code(
        &self,
        request: Request<UnarchiveConversionCodeRequest>,
    ) -> Result<Response<UnarchiveConversionCodeResponse>, Status> {
        Ok(Response::new(codes::unarchive_conversion_code(&self.0, request).await?))
    }

    async fn rotate_postback_secret(
        &self,
        request: Request<RotatePostbackSecretRequest>,
    ) -> Result<Response<RotatePostbackSecretResponse>, Status> {
        Ok(Response::new(codes::rotate_postback_secret(&self.0, request).await?))
    }

    async fn get_postback_url(
        &self,
        request: Request<GetPostbackUrlRequest>,
    ) -> Result<Response<GetPostbackUrlResponse>, Status> {
        Ok(Response::new(codes::get_postback_url(&self.0, request).await?))
    }

    async fn test_setup(
        &self,
        request: Request<TestSetupRequest>,
    ) -> Result<Response<TestSetupResponse>, Status> {
        Ok(Response::new(postback::grpc::test_setup(&self.0, request).await?))
    }
}

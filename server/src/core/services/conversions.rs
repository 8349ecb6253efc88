//! `ConversionService`. A report is a conversion or a postback, so its calls belong to two slices.

use std::sync::Arc;

use futures::{
    StreamExt as _,
    future::{self, join_all},
    stream,
};
use s2s_sdk::v1::{
    BatchRecordConversionsRequest, BatchRecordConversionsResponse, ErrorReason, GetConversionRequest,
    GetConversionResponse, ListConversionsRequest, ListConversionsResponse, RecordConversionRequest,
    RecordConversionResponse, RecordConversionResult, StreamRecordConversionsRequest,
    StreamRecordConversionsResponse, conversion_service_server::ConversionService,
    record_conversion_request::Report, record_conversion_result::Result as ItemResult,
};
use tonic::{Request, Response, Status, Streaming};

use crate::{
    api::{Caller, ConversionStream},
    core::{App, conversion, postback},
    error::{self, Error, Result, Violations, shortened_note},
    page::{ANSWER_BYTES_MAX, fit},
};

/// Maximum number of items in one batch.
const BATCH_ITEMS_MAX: usize = 1_000;
/// Maximum number of items of one stream that are in progress.
const STREAM_ITEMS_MAX: usize = 1_000;

pub struct Conversions(pub Arc<App>);

#[tonic::async_trait]
impl ConversionService for Conversions {
    async fn record_conversion(
        &self,
        request: Request<RecordConversionRequest>,
    ) -> Result<Response<RecordConversionResponse>, Status> {
        let caller = Caller::of(&request);
        Ok(Response::new(record(&self.0, caller, request.into_inner()).await?))
    }

    async fn batch_record_conversions(
        &self,
        request: Request<BatchRecordConversionsRequest>,
    ) -> Result<Response<BatchRecordConversionsResponse>, Status> {
        let caller = Caller::of(&request);
        let requests = parse_batch(request.into_inner())?;
        let results = join_all(requests.into_iter().map(|one| record(&self.0, caller, one))).await;
        let mut results: Vec<_> = results.into_iter().map(item).collect();
        fit(&mut results, ANSWER_BYTES_MAX, shorten);
        Ok(Response::new(BatchRecordConversionsResponse { results }))
    }

    type StreamRecordConversionsStream = ConversionStream;

    async fn stream_record_conversions(
        &self,
        request: Request<Streaming<StreamRecordConversionsRequest>>,
    ) -> Result<Response<Self::StreamRecordConversionsStream>, Status> {
        let caller = Caller::of(&request);
        Ok(Response::new(record_all(self.0.clone(), caller, request.into_inner())))
    }

    async fn get_conversion(
        &self,
        request: Request<GetConversionRequest>,
    ) -> Result<Response<GetConversionResponse>, Status> {
        Ok(Response::new(conversion::grpc::get_conversion(&self.0, request).await?))
    }

    async fn list_conversions(
        &self,
        request: Request<ListConversionsRequest>,
    ) -> Result<Response<ListConversionsResponse>, Status> {
        Ok(Response::new(conversion::grpc::list_conversions(&self.0, request).await?))
    }
}

/// Records what one request reports.
async fn record(
    app: &App,
    caller: Caller,
    request: RecordConversionRequest,
) -> Result<RecordConversionResponse> {
    let RecordConversionRequest { report, request_id, validate_only } = request;
    match report {
        Some(Report::Conversion(conversion)) => {
            let tenant = caller.reports_conversions()?;
            conversion::grpc::record(app, tenant, conversion, &request_id, validate_only).await
        }
        Some(Report::Postback(postback)) => {
            if validate_only {
                let mut violations = Violations::default();
                violations.add("validate_only", "is not for a postback, which says so itself by `test=1`");
                return Err(violations.into_error());
            }
            postback::grpc::receive(app, caller, postback, &request_id).await
        }
        None => {
            let mut violations = Violations::default();
            violations.add("report", "is mandatory: `conversion` or `postback`");
            Err(violations.into_error())
        }
    }
}

/// Records the items of a stream. The stream of results ends after the result of the last request.
/// If the server stops first, it takes no more requests: the results of the requests taken so far
/// follow, and then an error.
fn record_all(
    app: Arc<App>,
    caller: Caller,
    requests: Streaming<StreamRecordConversionsRequest>,
) -> ConversionStream {
    let stopping = app.stopping.clone();
    let results = requests.take_until(stopping.clone().cancelled_owned()).map(move |request| {
        let app = app.clone();
        async move {
            let request = request.map_err(|status| Error::from_tonic(&status).map_or(status, Into::into))?;
            let result = item(record(&app, caller, request.request.unwrap_or_default()).await);
            Ok(StreamRecordConversionsResponse { result: Some(result) })
        }
    });
    let stopped = stream::once(async move {
        let message = "the server is stopping; send the items that have no result again";
        let error = || Error::new(ErrorReason::Unavailable, message).into();
        stopping.is_cancelled().then(|| Err(error()))
    });
    results.buffered(STREAM_ITEMS_MAX).chain(stopped.filter_map(future::ready)).boxed()
}

fn item(result: Result<RecordConversionResponse>) -> RecordConversionResult {
    let result = match result {
        Ok(response) => ItemResult::Response(response),
        Err(error) => ItemResult::Error(error.into()),
    };
    RecordConversionResult { result: Some(result) }
}

/// Leaves custom parameters, notes and long messages out of a result.
fn shorten(result: &mut RecordConversionResult) {
    match &mut result.result {
        Some(ItemResult::Response(response)) => {
            let cure = "`GetConversion` and `GetPostback` return the whole";
            response.notes = vec![shortened_note(cure)];
            if let Some(conversion) = &mut response.conversion {
                conversion.custom_params.clear();
            }
        }
        Some(ItemResult::Error(status)) => error::shorten(status),
        None => {}
    }
}

fn parse_batch(request: BatchRecordConversionsRequest) -> Result<Vec<RecordConversionRequest>> {
    if (1..=BATCH_ITEMS_MAX).contains(&request.requests.len()) {
        return Ok(request.requests);
    }
    let mut violations = Violations::default();
    violations.add("requests", format!("must be 1 to {BATCH_ITEMS_MAX}"));
    Err(violations.into_error())
}

//! `ConversionService`. A report is a conversion or a postback, so the calls belong to two slices:
//! conversions and postbacks.

use std::{pin::Pin, sync::Arc, task::Poll};

use futures::{
    StreamExt as _,
    future::{self, Either, Ready, join_all},
    poll, stream,
};
use s2s_sdk::v1::{
    BatchRecordConversionsRequest, BatchRecordConversionsResponse, ErrorReason, GetConversionRequest,
    GetConversionResponse, ListConversionsRequest, ListConversionsResponse, ListPartnerConversionsRequest,
    ListPartnerConversionsResponse, RecordConversionRequest, RecordConversionResponse,
    RecordConversionResult, StreamRecordConversionsRequest, StreamRecordConversionsResponse,
    WatchConversionsRequest, conversion_service_server::ConversionService, record_conversion_request::Report,
    record_conversion_result::Result as ItemResult,
};
use tokio::sync::Mutex;
use tonic::{Request, Response, Status, Streaming};

use crate::{
    api::{Caller, ConversionStream},
    core::{App, conversion, postback, turn::Turn},
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
        let mut turn = Turn::begin();
        let mut begun = Vec::with_capacity(requests.len());
        for one in requests {
            begun.push(begin_item(&mut turn, record(&self.0, caller, one)).await);
        }
        let mut results: Vec<_> = join_all(begun).await.into_iter().map(item).collect();
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

    async fn list_partner_conversions(
        &self,
        request: Request<ListPartnerConversionsRequest>,
    ) -> Result<Response<ListPartnerConversionsResponse>, Status> {
        Ok(Response::new(conversion::of_partner::list(&self.0, request).await?))
    }

    type WatchConversionsStream = conversion::watch::Watched;

    async fn watch_conversions(
        &self,
        request: Request<WatchConversionsRequest>,
    ) -> Result<Response<conversion::watch::Watched>, Status> {
        Ok(Response::new(conversion::watch::watch_conversions(&self.0, request).await?))
    }
}

/// Records the report of one request.
pub async fn record(
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
                violations.add(
                    "validate_only",
                    "can't be set for a postback; add `test=1` to the postback's URL instead",
                );
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
/// If the server stops first, it accepts no more requests: the results of the requests accepted so
/// far follow, and then an error.
fn record_all(
    app: Arc<App>,
    caller: Caller,
    requests: Streaming<StreamRecordConversionsRequest>,
) -> ConversionStream {
    let stopping = app.stopping.clone();
    let requests = requests.take_until(stopping.clone().cancelled_owned());
    let results =
        requests.zip(stream::repeat(Arc::new(Mutex::new(Turn::begin())))).then(move |(request, turn)| {
            let app = app.clone();
            let result = async move {
                let request =
                    request.map_err(|status| Error::from_tonic(&status).map_or(status, Into::into))?;
                let result = item(record(&app, caller, request.request.unwrap_or_default()).await);
                Ok(StreamRecordConversionsResponse { result: Some(result) })
            };
            #[expect(
                clippy::async_yields_async,
                reason = "the item is begun in its turn, and awaited beside others"
            )]
            async move {
                begin_item(&mut *turn.lock().await, result).await
            }
        });
    let stopped = stream::once(async move {
        let message = "the server is stopping; send the items that have no result again";
        let error = || Error::new(ErrorReason::Unavailable, message).into();
        stopping.is_cancelled().then(|| Err(error()))
    });
    results.buffered(STREAM_ITEMS_MAX).chain(stopped.filter_map(future::ready)).boxed()
}

/// Begins to record an item, and then lets other calls run if this turn is over. Reading large
/// items takes time, and a call with many of them would otherwise hold up all other calls of its
/// thread.
async fn begin_item<F: Future>(turn: &mut Turn, item: F) -> Either<Ready<F::Output>, Pin<Box<F>>> {
    let mut item = Box::pin(item);
    let begun = poll!(&mut item);
    turn.share().await;
    match begun {
        Poll::Ready(result) => Either::Left(future::ready(result)),
        Poll::Pending => Either::Right(item),
    }
}

fn item(result: Result<RecordConversionResponse>) -> RecordConversionResult {
    let result = match result {
        Ok(response) => ItemResult::Response(response),
        Err(error) => ItemResult::Error(error.into()),
    };
    RecordConversionResult { result: Some(result) }
}

/// Shortens a result: removes the custom parameters, replaces the notes by one that says so, and
/// cuts the texts of an error.
fn shorten(result: &mut RecordConversionResult) {
    match &mut result.result {
        Some(ItemResult::Response(response)) => {
            let cure = "`GetConversion` and `GetPostback` return it in full";
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
    violations.add("requests", format!("must have 1 to {BATCH_ITEMS_MAX} entries"));
    Err(violations.into_error())
}

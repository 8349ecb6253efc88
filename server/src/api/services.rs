//! The services of a core in the same process, as an edge calls them.

use std::sync::Arc;

use futures::{future::BoxFuture, stream::BoxStream};
use s2s_sdk::v1::{
    RecordClickRequest, RecordConversionRequest, RecordConversionResponse, StreamRecordConversionsResponse,
};
use tonic::Status;

use super::Routes;

/// The answers to a stream of conversions.
pub type ConversionStream = BoxStream<'static, Result<StreamRecordConversionsResponse, Status>>;

/// The services of a running core.
pub struct Services {
    /// All services, for calls over any transport.
    pub routes: Routes,
    /// The calls of the edge in the same process for each visitor and each postback.
    pub direct: Arc<dyn DirectCalls>,
}

/// Calls that the edge in the same process makes as functions, so that no message is encoded.
pub trait DirectCalls: Send + Sync {
    /// `ClickService.RecordClick`, without the click in the answer.
    fn record_click(&self, click: RecordClickRequest) -> BoxFuture<'_, Result<(), Status>>;

    /// `ConversionService.RecordConversion`.
    fn record_conversion(
        &self,
        request: RecordConversionRequest,
    ) -> BoxFuture<'_, Result<RecordConversionResponse, Status>>;
}

//! The services of a core in the same process, as an edge calls them.

use std::sync::Arc;

use futures::stream::BoxStream;
use s2s_sdk::v1::{
    StreamRecordConversionsResponse, click_service_server::ClickService,
    conversion_service_server::ConversionService,
};
use tonic::{Status, service::Routes};

/// The answers to a stream of conversions.
pub type ConversionStream = BoxStream<'static, Result<StreamRecordConversionsResponse, Status>>;

/// The services of a running core.
pub struct Services {
    /// All services, for calls over any transport.
    pub routes: Routes,
    /// The service that records clicks. The edge calls it as a function, so that no message is
    /// encoded.
    pub clicks: Arc<dyn ClickService>,
    /// The service that records postbacks. The edge calls it as a function, too.
    pub conversions: Arc<dyn ConversionService<StreamRecordConversionsStream = ConversionStream>>,
}

//! The services of a core in the same process, as an edge calls them.

use std::sync::Arc;

use s2s_sdk::v1::{click_service_server::ClickService, postback_service_server::PostbackService};
use tonic::service::Routes;

/// The services of a running core.
pub struct Services {
    /// All services, for calls over any transport.
    pub routes: Routes,
    /// The services of the hot calls: clicks and postbacks. The edge calls them as functions, so
    /// that no message is encoded.
    pub clicks: Arc<dyn ClickService>,
    pub postbacks: Arc<dyn PostbackService>,
}

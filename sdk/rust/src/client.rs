//! The client: one connection, opened at the first call and reopened after it breaks.
//!
//! The calls themselves are generated: see `gen/services.rs`.

mod builder;

use std::time::Duration;

use tonic::{
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};

pub use self::builder::{BuildError, ClientBuilder};
use crate::{
    retry::Policy,
    watch::{Listener, WatchState},
};

const TIMEOUT_MAX: Duration = Duration::from_hours(1);

/// A client of one server. Cheap to clone; clones share the connection.
///
/// The calls are grouped by service: `client.conversions().record(…)`. A call takes its request, or
/// any value that says enough, such as an id or the resource to create: each request lists them as
/// its `From` implementations.
///
/// A call that can be repeated is retried after a transient failure (the server can't be reached,
/// is stopping or overloaded), with growing pauses and within the timeout. Retries never count
/// anything twice: a request that needs a request id and has none gets a random one before the
/// first attempt. To repeat a call yourself after an error, give the call a request id of your own,
/// and a click also a click time. A conversion with a transaction id needs no request id.
///
/// Dropping a call's future cancels the call; it may or may not have taken effect.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) channel: Channel,
    pub(crate) authorization: Option<MetadataValue<Ascii>>,
    pub(crate) policy: Policy,
    pub(crate) listener: Option<Listener>,
}

impl Client {
    /// Returns a builder for a client of the server at `endpoint`: scheme, host and port, such as
    /// `https://t.example`, or `http://127.0.0.1:8080` within one machine.
    ///
    /// Reads no environment variable: a key of one server must not be sent to another.
    pub fn builder(endpoint: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(endpoint.into())
    }

    /// Builds a client from the environment: see [`ClientBuilder::from_env`].
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env().build()
    }

    /// Returns a client on the same connection with another timeout: the time for all attempts of a
    /// call, at most one hour. Use it for single calls that need more or less time than other
    /// calls.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        let mut client = self.clone();
        client.policy.timeout = timeout.min(TIMEOUT_MAX);
        client
    }

    /// Returns a client on the same connection that tells what happens to its streams. `listener` is
    /// called with [`WatchState::Lost`] once for each outage of a stream of `watch` that had begun,
    /// and with [`WatchState::Back`] once the stream goes on. It must not block.
    #[must_use]
    pub fn with_watch_listener(&self, listener: impl Fn(WatchState<'_>) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Listener::new(listener)), ..self.clone() }
    }
}

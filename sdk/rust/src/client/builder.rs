//! The settings of a client.

use std::{env, error::Error as StdError, ffi::OsString, fmt, time::Duration};

use tonic::{
    metadata::{Ascii, MetadataValue},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Uri},
};

use super::{Client, TIMEOUT_MAX};
use crate::retry::Policy;

const ENDPOINT_VARIABLE: &str = "S2S_ENDPOINT";
const API_KEY_VARIABLE: &str = "S2S_API_KEY";
const ENDPOINT_DEFAULT: &str = "http://127.0.0.1:8080";
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT_DEFAULT: Duration = Duration::from_secs(5);
const RETRIES_DEFAULT: u32 = 4;
/// The beginning of the `user-agent`; tonic adds its own name.
const USER_AGENT: &str = concat!("s2s-sdk-rust/", env!("CARGO_PKG_VERSION"));
/// Time without traffic after which the connection is pinged, even if no call is in progress. The
/// ping finds out whether a firewall has dropped the connection, so that no later call waits for an
/// answer on a dead connection.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// The settings of a [`Client`].
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    endpoint: String,
    api_key: Option<String>,
    ca_certificate: Option<Certificate>,
    identity: Option<Identity>,
    connect_timeout: Duration,
    policy: Policy,
}

impl ClientBuilder {
    pub(super) fn new(endpoint: String) -> Self {
        Self {
            endpoint,
            api_key: None,
            ca_certificate: None,
            identity: None,
            connect_timeout: CONNECT_TIMEOUT_DEFAULT,
            policy: Policy { timeout: TIMEOUT_DEFAULT, retries: RETRIES_DEFAULT },
        }
    }

    /// Returns a builder with the endpoint in `S2S_ENDPOINT` (default: `http://127.0.0.1:8080`) and
    /// the API key in `S2S_API_KEY` (default: none). An empty variable counts as not set.
    pub fn from_env() -> Self {
        Self::from_variables(|name| env::var_os(name))
    }

    /// Text that is not Unicode becomes text that `build` refuses.
    fn from_variables(read: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name| read(name).map(|text| text.to_string_lossy().into_owned());
        let text = |name| text(name).filter(|text| !text.is_empty());
        let mut builder = Self::new(text(ENDPOINT_VARIABLE).unwrap_or_else(|| ENDPOINT_DEFAULT.to_owned()));
        builder.api_key = text(API_KEY_VARIABLE);
        builder
    }

    /// Sets the endpoint in place of the former one: scheme, host and port.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = endpoint.into();
        self
    }

    /// Sets the API key, which is sent with every call. Default: none.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = Some(api_key.into());
        self
    }

    /// Sets the certificates, in PEM, of the authorities that may sign the server's certificate.
    /// They replace the authorities that this system trusts. For `https` endpoints only.
    pub fn ca_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.ca_certificate = Some(Certificate::from_pem(pem));
        self
    }

    /// Sets the client's certificate and its private key, both in PEM, for a server that requires
    /// one (mTLS). For `https` endpoints only.
    pub fn identity(mut self, certificate_pem: impl AsRef<[u8]>, key_pem: impl AsRef<[u8]>) -> Self {
        self.identity = Some(Identity::from_pem(certificate_pem, key_pem));
        self
    }

    /// Sets the timeout of a call over all its attempts. Default: 10 seconds; at most one hour.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = timeout.min(TIMEOUT_MAX);
        self
    }

    /// Sets the timeout for opening the connection. Default: 5 seconds.
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.connect_timeout = connect_timeout;
        self
    }

    /// Sets the maximum number of retries of a call. Default: 4; 0 sends every call once.
    pub fn retries(mut self, retries: u32) -> Self {
        self.policy.retries = retries;
        self
    }

    /// Builds the client. It connects at its first call, so an unreachable server is not yet an
    /// error.
    ///
    /// Must be called within a tokio runtime that has I/O and time enabled.
    pub fn build(self) -> Result<Client, BuildError> {
        let authorization = self.api_key.as_deref().map(bearer).transpose()?;
        let channel = self.channel()?;
        Ok(Client { channel, authorization, policy: self.policy, listener: None })
    }

    /// Builds only the connection, for the generated clients: without the API key, retries and the
    /// timeout of calls.
    pub fn channel(&self) -> Result<Channel, BuildError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(BuildError::NoRuntime);
        }
        let endpoint = self.checked_endpoint()?.user_agent(USER_AGENT);
        let channel = endpoint
            .map_err(|_| BuildError::EndpointInvalid)?
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true)
            .connect_lazy();
        Ok(channel)
    }

    /// Checks the endpoint and sets up TLS. On its own, tonic would ignore a path, and would use
    /// plain HTTP for an `https` endpoint without TLS settings.
    fn checked_endpoint(&self) -> Result<Endpoint, BuildError> {
        let uri: Uri = self.endpoint.parse().map_err(|_| BuildError::EndpointInvalid)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(BuildError::EndpointInvalid);
        }
        match uri.scheme_str() {
            Some("https") => {
                let tls = ClientTlsConfig::new();
                let tls = match &self.ca_certificate {
                    Some(certificate) => tls.ca_certificate(certificate.clone()),
                    None => tls.with_native_roots(),
                };
                let tls = self.identity.iter().fold(tls, |tls, identity| tls.identity(identity.clone()));
                Endpoint::from(uri).tls_config(tls).map_err(|_| BuildError::TlsInvalid)
            }
            Some("http") if self.ca_certificate.is_some() || self.identity.is_some() => {
                Err(BuildError::TlsInvalid)
            }
            Some("http") => Ok(uri.into()),
            _ => Err(BuildError::EndpointInvalid),
        }
    }
}

/// Omits the API key and the certificates.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("endpoint", &self.endpoint)
            .field("connect_timeout", &self.connect_timeout)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// Returns the value of the `authorization` metadata, marked as secret.
fn bearer(api_key: &str) -> Result<MetadataValue<Ascii>, BuildError> {
    if api_key.is_empty() || !api_key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BuildError::ApiKeyInvalid);
    }
    let mut value =
        MetadataValue::try_from(format!("Bearer {api_key}")).map_err(|_| BuildError::ApiKeyInvalid)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The reasons for which a client can't be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The endpoint is not `https://` or `http://`, a host and at most a port.
    EndpointInvalid,
    /// A certificate or key is not PEM; or the key does not match the certificate; or a certificate
    /// was given although the endpoint is `http`; or the endpoint is `https`, no authority was
    /// given, and this system trusts none.
    TlsInvalid,
    /// The API key is empty, or has blanks or other characters that no key contains.
    ApiKeyInvalid,
    /// The client was not built within a tokio runtime.
    NoRuntime,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndpointInvalid => "the endpoint must have the form https://host:port, without a path",
            Self::TlsInvalid => {
                "the certificates can't be used: they need PEM, an https endpoint, and a matching key"
            }
            Self::ApiKeyInvalid => "the API key is empty, or has blanks or characters that no key contains",
            Self::NoRuntime => "a client must be built within a tokio runtime",
        })
    }
}

impl StdError for BuildError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn endpoints_are_checked() {
        use BuildError::EndpointInvalid;
        for (endpoint, expected) in [
            ("http://127.0.0.1:8080", None),
            ("http://127.0.0.1:8080/", None),
            ("http://[::1]:8080", None),
            ("HTTP://localhost", None),
            ("https://t.example", None),
            ("HTTPS://t.example:443", None),
            ("https://t.example/api", Some(EndpointInvalid)),
            ("", Some(EndpointInvalid)),
            ("http://", Some(EndpointInvalid)),
            ("localhost:8080", Some(EndpointInvalid)),
            ("127.0.0.1", Some(EndpointInvalid)),
            ("/s2s", Some(EndpointInvalid)),
            ("ftp://t.example", Some(EndpointInvalid)),
            ("unix:///run/s2s", Some(EndpointInvalid)),
            ("http://t.example/api", Some(EndpointInvalid)),
            ("http://t.example?x=1", Some(EndpointInvalid)),
            ("http://t .example", Some(EndpointInvalid)),
        ] {
            assert_eq!(Client::builder(endpoint).build().err(), expected, "{endpoint:?}");
        }
    }

    #[test]
    fn the_environment_gives_what_the_caller_does_not() {
        let given = |endpoint: &str, api_key: &str| {
            let variables = [("S2S_ENDPOINT", endpoint.to_owned()), ("S2S_API_KEY", api_key.to_owned())];
            let builder = ClientBuilder::from_variables(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, text)| text.into())
            });
            (builder.endpoint, builder.api_key)
        };
        assert_eq!(
            given("https://t.example", "key"),
            ("https://t.example".to_owned(), Some("key".to_owned()))
        );
        assert_eq!(given("", ""), (ENDPOINT_DEFAULT.to_owned(), None));
        let unset = ClientBuilder::from_variables(|_| None);
        assert_eq!((&*unset.endpoint, &unset.api_key), (ENDPOINT_DEFAULT, &None));
        let given = unset.endpoint("http://[::1]:1").api_key("own");
        assert_eq!((&*given.endpoint, given.api_key.as_deref()), ("http://[::1]:1", Some("own")));
    }

    #[tokio::test]
    async fn api_keys_are_checked_and_never_shown() {
        let builder = Client::builder("http://127.0.0.1:1");
        for api_key in ["", " ", "key\n", "two words", "schlüssel"] {
            let error = builder.clone().api_key(api_key).build().err();
            assert_eq!(error, Some(BuildError::ApiKeyInvalid), "{api_key:?}");
        }
        let builder = builder.api_key("s3cret");
        assert!(!format!("{builder:?}").contains("s3cret"));
        assert!(!format!("{:?}", builder.build().unwrap()).contains("s3cret"));
    }

    #[tokio::test]
    async fn certificates_are_checked() {
        let pem = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
        let [plain, tls] = ["http://t.example", "https://t.example"].map(Client::builder);
        for builder in
            [plain.clone().ca_certificate(pem), plain.identity(pem, "no key"), tls.identity(pem, "no key")]
        {
            assert_eq!(builder.build().err(), Some(BuildError::TlsInvalid));
        }
    }

    #[test]
    fn building_outside_of_a_runtime_is_an_error() {
        assert_eq!(Client::builder("http://127.0.0.1:1").build().err(), Some(BuildError::NoRuntime));
    }
}

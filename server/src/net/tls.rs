//! TLS: certificates from files, which are read again when they change.
//!
//! The server does not begin to use a certificate that clients would refuse. A certificate in use
//! stays in use even if it seems to have expired, because the clock may be wrong.
//!
//! Absent on purpose: any choice of versions and ciphers beyond the safe defaults of the library.

mod certificate;

use std::{io, path::Path, sync::Arc, time::Duration};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{Instant, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;

use self::certificate::{Fault, Validity};
use crate::{
    config::TlsFiles,
    error::StartError,
    values::time::{Clock, Span, Time},
};

/// Interval between checks of the files.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
/// Time before the end of the certificate at which the log begins to warn.
const WARN_BEFORE: Span = Span::from_days(14);
/// Interval between these warnings.
const WARN_INTERVAL: Duration = Duration::from_hours(24);
/// Names of HTTP/2 and HTTP/1.1 as application protocols in TLS (RFC 7301).
const H2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// The contents of the files.
#[derive(Clone, PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
}

/// The certificates as the library uses them.
struct Loaded {
    config: Arc<ServerConfig>,
    validity: Validity,
    /// Cancelled once the authorities of clients have changed: connections made before the change
    /// must end.
    outdated: CancellationToken,
}

/// A connection over TLS.
pub struct Secured {
    pub stream: TlsStream<TcpStream>,
    pub is_http2: bool,
    /// Cancelled once the authorities of clients have changed.
    pub outdated: CancellationToken,
}

/// The certificates in use.
#[derive(Clone)]
pub struct Tls(watch::Receiver<Arc<Loaded>>);

impl Tls {
    /// Reads the files. The returned future reads them again and again, until `stopping`. If
    /// changed files can't be used, it logs the error, and the certificates in use stay.
    pub fn read(
        files: TlsFiles,
        clock: Clock,
        stopping: CancellationToken,
    ) -> Result<(Self, impl Future<Output = ()> + Send), StartError> {
        let contents = files.read()?;
        let loaded = files.load(&contents)?;
        loaded.validity.check(clock.now()).map_err(|fault| files.refused(fault))?;
        let (sender, receiver) = watch::channel(Arc::new(loaded));
        Ok((Self(receiver), files.reload_loop(contents, sender, clock, stopping)))
    }

    /// The time at which the certificate in use ends.
    pub fn certificate_ends(&self) -> Time {
        self.0.borrow().validity.ends()
    }

    /// Performs the handshake. A client that names no protocol speaks HTTP/1.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<Secured> {
        let loaded = self.0.borrow().clone();
        let stream = TlsAcceptor::from(loaded.config.clone()).accept(stream).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
        Ok(Secured { stream, is_http2, outdated: loaded.outdated.clone() })
    }
}

impl TlsFiles {
    fn read(&self) -> Result<Contents, StartError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| {
                let message = format!("can't read {}: {error}", path.display());
                StartError::setting("TLS_FILE_UNREADABLE", message)
            })
        };
        Ok(Contents {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
            client_ca: self.client_ca.as_deref().map(read).transpose()?,
        })
    }

    /// The error of a certificate that clients would refuse.
    fn refused(&self, fault: Fault) -> StartError {
        wrong(fault.reason(), &self.certificate, &fault.text())
    }

    /// Loads the files. Does not check whether the certificate is in force.
    fn load(&self, contents: &Contents) -> Result<Loaded, StartError> {
        let chain = certificates(&contents.certificate).ok_or_else(|| {
            wrong("TLS_CERTIFICATE_INVALID", &self.certificate, "holds no certificate in PEM")
        })?;
        let leaf = chain.first().ok_or(Fault::Malformed);
        let validity = leaf.and_then(|leaf| Validity::read(leaf)).map_err(|fault| self.refused(fault))?;
        let key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map_err(|_| wrong("TLS_KEY_INVALID", &self.key, "holds no private key in PEM"))?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("TLS_CERTIFICATE_INVALID", &self.certificate, &error.to_string()))?;
        let builder = match (&self.client_ca, &contents.client_ca) {
            (Some(path), Some(bytes)) => {
                let invalid = |what: &str| wrong("TLS_CLIENT_CA_INVALID", path, what);
                let roots = authorities(bytes).map_err(|fault| invalid(&fault))?;
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| invalid(&error.to_string()))?)
            }
            _ => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                wrong("TLS_KEY_MISMATCH", &self.key, "is not the key of the certificate")
            }
            rustls::Error::InvalidCertificate(_) => {
                wrong("TLS_CERTIFICATE_INVALID", &self.certificate, &format!("can't be used: {error}"))
            }
            _ => wrong("TLS_KEY_INVALID", &self.key, &format!("can't be used: {error}")),
        })?;
        config.alpn_protocols = vec![H2.to_vec(), HTTP1.to_vec()];
        Ok(Loaded { config: Arc::new(config), validity, outdated: CancellationToken::new() })
    }

    /// Loads changed files. Refuses a certificate that is not in force, with one exception: the
    /// certificate in use is not in force either, and ends sooner. In that case the clock may be
    /// wrong, and the new certificate is no worse.
    fn load_again(&self, contents: &Contents, in_use: Validity, now: Time) -> Result<Loaded, StartError> {
        let loaded = self.load(contents)?;
        match loaded.validity.check(now) {
            Err(fault) if in_use.check(now).is_ok() || loaded.validity.ends() <= in_use.ends() => {
                Err(self.refused(fault))
            }
            _ => Ok(loaded),
        }
    }

    /// Polls the files, and loads the certificates again when the contents have changed.
    /// Modification times are no evidence, because a file may be a link to another file.
    async fn reload_loop(
        self,
        mut known: Contents,
        sender: watch::Sender<Arc<Loaded>>,
        clock: Clock,
        stopping: CancellationToken,
    ) {
        let (mut told, mut warned) = (None, None);
        loop {
            let in_use = sender.borrow().validity;
            if warned.is_none_or(|warned: Instant| warned.elapsed() >= WARN_INTERVAL)
                && self.warn_of_end(in_use.ends(), clock.now())
            {
                warned = Some(Instant::now());
            }
            if timeout(LOOK_INTERVAL, stopping.cancelled()).await.is_ok() {
                return;
            }
            let files = self.clone();
            let Ok(read) = tokio::task::spawn_blocking(move || files.read()).await else { continue };
            let error = match read {
                Ok(contents) if contents == known => None,
                Ok(contents) => match self.load_again(&contents, in_use, clock.now()) {
                    Ok(mut loaded) => {
                        let former = sender.borrow().outdated.clone();
                        let has_same_clients = contents.client_ca == known.client_ca;
                        if has_same_clients {
                            loaded.outdated = former.clone();
                        }
                        (known, warned) = (contents, None);
                        let ends = loaded.validity.ends().date();
                        tracing::info!(certificate = %self.certificate.display(), ends, "certificates reloaded");
                        sender.send_replace(Arc::new(loaded));
                        if !has_same_clients {
                            tracing::warn!(
                                "the client authorities have changed; connections made earlier end"
                            );
                            former.cancel();
                        }
                        None
                    }
                    Err(error) => Some(error),
                },
                Err(error) => Some(error),
            };
            let error = error.map(|error| error.to_string());
            if let Some(error) = error.as_deref().filter(|error| told.as_deref() != Some(*error)) {
                tracing::error!(error, "can't use the new certificate; the old one stays in use");
            }
            told = error;
        }
    }

    /// Warns if the certificate has ended or ends soon. Returns whether it warned.
    fn warn_of_end(&self, ends: Time, now: Time) -> bool {
        let certificate = self.certificate.display();
        if now >= ends {
            let ended = ends.date();
            tracing::error!(%certificate, ended, "THE CERTIFICATE HAS EXPIRED, so clients refuse it: renew it");
        } else if now.plus(WARN_BEFORE) >= ends {
            let ends = ends.date();
            tracing::warn!(%certificate, ends, "the certificate expires soon: renew it");
        } else {
            return false;
        }
        true
    }
}

/// The error of a file.
fn wrong(reason: &str, path: &Path, what: &str) -> StartError {
    StartError::setting(reason, format!("{} {what}", path.display()))
}

/// The authorities of a file. `Err` describes the fault.
fn authorities(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem).ok_or("holds no certificate in PEM")? {
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    Ok(roots)
}

/// The certificates of a file; `None` if there are none, or one is malformed.
fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let all = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().ok()?;
    (!all.is_empty()).then_some(all)
}

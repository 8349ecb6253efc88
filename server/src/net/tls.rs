//! TLS: certificates from files, which are read again when they change.
//!
//! Absent on purpose: any choice of versions and ciphers beyond the safe defaults of the library.

use std::{io, path::Path, sync::Arc, time::Duration};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio::{net::TcpStream, sync::watch, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;

use crate::{config::TlsFiles, error::StartError};

/// Interval between checks of the files.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
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

/// The certificates in use.
#[derive(Clone)]
pub struct Tls(watch::Receiver<Arc<ServerConfig>>);

impl Tls {
    /// Reads the files. The returned future reads them again and again, until `stopping`. If
    /// changed files can't be used, it logs the error, and the certificates in use stay.
    pub fn read(
        files: TlsFiles,
        stopping: CancellationToken,
    ) -> Result<(Self, impl Future<Output = ()> + Send), StartError> {
        let contents = files.read()?;
        let (sender, receiver) = watch::channel(Arc::new(files.config(&contents)?));
        Ok((Self(receiver), files.reload_loop(contents, sender, stopping)))
    }

    /// Performs the handshake. Returns whether HTTP/2 was agreed on. A client that names no
    /// protocol speaks HTTP/1.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, bool)> {
        let acceptor = TlsAcceptor::from(self.0.borrow().clone());
        let stream = acceptor.accept(stream).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
        Ok((stream, is_http2))
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

    fn config(&self, contents: &Contents) -> Result<ServerConfig, StartError> {
        let wrong = |reason, path: &Path, what: &str| {
            StartError::setting(reason, format!("{} {what}", path.display()))
        };
        let chain = certificates(&contents.certificate).ok_or_else(|| {
            wrong("TLS_CERTIFICATE_INVALID", &self.certificate, "holds no certificate in PEM")
        })?;
        let key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map_err(|_| wrong("TLS_KEY_INVALID", &self.key, "holds no private key in PEM"))?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("TLS_CERTIFICATE_INVALID", &self.certificate, &error.to_string()))?;
        let builder = match (&self.client_ca, &contents.client_ca) {
            (Some(path), Some(bytes)) => {
                let invalid = |what: &str| wrong("TLS_CLIENT_CA_INVALID", path, what);
                let mut roots = RootCertStore::empty();
                for certificate in
                    certificates(bytes).ok_or_else(|| invalid("holds no certificate in PEM"))?
                {
                    roots.add(certificate).map_err(|error| invalid(&error.to_string()))?;
                }
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
        Ok(config)
    }

    /// Polls the files, and loads the certificates again when the contents have changed.
    /// Modification times are no evidence, because a file may be a link to another file.
    async fn reload_loop(
        self,
        mut known: Contents,
        sender: watch::Sender<Arc<ServerConfig>>,
        stopping: CancellationToken,
    ) {
        let mut told = None;
        while timeout(LOOK_INTERVAL, stopping.cancelled()).await.is_err() {
            let files = self.clone();
            let Ok(read) = tokio::task::spawn_blocking(move || files.read()).await else { continue };
            let error = match read {
                Ok(contents) if contents == known => None,
                Ok(contents) => match self.config(&contents) {
                    Ok(config) => {
                        known = contents;
                        tracing::info!(certificate = %self.certificate.display(), "certificates reloaded");
                        sender.send_replace(Arc::new(config));
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
}

/// The certificates of a file; `None` if there are none, or one is malformed.
fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let all = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().ok()?;
    (!all.is_empty()).then_some(all)
}

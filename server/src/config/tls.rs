//! The files of the port's certificates.

use std::path::PathBuf;

/// Files of certificates and keys, all in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The server's certificate, with the chain to its authority.
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// The authorities whose clients may connect; `None` admits every client.
    pub client_ca: Option<PathBuf>,
}

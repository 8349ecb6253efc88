//! What an edge is set to: its spool, and where its core is.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use http::HeaderValue;
use s2s_sdk::Client;

use super::{ConfigError, SecretUrl, invalid};
use crate::{
    api_key::KeyText,
    edge::{Core, SpoolSettings},
};

/// Has no flag: arguments can be seen by every user of the machine.
pub const CORE_KEY: &str = "S2S_CORE_KEY";
/// The name of no folder.
const OFF: &str = "off";
const BYTES_PER_MEBIBYTE: u64 = 1_024 * 1_024;

/// What a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Edge and core.
    All,
    /// Visitors and postbacks, for a core that is elsewhere. It has no database.
    Edge,
    /// The database and the gRPC API.
    Core,
}

#[derive(Args, Debug, Clone)]
pub struct EdgeConfig {
    /// Whether this server is edge and core, or one of them.
    #[arg(long, env = "S2S_ROLE", default_value = "all")]
    pub role: Role,

    /// The URL of an edge's core, such as `https://core.example`. The edge's API key, of the scope `edge`, is
    /// `S2S_CORE_KEY` in the environment.
    #[arg(long = "core", env = "S2S_CORE", value_name = "URL", required_if_eq("role", "edge"))]
    core_url: Option<SecretUrl>,

    /// Certificates in PEM of the authorities that the core's certificate is to be of. Default: those that
    /// the system trusts.
    #[arg(long, env = "S2S_CORE_CA", value_name = "FILE", requires = "core_url")]
    core_ca: Option<PathBuf>,

    /// An edge's own certificate in PEM, for a core that asks for one (mTLS).
    #[arg(long, env = "S2S_CORE_CLIENT_CERTIFICATE", value_name = "FILE", requires = "core_client_key")]
    core_client_certificate: Option<PathBuf>,

    /// The private key of that certificate, in PEM.
    #[arg(long, env = "S2S_CORE_CLIENT_KEY", value_name = "FILE", requires = "core_client_certificate")]
    core_client_key: Option<PathBuf>,

    /// The folder in which an edge keeps what its core can't take now, on a disk of this machine; `off`: nowhere.
    /// Default: the path of an SQLite database and `.spool`, else `s2s.spool`.
    #[arg(long, env = "S2S_SPOOL", value_name = "FOLDER")]
    spool: Option<PathBuf>,

    /// Most that the spool may hold, in mebibytes. A million postbacks are about 600.
    #[arg(long, env = "S2S_SPOOL_MEBIBYTES_MAX", default_value = "1024", value_name = "MEBIBYTES",
          value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    spool_mebibytes_max: u64,
}

impl EdgeConfig {
    pub fn check(&self) -> Result<(), ConfigError> {
        let checked = self.core_url.as_ref().map_or(Ok(()), SecretUrl::check_core);
        checked.map_err(|fault| invalid(format!("error: invalid value for --core: {fault}")))?;
        if self.core_url.is_some() && self.role != Role::Edge {
            let message =
                "error: --core is for --role=edge alone; elsewhere the core is in the server itself";
            return Err(ConfigError {
                reason: "CORE_NOT_FOR_ROLE",
                message: message.to_owned(),
                exit_code: 2,
            });
        }
        Ok(())
    }

    pub fn client_key(&self) -> Option<&PathBuf> {
        self.core_client_key.as_ref()
    }

    /// `None`: there is none.
    pub fn spool(&self, database_url: &SecretUrl) -> Option<SpoolSettings> {
        let folder = match &self.spool {
            Some(folder) if folder.as_os_str() == OFF => return None,
            Some(folder) => folder.clone(),
            None => match database_url.file() {
                Some(path) if self.role != Role::Edge => format!("{path}.spool").into(),
                _ => "s2s.spool".into(),
            },
        };
        Some(SpoolSettings { folder, bytes_max: self.spool_mebibytes_max.saturating_mul(BYTES_PER_MEBIBYTE) })
    }

    /// The way to a core that is elsewhere.
    pub fn core(&self, key: Option<&KeyText>) -> Result<Core, ConfigError> {
        let read = |path: &PathBuf| {
            std::fs::read(path)
                .map_err(|error| invalid(format!("error: can't read {}: {error}", path.display())))
        };
        let url = self.core_url.as_ref();
        let mut builder = Client::builder(url.map(SecretUrl::reveal).unwrap_or_default());
        if let Some(path) = &self.core_ca {
            builder = builder.ca_certificate(read(path)?);
        }
        if let (Some(certificate), Some(key)) = (&self.core_client_certificate, &self.core_client_key) {
            builder = builder.identity(read(certificate)?, read(key)?);
        }
        let channel = builder.channel().map_err(|error| {
            let url = url.map(ToString::to_string).unwrap_or_default();
            invalid(format!("error: --core {url}: {error}"))
        })?;
        let key = key.ok_or_else(|| {
            invalid(format!("error: an edge needs an API key with the scope `edge` in {CORE_KEY}"))
        })?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", key.reveal()))
            .map_err(|_| invalid(format!("error: {CORE_KEY} is no API key")))?;
        bearer.set_sensitive(true);
        Ok(Core::There(channel, bearer))
    }
}

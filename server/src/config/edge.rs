//! The settings of an edge: its spool, and the address of its core.

use std::path::PathBuf;

use clap::{Args, ValueEnum, builder::BoolishValueParser};
use url::Url;

use super::{SecretUrl, Task, invalid, not_a_url};
use crate::{
    error::StartError,
    values::{api_key_text::KeyText, seal::Seal},
};

/// Variable of an edge's API key. It has no flag, because every user of the machine can see the
/// arguments of a program.
pub const CORE_KEY: &str = "S2S_CORE_KEY";
/// Value that disables the spool.
const OFF: &str = "off";
/// Purpose of the seal of the snapshot; a part of its derivation.
const SNAPSHOT: &str = "s2s-server 2026-11 snapshot of an edge";
const BYTES_PER_MEBIBYTE: u64 = 1_024 * 1_024;

/// The URLs of pages for people who followed an address that leads nowhere.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// For people who opened the address of the server itself.
    pub home: Option<Url>,
    /// For people who followed an address that no link has, or whose link has ended.
    pub not_found: Option<Url>,
}

/// The role of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Edge and core in one server.
    All,
    /// Serves visitors and postbacks for a remote core. It has no database.
    Edge,
    /// Serves the database and the gRPC API.
    Core,
}

#[derive(Args, Debug, Clone)]
pub struct EdgeConfig {
    /// The role of this server: edge and core, or one of them.
    #[arg(long, env = "S2S_ROLE", default_value = "all", global = true)]
    pub role: Role,

    /// The URL of an edge's core, such as `https://core.example`. The edge's API key, with the
    /// scope `edge`, is `S2S_CORE_KEY` in the environment.
    #[arg(long = "core", env = "S2S_CORE", value_name = "URL", required_if_eq("role", "edge"))]
    core_url: Option<SecretUrl>,

    /// Certificates in PEM of the authorities that may sign the core's certificate. Default: the
    /// authorities that the system trusts.
    #[arg(long, env = "S2S_CORE_CA", value_name = "FILE", requires = "core_url")]
    core_ca: Option<PathBuf>,

    /// An edge's own certificate in PEM, for a core that requires one (mTLS).
    #[arg(long, env = "S2S_CORE_CLIENT_CERTIFICATE", value_name = "FILE", requires = "core_client_key")]
    core_client_certificate: Option<PathBuf>,

    /// The private key of `--core-client-certificate`, in PEM.
    #[arg(long, env = "S2S_CORE_CLIENT_KEY", value_name = "FILE", requires = "core_client_certificate")]
    core_client_key: Option<PathBuf>,

    /// URL for people who open the address of the server itself: they are redirected to it.
    /// Default: a small page that says that nothing is there.
    #[arg(long, env = "S2S_HOME_URL", value_name = "URL", value_parser = page_url)]
    home_url: Option<Url>,

    /// URL for people who follow an address that no link has, or whose link has ended without a
    /// fallback: they are redirected to it. Default: a small page that says so.
    #[arg(long, env = "S2S_NOT_FOUND_URL", value_name = "URL", value_parser = page_url)]
    not_found_url: Option<Url>,

    /// Folder of the spool, in which an edge keeps calls that its core can't take now, on a disk of
    /// this machine; `off` disables it. Default: the path of an SQLite database with `.spool`
    /// appended, else `s2s.spool`.
    #[arg(long, env = "S2S_SPOOL", value_name = "FOLDER", global = true)]
    spool: Option<PathBuf>,

    /// Maximum size of the spool, in mebibytes. A million postbacks take about 600.
    #[arg(long, env = "S2S_SPOOL_MEBIBYTES_MAX", default_value = "1024", value_name = "MEBIBYTES",
          value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    spool_mebibytes_max: u64,

    /// Budget for the copies of links that this server keeps in memory and in the folder of its
    /// spool, in mebibytes. While the database is away, visitors of these links are redirected.
    /// Beyond the budget, the account that takes most of it loses links; the most recently followed
    /// ones stay. A mebibyte holds some 2,300 links. The file takes at most twice the budget.
    #[arg(long, env = "S2S_LINKS_KNOWN_MEBIBYTES", default_value = "64", value_name = "MEBIBYTES",
          value_parser = clap::value_parser!(u64).range(1..=65_536))]
    links_known_mebibytes: u64,

    /// Also delivers records of the spool that lack a proof that this installation wrote them, such
    /// as the records of another installation's folder. Set it for one start, and only if you trust
    /// the folder.
    #[arg(long, env = "S2S_SPOOL_ADOPT", value_parser = BoolishValueParser::new())]
    spool_adopt: bool,
}

fn page_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(not_a_url)?;
    let is_page = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    if is_page { Ok(url) } else { Err("must be an `http://` or `https://` URL without a user".to_owned()) }
}

impl EdgeConfig {
    pub fn check(&self) -> Result<(), StartError> {
        let checked = self.core_url.as_ref().map_or(Ok(()), SecretUrl::check_core);
        checked.map_err(|fault| invalid(format!("invalid value for --core: {fault}")))?;
        if self.core_url.is_some() && self.role != Role::Edge {
            let message = "--core is for --role=edge only; in other roles the server itself is the core";
            return Err(StartError::setting("CORE_NOT_FOR_ROLE", message));
        }
        Ok(())
    }

    /// Refuses the role of an edge for a task that needs the database. The role may come from the
    /// environment of the edge, so other settings of an edge are ignored as they are for a backup.
    pub fn check_for(&self, task: &Task) -> Result<(), StartError> {
        if matches!(task, Task::CheckTotals) && self.role == Role::Edge {
            let message = "check-totals reads the database, and an edge has none; run it with the --database-url of the \
                           core, and without --role=edge";
            return Err(invalid(message.to_owned()));
        }
        Ok(())
    }

    /// The budget of the links that an edge knows, in bytes.
    pub fn known_bytes_max(&self) -> u64 {
        self.links_known_mebibytes.saturating_mul(BYTES_PER_MEBIBYTE)
    }

    pub fn client_key(&self) -> Option<&PathBuf> {
        self.core_client_key.as_ref()
    }

    pub fn pages(&self) -> Pages {
        Pages { home: self.home_url.clone(), not_found: self.not_found_url.clone() }
    }

    /// The settings of the spool; `None` if the spool is off.
    pub fn spool(&self, database_url: &SecretUrl, core_key: Option<&KeyText>) -> Option<SpoolSettings> {
        let folder = match &self.spool {
            Some(folder) if folder.as_os_str().eq_ignore_ascii_case(OFF) => return None,
            Some(folder) => folder.clone(),
            None => match database_url.file() {
                Some(path) if self.role != Role::Edge => format!("{path}.spool").into(),
                _ => "s2s.spool".into(),
            },
        };
        let secret = match self.role {
            Role::Edge => core_key.map(|key| key.reveal().to_owned()).unwrap_or_default(),
            Role::All | Role::Core => database_url.secret(),
        };
        Some(SpoolSettings {
            folder,
            bytes_max: self.spool_mebibytes_max.saturating_mul(BYTES_PER_MEBIBYTE),
            known_bytes_max: self.known_bytes_max(),
            seal: Seal::derive(SNAPSHOT, secret.as_bytes()),
            adopts: self.spool_adopt,
        })
    }

    /// Reads the address of a remote core, and the credentials of the edge.
    pub fn core(&self, key: Option<&KeyText>) -> Result<CoreAddress, StartError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| invalid(format!("can't read {}: {error}", path.display())))
        };
        let identity = match (&self.core_client_certificate, &self.core_client_key) {
            (Some(certificate), Some(key)) => Some((read(certificate)?, read(key)?)),
            _ => None,
        };
        let key = key.cloned().ok_or_else(|| {
            invalid(format!("an edge needs an API key with the scope `edge` in {CORE_KEY}"))
        })?;
        Ok(CoreAddress {
            url: self.core_url.clone().unwrap_or_default(),
            ca: self.core_ca.as_ref().map(read).transpose()?,
            identity,
            key,
        })
    }
}

/// The address of a remote core, and the credentials of an edge.
pub struct CoreAddress {
    pub url: SecretUrl,
    /// The authorities that may sign the core's certificate, in PEM; `None` for the authorities
    /// that the system trusts.
    pub ca: Option<Vec<u8>>,
    /// The edge's own certificate and its key, in PEM.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
    pub key: KeyText,
}

/// The settings of a spool.
#[derive(Clone, Debug)]
pub struct SpoolSettings {
    pub folder: PathBuf,
    /// Maximum size of the spool's files, in bytes.
    pub bytes_max: u64,
    /// The budget of the links in the snapshot, in bytes.
    pub known_bytes_max: u64,
    /// The seal of the snapshot, derived from a secret of the settings. It can't be derived from a
    /// secret of the core, because the snapshot is read before the core answers.
    pub seal: Seal,
    /// Records without a valid proof are accepted.
    pub adopts: bool,
}

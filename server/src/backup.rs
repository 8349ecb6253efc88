//! Copies of an installation, and their restore.
//!
//! A backup copies the spool first, then the database. So everything that was acknowledged before
//! the backup began is in at least one of the two copies: a record leaves the spool only once the
//! core has written it to the database. A record in both copies is delivered again after the
//! restore, and the core recognises it by its id.
//!
//! Absent on purpose: any lock or call to the running server, so a backup works while the server is
//! down as well; and the choice of time and place of copies, which is left to cron and to archiving
//! programs.

mod manifest;
mod new_copy;
mod restore;

use std::io::Write as _;

use self::{
    manifest::{DATABASE, Manifest, SPOOL},
    new_copy::NewCopy,
};
use crate::{
    config::{Config, Role},
    db::copy::Copied,
    edge::spool_copy,
    error::StartError,
    values::time::Clock,
};

/// Copies the installation into a new folder, and reports that on standard output.
pub async fn back_up_to(config: &Config, to: &std::path::Path) -> Result<(), StartError> {
    report("copied", &back_up(config, to).await?);
    Ok(())
}

/// Puts a copy back, and reports that on standard output.
pub async fn restore_from(config: &Config, from: &std::path::Path) -> Result<(), StartError> {
    report("restored", &restore::restore(config, from).await?);
    Ok(())
}

fn report(done: &str, manifest: &Manifest) {
    let (of, bytes) = (manifest.begin_time.as_str(), manifest.bytes());
    let files = manifest.files.len();
    // The task is done, even if the report can't be written.
    let _ = writeln!(std::io::stdout(), "{done}: the state of {of}, {files} files, {bytes} bytes");
}

/// The parts of an installation that this server has.
struct Parts<'a> {
    spool: Option<std::path::PathBuf>,
    database: Option<Copied<'a>>,
}

impl<'a> Parts<'a> {
    fn of(config: &'a Config) -> Result<Self, StartError> {
        let role = config.edge.role;
        let spool = config.spool().filter(|_| role != Role::Core).map(|spool| spool.folder);
        let database = if role == Role::Edge { None } else { Copied::new(&config.database_url) };
        if spool.is_none() && database.is_none() {
            let message =
                "an edge without a spool has nothing to copy: name the folder of its spool with --spool";
            return Err(StartError::setting("INVALID_SETTING", message));
        }
        Ok(Self { spool, database })
    }
}

async fn back_up(config: &Config, to: &std::path::Path) -> Result<Manifest, StartError> {
    let parts = Parts::of(config)?;
    let mut copy = NewCopy::begin(to)?;
    let begun = Clock::system_now();
    // The promise at the top of this file depends on this order.
    if let Some(spool) = &parts.spool {
        copy.create_folder(SPOOL)?;
        spool_copy::read(spool, |name, bytes| copy.put(&format!("{SPOOL}/{name}"), bytes))?;
    }
    if let Some(database) = &parts.database {
        database.dump(&copy.path_of(DATABASE)).await?;
        copy.keep(DATABASE)?;
    }
    let kind = parts.database.as_ref().map(Copied::kind);
    copy.finish(begun, Clock::system_now(), kind, parts.spool.is_some())
}

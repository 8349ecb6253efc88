//! Puts a copy back into an empty database and an empty spool.
//!
//! The spool is marked until the database is completely restored, and no server starts on a marked
//! spool. So a restore that is broken off can't be taken for a finished one.

use std::path::Path;

use super::{
    Parts,
    manifest::{DATABASE, Manifest, SPOOL},
};
use crate::{config::Config, db::copy::Copied, edge::spool_copy::Restoring, error::StartError};

pub async fn restore(config: &Config, from: &Path) -> Result<Manifest, StartError> {
    let parts = Parts::of(config)?;
    let manifest = Manifest::read(from)?;
    check_kind(&manifest, &parts)?;
    manifest.check_files(from)?;
    // Nothing is written before every refusal has been considered.
    if let Some(database) = &parts.database {
        database.check_empty().await?;
    }
    let spool = parts.spool.as_deref().map(|path| put_spool(&manifest, from, path)).transpose()?;
    if let Some(database) = &parts.database {
        database.load(&from.join(DATABASE)).await?;
    }
    spool.map(Restoring::finish).transpose()?;
    Ok(manifest)
}

/// Refuses a copy of another kind of installation.
fn check_kind(manifest: &Manifest, parts: &Parts<'_>) -> Result<(), StartError> {
    let (copied, wanted) = (manifest.database.as_deref(), parts.database.as_ref().map(Copied::kind));
    let message = match (copied, wanted) {
        (Some(copied), Some(wanted)) if copied != wanted => {
            format!("the copy is of a {copied} database, and --database-url names a {wanted} database")
        }
        (Some(_), None) => "the copy is of a core, and --role=edge restores an edge alone".to_owned(),
        (None, Some(_)) => "the copy is of an edge alone: add --role=edge".to_owned(),
        _ if parts.spool.is_none() && manifest.spool_files().next().is_some() => {
            "the copy has a spool, whose records would be lost: name its folder with --spool, and use the role of the \
             server that was copied"
                .to_owned()
        }
        _ => return Ok(()),
    };
    Err(StartError::setting("COPY_UNSUITABLE", message))
}

fn put_spool(manifest: &Manifest, from: &Path, path: &Path) -> Result<Restoring, StartError> {
    let Some(mut spool) = Restoring::begin(path)? else {
        let message = format!(
            "the spool in {} is not empty: move it away, or name another with --spool",
            path.display()
        );
        return Err(StartError::setting("RESTORE_NOT_EMPTY", message));
    };
    for name in manifest.spool_files() {
        let file = from.join(SPOOL).join(name);
        let bytes = std::fs::read(&file).map_err(|error| {
            StartError::failure("RESTORE_FAILED", format!("can't read {}: {error}", file.display()))
        })?;
        spool.put(name, &bytes)?;
    }
    Ok(spool)
}

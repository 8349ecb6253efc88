//! Copies of a whole database. A copy is made while servers may run, and put back into an empty
//! database.
//!
//! A copy shows the database at one moment after `dump` began. SQLite makes the copy itself.
//! PostgreSQL and MariaDB are copied by the programs of their vendors, which know every version of
//! their server.

mod vendor;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr, Statement,
};

use super::sqlite;
use crate::{config::SecretUrl, error::StartError};

/// Counts the tables and views of a PostgreSQL database.
const TABLES_OF_POSTGRES: &str = "SELECT COUNT(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
     WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'";
/// Counts the tables and views of a MariaDB database.
const TABLES_OF_MYSQL: &str =
    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()";
/// Endings of the files that SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A database to copy, or to put a copy into.
pub struct Copied<'a> {
    backend: DbBackend,
    url: &'a SecretUrl,
}

impl<'a> Copied<'a> {
    /// The database at `url`. `None` if its kind is unknown, which the check of the settings
    /// refuses.
    pub fn new(url: &'a SecretUrl) -> Option<Self> {
        Some(Self { backend: crate::config::backend(url.reveal())?, url })
    }

    /// The kind of the database, for the manifest.
    pub fn kind(&self) -> &'static str {
        match self.backend {
            DbBackend::Postgres => "postgres",
            DbBackend::MySql => "mariadb",
            _ => "sqlite",
        }
    }

    /// Writes a copy to a new file.
    pub async fn dump(&self, to: &Path) -> Result<(), StartError> {
        match self.backend {
            DbBackend::Postgres | DbBackend::MySql => vendor::dump(self.backend, self.url, to).await,
            _ => self.dump_sqlite(to).await,
        }
    }

    /// Puts a copy back.
    pub async fn load(&self, from: &Path) -> Result<(), StartError> {
        match self.backend {
            DbBackend::Postgres | DbBackend::MySql => vendor::load(self.backend, self.url, from).await,
            _ => self.load_sqlite(from),
        }
    }

    /// Refuses a database that holds anything.
    pub async fn check_empty(&self) -> Result<(), StartError> {
        let query = match self.backend {
            DbBackend::Postgres => TABLES_OF_POSTGRES,
            DbBackend::MySql => TABLES_OF_MYSQL,
            _ => return self.check_no_file(),
        };
        let counted = async {
            let db = self.connect().await?;
            let row = db.query_one_raw(Statement::from_string(self.backend, query)).await?;
            let count = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
            db.close().await?;
            Ok(count.unwrap_or_default())
        };
        match counted.await {
            Ok(0) => Ok(()),
            Ok(tables) => Err(occupied(&format!(
                "the database {} has {tables} tables: make a new, empty database, and name it with --database-url",
                self.url
            ))),
            Err(error) => Err(self.unusable(&error)),
        }
    }

    fn check_no_file(&self) -> Result<(), StartError> {
        let path = self.file();
        let taken = std::iter::once("").chain(BESIDE).map(|end| beside(&path, end));
        match taken.into_iter().find(|path| fs::symlink_metadata(path).is_ok()) {
            None => Ok(()),
            Some(path) => Err(occupied(&format!(
                "{} exists: move it away, or name another file with --database-url",
                path.display()
            ))),
        }
    }

    async fn dump_sqlite(&self, to: &Path) -> Result<(), StartError> {
        let failed = |error: &DbErr| failed(&format!("can't copy the database {}: {error}", self.url));
        // Refuses a missing file here, because the error of SQLite does not say that it is missing.
        if !self.file().is_file() {
            let message = format!("can't use the database {}: there is no such file", self.url);
            return Err(StartError::failure("DATABASE_FAILED", message).passing(true));
        }
        let Some(path) = to.to_str() else {
            let message = format!("the path of the copy, {}, is no valid UTF-8", to.display());
            return Err(StartError::setting("INVALID_SETTING", message));
        };
        let db = self.connect().await.map_err(|error| self.unusable(&error))?;
        let copy = Statement::from_sql_and_values(self.backend, "VACUUM INTO ?", [path.into()]);
        db.execute_raw(copy).await.map_err(|error| failed(&error))?;
        db.close().await.map_err(|error| failed(&error))
    }

    /// Puts the file in its place once it is complete.
    fn load_sqlite(&self, from: &Path) -> Result<(), StartError> {
        let path = self.file();
        let new = beside(&path, ".restoring");
        // Unlike a rename, a link does not replace a file that has appeared meanwhile.
        let placed = copy_durably(from, &new).and_then(|()| fs::hard_link(&new, &path));
        let _ = fs::remove_file(&new);
        placed
            .and_then(|()| sync_folder_of(&path))
            .map_err(|error| not_restored(&format!("can't write {}: {error}", path.display())))
    }

    async fn connect(&self) -> Result<DatabaseConnection, DbErr> {
        let mut options = ConnectOptions::new(self.url.reveal().replacen("mariadb:", "mysql:", 1));
        options.max_connections(1).sqlx_logging(false);
        if self.backend == DbBackend::Sqlite {
            sqlite::set_for_copy(&mut options);
        }
        Database::connect(options).await
    }

    /// The file of an SQLite database.
    fn file(&self) -> PathBuf {
        self.url.opened_file().unwrap_or_default().into()
    }

    fn unusable(&self, error: &DbErr) -> StartError {
        let message =
            format!("can't use the database {}: {}", self.url, self.url.blotted(&error.to_string()));
        StartError::failure("DATABASE_FAILED", message).passing(true)
    }
}

fn failed(message: &str) -> StartError {
    StartError::failure("BACKUP_FAILED", message)
}

fn not_restored(message: &str) -> StartError {
    StartError::failure("RESTORE_FAILED", message)
}

fn occupied(message: &str) -> StartError {
    StartError::setting("RESTORE_NOT_EMPTY", message)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn copy_durably(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut File::open(from)?, &mut File::create(to)?)?;
    File::open(to)?.sync_all()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

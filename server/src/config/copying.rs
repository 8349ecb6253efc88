//! The tasks that the program does instead of serving: a copy of an installation, its restore, a
//! check of the totals.

use std::path::PathBuf;

use clap::Subcommand;

/// A task that the program does instead of serving.
#[derive(Subcommand, Debug, Clone)]
pub enum Task {
    /// Copies the spool, then the database, into a new folder, and ends. The server may be running
    /// meanwhile. With `--role=edge`, only the spool is copied. PostgreSQL needs `pg_dump`, MariaDB
    /// `mariadb-dump`.
    Backup {
        /// The folder for the copy. It must be empty, or not exist yet. Its parent folder must
        /// exist.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
    },
    /// Puts a copy back into an empty database and an empty spool, and ends. No server may run on
    /// them yet. PostgreSQL needs `pg_restore`, MariaDB `mariadb`.
    Restore {
        /// The folder with the copy.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
    },
    /// Compares the totals of clicks and conversions with the rows that they count, and what partners
    /// are owed with the lines of their ledgers, and ends. Says
    /// what was compared. Fails if a total is wrong, and then says what the rows and what the
    /// totals have. The server may be running meanwhile. Runs where the database is, so not with
    /// `--role=edge`.
    CheckTotals,
}

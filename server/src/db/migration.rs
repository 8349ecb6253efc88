//! The schema of the database.
//!
//! A new migration keeps these rules:
//! - It goes forward only: expand first, contract in a later version, so that the previous version
//!   still runs. A merged migration is never edited, and its name never changes.
//! - Every unique index of `click` and `conversion` contains the click id, and tables that grow
//!   with traffic have no foreign keys, so that the tables can be sharded by click id.
//! - It runs on SQLite, PostgreSQL and MariaDB. It can run again after it broke off half-way,
//!   because MariaDB does not roll back changes of tables. (Some migrations before m0009 can't run
//!   again.)

mod m0001_first;
mod m0002_presets;
mod m0003_held_postbacks;
mod m0004_mysql_texts;
mod m0005_partitions;
mod m0006_api_keys;
mod m0007_postback_authentication;
mod m0008_postbacks_of_clicks;
mod m0009_sender_proof;
mod m0010_lived_time;
mod m0011_default_status;
mod m0012_cut_postbacks;
mod m0013_decimal_separator;
mod m0014_click_flags;
mod m0015_archive_times;
mod m0016_click_id_keys;
mod m0017_strangers;
mod m0018_changed_links;
mod m0019_postbacks_of_edges;
mod m0020_order_index;
mod m0021_packed_rows;
mod m0022_journal;
mod m0023_tallies;
mod m0024_visitor_keys;
mod m0025_adjustments;
mod m0026_update_policy;
mod m0027_transaction_scope;
mod m0028_partners;
mod m0029_payouts;
mod m0030_statements;
mod m0031_statement_places;
mod m0032_sessions;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_presets::Migration),
            Box::new(m0003_held_postbacks::Migration),
            Box::new(m0004_mysql_texts::Migration),
            Box::new(m0005_partitions::Migration),
            Box::new(m0006_api_keys::Migration),
            Box::new(m0007_postback_authentication::Migration),
            Box::new(m0008_postbacks_of_clicks::Migration),
            Box::new(m0009_sender_proof::Migration),
            Box::new(m0010_lived_time::Migration),
            Box::new(m0011_default_status::Migration),
            Box::new(m0012_cut_postbacks::Migration),
            Box::new(m0013_decimal_separator::Migration),
            Box::new(m0014_click_flags::Migration),
            Box::new(m0015_archive_times::Migration),
            Box::new(m0016_click_id_keys::Migration),
            Box::new(m0017_strangers::Migration),
            Box::new(m0018_changed_links::Migration),
            Box::new(m0019_postbacks_of_edges::Migration),
            Box::new(m0020_order_index::Migration),
            Box::new(m0021_packed_rows::Migration),
            Box::new(m0022_journal::Migration),
            Box::new(m0023_tallies::Migration),
            Box::new(m0024_visitor_keys::Migration),
            Box::new(m0025_adjustments::Migration),
            Box::new(m0026_update_policy::Migration),
            Box::new(m0027_transaction_scope::Migration),
            Box::new(m0028_partners::Migration),
            Box::new(m0029_payouts::Migration),
            Box::new(m0030_statements::Migration),
            Box::new(m0031_statement_places::Migration),
            Box::new(m0032_sessions::Migration),
        ]
    }
}

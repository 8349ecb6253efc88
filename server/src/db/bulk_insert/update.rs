//! Updates of many known rows with few statements.

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, EntityTrait, IdenStatic as _, ModelTrait, Statement};

use super::{Grouped, Insertion, insert_known, known::Known, quoted, statement_runs};
use crate::db::Connection;

/// Writes the columns `set` of rows that are locked in this transaction, with few statements. The rows
/// must be there: on MariaDB, one that is not would be inserted. No two rows have the same key.
pub async fn write_columns<E>(
    txn: &Connection,
    rows: &[&E::Model],
    key: &[E::Column],
    set: &[E::Column],
) -> Result<(), DbErr>
where
    E: Grouped,
    E::Model: ModelTrait<Entity = E>,
{
    match txn.get_database_backend() {
        // It has no updates from lists of values.
        DbBackend::MySql => return insert_known::<E>(txn, rows, Known::Written(set)).await,
        DbBackend::Postgres if !rows.is_empty() => {
            let mut update = Insertion::new(DbBackend::Postgres);
            update.update_postgres::<E>(rows, key, set)?;
            update.execute(txn).await?;
        }
        _ => {
            for run in statement_runs(rows) {
                txn.execute_raw(from_values::<E>(txn.get_database_backend(), run, key, set)).await?;
            }
        }
    }
    Ok(())
}

/// Builds `UPDATE … FROM source AS n WHERE …`, with the names of the source's columns: first those of the
/// key, then the others. An insert that meets known keys needs all columns, and tries to insert each row.
fn update<E: EntityTrait>(
    backend: DbBackend,
    (source, names): (&str, &[String]),
    key: &[E::Column],
    set: &[E::Column],
) -> String {
    let quote = |column: &E::Column| quoted(backend, column.as_str());
    let of_key = key.iter().map(quote).zip(names);
    let same: Vec<String> = of_key.map(|(column, name)| format!("t.{column} = n.{name}")).collect();
    let of_set = set.iter().map(quote).zip(names.iter().skip(key.len()));
    let set: Vec<String> = of_set.map(|(column, name)| format!("{column} = n.{name}")).collect();
    let table = quoted(backend, E::default().as_str());
    format!("UPDATE {table} AS t SET {} FROM {source} WHERE {}", set.join(","), same.join(" AND "))
}

fn from_values<E>(backend: DbBackend, rows: &[&E::Model], key: &[E::Column], set: &[E::Column]) -> Statement
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E>,
{
    let columns = key.len() + set.len();
    let row = format!("({})", vec!["?"; columns].join(","));
    let source = format!("(VALUES {}) AS n", vec![row; rows.len()].join(","));
    // SQLite's own names for the columns of values.
    let names: Vec<String> = (1..=columns).map(|number| format!("column{number}")).collect();
    let values = rows.iter().flat_map(|row| key.iter().chain(set).map(|column| row.get(*column)));
    Statement::from_sql_and_values(backend, update::<E>(backend, (&source, &names), key, set), values)
}

impl Insertion {
    /// Adds an update of rows on PostgreSQL, with an array for each of the named columns.
    fn update_postgres<E>(
        &mut self,
        rows: &[&E::Model],
        key: &[E::Column],
        set: &[E::Column],
    ) -> Result<(), DbErr>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E>,
    {
        let columns: Vec<E::Column> = key.iter().chain(set).copied().collect();
        let names: Vec<String> = (1..=columns.len()).map(|number| format!("c{number}")).collect();
        let source = format!("({}) AS n({})", self.unnest::<E>(rows, &columns, "")?, names.join(","));
        self.inserts.push(update::<E>(DbBackend::Postgres, (&source, &names), key, set));
        Ok(())
    }
}

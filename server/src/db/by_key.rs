//! Look-ups of many rows by their keys, of several columns each, and the texts of changes.
//!
//! A condition that SeaORM builds for each key costs more instructions than the look-up itself, and
//! lists of values for each column would let a database try every combination of them. So the text is
//! put together here. Few texts occur, so the statements stay prepared.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic as _, Iterable as _,
    Statement, Value,
};

use super::bulk_insert::{list, quoted, statement_runs};

/// Maximum number of keys in a statement; more would nest its condition too deeply.
const KEYS_MAX: usize = 128;

/// Finds the rows that have these values in the columns of a key. With `lock`, locks them until the
/// transaction ends. Then the keys must be sorted: if all transactions lock rows in the same order, they
/// can't deadlock.
pub async fn find_by_keys<E, const N: usize>(
    db: &impl ConnectionTrait,
    key: [E::Column; N],
    values: &[[Value; N]],
    lock: bool,
) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
{
    let backend = db.get_database_backend();
    let table = quoted(backend, E::default().as_str());
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let columns = list(backend, columns.iter());
    let key = key.map(|column| quoted(backend, column.as_str()));
    let end = if lock && backend != DbBackend::Sqlite {
        format!(" ORDER BY {} FOR UPDATE", key.join(","))
    } else {
        // SQLite has one writer, so a transaction that writes has locked everything.
        String::new()
    };
    let mut found = Vec::with_capacity(values.len());
    for run in values.chunks(KEYS_MAX).flat_map(statement_runs) {
        let condition = condition(backend, &key, run.len());
        let sql = format!("SELECT {columns} FROM {table} WHERE {condition}{end}");
        let values = run.iter().flatten().cloned();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        found.extend(E::find().from_raw_sql(statement).all(db).await?);
    }
    Ok(found)
}

/// The text of a statement that writes the columns `set` where the columns `same` have the values that
/// follow, and the columns `null` are null.
pub fn update_text<E: EntityTrait>(
    backend: DbBackend,
    set: &[E::Column],
    same: &[E::Column],
    null: &[E::Column],
) -> String {
    let mut number = 0;
    let mut placed = |column: &E::Column| {
        number += 1;
        let name = quoted(backend, column.as_str());
        if backend == DbBackend::Postgres { format!("{name}=${number}") } else { format!("{name}=?") }
    };
    let set: Vec<String> = set.iter().map(&mut placed).collect();
    let same = same.iter().map(placed);
    let null = null.iter().map(|column| format!("{} IS NULL", quoted(backend, column.as_str())));
    let conditions: Vec<String> = same.chain(null).collect();
    let table = quoted(backend, E::default().as_str());
    format!("UPDATE {table} SET {} WHERE {}", set.join(","), conditions.join(" AND "))
}

/// `(a=? AND b=?) OR (a=? AND b=?)`, for so many keys.
fn condition(backend: DbBackend, key: &[String], keys: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    for index in 0..keys {
        text.push_str(if index == 0 { "(" } else { " OR (" });
        for (index, column) in key.iter().enumerate() {
            if index > 0 {
                text.push_str(" AND ");
            }
            text.push_str(column);
            number += 1;
            match backend {
                DbBackend::Postgres => text.extend(["=$", &number.to_string()]),
                _ => text.push_str("=?"),
            }
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_condition_of_its_own() {
        let key = ["a", "b"].map(str::to_owned);
        for (backend, keys, expected) in [
            (DbBackend::Sqlite, 1, "(a=? AND b=?)"),
            (DbBackend::MySql, 2, "(a=? AND b=?) OR (a=? AND b=?)"),
            (DbBackend::Postgres, 2, "(a=$1 AND b=$2) OR (a=$3 AND b=$4)"),
        ] {
            assert_eq!(condition(backend, &key, keys), expected);
        }
    }
}

//! Look-ups of many rows by their keys, of several columns each.
//!
//! A condition that SeaORM builds for each key costs more instructions than the look-up itself, and
//! lists of values for each column would let a database try every combination of them. So the text is
//! put together here. Few texts occur, so the statements stay prepared.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic as _, Iterable as _,
    Statement, Value,
};

use super::bulk_insert::{array, list, quoted, statement_runs};

/// Maximum number of keys in a statement; more would nest its condition too deeply.
const KEYS_MAX: usize = 128;

/// Finds the rows that have these values in the columns of a key. With `lock`, locks them until the
/// transaction ends, in the order of these columns. Then the keys must be sorted in this order: if all
/// transactions lock rows in the same order, they can't deadlock.
pub async fn find_by_keys<E, const N: usize>(
    db: &impl ConnectionTrait,
    key: [E::Column; N],
    values: &[[Value; N]],
    lock: Option<&[E::Column]>,
) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
{
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let table = quoted(backend, E::default().as_str());
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let columns = list(backend, columns.iter());
    let key = key.map(|column| quoted(backend, column.as_str()));
    let select = format!("SELECT {columns} FROM {table}");
    // SQLite has one writer, so a transaction that writes has locked everything.
    let lock = lock.filter(|_| backend != DbBackend::Sqlite);
    let end = lock.map(|order| format!(" ORDER BY {} FOR UPDATE", list(backend, order.iter())));
    let end = end.unwrap_or_default();
    if backend == DbBackend::Postgres {
        let (condition, values) = in_arrays(&key, values)?;
        let statement =
            Statement::from_sql_and_values(backend, format!("{select} WHERE {condition}{end}"), values);
        return E::find().from_raw_sql(statement).all(db).await;
    }
    let mut found = Vec::with_capacity(values.len());
    for run in values.chunks(KEYS_MAX).flat_map(statement_runs) {
        let condition = condition(&key, run.len());
        let values = run.iter().flatten().cloned();
        let statement =
            Statement::from_sql_and_values(backend, format!("{select} WHERE {condition}{end}"), values);
        found.extend(E::find().from_raw_sql(statement).all(db).await?);
    }
    Ok(found)
}

/// `(a,b) IN (SELECT * FROM UNNEST($1, $2))`, with an array for each column. PostgreSQL plans this
/// once, and alternatives anew for each number of keys.
fn in_arrays<const N: usize>(
    key: &[String; N],
    values: &[[Value; N]],
) -> Result<(String, Vec<Value>), DbErr> {
    let (mut names, mut arrays) = (Vec::with_capacity(N), Vec::with_capacity(N));
    for column in 0..N {
        let of_column = values.iter().filter_map(|values| values.get(column)).cloned().collect();
        let (sql_type, values) = array(of_column)?;
        arrays.push(values);
        names.push(format!("${}::{sql_type}", arrays.len()));
    }
    Ok((format!("({}) IN (SELECT * FROM UNNEST({}))", key.join(","), names.join(",")), arrays))
}

/// `(a=? AND b=?) OR (a=? AND b=?)`, for so many keys.
fn condition(key: &[String], keys: usize) -> String {
    let one: Vec<String> = key.iter().map(|column| format!("{column}=?")).collect();
    vec![format!("({})", one.join(" AND ")); keys].join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_condition_of_its_own() {
        let key = ["a", "b"].map(str::to_owned);
        assert_eq!(condition(&key, 1), "(a=? AND b=?)");
        assert_eq!(condition(&key, 2), "(a=? AND b=?) OR (a=? AND b=?)");
    }

    #[test]
    fn each_column_of_a_key_has_an_array() {
        let key = ["a", "b"].map(str::to_owned);
        let values = [[Value::from(1_i64), "x".into()], [Value::from(2_i64), "y".into()]];
        let (condition, arrays) = in_arrays(&key, &values).unwrap();
        assert_eq!(condition, "(a,b) IN (SELECT * FROM UNNEST($1::bigint[],$2::text[]))");
        assert_eq!(arrays.len(), 2);
    }
}

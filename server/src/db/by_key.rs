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

/// Finds the rows that have these values in the columns of a key, the first of which an index begins
/// with. With `lock`, locks them until the transaction ends, in the order of these columns. Then the keys
/// must be sorted in this order: if all transactions lock rows in the same order, they can't deadlock.
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
    for run in statement_runs(values) {
        let text = match (backend, run) {
            (_, [_]) => format!("{select} WHERE {}{end}", is_key(&key)),
            (DbBackend::Sqlite, _) => {
                format!("SELECT {columns} FROM {}", in_values(&table, &key, run.len()))
            }
            _ => format!("{select} WHERE {}{end}", in_lists(&key, run.len())),
        };
        let first = run.iter().filter(|_| backend == DbBackend::MySql && run.len() > 1);
        let first = first.filter_map(|values| values.first());
        let values = first.chain(run.iter().flatten()).cloned();
        let statement = Statement::from_sql_and_values(backend, text, values);
        found.extend(E::find().from_raw_sql(statement).all(db).await?);
    }
    Ok(found)
}

/// Finds the rows that have the value `of` in one column, and one of these values in another. An index
/// begins with both.
pub async fn find_among<E>(
    db: &impl ConnectionTrait,
    of: (E::Column, Value),
    column: E::Column,
    values: &[Value],
) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
{
    let backend = db.get_database_backend();
    let [of_name, name] = [of.0, column].map(|column| quoted(backend, column.as_str()));
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let (columns, table) = (list(backend, columns.iter()), quoted(backend, E::default().as_str()));
    let select = format!("SELECT {columns} FROM {table} WHERE {of_name}=");
    let mut found = Vec::with_capacity(values.len());
    for run in statement_runs(values) {
        let (text, values) = if backend == DbBackend::Postgres {
            let (sql_type, values) = array(run.to_vec())?;
            (format!("{select}$1 AND {name}=ANY($2::{sql_type})"), vec![values])
        } else {
            (format!("{select}? AND {name} IN ({})", vec!["?"; run.len()].join(",")), run.to_vec())
        };
        let values = std::iter::once(of.1.clone()).chain(values);
        let statement = Statement::from_sql_and_values(backend, text, values);
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

/// `(VALUES (?,?),(?,?)) AS n CROSS JOIN t ON a=n.column1 AND b=n.column2`, for so many keys. SQLite joins
/// in this order, so each key is one look-up.
fn in_values(table: &str, key: &[String], keys: usize) -> String {
    let row = format!("({})", vec!["?"; key.len()].join(","));
    let rows = vec![row; keys].join(",");
    let same: Vec<String> =
        key.iter().zip(1..).map(|(column, number)| format!("{column}=n.column{number}")).collect();
    format!("(VALUES {rows}) AS n CROSS JOIN {table} ON {}", same.join(" AND "))
}

/// `a IN (?,?) AND (a,b) IN ((?,?),(?,?))`, for so many keys. MariaDB seeks the first columns in an index,
/// and the keys among what it finds; of alternatives, it would try each for each row.
fn in_lists(key: &[String], keys: usize) -> String {
    let first = key.first().map(String::as_str).unwrap_or_default();
    let row = format!("({})", vec!["?"; key.len()].join(","));
    let (firsts, rows) = (vec!["?"; keys].join(","), vec![row; keys].join(","));
    format!("{first} IN ({firsts}) AND ({}) IN ({rows})", key.join(","))
}

/// `a=? AND b=?`.
fn is_key(key: &[String]) -> String {
    let one: Vec<String> = key.iter().map(|column| format!("{column}=?")).collect();
    one.join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sought_by_their_first_column() {
        let key = ["a", "b"].map(str::to_owned);
        assert_eq!(is_key(&key), "a=? AND b=?");
        assert_eq!(in_lists(&key, 2), "a IN (?,?) AND (a,b) IN ((?,?),(?,?))");
    }

    #[test]
    fn keys_are_values_to_join_with() {
        let key = ["a", "b"].map(str::to_owned);
        assert_eq!(
            in_values("t", &key, 2),
            "(VALUES (?,?),(?,?)) AS n CROSS JOIN t ON a=n.column1 AND b=n.column2"
        );
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

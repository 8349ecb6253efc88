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
/// with. The keys differ: one that is named twice may be found twice. With `lock`, locks them until the transaction ends, in the order of these columns. Then the keys
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
        let (arrays, values) = arrays(values)?;
        let text = match lock {
            Some(_) => format!("{select} WHERE ({}) IN (SELECT * FROM UNNEST({arrays})){end}", key.join(",")),
            None => format!("SELECT {columns} FROM {}", in_arrays(&table, &columns, &key, &arrays)),
        };
        let statement = Statement::from_sql_and_values(backend, text, values);
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

/// Finds the rows that have the value `of` in one column, and one of these values in another. The primary
/// key begins with both. The values differ.
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
    if backend == DbBackend::Postgres {
        let keys: Vec<[Value; 2]> = values.iter().map(|value| [of.1.clone(), value.clone()]).collect();
        return find_by_keys::<E, 2>(db, [of.0, column], &keys, None).await;
    }
    let [of_name, name] = [of.0, column].map(|column| quoted(backend, column.as_str()));
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let (columns, table) = (list(backend, columns.iter()), quoted(backend, E::default().as_str()));
    let mut found = Vec::with_capacity(values.len());
    // Of many values, MariaDB estimates the rows by statistics, and may rather read the whole table.
    let table = if backend == DbBackend::MySql { format!("{table} FORCE INDEX (PRIMARY)") } else { table };
    for run in statement_runs(values) {
        let names = vec!["?"; run.len()].join(",");
        let text = format!("SELECT {columns} FROM {table} WHERE {of_name}=? AND {name} IN ({names})");
        let values = std::iter::once(of.1.clone()).chain(run.iter().cloned());
        let statement = Statement::from_sql_and_values(backend, text, values);
        found.extend(E::find().from_raw_sql(statement).all(db).await?);
    }
    Ok(found)
}

/// Finds the rows that have one of these values in a column, and in another a value from `from` to before
/// `below`. The index with this name begins with both columns. The values differ.
pub async fn find_within<E>(
    db: &impl ConnectionTrait,
    index: &str,
    (column, values): (E::Column, &[Value]),
    (other, from, below): (E::Column, Value, Value),
) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
{
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let [name, other] = [column, other].map(|column| quoted(backend, column.as_str()));
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let (columns, table) = (list(backend, columns.iter()), quoted(backend, E::default().as_str()));
    if backend == DbBackend::Postgres {
        let (sql_type, values) = array(values.to_vec())?;
        let text = format!(
            "SELECT {columns} FROM UNNEST($1::{sql_type}) AS n(k0) CROSS JOIN LATERAL \
             (SELECT {columns} FROM {table} WHERE {name}=k0 AND {other}>=$2 AND {other}<$3 OFFSET 0) AS found"
        );
        let statement = Statement::from_sql_and_values(backend, text, [values, from, below]);
        return E::find().from_raw_sql(statement).all(db).await;
    }
    let mut found = Vec::new();
    for run in statement_runs(values) {
        let text = if backend == DbBackend::Sqlite {
            let all = in_values(&table, std::slice::from_ref(&name), run.len());
            format!("SELECT {columns} FROM {all} AND {other}>=? AND {other}<?")
        } else {
            let names = vec!["?"; run.len()].join(",");
            let seek = format!("{name} IN ({names}) AND {other}>=? AND {other}<?");
            format!("SELECT {columns} FROM {table} FORCE INDEX ({index}) WHERE {seek}")
        };
        let values = run.iter().cloned().chain([from.clone(), below.clone()]);
        let statement = Statement::from_sql_and_values(backend, text, values);
        found.extend(E::find().from_raw_sql(statement).all(db).await?);
    }
    Ok(found)
}

/// `$1::bigint[],$2::text[]`, with an array for each column. PostgreSQL plans this once, and
/// alternatives anew for each number of keys.
fn arrays<const N: usize>(values: &[[Value; N]]) -> Result<(String, Vec<Value>), DbErr> {
    let (mut names, mut arrays) = (Vec::with_capacity(N), Vec::with_capacity(N));
    for column in 0..N {
        let of_column = values.iter().filter_map(|values| values.get(column)).cloned().collect();
        let (sql_type, values) = array(of_column)?;
        arrays.push(values);
        names.push(format!("${}::{sql_type}", arrays.len()));
    }
    Ok((names.join(","), arrays))
}

/// `UNNEST(…) AS n(k0,k1) CROSS JOIN LATERAL (SELECT … FROM t WHERE a=k0 AND b=k1 OFFSET 0) AS found`.
/// PostgreSQL does not take such a query apart, so each key is one look-up. It might else read the whole
/// table, or all rows with the first column of the key, because without statistics it takes them to be few.
fn in_arrays(table: &str, columns: &str, key: &[String], arrays: &str) -> String {
    let names: Vec<String> = (0..key.len()).map(|number| format!("k{number}")).collect();
    let same: Vec<String> = key.iter().zip(&names).map(|(column, name)| format!("{column}={name}")).collect();
    let (names, same) = (names.join(","), same.join(" AND "));
    format!(
        "UNNEST({arrays}) AS n({names}) CROSS JOIN LATERAL \
         (SELECT {columns} FROM {table} WHERE {same} OFFSET 0) AS found"
    )
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
        let (text, values) = arrays(&values).unwrap();
        assert_eq!((text.as_str(), values.len()), ("$1::bigint[],$2::text[]", 2));
        assert_eq!(
            in_arrays("t", "a,c", &key, &text),
            "UNNEST($1::bigint[],$2::text[]) AS n(k0,k1) CROSS JOIN LATERAL \
             (SELECT a,c FROM t WHERE a=k0 AND b=k1 OFFSET 0) AS found"
        );
    }
}

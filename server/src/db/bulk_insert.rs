//! Inserts of many rows with few statements. The texts of the statements repeat, so that the
//! statements stay prepared.
//!
//! SeaORM's own `insert_many` builds and prints a syntax tree for each batch. Raw statements,
//! filled from the same entities, cost a fraction of that. PostgreSQL takes each column as an
//! array, so one statement inserts any number of rows, even of several tables. The other databases
//! take rows of placeholders.

mod known;
mod text;
mod update;

use std::borrow::Cow;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, DbErr, EntityTrait, IdenStatic, ModelTrait, SqlErr,
    Statement, Value, sea_query::ArrayType,
};

use self::known::Known;
pub use self::update::write_columns;
use super::{Connection, batch_connection::COMMIT};

/// Maximum number of rows in a statement with placeholders. Keeps the number of values within the
/// limit of every database.
const STATEMENT_ROWS_MAX: usize = 512;
/// Maximum size of the texts in a statement with placeholders, in bytes; a single row may have more.
/// MariaDB ends the connection of a longer statement than its `max_allowed_packet`, which is 16 MiB
/// by default, so that every row of the batch would be refused.
const STATEMENT_BYTES_MAX: usize = 512 * 1_024;
/// Maximum number of rows that MariaDB gets with their values in the text, with their whole
/// transaction. That saves round trips. More rows share the round trips of prepared statements, which
/// cost less for each row.
const TEXT_ROWS_MAX: usize = 8;
/// Approximate size of a column's name in a statement, in bytes.
const COLUMN_BYTES: usize = 24;

/// A table that takes rows in groups.
pub trait Grouped: EntityTrait {
    /// The columns that are usually empty: null, false, an empty text or an empty list. If all of
    /// them are empty in all rows of a statement, they are literals in its text. A literal costs
    /// less than a parameter, which is bound for each row. All or none of these columns are
    /// literals, so that there are few statements, and they stay prepared.
    const USUALLY_EMPTY: &[Self::Column];
    /// The columns that every new row leaves empty. They are literals, or not named if they are null.
    const LEFT_EMPTY: &[Self::Column] = &[];

    /// Approximate size of the texts of a row that may be long, in bytes.
    fn text_bytes(_: &Self::Model) -> usize {
        0
    }
}

/// Inserts the rows whose `key` is new, in an open transaction. Returns whether all were new.
pub async fn insert_new<E>(txn: &Connection, rows: &[&E::Model], key: &[E::Column]) -> Result<bool, DbErr>
where
    E: Grouped,
    E::Model: ModelTrait<Entity = E>,
{
    let backend = txn.get_database_backend();
    let mut all = true;
    match backend {
        DbBackend::Postgres => {
            let mut insertion = Insertion::new(backend);
            insertion.add_postgres::<E>(rows, Known::Skipped(key))?;
            let inserted = insertion.execute(txn).await?;
            all = usize::try_from(inserted).is_ok_and(|inserted| inserted == rows.len());
        }
        DbBackend::MySql => {
            // MariaDB counts a skipped row like an inserted one. So a known key is first treated as
            // an error, which undoes only the statement.
            for run in runs::<E>(rows) {
                let inserted = txn.execute_raw(placeholders::<E>(backend, run, Known::Refused)).await;
                match inserted.map_err(|error| (error.sql_err(), error)) {
                    Ok(_) => {}
                    Err((Some(SqlErr::UniqueConstraintViolation(_)), _)) => {
                        txn.execute_raw(placeholders::<E>(backend, run, Known::Skipped(key))).await?;
                        all = false;
                    }
                    Err((_, error)) => return Err(error),
                }
            }
        }
        _ => {
            for run in runs::<E>(rows) {
                let statement = placeholders::<E>(backend, run, Known::Skipped(key));
                let inserted = txn.execute_raw(statement).await?.rows_affected();
                all &= usize::try_from(inserted).is_ok_and(|inserted| inserted == run.len());
            }
        }
    }
    Ok(all)
}

/// Inserts the rows whose `key` is new, in an open transaction. Adds the `sums` of the other rows to
/// those of the stored rows. No two rows have the same key.
///
/// A sum beyond 64 bits is an error, except on SQLite, where it loses its last digits. So the caller
/// chooses sums that can't get that large.
pub async fn add_up<E>(
    txn: &Connection,
    rows: &[&E::Model],
    key: &[E::Column],
    sums: &[E::Column],
) -> Result<(), DbErr>
where
    E: Grouped,
    E::Model: ModelTrait<Entity = E>,
{
    insert_known::<E>(txn, rows, Known::Added { key, sums }).await
}

async fn insert_known<E>(
    txn: &Connection,
    rows: &[&E::Model],
    known: Known<'_, E::Column>,
) -> Result<(), DbErr>
where
    E: Grouped,
    E::Model: ModelTrait<Entity = E>,
{
    let backend = txn.get_database_backend();
    if backend == DbBackend::Postgres {
        let mut insertion = Insertion::new(backend);
        insertion.add_postgres::<E>(rows, known)?;
        insertion.execute(txn).await?;
        return Ok(());
    }
    for run in runs::<E>(rows) {
        txn.execute_raw(placeholders::<E>(backend, run, known)).await?;
    }
    Ok(())
}

/// Cuts rows into runs, one for each statement, whose texts are at most `STATEMENT_BYTES_MAX`.
fn runs<'a, E: Grouped>(rows: &'a [&'a E::Model]) -> impl Iterator<Item = &'a [&'a E::Model]> {
    pieces(rows, |row| E::text_bytes(row)).flat_map(statement_runs)
}

/// Cuts rows into pieces of at most `STATEMENT_BYTES_MAX` bytes; a larger row is a piece of its own.
fn pieces<T>(mut rows: &[T], bytes: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let mut sum = 0_usize;
        let fits = |row: &T| {
            sum = sum.saturating_add(bytes(row));
            sum <= STATEMENT_BYTES_MAX
        };
        let (piece, rest) =
            rows.split_at_checked(rows.iter().map(fits).take_while(|fits| *fits).count().max(1))?;
        rows = rest;
        Some(piece)
    })
}

/// Cuts rows into runs, one for each statement. Few lengths occur, so all statements stay prepared.
pub fn statement_runs<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let run = rows.get(..run_length(rows.len()))?;
        rows = rows.get(run.len()..)?;
        (!run.is_empty()).then_some(run)
    })
}

/// The largest number up to `rows`, and up to the limit, that is a power of two or one and a half
/// times a power of two.
fn run_length(rows: usize) -> usize {
    let rows = rows.min(STATEMENT_ROWS_MAX);
    let power = (rows + 1).next_power_of_two() / 2;
    let more = power + power / 2;
    if more <= rows { more } else { power }
}

/// Builds `INSERT … VALUES (?, …), …`.
fn placeholders<E>(backend: DbBackend, rows: &[&E::Model], known: Known<'_, E::Column>) -> Statement
where
    E: Grouped,
    E::Model: ModelTrait<Entity = E>,
{
    let columns = Columns::of::<E>(backend, rows, known);
    let (table, names) = (quoted(backend, E::default().as_str()), columns.names(backend));
    let conflict = known.clause(backend, &table);
    let row = format!("({}{}),", vec!["?"; columns.filled.len()].join(","), columns.literals());
    let mut sql = format!("INSERT INTO {table} ({names}) VALUES {}", row.repeat(rows.len()));
    // The comma after the last row.
    sql.pop();
    sql.push_str(&conflict);
    let values = rows.iter().flat_map(|row| columns.filled.iter().map(|column| row.get(*column)));
    Statement::from_sql_and_values(backend, sql, values)
}

/// The columns of a statement: those with parameters, then those that are empty in all rows, each
/// with its literal.
struct Columns<C> {
    filled: Vec<C>,
    empty: Vec<(C, &'static str)>,
}

impl<C: IdenStatic> Columns<C> {
    fn of<E>(backend: DbBackend, rows: &[&E::Model], known: Known<'_, C>) -> Self
    where
        E: Grouped<Column = C>,
        E::Model: ModelTrait<Entity = E>,
        C: sea_orm::ColumnTrait,
    {
        if let Known::Written(_) = known {
            return Self { filled: C::iter().collect(), empty: Vec::new() };
        }
        let empty = |column: C| {
            let mut literals = rows.iter().map(|row| empty_literal(backend, &row.get(column)));
            let first = literals.next()??;
            literals.all(|literal| literal == Some(first)).then_some((column, first))
        };
        let is_empty = |row: &&E::Model, column: &C| empty_literal(backend, &row.get(*column)).is_some();
        debug_assert!(rows.iter().all(|row| E::LEFT_EMPTY.iter().all(|column| is_empty(row, column))));
        let usual: Option<Vec<_>> = E::USUALLY_EMPTY.iter().map(|column| empty(*column)).collect();
        let former = |column: &C| Some((*column, empty_literal(backend, &rows.first()?.get(*column))?));
        let former = E::LEFT_EMPTY.iter().filter_map(former);
        let mut empty: Vec<_> = usual.into_iter().flatten().chain(former).collect();
        let is_filled = |column: &C| empty.iter().all(|(other, _)| other.as_str() != column.as_str());
        let filled = C::iter().filter(is_filled).collect();
        let is_former = |column: &C| E::LEFT_EMPTY.iter().any(|other| other.as_str() == column.as_str());
        empty.retain(|(column, literal)| *literal != "NULL" || !is_former(column));
        Self { filled, empty }
    }

    fn names(&self, backend: DbBackend) -> String {
        list(backend, self.filled.iter().chain(self.empty.iter().map(|(column, _)| column)))
    }

    /// The literals, each after a comma.
    fn literals(&self) -> String {
        self.empty.iter().flat_map(|(_, literal)| [",", *literal]).collect()
    }
}

/// The literal of an empty value; `None` for any other value.
fn empty_literal(backend: DbBackend, value: &Value) -> Option<&'static str> {
    match value {
        Value::String(Some(text)) if text.is_empty() => Some("''"),
        Value::String(Some(text)) if text == "[]" => Some("'[]'"),
        Value::Bytes(Some(bytes)) if bytes.is_empty() => {
            Some(if backend == DbBackend::Postgres { "''" } else { "x''" })
        }
        Value::Bool(Some(false)) => Some("FALSE"),
        value if !value.is_some() => Some("NULL"),
        _ => None,
    }
}

/// Rows of one or several tables, inserted all or none. On PostgreSQL they are one statement, which
/// needs no transaction. On the other databases they are several, which need one.
pub struct Insertion {
    backend: DbBackend,
    /// On PostgreSQL, the inserts of the one statement, and its values.
    inserts: Vec<String>,
    values: Vec<Value>,
    /// On the other databases, the statements.
    statements: Vec<Statement>,
    rows: usize,
}

impl Insertion {
    pub fn new(backend: DbBackend) -> Self {
        Self { backend, inserts: Vec::new(), values: Vec::new(), statements: Vec::new(), rows: 0 }
    }

    /// Adds rows of a table. A known key is an error.
    pub fn add<E>(&mut self, rows: &[&E::Model]) -> Result<(), DbErr>
    where
        E: Grouped,
        E::Model: ModelTrait<Entity = E>,
    {
        if self.backend == DbBackend::Postgres {
            return self.add_postgres::<E>(rows, Known::Refused);
        }
        let runs = runs::<E>(rows).map(|run| placeholders::<E>(self.backend, run, Known::Refused));
        self.statements.extend(runs);
        self.rows += rows.len();
        Ok(())
    }

    /// Returns whether `execute_alone` can insert the rows.
    pub fn stands_alone(&self) -> bool {
        match self.backend {
            DbBackend::Postgres => true,
            DbBackend::MySql => self.rows <= TEXT_ROWS_MAX,
            _ => false,
        }
    }

    /// Inserts the rows in a transaction of their own, with a single request to the database. After
    /// an error, the transaction may still be open.
    pub async fn execute_alone(self, db: &Connection) -> Result<(), DbErr> {
        if self.backend == DbBackend::Postgres {
            return self.execute(db).await.map(|_| ());
        }
        db.transact(&format!("BEGIN;{};{COMMIT}", self.text()?)).await
    }

    /// Makes the inserts of `execute_alone` in an open transaction.
    pub async fn rehearse_alone(self, db: &Connection) -> Result<(), DbErr> {
        if self.backend == DbBackend::MySql {
            return db.execute_unprepared(&self.text()?).await.map(|_| ());
        }
        self.execute(db).await.map(|_| ())
    }

    /// Inserts the rows in an open transaction, as its last ones. Returns the text that commits it. On
    /// MariaDB, that text also inserts the rows, which saves a round trip.
    pub async fn execute_last(self, db: &Connection) -> Result<Cow<'static, str>, DbErr> {
        if self.backend == DbBackend::MySql {
            return Ok(format!("{};{COMMIT}", self.text()?).into());
        }
        self.execute(db).await?;
        Ok(COMMIT.into())
    }

    fn text(&self) -> Result<String, DbErr> {
        text::statements(&self.statements).ok_or_else(|| DbErr::Custom("a value has no literal".to_owned()))
    }

    /// Adds rows on PostgreSQL. Unless a known key is an error, each key is looked up, which costs a
    /// third of the insert again.
    fn add_postgres<E>(&mut self, rows: &[&E::Model], known: Known<'_, E::Column>) -> Result<(), DbErr>
    where
        E: Grouped,
        E::Model: ModelTrait<Entity = E>,
    {
        let backend = DbBackend::Postgres;
        let columns = Columns::of::<E>(backend, rows, known);
        let literals = columns.literals();
        let source = match rows {
            [] => return Ok(()),
            [row] => {
                let parameters: Vec<String> =
                    columns.filled.iter().map(|column| self.parameter(row.get(*column))).collect();
                format!("VALUES ({}{literals})", parameters.join(","))
            }
            _ => self.unnest::<E>(rows, &columns.filled, &literals)?,
        };
        let (table, names) = (quoted(backend, E::default().as_str()), columns.names(backend));
        let conflict = known.clause(backend, &table);
        self.inserts.push(format!("INSERT INTO {table} ({names}) {source}{conflict}"));
        Ok(())
    }

    /// Inserts the rows. On PostgreSQL, returns the number of inserted rows among those that were
    /// added last.
    pub async fn execute(self, db: &Connection) -> Result<u64, DbErr> {
        for statement in self.statements {
            db.execute_raw(statement).await?;
        }
        let Some((last, others)) = self.inserts.split_last() else { return Ok(0) };
        let others: Vec<String> =
            others.iter().enumerate().map(|(number, insert)| format!("i{number} AS ({insert})")).collect();
        let with = if others.is_empty() { String::new() } else { format!("WITH {} ", others.join(",")) };
        let statement =
            Statement::from_sql_and_values(DbBackend::Postgres, format!("{with}{last}"), self.values);
        Ok(db.execute_raw(statement).await?.rows_affected())
    }

    /// Builds `SELECT … FROM UNNEST($1, …)`, with an array for each column. A nullable column has a
    /// second array, which marks the nulls, because SeaORM's arrays can't hold nulls.
    ///
    /// `literals`: further columns, each after a comma.
    fn unnest<E>(
        &mut self,
        rows: &[&E::Model],
        columns: &[E::Column],
        literals: &str,
    ) -> Result<String, DbErr>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E>,
    {
        let (mut arrays, mut selected) = (Vec::new(), Vec::with_capacity(columns.len()));
        let mut add = |values: Vec<Value>| {
            arrays.push(self.array(values)?);
            Ok::<_, DbErr>(format!("a{}", arrays.len()))
        };
        for column in columns {
            let mut values: Vec<Value> = rows.iter().map(|row| row.get(*column)).collect();
            selected.push(if column.def().is_null() {
                let nulls = values.iter().map(|value| Value::Bool(Some(!value.is_some()))).collect();
                values
                    .iter_mut()
                    .filter(|value| !value.is_some())
                    .for_each(|value| *value = value.dummy_value());
                format!("CASE WHEN NOT {} THEN {} END", add(nulls)?, add(values)?)
            } else {
                add(values)?
            });
        }
        let names: Vec<String> = (1..=arrays.len()).map(|number| format!("a{number}")).collect();
        let (selected, arrays, names) = (selected.join(","), arrays.join(","), names.join(","));
        Ok(format!("SELECT {selected}{literals} FROM UNNEST({arrays}) AS r({names})"))
    }

    /// Adds an array parameter. Returns it with its type, for example `$1::uuid[]`.
    fn array(&mut self, values: Vec<Value>) -> Result<String, DbErr> {
        let (sql_type, values) = array(values)?;
        Ok(format!("{}::{sql_type}", self.parameter(values)))
    }

    fn parameter(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }
}

/// An array of PostgreSQL, with its type, for example `uuid[]`.
pub fn array(values: Vec<Value>) -> Result<(&'static str, Value), DbErr> {
    let element = values.first().map_or(ArrayType::Bool, Value::array_type);
    let sql_type = match element {
        ArrayType::Bool => "boolean[]",
        ArrayType::SmallInt => "smallint[]",
        ArrayType::Int => "integer[]",
        ArrayType::BigInt => "bigint[]",
        ArrayType::String => "text[]",
        ArrayType::Bytes => "bytea[]",
        ArrayType::Uuid => "uuid[]",
        other => return Err(DbErr::Custom(format!("no column has the type {other:?}"))),
    };
    Ok((sql_type, Value::Array(element, Some(Box::new(values)))))
}

/// The names of the columns, quoted and separated by commas.
pub fn list<'a, C: IdenStatic + 'a>(backend: DbBackend, columns: impl Iterator<Item = &'a C>) -> String {
    let mut names = String::with_capacity(columns.size_hint().0 * COLUMN_BYTES);
    for column in columns {
        if !names.is_empty() {
            names.push(',');
        }
        names.extend(quotes(backend, column.as_str()));
    }
    names
}

pub fn quoted(backend: DbBackend, name: &str) -> String {
    quotes(backend, name).concat()
}

/// A name between its quotes, in parts. With `format!`, the lists of columns took 9 % of the
/// instructions of `/s2s`.
fn quotes(backend: DbBackend, name: &str) -> [&str; 3] {
    let quote = if backend == DbBackend::MySql { "`" } else { "\"" };
    [quote, name, quote]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_have_few_lengths_and_lose_nothing() {
        for (rows, runs) in [
            (0, vec![]),
            (1, vec![1]),
            (2, vec![2]),
            (7, vec![6, 1]),
            (63, vec![48, 12, 3]),
            (64, vec![64]),
            (1_000, vec![512, 384, 96, 8]),
        ] {
            let rows: Vec<usize> = (0..rows).collect();
            assert_eq!(statement_runs(&rows).map(<[usize]>::len).collect::<Vec<_>>(), runs);
            assert_eq!(statement_runs(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        }
    }

    #[test]
    fn pieces_have_few_bytes_and_lose_nothing() {
        const MAX: usize = STATEMENT_BYTES_MAX;
        for (bytes, pieces) in [
            (vec![], vec![]),
            (vec![0, 0, 0], vec![3]),
            (vec![MAX, 0, 1], vec![2, 1]),
            (vec![MAX + 1, MAX + 1, 1], vec![1, 1, 1]),
            (vec![1, usize::MAX, usize::MAX, MAX / 2, MAX / 2], vec![1, 1, 1, 2]),
        ] {
            let cut: Vec<&[usize]> = super::pieces(&bytes, |bytes| *bytes).collect();
            assert_eq!(cut.iter().map(|piece| piece.len()).collect::<Vec<_>>(), pieces, "{bytes:?}");
            assert_eq!(cut.concat(), bytes);
        }
    }
}

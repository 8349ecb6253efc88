//! What an insert does with a row whose key is known.

use sea_orm::{DbBackend, IdenStatic};

use super::{list, quoted};

/// The effect of a row whose key is known.
#[derive(Clone, Copy)]
pub enum Known<'a, C> {
    /// An error.
    Refused,
    /// None: a row with this key stays as it is.
    Skipped(&'a [C]),
    /// Adds its `sums` to those of the stored row with its `key`.
    Added { key: &'a [C], sums: &'a [C] },
    /// On MariaDB, writes these columns of the stored row with its key.
    Written(&'a [C]),
}

impl<C: IdenStatic> Known<'_, C> {
    /// The end of an insert into `table`, whose name is quoted.
    pub fn clause(self, backend: DbBackend, table: &str) -> String {
        let each = |columns: &[C], form: &dyn Fn(String) -> String| {
            let forms: Vec<String> =
                columns.iter().map(|column| form(quoted(backend, column.as_str()))).collect();
            forms.join(",")
        };
        match (backend, self) {
            (DbBackend::MySql, Self::Skipped(key)) => {
                let same = each(key.get(..1).unwrap_or_default(), &|first| format!("{first} = {first}"));
                format!(" ON DUPLICATE KEY UPDATE {same}")
            }
            (_, Self::Skipped(key)) => format!(" ON CONFLICT ({}) DO NOTHING", list(backend, key.iter())),
            (DbBackend::MySql, Self::Added { sums, .. }) => {
                let added = each(sums, &|sum| format!("{sum} = {sum} + VALUES({sum})"));
                format!(" ON DUPLICATE KEY UPDATE {added}")
            }
            (DbBackend::MySql, Self::Written(set)) => {
                format!(
                    " ON DUPLICATE KEY UPDATE {}",
                    each(set, &|column| format!("{column} = VALUES({column})"))
                )
            }
            // The other databases have updates from lists of values.
            (_, Self::Refused | Self::Written(_)) => String::new(),
            (_, Self::Added { key, sums }) => {
                let added = each(sums, &|sum| format!("{sum} = {table}.{sum} + excluded.{sum}"));
                format!(" ON CONFLICT ({}) DO UPDATE SET {added}", list(backend, key.iter()))
            }
        }
    }
}

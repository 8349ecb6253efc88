//! Ranges of a column in which a list walks an index.

use sea_orm::{ColumnTrait, Condition, Value};

/// A range of a column, of which the closest bound on each side counts. SQLite seeks an index by one bound
/// on each side, whichever it meets first, and looks at every row from there to the closest one: the next
/// page of a long period would look at all pages before it.
#[derive(Clone, Copy, Debug)]
pub struct Range<C, T> {
    column: C,
    from: Option<T>,
    /// The last value, or the first value beyond it.
    to: Option<To<T>>,
}

/// Of two equal bounds, the exclusive one is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct To<T> {
    value: T,
    is_inclusive: bool,
}

impl<C: ColumnTrait, T: Copy + Ord + Into<Value>> Range<C, T> {
    /// All values of a column.
    pub fn of(column: C) -> Self {
        Self { column, from: None, to: None }
    }

    /// Leaves out the values before this one.
    pub fn from(mut self, value: Option<T>) -> Self {
        self.from = self.from.max(value);
        self
    }

    /// Leaves out this value and those after it.
    pub fn below(self, value: Option<T>) -> Self {
        self.to(value.map(|value| To { value, is_inclusive: false }))
    }

    /// Leaves out the values after this one.
    pub fn up_to(self, value: Option<T>) -> Self {
        self.to(value.map(|value| To { value, is_inclusive: true }))
    }

    fn to(mut self, to: Option<To<T>>) -> Self {
        self.to = self.to.into_iter().chain(to).min();
        self
    }

    pub fn condition(self) -> Condition {
        let to = self.to.map(
            |To { value, is_inclusive }| {
                if is_inclusive { self.column.lte(value) } else { self.column.lt(value) }
            },
        );
        Condition::all().add_option(self.from.map(|from| self.column.gte(from))).add_option(to)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, EntityTrait as _, QueryFilter as _, QueryTrait as _};
    use sea_orm_migration::seaql_migrations::{Column, Entity};

    use super::*;

    #[test]
    fn the_closest_bounds_count() {
        let all = Range::of(Column::AppliedAt);
        for (range, expected) in [
            (all, " WHERE TRUE"),
            (all.from(Some(1_i64)).from(None).from(Some(3)).from(Some(2)), " WHERE \"applied_at\" >= 3"),
            (all.below(Some(4)).up_to(Some(3)).below(None), " WHERE \"applied_at\" <= 3"),
            (all.up_to(Some(3)).below(Some(3)), " WHERE \"applied_at\" < 3"),
            (
                all.below(Some(2)).up_to(Some(3)).from(Some(1)),
                " WHERE \"applied_at\" >= 1 AND \"applied_at\" < 2",
            ),
        ] {
            let query = Entity::find().filter(range.condition());
            let text = query.build(DbBackend::Sqlite).to_string().replace("\"seaql_migrations\".", "");
            assert!(text.ends_with(&format!("FROM \"seaql_migrations\"{expected}")), "{text}");
        }
    }
}

//! The columns of a network's file: by their titles, or as the caller names them.

use std::str::FromStr;

use s2s_sdk::{amount::Currency, parameter::is_trimmed, v1::StatementForm};

use crate::conversions::{
    columns,
    titles::{Field as Known, Meaning, Title},
};

/// What a column of a statement may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Order,
    Click,
    Value,
    Commission,
    Currency,
    Status,
    Time,
}

const FIELDS: [(&str, Field); 7] = [
    ("order", Field::Order),
    ("click", Field::Click),
    ("value", Field::Value),
    ("commission", Field::Commission),
    ("currency", Field::Currency),
    ("status", Field::Status),
    ("time", Field::Time),
];

impl Field {
    pub fn name(self) -> &'static str {
        FIELDS.into_iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }
}

/// A column that the caller names: `order=Transaction ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    field: Field,
    title: String,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = FIELDS.map(|(name, _)| name).join(", ");
        let (name, title) = text
            .split_once('=')
            .ok_or_else(|| format!("write FIELD=TITLE, where FIELD is one of {names}"))?;
        let known = FIELDS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
        let (_, field) = known.ok_or_else(|| format!("`{name}` is not one of {names}"))?;
        Ok(Self { field, title: folded(title) })
    }
}

fn folded(title: &str) -> String {
    title.trim_matches(is_trimmed).to_lowercase()
}

impl Named {
    /// Returns whether this is the title of the column.
    pub fn is(&self, title: &str) -> bool {
        self.title == folded(title)
    }

    /// The columns of a network's statements, as its preset names them.
    pub fn of_preset(form: &StatementForm) -> Vec<Self> {
        let titles = [
            (Field::Order, &form.transaction_id_title),
            (Field::Click, &form.click_id_title),
            (Field::Value, &form.value_title),
            (Field::Commission, &form.commission_title),
            (Field::Currency, &form.currency_title),
            (Field::Status, &form.status_title),
            (Field::Time, &form.time_title),
        ];
        let named = titles.into_iter().filter(|(_, title)| !title.is_empty());
        named.map(|(field, title)| Self { field, title: folded(title) }).collect()
    }
}

/// The columns of a file.
#[derive(Debug)]
pub struct Columns {
    /// The field of each column; `None` for a column that is not read.
    fields: Vec<Option<Field>>,
    /// The currencies in the titles of value and commission.
    pub units: [Option<Currency>; 2],
}

impl Columns {
    /// Reads the titles of a file. A column that the caller names counts, and no other one for its
    /// field; else one that the preset of the network names, if the file has it.
    pub fn read(titles: &[String], named: &[Named], preset: &[Named]) -> Result<Self, String> {
        let is_free = |known: &&Named| {
            let is_there = titles.iter().any(|title| known.is(title));
            is_there && !named.iter().any(|named| named.field == known.field || named.title == known.title)
        };
        let named = &[named, &preset.iter().filter(is_free).cloned().collect::<Vec<_>>()].concat();
        let read: Vec<Title> = titles.iter().map(|title| Title::read(title)).collect();
        let has = |field| read.iter().any(|title| title.meaning == Meaning::Field(field));
        let has_order = has(Known::Transaction);
        let mut fields = Vec::with_capacity(titles.len());
        for (title, read) in titles.iter().zip(&read) {
            let by_name = named.iter().find(|named| named.is(title)).map(|named| named.field);
            let by_title = of_title(read.meaning, has_order)
                .filter(|field| !named.iter().any(|named| named.field == *field));
            fields.push(by_name.or(by_title));
        }
        for Named { field, title } in named {
            if !titles.iter().any(|known| folded(known) == *title) {
                return Err(format!("the first line names no column `{title}`, but {}", several(titles)));
            }
            check_once(*field, titles, &fields)?;
        }
        for (_, field) in FIELDS {
            check_once(field, titles, &fields)?;
        }
        let found = |field| fields.contains(&Some(field));
        if !found(Field::Order) && !found(Field::Click) {
            return Err(format!(
                "no column has an order id or a click id; name one with --column order=TITLE; the columns are {}",
                several(titles)
            ));
        }
        if !found(Field::Value) && !found(Field::Commission) {
            return Err(format!(
                "no column has an amount; name one with --column commission=TITLE or value=TITLE; the columns are {}",
                several(titles)
            ));
        }
        let unit = |field| {
            let place = fields.iter().position(|found| *found == Some(field));
            place.and_then(|place| read.get(place)).and_then(|title| title.unit)
        };
        let units = [unit(Field::Value), unit(Field::Commission)];
        Ok(Self { fields, units })
    }

    /// Returns whether the column at this place is read.
    pub fn reads(&self, at: usize) -> bool {
        self.fields.get(at).is_some_and(Option::is_some)
    }

    /// The cell of a field; empty if there is no such column.
    pub fn cell<'a>(&self, field: Field, cells: &'a [String]) -> &'a str {
        let place = self.fields.iter().position(|found| *found == Some(field));
        place.and_then(|place| cells.get(place)).map_or("", String::as_str)
    }

    /// Says which columns are read, so that a wrong one is seen.
    pub fn said(&self, titles: &[String]) -> String {
        let both = titles.iter().zip(&self.fields);
        let read =
            both.filter_map(|(title, field)| Some(format!("{} from `{}`", (*field)?.name(), title.trim())));
        format!("read: {}", read.collect::<Vec<_>>().join(", "))
    }
}

/// The field of a title that nobody named. `id` and `tid` are the network's ids of its sales.
fn of_title(meaning: Meaning, has_order: bool) -> Option<Field> {
    match meaning {
        Meaning::Field(Known::Transaction) => Some(Field::Order),
        Meaning::Id | Meaning::Tid if !has_order => Some(Field::Order),
        Meaning::Field(Known::Click) => Some(Field::Click),
        Meaning::Field(Known::Value) => Some(Field::Value),
        Meaning::Field(Known::Commission) => Some(Field::Commission),
        Meaning::Field(Known::Currency) => Some(Field::Currency),
        Meaning::Field(Known::Status) => Some(Field::Status),
        Meaning::Field(Known::Time) => Some(Field::Time),
        _ => None,
    }
}

fn check_once(field: Field, titles: &[String], fields: &[Option<Field>]) -> Result<(), String> {
    let both = titles.iter().zip(fields).filter(|(_, found)| **found == Some(field));
    let all: Vec<String> = both.map(|(title, _)| format!("`{}`", title.trim())).collect();
    if all.len() > 1 {
        let (all, name) = (all.join(" and "), field.name());
        return Err(format!(
            "several columns may have the {name}: {all}; name one with --column {name}=TITLE"
        ));
    }
    Ok(())
}

/// Joins the titles that a message names.
fn several(titles: &[String]) -> String {
    columns::several(&titles.iter().map(|title| columns::shown(title)).collect::<Vec<_>>())
}

/// The number of titles that name a field, by which the separator of a file is recognised.
pub fn known(titles: &[String]) -> usize {
    titles.iter().filter(|title| of_title(Title::read(title).meaning, false).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(titles: &[&str], named: &[&str]) -> Result<Vec<Option<Field>>, String> {
        let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        let named: Vec<Named> = named.iter().map(|named| named.parse()).collect::<Result<_, _>>()?;
        let preset = StatementForm {
            transaction_id_title: "Sale No".to_owned(),
            commission_title: "Earned".to_owned(),
            ..Default::default()
        };
        let preset = Named::of_preset(&preset);
        Columns::read(&titles, &named, &preset).map(|columns| columns.fields)
    }

    #[test]
    fn columns_are_known_by_their_titles_or_named() {
        use Field::{Click, Commission, Currency, Order, Status, Time, Value};
        for (titles, named, expected) in [
            (&["Order ID", "Commission"][..], &[][..], &[Some(Order), Some(Commission)][..]),
            (
                &["id", "Sub ID", "Amount", "Commission (EUR)", "Status", "Date", "Country"],
                &[],
                &[Some(Order), Some(Click), Some(Value), Some(Commission), Some(Status), Some(Time), None],
            ),
            (
                &["id", "order id", "payout", "cur"],
                &[],
                &[None, Some(Order), Some(Commission), Some(Currency)],
            ),
            (
                &["Order ID", "Network Ref", "Commission"],
                &["order=network ref"],
                &[None, Some(Order), Some(Commission)],
            ),
            (&["Ref", "Net"], &["ORDER = Ref", "commission=Net "], &[Some(Order), Some(Commission)]),
            (&["id", "sale no", "commission", "EARNED"], &[], &[None, Some(Order), None, Some(Commission)]),
            (&["id", "sale no", "earned"], &["order=id"], &[Some(Order), None, Some(Commission)]),
        ] {
            assert_eq!(read(titles, named).as_deref(), Ok(expected), "{titles:?} {named:?}");
        }
        for (titles, named, said) in [
            (&["Commission"][..], &[][..], "no column has an order id or a click id"),
            (&["Order ID"], &[], "no column has an amount"),
            (&["Order ID", "Commission", "Payout"], &[], "`Commission` and `Payout`; name one with --column"),
            (&["Order ID", "Commission"], &["order=Ref"], "names no column `ref`"),
            (&["Ref", "Net"], &["orders=Ref"], "`orders` is not one of order, click"),
            (&["Ref", "Net"], &["Ref"], "write FIELD=TITLE"),
        ] {
            let error = read(titles, named).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}

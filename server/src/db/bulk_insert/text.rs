//! Statements for MariaDB with their values in the text, so that several can be sent at once.
//!
//! A prepared statement is sent alone, and its answer is awaited. A text may hold a whole
//! transaction. Every text and every blob is written as hexadecimal digits, which no setting of the
//! database reads in another way.

use std::fmt::Write as _;

use sea_orm::{Statement, Value};

/// Writes statements with their values, separated by semicolons. `None` if a value has no literal
/// here.
pub fn statements(statements: &[Statement]) -> Option<String> {
    let mut text = String::new();
    for statement in statements {
        if !text.is_empty() {
            text.push(';');
        }
        let mut values = statement.values.iter().flat_map(|values| &values.0);
        // Our statements have question marks only where they have values.
        let mut parts = statement.sql.split('?');
        text.push_str(parts.next()?);
        for part in parts {
            write_literal(&mut text, values.next()?)?;
            text.push_str(part);
        }
    }
    Some(text)
}

fn write_literal(text: &mut String, value: &Value) -> Option<()> {
    match value {
        value if !value.is_some() => text.push_str("NULL"),
        Value::Bool(Some(true)) => text.push_str("TRUE"),
        Value::Bool(Some(false)) => text.push_str("FALSE"),
        Value::SmallInt(Some(number)) => write!(text, "{number}").ok()?,
        Value::Int(Some(number)) => write!(text, "{number}").ok()?,
        Value::BigInt(Some(number)) => write!(text, "{number}").ok()?,
        Value::String(Some(string)) => {
            text.push_str("_utf8mb4 ");
            write_hex(text, string.as_bytes());
        }
        Value::Bytes(Some(bytes)) => write_hex(text, bytes),
        Value::Uuid(Some(uuid)) => write_hex(text, uuid.as_bytes()),
        _ => return None,
    }
    Some(())
}

fn write_hex(text: &mut String, bytes: &[u8]) {
    text.reserve(bytes.len().saturating_mul(2).saturating_add(3));
    text.push_str("X'");
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text.push('\'');
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, prelude::Uuid};

    use super::*;

    #[test]
    fn values_take_the_places_of_the_question_marks() {
        let hostile = "'); DROP TABLE click; -- \\' ? \0é";
        let values: [Value; 9] = [
            1_i16.into(),
            (-2_i32).into(),
            i64::MIN.into(),
            hostile.into(),
            vec![0_u8, 255].into(),
            Uuid::from_u128(10).into(),
            true.into(),
            None::<String>.into(),
            "".into(),
        ];
        let sql = "INSERT INTO `t` (`a`) VALUES (?,?,?,?,?,?,?,?,?,'[]')";
        let first = Statement::from_sql_and_values(DbBackend::MySql, sql, values);
        let second = Statement::from_sql_and_values(DbBackend::MySql, "DELETE FROM `t`", []);
        let digits = hostile.bytes().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
        let expected = format!(
            "INSERT INTO `t` (`a`) VALUES (1,-2,{},_utf8mb4 X'{digits}',X'00ff',X'{:032x}',TRUE,NULL,\
             _utf8mb4 X'','[]');DELETE FROM `t`",
            i64::MIN,
            10
        );
        assert_eq!(statements(&[first, second]).unwrap(), expected);
        let float = Statement::from_sql_and_values(DbBackend::MySql, "SELECT ?", [1.5_f64.into()]);
        assert_eq!(statements(&[float]), None);
    }
}

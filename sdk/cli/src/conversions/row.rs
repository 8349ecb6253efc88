//! A conversion as a row of text: typed, imported or exported.

use clap::Args;
use s2s_sdk::v1::{ConversionStatus, CustomParam, Money, NewConversion, new_conversion::Commission};

use super::parse_time;
use crate::cells::from_csv;

/// Other columns of an exported or failed row, which are not read.
const IGNORED: [&str; 8] =
    ["id", "tracking_link_id", "click_time", "create_time", "status_word", "row", "reason", "message"];

/// The fields of a conversion, as texts.
#[derive(Args, Clone, Debug, Default)]
pub struct Row {
    /// Id of the conversion code.
    #[arg(long = "code", value_name = "ID")]
    conversion_code_id: String,
    /// Click id.
    #[arg(long = "click", value_name = "CLICK_ID")]
    click_id: String,
    /// The merchant's order id.
    #[arg(long = "transaction", value_name = "ID", default_value = "")]
    transaction_id: String,
    /// Value of the sale, for example 19.99; 0 if it has none.
    #[arg(long)]
    value: String,
    /// Currency of value and commission. Default: the code's.
    #[arg(long, default_value = "")]
    currency: String,
    /// Commission owed.
    #[arg(long, default_value = "")]
    commission: String,
    /// Commission owed, as a percent of the value.
    #[arg(long, default_value = "", conflicts_with = "commission")]
    commission_percent: String,
    /// Status: `pending`, `approved` or `declined`. Default: the code's.
    #[arg(long, default_value = "")]
    status: String,
    /// Time of the conversion. Default: now.
    #[arg(long = "time", value_name = "TIME", default_value = "")]
    conversion_time: String,
    /// The merchant's own parameters, `k=v` separated by `;`.
    #[arg(long = "params", value_name = "K=V;…", default_value = "")]
    custom_params: String,
}

/// Accessor for the field of a column that is read.
pub type Column = fn(&mut Row) -> &mut String;

/// Finds the field of each column of a file; `None` for a column that is not read.
pub fn columns(titles: &csv::StringRecord) -> Result<Vec<Option<Column>>, String> {
    let columns = titles.iter().map(column).collect::<Result<_, _>>()?;
    for title in ["conversion_code_id", "click_id", "value"] {
        if !titles.iter().any(|one| one.trim() == title) {
            return Err(format!("the first line names no column `{title}`"));
        }
    }
    Ok(columns)
}

fn column(title: &str) -> Result<Option<Column>, String> {
    let column: Column = match title.trim() {
        "conversion_code_id" => |row| &mut row.conversion_code_id,
        "click_id" => |row| &mut row.click_id,
        "transaction_id" => |row| &mut row.transaction_id,
        "value" => |row| &mut row.value,
        "currency" => |row| &mut row.currency,
        "commission" => |row| &mut row.commission,
        "commission_percent" => |row| &mut row.commission_percent,
        "status" => |row| &mut row.status,
        "conversion_time" => |row| &mut row.conversion_time,
        "custom_params" => |row| &mut row.custom_params,
        title if IGNORED.contains(&title) => return Ok(None),
        // Ignoring a misspelt column would lose it silently.
        title => return Err(format!("the first line names an unknown column `{title}`")),
    };
    Ok(Some(column))
}

impl Row {
    /// Reads a row of a file.
    pub fn read(columns: &[Option<Column>], record: &csv::StringRecord) -> Self {
        let mut row = Self::default();
        for (column, cell) in columns.iter().zip(record) {
            if let Some(column) = column {
                from_csv(cell).as_ref().clone_into(column(&mut row));
            }
        }
        row
    }

    /// Converts the row to a conversion to record. The error says which field is wrong.
    pub fn conversion(self) -> Result<NewConversion, String> {
        let money = |name: &str, text: &str| {
            Money::from_decimal(text.trim(), self.currency.trim())
                .map_err(|error| format!("{name} `{text}`: {error}"))
        };
        // An exported conversion has both: the percent and the resulting amount.
        let commission = match (self.commission_percent.trim(), self.commission.trim()) {
            ("", "") => None,
            ("", amount) => Some(Commission::CommissionAmount(money("commission", amount)?)),
            (percent, _) => {
                Some(Commission::CommissionPercentMicros(money("commission_percent", percent)?.micros))
            }
        };
        let status = match self.status.trim().to_ascii_lowercase().as_str() {
            "" => ConversionStatus::Unspecified,
            "pending" => ConversionStatus::Pending,
            "approved" => ConversionStatus::Approved,
            "declined" => ConversionStatus::Declined,
            other => return Err(format!("status `{other}`: must be pending, approved or declined")),
        };
        let conversion_time = match self.conversion_time.trim() {
            "" => None,
            text => Some(parse_time(text).map_err(|error| format!("conversion_time `{text}`: {error}"))?),
        };
        Ok(NewConversion {
            value: Some(money("value", &self.value)?),
            commission,
            status: status.into(),
            custom_params: params(&self.custom_params),
            conversion_time,
            conversion_code_id: self.conversion_code_id.trim().to_owned(),
            click_id: self.click_id,
            transaction_id: self.transaction_id,
        })
    }
}

fn params(text: &str) -> Vec<CustomParam> {
    let pairs = text.split(';').filter(|pair| !pair.is_empty());
    let split = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or(("", pair));
        CustomParam { key: key.to_owned(), value: value.to_owned() }
    };
    pairs.map(split).collect()
}

/// Writes parameters as in a postback: `k=v` separated by `;`.
pub fn custom_params(params: &[CustomParam]) -> String {
    let pairs: Vec<String> = params
        .iter()
        .map(
            |CustomParam { key, value }| {
                if key.is_empty() { value.clone() } else { format!("{key}={value}") }
            },
        )
        .collect();
    pairs.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(titles: &[&str], cells: &[&str]) -> Result<NewConversion, String> {
        let columns = columns(&csv::StringRecord::from(titles.to_vec()))?;
        Row::read(&columns, &csv::StringRecord::from(cells.to_vec())).conversion()
    }

    #[test]
    fn rows_become_conversions() {
        let titles = [
            "click_id",
            "conversion_code_id",
            "value",
            "currency",
            "commission_percent",
            "status",
            "conversion_time",
            "custom_params",
            "transaction_id",
            "id",
        ];
        let cells =
            ["c", " CODE ", "19.99", "EUR", "10", "Pending", "2026-11-24", "a=1;b", "'=1+1", "conv_x"];
        let conversion = read(&titles, &cells).unwrap();
        let expected = NewConversion {
            conversion_code_id: "CODE".to_owned(),
            click_id: "c".to_owned(),
            transaction_id: "=1+1".to_owned(),
            value: Some(Money { currency_code: "EUR".to_owned(), micros: 19_990_000 }),
            commission: Some(Commission::CommissionPercentMicros(10_000_000)),
            status: ConversionStatus::Pending.into(),
            custom_params: vec![
                CustomParam { key: "a".to_owned(), value: "1".to_owned() },
                CustomParam { key: String::new(), value: "b".to_owned() },
            ],
            conversion_time: Some("2026-11-24T00:00:00Z".parse().unwrap()),
        };
        assert_eq!(conversion, expected);
        assert_eq!(custom_params(&conversion.custom_params), "a=1;b");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let titles = ["conversion_code_id", "click_id", "value", "commission", "status", "conversion_time"];
        for (cells, expected) in [
            (["C", "c", "1,50", "", "", ""], "value `1,50`"),
            (["C", "c", "", "", "", ""], "value ``"),
            (["C", "c", "1", "x", "", ""], "commission `x`"),
            (["C", "c", "1", "", "paid", ""], "status `paid`"),
            (["C", "c", "1", "", "", "yesterday"], "conversion_time `yesterday`"),
        ] {
            let error = read(&titles, &cells).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        assert!(read(&["click_id", "value"], &[]).unwrap_err().contains("conversion_code_id"));
        assert!(
            read(&["click_id", "value", "conversion_code_id", "vlaue"], &[]).unwrap_err().contains("vlaue")
        );
    }
}

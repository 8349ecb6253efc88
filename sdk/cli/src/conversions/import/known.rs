//! Looks up conversions by their ids: the conversions that the rows of an export name, and the
//! conversions in the answers of a dry run.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use s2s_sdk::{
    Client, Error, amount,
    v1::{
        Conversion, ConversionVerdict, ErrorReason, GetConversionRequest, NewConversion,
        RecordConversionResult, new_conversion::Commission, record_conversion_request::Report,
        record_conversion_result::Result as Item,
    },
};

use super::reading::{Exported, Fate, Prepared, Unsent};

/// Maximum number of lookups in progress.
pub const LOOKUPS_MAX: usize = 32;

/// Finds conversions. Each concurrent lookup has its own clone; all clones share `is_barred`.
#[derive(Clone)]
pub struct Lookup {
    client: Client,
    /// True once the server has said that the API key may not read conversions.
    is_barred: Arc<AtomicBool>,
}

/// The outcome of a lookup.
enum Found {
    Conversion(Box<Conversion>),
    Nothing,
    /// The API key may not read conversions.
    Barred,
    Failed(Error),
}

impl Lookup {
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone(), is_barred: Arc::new(AtomicBool::new(false)) }
    }

    /// Returns true once the server has said that the API key may not read conversions.
    pub fn is_barred(&self) -> bool {
        self.is_barred.load(Ordering::Relaxed)
    }

    async fn find(&self, conversion_id: String) -> Found {
        if self.is_barred() {
            return Found::Barred;
        }
        match self.client.conversions().get(GetConversionRequest { conversion_id }).await {
            Ok(response) => {
                response.conversion.map_or(Found::Nothing, |one| Found::Conversion(Box::new(one)))
            }
            Err(error) if error.reason() == ErrorReason::ResourceNotFound => Found::Nothing,
            Err(error) if error.reason() == ErrorReason::ScopeMissing => {
                self.is_barred.store(true, Ordering::Relaxed);
                Found::Barred
            }
            Err(error) => Found::Failed(error),
        }
    }

    /// Decides the fate of an exported row. If the row's conversion is recorded here, the row is
    /// that conversion. The row is then sent only if it has the conversion's order id, because the
    /// server would take a row with another order id, or with none, for another sale. If the lookup
    /// fails, the row is not sent either.
    pub async fn settle(self, mut prepared: Prepared) -> Prepared {
        let Some(Exported { conversion_id, order_doubt }) = prepared.exported.take() else { return prepared };
        let Some(Report::Conversion(row)) = prepared.request.as_ref().and_then(|one| one.report.as_ref())
        else {
            return prepared;
        };
        let fate = match self.find(conversion_id).await {
            Found::Conversion(found) if is_of(row, &found) => match compared(row, &found) {
                Some(fate) => fate,
                None => return prepared,
            },
            Found::Nothing | Found::Conversion(_) => match order_doubt {
                Some(doubt) => Fate::Unsent(Unsent::unreadable(doubt)),
                None => return prepared,
            },
            Found::Barred => Fate::Unsent(Unsent::new(
                "SCOPE_MISSING",
                "the row was exported, and this API key may not ask if its conversion is recorded here; import with a \
                 key that has the scope `read` as well",
            )),
            Found::Failed(error) => Fate::Unsent(Unsent::new(error.reason_text(), error.message())),
        };
        prepared.row.fate = fate;
        prepared.request = None;
        prepared
    }

    /// Marks a dry run's answer as a duplicate if the conversion in it is already recorded.
    pub async fn rehearsed(self, answer: RecordConversionResult) -> RecordConversionResult {
        let Some(Item::Response(mut response)) = answer.result else { return answer };
        if response.verdict() == ConversionVerdict::Test
            && let Some(conversion) = &response.conversion
            && let Found::Conversion(_) = self.find(conversion.id.clone()).await
        {
            response.set_verdict(ConversionVerdict::Duplicate);
        }
        RecordConversionResult { result: Some(Item::Response(response)) }
    }
}

/// Returns whether a row has the click and the code of the conversion that the row names.
fn is_of(row: &NewConversion, found: &Conversion) -> bool {
    row.click_id.eq_ignore_ascii_case(&found.click_id) && row.conversion_code_id == found.conversion_code_id
}

/// Compares a row with the conversion that the row names. Returns `None` if the row has an order
/// id, and the conversion has the same one: then the server compares their amounts.
fn compared(row: &NewConversion, found: &Conversion) -> Option<Fate> {
    match (row.transaction_id.as_str(), found.transaction_id.as_str()) {
        ("", _) => {}
        (own, recorded) if own == recorded => return None,
        (own, recorded) => {
            let recorded = match recorded {
                "" => "without a transaction_id".to_owned(),
                recorded => format!("with the transaction_id `{recorded}`"),
            };
            let sentence = format!(
                "the row's `id` names a conversion that is already recorded {recorded}, and not `{own}`; correct the \
                 transaction_id, or remove the `id` if the row is another sale"
            );
            return Some(Fate::Unsent(Unsent::new("TRANSACTION_CONFLICT", sentence)));
        }
    }
    let (own, recorded) = (row.value.clone().unwrap_or_default(), found.value.clone().unwrap_or_default());
    let commission = match &row.commission {
        None => 0,
        Some(Commission::CommissionAmount(money)) => money.micros,
        Some(Commission::CommissionPercentMicros(percent)) => amount::percent_of(own.micros, *percent),
    };
    let is_same = own.micros == recorded.micros
        && (own.currency_code.is_empty() || own.currency_code == recorded.currency_code)
        && commission == found.commission.as_ref().map(|money| money.micros).unwrap_or_default();
    if !is_same {
        let sentence = format!(
            "the row's `id` names a conversion that is already recorded with other amounts ({recorded}, commission \
             {}); an import does not change them",
            found.commission.clone().unwrap_or_default()
        );
        return Some(Fate::Unsent(Unsent::new("TRANSACTION_CONFLICT", sentence)));
    }
    let has_other_status = row.status != 0 && row.status != found.status;
    Some(Fate::RecordedBefore { has_other_status })
}

#[cfg(test)]
mod tests {
    use s2s_sdk::v1::{ConversionStatus, Money};

    use super::*;

    #[test]
    fn a_row_is_compared_with_the_conversion_that_it_names() {
        let money = |text: &str| Money::from_decimal(text, "EUR").unwrap();
        let found = Conversion {
            conversion_code_id: "C".to_owned(),
            click_id: "c".to_owned(),
            value: Some(money("19.99")),
            commission: Some(money("2")),
            status: ConversionStatus::Approved.into(),
            ..Default::default()
        };
        let same = NewConversion {
            conversion_code_id: "C".to_owned(),
            click_id: "C".to_owned(),
            value: Some(money("19.99")),
            commission: Some(Commission::CommissionAmount(money("2"))),
            ..Default::default()
        };
        let known = |has_other_status| Some(Fate::RecordedBefore { has_other_status });
        let (approved, declined) = (ConversionStatus::Approved.into(), ConversionStatus::Declined.into());
        let bare = Money { currency_code: String::new(), ..money("19.99") };
        for (row, expected) in [
            (same.clone(), known(false)),
            (NewConversion { value: Some(bare), ..same.clone() }, known(false)),
            (NewConversion { status: approved, ..same.clone() }, known(false)),
            (NewConversion { status: declined, ..same.clone() }, known(true)),
        ] {
            assert_eq!(compared(&row, &found), expected, "{row:?}");
            assert!(is_of(&row, &found));
        }
        assert!(!is_of(&NewConversion { click_id: "d".to_owned(), ..same.clone() }, &found));
        assert!(!is_of(&NewConversion { conversion_code_id: "D".to_owned(), ..same.clone() }, &found));
        let with_order = |order: &str| NewConversion { transaction_id: order.to_owned(), ..same.clone() };
        let ordered = Conversion { transaction_id: "00123".to_owned(), ..found.clone() };
        for (order, found, said) in [
            ("00123", &ordered, None),
            ("123", &ordered, Some("with the transaction_id `00123`, and not `123`")),
            ("123", &found, Some("without a transaction_id, and not `123`")),
        ] {
            match (compared(&with_order(order), found), said) {
                (None, None) => {}
                (Some(Fate::Unsent(one)), Some(said)) => {
                    assert!(one.sentence.contains(said), "{}", one.sentence);
                }
                (fate, _) => panic!("{order}: {fate:?}"),
            }
        }
        assert_eq!(compared(&same, &ordered), known(false));
        let dollars = Money { currency_code: "USD".to_owned(), ..money("19.99") };
        for row in [
            NewConversion { value: Some(money("20")), ..same.clone() },
            NewConversion { value: Some(dollars), ..same.clone() },
            NewConversion { commission: None, ..same.clone() },
        ] {
            let fate = compared(&row, &found);
            assert!(
                matches!(&fate, Some(Fate::Unsent(one)) if one.sentence.contains("19.99 EUR")),
                "{fate:?}"
            );
        }
    }
}

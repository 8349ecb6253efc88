//! `s2s conversions export`: its files mean what was exported, and an import reads them so.

use s2s_sdk::v1::{ConversionCode, DecimalSeparator, Money, NewConversion, RecordConversionRequest};
use s2s_tests::Server;

use super::{Person, conversions};

/// Amounts with no to six decimals, also those that could be thousands.
const AMOUNTS: [&str; 9] =
    ["12", "1.5", "12.34", "12.345", "1.235", "0.125", "1.2345", "100.23456", "999.999999"];

#[tokio::test]
async fn an_import_reads_the_amounts_of_an_export() {
    let server = Server::start().await;
    let person = Person::new(&server);
    for (separator, currency) in [
        (DecimalSeparator::Comma, "EUR"),
        (DecimalSeparator::Point, "EUR"),
        (DecimalSeparator::Auto, "EUR"),
        (DecimalSeparator::Auto, "KWD"),
    ] {
        let code = ConversionCode {
            name: format!("{currency} {separator:?}"),
            default_currency: currency.to_owned(),
            decimal_separator: separator.into(),
            ..Default::default()
        };
        let code = server.create_code(code).await;
        let click = server.click(&server.link(&[&code]).await).await;
        for (number, text) in AMOUNTS.iter().enumerate() {
            let amount = Money::from_decimal(text, "").unwrap();
            let conversion = NewConversion {
                conversion_code_id: code.id.clone(),
                click_id: click.clone(),
                transaction_id: format!("old-{number}"),
                value: Some(amount.clone()),
                commission: Some(s2s_sdk::v1::new_conversion::Commission::CommissionAmount(amount)),
                ..Default::default()
            };
            let request = RecordConversionRequest { ..conversion.into() };
            server.client().record_conversion(request).await.unwrap();
        }
        let export = ["conversions", "export", "--code", &code.id, "all.csv"];
        assert_eq!(person.run(&export).await.status, 0);
        for (recorded, before) in [(0, AMOUNTS.len()), (AMOUNTS.len(), 0)] {
            let said = person.run(&["conversions", "import", "all.csv"]).await;
            let sum = format!("s2s: {recorded} recorded, {before} were recorded before, 0 failed");
            assert_eq!((said.status, said.err.lines().last()), (0, Some(&*sum)), "{}", said.err);
            let renamed = person.read("all.csv").replace("old-", "new-");
            person.write("all.csv", renamed);
        }
        let all = conversions(&server, &code).await;
        for (number, text) in AMOUNTS.iter().enumerate() {
            let amount = Money::from_decimal(text, currency).unwrap();
            for age in ["old", "new"] {
                let order = format!("{age}-{number}");
                let one = all.iter().find(|one| one.transaction_id == order).unwrap();
                let read = [one.value.as_ref(), one.commission.as_ref()];
                assert_eq!(read, [Some(&amount), Some(&amount)], "{order} {separator:?}");
            }
        }
    }
}

//! `s2s conversions export`: an import reads its files as the conversions that were exported.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use s2s_sdk::v1::{
    ConversionCode, CustomParam, DecimalSeparator, Money, NewConversion, RecordConversionRequest,
};
use s2s_tests::{ADMIN_KEY, Server};

use super::{Person, conversions};

/// Amounts with zero to six decimals, including amounts whose decimals could be read as thousands.
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
            server.client().conversions().record(request).await.unwrap();
        }
        let export = ["conversions", "export", "--code", &code.id, "all.csv"];
        assert_eq!(person.run(&export).await.status, 0);
        let all = conversions(&server, &code).await;
        for (recorded, before) in [(0, AMOUNTS.len()), (AMOUNTS.len(), 0)] {
            let said = person.run(&["conversions", "import", "all.csv"]).await;
            let sum = format!("s2s: {recorded} recorded, {before} were recorded before, 0 failed");
            assert_eq!((said.status, said.err.lines().last()), (0, Some(&*sum)), "{}", said.err);
            // With other order ids and without the ids of conversions, the rows are new sales.
            let renamed = person.read("all.csv").replace("old-", "new-");
            let ids = all.iter().map(|one| one.id.as_str());
            let renamed = ids.fold(renamed, |text, id| text.replace(id, ""));
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

#[tokio::test]
async fn a_failed_export_leaves_the_file_whole() {
    let server = Server::start().await;
    let mut person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    assert_eq!(server.postback(&format!("clickId={click}&id={}&val=7&com=1", code.id)).await.status, 200);
    let export = ["conversions", "export", "all.csv"];
    assert_eq!(person.run(&export).await.status, 0);
    let whole = person.read("all.csv");
    let all = person.home.path().join("all.csv");
    assert_eq!(fs::metadata(&all).unwrap().permissions().mode() & 0o777, 0o600, "sales are confidential");
    fs::set_permissions(&all, fs::Permissions::from_mode(0o640)).unwrap();

    let mistyped = [&export[..], &["--code", "nothing"]].concat();
    assert_eq!(person.run(&mistyped).await.status, 1);
    person.api_key = ADMIN_KEY.replace('5', "6");
    assert_eq!(person.run(&export).await.status, 3);
    ADMIN_KEY.clone_into(&mut person.api_key);
    assert_eq!(person.read("all.csv"), whole);
    // A file that exists keeps its mode, and a link stays a link.
    symlink("all.csv", person.home.path().join("link.csv")).unwrap();
    assert_eq!(person.run(&["conversions", "export", "link.csv", "--click", &click]).await.status, 0);
    assert_eq!(person.read("all.csv"), whole);
    assert_eq!(fs::metadata(&all).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(person.home.path().join("link.csv")).unwrap().is_symlink());
    for output in ["/dev/stdout", "-"] {
        assert_eq!(person.run(&["conversions", "export", output]).await.out, whole);
    }
    let names = fs::read_dir(person.home.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_str().unwrap().contains(".part")));
}

#[tokio::test]
async fn parameters_are_the_same_after_export_and_import() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let pairs = [("a", "x;y=z"), ("b=c", ";"), ("", "d=e"), ("f", r"C:\u{3b}"), ("g", "=1+1")];
    let custom_params: Vec<CustomParam> = pairs
        .iter()
        .map(|(key, value)| CustomParam { key: (*key).to_owned(), value: (*value).to_owned() })
        .collect();
    let conversion = NewConversion {
        conversion_code_id: code.id.clone(),
        click_id: click.clone(),
        transaction_id: "old".to_owned(),
        value: Some(Money::from_decimal("5", "").unwrap()),
        custom_params: custom_params.clone(),
        ..Default::default()
    };
    let request = RecordConversionRequest { ..conversion.into() };
    server.client().conversions().record(request).await.unwrap();
    assert_eq!(person.run(&["conversions", "export", "all.csv"]).await.status, 0);
    let (own, exported) = (conversions(&server, &code).await, person.read("all.csv"));
    person.write("all.csv", exported.replace(",old,", ",new,").replace(&own[0].id, ""));
    let said = person.run(&["conversions", "import", "all.csv"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    let all = conversions(&server, &code).await;
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|one| one.custom_params == custom_params), "{all:?}");
}

//! Tests of the reading of amounts, tests and repeated values, without a server.

use s2s_sdk::v1::{DecimalSeparator, ErrorReason, Note, NoteCode};

use crate::{
    core::{
        conversion::Commission,
        postback::reader::{Named, Overrides, ParsedPostback, Terms, Test, read, request},
    },
    values::money::{Currency, Percent},
};

const CODE: &str = "6B1F0A3C9D5E4F7081A2B3C4D5E6F708";

/// Reads a `GET` with this query, as live traffic is read.
fn get(query: &str) -> ParsedPostback {
    let target = format!("/s2s?{query}");
    read(&request("GET", target.into_bytes(), "", Vec::new()), &Overrides::default())
}

/// Reads a query for a code with these settings. Returns value, commission and currencies.
fn worth(
    query: &str,
    currency: &str,
    separator: DecimalSeparator,
) -> Result<(i64, i64, String), ErrorReason> {
    worth_with(query, "", currency, separator)
}

/// Reads a query with a body as JSON, for a code with these settings.
fn worth_with(
    query: &str,
    body: &str,
    currency: &str,
    separator: DecimalSeparator,
) -> Result<(i64, i64, String), ErrorReason> {
    let target = format!("/s2s?clickId=abc&id={CODE}&{query}");
    let method = if body.is_empty() { "GET" } else { "POST" };
    let postback = request(method, target.into_bytes(), "", body.as_bytes().to_vec());
    let currency: Currency = currency.parse().unwrap();
    let terms = Terms { separator, currency: Some(currency), ..Terms::of(None) };
    let claim =
        Named::read(&postback).claim(&Overrides::default(), terms).claim.map_err(|error| error.reason())?;
    let of_value = claim.currency.unwrap_or(currency);
    if claim.commission_currency.is_some_and(|of_commission| of_commission != of_value) {
        return Err(ErrorReason::CurrencyInvalid);
    }
    let Commission::Amount(commission) = claim.commission else { panic!("{query}") };
    Ok((claim.value.micros(), commission.micros(), of_value.to_string()))
}

#[test]
fn amounts_with_two_meanings_are_settled_by_what_is_known() {
    use DecimalSeparator::{Auto, Comma, Point};
    let ambiguous = Err(ErrorReason::AmountAmbiguous);
    for (query, currency, separator, expected) in [
        ("val=1.500&com=0", "EUR", Auto, ambiguous),
        ("val=1,500&com=0", "EUR", Auto, ambiguous),
        ("val=1.500&com=1,500", "EUR", Auto, ambiguous),
        ("val=5&com=150.000", "IDR", Auto, ambiguous),
        ("val=1.500&com=0", "EUR", Point, Ok((1_500_000, 0))),
        ("val=1.500&com=0", "EUR", Comma, Ok((1_500_000_000, 0))),
        ("val=1,500&com=0", "EUR", Point, Ok((1_500_000_000, 0))),
        ("val=1,500&com=0", "EUR", Comma, Ok((1_500_000, 0))),
        // The other amount shows the separator of decimals.
        ("val=1.500&com=0.5", "EUR", Auto, Ok((1_500_000, 500_000))),
        ("val=1.500&com=150,00", "EUR", Auto, Ok((1_500_000_000, 150_000_000))),
        ("val=1,500&com=0.5", "EUR", Auto, Ok((1_500_000_000, 500_000))),
        ("val=1.234.567&com=1.500", "EUR", Auto, Ok((1_234_567_000_000, 1_500_000_000))),
        ("val=19,99&com=1.500", "EUR", Auto, Ok((19_990_000, 1_500_000_000))),
        // The setting and the other amount contradict each other.
        ("val=1.500&com=0.5", "EUR", Comma, ambiguous),
        ("val=12.35&com=1.235", "EUR", Comma, ambiguous),
        ("val=1.200,50&com=1.235", "EUR", Point, ambiguous),
        ("val=1.500&com=0,5", "EUR", Comma, Ok((1_500_000_000, 500_000))),
        // Amounts of some currencies have no decimals.
        ("val=1,500&com=0", "JPY", Auto, Ok((1_500_000_000, 0))),
        ("val=10.000%E2%82%AB&com=0", "VND", Auto, Ok((10_000_000_000, 0))),
        ("val=%C2%A51,500&com=1.000", "JPY", Auto, Ok((1_500_000_000, 1_000_000_000))),
        ("val=1.500&com=0&cur=CLP", "EUR", Auto, Ok((1_500_000_000, 0))),
        ("val=1.500&com=0", "JPY", Point, Ok((1_500_000, 0))),
        ("val=1.500&com=0.5", "JPY", Auto, Ok((1_500_000, 500_000))),
        ("val=0.500&com=0", "JPY", Auto, Ok((500_000, 0))),
        // Amounts of some currencies have three decimals.
        ("val=1,500&com=150", "KWD", Auto, ambiguous),
        ("val=1.500&com=150", "TND", Auto, ambiguous),
        ("val=1,500&com=0", "KWD", Comma, Ok((1_500_000, 0))),
        ("val=1.500&com=0", "KWD", Auto, Ok((1_500_000, 0))),
        ("val=1,500&com=0", "TND", Auto, Ok((1_500_000, 0))),
        ("val=1.500 BHD&com=0", "EUR", Auto, Ok((1_500_000, 0))),
        ("val=1.500&com=0&cur=OMR", "EUR", Auto, Ok((1_500_000, 0))),
        ("val=1.500&com=0&cur=EUR", "KWD", Auto, ambiguous),
    ] {
        let found = worth(query, currency, separator).map(|(value, commission, _)| (value, commission));
        assert_eq!(found, expected, "{query} {currency} {separator:?}");
    }
    let percent = |text: &str| {
        get(&format!("clickId=abc&id={CODE}&val=1&com=0&comperc={text}")).claim.unwrap().commission
    };
    let half = Commission::Percent(Percent::from_micros(12_500_000).unwrap());
    assert_eq!([percent("12.500"), percent("12,500%25")], [half, half], "12 thousand would be over 100 %");
}

#[test]
fn a_number_in_json_shows_nothing_about_texts() {
    use DecimalSeparator::{Auto, Comma};
    let ambiguous = Err(ErrorReason::AmountAmbiguous);
    for (query, body, separator, expected) in [
        ("", r#"{"val":19.99,"com":"1,500"}"#, Auto, ambiguous),
        ("val=1,500", r#"{"com":0.75}"#, Auto, ambiguous),
        ("val=1,500", r#"{"com":1.500}"#, Auto, ambiguous),
        ("", r#"{"val":19.99,"com":"1,500"}"#, Comma, Ok((19_990_000, 1_500_000))),
        ("", r#"{"val":1.500,"com":"1.500"}"#, Comma, Ok((1_500_000, 1_500_000_000))),
        ("", r#"{"val":1.500,"com":0}"#, Comma, Ok((1_500_000, 0))),
        ("", r#"{"val":"19.99","com":"1,500"}"#, Auto, Ok((19_990_000, 1_500_000_000))),
        // The same digits mean two things.
        ("", r#"{"val":"1.500","val":1.500,"com":0}"#, Comma, Err(ErrorReason::ParameterRepeated)),
        ("", r#"{"val":1.500,"val":"1.500","com":0}"#, Comma, Err(ErrorReason::ParameterRepeated)),
    ] {
        let found = worth_with(query, body, "EUR", separator);
        let found = found.map(|(value, commission, _)| (value, commission));
        assert_eq!(found, expected, "{query} {body} {separator:?}");
    }
}

#[test]
fn a_whole_number_in_json_is_one_order_in_any_notation() {
    for (number, oid, notes) in [
        ("1001", "1001", vec![]),
        ("1001.0", "1001", vec![NoteCode::NumberRepaired]),
        ("1.5e10", "15000000000", vec![NoteCode::NumberRepaired]),
        ("1E5", "100000", vec![NoteCode::NumberRepaired]),
        ("\"1001.0\"", "1001.0", vec![]),
        ("1001.5", "1001.5", vec![]),
    ] {
        let body = format!("{{\"clickId\":\"abc\",\"id\":\"{CODE}\",\"val\":1,\"com\":0,\"oid\":{number}}}");
        let reading = read(&request("POST", b"/s2s".to_vec(), "", body.into_bytes()), &Overrides::default());
        assert_eq!(reading.notes.iter().map(Note::code).collect::<Vec<_>>(), notes, "{number}");
        assert_eq!(reading.claim.unwrap().transaction_id.as_str(), oid, "{number}");
    }
}

#[test]
fn a_percentage_in_place_of_an_amount_is_called_so() {
    for (query, reason, said) in [
        ("val=1&com=10%&oid=1", ErrorReason::ParameterMalformed, "a percentage: send it as `comperc`"),
        ("val=1&com=10%25", ErrorReason::AmountMalformed, "a percentage: send it as `comperc`"),
        ("val=1&com=12,5+%25", ErrorReason::AmountMalformed, "a percentage: send it as `comperc`"),
        ("val=10%&com=1", ErrorReason::ParameterMalformed, "a percentage: send the price"),
        ("val=1&com=%zz", ErrorReason::ParameterMalformed, "broken percent-encoding"),
        ("val=1&com=x%", ErrorReason::ParameterMalformed, "broken percent-encoding"),
        ("val=1&com=10&oid=10%", ErrorReason::ParameterMalformed, "broken percent-encoding"),
    ] {
        let error = get(&format!("clickId=abc&id={CODE}&{query}")).claim.unwrap_err();
        assert_eq!(error.reason(), reason, "{query}");
        assert!(error.message().contains(said), "{query}: {error}");
    }
}

#[test]
fn a_sign_means_the_currency_that_is_expected() {
    let auto = DecimalSeparator::Auto;
    let contradiction = Err(ErrorReason::CurrencyInvalid);
    for (query, currency, expected) in [
        ("val=$10&com=1", "CAD", Ok("CAD")),
        ("val=$10&com=$1", "CAD", Ok("CAD")),
        ("val=$250&com=1", "MXN", Ok("MXN")),
        ("val=%C2%A599&com=1", "CNY", Ok("CNY")),
        ("val=%C2%A599&com=1", "JPY", Ok("JPY")),
        ("val=$10&com=1&cur=CAD", "EUR", Ok("CAD")),
        ("val=$10&com=$1&cur=CAD", "EUR", Ok("CAD")),
        ("val=CA$10&com=1", "EUR", Ok("CAD")),
        ("val=CA$10&com=$1", "EUR", Ok("CAD")),
        ("val=$10&com=1", "EUR", Ok("USD")),
        ("val=$10&com=1 USD", "EUR", Ok("USD")),
        ("val=10 EUR&com=1", "EUR", Ok("EUR")),
        ("val=$10&com=1&cur=EUR", "EUR", contradiction),
        ("val=US$10&com=1&cur=CAD", "CAD", contradiction),
        ("val=10 USD&com=1&cur=CAD", "CAD", contradiction),
        // The commission never changes the currency of the value.
        ("val=1500&com=$1.50", "EUR", contradiction),
        ("val=1500&com=1.50 USD", "EUR", contradiction),
        ("val=1500&com=1.50&cur=EUR", "USD", Ok("EUR")),
        ("val=$1500&com=%E2%82%AC1.50", "USD", contradiction),
    ] {
        let found = worth(query, currency, auto).map(|(.., currency)| currency);
        assert_eq!(found, expected.map(str::to_owned), "{query} {currency}");
    }
}

#[test]
fn a_postback_with_test_is_a_test_a_sale_or_held() {
    for (query, test) in [
        ("test=1", Ok(Some(Test::Asked))),
        ("test=true", Ok(Some(Test::Asked))),
        ("TEST=True", Ok(Some(Test::Asked))),
        ("test=0", Ok(None)),
        ("test=false", Ok(None)),
        ("test=off", Ok(None)),
        ("test=yes", Err(ErrorReason::ParameterMalformed)),
        ("test=on", Err(ErrorReason::ParameterMalformed)),
        ("test", Err(ErrorReason::ParameterMalformed)),
        ("test=", Err(ErrorReason::ParameterMalformed)),
        ("test=2", Err(ErrorReason::ParameterMalformed)),
        ("test={test}", Err(ErrorReason::MacroNotReplaced)),
        ("test=0&test=1", Err(ErrorReason::ParameterRepeated)),
    ] {
        let reading = get(&format!("{query}&clickId=abc&id={CODE}&val=1&com=0"));
        let found = reading.claim.map(|_| reading.test).map_err(|error| error.reason());
        assert_eq!(found, test, "{query}");
    }
}

#[test]
fn of_repeated_values_the_only_valid_one_counts_in_any_order() {
    let click = "0".repeat(40);
    for (values, expected) in [
        (["{clickid}", "x", click.as_str()], Ok(click.as_str())),
        (["x", click.as_str(), "{clickid}"], Ok(click.as_str())),
        ([click.as_str(), "x", click.as_str()], Ok(click.as_str())),
        (["x", "y", "x"], Err(ErrorReason::ParameterRepeated)),
    ] {
        let query = values.map(|value| format!("clickId={value}")).join("&");
        let reading = get(&format!("{query}&id={CODE}&id=z&val=1&com=0&com=x&com=y"));
        assert_eq!(reading.code_text, CODE, "{query}");
        let found = reading.claim.map(|_| reading.click_text.as_str()).map_err(|error| error.reason());
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn values_that_differ_only_in_notation_count_as_one() {
    let click = "0123456789abcdefghjkmnpqrstvwxyz01234567";
    let upper = click.to_uppercase();
    let code = CODE.to_lowercase();
    let same = [
        "val=10&val=10.00",
        "val=10&val=10,0",
        "val=1.234,50&val=1234.5",
        "value=10&amount=10.00",
        "com=1&com=1,00",
        "comperc=10&comperc=10%25",
        "cur=EUR&cur=eur",
        "status=approved&status=Approved",
        "test=0&test=false",
        &format!("id={CODE}&id={code}"),
        &format!("clickId={click}&clickId={upper}"),
        &format!("clickId={click}&cid={upper}"),
    ];
    let different = [
        "val=10&val=10.01",
        "val=1,500&val=1500",
        "val=1500&val=1.500",
        "val=1,500&val=1.500",
        "val=10&val=10+EUR",
        "cur=EUR&cur=USD",
        "status=approved&status=declined",
        "test=0&test=1",
        "oid=a1&oid=A1",
        "oid=1001&oid=1001.0",
        "clickId=abc&clickId=ABC",
    ];
    let repeated = Err(ErrorReason::ParameterRepeated);
    let cases = same.map(|query| (query, Ok(()))).into_iter().chain(different.map(|query| (query, repeated)));
    for (query, expected) in cases {
        let rest = [("clickId=abc", "clickId="), ("val=1", "val"), ("com=1", "com=")];
        let rest = rest.into_iter().filter(|(_, name)| !query.contains(name)).map(|(pair, _)| pair);
        let id = format!("id={CODE}");
        let id = Some(&*id).filter(|_| !query.starts_with("id="));
        let query = rest.chain(id).chain([query]).collect::<Vec<_>>().join("&");
        let found = get(&query).claim.map(|_| ()).map_err(|error| error.reason());
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn several_items_of_a_list_are_no_value() {
    let json = |members: &str| format!(r#"{{"clickId":"abc","id":"{CODE}",{members}}}"#);
    let repeated = Err(ErrorReason::ParameterRepeated);
    for (query, body, expected) in [
        ("val[]=10&com=1", "", Ok(10_000_000)),
        ("val[0]=10&com=1", "", Ok(10_000_000)),
        ("val[]=10&val[]=10&com=1", "", repeated),
        ("value[0]=10&value[1]=10&com=1", "", repeated),
        ("value[0]=10&value[1]=&com=1", "", repeated),
        ("val=10&com=1&oid[]=a&oid[]=a", "", repeated),
        ("val=10&com[0]=1&payout[1]=1", "", Err(ErrorReason::ParameterRepeated)),
        ("val=10&com=1&item[]=a&item[]=a", "", Ok(10_000_000)),
        // The parameter's own name counts beside a list.
        ("val=10&com=1&val[]=5&val[]=5", "", Ok(10_000_000)),
        ("", "val[]=10&val[]=10&com=1", repeated),
        ("", &json(r#""val[]":10,"val[]":10,"com":1"#), repeated),
        ("", &json(r#""val[0]":10,"val[1]":10.00,"com":1"#), repeated),
        ("val=10&com=1", "oid[]=a&oid[]=a", repeated),
    ] {
        let target = format!("/s2s?clickId=abc&id={CODE}&{query}");
        let target = if body.starts_with('{') { "/s2s".to_owned() } else { target };
        let method = if body.is_empty() { "GET" } else { "POST" };
        let postback = request(method, target.into_bytes(), "", body.as_bytes().to_vec());
        let found = read(&postback, &Overrides::default()).claim;
        let found = found.map(|claim| claim.value.micros()).map_err(|error| error.reason());
        assert_eq!(found, expected, "{query} {body}");
    }
}

#[test]
fn an_order_number_may_have_a_name_of_another_system() {
    let click = "0".repeat(40);
    for (query, oid) in [
        ("tid=A1", "A1"),
        ("transactionId=A1", "A1"),
        ("order=A1", "A1"),
        ("t202txid=A1", "A1"),
        ("Order_Number=A1", "A1"),
        ("oid=A1&tid=B2&order=C3", "A1"),
        ("tid=B2&txid=A1", "A1"),
        ("order=C3&transaction_id=A1&tid=B2", "A1"),
        ("tid=B2&order_id=", "B2"),
        (&format!("tid={click}"), ""),
        (&format!("tid={click}&order=A1"), "A1"),
    ] {
        let reading = get(&format!("{query}&clickId=abc&id={CODE}&val=1&com=0"));
        assert_eq!(reading.claim.unwrap().transaction_id.as_str(), oid, "{query}");
    }
    let repeated = get(&format!("tid=A1&tid=A2&clickId=abc&id={CODE}&val=1&com=0"));
    assert_eq!(repeated.claim.unwrap_err().reason(), ErrorReason::ParameterRepeated);
}

//! Times as people write them.

use s2s_sdk::click_id;
use s2s_tests::Server;
use serde_json::Value;

use super::{Person, conversions};

#[tokio::test]
async fn a_date_alone_is_some_time_of_that_day() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let clicked = click_id::time(&click).unwrap().to_string();
    let (day, minute) = (&clicked[..10], &clicked[..16]);
    let (year, month, date) = (&day[..4], &day[5..7], &day[8..]);
    let times =
        [day.to_owned(), format!("{date}.{month}.{year}"), minute.to_owned(), minute.replace('T', " ")];
    for (number, time) in times.iter().enumerate() {
        let order = format!("typed-{number}");
        let record = ["conversions", "record", "--code", &code.id, "--click", &click, "--value", "1"];
        let given = ["--transaction", &order, "--time", time, "--time-zone", "UTC"];
        let said = person.run(&[&record[..], &given].concat()).await;
        assert_eq!(said.status, 0, "{time}: {}", said.err);
        assert!(said.err.contains("s2s: times without a time zone were read in UTC"), "{}", said.err);
    }
    let rows =
        times.iter().enumerate().map(|(number, time)| format!("{},{click},1,row-{number},{time}\n", code.id));
    let file = std::iter::once("code,click,value,order,date\n".to_owned()).chain(rows).collect::<String>();
    let file = person.write("sales.csv", file);
    let said = person.run(&["conversions", "import", &file, "--time-zone", "utc"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    let zone = "s2s: times without a time zone were read in UTC; --time-zone names another";
    assert_eq!(said.err.matches(zone).count(), 1, "{}", said.err);
    for one in conversions(&server, &code).await {
        assert_eq!(one.conversion_time.unwrap().to_string(), clicked, "{}", one.transaction_id);
    }
    // A day before that of the click is still refused, and so is a date that can be read in two
    // ways.
    let bad = format!(
        "code,click,value,order,date\n{0},{click},1,x,2020-01-01\n{0},{click},1,y,01/02/2026\n",
        code.id
    );
    let said = person.run(&["conversions", "import", &person.write("bad.csv", bad)]).await;
    assert!(said.err.contains("row 2: CLICK_LATER_THAN_CONVERSION"), "{}", said.err);
    assert!(said.err.contains("write 2026-02-01 or 2026-01-02"), "{}", said.err);
    let bad = format!(
        "code,click,value,order,date\n{0},{click},1,x,2026-10-25 02:30\n{0},{click},1,y,20261121\n",
        code.id
    );
    let import = ["conversions", "import", &person.write("bad.csv", bad), "--time-zone", "Europe/Berlin"];
    let said = person.run(&import).await;
    assert!(said.err.contains("row 2: ROW_UNREADABLE: conversion_time `2026-10-25 02:30`"), "{}", said.err);
    assert!(
        said.err.contains("row 3: ROW_UNREADABLE") && said.err.contains("write 2026-11-21"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn options_take_times_as_people_write_them() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    for time in [&["--time", "now"][..], &[]] {
        let record = ["conversions", "record", "--code", &code.id, "--click", &click, "--value", "1"];
        let said = person.run(&[&record[..], time].concat()).await;
        assert_eq!(said.err, "", "no zone is needed");
    }
    let count = |list: Value| list.as_array().unwrap().len();
    for (since, expected) in [
        ("yesterday", 1),
        ("2020-01-01", 1),
        ("1.1.2020", 1),
        ("2026-01-01 00:00", 1),
        ("1600000000", 1),
        ("now", 0),
    ] {
        for zone in ["UTC", "Asia/Tokyo", "America/Los_Angeles"] {
            let list = person.json(&["conversions", "list", "--since", since, "--time-zone", zone]).await;
            assert_eq!(count(list), expected, "{since} in {zone}");
        }
    }
    let list = person.json(&["postbacks", "list", "--since", "yesterday", "--until", "now"]).await;
    assert_eq!(count(list), 0);

    // The zone is that of the machine, unless it is given.
    let mut command = person.command(&super::programs().join("s2s"));
    command.args(["conversions", "list", "--since", "yesterday"]).env("TZ", "Asia/Tokyo");
    let said = String::from_utf8(command.output().await.unwrap().stderr).unwrap();
    assert_eq!(said, "s2s: times without a time zone were read in Asia/Tokyo; --time-zone names another\n");

    for (arguments, said) in [
        (["--since", "01/02/2026"], "2026-02-01 or 2026-01-02"),
        (["--since", "someday"], "write a time as 2026-11-24"),
        (["--until", "2026-02-30"], "no such day"),
        (["--time-zone", "Atlantis"], "Europe/Berlin"),
        (["--time-zone=Europe/Berlin", "--since=2026-03-29 02:30"], "does not exist in its zone"),
        (["--time-zone=Europe/Berlin", "--since=2026-10-25 02:30"], "exists twice in its zone"),
    ] {
        let answer = person.run(&[&["conversions", "list"][..], &arguments].concat()).await;
        assert!(answer.status == 2 && answer.err.contains(said), "{arguments:?}: {}", answer.err);
    }
}

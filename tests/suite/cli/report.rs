//! Reports with the command line: a table for people, CSV and JSON for programs.

use s2s_sdk::v1::ConversionStatus as Status;
use s2s_tests::Server;

use super::Person;
use crate::{partners::Shop, reports::click};

#[tokio::test]
async fn a_report_is_a_table_for_people_and_csv_for_programs() {
    let shop = Shop::open().await;
    let person = Person::new(&shop.server);
    let link = shop.link(&shop.partner, None).await;
    let other = shop.link(&shop.partner, None).await;
    for (order, status) in [("1", Status::Approved), ("2", Status::Pending), ("3", Status::Declined)] {
        shop.sale(&link, order, status).await;
    }
    // The clicks of the sales are those of programs without a name.
    for link in [&link, &link, &link, &link, &other] {
        shop.server.client().clicks().record(click(link)).await.unwrap();
    }
    let said =
        person.run(&["report", "--since", "yesterday", "--by", "partner,link", "--zone", "Asia/Tokyo"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.err.contains("to now, Asia/Tokyo ("), "{}", said.err);
    let lines: Vec<&str> = said.out.lines().collect();
    let [titles, first, second, total] = lines.as_slice() else { panic!("{}", said.out) };
    for title in ["PARTNER", "LINK", "CLICKS", "CONVERSIONS", "RATE", "VALUE", "PER_CLICK"] {
        assert!(titles.contains(title), "{titles}");
    }
    for cell in
        ["Ada", link.slug.as_str(), " 4 ", "████████████████", "50.00 %", "USD", "40.00", "6.00", "1.50"]
    {
        assert!(first.contains(cell), "{cell}: {first}");
    }
    assert!(second.contains(other.slug.as_str()) && second.contains("████ "), "{second}");
    assert!(total.contains("TOTAL") && total.contains(" 5 ") && total.contains("40.00 %"), "{total}");

    let csv = person.out(&["report", "--by", "status", "--compare", "day", "-o", "csv"]).await;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines.first().unwrap(),
        &"status,row,clicks,bot_clicks,prefetches,previews,pending,approved,declined,conversion_rate_millionths,\
          currency,conversions,value,commission,approved_value,approved_commission,declined_value,\
          declined_commission,commission_per_click,average_value,clicks_before,conversions_before,value_before,\
          commission_before"
    );
    assert!(
        csv.contains("\npending,group,,,,,1,0,0,,USD,1,20.00,3.00,0.00,0.00,0.00,0.00,,20.00,,0,,\n"),
        "{csv}"
    );
    assert!(
        csv.contains(
            "\n,total,5,3,0,0,1,1,1,400000,USD,2,40.00,6.00,20.00,3.00,20.00,3.00,1.20,20.00,0,0,,\n"
        ),
        "{csv}"
    );

    let slug = other.slug.as_str();
    let only = format!("link={slug}");
    let json = person.json(&["report", "--only", &only, "--per", "hour", "--until", "now"]).await;
    assert_eq!(json["total"]["metrics"]["clicks"], "1");
    assert!(!json["rows"].as_array().unwrap().is_empty());
    let json = person
        .json(&["report", "--without", &only, "--only", "status=approved", "--only", "partner=Ada"])
        .await;
    let metrics = &json["total"]["metrics"];
    assert_eq!(
        (&metrics["clicks"], &metrics["approved"], &metrics["pending"]),
        (&"4".into(), &"1".into(), &"0".into())
    );
    // An hour that the clock shows twice, by its offset.
    for (since, start) in
        [("2025-10-26T02:30+02:00", "2025-10-26T00:30:00Z"), ("2025-10-26T01:30:00Z", "2025-10-26T01:30:00Z")]
    {
        let json = person.json(&["report", "--since", since, "--zone", "Europe/Madrid"]).await;
        assert_eq!(json["startTime"], start);
    }
    let json = person.json(&["report", "--only", "partner="]).await;
    assert_eq!(json["total"]["metrics"]["clicks"], "0");
}

#[tokio::test]
async fn a_report_that_can_not_be_is_refused_with_a_cure() {
    let server = Server::start().await;
    let person = Person::new(&server);
    for (words, status, told) in [
        (&["--by", "colour"][..], 2, "colour"),
        (&["--by", "link,link"], 1, "group_by"),
        (&["--only", "spring"], 2, "link=spring"),
        (&["--only", "colour=red"], 2, "none of link, partner"),
        (&["--only", "link=nothing"], 1, "nothing"),
        (&["--only", "status=paid"], 2, "pending, approved or declined"),
        (&["--since", "today", "--until", "yesterday"], 1, "end: must be after `start`"),
        (&["--since", "2026-01-01 06:10"], 1, "full quarter of an hour"),
        (&["--since", "2026-01-01T06:15:30Z"], 2, "without seconds"),
        (&["--since", "2025-10-26 02:30", "--zone", "Europe/Madrid"], 2, "exists twice"),
        (&["--since", "2026-03-29 02:30", "--zone", "Europe/Madrid"], 2, "does not exist"),
        (&["--per", "quarter-hour", "--since", "2025-01-01"], 1, "REPORT_TOO_WIDE"),
    ] {
        let said = person.run(&[&["report"], words].concat()).await;
        assert!(said.status == status && said.err.contains(told), "{words:?}: {} {}", said.status, said.err);
    }
}

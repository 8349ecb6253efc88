//! A duplicate without an order id says what differs from the sale that was counted.

use s2s_sdk::v1::{EraseVisitorRequest, GetPostbackRequest, NoteCode, PostbackVerdict};
use s2s_tests::{Answer, http};

use crate::fixture::Fixture;

/// Returns the parameters that the answer to a duplicate names as different.
async fn told(fixture: &Fixture, answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "DUPLICATE"), "{answer:?}");
    let json = answer.json();
    let notes = json["notes"].as_array().unwrap().iter();
    let differs = notes.filter(|note| note["code"] == "PARAMETER_DIFFERS");
    let told: Vec<String> = differs.map(|note| note["parameter"].as_str().unwrap().to_owned()).collect();
    // The stored postback has the same note.
    let request = GetPostbackRequest { postback_id: answer.field("postback_id") };
    let stored = fixture.server.client().postbacks().get(request).await.unwrap().postback.unwrap();
    assert_eq!(stored.verdict(), PostbackVerdict::Duplicate);
    let differs = stored.notes.iter().filter(|note| note.code() == NoteCode::ParameterDiffers);
    assert_eq!(differs.map(|note| note.parameter.clone()).collect::<Vec<_>>(), told, "{stored:?}");
    told
}

async fn post(fixture: &Fixture, content_type: &str, body: String) -> Answer {
    let request = http().post(format!("{}/s2s", fixture.server.url)).header("content-type", content_type);
    Answer::of(request.body(body).send().await.unwrap()).await
}

#[tokio::test]
async fn an_order_number_under_an_unknown_name_is_named_in_the_note() {
    let mut fixture = Fixture::start().await;
    let sale = fixture.fill("clickId=$click&id=$code&val=5&com=0");
    let first = fixture.server.postback(&format!("{sale}&basket=A1&param=item%3D1&ts=1")).await;
    assert_eq!(first.field("verdict"), "RECORDED");
    for round in 0..3 {
        for (rest, expected) in [
            ("&basket=A1&param=item%3D1&ts=2", vec![]),
            ("&basket=A2&param=item%3D1", vec!["basket"]),
            ("&BASKET=A2", vec!["basket"]),
            ("&basket=A1&param=item%3D2", vec!["item"]),
            ("&basket=A1&ticket=7", vec!["ticket"]),
            ("", vec![]),
        ] {
            let answer = fixture.server.postback(&format!("{sale}{rest}")).await;
            assert_eq!(told(&fixture, &answer).await, expected, "{round} {rest}");
        }
        let form = post(&fixture, "application/x-www-form-urlencoded", format!("{sale}&basket=A3")).await;
        assert_eq!(told(&fixture, &form).await, ["basket"]);
        let json = sale.split('&').map(|pair| format!("\"{}\"", pair.replacen('=', "\":\"", 1)));
        let json = format!("{{{},\"basket\":\"A4\"}}", json.collect::<Vec<_>>().join(","));
        let json = post(&fixture, "application/json", json).await;
        assert_eq!(told(&fixture, &json).await, ["basket"]);
        fixture.server.kill().await;
        fixture.server.restart().await;
    }
    // A sale with another order id counts. A second postback with that order id is certainly a
    // duplicate, so the answer names no differences.
    let other = format!("{sale}&oid=2&basket=A5");
    assert_eq!(fixture.server.postback(&other).await.field("verdict"), "RECORDED");
    let again = fixture.server.postback(&format!("{sale}&oid=2&basket=A6")).await;
    assert_eq!(told(&fixture, &again).await, Vec::<String>::new());
    assert_eq!(fixture.conversions().await.len(), 2);
    // Erased parameters can't be compared, and their names are gone.
    let request = EraseVisitorRequest { click_id: fixture.click.clone(), validate_only: false };
    fixture.server.client().clicks().erase_visitor(request).await.unwrap();
    let late = fixture.server.postback(&format!("{sale}&basket=A7")).await;
    assert_eq!(told(&fixture, &late).await, Vec::<String>::new());
    let all = fixture.postbacks(s2s_sdk::v1::PostbackFilter::default()).await;
    let differs = |note: &s2s_sdk::v1::Note| note.code() == NoteCode::ParameterDiffers;
    assert!(all.iter().all(|postback| !postback.notes.iter().any(differs)), "{all:#?}");
    assert_eq!(fixture.conversions().await.len(), 2);
}

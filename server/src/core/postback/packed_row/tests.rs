use s2s_sdk::v1::{ErrorReason, NoteCode};
use uuid::Uuid;

use super::*;
use crate::{
    core::{conversion::note, postback::Reason},
    values::{
        id::{AccountId, PostbackId, base32},
        time::Time,
    },
};

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/142.0.0.0 Safari/537.36";
const CODE: &str = "0123456789ABCDEF0123456789ABCDEF";

fn click_text() -> String {
    base32(&[7; 25])
}

fn click() -> ClickId {
    ClickId(Uuid::from_bytes([7; 16]))
}

fn arrived() -> Postback {
    let id = PostbackId(Uuid::from_u128(1));
    Postback::arrived(id, AccountId::DEFAULT, Time::from_micros(1_763_900_000_000_000))
}

/// A usual postback that was counted.
fn usual() -> Postback {
    let click = click_text();
    Postback {
        method: "GET".to_owned(),
        target: format!("/s2s?clickId={click}&id={CODE}&val=19.99&com=4.99&oid=order-10017&cur=USD")
            .into_bytes(),
        address: "203.0.113.0".to_owned(),
        user_agent: AGENT.to_owned(),
        code_text: CODE.to_owned(),
        click_text: click,
        conversion_id: ConversionId { click: self::click(), serial: i64::MAX - 5 }.to_string(),
        ..arrived()
    }
}

#[test]
fn every_postback_comes_back_as_it_was() {
    let (usual, click) = (usual(), click_text());
    let upper = format!("/s2s?clickId={}&id={}", click.to_uppercase(), CODE.to_lowercase()).into_bytes();
    let twice = format!("/s2s?clickId={click}&clickId={click}&id={CODE}{CODE}&x=%FF\u{e9}").into_bytes();
    let other = ConversionId { click: ClickId(Uuid::from_u128(9)), serial: 3 }.to_string();
    let notes =
        Notes::new(vec![note(NoteCode::Test, "te\"st", "ü"), note(NoteCode::UnknownParameter, "", "")]);
    let cut = |text: &str| text.strip_suffix(char::is_alphanumeric).unwrap().to_owned();
    for postback in [
        arrived(),
        Postback { target: upper, ..usual.clone() },
        Postback { target: twice, body: vec![0, 0xff, 0x80, b'a'], ..usual.clone() },
        Postback { click_text: click.to_uppercase(), ..usual.clone() },
        Postback { click_text: cut(&click), ..usual.clone() },
        Postback { click_text: String::new(), ..usual.clone() },
        Postback { click_text: "c".to_owned(), code_text: "1".to_owned(), ..usual.clone() },
        Postback { click_text: format!("{click} "), ..usual.clone() },
        Postback { code_text: CODE.to_lowercase(), ..usual.clone() },
        Postback { code_text: cut(CODE), ..usual.clone() },
        Postback { conversion_id: other, ..usual.clone() },
        Postback { conversion_id: usual.conversion_id.to_uppercase(), ..usual.clone() },
        Postback { conversion_id: "conv_".to_owned(), ..usual.clone() },
        Postback {
            reason: Some(Reason(ErrorReason::ClickIdInvalid)),
            message: "é".repeat(300),
            notes,
            content_type: "application/json".to_owned(),
            method: "POST".to_owned(),
            cut: true,
            authenticated: false,
            replayed_at: Some(Time::from_micros(1)),
            match_at: Some(Time::from_micros(2)),
            from_edge: true,
            ..usual.clone()
        },
        usual,
    ] {
        let row = Model::from(&postback);
        assert!(!row.packed.is_empty());
        assert_eq!(row.into_postback().unwrap(), postback);
    }
}

#[test]
fn ids_are_stored_once_and_in_binary() {
    let row = Model::from(&usual());
    assert_eq!((row.code_text.as_str(), row.click_text.as_str(), row.conversion_id.as_str()), ("", "", ""));
    assert_eq!((row.click_id, row.conversion_serial), (Some(click()), Some(i64::MAX - 5)));
    assert_eq!(row.code_id, CODE.parse().ok());
    assert!(row.packed.len() <= 64, "{} {:?}", row.packed.len(), row.packed);
}

#[test]
fn a_row_of_an_older_version_is_read_as_it_is() {
    let usual = usual();
    let Postback { method, target, address, user_agent, .. } = usual.clone();
    let row = Model {
        method,
        target,
        address,
        user_agent,
        notes: "[]".to_owned(),
        code_text: usual.code_text.clone(),
        click_text: usual.click_text.clone(),
        conversion_id: usual.conversion_id.clone(),
        packed: Vec::new(),
        code_id: None,
        click_id: None,
        conversion_serial: None,
        ..Model::from(&usual)
    };
    assert_eq!(row.into_postback().unwrap(), usual);
}

#[test]
fn a_damaged_row_is_an_error() {
    let row = Model::from(&usual());
    for packed in [vec![9], row.packed[..20].to_vec(), vec![1, 2]] {
        assert!(Model { packed, ..row.clone() }.into_postback().is_err());
    }
}

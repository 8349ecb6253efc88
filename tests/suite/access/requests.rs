//! Parts of the requests of calls that take an id.

use prost::Message as _;
use s2s_sdk::{
    prost_types::{FieldMask, Timestamp},
    v1,
};
use s2s_tests::request;

use super::Ids;

pub fn decline(conversion_id: &str) -> v1::CreateAdjustmentRequest {
    let adjustment = v1::NewAdjustment {
        target: Some(v1::new_adjustment::Target::ConversionId(conversion_id.to_owned())),
        change: Some(v1::new_adjustment::Change::Decline(v1::Decline {})),
        ..Default::default()
    };
    v1::CreateAdjustmentRequest { adjustment: Some(adjustment), validate_only: false }
}

pub fn target(click: &str, code: &str) -> String {
    format!("/s2s?clickId={click}&id={code}&val=1&com=0")
}

/// A test postback. The server does not store it, so the answer has no postback id. Such an id
/// would differ between calls.
pub fn test_postback(click: &str, code: &str) -> Vec<u8> {
    let target = (target(click, code) + "&test=1").into_bytes();
    let postback = v1::RawPostback { method: "GET".to_owned(), target, ..Default::default() };
    request::postback(postback).encode_to_vec()
}

pub fn conversions_of(code: &str, link: &str, click: &str) -> Vec<u8> {
    let [conversion_code_id, tracking_link_id, click_id] = [code, link, click].map(str::to_owned);
    let filter =
        v1::ConversionFilter { conversion_code_id, tracking_link_id, click_id, ..Default::default() };
    request::conversions(filter).encode_to_vec()
}

pub fn mask(path: &str) -> FieldMask {
    FieldMask { paths: vec![path.to_owned()] }
}

pub fn with_code(id: &str, of: &Ids) -> v1::TrackingLink {
    v1::TrackingLink {
        id: id.to_owned(),
        destination: "http://shop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![of.code.clone()],
        ..Default::default()
    }
}

/// A statement of a code. The same one each time, so that it is created once.
pub fn statement(code: &str) -> v1::CreateStatementRequest {
    let time = |seconds| Some(Timestamp { seconds, nanos: 0 });
    let statement = v1::Statement {
        conversion_code_id: code.to_owned(),
        name: "October".to_owned(),
        file_sha256: "0".repeat(64),
        start_time: time(1_700_000_000),
        end_time: time(1_700_086_400),
        time_zone: "UTC".to_owned(),
        ..Default::default()
    };
    v1::CreateStatementRequest { statement: Some(statement), validate_only: false }
}

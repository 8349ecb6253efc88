//! Signatures that can't be checked any more: the code was unknown when the call arrived, and the
//! stored bytes may differ from those that were signed. A repeated call with such a signature still
//! counts once, and two different calls still count twice.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use s2s_sdk::{
    postback::sign,
    v1::{
        ConversionFilter, EraseVisitorRequest, PostbackAuthentication, PostbackVerdict, ReplayOverrides,
        ReplayPostbacksRequest,
    },
};
use s2s_tests::{Answer, Server, database::kind, eventually, http, request};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, Statement, prelude::Uuid};

use crate::authentication::Sale;

const UNKNOWN_CODE: &str = "00000000000000000000000000000001";

/// The form of a signed call.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    OwnSecret,
    OtherSecret,
    Gzip,
    ByteOrderMark,
}

const FORMS: [Form; 5] = [Form::Plain, Form::OwnSecret, Form::OtherSecret, Form::Gzip, Form::ByteOrderMark];

/// A signed call, which can be sent again unchanged.
struct Call {
    target: String,
    body: Vec<u8>,
}

impl Call {
    fn new(sale: &Sale, form: Form, click: &str, code: &str) -> Self {
        let query = format!("clickId={click}&id={code}&val=1&com=0&mail=mallory");
        let body = match form {
            Form::Plain | Form::OwnSecret | Form::OtherSecret => Vec::new(),
            Form::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(query.as_bytes()).unwrap();
                encoder.finish().unwrap()
            }
            Form::ByteOrderMark => {
                let json = serde_json::json!({"clickId": click, "id": code, "val": "1", "com": "0"});
                [b"\xEF\xBB\xBF", json.to_string().as_bytes()].concat()
            }
        };
        let target = match form {
            Form::Plain => format!("/s2s?{query}"),
            Form::OwnSecret => format!("/s2s?{query}&sec={}", sale.secret),
            Form::OtherSecret => format!("/s2s?{query}&sec=another"),
            Form::Gzip | Form::ByteOrderMark => "/s2s".to_owned(),
        };
        Self { target: sign(&target, &body, &sale.secret, sale.now()), body }
    }

    async fn send(&self, server: &Server) -> Answer {
        let url = format!("{}{}", server.url, self.target);
        let request =
            if self.body.is_empty() { http().get(url) } else { http().post(url).body(self.body.clone()) };
        Answer::of(request.send().await.unwrap()).await
    }

    async fn hold(&self, server: &Server) -> String {
        let answer = self.send(server).await;
        assert_eq!(answer.field("verdict"), "HELD", "{answer:?}");
        answer.field("postback_id")
    }
}

async fn replay(sale: &Sale, id: &str) -> PostbackVerdict {
    let overrides = ReplayOverrides { conversion_code_id: sale.code.id.clone(), ..Default::default() };
    let request =
        ReplayPostbacksRequest { overrides: Some(overrides), ..request::replay(vec![id.to_owned()]) };
    sale.server.client().postbacks().replay_page(request).await.unwrap().postbacks[0].verdict()
}

async fn conversions(server: &Server, click: &str) -> usize {
    let filter = ConversionFilter { click_id: click.to_owned(), ..Default::default() };
    server.client().conversions().list_page(request::conversions(filter)).await.unwrap().conversions.len()
}

#[tokio::test]
async fn a_signed_call_counts_once_whatever_is_stored_of_it() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    let link = sale.server.link(&[&sale.code]).await;
    for is_erased in [false, true] {
        for form in FORMS {
            let case = format!("{form:?} {is_erased}");
            let click = sale.server.click(&link).await;
            let call = Call::new(&sale, form, &click, UNKNOWN_CODE);
            let held = [call.hold(&sale.server).await, call.hold(&sale.server).await];
            if is_erased {
                let request = EraseVisitorRequest { click_id: click.clone(), ..Default::default() };
                let erased = sale.server.client().clicks().erase_visitor(request).await.unwrap();
                assert_eq!(erased.postback_count, 2, "{case}");
            }
            let late = call.hold(&sale.server).await;
            let mut verdicts = Vec::new();
            for id in held.iter().chain([&late]) {
                verdicts.push(replay(&sale, id).await);
            }
            let again = PostbackVerdict::Duplicate;
            assert_eq!(verdicts, [PostbackVerdict::Recorded, again, again], "{case}");
            assert_eq!(conversions(&sale.server, &click).await, 1, "{case}");
        }
    }
}

/// Gives a code another id. A postback with the former id then names an unknown code, as if the
/// code were not stored yet.
async fn rename(url: &str, from: &str, to: &str) {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await.unwrap();
    let sql = match kind() {
        "postgres" => "UPDATE conversion_code SET id = $1 WHERE id = $2",
        _ => "UPDATE conversion_code SET id = ? WHERE id = ?",
    };
    let ids = [to, from].map(|id| id.parse::<Uuid>().unwrap().into());
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, ids);
    assert_eq!(db.execute_raw(statement).await.unwrap().rows_affected(), 1);
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_signed_call_that_came_before_its_code_counts_once() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    let link = sale.server.link(&[&sale.code]).await;
    for form in FORMS {
        let click = sale.server.click(&link).await;
        let call = Call::new(&sale, form, &click, &sale.code.id);
        rename(&sale.server.database_url, &sale.code.id, UNKNOWN_CODE).await;
        // The server remembers the code for a moment, so the test waits until the code is unknown.
        // The probe is a test postback, which is not stored.
        let probe = format!("clickId={click}&id={}&val=1&com=0&test=1", sale.code.id);
        let is_unknown = async || {
            let answer = sale.server.postback(&probe).await;
            (answer.field("reason") == "CONVERSION_CODE_UNKNOWN").then_some(())
        };
        eventually(is_unknown).await;
        let held = [call.hold(&sale.server).await, call.hold(&sale.server).await];
        rename(&sale.server.database_url, UNKNOWN_CODE, &sale.code.id).await;
        // Both are matched, and then the sender repeats the call once more.
        for id in &held {
            eventually(async || {
                let verdict = crate::replay::get(&sale.server, id).await.verdict();
                (verdict != PostbackVerdict::Held).then_some(())
            })
            .await;
        }
        assert_eq!(call.send(&sale.server).await.field("verdict"), "DUPLICATE", "{form:?}");
        assert_eq!(conversions(&sale.server, &click).await, 1, "{form:?}");
    }
}

#[tokio::test]
async fn one_wrong_signature_does_not_make_two_calls_one() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    let click = sale.server.click(&sale.server.link(&[&sale.code]).await).await;
    let mut verdicts = Vec::new();
    for number in 0..3 {
        let sig = "0".repeat(64);
        let query = format!("clickId={click}&id={UNKNOWN_CODE}&val=1&com=0&n={number}&sec=another&sig={sig}");
        let id = sale.server.postback(&query).await.field("postback_id");
        verdicts.push(replay(&sale, &id).await);
    }
    assert_eq!(verdicts, [PostbackVerdict::Recorded; 3]);
    assert_eq!(conversions(&sale.server, &click).await, 3);
}

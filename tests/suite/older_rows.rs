//! Rows of `click` and `postback` that a version before m0021 wrote, beside new rows.

use s2s_sdk::v1::{
    Click, DecimalSeparator, DeviceKind, EraseVisitorRequest, ExplainClickRequest, GetClickRequest,
    ListClicksRequest, NoteCode, Postback, PostbackFilter, PostbackVerdict, ReplayOverrides,
    ReplayPostbacksRequest, TrackingLink,
};
use s2s_tests::{Answer, Server, click_id_of, database, eventually, http, request};

use crate::replay::{get, hold};

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The bytes of an id, without its prefix.
fn bytes(id: &str) -> Vec<u8> {
    let alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in id.rsplit('_').next().unwrap().chars() {
        bits = (bits << 5) | u32::try_from(alphabet.find(letter).unwrap()).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count).unwrap());
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

/// Bytes and ids as literals of SQL.
fn literal(bytes: &[u8]) -> String {
    let digits = bytes.iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    if database::kind() == "postgres" { format!("'\\x{digits}'") } else { format!("x'{digits}'") }
}

fn id(bytes: &[u8]) -> String {
    literal(bytes).replace("\\x", "")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Turns the row of a click into a row of an older version.
async fn make_click_older(server: &Server, click: &Click) {
    let sub_ids =
        (1..=10).map(|number| click.sub_ids.get(&format!("sub{number}")).cloned().unwrap_or_default());
    let sub_ids = serde_json::to_string(&sub_ids.collect::<Vec<_>>()).unwrap();
    let update = format!(
        "UPDATE click SET sub_ids = {}, query = {}, referrer = {}, user_agent = {}, address = {} WHERE click_id = {}",
        quoted(&sub_ids),
        quoted(&click.query),
        quoted(&click.referrer),
        quoted(&click.user_agent),
        quoted(&click.address),
        id(&bytes(&click.id)[1..17]),
    );
    database::execute(&server.database_url, &update).await;
}

/// The click as an older version stored it, without its device.
fn without_device(click: &Click) -> Click {
    assert_eq!((click.device(), click.browser.as_str()), (DeviceKind::Desktop, "Firefox"));
    let (os, browser) = (String::new(), String::new());
    Click { device: DeviceKind::Unspecified.into(), os, browser, ..click.clone() }
}

/// Turns the row of a postback into a row of an older version.
async fn make_postback_older(server: &Server, postback: &Postback) {
    let raw = postback.raw.as_ref().unwrap();
    let notes = postback.notes.iter().map(|note| (note.code, &note.parameter, &note.message));
    let notes = serde_json::to_string(&notes.collect::<Vec<_>>()).unwrap();
    let update = format!(
        "UPDATE postback SET method = {}, target = {}, content_type = {}, body = {}, address = {}, user_agent = {}, \
         message = {}, notes = {}, code_text = {}, click_text = {}, conversion_id = {} WHERE id = {}",
        quoted(&raw.method),
        literal(&raw.target),
        quoted(&raw.content_type),
        literal(&raw.body),
        quoted(&raw.sender_address),
        quoted(&raw.user_agent),
        quoted(&postback.message),
        quoted(&notes),
        quoted(&postback.conversion_code_id),
        quoted(&postback.click_id),
        quoted(&postback.conversion_id),
        id(&bytes(&postback.id)),
    );
    database::execute(&server.database_url, &update).await;
}

/// Takes the columns and indexes of the migration away, and forgets that it was done.
async fn undo_migration(server: &Server) {
    let mut statements = Vec::new();
    if database::kind() != "mariadb" {
        statements.extend(["DROP INDEX ix_postback_click_id", "DROP INDEX ix_postback_click_text"]);
        statements.push("CREATE INDEX ix_postback_click ON postback (account_id, click_text)");
    }
    statements.extend(["ALTER TABLE click DROP COLUMN packed", "ALTER TABLE postback DROP COLUMN packed"]);
    statements
        .extend(["ALTER TABLE postback DROP COLUMN code_id", "ALTER TABLE postback DROP COLUMN click_id"]);
    statements.push("ALTER TABLE postback DROP COLUMN conversion_serial");
    statements.push("DELETE FROM seaql_migrations WHERE version LIKE '%packed_rows'");
    for statement in statements {
        database::execute(&server.database_url, statement).await;
    }
}

async fn visit(server: &Server, link: &TrackingLink, query: &str) -> String {
    let visit = http().get(format!("{}/{}?{query}", server.url, link.slug));
    let visit = visit.header("user-agent", AGENT).header("referer", "https://www.google.com/");
    click_id_of(visit.send().await.unwrap().headers()["location"].to_str().unwrap())
}

async fn clicks(server: &Server, link: &TrackingLink) -> Vec<Click> {
    let list = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    server.client().clicks().list_page(list).await.unwrap().clicks
}

async fn postbacks(server: &Server, filter: PostbackFilter) -> Vec<Postback> {
    server.client().postbacks().list_page(request::postbacks(filter)).await.unwrap().postbacks
}

async fn found(server: &Server, text: &str) -> usize {
    postbacks(server, PostbackFilter { text: text.to_owned(), ..Default::default() }).await.len()
}

/// Sends a sale that is held because its amount is ambiguous, in JSON.
async fn hold_json(server: &Server, click: &str, code: &str, oid: &str) -> String {
    let body = format!(r#"{{"clickId":"{click}","id":"{code}","val":"1,500","com":0,"oid":"{oid}"}}"#);
    let call = http().post(format!("{}/s2s?x=1", server.url)).header("content-type", "application/json");
    let answer = Answer::of(call.body(body).send().await.unwrap()).await;
    assert_eq!(answer.field("reason"), "AMOUNT_AMBIGUOUS");
    answer.field("postback_id")
}

async fn replay(server: &Server, id: &str) -> Postback {
    let overrides =
        ReplayOverrides { decimal_separator: DecimalSeparator::Point.into(), ..Default::default() };
    let request =
        ReplayPostbacksRequest { overrides: Some(overrides), ..request::replay(vec![id.to_owned()]) };
    server.client().postbacks().replay_page(request).await.unwrap().postbacks.remove(0)
}

#[tokio::test]
async fn rows_of_older_versions_and_new_rows_are_read_and_changed_alike() {
    let mut server = Server::start_with(&["--store-addresses", "whole"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = visit(&server, &link, "sub1=news'letter&SUB2=b%20c&sub10=%C3%A4").await;
    let sale = format!("clickId={click}&id={}&val=5&com=1", code.id);
    for (query, verdict) in
        [("&basket=A1", "RECORDED"), ("&basket=A1", "DUPLICATE"), ("&oid=old-2", "RECORDED")]
    {
        assert_eq!(server.postback(&format!("{sale}{query}")).await.field("verdict"), verdict);
    }
    let old_held = hold_json(&server, &click, &code.id, "old-3").await;
    let stray = format!("clickId=nonsense&id={}&val=5&com=1&oid=old-4", code.id);
    hold(&server, &stray, "CLICK_ID_INVALID").await;
    let (old_clicks, old) =
        (clicks(&server, &link).await, postbacks(&server, PostbackFilter::default()).await);
    assert_eq!((old_clicks.len(), old.len()), (1, 5));
    assert_eq!(old_clicks[0].sub_ids["sub2"], "b c");

    server.terminate().await;
    assert!(server.ended().await.success());
    make_click_older(&server, &old_clicks[0]).await;
    for postback in &old {
        make_postback_older(&server, postback).await;
    }
    undo_migration(&server).await;
    server.restart().await;
    assert_eq!(clicks(&server, &link).await, [without_device(&old_clicks[0])]);
    assert_eq!(postbacks(&server, PostbackFilter::default()).await, old);

    // A new duplicate is compared with the old sale that was counted.
    let differs = server.postback(&format!("{sale}&basket=A2")).await;
    assert_eq!(differs.field("verdict"), "DUPLICATE");
    let differs = get(&server, &differs.field("postback_id")).await;
    assert!(differs.notes.iter().any(|note| note.code() == NoteCode::ParameterDiffers), "{differs:?}");
    assert_eq!(server.postback(&format!("{sale}&oid=new-2")).await.field("verdict"), "RECORDED");
    let new_held = hold_json(&server, &click, &code.id, "new-3").await;
    let other = visit(&server, &link, "sub1=other").await;
    // A click is written shortly after its visitor was sent on.
    eventually(async || (clicks(&server, &link).await.len() == 2).then_some(())).await;

    // Lists, searches and the history of the click show both.
    assert_eq!(found(&server, "\"oid\":\"new-3\"").await + found(&server, "oid=new-2").await, 2);
    assert_eq!(found(&server, "\"oid\":\"old-3\"").await + found(&server, "oid=old-2").await, 2);
    assert_eq!(
        (found(&server, "-3").await, found(&server, &click).await, found(&server, "nosuch").await),
        (2, 7, 0)
    );
    let of_code = PostbackFilter { conversion_code_id: code.id.clone(), ..Default::default() };
    assert_eq!(postbacks(&server, of_code).await.len(), 8);
    let explain = ExplainClickRequest { click_id: click.clone() };
    let told = server.client().clicks().explain(explain).await.unwrap();
    assert_eq!(told.conversions.len(), 3);
    let held: Vec<&str> = told.held_postbacks.iter().map(|postback| postback.id.as_str()).collect();
    assert_eq!(held, [&new_held, &old_held]);

    for id in [&old_held, &new_held] {
        let replayed = replay(&server, id).await;
        assert_eq!(replayed.verdict(), PostbackVerdict::Recorded, "{replayed:?}");
        assert_eq!(get(&server, id).await, replayed);
    }
    for validate_only in [true, false] {
        let erase = EraseVisitorRequest { click_id: click.clone(), validate_only };
        let erased = server.client().clicks().erase_visitor(erase).await.unwrap();
        assert_eq!((erased.postback_count, erased.conversion_count), (7, 5), "{validate_only}");
    }
    let get_click = GetClickRequest { click_id: click.clone() };
    let erased = server.client().clicks().get(get_click).await.unwrap().click.unwrap();
    assert_eq!((erased.sub_ids.len(), erased.query, erased.address), (0, String::new(), String::new()));
    for postback in postbacks(&server, PostbackFilter::default()).await {
        let is_erased = postback.notes.iter().any(|note| note.code() == NoteCode::VisitorErased);
        assert_eq!(is_erased, postback.click_id == click, "{postback:?}");
        assert!(!is_erased || postback.raw.unwrap().sender_address.is_empty());
    }
    let left =
        server.client().clicks().get(GetClickRequest { click_id: other }).await.unwrap().click.unwrap();
    assert_eq!((left.user_agent.as_str(), left.query.as_str()), (AGENT, "sub1=other"));
}

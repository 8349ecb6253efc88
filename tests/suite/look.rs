//! Filters that match few of many rows: each page looks at a bounded number of rows, and the pages
//! together have every match once.

use futures::TryStreamExt as _;
use s2s_sdk::v1::{
    ClickFlag, ConversionFilter, ErrorReason, ListClicksRequest, ListConversionsRequest,
    ListPostbacksRequest, PostbackFilter, PostbackVerdict, RecordClickRequest, ReplayPostbacksRequest,
};
use s2s_tests::{Server, database::execute, request};

use crate::{fixture::Fixture, report};

/// `LOOK_ROWS_MAX` of the server.
const LOOK: u32 = 20_000;
/// Enough rows that a page in the middle finds nothing.
pub const ROWS: u32 = 2 * LOOK + 1_000;

/// The SQL of a database for many rows.
struct Dialect {
    /// The id of the row with the number `n`. Rows with lower numbers are older.
    id: &'static str,
    /// The dedupe key of a conversion with the transaction id `n`.
    key: &'static str,
    numbers: String,
}

impl Dialect {
    fn of(url: &str) -> Self {
        if url.starts_with("postgres") {
            let id = "(lpad(to_hex(n), 10, '0') || '00000000ff' || lpad(to_hex(n), 12, '0'))::uuid";
            let key = "convert_to('t' || n, 'UTF8')";
            return Self { id, key, numbers: format!("generate_series(1, {ROWS}) AS numbers(n)") };
        }
        if url.starts_with("sqlite") {
            let numbers = format!(
                "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS}) \
                 SELECT n FROM numbers) AS numbers"
            );
            let id = "unhex(printf('%010x00000000ff%012x', n, n))";
            return Self { id, key: "CAST('t' || n AS BLOB)", numbers };
        }
        let id = "unhex(concat(lpad(hex(n), 10, '0'), '00000000ff', lpad(hex(n), 12, '0')))";
        Self {
            id,
            key: "concat('t', n)",
            numbers: format!("(SELECT seq AS n FROM seq_1_to_{ROWS}) AS numbers"),
        }
    }
}

/// Fills a table with older copies of its two rows. `matches` is the SQL condition that is true for
/// one of the two rows. The oldest copy is a copy of that row; all later copies are copies of the
/// other row. The values of `columns` are copied. `made` has the other columns, each with the SQL
/// that makes its value from the number of the copy.
pub async fn fill(server: &Server, table: &str, columns: &str, made: &[(&str, &str)], matches: &str) {
    let Dialect { id, key, numbers } = Dialect::of(&server.database_url);
    let names: Vec<&str> = made.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> =
        made.iter().map(|(_, value)| value.replace("$id", id).replace("$key", key)).collect();
    let statement = format!(
        "INSERT INTO {table} ({}, {columns}) SELECT {}, {columns} FROM {table}, {numbers} \
         WHERE (n = 1 AND {matches}) OR (n > 1 AND NOT {matches})",
        names.join(", "),
        values.join(", "),
    );
    execute(&server.database_url, &statement).await;
}

/// Reads all pages of a list. `list` takes a page token, and returns the number of items on that
/// page and the next token.
async fn pages<F: Future<Output = (usize, String)>>(list: impl Fn(String) -> F) -> Vec<usize> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let (items, next) = list(token).await;
        pages.push(items);
        token = next;
        if token.is_empty() {
            return pages;
        }
    }
}

/// The number of matches on each page. The newest row and the oldest row match.
const PAGES: [usize; 3] = [1, 0, 1];

#[tokio::test]
async fn a_filter_of_clicks_finds_the_oldest_of_very_many() {
    let server = Server::start().await;
    let client = server.client();
    let link = server.link(&[]).await;
    for user_agent in ["curl/8.0", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"] {
        let (tracking_link_id, user_agent) = (link.id.clone(), user_agent.to_owned());
        let click = RecordClickRequest { tracking_link_id, user_agent, ..Default::default() };
        client.clicks().record(click).await.unwrap();
    }
    let columns =
        "click_key, account_id, link_id, sub_ids, query, referrer, user_agent, address, flags, packed";
    fill(&server, "click", columns, &[("click_id", "$id")], "flags = 0").await;
    let request = |page_token| ListClicksRequest {
        tracking_link_id: link.id.clone(),
        without_flags: vec![ClickFlag::Bot.into()],
        page_token,
        ..Default::default()
    };
    let list = async |token| {
        let page = client.clicks().list_page(request(token)).await.unwrap();
        (page.clicks.len(), page.next_page_token)
    };
    assert_eq!(pages(list).await, PAGES);
    let found: Vec<_> = client.clicks().list(request(String::new())).try_collect().await.unwrap();
    assert_eq!(found.len(), 2, "a stream of the SDK continues after an empty page");
    // Without a filter, a page looks at no more rows than it returns.
    let all = ListClicksRequest { without_flags: Vec::new(), page_size: 1_000, ..request(String::new()) };
    assert_eq!(client.clicks().list_page(all).await.unwrap().clicks.len(), 1_000);
}

#[tokio::test]
async fn filters_of_conversions_find_the_oldest_of_very_many() {
    let server = Server::start().await;
    let client = server.client();
    let (other, code) = (server.code("Other").await, server.code("Sale").await);
    let (other_link, link) = (server.link(&[&other]).await, server.link(&[&code]).await);
    let mut clicks = Vec::new();
    for (code, link) in [(&other, &other_link), (&code, &link)] {
        clicks.push(server.click(link).await);
        let conversion = report(code, clicks.last().unwrap());
        client.conversions().record(request::conversion(conversion)).await.unwrap();
    }
    let columns = "code_id, dedupe_key, click_key, account_id, link_id, currency, value, commission, \
                   commission_percent, status, status_word, custom_params, converted_at";
    let made = [("click_id", "$id"), ("serial", "n"), ("created_at", "n")];
    let newest = "code_id IN (SELECT code_id FROM (SELECT code_id FROM conversion ORDER BY created_at DESC LIMIT 1) AS one)";
    fill(&server, "conversion", columns, &made, newest).await;
    let all = ConversionFilter::default;
    let by_code = ConversionFilter { conversion_code_id: code.id.clone(), ..all() };
    let by_link = ConversionFilter { tracking_link_id: link.id.clone(), ..all() };
    for filter in [by_code.clone(), by_link, ConversionFilter { status: 2, ..by_code.clone() }] {
        let request =
            |page_token| ListConversionsRequest { page_token, ..request::conversions(filter.clone()) };
        let list = async |token| {
            let page = client.conversions().list_page(request(token)).await.unwrap();
            (page.conversions.len(), page.next_page_token)
        };
        assert_eq!(pages(list).await, PAGES, "{filter:?}");
        let found: Vec<_> = client.conversions().list(request(String::new())).try_collect().await.unwrap();
        assert_eq!(found.len(), 2, "{filter:?}");
    }
    // An index finds the conversions of a click, and the conversions since a time, in one page.
    let since = ConversionFilter { start_time: code.create_time, ..by_code.clone() };
    for filter in [ConversionFilter { click_id: clicks[1].clone(), ..by_code }, since] {
        let page = client.conversions().list_page(request::conversions(filter.clone())).await.unwrap();
        assert_eq!((page.conversions.len(), page.next_page_token.as_str()), (1, ""), "{filter:?}");
    }
}

#[tokio::test]
async fn filters_of_postbacks_find_the_oldest_of_very_many() {
    let fixture = Fixture::start().await;
    let (server, client) = (&fixture.server, fixture.server.client());
    server.postback(&fixture.fill("clickId=$click&id=$unlinked&val=1")).await;
    server.postback(&fixture.fill("clickId=$click&id=$code&val=x&com=0&oid=order-1")).await;
    let columns = "packed, click_id, code_id, conversion_serial, \
                   account_id, method, target, content_type, body, cut, address, user_agent, verdict, reason, message, \
                   notes, code_text, click_text, conversion_id, authenticated, replayed_at, match_at, checks_passed, \
                   from_edge";
    let made = [("id", "$id"), ("arrived_at", "n * 10000")];
    fill(server, "postback", columns, &made, "reason = 'AMOUNT_MALFORMED'").await;
    let all = PostbackFilter::default;
    let by_reason = PostbackFilter { reason: ErrorReason::AmountMalformed.into(), ..all() };
    for filter in [
        by_reason.clone(),
        PostbackFilter { verdict: PostbackVerdict::Held.into(), ..by_reason.clone() },
        PostbackFilter { conversion_code_id: fixture.code.id.clone(), ..all() },
        PostbackFilter { text: "order-1".to_owned(), ..all() },
    ] {
        let request = |page_token| ListPostbacksRequest { page_token, ..request::postbacks(filter.clone()) };
        let list = async |token| {
            let page = client.postbacks().list_page(request(token)).await.unwrap();
            (page.postbacks.len(), page.next_page_token)
        };
        assert_eq!(pages(list).await, PAGES, "{filter:?}");
        assert_eq!(fixture.postbacks(filter.clone()).await.len(), 2, "{filter:?}");
    }
    let none = PostbackFilter { verdict: PostbackVerdict::Recorded.into(), ..all() };
    assert_eq!(fixture.postbacks(none).await, []);
    let since = PostbackFilter { start_time: fixture.code.create_time, ..by_reason.clone() };
    let page = client.postbacks().list_page(request::postbacks(since)).await.unwrap();
    assert_eq!((page.postbacks.len(), page.next_page_token.as_str()), (1, ""));
    let replay = ReplayPostbacksRequest { validate_only: true, ..request::replay_all(by_reason) };
    let replayed: Vec<_> = client.postbacks().replay(replay).try_collect().await.unwrap();
    assert_eq!(replayed.len(), 2);
}

//! Differences are settled: what is done about a row changes the conversion once, and the row shows what
//! came of it.

use s2s_sdk::{
    Error,
    v1::{
        ConversionCode, ConversionFilter, ConversionStatus, ErrorReason, ListConversionsRequest,
        NewStatementRow, ResolveStatementRowResult, ResolveStatementRowsRequest, StatementAction as Action,
        StatementResult as Found, StatementRow,
    },
};

use super::{
    Shop, Statement, add, commissions, complete, create, dollars, fields, micros, numbers, reason, row, rows,
    totals,
};
use crate::replay::{hold, set_codes};
use futures::TryStreamExt as _;
use s2s_tests::request;

fn resolution(statement: &Statement, numbers: &[i64], action: Action) -> ResolveStatementRowsRequest {
    ResolveStatementRowsRequest {
        statement_id: statement.id.clone(),
        numbers: numbers.to_vec(),
        action: action.into(),
        note: if action == Action::Note { "a rounding of theirs" } else { "" }.to_owned(),
        validate_only: false,
    }
}

async fn resolve(
    shop: &Shop,
    request: ResolveStatementRowsRequest,
) -> Result<Vec<Result<StatementRow, Error>>, Error> {
    let results = shop.client().statements().resolve_statement_rows(request).await?.results;
    Ok(results.into_iter().map(ResolveStatementRowResult::into_result).collect())
}

/// Does something about one row.
async fn settle(
    shop: &Shop,
    statement: &Statement,
    number: i64,
    action: Action,
) -> Result<StatementRow, Error> {
    resolve(shop, resolution(statement, &[number], action)).await.unwrap().pop().unwrap()
}

async fn conversions_of(shop: &Shop, order: &str) -> usize {
    let filter = ConversionFilter { transaction_id: order.to_owned(), ..Default::default() };
    let request = ListConversionsRequest { filter: Some(filter), ..Default::default() };
    let all: Vec<_> = shop.client().conversions().list(request).try_collect().await.unwrap();
    all.len()
}

/// A held postback is replayed once the link has its code, and counts late.
async fn check_replay(shop: &Shop, of_later: &Statement, held: &str, later: &ConversionCode) {
    let still = settle(shop, of_later, 1, Action::Replay).await.unwrap_err();
    assert_eq!(still.reason(), ErrorReason::CodeNotOnLink);
    assert!(still.message().contains(held), "{still}");
    set_codes(&shop.server, &shop.link, &[&shop.code, later]).await;
    for action in [Action::Replay, Action::Replay, Action::Compare, Action::Compare] {
        let replayed = settle(shop, of_later, 1, action).await.unwrap();
        assert_eq!((replayed.result(), replayed.action()), (Found::Matched, Action::Replay));
        assert_eq!((replayed.postback_id.as_str(), replayed.reason()), (held, ErrorReason::Unspecified));
        assert_eq!(conversions_of(shop, "held").await, 1);
    }
}

/// Tries what does not fit a row, and changes nothing.
async fn check_unfit(shop: &Shop, statement: &Statement) {
    for (number, action) in [
        (1, Action::Replay),
        (1, Action::Record),
        (4, Action::Adjust),
        (4, Action::Record),
        (5, Action::Record),
        (6, Action::Record),
        (7, Action::Record),
    ] {
        let refused = settle(shop, statement, number, action).await;
        assert_eq!(reason(refused), ErrorReason::StatementActionUnfit, "{number} {action:?}");
    }
}

async fn check_bad_requests(shop: &Shop, statement: &Statement) {
    let results = resolve(shop, resolution(statement, &[0, 1, 8, i64::MAX], Action::Compare)).await.unwrap();
    let reasons: Vec<_> = results.into_iter().map(reason).collect();
    let missing = ErrorReason::ResourceNotFound;
    assert_eq!(reasons, [missing, ErrorReason::Unspecified, missing, missing]);
    for (request, field) in [
        (resolution(statement, &[], Action::Compare), "numbers"),
        (resolution(statement, &[1; 101], Action::Compare), "numbers"),
        (resolution(statement, &[1], Action::Unspecified), "action"),
        (
            ResolveStatementRowsRequest { note: " ".to_owned(), ..resolution(statement, &[1], Action::Note) },
            "note",
        ),
        (
            ResolveStatementRowsRequest {
                note: "x".repeat(1_001),
                ..resolution(statement, &[1], Action::Compare)
            },
            "note",
        ),
    ] {
        assert_eq!(fields(&resolve(shop, request).await.unwrap_err()), [field]);
    }
}

#[tokio::test]
async fn every_kind_of_difference_can_be_settled_and_settling_again_changes_nothing() {
    let shop = Shop::open().await;
    let client = shop.client();
    let first = shop.sale("amount", ConversionStatus::Approved).await;
    shop.sale("status", ConversionStatus::Pending).await;
    shop.sale("ours", ConversionStatus::Approved).await;
    // A postback that is held until the link has the code.
    let later = shop.server.code("Later").await;
    let click = shop.server.click(&shop.link).await;
    let query = format!("clickId={click}&id={}&oid=held&val=20&com=3", later.id);
    let held = hold(&shop.server, &query, "CODE_NOT_ON_LINK").await;
    let of_later = Statement {
        conversion_code_id: later.id.clone(),
        ..shop.statement(&first.create_time.unwrap(), "b")
    };
    let of_later = create(&client, of_later).await.unwrap();
    add(&client, &of_later, 1, &[row("held", 3_000_000, "")]).await.unwrap();
    complete(&client, &of_later).await;

    let statement = create(&client, shop.statement(&first.create_time.unwrap(), "a")).await.unwrap();
    let never = shop.server.click(&shop.link).await;
    let unrecorded = NewStatementRow {
        click_id: never.clone(),
        value: Some(dollars(20_000_000)),
        ..row("never", 3_000_000, "approved")
    };
    let sent = [
        row("amount", 2_500_000, "approved"),
        row("status", 3_000_000, "approved"),
        unrecorded,
        row("nameless", 1_000_000, ""),
        row("negative", -1_000_000, ""),
        NewStatementRow { click_id: never.clone(), ..row("without a value", 1_000_000, "") },
    ];
    add(&client, &statement, 1, &sent).await.unwrap();
    let too_early = resolution(&statement, &[1], Action::Compare);
    assert_eq!(reason(resolve(&shop, too_early).await), ErrorReason::StatementIncomplete);
    complete(&client, &statement).await;
    assert_eq!(numbers(&client, &statement, Found::OnlyOurs).await, [7]);

    check_replay(&shop, &of_later, &held, &later).await;
    for _ in 0..2 {
        for (number, action) in
            [(1, Action::Adjust), (2, Action::Adjust), (4, Action::Note), (7, Action::Adjust)]
        {
            let dry = ResolveStatementRowsRequest {
                validate_only: true,
                ..resolution(&statement, &[number], action)
            };
            let before = resolve(&shop, dry).await.unwrap().pop().unwrap().unwrap();
            let settled = settle(&shop, &statement, number, action).await.unwrap();
            assert_eq!((settled.number, settled.action()), (number, action));
            assert!(
                before.action() == Action::Unspecified
                    || before == StatementRow { resolve_time: before.resolve_time, ..settled }
            );
        }
    }
    for _ in 0..2 {
        let recorded = settle(&shop, &statement, 3, Action::Record).await.unwrap();
        assert_eq!((recorded.result(), recorded.action()), (Found::Matched, Action::Record));
        assert_eq!(conversions_of(&shop, "never").await, 1);
    }
    assert_eq!(numbers(&client, &statement, Found::Matched).await, [1, 2, 3]);
    let ours = rows(&client, &statement, Found::OnlyOurs, false).await.pop().unwrap();
    let standing = ours.ours.unwrap();
    assert_eq!((standing.status(), micros(standing.commission.as_ref())), (ConversionStatus::Declined, 0));
    assert_eq!(rows(&client, &statement, Found::OnlyTheirs, true).await.len(), 2);
    assert_eq!(commissions(&totals(&client, &statement).await), [9_500_000, 8_500_000]);

    check_unfit(&shop, &statement).await;
    check_bad_requests(&shop, &statement).await;
}

#[tokio::test]
async fn a_row_takes_the_place_of_a_conversion_that_was_only_ours() {
    let shop = Shop::open().await;
    let client = shop.client();
    let first = shop.sale("1", ConversionStatus::Approved).await;
    let statement = create(&client, shop.statement(&first.create_time.unwrap(), "a")).await.unwrap();
    add(&client, &statement, 1, &[row("late", 3_000_000, ""), row("1", 3_000_000, "")]).await.unwrap();
    // The sale is recorded after its row was compared, and before our side is.
    shop.sale("late", ConversionStatus::Approved).await;
    complete(&client, &statement).await;
    assert_eq!(numbers(&client, &statement, Found::OnlyTheirs).await, [1]);
    assert_eq!(numbers(&client, &statement, Found::OnlyOurs).await, [3]);
    let compared = settle(&shop, &statement, 1, Action::Compare).await.unwrap();
    assert_eq!((compared.result(), compared.action()), (Found::Matched, Action::Unspecified));
    assert_eq!(numbers(&client, &statement, Found::OnlyOurs).await, [0; 0]);
    assert_eq!(commissions(&totals(&client, &statement).await), [6_000_000, 6_000_000]);
    let again = settle(&shop, &statement, 1, Action::Compare).await.unwrap();
    assert_eq!(again, compared);
}

/// Rows of one click have its conversions one after the other, whoever compares them at the same time.
#[tokio::test]
async fn two_rows_never_have_the_same_conversion() {
    let shop = Shop::open().await;
    let client = shop.client();
    let click = shop.server.click(&shop.link).await;
    let first = shop.sale_of(&click, "1", ConversionStatus::Approved).await;
    let statement = create(&client, shop.statement(&first.create_time.unwrap(), "a")).await.unwrap();
    let of_click = NewStatementRow { click_id: click.clone(), ..row("", 3_000_000, "") };
    add(&client, &statement, 1, &vec![of_click; 8]).await.unwrap();
    complete(&client, &statement).await;
    assert_eq!(numbers(&client, &statement, Found::Twice).await.len(), 7);
    for order in 2..=8 {
        shop.sale_of(&click, &order.to_string(), ConversionStatus::Approved).await;
    }
    let compared = (1..=8).map(|number| settle(&shop, &statement, number, Action::Compare));
    for row in futures::future::join_all(compared).await {
        assert_eq!(row.unwrap().result(), Found::Matched);
    }
    let matched = rows(&client, &statement, Found::Matched, false).await;
    let conversions: std::collections::BTreeSet<_> = matched.iter().map(|row| &row.conversion_id).collect();
    assert_eq!(conversions.len(), 8);
    let all = request::conversions(ConversionFilter::default());
    assert_eq!(client.conversions().list_page(all).await.unwrap().conversions.len(), 8);
}

/// A sale may have another order id with the network than with the shop.
#[tokio::test]
async fn a_click_with_an_unstated_conversion_is_not_recorded_again() {
    let shop = Shop::open().await;
    let client = shop.client();
    let click = shop.server.click(&shop.link).await;
    let ours = shop.sale_of(&click, "shop-1", ConversionStatus::Approved).await;
    let theirs = |order: &str| NewStatementRow {
        click_id: click.clone(),
        value: Some(dollars(20_000_000)),
        ..row(order, 3_000_000, "approved")
    };
    let from = ours.create_time.unwrap();
    let statement = create(&client, shop.statement(&from, "a")).await.unwrap();
    add(&client, &statement, 1, &[theirs("net-1")]).await.unwrap();
    complete(&client, &statement).await;
    let refused = settle(&shop, &statement, 1, Action::Record).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::StatementActionUnfit);
    assert!(refused.message().contains("shop-1"), "{refused}");
    // The network states both, so they are two sales.
    let both = create(&client, shop.statement(&from, "b")).await.unwrap();
    add(&client, &both, 1, &[theirs("net-1"), theirs("shop-1")]).await.unwrap();
    complete(&client, &both).await;
    let recorded = settle(&shop, &both, 1, Action::Record).await.unwrap();
    assert_eq!(recorded.result(), Found::Matched);
    assert_eq!(conversions_of(&shop, "net-1").await, 1);
    // In the first statement, the row is old by now: nothing is recorded.
    let compared = settle(&shop, &statement, 1, Action::Record).await.unwrap();
    assert_eq!((compared.result(), conversions_of(&shop, "net-1").await), (Found::Matched, 1));
}

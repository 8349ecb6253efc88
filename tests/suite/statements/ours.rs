//! Large statements: many parts, several senders and servers, and a restart in between.

use futures::future::join_all;
use s2s_sdk::{
    Error,
    v1::{
        BatchRecordConversionsRequest, ConversionStatus, NewConversion, NewStatementRow, Statement,
        StatementResult as Found, StatementState, new_conversion::Commission,
    },
};
use s2s_tests::{Server, request};

use super::{Shop, add, complete, create, dollars, row, totals};

/// Our conversions, and the rows of the network. Half of them have the same orders.
const SALES: usize = 2_500;
const FIRST_ONLY_THEIRS: usize = SALES / 2;

async fn sell(shop: &Shop) {
    let click = shop.server.click(&shop.link).await;
    let reports: Vec<_> = (0..SALES)
        .map(|number| {
            request::conversion(NewConversion {
                conversion_code_id: shop.code.id.clone(),
                click_id: click.clone(),
                transaction_id: format!("ours-{number}"),
                value: Some(dollars(20_000_000)),
                commission: Some(Commission::CommissionAmount(dollars(3_000_000))),
                ..Default::default()
            })
        })
        .collect();
    for requests in reports.chunks(500) {
        let request = BatchRecordConversionsRequest { requests: requests.to_vec() };
        for result in shop.client().conversions().batch_record(request).await.unwrap().results {
            result.into_result().unwrap();
        }
    }
}

fn theirs() -> Vec<NewStatementRow> {
    let order = |number: usize| {
        if number < FIRST_ONLY_THEIRS { format!("ours-{number}") } else { format!("theirs-{number}") }
    };
    (0..SALES).map(|number| row(&order(number), 3_000_000, "")).collect()
}

/// Adds all rows, as a client does whose calls get no answer: each call is made twice.
async fn send(shop: &Shop, statement: &Statement, rows: &[NewStatementRow]) -> Result<(), Error> {
    for (first, some) in (1..).step_by(500).zip(rows.chunks(500)) {
        for _ in 0..2 {
            add(&shop.client(), statement, first, some).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn all_rows_are_compared_once_by_several_senders_over_a_restart() {
    let mut shop = Shop::open().await;
    let first = shop.sale("first", ConversionStatus::Approved).await;
    sell(&shop).await;
    let statement = create(&shop.client(), shop.statement(&first.create_time.unwrap(), "a")).await.unwrap();
    let rows = theirs();
    for result in join_all((0..4).map(|_| send(&shop, &statement, &rows))).await {
        result.unwrap();
    }
    for _ in 0..3 {
        let request = s2s_sdk::v1::CompareStatementRequest { statement_id: statement.id.clone() };
        let part = shop.client().statements().compare(request).await.unwrap().statement.unwrap();
        assert_ne!(part.state(), StatementState::Open);
        shop.server.restart().await;
    }
    let client = shop.client();
    let completed = join_all((0..4).map(|_| complete(&client, &statement))).await;
    assert!(completed.iter().all(|one| one.row_count == i64::try_from(SALES).unwrap()));
    let counts: Vec<_> = totals(&client, &statement)
        .await
        .iter()
        .map(|total| (total.result(), total.their_count, total.our_count))
        .collect();
    let half = i64::try_from(FIRST_ONLY_THEIRS).unwrap();
    assert_eq!(
        counts,
        [(Found::OnlyTheirs, half, 0), (Found::Matched, half, half), (Found::OnlyOurs, 0, half + 1)]
    );
}

#[tokio::test]
async fn two_servers_compare_one_statement_once() {
    let shop = Shop::open().await;
    let second = Server::start_beside(&shop.server).await;
    let first = shop.sale("first", ConversionStatus::Approved).await;
    sell(&shop).await;
    let statement = create(&shop.client(), shop.statement(&first.create_time.unwrap(), "a")).await.unwrap();
    send(&shop, &statement, &theirs()).await.unwrap();
    let clients = [shop.client(), second.client(), shop.client(), second.client()];
    join_all(clients.iter().map(|client| complete(client, &statement))).await;
    let totals = totals(&clients[0], &statement).await;
    let ours: i64 = totals.iter().map(|total| total.our_count).sum();
    assert_eq!(ours, i64::try_from(SALES).unwrap() + 1);
}

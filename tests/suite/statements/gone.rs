//! The rows of a deleted statement go in the background, and no other statement loses any.

use s2s_sdk::{prost_types::Timestamp, v1::DeleteStatementRequest};
use s2s_tests::{Server, database, eventually};

use super::{Shop, Statement, add, complete, create, row};

/// More than are deleted at once.
const ROWS: usize = 1_500;

async fn count(shop: &Shop, table: &str) -> u64 {
    let query = format!("SELECT COUNT(*) AS number FROM {table}");
    database::number(&shop.server.database_url, &query).await
}

async fn file(shop: &Shop, digit: &str) -> Statement {
    let start = Timestamp { seconds: 1_700_000_000, nanos: 0 };
    let statement = create(&shop.client(), shop.statement(&start, digit)).await.unwrap();
    let rows: Vec<_> = (0..ROWS).map(|number| row(&number.to_string(), 1, "")).collect();
    for (first, some) in (1..).step_by(1_000).zip(rows.chunks(1_000)) {
        add(&shop.client(), &statement, first, some).await.unwrap();
    }
    complete(&shop.client(), &statement).await
}

#[tokio::test]
async fn the_rows_of_a_deleted_statement_go_and_no_others() {
    let mut shop = Shop::open_at(Server::start_with(&["--retain-pause-seconds", "0"]).await).await;
    let (gone, stays) = (file(&shop, "a").await, file(&shop, "b").await);
    assert_eq!(count(&shop, "statement_row").await, 2 * 1_500);
    let delete = DeleteStatementRequest { statement_id: gone.id, ..Default::default() };
    shop.client().statements().delete(delete).await.unwrap();
    // A pass of the retention begins at each start.
    shop.server.restart().await;
    for (table, left) in [("statement_row", 1_500), ("statement_key", 1_500), ("statement", 1)] {
        eventually(|| async { (count(&shop, table).await == left).then_some(()) }).await;
    }
    assert_eq!(super::statements(&shop.client()).await, [stays]);
}

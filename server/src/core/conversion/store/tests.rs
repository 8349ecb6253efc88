//! The plans by which SQLite finds conversions.

use sea_orm::{QueryTrait as _, Statement};

use super::{super::TransactionId, *};
use crate::db::Db;

#[tokio::test]
async fn the_index_of_transaction_ids_finds_an_order() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(Some(DbBackend::Sqlite), &url, &[], 1).await.unwrap();
    let db = db.reader();
    let (now, click) = (Time::from_micros(1_795_532_400_000_000), ClickId(Uuid::nil()));
    let all = Filter::default;
    for filter in [
        all(),
        Filter {
            code: Some(ConversionCodeId(Uuid::nil())),
            link: Some(TrackingLinkId(Uuid::nil())),
            ..all()
        },
        Filter { start: Some(now), end: Some(now), ..all() },
        Filter { time: TimeKind::Clicked, start: Some(now), end: Some(now), ..all() },
        Filter { status: Some(ConversionStatus::Approved), ..all() },
    ] {
        let key = DedupeKey::of_transaction(&TransactionId::sought("order-1"));
        let filter = Filter { transaction: Some(key), ..filter };
        let (range, others) = conditions(&filter);
        let sought = sought(db, &filter).await.unwrap().unwrap();
        let condition = sought.add(rest(range, Some((now, click, 1)))).add(others);
        let Statement { sql, values, .. } =
            of_account_among(db, AccountId::DEFAULT, condition).limit(51).build(DbBackend::Sqlite);
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let explain = Statement::from_sql_and_values(DbBackend::Sqlite, explain, values.unwrap());
        let steps = db.query_all_raw(explain).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
        let [search, sort] = [
            "SEARCH conversion USING INDEX ix_conversion_transaction (dedupe_key=?)",
            "USE TEMP B-TREE FOR ORDER BY",
        ];
        assert_eq!(steps, [search, sort], "{filter:?}");
    }
}

#[tokio::test]
async fn the_index_by_status_finds_what_is_not_approved() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(Some(DbBackend::Sqlite), &url, &[], 1).await.unwrap();
    let db = db.reader();
    let now = Time::from_micros(1_795_532_400_000_000);
    for after in [None, Some((now, ClickId(Uuid::nil()), 1))] {
        for (status, index) in [
            (ConversionStatus::Pending, "ix_conversion_status (account_id=? AND <expr>=?"),
            (ConversionStatus::Declined, "ix_conversion_status (account_id=? AND <expr>=?"),
            (ConversionStatus::Approved, "ix_conversion_account_id_created_at_click_id_serial (account_id=?"),
        ] {
            let walked = rest(Range::of(Column::CreatedAt), after);
            let walked = walked_rows(db, AccountId::DEFAULT, Some(status), walked);
            let Statement { sql, values, .. } = walked.limit(51).build(DbBackend::Sqlite);
            let explain = format!("EXPLAIN QUERY PLAN {sql}");
            let explain = Statement::from_sql_and_values(DbBackend::Sqlite, explain, values.unwrap());
            let steps = db.query_all_raw(explain).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
            let range = if after.is_some() { " AND created_at<?)" } else { ")" };
            assert_eq!(steps, [format!("SEARCH conversion USING INDEX {index}{range}")], "{status:?}");
        }
    }
}

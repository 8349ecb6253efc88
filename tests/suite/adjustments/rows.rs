//! Adjustments and what else knows of conversions: streams, totals, erasure, retention, and
//! conversions from before adjustments.

use std::time::Duration;

use futures::{StreamExt as _, stream::BoxStream};
use s2s_sdk::{
    Error,
    v1::{
        AdjustmentVerdict as Verdict, BatchCreateAdjustmentsRequest, Conversion, ConversionFilter,
        ConversionStatus as Status, CreateAdjustmentRequest, CreateAdjustmentResult, EraseVisitorRequest,
        ErrorReason, NewConversion, RecordClickRequest, WatchConversionsRequest, WatchConversionsResponse,
        new_conversion::Commission, watch_conversions_response::Event,
    },
};
use s2s_tests::{
    Server,
    database::{self, tally},
    eventually,
};
use tokio::time::timeout;

use super::{Shop, approve, decline, dollars, of, refund, reverse, worth};
use crate::{moved, report, totals::check_totals};

const DAY: i64 = 86_400;
/// Longest time in which a stream shows what was committed.
const PATIENCE: Duration = Duration::from_secs(30);
const LINES: &str = "SELECT COUNT(*) AS number FROM adjustment";

type Watched = BoxStream<'static, Result<WatchConversionsResponse, Error>>;

/// The next conversion of a stream, as it stands, with the token behind it.
async fn next(stream: &mut Watched) -> (Conversion, String) {
    loop {
        let message = timeout(PATIENCE, stream.next()).await.unwrap().unwrap().unwrap();
        match message.event {
            Some(Event::Conversion(conversion)) => return (conversion, message.resume_token),
            Some(Event::Heartbeat(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_shows_a_conversion_again_once_it_is_adjusted() {
    let shop = Shop::open().await;
    let watch = |request| shop.client().conversions().watch(request);
    let declined = ConversionFilter { status: Status::Declined.into(), ..Default::default() };
    let declined = WatchConversionsRequest { filter: Some(declined), ..Default::default() };
    let (mut all, mut only) = (watch(WatchConversionsRequest::default()), watch(declined));
    for stream in [&mut all, &mut only] {
        let first = timeout(PATIENCE, stream.next()).await.unwrap().unwrap().unwrap();
        assert!(matches!(first.event, Some(Event::Heartbeat(_))));
    }
    let sale = shop.sale("order-1", Status::Approved).await;
    let (seen, token) = next(&mut all).await;
    assert_eq!(seen, sale);
    shop.adjust(of(&sale, refund(1_000_000), "1")).await.unwrap();
    assert_eq!(next(&mut all).await.0, shop.get(&sale).await);
    // An adjustment that is known or changes nothing is no news.
    shop.adjust(of(&sale, refund(1_000_000), "1")).await.unwrap();
    shop.adjust(of(&sale, approve(), "")).await.unwrap();
    shop.adjust(of(&sale, reverse(), "2")).await.unwrap();
    let (seen, _) = next(&mut all).await;
    assert_eq!((seen.adjustment_count, worth(seen.current.as_ref())), (2, (Status::Declined, 0, 0)));
    assert_eq!(next(&mut only).await.0, seen);
    // A stream that goes on behind the recording shows both adjustments.
    let mut again = watch(WatchConversionsRequest { resume_token: token, ..Default::default() });
    for _ in 0..2 {
        assert_eq!(next(&mut again).await.0, seen);
    }
}

/// gumroad #6445: commissions stayed credited after the sales were taken back.
#[tokio::test]
async fn gumroad_6445_totals_credit_no_commission_that_was_taken_back() {
    let mut shop = Shop::open().await;
    let mut sales = Vec::new();
    for (number, micros) in (0..22).map(|number| (number, 1_000_000 + number * 113_439)) {
        let commission = Some(Commission::CommissionAmount(dollars(micros)));
        let sale = NewConversion {
            commission,
            transaction_id: number.to_string(),
            value: Some(dollars(micros * 10)),
            ..report(&shop.code, &shop.click)
        };
        sales.push(shop.record(sale).await);
    }
    for (sale, number) in sales.iter().zip(0..) {
        let whole = worth(sale.current.as_ref()).1;
        let change = [refund(whole), reverse(), decline()][number % 3].clone();
        shop.adjust(of(sale, change, "1")).await.unwrap();
        assert_eq!(shop.check(sale).await.2, 0);
    }
    let kept = shop.sale("kept", Status::Pending).await;
    shop.adjust(of(&kept, approve(), "")).await.unwrap();
    for _ in 0..2 {
        assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
        tally::check(&shop.server.database_url).await.unwrap();
        let whole = if database::kind() == "mariadb" { "SIGNED" } else { "BIGINT" };
        let owed = format!(
            "SELECT CAST(SUM(commission_thousands * 1000000000 + commission_micros) AS {whole}) AS number \
             FROM conversion_tally WHERE basis = 1"
        );
        assert_eq!(database::number(&shop.server.database_url, &owed).await, 10_000_000);
        shop.server.kill().await;
        shop.server.restart().await;
    }
    // A standing that no line has led to is found.
    let spoil = "UPDATE conversion SET current_value = current_value + 1 WHERE adjustments > 0";
    database::execute(&shop.server.database_url, spoil).await;
    assert_eq!(check_totals(&shop.server).await.0, Some(1));
}

#[tokio::test]
async fn an_erasure_removes_remarks_and_nothing_else() {
    let shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Approved).await;
    let with_remark = |change, id: &str| {
        let mut request = of(&sale, change, id);
        request.adjustment.as_mut().unwrap().remark = "mallory called".to_owned();
        request
    };
    shop.adjust(with_remark(refund(1_000_000), "1")).await.unwrap();
    shop.adjust(of(&sale, refund(1_000_000), "2")).await.unwrap();
    shop.adjust(with_remark(decline(), "")).await.unwrap();
    // The remark on another visitor's sale stays.
    let click = shop.server.click(&shop.link).await;
    let other = shop.record(report(&shop.code, &click)).await;
    let mut kept = of(&other, refund(1), "1");
    kept.adjustment.as_mut().unwrap().remark = "other".to_owned();
    shop.adjust(kept).await.unwrap();
    let mut before = shop.lines(&sale).await;
    assert_eq!(before.iter().filter(|line| line.remark == "mallory called").count(), 2);
    for _ in 0..2 {
        let erase = EraseVisitorRequest { click_id: sale.click_id.clone(), validate_only: false };
        shop.client().clicks().erase_visitor(erase).await.unwrap();
        for line in &mut before {
            line.remark.clear();
        }
        assert_eq!(shop.lines(&sale).await, before);
        // The same adjustment again does not write the remark again.
        let again = shop.adjust(with_remark(refund(1_000_000), "1")).await.unwrap();
        assert_eq!((again.verdict(), again.adjustment.unwrap().remark.as_str()), (Verdict::Duplicate, ""));
    }
    assert_eq!(shop.lines(&other).await[0].remark, "other");
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
}

#[tokio::test]
async fn adjustments_are_deleted_with_their_conversion() {
    let shop = Shop::open().await;
    let mut sales = Vec::new();
    for days in [1, 600] {
        let click = RecordClickRequest {
            tracking_link_id: shop.link.id.clone(),
            click_time: moved(shop.link.create_time, -days * DAY),
            ..Default::default()
        };
        let click = shop.client().clicks().record(click).await.unwrap().click.unwrap().id;
        let sale = NewConversion {
            conversion_time: moved(shop.link.create_time, 1 - days * DAY),
            ..report(&shop.code, &click)
        };
        sales.push(shop.record(sale).await);
    }
    for sale in &sales {
        shop.adjust(of(sale, refund(1), "1")).await.unwrap();
        shop.adjust(of(sale, decline(), "2")).await.unwrap();
    }
    let url = &shop.server.database_url;
    assert_eq!(database::number(url, LINES).await, 4);
    let limits = ["--retain-conversions-days", "100", "--retain-pause-seconds", "0"];
    let other = Server::start_beside_with(&shop.server, &limits).await;
    eventually(async || (database::number(url, LINES).await == 2).then_some(())).await;
    shop.check(&sales[0]).await;
    let gone = other.client().adjustments().create(of(&sales[1], refund(1), "3")).await.unwrap_err();
    assert_eq!(gone.reason(), ErrorReason::ResourceNotFound);
    assert_eq!(database::number(url, LINES).await, 2);
    // Totals keep what the deleted conversion stood at.
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
}

#[tokio::test]
async fn a_conversion_takes_a_thousand_adjustments_and_no_more() {
    let shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Approved).await;
    shop.adjust(of(&sale, refund(1), "1")).await.unwrap();
    // As if the lines between had been written.
    for statement in ["UPDATE conversion SET adjustments = 999", "UPDATE adjustment SET number = 999"] {
        database::execute(&shop.server.database_url, statement).await;
    }
    let last = shop.adjust(of(&sale, refund(1), "2")).await.unwrap();
    assert_eq!(last.adjustment.unwrap().number, 1_000);
    for validate_only in [false, true] {
        let request = CreateAdjustmentRequest { validate_only, ..of(&sale, refund(1), "3") };
        let refused = shop.adjust(request).await.unwrap_err();
        assert_eq!(refused.reason(), ErrorReason::AdjustmentsUsedUp);
    }
    let known = shop.adjust(of(&sale, refund(1), "1")).await.unwrap();
    assert_eq!(known.verdict(), Verdict::Duplicate);
}

/// All of them are one commit. A line of the ledger follows each, so a wrong order would show.
#[tokio::test]
async fn a_batch_adjusts_one_conversion_a_thousand_times() {
    let mut shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Approved).await;
    let (_, worth_before, _) = worth(sale.current.as_ref());
    shop.adjust(of(&sale, refund(1), "0")).await.unwrap();
    let requests = (1..=1_000).map(|number: i32| of(&sale, refund(1), &number.to_string()));
    let batch = BatchCreateAdjustmentsRequest { requests: requests.collect() };
    for is_first in [true, false, false] {
        let results = shop.client().adjustments().batch_create(batch.clone()).await.unwrap().results;
        let results: Vec<_> = results.into_iter().map(CreateAdjustmentResult::into_result).collect();
        let [made @ .., last] = results.as_slice() else { panic!("no results") };
        assert_eq!(made.len(), 999);
        for (made, number) in made.iter().zip(2..) {
            let made = made.as_ref().unwrap();
            assert_eq!(made.verdict() == Verdict::Recorded, is_first);
            assert_eq!(made.adjustment.as_ref().unwrap().number, number);
        }
        assert_eq!(last.as_ref().unwrap_err().reason(), ErrorReason::AdjustmentsUsedUp);
        let (status, value, _) = shop.check(&sale).await;
        assert_eq!((status, value), (Status::Approved, worth_before - 1_000));
        assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
        shop.server.kill().await;
        shop.server.restart().await;
    }
}

#[tokio::test]
async fn conversions_from_before_adjustments_are_read_as_they_are() {
    let mut shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Pending).await;
    let url = shop.server.database_url.clone();
    let undo = match database::kind() {
        "mariadb" => vec![],
        _ => vec!["DROP INDEX ix_conversion_status"],
    };
    let columns = ["adjustments", "current_status", "current_value", "current_commission"];
    let columns = columns.map(|column| format!("ALTER TABLE conversion DROP COLUMN {column}"));
    let undo = undo.into_iter().map(str::to_owned).chain(columns);
    let undo = undo.chain(["DROP TABLE adjustment".to_owned()]);
    let again = "DELETE FROM seaql_migrations WHERE version = 'm0025_adjustments'".to_owned();
    // The second migration finds everything there already, as after a crash on MariaDB.
    for undo in [undo.chain([again.clone()]).collect::<Vec<_>>(), vec![again]] {
        shop.server.terminate().await;
        assert!(shop.server.ended().await.success());
        for statement in undo {
            database::execute(&url, &statement).await;
        }
        shop.server.restart().await;
        assert_eq!(shop.get(&sale).await, sale);
    }
    shop.adjust(of(&sale, approve(), "")).await.unwrap();
    assert_eq!(shop.check(&sale).await.0, Status::Approved);
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
}

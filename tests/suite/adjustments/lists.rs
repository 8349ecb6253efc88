//! Lists of conversions by their present status, and lists of adjustments.

use futures::TryStreamExt as _;
use s2s_sdk::v1::{
    Adjustment, AdjustmentFilter, Conversion, ConversionFilter, ConversionStatus as Status,
    ListAdjustmentsRequest, ListConversionsRequest, NewConversion,
};
use s2s_tests::{database, request};

use super::{Shop, approve, decline, of, refund, reverse};
use crate::{fixture::other_account, look::fill, report};

impl Shop {
    /// The order ids of the conversions with a filter, newest first, read in pages of one size.
    async fn orders(&self, filter: ConversionFilter, page_size: i32) -> Vec<String> {
        let list = ListConversionsRequest { page_size, ..request::conversions(filter) };
        let found: Vec<Conversion> = self.client().conversions().list(list).try_collect().await.unwrap();
        found.into_iter().map(|one| one.transaction_id).collect()
    }
}

#[tokio::test]
async fn lists_are_filtered_by_what_stands_now() {
    let shop = Shop::open().await;
    let mut sales = Vec::new();
    for (number, status) in
        [Status::Pending, Status::Approved, Status::Declined].into_iter().cycle().take(12).enumerate()
    {
        sales.push(shop.sale(&format!("order-{number}"), status).await);
    }
    for (number, change) in [(0, approve()), (3, decline()), (4, decline()), (7, reverse())] {
        shop.adjust(of(&sales[number], change, "")).await.unwrap();
    }
    // A refund changes no status.
    shop.adjust(of(&sales[6], refund(1), "1")).await.unwrap();
    let number = |number: usize| format!("order-{number}");
    for (status, expected) in [
        (Status::Pending, vec![9, 6]),
        (Status::Approved, vec![10, 1, 0]),
        (Status::Declined, vec![11, 8, 7, 5, 4, 3, 2]),
    ] {
        let expected: Vec<String> = expected.into_iter().map(number).collect();
        let now = || ConversionFilter { status: status.into(), ..Default::default() };
        for page_size in [0, 1, 2] {
            assert_eq!(shop.orders(now(), page_size).await, expected, "{status:?} {page_size}");
        }
        for filter in [
            ConversionFilter { conversion_code_id: shop.code.id.clone(), ..now() },
            ConversionFilter { tracking_link_id: shop.link.id.clone(), ..now() },
            ConversionFilter { click_id: sales[0].click_id.clone(), ..now() },
            ConversionFilter { start_time: sales[0].create_time, ..now() },
        ] {
            assert_eq!(shop.orders(filter.clone(), 2).await, expected, "{filter:?}");
        }
        let of_order = ConversionFilter { transaction_id: expected[1].clone(), ..now() };
        assert_eq!(shop.orders(of_order, 0).await, expected[1..2]);
        let then = ConversionFilter { recorded_status: Status::Pending.into(), ..now() };
        let recorded = [0, 3, 6, 9].map(number);
        let both: Vec<_> = expected.into_iter().filter(|order| recorded.contains(order)).collect();
        assert_eq!(shop.orders(then, 0).await, both);
        let later = ConversionFilter { end_time: sales[0].create_time, ..now() };
        assert_eq!(shop.orders(later, 0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_pending_one_of_very_many_conversions_is_found() {
    let shop = Shop::open().await;
    // The second conversion is the newest, and nearly all older ones are copies of it.
    for (order, status) in [("first", Status::Pending), ("last", Status::Approved)] {
        let click = shop.server.click(&shop.link).await;
        let status = status.into();
        shop.record(NewConversion { status, transaction_id: order.to_owned(), ..report(&shop.code, &click) })
            .await;
    }
    let columns = "code_id, dedupe_key, click_key, account_id, link_id, currency, value, commission, \
                   commission_percent, status, status_word, custom_params, converted_at";
    let made = [("click_id", "$id"), ("serial", "n"), ("created_at", "n")];
    fill(&shop.server, "conversion", columns, &made, "status = 1").await;
    let by_status = |status: Status, page_token| ListConversionsRequest {
        page_token,
        ..request::conversions(ConversionFilter { status: status.into(), ..Default::default() })
    };
    let page = shop.client().conversions().list_page(by_status(Status::Pending, String::new())).await;
    let page = page.unwrap();
    // MariaDB has no partial index, so it looks through all, some in each page.
    if database::kind() == "mariadb" {
        assert_eq!((page.conversions.len(), page.next_page_token.is_empty()), (1, false));
    } else {
        assert_eq!((page.conversions.len(), page.next_page_token.as_str()), (2, ""));
    }
    for (status, found) in [(Status::Pending, 2), (Status::Declined, 0)] {
        let all = shop.client().conversions().list(by_status(status, String::new()));
        let all: Vec<Conversion> = all.try_collect().await.unwrap();
        assert_eq!(all.len(), found);
    }
    let page = by_status(Status::Approved, String::new());
    let page = shop.client().conversions().list_page(page).await.unwrap();
    assert_eq!(page.conversions.len(), 50);
}

#[tokio::test]
async fn adjustments_are_listed_by_conversion_and_by_time_newest_first() {
    let shop = Shop::open().await;
    let (one, two) =
        (shop.sale("order-1", Status::Approved).await, shop.sale("order-2", Status::Approved).await);
    for number in 0..7 {
        let sale = if number % 3 == 0 { &two } else { &one };
        shop.adjust(of(sale, refund(number + 1), &number.to_string())).await.unwrap();
    }
    let (client, _) = other_account(&shop.server).await;
    let list = async |filter: AdjustmentFilter, page_size| {
        let list = ListAdjustmentsRequest { filter: Some(filter), page_size, ..Default::default() };
        let found: Vec<Adjustment> = shop.client().adjustments().list(list).try_collect().await.unwrap();
        found
    };
    let all = list(AdjustmentFilter::default(), 0).await;
    let ids: Vec<&str> = all.iter().map(|line| line.external_id.as_str()).collect();
    assert_eq!(ids, ["6", "5", "4", "3", "2", "1", "0"]);
    let of_one = AdjustmentFilter { conversion_id: one.id.clone(), ..Default::default() };
    let middle = all[3].create_time;
    for page_size in [0, 1, 2, 7] {
        assert_eq!(list(AdjustmentFilter::default(), page_size).await, all);
        let found = list(of_one.clone(), page_size).await;
        assert_eq!(found.iter().map(|line| line.number).collect::<Vec<_>>(), [4, 3, 2, 1]);
        let since = AdjustmentFilter { start_time: middle, ..Default::default() };
        assert_eq!(list(since, page_size).await, all[..=3]);
        let until = AdjustmentFilter { end_time: middle, ..Default::default() };
        assert_eq!(list(until, page_size).await, all[4..]);
        let both = AdjustmentFilter { start_time: middle, ..of_one.clone() };
        assert_eq!(list(both, page_size).await, found[..2]);
    }
    for filter in [None, Some(of_one)] {
        let request = ListAdjustmentsRequest { filter, ..Default::default() };
        let foreign = client.adjustments().list_page(request).await.unwrap();
        assert_eq!(foreign.adjustments, []);
    }
}

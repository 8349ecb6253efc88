//! Statements of networks: each row and each of our conversions is compared once, whoever adds them how
//! often, and what differs is settled.

mod gone;
mod ours;
mod settled;

use std::slice;

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client, Error,
    prost_types::Timestamp,
    v1::{
        AddStatementRowsRequest, CompareStatementRequest, Conversion, ConversionCode, ConversionStatus,
        CreateStatementRequest, DeleteStatementRequest, ErrorReason, GetStatementRequest,
        ListStatementRowsRequest, ListStatementsRequest, Money, NewConversion, NewStatementRow, Statement,
        StatementResult as Found, StatementRow, StatementState, StatementTotal, TrackingLink,
        new_conversion::Commission,
    },
};
use s2s_tests::{Server, request};

use crate::{adjustments::dollars, fields, fixture::other_account};

/// A server with a code and a link.
pub struct Shop {
    pub server: Server,
    pub code: ConversionCode,
    pub link: TrackingLink,
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_at(Server::start().await).await
    }

    pub async fn open_at(server: Server) -> Self {
        let code = server.code("Sale").await;
        let link = server.link(&[&code]).await;
        Self { server, code, link }
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    /// Records a sale of 20 dollars with a commission of 3.
    async fn sale(&self, order: &str, status: ConversionStatus) -> Conversion {
        let click = self.server.click(&self.link).await;
        self.sale_of(&click, order, status).await
    }

    async fn sale_of(&self, click: &str, order: &str, status: ConversionStatus) -> Conversion {
        let sale = NewConversion {
            conversion_code_id: self.code.id.clone(),
            click_id: click.to_owned(),
            transaction_id: order.to_owned(),
            value: Some(dollars(20_000_000)),
            commission: Some(Commission::CommissionAmount(dollars(3_000_000))),
            status: status.into(),
            ..Default::default()
        };
        let recorded = self.client().conversions().record(request::conversion(sale)).await;
        recorded.unwrap().conversion.unwrap()
    }

    fn statement(&self, start: &Timestamp, file: &str) -> Statement {
        Statement {
            conversion_code_id: self.code.id.clone(),
            name: "October".to_owned(),
            file_sha256: file.repeat(64),
            start_time: Some(*start),
            end_time: Some(Timestamp { seconds: start.seconds + 86_400, ..*start }),
            time_zone: "Europe/Berlin".to_owned(),
            ..Default::default()
        }
    }
}

/// A row of a network with this order, commission and status.
fn row(order: &str, commission: i64, status: &str) -> NewStatementRow {
    NewStatementRow {
        transaction_id: order.to_owned(),
        commission: Some(dollars(commission)),
        status: status.to_owned(),
        ..Default::default()
    }
}

async fn create(client: &Client, statement: Statement) -> Result<Statement, Error> {
    let request = CreateStatementRequest { statement: Some(statement), validate_only: false };
    Ok(client.statements().create(request).await?.statement.unwrap())
}

async fn add(
    client: &Client,
    statement: &Statement,
    first_number: i64,
    rows: &[NewStatementRow],
) -> Result<Statement, Error> {
    let request =
        AddStatementRowsRequest { statement_id: statement.id.clone(), first_number, rows: rows.to_vec() };
    Ok(client.statements().add_statement_rows(request).await?.statement.unwrap())
}

/// Compares until the statement is complete.
async fn complete(client: &Client, statement: &Statement) -> Statement {
    loop {
        let request = CompareStatementRequest { statement_id: statement.id.clone() };
        let compared = client.statements().compare(request).await.unwrap().statement.unwrap();
        if compared.state() == StatementState::Complete {
            return compared;
        }
        assert_eq!(compared.state(), StatementState::Comparing);
    }
}

async fn totals(client: &Client, statement: &Statement) -> Vec<StatementTotal> {
    let request = GetStatementRequest { statement_id: statement.id.clone() };
    client.statements().get(request).await.unwrap().totals
}

async fn rows(client: &Client, statement: &Statement, result: Found, open: bool) -> Vec<StatementRow> {
    let request = ListStatementRowsRequest {
        statement_id: statement.id.clone(),
        result: result.into(),
        open,
        // Small pages, so that several are needed.
        page_size: 2,
        ..Default::default()
    };
    client.statements().list_statement_rows(request).try_collect().await.unwrap()
}

async fn statements(client: &Client) -> Vec<Statement> {
    client.statements().list(ListStatementsRequest::default()).try_collect().await.unwrap()
}

/// The numbers of the rows with a result.
async fn numbers(client: &Client, statement: &Statement, result: Found) -> Vec<i64> {
    rows(client, statement, result, false).await.iter().map(|row| row.number).collect()
}

fn micros(money: Option<&Money>) -> i64 {
    money.map_or(0, |money| money.micros)
}

/// The sums of the commissions of both sides.
fn commissions<'a>(totals: impl IntoIterator<Item = &'a StatementTotal>) -> [i64; 2] {
    totals.into_iter().fold([0, 0], |[theirs, ours], total| {
        [theirs + micros(total.their_commission.as_ref()), ours + micros(total.our_commission.as_ref())]
    })
}

fn reason<T>(result: Result<T, Error>) -> ErrorReason {
    result.err().map_or(ErrorReason::Unspecified, |error| error.reason())
}

/// The totals of the statement with each kind of difference.
fn check_totals(totals: &[StatementTotal]) {
    // Our side has the eight sales of the period, and the one before it.
    assert_eq!(commissions(totals), [9 * 3_000_000 + 2_990_000, 9 * 3_000_000]);
    let in_period = totals.iter().filter(|total| total.result() != Found::OutsidePeriod);
    assert_eq!(commissions(in_period), [8 * 3_000_000 + 2_990_000, 8 * 3_000_000]);
    let in_euros: Vec<_> = totals.iter().filter(|total| total.currency_code == "EUR").collect();
    assert_eq!((in_euros.len(), in_euros[0].their_count, in_euros[0].our_count), (1, 1, 0));
    assert_eq!(totals.iter().map(|total| total.their_count).sum::<i64>(), 13);
    assert_eq!(totals.iter().map(|total| total.open_count).sum::<i64>(), 10);
}

#[tokio::test]
async fn each_kind_of_difference_is_found_and_both_sides_add_up() {
    use ConversionStatus::{Approved, Declined, Pending};
    let shop = Shop::open().await;
    let client = shop.client();
    shop.sale("early", Approved).await;
    let matched = shop.sale("matched", Approved).await;
    for (order, status) in [
        ("amount", Approved),
        ("status", Pending),
        ("currency", Approved),
        ("twice", Approved),
        ("ours", Approved),
        ("refused", Declined),
        ("both refused", Declined),
    ] {
        shop.sale(order, status).await;
    }
    let by_click = shop.server.click(&shop.link).await;
    shop.sale_of(&by_click, "", Approved).await;
    let (held, click) = (format!("id={}&oid=held", shop.code.id), shop.server.click(&shop.link).await);
    let held = shop.server.postback(&format!("{held}&clickId={click}&val=1,500&com=0")).await;

    let start = matched.create_time.unwrap();
    let statement = create(&client, shop.statement(&start, "0")).await.unwrap();
    let euros = Money { currency_code: "EUR".to_owned(), micros: 3_000_000 };
    let of_click = NewStatementRow { click_id: by_click.to_uppercase(), ..row("", 3_000_000, "") };
    let sent = [
        row("early", 3_000_000, "approved"),
        row("matched", 3_000_000, "approved"),
        row("amount", 2_990_000, "Approved"),
        row("status", 3_000_000, "approved"),
        NewStatementRow { commission: Some(euros), ..row("currency", 0, "") },
        row("twice", 3_000_000, ""),
        row("twice", 3_000_000, ""),
        row("both refused", 0, "reversed"),
        of_click,
        row("held", 3_000_000, "approved"),
        row("never", 3_000_000, "approved"),
        row("never", 3_000_000, "approved"),
        row("negative", -3_000_000, ""),
    ];
    assert_eq!(add(&client, &statement, 1, &sent[..5]).await.unwrap().row_count, 5);
    assert_eq!(add(&client, &statement, 6, &sent[5..]).await.unwrap().row_count, 13);
    // What was sent before is not added again, also if it comes with new rows.
    assert_eq!(add(&client, &statement, 1, &sent).await.unwrap().row_count, 13);
    let gap = add(&client, &statement, 15, &sent[..1]).await.unwrap_err();
    assert_eq!(fields(&gap), ["first_number"]);
    assert!(gap.message().contains("must be 1 to 14"), "{gap}");
    complete(&client, &statement).await;

    for (result, expected) in [
        (Found::OutsidePeriod, &[1][..]),
        (Found::Matched, &[2, 6, 8, 9]),
        (Found::AmountDiffers, &[3]),
        (Found::StatusDiffers, &[4]),
        (Found::CurrencyDiffers, &[5]),
        (Found::Twice, &[7, 12]),
        (Found::OnlyTheirs, &[10, 11, 13]),
        (Found::OnlyOurs, &[14]),
    ] {
        assert_eq!(numbers(&client, &statement, result).await, expected, "{result:?}");
    }
    let theirs = rows(&client, &statement, Found::OnlyTheirs, true).await;
    let held_as = (theirs[0].postback_id.clone(), theirs[0].reason());
    assert_eq!(held_as, (held.field("postback_id"), ErrorReason::AmountAmbiguous));
    assert_eq!((theirs[1].postback_id.as_str(), theirs[1].reason()), ("", ErrorReason::Unspecified));
    let ours = rows(&client, &statement, Found::OnlyOurs, false).await;
    assert!(ours[0].theirs.is_none() && !ours[0].conversion_id.is_empty());

    check_totals(&totals(&client, &statement).await);
}

#[tokio::test]
async fn a_file_is_one_statement_until_it_is_deleted() {
    let shop = Shop::open().await;
    let client = shop.client();
    let start = shop.sale("1", ConversionStatus::Approved).await.create_time.unwrap();
    let october = shop.statement(&start, "a");
    let dry = CreateStatementRequest { statement: Some(october.clone()), validate_only: true };
    client.statements().create(dry).await.unwrap();
    assert_eq!(statements(&client).await, []);
    let created = create(&client, october.clone()).await.unwrap();
    assert_eq!((created.state(), created.row_count), (StatementState::Open, 0));
    let renamed = Statement { name: "Another name".to_owned(), ..october.clone() };
    assert_eq!(create(&client, renamed).await.unwrap(), created);
    let in_utc = Statement { time_zone: "UTC".to_owned(), ..october.clone() };
    let other = create(&client, in_utc).await.unwrap();
    assert_eq!(statements(&client).await, [other.clone(), created.clone()]);

    add(&client, &created, 1, &[row("1", 3_000_000, "")]).await.unwrap();
    let complete = complete(&client, &created).await;
    // A late repetition of an earlier call changes nothing; new rows come too late.
    assert_eq!(add(&client, &created, 1, &[row("1", 3_000_000, "")]).await.unwrap(), complete);
    assert_eq!(reason(add(&client, &created, 2, &[row("2", 1, "")]).await), ErrorReason::StatementClosed);
    assert_eq!(create(&client, october.clone()).await.unwrap(), complete);

    let delete = DeleteStatementRequest { statement_id: created.id.clone(), validate_only: true };
    client.statements().delete(delete.clone()).await.unwrap();
    assert_eq!(statements(&client).await.len(), 2);
    let delete = DeleteStatementRequest { validate_only: false, ..delete };
    for _ in 0..2 {
        assert_eq!(client.statements().delete(delete.clone()).await.unwrap().statement.unwrap(), complete);
        assert_eq!(statements(&client).await, slice::from_ref(&other));
    }
    assert_eq!(reason(add(&client, &created, 2, &[row("2", 1, "")]).await), ErrorReason::ResourceNotFound);
    let anew = create(&client, october).await.unwrap();
    assert!(anew.id != created.id && anew.row_count == 0);
}

#[tokio::test]
async fn bad_rows_are_refused_together_and_named() {
    let shop = Shop::open().await;
    let client = shop.client();
    let start = Timestamp { seconds: 1_700_000_000, nanos: 0 };
    let clear_name: fn(&mut Statement) = |one| one.name.clear();
    for (change, field) in [
        (clear_name, "statement.name"),
        (|one| one.file_sha256.truncate(63), "statement.file_sha256"),
        (|one| one.file_sha256 = "ä".repeat(32), "statement.file_sha256"),
        (|one| one.time_zone.clear(), "statement.time_zone"),
        (|one| one.start_time = None, "statement.start_time"),
        (|one| one.end_time = one.start_time, "statement.end_time"),
        (|one| one.conversion_code_id.clear(), "statement.conversion_code_id"),
    ] {
        let mut statement = shop.statement(&start, "a");
        change(&mut statement);
        assert_eq!(fields(&create(&client, statement).await.unwrap_err()), [field]);
    }
    let statement = create(&client, shop.statement(&start, "a")).await.unwrap();
    let good = row("1", 1, "approved");
    let money = |currency_code: &str, micros| Some(Money { currency_code: currency_code.to_owned(), micros });
    for (bad, field) in [
        (row("", 1, ""), "rows[1].transaction_id"),
        (row(&"x".repeat(256), 1, ""), "rows[1].transaction_id"),
        (row("null", 1, ""), "rows[1].transaction_id"),
        (row("1", 1, "odd"), "rows[1].status"),
        (row("1", i64::MIN, ""), "rows[1].commission"),
        (NewStatementRow { value: money("XXX", 1), ..good.clone() }, "rows[1].value"),
        (NewStatementRow { value: money("EUR", 1), ..good.clone() }, "rows[1].commission"),
        (NewStatementRow { click_id: "x".repeat(256), ..good.clone() }, "rows[1].click_id"),
    ] {
        let refused = add(&client, &statement, 1, &[good.clone(), bad]).await.unwrap_err();
        assert_eq!(fields(&refused), [field], "{refused}");
    }
    assert_eq!(fields(&add(&client, &statement, 1, &[]).await.unwrap_err()), ["rows"]);
    let many = vec![good.clone(); 1_001];
    assert_eq!(fields(&add(&client, &statement, 1, &many).await.unwrap_err()), ["rows"]);
    for first in [0, -1, i64::MIN, 2, i64::MAX] {
        let refused = add(&client, &statement, first, slice::from_ref(&good)).await.unwrap_err();
        assert_eq!(fields(&refused), ["first_number"], "{first}");
    }
    assert_eq!(statements(&client).await, slice::from_ref(&statement));
    let (other, _) = other_account(&shop.server).await;
    assert_eq!(reason(add(&other, &statement, 1, &[good]).await), ErrorReason::ResourceNotFound);
}

//! `s2s-bench --statements`: the time in which networks' statements are compared, and what memory the
//! server takes for it.

use s2s_sdk::{
    Client,
    prost_types::Timestamp,
    v1::{
        AddStatementRowsRequest, BatchRecordConversionsRequest, CompareStatementRequest,
        CreateStatementRequest, GetStatementRequest, Money, NewConversion, NewStatementRow, Statement,
        StatementState, new_conversion::Commission,
    },
};
use s2s_tests::{Server, request};
use tokio::time::{Duration, Instant};

use crate::{Result, process};

/// The numbers of rows at which times are measured. We have recorded half of them, and as many others.
const ROWS: [usize; 3] = [10_000, 100_000, 1_000_000];
const CLICKS: usize = 1_000;
/// The number of conversions, and of rows, in a call.
const TOGETHER: usize = 1_000;
const CENT_MICROS: i64 = 10_000;

/// Compares statements, and prints the times.
pub async fn measure() -> Result<()> {
    let server = Server::start().await;
    let client =
        Client::builder(&server.url).api_key(s2s_tests::ADMIN_KEY).timeout(Duration::from_mins(1)).build()?;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let mut clicks = Vec::with_capacity(CLICKS);
    for _ in 0..CLICKS {
        clicks.push(server.click(&link).await);
    }
    println!(
        "{:>10}{:>18}{:>18}{:>18}{:>18}",
        "rows", "adding them", "our side", "the totals", "memory taken, MiB"
    );
    let mut recorded = 0;
    for (rows, digit) in ROWS.into_iter().zip(1..) {
        while recorded < rows {
            record(&client, &code.id, &clicks, recorded).await?;
            recorded += TOGETHER;
        }
        let statement = Statement {
            conversion_code_id: code.id.clone(),
            name: "bench".to_owned(),
            file_sha256: digit.to_string().repeat(64),
            start_time: Some(Timestamp { seconds: 0, nanos: 0 }),
            end_time: Some(Timestamp { seconds: 4_000_000_000, nanos: 0 }),
            time_zone: "UTC".to_owned(),
            ..Default::default()
        };
        // What recording has taken does not count.
        let at_rest = process::forget_peak(server.process_id())?;
        let request = CreateStatementRequest { statement: Some(statement), validate_only: false };
        let id = client.statements().create(request).await?.statement.unwrap_or_default().id;
        let begun = Instant::now();
        add(&client, &id, rows).await?;
        let added = begun.elapsed();
        let begun = Instant::now();
        compare(&client, &id).await?;
        let compared = begun.elapsed();
        let begun = Instant::now();
        let totals = client.statements().get(GetStatementRequest { statement_id: id }).await?.totals;
        let summed = begun.elapsed();
        let counts: Vec<_> = totals.iter().map(|total| (total.their_count, total.our_count)).collect();
        let half = i64::try_from(rows / 2)?;
        if counts != [(half, 0), (half, half), (0, half)] {
            return Err(format!("the statement has {counts:?}").into());
        }
        let [added, compared, summed] = [added, compared, summed].map(|time| format!("{time:.1?}"));
        let taken = process::memory_kib(server.process_id(), "VmHWM")?.saturating_sub(at_rest) / 1_024;
        println!("{rows:>10}{added:>18}{compared:>18}{summed:>18}{taken:>18}");
    }
    Ok(())
}

/// Records conversions, each with a commission of one cent. Each second one is in no statement.
async fn record(client: &Client, code: &str, clicks: &[String], first: usize) -> Result<()> {
    let requests = clicks.iter().cycle().zip(first..).take(TOGETHER).map(|(click, number)| {
        let money = Some(Money { currency_code: "USD".to_owned(), micros: CENT_MICROS });
        request::conversion(NewConversion {
            conversion_code_id: code.to_owned(),
            click_id: click.clone(),
            transaction_id: order(number, number % 2 == 1),
            commission: money.clone().map(Commission::CommissionAmount),
            value: money,
            ..Default::default()
        })
    });
    let request = BatchRecordConversionsRequest { requests: requests.collect() };
    for result in client.conversions().batch_record(request).await?.results {
        result.into_result()?;
    }
    Ok(())
}

/// An order that both sides have, or only we.
fn order(number: usize, only_ours: bool) -> String {
    if only_ours { format!("ours-{number}") } else { format!("order-{number}") }
}

/// Adds rows. Each second one is only the network's.
async fn add(client: &Client, statement_id: &str, rows: usize) -> Result<()> {
    for first in (0..rows).step_by(TOGETHER) {
        let row = |number: usize| NewStatementRow {
            transaction_id: if number % 2 == 1 { format!("theirs-{number}") } else { order(number, false) },
            commission: Some(Money { currency_code: "USD".to_owned(), micros: CENT_MICROS }),
            ..Default::default()
        };
        let request = AddStatementRowsRequest {
            statement_id: statement_id.to_owned(),
            first_number: i64::try_from(first)? + 1,
            rows: (first..first + TOGETHER).map(row).collect(),
        };
        client.statements().add_statement_rows(request).await?;
    }
    Ok(())
}

async fn compare(client: &Client, statement_id: &str) -> Result<()> {
    loop {
        let request = CompareStatementRequest { statement_id: statement_id.to_owned() };
        let statement = client.statements().compare(request).await?.statement.unwrap_or_default();
        if statement.state() == StatementState::Complete {
            return Ok(());
        }
    }
}

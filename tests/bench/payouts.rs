//! `s2s-bench --payouts`: the time of a balance with few and with many lines, of a payout of many lines,
//! and of its statement.

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{
        BatchRecordConversionsRequest, CancelPayoutRequest, ConversionStatus, CreatePartnerRequest,
        CreatePayoutRequest, GetPartnerBalanceRequest, ListPartnerLinesRequest, Money, NewConversion,
        Partner, TrackingLink, new_conversion::Commission,
    },
};
use s2s_tests::{Server, request};
use tokio::time::{Duration, Instant};

use crate::Result;

/// The number of lines at which times are measured.
const LINES: [usize; 3] = [1_000, 10_000, 100_000];
const CLICKS: usize = 1_000;
/// The number of conversions in a call.
const TOGETHER: usize = 1_000;
/// The number of balances, whose median time is printed.
const BALANCES: usize = 100;
const CENT_MICROS: i64 = 10_000;

/// Records conversions of one partner, and prints the times.
pub async fn measure() -> Result<()> {
    let server = Server::start().await;
    let client =
        Client::builder(&server.url).api_key(s2s_tests::ADMIN_KEY).timeout(Duration::from_mins(1)).build()?;
    let code = server.code("Sale").await;
    let partner = Partner { name: "Ada".to_owned(), ..Default::default() };
    let request = CreatePartnerRequest { partner: Some(partner), ..Default::default() };
    let partner_id = client.partners().create(request).await?.partner.unwrap_or_default().id;
    let link = TrackingLink {
        destination: "https://shop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        partner_id: partner_id.clone(),
        ..Default::default()
    };
    let link = server.create_link(link).await;
    let mut clicks = Vec::with_capacity(CLICKS);
    for _ in 0..CLICKS {
        clicks.push(server.click(&link).await);
    }
    println!(
        "{:>10}{:>18}{:>18}{:>18}{:>18}",
        "lines", "a balance", "the look", "the payout", "the statement"
    );
    let mut recorded = 0;
    for lines in LINES {
        while recorded < lines {
            record(&client, &code.id, &clicks, recorded).await?;
            recorded += TOGETHER;
        }
        let balance = balances(&client, &partner_id).await?;
        let payout = CreatePayoutRequest {
            partner_id: partner_id.clone(),
            currency_code: "USD".to_owned(),
            validate_only: true,
            ..Default::default()
        };
        let begun = Instant::now();
        let seen = client.payouts().create(payout.clone()).await?.payout.unwrap_or_default();
        let look = begun.elapsed();
        let expected = Money { currency_code: "USD".to_owned(), micros: i64::try_from(lines)? * CENT_MICROS };
        if seen.total.as_ref() != Some(&expected) {
            return Err(format!("{expected:?} are due, not {seen:?}").into());
        }
        let begun = Instant::now();
        let payout = CreatePayoutRequest { expected_total: seen.total, validate_only: false, ..payout };
        let payout = client.payouts().create(payout).await?.payout.unwrap_or_default();
        let created = begun.elapsed();
        let begun = Instant::now();
        let statement = statement(&client, &partner_id, &payout.id).await?;
        if statement != lines {
            return Err(format!("{statement} lines are in the statement").into());
        }
        let [balance, look, created, read] =
            [balance, look, created, begun.elapsed()].map(|time| format!("{time:.1?}"));
        println!("{lines:>10}{balance:>18}{look:>18}{created:>18}{read:>18}");
        // The next payout is of all lines again.
        let cancel = CancelPayoutRequest { payout_id: payout.id, ..Default::default() };
        client.payouts().cancel(cancel).await?;
    }
    Ok(())
}

/// Records approved conversions, each with a commission of one cent.
async fn record(client: &Client, code: &str, clicks: &[String], first: usize) -> Result<()> {
    let requests = clicks.iter().cycle().zip(first..).take(TOGETHER).map(|(click, number)| {
        request::conversion(NewConversion {
            conversion_code_id: code.to_owned(),
            click_id: click.clone(),
            transaction_id: number.to_string(),
            value: Some(Money { currency_code: "USD".to_owned(), micros: CENT_MICROS }),
            commission: Some(Commission::CommissionAmount(Money {
                currency_code: "USD".to_owned(),
                micros: CENT_MICROS,
            })),
            status: ConversionStatus::Approved.into(),
            ..Default::default()
        })
    });
    let request = BatchRecordConversionsRequest { requests: requests.collect() };
    for result in client.conversions().batch_record(request).await?.results {
        result.into_result()?;
    }
    Ok(())
}

/// The median time of a balance.
async fn balances(client: &Client, partner_id: &str) -> Result<Duration> {
    let mut times = Vec::with_capacity(BALANCES);
    for _ in 0..BALANCES {
        let begun = Instant::now();
        let request = GetPartnerBalanceRequest { partner_id: partner_id.to_owned() };
        client.payouts().get_partner_balance(request).await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(BALANCES / 2).copied().unwrap_or_default())
}

/// Reads all lines of a payout. Returns their number.
async fn statement(client: &Client, partner_id: &str, payout_id: &str) -> Result<usize> {
    let request = ListPartnerLinesRequest {
        partner_id: partner_id.to_owned(),
        payout_id: payout_id.to_owned(),
        page_size: 1_000,
        ..Default::default()
    };
    let lines = client.payouts().list_partner_lines(request);
    Ok(lines.try_fold(0, async |lines, _| Ok(lines + 1)).await?)
}

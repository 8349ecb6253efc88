//! The conversions to record: each has a transaction id of its own, a number, so that afterwards each
//! can be found.

use std::{
    iter,
    sync::atomic::{AtomicU64, Ordering},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use s2s_sdk::{
    Client,
    v1::{
        ConversionCode, ListConversionsRequest, Money, RecordClickRequest, RecordConversionRequest,
        record_conversion_request::Commission,
    },
};
use s2s_tests::Server;

use crate::Result;

/// The largest page of a list.
pub const PAGE_SIZE: i32 = 1_000;
/// Clicks that the orders are of. One order after the other is of the next click, as sales follow visits.
const CLICKS: u64 = 32_768;
const CLICKS_IN_FLIGHT: usize = 256;
/// Where orders are scattered, the clicks of one and the next lie so far apart; an odd number meets all of them.
const SCATTERED_STEP: u64 = 20_011;

const VALUE_MICROS: i64 = 19_990_000;
const COMMISSION_MICROS: i64 = 500_000;

/// Of which of its clicks each order is.
#[derive(Clone, Copy)]
pub struct Spread {
    step: u64,
}

impl Spread {
    /// `scattered`: so that each conversion goes to another place of its table.
    pub fn new(scattered: bool) -> Self {
        Self { step: if scattered { SCATTERED_STEP } else { 1 } }
    }

    /// The number of the click that the order of that number is of.
    pub fn click(self, number: u64) -> u64 {
        number.wrapping_mul(self.step) % CLICKS
    }
}

/// Where orders come from.
pub struct Orders {
    code_id: String,
    click_ids: Vec<String>,
    spread: Spread,
    taken: AtomicU64,
}

/// One of them.
pub struct Order<'a> {
    code_id: &'a str,
    click_id: &'a str,
    number: u64,
}

impl Orders {
    pub async fn prepare(server: &Server, code: &ConversionCode, spread: Spread) -> Result<Self> {
        let link = server.link(&[code]).await;
        let client = server.client();
        let requests = iter::repeat_n(link.id, usize::try_from(CLICKS)?).map(|tracking_link_id| {
            let client = client.clone();
            async move {
                let request = RecordClickRequest { tracking_link_id, ..Default::default() };
                let click = client.record_click(request).await?.click;
                click.map(|click| click.click_id).ok_or_else(|| "an answer without the click".into())
            }
        });
        let click_ids: Result<Vec<String>> =
            stream::iter(requests).buffered(CLICKS_IN_FLIGHT).try_collect().await;
        // Ids begin with their time.
        let mut click_ids = click_ids?;
        click_ids.sort_unstable();
        Ok(Self { code_id: code.id.clone(), click_ids, spread, taken: AtomicU64::new(0) })
    }

    /// An order that no other call gets.
    pub fn next(&self) -> Order<'_> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let index = usize::try_from(self.spread.click(number)).ok();
        let click_id =
            index.and_then(|index| self.click_ids.get(index)).map(String::as_str).unwrap_or_default();
        Order { code_id: &self.code_id, click_id, number }
    }

    /// How many conversions the server lists. Each must be of an order that was taken, and there once.
    pub async fn count(&self, client: &Client) -> Result<u64> {
        let taken = usize::try_from(self.taken.load(Ordering::Relaxed))?;
        let mut seen = vec![false; taken];
        let request = ListConversionsRequest { page_size: PAGE_SIZE, ..Default::default() };
        let mut conversions = client.conversions(request);
        let mut count = 0;
        while let Some(conversion) = conversions.try_next().await? {
            let number = conversion.transaction_id.parse().ok();
            match number.and_then(|number: usize| seen.get_mut(number)) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(format!("listed twice, or never sent: {conversion:?}").into()),
            }
            count += 1;
        }
        Ok(count)
    }
}

impl Order<'_> {
    /// As a partner's platform reports it.
    pub fn request(&self) -> RecordConversionRequest {
        let money = |micros| Money { currency_code: String::new(), micros };
        RecordConversionRequest {
            conversion_code_id: self.code_id.to_owned(),
            click_id: self.click_id.to_owned(),
            transaction_id: self.number.to_string(),
            value: Some(money(VALUE_MICROS)),
            commission: Some(Commission::CommissionAmount(money(COMMISSION_MICROS))),
            ..Default::default()
        }
    }

    /// As a merchant's shop reports it: path and query of the postback URL.
    pub fn target(&self) -> String {
        let Self { code_id, click_id, number } = self;
        format!("/s2s?clickId={click_id}&id={code_id}&val=19.99&com=0.5&oid={number}")
    }
}

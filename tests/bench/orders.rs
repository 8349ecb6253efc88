//! The conversions to record. Each has a number of its own as its transaction id, so that each can
//! be found again.

use std::{
    iter,
    sync::atomic::{AtomicU64, Ordering},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use s2s_sdk::{
    Client,
    v1::{
        ConversionCode, ListConversionsRequest, Money, NewConversion, RecordClickRequest,
        RecordConversionRequest, new_conversion::Commission,
    },
};
use s2s_tests::{Server, request};

use crate::Result;

/// The largest page of a list.
pub const PAGE_SIZE: i32 = 1_000;
/// The number of clicks in a measurement of rates. By default, consecutive orders have consecutive
/// clicks, because sales follow visits. With `--scattered`, their clicks are far from each other.
pub const CLICKS: u64 = 32_768;
const CLICKS_IN_FLIGHT: usize = 256;
/// The distance between the clicks of consecutive scattered orders. It is odd and the number of
/// clicks is a power of two, so the orders meet all clicks.
const SCATTERED_STEP: u64 = 20_011;

const VALUE_MICROS: i64 = 19_990_000;
const COMMISSION_MICROS: i64 = 500_000;

/// The rule that gives each order its click.
#[derive(Clone, Copy)]
pub struct Spread {
    clicks: u64,
    step: u64,
}

impl Spread {
    /// Spreads orders over so many clicks, a power of two. Gives consecutive orders consecutive
    /// clicks or, if `scattered`, clicks far from each other.
    pub fn among(clicks: u64, scattered: bool) -> Self {
        Self { clicks, step: if scattered { SCATTERED_STEP } else { 1 } }
    }

    /// The number of the click of that order.
    pub fn click(self, number: u64) -> u64 {
        number.wrapping_mul(self.step) % self.clicks
    }
}

/// The source of orders.
pub struct Orders {
    code_id: String,
    click_ids: Vec<String>,
    spread: Spread,
    taken: AtomicU64,
}

/// An order: a conversion to record.
pub struct Order<'a> {
    code_id: &'a str,
    click_id: &'a str,
    number: u64,
}

impl Orders {
    pub async fn prepare(server: &Server, code: &ConversionCode, spread: Spread) -> Result<Self> {
        let link = server.link(&[code]).await;
        let client = server.client();
        // The time is the server's own, because its clock may be a slow one.
        let (tracking_link_id, click_time) = (link.id, link.create_time);
        let click = RecordClickRequest { tracking_link_id, click_time, ..Default::default() };
        let requests = iter::repeat_n(click, usize::try_from(spread.clicks)?).map(|request| {
            let client = client.clone();
            async move {
                let click = client.clicks().record(request).await?.click;
                click.map(|click| click.id).ok_or_else(|| "an answer without the click".into())
            }
        });
        let click_ids: Result<Vec<String>> =
            stream::iter(requests).buffered(CLICKS_IN_FLIGHT).try_collect().await;
        // In the order in which the database has them.
        let mut click_ids = click_ids?;
        click_ids.sort_unstable();
        Ok(Self { code_id: code.id.clone(), click_ids, spread, taken: AtomicU64::new(0) })
    }

    /// The next order. No two calls return the same order.
    pub fn next(&self) -> Order<'_> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let index = usize::try_from(self.spread.click(number)).ok();
        let click_id =
            index.and_then(|index| self.click_ids.get(index)).map(String::as_str).unwrap_or_default();
        Order { code_id: &self.code_id, click_id, number }
    }

    /// Counts the conversions that the server lists. Fails on a conversion of an order that was
    /// never sent, and on a second conversion of an order.
    pub async fn count(&self, client: &Client) -> Result<u64> {
        let taken = usize::try_from(self.taken.load(Ordering::Relaxed))?;
        let mut seen = vec![false; taken];
        let request = ListConversionsRequest { page_size: PAGE_SIZE, ..Default::default() };
        let mut conversions = client.conversions().list(request);
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
    /// The report of a partner's platform.
    pub fn request(&self) -> RecordConversionRequest {
        let money = |micros| Money { currency_code: String::new(), micros };
        request::conversion(NewConversion {
            conversion_code_id: self.code_id.to_owned(),
            click_id: self.click_id.to_owned(),
            transaction_id: self.transaction_id(),
            value: Some(money(VALUE_MICROS)),
            commission: Some(Commission::CommissionAmount(money(COMMISSION_MICROS))),
            ..Default::default()
        })
    }

    pub fn transaction_id(&self) -> String {
        self.number.to_string()
    }

    /// The report of a merchant's shop: path and query of the postback URL.
    pub fn target(&self) -> String {
        let Self { code_id, click_id, number } = self;
        format!("/s2s?clickId={click_id}&id={code_id}&val=19.99&com=0.5&oid={number}")
    }
}

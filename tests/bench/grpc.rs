//! Calls with the generated clients. Unlike the SDK, these don't retry, so each call is sent once.

use std::sync::Arc;

use futures::{SinkExt as _, channel::mpsc};
use s2s_sdk::v1::{
    BatchRecordConversionsRequest, ConversionVerdict, RecordConversionResponse,
    StreamRecordConversionsRequest, StreamRecordConversionsResponse,
    conversion_service_client::ConversionServiceClient,
};
use s2s_tests::authorized;
use tonic::{Streaming, metadata::AsciiMetadataValue, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{
    Result,
    load::Caller,
    orders::{Order, Orders},
};

/// The number of conversions of one batch, and of one call on a stream.
pub const BATCH_ITEMS: usize = 1_000;

/// A call that does nothing. It uses the same connections and passes the same layers as the other
/// calls.
pub struct NoOp(HealthClient<Channel>);

impl NoOp {
    pub fn new(channel: Channel) -> Self {
        Self(HealthClient::new(channel))
    }
}

impl Caller for NoOp {
    async fn call(&mut self) -> Result<u64> {
        let answer = self.0.check(HealthCheckRequest::default()).await?.into_inner();
        if answer.status() == ServingStatus::Serving { Ok(1) } else { Err("the server doesn't serve".into()) }
    }
}

/// `RecordConversion`.
pub struct Record {
    client: ConversionServiceClient<Channel>,
    /// Parsed once; parsing in each call would be measured as well.
    key: AsciiMetadataValue,
    orders: Arc<Orders>,
}

impl Record {
    pub fn new(channel: Channel, key: AsciiMetadataValue, orders: Arc<Orders>) -> Self {
        Self { client: ConversionServiceClient::new(channel), key, orders }
    }

    /// Records the next order. Returns its transaction id.
    pub async fn record(&mut self) -> Result<String> {
        let order = self.orders.next();
        let mut request = tonic::Request::new(order.request());
        request.metadata_mut().insert("authorization", self.key.clone());
        let response = self.client.record_conversion(request).await?.into_inner();
        let transaction_id = order.transaction_id();
        is_recorded(&response, &transaction_id)?;
        Ok(transaction_id)
    }
}

impl Caller for Record {
    async fn call(&mut self) -> Result<u64> {
        self.record().await.map(|_| 1)
    }
}

/// `BatchRecordConversions`.
pub struct Batch {
    client: ConversionServiceClient<Channel>,
    orders: Arc<Orders>,
}

impl Batch {
    pub fn new(channel: Channel, orders: Arc<Orders>) -> Self {
        Self { client: ConversionServiceClient::new(channel), orders }
    }
}

impl Batch {
    /// Records the next orders. Returns the ids of their conversions.
    pub async fn record(&mut self) -> Result<Vec<String>> {
        let orders: Vec<_> = (0..BATCH_ITEMS).map(|_| self.orders.next()).collect();
        let requests = orders.iter().map(Order::request).collect();
        let sent: Vec<_> = orders.iter().map(Order::transaction_id).collect();
        let request = BatchRecordConversionsRequest { requests };
        let results = self.client.batch_record_conversions(authorized(request)).await?.into_inner().results;
        if results.len() != sent.len() {
            return Err(format!("{} results for {} conversions", results.len(), sent.len()).into());
        }
        let recorded = results.into_iter().zip(&sent).map(|(result, transaction_id)| {
            let response = result.into_result()?;
            is_recorded(&response, transaction_id)?;
            Ok(response.conversion.map(|conversion| conversion.id).unwrap_or_default())
        });
        recorded.collect()
    }
}

impl Caller for Batch {
    async fn call(&mut self) -> Result<u64> {
        Ok(u64::try_from(self.record().await?.len())?)
    }
}

/// `StreamRecordConversions`: one stream for all calls. Each call sends 1,000 conversions and reads
/// their results.
pub struct Stream {
    requests: mpsc::Sender<StreamRecordConversionsRequest>,
    results: Streaming<StreamRecordConversionsResponse>,
    orders: Arc<Orders>,
}

impl Stream {
    pub async fn open(channel: Channel, orders: Arc<Orders>) -> Result<Self> {
        let (requests, sent) = mpsc::channel(BATCH_ITEMS);
        let mut client = ConversionServiceClient::new(channel);
        let results = client.stream_record_conversions(authorized(sent)).await?.into_inner();
        Ok(Self { requests, results, orders })
    }
}

impl Caller for Stream {
    async fn call(&mut self) -> Result<u64> {
        let mut sent = Vec::with_capacity(BATCH_ITEMS);
        for _ in 0..BATCH_ITEMS {
            let order = self.orders.next();
            sent.push(order.transaction_id());
            self.requests.send(StreamRecordConversionsRequest { request: Some(order.request()) }).await?;
        }
        for transaction_id in &sent {
            let result = self.results.message().await?.and_then(|response| response.result);
            is_recorded(&result.ok_or("the stream ended")?.into_result()?, transaction_id)?;
        }
        Ok(u64::try_from(sent.len())?)
    }
}

fn is_recorded(response: &RecordConversionResponse, transaction_id: &str) -> Result<()> {
    let answered = response.conversion.as_ref().map(|conversion| conversion.transaction_id.as_str());
    if response.verdict() == ConversionVerdict::Recorded && answered == Some(transaction_id) {
        return Ok(());
    }
    Err(format!("{transaction_id} was answered {:?} for {answered:?}", response.verdict()).into())
}

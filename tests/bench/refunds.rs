//! Refunds of a cent, as the measured kind of adjustment.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use s2s_sdk::v1::{
    AdjustmentVerdict, BatchCreateAdjustmentsRequest, CreateAdjustmentRequest, Money, NewAdjustment, Refund,
    adjustment_service_client::AdjustmentServiceClient,
    create_adjustment_result,
    new_adjustment::{Change, Target},
};
use s2s_tests::authorized;
use tonic::{metadata::AsciiMetadataValue, transport::Channel};

use crate::{
    Result,
    grpc::{self, BATCH_ITEMS},
    load::Caller,
    orders::Orders,
};

/// The number of batches of conversions that are recorded first. Each conversion gets a few refunds.
const BATCHES: usize = 32;
const REFUND_MICROS: i64 = 10_000;

/// The source of refunds.
pub struct Refunds {
    conversions: Vec<String>,
    taken: AtomicUsize,
}

impl Refunds {
    /// Records the conversions to refund.
    pub async fn prepare(channel: Channel, orders: Arc<Orders>) -> Result<Self> {
        let mut batch = grpc::Batch::new(channel, orders);
        let mut conversions = Vec::with_capacity(BATCHES * BATCH_ITEMS);
        for _ in 0..BATCHES {
            conversions.extend(batch.record().await?);
        }
        Ok(Self { conversions, taken: AtomicUsize::new(0) })
    }

    /// The number of conversions that were recorded.
    pub fn conversions(&self) -> u64 {
        u64::try_from(self.conversions.len()).unwrap_or_default()
    }

    /// The next refund. No two calls return the same refund.
    fn next(&self) -> CreateAdjustmentRequest {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let conversion = number.checked_rem(self.conversions.len());
        let conversion = conversion.and_then(|index| self.conversions.get(index)).cloned();
        let amount = Some(Money { currency_code: String::new(), micros: REFUND_MICROS });
        let adjustment = NewAdjustment {
            target: conversion.map(Target::ConversionId),
            change: Some(Change::Refund(Refund { amount, ..Default::default() })),
            external_id: number.to_string(),
            ..Default::default()
        };
        CreateAdjustmentRequest { adjustment: Some(adjustment), validate_only: false }
    }
}

/// `CreateAdjustment`.
pub struct Single {
    client: AdjustmentServiceClient<Channel>,
    /// Parsed once; parsing in each call would be measured as well.
    key: AsciiMetadataValue,
    refunds: Arc<Refunds>,
}

impl Single {
    pub fn new(channel: Channel, key: AsciiMetadataValue, refunds: Arc<Refunds>) -> Self {
        Self { client: AdjustmentServiceClient::new(channel), key, refunds }
    }
}

impl Caller for Single {
    async fn call(&mut self) -> Result<u64> {
        let mut request = tonic::Request::new(self.refunds.next());
        request.metadata_mut().insert("authorization", self.key.clone());
        let response = self.client.create_adjustment(request).await?.into_inner();
        match response.verdict() {
            AdjustmentVerdict::Recorded => Ok(1),
            _ => Err(format!("not recorded: {response:?}").into()),
        }
    }
}

/// `BatchCreateAdjustments`.
pub struct Batch {
    client: AdjustmentServiceClient<Channel>,
    refunds: Arc<Refunds>,
}

impl Batch {
    pub fn new(channel: Channel, refunds: Arc<Refunds>) -> Self {
        Self { client: AdjustmentServiceClient::new(channel), refunds }
    }
}

impl Caller for Batch {
    async fn call(&mut self) -> Result<u64> {
        let requests: Vec<_> = (0..BATCH_ITEMS).map(|_| self.refunds.next()).collect();
        let sent = requests.len();
        let request = authorized(BatchCreateAdjustmentsRequest { requests });
        let results = self.client.batch_create_adjustments(request).await?.into_inner().results;
        for result in &results {
            match &result.result {
                Some(create_adjustment_result::Result::Response(response))
                    if response.verdict() == AdjustmentVerdict::Recorded => {}
                other => return Err(format!("not recorded: {other:?}").into()),
            }
        }
        if results.len() == sent { Ok(u64::try_from(sent)?) } else { Err("a result is missing".into()) }
    }
}

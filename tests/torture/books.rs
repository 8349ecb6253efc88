//! The bookkeeper during the torture: refunds sales, and pays the partner of their link, with the total
//! that was seen. Each call is repeated until it has an answer. At the end, everything that was
//! acknowledged is stored, once, and all sums agree.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client, Error,
    prost_types::Timestamp,
    v1::{
        Adjustment, CreateAdjustmentRequest, CreatePartnerRequest, CreatePayoutRequest, ErrorReason,
        GetPartnerBalanceRequest, ListAdjustmentsRequest, ListPartnerLinesRequest, ListPayoutsRequest,
        MarkPayoutPaidRequest, Money, NewAdjustment, Partner, PartnerShare, Payout, PayoutState, Refund,
        ShareBasis, TrackingLink,
        new_adjustment::{Change, Target},
    },
};
use s2s_tests::{Server, check_totals, eventually_within, random::Random};

use crate::{crowd::Crowd, ledger::now};

/// The time limit of an answer, even on a slow machine.
const ANSWERED_WITHIN: Duration = Duration::from_mins(10);
/// The number of refunds before each payout.
const REFUNDS: usize = 10;
/// The largest refund, in millionths.
const REFUND_MICROS_MAX: usize = 50_000;
const PERCENT_MICROS: i64 = 12_345_678;
/// The age of the latest sale in a payout.
const SETTLED_SECONDS: i64 = 2;
const CURRENCY: &str = "USD";

pub struct Books {
    client: Client,
    partner_id: String,
    told: Mutex<Told>,
}

/// What was acknowledged.
#[derive(Default)]
struct Told {
    /// Refunds by their external ids: the conversion and the amount.
    refunds: BTreeMap<String, (String, i64)>,
    payouts: BTreeMap<String, Payout>,
}

impl Books {
    /// Creates a partner and a link whose sales are owed to it.
    pub async fn open(server: &Server, code_id: &str) -> (Self, TrackingLink) {
        let client = server.client();
        let partner = Partner { name: "Ada".to_owned(), ..Default::default() };
        let request = CreatePartnerRequest { partner: Some(partner), ..Default::default() };
        let partner_id = client.partners().create(request).await.unwrap().partner.unwrap().id;
        let share = PartnerShare { basis: ShareBasis::Value.into(), percent_micros: PERCENT_MICROS };
        let link = TrackingLink {
            destination: "http://shop.example/?s1=[s2sidentifier]".to_owned(),
            conversion_code_ids: vec![code_id.to_owned()],
            partner_id: partner_id.clone(),
            partner_share: Some(share),
            ..Default::default()
        };
        let link = server.create_link(link).await;
        (Self { client, partner_id, told: Mutex::default() }, link)
    }

    /// Refunds sales and pays the partner, until the crowd goes home.
    pub async fn keep(self: Arc<Self>, crowd: Arc<Crowd>) {
        let mut random = Random(7);
        let mut number = 0;
        while !crowd.over.load(Ordering::Relaxed) {
            let sale = eventually_within(ANSWERED_WITHIN, || {
                let sale = crowd.sale(&mut random);
                async move { sale }
            });
            let sale = sale.await;
            let micros = i64::try_from(1 + random.below(REFUND_MICROS_MAX)).unwrap();
            self.refund(format!("r{number}"), sale, micros).await;
            number += 1;
            if number % REFUNDS == 0 {
                self.pay(number).await;
            }
        }
    }

    async fn refund(&self, external_id: String, sale: String, micros: i64) {
        let adjustment = NewAdjustment {
            target: Some(Target::ConversionId(sale.clone())),
            change: Some(Change::Refund(Refund { amount: Some(dollars(micros)), ..Default::default() })),
            external_id: external_id.clone(),
            ..Default::default()
        };
        let request = CreateAdjustmentRequest { adjustment: Some(adjustment), ..Default::default() };
        let refunded =
            answered(request, |request| async move { self.client.adjustments().create(request).await }).await;
        match refunded {
            Ok(_) => drop(self.told.lock().unwrap().refunds.insert(external_id, (sale, micros))),
            Err(error) => assert_eq!(error.reason(), ErrorReason::RefundTooLarge, "{error}"),
        }
    }

    async fn pay(&self, number: usize) {
        let look = CreatePayoutRequest {
            partner_id: self.partner_id.clone(),
            currency_code: CURRENCY.to_owned(),
            // What is being recorded at the look is later than this.
            cutoff_time: Some(Timestamp { seconds: now() / 1_000_000 - SETTLED_SECONDS, nanos: 0 }),
            validate_only: true,
            ..Default::default()
        };
        let seen =
            answered(look.clone(), |look| async move { self.client.payouts().create(look).await }).await;
        let Ok(seen) = seen else { return };
        let create = CreatePayoutRequest {
            expected_total: seen.payout.unwrap().total,
            request_id: format!("p{number}"),
            validate_only: false,
            ..look
        };
        let payout = match answered(
            create,
            |create| async move { self.client.payouts().create(create).await },
        )
        .await
        {
            Ok(created) => created.payout.unwrap(),
            // A sale has come between whose commit took longer.
            Err(error) => return assert_eq!(error.reason(), ErrorReason::PayoutDiffers, "{error}"),
        };
        let paid = MarkPayoutPaidRequest {
            payout_id: payout.id.clone(),
            reference: format!("transfer {number}"),
            ..Default::default()
        };
        let paid =
            answered(paid, |paid| async move { self.client.payouts().mark_payout_paid(paid).await }).await;
        let paid = paid.unwrap().payout.unwrap();
        self.told.lock().unwrap().payouts.insert(paid.id.clone(), paid);
    }

    /// Checks that everything acknowledged is stored, once, and that all sums agree.
    pub async fn check(&self, server: &Server) -> Result<String, String> {
        let text = |error: Error| error.to_string();
        let client = server.client();
        let all = client.adjustments().list(ListAdjustmentsRequest::default());
        let adjustments: Vec<Adjustment> = all.try_collect().await.map_err(text)?;
        let all = client.payouts().list(ListPayoutsRequest::default());
        let payouts: Vec<Payout> = all.try_collect().await.map_err(text)?;
        self.check_refunds(&adjustments)?;
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        if payouts.is_empty() || told.payouts.len() != payouts.len() {
            return Err(format!("{} payouts acknowledged, {} stored", told.payouts.len(), payouts.len()));
        }
        let request = ListPartnerLinesRequest {
            partner_id: self.partner_id.clone(),
            page_size: 1_000,
            ..Default::default()
        };
        let mut sums = BTreeMap::<String, i64>::new();
        let mut lines = client.payouts().list_partner_lines(request);
        while let Some(line) = lines.try_next().await.map_err(text)? {
            *sums.entry(line.payout_id).or_default() += line.approved_delta.unwrap().micros;
        }
        let mut paid = 0;
        for payout in &payouts {
            let total = payout.total.as_ref().unwrap().micros;
            paid += total;
            if told.payouts.get(&payout.id) != Some(payout) || payout.state() != PayoutState::Paid {
                return Err(format!("not as acknowledged: {payout:?}"));
            }
            if sums.get(&payout.id) != Some(&total) {
                return Err(format!("its lines have {:?}: {payout:?}", sums.get(&payout.id)));
            }
        }
        let request = GetPartnerBalanceRequest { partner_id: self.partner_id.clone() };
        let balances = client.payouts().get_partner_balance(request).await.map_err(text)?.balances;
        let due = sums.get("").copied().unwrap_or_default();
        let stands = balances.first().map(|balance| [&balance.approved, &balance.paid]);
        if stands != Some([&Some(dollars(due)), &Some(dollars(paid))]) {
            return Err(format!("{due} are due and {paid} paid, not {balances:?}"));
        }
        let (code, message) = check_totals(server).await;
        if code != Some(0) {
            return Err(message);
        }
        Ok(format!("{} refunds and {} payouts, none lost, none doubled", told.refunds.len(), payouts.len()))
    }

    fn check_refunds(&self, adjustments: &[Adjustment]) -> Result<(), String> {
        let told = self.told.lock().unwrap();
        let mut left = told.refunds.clone();
        for stored in adjustments {
            let (sale, micros) = left.remove(&stored.external_id).ok_or(format!("unknown: {stored:?}"))?;
            if (&stored.conversion_id, &stored.value_delta) != (&sale, &Some(dollars(-micros))) {
                return Err(format!("not the refund of {micros} of {sale}: {stored:?}"));
            }
        }
        if told.refunds.is_empty() || !left.is_empty() {
            return Err(format!("lost of {} refunds: {left:?}", told.refunds.len()));
        }
        Ok(())
    }
}

fn dollars(micros: i64) -> Money {
    Money { currency_code: CURRENCY.to_owned(), micros }
}

/// Repeats a call until it has an answer. An error is an answer if another call would get it, too.
async fn answered<R: Clone, T, F>(request: R, call: impl Fn(R) -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    eventually_within(ANSWERED_WITHIN, || {
        let answer = call(request.clone());
        async move { Some(answer.await).filter(|answer| !answer.as_ref().is_err_and(is_temporary)) }
    })
    .await
}

fn is_temporary(error: &Error) -> bool {
    use ErrorReason::{Internal, Overloaded, Unavailable, Unspecified};
    matches!(error.reason(), Unspecified | Unavailable | Overloaded | Internal)
}

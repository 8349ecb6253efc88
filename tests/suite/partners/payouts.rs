//! Payouts: what is due is paid once, whoever asks at the same time, and what comes after the payment is
//! netted in the next payout.

mod books;
mod lives;
mod races;

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client, Error,
    prost_types::Timestamp,
    v1::{
        Approval, CancelPayoutRequest, ConversionStatus as Status, CreatePartnerEntryRequest,
        CreatePayoutRequest, ErrorReason, GetPartnerBalanceRequest, GetPayoutRequest,
        ListPartnerLinesRequest, ListPayoutsRequest, MarkPayoutPaidRequest, Money, Partner, PartnerEntry,
        PartnerLine, Payout, PayoutState, Refund, new_adjustment::Change,
    },
};
use s2s_tests::Server;

use super::{Shop, create, dollars, key_of, ledger::adjust, update};
use crate::{fields, totals::check_totals};

/// Pending, approved, in payouts, paid; in dollars.
async fn balance(client: &Client, partner: &Partner) -> [i64; 4] {
    let request = GetPartnerBalanceRequest { partner_id: partner.id.clone() };
    let balances = client.payouts().get_partner_balance(request).await.unwrap().balances;
    let Some(balance) = balances.first() else { return [0; 4] };
    assert_eq!(balances.len(), 1);
    [&balance.pending, &balance.approved, &balance.in_payout, &balance.paid].map(|money| {
        let money = money.as_ref().unwrap();
        assert_eq!(money.currency_code, "USD");
        money.micros
    })
}

async fn lines(client: &Client, partner: &Partner, payout_id: &str, unpaid: bool) -> Vec<PartnerLine> {
    let (partner_id, payout_id) = (partner.id.clone(), payout_id.to_owned());
    // Small pages, so that several are needed.
    let request =
        ListPartnerLinesRequest { partner_id, payout_id, unpaid, page_size: 2, ..Default::default() };
    client.payouts().list_partner_lines(request).try_collect().await.unwrap()
}

fn approved(lines: &[PartnerLine]) -> i64 {
    lines.iter().map(|line| line.approved_delta.as_ref().unwrap().micros).sum()
}

fn pending(lines: &[PartnerLine]) -> i64 {
    lines.iter().map(|line| line.pending_delta.as_ref().unwrap().micros).sum()
}

fn request(partner: &Partner, expected: Option<i64>) -> CreatePayoutRequest {
    CreatePayoutRequest {
        partner_id: partner.id.clone(),
        currency_code: "USD".to_owned(),
        expected_total: expected.map(dollars),
        validate_only: expected.is_none(),
        ..Default::default()
    }
}

/// Creates a payout of a total that was seen; without one, only shows what is due.
async fn pay_out(client: &Client, partner: &Partner, expected: Option<i64>) -> Result<Payout, Error> {
    Ok(client.payouts().create(request(partner, expected)).await?.payout.unwrap())
}

async fn paid(client: &Client, payout: &Payout, reference: &str) -> Result<Payout, Error> {
    let (payout_id, reference) = (payout.id.clone(), reference.to_owned());
    let request = MarkPayoutPaidRequest { payout_id, reference, ..Default::default() };
    Ok(client.payouts().mark_payout_paid(request).await?.payout.unwrap())
}

async fn cancel(client: &Client, payout: &Payout) -> Result<Payout, Error> {
    let request = CancelPayoutRequest { payout_id: payout.id.clone(), ..Default::default() };
    Ok(client.payouts().cancel(request).await?.payout.unwrap())
}

fn entry(partner: &Partner, micros: i64, note: &str) -> CreatePartnerEntryRequest {
    let entry = PartnerEntry {
        partner_id: partner.id.clone(),
        amount: Some(dollars(micros)),
        note: note.to_owned(),
        ..Default::default()
    };
    CreatePartnerEntryRequest { entry: Some(entry), ..Default::default() }
}

async fn enter(client: &Client, request: CreatePartnerEntryRequest) -> Result<PartnerEntry, Error> {
    Ok(client.payouts().create_partner_entry(request).await?.entry.unwrap())
}

fn refund(micros: i64) -> Change {
    Change::Refund(Refund { amount: Some(dollars(micros)), ..Default::default() })
}

/// The totals are compared with the lines, and the lines with the conversions.
async fn agree(server: &Server) {
    assert_eq!(check_totals(server).await, (Some(0), String::new()));
}

fn reason<T>(result: Result<T, Error>) -> ErrorReason {
    result.err().map_or(ErrorReason::Unspecified, |error| error.reason())
}

/// Dub.co: a paid commission can't be refunded there. Here its refund is a line of its own, and the next
/// payout is smaller.
#[tokio::test]
async fn what_is_due_is_paid_once_and_a_refund_after_it_is_netted() {
    let shop = Shop::open().await;
    let (client, ada) = (shop.client(), &shop.partner);
    let link = shop.link(ada, None).await;
    assert_eq!(balance(&client, ada).await, [0; 4]);
    assert_eq!(reason(pay_out(&client, ada, None).await), ErrorReason::PayoutTooSmall);
    let sales =
        [shop.sale(&link, "1", Status::Approved).await, shop.sale(&link, "2", Status::Approved).await];
    let waiting = shop.sale(&link, "3", Status::Pending).await;
    assert_eq!(balance(&client, ada).await, [3_000_000, 6_000_000, 0, 0]);

    let draft = pay_out(&client, ada, None).await.unwrap();
    assert_eq!((draft.id.as_str(), draft.line_count, &draft.total), ("", 2, &Some(dollars(6_000_000))));
    assert_eq!(lines(&client, ada, "", true).await.len(), 2);
    let unseen = CreatePayoutRequest { validate_only: false, ..request(ada, None) };
    assert_eq!(fields(&client.payouts().create(unseen).await.unwrap_err()), ["expected_total"]);
    for wrong in [0, 5_999_999, 6_000_001] {
        let refused = pay_out(&client, ada, Some(wrong)).await.unwrap_err();
        assert_eq!(refused.reason(), ErrorReason::PayoutDiffers);
        assert!(refused.message().contains("6.00 USD are due"), "{refused}");
    }
    let once = CreatePayoutRequest { request_id: "1".to_owned(), ..request(ada, Some(6_000_000)) };
    let payout = client.payouts().create(once.clone()).await.unwrap().payout.unwrap();
    assert_eq!((payout.line_count, payout.state()), (2, PayoutState::Open));
    assert_eq!(balance(&client, ada).await, [3_000_000, 0, 6_000_000, 0]);
    // A repeated request creates nothing, and another one needs another id.
    assert_eq!(client.payouts().create(once.clone()).await.unwrap().payout.unwrap(), payout);
    let other = CreatePayoutRequest { expected_total: Some(dollars(1)), ..once };
    assert_eq!(reason(client.payouts().create(other).await), ErrorReason::RequestIdReused);
    assert_eq!(reason(pay_out(&client, ada, Some(6_000_000)).await), ErrorReason::PayoutDiffers);

    let early = MarkPayoutPaidRequest {
        payout_id: payout.id.clone(),
        reference: "SEPA 1".to_owned(),
        paid_time: Some(Timestamp { seconds: 4_000_000_000, nanos: 0 }),
        ..Default::default()
    };
    let refused = client.payouts().mark_payout_paid(early).await.unwrap_err();
    assert!(refused.message().contains("paid_time: must not be in the future"), "{refused}");
    let sent = paid(&client, &payout, "SEPA 1").await.unwrap();
    assert_eq!((sent.state(), sent.reference.as_str()), (PayoutState::Paid, "SEPA 1"));
    assert_eq!(paid(&client, &payout, "SEPA 1").await.unwrap(), sent);
    assert_eq!(reason(paid(&client, &payout, "SEPA 2").await), ErrorReason::PayoutEnded);
    assert_eq!(reason(cancel(&client, &payout).await), ErrorReason::PayoutEnded);
    assert_eq!(balance(&client, ada).await, [3_000_000, 0, 0, 6_000_000]);

    // Half of a paid sale is refunded: the partner owes its half, and nothing is paid out.
    adjust(&shop, &sales[0].id, refund(10_000_000), "r-1").await.unwrap();
    assert_eq!(balance(&client, ada).await, [3_000_000, -1_500_000, 0, 6_000_000]);
    let refused = pay_out(&client, ada, None).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::PayoutTooSmall);
    assert!(refused.message().contains("-1.50 USD are due"), "{refused}");
    adjust(&shop, &waiting.id, Change::Approve(Approval {}), "").await.unwrap();
    let next = pay_out(&client, ada, Some(1_500_000)).await.unwrap();
    assert_eq!(next.line_count, 2);
    assert_eq!(balance(&client, ada).await, [0, 0, 1_500_000, 6_000_000]);

    for payout in [&payout, &next] {
        let lines = lines(&client, ada, &payout.id, false).await;
        assert_eq!(lines.len(), usize::try_from(payout.line_count).unwrap());
        assert_eq!(approved(&lines), payout.total.as_ref().unwrap().micros);
        assert!(lines.iter().all(|line| line.payout_id == payout.id));
    }
    let all = lines(&client, ada, "", false).await;
    assert_eq!((all.len(), approved(&all), pending(&all)), (5, 7_500_000, 0));
    // The refund has the time of its sale.
    let of_refund = all.iter().find(|line| approved(std::slice::from_ref(line)) < 0).unwrap();
    assert_eq!((&of_refund.conversion_id, of_refund.adjustment_number), (&sales[0].id, 1));
    assert_eq!(of_refund.due_time, sales[0].conversion_time);
    let listed: Vec<Payout> =
        client.payouts().list(ListPayoutsRequest::default()).try_collect().await.unwrap();
    assert_eq!(listed, [next.clone(), sent]);
    let got = client.payouts().get(GetPayoutRequest { payout_id: next.id.clone() }).await.unwrap();
    assert_eq!(got.payout.unwrap(), next);
    agree(&shop.server).await;
}

/// ugig.net #212: its manual payouts ignored the delay.
#[tokio::test]
async fn what_is_held_back_or_too_little_waits() {
    let shop = Shop::open().await;
    let (client, ada) = (shop.client(), &shop.partner);
    let link = shop.link(ada, None).await;
    let hold = |hold_days| Partner { id: ada.id.clone(), hold_days, ..Default::default() };
    let first = shop.sale(&link, "1", Status::Approved).await;
    update(&client, hold(1), &["hold_days"]).await.unwrap();
    assert_eq!(reason(pay_out(&client, ada, None).await), ErrorReason::PayoutTooSmall);
    // An entry by hand is not held back.
    enter(&client, entry(ada, 10_000_000, "bonus")).await.unwrap();
    assert_eq!(pay_out(&client, ada, None).await.unwrap().total, Some(dollars(10_000_000)));
    update(&client, hold(0), &["hold_days"]).await.unwrap();
    assert_eq!(pay_out(&client, ada, None).await.unwrap().total, Some(dollars(13_000_000)));

    // A sale is due before a cutoff if it is earlier.
    let cutoff = |cutoff_time| CreatePayoutRequest { cutoff_time, ..request(ada, None) };
    let before = client.payouts().create(cutoff(first.conversion_time)).await;
    assert_eq!(reason(before), ErrorReason::PayoutTooSmall);
    let mut late = first.conversion_time.unwrap();
    late.seconds += 3_600;
    let refused = client.payouts().create(cutoff(Some(late))).await.unwrap_err();
    assert_eq!((refused.reason(), fields(&refused)), (ErrorReason::FieldInvalid, vec!["cutoff_time"]));

    // The least amount holds in its own currency.
    let minimum = |micros, code: &str| Partner {
        id: ada.id.clone(),
        minimum_payout: Some(Money { currency_code: code.to_owned(), micros }),
        ..Default::default()
    };
    for (micros, code, is_paid) in
        [(13_000_001, "USD", false), (13_000_000, "USD", true), (i64::MAX / 100, "EUR", true)]
    {
        update(&client, minimum(micros, code), &["minimum_payout"]).await.unwrap();
        let draft = pay_out(&client, ada, None).await;
        assert_eq!(draft.is_ok(), is_paid, "{micros} {code}: {draft:?}");
    }
    // Without a currency, the payout is in that of the partner.
    let in_own = CreatePayoutRequest { currency_code: String::new(), ..request(ada, None) };
    let refused = client.payouts().create(in_own.clone()).await.unwrap_err();
    assert!(refused.message().starts_with("0.00 EUR are due"), "{refused}");
    update(&client, Partner { id: ada.id.clone(), ..Default::default() }, &["minimum_payout"]).await.unwrap();
    assert_eq!(fields(&client.payouts().create(in_own).await.unwrap_err()), ["currency_code"]);
    agree(&shop.server).await;
}

#[tokio::test]
async fn a_canceled_payout_gives_its_lines_back() {
    let shop = Shop::open().await;
    let (client, ada) = (shop.client(), &shop.partner);
    let link = shop.link(ada, None).await;
    shop.sale(&link, "1", Status::Approved).await;
    for _ in 0..3 {
        let payout = pay_out(&client, ada, Some(3_000_000)).await.unwrap();
        assert_eq!(balance(&client, ada).await, [0, 0, 3_000_000, 0]);
        let canceled = cancel(&client, &payout).await.unwrap();
        assert_eq!(canceled.state(), PayoutState::Canceled);
        assert_eq!(cancel(&client, &payout).await.unwrap(), canceled);
        assert_eq!(reason(paid(&client, &payout, "x").await), ErrorReason::PayoutEnded);
        assert_eq!(balance(&client, ada).await, [0, 3_000_000, 0, 0]);
        assert_eq!(lines(&client, ada, &payout.id, false).await, []);
    }
    agree(&shop.server).await;
}

/// The total that was seen stays the total: what comes later adds nothing before the cutoff, even if its
/// sale was earlier. But what is taken back counts at once.
#[tokio::test]
async fn a_late_sale_changes_no_total_that_was_seen_and_a_refund_does() {
    let shop = Shop::open().await;
    let (client, ada) = (shop.client(), &shop.partner);
    let link = shop.link(ada, None).await;
    let first = shop.sale(&link, "1", Status::Approved).await;
    let waiting = shop.sale(&link, "2", Status::Pending).await;
    let seen = pay_out(&client, ada, None).await.unwrap();
    assert_eq!(seen.total, Some(dollars(3_000_000)));
    // The sale was before the look, its approval comes after it.
    adjust(&shop, &waiting.id, Change::Approve(Approval {}), "").await.unwrap();
    let at = |expected| CreatePayoutRequest { cutoff_time: seen.cutoff_time, ..request(ada, expected) };
    let again = client.payouts().create(at(None)).await.unwrap().payout.unwrap();
    assert_eq!((&again.total, again.line_count), (&seen.total, 1));
    adjust(&shop, &first.id, refund(10_000_000), "r-1").await.unwrap();
    let refused = client.payouts().create(at(Some(3_000_000))).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::PayoutDiffers);
    assert!(refused.message().contains("1.50 USD are due"), "{refused}");
    client.payouts().create(at(Some(1_500_000))).await.unwrap();
    assert_eq!(balance(&client, ada).await, [0, 3_000_000, 1_500_000, 0]);
    agree(&shop.server).await;
}

#[tokio::test]
async fn a_payout_is_in_whole_cents_and_the_rest_goes_to_the_next_one() {
    let shop = Shop::open().await;
    let (client, ada) = (shop.client(), &shop.partner);
    for micros in [9_999, 15_000, 1] {
        enter(&client, entry(ada, micros, "x")).await.unwrap();
    }
    for (more, total, line_count, rest) in
        [(0, 20_000, 4, 5_000), (14_999, 10_000, 3, 9_999), (1, 10_000, 2, 0)]
    {
        if more > 0 {
            enter(&client, entry(ada, more, "x")).await.unwrap();
        }
        let draft = pay_out(&client, ada, None).await.unwrap();
        assert_eq!((draft.total, draft.line_count), (Some(dollars(total)), line_count));
        let payout = pay_out(&client, ada, Some(total)).await.unwrap();
        let of_payout = lines(&client, ada, &payout.id, false).await;
        assert_eq!((of_payout.len(), approved(&of_payout)), (usize::try_from(line_count).unwrap(), total));
        assert_eq!(balance(&client, ada).await[1], rest);
        agree(&shop.server).await;
    }
    // A rest alone is nothing to pay.
    enter(&client, entry(ada, 9_999, "x")).await.unwrap();
    let refused = pay_out(&client, ada, None).await.unwrap_err();
    assert!(refused.message().starts_with("0.009999 USD are due"), "{refused}");
    // Of a canceled payout, both entries are due again.
    enter(&client, entry(ada, 10_000, "x")).await.unwrap();
    let payout = pay_out(&client, ada, Some(10_000)).await.unwrap();
    cancel(&client, &payout).await.unwrap();
    assert_eq!(balance(&client, ada).await[1], 19_999);
    pay_out(&client, ada, Some(10_000)).await.unwrap();
    agree(&shop.server).await;
}

#[tokio::test]
async fn entries_by_hand_are_made_once_and_shown_with_their_notes() {
    let shop = Shop::open().await;
    let (client, ada) = (shop.client(), &shop.partner);
    let mut bonus = entry(ada, 10_000_000, "bonus for May");
    (bonus.request_id, bonus.validate_only) = ("1".to_owned(), true);
    enter(&client, bonus.clone()).await.unwrap();
    assert_eq!(balance(&client, ada).await, [0; 4]);
    bonus.validate_only = false;
    let made = enter(&client, bonus.clone()).await.unwrap();
    assert_eq!(enter(&client, bonus.clone()).await.unwrap(), made);
    let other = CreatePartnerEntryRequest { request_id: "1".to_owned(), ..entry(ada, 1, "x") };
    assert_eq!(reason(enter(&client, other).await), ErrorReason::RequestIdReused);
    enter(&client, entry(ada, -2_500_000, "fee")).await.unwrap();
    assert_eq!(balance(&client, ada).await, [0, 7_500_000, 0, 0]);
    let all = lines(&client, ada, "", false).await;
    let shown: Vec<_> =
        all.iter().map(|line| (line.note.as_str(), approved(std::slice::from_ref(line)))).collect();
    assert_eq!(shown, [("fee", -2_500_000), ("bonus for May", 10_000_000)]);
    assert_eq!((&all[1].entry_id, all[1].conversion_id.as_str()), (&made.id, ""));
    // An entry is no conversion.
    let request =
        s2s_sdk::v1::ListPartnerConversionsRequest { partner_id: ada.id.clone(), ..Default::default() };
    let conversions: Vec<_> = client.conversions().list_partner(request).try_collect().await.unwrap();
    assert_eq!(conversions, []);

    let mut nothing = entry(ada, 0, "");
    nothing.entry.as_mut().unwrap().amount.as_mut().unwrap().currency_code.clear();
    let refused = enter(&client, nothing).await.unwrap_err();
    assert_eq!(fields(&refused), ["entry.amount", "entry.note"]);
    for (micros, code, note) in [(1, "", "x"), (1, "XXX", "x"), (i64::MIN, "USD", "x"), (1, "USD", "\0")] {
        let mut wrong = entry(ada, micros, note);
        wrong.entry.as_mut().unwrap().amount.as_mut().unwrap().currency_code = code.to_owned();
        assert_eq!(
            reason(enter(&client, wrong).await),
            ErrorReason::FieldInvalid,
            "{micros} {code} {note:?}"
        );
    }
    pay_out(&client, ada, Some(7_500_000)).await.unwrap();
    agree(&shop.server).await;
}

#[tokio::test]
async fn the_key_of_a_partner_sees_its_own_balance_lines_and_payouts() {
    let shop = Shop::open().await;
    let (client, ada) = (shop.client(), &shop.partner);
    let ben = create(&client, Partner { name: "Ben".to_owned(), ..Default::default() }).await.unwrap();
    for partner in [ada, &ben] {
        shop.sale(&shop.link(partner, None).await, "1", Status::Approved).await;
    }
    let own = pay_out(&client, ada, Some(3_000_000)).await.unwrap();
    let others = pay_out(&client, &ben, Some(3_000_000)).await.unwrap();
    let key = key_of(&shop, ada).await;
    let nobody = Partner::default();
    for named in [ada, &nobody] {
        assert_eq!(balance(&key, named).await, [0, 0, 3_000_000, 0]);
        assert_eq!(lines(&key, named, "", false).await, lines(&client, ada, "", false).await);
        assert_eq!(lines(&key, named, &others.id, false).await, []);
    }
    let request = GetPartnerBalanceRequest { partner_id: ben.id.clone() };
    assert_eq!(reason(key.payouts().get_partner_balance(request).await), ErrorReason::ResourceNotFound);
    let of_ben = ListPartnerLinesRequest { partner_id: ben.id.clone(), ..Default::default() };
    assert_eq!(reason(key.payouts().list_partner_lines_page(of_ben).await), ErrorReason::ResourceNotFound);
    let all: Vec<Payout> = key.payouts().list(ListPayoutsRequest::default()).try_collect().await.unwrap();
    assert_eq!(all, std::slice::from_ref(&own));
    let of_ben = ListPayoutsRequest { partner_id: ben.id.clone(), ..Default::default() };
    assert_eq!(reason(key.payouts().list_page(of_ben).await), ErrorReason::ResourceNotFound);
    let get =
        async |payout: &Payout| key.payouts().get(GetPayoutRequest { payout_id: payout.id.clone() }).await;
    assert_eq!(get(&own).await.unwrap().payout.unwrap(), own);
    assert_eq!(reason(get(&others).await), ErrorReason::ResourceNotFound);
    assert_eq!(reason(pay_out(&key, ada, None).await), ErrorReason::ScopeMissing);
}

#[tokio::test]
async fn a_sum_without_room_is_refused_with_its_cure() {
    const LARGEST: i64 = 1_000_000_000_000_000_000;
    let shop = Shop::open().await;
    let client = shop.server.client();
    let enter = async |micros, note: &str| {
        client.payouts().create_partner_entry(entry(&shop.partner, micros, note)).await.unwrap();
    };
    for _ in 0..10 {
        enter(LARGEST, "too much").await;
    }
    let request = GetPartnerBalanceRequest { partner_id: shop.partner.id.clone() };
    let refused = client.payouts().get_partner_balance(request).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::SumTooLarge);
    assert_eq!(reason(pay_out(&client, &shop.partner, None).await), ErrorReason::SumTooLarge);
    for _ in 0..10 {
        enter(-LARGEST, "taken back").await;
    }
    assert_eq!(balance(&client, &shop.partner).await, [0; 4]);
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
}

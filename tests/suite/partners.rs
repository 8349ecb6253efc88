//! Partners: who they are, which conversions are owed to them, and what their own keys see.

mod ledger;
mod payouts;

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client, Error,
    prost_types::FieldMask,
    v1::{
        self, ApiKeyScope, ArchivePartnerRequest, Conversion, ConversionCode, ConversionFilter,
        ConversionStatus as Status, CreateApiKeyRequest, CreatePartnerRequest, CreateTrackingLinkRequest,
        ErrorReason, GetPartnerRequest, ListPartnerConversionsRequest, ListPartnersRequest, Money,
        NewConversion, Partner, PartnerConversion, PartnerShare, PartnerState, ShareBasis, TrackingLink,
        UnarchivePartnerRequest, UpdatePartnerRequest, UpdateTrackingLinkRequest, new_conversion::Commission,
    },
};
use s2s_tests::{Server, request};

use crate::fields;

fn dollars(micros: i64) -> Money {
    Money { currency_code: "USD".to_owned(), micros }
}

fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn share(basis: ShareBasis, percent: i64) -> PartnerShare {
    PartnerShare { basis: basis.into(), percent_micros: percent * 1_000_000 }
}

/// A shop with a partner.
pub struct Shop {
    pub server: Server,
    pub code: ConversionCode,
    pub partner: Partner,
}

impl Shop {
    pub async fn open() -> Self {
        let server = Server::start().await;
        let code = server.code("Sale").await;
        let partner = Partner { name: "Ada".to_owned(), ..Default::default() };
        let partner = create(&server.client(), partner).await.unwrap();
        Self { server, code, partner }
    }

    pub fn client(&self) -> Client {
        self.server.client()
    }

    /// A link whose conversions are owed to a partner.
    pub async fn link(&self, partner: &Partner, partner_share: Option<PartnerShare>) -> TrackingLink {
        let link = TrackingLink { partner_share, ..self.bare_link(&partner.id) };
        self.server.create_link(link).await
    }

    fn bare_link(&self, partner_id: &str) -> TrackingLink {
        TrackingLink {
            destination: "http://shop.example/?s1=[s2sidentifier]".to_owned(),
            conversion_code_ids: vec![self.code.id.clone()],
            partner_id: partner_id.to_owned(),
            ..Default::default()
        }
    }

    /// Records a sale of 20 dollars with a commission of 3.
    pub async fn sale(&self, link: &TrackingLink, order: &str, status: Status) -> Conversion {
        let sale = NewConversion {
            conversion_code_id: self.code.id.clone(),
            click_id: self.server.click(link).await,
            transaction_id: order.to_owned(),
            value: Some(dollars(20_000_000)),
            commission: Some(Commission::CommissionAmount(dollars(3_000_000))),
            status: status.into(),
            ..Default::default()
        };
        let recorded = self.client().conversions().record(request::conversion(sale)).await;
        recorded.unwrap().conversion.unwrap()
    }

    async fn get(&self, conversion: &Conversion) -> Conversion {
        let request = v1::GetConversionRequest { conversion_id: conversion.id.clone() };
        self.client().conversions().get(request).await.unwrap().conversion.unwrap()
    }
}

async fn create(client: &Client, partner: Partner) -> Result<Partner, Error> {
    let request = CreatePartnerRequest { partner: Some(partner), ..Default::default() };
    Ok(client.partners().create(request).await?.partner.unwrap())
}

async fn update(client: &Client, partner: Partner, paths: &[&str]) -> Result<Partner, Error> {
    let request =
        UpdatePartnerRequest { partner: Some(partner), update_mask: Some(mask(paths)), ..Default::default() };
    Ok(client.partners().update(request).await?.partner.unwrap())
}

async fn partners(client: &Client, show_archived: bool) -> Vec<Partner> {
    let request = ListPartnersRequest { show_archived, page_size: 2, ..Default::default() };
    client.partners().list(request).try_collect().await.unwrap()
}

fn owed(conversion: &Conversion) -> i64 {
    conversion.owed.as_ref().map_or(-1, |owed| owed.micros)
}

#[tokio::test]
async fn a_partner_is_created_once_changed_and_archived() {
    let server = Server::start().await;
    let client = server.client();
    let ada = Partner {
        name: "Blog of Ada".to_owned(),
        external_id: " aff-17 ".to_owned(),
        payee: "IBAN DE00 1234".to_owned(),
        minimum_payout: Some(Money { currency_code: "EUR".to_owned(), micros: 50_000_000 }),
        hold_days: 30,
        approve_after_days: 400,
        ..Default::default()
    };
    let mut request =
        CreatePartnerRequest { partner: Some(ada), request_id: "1".to_owned(), validate_only: true };
    client.partners().create(request.clone()).await.unwrap();
    assert_eq!(partners(&client, true).await, []);
    request.validate_only = false;
    let created = client.partners().create(request.clone()).await.unwrap().partner.unwrap();
    assert_eq!((created.external_id.as_str(), created.state()), ("aff-17", PartnerState::Active));
    // A repeated request creates nothing.
    assert_eq!(client.partners().create(request.clone()).await.unwrap().partner.unwrap(), created);
    request.partner.as_mut().unwrap().hold_days = 1;
    let reused = client.partners().create(request).await.unwrap_err();
    assert_eq!(reused.reason(), ErrorReason::RequestIdReused);
    let same_id = Partner { external_id: "aff-17".to_owned(), ..created.clone() };
    let taken = create(&client, same_id).await.unwrap_err();
    assert_eq!((taken.reason(), fields(&taken)), (ErrorReason::ExternalIdTaken, vec!["partner.external_id"]));
    // Partners without an external id have nothing in common.
    let mut others = Vec::new();
    for name in ["Ben", "Cem"] {
        others.push(create(&client, Partner { name: name.to_owned(), ..Default::default() }).await.unwrap());
    }
    let ben = Partner { external_id: "aff-17".to_owned(), ..others[0].clone() };
    assert_eq!(
        update(&client, ben.clone(), &["external_id"]).await.unwrap_err().reason(),
        ErrorReason::ExternalIdTaken
    );
    let freed = Partner { id: created.id.clone(), ..Default::default() };
    let freed = update(&client, freed, &["external_id", "minimum_payout", "hold_days"]).await.unwrap();
    assert_eq!((freed.external_id.as_str(), &freed.minimum_payout, freed.hold_days), ("", &None, 0));
    assert_eq!((&freed.payee, freed.approve_after_days), (&created.payee, 400));
    assert_eq!(update(&client, ben, &["external_id"]).await.unwrap().external_id, "aff-17");

    let archive = ArchivePartnerRequest { partner_id: freed.id.clone(), ..Default::default() };
    let archived = client.partners().archive(archive.clone()).await.unwrap().partner.unwrap();
    assert_eq!(archived.state(), PartnerState::Archived);
    assert_eq!(client.partners().archive(archive).await.unwrap().partner.unwrap(), archived);
    let names = |partners: Vec<Partner>| partners.into_iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names(partners(&client, false).await), ["Cem", "Ben"]);
    assert_eq!(names(partners(&client, true).await), ["Cem", "Ben", "Blog of Ada"]);
    let unarchive = UnarchivePartnerRequest { partner_id: freed.id.clone(), ..Default::default() };
    let active = client.partners().unarchive(unarchive).await.unwrap().partner.unwrap();
    assert_eq!((active.state(), &active.archive_time), (PartnerState::Active, &None));
    let get = GetPartnerRequest { partner_id: freed.id };
    assert_eq!(client.partners().get(get).await.unwrap().partner.unwrap(), active);
}

#[tokio::test]
async fn a_wrong_partner_is_refused_with_the_names_of_its_fields() {
    let server = Server::start().await;
    let money = |currency: &str, micros| Some(Money { currency_code: currency.to_owned(), micros });
    let named = |name: &str| Partner { name: name.to_owned(), ..Default::default() };
    for (partner, field) in [
        (named(""), "name"),
        (named(&"x".repeat(101)), "name"),
        (Partner { external_id: "x".repeat(65), ..named("a") }, "external_id"),
        (Partner { external_id: "a\nb".to_owned(), ..named("a") }, "external_id"),
        (Partner { payee: "x".repeat(1_001), ..named("a") }, "payee"),
        (Partner { payee: "\0".to_owned(), ..named("a") }, "payee"),
        (Partner { minimum_payout: money("", 1), ..named("a") }, "minimum_payout"),
        (Partner { minimum_payout: money("EUR", -1), ..named("a") }, "minimum_payout"),
        (Partner { minimum_payout: money("eur ", 1), ..named("a") }, "minimum_payout"),
        (Partner { hold_days: -1, ..named("a") }, "hold_days"),
        (Partner { hold_days: 401, ..named("a") }, "hold_days"),
        (Partner { approve_after_days: 70_000, ..named("a") }, "approve_after_days"),
    ] {
        let error = create(&server.client(), partner.clone()).await.unwrap_err();
        assert_eq!(fields(&error), [format!("partner.{field}")], "{partner:?}");
    }
}

#[tokio::test]
async fn a_link_gets_its_partner_once() {
    let shop = Shop::open().await;
    let client = shop.client();
    let other = create(&client, Partner { name: "Ben".to_owned(), ..Default::default() }).await.unwrap();
    let link = shop.server.create_link(shop.bare_link("")).await;
    assert_eq!((link.partner_id.as_str(), &link.partner_share), ("", &None));
    let change = async |changed: TrackingLink, paths: &[&str]| {
        let link = TrackingLink { id: link.id.clone(), ..changed };
        let request = UpdateTrackingLinkRequest {
            tracking_link: Some(link),
            update_mask: Some(mask(paths)),
            ..Default::default()
        };
        client.tracking_links().update(request).await.map(|response| response.tracking_link.unwrap())
    };
    let of = |partner: &str| TrackingLink { partner_id: partner.to_owned(), ..Default::default() };
    let shared = |share| TrackingLink { partner_share: share, ..Default::default() };
    // A share is nobody's without a partner.
    let half = Some(share(ShareBasis::Commission, 50));
    let error = change(shared(half), &["partner_share"]).await.unwrap_err();
    assert_eq!(fields(&error), ["tracking_link.partner_share"]);
    let error = change(of("partner_x"), &["partner_id"]).await.unwrap_err();
    assert_eq!(fields(&error), ["tracking_link.partner_id"]);
    let unknown = link.id.replace("link_", "partner_");
    assert_eq!(
        change(of(&unknown), &["partner_id"]).await.unwrap_err().reason(),
        ErrorReason::ResourceNotFound
    );
    let archive = ArchivePartnerRequest { partner_id: other.id.clone(), ..Default::default() };
    client.partners().archive(archive).await.unwrap();
    let error = change(of(&other.id), &["partner_id"]).await.unwrap_err();
    assert_eq!(fields(&error), ["tracking_link.partner_id"]);

    let given = change(of(&shop.partner.id), &["partner_id"]).await.unwrap();
    assert_eq!(given.partner_share, Some(share(ShareBasis::Commission, 100)));
    assert_eq!(change(of(&shop.partner.id), &["partner_id"]).await.unwrap().partner_id, shop.partner.id);
    let unarchive = UnarchivePartnerRequest { partner_id: other.id.clone(), ..Default::default() };
    client.partners().unarchive(unarchive).await.unwrap();
    for partner in [other.id.as_str(), ""] {
        let error = change(of(partner), &["partner_id"]).await.unwrap_err();
        assert_eq!(fields(&error), ["tracking_link.partner_id"], "{partner}");
    }
    let changed = change(shared(half), &["partner_share"]).await.unwrap();
    assert_eq!((changed.partner_share, changed.partner_id), (half, shop.partner.id.clone()));
    // An archived partner's links go on, and can be changed.
    let archive = ArchivePartnerRequest { partner_id: shop.partner.id.clone(), ..Default::default() };
    client.partners().archive(archive).await.unwrap();
    assert_eq!(change(shared(None), &["partner_share"]).await.unwrap().partner_id, shop.partner.id);
    let request = CreateTrackingLinkRequest {
        tracking_link: Some(shop.bare_link(&shop.partner.id)),
        ..Default::default()
    };
    let error = client.tracking_links().create(request).await.unwrap_err();
    assert_eq!(fields(&error), ["tracking_link.partner_id"]);
}

#[tokio::test]
async fn a_conversion_keeps_the_partner_and_the_share_with_which_it_was_recorded() {
    let shop = Shop::open().await;
    let link = shop.server.create_link(shop.bare_link("")).await;
    let change = async |link: &TrackingLink, paths: &[&str]| {
        let request = UpdateTrackingLinkRequest {
            tracking_link: Some(link.clone()),
            update_mask: Some(mask(paths)),
            ..Default::default()
        };
        shop.client().tracking_links().update(request).await.unwrap();
    };
    let before = shop.sale(&link, "1", Status::Approved).await;
    assert_eq!((before.partner_id.as_str(), owed(&before)), ("", -1));
    let link = TrackingLink { partner_id: shop.partner.id.clone(), ..link };
    change(&link, &["partner_id"]).await;
    let all = shop.sale(&link, "2", Status::Approved).await;
    let link = TrackingLink { partner_share: Some(share(ShareBasis::Value, 10)), ..link };
    change(&link, &["partner_share"]).await;
    let click = shop.server.click(&link).await;
    let target = format!("clickId={click}&id={}&val=19.99&comperc=50&oid=3&status=pending", shop.code.id);
    assert_eq!(shop.server.postback(&target).await.field("verdict"), "RECORDED");
    let declined = shop.sale(&link, "4", Status::Declined).await;
    // The first conversion is a duplicate now, and still nobody's.
    let filter = ConversionFilter { partner_id: shop.partner.id.clone(), ..Default::default() };
    let found = shop.client().conversions().list_page(request::conversions(filter)).await.unwrap();
    let found: Vec<_> =
        found.conversions.iter().map(|one| (one.transaction_id.as_str(), owed(one))).collect();
    assert_eq!(found, [("4", 0), ("3", 1_999_000), ("2", 3_000_000)]);
    assert_eq!((shop.get(&before).await, shop.get(&all).await), (before, all));
    assert_eq!(declined.partner_id, shop.partner.id);
}

pub async fn key_of(shop: &Shop, partner: &Partner) -> Client {
    let key = v1::ApiKey {
        name: "portal".to_owned(),
        scopes: vec![ApiKeyScope::Partner.into()],
        partner_id: partner.id.clone(),
        ..Default::default()
    };
    let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
    let response = shop.client().api_keys().create(request).await.unwrap();
    assert_eq!(response.api_key.unwrap().partner_id, partner.id);
    shop.server.client_with(&response.key_text)
}

pub async fn conversions_of(client: &Client, partner_id: &str) -> Result<Vec<PartnerConversion>, Error> {
    let request = ListPartnerConversionsRequest {
        partner_id: partner_id.to_owned(),
        page_size: 2,
        ..Default::default()
    };
    client.conversions().list_partner(request).try_collect().await
}

#[tokio::test]
async fn the_key_of_a_partner_sees_what_is_owed_to_it_and_nothing_else() {
    let shop = Shop::open().await;
    let other =
        create(&shop.client(), Partner { name: "Ben".to_owned(), ..Default::default() }).await.unwrap();
    let key = key_of(&shop, &shop.partner).await;
    let own_link = shop.link(&shop.partner, Some(share(ShareBasis::Commission, 80))).await;
    let other_link = shop.link(&other, None).await;
    let nobodys = shop.server.create_link(shop.bare_link("")).await;
    let mut own = Vec::new();
    for order in ["1", "2", "3", "4", "5"] {
        own.push(shop.sale(&own_link, order, Status::Approved).await);
        shop.sale(&other_link, order, Status::Approved).await;
        shop.sale(&nobodys, order, Status::Approved).await;
    }
    own.reverse();
    let shown = |one: &Conversion| PartnerConversion {
        id: one.id.clone(),
        tracking_link_id: one.tracking_link_id.clone(),
        click_id: one.click_id.clone(),
        status: one.status,
        owed: Some(dollars(2_400_000)),
        click_time: one.click_time,
        conversion_time: one.conversion_time,
        create_time: one.create_time,
        sub_ids: one.sub_ids.clone(),
    };
    let expected: Vec<_> = own.iter().map(shown).collect();
    for id in ["", &shop.partner.id] {
        assert_eq!(conversions_of(&key, id).await.unwrap(), expected, "{id}");
        let request = GetPartnerRequest { partner_id: id.to_owned() };
        assert_eq!(key.partners().get(request).await.unwrap().partner.unwrap(), shop.partner);
    }
    assert_eq!(conversions_of(&shop.client(), &shop.partner.id).await.unwrap(), expected);
    assert_eq!(conversions_of(&shop.client(), &other.id).await.unwrap().len(), 5);
    // By the time of recording: from the second, and before the fourth.
    let request = ListPartnerConversionsRequest {
        start_time: own[3].create_time,
        end_time: own[1].create_time,
        ..Default::default()
    };
    let some: Vec<_> = key.conversions().list_partner(request).try_collect().await.unwrap();
    assert_eq!(some, expected[2..4]);

    for id in [other.id.as_str(), "partner_x"] {
        let error = conversions_of(&key, id).await.unwrap_err();
        assert_eq!(error.reason(), ErrorReason::ResourceNotFound, "{id}");
        let request = GetPartnerRequest { partner_id: id.to_owned() };
        assert_eq!(key.partners().get(request).await.unwrap_err().reason(), ErrorReason::ResourceNotFound);
    }
    let refused = conversions_of(&shop.client(), "").await.unwrap_err();
    assert_eq!(fields(&refused), ["partner_id"]);
    let all = key.conversions().list_page(request::conversions(ConversionFilter::default())).await;
    assert_eq!(all.unwrap_err().reason(), ErrorReason::ScopeMissing);
    let all = key.partners().list_page(ListPartnersRequest::default()).await;
    assert_eq!(all.unwrap_err().reason(), ErrorReason::ScopeMissing);
}

#[tokio::test]
async fn a_key_of_a_partner_has_one_scope_and_a_known_partner() {
    let shop = Shop::open().await;
    let (read, partner) = (ApiKeyScope::Read, ApiKeyScope::Partner);
    let unknown = shop.code.id.to_lowercase();
    let attempt = async |scopes: &[ApiKeyScope], partner_id: &str| {
        let key = v1::ApiKey {
            name: "portal".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
            partner_id: partner_id.to_owned(),
            ..Default::default()
        };
        let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
        shop.client().api_keys().create(request).await.map(|_| ())
    };
    attempt(&[partner], &shop.partner.id).await.unwrap();
    for (scopes, partner_id, field) in [
        (&[read, partner][..], shop.partner.id.as_str(), "api_key.scopes"),
        (&[partner], "", "api_key.partner_id"),
        (&[read], &shop.partner.id, "api_key.partner_id"),
        (&[partner], &unknown, "api_key.partner_id"),
    ] {
        let error = attempt(scopes, partner_id).await.unwrap_err();
        assert_eq!(fields(&error), [field], "{scopes:?} {partner_id}");
    }
}

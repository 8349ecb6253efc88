//! Sales and a set-up that changes. A counted sale stays counted. A postback that came before a
//! change is judged by the set-up at its arrival. A sender who fails a check learns nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    prost_types::{Duration, FieldMask, Timestamp},
    v1::{
        ApiKeyScope, ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, CheckMode, Conversion,
        ConversionCode, ConversionCodeState, ConversionFilter, ConversionVerdict, CreateTrackingLinkRequest,
        ErrorReason, ExplainPostbackRequest, GetTrackingLinkRequest, PostbackAuthentication, PostbackVerdict,
        RawPostback, TrackingLink, TrackingLinkState, UnarchiveConversionCodeRequest,
        UnarchiveTrackingLinkRequest, UpdateConversionCodeRequest, UpdateTrackingLinkRequest,
        explain_postback_request::Postback as Explained,
    },
};
use s2s_tests::{Answer, Server, eventually, http, request, sale::postback_id};

use crate::moved;

/// A server, a code, a link that has the code, and a click.
struct Scene {
    server: Server,
    code: ConversionCode,
    link: TrackingLink,
    click: String,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    LinkArchived,
    CodeArchived,
    CodeOffTheLink,
    WindowOver,
}

/// The beginning of the transaction ids of sales that are sent until an attribution window is over.
const WAITING: &str = "waiting";

const CHANGES: [Change; 4] =
    [Change::LinkArchived, Change::CodeArchived, Change::CodeOffTheLink, Change::WindowOver];

impl Scene {
    async fn start() -> Self {
        let server = Server::start().await;
        let code = server.code("Sale").await;
        let link = server.link(&[&code]).await;
        let click = server.click(&link).await;
        Self { server, code, link, click }
    }

    fn query(&self, oid: &str) -> String {
        format!("clickId={}&id={}&val=19.99&com=1.50&oid={oid}", self.click, self.code.id)
    }

    async fn sell(&self, oid: &str) -> (u16, String, String) {
        outcome(&self.server.postback(&self.query(oid)).await)
    }

    async fn change(&self, change: Change) {
        let client = self.server.client();
        match change {
            Change::LinkArchived => {
                let id = self.link.id.clone();
                let request = ArchiveTrackingLinkRequest { tracking_link_id: id, ..Default::default() };
                client.tracking_links().archive(request).await.unwrap();
            }
            Change::CodeArchived => {
                let id = self.code.id.clone();
                let request = ArchiveConversionCodeRequest { conversion_code_id: id, ..Default::default() };
                client.conversion_codes().archive(request).await.unwrap();
            }
            Change::CodeOffTheLink => {
                let link = TrackingLink { conversion_code_ids: Vec::new(), ..self.link.clone() };
                let request = UpdateTrackingLinkRequest {
                    tracking_link: Some(link),
                    update_mask: Some(mask("conversion_code_ids")),
                    ..Default::default()
                };
                client.tracking_links().update(request).await.unwrap();
            }
            Change::WindowOver => {
                let attribution_window = Some(Duration { seconds: 1, nanos: 0 });
                self.update(ConversionCode { attribution_window, ..self.code.clone() }, "attribution_window")
                    .await;
                // Sends sales until the window of one second is over, so that a sale is held.
                let sales = AtomicUsize::new(0);
                eventually(async || {
                    let oid = format!("{WAITING}{}", sales.fetch_add(1, Ordering::Relaxed));
                    let (_, verdict, _) = self.sell(&oid).await;
                    (verdict == "HELD").then_some(())
                })
                .await;
            }
        }
    }

    async fn update(&self, code: ConversionCode, path: &str) {
        let request = UpdateConversionCodeRequest {
            conversion_code: Some(code),
            update_mask: Some(mask(path)),
            ..Default::default()
        };
        self.server.client().conversion_codes().update(request).await.unwrap();
    }

    /// The transaction ids of the click's conversions.
    async fn counted(&self) -> Vec<String> {
        let filter = ConversionFilter { click_id: self.click.clone(), ..Default::default() };
        let conversions = self.server.client().conversions().list(request::conversions(filter));
        let conversions: Vec<Conversion> = conversions.try_collect().await.unwrap();
        let mut ids: Vec<String> = conversions.into_iter().map(|one| one.transaction_id).collect();
        ids.retain(|id| !id.starts_with(WAITING));
        ids.sort();
        ids
    }

    /// Hands on a postback, as an edge that received the postback at `received_at`.
    async fn hand_on(
        &self,
        oid: &str,
        number: u8,
        received_at: Option<Timestamp>,
    ) -> Result<ConversionVerdict, ErrorReason> {
        let (_, key) = self.server.api_key("", &[ApiKeyScope::Edge]).await;
        let arrived_at = received_at.or(self.code.create_time).unwrap();
        let postback = RawPostback {
            method: "GET".to_owned(),
            target: format!("/s2s?{}", self.query(oid)).into_bytes(),
            receive_time: Some(arrived_at),
            postback_id: postback_id(arrived_at, number),
            ..Default::default()
        };
        let answer = self.server.client_with(&key).conversions().record(request::postback(postback)).await;
        answer.map(|response| response.verdict()).map_err(|error| error.reason())
    }
}

fn mask(path: &str) -> FieldMask {
    FieldMask { paths: vec![path.to_owned()] }
}

fn outcome(answer: &Answer) -> (u16, String, String) {
    (answer.status, answer.field("verdict"), answer.field("reason"))
}

fn duplicate() -> (u16, String, String) {
    (200, "DUPLICATE".to_owned(), String::new())
}

#[tokio::test]
async fn what_is_counted_stays_counted_whatever_the_set_up_becomes() {
    for change in CHANGES {
        let scene = Scene::start().await;
        assert_eq!(scene.sell("A1").await, (200, "RECORDED".to_owned(), String::new()), "{change:?}");
        scene.change(change).await;
        assert_eq!(scene.sell("A1").await, duplicate(), "{change:?}");
        // A different worth is still a conflict.
        let other = scene.query("A1").replace("19.99", "29.99");
        let (status, verdict, reason) = outcome(&scene.server.postback(&other).await);
        assert_eq!(
            (status, verdict.as_str(), reason.as_str()),
            (409, "HELD", "TRANSACTION_CONFLICT"),
            "{change:?}"
        );
        assert_eq!(scene.counted().await, ["A1"], "{change:?}");
    }
}

#[tokio::test]
async fn a_sender_who_fails_a_check_does_not_learn_that_a_sale_counted() {
    for change in CHANGES {
        let scene = Scene::start().await;
        scene.sell("A1").await;
        scene.change(change).await;
        let checks = PostbackAuthentication { secret_check: CheckMode::Enforce.into(), ..Default::default() };
        let code = ConversionCode { postback_authentication: Some(checks), ..scene.code.clone() };
        scene.update(code, "postback_authentication").await;
        for oid in ["A1", "A2"] {
            let expected = (401, "HELD".to_owned(), "SECRET_REFUSED".to_owned());
            assert_eq!(scene.sell(oid).await, expected, "{change:?} {oid}");
        }
        assert_eq!(scene.counted().await, ["A1"], "{change:?}");
    }
}

#[tokio::test]
async fn clicks_from_before_their_link_was_archived_still_count() {
    let scene = Scene::start().await;
    scene.change(Change::LinkArchived).await;
    for oid in ["A1", "A2", "A3"] {
        assert_eq!(scene.sell(oid).await, (200, "RECORDED".to_owned(), String::new()));
    }
    assert_eq!(scene.counted().await, ["A1", "A2", "A3"]);
    let target = format!("/s2s?{}", scene.query("A4")).into_bytes();
    let request = ExplainPostbackRequest { postback: Some(Explained::Target(target)) };
    let explained = scene.server.client().postbacks().explain(request).await.unwrap();
    assert_eq!(explained.verdict(), PostbackVerdict::Recorded, "{explained:?}");
}

#[tokio::test]
async fn a_postback_is_judged_as_of_its_arrival() {
    let scene = Scene::start().await;
    // The first three postbacks came an hour before the code was archived, the others afterwards.
    let earlier = moved(scene.code.create_time, -3_600);
    scene.change(Change::CodeArchived).await;
    for (number, oid) in (0..).zip(["A1", "A2", "A3"]) {
        let counted = scene.hand_on(oid, number, earlier).await;
        assert_eq!(counted, Ok(ConversionVerdict::Recorded), "{oid}");
    }
    let (status, verdict, reason) = scene.sell("A4").await;
    assert_eq!((status, verdict.as_str(), reason.as_str()), (422, "HELD", "CONVERSION_CODE_ARCHIVED"));
    let late = scene.hand_on("A5", 4, moved(scene.code.create_time, 60)).await;
    assert_eq!(late, Err(ErrorReason::ConversionCodeArchived));
    assert_eq!(scene.counted().await, ["A1", "A2", "A3"]);
}

#[tokio::test]
async fn what_was_archived_is_made_active_again() {
    let scene = Scene::start().await;
    let client = scene.server.client();
    scene.change(Change::CodeArchived).await;
    let mut held = Vec::new();
    for oid in ["A1", "A2", "A3"] {
        let answer = scene.server.postback(&scene.query(oid)).await;
        assert_eq!(answer.field("reason"), "CONVERSION_CODE_ARCHIVED");
        held.push(answer.field("postback_id"));
    }
    scene.change(Change::LinkArchived).await;
    assert_eq!(http().get(&scene.link.url).send().await.unwrap().status(), 410);

    let (code, link) = (scene.code.id.clone(), scene.link.id.clone());
    for validate_only in [true, false, false] {
        let request = UnarchiveConversionCodeRequest { conversion_code_id: code.clone(), validate_only };
        let code = client.conversion_codes().unarchive(request).await.unwrap().conversion_code.unwrap();
        assert_eq!((code.state(), code.archive_time), (ConversionCodeState::Active, None));
        let request = UnarchiveTrackingLinkRequest { tracking_link_id: link.clone(), validate_only };
        let link = client.tracking_links().unarchive(request).await.unwrap().tracking_link.unwrap();
        assert_eq!((link.state(), link.archive_time), (TrackingLinkState::Active, None));
        if validate_only {
            assert_eq!(scene.sell("A0").await.1, "HELD");
        }
    }
    let replayed = client.postbacks().replay_page(request::replay(held)).await.unwrap();
    assert!(replayed.postbacks.iter().all(|one| one.verdict() == PostbackVerdict::Recorded), "{replayed:?}");
    assert_eq!(scene.sell("A4").await.1, "RECORDED");
    let moved_on = eventually(async || {
        let status = http().get(&scene.link.url).send().await.unwrap().status();
        Some(status).filter(|status| *status == 302)
    });
    moved_on.await;
    assert_eq!(scene.counted().await, ["A1", "A2", "A3", "A4"]);
}

#[tokio::test]
async fn a_change_of_what_is_archived_does_not_move_the_time_since_which_it_is() {
    let scene = Scene::start().await;
    let client = scene.server.client();
    scene.change(Change::LinkArchived).await;
    let request = || GetTrackingLinkRequest { tracking_link_id: scene.link.id.clone() };
    let archived = client.tracking_links().get(request()).await.unwrap().tracking_link.unwrap();
    assert_eq!(archived.archive_time, archived.update_time);
    for tag in ["a", "b", "c"] {
        let changed = TrackingLink { tags: vec![tag.to_owned()], ..archived.clone() };
        rename(&client, changed, "tags").await.unwrap();
    }
    let changed = client.tracking_links().get(request()).await.unwrap().tracking_link.unwrap();
    assert_eq!(changed.archive_time, archived.archive_time);
    assert_ne!(changed.update_time, archived.update_time);
}

async fn rename(client: &Client, link: TrackingLink, path: &str) -> Result<TrackingLink, s2s_sdk::Error> {
    let update_mask = Some(FieldMask { paths: vec![path.to_owned()] });
    let request = UpdateTrackingLinkRequest { tracking_link: Some(link), update_mask, ..Default::default() };
    client.tracking_links().update(request).await.map(|response| response.tracking_link.unwrap())
}

/// Creates a link with this slug. Returns the reason if the server refuses the link.
async fn create(client: &Client, slug: &str) -> Result<TrackingLink, ErrorReason> {
    let link = TrackingLink {
        slug: slug.to_owned(),
        destination: format!("https://{slug}.example/?s1=[s2sidentifier]"),
        ..Default::default()
    };
    let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let created = client.tracking_links().create(request).await;
    created.map(|response| response.tracking_link.unwrap()).map_err(|error| error.reason())
}

/// A client with a key of another account.
async fn of_another_account(server: &Server) -> Client {
    let account = server.account("Other").await;
    let (_, key) = server.api_key(&account.id, &[ApiKeyScope::Read, ApiKeyScope::Write]).await;
    server.client_with(&key)
}

async fn leads(server: &Server, slug: &str) -> Option<String> {
    let response = http().get(format!("{}/{slug}", server.url)).send().await.unwrap();
    let location = response.headers().get("location")?.to_str().unwrap();
    Some(location.split(['/', '.']).nth(2).unwrap().to_owned())
}

#[tokio::test]
async fn a_slug_can_be_changed_and_stays_the_accounts_own() {
    let server = Server::start().await;
    let (ours, others) = (server.client(), of_another_account(&server).await);
    let mut link = create(&ours, "summer").await.unwrap();
    for slug in ["autumn", "winter", "summer", "spring"] {
        let former = std::mem::replace(&mut link.slug, slug.to_owned());
        link = rename(&ours, link, "slug").await.unwrap();
        assert!(link.url.ends_with(&format!("/{slug}")), "{link:?}");
        assert_eq!(leads(&server, slug).await.as_deref(), Some("summer"));
        eventually(async || leads(&server, &former).await.is_none().then_some(())).await;
    }
    // No other account gets a slug that was published, nor its visitors.
    for slug in ["autumn", "winter", "summer", "spring"] {
        assert_eq!(create(&others, slug).await.unwrap_err(), ErrorReason::SlugTaken, "{slug}");
    }
    assert!(create(&ours, "autumn").await.is_ok());
    let taken = TrackingLink { slug: "autumn".to_owned(), ..link.clone() };
    assert_eq!(rename(&ours, taken, "slug").await.unwrap_err().reason(), ErrorReason::SlugTaken);
    let theirs = create(&others, "theirs").await.unwrap();
    let taken = TrackingLink { slug: "winter".to_owned(), ..theirs };
    assert_eq!(rename(&others, taken, "slug").await.unwrap_err().reason(), ErrorReason::SlugTaken);
}

#[tokio::test]
async fn an_archived_link_gives_its_slug_to_its_own_account() {
    let server = Server::start().await;
    let (ours, others) = (server.client(), of_another_account(&server).await);
    let first = create(&ours, "summer").await.unwrap();
    let archive = ArchiveTrackingLinkRequest { tracking_link_id: first.id.clone(), ..Default::default() };
    ours.tracking_links().archive(archive).await.unwrap();
    assert_eq!(create(&others, "summer").await.unwrap_err(), ErrorReason::SlugTaken);
    let second = create(&ours, "summer").await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(create(&ours, "summer").await.unwrap_err(), ErrorReason::SlugTaken);

    let unarchive =
        || UnarchiveTrackingLinkRequest { tracking_link_id: first.id.clone(), ..Default::default() };
    for _ in 0..3 {
        let error = ours.tracking_links().unarchive(unarchive()).await.unwrap_err();
        assert_eq!(error.reason(), ErrorReason::SlugTaken);
        assert!(error.message().contains("UpdateTrackingLink"), "{error:?}");
    }
    let renamed = TrackingLink { slug: "summer-2".to_owned(), ..first.clone() };
    assert_eq!(rename(&ours, renamed, "slug").await.unwrap().slug, "summer-2");
    let active = ours.tracking_links().unarchive(unarchive()).await.unwrap().tracking_link.unwrap();
    assert_eq!((active.state(), active.slug.as_str()), (TrackingLinkState::Active, "summer-2"));
    assert!(leads(&server, "summer").await.is_some() && leads(&server, "summer-2").await.is_some());
}

//! A fixture for tests of postbacks and conversions.

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    prost_types::Duration,
    v1::{
        ApiKeyScope, ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, Conversion, ConversionCode,
        CreateConversionCodeRequest, ListConversionsRequest, Postback, PostbackFilter, RecordClickRequest,
        TrackingLink,
    },
};
use s2s_tests::{Server, request};

use crate::moved;

/// A server with codes and clicks for many faults that a postback can have.
pub struct Fixture {
    pub server: Server,
    pub code: ConversionCode,
    /// A code with an attribution window of 1 s.
    pub brief: ConversionCode,
    pub archived: ConversionCode,
    pub unlinked: ConversionCode,
    pub click: String,
    pub other_click: String,
    /// A click that is one hour old.
    pub old_click: String,
    /// A click whose link was archived before the time of the click. That time is some seconds
    /// ahead of the server's clock, as an edge's clock may be.
    pub lost_click: String,
}

/// Makes another account with a code. The client has a key of that account.
pub async fn other_account(server: &Server) -> (Client, ConversionCode) {
    let account = server.account("Other").await.id;
    let scopes = [ApiKeyScope::Read, ApiKeyScope::Write, ApiKeyScope::Record];
    let client = server.client_with(&server.api_key(&account, &scopes).await.1);
    let code =
        ConversionCode { name: "Other".to_owned(), default_currency: "EUR".to_owned(), ..Default::default() };
    let create = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let code = client.conversion_codes().create(create).await.unwrap().conversion_code.unwrap();
    (client, code)
}

impl Fixture {
    pub async fn start() -> Self {
        let server = Server::start().await;
        let client = server.client();
        let code = server.code("Sale").await;
        let attribution_window = Some(Duration { seconds: 1, nanos: 0 });
        let brief = ConversionCode { name: "Brief".to_owned(), attribution_window, ..Default::default() };
        let brief = server.create_code(brief).await;
        let (archived, unlinked) = (server.code("Archived").await, server.code("Unlinked").await);
        let link = server.link(&[&code, &brief, &archived]).await;
        let (click, other_click) = (server.click(&link).await, server.click(&link).await);
        let old_click = RecordClickRequest {
            tracking_link_id: link.id.clone(),
            click_time: moved(link.create_time, -3_600),
            ..Default::default()
        };
        let old_click = client.clicks().record(old_click).await.unwrap().click.unwrap().id;
        let lost_link = server.link(&[&code]).await;
        let lost_click = RecordClickRequest {
            tracking_link_id: lost_link.id.clone(),
            click_time: moved(lost_link.create_time, 4),
            ..Default::default()
        };
        let lost_click = client.clicks().record(lost_click).await.unwrap().click.unwrap().id;
        archive(&server, &archived, &lost_link).await;
        Self { server, code, brief, archived, unlinked, click, other_click, old_click, lost_click }
    }

    /// Replaces the `$names` in a query by their values.
    pub fn fill(&self, query: &str) -> String {
        let (one, bit_flipped) = (&self.click[..39], if self.click.ends_with('0') { '1' } else { '0' });
        [
            ("$old_click", self.old_click.as_str()),
            ("$lost_click", &self.lost_click),
            ("$other_click", &self.other_click),
            ("$forged_click", &format!("{one}{bit_flipped}")),
            ("$cut_click", one),
            ("$click", &self.click),
            ("$code", &self.code.id),
            ("$brief", &self.brief.id),
            ("$archived", &self.archived.id),
            ("$unlinked", &self.unlinked.id),
            ("$nines", &"9".repeat(400)),
            ("$long", &"x".repeat(8_192)),
            ("$65_parameters", &"a=1&".repeat(65)),
        ]
        .into_iter()
        .fold(query.to_owned(), |query, (name, value)| query.replace(name, value))
    }

    pub async fn conversions(&self) -> Vec<Conversion> {
        let all = self.server.client().conversions().list(ListConversionsRequest::default());
        all.try_collect().await.unwrap()
    }

    pub async fn postbacks(&self, filter: PostbackFilter) -> Vec<Postback> {
        self.server.client().postbacks().list(request::postbacks(filter)).try_collect().await.unwrap()
    }
}

async fn archive(server: &Server, code: &ConversionCode, link: &TrackingLink) {
    let client = server.client();
    let request = ArchiveConversionCodeRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    client.conversion_codes().archive(request).await.unwrap();
    let request = ArchiveTrackingLinkRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    client.tracking_links().archive(request).await.unwrap();
}

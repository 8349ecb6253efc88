//! A thief, who has stolen an edge, and so knows the secret of the current click id key and the key
//! of a link. The edge's API key is revoked, unless the thief is `at_work`.

use std::cell::RefCell;

use s2s_sdk::{
    Client, Error,
    v1::{
        ApiKeyScope, ConversionCode, EraseVisitorRequest, EraseVisitorResponse, RecordClickRequest,
        RecordClickResponse, RevokeApiKeyRequest, StepKind, TrackingLink,
    },
};
use s2s_tests::{
    Server, authorized_by,
    edge_v1::{
        ClickIdKey, ListClickIdKeysRequest, ResolveSlugRequest, edge_service_client::EdgeServiceClient,
    },
    eventually,
    random::{Random, seed},
    request,
};

use crate::contract::channel;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BITS_PER_CHARACTER: u32 = 5;
const BITS_PER_BYTE: u32 = 8;
const TICKS_PER_SECOND: u64 = 100;

/// The number of the key that signed a click id: its first byte.
pub fn number_of(click: &str) -> u8 {
    let value = |place: usize| ALPHABET.iter().position(|one| *one == click.as_bytes()[place]).unwrap();
    u8::try_from((value(0) << 3) | (value(1) >> 2)).unwrap()
}

pub struct Thief {
    key: ClickIdKey,
    edge_key: String,
    link: TrackingLink,
    link_key: u64,
    random: RefCell<Random>,
}

impl Thief {
    /// Steals the secrets with an edge's API key, which is revoked afterwards.
    pub async fn break_in(core: &Server, link: &TrackingLink) -> Self {
        let (thief, api_key_id) = Self::at_work(core, link).await;
        let request = RevokeApiKeyRequest { api_key_id, ..Default::default() };
        core.client().api_keys().revoke(request).await.unwrap();
        thief
    }

    /// Steals the secrets with an edge's API key, which stays valid. Also returns the id of that
    /// key.
    pub async fn at_work(core: &Server, link: &TrackingLink) -> (Self, String) {
        let (api_key, text) = core.api_key("", &[ApiKeyScope::Edge]).await;
        let mut edge = EdgeServiceClient::new(channel(core).await);
        let keys = edge.list_click_id_keys(authorized_by(&text, ListClickIdKeysRequest {})).await.unwrap();
        let slug = ResolveSlugRequest { slug: link.slug.clone() };
        let link_key = edge.resolve_slug(authorized_by(&text, slug)).await.unwrap().into_inner().link_key;
        let key = keys.into_inner().click_id_keys.swap_remove(0);
        let random = RefCell::new(Random(seed(u64::from(key.key_id))));
        (Self { key, edge_key: text, link: link.clone(), link_key, random }, api_key.id)
    }

    /// A client with the stolen API key.
    pub fn client(&self, core: &Server) -> Client {
        core.client_with(&self.edge_key)
    }

    /// Mints a click id of the time at which the link was made, as an edge of the installation
    /// would.
    pub fn mint(&self) -> String {
        self.mint_at(self.link.create_time.unwrap().seconds)
    }

    /// Mints a click id of that time, in seconds since 1970.
    pub fn mint_at(&self, seconds: i64) -> String {
        let ticks = u64::try_from(seconds).unwrap() * TICKS_PER_SECOND;
        let random = self.random.borrow_mut().next();
        let number = u8::try_from(self.key.key_id).unwrap();
        let id = [&ticks.to_be_bytes()[3..], &self.link_key.to_be_bytes()[3..], &random.to_be_bytes()[2..]];
        let id = id.concat();
        // The installation's own account.
        let account = 1_u128.to_be_bytes();
        let secret = self.key.secret.as_slice().try_into().unwrap();
        let mut mac = [0; 8];
        let mut hasher = blake3::Hasher::new_keyed(secret);
        hasher.update(&[number]).update(&id).update(&account).finalize_xof().fill(&mut mac);
        base32(&[&[number], id.as_slice(), &mac].concat())
    }

    /// Tries to store the click of an id, as a partner with an edge of their own does.
    pub async fn store(&self, client: &Client, click: &str) -> Result<RecordClickResponse, Error> {
        let (tracking_link_id, click_id) = (self.link.id.clone(), click.to_owned());
        let request = RecordClickRequest { tracking_link_id, click_id, ..Default::default() };
        client.clicks().record(request).await
    }

    /// Tries to store the click of an id with the stolen API key, once the core knows that this key
    /// is revoked.
    pub async fn store_as_edge(&self, core: &Server, click: &str) -> Result<RecordClickResponse, Error> {
        let client = core.client_with(&self.edge_key);
        let edge = EdgeServiceClient::new(channel(core).await);
        eventually(async || {
            let request = authorized_by(&self.edge_key, ListClickIdKeysRequest {});
            edge.clone().list_click_id_keys(request).await.err()
        })
        .await;
        self.store(&client, click).await
    }

    pub async fn erase(&self, client: &Client, click: &str) -> Result<EraseVisitorResponse, Error> {
        client
            .clicks()
            .erase_visitor(EraseVisitorRequest { click_id: click.to_owned(), ..Default::default() })
            .await
    }

    /// The server's explanation of the click id in a postback.
    pub async fn explain(&self, client: &Client, code: &ConversionCode, click: &str) -> String {
        let request = request::explain(format!("/s2s?clickId={click}&id={}&val=1&com=0", code.id));
        let steps = client.postbacks().explain(request).await.unwrap().steps;
        steps.into_iter().find(|step| step.kind() == StepKind::ClickId).unwrap().message
    }
}

fn base32(bytes: &[u8]) -> String {
    let (mut text, mut buffer, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        buffer = (buffer << BITS_PER_BYTE) | u32::from(*byte);
        bits += BITS_PER_BYTE;
        while bits >= BITS_PER_CHARACTER {
            bits -= BITS_PER_CHARACTER;
            let index = usize::try_from((buffer >> bits) & 31).unwrap();
            text.push(char::from(ALPHABET[index]));
        }
    }
    text
}

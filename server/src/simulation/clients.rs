//! The clients of the servers, and what they were promised.

use std::{
    ops::RangeInclusive,
    sync::{Arc, Mutex},
    time::Duration,
};

use s2s_sdk::v1::{
    RawPostback, RecordClickRequest, RecordConversionRequest, record_conversion_request::Report,
};
use tokio::time::Instant;

use super::{
    history::{History, Key},
    server::Server,
};
use crate::{
    core::tracking_link::TrackingLinkId,
    edge::simulated::SimulatedEdge,
    error::postback_failure,
    values::{
        click_id::{LinkKey, Rounds},
        id::{AccountId, PostbackId, Random},
    },
};

/// Time after which the callers of a commit that got no answer are told that its fate is unknown.
const DOUBT_AFTER: Duration = Duration::from_secs(3);

/// The link and the code that all clients use.
#[derive(Clone)]
pub struct SetUp {
    pub link: TrackingLinkId,
    pub link_key: LinkKey,
    pub code: String,
}

/// The way of a call.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// To the core.
    Direct,
    /// Over the edge, which keeps in its spool what the core does not take.
    Edge,
}

/// What a client was told about a row.
#[derive(Clone, Debug)]
pub struct Told {
    pub server: usize,
    pub key: Key,
    pub kept: bool,
    /// Only a direct call tells that something was not written.
    pub way: Way,
    pub begun: Instant,
    pub ended: Instant,
}

/// The commits whose answers were lost.
#[derive(Default)]
pub struct LostAnswers {
    /// The server of each, and the time of the loss. The commit may have failed.
    pub cuts: Vec<(usize, Instant)>,
    /// The ranks of what has succeeded, and the time at which its answer was lost.
    pub commits: Vec<(RangeInclusive<i64>, Instant)>,
}

impl Told {
    /// Checks that the client was told the truth, as far as it can be told by now. `is_over`:
    /// everything has settled.
    pub fn check(&self, history: &History, lost: &LostAnswers, is_over: bool) -> Result<(), String> {
        let is_stored = history.has(&self.key);
        let is_direct = matches!(self.way, Way::Direct);
        if self.kept && !is_stored && (is_direct || is_over) {
            return Err(format!("{self:?} is not stored"));
        }
        let is_cut = |(server, at): &(usize, Instant)| {
            *server == self.server && *at >= self.begun && self.ended.duration_since(*at) >= DOUBT_AFTER
        };
        if !self.kept && is_stored && is_direct && !lost.cuts.iter().any(is_cut) {
            return Err(format!("{self:?} is stored"));
        }
        let Some(rank) = history.rank(&self.key).filter(|_| self.kept && is_direct) else { return Ok(()) };
        let is_late = |(ranks, lost_at): &&(RangeInclusive<i64>, Instant)| {
            ranks.contains(&rank) && self.ended > *lost_at + DOUBT_AFTER
        };
        if let Some((_, lost_at)) = lost.commits.iter().find(is_late) {
            let after = self.ended.duration_since(*lost_at);
            return Err(format!("{self:?} was told {after:?} after the answer to its commit was lost"));
        }
        Ok(())
    }
}

/// The promises of all servers.
pub type Promises = Arc<Mutex<Vec<Told>>>;

/// Mints a click as an edge does. Returns its id as text, and the row that it becomes.
pub fn mint(server: &Server, set_up: &SetUp, random: &Random) -> (String, Key) {
    let keys = server.app.click_id_keys.present();
    let signed = keys.mint(server.app.now(), set_up.link_key, Rounds::NONE, random.bytes());
    (keys.write(signed, AccountId::DEFAULT), Key::of_click(signed.id.0))
}

/// A postback of a sale, and the row that it becomes.
pub fn sale(server: &Server, set_up: &SetUp, click: &str, order: u64, random: &Random) -> (RawPostback, Key) {
    let now = server.app.now();
    let id = PostbackId(random.id(now));
    let target = format!("/s2s?clickId={click}&id={}&oid=order-{order}&val={order}.5&com=1", set_up.code);
    let raw = RawPostback {
        method: "GET".to_owned(),
        target: target.into_bytes(),
        receive_time: Some(now.to_proto()),
        over_https: true,
        postback_id: id.to_string(),
        sender_address: "192.0.2.1".to_owned(),
        ..Default::default()
    };
    (raw, Key::of_postback(id.0))
}

/// A call that a client is about to make.
pub enum Call {
    Click(RecordClickRequest),
    Sale(RawPostback),
}

impl Call {
    pub fn click(set_up: &SetUp, click_id: String) -> Self {
        let tracking_link_id = set_up.link.to_string();
        Self::Click(RecordClickRequest { tracking_link_id, click_id, ..Default::default() })
    }

    async fn over(self, edge: &SimulatedEdge) -> bool {
        match self {
            Self::Click(click) => edge.click(click).await,
            Self::Sale(raw) => edge.postback(raw).await,
        }
    }
}

/// Makes a call in the background. Its client is gone if the server dies.
pub fn make(server: &mut Server, number: usize, call: Call, key: Key, way: Way, promises: &Promises) {
    let (edge, core, promises) = (server.edge.clone(), server.core.clone(), promises.clone());
    let begun = Instant::now();
    server.tasks.spawn(async move {
        let kept = match (way, call) {
            (Way::Edge, call) => call.over(&edge).await,
            (Way::Direct, Call::Click(click)) => core.get().unwrap().direct.record_click(click).await.is_ok(),
            (Way::Direct, Call::Sale(raw)) => {
                let report = Some(Report::Postback(raw));
                let request = RecordConversionRequest { report, ..Default::default() };
                let answer = core.get().unwrap().direct.record_conversion(request).await;
                answer.as_ref().map_or_else(|status| postback_failure(status).is_some(), |_| true)
            }
        };
        let told = Told { server: number, key, kept, way, begun, ended: Instant::now() };
        promises.lock().unwrap().push(told);
    });
}

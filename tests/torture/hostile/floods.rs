//! The floods: postbacks without a genuine click id, some with a known code, and clicks with long
//! texts.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use s2s_tests::Answer;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::attack::{Attack, CODE_ATTACK, OF_CODE_MAX, OF_NETWORK_MAX};

/// The name of the postbacks that are sent before the attack. They are rows for the searches to
/// read.
const FIRST: &str = "before the attack";
/// The maximum number of these postbacks. It is twice the bound of a code, because a postback that
/// the server queues does not count towards the bound.
const FIRST_MAX: usize = 2 * OF_CODE_MAX;
const FIRST_BYTES: usize = 500;
const FIRST_AT_ONCE: usize = 8;
/// The maximum number of requests that one flood has in flight. At the maximum, further requests
/// are left out.
const IN_FLIGHT_MAX: usize = 16;
/// Nothing in this text looks like a click id. If something did, the edge would find the same click
/// id in all these postbacks, and they would wait for each other.
const FILLING: &str = "x.";
const UNKNOWN_CODE: &str = "00000000000000000000000000000000";
/// The number of networks that send much.
const BUSY_NETWORKS: usize = 8;
/// The number of networks that send little.
const QUIET_NETWORKS: usize = 2_000;
/// The flood that names a known code beside an invalid one.
pub const TWICE_ATTACK: &str = "B6 codes named twice";
/// The number of networks whose postbacks name a known code.
pub const NETWORKS_OF_CODE: usize = 16;
const BODY_BYTES: usize = 8_000;
/// Approximate sizes of a click's query, referrer and user agent, in bytes.
const CLICK_BYTES: [usize; 3] = [12_000, 12_000, 4_000];

/// A kind of request that is sent over and over.
#[derive(Clone, Copy)]
struct Flood {
    name: &'static str,
    per_second: u64,
    /// True for postbacks without a known code, a genuine click id or a known sender. The bound of
    /// their network applies to them.
    is_of_network: bool,
    request: fn(&Attack, usize) -> Shot,
}

/// A request and its network. `bytes` is the size of a postback's body or, if it has no body, of
/// its path and query. It is 0 for a click.
struct Shot {
    request: reqwest::RequestBuilder,
    network: IpAddr,
    bytes: usize,
}

const FLOODS: [Flood; 5] = [
    Flood {
        name: "B5 unknown codes",
        per_second: 120,
        is_of_network: true,
        request: |attack, number| {
            let each = number / 2;
            let network = if number % 2 == 0 {
                network(198, 51, each % BUSY_NETWORKS)
            } else {
                network(10, each % QUIET_NETWORKS / 250, each % 250)
            };
            attack.get(network, &format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1&n={number}"))
        },
    },
    Flood {
        name: CODE_ATTACK,
        per_second: 40,
        is_of_network: false,
        request: |attack, number| {
            let network = network(100, 64, number % NETWORKS_OF_CODE);
            attack.get(network, &format!("clickId=x&id={}&val=1&com=1&n={number}", attack.code.id))
        },
    },
    Flood {
        name: TWICE_ATTACK,
        per_second: 20,
        // False, because the bound of their code applies to these postbacks first. `fill` uses up
        // that bound, but only for a minute.
        is_of_network: false,
        request: |attack, number| {
            let network = network(100, 65, number % 2);
            attack.get(network, &format!("clickId=x&id=z&id={}&val=1&com=1&n={number}", attack.code.id))
        },
    },
    Flood {
        name: "B6 bodies of 8 kB",
        per_second: 20,
        is_of_network: true,
        request: |attack, number| {
            let network = network(100, 66, number % 4);
            let mut body = format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1&n={number}&filling=");
            body.push_str(&FILLING.repeat((BODY_BYTES - body.len()) / FILLING.len()));
            let bytes = body.len();
            let request = attack.http.post(format!("{}/s2s", attack.url)).body(body);
            shot(request, network, bytes)
        },
    },
    Flood {
        name: "B6 clicks of 28 kB",
        per_second: 10,
        is_of_network: false,
        request: |attack, number| {
            let [query, referrer, agent] = CLICK_BYTES.map(|bytes| "x".repeat(bytes));
            let url = format!("{}/{}?sub1={number}&filling={query}", attack.url, attack.link.slug);
            let request = attack.http.get(url).header("user-agent", agent);
            let request = request.header("referer", format!("http://a.example/{referrer}"));
            shot(request, network(100, 67, number % 8), 0)
        },
    },
];

/// An address of the network with these first three bytes.
fn network(first: u8, second: usize, third: usize) -> IpAddr {
    let byte = |number: usize| u8::try_from(number).unwrap();
    Ipv4Addr::new(first, byte(second), byte(third), 7).into()
}

fn shot(request: reqwest::RequestBuilder, network: IpAddr, bytes: usize) -> Shot {
    Shot { request: request.header("x-forwarded-for", network.to_string()), network, bytes }
}

impl Attack {
    fn get(&self, network: IpAddr, query: &str) -> Shot {
        let target = format!("/s2s?{query}");
        let request = self.http.get(format!("{}{target}", self.url));
        shot(request, network, target.len())
    }

    /// Sends postbacks of the code until the server sheds one, because the bounds of the code
    /// and of the sender's network are reached. For the rest of that minute, the server holds a
    /// postback of the code only if it has a genuine click id, a known sender or another
    /// network.
    pub async fn fill(&self) -> Result<(), String> {
        let filling = FILLING.repeat(FIRST_BYTES / FILLING.len());
        let all = stream::iter(0..FIRST_MAX).map(|number| {
            let query = format!("clickId=x&id={}&val=1&com=1&n={number}&filling={filling}", self.code.id);
            self.send(self.get(network(172, 16, 1), &query), FIRST, false)
        });
        let outcomes = all.buffer_unordered(FIRST_AT_ONCE);
        if !outcomes.any(async |outcome| outcome.contains("SHED")).await {
            return Err(format!("{FIRST_MAX} postbacks of a stranger, and none was shed"));
        }
        let (held, minutes) = (self.count(FIRST, "HELD"), self.minutes());
        if held > (OF_CODE_MAX + OF_NETWORK_MAX) * minutes {
            return Err(format!("{held} postbacks of a stranger with a code were held in {minutes} minutes"));
        }
        Ok(())
    }

    pub fn flood_all(self: Arc<Self>, attackers: &mut JoinSet<()>, until: Instant) {
        for flood in FLOODS {
            attackers.spawn(self.clone().flood(flood, until));
        }
    }

    async fn flood(self: Arc<Self>, flood: Flood, until: Instant) {
        let mut ticks = interval(Duration::from_secs(1) / u32::try_from(flood.per_second).unwrap());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut in_flight = JoinSet::new();
        for number in 0.. {
            ticks.tick().await;
            if Instant::now() >= until {
                break;
            }
            while let Some(ended) = in_flight.try_join_next() {
                ended.unwrap();
            }
            if in_flight.len() >= IN_FLIGHT_MAX {
                self.note(flood.name, "left out, as too many are in flight");
                continue;
            }
            let attack = self.clone();
            in_flight.spawn(async move {
                let shot = (flood.request)(&attack, number);
                attack.send(shot, flood.name, flood.is_of_network).await;
            });
        }
        in_flight.join_all().await;
    }

    /// Sends a request. Notes the outcome under the name, and returns it.
    async fn send(&self, shot: Shot, name: &'static str, is_of_network: bool) -> String {
        let outcome = self.outcome(shot, is_of_network).await.unwrap_or_else(|_| "no answer".to_owned());
        self.note(name, outcome.clone());
        outcome
    }

    async fn outcome(&self, shot: Shot, is_of_network: bool) -> reqwest::Result<String> {
        let answer = shot.request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let answer = Answer { status, headers, text: answer.text().await? };
        if status == 302 {
            self.clicks.fetch_add(1, Ordering::Relaxed);
            return Ok("302".to_owned());
        }
        let (verdict, reason) = (answer.field("verdict"), answer.field("reason"));
        if verdict == "HELD" || verdict == "QUEUED" {
            self.kept[0].fetch_add(1, Ordering::Relaxed);
            self.kept[1].fetch_add(shot.bytes, Ordering::Relaxed);
        }
        if verdict == "HELD" && is_of_network {
            self.note_held(shot.network);
        }
        Ok(format!("{status} {verdict} {reason}"))
    }
}

//! Attackers beside honest senders: searches, requests without an end, floods of postbacks that
//! don't count, clicks with long texts, and connections that only occupy connection slots, all at
//! once. Then the server is killed.
//!
//! Honest senders may notice a delay, but nothing worse, and none of their sales and clicks may be
//! lost. The amount of data that attackers make the server keep has a bound. The latencies are
//! printed, not judged, because they depend on the machine, too.

mod attack;
mod floods;
mod honest;
mod room;
mod wires;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::TryStreamExt as _;
use s2s_sdk::v1::{
    ApiKeyScope, ConversionCode, ErrorReason, ListPostbacksRequest, Postback, PostbackFilter, PostbackVerdict,
};
use s2s_tests::{Server, database::breakable::Breakable, eventually_within, request};
use tokio::{task::JoinSet, time::sleep};

use crate::ledger::Ledger;
use attack::Attack;
use honest::{Honest, When};
use room::Room;

/// The time of honest traffic before the attack.
const BEFORE: Duration = Duration::from_secs(2);
/// The time of honest traffic after the attack, and after the kill.
const NORMAL: Duration = Duration::from_secs(5);
/// The time limit for the drain of the backlog, even on a slow machine.
const CAUGHT_UP_WITHIN: Duration = Duration::from_mins(2);
/// The servers' settings: the defaults of an installation behind a proxy on the same machine. So
/// each sender can choose its address with the header `x-forwarded-for`.
const FLAGS: [&str; 4] = ["--spool", "spool", "--trusted-proxies", "127.0.0.1"];

pub async fn torture(kind: &str, length: Duration) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let database = Breakable::start_kind(kind, folder.path()).await;
    let mut server = Server::start_at_with(database.url.clone(), &FLAGS).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let mut honest = Honest::new(&server, code.clone(), link, Ledger::in_folder(folder.path()));
    honest.visit_first(BEFORE + length + 2 * NORMAL).await?;
    honest.become_known().await?;
    let attack = Arc::new(Attack::new(&server, &code, read_key(&server).await).await);
    attack.fill().await?;
    let honest = Arc::new(honest);
    let mut sales = JoinSet::new();
    sales.spawn(honest.clone().send_all());
    sleep(BEFORE).await;
    let room = Room::measure(&database.url, &server, &attack, &honest).await;
    honest.enter(When::Attack);
    let begun = Instant::now();
    attack.clone().run(length).await;
    honest.enter(When::After);
    println!("{kind}: the attack took {:.1?}", begun.elapsed());
    attack.print();
    sleep(NORMAL).await;
    let peak = room::check_memory(&server);

    honest.enter(When::Killed);
    server.kill().await;
    server.restart_in_place().await;
    is_serving(&server).await;
    honest.enter(When::Again);
    sleep(NORMAL).await;
    honest.end();
    sales.join_all().await;
    server.drained_within(CAUGHT_UP_WITHIN).await;

    honest.print();
    honest.check()?;
    println!("{}", peak?);
    println!("{}", room.check(&server, &attack, &honest).await?);
    attack.check()?;
    let held = honest.check_held(&held(&server, &code).await?)?;
    let (summary, _) = honest.ledger.check_stored(&server, honest.link_id()).await?;
    Ok(format!("{kind}: {summary}; {held}"))
}

async fn read_key(server: &Server) -> String {
    server.api_key("", &[ApiKeyScope::Read]).await.1
}

/// Waits until the server has delivered its backlog of spooled records, while traffic continues.
async fn is_serving(server: &Server) {
    eventually_within(CAUGHT_UP_WITHIN, async || {
        (server.health().await["status"] == "serving").then_some(())
    })
    .await;
}

/// All postbacks of the code that are held because a macro was not replaced.
async fn held(server: &Server, code: &ConversionCode) -> Result<Vec<Postback>, String> {
    let filter = PostbackFilter {
        verdict: PostbackVerdict::Held.into(),
        reason: ErrorReason::MacroNotReplaced.into(),
        conversion_code_id: code.id.clone(),
        ..Default::default()
    };
    let request = ListPostbacksRequest { page_size: 1_000, ..request::postbacks(filter) };
    server.client().postbacks().list(request).try_collect().await.map_err(|error| error.to_string())
}

//! The edge loses nothing that it has acknowledged: clicks and postbacks that the core can't accept
//! are spooled and count once, even if edge, core, database or disk fails.

mod files;
mod refused;
pub mod traffic;

use std::{collections::BTreeSet, path::PathBuf};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Code,
    v1::{ApiKeyScope, Conversion, ConversionFilter, ListConversionCodesRequest, ListPresetsRequest},
};
use s2s_tests::{
    ADMIN_KEY, Server, administrator,
    database::breakable::Breakable,
    disk::{FailingDisk, SmallDisk},
    eventually, http, request, run_to_end,
    sale::visit,
};

use traffic::Traffic;

use crate::config::exit_code;

/// The number of queued postbacks in each part of an outage.
const QUEUED: usize = 24;

#[tokio::test]
async fn a_database_that_is_away_and_a_restart_cost_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Breakable::start(folder.path()).await;
    let mut server = Server::start_at_with(database.url.clone(), &["--spool", "spool"]).await;
    let mut traffic = Traffic::begin(&server, &server).await;
    traffic.until_live(&server).await;
    server.drained().await;

    database.take_away().await;
    traffic.until_queued(&server, QUEUED).await;
    eventually(async || (server.health().await["status"] == "degraded: spooling").then_some(())).await;
    server.terminate().await;
    assert!(server.ended().await.success());
    // Without the database, the server starts from its snapshot.
    server.restart().await;
    traffic.until_queued(&server, QUEUED).await;
    let health = server.health().await;
    assert!(health["spool"]["records"].as_u64().unwrap() >= 2 * 24, "{health}");
    // gRPC calls can't be spooled.
    let client = administrator(&server.url).retries(0).build().unwrap();
    let error = client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);

    database.give_back().await;
    traffic.round(&server, 100).await;
    server.drained().await;
    traffic.until_live(&server).await;
    server.drained().await;
    traffic.check(&server).await;
}

#[tokio::test]
async fn a_core_that_is_killed_or_hangs_costs_nothing() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    traffic.until_live(&edge).await;
    let mut normal = traffic.round(&edge, 200).await;

    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    core.restart_in_place().await;
    edge.drained().await;
    traffic.until_live(&edge).await;

    core.freeze().await;
    traffic.until_queued(&edge, QUEUED).await;
    // Measures redirects in the outage. No visitor should wait 25 ms for a core that is known to be
    // down.
    let mut outage = traffic.round(&edge, 200).await;
    let (normal, outage) = (normal.p99(), outage.p99());
    println!("redirect p99: {normal:?}, in the outage {outage:?}");
    core.thaw().await;
    edge.drained().await;
    traffic.check(&core).await;
}

#[tokio::test]
async fn a_postback_that_comes_before_its_click_counts() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let one = Server::start_edge(&core, &[]).await;
    let other = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &one).await;
    traffic.is_known_to(&other).await;
    core.kill().await;
    traffic.until_queued(&one, 1).await;
    // The click stays in the spool of `one`: that edge hangs while the core takes the postback from
    // `other`.
    let queued = traffic.across(&one, &other).await;
    assert_eq!((queued.status, queued.field("verdict").as_str()), (202, "QUEUED"));
    one.freeze().await;
    core.restart_in_place().await;
    other.drained().await;
    one.thaw().await;
    one.drained().await;
    // Every edge accepts postbacks for the clicks of every other edge.
    traffic.until_live(&one).await;
    let answer = traffic.across(&other, &one).await;
    assert!(answer.status < 300, "{answer:?}");
    one.drained().await;
    other.drained().await;
    traffic.check(&core).await;
}

#[tokio::test]
async fn an_edge_that_is_killed_again_and_again_loses_nothing() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    for cycle in 0..6 {
        // In every other cycle, the edge is killed while its spool drains.
        if cycle % 2 == 0 {
            core.freeze().await;
            traffic.until_queued(&edge, QUEUED).await;
            core.thaw().await;
        } else {
            traffic.round(&edge, 24).await;
        }
        edge.kill().await;
        edge.restart().await;
    }
    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    edge.kill().await;
    edge.restart().await;
    core.restart_in_place().await;
    edge.drained().await;
    // Health must not report a crash as a loss.
    let health = edge.health().await;
    assert_eq!((&health["spool"]["lost"], &health["spool"]["put_aside"]), (&0.into(), &0.into()), "{health}");
    traffic.check_conversions(&core).await;
}

#[tokio::test]
async fn a_full_spool_refuses_and_says_so() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[("S2S_SPOOL_MEBIBYTES_MAX", "1")]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    core.kill().await;
    let refused = loop {
        let answer = traffic.long_postback(&edge).await;
        if answer.status != 202 {
            break answer;
        }
    };
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"), "{refused:?}");
    assert_eq!(refused.field("reason"), "UNAVAILABLE");
    let health = eventually(async || {
        let health = edge.health().await;
        (health["status"] == "not serving").then_some(health)
    })
    .await;
    assert!(health["spool"]["bytes"].as_u64().unwrap() > 1_000_000, "{health}");
    // Visitors are redirected. Their clicks are not stored, but the click ids are valid.
    while traffic.round(&edge, 8).await.refused == 0 {}
    core.restart_in_place().await;
    edge.drained().await;
    // The spool must report that it has room again, although nothing more is written.
    let health = eventually(async || {
        let health = edge.health().await;
        (health["status"] == "serving").then_some(health)
    })
    .await;
    assert_eq!(health["spool"]["refusing"], false, "{health}");
    traffic.check_conversions(&core).await;
}

#[tokio::test]
async fn nobody_fills_the_spool_with_one_click() {
    const WAITING_MAX: usize = 1_000;
    let mut core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    let sale = core.code("Sale").await;
    let link = core.link(&[&sale]).await;
    let mut kept = BTreeSet::new();
    for round in 0..3 {
        let [one, other] = [core.click(&link).await, core.click(&link).await];
        let send = async |click: &str, oid: &str| {
            edge.postback(&format!("clickId={click}&id={}&val=1&com=1&oid={oid}", sale.id)).await
        };
        core.kill().await;
        for number in 0..WAITING_MAX {
            let oid = format!("{round}-{number}");
            assert_eq!(send(&one, &oid).await.status, 202);
            kept.insert(oid);
        }
        for number in 0..3 {
            let refused = send(&one, &format!("{round}-more-{number}")).await;
            assert_eq!(
                (refused.status, refused.field("reason").as_str()),
                (503, "UNAVAILABLE"),
                "{refused:?}"
            );
            // The limit on waiting postbacks of one click does not affect other clicks.
            let oid = format!("{round}-other-{number}");
            assert_eq!(send(&other, &oid).await.status, 202);
            kept.insert(oid);
        }
        core.restart_in_place().await;
        edge.drained().await;
        // After the drain, the click has room again.
        assert_eq!(send(&one, &format!("{round}-more-0")).await.status, 200);
        kept.insert(format!("{round}-more-0"));
    }
    let filter = ConversionFilter { conversion_code_id: sale.id.clone(), ..Default::default() };
    let counted: Vec<Conversion> =
        core.client().conversions().list(request::conversions(filter)).try_collect().await.unwrap();
    assert_eq!(counted.len(), kept.len());
    assert_eq!(counted.into_iter().map(|one| one.transaction_id).collect::<BTreeSet<_>>(), kept);
}

/// The first postback of an order counts, even if the next one comes when the queue of the click is full
/// and the core just answers again.
#[tokio::test]
async fn no_postback_overtakes_a_full_queue() {
    const WAITING_MAX: usize = 1_000;
    let core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    let sale = core.code("Sale").await;
    let link = core.link(&[&sale]).await;
    for round in 0..3 {
        let click = core.click(&link).await;
        let target = |oid: &str, value: u32| {
            format!("clickId={click}&id={}&val={value}&com=1&oid={round}-{oid}", sale.id)
        };
        core.freeze().await;
        for number in 0..WAITING_MAX - 1 {
            assert_eq!(edge.postback(&target(&number.to_string(), 1)).await.status, 202);
        }
        assert_eq!(edge.postback(&target("last", 1)).await.status, 202);
        let overtaking = target("last", 2);
        let (refused, ()) = tokio::join!(edge.postback(&overtaking), core.thaw());
        assert_eq!((refused.status, refused.field("reason").as_str()), (503, "UNAVAILABLE"), "{refused:?}");
        edge.drained().await;
        let filter =
            ConversionFilter { transaction_id: format!("{round}-last"), ..ConversionFilter::default() };
        let counted = core.client().conversions().list_page(request::conversions(filter)).await.unwrap();
        assert_eq!(counted.conversions[0].value.as_ref().unwrap().micros, 1_000_000);
        assert_eq!(edge.postback(&overtaking).await.field("reason"), "TRANSACTION_CONFLICT");
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_costs_nothing_that_was_kept() {
    // The disk is a little larger than the 64 MiB that the spool leaves free.
    let disk = SmallDisk::mount(64 * 1_024 + 256);
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[("S2S_SPOOL", disk.path())]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    while traffic.long_postback(&edge).await.status == 202 {}
    // If not even one byte is free, nothing more is acknowledged.
    disk.fill();
    let refused = traffic.long_postback(&edge).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"), "{refused:?}");
    assert_eq!(refused.field("reason"), "UNAVAILABLE");
    eventually(async || (edge.health().await["status"] == "not serving").then_some(())).await;
    assert!(traffic.round(&edge, 8).await.refused > 0);

    // A spool on a full disk can still be drained.
    core.restart_in_place().await;
    eventually(async || (edge.health().await["spool"]["records"] == 0).then_some(())).await;
    // A snapshot that could not be written is written once the disk has space again.
    disk.fill();
    let sale = core.code("Other").await;
    eventually(async || {
        // The last block of the snapshot's file may have room for a few more links.
        core.link(&[&sale]).await;
        edge.spool().join("known.new").exists().then_some(())
    })
    .await;
    let other = core.link(&[&sale]).await;
    let follow = async |edge: &Server| visit(&http(), &edge.url, &other.slug).await.unwrap();
    follow(&edge).await.unwrap();
    disk.make_room();
    edge.knows(&other.slug).await;
    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    edge.kill().await;
    edge.restart().await;
    follow(&edge).await.unwrap();
    core.restart_in_place().await;
    edge.drained().await;
    traffic.check_conversions(&core).await;
}

#[tokio::test]
async fn a_segment_whose_fsync_failed_is_not_written_to_again() {
    let disk = FailingDisk::build();
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &disk.variables()).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    disk.fail();
    let failed = traffic.long_postback(&edge).await;
    assert_eq!((failed.status, failed.header("retry-after")), (503, "1"), "{failed:?}");
    disk.mend();
    traffic.until_queued(&edge, QUEUED).await;
    let health = edge.health().await;
    assert!(health["spool"]["fsync_failures"].as_u64().unwrap() > 0, "{health}");
    assert!(segments(&edge).len() > 1, "the segment that failed was written to again");
    // A postback that was refused must not be delivered after a crash.
    edge.kill().await;
    edge.restart().await;
    core.restart_in_place().await;
    edge.drained().await;
    traffic.check_conversions(&core).await;
}

#[tokio::test]
async fn damage_costs_only_the_damaged_records_and_is_reported() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    edge.kill().await;
    let segment = segments(&edge).pop().unwrap();
    let whole = std::fs::read(&segment).unwrap();
    // Adds two kinds of damage. Before the last record comes a copy of that record with one changed
    // bit, as from a faulty disk. At the end comes half a record, as from a write that a crash cut
    // short. On a busy machine, first records may have been spooled and drained before the kill; the
    // last record is still to be drained.
    let (mut last, mut end) = (0, 0);
    while end < whole.len() {
        let length = u32::from_be_bytes(whole[end + 8..end + 12].try_into().unwrap());
        (last, end) = (end, end + usize::try_from(length).unwrap() + 28);
    }
    let mut copy = whole[last..].to_vec();
    *copy.last_mut().unwrap() ^= 1;
    let half = &whole[last..last + copy.len() / 2];
    std::fs::write(&segment, [&whole[..last], &copy, &whole[last..], half].concat()).unwrap();
    edge.restart().await;
    core.restart_in_place().await;
    edge.drained().await;
    traffic.check_conversions(&core).await;
    // The file is put aside after it was read to its end.
    eventually(async || (edge.health().await["spool"]["put_aside"] == 1).then_some(())).await;
    assert!(segment.with_extension("damaged").is_file() && !segment.exists());
}

#[tokio::test]
async fn a_spool_belongs_to_one_server() {
    let server = Server::start_with(&["--spool", "spool"]).await;
    let folder = tempfile::tempdir().unwrap();
    let spool = server.folder().join("spool");
    let flags = ["--listen", "127.0.0.1:0", "--spool", spool.to_str().unwrap()];
    let (status, output) = run_to_end(folder.path(), &flags, &[]).await;
    assert!(!status.success() && output.contains("reason: SPOOL_TAKEN"), "{output}");
    let mut file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    file.push("spool");
    let flags = ["--listen", "127.0.0.1:0", "--spool", file.to_str().unwrap()];
    let (status, output) = run_to_end(folder.path(), &flags, &[]).await;
    assert!(!status.success() && output.contains("reason: SPOOL_FAILED"), "{output}");
}

#[tokio::test]
async fn an_edge_that_can_not_start_names_the_setting_at_fault() {
    let folder = tempfile::tempdir().unwrap();
    let edge = ["--listen", "127.0.0.1:0", "--role", "edge"];
    let core = ["--core", "http://127.0.0.1:1"];
    let key = [("S2S_CORE_KEY", ADMIN_KEY)];
    let nonsense = ["--core", "nonsense"];
    let ca = ["--core-ca", "missing.pem"];
    for (flags, variables, named, reason) in [
        (edge.to_vec(), &key[..], "--core", "INVALID_SETTING"),
        ([&edge[..], &core].concat(), &[][..], "S2S_CORE_KEY", "INVALID_SETTING"),
        ([&edge[..], &nonsense].concat(), &key[..], "--core", "INVALID_SETTING"),
        ([&edge[..], &core, &ca].concat(), &key[..], "missing.pem", "INVALID_SETTING"),
        ([&edge[..], &core].concat(), &key[..], "core", "CORE_AWAY"),
        (core.to_vec(), &[][..], "--core", "CORE_NOT_FOR_ROLE"),
    ] {
        let (status, output) = run_to_end(folder.path(), &flags, variables).await;
        assert_eq!(status.code(), Some(exit_code(reason)), "{flags:?}: {output}");
        let says = output.contains(named) && output.contains(&format!("reason: {reason}\n"));
        assert!(says, "{flags:?}: {output}");
    }
}

#[tokio::test]
async fn each_role_answers_only_its_own_requests() {
    let core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    let link = core.link(&[&core.code("Sale").await]).await;
    let get = async |server: &Server, path: &str| {
        let answer = http().get(format!("{}{path}", server.url)).send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(get(&edge, &format!("/{}", link.slug)).await, 302);
    assert_eq!(get(&core, &format!("/{}", link.slug)).await, 404);
    assert_eq!(get(&core, "/s2s?val=1").await, 404);
    assert_eq!((get(&core, "/healthz").await, get(&edge, "/healthz").await), (200, 200));
    let error = edge.client().presets().list_page(ListPresetsRequest::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unimplemented);
    // A key without the scope `edge` can't start an edge.
    let (_, key) = core.api_key("", &[ApiKeyScope::Record]).await;
    let flags = ["--listen", "127.0.0.1:0", "--role", "edge", "--core", &core.url];
    let folder = tempfile::tempdir().unwrap();
    let (status, output) = run_to_end(folder.path(), &flags, &[("S2S_CORE_KEY", &key)]).await;
    assert!(!status.success() && output.contains("scope `edge`"), "{output}");
}

/// The segments of a spool, the oldest first.
fn segments(edge: &Server) -> Vec<PathBuf> {
    let files = std::fs::read_dir(edge.spool()).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "spool")).collect();
    segments.sort_unstable();
    segments
}

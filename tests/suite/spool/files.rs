//! The files of the spool, changed by other programs or persons: removed, cut, planted.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use s2s_sdk::v1::ApiKeyScope;
use s2s_tests::{ADMIN_KEY, Server, eventually, run_to_end};

use super::{QUEUED, refused::LoggedEdge, segments, traffic::Traffic};

/// Checks that a second server does not start on the spool.
async fn check_taken(server: &Server) {
    let folder = tempfile::tempdir().unwrap();
    let spool = server.spool();
    let flags = ["--listen", "127.0.0.1:0", "--spool", spool.to_str().unwrap()];
    let (status, output) = run_to_end(folder.path(), &flags, &[]).await;
    assert!(!status.success() && output.contains("reason: SPOOL_TAKEN"), "{output}");
}

/// It holds visitors' data.
#[tokio::test]
async fn a_drained_file_is_deleted_although_no_more_records_come() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    for _ in 0..3 {
        core.kill().await;
        traffic.until_queued(&edge, 1).await;
        assert!(!segments(&edge).is_empty());
        core.restart_in_place().await;
        eventually(async || segments(&edge).is_empty().then_some(())).await;
    }
    traffic.until_live(&edge).await;
    edge.drained().await;
    traffic.check(&core).await;
}

#[tokio::test]
async fn the_folder_belongs_to_one_server_whatever_is_removed_from_it() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    let lock = edge.spool().join("lock");
    fs::remove_file(&lock).unwrap();
    check_taken(&edge).await;
    fs::write(&lock, "").unwrap();
    check_taken(&edge).await;

    // If the folder was moved or removed, the next start would not find records in it. So the edge
    // refuses postbacks.
    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    let moved = edge.folder().join("moved");
    fs::rename(edge.spool(), &moved).unwrap();
    assert_eq!(traffic.long_postback(&edge).await.status, 503);
    fs::create_dir(edge.spool()).unwrap();
    assert_eq!(traffic.long_postback(&edge).await.status, 503);
    eventually(async || (edge.health().await["spool"]["refusing"] == true).then_some(())).await;
    eventually(async || (edge.health().await["status"] == "not serving").then_some(())).await;
    fs::remove_dir(edge.spool()).unwrap();
    fs::rename(&moved, edge.spool()).unwrap();
    eventually(async || (edge.health().await["spool"]["refusing"] == false).then_some(())).await;
    traffic.until_queued(&edge, QUEUED).await;
    core.restart_in_place().await;
    edge.drained().await;
    traffic.check_conversions(&core).await;
}

/// Sends postbacks that are queued. Returns their ids.
async fn queue(traffic: &mut Traffic, edge: &Server, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    while ids.len() < count {
        let answer = traffic.long_postback(edge).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        ids.push(answer.field("postback_id"));
    }
    ids
}

/// The ids in the `.lost` files of the spool.
fn lost(edge: &Server) -> Vec<String> {
    let files = fs::read_dir(edge.spool()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "lost"));
    files
        .flat_map(|path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn cut(path: &Path, bytes: u64) {
    let file = fs::File::options().write(true).open(path).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(bytes)).unwrap();
}

/// Damages a file. The number is the length of its last record, in bytes.
type Damage = fn(&Path, u64);

/// The ids of the records of a segment, from its list of acknowledged records.
fn acknowledged(segment: &Path) -> Vec<String> {
    let list = fs::read_to_string(segment.with_extension("acknowledged")).unwrap();
    list.lines().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn acknowledged_records_that_are_missing_are_counted_and_named() {
    // The missing part: the end of the last record; the complete last record; all records; the
    // file.
    let whole = |path: &Path| {
        let list = fs::read_to_string(path.with_extension("acknowledged")).unwrap();
        let ends: Vec<u64> =
            list.lines().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
        ends[ends.len() - 1] - ends[ends.len() - 2]
    };
    let cuts: [(&str, Damage, usize); 4] = [
        ("30 bytes", |path, _| cut(path, 30), 1),
        ("a record", |path, record| cut(path, record), 1),
        ("everything", |path, _| cut(path, u64::MAX), 4),
        ("the file", |path, _| fs::remove_file(path).unwrap(), 4),
    ];
    for (what, damage, missing) in cuts {
        let mut core = Server::start_with(&["--role", "core"]).await;
        let mut edge = Server::start_edge(&core, &[]).await;
        let mut traffic = Traffic::begin(&core, &edge).await;
        edge.drained().await;
        core.kill().await;
        let ids = queue(&mut traffic, &edge, 4).await;
        edge.kill().await;
        let segment = segments(&edge).pop().unwrap();
        damage(&segment, whole(&segment));
        core.restart_in_place().await;
        for _ in 0..2 {
            edge.restart().await;
            edge.drained().await;
            let health = eventually(async || {
                let health = edge.health().await;
                (health["spool"]["lost"] != 0).then_some(health)
            })
            .await;
            assert_eq!(health["spool"]["lost"], missing, "{what}: {health}");
            assert_eq!(lost(&edge), ids[4 - missing..], "{what}");
            edge.kill().await;
        }
        drop(traffic);
    }
}

#[tokio::test]
async fn records_that_were_put_aside_are_counted_again() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    edge.drained().await;
    core.kill().await;
    queue(&mut traffic, &edge, 2).await;
    edge.kill().await;
    let segment = segments(&edge).pop().unwrap();
    let records = acknowledged(&segment).len();
    fs::rename(&segment, segment.with_extension("aside")).unwrap();
    fs::remove_file(segment.with_extension("acknowledged")).unwrap();
    core.restart_in_place().await;
    edge.restart().await;
    edge.drained().await;
    assert_eq!(edge.health().await["spool"]["put_aside"], records);
    // The records are delivered once the file has its name back.
    edge.kill().await;
    fs::rename(segment.with_extension("aside"), &segment).unwrap();
    edge.restart().await;
    edge.drained().await;
    assert_eq!(edge.health().await["spool"]["put_aside"], 0);
    traffic.check_conversions(&core).await;
}

fn folder_with_spool() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("spool")).unwrap();
    fs::set_permissions(folder.path().join("spool"), Permissions::from_mode(0o700)).unwrap();
    folder
}

#[tokio::test]
async fn what_others_have_written_does_not_count() {
    // The stranger knows the format, but not the secret.
    let mut elsewhere = Server::start_with(&["--role", "core"]).await;
    let mut stranger = Server::start_edge(&elsewhere, &[]).await;
    let mut traffic = Traffic::begin(&elsewhere, &stranger).await;
    stranger.drained().await;
    elsewhere.kill().await;
    queue(&mut traffic, &stranger, 2).await;
    stranger.kill().await;
    let planted = segments(&stranger).pop().unwrap();
    // With `S2S_SPOOL_ADOPT`, the operator vouches for the records. The core judges them, and
    // refuses the clicks.
    let ids = acknowledged(&planted);
    let clicks = ids.iter().filter(|id| !id.starts_with("pb_")).count();

    let core = Server::start_with(&["--role", "core"]).await;
    let adopt = [("S2S_SPOOL_ADOPT", "true")];
    for (variables, put_aside) in [(&[][..], ids.len()), (&adopt, clicks)] {
        let mut edge = Server::start_edge(&core, variables).await;
        edge.kill().await;
        fs::copy(&planted, edge.spool().join(planted.file_name().unwrap())).unwrap();
        edge.restart().await;
        edge.drained().await;
        let health = edge.health().await;
        assert_eq!(health["spool"]["put_aside"], put_aside, "{health}");
    }

    // The log names each of the records.
    let folder = folder_with_spool();
    fs::copy(&planted, folder.path().join("spool").join(planted.file_name().unwrap())).unwrap();
    let (_, key) = core.api_key("", &[ApiKeyScope::Edge]).await;
    let edge = LoggedEdge::start_in(folder, &core.url, &key).await;
    eventually(async || (edge.said("WAS PUT ASIDE") == ids.len()).then_some(())).await;
    for id in &ids {
        assert_eq!(edge.said(id), 1, "{id}");
    }

    // Without its core, an edge starts only from a snapshot that it has written itself.
    let folder = folder_with_spool();
    fs::copy(stranger.spool().join("known"), folder.path().join("spool/known")).unwrap();
    let flags = ["--listen", "127.0.0.1:0", "--role", "edge", "--core", &elsewhere.url, "--spool", "spool"];
    let (status, output) = run_to_end(folder.path(), &flags, &[("S2S_CORE_KEY", ADMIN_KEY)]).await;
    assert!(!status.success() && output.contains("reason: CORE_AWAY"), "{output}");
}

#[tokio::test]
async fn what_is_no_regular_file_is_neither_read_nor_written() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    edge.terminate().await;
    assert!(edge.ended().await.success());
    let spool = edge.spool();
    let within = |name: &str| spool.join(name);
    let segment = |number: u8| within(&format!("{number:020}-{number:032x}.spool"));
    let precious = edge.folder().join("precious");
    fs::write(&precious, "precious").unwrap();
    fs::create_dir(segment(1)).unwrap();
    assert!(Command::new("mkfifo").arg(segment(2)).status().unwrap().success());
    symlink(&precious, segment(3)).unwrap();
    symlink("/dev/zero", segment(4)).unwrap();
    for name in ["known.new", "checkpoint.new"] {
        symlink(&precious, within(name)).unwrap();
    }
    edge.restart().await;
    edge.drained().await;
    core.kill().await;
    traffic.until_queued(&edge, QUEUED).await;
    edge.terminate().await;
    assert!(edge.ended().await.success(), "the edge stops without an error");
    edge.restart().await;
    core.restart_in_place().await;
    edge.drained().await;
    traffic.check_conversions(&core).await;
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    let left: Vec<PathBuf> = segments(&edge);
    assert!((1..=4).all(|number| left.contains(&segment(number))), "{left:?}");
}

#[tokio::test]
async fn a_folder_that_others_may_write_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    fs::create_dir(&spool).unwrap();
    for mode in [0o770, 0o702, 0o1777] {
        fs::set_permissions(&spool, Permissions::from_mode(mode)).unwrap();
        let flags = ["--listen", "127.0.0.1:0", "--spool", "spool"];
        let (status, output) = run_to_end(folder.path(), &flags, &[]).await;
        assert!(!status.success() && output.contains("reason: SPOOL_FAILED"), "{mode:o}: {output}");
        assert!(output.contains("chmod 700 'spool'"), "{mode:o}: {output}");
    }
}

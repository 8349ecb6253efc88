//! Backups and restores that are refused, each with its reason.

use std::{fs, path::Path};

use s2s_tests::{Server, command, database::kind, end_of};

use super::{Place, run, succeed};
use crate::config::exit_code;

async fn check_refused(settings: &[&str], task: &[&str], reason: &str, named: &str) {
    let (status, output) = run(settings, task).await;
    assert!(output.contains(&format!("reason: {reason}\n")), "{settings:?} {task:?}: {output}");
    assert_eq!(status.code(), Some(exit_code(reason)), "{output}");
    assert!(output.contains(named), "{settings:?} {task:?} must name {named}: {output}");
}

/// A stopped server with a spool, and a copy of that server.
async fn copied() -> (Server, Place) {
    let mut server = Server::start_with(&["--spool", "spool"]).await;
    let link = server.link(&[&server.code("Sale").await]).await;
    server.click(&link).await;
    let place = Place::new().await;
    server.terminate().await;
    assert!(server.ended().await.success());
    place.back_up(&server).await;
    (server, place)
}

#[tokio::test]
async fn a_backup_that_can_not_be_made_is_refused() {
    let (server, place) = copied().await;
    let spool = server.spool();
    let (url, spool) = (server.database_url.as_str(), spool.to_str().unwrap());
    let good = ["--database-url", url, "--spool", spool];
    let new = place.path("new");
    let task = ["backup", "--to", &new];
    fs::write(place.path("file"), "").unwrap();
    for (to, named) in [
        (place.path("copy"), "not empty"),
        (place.path("missing/copy"), "parent folder"),
        (place.path("file"), "file"),
        (place.path("file/copy"), "file"),
    ] {
        check_refused(&good, &["backup", "--to", &to], "BACKUP_FOLDER_UNUSABLE", named).await;
    }
    let missing = place.path("missing");
    check_refused(&["--database-url", url, "--spool", &missing], &task, "SPOOL_FAILED", "missing").await;
    let file = format!("sqlite:{}", place.path("missing.db"));
    let settings = ["--database-url", &file, "--spool", spool];
    check_refused(&settings, &task, "DATABASE_FAILED", "missing.db").await;
    assert!(!Path::new(&place.path("missing.db")).exists());
    for (settings, reason, named) in [
        (&["--role", "edge", "--spool", "off"][..], "INVALID_SETTING", "--spool"),
        (&["--database-url", "mongodb://x/s2s"], "INVALID_SETTING", "--database-url"),
        (&["--listen", "127.0.0.1:1", "--role", "nobody"], "INVALID_SETTING", "--role"),
    ] {
        check_refused(settings, &task, reason, named).await;
    }
    for url in ["postgres://s2s:geheim@127.0.0.1:1/s2s", "mysql://s2s:geheim@127.0.0.1:1/s2s"] {
        let settings = ["--database-url", url, "--spool=off"];
        check_refused(&settings, &task, "BACKUP_FAILED", "127.0.0.1:1").await;
        let (_, output) = run(&settings, &task).await;
        assert!(!output.contains("geheim"), "{output}");
    }
    assert!(!Path::new(&new).exists(), "nothing of a refused backup is kept");
    assert!(Path::new(&place.path("copy/manifest.json")).exists());
}

#[tokio::test]
async fn a_copy_is_restored_into_an_empty_place_alone() {
    let (server, place) = copied().await;
    let copy = place.path("copy");
    let task = ["restore", "--from", &copy];
    let (url, spool) = (place.database_url.as_str(), place.path("spool"));
    let own_spool = server.spool();
    let other =
        if kind() == "postgres" { "mysql://u@127.0.0.1:1/s2s" } else { "postgres://u@127.0.0.1:1/s2s" };
    for (settings, reason, named) in [
        (["--database-url", &server.database_url, "--spool", &spool], "RESTORE_NOT_EMPTY", "--database-url"),
        (["--database-url", url, "--spool", own_spool.to_str().unwrap()], "RESTORE_NOT_EMPTY", "--spool"),
        (["--database-url", other, "--spool", &spool], "COPY_UNSUITABLE", "database"),
        (["--role", "edge", "--spool", &spool], "COPY_UNSUITABLE", "--role"),
    ] {
        check_refused(&settings, &task, reason, named).await;
    }
    let settings = ["--database-url", url, "--spool", &spool];
    check_refused(&settings, &["restore", "--from", &place.path("none")], "COPY_UNFINISHED", "manifest")
        .await;
    let running = Server::start_with(&["--spool", "spool"]).await;
    let taken = running.spool();
    let settings_taken = ["--database-url", url, "--spool", taken.to_str().unwrap()];
    check_refused(&settings_taken, &task, "SPOOL_TAKEN", "--spool").await;
    // SQLite would read a file with this name as the log of the restored database.
    if kind() == "sqlite" {
        let log = place.path("s2s.db-wal");
        fs::write(&log, "").unwrap();
        check_refused(&settings, &task, "RESTORE_NOT_EMPTY", "s2s.db-wal").await;
        fs::remove_file(log).unwrap();
    }
    // After all these refusals the place is as empty as before.
    succeed(&settings, &task).await;
    check_refused(&settings, &task, "RESTORE_NOT_EMPTY", "--database-url").await;
}

#[tokio::test]
async fn a_copy_of_an_edge_is_told_apart() {
    let (server, place) = copied().await;
    let (spool, edge) = (server.spool(), place.path("edge"));
    let settings = ["--role", "edge", "--spool", spool.to_str().unwrap()];
    succeed(&settings, &["backup", "--to", &edge]).await;
    let to = place.path("spool");
    let task = ["restore", "--from", &edge];
    let settings = ["--database-url", &place.database_url, "--spool", &to];
    check_refused(&settings, &task, "COPY_UNSUITABLE", "--role=edge").await;
    let settings = ["--database-url", &place.database_url, "--spool=off"];
    let task_of_all = ["restore", "--from", &place.path("copy")];
    check_refused(&settings, &task_of_all, "COPY_UNSUITABLE", "--spool").await;
    succeed(&["--role", "edge", "--spool", &to], &task).await;
    assert!(Path::new(&to).join("known").exists());
}

#[tokio::test]
async fn a_copy_with_a_changed_byte_is_refused_by_the_name_of_the_file() {
    let (_server, place) = copied().await;
    let (copy, spool) = (place.path("copy"), place.path("spool"));
    let settings = ["--database-url", &place.database_url, "--spool", &spool];
    let task = ["restore", "--from", &copy];
    for name in ["manifest.json", "database", "spool/known"] {
        let path = Path::new(&copy).join(name);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        let middle = whole.iter().rposition(u8::is_ascii_alphanumeric).unwrap();
        changed[middle] ^= 1;
        for bytes in [&changed[..], &whole[..whole.len() - 1], &[]] {
            fs::write(&path, bytes).unwrap();
            // A manifest that was cut short counts as damaged, not as unfinished.
            check_refused(&settings, &task, "COPY_DAMAGED", name).await;
        }
        fs::remove_file(&path).unwrap();
        let reason = if name == "manifest.json" { "COPY_UNFINISHED" } else { "COPY_DAMAGED" };
        check_refused(&settings, &task, reason, name).await;
        fs::write(&path, whole).unwrap();
    }
    succeed(&settings, &task).await;
}

#[tokio::test]
async fn a_program_that_is_missing_is_named() {
    let (server, place) = copied().await;
    let (spool, copy) = (server.spool(), place.path("copy"));
    let missing = match kind() {
        "postgres" => ["pg_dump", "pg_restore"],
        "mariadb" => ["mariadb-dump", "mariadb"],
        _ => return,
    };
    let [new, to] = [place.path("new"), place.path("spool")];
    for (settings, task, program) in [
        (
            ["--database-url", &server.database_url, "--spool", spool.to_str().unwrap()],
            ["backup", "--to", &new],
            missing[0],
        ),
        (["--database-url", &place.database_url, "--spool", &to], ["restore", "--from", &copy], missing[1]),
    ] {
        let mut command = command(place.folder.path());
        command.args(settings).args(task).env("PATH", "/nowhere");
        let (status, output) = end_of(command).await;
        assert_eq!(status.code(), Some(exit_code("TOOL_MISSING")), "{output}");
        assert!(
            output.contains("reason: TOOL_MISSING\n") && output.contains(&format!("`{program}`")),
            "{output}"
        );
    }
    assert!(!Path::new(&new).exists() && !Path::new(&to).join("known").exists());
}

#[tokio::test]
async fn no_server_starts_on_a_spool_that_is_restored_in_part() {
    let (_server, place) = copied().await;
    let spool = place.path("spool");
    let settings = ["--database-url", &place.database_url, "--spool", &spool];
    succeed(&settings, &["restore", "--from", &place.path("copy")]).await;
    // A restore that is killed leaves this file behind.
    let mark = Path::new(&spool).join("restoring");
    fs::write(&mark, "").unwrap();
    let start = [&settings[..], &["--listen", "127.0.0.1:0"]].concat();
    check_refused(&start, &[], "SPOOL_FAILED", "only in part").await;
    fs::remove_file(mark).unwrap();
    Server::start_at_with(place.database_url.clone(), &["--spool", &spool]).await;
}

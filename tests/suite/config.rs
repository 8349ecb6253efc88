//! Starts that the server refuses, with a message that names the cause, and starts that succeed.

use std::{path::Path, process::Stdio};

use s2s_sdk::v1::{GetConversionCodeRequest, ListConversionCodesRequest};
use s2s_tests::{Server, binary, command, database, end_of, prepare, run_to_end};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::Command,
};

/// The exit code of a start reason, by the list of reasons.
pub fn exit_code(reason: &str) -> i32 {
    let list: toml::Table = toml::from_str(include_str!("../../proto/reasons.toml")).unwrap();
    let listed = list["start"].as_array().unwrap().iter().find(|one| one["name"].as_str() == Some(reason));
    let code = listed.unwrap_or_else(|| panic!("{reason} is not listed"))["exit_code"].as_integer();
    i32::try_from(code.unwrap()).unwrap()
}

/// Starts the server with settings that it must refuse, and checks that its message names the
/// setting.
pub async fn check_refused(
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
    named: &str,
    reason: &str,
) {
    let (status, output) = run_to_end(folder, arguments, variables).await;
    assert_eq!(status.code(), Some(exit_code(reason)), "{arguments:?}: {output}");
    assert!(
        output.lines().any(|text| text.starts_with("error: ") && !text.starts_with("error: error")),
        "{output}"
    );
    assert!(output.contains(named), "{arguments:?} must name `{named}`: {output}");
    let line = format!("reason: {reason}");
    assert!(output.lines().any(|text| text == line), "{arguments:?} must say `{line}`: {output}");
    assert!(!output.contains("panicked"), "{output}");
}

#[tokio::test]
async fn settings_that_are_wrong_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, value, reason) in [
        ("--lisen", "127.0.0.1:0", "UNKNOWN_SETTING"),
        ("--listen", "localhost", "INVALID_SETTING"),
        ("--listen", "127.0.0.1:99999", "INVALID_SETTING"),
        ("--database-url", "mongodb://127.0.0.1/s2s", "INVALID_SETTING"),
        ("--database-url", "sqlite:", "INVALID_SETTING"),
        ("--database-url", "sqlite::memory:", "INVALID_SETTING"),
        ("--database-url", "postgres://127.0.0.1", "INVALID_SETTING"),
        ("--public-url", "https://t.example/path", "INVALID_SETTING"),
        ("--drain-seconds", "0", "INVALID_SETTING"),
        ("--retain-clicks-days", "0", "INVALID_SETTING"),
        ("--retain-conversions-days", "for ever", "INVALID_SETTING"),
        ("--retain-postbacks-days", "6", "INVALID_SETTING"),
        ("--rate-per-key", "0", "INVALID_SETTING"),
        ("--log", "a=b=c", "INVALID_SETTING"),
        ("--log", "loud", "INVALID_SETTING"),
    ] {
        check_refused(folder.path(), &[flag, value], &[], flag, reason).await;
        let variable = format!("S2S_{}", flag.trim_start_matches('-').replace('-', "_").to_uppercase());
        // For a wrong value of a variable, clap names the flag. For an unknown variable, the server
        // names the variable.
        let named = if reason == "UNKNOWN_SETTING" { variable.as_str() } else { flag };
        check_refused(folder.path(), &[], &[(&variable, value)], named, reason).await;
    }
    let reachable = ["--listen", "0.0.0.0:0", "--no-auth"];
    check_refused(folder.path(), &reachable, &[], "--no-auth", "NO_AUTH_REACHABLE").await;
    let no_keys = [("S2S_NO_AUTH", "true"), ("S2S_RATE_PER_KEY", "5")];
    check_refused(folder.path(), &[], &no_keys, "--rate-per-key", "RATE_WITHOUT_KEYS").await;
    let mistyped = [("S2S_ADMIN_KEY", "s2s_geheim")];
    check_refused(folder.path(), &[], &mistyped, "S2S_ADMIN_KEY", "INVALID_SETTING").await;
    check_refused(folder.path(), &["surplus"], &[], "surplus", "UNKNOWN_SETTING").await;
    let slip = [("S2S_DATABSE_URL", "sqlite:x.db")];
    check_refused(folder.path(), &[], &slip, "did you mean S2S_DATABASE_URL", "UNKNOWN_SETTING").await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was created");
}

/// Starts a server, and stops it once it listens. Returns its log.
async fn log_of_a_start(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = command(folder.path());
    command.env("S2S_LISTEN", "127.0.0.1:0").args(arguments).envs(variables.iter().copied());
    command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap()).kill_on_drop(true);
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    while !lines.next_line().await.unwrap().unwrap().contains(" listens on ") {}
    server.kill().await.unwrap();
    std::fs::read_to_string(log).unwrap()
}

#[tokio::test]
async fn variables_of_others_hinder_no_start() {
    let of_kubernetes = [
        ("S2S_SERVICE_HOST", "10.0.0.1"),
        ("S2S_SERVICE_PORT", "8080"),
        ("S2S_SERVICE_PORT_HTTP", "8080"),
        ("S2S_PORT", "tcp://10.0.0.1:8080"),
        ("S2S_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("S2S_PORT_8080_TCP_ADDR", "10.0.0.1"),
    ];
    let log = log_of_a_start(&[], &of_kubernetes).await;
    assert!(!log.contains("S2S_"), "{log}");
    let log = log_of_a_start(&[], &[("S2S_GREETING", "geheim"), ("S2S_TESTS_LISTEN", "x")]).await;
    assert!(log.contains("S2S_GREETING") && log.contains("S2S_TESTS_LISTEN"), "{log}");
    assert!(!log.contains("geheim"), "{log}");
}

#[tokio::test]
async fn urls_that_lead_nowhere_are_warned_of() {
    for (arguments, warned) in [
        (&["--listen", "0.0.0.0:0"][..], true),
        (&["--listen", "[::]:0"], true),
        (&["--public-url", "http://0.0.0.0:8080"], true),
        (&["--listen", "0.0.0.0:0", "--public-url", "https://t.example"], false),
        (&[], false),
    ] {
        let log = log_of_a_start(arguments, &[]).await;
        assert_eq!(log.contains("--public-url"), warned, "{arguments:?}: {log}");
    }
}

#[tokio::test]
async fn a_folder_that_is_missing_is_not_replaced_by_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let listen = ["--listen", "127.0.0.1:0"];
    for (arguments, variables, named, reason) in [
        (
            &["--database-url", "sqlite:disk/s2s.db"][..],
            &[("S2S_SPOOL", "disk/s2s.spool")][..],
            "disk",
            "DATABASE_FAILED",
        ),
        (&["--database-url", "sqlite:disk/s2s.db"], &[("S2S_SPOOL", "s2s.spool")], "disk", "DATABASE_FAILED"),
        (&["--database-url", "sqlite:disk/s2s.db"], &[], "disk", "DATABASE_FAILED"),
    ] {
        for _ in 0..2 {
            check_refused(folder.path(), &[&listen, arguments].concat(), variables, named, reason).await;
            assert!(!folder.path().join("disk").exists(), "{arguments:?}");
        }
    }
}

#[tokio::test]
async fn a_database_file_that_can_not_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("shop")).unwrap();
    let listen = ["--listen", "127.0.0.1:0"];
    for (url, cause) in [
        ("sqlite:shop", "shop: this is a folder"),
        ("sqlite:shop/", "shop/: this is a folder"),
        // Not even root can write to the file of a running program.
        ("sqlite:/proc/self/exe", "can't write the file"),
    ] {
        for _ in 0..2 {
            let arguments = [&listen[..], &["--database-url", url]].concat();
            let (status, output) = run_to_end(folder.path(), &arguments, &[]).await;
            assert_eq!(status.code(), Some(exit_code("DATABASE_FAILED")), "{output}");
            assert!(output.contains(cause) && !output.contains("chmod 600 'shop"), "{url}: {output}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check_refused(folder.path(), &["--listen", &address], &[], &address, "LISTEN_FAILED").await;
}

#[tokio::test]
async fn a_database_that_may_lose_what_was_acknowledged_is_refused() {
    let mut server = Server::start().await;
    let url = server.database_url.clone();
    // The server itself sets all settings of SQLite that could lose a commit. MariaDB has such
    // settings only for the whole database server.
    if !url.starts_with("postgres:") {
        return;
    }
    server.terminate().await;
    assert!(server.ended().await.success());
    let (_, name) = url.rsplit_once('/').unwrap();
    database::execute(&url, &format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
    let arguments = ["--listen", "127.0.0.1:0", "--database-url", &url];
    check_refused(server.folder(), &arguments, &[], "synchronous_commit", "DATABASE_LOSSY").await;
    let other = [&arguments[..], &["--allow-lossy", "fsync"]].concat();
    check_refused(server.folder(), &other, &[], "synchronous_commit", "DATABASE_LOSSY").await;
    let server = Server::start_beside_with(&server, &["--allow-lossy", "fsync,synchronous_commit"]).await;
    server.code("Sale").await;
}

#[tokio::test]
async fn a_password_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://s2s:geheim@127.0.0.1:{port}/s2s");
        let arguments = ["--listen", "127.0.0.1:0", "--database-url", &url];
        let (status, output) = run_to_end(folder.path(), &arguments, &[]).await;
        assert_eq!(status.code(), Some(exit_code("DATABASE_FAILED")), "{output}");
        assert!(output.contains("reason: DATABASE_FAILED"), "{output}");
        assert!(output.contains(&format!("127.0.0.1:{port}")) && !output.contains("geheim"), "{output}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let listen = ["--listen", "127.0.0.1:0", "--database-url"];
    let text = folder.path().join("text.db");
    std::fs::write(&text, "no database, but text. ".repeat(1_000)).unwrap();
    std::fs::create_dir(folder.path().join("folder.db")).unwrap();
    for path in ["missing/s2s.db", "folder.db", "text.db"] {
        let url = format!("sqlite:{path}");
        let arguments = [listen.as_slice(), &[&url]].concat();
        check_refused(folder.path(), &arguments, &[], &url, "DATABASE_FAILED").await;
    }
    let untouched = std::fs::read_to_string(&text).unwrap();
    assert_eq!(untouched, "no database, but text. ".repeat(1_000));
}

#[tokio::test]
async fn standard_output_that_can_not_be_written_hangs_no_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    let script = "unset S2S_ADMIN_KEY; exec \"$0\" --listen 127.0.0.1:0 --spool spool >/dev/full";
    shell.args(["-c", script]).arg(binary());
    // The key of the first administrator is shown once, so a start that can't show it fails.
    let (status, output) = end_of(prepare(shell, folder.path())).await;
    assert_eq!(status.code(), Some(exit_code("SYSTEM_FAILED")), "{output}");
    assert!(output.contains("reason: SYSTEM_FAILED") && output.contains("S2S_ADMIN_KEY"), "{output}");
}

#[tokio::test]
async fn help_and_version_are_no_failures() {
    let folder = tempfile::tempdir().unwrap();
    for flag in ["--help", "--version"] {
        let (status, output) = run_to_end(folder.path(), &[flag], &[]).await;
        assert!(status.success() && output.is_empty(), "{output}");
    }
}

#[tokio::test]
async fn a_second_start_on_the_same_database_keeps_what_is_there() {
    let mut server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    for graceful in [true, false] {
        if graceful {
            server.terminate().await;
            assert!(server.ended().await.success());
        } else {
            server.kill().await;
        }
        server.restart().await;
        let client = server.client();
        let request = GetConversionCodeRequest { conversion_code_id: code.id.clone() };
        assert_eq!(client.conversion_codes().get(request).await.unwrap().conversion_code, Some(code.clone()));
        let list = client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap();
        assert_eq!(list.conversion_codes, std::slice::from_ref(&code));
    }
    // Click ids from before the restarts are still valid.
    let answer = server.postback(&format!("clickId={click}&id={}&val=1&com=0", code.id)).await;
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"));
    assert_eq!(server.folder().join("s2s.db").is_file(), database::is_a_file());
}

#[tokio::test]
async fn what_is_published_begins_with_the_public_url() {
    let server = Server::start_with(&["--public-url", "https://t.example"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    assert_eq!(link.url, format!("https://t.example/{}", link.slug));
    let request =
        s2s_sdk::v1::GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let url = server.client().conversion_codes().get_postback_url(request).await.unwrap().postback_url;
    assert_eq!(
        url,
        format!(
            "https://t.example/s2s?clickId={{clickId}}&id={}&val={{val}}&com={{com}}&oid={{oid}}",
            code.id
        )
    );
}

//! Tests of accepted and refused settings.

use std::path::Path;

use super::*;

#[test]
fn flags_are_checked() {
    for (flags, ok) in [
        (vec!["--listen", "0.0.0.0:80"], true),
        (vec!["--listen", "localhost"], false),
        (vec!["--listen", "127.0.0.1:99999"], false),
        (vec!["--database-url", "sqlite:/tmp/x.db"], true),
        (vec!["--database-url", "sqlite:"], false),
        (vec!["--database-url", "sqlite::memory:"], false),
        (vec!["--database-url", "postgres://x"], false),
        (vec!["--database-url", "postgres://x/s2s"], true),
        (vec!["--database-url", "mysql://user:word@x:3307/s2s"], true),
        (vec!["--database-url", "mongodb://x/s2s"], false),
        (vec!["--allow-lossy", "fsync,sync_binlog"], true),
        (vec!["--public-url", "https://t.example"], true),
        (vec!["--public-url", "https://t.example/path"], false),
        (vec!["--public-url", "ftp://t.example"], false),
        (vec!["--public-url", "t.example"], false),
        (vec!["--cors-origins", "https://a.example,http://localhost:3000"], true),
        (vec!["--cors-origins", "*"], true),
        (vec!["--cors-origins", "*,https://a.example"], false),
        (vec!["--cors-origins", "https://a.example/"], false),
        (vec!["--cors-origins", "https://a.example", "--no-auth"], false),
        (vec!["--no-auth"], true),
        (vec!["--role", "edge", "--core", "https://key@core.example"], false),
        (vec!["--store-addresses", "none"], true),
        (vec!["--store-addresses", "half"], false),
        (vec!["--drain-seconds", "0"], false),
        (vec!["--retain-clicks-days", "1"], true),
        (vec!["--retain-clicks-days", "0"], false),
        (vec!["--retain-clicks-days", "-5"], false),
        (vec!["--retain-conversions-days", "36500"], true),
        (vec!["--retain-conversions-days", "36501"], false),
        (vec!["--retain-postbacks-days", "7"], true),
        (vec!["--retain-postbacks-days", "6"], false),
        (vec!["--tls-certificate", "c.pem", "--tls-key", "k.pem", "--tls-client-ca", "a.pem"], true),
        (vec!["--tls-certificate", "c.pem"], false),
        (vec!["--tls-key", "k.pem"], false),
        (vec!["--tls-client-ca", "a.pem"], false),
        (vec!["--health-listen", "127.0.0.1:8081"], true),
        (vec!["--trusted-proxies", "10.0.0.0/8,192.0.2.1,2001:db8::/32", "--proxy-protocol"], true),
        (vec!["--trusted-proxies", "10.0.0.0/33"], false),
        (vec!["--trusted-proxies", "proxy.example"], false),
        (vec!["--proxy-protocol"], false),
        (vec!["--connections-max", "0"], false),
        (vec!["--connections-per-address", "x"], false),
        (vec!["--keep-alive-seconds", "0"], false),
        (vec!["--requests-max", "-1"], false),
        (vec!["--rate-per-address", "0"], false),
        (vec!["--rate-per-address", "50"], true),
        (vec!["--rate-per-key", "0"], false),
        (vec!["--rate-per-key", "50"], true),
        (vec!["--threads", "3", "--keep-alive-seconds", "620"], true),
        (vec!["--threads", "0"], false),
        (vec!["--batch-max", "1", "--batches-max", "32"], true),
        (vec!["--batch-max", "0"], false),
        (vec!["--batch-max", "1001"], false),
        (vec!["--batches-max", "0"], false),
        (vec!["--role", "edge", "--core", "https://core.example"], true),
        (vec!["--role", "edge"], false),
        (vec!["--role", "both"], false),
        (vec!["--core-ca", "a.pem"], false),
        (vec!["--spool", "off"], true),
        (vec!["--spool-mebibytes-max", "0"], false),
        (vec!["--log", "info,s2s_server=debug"], true),
        (vec!["--log", "loud"], false),
        (vec!["--liste", "x"], false),
    ] {
        assert_eq!(is_accepted(&flags), ok, "{flags:?}");
    }
}

fn is_accepted(flags: &[&str]) -> bool {
    let parsed = Config::try_parse_from([&["s2s-server"], flags].concat());
    parsed.is_ok_and(|config| config.check().is_ok())
}

#[test]
fn flags_of_a_task_are_checked() {
    for (flags, ok) in [
        (vec!["backup", "--to", "copy"], true),
        (vec!["backup", "--to", "copy", "--role", "edge", "--spool", "x"], true),
        (vec!["--database-url", "postgres://x/s2s", "restore", "--from", "copy"], true),
        (vec!["restore", "--from", "copy", "--database-url", "postgres://x"], false),
        (vec!["check-totals", "--database-url", "sqlite:x.db"], true),
        (vec!["check-totals", "--role", "core"], true),
        (vec!["check-totals", "--role", "edge"], false),
        (vec!["backup"], false),
        (vec!["restore", "--to", "copy"], false),
        (vec!["backup", "--to", "copy", "--listen", "127.0.0.1:1"], false),
    ] {
        assert_eq!(is_accepted(&flags), ok, "{flags:?}");
    }
}

#[test]
fn an_edge_has_a_budget_for_links() {
    for (mebibytes, ok) in [("0", false), ("1", true), ("65536", true), ("65537", false), ("off", false)] {
        let parsed = Config::try_parse_from(["s2s-server", "--links-known-mebibytes", mebibytes]);
        assert_eq!(parsed.is_ok(), ok, "{mebibytes}");
    }
    let parsed = Config::try_parse_from(["s2s-server"]).unwrap();
    assert_eq!(parsed.known_bytes_max(), 64 * 1_024 * 1_024);
}

#[test]
fn a_log_filter_names_levels() {
    for (filter, ok) in [
        ("info", true),
        ("WARN", true),
        ("s2s_server::edge=trace, warn", true),
        ("info,s2s_server=debug", true),
        ("loud", false),
        ("a=b=c", false),
        ("s2s_server", false),
        ("info,loud", false),
        ("s2s_server=loud", false),
        ("=info", false),
        ("info,", false),
        ("", false),
    ] {
        let parsed = log_filter(filter);
        assert_eq!(parsed.is_ok(), ok, "{filter}: {parsed:?}");
    }
}

#[test]
fn no_auth_is_for_this_machine_alone() {
    for (listen, ok) in
        [("127.0.0.1:80", true), ("[::1]:80", true), ("0.0.0.0:80", false), ("10.0.0.1:80", false)]
    {
        let parse =
            |flags: &[&str]| Config::try_parse_from([&["s2s-server", "--listen", listen], flags].concat());
        assert!(parse(&[]).unwrap().check().is_ok(), "{listen}");
        assert_eq!(parse(&["--no-auth"]).unwrap().check().is_ok(), ok, "{listen}");
    }
}

#[test]
fn a_spool_is_beside_the_database() {
    for (flags, folder) in [
        (&[][..], Some("s2s.db.spool")),
        (&["--database-url", "sqlite:///data/x.db?mode=rwc"], Some("/data/x.db.spool")),
        (&["--database-url", "sqlite:////data/x.db"], Some("//data/x.db.spool")),
        (&["--spool", "OFF"], None),
        (&["--database-url", "postgres://x/s2s"], Some("s2s.spool")),
        (&["--role", "edge", "--core", "https://x"], Some("s2s.spool")),
        (&["--spool", "/disk/spool"], Some("/disk/spool")),
        (&["--spool", "off"], None),
    ] {
        let config = Config::try_parse_from([&["s2s-server"], flags].concat()).unwrap();
        assert_eq!(config.spool().map(|spool| spool.folder), folder.map(PathBuf::from), "{flags:?}");
    }
    let flags = ["s2s-server", "--core", "https://x"];
    assert!(Config::try_parse_from(flags).unwrap().check().is_err());
}

#[test]
fn a_setting_of_a_task_may_come_before_or_after_it() {
    let url = ["--database-url", "sqlite:x.db", "--spool", "y"];
    let task = ["backup", "--to", "copy"];
    for flags in [[&["s2s-server"], &url[..], &task].concat(), [&["s2s-server"], &task[..], &url].concat()] {
        let config = Config::try_parse_from(&flags).unwrap();
        assert_eq!(config.database_url.reveal(), "sqlite:x.db", "{flags:?}");
        assert_eq!(config.spool().map(|spool| spool.folder), Some(PathBuf::from("y")), "{flags:?}");
        assert!(matches!(config.task, Some(Task::Backup { to }) if to == Path::new("copy")), "{flags:?}");
    }
}

#[test]
fn an_admin_key_that_is_wrong_is_not_repeated() {
    let error = key_text(ADMIN_KEY, OsStr::new("s2s_geheim")).unwrap_err().to_string();
    assert!(error.contains(ADMIN_KEY) && !error.contains("geheim"), "{error}");
}

#[test]
fn a_printed_configuration_has_no_secrets() {
    let flags = ["s2s-server", "--database-url", "postgres://s2s:TOP/geheim@db/s2s", "--role", "edge"];
    let config = Config::try_parse_from([&flags[..], &["--core", "https://geheim@core"]].concat()).unwrap();
    assert!(!format!("{config:?}").contains("geheim"), "{config:?}");
    assert!(!config.check().unwrap_err().to_string().contains("geheim"));
}

//! Rules about the server: its address, TLS, the API key, the clocks and `/healthz`.
//!
//! Pure functions.

use s2s_sdk::v1::{ApiKey, ErrorReason};
use serde_json::Value;

use super::{
    finding::{Finding, State},
    probe::Health,
};
use crate::cells::time;

/// Largest difference of the clocks that is no fault, in seconds.
const CLOCK_SECONDS_MAX: i64 = 5;
const SECONDS_PER_DAY: i64 = 86_400;
/// Number of days before the end of a certificate or key from which the end is reported.
const ENDS_SOON_DAYS: i64 = 14;
/// Age of a geo database from which it is reported, in days.
const GEO_DAYS_MAX: i64 = 60;

/// An attempt to reach the server.
pub struct Reach<'a> {
    pub endpoint: &'a str,
    /// The setting that chose the endpoint.
    pub source: &'a str,
    pub error: &'a str,
    /// The beginning of the answer to a plain HTTP request.
    pub plain: &'a [u8],
}

/// The kinds of ports, by their answer to a plain HTTP request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Port {
    Plain,
    Tls,
    Unknown,
}

impl Reach<'_> {
    fn port(&self) -> Port {
        // A port with TLS answers with a TLS alert. This server and nginx answer in plain text.
        const ALERT: &[u8] = &[0x15, 0x03];
        let text = String::from_utf8_lossy(self.plain);
        if self.plain.starts_with(ALERT) || text.contains("TLS_REQUIRED") || text.contains("HTTPS port") {
            Port::Tls
        } else if text.starts_with("HTTP/") {
            Port::Plain
        } else {
            Port::Unknown
        }
    }
}

/// The finding about a server that could not be reached.
pub fn unreached(reach: &Reach) -> Finding {
    let Reach { endpoint, source, error, .. } = reach;
    let is_https = endpoint.to_ascii_lowercase().starts_with("https:");
    let error = error.strip_prefix("the server could not be reached: ").unwrap_or(error);
    let lower = error.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let (check, message, cure) = match reach.port() {
        Port::Plain if is_https => (
            "tls",
            "the endpoint begins with https://, and the server speaks plain HTTP".to_owned(),
            "write http:// if the server is on this machine, or start the server with --tls-certificate and \
             --tls-key"
                .to_owned(),
        ),
        Port::Tls if !is_https => (
            "tls",
            "the endpoint begins with http://, and the server speaks TLS".to_owned(),
            format!("write https:// for http:// in the endpoint, which comes from {source}"),
        ),
        _ if has(&["certificate"]) => {
            let (message, cure) = certificate(&lower);
            ("tls", format!("{message} ({error})"), cure.to_owned())
        }
        Port::Plain => (
            "server",
            format!("the address answers HTTP, and no gRPC ({error})"),
            "give the address of the s2s server, or let the proxy in front of it pass HTTP/2 on".to_owned(),
        ),
        Port::Tls | Port::Unknown => {
            let message = if has(&["dns", "lookup", "name or service", "resolve"]) {
                "the host name is not known"
            } else if has(&["refused"]) {
                "nothing listens at this address"
            } else {
                "the server does not answer"
            };
            let cure = format!(
                "start the server, or correct the endpoint: it comes from {source}; --endpoint or S2S_ENDPOINT \
                 names another"
            );
            ("server", format!("{message} ({error})"), cure)
        }
    };
    Finding::fault(check, endpoint, message, cure)
}

/// The message and cure of a certificate's fault, from the text of the error in lower case.
fn certificate(error: &str) -> (&'static str, &'static str) {
    const EXPIRED: &str = "the server's certificate has expired";
    if error.contains("expired") {
        return (
            EXPIRED,
            "renew the certificate of the server; the server reads new files without a restart",
        );
    }
    if error.contains("not valid for") || error.contains("notvalidforname") {
        let cure = "name the server as its certificate does, or get a certificate for this name";
        return ("the server's certificate is for another name", cure);
    }
    if error.contains("notvalidyet") || error.contains("not valid yet") {
        let cure = "correct the clock of this machine, or the beginning of the certificate";
        return ("the server's certificate is not valid yet", cure);
    }
    if error.contains("required") {
        let cure = "s2s sends no certificate of its own: use a port that asks for none";
        return ("the server asks its clients for a certificate", cure);
    }
    let cure = "give the authority's certificate with --ca FILE or as `ca` of the profile, or use a certificate of \
                a known authority";
    ("the server's certificate is not trusted", cure)
}

/// The finding about a key that the server refused.
pub fn refused_key(reason: ErrorReason, message: &str) -> Finding {
    let set = "set S2S_API_KEY, give --key-file, or put the key into a profile of the configuration file";
    match reason {
        ErrorReason::ApiKeyMissing => Finding::fault("key", "", "no API key is given", set),
        ErrorReason::ScopeMissing | ErrorReason::EdgeOnly => {
            let cure = "create another key: `s2s keys create --name doctor --scope read --scope write`";
            Finding::fault("key", "", "the API key has no scope `read`, so its set-up can't be seen", cure)
        }
        _ => {
            let message = message.split("; ").next().unwrap_or_default();
            let cure =
                format!("copy the key as it was shown, or get a new one with `s2s keys create`; {set}");
            Finding::fault("key", "", message, cure)
        }
    }
}

/// The findings about a key that may read. `missing`: the scopes that the key does not have.
pub fn scopes(missing: &[&str]) -> Vec<Finding> {
    let finding = |scope: &&str| {
        let refused = match *scope {
            "write" => "commands that change the set-up or replay postbacks",
            _ => "commands that record clicks or conversions",
        };
        let message = format!("the API key has no scope `{scope}`, so {refused} are refused");
        let cure = format!("if you need them, use a key that was created with `--scope {scope}`");
        Finding::hint("key", "", message, cure)
    };
    if missing.is_empty() {
        return vec![Finding::ok("key", "", "the API key may read, write and record")];
    }
    missing.iter().map(finding).collect()
}

/// The findings about keys of the account that end soon. `now` is in seconds since 1970.
pub fn ending_keys(keys: &[ApiKey], now: i64) -> Vec<Finding> {
    let ends = |key: &&ApiKey| {
        key.expire_time
            .is_some_and(|end| end.seconds > now && end.seconds - now < ENDS_SOON_DAYS * SECONDS_PER_DAY)
    };
    let finding = |key: &ApiKey| {
        let message = format!("the API key expires at {}", time(key.expire_time.as_ref()));
        let cure = "create another key with `s2s keys create`, and replace this one wherever it is used";
        Finding::hint("key", &key.name, message, cure)
    };
    keys.iter().filter(ends).map(finding).collect()
}

/// The finding about the clock of this machine. The header `date` has whole seconds, so the
/// server's time was up to one second later.
pub fn clock(health: &Health) -> Option<Finding> {
    let date = health.date?;
    let (ahead, behind) = (health.asked - date - 1, date - health.answered - 1);
    let (seconds, word) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    if seconds <= CLOCK_SECONDS_MAX {
        return Some(Finding::ok("clock", "", "this machine's clock agrees with the server's"));
    }
    let message = format!(
        "this machine's clock is {seconds} seconds {word} the server's, so signatures and conversion times may be \
         refused"
    );
    let cure = "correct the clock that is wrong, for example with NTP (`timedatectl set-ntp true`)";
    Some(Finding::fault("clock", "", message, cure))
}

/// The findings about the answer of `/healthz`. `body` is `None` if the answer could not be read.
pub fn health(body: Option<&Value>) -> Vec<Finding> {
    let Some(status) = body.and_then(|body| Some((body, body.get("status")?.as_str()?))) else {
        let cure = "if a proxy is in front of the server, ask the server directly: `curl URL/healthz`";
        return vec![Finding::hint("health", "/healthz", "the server's health can't be read", cure)];
    };
    let (body, status) = status;
    let number = |pointer: &str| body.pointer(pointer).and_then(Value::as_i64).unwrap_or_default();
    let is_true = |pointer: &str| body.pointer(pointer).and_then(Value::as_bool).unwrap_or_default();
    let mut findings = Vec::new();
    let mut add = |is_so: bool, state: State, message: String, cure: &str| {
        if is_so {
            findings.push(Finding::new(state, "health", "/healthz", message, cure));
        }
    };
    let (fault, hint) = (State::Fault, State::Hint);
    let look = "read the server's log, which names the cause; see docs/operate/outages-and-spool.md";
    let database = "see that the server's database runs, accepts writes and has space on its disk";
    add(
        status.starts_with("not"),
        fault,
        "the server accepts no calls: its database is away, or it is stopping".to_owned(),
        database,
    );
    add(status.starts_with("degraded"), fault, format!("{status}; nothing is lost"), database);
    let cause = body.get("core_cause").and_then(Value::as_str).unwrap_or_default();
    add(!cause.is_empty(), fault, format!("the core accepts no calls from the edge: {cause}"), look);
    let records = number("/spool/records");
    let wait = "wait until they are delivered; if their number does not fall, read the server's log";
    add(records > 0, hint, format!("{records} records wait in the spool"), wait);
    let space = "free space on the disk of the spool, and read the server's log";
    add(is_true("/spool/refusing"), fault, "the spool accepts nothing".to_owned(), space);
    for (name, words) in [
        ("lost", "acknowledged records are missing from the spool"),
        ("put_aside", "damaged files or refused records were put aside"),
        ("fsync_failures", "files of the spool were given up after a failed fsync"),
    ] {
        let count = number(&format!("/spool/{name}"));
        add(count > 0, fault, format!("{count} {words}"), look);
    }
    let ntp = "correct the clocks of the server and of its database (NTP); see docs/operate/clocks.md";
    add(is_true("/clock/wrong"), fault, "the clocks of the server and its database differ".to_owned(), ntp);
    let left = body.pointer("/certificate/seconds_left").and_then(Value::as_i64);
    let days = left.unwrap_or(i64::MAX) / SECONDS_PER_DAY;
    let renew = "renew the certificate; the server reads new files without a restart";
    add(days < ENDS_SOON_DAYS, hint, format!("the server's certificate expires in {days} days"), renew);
    let (shed, dropped) = (number("/strangers/shed"), number("/strangers/dropped"));
    let mend = "see the held postbacks for what senders do wrong, and docs/guide/proving-the-sender.md";
    add(
        shed + dropped > 0,
        hint,
        format!("since its start, the server shed {shed} postbacks of strangers and deleted {dropped}"),
        mend,
    );
    let refused = number("/http2_refusals");
    let paths =
        "find the sender whose URLs have characters that HTTP/2 does not allow, and let it encode them";
    add(refused > 0, hint, format!("the server refused {refused} malformed HTTP/2 requests"), paths);
    findings.extend(geo_database(body));
    if findings.is_empty() {
        findings.push(Finding::ok("health", "/healthz", "the server is serving"));
    }
    findings
}

/// The finding about the file by which clicks get a country, if the server has one.
fn geo_database(body: &Value) -> Option<Finding> {
    let geo_database = body.get("geo_database")?;
    let cure = "install a newer file; the server reads it without a restart";
    let hint = |message: String| Some(Finding::hint("health", "/healthz", message, cure));
    if let Some(fault) = geo_database.get("fault").and_then(Value::as_str) {
        return hint(format!("clicks get no country, because of the geo database: {fault}"));
    }
    let days = geo_database.get("age_seconds").and_then(Value::as_i64)? / SECONDS_PER_DAY;
    if days < GEO_DAYS_MAX { None } else { hint(format!("the geo database is {days} days old")) }
}

#[cfg(test)]
mod tests {
    use s2s_sdk::prost_types::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_that_is_not_reached_is_told_apart() {
        let (plain, tls) =
            (&b"HTTP/1.1 200 OK\r\n"[..], &b"HTTP/1.1 400\r\n\r\n{\"reason\":\"TLS_REQUIRED\"}"[..]);
        for (endpoint, error, answer, check, message, cure) in [
            (
                "http://a",
                "Connection refused (os error 111)",
                &b""[..],
                "server",
                "nothing listens",
                "S2S_ENDPOINT",
            ),
            ("http://a", "failed to lookup address", b"", "server", "host name", "comes from the test"),
            ("http://a", "no answer within 2s", b"", "server", "does not answer", "start the server"),
            ("http://a", "frame with invalid size", tls, "tls", "speaks TLS", "write https://"),
            ("http://a", "broken pipe", b"\x15\x03\x01\0\x02", "tls", "speaks TLS", "write https://"),
            ("http://a", "frame with invalid size", plain, "server", "no gRPC", "HTTP/2"),
            ("HTTPS://a", "received corrupt message", plain, "tls", "plain HTTP", "--tls-certificate"),
            ("https://a", "invalid peer certificate: UnknownIssuer", tls, "tls", "not trusted", "--ca FILE"),
            (
                "https://a",
                "invalid peer certificate: certificate expired: …",
                tls,
                "tls",
                "has expired",
                "renew",
            ),
            ("https://a", "invalid peer certificate: NotValidForName", tls, "tls", "another name", "name"),
            (
                "https://a",
                "received fatal alert: certificate required",
                tls,
                "tls",
                "asks its clients",
                "port",
            ),
        ] {
            let reach = Reach { endpoint, source: "the test", error, plain: answer };
            let found = unreached(&reach);
            assert_eq!((found.check, found.state), (check, State::Fault), "{error}");
            assert!(found.message.contains(message) && found.cure.contains(cure), "{found:?}");
        }
    }

    #[test]
    fn a_key_is_refused_with_a_cure() {
        for (reason, said, message, cure) in [
            (ErrorReason::ApiKeyMissing, "the call has no API key", "no API key is given", "S2S_API_KEY"),
            (
                ErrorReason::ApiKeyInvalid,
                "the API key is revoked; send it",
                "the API key is revoked",
                "keys create",
            ),
            (ErrorReason::ScopeMissing, "needs read", "no scope `read`", "--scope read"),
        ] {
            let found = refused_key(reason, said);
            assert_eq!(found.state, State::Fault);
            assert!(found.message.contains(message) && found.cure.contains(cure), "{found:?}");
        }
        assert_eq!(scopes(&[]).first().map(|found| found.state), Some(State::Ok));
        let found = scopes(&["write", "record"]);
        assert!(found.iter().all(|found| found.state == State::Hint && found.cure.contains("--scope ")));
        let key = |name: &str, seconds| ApiKey {
            name: name.to_owned(),
            expire_time: Some(Timestamp { seconds, nanos: 0 }),
            ..Default::default()
        };
        let day = SECONDS_PER_DAY;
        let keys = [key("past", 1), key("soon", 3 * day), key("late", 20 * day), ApiKey::default()];
        let names: Vec<String> = ending_keys(&keys, day).into_iter().map(|found| found.subject).collect();
        assert_eq!(names, ["soon"]);
    }

    #[test]
    fn clocks_more_than_five_seconds_apart_are_a_fault() {
        for (date, asked, answered, expected) in [
            (100, 100, 100, Ok(())),
            (100, 106, 106, Ok(())),
            (100, 94, 94, Ok(())),
            (100, 94, 101, Ok(())),
            (100, 107, 109, Err("6 seconds ahead of")),
            (100, 80, 90, Err("9 seconds behind")),
        ] {
            let health = Health { date: Some(date), asked, answered, ..Default::default() };
            let found = clock(&health).unwrap();
            match expected {
                Ok(()) => assert_eq!(found.state, State::Ok, "{asked}"),
                Err(words) => {
                    assert!(found.message.contains(words) && found.cure.contains("NTP"), "{found:?}");
                }
            }
        }
        assert_eq!(clock(&Health::default()), None);
    }

    #[test]
    fn health_is_judged_field_by_field() {
        let empty = json!({"records": 0, "lost": 0, "put_aside": 0, "fsync_failures": 0, "refusing": false});
        for (body, expected) in [
            (
                json!({"status": "serving", "core_cause": null, "spool": empty, "clock": {"wrong": false}}),
                vec![],
            ),
            (json!({"status": "serving"}), vec![]),
            (json!({"status": "not serving"}), vec![(State::Fault, "accepts no calls")]),
            (
                json!({"status": "degraded: spooling", "spool": {"records": 7}, "core_cause": "is away"}),
                vec![(State::Fault, "degraded"), (State::Fault, "is away"), (State::Hint, "7 records")],
            ),
            (
                json!({"status": "serving", "spool": {"refusing": true, "lost": 1, "put_aside": 2, "fsync_failures": 3}}),
                vec![
                    (State::Fault, "accepts nothing"),
                    (State::Fault, "1 acknowledged"),
                    (State::Fault, "2 damaged"),
                    (State::Fault, "3 files"),
                ],
            ),
            (json!({"status": "serving", "clock": {"wrong": true}}), vec![(State::Fault, "clocks")]),
            (
                json!({"status": "serving", "certificate": {"seconds_left": 90_000}}),
                vec![(State::Hint, "expires in 1 days")],
            ),
            (json!({"status": "serving", "certificate": {"seconds_left": 9_000_000}}), vec![]),
            (
                json!({"status": "serving", "geo_database": {"age_seconds": 61 * 86_400, "fault": null}}),
                vec![(State::Hint, "61 days old")],
            ),
            (json!({"status": "serving", "geo_database": {"age_seconds": 86_400, "fault": null}}), vec![]),
            (
                json!({"status": "serving", "geo_database": {"age_seconds": null, "fault": "not there"}}),
                vec![(State::Hint, "not there")],
            ),
            (
                json!({"status": "serving", "strangers": {"shed": 4, "dropped": 1}, "http2_refusals": 2}),
                vec![(State::Hint, "shed 4 postbacks"), (State::Hint, "refused 2")],
            ),
            (json!("<html>"), vec![(State::Hint, "can't be read")]),
        ] {
            let found = health(Some(&body));
            let bad: Vec<&Finding> = found.iter().filter(|found| found.state != State::Ok).collect();
            assert_eq!(bad.len(), expected.len(), "{body}: {found:?}");
            for (found, (state, words)) in bad.iter().zip(expected) {
                assert!(found.state == state && found.message.contains(words), "{found:?}");
                assert!(!found.cure.is_empty(), "{found:?}");
            }
        }
        assert_eq!(health(None).first().map(|found| found.state), Some(State::Hint));
    }
}

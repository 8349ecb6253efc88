//! `s2s doctor` names each fault of a set-up, with its cure.

use s2s_sdk::{
    prost_types::Timestamp,
    v1::{
        ApiKeyScope, ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, CheckMode, ConversionCode,
        PostbackAuthentication, ReplyMode, ReplySetting, RevokeApiKeyRequest, TrackingLink,
    },
};
use s2s_tests::{ADMIN_KEY, Server, clock::WrongClock, eventually};
use serde_json::Value;

use super::{Person, programs};
use crate::{replay::hold, tls::Authority};

/// A fault that the doctor must name: check, subject, message and cure. The last three need only be
/// parts of the printed texts.
type Fault<'a> = (&'a str, &'a str, &'a str, &'a str);

const DESTINATION: &str = "https://shop.example/?s1=[s2sidentifier]";
const UNKNOWN_CODE: &str = "00000000000000000000000000000000";

/// Runs the doctor. Returns its exit status and findings.
async fn examine(person: &Person, options: &[&str]) -> (i32, Vec<Value>) {
    let said = person.run(&[&["doctor", "--timeout", "5", "-o", "json"], options].concat()).await;
    let findings = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}{}", said.out, said.err));
    (said.status, findings)
}

fn text<'a>(finding: &'a Value, field: &str) -> &'a str {
    finding[field].as_str().unwrap()
}

fn in_state<'a>(findings: &'a [Value], state: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["state"] == state).collect()
}

fn is_named(finding: &Value, (check, subject, message, cure): Fault) -> bool {
    finding["check"] == check
        && text(finding, "subject").contains(subject)
        && text(finding, "message").contains(message)
        && text(finding, "cure").contains(cure)
}

/// Checks that the doctor names `fault` and no other fault, and ends with the status `expected`.
#[track_caller]
fn check((status, findings): &(i32, Vec<Value>), expected: i32, fault: Fault) {
    let faults = in_state(findings, "fault");
    assert!(faults.len() == 1 && is_named(faults[0], fault), "{fault:?}: {findings:#?}");
    assert_eq!(*status, expected, "{findings:#?}");
}

/// A server whose public URL begins with `https`, so that the doctor finds no fault in the URL.
async fn public_server() -> Server {
    Server::start_with(&["--public-url", "https://t.example"]).await
}

#[tokio::test]
async fn a_sound_set_up_has_no_fault() {
    let server = public_server().await;
    let person = Person::new(&server);
    let (status, findings) = examine(&person, &[]).await;
    assert_eq!((status, in_state(&findings, "fault")), (0, vec![]));
    assert!(is_named(in_state(&findings, "hint")[0], ("code", "", "no active", "s2s init")), "{findings:#?}");

    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    assert_eq!(server.postback(&format!("clickId={click}&id={}&val=9&com=1", code.id)).await.status, 200);
    let (status, findings) = examine(&person, &[]).await;
    assert_eq!((status, in_state(&findings, "ok").len()), (0, findings.len()), "{findings:#?}");
    let checks: Vec<&str> = findings.iter().map(|finding| text(finding, "check")).collect();
    assert_eq!(checks, ["server", "health", "clock", "key", "url", "code", "link", "postbacks"]);
    let said = person.run(&["doctor"]).await;
    assert!(said.err.is_empty() && said.out.lines().all(|line| line.starts_with("ok  ")), "{}", said.out);
    let said = person.run(&["doctor", "-o", "csv"]).await;
    assert_eq!(said.out.lines().count(), findings.len() + 1, "{}", said.out);
}

#[tokio::test]
async fn faults_on_the_way_to_the_server_are_named() {
    let (server, authority) = (public_server().await, Authority::new());
    let secure = authority.start(&["--public-url", "https://t.example"]).await;
    let person = Person::new(&server);
    let (tls, plain) = (server.url.replace("http:", "https:"), secure.url.replace("https:", "http:"));
    for (endpoint, fault) in [
        ("http://127.0.0.1:1", ("server", "127.0.0.1:1", "nothing listens", "S2S_ENDPOINT")),
        ("http://nowhere.invalid", ("server", "nowhere", "host name is not known", "the option --endpoint")),
        (&tls, ("tls", &tls, "the server speaks plain HTTP", "http://")),
        (&plain, ("tls", &plain, "the server speaks TLS", "https://")),
        (&secure.url, ("tls", &secure.url, "not trusted", "--ca FILE")),
    ] {
        check(&examine(&person, &["--insecure", "--endpoint", endpoint]).await, 4, fault);
    }
    let table = person.run(&["--endpoint", "http://127.0.0.1:1", "doctor"]).await;
    assert!(table.out.starts_with("fault  server  http://127.0.0.1:1: nothing"), "{}", table.out);
    assert!(table.err.contains("What to do: ") && table.status == 4, "{}", table.err);
}

#[tokio::test]
async fn faults_of_the_key_are_named() {
    let server = public_server().await;
    let mut person = Person::new(&server);
    person.api_key.clear();
    check(&examine(&person, &[]).await, 3, ("key", "", "no API key is given", "S2S_API_KEY"));
    person.api_key = ADMIN_KEY.replace('5', "6");
    check(&examine(&person, &[]).await, 3, ("key", "", "checksum", "as it was shown"));
    let (_, recorder) = server.api_key("", &[ApiKeyScope::Record]).await;
    person.api_key = recorder;
    check(&examine(&person, &[]).await, 3, ("key", "", "no scope `read`", "--scope read"));
    let (_, reader) = server.api_key("", &[ApiKeyScope::Read]).await;
    person.api_key = reader;
    let (status, findings) = examine(&person, &[]).await;
    let hints = in_state(&findings, "hint");
    assert!(status == 0 && is_named(hints[0], ("key", "", "no scope `write`", "--scope write")), "{hints:?}");
    assert!(is_named(hints[1], ("key", "", "no scope `record`", "--scope record")), "{hints:?}");
    let (key, revoked) = server.api_key("", &[ApiKeyScope::Read]).await;
    let revoke = RevokeApiKeyRequest { api_key_id: key.id, ..Default::default() };
    server.client().api_keys().revoke(revoke).await.unwrap();
    person.api_key = revoked;
    check(&examine(&person, &[]).await, 3, ("key", "", "is revoked", "s2s keys create"));
}

#[tokio::test]
async fn a_wrong_clock_of_this_machine_is_named() {
    let (server, clock) = (public_server().await, WrongClock::build());
    let person = Person::new(&server);
    for (seconds, said) in [(120, "seconds ahead of"), (-120, "seconds behind")] {
        clock.set(seconds);
        let mut command = person.command(&programs().join("s2s"));
        let output = command.envs(clock.variables()).args(["doctor", "-o", "json"]).output().await.unwrap();
        let findings: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        check(&(output.status.code().unwrap(), findings), 1, ("clock", "", said, "NTP"));
    }
}

#[tokio::test]
async fn faults_of_the_server_itself_are_named() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    core.kill().await;
    eventually(async || {
        // The edge notices the core's end when it can't pass on a call.
        edge.postback("clickId=x&id=y&val=1&com=1").await;
        (edge.health().await["status"] != "serving").then_some(())
    })
    .await;
    let (status, findings) = examine(&Person::new(&edge), &[]).await;
    let faults = in_state(&findings, "fault");
    assert!(is_named(faults[0], ("health", "/healthz", "degraded", "database")), "{findings:#?}");
    assert_ne!(status, 0, "{findings:#?}");

    let server = Server::start_with(&["--public-url", "http://0.0.0.0:8080"]).await;
    server.link(&[&server.code("Sale").await]).await;
    let fault = ("url", "http://0.0.0.0:8080", "leads nowhere", "--public-url");
    check(&examine(&Person::new(&server), &[]).await, 1, fault);
}

/// A faulty code or link, to be created.
enum Made {
    Code(ConversionCode),
    Link(TrackingLink),
}

/// Faulty codes and links, with the faults to name. `linked`: the id of a code without a fault.
fn faults(linked: &str) -> Vec<(Made, Fault<'static>)> {
    let code = |change: fn(&mut ConversionCode)| {
        let mut code = ConversionCode { name: "Faulty".to_owned(), ..Default::default() };
        change(&mut code);
        Made::Code(code)
    };
    let link = |codes: &[&str], destination: &str, expire_time| {
        Made::Link(TrackingLink {
            slug: "faulty".to_owned(),
            destination: destination.to_owned(),
            conversion_code_ids: codes.iter().map(|code| (*code).to_owned()).collect(),
            expire_time,
            ..Default::default()
        })
    };
    let checks = |code: &mut ConversionCode| {
        let secret_check = CheckMode::Enforce.into();
        code.postback_authentication = Some(PostbackAuthentication { secret_check, ..Default::default() });
    };
    let reply = |code: &mut ConversionCode| {
        "kuala".clone_into(&mut code.preset_id);
        code.reply = Some(ReplySetting { mode: ReplyMode::ByVerdict.into(), ..Default::default() });
    };
    let past = Some(Timestamp { seconds: 1_000_000_000, nanos: 0 });
    vec![
        (code(|_| ()), ("code", "Faulty", "on no active tracking link", "s2s links create")),
        (code(checks), ("code", "Faulty", "has no secret yet", "s2s codes rotate-secret ")),
        (code(reply), ("code", "Faulty", " wants HTTP 200", "--reply")),
        (link(&[], DESTINATION, None), ("link", "faulty", "no conversion code", "--add-code CODE")),
        (link(&[linked], DESTINATION, past), ("link", "faulty", "has expired", "--expire TIME")),
        (
            link(&[linked], "https://a.example/?s1=[s2sidentifier]&amp;b=1", None),
            ("link", "faulty", "&amp;", "--destination"),
        ),
    ]
}

#[tokio::test]
async fn faults_of_codes_and_links_are_named_until_they_are_gone() {
    let server = public_server().await;
    let (person, client) = (Person::new(&server), server.client());
    let sound = server.code("Sound").await;
    server.link(&[&sound]).await;
    for (made, fault) in faults(&sound.id) {
        match made {
            Made::Code(code) => {
                let code = server.create_code(code).await;
                let is_linked = !fault.2.contains("on no");
                let link = if is_linked { Some(server.link(&[&code]).await) } else { None };
                check(&examine(&person, &[]).await, 1, fault);
                if let Some(link) = link {
                    let archive =
                        ArchiveTrackingLinkRequest { tracking_link_id: link.id, ..Default::default() };
                    client.tracking_links().archive(archive).await.unwrap();
                }
                let archive =
                    ArchiveConversionCodeRequest { conversion_code_id: code.id, ..Default::default() };
                client.conversion_codes().archive(archive).await.unwrap();
            }
            Made::Link(link) => {
                let link = server.create_link(link).await;
                check(&examine(&person, &[]).await, 1, fault);
                let archive = ArchiveTrackingLinkRequest { tracking_link_id: link.id, ..Default::default() };
                client.tracking_links().archive(archive).await.unwrap();
            }
        }
        let (status, findings) = examine(&person, &[]).await;
        assert_eq!((status, in_state(&findings, "fault")), (0, vec![]), "{fault:?}");
    }
}

#[tokio::test]
async fn held_and_shed_postbacks_are_named_with_the_cure_of_their_reason() {
    let server = public_server().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let query = |value: &str| format!("clickId={click}&id={}&val={value}&com=1", code.id);
    let id = hold(&server, &query("1,500"), "AMOUNT_AMBIGUOUS").await;
    let fault = ("postbacks", "AMOUNT_AMBIGUOUS", id.as_str(), "postbacks replay --reason AMOUNT_AMBIGUOUS");
    let found = examine(&person, &[]).await;
    check(&found, 1, fault);
    check(&found, 1, ("postbacks", "", "1 postback is held", "set `decimal_separator`"));
    let flood = format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1");
    eventually(async || (server.postback(&flood).await.status == 429).then_some(())).await;
    let (_, findings) = examine(&person, &[]).await;
    let hints = in_state(&findings, "hint");
    assert!(is_named(hints[0], ("health", "", "shed 1 postbacks", "proving-the-sender")), "{hints:#?}");
}

//! Limits on connections, requests per second and requests in progress, and the order in which
//! requests are shed.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures::{StreamExt as _, TryStreamExt as _, future::join_all, stream};
use s2s_sdk::{
    Client, Code, Error,
    v1::{
        ApiKeyScope, ErrorReason, ListConversionCodesRequest, ListConversionsRequest, NewConversion,
        RecordConversionResponse, RotateApiKeyRequest,
    },
};
use s2s_tests::{
    ADMIN_KEY, Answer, Server, authorized_by,
    edge_v1::{ResolveSlugRequest, edge_service_client::EdgeServiceClient},
    eventually, http, request,
    wire::{ask, connect_from, source},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tonic::Status;

use crate::{contract::channel, report, tls::Authority};

#[tokio::test]
async fn the_connections_of_an_address_are_limited() {
    let server = Server::start_with(&["--connections-per-address", "3"]).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect_from(&server, source(2)).await;
        assert!(ask(&mut stream).await.is_some());
        held.push(stream);
    }
    assert_eq!(ask(&mut connect_from(&server, source(2)).await).await, None);
    assert!(ask(&mut connect_from(&server, source(3)).await).await.is_some(), "another address");
    assert!(ask(&mut held[0]).await.is_some(), "on an old connection");
    held.pop();
    // The server notices a moment later that this connection was closed.
    eventually(async || ask(&mut connect_from(&server, source(2)).await).await).await;
}

#[tokio::test]
async fn the_connections_of_a_trusted_proxy_are_not_limited() {
    let flags = ["--connections-per-address", "3", "--trusted-proxies", "127.0.0.2"];
    let server = Server::start_with(&flags).await;
    let mut held = Vec::new();
    for _ in 0..10 {
        let mut stream = connect_from(&server, source(2)).await;
        assert!(ask(&mut stream).await.is_some());
        held.push(stream);
    }
}

/// Asks for health, and then sends `more`. Returns the time until the server ends the connection,
/// and the text that the server sends until then.
async fn life_after_a_request<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    more: &[u8],
) -> (Duration, String) {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: t.example\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
    }
    let begun = Instant::now();
    stream.write_all(more).await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    (begun.elapsed(), rest)
}

/// Load balancers keep connections for a minute, and use them again.
#[tokio::test]
async fn a_connection_waits_for_its_next_request_for_the_configured_time() {
    const KEPT: Duration = Duration::from_secs(12);
    const NEARLY_KEPT: Duration = Duration::from_secs(11);
    let authority = Authority::new();
    let health = TcpListener::bind("127.0.0.78:0").await.unwrap().local_addr().unwrap();
    let flags = ["--keep-alive-seconds", "12", "--health-listen", &health.to_string()];
    let (server, tls) = futures::join!(Server::start_with(&flags), authority.start(&flags[..2]));
    let plain = async || connect_from(&server, source(1)).await;
    let idle = futures::join!(
        async { life_after_a_request(plain().await, b"").await },
        // Empty lines before a request do not count as a request.
        async { life_after_a_request(plain().await, b"\r\n\r\n").await },
        async { life_after_a_request(authority.connect(&tls, &["http/1.1"]).await, b"").await },
        async { life_after_a_request(TcpStream::connect(health).await.unwrap(), b"").await },
        async {
            let mut silent = plain().await;
            let begun = Instant::now();
            assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
            begun.elapsed()
        },
        async { life_after_a_request(plain().await, b"GET /heal").await },
    );
    let (kept, (begun, refused)) = ([idle.0, idle.1, idle.2, idle.3], idle.5);
    for (life, rest) in kept {
        // The server's wait began a moment earlier than the test's measurement.
        assert!(life > NEARLY_KEPT && rest.is_empty(), "{life:?} {rest}");
    }
    assert!(idle.4 < NEARLY_KEPT, "a connection without any request: {:?}", idle.4);
    assert!(
        begun < KEPT && refused.starts_with("HTTP/1.1 400 "),
        "a head that has begun: {begun:?} {refused}"
    );

    let brief = Server::start_with(&["--keep-alive-seconds", "1"]).await;
    let (life, _) = life_after_a_request(connect_from(&brief, source(1)).await, b"").await;
    assert!(life < KEPT, "{life:?}");
}

#[tokio::test]
async fn silent_connections_keep_nobody_out() {
    let server = Server::start_with(&["--connections-max", "4"]).await;
    let mut asking = connect_from(&server, source(2)).await;
    assert!(ask(&mut asking).await.is_some());
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(connect_from(&server, source(3)).await);
    }
    for _ in 0..20 {
        // The slot of a closed connection is free a moment later.
        eventually(async || ask(&mut connect_from(&server, source(4)).await).await).await;
    }
    assert!(ask(&mut asking).await.is_some(), "a connection with a request stays open");
    let mut byte = [0];
    assert_eq!(silent[0].read(&mut byte).await.unwrap_or_default(), 0, "the oldest silent one is closed");
}

#[tokio::test]
async fn a_caller_over_its_rate_gets_a_retry_delay() {
    let server = Server::start_with(&["--rate-per-address", "5"]).await;
    let client = Client::builder(&server.url).api_key(ADMIN_KEY).retries(0).build().unwrap();
    let list = async || client.conversion_codes().list_page(ListConversionCodesRequest::default()).await;
    let error = eventually(async || list().await.err()).await;
    assert_eq!((error.code(), error.reason()), (Code::ResourceExhausted, ErrorReason::RateLimited));
    assert_eq!(error.retry_delay(), Some(Duration::from_secs(1)));

    // An address has one rate for all paths, whatever forwarding headers a client invents.
    for (path, verdict) in [("s2s?val=1", "REFUSED"), ("summer", "")] {
        let number = AtomicUsize::new(0);
        let refused = async || {
            let number = number.fetch_add(1, Ordering::Relaxed);
            let spoofed = format!("198.51.100.{}", number % 256);
            let request = http().get(format!("{}/{path}", server.url)).header("x-forwarded-for", spoofed);
            let answer = Answer::of(request.send().await.unwrap()).await;
            (answer.status == 429).then_some(answer)
        };
        let answer = eventually(refused).await;
        assert_eq!(answer.field("reason"), "RATE_LIMITED", "{path}");
        assert_eq!((answer.header("retry-after"), answer.header("s2s-verdict")), ("1", verdict), "{path}");
    }

    // Every other address has its own rate. Health checks have no rate.
    let mut other = connect_from(&server, source(9)).await;
    other.write_all(b"GET /summer HTTP/1.1\r\nhost: t.example\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    other.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
    let health = format!("{}/healthz", server.url);
    let statuses = stream::iter(0..100).then(async |_| http().get(&health).send().await.unwrap().status());
    assert!(statuses.all(async |status| status == 200).await);

    // A client that obeys the server's retry delay gets through.
    let patient = server.client();
    for _ in 0..12 {
        patient.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap();
    }
}

/// A client with the key `api_key` and without retries.
fn impatient(server: &Server, api_key: &str) -> Client {
    Client::builder(&server.url).api_key(api_key).retries(0).build().unwrap()
}

/// Returns true if a list call was answered, and false if it was refused. The only reason for a
/// refusal may be the rate.
async fn lists(client: &Client) -> bool {
    let error = client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.err();
    let Some(error) = error else { return true };
    assert_eq!((error.code(), error.reason()), (Code::ResourceExhausted, ErrorReason::RateLimited));
    assert_eq!(error.retry_delay(), Some(Duration::from_secs(1)));
    false
}

#[tokio::test]
async fn a_key_over_its_rate_holds_up_no_other() {
    let server = Server::start_with(&["--rate-per-key", "5"]).await;
    let (_, busy) = server.api_key("", &[ApiKeyScope::Read]).await;
    let (_, calm) = server.api_key("", &[ApiKeyScope::Read]).await;
    let (busy, calm) = (impatient(&server, &busy), impatient(&server, &calm));
    let refused = AtomicUsize::new(0);
    let insists = eventually(async || {
        refused.fetch_add(usize::from(!lists(&busy).await), Ordering::Relaxed);
        (refused.load(Ordering::Relaxed) >= 20).then_some(())
    });
    let calls = async {
        eventually(async || (refused.load(Ordering::Relaxed) > 0).then_some(())).await;
        for _ in 0..5 {
            assert!(lists(&calm).await);
        }
    };
    futures::join!(insists, calls);

    // An edge calls on behalf of many clients, so its key has no rate.
    let (_, text) = server.api_key("", &[ApiKeyScope::Edge]).await;
    let edge = EdgeServiceClient::new(channel(&server).await);
    let answers = join_all((0..50).map(async |_| {
        let request = authorized_by(&text, ResolveSlugRequest { slug: "summer".to_owned() });
        Error::from(edge.clone().resolve_slug(request).await.unwrap_err()).reason()
    }));
    assert_eq!(answers.await, [ErrorReason::ResourceNotFound; 50]);
}

#[tokio::test]
async fn all_texts_of_a_key_have_one_rate() {
    let server = Server::start_with(&["--rate-per-key", "5"]).await;
    let (key, text) = server.api_key("", &[ApiKeyScope::Read]).await;
    let request = RotateApiKeyRequest { api_key_id: key.id, ..Default::default() };
    let rotated = server.client().api_keys().rotate(request).await.unwrap();
    let both = [text, rotated.key_text].map(|text| impatient(&server, &text));
    let (begun, given) = (Instant::now(), AtomicUsize::new(0));
    eventually(async || {
        for client in &both {
            given.fetch_add(usize::from(lists(client).await), Ordering::Relaxed);
        }
        (given.load(Ordering::Relaxed) >= 12).then_some(())
    })
    .await;
    // One rate allows 5 calls at once and 7 more at 5 per second, which takes 1.4 s. Two separate
    // rates would allow 12 calls in 0.2 s.
    assert!(begun.elapsed() > Duration::from_millis(1_300), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn conversions_over_a_keys_rate_are_refused_and_none_is_lost() {
    let server = Server::start_with(&["--rate-per-key", "5"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let (_, text) = server.api_key("", &[ApiKeyScope::Record]).await;
    let (hasty, patient) = (impatient(&server, &text), server.client_with(&text));
    let request = |number: usize| {
        let transaction_id = number.to_string();
        request::conversion(NewConversion { transaction_id, ..report(&code, &click) })
    };
    let number = AtomicUsize::new(0);
    let error = eventually(async || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        hasty.conversions().record(request(number)).await.err()
    });
    assert_eq!(error.await.reason(), ErrorReason::RateLimited);
    // A client that obeys the server's retry delay repeats the refused call and makes 11 more.
    // Each of these calls gets through.
    let recorded = number.load(Ordering::Relaxed) - 1;
    for number in recorded..recorded + 12 {
        patient.conversions().record(request(number)).await.unwrap();
    }
    let conversions = server.client().conversions().list(ListConversionsRequest::default());
    assert_eq!(conversions.try_collect::<Vec<_>>().await.unwrap().len(), recorded + 12);
}

#[tokio::test]
async fn beyond_its_limit_a_server_sheds_lists_and_previews_but_no_visitor() {
    let server = Server::start_with(&["--requests-max", "2"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let (over, shed, previews) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));

    let crowd = join_all((0..32).map(async |_| {
        let client = Client::builder(&server.url).api_key(ADMIN_KEY).retries(0).build().unwrap();
        while !over.load(Ordering::Relaxed) {
            if let Err(error) = client.conversions().list_page(ListConversionsRequest::default()).await {
                assert_eq!((error.code(), error.reason()), (Code::Unavailable, ErrorReason::Overloaded));
                assert_eq!(error.retry_delay(), Some(Duration::from_secs(1)));
                shed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }));
    let visitors = async {
        for _ in 0..100 {
            assert_eq!(http().get(&link.url).send().await.unwrap().status(), 302);
        }
    };
    let lookers = async {
        for _ in 0..100 {
            let preview = http().get(&link.url).header("user-agent", "Slackbot 1.0").send();
            let answer = Answer::of(preview.await.unwrap()).await;
            if answer.status == 503 {
                assert_eq!(
                    (answer.field("reason").as_str(), answer.header("retry-after")),
                    ("OVERLOADED", "1")
                );
                previews.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    // A partner without retries. Each call is either refused as `OVERLOADED` or stored.
    let partner = async {
        let client = Client::builder(&server.url).api_key(ADMIN_KEY).retries(0).build().unwrap();
        let mut counted = 0;
        for number in 0..100 {
            let transaction_id = number.to_string();
            let conversion = NewConversion { transaction_id, ..report(&code, &click) };
            let request = request::conversion(conversion);
            counted += usize::from(recorded(client.conversions().record(request).await));
        }
        counted
    };
    let (_, counted) = futures::join!(crowd, async {
        let ((), (), counted) = futures::join!(visitors, lookers, partner);
        over.store(true, Ordering::Relaxed);
        counted
    });
    assert!(shed.load(Ordering::Relaxed) > 0, "lists are shed");
    assert!(previews.load(Ordering::Relaxed) > 0, "previews are shed");
    let conversions = server.client().conversions().list(ListConversionsRequest::default());
    assert_eq!(conversions.try_collect::<Vec<_>>().await.unwrap().len(), counted);
}

fn recorded(result: Result<RecordConversionResponse, Error>) -> bool {
    let refused = result.err().map(|error| error.reason());
    assert!(matches!(refused, None | Some(ErrorReason::Overloaded)), "{refused:?}");
    refused.is_none()
}

#[tokio::test]
async fn a_compressed_message_is_refused_and_never_unpacked() {
    let server = Server::start().await;
    // A compressed message whose header claims a length of 1 GiB.
    let message = [b"\x01\x40\0\0\0".as_slice(), &[0x1f, 0x8b, 8, 0]].concat();
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let call = client
        .post(format!("{}/s2s.v1.ConversionService/ListConversions", server.url))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("grpc-encoding", "gzip")
        .bearer_auth(ADMIN_KEY)
        .body(message);
    let response = call.send().await.unwrap();
    let error = Error::from(Status::from_header_map(response.headers()).unwrap());
    assert_eq!((error.code(), error.reason()), (Code::Unimplemented, ErrorReason::CompressionUnsupported));
}

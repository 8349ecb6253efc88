//! TLS on the one port: gRPC and HTTP, certificates of clients, files that change.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use s2s_sdk::{Client, Code, v1::ListConversionCodesRequest};
use s2s_tests::{
    ADMIN_KEY, Server, eventually, http, run_to_end,
    wire::{PREFACE, SETTINGS, frame},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::{config::exit_code, raw::get};

/// A certificate authority, and the files that it has issued.
pub struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let authority = Self { folder: tempfile::tempdir().unwrap(), issuer };
        std::fs::write(authority.file("ca.pem"), authority.pem()).unwrap();
        authority.issue("server");
        authority
    }

    fn pem(&self) -> String {
        self.issuer.pem()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn path(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }

    /// Issues a certificate for this machine, with a key. Writes both to files, and returns both.
    fn issue(&self, name: &str) -> (String, String) {
        self.issue_with(name, |_| {})
    }

    /// Like `issue`, but changes the contents of the certificate first.
    fn issue_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let (certificate, key) = (certificate.pem(), key.serialize_pem());
        std::fs::write(self.file(&format!("{name}.pem")), &certificate).unwrap();
        std::fs::write(self.file(&format!("{name}.key")), &key).unwrap();
        (certificate, key)
    }

    /// Starts a server with a certificate of this authority.
    pub async fn start(&self, flags: &[&str]) -> Server {
        let (certificate, key) = (self.path("server.pem"), self.path("server.key"));
        let own = ["--tls-certificate", certificate.as_str(), "--tls-key", &key];
        Server::start_with(&[own.as_slice(), flags].concat()).await
    }

    /// Like `start`, but with a log that the test can read.
    async fn start_logged(&self, flags: &[&str]) -> Server {
        let (certificate, key) = (self.path("server.pem"), self.path("server.key"));
        let own = ["--tls-certificate", certificate.as_str(), "--tls-key", &key];
        Server::start_logged(&[own.as_slice(), flags].concat(), Vec::new()).await
    }

    /// The answer of `/healthz`.
    async fn health(&self, server: &Server) -> serde_json::Value {
        let mut stream = self.connect(server, &["http/1.1"]).await;
        stream.write_all(&get(b"/healthz")).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Starts a server with a certificate of this authority, on the database of another server.
    pub async fn start_beside(&self, other: &Server) -> Server {
        let (certificate, key) = (self.path("server.pem"), self.path("server.key"));
        Server::start_beside_with(other, &["--tls-certificate", &certificate, "--tls-key", &key]).await
    }

    fn client(&self, server: &Server) -> Client {
        Client::builder(&server.url).api_key(ADMIN_KEY).ca_certificate(self.pem()).retries(0).build().unwrap()
    }

    /// Opens a connection that offers these protocols.
    pub async fn connect(&self, server: &Server, protocols: &[&str]) -> TlsStream<TcpStream> {
        self.connect_as(server, protocols, None).await
    }

    /// Like `connect`, but the client has a certificate. `identity` is the certificate and its key,
    /// both in PEM.
    async fn connect_as(
        &self,
        server: &Server,
        protocols: &[&str],
        identity: Option<(&str, &str)>,
    ) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.unwrap().with_root_certificates(roots);
        let mut config = match identity {
            Some((certificate, key)) => {
                let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
                config
                    .with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
                    .unwrap()
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(address(server)).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect("localhost".try_into().unwrap(), stream).await.unwrap()
    }
}

fn address(server: &Server) -> &str {
    server.url.strip_prefix("https://").unwrap()
}

async fn list(client: &Client) -> Result<(), s2s_sdk::Error> {
    client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.map(drop)
}

#[tokio::test]
async fn one_port_speaks_grpc_and_http_over_tls() {
    let authority = Authority::new();
    let server = authority.start(&[]).await;
    list(&authority.client(&server)).await.unwrap();
    let stranger =
        Client::builder(&server.url).api_key(ADMIN_KEY).ca_certificate(Authority::new().pem()).retries(0);
    assert_eq!(list(&stranger.build().unwrap()).await.unwrap_err().code(), Code::Unavailable);

    for protocols in [&["h2", "http/1.1"][..], &["http/1.1"], &[]] {
        let mut stream = authority.connect(&server, protocols).await;
        let agreed = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        assert_eq!(agreed.as_deref(), protocols.first().map(|name| name.as_bytes()));
        if agreed.as_deref() == Some(b"h2") {
            continue;
        }
        // The second request is not valid HTTP, but is answered, too.
        for (target, reason) in
            [("/s2s?id=1", "PARAMETER_MISSING"), ("/s2s?clickId=<insert>", "MACRO_NOT_REPLACED")]
        {
            let request = format!("GET {target} HTTP/1.1\r\nhost: t.example\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = vec![0; 4_096];
            let length = stream.read(&mut answer).await.unwrap();
            let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
            assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains(reason), "{answer}");
        }
    }

    // A postback URL has the scheme and address of the port.
    let code = s2s_sdk::v1::ConversionCode { name: "Sale".to_owned(), ..Default::default() };
    let code = authority.client(&server).conversion_codes().create(code).await.unwrap();
    let request = s2s_sdk::v1::GetPostbackUrlRequest {
        conversion_code_id: code.conversion_code.unwrap().id,
        ..Default::default()
    };
    let url =
        authority.client(&server).conversion_codes().get_postback_url(request).await.unwrap().postback_url;
    assert!(url.starts_with(&server.url), "{url}");
}

#[tokio::test]
async fn plain_http_on_a_tls_port_gets_the_reason() {
    let authority = Authority::new();
    let server = authority.start(&[]).await;
    for request in [b"GET /s2s HTTP/1.1\r\nhost: a\r\n\r\n".as_slice(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = TcpStream::connect(address(&server)).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("speaks TLS"), "{answer}");
        assert!(answer.contains("x-content-type-options: nosniff\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn only_clients_with_a_certificate_may_connect_where_one_is_asked_for() {
    let (authority, clients) = (Authority::new(), Authority::new());
    // The port is free, and stays free, because nothing else on this machine uses this address.
    let health = TcpListener::bind("127.0.0.77:0").await.unwrap().local_addr().unwrap().to_string();
    let ca = clients.path("ca.pem");
    let server = authority.start(&["--tls-client-ca", &ca, "--health-listen", &health]).await;
    let builder = Client::builder(&server.url).api_key(ADMIN_KEY).ca_certificate(authority.pem()).retries(0);
    let (own, other) = (clients.issue("client"), authority.issue("client"));
    for (identity, allowed) in [(None, false), (Some(other), false), (Some(own), true)] {
        let builder = builder.clone();
        let builder = match &identity {
            Some((certificate, key)) => builder.identity(certificate, key),
            None => builder,
        };
        let listed = list(&builder.build().unwrap()).await;
        assert_eq!(listed.is_ok(), allowed, "{listed:?}");
    }

    // The health port needs no certificate, and serves nothing but health.
    let get = async |path: &str| http().get(format!("http://{health}{path}")).send().await.unwrap();
    assert!(get("/healthz").await.text().await.unwrap().contains(r#""status":"serving""#));
    assert_eq!(get("/s2s?id=1").await.status(), 404);
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{health}")).unwrap();
    let channel = channel.connect().await.unwrap();
    let mut client = HealthClient::new(channel.clone());
    assert_eq!(client.check(HealthCheckRequest::default()).await.unwrap().into_inner().status, 1);
    let mut client = s2s_sdk::v1::conversion_code_service_client::ConversionCodeServiceClient::new(channel);
    assert!(client.list_conversion_codes(ListConversionCodesRequest::default()).await.is_err());
}

/// If a client may no longer connect, its open connections end, but no answer breaks off.
#[tokio::test]
async fn connections_of_former_clients_end() {
    let (authority, clients, others) = (Authority::new(), Authority::new(), Authority::new());
    let ca = clients.path("ca.pem");
    let server = authority.start(&["--tls-client-ca", &ca]).await;
    let (certificate, key) = clients.issue("client");
    let identity = (certificate.as_str(), key.as_str());
    let mut one = authority.connect_as(&server, &["http/1.1"], Some(identity)).await;
    let mut two = authority.connect_as(&server, &["h2"], Some(identity)).await;
    one.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        assert_ne!(one.read_buf(&mut answer).await.unwrap(), 0);
    }
    two.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.unwrap();
    // The new certificate of the server alone would end no connection, but the new CA of clients
    // ends them.
    authority.issue("server");
    std::fs::write(&ca, others.pem()).unwrap();

    let (mut rest, mut frames) = (Vec::new(), Vec::new());
    let ends = async { tokio::join!(one.read_to_end(&mut rest), two.read_to_end(&mut frames)) };
    let (_, _) = tokio::time::timeout(Duration::from_mins(1), ends).await.expect("they end within a minute");
    assert!(rest.is_empty(), "{rest:?}");
    // GOAWAY has the kind 7 and belongs to stream 0.
    assert!(frames.windows(6).any(|some| some == [7, 0, 0, 0, 0, 0]), "{frames:?}");
    let builder = Client::builder(&server.url).api_key(ADMIN_KEY).ca_certificate(authority.pem()).retries(0);
    let former = builder.clone().identity(&certificate, &key).build().unwrap();
    assert!(list(&former).await.is_err());
    let (certificate, key) = others.issue("client");
    eventually(async || {
        let client = builder.clone().identity(&certificate, &key).build().unwrap();
        list(&client).await.ok()
    })
    .await;
}

#[tokio::test]
async fn an_edge_reports_that_its_certificate_is_refused() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let ca = clients.path("ca.pem");
    let core = authority.start(&["--role", "core", "--tls-client-ca", &ca]).await;
    authority.issue("edge");
    clients.issue("edge");
    let folder = tempfile::tempdir().unwrap();
    let url = core.url.replace("127.0.0.1", "localhost");
    let trusted = authority.path("ca.pem");
    let own = ["--listen", "127.0.0.1:0", "--role", "edge", "--core", &url, "--core-ca", &trusted];
    let [refused, key] = ["edge.pem", "edge.key"].map(|name| authority.path(name));
    let with = ["--core-client-certificate", &refused, "--core-client-key", &key];
    for flags in [&own[..], &[&own[..], &with].concat()] {
        // Starts three times, because the form of the error depends on what the network delivers
        // first.
        for _ in 0..3 {
            let (status, output) = run_to_end(folder.path(), flags, &[("S2S_CORE_KEY", ADMIN_KEY)]).await;
            assert!(!status.success() && output.contains("reason: CORE_AWAY"), "{output}");
            assert!(output.contains("--core-client-certificate"), "{output}");
        }
    }
}

/// The certificate that the server shows on a new connection.
async fn shown(authority: &Authority, server: &Server) -> Vec<u8> {
    let stream = authority.connect(server, &["http/1.1"]).await;
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

#[tokio::test]
async fn a_new_certificate_is_taken_up_and_a_broken_one_is_not() {
    let authority = Authority::new();
    let server = authority.start(&[]).await;
    let client = authority.client(&server);
    list(&client).await.unwrap();
    let first = shown(&authority, &server).await;

    // First the key doesn't match the certificate. Then the certificate's file contains no
    // certificate. Finally good files replace both files.
    std::fs::write(authority.file("server.key"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    assert_eq!(shown(&authority, &server).await, first);
    std::fs::write(authority.file("server.pem"), "no certificate").unwrap();
    assert_eq!(shown(&authority, &server).await, first);
    let (second, _) = authority.issue("server");
    let second = CertificateDer::from_pem_slice(second.as_bytes()).unwrap().to_vec();
    let taken_up = async || {
        let now = shown(&authority, &server).await;
        assert!(now == first || now == second);
        (now == second).then_some(())
    };
    eventually(taken_up).await;

    // Old connections stay, and new ones are served.
    list(&client).await.unwrap();
    list(&authority.client(&server)).await.unwrap();
}

/// A change that makes clients refuse a certificate, the start reason for it, and words of the
/// error.
type Refused = (fn(&mut CertificateParams), &'static str, &'static str);

const REFUSED: [Refused; 5] = [
    (
        |params| params.not_after = date_time_ymd(2026, 1, 1),
        "TLS_CERTIFICATE_EXPIRED",
        "valid until 2026-01-01T00:00:01Z",
    ),
    (
        |params| params.not_before = date_time_ymd(2400, 1, 1),
        "TLS_CERTIFICATE_NOT_YET_VALID",
        "valid from 2400-01-01T00:00:00Z",
    ),
    (|params| params.subject_alt_names.clear(), "TLS_CERTIFICATE_UNSUITABLE", "names no host"),
    (
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        "TLS_CERTIFICATE_UNSUITABLE",
        "not for servers",
    ),
    (
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning],
        "TLS_CERTIFICATE_UNSUITABLE",
        "not for servers",
    ),
];

#[tokio::test]
async fn a_certificate_that_clients_refuse_starts_no_server() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    for (change, reason, text) in REFUSED {
        authority.issue_with("wrong", change);
        let [certificate, key] = ["wrong.pem", "wrong.key"].map(|name| authority.path(name));
        let flags = ["--listen", "127.0.0.1:0", "--tls-certificate", &certificate, "--tls-key", &key];
        let (status, output) = run_to_end(folder.path(), &flags, &[]).await;
        assert_eq!(status.code(), Some(exit_code(reason)), "{reason}: {output}");
        assert!(output.contains(text), "{reason}: {output}");
        assert!(output.lines().any(|line| line == format!("reason: {reason}")), "{reason}: {output}");
    }
    assert!(is_empty(folder.path()), "nothing was created");
}

#[tokio::test]
async fn a_certificate_that_clients_refuse_replaces_no_good_one() {
    let authority = Authority::new();
    let server = authority.start_logged(&[]).await;
    let first = shown(&authority, &server).await;
    // The last change is left out: it causes the same error as the change before it, and the server
    // does not log the same error again.
    for (change, _, text) in &REFUSED[..REFUSED.len() - 1] {
        authority.issue_with("server", change);
        eventually(async || server.log().contains(text).then_some(())).await;
        assert_eq!(shown(&authority, &server).await, first, "{text}");
    }
    let told = server.log().lines().filter(|line| line.contains("the old one stays in use")).count();
    assert_eq!(told, REFUSED.len() - 1, "{}", server.log());
}

#[tokio::test]
async fn the_end_of_a_certificate_is_announced() {
    const DAY: Duration = Duration::from_hours(24);
    let authority = Authority::new();
    // The server warns from 14 days before the end.
    for (days_left, warned) in [(15, false), (13, true)] {
        let now = UNIX_EPOCH.elapsed().unwrap();
        authority.issue_with("server", |params| {
            params.not_after = date_time_ymd(1970, 1, 1) + now + days_left * DAY;
        });
        let server = authority.start_logged(&[]).await;
        let certificate = authority.health(&server).await["certificate"].clone();
        let left = Duration::from_secs(certificate["seconds_left"].as_u64().unwrap());
        assert!(left + DAY > days_left * DAY && left <= days_left * DAY + DAY, "{certificate}");
        assert!(certificate["ends"].as_str().unwrap().ends_with('Z'), "{certificate}");
        // The server checks when its certificate expires before it reads its files again. So once
        // it shows a new certificate, a warning about the first one is already in the log.
        let first = shown(&authority, &server).await;
        authority.issue("server");
        eventually(async || (shown(&authority, &server).await != first).then_some(())).await;
        let log = server.log();
        let warnings = log.lines().filter(|line| line.contains("the certificate expires soon")).count();
        assert_eq!(warnings, usize::from(warned), "{log}");
    }
}

/// TLS files; one of them can't be used.
struct UnusableFile {
    certificate: &'static str,
    key: &'static str,
    client_ca: &'static str,
    named: &'static str,
    reason: &'static str,
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new();
    authority.issue("other");
    std::fs::write(authority.file("broken.pem"), "-----BEGIN CERTIFICATE-----\nx\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    for UnusableFile { certificate, key, client_ca, named, reason } in [
        UnusableFile {
            certificate: "none.pem",
            key: "server.key",
            client_ca: "ca.pem",
            named: "none.pem",
            reason: "TLS_FILE_UNREADABLE",
        },
        UnusableFile {
            certificate: "broken.pem",
            key: "server.key",
            client_ca: "ca.pem",
            named: "broken.pem",
            reason: "TLS_CERTIFICATE_INVALID",
        },
        UnusableFile {
            certificate: "server.key",
            key: "server.key",
            client_ca: "ca.pem",
            named: "server.key",
            reason: "TLS_CERTIFICATE_INVALID",
        },
        UnusableFile {
            certificate: "server.pem",
            key: "server.pem",
            client_ca: "ca.pem",
            named: "server.pem",
            reason: "TLS_KEY_INVALID",
        },
        UnusableFile {
            certificate: "server.pem",
            key: "other.key",
            client_ca: "ca.pem",
            named: "other.key",
            reason: "TLS_KEY_MISMATCH",
        },
        UnusableFile {
            certificate: "server.pem",
            key: "server.key",
            client_ca: "server.key",
            named: "server.key",
            reason: "TLS_CLIENT_CA_INVALID",
        },
    ] {
        let [certificate, key, client_ca] = [certificate, key, client_ca].map(|name| authority.path(name));
        let flags =
            ["--tls-certificate", &certificate, "--tls-key", &key, "--tls-client-ca", client_ca.as_str()];
        let arguments = [["--listen", "127.0.0.1:0"].as_slice(), &flags].concat();
        let (status, output) = run_to_end(folder.path(), &arguments, &[]).await;
        assert_eq!(status.code(), Some(exit_code(reason)), "{reason}: {output}");
        assert!(output.contains(named), "{reason}: {output}");
        assert!(output.lines().any(|line| line == format!("reason: {reason}")), "{reason}: {output}");
    }
    assert!(is_empty(folder.path()), "nothing was created");
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().count() == 0
}

//! A port: who may connect, and which protocol they speak.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{Router, body::Body};
use futures::future::BoxFuture;
use ipnet::IpNet;
use listenfd::ListenFd;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{
    client_address::{client_address, is_trusted, over_tls},
    http1, http2,
    limits::{Origin, PATIENCE, WAITING_CONNECTIONS_MAX},
    never_empty,
    places::{Place, Places},
    proxy_protocol,
    tls::Tls,
};
use crate::edge::{Client, OverTls};

/// What a port is set to.
pub struct Port {
    pub router: Router,
    /// Takes the place of `router` once it is there.
    pub later: Arc<OnceLock<Router>>,
    pub connections_max: usize,
    pub connections_per_address: usize,
    pub tls: Option<Tls>,
    /// Whose word counts for whom they pass on, and who may connect as often as they like.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether trusted proxies begin their connections with a PROXY header.
    pub proxy_protocol: bool,
}

/// The socket that a service manager has opened and passes to each process in turn (`LISTEN_FDS`): while none runs, who
/// comes waits in it.
pub fn passed() -> io::Result<Option<TcpListener>> {
    let mut passed = ListenFd::from_env();
    if passed.len() > 1 {
        return Err(io::Error::other(format!("{} sockets were passed, not one", passed.len())));
    }
    let Some(listener) = passed.take_tcp_listener(0)? else { return Ok(None) };
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener).map(Some)
}

/// Listens, with room for those who wait to be accepted.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // As the library does by itself: a restart finds the port free.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_CONNECTIONS_MAX)
}

/// How often at the most a port says that it is full.
const FULL_LOG_INTERVAL: Duration = Duration::from_secs(10);

impl Port {
    /// Serves until `stopping`, then answers what it has accepted, for `drain` at the most.
    pub async fn serve(self, listener: TcpListener, stopping: CancellationToken, drain: Duration) {
        let port = Arc::new(self);
        let places = Places::new(port.connections_max, port.connections_per_address);
        let mut connections = JoinSet::new();
        let mut told: Option<Instant> = None;
        loop {
            let (stream, peer) = tokio::select! {
                () = stopping.cancelled() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                accepted = listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // Out of file descriptors, mostly: others must close before more can be accepted.
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
            };
            let address = peer.ip().to_canonical();
            let origin = (!is_trusted(address, &port.trusted_proxies)).then(|| Origin::of(address));
            let Some(place) = places.take(origin) else {
                if told.is_none_or(|told| told.elapsed() > FULL_LOG_INTERVAL) {
                    tracing::warn!("connections were refused: too many, in all or from one address");
                    told = Some(Instant::now());
                }
                continue;
            };
            connections.spawn(port.clone().connection(stream, address, place, stopping.clone()));
        }
        drop(listener);
        tracing::info!(connections = connections.len(), "stopping");
        let all_ended = async { while connections.join_next().await.is_some() {} };
        if timeout(drain, all_ended).await.is_err() {
            tracing::warn!("some connections did not end in time and were cut");
            connections.shutdown().await;
        }
    }

    /// Serves one connection to its end, unless its place is needed before it asks for anything.
    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: IpAddr,
        place: Place,
        stopping: CancellationToken,
    ) {
        let place = Arc::new(place);
        let served = self.converse(stream, peer, place.clone(), stopping);
        tokio::select! {
            served = served => if let Err(error) = served {
                tracing::debug!(%error, "a connection ended before its first request");
            },
            () = place.needed() => {}
        }
    }

    /// Serves one connection to its end; once `stopping`, to the end of what is under way.
    async fn converse(
        self: Arc<Self>,
        mut stream: TcpStream,
        mut peer: IpAddr,
        place: Arc<Place>,
        stopping: CancellationToken,
    ) -> io::Result<()> {
        let beginning_ends = Instant::now() + PATIENCE;
        stream.set_nodelay(true)?;
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(super::limits::UNTAKEN_MAX))?;
        let spoken = async {
            if self.proxy_protocol && is_trusted(peer, &self.trusted_proxies) {
                let client = timeout_at(beginning_ends, proxy_protocol::read(&mut stream)).await??;
                peer = client.unwrap_or(peer).to_canonical();
            }
            timeout_at(beginning_ends, spoken(&stream, self.tls.is_some())).await?
        };
        let spoken = tokio::select! {
            spoken = spoken => spoken?,
            () = stopping.cancelled() => return Ok(()),
        };
        let (port, own_tls) = (self.clone(), self.tls.is_some());
        let answer = move |mut request: http::Request<Body>| -> BoxFuture<'static, http::Response<Body>> {
            place.asked();
            let address = client_address(peer, request.headers(), &port.trusted_proxies);
            if over_tls(own_tls, peer, request.headers(), &port.trusted_proxies) {
                request.extensions_mut().insert(OverTls);
            }
            request.extensions_mut().insert(Client(address));
            let answered = port.later.get().unwrap_or(&port.router).clone().oneshot(request);
            Box::pin(async move {
                let Ok(response) = answered.await;
                never_empty(response)
            })
        };
        match (spoken, &self.tls) {
            (Spoken::Tls, Some(tls)) => match timeout_at(beginning_ends, tls.accept(stream)).await?? {
                (stream, true) => http2::serve(stream, beginning_ends, answer, stopping.cancelled()).await,
                (stream, false) => http1::serve(stream, answer, stopping.cancelled()).await,
            },
            (_, Some(_)) => no_tls(stream).await?,
            (Spoken::Http2, None) => http2::serve(stream, beginning_ends, answer, stopping.cancelled()).await,
            (Spoken::Http1 | Spoken::Tls, None) => http1::serve(stream, answer, stopping.cancelled()).await,
        }
        Ok(())
    }
}

/// What a client speaks.
enum Spoken {
    Http1,
    Http2,
    Tls,
}

/// Waits for the first bytes and looks at them: TLS begins with a byte of its own, HTTP/2 with `PRI `, which
/// no HTTP/1 request does.
async fn spoken(stream: &TcpStream, tls: bool) -> io::Result<Spoken> {
    const PREFACE: &[u8] = b"PRI ";
    const HANDSHAKE: u8 = 22;
    let mut pause = Duration::from_millis(5);
    loop {
        let mut first = [0; PREFACE.len()];
        let length = stream.peek(&mut first).await?;
        match first.get(..length) {
            Some([]) | None => return Err(io::ErrorKind::UnexpectedEof.into()),
            Some([HANDSHAKE, ..]) if tls => return Ok(Spoken::Tls),
            Some(_) if tls => return Ok(Spoken::Http1),
            Some(PREFACE) => return Ok(Spoken::Http2),
            Some(begin) if !PREFACE.starts_with(begin) => return Ok(Spoken::Http1),
            // `P` may become either; a peek does not wait for more. Who sends by the byte is looked at ever
            // more seldom.
            Some(_) => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
    }
}

/// The answer to plain HTTP where TLS is spoken.
async fn no_tls(mut stream: TcpStream) -> io::Result<()> {
    const BODY: &str = r#"{"reason":"TLS_REQUIRED","message":"this port speaks TLS: use https"}"#;
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let answer = format!("{head}content-length: {}\r\n\r\n{BODY}", BODY.len());
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    http1::linger(&mut stream).await;
    Ok(())
}

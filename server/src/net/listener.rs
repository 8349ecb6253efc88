//! A port: its connections, and their protocols.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::body::Body;
use futures::future::BoxFuture;
use ipnet::IpNet;
use listenfd::ListenFd;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    arrival::Account,
    client_address::{client_address, is_trusted, over_tls},
    http1::{self, Answer},
    http2,
    limits::{OUTDATED_MAX, Origin, PATIENCE, WAITING_CONNECTIONS_MAX},
    proxy_protocol,
    router::Router,
    slots::{ConnectionSlots, Slot},
    stop::{LAST_LINGER_TIMEOUT, OnSocket as _, quiet},
    tls::{Secured, Tls},
};
use crate::edge::{Client, OverTls};

/// The settings of a port.
pub struct Listener {
    pub router: Router,
    /// Replaces `router` once it is set.
    pub later: Arc<OnceLock<Router>>,
    pub connections_max: usize,
    pub connections_per_address: usize,
    /// Time for which a connection may wait for another request.
    pub keep_alive: Duration,
    pub tls: Option<Tls>,
    /// Proxies whose forwarding headers are trusted. `connections_per_address` does not apply to
    /// them.
    pub trusted_proxies: Vec<IpNet>,
    /// Trusted proxies begin their connections with a PROXY header.
    pub proxy_protocol: bool,
    pub http2_refusals: http2::ClientErrors,
}

/// The socket that a service manager opens and passes to each process in turn (`LISTEN_FDS`). While
/// no process runs, clients queue in it.
pub fn inherited_socket() -> io::Result<Option<TcpListener>> {
    let mut passed = ListenFd::from_env();
    if passed.len() > 1 {
        return Err(io::Error::other(format!("{} sockets were passed, not one", passed.len())));
    }
    let Some(listener) = passed.take_tcp_listener(0)? else { return Ok(None) };
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener).map(Some)
}

/// Listens, with a queue for clients that wait to be accepted.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Lets a restart find the port free. The library's own listener has this set, too.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_CONNECTIONS_MAX)
}

impl Listener {
    /// Serves until `stopping`. Then completes the accepted connections, within `drain`.
    pub async fn serve(self, listener: TcpListener, stopping: CancellationToken, drain: Duration) {
        let port = Arc::new(self);
        let places = ConnectionSlots::new(port.connections_max, port.connections_per_address);
        let mut connections = JoinSet::new();
        let admit = |connections: &mut JoinSet<()>, stream: TcpStream, peer: SocketAddr| {
            let address = peer.ip().to_canonical();
            let origin = (!is_trusted(address, &port.trusted_proxies)).then(|| Origin::of(address));
            let Some(place) = places.take(origin) else { return places.tell_full() };
            connections.spawn(port.clone().connection(stream, address, place, stopping.clone()));
        };
        loop {
            tokio::select! {
                () = stopping.cancelled() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => admit(&mut connections, stream, peer),
                    Err(error) => {
                        // Usually out of file descriptors: other connections must close first.
                        tracing::warn!(%error, "could not accept a connection");
                        sleep(Duration::from_millis(50)).await;
                    }
                },
            }
        }
        for (stream, peer) in waiting(listener) {
            admit(&mut connections, stream, peer);
        }
        tracing::info!(connections = connections.len(), "stopping");
        let all_ended = async { while connections.join_next().await.is_some() {} };
        if timeout(drain, all_ended).await.is_err() {
            tracing::warn!("some connections did not finish in time and were closed");
            connections.shutdown().await;
        }
    }

    /// Serves one connection to its end, unless another connection needs its slot.
    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: IpAddr,
        place: Slot,
        stopping: CancellationToken,
    ) {
        let place = Arc::new(place);
        let served = self.converse(stream, peer, place.clone(), stopping);
        tokio::select! {
            served = served => if let Err(error) = served {
                tracing::debug!(%error, "a connection ended before its first request");
            },
            () = place.needed() => tracing::debug!("an idle connection made room for another"),
        }
    }

    /// Serves one connection to its end; after `stopping`, until its requests in progress are
    /// answered.
    async fn converse(
        self: Arc<Self>,
        mut stream: TcpStream,
        mut peer: IpAddr,
        place: Arc<Slot>,
        stopping: CancellationToken,
    ) -> io::Result<()> {
        let beginning_ends = Instant::now() + PATIENCE;
        stream.set_nodelay(true)?;
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(super::limits::UNTAKEN_MAX))?;
        if self.proxy_protocol && is_trusted(peer, &self.trusted_proxies) {
            let begun = timeout_at(beginning_ends, first_bytes(&stream, &mut [0], &stopping)).await??;
            if begun.is_none() {
                return close_unused(stream).await;
            }
            let client = timeout_at(beginning_ends, proxy_protocol::read(&mut stream)).await??;
            peer = client.unwrap_or(peer).to_canonical();
            let origin = (!is_trusted(peer, &self.trusted_proxies)).then(|| Origin::of(peer));
            if !place.move_to(origin) {
                return Ok(());
            }
        }
        let spoken = timeout_at(beginning_ends, spoken(&stream, self.tls.is_some(), &stopping)).await??;
        let Some(spoken) = spoken else { return close_unused(stream).await };
        let answer = self.clone().answer(peer, place.account());
        let (refusals, keep_alive) = (self.http2_refusals.clone(), self.keep_alive);
        match (spoken, &self.tls) {
            (Spoken::Tls, Some(tls)) => {
                let Secured { stream, is_http2, outdated } =
                    timeout_at(beginning_ends, tls.accept(stream)).await??;
                let stop = async {
                    tokio::select! { () = stopping.cancelled() => {}, () = outdated.cancelled() => {} }
                };
                let served = async {
                    if is_http2 {
                        http2::serve(stream, beginning_ends, keep_alive, answer, stop, refusals).await;
                    } else {
                        http1::serve(stream, keep_alive, answer, stop).await;
                    }
                };
                tokio::select! {
                    () = served => {}
                    () = async { outdated.cancelled().await; sleep(OUTDATED_MAX).await } => {}
                }
            }
            (_, Some(_)) => no_tls(stream).await?,
            (Spoken::Http2, None) => {
                http2::serve(stream, beginning_ends, keep_alive, answer, stopping.cancelled(), refusals)
                    .await;
            }
            (Spoken::Http1 | Spoken::Tls, None) => {
                http1::serve(stream, keep_alive, answer, stopping.cancelled()).await;
            }
        }
        Ok(())
    }

    /// The function that answers the requests of a connection.
    fn answer(self: Arc<Self>, peer: IpAddr, account: Arc<Account>) -> impl Answer {
        let own_tls = self.tls.is_some();
        move |mut request: http::Request<Body>| -> BoxFuture<'static, http::Response<Body>> {
            // The connection closes without an answer, so its client may send the request again on
            // another connection.
            let Some(arrival) = account.request() else { return Box::pin(std::future::pending()) };
            request.extensions_mut().insert(arrival);
            let address = client_address(peer, request.headers(), &self.trusted_proxies);
            if over_tls(own_tls, peer, request.headers(), &self.trusted_proxies) {
                request.extensions_mut().insert(OverTls);
            }
            request.extensions_mut().insert(Client(address));
            self.later.get().unwrap_or(&self.router).answer(request)
        }
    }
}

/// The protocol of a client.
enum Spoken {
    Http1,
    Http2,
    Tls,
}

/// The clients that wait to be accepted. The system has connected them already, and would reset
/// them when the listener closes.
fn waiting(listener: TcpListener) -> impl Iterator<Item = (TcpStream, SocketAddr)> {
    // Accepts without the runtime, which may not know all of the waiting clients yet.
    let listener = listener.into_std();
    let accept = move || {
        let (stream, peer) = listener.as_ref().ok()?.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    };
    let most = usize::try_from(WAITING_CONNECTIONS_MAX).unwrap_or(usize::MAX);
    std::iter::from_fn(accept).take(most)
}

/// Waits for the first bytes, without consuming them. Returns their number; `None` if the server is
/// stopping and no bytes have arrived.
async fn first_bytes(
    stream: &TcpStream,
    first: &mut [u8],
    stopping: &CancellationToken,
) -> io::Result<Option<usize>> {
    tokio::select! {
        biased;
        length = stream.peek(first) => return length.map(Some),
        () = quiet(stopping) => {}
    }
    if stream.has_unread() { stream.peek(first).await.map(Some) } else { Ok(None) }
}

/// Closes an unused connection, and avoids a reset if the peer sends bytes at this moment.
async fn close_unused(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    http1::linger(&mut stream, LAST_LINGER_TIMEOUT).await;
    Ok(())
}

/// Waits for the first bytes, and finds the protocol. TLS begins with the byte 22, and HTTP/2 with
/// `PRI` and a blank. No HTTP/1 request begins with either. `None`: the server is stopping, and no
/// bytes have arrived.
async fn spoken(stream: &TcpStream, tls: bool, stopping: &CancellationToken) -> io::Result<Option<Spoken>> {
    const PREFACE: &[u8] = b"PRI ";
    const HANDSHAKE: u8 = 22;
    let mut pause = Duration::from_millis(5);
    loop {
        let mut first = [0; PREFACE.len()];
        let Some(length) = first_bytes(stream, &mut first, stopping).await? else { return Ok(None) };
        match first.get(..length) {
            Some([]) | None => return Err(io::ErrorKind::UnexpectedEof.into()),
            Some([HANDSHAKE, ..]) if tls => return Ok(Some(Spoken::Tls)),
            Some(_) if tls => return Ok(Some(Spoken::Http1)),
            Some(PREFACE) => return Ok(Some(Spoken::Http2)),
            Some(begin) if !PREFACE.starts_with(begin) => return Ok(Some(Spoken::Http1)),
            // `P` may begin HTTP/1 or HTTP/2, and a peek does not wait for more bytes. The pauses
            // grow, so that a sender of single bytes costs little.
            Some(_) => {
                sleep(pause).await;
                pause *= 2;
            }
        }
    }
}

/// The answer to plain HTTP on a port with TLS.
async fn no_tls(mut stream: TcpStream) -> io::Result<()> {
    const BODY: &str = r#"{"reason":"TLS_REQUIRED","message":"this port speaks TLS: use https"}"#;
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
                        x-content-type-options: nosniff\r\nconnection: close\r\n";
    let answer = format!("{head}content-length: {}\r\n\r\n{BODY}", BODY.len());
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    http1::linger(&mut stream, http1::LINGER_TIMEOUT).await;
    Ok(())
}

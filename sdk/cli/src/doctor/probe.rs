//! Requests of the doctor that are no calls of the API: `/healthz`, and a plain HTTP request that
//! shows whether a port speaks TLS.

use std::{future::poll_fn, pin::Pin, time::Duration};

use http::{Request, Uri, header::DATE};
use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tonic::{
    body::Body,
    codegen::{Body as _, Service as _, StdError},
    transport::Channel,
};

/// Longest answer of `/healthz` that is read, in bytes.
const HEALTH_BYTES_MAX: usize = 64 * 1_024;
/// Longest beginning of the answer to a plain HTTP request that is read, in bytes.
const PLAIN_BYTES_MAX: u64 = 4_096;
/// Port of an `http://` URL that names none.
const HTTP_PORT: u16 = 80;
/// Port of an `https://` URL that names none.
const HTTPS_PORT: u16 = 443;

/// The answer of `/healthz`, and the times around it.
#[derive(Debug, Default)]
pub struct Health {
    /// The body; `None` if it is not JSON.
    pub body: Option<Value>,
    /// The server's time, from the header `date`, in seconds since 1970.
    pub date: Option<i64>,
    /// This machine's time before and after the request, in seconds since 1970.
    pub asked: i64,
    pub answered: i64,
}

/// Asks for `/healthz` on the connection that calls use.
pub async fn health(channel: Channel, patience: Duration) -> Option<Health> {
    timeout(patience, ask(channel)).await.ok()?.ok()
}

async fn ask(mut channel: Channel) -> Result<Health, StdError> {
    let request = Request::get("/healthz").body(Body::empty())?;
    poll_fn(|context| channel.poll_ready(context)).await?;
    let asked = Timestamp::now().as_second();
    let response = channel.call(request).await?;
    let answered = Timestamp::now().as_second();
    let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| Some(rfc2822::parse(date).ok()?.timestamp().as_second()));
    let (mut body, mut bytes) = (response.into_body(), Vec::new());
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        bytes.extend(frame?.into_data().unwrap_or_default());
        if bytes.len() > HEALTH_BYTES_MAX {
            break;
        }
    }
    Ok(Health { body: serde_json::from_slice(&bytes).ok(), date, asked, answered })
}

/// The beginning of the answer to a plain HTTP request; empty if there is none.
pub async fn plain(endpoint: &str, patience: Duration) -> Vec<u8> {
    let mut answer = Vec::new();
    let asked = async {
        let uri: Uri = endpoint.parse().ok()?;
        let host = uri.host()?.to_owned();
        let default = if uri.scheme_str() == Some("https") { HTTPS_PORT } else { HTTP_PORT };
        let address = (host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(default));
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        stream.take(PLAIN_BYTES_MAX).read_to_end(&mut answer).await.ok()
    };
    // A port that stays silent shows nothing.
    _ = timeout(patience, asked).await;
    answer
}

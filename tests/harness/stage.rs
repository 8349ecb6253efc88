//! The stage of a journey: the real server, a port that never answers, and a port that restarts the
//! server. The journey is the list of calls in `journey.json`; every SDK plays it in its own
//! language.

use std::{convert::Infallible, path::Path, time::Duration};

use http_body_util::Empty;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::{ADMIN_KEY, Server};

/// The time between the server's end and its restart.
const AWAY: Duration = Duration::from_millis(500);

/// A journey's stage. Dropping it ends everything on it.
pub struct Stage {
    server: Server,
    silent_url: String,
    control_url: String,
    /// Requests from the control port, answered once the server is killed.
    restarts: mpsc::Receiver<oneshot::Sender<()>>,
    /// Keeps the server's port from other programs while the server is down.
    _port: TcpSocket,
    /// The tasks of the ports; they end with the stage.
    _ports: JoinSet<()>,
}

impl Stage {
    pub async fn start() -> Self {
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseaddr(true).unwrap();
        port.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let server = Server::start_listening(&port.local_addr().unwrap().to_string()).await;

        let mut ports = JoinSet::new();
        let (silent, silent_url) = listen().await;
        ports.spawn(async move {
            let mut held = Vec::new();
            while let Ok((connection, _)) = silent.accept().await {
                held.push(connection);
            }
        });
        let (control, control_url) = listen().await;
        let (restart, restarts) = mpsc::channel(1);
        ports.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((connection, _)) = control.accept().await {
                let restart = restart.clone();
                let service = service_fn(move |request| answer(request, restart.clone()));
                // A caller that hangs up needs no answer.
                connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(connection), service));
            }
        });
        Self { server, silent_url, control_url, restarts, _port: port, _ports: ports }
    }

    /// The environment variables of a program that plays the journey.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        let journey = Path::new(env!("CARGO_MANIFEST_DIR")).join("journey.json");
        [
            ("S2S_JOURNEY", journey.to_str().unwrap().to_owned()),
            ("S2S_JOURNEY_URL", self.server.url.clone()),
            ("S2S_JOURNEY_KEY", ADMIN_KEY.to_owned()),
            ("S2S_JOURNEY_SILENT_URL", self.silent_url.clone()),
            ("S2S_JOURNEY_CONTROL_URL", self.control_url.clone()),
        ]
    }

    /// Runs a journey, and restarts the server whenever the journey asks for it.
    pub async fn run<T>(&mut self, play: impl Future<Output = T>) -> T {
        let restarts = async {
            while let Some(killed) = self.restarts.recv().await {
                self.server.kill().await;
                // A caller that hung up needs no answer.
                let _ = killed.send(());
                tokio::time::sleep(AWAY).await;
                self.server.restart().await;
            }
        };
        tokio::select! {
            outcome = play => outcome,
            () = restarts => panic!("the control port is gone"),
        }
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Answers on the control port. Pages of any origin may read the answer.
async fn answer(
    request: Request<Incoming>,
    restart: mpsc::Sender<oneshot::Sender<()>>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let status = if (request.method(), request.uri().path()) == (&Method::POST, "/restart") {
        let (kill, killed) = oneshot::channel();
        restart.send(kill).await.unwrap();
        killed.await.unwrap();
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    };
    let response = Response::builder().status(status).header(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    Ok(response.body(Empty::new()).unwrap())
}

//! A proxy before a server or its database. Its connections ("wires") can be cut, at any time or
//! between a request and its answer. After a cut, nobody gets an answer about the work that the
//! other side has done.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::broadcast,
    task::JoinSet,
};

/// The size of the buffer for answers, in bytes.
const BUFFER_BYTES: usize = 16 * 1_024;

#[derive(Clone, Copy)]
enum Cut {
    Now,
    /// When the next answer comes, which is lost.
    BeforeAnswer,
}

pub struct Proxy {
    pub address: String,
    cut: broadcast::Sender<Cut>,
    /// The tasks of the wires; they end with the proxy.
    _wires: JoinSet<()>,
}

impl Proxy {
    /// Starts a proxy to that address.
    pub async fn start(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cut, _) = broadcast::channel(1);
        let cuts = cut.clone();
        let mut wires = JoinSet::new();
        wires.spawn(async move {
            let mut wires = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                wires.spawn(lead(near, target.clone(), cuts.subscribe()));
                while wires.try_join_next().is_some() {}
            }
        });
        Self { address, cut, _wires: wires }
    }

    /// Drops all connections, with everything in transit.
    pub fn cut(&self) {
        // The send fails only if there is no connection to cut.
        let _ = self.cut.send(Cut::Now);
    }

    /// Drops each connection when its next answer comes, together with that answer.
    pub fn cut_before_answers(&self) {
        let _ = self.cut.send(Cut::BeforeAnswer);
    }
}

async fn lead(mut near: TcpStream, target: String, mut cuts: broadcast::Receiver<Cut>) {
    // If the other side is down, the connection ends at once.
    let Ok(mut far) = TcpStream::connect(target).await else { return };
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    let ((mut requests, mut to_caller), (mut answers, mut to_target)) = (near.split(), far.split());
    let is_doomed = AtomicBool::new(false);
    let answer = async {
        let mut buffer = vec![0; BUFFER_BYTES];
        while let Ok(length @ 1..) = answers.read(&mut buffer).await {
            if is_doomed.load(Ordering::Relaxed) || to_caller.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    };
    let obey = async {
        while let Ok(Cut::BeforeAnswer) = cuts.recv().await {
            is_doomed.store(true, Ordering::Relaxed);
        }
    };
    tokio::select! {
        _ = tokio::io::copy(&mut requests, &mut to_target) => {}
        () = answer => {}
        () = obey => {}
    }
}

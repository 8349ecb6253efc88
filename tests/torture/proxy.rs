//! A proxy between the server and its database. Its connections ("wires") can be cut. After a cut,
//! the server gets no answer about the work that the database has done.

use tokio::{
    net::{TcpListener, TcpStream},
    sync::broadcast,
    task::JoinSet,
};

pub struct Proxy {
    pub address: String,
    cut: broadcast::Sender<()>,
    /// The tasks of the wires; they end with the proxy.
    _wires: JoinSet<()>,
}

impl Proxy {
    /// Starts a proxy to the database at that address.
    pub async fn start(database: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cut, _) = broadcast::channel(1);
        let cuts = cut.clone();
        let mut wires = JoinSet::new();
        wires.spawn(async move {
            let mut wires = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                wires.spawn(lead(near, database.clone(), cuts.subscribe()));
                while wires.try_join_next().is_some() {}
            }
        });
        Self { address, cut, _wires: wires }
    }

    /// Drops all connections, with everything in transit.
    pub fn cut(&self) {
        // The send fails only if there is no connection to cut.
        let _ = self.cut.send(());
    }
}

async fn lead(mut near: TcpStream, database: String, mut cut: broadcast::Receiver<()>) {
    // If the database is down, the connection ends at once.
    let Ok(mut far) = TcpStream::connect(database).await else { return };
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        _ = cut.recv() => {}
    }
}

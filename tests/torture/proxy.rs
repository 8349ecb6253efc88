//! A wire between the server and its database that can be cut: what one has done, the other does not hear of.

use tokio::{
    net::{TcpListener, TcpStream},
    sync::broadcast,
    task::JoinSet,
};

pub struct Proxy {
    pub address: String,
    cut: broadcast::Sender<()>,
    /// End with it.
    _wires: JoinSet<()>,
}

impl Proxy {
    /// Leads to the database at that address.
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

    /// Drops all connections, whatever is under way on them.
    pub fn cut(&self) {
        // Without a connection there is nothing to cut.
        let _ = self.cut.send(());
    }
}

async fn lead(mut near: TcpStream, database: String, mut cut: broadcast::Receiver<()>) {
    // Where the database is down, the connection ends at once.
    let Ok(mut far) = TcpStream::connect(database).await else { return };
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        _ = cut.recv() => {}
    }
}

//! A stop, as connections see it: none is closed while a request may be on its way to us, and each closes in a way that
//! takes no answer from anybody.

use std::{mem::MaybeUninit, time::Duration};

use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// How long a connection must be quiet before a stop closes it. Clients can't know of the stop before they are answered, and
/// what they had sent may come late on a machine or a network that is busy.
pub const QUIET: Duration = Duration::from_secs(1);
/// How long the other side may go on sending after its last answer, once the server stops: the time of a round trip.
pub const LAST_LINGER_TIMEOUT: Duration = Duration::from_millis(500);

/// Returns once a connection that was quiet since the stop, or, where that was before, since now, may be closed.
pub async fn quiet(stopping: &CancellationToken) {
    stopping.cancelled().await;
    tokio::time::sleep(QUIET).await;
}

/// A connection that stands on a socket.
pub trait OnSocket {
    fn socket(&self) -> &TcpStream;

    /// Whether bytes have come that nobody has read. Asks the system itself, since what it has told the runtime may be old.
    fn has_unread(&self) -> bool {
        let mut first = [MaybeUninit::uninit()];
        socket2::SockRef::from(self.socket()).peek(&mut first).is_ok_and(|length| length > 0)
    }
}

impl OnSocket for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl OnSocket for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

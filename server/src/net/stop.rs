//! A stop, as connections see it. No connection is closed while a request may be on its way, and
//! closing a connection destroys no answer.

use std::{mem::MaybeUninit, time::Duration};

use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// Time of silence after which a stop closes a connection. Clients learn of the stop only from an
/// answer, and their earlier requests may arrive late on a busy machine or network.
pub const QUIET: Duration = Duration::from_secs(1);
/// Time for which a server that stops still reads what a peer sends after the last answer: one
/// round trip.
pub const LAST_LINGER_TIMEOUT: Duration = Duration::from_millis(500);

/// Waits until `QUIET` has passed since the stop, or since this call if the server is stopping
/// already. A connection that was silent meanwhile may be closed.
pub async fn quiet(stopping: &CancellationToken) {
    stopping.cancelled().await;
    tokio::time::sleep(QUIET).await;
}

/// A connection over a socket.
pub trait OnSocket {
    /// Returns whether unread bytes have arrived. Asks the system, because the runtime's knowledge
    /// may be outdated.
    fn has_unread(&self) -> bool;
}

impl OnSocket for TcpStream {
    fn has_unread(&self) -> bool {
        let mut first = [MaybeUninit::uninit()];
        socket2::SockRef::from(self).peek(&mut first).is_ok_and(|length| length > 0)
    }
}

impl OnSocket for TlsStream<TcpStream> {
    fn has_unread(&self) -> bool {
        self.get_ref().0.has_unread()
    }
}

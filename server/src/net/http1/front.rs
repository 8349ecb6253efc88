//! The front of an HTTP/1 connection: the layer through which the HTTP library hyper reads it.
//!
//! The front withholds a head until its empty line has arrived, and passes it on in a form that
//! hyper accepts. Hyper reads the announced length of the body from the head, and the front then
//! passes on exactly that many bytes. So a head that breaks off never reaches a handler, and no
//! byte is read as part of two requests.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::io::poll_read_buf;

use super::{
    Stream,
    head::{HeadReader, Reading, Refused},
};
use crate::net::limits::PATIENCE;

/// Room for the bytes of one read, in bytes. Most heads are smaller.
const READ_BYTES: usize = 4 * 1_024;
/// Number of reads for a head after which other connections are served in between.
const READS_PER_TURN: usize = 8;

/// The part of a request that is read next.
#[derive(Default)]
enum Stage {
    #[default]
    Head,
    /// The rest of a head, which hyper has not read yet.
    Passed(Bytes),
    /// A body of which this number of bytes is still to come.
    Body(u64),
    /// A body of unknown length: only hyper finds its end. No request follows on its connection.
    LastBody,
    /// The connection ends.
    End,
}

/// The announced length of a body.
#[derive(Clone, Copy)]
enum BodyLength {
    Bytes(u64),
    Unknown,
}

/// The state that a connection shares with the request on it.
#[derive(Default)]
pub struct Turn {
    raw_target: Option<Bytes>,
    /// The body length of the request that hyper delivered last.
    announced: Option<BodyLength>,
    /// The next request has begun.
    pub has_begun: bool,
    /// The body of the present request is longer than announced.
    pub is_longer: bool,
    /// The server is stopping.
    pub stopping: bool,
    pub refused: Option<Refused>,
}

impl Turn {
    /// Notes the body length of a request that hyper delivers. `body_bytes`: the size of its body,
    /// if it is known. Returns the target as it arrived, if the target of hyper's request differs.
    pub fn deliver(&mut self, body_bytes: Option<u64>) -> Option<Bytes> {
        self.announced = Some(body_bytes.map_or(BodyLength::Unknown, BodyLength::Bytes));
        self.has_begun = false;
        self.raw_target.take()
    }
}

pub type SharedTurn = Arc<Mutex<Turn>>;

pub fn lock(turn: &Mutex<Turn>) -> MutexGuard<'_, Turn> {
    turn.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The methods with which another request may begin directly after a body. A sender that does not
/// wait for the answer before it sends the next request uses one of these usual methods.
const METHODS: [&[u8]; 9] =
    [b"CONNECT", b"DELETE", b"GET", b"HEAD", b"OPTIONS", b"PATCH", b"POST", b"PUT", b"TRACE"];

/// Returns true if the bytes after the announced end of a body do not begin another request. Then
/// the body is longer than announced, as from a sender that counts characters instead of bytes.
/// Line ends, and the NUL at the end of a C string, may follow a body without belonging to it.
fn begin_nothing(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n' | 0)).unwrap_or(bytes.len());
    let request = bytes.get(start..).unwrap_or_default();
    !request.is_empty()
        && !METHODS.iter().any(|method| {
            let line = [method, b" ".as_slice()].concat();
            let length = line.len().min(request.len());
            line.get(..length) == request.get(..length)
        })
}

/// A connection as hyper reads and writes it.
pub struct Front<S> {
    io: TokioIo<S>,
    turn: SharedTurn,
    stage: Stage,
    /// Bytes that have arrived and were not passed on.
    bytes: BytesMut,
    reader: HeadReader,
    /// Time limit of the wait for a head, and of a head that has begun.
    limit: Pin<Box<Sleep>>,
    /// The wait that `limit` is for; `None` before the first wait of a request.
    limited: Option<Wait>,
    /// Time limit of the wait for the first byte of the next head.
    idle_max: Duration,
    /// The value of `idle_max` after the first request.
    keep_alive: Duration,
}

/// A wait for bytes of a head.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// No byte of the head has arrived.
    Idle,
    Head,
}

impl<S: Stream> Front<S> {
    /// `keep_alive`: the time for which the connection may wait for another request.
    pub fn new(stream: S, turn: SharedTurn, keep_alive: Duration) -> Self {
        Self {
            io: TokioIo::new(stream),
            turn,
            stage: Stage::default(),
            bytes: BytesMut::new(),
            reader: HeadReader::default(),
            limit: Box::pin(sleep(PATIENCE)),
            limited: None,
            // A new connection has less time, because nobody needs one that sends no request.
            idle_max: PATIENCE,
            keep_alive,
        }
    }

    pub fn into_inner(self) -> S {
        self.io.into_inner()
    }

    /// Reads from the connection. Returns whether bytes arrived; if not, the sender has closed the
    /// connection.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        self.bytes.reserve(READ_BYTES);
        poll_read_buf(Pin::new(self.io.inner_mut()), context, &mut self.bytes).map_ok(|length| length > 0)
    }

    /// Passes on bytes of a body. Returns their number, 0 at the end of the connection.
    fn poll_body(
        &mut self,
        at_most: usize,
        context: &mut Context<'_>,
        buffer: &mut ReadBufCursor<'_>,
    ) -> Poll<io::Result<u64>> {
        if self.bytes.is_empty() && !ready!(self.poll_fill(context))? {
            return Poll::Ready(Ok(0));
        }
        let length = self.bytes.len().min(buffer.remaining()).min(at_most);
        buffer.put_slice(&self.bytes.split_to(length));
        Poll::Ready(Ok(u64::try_from(length).unwrap_or(u64::MAX)))
    }

    /// Waits for a whole head. `None`: no head follows, or it is refused.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        let mut reads = 0;
        loop {
            match self.reader.read(&mut self.bytes) {
                Ok(Reading::Done(head)) => {
                    self.limited = None;
                    self.idle_max = self.keep_alive;
                    lock(&self.turn).raw_target = head.raw_target;
                    return Poll::Ready(Ok(Some(head.bytes)));
                }
                Ok(Reading::Begun) => {}
                Err(refused) => {
                    lock(&self.turn).refused = Some(refused);
                    return Poll::Ready(Ok(None));
                }
            }
            let wait = if self.reader.has_begun(&self.bytes) { Wait::Head } else { Wait::Idle };
            let is_over = match self.poll_fill(context)? {
                Poll::Ready(true) if reads < READS_PER_TURN => {
                    reads += 1;
                    continue;
                }
                Poll::Ready(false) => true,
                filled => {
                    if filled.is_ready() {
                        context.waker().wake_by_ref();
                    }
                    // The limit also applies to a sender that never pauses, such as one that sends
                    // empty lines without end: they do not begin a head.
                    self.poll_limit(wait, context).is_ready()
                }
            };
            let mut turn = lock(&self.turn);
            turn.has_begun = wait == Wait::Head || turn.stopping && self.io.inner().has_unread();
            if !is_over {
                return Poll::Pending;
            }
            if wait == Wait::Head {
                turn.refused = Some(self.reader.refuse_incomplete(&mut self.bytes));
            }
            return Poll::Ready(Ok(None));
        }
    }

    /// Ready once a wait has lasted too long.
    fn poll_limit(&mut self, wait: Wait, context: &mut Context<'_>) -> Poll<()> {
        if self.limited.replace(wait) != Some(wait) {
            let at_most = if wait == Wait::Idle { self.idle_max } else { PATIENCE };
            self.limit.as_mut().reset(Instant::now() + at_most);
        }
        self.limit.as_mut().poll(context)
    }
}

impl<S: Stream> Read for Front<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let front = &mut *self;
        loop {
            front.stage = match &mut front.stage {
                Stage::Head => ready!(front.poll_head(context))?.map_or(Stage::End, Stage::Passed),
                Stage::Passed(head) if head.is_empty() => match lock(&front.turn).announced.take() {
                    Some(BodyLength::Bytes(0)) => Stage::Head,
                    Some(BodyLength::Bytes(bytes)) => Stage::Body(bytes),
                    Some(BodyLength::Unknown) => Stage::LastBody,
                    // hyper asks for bytes after the head without having delivered a request.
                    None => Stage::End,
                },
                Stage::Passed(head) => {
                    let length = head.len().min(buffer.remaining());
                    buffer.put_slice(&head.split_to(length));
                    return Poll::Ready(Ok(()));
                }
                Stage::Body(0) => Stage::Head,
                Stage::Body(left) => {
                    let left = *left;
                    let at_most = usize::try_from(left).unwrap_or(usize::MAX);
                    if front.bytes.is_empty() && !ready!(front.poll_fill(context))? {
                        return Poll::Ready(Ok(()));
                    }
                    // A read may end just at the end of the body. More may have arrived.
                    if front.bytes.len() == at_most
                        && let Poll::Ready(filled) = front.poll_fill(context)
                    {
                        filled?;
                    }
                    // Ends the connection before the end of the body. So the body is incomplete for
                    // hyper, and the handler gets an error.
                    if front.bytes.get(at_most..).is_some_and(begin_nothing) {
                        lock(&front.turn).is_longer = true;
                        front.stage = Stage::End;
                        continue;
                    }
                    let length = ready!(front.poll_body(at_most, context, &mut buffer))?;
                    front.stage = Stage::Body(left.saturating_sub(length));
                    return Poll::Ready(Ok(()));
                }
                Stage::LastBody => return front.poll_body(usize::MAX, context, &mut buffer).map_ok(|_| ()),
                Stage::End => return Poll::Ready(Ok(())),
            };
        }
    }
}

impl<S: Stream> Write for Front<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    /// Leaves the connection open: a refusal may follow.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_begins_with_its_method() {
        for (bytes, nothing) in [
            ("", false),
            ("\r\n\0", false),
            ("GET / HTTP/1.1", false),
            ("\r\n\r\nPOST /s2s", false),
            ("DEL", false),
            ("P", false),
            ("0", true),
            (" 7", true),
            ("B", true),
            ("Gross", true),
            ("GETS /", true),
            ("\r\n0", true),
            ("\u{fc}", true),
        ] {
            assert_eq!(begin_nothing(bytes.as_bytes()), nothing, "{bytes:?}");
        }
    }
}

//! Attackers who write bytes by hand: requests without an end, and connections that only occupy
//! connection slots.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use s2s_tests::wire::{END_HEADERS, PREFACE, SETTINGS, big_head, call_head, connect, frame, head, source};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::attack::Attack;

/// The number of connections with requests that never end.
const UNFINISHED: usize = 8;
/// The number of streams on each of these connections.
const STREAMS: u32 = 250;
/// The time after which an attacker replaces one of these connections with a new one.
const UNFINISHED_FOR: Duration = Duration::from_secs(3);
/// The length that the beginning of a message announces. The rest of the message never arrives.
const MESSAGE_BYTES: u32 = 4 * 1_024 * 1_024;
/// The number of connections that only occupy connection slots.
const HELD: usize = 500;
/// The pause of an attacker before the next connection, if the server has closed one.
const PAUSE: Duration = Duration::from_millis(200);
/// The time over which the opening of the connections is spread.
const OPENED_WITHIN: Duration = Duration::from_secs(4);

/// A kind of connection.
#[derive(Clone, Copy)]
struct Wire {
    name: &'static str,
    from: u8,
    /// The bytes that are sent after the preface.
    bytes: fn() -> Vec<u8>,
    stays: Duration,
}

const UNFINISHED_KINDS: [Wire; 2] = [
    Wire {
        name: "B2 big heads",
        from: 20,
        bytes: || {
            let head = big_head();
            (0..STREAMS).flat_map(|number| frame(1, END_HEADERS, 2 * number + 1, &head)).collect()
        },
        stays: UNFINISHED_FOR,
    },
    Wire {
        name: "B2 big messages",
        from: 21,
        bytes: || {
            let head = call_head("/grpc.health.v1.Health/Check");
            let begin = [&[0], MESSAGE_BYTES.to_be_bytes().as_slice(), &[b'z'; 200]].concat();
            let stream = |number: u32| {
                let id = 2 * number + 1;
                [frame(1, END_HEADERS, id, &head), frame(0, 0, id, &begin)].concat()
            };
            (0..STREAMS).flat_map(stream).collect()
        },
        stays: UNFINISHED_FOR,
    },
];

const HELD_KINDS: [Wire; 2] = [
    Wire {
        name: "B7 one request",
        from: 30,
        bytes: || frame(1, END_HEADERS | 1, 1, &head(false)),
        stays: Duration::MAX,
    },
    Wire {
        name: "B7 watches of health",
        from: 31,
        bytes: || {
            let head = frame(1, END_HEADERS, 1, &call_head("/grpc.health.v1.Health/Watch"));
            [head, frame(0, 1, 1, &[0; 5])].concat()
        },
        stays: Duration::MAX,
    },
];

impl Attack {
    pub fn hold_all(self: Arc<Self>, attackers: &mut JoinSet<()>, until: Instant) {
        for (kinds, count) in [(UNFINISHED_KINDS, UNFINISHED), (HELD_KINDS, HELD)] {
            for index in 0..count {
                let later = OPENED_WITHIN * u32::try_from(index).unwrap() / u32::try_from(count).unwrap();
                let wire = kinds[index % kinds.len()];
                let attack = self.clone();
                attackers.spawn(async move {
                    sleep(later).await;
                    attack.hold(wire, until).await;
                });
            }
        }
    }

    /// Opens one connection after the other. Each stays open for `wire.stays`, or until the server
    /// closes it.
    async fn hold(self: Arc<Self>, wire: Wire, until: Instant) {
        while Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now()).min(wire.stays);
            self.note(wire.name, "opened");
            match timeout(left, self.open(wire)).await {
                Ok(()) => {
                    self.note(wire.name, "closed by the server");
                    sleep(PAUSE).await;
                }
                Err(_) => self.note(wire.name, "kept until the attacker left"),
            }
        }
    }

    /// Returns once the server has closed the connection.
    async fn open(&self, wire: Wire) {
        let Ok(mut stream) = connect(&self.url, source(wire.from)).await else { return };
        let begin = [PREFACE, &frame(SETTINGS, 0, 0, &[]), &(wire.bytes)()].concat();
        let (mut reader, mut writer) = stream.split();
        let sends = async {
            // The server may close the connection meanwhile. The reader notices that.
            let _ = writer.write_all(&begin).await;
        };
        let reads = async {
            let mut answer = [0; 4_096];
            while reader.read(&mut answer).await.is_ok_and(|length| length > 0) {}
        };
        futures::join!(sends, reads);
    }
}

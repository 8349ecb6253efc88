//! Hostile traffic at the network level: silent and slow connections, floods of frames, endless
//! streams, invented addresses. The server ends such connections or limits their cost, and serves
//! honest callers meanwhile.
//!
//! The frames are written by hand, because no library sends such frames.

use std::{
    sync::Mutex as StdMutex,
    time::{Duration, Instant},
};

use futures::future::{Either, join_all, pending, select};
use s2s_sdk::{Client, v1::ListConversionCodesRequest};
use s2s_tests::{
    Server, eventually, http,
    wire::{END_HEADERS, PREFACE, SETTINGS, connect_from, frame, head, memory_kib, source},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf, split},
    net::TcpStream,
    sync::Mutex,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::tls::Authority;

/// The number of silent connections, and likewise of slow connections, if the system permits so
/// many.
const CONNECTIONS: usize = 5_000;
/// The number of connections over TLS.
const TLS_CONNECTIONS: usize = 200;
/// The number of connections from one address.
const PER_ADDRESS: usize = 400;
/// The number of connections that are opened at a time.
const CONNECTING_MAX: usize = 500;
/// The longest life of a connection, once all connections are open: 8 s by the server's limits, 1 s
/// for a last byte, and a margin for a busy machine.
const LIFE_MAX: Duration = Duration::from_secs(15);
/// The time that an honest but slow request takes to arrive.
const HONEST: Duration = Duration::from_secs(5);
/// The time limit of a round of honest calls during an attack, even on a busy machine.
const ANSWER_MAX: Duration = Duration::from_secs(8);
/// The time limit for the end of a flood after its last frame.
const CUT_WITHIN: Duration = Duration::from_secs(3);
/// The largest growth of the server's memory by a flood, in KiB.
const FLOOD_KIB_MAX: u64 = 64 * 1_024;
/// The largest growth by 20,000 open streams, in KiB: about 16 KiB for each stream.
const STREAMS_KIB_MAX: u64 = 320 * 1_024;
/// The largest growth by 100,000 addresses in `x-forwarded-for`, in KiB.
const NAMES_KIB_MAX: u64 = 16 * 1_024;

/// Locked by each test that keeps the machine busy: two such tests at once would measure each
/// other's load.
pub static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A clock that leaves out stalls, because a busy machine may stop the test for seconds. At most
/// one second of each stall counts.
struct Clock(StdMutex<(Instant, Duration)>);

impl Clock {
    fn start() -> Self {
        Self(StdMutex::new((Instant::now(), Duration::ZERO)))
    }

    fn elapsed(&self) -> Duration {
        let mut clock = self.0.lock().unwrap();
        let (last, counted) = *clock;
        *clock = (Instant::now(), counted + last.elapsed().min(Duration::from_secs(1)));
        clock.1
    }

    /// Awaits `work`. Meanwhile looks at the clock often, so that the clock notices every stall.
    async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut pace = interval(Duration::from_millis(50));
        let looks = async {
            loop {
                pace.tick().await;
                self.elapsed();
            }
        };
        match select(Box::pin(work), Box::pin(looks)).await {
            Either::Left((result, _)) => result,
            Either::Right((never, _)) => never,
        }
    }
}

/// One round of honest calls: one on an old connection, and one on a new connection.
async fn honest_calls(client: &Client, url: &str) {
    let begun = Instant::now();
    client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap();
    // A test, because only 60 postbacks of a stranger are kept in a minute, and a slow machine takes
    // long enough to reach that.
    let answer = http().get(format!("{url}/s2s?test=1")).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(begun.elapsed() < ANSWER_MAX, "honest calls took {:?}", begun.elapsed());
}

/// Awaits `attack`, with honest calls before, during and after it.
pub async fn served_during<T>(server: &Server, attack: impl Future<Output = T>) -> T {
    let (client, url) = (server.client(), server.url.clone());
    honest_calls(&client, &url).await;
    // Runs as a task of its own: the runtime is fair to tasks, but not to futures within a task.
    let mut others = JoinSet::new();
    others.spawn(async move {
        let mut pace = interval(Duration::from_millis(200));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            honest_calls(&client, &url).await;
        }
    });
    let result = match select(Box::pin(attack), Box::pin(others.join_next())).await {
        Either::Left((result, _)) => result,
        Either::Right((failed, _)) => panic!("{failed:?}"),
    };
    honest_calls(&server.client(), &server.url).await;
    result
}

/// Sends `bytes` over and over, one byte a second, until the server ends the connection. If `bytes`
/// is empty, sends nothing. Gives up after twice `LIFE_MAX`.
async fn trickle<S: AsyncRead + AsyncWrite>(stream: S, bytes: &[u8]) {
    let (mut reader, mut writer) = split(stream);
    let mut second = interval(Duration::from_secs(1));
    let sends = async {
        if bytes.is_empty() {
            pending::<()>().await;
        }
        for byte in bytes.iter().cycle() {
            second.tick().await;
            if writer.write_all(&[*byte]).await.and(writer.flush().await).is_err() {
                break;
            }
        }
    };
    let reads = async {
        let mut answer = [0; 1_024];
        while reader.read(&mut answer).await.is_ok_and(|length| length > 0) {}
    };
    timeout(2 * LIFE_MAX, select(Box::pin(sends), Box::pin(reads))).await.ok();
}

/// The bytes that are sent at once, and the bytes that follow slowly.
const SLOW: [(&[u8], &[u8]); 5] = [
    (b"", b"GET /s2s?a=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    (b"", PREFACE),
    (b"POST /s2s HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n", b"a"),
    (b"GET /s2s?a=<b> HTTP/1.1\r\nhost: a\r\n", b"a: b\r\n"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", b"\0\x40\0\0\0\0\0\0\x01"),
];

#[tokio::test]
async fn silent_and_slow_connections_end_while_others_are_served() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    // The limit of open files applies to the test and to the server. Each process opens a file for
    // every connection, silent or slow.
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let count = CONNECTIONS.min(usize::try_from(files).unwrap().saturating_sub(1_000) / 2);
    if count < CONNECTIONS {
        eprintln!("only {count} connections of each kind: no more files may be opened");
    }
    let connect = async |index: usize| {
        let stream = connect_from(&server, source(u8::try_from(2 + index / PER_ADDRESS).unwrap())).await;
        (index, stream)
    };
    let attack = async {
        let (indices, mut open) = ((0..2 * count).collect::<Vec<_>>(), Vec::new());
        for some in indices.chunks(CONNECTING_MAX) {
            open.extend(join_all(some.iter().copied().map(connect)).await);
            // Once a later connection is answered, the server has accepted all connections so far.
            // Without this wait, the system's backlog could overflow, and the server would never
            // see some connections.
            http().get(format!("{}/healthz", server.url)).send().await.unwrap();
        }
        let clock = Clock::start();
        let ends = open.into_iter().map(async |(index, mut stream)| {
            let (whole, slow) =
                if index % 2 == 0 { (&[][..], &[][..]) } else { SLOW[index / 2 % SLOW.len()] };
            if stream.write_all(whole).await.is_ok() {
                trickle(stream, slow).await;
            }
            (clock.elapsed(), index)
        });
        clock.during(join_all(ends)).await
    };
    let lives = served_during(&server, attack).await;
    let longest = lives.iter().max().unwrap();
    assert!(longest.0 < LIFE_MAX, "{longest:?}");
    assert!(lives.iter().any(|(life, _)| *life > Duration::from_secs(5)), "some live longer than 5 s");
}

/// The time limit of slow connections also applies to a head without an end, even if its sender
/// never pauses.
#[tokio::test]
async fn a_head_that_never_pauses_ends_while_others_are_served() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    let clock = Clock::start();
    let heads: [&[u8]; 4] = [b"\r\n", b"\n", b"GET /s2s?", b"no colon\r\n"];
    let attack = join_all(heads.map(async |head| {
        let (mut reader, mut writer) = split(connect_from(&server, source(2)).await);
        let piece = head.repeat(4_096);
        let sends = async { while writer.write_all(&piece).await.is_ok() {} };
        let reads = async {
            let mut answer = [0; 1_024];
            while reader.read(&mut answer).await.is_ok_and(|length| length > 0) {}
        };
        timeout(2 * LIFE_MAX, select(Box::pin(sends), Box::pin(reads))).await.expect("it is cut off");
    }));
    let before = memory_kib(&server);
    served_during(&server, clock.during(attack)).await;
    let (life, grown) = (clock.elapsed(), memory_kib(&server).saturating_sub(before));
    assert!(life < LIFE_MAX && grown < FLOOD_KIB_MAX, "{life:?}, {grown} KiB");
}

#[tokio::test]
async fn a_slow_request_that_ends_in_time_is_answered() {
    let server = Server::start().await;
    let post = b"POST /s2s HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\n";
    let frame_of_50 = &frame(99, 0, 0, &[0; 50]);
    let preface = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    let pinged = [frame_of_50.as_slice(), &frame(6, 0, 0, &[7; 8])].concat();
    let get = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let answers = [
        (&b""[..], get.as_slice(), b"HTTP/1.1 200 ".as_slice()),
        (post.as_slice(), &[b'a'; 50], b"HTTP/1.1 400 "),
        (b"", &preface, &[0, 0, 0, SETTINGS, 1]),
        (&preface, &pinged, &[6, 1, 0, 0, 0, 0, 7, 7]),
    ];
    join_all(answers.map(async |(whole, slow, expected)| {
        let mut stream = connect_from(&server, source(1)).await;
        stream.write_all(whole).await.unwrap();
        let mut pace = interval(HONEST / u32::try_from(slow.len()).unwrap());
        for byte in slow {
            pace.tick().await;
            stream.write_all(&[*byte]).await.unwrap();
        }
        let mut answer = Vec::new();
        while !answer.windows(expected.len()).any(|some| some == expected) {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "{answer:?}");
        }
    }))
    .await;
}

#[tokio::test]
async fn slow_connections_end_over_tls_as_well() {
    let authority = Authority::new();
    let server = authority.start(&[]).await;
    let address = server.url.strip_prefix("https://").unwrap();
    let clock = Clock::start();
    let attack = join_all((0..TLS_CONNECTIONS).map(async |index| match index % 4 {
        0 => trickle(TcpStream::connect(address).await.unwrap(), b"").await,
        1 => trickle(TcpStream::connect(address).await.unwrap(), b"\x16\x03\x01\x02\0\x01").await,
        2 => trickle(authority.connect(&server, &["http/1.1"]).await, b"GET /s2s?a=").await,
        _ => trickle(authority.connect(&server, &["h2"]).await, PREFACE).await,
    }));
    clock.during(attack).await;
    let life = clock.elapsed();
    assert!(life < LIFE_MAX, "{life:?}");
}

/// The HTTP library refuses a request with a `:path` that HTTP/2 does not allow, and the server
/// keeps nothing of the request. So health counts such requests.
#[tokio::test]
async fn what_http2_does_not_allow_is_counted_in_health() {
    let server = Server::start().await;
    let paths: [&[u8]; 5] = [b"/s2s?a=b c", b"/s2s?a=<b>", b"/s2s?a=\"b\"", b"/s2s?a=\x7f", b"s2s"];
    for (number, path) in paths.into_iter().enumerate() {
        let expected = number + 1;
        let (_reader, mut writer) = begin(&server).await;
        let length = u8::try_from(path.len()).unwrap();
        let block = [&[0x82, 0x86, 0x04, length], path, &[0x01, 1], b"a"].concat();
        writer.write_all(&frame(1, END_HEADERS | 1, 1, &block)).await.unwrap();
        // A cancelled request and a good request are not counted.
        let block = head(false);
        writer.write_all(&frame(1, END_HEADERS, 3, &block)).await.unwrap();
        writer.write_all(&frame(3, 0, 3, &[0, 0, 0, 8])).await.unwrap();
        writer.write_all(&frame(1, END_HEADERS | 1, 5, &block)).await.unwrap();
        let count = async || server.health().await["http2_refusals"].as_u64().unwrap();
        eventually(async || (count().await == u64::try_from(expected).unwrap()).then_some(())).await;
    }
}

/// Opens a connection and begins HTTP/2.
async fn begin(server: &Server) -> (ReadHalf<TcpStream>, WriteHalf<TcpStream>) {
    let mut stream = connect_from(server, source(1)).await;
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.unwrap();
    split(stream)
}

/// Sends the pieces that `next` makes of 0, 1, 2… until the server ends the connection. Returns
/// true if the server does so at most `CUT_WITHIN` after the last piece.
async fn flood(server: &Server, pieces: u32, next: impl Fn(u32) -> Vec<u8>) -> bool {
    let (mut reader, mut writer) = begin(server).await;
    let sends = async {
        for first in (0..pieces).step_by(100) {
            let some: Vec<u8> = (first..first + 100).flat_map(&next).collect();
            if writer.write_all(&some).await.is_err() {
                return true;
            }
        }
        false
    };
    let reads = async {
        let mut answer = [0; 4_096];
        while reader.read(&mut answer).await.is_ok_and(|length| length > 0) {}
    };
    let ended = async {
        match select(Box::pin(sends), Box::pin(reads)).await {
            // Everything is sent, so the server must end the connection now.
            Either::Left((false, reads)) => timeout(CUT_WITHIN, reads).await.is_ok(),
            Either::Left((true, _)) | Either::Right(_) => true,
        }
    };
    timeout(LIFE_MAX, ended).await.unwrap_or(false)
}

/// Frames that are sent until the server cuts the connection.
struct Flood {
    name: &'static str,
    pieces_max: u32,
    /// Makes the piece with the given number. The first piece has the number 0.
    piece: fn(u32) -> Vec<u8>,
}

const FLOODS: [Flood; 12] = [
    Flood {
        name: "rapid reset",
        pieces_max: 100_000,
        piece: |n| {
            let id = 2 * n + 1;
            [frame(1, END_HEADERS | 1, id, &head(false)), frame(3, 0, id, &[0, 0, 0, 8])].concat()
        },
    },
    Flood {
        name: "resets of streams with a body to come",
        pieces_max: 100_000,
        piece: |n| {
            let id = 2 * n + 1;
            [frame(1, END_HEADERS, id, &head(true)), frame(3, 0, id, &[0, 0, 0, 8])].concat()
        },
    },
    Flood { name: "pings", pieces_max: 200_000, piece: |_| frame(6, 0, 0, &[7; 8]) },
    Flood { name: "settings", pieces_max: 200_000, piece: |_| frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 9]) },
    Flood { name: "priorities", pieces_max: 200_000, piece: |n| frame(2, 0, 2 * n + 1, &[0, 0, 0, 0, 1]) },
    Flood { name: "unknown frames", pieces_max: 200_000, piece: |_| frame(99, 0, 0, b"x") },
    Flood {
        name: "empty data",
        pieces_max: 200_000,
        piece: |n| match n {
            0 => frame(1, END_HEADERS, 1, &head(true)),
            _ => frame(0, 0, 1, &[]),
        },
    },
    Flood {
        name: "headers without an end",
        pieces_max: 200_000,
        piece: |n| match n {
            0 => frame(1, 0, 1, &head(true)),
            _ => frame(9, 0, 1, &[[0x00, 1, b'x', 1, b'y'].as_slice(); 100].concat()),
        },
    },
    // The first request puts a value of 4,000 bytes into the header table. Each further request
    // names that value 4,000 times.
    Flood {
        name: "a table of headers that unpacks to gigabytes",
        pieces_max: 500,
        piece: |n| match n {
            0 => {
                let value = [&[0x40, 1, b'x', 0x7f, 0xa1, 0x1e], [b'y'; 4_000].as_slice()].concat();
                frame(1, END_HEADERS | 1, 1, &[head(false), value].concat())
            }
            _ => frame(1, END_HEADERS | 1, 2 * n + 1, &[head(false), vec![0xbe; 4_000]].concat()),
        },
    },
    Flood { name: "frames of no kind", pieces_max: 100, piece: |_| vec![0xff; 9] },
    Flood { name: "data for a stream that is not there", pieces_max: 100, piece: |_| frame(0, 0, 7, b"x") },
    Flood { name: "a frame that is too large", pieces_max: 100, piece: |_| frame(0, 0, 1, &[0; 20_000]) },
];

#[tokio::test]
async fn floods_of_frames_are_cut_off() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    served_during(&server, async {}).await;
    for Flood { name, pieces_max, piece } in FLOODS {
        let before = memory_kib(&server);
        let cut = served_during(&server, join_all((0..4).map(|_| flood(&server, pieces_max, piece)))).await;
        assert_eq!(cut, [true; 4], "{name}");
        let grown = memory_kib(&server).saturating_sub(before);
        assert!(grown < FLOOD_KIB_MAX, "{name}: {grown} KiB");
    }
}

#[tokio::test]
async fn streams_that_never_end_cost_little_and_keep_nobody_waiting() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    served_during(&server, async {}).await;
    let before = memory_kib(&server);
    let mut open = Vec::new();
    for _ in 0..20 {
        let (reader, mut writer) = begin(&server).await;
        let streams = (0..1_000).flat_map(|n| frame(1, END_HEADERS, 2 * n + 1, &head(true)));
        // Opens the flow-control window for all answers.
        writer.write_all(&frame(8, 0, 0, &[0x3f, 0, 0, 0])).await.unwrap();
        writer.write_all(&streams.collect::<Vec<u8>>()).await.unwrap();
        open.push((reader, writer));
    }
    // The bodies of these requests never arrive. When their time is up, the server answers each
    // stream anyway. The 1,000 answers on a connection are longer than the 100,000 bytes that the
    // test reads.
    let answers = served_during(
        &server,
        join_all(open.iter_mut().map(async |(reader, _)| {
            let mut answers = vec![0; 100 * 1_000];
            timeout(LIFE_MAX, reader.read_exact(&mut answers)).await.is_ok_and(|read| read.is_ok())
        })),
    );
    let answers = answers.await;
    assert_eq!(answers, [true; 20]);
    let grown = memory_kib(&server).saturating_sub(before);
    assert!(grown < STREAMS_KIB_MAX, "{grown} KiB");
}

#[tokio::test]
async fn invented_sender_addresses_fill_no_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start_with(&["--rate-per-address", "1000000"]).await;
    let pipeline = async |from: u32, count: u32| {
        let (mut reader, mut writer) = split(connect_from(&server, source(2)).await);
        let sends = async {
            for first in (from..from + count).step_by(100) {
                let some = (first..first + 100).map(|number: u32| {
                    let [a, b, c, d] = (0xc612_0000 + number).to_be_bytes();
                    format!("PUT / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: {a}.{b}.{c}.{d}\r\n\r\n")
                });
                writer.write_all(some.collect::<String>().as_bytes()).await.unwrap();
            }
        };
        let reads = async {
            let (mut answers, mut kept) = (0, Vec::new());
            while answers < count {
                assert!(reader.read_buf(&mut kept).await.unwrap() > 0);
                let found = kept.windows(13).filter(|text| *text == b"HTTP/1.1 405 ").count();
                answers += u32::try_from(found).unwrap();
                kept.drain(..kept.len() - kept.len().min(12));
            }
        };
        futures::join!(sends, reads);
    };
    pipeline(0, 5_000).await;
    let before = memory_kib(&server);
    served_during(&server, join_all((0..10).map(|part| pipeline(part * 10_000, 10_000)))).await;
    let grown = memory_kib(&server).saturating_sub(before);
    assert!(grown < NAMES_KIB_MAX, "{grown} KiB");
}

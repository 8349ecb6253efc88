use super::*;

/// The outcome of reading a text that arrives in one piece, and the bytes left over.
fn read(text: &[u8]) -> (Result<Reading, Refused>, BytesMut) {
    let mut bytes = BytesMut::from(text);
    let read = HeadReader::default().read(&mut bytes);
    (read, bytes)
}

/// The head that is passed on for a text. Also the target as it arrived, if the head does not
/// contain it unchanged.
fn passed(text: &[u8]) -> (String, Option<String>) {
    let Ok(Reading::Done(head)) = read(text).0 else { panic!("{}", text.escape_ascii()) };
    let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
    (text(head.bytes), head.raw_target.map(text))
}

fn refused(text: &[u8]) -> Option<Refusal> {
    read(text).0.err().map(|refused| refused.refusal)
}

#[test]
fn what_hyper_accepts_is_passed_on_unchanged() {
    for text in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /s2s?a={b}&c=|d HTTP/1.0\r\nHost: x\r\n\r\n",
        "POST /s2s HTTP/1.1\nHost:x\nContent-Length: 3\ncontent-length: 3\n\n",
        "POST /s2s HTTP/1.1\r\ntransfer-encoding: Chunked\r\nX: \u{e9}\t;\r\nY:\r\n\r\n",
    ] {
        assert_eq!(passed(text.as_bytes()), (text.to_owned(), None));
    }
}

#[test]
fn targets_are_encoded_and_kept() {
    for (line, target, raw) in [
        (b"GET /s2s?a=<b> \"c\" HTTP/1.1".as_slice(), "/s2s?a=%3cb%3e%20%22c%22", Some("/s2s?a=<b> \"c\"")),
        (b"GET /s2s?a=#S1#&b=%zz HTTP/1.1", "/s2s?a=%23S1%23&b=%zz", Some("/s2s?a=#S1#&b=%zz")),
        (b"GET /s2s?a=\xB6\rm\x01 HTTP/1.1", "/s2s?a=%b6%0dm%01", Some("/s2s?a=\u{fffd}\rm\u{1}")),
        (b"GET  /s2s?a=b  HTTP/1.1 ", "/s2s?a=b", None),
        (b"GET /s2s?a=b HTTP/1.1 c HTTP/1.1", "/s2s?a=b%20HTTP/1.1%20c", Some("/s2s?a=b HTTP/1.1 c")),
    ] {
        let (head, kept) = passed(&[line, b"\r\nHost: x\r\n\r\n"].concat());
        assert_eq!(head, format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_eq!(kept.as_deref(), raw);
    }
}

#[test]
fn a_fragment_directly_after_a_host_is_dropped() {
    for (target, expected) in [
        ("http://a#b", "http://a"),
        ("http://a:80#", "http://a:80"),
        ("http://a/#b", "http://a/%23b"),
        ("http://a/s2s?x=#1", "http://a/s2s?x=%231"),
    ] {
        let (head, _) = passed(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        assert_eq!(head, format!("GET {expected} HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    assert_eq!(refused(b"GET http://#a HTTP/1.1\r\nHost: x\r\n\r\n"), Some(Refusal::NotHttp));
}

#[test]
fn malformed_and_excess_header_lines_are_dropped() {
    for line in
        ["a b: c", "no colon", "a\u{1}: b", "a: \u{1}", "a : b", " folded: 1", "\tfolded", ": a", "a: b\rc"]
    {
        let text = format!("GET / HTTP/1.1\r\na: 1\r\n{line}\r\nb: 2\r\n\r\n");
        assert_eq!(passed(text.as_bytes()).0, "GET / HTTP/1.1\r\na: 1\r\nb: 2\r\n\r\n", "{line:?}");
    }
    let many = "h: 1\r\n".repeat(200);
    let (head, _) = passed(format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes());
    assert_eq!(head, format!("GET / HTTP/1.1\r\n{}\r\n", "h: 1\r\n".repeat(HTTP1_HEADERS_MAX)));
}

#[test]
fn decisive_headers_are_never_dropped() {
    for line in [
        "Content-Length : 5",
        " Content-Length: 5",
        "Content-Length",
        "Content-Length 5",
        "Content-Length\u{b}: 5",
        "\u{1}Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\u{b}",
        "Connection: close\u{1}",
        "Upgrade\t: h2c",
        "Host : x",
        "host: a\r b",
        "Expect\u{0}: 100-continue",
        "Host: x\r\n folded",
        "Connection: keep-alive,\r\n\tclose",
    ] {
        let text = format!("POST / HTTP/1.1\r\n{line}\r\na: 1\r\n\r\n");
        assert_eq!(refused(text.as_bytes()), Some(Refusal::BrokenHeader), "{line:?}");
    }
    let many = "h: 1\r\n".repeat(100);
    let text = format!("POST / HTTP/1.1\r\n{many}Content-Length: 5\r\n\r\n");
    assert_eq!(refused(text.as_bytes()), Some(Refusal::BrokenHeader));
    let text = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", "x".repeat(20_000));
    assert_eq!(refused(text.as_bytes()), Some(Refusal::BrokenHeader));
}

#[test]
fn contradictory_lengths_are_refused() {
    for (headers, is_fine) in [
        ("Content-Length: 5\r\nContent-Length: 05\r\n", true),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", false),
        ("Content-Length: 5, 5\r\n", false),
        ("Content-Length: +5\r\n", false),
        ("Content-Length: 0x5\r\n", false),
        ("Content-Length:\r\n", false),
        ("Content-Length: 99999999999999999999\r\n", false),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", false),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", false),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", false),
        ("Transfer-Encoding: gzip, chunked\r\n", false),
        ("Transfer-Encoding: xchunked\r\n", false),
        ("Transfer-Encoding: identity\r\n", false),
        ("Transfer-Encoding:\r\n chunked\r\n", false),
    ] {
        // With the target `/`, a good head is passed on as it is. With `/<>`, every head is
        // repaired line by line. Both ways must judge alike.
        for target in ["/", "/<>"] {
            let text = format!("POST {target} HTTP/1.1\r\n{headers}\r\n");
            let expected = if is_fine { None } else { Some(Refusal::Length) };
            assert_eq!(refused(text.as_bytes()), expected, "{headers:?}");
        }
    }
    assert_eq!(refused(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), Some(Refusal::Length));
}

#[test]
fn only_requests_are_read() {
    for line in [
        "",
        "\u{16}\u{3}\u{1} x",
        "GET /s2s?a=b",
        "GET /s2s?a=<b> HTTP/1.2",
        "GET /s2s HTTP/0.9",
        "GET / http/1.1",
        " GET / HTTP/1.1",
        "G<T / HTTP/1.1",
        "GET  HTTP/1.1",
        "GET HTTP/1.1",
        "GET s2s?a HTTP/1.1",
        "PRI * HTTP/2.0",
    ] {
        let text = format!("{line}\r\nHost: x\r\n\r\n");
        assert_eq!(refused(text.as_bytes()), Some(Refusal::NotHttp), "{line:?}");
    }
}

#[test]
fn heads_may_arrive_in_pieces_and_one_after_the_other() {
    let heads = [
        "GET /a HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /b c HTTP/1.1\na: x\n bad\n\n",
        "\r\n\r\nGET /d HTTP/1.1\r\nbad\r\n\r\n",
    ];
    let expected = [
        "GET /a HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /b%20c HTTP/1.1\r\na: x\r\n\r\n",
        "GET /d HTTP/1.1\r\n\r\n",
    ];
    let text = heads.concat().into_bytes();
    for size in [1, 2, 3, 7, text.len()] {
        let (mut reader, mut bytes, mut done) = (HeadReader::default(), BytesMut::new(), Vec::new());
        for piece in text.chunks(size) {
            bytes.extend_from_slice(piece);
            while let Reading::Done(head) = reader.read(&mut bytes).unwrap() {
                done.push(String::from_utf8(head.bytes.to_vec()).unwrap());
            }
        }
        assert_eq!(done, expected, "{size}");
        assert!(!reader.has_begun(&bytes));
    }
}

#[test]
fn long_lines_are_cut_or_dropped() {
    let long = "y".repeat(100_000);
    let text = format!("GET /{long} HTTP/1.1\r\ncookie: {long}\r\na: 1\r\n\r\n");
    for size in [1_000, text.len()] {
        let (mut reader, mut bytes, mut done) = (HeadReader::default(), BytesMut::new(), None);
        for piece in text.as_bytes().chunks(size) {
            bytes.extend_from_slice(piece);
            if let Reading::Done(head) = reader.read(&mut bytes).unwrap() {
                done = Some(head);
            }
            assert!(bytes.len() <= LINE_BYTES_MAX + TAIL_BYTES);
        }
        let head = done.unwrap().bytes;
        let expected = format!("GET /{} HTTP/1.1\r\na: 1\r\n\r\n", "y".repeat(LINE_BYTES_MAX - 1));
        assert!(head == expected, "pieces of {size}: {} bytes", head.len());
    }
    assert_eq!(refused(&b"GET /".repeat(60_000)), Some(Refusal::TooLarge));
    assert_eq!(refused(&b"GET / HTTP/1.1\r\n".repeat(20_000)), Some(Refusal::TooLarge));
    assert_eq!(
        refused(format!("GET / HTTP/1.1\r\n{}", "no colon\r\n".repeat(2_000)).as_bytes()),
        Some(Refusal::TooLarge)
    );
}

#[test]
fn the_refusal_of_an_incomplete_head_has_its_path() {
    for (text, path) in [
        ("GET /s2s?a=b c&val=19", "/s2s"),
        ("GET /s2s?a=b HTTP/1.1\r\nhost: x\r\n", "/s2s"),
        ("GET /s2s", "/s2s"),
        ("GET", "/"),
        ("\u{1}", "/"),
    ] {
        let (mut reader, mut bytes) = (HeadReader::default(), BytesMut::from(text));
        assert_eq!(reader.read(&mut bytes), Ok(Reading::Begun));
        assert!(reader.has_begun(&bytes));
        let refused = reader.refuse_incomplete(&mut bytes);
        assert_eq!((refused.refusal, refused.target.path()), (Refusal::Incomplete, path), "{text}");
    }
}

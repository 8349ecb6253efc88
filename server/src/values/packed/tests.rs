use super::*;

fn text_size(text: &str) -> usize {
    let mut packer = Packer::new(1);
    packer.text(text.as_bytes(), NO_REFERENCES);
    let value = packer.finish();
    let back = Unpacker::new(1, &value).unwrap().string(NO_REFERENCES);
    assert_eq!(back.as_deref(), Some(text), "{value:?}");
    value.len() - 1
}

#[test]
fn usual_texts_are_short() {
    for (bytes_max, text) in [
        (0, ""),
        (
            12,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        ),
        (
            12,
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        ),
        (
            14,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
        ),
        (
            14,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        ),
        (
            12,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
        ),
        (12, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        (
            25,
            "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        ),
        (
            24,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/371.0.771 Mobile/15E148 Safari/604.1",
        ),
        (
            75,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/521.0.0.42.98;FBBV/757034478;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5]",
        ),
        (4, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        (10, "python-requests/2.32.3"),
        (8, "Go-http-client/2.0"),
        (12, "GuzzleHttp/7"),
        (25, "sub1=facebook&sub2=campaign-20&sub3=1876543210&sub4=summer"),
        (
            72,
            "utm_source=google&utm_medium=cpc&utm_campaign=brand&gclid=Cj0KCQiA5rGuBhCnARIsAN11vgQxY3o7eT4Y4sN2o0m",
        ),
        (2, "https://www.google.com/"),
        (20, "https://blog.example/post/17"),
        (24, "/s2s?val=19.99&com=4.99&oid=order-10017&cur=USD"),
    ] {
        let size = text_size(text);
        assert!(size <= bytes_max, "{size} bytes: {text}");
    }
}

#[test]
fn texts_without_phrases_take_no_more_than_their_length() {
    for text in ["Привет", "%$§", "\u{0}\u{7f}", "xqzw"] {
        assert!(text_size(text) <= text.len() + 1, "{text}");
    }
    let long: Vec<u8> = [b'#', 0xff].repeat(50_000);
    let mut packer = Packer::new(1);
    packer.text(&long, NO_REFERENCES);
    let value = packer.finish();
    assert!(value.len() <= long.len() + 5);
    assert_eq!(Unpacker::new(1, &value).unwrap().text(NO_REFERENCES), Some(long));
}

#[test]
fn addresses_are_binary() {
    for (address, bytes) in [
        ("", 0),
        ("203.0.113.0", 4),
        ("203.0.113.7", 5),
        ("0.0.0.0", 4),
        ("2001:db8:1::", 7),
        ("2001:db8::7", 17),
        ("::", 7),
        ("::ffff:1.2.3.4", 17),
        ("203.0.113.007", 15),
        ("2001:DB8::", 12),
        ("unknown", 9),
    ] {
        let mut packer = Packer::new(1);
        packer.address(address);
        packer.number(0);
        let value = packer.finish();
        assert!(value.len() - 1 <= bytes, "{address}: {value:?}");
        assert_eq!(Unpacker::new(1, &value).unwrap().address().as_deref(), Some(address));
    }
}

#[test]
fn sub_ids_of_the_query_take_no_place() {
    for (query, filled, bytes) in [
        ("", &[][..], 0),
        ("sub1=a&sub2=b", &[(0, "a"), (1, "b")], 0),
        ("x=1&sub10=a%20b+c&sub1=&sub1=d&sub10=e", &[(9, "a b c"), (0, "d")], 0),
        // Another spelling, which a redirect reads but a form does not.
        ("SUB1=a", &[(0, "a")], 3),
        ("sub1=a", &[], 1),
        ("sub1=a", &[(0, "b")], 3),
        ("sub1=a%20=b", &[(0, "a =b")], 0),
        ("sub01=a&sub0=b&sub11=c&sub+1=d", &[], 0),
        ("", &[(9, "a")], 4),
        ("", &[(0, "ä"), (3, "€"), (4, "b")], 10),
    ] {
        let mut sub_ids = SubIds::default();
        for (index, value) in filled {
            (*value).clone_into(&mut sub_ids.0[*index]);
        }
        let mut packer = Packer::new(1);
        packer.sub_ids(&sub_ids, query);
        let value = packer.finish();
        assert_eq!(value.len() - 1, bytes, "{query}: {value:?}");
        assert_eq!(Unpacker::new(1, &value).unwrap().sub_ids(query), Some(sub_ids), "{query}");
    }
}

#[test]
fn numbers_and_fields_come_back_in_their_order() {
    let numbers = [0, 1, 127, 128, 16_383, 16_384, u64::MAX, 0];
    let mut packer = Packer::new(7);
    packer.bytes(b"four");
    packer.text(b"", NO_REFERENCES);
    for number in numbers {
        packer.number(number);
    }
    let value = packer.finish();
    let mut unpacker = Unpacker::new(7, &value).unwrap();
    assert_eq!(unpacker.bytes(), Some(*b"four"));
    assert_eq!(unpacker.text(NO_REFERENCES), Some(Vec::new()));
    for number in numbers {
        assert_eq!(unpacker.number(), Some(number));
    }
    assert_eq!((unpacker.number(), unpacker.text(NO_REFERENCES)), (Some(0), Some(Vec::new())));
}

#[test]
fn damaged_values_are_refused() {
    assert!(Unpacker::new(1, b"").is_none());
    assert!(Unpacker::new(1, b"\x02").is_none());
    assert_eq!(Unpacker::new(1, b"\x01\x08ab").unwrap().text(NO_REFERENCES), None);
    assert_eq!(Unpacker::new(1, b"\x01\x80").unwrap().number(), None);
    assert_eq!(Unpacker::new(1, b"\x01ab").unwrap().bytes::<4>(), None);
    assert_eq!(Unpacker::new(1, b"\x01\x09").unwrap().address(), None);
    let endless = [&[1][..], &[0xff; 20]].concat();
    assert_eq!(Unpacker::new(1, &endless).unwrap().number(), None);
}

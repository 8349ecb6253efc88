//! Input of `/s2s` as real senders write it: each class has a function that generates a request.
//!
//! `bad_input.rs` has such classes as a table of requests, with the expected notes.

use s2s_tests::random::Random;

use super::sale::{
    Expected::{Held, HeldSomehow, Ignored, NotAllowed, Perhaps, Recorded, Test},
    Facts, Request, Sale, encoded,
};

pub type Class = (&'static str, fn(&mut Random, &Facts) -> Request);

pub const CLASSES: [Class; 35] = [
    ("genuine", genuine),
    ("genuine", genuine),
    ("genuine", genuine),
    ("repeated call", repeated_call),
    ("repeated call", repeated_call),
    ("repeated click", repeated_click),
    ("macro not replaced", macro_not_replaced),
    ("macro word", macro_word),
    ("a raw # cut the rest off", cut_off),
    ("the HTTP library refuses the line", refused_line),
    ("&param= mangled by HTML", eaten),
    ("separator escaped by HTML", escaped_separator),
    ("encoded twice", encoded_twice),
    ("missing or empty", missing),
    ("decimal comma", decimal_comma),
    ("currency in the amount", currency_in_amount),
    ("not a plain number", no_number),
    ("sloppy number", sloppy_number),
    ("negative or too large", out_of_range),
    ("too many digits", too_many_digits),
    ("percent", percent),
    ("around values", around),
    ("the same parameter twice", twice),
    ("other names", other_names),
    ("; instead of &", semicolons),
    ("odd paths", odd_path),
    ("broken encoding", broken),
    ("too long", too_long),
    ("only looks", only_looks),
    ("browser", browser),
    ("test", test),
    ("unknown or forged", forged),
    ("hostile text", hostile),
    ("changed at random", changed),
    ("no sense at all", nonsense),
];

fn genuine(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    if random.one_in(3) {
        let pairs = sale.pairs().map(|(name, text)| match name {
            "val" => format!(r#""{name}":{text}"#),
            _ => format!(r#""{name}":"{text}""#),
        });
        let body = format!(r#"{{{},"x":null}}"#, pairs.join(","));
        return Request::json(&body, Recorded(sale.micros));
    }
    let more = random.pick(&["", "&cur=EUR&status=pending", "&param=a%3D1;b%3D2&param=c", "&utm_source=x"]);
    Request::send(random, &format!("{}{more}", sale.query()), Recorded(sale.micros))
}

/// A call with one of 500 transaction ids. One call in four has another value than the rest.
fn repeated_call(random: &mut Random, facts: &Facts) -> Request {
    let number = random.below(500);
    let units = number + if random.one_in(4) { 1_000 } else { 0 };
    let sale = Sale {
        click: facts.clicks[number % facts.clicks.len()].clone(),
        value: units.to_string(),
        micros: i64::try_from(units).unwrap() * 1_000_000,
        commission: "0".to_owned(),
        transaction: format!("again-{number}"),
        ..Sale::new(random, facts)
    };
    Request::send(random, &sale.query(), Perhaps(sale.micros))
}

fn repeated_click(random: &mut Random, facts: &Facts) -> Request {
    let click = &facts.clicks[random.below(facts.clicks.len())];
    let query = format!("clickId={click}&id={}&val=3&com=1", facts.once);
    Request::send(random, &query, Perhaps(3_000_000))
}

const BRACKETS: [(&str, &str); 17] = [
    ("{", "}"),
    ("{{", "}}"),
    ("[", "]"),
    ("[[", "]]"),
    ("[[[", "]]]"),
    ("#", "#"),
    ("##", "##"),
    ("%", "%"),
    ("%%", "%%"),
    ("${", "}"),
    ("#{", "}"),
    ("${(", ")!}"),
    ("$", "$"),
    ("(", ")"),
    ("<", ">"),
    ("__", "__"),
    ("!!!", "!!!"),
];

fn macro_not_replaced(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let (before, behind) = random.pick(&BRACKETS);
    let name = random.pick(&["clickid", "X", "sub_id", "AD_ID", "payout", "S1", "a.b", "order-id"]);
    let text = format!("{before}{name}{behind}");
    let text = if random.one_in(2) { text } else { encoded(text) };
    if random.one_in(4) {
        let name = random.pick(&["cur", "status"]);
        return Request::send(random, &format!("{name}={text}&{}", sale.query()), Held("MACRO_NOT_REPLACED"));
    }
    *sale.text(random.below(5)) = text;
    sale.held(random, "MACRO_NOT_REPLACED")
}

fn macro_word(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let word = random.pick(&["REPLACE", "OPTIONAL", "null", "undefined", "N/A", "Null", "replace"]);
    *sale.text(random.below(5)) = word.into();
    sale.held(random, "MACRO_NOT_REPLACED")
}

fn cut_off(random: &mut Random, facts: &Facts) -> Request {
    let query = Sale::new(random, facts).query();
    let name = random.pick(&["clickId=", "id=", "val=", "com="]);
    let at = query.find(&format!("&{name}")).map_or(0, |at| at + 1);
    Request::send(random, &query[..at + name.len()], Held("FRAGMENT_CUT_OFF"))
}

fn refused_line(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    match random.below(6) {
        0 => sale.transaction = format!("my order {}", sale.transaction),
        1 => sale.click = format!("\"{}\"", sale.click),
        2 => sale.value = format!(" {} EUR", sale.value),
        3 => {
            sale.transaction = "<insert>".into();
            return Request::get(sale.query(), Held("MACRO_NOT_REPLACED"));
        }
        4 => {
            let control = random.pick(&['\u{1}', '\u{7}', '\u{1b}', '\u{7f}']);
            sale.transaction.insert(5, control);
            return Request::get(sale.query(), Held("PARAMETER_MALFORMED"));
        }
        _ => {
            let query = [sale.query().as_bytes(), b"\xb6m=x"].concat();
            return Request::get(query, Recorded(sale.micros));
        }
    }
    Request::get(sale.query(), Recorded(sale.micros))
}

fn eaten(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let (character, ending) = random.pick(&[
        (0xb6, "m=x"),
        (0xa4, "cy=EUR"),
        (0xd7, "tamp=5"),
        (0xae, "ion=x"),
        (0xa7, "ion=x"),
        (0xac, "e=x"),
        (0xa9, "=x"),
    ]);
    let utf8 = char::from(character).to_string().into_bytes();
    let character = match random.below(4) {
        0 => vec![character],
        1 => encoded([character]).into_bytes(),
        2 => encoded(utf8).into_bytes(),
        _ => utf8,
    };
    let query = [sale.query().as_bytes(), &character, ending.as_bytes()].concat();
    Request::get(query, Recorded(sale.micros))
}

fn escaped_separator(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let query = sale.joined(random.pick(&["&amp;", "&amp;amp;"]));
    Request::send(random, &query, Recorded(sale.micros))
}

fn encoded_twice(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    if random.one_in(2) {
        return Request::send(random, &encoded(sale.query()), Recorded(sale.micros));
    }
    sale.click = format!("%2520{}", sale.click);
    sale.value = encoded(encoded(&sale.value));
    sale.recorded(random)
}

fn missing(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let place = random.below(4);
    if random.one_in(2) {
        *sale.text(place) = random.pick(&["", "%20", "+", "%22%22"]).into();
        return sale.held(random, "PARAMETER_MISSING");
    }
    let pairs = sale.pairs().map(|(name, text)| format!("{name}={text}"));
    let (before, after) = (&pairs[..place], &pairs[place + 1..]);
    Request::send(random, &[before, after].concat().join("&"), Held("PARAMETER_MISSING"))
}

fn decimal_comma(random: &mut Random, facts: &Facts) -> Request {
    let (mut sale, units) = Sale::of_units(random, facts);
    let thousands = 1 + random.below(9);
    let more = i64::try_from(thousands).unwrap() * 1_000_000_000;
    match random.below(4) {
        0 => sale.value = format!("{units},00"),
        1 => (sale.value, sale.micros) = (format!("{thousands}.{units:03},0"), sale.micros + more),
        2 => (sale.value, sale.micros) = (format!("{thousands},{units:03}.00"), sale.micros + more),
        _ => {
            // The commission `0` has no decimals that could show what the comma means.
            (sale.value, sale.commission) = (format!("{units},{}", random.digits(3)), "0".to_owned());
            return sale.held(random, "AMOUNT_AMBIGUOUS");
        }
    }
    sale.recorded(random)
}

fn currency_in_amount(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let value = &sale.value;
    sale.value = match random.below(5) {
        0 => format!("${value}"),
        1 => format!("{value}+%E2%82%AC"),
        2 => format!("USD+{value}"),
        3 => format!("{value}eur"),
        _ => {
            let query = format!("cur=GBP&{}", sale.query().replace("val=", "val=USD"));
            return Request::send(random, &query, Held("CURRENCY_INVALID"));
        }
    };
    sale.recorded(random)
}

fn no_number(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let texts =
        ["1e3", "NaN", "Infinity", "-inf", "0x10", "1_000", "%EF%BC%91", "ten", "12abc", "1.2.3", "1,2,3"];
    *sale.text(2 + random.below(2)) = random.pick(&texts).into();
    sale.held(random, "AMOUNT_MALFORMED")
}

fn sloppy_number(random: &mut Random, facts: &Facts) -> Request {
    let (mut sale, units) = Sale::of_units(random, facts);
    match random.below(6) {
        0 => sale.value = format!("%2B{units}"),
        1 => sale.value = format!("+{units}.0"),
        2 => sale.value = format!("{units}."),
        3 => sale.value = format!("%20{units}%09"),
        4 => (sale.value, sale.micros) = (".25".to_owned(), 250_000),
        _ => (sale.value, sale.micros) = ("-0".to_owned(), 0),
    }
    sale.recorded(random)
}

fn out_of_range(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let length = 13 + random.below(400);
    let digits = random.digits(length);
    let text = random.pick(&["-0.000001", "-5", "1000000000000.000001", digits.as_str()]).to_owned();
    *sale.text(2 + random.below(2)) = text;
    sale.held(random, "AMOUNT_OUT_OF_RANGE")
}

/// An amount that is rounded half away from zero.
fn too_many_digits(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let digit = random.below(10);
    let length = random.below(12);
    sale.value = format!("{}{digit}{}", sale.value, random.digits(length));
    sale.micros += i64::from(digit >= 5);
    sale.recorded(random)
}

fn percent(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    sale.commission = "0".into();
    let (text, expected) = random.pick(&[
        ("10", Recorded(sale.micros)),
        ("10%25", Recorded(sale.micros)),
        ("10%", Recorded(sale.micros)),
        ("12,5+%", Recorded(sale.micros)),
        ("100.000001", Held("AMOUNT_OUT_OF_RANGE")),
        ("101%", Held("AMOUNT_OUT_OF_RANGE")),
        ("-1", Held("AMOUNT_OUT_OF_RANGE")),
        ("ten", Held("AMOUNT_MALFORMED")),
    ]);
    let query = sale.query();
    let query = if random.one_in(2) { query } else { query.replace("&com=0", "") };
    Request::send(random, &format!("comperc={text}&{query}"), expected)
}

fn around(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let (before, behind) = random.pick(&[
        ("%22", "%22"),
        ("%27", "%27"),
        ("", "%0D%0A"),
        ("%EF%BB%BF", ""),
        ("%C2%A0", "%C2%A0"),
        ("%E2%80%9C", "%E2%80%9D"),
        ("+", "%E2%80%8B"),
    ]);
    let text = sale.text(random.below(5));
    *text = format!("{before}{text}{behind}");
    sale.recorded(random)
}

fn twice(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let query = sale.query();
    let (query, expected) = match random.below(5) {
        0 => (format!("{query}&val={}", sale.value), Recorded(sale.micros)),
        1 => (format!("clickId={{clickid}}&{query}"), Recorded(sale.micros)),
        2 => (format!("{query}&com=free"), Recorded(sale.micros)),
        3 => (format!("{query}&val=1{}", sale.value), Held("PARAMETER_REPEATED")),
        _ => (format!("oid=other&{query}"), Held("PARAMETER_REPEATED")),
    };
    Request::send(random, &query, expected)
}

fn other_names(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let names = [
        random.pick(&["clickid", "CLICKID", "click_id", "CLICK_ID", "cid", "subid"]),
        random.pick(&["id", "ID", "Id"]),
        random.pick(&["VAL", "value", "amount", "Amount"]),
        random.pick(&["COM", "commission", "payout", "Payout"]),
        random.pick(&["OID", "txid", "transaction_id", "order_id", "orderId"]),
    ];
    let pairs = sale.pairs();
    let pairs: Vec<_> = names.iter().zip(pairs).map(|(name, (_, text))| format!("{name}={text}")).collect();
    Request::send(random, &pairs.join("&"), Recorded(sale.micros))
}

fn semicolons(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let query = sale.joined(";");
    Request::send(random, &query, Recorded(sale.micros))
}

fn odd_path(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let query = sale.query();
    let target = match random.below(3) {
        0 => format!("/s2s?{}", query.replace("&val=", "?val=")),
        1 => {
            let behind = random.pick(&[".", ")", ","]);
            format!("/s2s?val={}&com=0&clickId={}&id={}{behind}", sale.value, sale.click, sale.code)
        }
        _ => {
            let begin = random.pick(&["/s2s/?", "/S2S?", "//s2s?", "/s2s&", "/s2s;", "/s2s.?", "/s2s)?"]);
            format!("{begin}{query}")
        }
    };
    Request::new("GET", target.as_bytes(), &[], b"", Recorded(sale.micros))
}

fn broken(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let escape = random.pick(&["%zz", "%ff", "%00", "%", "%2", "%C3%28", "%07a"]);
    if random.one_in(5) {
        return Request::send(random, &format!("{}&param={escape}", sale.query()), Recorded(sale.micros));
    }
    sale.text(random.below(5)).push_str(escape);
    sale.held(random, "PARAMETER_MALFORMED")
}

fn too_long(random: &mut Random, facts: &Facts) -> Request {
    let query = Sale::new(random, facts).query();
    let length = if random.one_in(40) { 90_000 } else { 8_192 + random.below(4_000) };
    let expected = Held("REQUEST_TOO_LARGE");
    match random.below(3) {
        0 => Request::get(format!("{query}&x={}", "x".repeat(length)), expected),
        1 => Request::send(random, &format!("{query}{}", "&a=1".repeat(64)), expected),
        _ => {
            let body = format!("{query}&x={}", "x".repeat(length));
            Request::new("POST", b"/s2s", &[], body.as_bytes(), expected)
        }
    }
}

fn only_looks(random: &mut Random, facts: &Facts) -> Request {
    let query = Sale::new(random, facts).query();
    let blank = if random.one_in(4) { "&x=<a b>" } else { "" };
    let target = format!("/s2s?{query}{blank}");
    let (method, lines, expected) = random.pick(&[
        ("HEAD", &[][..], NotAllowed),
        ("OPTIONS", &["Origin: https://a.example", "Access-Control-Request-Method: GET"], NotAllowed),
        ("PUT", &[], NotAllowed),
        ("DELETE", &[], NotAllowed),
        ("GET", &["Purpose: prefetch"], Ignored),
        ("GET", &["Sec-Purpose: prefetch;prerender", "Sec-Fetch-Dest: document"], Ignored),
        ("GET", &["X-Purpose: preview"], Ignored),
        ("GET", &["X-Moz: prefetch"], Ignored),
        ("GET", &["User-Agent: facebookexternalhit/1.1"], Ignored),
        ("GET", &["User-Agent: Slackbot-LinkExpanding 1.0"], Ignored),
        ("GET", &["User-Agent: Mozilla/5.0 (compatible; bingbot/2.0)"], Ignored),
    ]);
    Request::new(method, target.as_bytes(), lines, b"", expected)
}

fn browser(random: &mut Random, facts: &Facts) -> Request {
    let query = Sale::new(random, facts).query();
    let blank = if random.one_in(4) { "&x=<a b>" } else { "" };
    let target = format!("/s2s?{query}{blank}");
    let lines: &[&str] = random.pick(&[
        &["Sec-Fetch-Dest: image", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"][..],
        &["Sec-Fetch-Site: none"],
        &["Upgrade-Insecure-Requests: 1", "Accept: text/html,*/*;q=0.8"],
    ]);
    Request::new("GET", target.as_bytes(), lines, b"", Held("BROWSER_CALL"))
}

fn test(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    match random.below(3) {
        0 => sale.click = random.pick(&["test", "TEST", "testclick", "12345678", "1234"]).into(),
        1 => sale.transaction.push_str("&test=1"),
        _ => (sale.value, sale.commission) = ("1e3".to_owned(), "0&test=true".to_owned()),
    }
    Request::send(random, &sale.query(), Test)
}

fn forged(random: &mut Random, facts: &Facts) -> Request {
    let mut sale = Sale::new(random, facts);
    let how = random.below(7);
    match how {
        0 => {
            let place = random.below(sale.click.len());
            let other = if sale.click.as_bytes()[place] == b'7' { "3" } else { "7" };
            sale.click.replace_range(place..=place, other);
        }
        1 => sale.click.truncate(39),
        2 => sale.click = format!("{:016x}", random.next()),
        3 => sale.code = format!("{:016X}{:016X}", random.next(), random.next()),
        4 => sale.code.truncate(31),
        5 => sale.code.clone_from(&facts.unlinked),
        _ => sale.code.clone_from(&facts.archived),
    }
    let reason = match how {
        0..=2 => "CLICK_ID_INVALID",
        3 | 4 => "CONVERSION_CODE_UNKNOWN",
        5 => "CODE_NOT_ON_LINK",
        _ => "CONVERSION_CODE_ARCHIVED",
    };
    sale.held(random, reason)
}

fn hostile(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let text = random.pick(&[
        "'; DROP TABLE conversion;--",
        "<script>alert(1)</script>",
        "\r\nSet-Cookie: a=b\r\n\r\nHTTP/1.1 200 OK",
        "=HYPERLINK(\"http://a\")",
        "\u{1b}[31m\n2026-01-01 ERROR forged",
        "{\"a\":[",
        "../../../etc/passwd\0",
    ]);
    Request::send(random, &format!("{}&param={}", sale.query(), encoded(text)), Recorded(sale.micros))
}

/// A good request with some changed bytes. The value comes after the changed bytes, so the server
/// reads the right value or none.
fn changed(random: &mut Random, facts: &Facts) -> Request {
    let sale = Sale::new(random, facts);
    let begin = format!("clickId={}&id={}&oid={}", sale.click, sale.code, sale.transaction);
    let mut bytes = begin.into_bytes();
    for _ in 0..=random.below(4) {
        let (place, byte) = (random.below(bytes.len()), random.byte());
        match random.below(3) {
            0 => bytes[place] = byte,
            1 => bytes.insert(place, byte),
            _ => drop(bytes.remove(place)),
        }
    }
    let query = [bytes.as_slice(), b"&val=", sale.value.as_bytes(), b"&com=0"].concat();
    Request::get(query, Perhaps(sale.micros))
}

fn nonsense(random: &mut Random, _: &Facts) -> Request {
    if random.one_in(3) {
        let (bodies, reason) = if random.one_in(2) {
            (["{", "{\"a\":1}x", "[1]", "\u{0}"], "PARAMETER_MALFORMED")
        } else {
            (["[]", "null", r#"{"val":[1]}"#, r#"{"clickId":{}}"#], "PARAMETER_MISSING")
        };
        return Request::json(random.pick(&bodies), Held(reason));
    }
    let length = random.below(300);
    let bytes: Vec<u8> = (0..length).map(|_| random.byte()).collect();
    Request::get(bytes, HeldSomehow)
}

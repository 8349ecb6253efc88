//! Tests of destinations: macros, what is passed on, and what is refused.

use super::*;

fn fill(template: &str, sub1: &str, pass_through: &str) -> String {
    let mut sub_ids: [String; SUB_IDS] = Default::default();
    sub_ids[0] = sub1.to_owned();
    let (click_id, slug, timestamp) = ("CLICK", "slug", 1_700_000_000);
    let filling = Filling { click_id, sub_ids: &sub_ids, slug, timestamp, pass_through };
    template.parse::<Destination>().unwrap().fill(&filling)
}

#[test]
fn macros_are_filled() {
    for (template, url) in [
        (
            "http://shop.example/Web-Marketing?s1=[s2sidentifier]",
            "http://shop.example/Web-Marketing?s1=CLICK",
        ),
        ("https://a.example/[s2sidentifier]/x", "https://a.example/CLICK/x"),
        (
            "https://a.example/?a=[sub1]&b=[sub10]&c=[slug]&d=[timestamp]#f",
            "https://a.example/?a=S%26%2F&b=&c=slug&d=1700000000#f",
        ),
        ("https://a.example", "https://a.example/"),
        ("https://[::1]:8443/?s=[s2sidentifier]", "https://[::1]:8443/?s=CLICK"),
        ("https://a.example/s2smacro?s=[s2sidentifier]", "https://a.example/s2smacro?s=CLICK"),
        ("https://a.example/?s=%5Bs2sidentifier%5D&t=%5bSLUG%5d", "https://a.example/?s=CLICK&t=slug"),
        ("https://a.example/?s=[S2SIdentifier]", "https://a.example/?s=CLICK"),
        ("https://a.example/?f%5Ba%5D=1&s=%5Bsub2%5D&%5b", "https://a.example/?f%5Ba%5D=1&s=&%5B"),
        ("https://a.example/?a[]=1&a[]=2&s=[s2sidentifier]", "https://a.example/?a[]=1&a[]=2&s=CLICK"),
        ("https://a.example/?f[color]=red&f[x][y]=[sub1]", "https://a.example/?f[color]=red&f[x][y]=S%26%2F"),
        ("https://a.example/?s=[slug]&only[name]", "https://a.example/?s=slug&only[name]"),
    ] {
        assert_eq!(fill(template, "S&/", ""), url);
    }
}

#[test]
fn the_visitors_query_is_added_before_the_fragment() {
    assert_eq!(fill("https://a.example/x#f", "", "u=1"), "https://a.example/x?u=1#f");
    for (query, url) in [
        ("u=1&v", "https://a.example/x?a=1&u=1&v"),
        ("a=2&sub1=x&u=%26", "https://a.example/x?a=1&u=%26"),
        ("%61=2&&u=<#>\r\n", "https://a.example/x?a=1&u=%3C%23%3E%0D%0A"),
        ("", "https://a.example/x?a=1"),
    ] {
        assert_eq!(fill("https://a.example/x?a=1", "", query), url);
    }
}

#[test]
fn no_value_leaves_its_place() {
    for hostile in ["@evil.example", "//evil.example", "\r\nSet-Cookie: a", "?#&=", "..", "é\u{0}"] {
        for template in ["https://a.example/[sub1]/x?y=1", "https://a.example/?y=[sub1]"] {
            let url = Url::parse(&fill(template, hostile, "")).unwrap();
            assert_eq!(url.host_str(), Some("a.example"), "{url}");
            assert!(url.as_str().is_ascii() && url.fragment().is_none());
        }
    }
}

#[test]
fn bad_destinations_are_refused() {
    for template in [
        "",
        "shop.example",
        "/path",
        "ftp://a.example",
        "javascript:alert(1)",
        "http:// amazon.com",
        "https://u:p@a.example/",
        "https://u@a.example/",
        "https://[s2sidentifier]/",
        "[sub1]://a.example/",
        "https://[sub1].example/",
        "https://a.example:[sub1]/",
        "https://a.example/[sub11]",
        "https://a.example/[sub01]",
        "https://a.example/[nothing]",
        "https://a.example/[sub1",
        "https://a.example/#[s2sidentifier]",
        "https://a.example\u{a}/",
    ] {
        assert!(template.parse::<Destination>().is_err(), "{template}");
    }
    assert!(format!("https://a.example/{}", "x".repeat(2_048)).parse::<Destination>().is_err());
}

#[test]
fn a_refusal_names_the_fault_and_its_place() {
    for (template, said) in [
        ("http:// amazon.com", "behind `http://`"),
        (" https://a.example/", "begins with a blank"),
        ("https://a.example/?s1=[s2sidentifier]\r\n", "behind `https://a.example/?s1=[s2sidentifier]`"),
        ("https://a.example/?long=0123456789012345678901234567890123456789é b", "behind `2345678901"),
        ("https://a.example/?a b", "%20"),
        ("https://shop.example/#/offer?s1=[s2sidentifier]", "behind `#`"),
        ("https://[s2sidentifier].example/", "in its host"),
        ("https://a.example/?s1=[clickid]", "`[clickid]` is not a macro"),
        ("https://a.example/?a[]=1&s1=x[clickid]", "`[clickid]` is not a macro"),
        ("https://a.example/a[clickid]?b", "`[clickid]` is not a macro"),
        ("https://a.example/?[clickid]=1", "`[clickid]` is not a macro"),
        ("shop.example/?s1=[s2sidentifier]", "absolute URL"),
    ] {
        let message = template.parse::<Destination>().unwrap_err();
        assert!(message.contains(said), "{template}: {message}");
    }
}

#[test]
fn the_click_id_is_put_into_the_query_under_a_name() {
    for (template, expected) in [
        ("https://a.example", Ok("https://a.example?sub1=[s2sidentifier]")),
        ("https://a.example/x?", Ok("https://a.example/x?sub1=[s2sidentifier]")),
        ("https://a.example/?a=1&", Ok("https://a.example/?a=1&sub1=[s2sidentifier]")),
        ("https://a.example/?a=1#/b?c", Ok("https://a.example/?a=1&sub1=[s2sidentifier]#/b?c")),
        ("https://a.example/?sub1={clickid}", Err("write `sub1=[s2sidentifier]`")),
        ("https://a.example/?sub1", Err("write `sub1=[s2sidentifier]`")),
    ] {
        let found = template.parse::<Destination>().unwrap().with_click_id("sub1");
        match (found, expected) {
            (Ok(found), Ok(expected)) => {
                assert_eq!(found.to_string(), expected);
                assert_eq!(found.click_id_parameters().collect::<Vec<_>>(), ["sub1"]);
            }
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, _) => panic!("{template}: {found:?}"),
        }
    }
    let long = format!("https://a.example/{}", "x".repeat(2_020)).parse::<Destination>().unwrap();
    assert!(long.with_click_id("sub1").is_err());
}

#[test]
fn the_names_under_which_the_click_id_travels_are_known() {
    for (template, names) in [
        ("https://a.example/?s1=[s2sidentifier]&b=2", vec!["s1"]),
        ("https://a.example/?a=[sub1]&s1=[s2sidentifier]&s2=%5Bs2sidentifier%5D", vec!["s1", "s2"]),
        ("https://a.example/[s2sidentifier]?a=[sub1]", vec![]),
        ("https://a.example/?a=x[s2sidentifier]", vec![]),
    ] {
        let destination: Destination = template.parse().unwrap();
        assert_eq!(destination.click_id_parameters().collect::<Vec<_>>(), names, "{template}");
    }
}

#[test]
fn destinations_at_the_server_itself_are_known() {
    let server = Url::parse("https://t.example").unwrap();
    for (template, expected) in [
        ("https://t.example/summer?s1=[s2sidentifier]", true),
        ("http://T.example./[slug]", true),
        ("https://t.example:443/", true),
        ("https://t.example:8443/", false),
        ("https://x.t.example/", false),
        ("https://www.t.example/", true),
        ("https://wwwt.example/", false),
        ("https://shop.example/?at=https://t.example/", false),
    ] {
        assert_eq!(template.parse::<Destination>().unwrap().is_at(&server), expected, "{template}");
    }
    assert!(!Destination::default().is_at(&server));
    for (template, expected) in [
        ("https://https://shop.example/", true),
        ("https://http//shop.example/", true),
        ("http://HTTPS:/shop.example/", true),
        ("https://shop.example/?at=https://https://", false),
        ("https://https.example/", false),
    ] {
        assert_eq!(template.parse::<Destination>().unwrap().repeats_scheme(), expected, "{template}");
    }
    for server in
        ["http://127.0.0.1:8080", "http://0.0.0.0:8080", "http://[::]:8080", "http://localhost:8080"]
    {
        let server = Url::parse(server).unwrap();
        for (template, expected) in [
            ("http://127.0.0.1:8080/x", true),
            ("http://127.1:8080/x", true),
            ("http://2130706433:8080/x", true),
            ("http://LOCALHOST.:8080/x", true),
            ("http://a.localhost:8080/x", true),
            ("http://[::1]:8080/x", true),
            ("http://[::ffff:127.0.0.1]:8080/x", true),
            ("http://0.0.0.0:8080/x", true),
            ("http://localhost:3000/x", false),
            ("http://localhost.example:8080/x", false),
        ] {
            assert_eq!(template.parse::<Destination>().unwrap().is_at(&server), expected, "{template}");
        }
    }
}

#[test]
fn no_spelling_of_an_own_parameter_is_passed_on() {
    let destination: Destination = "https://a.example/?s1=[s2sidentifier]&my_id=2&c.d=3".parse().unwrap();
    let fill = |pass_through: &str| {
        let sub_ids: [String; SUB_IDS] = Default::default();
        let (click_id, slug, timestamp) = ("CLICK", "a", 0);
        destination.fill(&Filling { click_id, sub_ids: &sub_ids, slug, timestamp, pass_through })
    };
    let own = "https://a.example/?s1=CLICK&my_id=2&c.d=3";
    for query in [
        "s1=EVIL",
        "S1=EVIL",
        "+s1=EVIL",
        "%20s1=EVIL",
        "%09s1=EVIL",
        "s1[]=EVIL",
        "s1%5B%5D=EVIL",
        "s1[=EVIL",
        "s1%00=EVIL",
        "s1%00x=EVIL",
        "%731=EVIL",
        "x=1;s1=EVIL",
        "amp;s1=EVIL",
        "my.id=EVIL",
        "my+id=EVIL",
        "my%20id[0]=EVIL",
        "c_d=EVIL",
        "C%2ED=EVIL",
        "sub1=a",
        "SUB1=a",
        "+sub10=a",
        "sub2[]=a",
        "s1",
        "",
    ] {
        assert_eq!(fill(query), own, "{query}");
    }
    for query in ["s2=x", "s11=x", "xs1=x", "utm_source=a.b[0]", "sub11=a", "s-1=x"] {
        assert_eq!(fill(query), format!("{own}&{query}"), "{query}");
    }
    assert_eq!(fill("a=1&S1=EVIL&b=2"), format!("{own}&a=1&b=2"));
}

#[test]
fn parameters_of_the_destination_are_known() {
    let destination: Destination = "https://a.example/?s1=[s2sidentifier]&b=2".parse().unwrap();
    assert!(destination.has_parameter("s1") && destination.has_parameter("b"));
    assert!(!destination.has_parameter("c"));
}

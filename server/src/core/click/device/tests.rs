use super::*;

/// A user agent, and the expected kind of device, system and browser.
type Row = (&'static str, DeviceKind, &'static str, &'static str);

#[rustfmt::skip]
const AGENTS: [Row; 63] = [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Desktop, "Windows", "Chrome"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Desktop, "macOS", "Chrome"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
      Safari/537.36",
      DeviceKind::Desktop, "Linux", "Chrome"),
    ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Desktop, "ChromeOS", "Chrome"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Desktop, "Windows", "Chrome"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
      DeviceKind::Desktop, "Windows", "Firefox"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0",
      DeviceKind::Desktop, "macOS", "Firefox"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
      DeviceKind::Desktop, "Linux", "Firefox"),
    ("Mozilla/5.0 (X11; FreeBSD amd64; rv:127.0) Gecko/20100101 Firefox/127.0",
      DeviceKind::Desktop, "BSD", "Firefox"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
      Gecko) Version/17.5 Safari/605.1.15",
      DeviceKind::Desktop, "macOS", "Safari"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
      DeviceKind::Desktop, "Windows", "Edge"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763",
      DeviceKind::Desktop, "Windows", "Edge"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
      DeviceKind::Desktop, "macOS", "Edge"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36 OPR/111.0.0.0",
      DeviceKind::Desktop, "Windows", "Opera"),
    ("Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
      DeviceKind::Desktop, "Windows", "Opera"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36 Vivaldi/6.8.3381.44",
      DeviceKind::Desktop, "Windows", "Vivaldi"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/124.0.0.0 YaBrowser/24.6.0.1878 Yowser/2.5 Safari/537.36",
      DeviceKind::Desktop, "Windows", "Yandex Browser"),
    ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
      DeviceKind::Desktop, "Windows", "Internet Explorer"),
    ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)",
      DeviceKind::Desktop, "Windows", "Internet Explorer"),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Mobile Safari/537.36",
      DeviceKind::Phone, "Android", "Chrome"),
    ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.6478.71 Mobile Safari/537.36",
      DeviceKind::Phone, "Android", "Chrome"),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
      SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
      DeviceKind::Phone, "Android", "Samsung Internet"),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Mobile Safari/537.36 EdgA/126.0.0.0",
      DeviceKind::Phone, "Android", "Edge"),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Mobile Safari/537.36 OPR/82.0.0.0",
      DeviceKind::Phone, "Android", "Opera"),
    ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
      DeviceKind::Phone, "Android", "Firefox"),
    ("Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A; wv) AppleWebKit/537.36 (KHTML, \
      like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/468.0;]",
      DeviceKind::Phone, "Android", "In-app browser"),
    ("Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A; wv) AppleWebKit/537.36 (KHTML, \
      like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 Instagram 335.0.0 Android",
      DeviceKind::Phone, "Android", "In-app browser"),
    ("Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
      Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 GSA/15.24",
      DeviceKind::Phone, "Android", "In-app browser"),
    ("Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; GT-I9100 Build/IML74K) AppleWebKit/534.30 \
      (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
      DeviceKind::Phone, "Android", "Safari"),
    ("Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
      DeviceKind::Phone, "Android", "Opera"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
      DeviceKind::Phone, "iOS", "Safari"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
      DeviceKind::Phone, "iOS", "Chrome"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
      DeviceKind::Phone, "iOS", "Firefox"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) Version/17.0 EdgiOS/125.0.2535.72 Mobile/15E148 Safari/604.1",
      DeviceKind::Phone, "iOS", "Edge"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) GSA/320.0 Mobile/15E148 Safari/604.1",
      DeviceKind::Phone, "iOS", "Google app"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) Mobile/15E148 Instagram 335.1.8 (iPhone15,3; iOS 17_5; de_DE)",
      DeviceKind::Phone, "iOS", "In-app browser"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/468.0;FBDV/iPhone15,3]",
      DeviceKind::Phone, "iOS", "In-app browser"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) Mobile/15E148 musical_ly_34.9.0 BytedanceWebview/d8a21c6",
      DeviceKind::Phone, "iOS", "In-app browser"),
    ("Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
      like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
      DeviceKind::Phone, "iOS", "Safari"),
    ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
      Version/16.6 Mobile/15E148 Safari/604.1",
      DeviceKind::Tablet, "iOS", "Safari"),
    ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
      CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
      DeviceKind::Tablet, "iOS", "Chrome"),
    ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
      Mobile/15E148 [FBAN/FBIOS;FBDV/iPad13,4]",
      DeviceKind::Tablet, "iOS", "In-app browser"),
    ("Mozilla/5.0 (Linux; Android 13; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Tablet, "Android", "Chrome"),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Tablet, "Android", "Chrome"),
    ("Mozilla/5.0 (Linux; Android 12; SM-T870) AppleWebKit/537.36 (KHTML, like Gecko) \
      SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36",
      DeviceKind::Tablet, "Android", "Samsung Internet"),
    ("Mozilla/5.0 (Android 13; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0",
      DeviceKind::Tablet, "Android", "Firefox"),
    ("Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) \
      Silk/126.1 like Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Tablet, "Android", "Chrome"),
    ("Mozilla/5.0 (Mobile; rv:48.0; A405DL) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
      DeviceKind::Phone, "", "Firefox"),
    ("Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) \
      AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 \
      Edge/15.15254",
      DeviceKind::Phone, "Windows Phone", "Edge"),
    ("Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 \
      Mobile Safari/537.10+",
      DeviceKind::Phone, "BlackBerry", "Safari"),
    ("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/538.1 (KHTML, like Gecko) \
      Version/6.0 TV Safari/538.1",
      DeviceKind::Other, "Linux", "Safari"),
    ("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/79.0.3945.79 Safari/537.36 WebAppManager",
      DeviceKind::Other, "Linux", "Chrome"),
    ("Mozilla/5.0 (Linux; Android 10; BRAVIA 4K UR2) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.0.0 Safari/537.36",
      DeviceKind::Other, "Android", "Chrome"),
    ("Mozilla/5.0 (PlayStation 4 11.50) AppleWebKit/605.1.15 (KHTML, like Gecko)",
      DeviceKind::Other, "PlayStation", ""),
    ("Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.4.2.12 \
      NintendoBrowser/4.3.1.11264.US",
      DeviceKind::Other, "Nintendo", ""),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, \
      like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763",
      DeviceKind::Other, "Xbox", ""),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      DeviceKind::Unspecified, "", ""),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
      Chrome/126.0.6478.61 Mobile Safari/537.36 (compatible; Googlebot/2.1; \
      +http://www.google.com/bot.html)",
      DeviceKind::Unspecified, "", ""),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
      DeviceKind::Unspecified, "", ""),
    ("curl/8.5.0",
      DeviceKind::Unspecified, "", ""),
    ("python-requests/2.32.3",
      DeviceKind::Unspecified, "", ""),
    ("",
      DeviceKind::Unspecified, "", ""),
    ("-",
      DeviceKind::Unspecified, "", ""),
];

#[test]
fn user_agents_tell_device_system_and_browser() {
    let mut wrong = Vec::new();
    for (user_agent, kind, system, browser) in AGENTS {
        // The second time, the thread remembers the user agent.
        for _ in 0..2 {
            let device = Agent::of(user_agent).device;
            let found = (device.kind(), device.system(), device.browser());
            if found != (kind.into(), system, browser) {
                wrong.push(format!("{user_agent}: {found:?}, not {:?}", (kind, system, browser)));
            }
            assert_eq!(Device::of_numbers(device.numbers()), device);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn robots_are_known() {
    let browser = AGENTS[0].0;
    for (agent, bot) in
        [(browser, false), ("Googlebot/2.1", true), ("", true), (" ", true), ("curl/8.5.0", true)]
    {
        assert_eq!(Agent::of(agent).is_bot, bot, "{agent}");
    }
}

#[test]
fn the_numbers_of_families_never_change() {
    // Stored clicks have these numbers. A longer list is right, another order is not.
    let systems = "|Windows|macOS|Linux|ChromeOS|Android|iOS|BSD|Windows Phone|BlackBerry|Firefox OS|PlayStation|\
                   Xbox|Nintendo";
    let browsers = "|Chrome|Safari|Firefox|Edge|Opera|Samsung Internet|Internet Explorer|Vivaldi|Yandex Browser|\
                    Google app|In-app browser|Sleipnir";
    assert!(SYSTEMS.join("|").starts_with(systems));
    assert!(BROWSERS.join("|").starts_with(browsers));
    let known = Device { kind: 3, system: 6, browser: 2 };
    assert_eq!((known.numbers(), known.system(), known.browser()), ([99, 2], "iOS", "Safari"));
}

#[test]
fn numbers_of_a_newer_version_are_no_error() {
    let newer = Device::of_numbers([200 * KINDS + 9, 255]);
    assert_eq!((newer.kind(), newer.system(), newer.browser()), (9, "", ""));
    assert_eq!(Device::of_numbers([u64::MAX, u64::MAX]).system(), "");
}

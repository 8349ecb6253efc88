//! The kind of a caller, by its headers: a prefetch, a link preview or a person's browser.
//!
//! Absent on purpose: a general list of bots. Such lists contain the clients of merchants' servers,
//! such as curl, PHP and Java.

use http::{HeaderMap, header};

/// Headers in which programs announce that they load a page ahead of a person.
const AHEAD_HEADERS: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
/// Beginnings of the values of these headers.
const AHEAD_WORDS: [&[u8]; 3] = [b"prefetch", b"prerender", b"preview"];

/// Programs that fetch an address because somebody wrote it somewhere: previews of links in
/// messages and posts, and crawlers of search engines. In lower case.
const PREVIEWERS: [&str; 30] = [
    "applebot",
    "baiduspider",
    "bingbot",
    "bingpreview",
    "bitlybot",
    "bytespider",
    "discordbot",
    "duckduckbot",
    "embedly",
    "facebookcatalog",
    "facebookexternalhit",
    "facebot",
    "googlebot",
    "iframely",
    "linkedinbot",
    "mattermost",
    "meta-externalagent",
    "petalbot",
    "pinterestbot",
    "redditbot",
    "seznambot",
    "skypeuripreview",
    "slack-imgproxy",
    "slackbot",
    "slurp",
    "telegrambot",
    "twitterbot",
    "vkshare",
    "whatsapp",
    "yandexbot",
];

/// Length of the shortest of these names, in bytes.
const PREVIEWER_BYTES_MIN: usize = 5;

/// Returns whether a browser only prefetches: its visitor may never arrive.
pub fn looks_ahead(headers: &HeaderMap) -> bool {
    headers.iter().any(|(name, value)| {
        AHEAD_HEADERS.contains(&name.as_str())
            && AHEAD_WORDS.iter().any(|word| starts_with(value.as_bytes(), word).is_some())
    })
}

/// Returns whether the caller previews or indexes a link. Such a caller never reports a sale.
pub fn is_previewer(headers: &HeaderMap) -> bool {
    let Some(agent) = headers.get(header::USER_AGENT) else { return false };
    // Matches whole words only: the name of an unrelated program may contain one of these.
    let names_one = |text: &[u8]| {
        text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-').any(|word| {
            let begins = |name: &str| matches!(starts_with(word, name.as_bytes()), Some([] | [b'-', ..]));
            // Nearly every word differs in its first letter from nearly every name.
            let initial = word.first().map(u8::to_ascii_lowercase);
            let may_begin = |name: &&&str| name.as_bytes().first() == initial.as_ref();
            word.len() >= PREVIEWER_BYTES_MIN && PREVIEWERS.iter().filter(may_begin).any(|name| begins(name))
        })
    };
    // A web shop's user agent may contain its address, such as `https://whatsapp.shop.example`.
    let is_address = |part: &[u8]| part.windows(3).any(|three| three == b"://");
    let agent = agent.as_bytes();
    // Few user agents name a previewer at all, so the whole is searched first.
    names_one(agent) && agent.split(u8::is_ascii_whitespace).any(|part| names_one(part) && !is_address(part))
}

/// The bytes after `start`, which is in lower case, at the start of `text` in any case.
fn starts_with<'a>(text: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let (begin, rest) = text.split_at_checked(start.len())?;
    begin.eq_ignore_ascii_case(start).then_some(rest)
}

/// Returns whether a person's browser calls: from a page, or because the person typed an address or
/// followed a link.
///
/// The user agent is no evidence, because scripts fake it. Nor is `Sec-Fetch-Mode`: the `fetch` of
/// Node.js sends it. Browsers send `Sec-Fetch-Dest` and `Sec-Fetch-Site` with every request to an
/// `https` address (Safari since 16.4). To other addresses they send `Upgrade-Insecure-Requests`,
/// but only with a navigation. So a page's own request to an `http` address is not recognised.
pub fn is_browser(headers: &HeaderMap) -> bool {
    let accepts_pages =
        || headers.get(header::ACCEPT).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    // A look at each name costs less than a look-up of each of these names.
    headers.iter().any(|(name, value)| match name.as_str() {
        "sec-fetch-dest" | "sec-fetch-site" => true,
        "upgrade-insecure-requests" => value.as_bytes().starts_with(b"1") && accepts_pages(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    /// Classifies a request with these header lines: prefetch, previewer, browser.
    fn check(lines: &[&str]) -> (bool, bool, bool) {
        let headers: HeaderMap = lines
            .iter()
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| {
                (name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
            })
            .collect();
        (looks_ahead(&headers), is_previewer(&headers), is_browser(&headers))
    }

    #[test]
    fn no_previewer_has_a_shorter_name_than_the_shortest() {
        assert_eq!(PREVIEWERS.iter().map(|name| name.len()).min(), Some(PREVIEWER_BYTES_MIN));
    }

    #[test]
    fn callers_are_known_by_what_only_they_send() {
        let (nobody, ahead, previewer, browser) =
            ((false, false, false), (true, false, false), (false, true, false), (false, false, true));
        let chrome =
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";
        for (lines, caller) in [
            (&[][..], nobody),
            (&[chrome], nobody),
            (&["User-Agent: curl/8.5.0", "Accept: */*"], nobody),
            (&["User-Agent: node", "Sec-Fetch-Mode: cors", "Accept: */*"], nobody),
            (&["User-Agent: Java/17", "Accept: text/html, image/gif, *; q=.2"], nobody),
            (&["Upgrade-Insecure-Requests: 1", "Accept: */*"], nobody),
            (&["User-Agent: TelegramBotSdk/3 (orders)"], nobody),
            (&["User-Agent: MyWhatsAppShop/1.0"], nobody),
            (&["User-Agent: WordPress/6.5; https://whatsapp.shop.example"], nobody),
            (&["User-Agent: Shop/1 (+https://slackbot.example/about)"], nobody),
            (&["Purpose: sale"], nobody),
            (&["Purpose: prefetch"], ahead),
            (&["Sec-Purpose: prefetch;prerender"], ahead),
            (&["Sec-Purpose: Prerender"], ahead),
            (&["X-Purpose: preview"], ahead),
            (&["X-Moz: prefetch"], ahead),
            (
                &["User-Agent: facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"],
                previewer,
            ),
            (&["User-Agent: Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"], previewer),
            (&["User-Agent: Slack-ImgProxy (+https://api.slack.com/robots)"], previewer),
            (&["User-Agent: TelegramBot (like TwitterBot)"], previewer),
            (&["User-Agent: WhatsApp/2.23.20.0 A"], previewer),
            (
                &["User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"],
                previewer,
            ),
            (&["User-Agent: Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5"], previewer),
            (&["User-Agent: Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)"], previewer),
            (&["Sec-Fetch-Dest: image"], browser),
            (&["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"], browser),
            (&["Upgrade-Insecure-Requests: 1", "Accept: text/html,application/xhtml+xml"], browser),
            (&[chrome, "Sec-Fetch-Dest: document", "Sec-Purpose: prefetch"], (true, false, true)),
        ] {
            assert_eq!(check(lines), caller, "{lines:?}");
        }
    }
}

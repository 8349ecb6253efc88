//! The kind of a caller, by its headers: a prefetch, a link preview or a person's browser.
//!
//! Absent on purpose: a general list of bots. Such lists contain the clients of merchants' servers,
//! such as curl, PHP and Java.

use http::{HeaderMap, header};

/// Headers in which programs announce that they load a page ahead of a person.
const AHEAD_HEADERS: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
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

/// Returns whether a browser only prefetches: its visitor may never arrive.
pub fn looks_ahead(headers: &HeaderMap) -> bool {
    AHEAD_HEADERS.iter().any(|name| {
        let value = headers.get(*name).map(|value| value.as_bytes().to_ascii_lowercase()).unwrap_or_default();
        AHEAD_WORDS.iter().any(|word| value.starts_with(word))
    })
}

/// Returns whether the caller previews or indexes a link. Such a caller never reports a sale.
pub fn is_previewer(headers: &HeaderMap) -> bool {
    let Some(agent) = headers.get(header::USER_AGENT) else { return false };
    let agent = String::from_utf8_lossy(agent.as_bytes()).to_ascii_lowercase();
    // A web shop's user agent may contain its address, such as `https://whatsapp.shop.example`.
    let words = agent.split_whitespace().filter(|part| !part.contains("://"));
    // Matches whole words only: the name of an unrelated program may contain one of these.
    words
        .flat_map(|part| part.split(|character: char| !character.is_ascii_alphanumeric() && character != '-'))
        .any(|word| {
            PREVIEWERS.iter().any(|name| {
                word.strip_prefix(name).is_some_and(|behind| behind.is_empty() || behind.starts_with('-'))
            })
        })
}

/// Returns whether a person's browser calls: from a page, or because the person typed an address or
/// followed a link.
///
/// The user agent is no evidence, because scripts fake it. Nor is `Sec-Fetch-Mode`: the `fetch` of
/// Node.js sends it. Browsers send `Sec-Fetch-Dest` and `Sec-Fetch-Site` with every request to an
/// `https` address (Safari since 16.4). To other addresses they send `Upgrade-Insecure-Requests`,
/// but only with a navigation. So a page's own request to an `http` address is not recognised.
pub fn is_browser(headers: &HeaderMap) -> bool {
    let starts =
        |name: &str, start: &[u8]| headers.get(name).is_some_and(|value| value.as_bytes().starts_with(start));
    headers.contains_key("sec-fetch-dest")
        || headers.contains_key("sec-fetch-site")
        || (starts("upgrade-insecure-requests", b"1") && starts("accept", b"text/html"))
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

//! The facts that a user agent tells: robot or not, kind of device, families of the operating
//! system and of the browser.
//!
//! They are stored with the click, so an update of the libraries changes no stored click.
//!
//! Absent on purpose: versions and models. Browsers no longer tell the real ones.

use std::{
    cell::RefCell,
    hash::{DefaultHasher, Hasher as _},
    sync::LazyLock,
};

use s2s_sdk::v1::DeviceKind;
use woothee::parser::Parser;

/// The families of operating systems. A family's place is its number in stored clicks, so the list
/// grows only at its end.
const SYSTEMS: [&str; 14] = [
    "",
    "Windows",
    "macOS",
    "Linux",
    "ChromeOS",
    "Android",
    "iOS",
    "BSD",
    "Windows Phone",
    "BlackBerry",
    "Firefox OS",
    "PlayStation",
    "Xbox",
    "Nintendo",
];
/// The families of browsers, by the same rule.
const BROWSERS: [&str; 13] = [
    "",
    "Chrome",
    "Safari",
    "Firefox",
    "Edge",
    "Opera",
    "Samsung Internet",
    "Internet Explorer",
    "Vivaldi",
    "Yandex Browser",
    "Google app",
    "In-app browser",
    "Sleipnir",
];
/// Words of televisions, which otherwise look like desktop computers.
const TELEVISIONS: [&str; 8] =
    ["SmartTV", "SMART-TV", "Smart TV", "AppleTV", "Apple TV", "HbbTV", "BRAVIA", "CrKey"];
/// Numbers of kinds of devices that fit beside a system in one number.
const KINDS: u64 = 16;
/// Number of user agents that a thread remembers. Most clicks come from a few user agents, and
/// reading one takes microseconds.
const REMEMBERED: usize = 256;

/// The device of a click, by its user agent: numbers of families, 0 for one that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// A number of `DeviceKind`.
    kind: u8,
    system: u8,
    browser: u8,
}

impl Device {
    pub fn kind(self) -> i32 {
        self.kind.into()
    }

    /// The family of the operating system; empty if it is not known.
    pub fn system(self) -> &'static str {
        SYSTEMS.get(usize::from(self.system)).copied().unwrap_or_default()
    }

    /// The family of the browser; empty if it is not known.
    pub fn browser(self) -> &'static str {
        BROWSERS.get(usize::from(self.browser)).copied().unwrap_or_default()
    }

    /// The two numbers that are stored. Nearly always, each takes one byte.
    pub fn numbers(self) -> [u64; 2] {
        [u64::from(self.system) * KINDS + u64::from(self.kind), self.browser.into()]
    }

    /// The device of stored numbers. They may be of a newer version, which has more families.
    pub fn of_numbers([kind_and_system, browser]: [u64; 2]) -> Self {
        let byte = |number: u64| u8::try_from(number).unwrap_or_default();
        Self {
            kind: byte(kind_and_system % KINDS),
            system: byte(kind_and_system / KINDS),
            browser: byte(browser),
        }
    }

    fn read(user_agent: &str) -> Self {
        let Some(found) = Parser::new().parse(user_agent) else { return Self::default() };
        let kind = kind(user_agent, found.category);
        Self {
            kind: u8::try_from(i32::from(kind)).unwrap_or_default(),
            system: place(&SYSTEMS, system(found.os)),
            browser: place(&BROWSERS, browser(found.name)),
        }
    }
}

/// The kind of a device, by the library's category. The library knows no tablets.
fn kind(user_agent: &str, category: &str) -> DeviceKind {
    let has = |word: &str| user_agent.contains(word);
    match category {
        "pc" | "smartphone" if TELEVISIONS.iter().any(|word| has(word)) => DeviceKind::Other,
        "pc" | "smartphone" if has("iPad") || has("Tablet;") => DeviceKind::Tablet,
        // Opera Mini on a phone names neither a phone nor a tablet.
        "pc" | "smartphone" if has("Android") && !has("Mobi") && !has("Opera Mini") => DeviceKind::Tablet,
        "pc" => DeviceKind::Desktop,
        "smartphone" | "mobilephone" => DeviceKind::Phone,
        "UNKNOWN" if has("Mobile") => DeviceKind::Phone,
        "appliance" => DeviceKind::Other,
        _ => DeviceKind::Unspecified,
    }
}

/// The family of an operating system of the library.
fn system(name: &str) -> &str {
    match name {
        "Windows Phone OS" => "Windows Phone",
        name if name.starts_with("Windows") => "Windows",
        "Mac OSX" | "Mac OS Classic" => "macOS",
        "iPhone" | "iPad" | "iPod" => "iOS",
        name if name.starts_with("BlackBerry") => "BlackBerry",
        name if name.starts_with("PlayStation") => "PlayStation",
        name if name.starts_with("Xbox") => "Xbox",
        name if name.starts_with("Nintendo") => "Nintendo",
        name => name,
    }
}

/// The family of a browser of the library.
fn browser(name: &str) -> &str {
    match name {
        "SamsungBrowser" => "Samsung Internet",
        "Google Search App" => "Google app",
        "Webview" => "In-app browser",
        name => name,
    }
}

/// The place of a family in its list; 0 if it is not in the list.
fn place(families: &[&str], family: &str) -> u8 {
    let place = families.iter().position(|one| *one == family);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or_default()
}

/// All that a user agent tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Whether the user agent is a known robot's. An empty one counts as a robot's, because every
    /// browser sends one.
    pub is_bot: bool,
    pub device: Device,
}

impl Agent {
    /// Reads a user agent, unless this thread remembers it.
    pub fn of(user_agent: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(user_agent.as_bytes());
        let [lowest, ..] = hasher.finish().to_le_bytes();
        AGENTS.with_borrow_mut(|agents| {
            let Some(slot) = agents.get_mut(usize::from(lowest)) else { return Self::read(user_agent) };
            if slot.as_ref().is_none_or(|(text, _)| text != user_agent) {
                *slot = Some((user_agent.to_owned(), Self::read(user_agent)));
            }
            slot.as_ref().map_or_else(|| Self::read(user_agent), |(_, agent)| *agent)
        })
    }

    fn read(user_agent: &str) -> Self {
        static BOTS: LazyLock<isbot::Bots> = LazyLock::new(isbot::Bots::default);
        let is_bot = user_agent.trim().is_empty() || BOTS.is_bot(user_agent);
        Self { is_bot, device: Device::read(user_agent) }
    }
}

thread_local! {
    /// The user agents that the thread remembers, by the lowest byte of their hash.
    static AGENTS: RefCell<Vec<Option<(String, Agent)>>> = RefCell::new(vec![None; REMEMBERED]);
}

#[cfg(test)]
mod tests;

//! The destination of a tracking link: a URL with macros in its path and query.
//!
//! The URL library parses the template once, with a marker in place of each macro. The result is
//! cut at the markers. A redirect puts the values of the macros between the pieces. Sub ids are
//! percent-encoded; the other values contain only characters that need no encoding. So no value can
//! reach the scheme, the host or the port, or end the path or query that contains it.

use std::{fmt, str::FromStr};

use sea_orm::{DeriveValueType, sea_query::ValueTypeErr};
use url::{Host, Url};

use crate::values::text::excerpt;

/// Longest destination, in bytes.
pub const DESTINATION_BYTES_MAX: usize = 2_048;
/// Number of sub ids.
pub const SUB_IDS: usize = 10;

pub const CLICK_ID_MACRO: &str = "[s2sidentifier]";

/// A macro of a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Macro {
    ClickId,
    /// The index of a sub id: 0 for `[sub1]`.
    Sub(usize),
    Slug,
    Timestamp,
}

/// The values of one redirect.
pub struct Filling<'a> {
    pub click_id: &'a str,
    pub sub_ids: &'a [String; SUB_IDS],
    pub slug: &'a str,
    /// Time of the click, in seconds since 1970.
    pub timestamp: i64,
    /// The visitor's query, added to the destination; empty if nothing is to be added.
    pub pass_through: &'a str,
}

/// A destination, or no destination, which is the default and is stored as the empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveValueType)]
#[sea_orm(value_type = "String", from_str = "Destination::from_stored")]
pub struct Destination {
    /// The text as the caller wrote it.
    template: String,
    /// The URL before its fragment, cut into texts, each with the macro that follows it.
    pieces: Vec<(String, Option<Macro>)>,
    /// The fragment with its `#`; empty if there is none.
    fragment: String,
    has_query: bool,
}

impl Destination {
    pub fn is_none(&self) -> bool {
        self.template.is_empty()
    }

    /// Returns whether the destination has the host and port of `server`, under any usual name of
    /// that host. The schemes may differ.
    pub fn is_at(&self, server: &Url) -> bool {
        let own = self.pieces.first().and_then(|(text, _)| Url::parse(text).ok());
        own.is_some_and(|own| {
            machine(&own) == machine(server)
                && (own.port() == server.port()
                    || own.port_or_known_default() == server.port_or_known_default())
        })
    }

    /// Returns whether the host is a scheme, as in `https://https://shop.example/`.
    pub fn repeats_scheme(&self) -> bool {
        let own = self.pieces.first().and_then(|(text, _)| Url::parse(text).ok());
        own.is_some_and(|own| matches!(own.host_str(), Some("http" | "https")))
    }

    /// Returns whether the destination passes the click id to the merchant.
    pub fn carries_click_id(&self) -> bool {
        self.pieces.iter().any(|(_, marker)| *marker == Some(Macro::ClickId))
    }

    /// The names of the query parameters whose value begins with the click id.
    pub fn click_id_parameters(&self) -> impl Iterator<Item = &str> {
        let before = self.pieces.iter().filter(|(_, marker)| *marker == Some(Macro::ClickId));
        before.filter_map(|(text, _)| text.strip_suffix('=')?.rsplit_once(['?', '&']).map(|(_, name)| name))
    }

    /// Adds the click id to the query, as the parameter `name`. Fails if the destination has that
    /// parameter already or would become too long.
    pub fn with_click_id(&self, name: &str) -> Result<Self, String> {
        if self.has_parameter(name) {
            return Err(format!("has `{name}` without the click id; write `{name}={CLICK_ID_MACRO}`"));
        }
        let hash = self.template.find('#').unwrap_or(self.template.len());
        let (before, fragment) = self.template.split_at_checked(hash).unwrap_or_default();
        let separator = match before.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{before}{separator}{name}={CLICK_ID_MACRO}{fragment}").parse()
    }

    /// Fills the macros. Returns the URL for the visitor.
    pub fn fill(&self, filling: &Filling<'_>) -> String {
        let mut url = String::with_capacity(self.template.len() + 64);
        for (text, marker) in &self.pieces {
            url.push_str(text);
            match marker {
                None => {}
                Some(Macro::ClickId) => url.push_str(filling.click_id),
                Some(Macro::Sub(index)) => {
                    push_encoded(&mut url, filling.sub_ids.get(*index).map_or("", String::as_str));
                }
                Some(Macro::Slug) => url.push_str(filling.slug),
                Some(Macro::Timestamp) => url.push_str(&filling.timestamp.to_string()),
            }
        }
        self.push_query(&mut url, filling.pass_through);
        url.push_str(&self.fragment);
        url
    }

    /// Adds the visitor's parameters. Leaves out sub ids, and parameters that the destination has
    /// already. A parameter is also left out if its name is spelt differently, but the merchant's
    /// server may read it as a name that the destination has.
    fn push_query(&self, url: &mut String, query: &str) {
        if query.is_empty() {
            return;
        }
        let own: Vec<String> = self.names().collect();
        let is_ours = |piece: &str| {
            let name = names_in(piece).next().unwrap_or_default();
            sub_id_index(&name).is_some() || own.contains(&name)
        };
        let mut separator = if self.has_query { '&' } else { '?' };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            // Some servers read `;` like `&`.
            if !pair.split(';').any(is_ours) {
                url.push(separator);
                separator = '&';
                push_query_text(url, pair);
            }
        }
    }

    /// The names of the template's query parameters, as `canonical` writes them.
    fn names(&self) -> impl Iterator<Item = String> {
        let text: String = self.pieces.iter().map(|(text, _)| text.as_str()).collect();
        let query = text.split_once('?').map_or("", |(_, query)| query).to_owned();
        names_in(&query).collect::<Vec<_>>().into_iter()
    }

    /// Returns whether the template has a query parameter that may be read as this name.
    fn has_parameter(&self, name: &str) -> bool {
        let name = canonical(name);
        self.names().any(|known| known == name)
    }

    /// Reads a stored destination. An invalid one is an error, like any corrupt row.
    fn from_stored(text: &str) -> Result<Self, ValueTypeErr> {
        if text.is_empty() { Ok(Self::default()) } else { text.parse().map_err(|_| ValueTypeErr) }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.template)
    }
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(template: &str) -> Result<Self, String> {
        if template.len() > DESTINATION_BYTES_MAX {
            return Err(format!("must be at most {DESTINATION_BYTES_MAX} bytes"));
        }
        let is_blank = |character: char| character.is_whitespace() || character.is_control();
        if let Some((before, _)) = template.split_once(is_blank) {
            return Err(blank_behind(before));
        }
        let mark = marker(template);
        let (marked, macros) = mark_macros(&with_plain_brackets(template), &mark)?;
        let url = Url::parse(&marked).map_err(|_| {
            "must be an absolute URL, for example `https://shop.example/?s1=[s2sidentifier]`".to_owned()
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must begin with `http://` or `https://`".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must have no user name and no password".to_owned());
        }
        let (before, fragment) = match url.as_str().split_once('#') {
            Some((before, fragment)) => (before, format!("#{fragment}")),
            None => (url.as_str(), String::new()),
        };
        if url.host_str().is_none_or(|host| host.contains(&mark)) {
            return Err(format!(
                "has a macro in its host; `{CLICK_ID_MACRO}` and others go into path or query"
            ));
        }
        if fragment.contains(&mark) {
            let message = "has a macro behind `#`, and that part never reaches the merchant's server; put it \
                           before the `#`, for example `https://shop.example/?s1=[s2sidentifier]#/offer`";
            return Err(message.to_owned());
        }
        let texts: Vec<&str> = before.split(&mark).collect();
        if texts.len() != macros.len() + 1 {
            return Err("has a macro in a place where it can't be filled".to_owned());
        }
        let pieces = texts
            .into_iter()
            .map(str::to_owned)
            .zip(macros.into_iter().map(Some).chain(std::iter::once(None)))
            .collect();
        Ok(Self { template: template.to_owned(), pieces, fragment, has_query: url.query().is_some() })
    }
}

/// The host of a URL, written in one way: without a dot at its end and without `www.`. Every name
/// and address by which a machine refers to itself becomes `localhost`.
fn machine(url: &Url) -> Option<String> {
    const ITSELF: &str = "localhost";
    let is_itself = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').rsplit('.').next() == Some(ITSELF),
        Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
        Host::Ipv6(address) => {
            let address = address.to_canonical();
            address.is_loopback() || address.is_unspecified()
        }
    };
    let host = url.host_str()?.trim_end_matches('.');
    Some(if is_itself { ITSELF } else { host.strip_prefix("www.").unwrap_or(host) }.to_owned())
}

/// The message for a template with a blank. It shows the end of the text before the blank, so that
/// people find the place.
fn blank_behind(before: &str) -> String {
    const SHOWN_BYTES_MAX: usize = 40;
    let start = before.ceil_char_boundary(before.len().saturating_sub(SHOWN_BYTES_MAX));
    match before.get(start..).unwrap_or_default() {
        "" => "begins with a blank or line break; remove it".to_owned(),
        end => {
            format!("has a blank or line break behind `{}`; remove it, or write `%20` for it", excerpt(end))
        }
    }
}

/// The template with the brackets of our macros decoded. Other brackets stay encoded:
/// `filter%5Bsize%5D=1` has no macro.
fn with_plain_brackets(template: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(template.len()), template);
    while let Some((before, behind)) = split_once_in_any_case(rest, "%5b") {
        plain.push_str(before);
        match split_once_in_any_case(behind, "%5d") {
            Some((name, after)) if macro_named(name).is_some() => {
                plain.extend(["[", name, "]"]);
                rest = after;
            }
            _ => {
                plain.push_str("%5B");
                rest = behind;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Splits `text` at `separator`, in upper or lower case. `separator` itself must be in lower case.
fn split_once_in_any_case<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let at = text.to_ascii_lowercase().find(separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

/// A text that the URL library leaves unchanged, and that the template does not contain.
fn marker(template: &str) -> String {
    let lower = template.to_ascii_lowercase();
    let mut mark = "s2smacro".to_owned();
    while lower.contains(&mark) {
        mark.push('x');
    }
    mark
}

/// The template with every macro replaced by `mark`, and the macros in order.
fn mark_macros(template: &str, mark: &str) -> Result<(String, Vec<Macro>), String> {
    let (mut marked, mut macros, mut rest) = (String::new(), Vec::new(), template);
    while let Some((before, after)) = rest.split_once('[') {
        marked.push_str(before);
        let (name, after) = after.split_once(']').ok_or("has a `[` without a `]`")?;
        let of_address = name.contains(':') && macros.is_empty();
        match macro_named(name) {
            Some(known) => {
                macros.push(known);
                marked.push_str(mark);
            }
            // These brackets enclose an IPv6 address, or belong to a name such as `filter[color]`.
            None if of_address || is_within_name(&marked) => marked.extend(["[", name, "]"]),
            None => {
                return Err(format!(
                    "`[{name}]` is not a macro; the macros are `{CLICK_ID_MACRO}`, `[sub1]` to `[sub10]`, `[slug]` \
                     and `[timestamp]`; other brackets are written `%5B` and `%5D`"
                ));
            }
        }
        rest = after;
    }
    marked.push_str(rest);
    Ok((marked, macros))
}

/// Returns whether `before`, the beginning of a template, ends within the name of a parameter.
fn is_within_name(before: &str) -> bool {
    let parameter = before.split_once('?').and_then(|(_, query)| query.rsplit(['&', ';']).next());
    parameter.is_some_and(|name| !name.is_empty() && !name.contains('='))
}

fn macro_named(name: &str) -> Option<Macro> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "s2sidentifier" => Some(Macro::ClickId),
        "slug" => Some(Macro::Slug),
        "timestamp" => Some(Macro::Timestamp),
        name => sub_id_index(name).map(Macro::Sub),
    }
}

/// The names of the parameters in a query, as `canonical` writes them.
fn names_in(query: &str) -> impl Iterator<Item = String> {
    url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| canonical(&name))
}

/// Reduces a name to one spelling for all names that some server reads as the same name. Some
/// servers drop blanks before a name, and everything from a `[` or NUL on; some read blanks and
/// dots as `_`; some ignore the case.
fn canonical(name: &str) -> String {
    let name = name.trim_start_matches(|character: char| character.is_whitespace() || character.is_control());
    let name = name.split(['[', '\0']).next().unwrap_or_default();
    name.replace([' ', '.'], "_").to_ascii_lowercase()
}

/// The index of a sub id: 0 for `sub1`, 9 for `sub10`, `None` for any other name.
pub fn sub_id_index(name: &str) -> Option<usize> {
    let number: usize = name.strip_prefix("sub")?.parse().ok()?;
    let plain = (1..=SUB_IDS).contains(&number) && name == format!("sub{number}");
    plain.then(|| number - 1)
}

/// Appends a piece of a query. Percent-encodes only the bytes that a query may not contain.
fn push_query_text(url: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'#' | b'"' | b'<' | b'>' | b'\'' | b'\\' | b'`') {
            url.push(char::from(byte));
        } else {
            push_escape(url, byte);
        }
    }
}

fn push_escape(url: &mut String, byte: u8) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
    url.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

/// Appends `value`. Percent-encodes everything except the unreserved characters of RFC 3986.
fn push_encoded(url: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            push_escape(url, byte);
        }
    }
}

#[cfg(test)]
mod tests;

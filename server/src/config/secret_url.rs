//! URLs that may hold credentials. They are shown without their secrets, even when a URL is
//! refused.
//!
//! There is one exception: a library's error may quote a password apart from its URL. Such a
//! password is replaced only if it has at least `BLOTTED_BYTES_MIN` bytes.

use std::{convert::Infallible, fmt, str::FromStr};

use url::{Url, form_urlencoded};

use super::backend;

/// Replacement of a secret.
const BLOT: &str = "***";
/// Shortest password that is replaced in errors, in bytes. The text of an error may contain a
/// shorter one by chance.
const BLOTTED_BYTES_MIN: usize = 4;

/// A URL that may hold a password, and is shown without it.
#[derive(Clone, Default)]
pub struct SecretUrl(String);

impl SecretUrl {
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The path of an SQLite database's file; `None` for any other URL.
    pub fn file(&self) -> Option<&str> {
        let path = self.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(path.split('?').next().unwrap_or_default())
    }

    /// The path that the database's driver opens: percent-decoded, with a plus left as it is.
    pub fn opened_file(&self) -> Option<String> {
        // The form parser decodes the name of its first pair. The characters that would end the
        // name (`&`, `=`) or become a blank (`+`) are escaped first, so that the name is the whole
        // path.
        let path = self.file()?.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
        form_urlencoded::parse(path.as_bytes()).next().map(|(path, _)| path.into_owned())
    }

    /// The password; the whole URL if it has none.
    pub fn secret(&self) -> String {
        let url = Url::parse(&self.0).ok();
        url.as_ref().and_then(Url::password).unwrap_or(&self.0).to_owned()
    }

    /// Removes this URL's secrets from a text, for example from a library's error.
    pub fn blotted(&self, text: &str) -> String {
        let mut text = text.replace(&self.0, &masked(&self.0));
        let passwords = Url::parse(&self.0).ok().into_iter().flat_map(|url| {
            let query = url.query_pairs().filter(|(name, _)| is_secret(name));
            let mut passwords: Vec<String> = query.map(|(_, value)| value.into_owned()).collect();
            passwords.extend(url.password().map(str::to_owned));
            passwords
        });
        for password in passwords {
            // The form parser decodes the name of its first pair. A plus and an ampersand in a
            // password are literal. They are escaped first, so that the name is the whole password.
            let form = password.replace('+', "%2B").replace('&', "%26");
            let decoded = form_urlencoded::parse(form.as_bytes()).next().map(|(name, _)| name.into_owned());
            for word in [password, decoded.unwrap_or_default()] {
                if word.len() >= BLOTTED_BYTES_MIN {
                    text = text.replace(&word, BLOT);
                }
            }
        }
        text
    }

    /// Checks that the URL can be a database's. The error describes the fault without quoting the
    /// URL.
    pub fn check_database(&self) -> Result<(), String> {
        const KINDS: &str = "must begin with `sqlite:`, `postgres://` or `mysql://`";
        let text = self.0.as_str();
        match text.strip_prefix("sqlite:") {
            Some("") => return Err("the path of the file is missing; for example `sqlite:s2s.db`".to_owned()),
            Some(path) if path.contains(":memory:") => {
                return Err("a database in memory would lose acknowledged data; name a file".to_owned());
            }
            Some(_) => return Ok(()),
            None if backend(text).is_none() => return Err(KINDS.to_owned()),
            None => {}
        }
        check_user(text)?;
        let Some((_, rest)) = text.split_once("://") else { return Err(KINDS.to_owned()) };
        let url = Url::parse(text).map_err(|error| {
            let hint = "; if the password holds one of `/?#@[]%:`, write it as `%` and its two hexadecimal digits, \
                        for example `/` as `%2F`";
            format!("{error}{}", if rest.contains(['@', '%']) { hint } else { "" })
        })?;
        if url.path().trim_matches('/').is_empty() {
            return Err("the name of the database is missing; for example `postgres://host/s2s`".to_owned());
        }
        Ok(())
    }

    /// Checks that the URL of a core names no user: an edge sends an API key instead.
    pub fn check_core(&self) -> Result<(), String> {
        if self.0.contains('@') {
            return Err("must have no user and no password; the key of an edge is `S2S_CORE_KEY`".to_owned());
        }
        Ok(())
    }
}

impl FromStr for SecretUrl {
    type Err = Infallible;

    /// Accepts any text. If this function refused a text, clap would print it.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Refuses characters that end the user or the password early (RFC 3986, section 3.2), and a `%`
/// that begins no escape.
fn check_user(text: &str) -> Result<(), String> {
    let (_, rest) = text.split_once("://").unwrap_or_default();
    let (user, _) = rest.rsplit_once('@').unwrap_or_default();
    // Each refused character is a single byte in UTF-8, so one escape stands for it.
    let escaped = |letter: char| format!("%{:02X}", u32::from(letter));
    let wrong = |letter: char| {
        format!(
            "an unescaped `{}` stands before the last `@`; if it belongs to the user or the password, write it as \
             `{}`; if that `@` stands after the host, write the `@` as `%40`",
            letter.escape_default(),
            escaped(letter)
        )
    };
    let splits = |letter: &char| matches!(letter, '/' | '?' | '#' | '\\') || letter.is_ascii_control();
    if let Some(letter) = user.chars().find(splits) {
        return Err(wrong(letter));
    }
    let is_escape =
        |digits: &str| digits.get(..2).is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if user.split('%').skip(1).all(is_escape) { Ok(()) } else { Err(wrong('%')) }
}

/// Masks the password before the last `@`. In a web URL, or if it is unclear where the password
/// begins, masks everything between the scheme and that `@`. Also masks the values of secret
/// parameters.
///
/// The text need not be a valid URL: the password may be the part that makes the URL invalid.
pub fn masked(text: &str) -> String {
    let begins = text.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = text.split_at_checked(begins).unwrap_or_default();
    let (user, rest) = match rest.rsplit_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, rest),
    };
    let plain = |user: &str| user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let user = match user.map(|user| (user, user.split_once(':'))) {
        None => String::new(),
        Some((_, Some((name, _)))) if !scheme.starts_with("http") => format!("{name}:{BLOT}@"),
        // In a database URL, a user without a password is shown if it has only plain characters.
        // Other characters suggest a password in it. In a web URL, any such user may be a secret.
        Some((user, None)) if plain(user) && !scheme.starts_with("http") => format!("{user}@"),
        Some(_) => format!("{BLOT}@"),
    };
    let mut masked = format!("{scheme}{user}");
    for (index, piece) in rest.split_inclusive(['?', '&', '#']).enumerate() {
        let end = piece.trim_start_matches(|letter| !matches!(letter, '?' | '&' | '#'));
        match piece.split_once('=').filter(|(name, _)| index > 0 && is_secret(name)) {
            Some((name, _)) => masked.extend([name, "=", BLOT, end]),
            None => masked.push_str(piece),
        }
    }
    masked
}

/// Returns whether a parameter may hold a secret: true unless its name is known to be harmless. A
/// misspelt `pasword` holds a secret, too.
fn is_secret(name: &str) -> bool {
    const HARMLESS: [&str; 15] = [
        "mode",
        "cache",
        "immutable",
        "sslmode",
        "ssl-mode",
        "sslrootcert",
        "ssl-ca",
        "user",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "application_name",
        "charset",
        "collation",
    ];
    !HARMLESS.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_shown() {
        for (url, shown) in [
            ("sqlite:s2s.db", "sqlite:s2s.db"),
            ("sqlite:///data/s2s.db?mode=rwc", "sqlite:///data/s2s.db?mode=rwc"),
            ("postgres://db.example/s2s", "postgres://db.example/s2s"),
            ("postgres://s2s@db.example/s2s", "postgres://s2s@db.example/s2s"),
            ("postgres://s2s:geheim@db.example/s2s", "postgres://s2s:***@db.example/s2s"),
            ("postgres://s2s:TOP/geheim@db/s2s", "postgres://s2s:***@db/s2s"),
            ("postgres://s2s:TOP#geheim@db/s2s", "postgres://s2s:***@db/s2s"),
            ("postgres://s2s:TOP?geheim@db/s2s", "postgres://s2s:***@db/s2s"),
            ("postgres://s2s:TOP@geheim@db/s2s", "postgres://s2s:***@db/s2s"),
            ("postgres://s2s:TOP%geheim@db/s2s", "postgres://s2s:***@db/s2s"),
            ("postgres://s2s:[geheim@db/s2s", "postgres://s2s:***@db/s2s"),
            ("postgres://s2s: ge heim @db/s2s", "postgres://s2s:***@db/s2s"),
            ("pg://u:12/geheim@db/s2s", "pg://u:***@db/s2s"),
            ("mysql:s2s:geheim@db/s2s", "mysql:***@db/s2s"),
            ("s2s:geheim@db/s2s", "s2s:***@db/s2s"),
            ("postgres://s2s/geheim@db/s2s", "postgres://***@db/s2s"),
            (
                "postgres://db/s2s?user=s2s&pasword=geheim&port=1",
                "postgres://db/s2s?user=s2s&pasword=***&port=1",
            ),
            ("mysql://db/s2s?PassWord=geheim#x", "mysql://db/s2s?PassWord=***#x"),
            ("postgres://db/s2s?password=geheim@x", "postgres://***@x"),
            ("https://geheim@core.example", "https://***@core.example"),
            ("https://s2s:geheim@core.example/x", "https://***@core.example/x"),
            ("https://core.example", "https://core.example"),
            ("", ""),
        ] {
            let url: SecretUrl = url.parse().unwrap();
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), shown.to_owned()));
        }
    }

    #[test]
    fn the_error_of_a_password_that_ends_early_names_the_cure() {
        for (url, cure) in [
            ("postgres://s2s:TOP/geheim@db/s2s", Some("`%2F`")),
            ("postgres://u:12/geheim@db/s2s", Some("`%2F`")),
            ("mysql://u:12/geheim@db/s2s", Some("`%2F`")),
            ("mariadb://s2s:TOP#geheim@db/s2s", Some("`%23`")),
            ("postgres://s2s:12?geheim@db/s2s", Some("`%3F`")),
            ("postgresql://s2s:a\\geheim@db/s2s", Some("`%5C`")),
            ("postgres://s2s:a\tgeheim@db/s2s", Some("`%09`")),
            ("postgres://s2s:100%geheim@db/s2s", Some("`%25`")),
            ("postgres://s2s:geheim%@db/s2s", Some("`%25`")),
            ("postgres://db/s2s?password=geheim@x", Some("`%40`")),
            ("postgres://[geheim/s2s", Some("")),
            ("postgres://s2s:geheim/s2s", Some("port")),
            ("postgres://s2s:geheim@db", Some("name of the database")),
            ("postgres:s2s:geheim@db/s2s", Some("must begin")),
            ("pg://s2s:geheim@db/s2s", Some("must begin")),
            ("geheim", Some("must begin")),
            ("postgres://s2s:TOP%2Fgeheim@db/s2s", None),
            ("postgres://s2s:a@geheim@db/s2s", None),
            ("postgres://s2s:a b[]:geheim@db/s2s", None),
            ("mysql://u@db/s2s?ssl-ca=/etc/ca.pem", None),
        ] {
            let checked = url.parse::<SecretUrl>().unwrap().check_database();
            assert_eq!(checked.is_err(), cure.is_some(), "{url}: {checked:?}");
            let said = checked.err().unwrap_or_default();
            assert!(said.contains(cure.unwrap_or_default()) && !said.contains("geheim"), "{url}: {said}");
        }
    }

    #[test]
    fn an_error_of_a_library_is_blotted() {
        let url: SecretUrl = "postgres://s2s:ge%2Fheim+1@db/s2s?password=second".parse().unwrap();
        for text in [url.reveal(), "bad: ge%2Fheim+1", "bad: ge/heim+1!", "of second"] {
            let blotted = url.blotted(text);
            assert!(blotted.contains(BLOT) && !blotted.contains("heim+1"), "{blotted}");
            assert!(!blotted.contains("second"), "{blotted}");
        }
        assert_eq!(url.blotted("connection refused"), "connection refused");
    }
}

//! URLs with which the server shows who it is: what is secret in them is never shown, not even where they are refused.

use std::{convert::Infallible, fmt, str::FromStr};

use url::{Url, form_urlencoded};

use super::backend;

/// In the place of a secret.
const BLOT: &str = "***";
/// Passwords shorter than this are words of everyday text, which an error may hold by chance.
const BLOTTED_BYTES_MIN: usize = 4;

/// A URL that may hold a password. Shown without it.
#[derive(Clone, Default)]
pub struct SecretUrl(String);

impl SecretUrl {
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The path of the file, where that is the database.
    pub fn file(&self) -> Option<&str> {
        let path = self.0.strip_prefix("sqlite:")?;
        Some(path.trim_start_matches("//").split('?').next().unwrap_or_default())
    }

    /// The same as the database's driver opens it: what is percent-encoded is decoded, and a plus means itself.
    pub fn opened_file(&self) -> Option<String> {
        let path = self.file()?.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
        form_urlencoded::parse(path.as_bytes()).next().map(|(path, _)| path.into_owned())
    }

    /// Another's text without what is secret here, for example the error of a library that was given the URL.
    pub fn blotted(&self, text: &str) -> String {
        let mut text = text.replace(&self.0, &masked(&self.0));
        let passwords = Url::parse(&self.0).ok().into_iter().flat_map(|url| {
            let query = url.query_pairs().filter(|(name, _)| is_secret(name));
            let mut passwords: Vec<String> = query.map(|(_, value)| value.into_owned()).collect();
            passwords.extend(url.password().map(str::to_owned));
            passwords
        });
        for password in passwords {
            // A plus and an ampersand mean themselves in a password.
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

    /// Whether a database can be meant. The text says what is wrong, and nothing of the URL.
    pub fn check_database(&self) -> Result<(), String> {
        const KINDS: &str = "must begin with `sqlite:`, `postgres://` or `mysql://`";
        let text = self.0.as_str();
        match text.strip_prefix("sqlite:") {
            Some("") => return Err("the path of the file is missing; for example `sqlite:s2s.db`".to_owned()),
            Some(path) if path.contains(":memory:") => {
                return Err("a database in memory would lose what was acknowledged; name a file".to_owned());
            }
            Some(_) => return Ok(()),
            None if backend(text).is_none() => return Err(KINDS.to_owned()),
            None => {}
        }
        check_user(text)?;
        let Some((_, rest)) = text.split_once("://") else { return Err(KINDS.to_owned()) };
        let url = Url::parse(text).map_err(|error| {
            let hint = "; if the password holds one of `/?#@[]%:`, write it as `%` and its two hexadecimal digits, \
                        `/` as `%2F`";
            format!("{error}{}", if rest.contains(['@', '%']) { hint } else { "" })
        })?;
        if url.path().trim_matches('/').is_empty() {
            return Err("the name of the database is missing; for example `postgres://host/s2s`".to_owned());
        }
        Ok(())
    }

    /// Whether a core can be meant: it is shown an API key, so a user in its URL would be lost.
    pub fn check_core(&self) -> Result<(), String> {
        if self.0.contains('@') {
            return Err("must hold no user and no password; the key of an edge is `S2S_CORE_KEY`".to_owned());
        }
        Ok(())
    }
}

impl FromStr for SecretUrl {
    type Err = Infallible;

    /// Takes any text: clap repeats what it refuses.
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

/// Finds what of a user and a password a URL reads as something else (RFC 3986, section 3.2).
fn check_user(text: &str) -> Result<(), String> {
    let (_, rest) = text.split_once("://").unwrap_or_default();
    let (user, _) = rest.rsplit_once('@').unwrap_or_default();
    // Of one byte, as all that are looked for.
    let escaped = |letter: char| format!("%{:02X}", u32::from(letter));
    let wrong = |letter: char| {
        format!(
            "before the `@` stands a `{}` that is not escaped, so that the password ends there; write it as `{}`, or \
             an `@` behind the host as `%40`",
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

/// The text without what stands between `:` and the last `@`, and without the values of parameters that are secret.
/// It need not be a URL: a password may be what makes it none.
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
        // A lone name may be a token on the web, and is none in a database.
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

/// Whether a parameter may hold a secret: all but those that are known to hold none, since `pasword` holds one as well.
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
    fn what_is_secret_is_never_shown() {
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
    fn a_password_that_ends_too_early_is_told_how_to_be_written() {
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

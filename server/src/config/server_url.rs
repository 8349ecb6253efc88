//! The parts of a database server's URL, for the programs of its vendor.

use url::{Url, form_urlencoded};

use super::SecretUrl;

/// The parts of a database server's URL. A part that the URL lacks is `None`, and the program uses
/// its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerUrl {
    pub host: Option<String>,
    pub port: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub database: Option<String>,
    pairs: Vec<(String, String)>,
}

impl ServerUrl {
    /// The value of the parameter that has one of these names.
    pub fn parameter(&self, names: &[&str]) -> Option<&str> {
        let mut pairs = self.pairs.iter();
        pairs.find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_str())
    }
}

impl SecretUrl {
    /// The parts of the URL; `None` if the text is no URL, which `check_database` refuses. As in
    /// the database's driver, a parameter of the query prevails over the same part before the
    /// query.
    pub fn server(&self) -> Option<ServerUrl> {
        let url = Url::parse(self.reveal()).ok()?;
        let text = |text: &str| Some(decoded(text)).filter(|text| !text.is_empty());
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut server = ServerUrl { pairs, ..ServerUrl::default() };
        let given = |names: &[&str]| server.parameter(names).map(str::to_owned);
        let host = url.host_str().and_then(|host| text(host.trim_matches(['[', ']'])));
        let port = url.port().map(|port| port.to_string());
        let (host, port) = (given(&["host"]).or(host), given(&["port"]).or(port));
        let user = given(&["user"]).or_else(|| text(url.username()));
        let password = given(&["password"]).or_else(|| url.password().map(decoded));
        let database = given(&["dbname"]).or_else(|| text(url.path().trim_matches('/')));
        (server.host, server.port, server.user) = (host, port, user);
        (server.password, server.database) = (password, database);
        Some(server)
    }
}

/// Decodes the `%` escapes of a text. The form parser decodes the name of its first pair. The
/// characters that would end the name or become a blank are escaped first.
fn decoded(text: &str) -> String {
    let form = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(form.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_as_the_driver_does() {
        for (url, parts) in [
            ("postgres://db.example/s2s", [Some("db.example"), None, None, None, Some("s2s")]),
            ("postgres://u@[::1]:5433/s2s", [Some("::1"), Some("5433"), Some("u"), None, Some("s2s")]),
            (
                "postgres://u:a%2Fb+c%26d%3De%25@db/s2s",
                [Some("db"), None, Some("u"), Some("a/b+c&d=e%"), Some("s2s")],
            ),
            (
                "postgres://%2Frun%2Fpg/s2s?user=v&password=p%40q&sslmode=require",
                [Some("/run/pg"), None, Some("v"), Some("p@q"), Some("s2s")],
            ),
            (
                "mysql://u:p@db:3307/s2s?ssl-ca=/etc/ca.pem",
                [Some("db"), Some("3307"), Some("u"), Some("p"), Some("s2s")],
            ),
            ("mysql://u:@db/s2s", [Some("db"), None, Some("u"), None, Some("s2s")]),
        ] {
            let server = url.parse::<SecretUrl>().unwrap().server().unwrap();
            let found = [&server.host, &server.port, &server.user, &server.password, &server.database];
            assert_eq!(found.map(Option::as_deref), parts, "{url}");
        }
        let url: SecretUrl = "mysql://db/s2s?ssl-mode=REQUIRED".parse().unwrap();
        assert_eq!(url.server().unwrap().parameter(&["sslmode", "ssl-mode"]), Some("REQUIRED"));
    }
}

//! A sale, and the bytes of the request that reports it.

use s2s_tests::random::Random;

/// The ids of the server's clicks and codes, for the generator of requests.
pub struct Facts {
    pub clicks: Vec<String>,
    /// A code that counts once for each transaction id, and every call without a transaction id.
    pub code: String,
    /// A code that counts once for each click.
    pub once: String,
    pub unlinked: String,
    pub archived: String,
}

/// The expected outcome of a request.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// Recorded with this value, in micros.
    Recorded(i64),
    /// Recorded with this value, a duplicate, or held: that depends on other requests or on chance.
    Perhaps(i64),
    Held(&'static str),
    HeldSomehow,
    Test,
    Ignored,
    NotAllowed,
}

pub struct Request {
    pub bytes: Vec<u8>,
    pub expected: Expected,
    /// True if the server may end the connection after this request.
    pub last: bool,
}

/// The punctuation that hyper accepts in a target.
const HARMLESS: &[u8] = b"-._~:/?#[]@!$&'()*+,;=%{}|";
/// The longest body that the server reads, in bytes.
const BODY_BYTES_MAX: usize = 8 * 1_024;
/// The longest target after which the connection surely stays open, in bytes. The server's limit of
/// 64 KiB includes the header lines.
const HEAD_BYTES_MAX: usize = 60 * 1_024;

impl Request {
    pub fn new(method: &str, target: &[u8], lines: &[&str], body: &[u8], expected: Expected) -> Self {
        let mut bytes = [method.as_bytes(), b" ", target, b" HTTP/1.1\r\nHost: t.example\r\n"].concat();
        for line in lines {
            bytes.extend([line.as_bytes(), b"\r\n"].concat());
        }
        if method == "POST" {
            bytes.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
        }
        bytes.extend([b"\r\n", body].concat());
        let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || HARMLESS.contains(byte);
        let long = target.len() > HEAD_BYTES_MAX || body.len() > BODY_BYTES_MAX;
        Self { bytes, expected, last: long || !target.iter().all(harmless) }
    }

    pub fn get(query: impl AsRef<[u8]>, expected: Expected) -> Self {
        Self::new("GET", &[b"/s2s?", query.as_ref()].concat(), &[], b"", expected)
    }

    pub fn json(body: &str, expected: Expected) -> Self {
        Self::new("POST", b"/s2s", &["Content-Type: application/json"], body.as_bytes(), expected)
    }

    /// Sends the query in the URL or as a form.
    pub fn send(random: &mut Random, query: &str, expected: Expected) -> Self {
        if random.one_in(4) {
            let form = "Content-Type: application/x-www-form-urlencoded";
            return Self::new("POST", b"/s2s", &[form], query.as_bytes(), expected);
        }
        Self::get(query, expected)
    }
}

/// A good report of a sale: the texts of its parameters, and its value in micros.
pub struct Sale {
    pub click: String,
    pub code: String,
    pub value: String,
    pub micros: i64,
    pub commission: String,
    pub transaction: String,
}

impl Sale {
    pub fn new(random: &mut Random, facts: &Facts) -> Self {
        let micros = i64::try_from(random.below(2_000_000_000)).unwrap();
        Self {
            click: facts.clicks[random.below(facts.clicks.len())].clone(),
            code: facts.code.clone(),
            value: format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000),
            micros,
            commission: random.pick(&["0", "0.5", "12.34", "1000"]).to_owned(),
            // Unique, so that the sale counts.
            transaction: format!("o{:016x}", random.next()),
        }
    }

    /// A sale whose `micros` are whole units, and the number of units. The caller sets the text of
    /// the value.
    pub fn of_units(random: &mut Random, facts: &Facts) -> (Self, usize) {
        let units = 1 + random.below(999);
        let sale = Self { micros: i64::try_from(units).unwrap() * 1_000_000, ..Self::new(random, facts) };
        (sale, units)
    }

    /// The name and text of each parameter.
    pub fn pairs(&self) -> [(&'static str, &str); 5] {
        [
            ("clickId", &self.click),
            ("id", &self.code),
            ("val", &self.value),
            ("com", &self.commission),
            ("oid", &self.transaction),
        ]
    }

    pub fn query(&self) -> String {
        self.joined("&")
    }

    pub fn joined(&self, separator: &str) -> String {
        self.pairs().map(|(name, text)| format!("{name}={text}")).join(separator)
    }

    /// The text of a parameter, by its place among the pairs.
    pub fn text(&mut self, place: usize) -> &mut String {
        match place {
            0 => &mut self.click,
            1 => &mut self.code,
            2 => &mut self.value,
            3 => &mut self.commission,
            _ => &mut self.transaction,
        }
    }

    pub fn recorded(&self, random: &mut Random) -> Request {
        Request::send(random, &self.query(), Expected::Recorded(self.micros))
    }

    pub fn held(&self, random: &mut Random, reason: &'static str) -> Request {
        Request::send(random, &self.query(), Expected::Held(reason))
    }
}

/// Percent-encodes every byte that is not a letter or digit.
pub fn encoded(text: impl AsRef<[u8]>) -> String {
    let escape = |byte: &u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.as_ref().iter().map(escape).collect()
}

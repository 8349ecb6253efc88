//! Looks up the ids of conversion codes by name, and the settings of the codes, which decide how
//! rows are read. Remembers the server's answers, so that most rows need no lookup.

use std::collections::BTreeMap;

use s2s_sdk::{
    Client,
    amount::Currency,
    parameter::is_trimmed,
    v1::{ConversionStatus, DecimalSeparator, DedupePolicy, ErrorReason, GetConversionCodeRequest},
};
use tokio::{runtime::Handle, task::block_in_place};

use crate::{failure::Failure, names};

/// Maximum number of codes that are remembered.
const CODES_MAX: usize = 1_000;

/// The outcome of looking up a conversion code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Known(Terms),
    /// There is no such code. The server reports this when the row is sent.
    Missing,
    /// The API key may not read codes.
    Barred,
    /// The server did not answer.
    Unreadable,
}

/// The settings by which a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub currency: Option<Currency>,
    pub separator: DecimalSeparator,
    pub dedupe: DedupePolicy,
    /// Status of a conversion that comes without a status.
    pub status: ConversionStatus,
}

/// The codes of a server.
pub struct Codes {
    client: Client,
    runtime: Handle,
    known: BTreeMap<String, Code>,
    /// The ids of codes by their names. A name that no code has is its own id. The error is the
    /// sentence about a name that several codes have.
    named: BTreeMap<String, Result<String, String>>,
    /// True once the server has said that the API key may not read codes.
    is_barred: bool,
}

impl Codes {
    /// Must be called in a runtime.
    pub fn new(client: &Client) -> Self {
        let (client, runtime) = (client.clone(), Handle::current());
        Self { client, runtime, known: BTreeMap::new(), named: BTreeMap::new(), is_barred: false }
    }

    /// Returns the id of the code with this id or name. Returns a text that names no code as it is,
    /// because the server says what is wrong with the text. Blocks the calling thread until the
    /// server has answered. Fails if several codes have the name, or if the server does not answer.
    pub fn id(&mut self, given: &str) -> Result<String, Failure> {
        let given = given.trim_matches(is_trimmed);
        if given.is_empty() || names::is_code_id(given) || self.is_barred {
            return Ok(given.to_owned());
        }
        if let Some(known) = self.named.get(given) {
            return known.clone().map_err(Failure::Found);
        }
        let found = block_in_place(|| self.runtime.block_on(names::named_code(given, &self.client)));
        let id = match found {
            Err(Failure::Call(error)) if error.reason() == ErrorReason::ScopeMissing => {
                self.is_barred = true;
                Ok(given.to_owned())
            }
            Err(Failure::Found(sentence)) => Err(sentence),
            found => Ok(found?.unwrap_or_else(|| given.to_owned())),
        };
        if self.named.len() >= CODES_MAX {
            self.named.clear();
        }
        self.named.insert(given.to_owned(), id.clone());
        id.map_err(Failure::Found)
    }

    /// Finds a code. Blocks the calling thread until the server has answered.
    pub fn find(&mut self, id: &str) -> Code {
        if !names::is_code_id(id) {
            return Code::Missing;
        }
        if self.is_barred {
            return Code::Barred;
        }
        let id = id.to_ascii_uppercase();
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let request = GetConversionCodeRequest { conversion_code_id: id.clone() };
        let found = block_in_place(|| self.runtime.block_on(self.client.conversion_codes().get(request)));
        let code = match found.map(|response| response.conversion_code.unwrap_or_default()) {
            Ok(code) => Code::Known(Terms {
                currency: code.default_currency.parse().ok(),
                separator: code.decimal_separator(),
                dedupe: code.dedupe_policy(),
                status: code.default_status(),
            }),
            Err(error) if error.reason() == ErrorReason::ResourceNotFound => Code::Missing,
            Err(error) => {
                self.is_barred = error.reason() == ErrorReason::ScopeMissing;
                return if self.is_barred { Code::Barred } else { Code::Unreadable };
            }
        };
        if self.known.len() >= CODES_MAX {
            self.known.clear();
        }
        self.known.insert(id, code);
        code
    }
}

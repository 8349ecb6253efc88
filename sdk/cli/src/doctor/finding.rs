//! A finding of the doctor.

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Ok,
    /// Conversions are lost, or will be.
    Fault,
    /// May be intended; worth a look.
    Hint,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Fault => "fault",
            Self::Hint => "hint",
        }
    }
}

/// One sentence about the set-up, with the cure if there is something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check that made the finding, for example `link`.
    pub check: &'static str,
    pub state: State,
    /// The thing that the sentence is about, for example a slug; may be empty.
    pub subject: String,
    pub message: String,
    pub cure: String,
}

impl Finding {
    pub fn ok(check: &'static str, subject: &str, message: impl Into<String>) -> Self {
        Self::new(State::Ok, check, subject, message, "")
    }

    pub fn fault(
        check: &'static str,
        subject: &str,
        message: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self::new(State::Fault, check, subject, message, cure)
    }

    pub fn hint(
        check: &'static str,
        subject: &str,
        message: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self::new(State::Hint, check, subject, message, cure)
    }

    pub fn new(
        state: State,
        check: &'static str,
        subject: &str,
        message: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { check, state, subject: subject.to_owned(), message: message.into(), cure: cure.into() }
    }

    pub fn to_json(&self) -> Value {
        json!({
            "check": self.check,
            "state": self.state.word(),
            "subject": self.subject,
            "message": self.message,
            "cure": self.cure,
        })
    }

    /// The cells of a row, in the order of the JSON's fields.
    pub fn cells(&self) -> [String; 5] {
        let Self { check, state, subject, message, cure } = self;
        [check, state.word(), subject, message, cure].map(str::to_owned)
    }
}

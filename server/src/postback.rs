//! Postbacks: everything that arrived at `/s2s`, and what became of it.
//!
//! A postback is read, judged, and written together with the conversion it became, in one transaction.
//! What does not count is held as it came, and can be replayed. An edge hands over raw bytes and reads
//! nothing itself: live traffic, replay and explanation go through one reader, here.
//!
//! Absent on purpose: a postback of a test; and secrets, signatures and addresses, which are not checked
//! yet.

pub mod grpc;
mod reader;
mod store;

use std::{fmt, str::FromStr, sync::Arc};

use s2s_sdk::v1::{ErrorReason, Note, NoteCode, ReplySetting};
use sea_orm::{DeriveActiveEnum, DeriveValueType, EnumIter};
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    auth::Scope,
    conversion::{self, Conversion, note},
    conversion_code,
    db::json_text,
    error::{Error, Result, reason_text},
    id::{AccountId, prefixed_id},
    page::PageRequest,
    time::Time,
};

pub use reader::Parameter;
#[cfg(fuzzing)]
pub use reader::check_reading;
use reader::{Reading, Test};
pub use store::Model as Postback;

/// Longest request target and body, in bytes.
pub const TARGET_BYTES_MAX: usize = 8 * 1_024;
pub const BODY_BYTES_MAX: usize = 8 * 1_024;
/// Postbacks in one replay.
pub const REPLAY_MAX: usize = 100;
/// Bytes of the key that the list is sorted by: the id, which begins with its time.
pub const LIST_KEY_BYTES: usize = 16;

prefixed_id!(
    /// The id of a postback.
    PostbackId,
    "pb_"
);

/// What became of a stored postback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum Verdict {
    #[sea_orm(num_value = 1)]
    Recorded,
    #[sea_orm(num_value = 2)]
    Duplicate,
    #[sea_orm(num_value = 5)]
    Held,
}

/// Why a postback is held; the reason's name without prefix in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Reason(pub ErrorReason);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(reason_text(self.0))
    }
}

impl FromStr for Reason {
    type Err = sea_orm::sea_query::ValueTypeErr;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let reason = ErrorReason::from_str_name(&format!("ERROR_REASON_{text}"));
        reason.map(Self).ok_or(sea_orm::sea_query::ValueTypeErr)
    }
}

/// The notes of a postback: code, parameter and sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Notes(Vec<(i32, String, String)>);
json_text!(Notes);

impl Notes {
    fn new(notes: Vec<Note>) -> Self {
        Self(notes.into_iter().map(|note| (note.code, note.parameter, note.message)).collect())
    }

    fn append(&mut self, notes: Vec<Note>) {
        self.0.extend(Self::new(notes).0);
    }

    fn to_proto(&self) -> Vec<Note> {
        let notes = self.0.iter().cloned();
        notes.map(|(code, parameter, message)| Note { code, parameter, message }).collect()
    }
}

/// A postback as it arrived, within the limits.
#[derive(Clone, Debug)]
pub struct Raw {
    pub method: String,
    pub target: Vec<u8>,
    pub content_type: String,
    pub body: Vec<u8>,
    /// Shortened.
    pub address: String,
    pub user_agent: String,
    pub received_at: Time,
    /// Target or body were over their limit and are cut to it.
    pub cut: bool,
}

/// What became of a postback that was taken in.
pub enum Received {
    /// It is stored.
    Stored { postback: Postback, reply: Option<ReplySetting> },
    /// It was a test; nothing is stored.
    Test { outcome: Result<Rehearsed>, notes: Vec<Note>, reply: Option<ReplySetting> },
}

/// What would be recorded; `None` where the click id is one for tests, so that there is no conversion.
pub type Rehearsed = Option<conversion::Recorded>;

/// Takes in a postback. `Ok` means that what became of it is durable; `Err`, that it was not taken in.
pub async fn receive(app: &App, id: PostbackId, raw: Raw) -> Result<Received> {
    let reading = reader::read(&raw);
    let (account, reply) = owner(app, &reading).await?;
    if reading.test.is_some() {
        let (mut notes, outcome) =
            (reading.notes.clone(), rehearse(app, Scope::Installation, reading).await?);
        notes.push(note(NoteCode::Test, "test", "this was a test; nothing was recorded"));
        return Ok(Received::Test { outcome, notes, reply });
    }
    let (postback, judged) = judge(app, id, raw, reading, account).await?;
    let postback = write(app, postback, judged, store::Mode::Insert).await?;
    Ok(Received::Stored { postback, reply })
}

/// Reads held postbacks again. One that is not held any more is returned as it is.
pub async fn replay(
    app: &App,
    account: AccountId,
    ids: &[PostbackId],
    validate_only: bool,
) -> Result<Vec<Postback>> {
    let mut postbacks = Vec::with_capacity(ids.len());
    for id in ids {
        let postback = get(app, account, *id).await?;
        postbacks.push(replay_one(app, postback, validate_only).await?);
    }
    Ok(postbacks)
}

async fn replay_one(app: &App, held: Postback, validate_only: bool) -> Result<Postback> {
    // What was cut is gone: reading the rest would count something that was never sent.
    let cut = held.reason == Some(Reason(ErrorReason::RequestTooLarge));
    if held.verdict != Verdict::Held || cut {
        return Ok(held);
    }
    let raw = held.raw();
    let reading = reader::read(&raw);
    let (account, _) = owner(app, &reading).await?;
    let (mut postback, judged) = judge(app, held.id, raw, reading, account).await?;
    postback.replayed_at = Some(app.now());
    if validate_only {
        let outcome = match judged {
            Ok(conversion) => conversion::preview(app, conversion).await,
            Err(error) => Err(error),
        };
        postback.conclude(outcome);
        return Ok(postback);
    }
    write(app, postback, judged, store::Mode::Update).await
}

/// How a postback is read, and what would become of it.
pub struct Explained {
    pub parameters: Vec<Parameter>,
    pub notes: Vec<Note>,
    pub test: bool,
    pub outcome: Result<Rehearsed>,
}

/// Reads a postback and says what would become of it. Records nothing.
pub async fn explain(app: &App, account: AccountId, mut target: Vec<u8>) -> Result<Explained> {
    let now = app.now();
    let cut = target.len() > TARGET_BYTES_MAX;
    target.truncate(TARGET_BYTES_MAX);
    let raw = Raw {
        method: "GET".to_owned(),
        target,
        content_type: String::new(),
        body: Vec::new(),
        address: String::new(),
        user_agent: String::new(),
        received_at: now,
        cut,
    };
    let reading = reader::read(&raw);
    let explained = Explained {
        parameters: reading.parameters.clone(),
        notes: reading.notes.clone(),
        test: reading.test.is_some(),
        outcome: rehearse(app, Scope::Account(account), reading).await?,
    };
    Ok(explained)
}

/// Judges a reading without recording anything. `Err` inside: it would not count; outside: nothing is
/// known yet.
async fn rehearse(app: &App, scope: Scope, reading: Reading) -> Result<Result<Rehearsed>> {
    let test = reading.test;
    let outcome = async {
        let report = reading.report?;
        if test == Some(Test::ClickId) {
            conversion_code::find(app, scope, report.code).await?;
            return Ok(None);
        }
        let conversion = conversion::judge(app, scope, report).await?;
        conversion::preview(app, conversion).await.map(Some)
    };
    settled(outcome.await)
}

/// Tells a verdict on the postback from a failure that says nothing of it.
fn settled<T>(outcome: Result<T>) -> Result<Result<T>> {
    match outcome {
        Err(error) if !error.is_final() => Err(error),
        outcome => Ok(outcome),
    }
}

pub async fn get(app: &App, account: AccountId, id: PostbackId) -> Result<Postback> {
    let found = store::find(app.db.reader(), account, id).await?;
    found.ok_or_else(|| Error::not_found("postback", &id))
}

/// Which postbacks a list has; all that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub verdict: Option<Verdict>,
    pub reason: Option<Reason>,
    pub code_text: Option<String>,
}

/// Newest first.
pub async fn list(
    app: &App,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<(Vec<Postback>, String)> {
    let rows = store::list(app.db.reader(), account, filter, page).await?;
    Ok(page.cut(rows, |postback| postback.id.0.into_bytes()))
}

/// The account that a postback belongs to, and how it wants postbacks answered. One that names no
/// known code belongs to the installation's own account, where somebody will see it.
async fn owner(app: &App, reading: &Reading) -> Result<(AccountId, Option<ReplySetting>)> {
    let Ok(id) = reading.code_text.parse() else { return Ok((AccountId::DEFAULT, None)) };
    match conversion_code::find(app, Scope::Installation, id).await {
        Ok(code) => Ok((code.account_id, Some(code.reply()))),
        Err(error) if error.is_final() => Ok((AccountId::DEFAULT, None)),
        Err(error) => Err(error),
    }
}

/// The row to store, and the conversion it is to become. `Err` inside: it does not count; outside:
/// nothing is known yet.
async fn judge(
    app: &App,
    id: PostbackId,
    raw: Raw,
    reading: Reading,
    account: AccountId,
) -> Result<(Postback, Result<Conversion>)> {
    let received_at = raw.received_at;
    let postback = Postback::new(id, account, raw, &reading);
    let judged = match reading.report {
        Ok(mut report) => {
            report.converted_at = Some(received_at);
            report.request_id = Some(id.0.as_bytes().to_vec());
            conversion::judge(app, Scope::Installation, report).await
        }
        Err(error) => Err(error),
    };
    Ok((postback, settled(judged)?))
}

async fn write(
    app: &App,
    mut postback: Postback,
    judged: Result<Conversion>,
    mode: store::Mode,
) -> Result<Postback> {
    let conversion = match judged {
        Ok(conversion) => Some(Arc::new(conversion)),
        Err(error) => {
            postback.conclude(Err(error));
            None
        }
    };
    app.commit.write(store::Receipt { postback, conversion, mode }).await
}

impl Postback {
    /// A postback of which nothing is decided yet.
    fn new(id: PostbackId, account_id: AccountId, raw: Raw, reading: &Reading) -> Self {
        Self {
            id,
            account_id,
            method: raw.method,
            target: raw.target,
            content_type: raw.content_type,
            body: raw.body,
            address: raw.address,
            user_agent: raw.user_agent,
            received_at: raw.received_at,
            verdict: Verdict::Held,
            reason: None,
            message: String::new(),
            notes: Notes::new(reading.notes.clone()),
            code_text: reading.code_text.clone(),
            click_text: reading.click_text.clone(),
            conversion_id: String::new(),
            replayed_at: None,
        }
    }

    /// Enters what became of it.
    fn conclude(&mut self, outcome: Result<conversion::Recorded>) {
        match outcome {
            Ok(recorded) => {
                self.verdict = if recorded.duplicate { Verdict::Duplicate } else { Verdict::Recorded };
                self.reason = None;
                self.message = String::new();
                self.conversion_id = recorded.conversion.id().to_string();
                self.notes.append(recorded.notes);
            }
            Err(error) => {
                self.verdict = Verdict::Held;
                self.reason = Some(Reason(error.reason()));
                error.message().clone_into(&mut self.message);
            }
        }
    }

    fn raw(&self) -> Raw {
        Raw {
            method: self.method.clone(),
            target: self.target.clone(),
            content_type: self.content_type.clone(),
            body: self.body.clone(),
            address: self.address.clone(),
            user_agent: self.user_agent.clone(),
            received_at: self.received_at,
            cut: false,
        }
    }
}

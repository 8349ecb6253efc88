//! Postbacks: the calls of `/s2s` that arrived, and their verdicts.
//!
//! A postback is read and judged, and is then written in one transaction with the conversion that
//! it becomes. Its secrets are removed before anything is stored. A postback that does not count
//! is held, and can be replayed. An edge passes on the raw bytes and reads nothing itself, so live
//! traffic, replays and explanations share one reader, `reader`.
//!
//! Absent on purpose: rows of test postbacks (`test=1`, or a test click id), which would hide real
//! postbacks in lists.

mod authentication;
mod differences;
mod erase;
mod explain;
pub mod grpc;
mod judgement;
mod known_senders;
mod list;
mod matching;
mod of_click;
mod packed_row;
mod proof;
mod reader;
mod redaction;
mod refund;
mod repetitions;
mod replay;
mod samples;
mod shedding;
mod status;
mod store;
mod strangers;
mod update;
mod watch;

use std::{fmt, str::FromStr};

use s2s_sdk::v1::{ErrorReason, Note, NoteCode, ReplySetting};
use sea_orm::{DeriveActiveEnum, DeriveValueType, EnumIter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    api::Tenant,
    core::{
        App, age,
        conversion::{self, note},
        conversion_code::ConversionCode,
    },
    error::{Error, Result, reason_text},
    values::{
        address::Network,
        id::{AccountId, PostbackId, id_time},
        json_text::json_text,
        time::Time,
    },
};

use authentication::Checked;
pub use authentication::Sender;
pub use erase::{Erased, erase_visitor};
pub use explain::{ClickHistory, Explanation, SetupTest, explain, explain_click, explain_stored, test_setup};
use judgement::{DryRun, judge, read, redacted, rehearse, split_retryable, write};
pub use known_senders::{KnownSenders, delete_old as delete_old_senders};
pub use list::{Filter, LIST_KEY_BYTES, TEXT_BYTES_MAX, list};
pub use matching::run_auto_match;
use proof::Proof;
use reader::{Named, ParsedPostback, Terms};
pub use reader::{Overrides, Parameter};
#[cfg(fuzzing)]
pub use reader::{check_body, check_reading, worth_of};
use repetitions::Again;
pub use replay::{Replay, replay, replay_held};
use shedding::Room;
pub use shedding::{ShedCounts, Shedding};
pub use status::status_after;
pub use store::PostbackWrite;
pub use strangers::{StrangerPostback, Strangers, run as run_strangers_bound};

/// Maximum number of postbacks in one replay by ids.
pub const REPLAY_MAX: usize = 100;
/// The verdict on a stored postback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum Verdict {
    #[sea_orm(num_value = 1)]
    Recorded,
    #[sea_orm(num_value = 2)]
    Duplicate,
    #[sea_orm(num_value = 5)]
    Held,
    #[sea_orm(num_value = 6)]
    Updated,
}

/// The reason for which a postback is held. Stored as the reason's name without `ERROR_REASON_`.
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes(Vec<(i32, String, String)>);
json_text!(Notes);

impl Notes {
    fn new(notes: Vec<Note>) -> Self {
        Self(notes.into_iter().map(|note| (note.code, note.parameter, note.message)).collect())
    }

    fn append(&mut self, notes: Vec<Note>) {
        self.0.extend(Self::new(notes).0);
    }

    /// The size of the texts, in bytes.
    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, parameter, message)| parameter.len() + message.len()).sum()
    }

    fn has(&self, code: NoteCode) -> bool {
        self.0.iter().any(|(number, ..)| *number == i32::from(code))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn to_proto(&self) -> Vec<Note> {
        let notes = self.0.iter().cloned();
        notes.map(|(code, parameter, message)| Note { code, parameter, message }).collect()
    }
}

/// A postback: the request, cut to the limits; the verdict; and the facts that led to the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postback {
    pub id: PostbackId,
    pub account_id: AccountId,
    pub method: String,
    pub target: Vec<u8>,
    pub content_type: String,
    pub body: Vec<u8>,
    /// True if target or body was longer than its limit, and is cut to it.
    pub cut: bool,
    /// The sender's address as it is stored: whole, truncated or empty.
    pub address: String,
    pub user_agent: String,
    pub received_at: Time,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: String,
    pub notes: Notes,
    pub code_text: String,
    pub click_text: String,
    pub conversion_id: String,
    /// True if the postback passed the enforced checks of its code when it came. False if the code
    /// was unknown then.
    pub authenticated: bool,
    pub replayed_at: Option<Time>,
    pub match_at: Option<Time>,
    /// The checks that the postback passed when it came, including checks that were off. `None` if
    /// it came before proofs were stored.
    pub checks_passed: Option<Proof>,
    /// True if an edge passed the postback on. False if a caller reported it with an API key of its
    /// account.
    pub from_edge: bool,
}

/// The caller that passes a postback on.
pub struct Source {
    /// The accounts whose codes the postback may name: the caller's own account, or all accounts if
    /// the caller is an edge.
    pub tenant: Tenant,
    /// Identifies a postback that has no transaction id. `None` if the caller is an edge, or sent
    /// no request id.
    pub request_id: Option<Vec<u8>>,
}

/// The outcome for a postback that was received.
pub enum Received {
    /// Stored, with its verdict.
    Stored { postback: Postback, reply: Option<ReplySetting> },
    /// The conversion was recorded before, and was repeated so often that this postback is not
    /// stored.
    Repetition { conversion_id: String, notes: Vec<Note>, reply: Option<ReplySetting> },
    /// A test; nothing is stored.
    Test { outcome: Result<Option<conversion::Recorded>>, notes: Vec<Note>, reply: Option<ReplySetting> },
}

/// Receives a postback. `Ok` means that the postback is durable, was a test, or repeats a recorded
/// conversion too often to be stored. `Err` means that it was refused, or that storing it failed. A
/// postback that names no known code keeps the account with which it arrived.
pub async fn receive(app: &App, mut postback: Postback, sender: Sender, source: Source) -> Result<Received> {
    let Source { tenant, request_id } = source;
    age::make_room_for_new(app, id_time(postback.id.0)).await?;
    let (reading, code) = read(app, tenant, &postback, &Overrides::default()).await?;
    let code = code.as_deref();
    let reply = code.map(ConversionCode::reply);
    let checked = code.map(|code| authentication::check(code, &postback, &reading.parameters, Some(&sender)));
    let Checked { refusal, notes, signature, proof, .. } = checked.unwrap_or_else(Checked::none);
    postback.checks_passed = Some(proof);
    let mut reading = redacted(app, tenant, &mut postback, reading, code).await?;
    reading.notes.extend(notes);
    if reading.test.is_some() {
        let mut notes = reading.notes.clone();
        let outcome = match refusal {
            Some(refusal) => Err(refusal),
            None => rehearse(app, code, reading).await?.outcome,
        };
        let is_proved = code.is_some_and(authentication::has_proof);
        let outcome =
            outcome.map_err(|error| if is_proved { error } else { repetitions::without_amounts(error) });
        notes.push(note(NoteCode::Test, "test", "this was a test; nothing was recorded"));
        return Ok(Received::Test { outcome, notes, reply });
    }
    postback.account_id = code.map_or(postback.account_id, |code| code.account_id);
    // Without a known code, nothing was checked.
    postback.authenticated = code.is_some() && refusal.is_none();
    let judged = judge(app, code, &mut postback, reading, signature.or(request_id)).await?;
    // A browser's call, and a call that failed an enforced check, are held whatever the judgement,
    // and are not matched automatically.
    let matched = refusal.is_none() && !sender.from_browser;
    let judged = match (refusal, judged) {
        (Some(refusal), _) => Err(refusal),
        (None, Ok(_)) if sender.from_browser => Err(browser_call()),
        (None, judged) => judged,
    };
    let judged = match judged {
        Ok(report) if tenant == Tenant::All => match repetitions::look_up(app, report).await? {
            Again::Repetition(recorded) => {
                return Ok(repetitions::answer(*recorded, postback.notes.to_proto(), reply));
            }
            Again::Judged(judged) => judged,
        },
        judged => judged,
    };
    if let Err(held_for) = &judged {
        make_room(app, tenant, &mut postback, &sender, code, held_for).await?;
    }
    let click = judged.as_ref().ok().map(|report| report.conversion.click_id);
    let written = write(app, postback, judged, matched, store::Mode::Insert).await?;
    let mut postback = written.ok_or_else(|| Error::internal("the postback that was inserted"))?;
    if let (Some(click), Tenant::All, Verdict::Duplicate | Verdict::Held) = (click, tenant, postback.verdict)
    {
        app.shedding.count_repetition(click).await;
    }
    if let (Verdict::Recorded, Tenant::All, Some(code)) = (postback.verdict, tenant, code) {
        known_senders::note(app, code.id, Network::of(sender.address)).await;
    }
    // The stored message names the recorded amounts. Only callers with an API key, and senders who
    // have proved who they are, may see them.
    let is_proved = tenant != Tenant::All || code.is_some_and(authentication::has_proof);
    let kept = postback.reason.and_then(|Reason(reason)| repetitions::message_without_amounts(reason));
    if let Some(message) = kept.filter(|_| !is_proved) {
        message.clone_into(&mut postback.message);
    }
    Ok(Received::Stored { postback, reply })
}

/// Applies the limits of `shedding` to a postback that is about to be held, and counts its bytes
/// (`strangers`) if they are bounded. `Err` means that the postback is shed: nothing is stored.
async fn make_room(
    app: &App,
    tenant: Tenant,
    postback: &mut Postback,
    sender: &Sender,
    code: Option<&ConversionCode>,
    held_for: &Error,
) -> Result<()> {
    // Boxed, to keep the caller's future small: most postbacks count.
    let room = Box::pin(shedding::admit(app, tenant, postback, sender, code, held_for)).await?;
    let Room::Bounded { network, shed_before } = room else { return Ok(()) };
    if shed_before > 0 {
        let message = format!("before it, {shed_before} more came from {network} that were not kept");
        postback.notes.append(vec![note(NoteCode::OthersNotKept, "", message)]);
    }
    Box::pin(strangers::count(app, postback, network, held_for)).await
}

/// The error for a call by a browser. Anybody who sees the URL in a page could report a sale with
/// it, and the page calls the URL again at every visit. A replay counts such a postback anyway,
/// because a person has asked for the replay.
fn browser_call() -> Error {
    let message = "a browser called this URL, but only the merchant's server may call it; to try the URL, add \
                   `&test=1`; if the sale is real, replay the postback";
    Error::new(ErrorReason::BrowserCall, message)
}

pub async fn get(app: &App, account: AccountId, id: PostbackId) -> Result<Postback> {
    let found = store::find(app.db.reader(), account, id).await?;
    found.ok_or_else(|| Error::not_found("postback", &id))
}

/// The order id that a postback names; empty if it names none.
pub fn order_of(postback: &Postback) -> String {
    Named::read(postback).order().to_owned()
}

/// Deletes a batch of the postbacks whose id is less than `below`, including held ones. Returns the
/// number deleted, and true if more may be left.
pub async fn delete_some(app: &App, below: Uuid) -> Result<(u64, bool)> {
    let more_to_forget = strangers::forget_some(app, below).await?;
    let (deleted, more) = app.db.delete_some::<store::Entity>(store::Column::Id, below).await?;
    Ok((deleted, more || more_to_forget))
}

impl Postback {
    /// A postback that has arrived and has not been read.
    pub fn arrived(id: PostbackId, account_id: AccountId, received_at: Time) -> Self {
        Self {
            id,
            account_id,
            method: String::new(),
            target: Vec::new(),
            content_type: String::new(),
            body: Vec::new(),
            cut: false,
            address: String::new(),
            user_agent: String::new(),
            received_at,
            verdict: Verdict::Held,
            reason: None,
            message: String::new(),
            notes: Notes::default(),
            code_text: String::new(),
            click_text: String::new(),
            conversion_id: String::new(),
            authenticated: true,
            replayed_at: None,
            match_at: None,
            checks_passed: None,
            from_edge: false,
        }
    }

    /// Sets the verdict.
    fn apply_outcome(&mut self, outcome: Result<conversion::Counted>) {
        match outcome {
            Ok(counted) => {
                self.verdict = match counted.verdict {
                    conversion::Verdict::Recorded => Verdict::Recorded,
                    conversion::Verdict::Duplicate => Verdict::Duplicate,
                    conversion::Verdict::Updated => Verdict::Updated,
                };
                self.reason = None;
                self.message = String::new();
                self.match_at = None;
                self.conversion_id = counted.id.to_string();
                self.notes.append(counted.notes);
            }
            Err(error) => {
                self.verdict = Verdict::Held;
                self.reason = Some(Reason(error.reason()));
                error.message().clone_into(&mut self.message);
            }
        }
    }
}

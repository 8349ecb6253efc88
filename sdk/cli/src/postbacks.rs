//! `s2s postbacks`: lists, explains and replays postbacks.

mod replay;

use std::io::{self, Write as _};

use clap::{Args, Subcommand, ValueEnum};
use s2s_sdk::{
    Client,
    v1::{
        ErrorReason, ExplainPostbackRequest, ExplainPostbackResponse, GetPostbackRequest,
        ListPostbacksRequest, Postback, PostbackFilter, PostbackVerdict, Step, StepOutcome,
        explain_postback_request::Postback as Explained,
    },
};

use crate::{
    args::{Limit, given_id},
    cells::{amount, currency, plain, time, word},
    failure::Failure,
    names,
    output::{self, Column, Format, Output, Record},
    schema,
    time::{When, Zone},
};

/// Prefix of a stored postback's id.
const ID_PREFIX: &str = "pb_";
/// Length of a click id, in characters.
const CLICK_ID_CHARS: usize = 40;
/// Length of a conversion code's id, in hexadecimal digits.
const CODE_ID_DIGITS: usize = 32;
#[derive(Subcommand)]
pub enum Action {
    /// Lists the account's postbacks, newest first.
    List {
        /// Only postbacks with this verdict.
        #[arg(long, value_enum)]
        verdict: Option<OnlyVerdict>,
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one postback.
    Show { id: String },
    /// Explains step by step how a postback is read and which verdict it gets. Records nothing.
    Explain {
        /// Postback URL, or id of a stored postback.
        postback: String,
    },
    /// Reads held postbacks again once the cause is fixed. Replaying a postback twice counts once.
    ///
    /// Needs the ids of the postbacks, or filters that select them, or `--all` for all held
    /// postbacks.
    Replay(replay::Replay),
}

#[derive(Clone, Copy, ValueEnum)]
pub enum OnlyVerdict {
    Recorded,
    Duplicate,
    Updated,
    Held,
}

impl From<OnlyVerdict> for PostbackVerdict {
    fn from(verdict: OnlyVerdict) -> Self {
        match verdict {
            OnlyVerdict::Recorded => Self::Recorded,
            OnlyVerdict::Duplicate => Self::Duplicate,
            OnlyVerdict::Updated => Self::Updated,
            OnlyVerdict::Held => Self::Held,
        }
    }
}

/// Filters for postbacks, combined with AND.
#[derive(Args)]
pub struct Filter {
    /// Only postbacks held for this reason, for example `ATTRIBUTION_WINDOW_PASSED`.
    #[arg(long, value_parser = parse_reason)]
    reason: Option<ErrorReason>,
    /// Only postbacks that name the conversion code with this id or name.
    #[arg(long, value_name = "CODE", value_parser = given_id)]
    code: Option<String>,
    /// Only postbacks that arrived at or after this time, for example `2026-11-24`,
    /// `yesterday` or `2026-11-24 14:05`. A date alone is the beginning of that day.
    #[arg(long, value_name = "TIME")]
    since: Option<When>,
    /// Only postbacks that arrived before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    /// Only postbacks that contain this text, for example `order-1001`.
    #[arg(long)]
    text: Option<String>,
}

impl Filter {
    /// Replaces the name of a code with its id.
    async fn with_ids(mut self, client: &Client) -> Result<Self, Failure> {
        self.code = names::code_option(self.code, client).await?;
        Ok(self)
    }

    fn is_empty(&self) -> bool {
        let Self { reason, code, since, until, text } = self;
        reason.is_none() && code.is_none() && since.is_none() && until.is_none() && text.is_none()
    }

    fn read(self, zone: &Zone) -> Result<PostbackFilter, Failure> {
        Ok(PostbackFilter {
            reason: self.reason.unwrap_or_default().into(),
            conversion_code_id: self.code.unwrap_or_default(),
            start_time: zone.option(self.since)?,
            end_time: zone.option(self.until)?,
            text: self.text.unwrap_or_default(),
            ..Default::default()
        })
    }
}

/// Reads the name of a reason, in upper or lower case.
pub fn parse_reason(text: &str) -> Result<ErrorReason, String> {
    let name = format!("ERROR_REASON_{}", text.to_ascii_uppercase().replace('-', "_"));
    ErrorReason::from_str_name(&name).ok_or_else(|| "no reason has this name".to_owned())
}

impl Record for Postback {
    const MESSAGE: &'static str = "Postback";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("receive_time", |one| time(one.raw.as_ref().and_then(|raw| raw.receive_time.as_ref()))),
        ("id", |one| one.id.clone()),
        ("verdict", verdict),
        ("reason", |one| word(one.reason().as_str_name(), "ERROR_REASON_").to_uppercase()),
        ("message", |one| one.message.clone()),
        ("conversion_id", |one| one.conversion_id.clone()),
        ("conversion_code_id", |one| one.conversion_code_id.clone()),
        ("click_id", |one| one.click_id.clone()),
        ("method", |one| one.raw.clone().unwrap_or_default().method),
        ("target", |one| text(one.raw.as_ref().map(|raw| raw.target.as_slice()))),
        ("body", |one| text(one.raw.as_ref().map(|raw| raw.body.as_slice()))),
        ("sender_address", |one| one.raw.clone().unwrap_or_default().sender_address),
        ("user_agent", |one| one.raw.clone().unwrap_or_default().user_agent),
        ("notes", |one| {
            let notes: Vec<&str> = one.notes.iter().map(|note| note.message.as_str()).collect();
            notes.join("; ")
        }),
        ("replay_time", |one| time(one.replay_time.as_ref())),
        ("next_match_time", |one| time(one.next_match_time.as_ref())),
    ];
}

fn verdict(postback: &Postback) -> String {
    word(postback.verdict().as_str_name(), "POSTBACK_VERDICT_")
}

fn text(bytes: Option<&[u8]>) -> String {
    bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

pub async fn run(action: Action, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    match action {
        Action::List { verdict, filter, limit } => {
            let mut filter = filter.with_ids(client).await?.read(zone)?;
            filter.set_verdict(verdict.map(PostbackVerdict::from).unwrap_or_default());
            let request = ListPostbacksRequest { filter: Some(filter), ..Default::default() };
            output.list(client.postbacks().list(request), limit.limit).await
        }
        Action::Show { id } => {
            let response = client.postbacks().get(GetPostbackRequest { postback_id: id }).await?;
            output.show(response.postback.as_ref())
        }
        Action::Explain { postback } => explain(postback, client, output).await,
        Action::Replay(replay) => replay::run(replay, client, output, zone).await,
    }
}

async fn explain(postback: String, client: &Client, output: &Output) -> Result<(), Failure> {
    let postback = if postback.starts_with(ID_PREFIX) {
        Explained::PostbackId(postback)
    } else {
        let target = target(&postback);
        check_target(&target)?;
        Explained::Target(target.into_bytes())
    };
    let request = ExplainPostbackRequest { postback: Some(postback) };
    let response = client.postbacks().explain(request).await?;
    match output.format {
        Format::Json => output::json(&schema::json("ExplainPostbackResponse", &response)?),
        Format::Csv => Err(Failure::Usage(
            "an explanation can't be shown as CSV; use `--output table` or `--output json`".to_owned(),
        )),
        Format::Table => print_explanation(&response),
    }
}

/// Texts that follow a request's target in a line of a server's log.
const TARGET_ENDS: [&str; 2] = [" HTTP/1.", " HTTP/2"];

/// Drops the text after the target of a request that was copied from a log, because it would be
/// read as a part of the last parameter. Puts the path before a query that was copied without its
/// path.
fn target(postback: &str) -> String {
    let end = TARGET_ENDS.iter().filter_map(|end| postback.find(end)).min();
    let postback = end.and_then(|end| postback.get(..end)).unwrap_or(postback).trim();
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    let is_query = postback.split_once('=').is_some_and(|(name, _)| is_name(name));
    if is_query { format!("/s2s?{postback}") } else { postback.to_owned() }
}

/// Refuses a text that can't be a postback, and names the command for what it may be.
fn check_target(target: &str) -> Result<(), Failure> {
    if target.contains(['?', '/', '&']) {
        return Ok(());
    }
    let lower = target.to_ascii_lowercase();
    let is_hexadecimal = lower.bytes().all(|byte| byte.is_ascii_hexdigit());
    let other = if is_click_id(&lower) {
        format!("; it looks like a click id: `s2s clicks explain {target}`")
    } else if lower.starts_with("conv_") {
        format!("; it looks like a conversion: `s2s conversions show {target}`")
    } else if lower.starts_with("link_") {
        format!("; it looks like a tracking link: `s2s links show {target}`")
    } else if is_hexadecimal && lower.len() == CODE_ID_DIGITS {
        format!("; it looks like a conversion code: `s2s codes test {target}`")
    } else {
        String::new()
    };
    Err(Failure::Usage(format!(
        "`{target}` is no postback; give the id of a stored one (pb_…), a postback URL, or its query \
         (clickId=…&id=…){other}"
    )))
}

fn is_click_id(text: &str) -> bool {
    text.len() == CLICK_ID_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Prints an explanation for people.
fn print_explanation(response: &ExplainPostbackResponse) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for parameter in &response.parameters {
        let name = match parameter.canonical_name.as_str() {
            "" => format!("{} (not known)", parameter.name),
            canonical if canonical == parameter.name => parameter.name.clone(),
            canonical => format!("{} ({canonical})", parameter.name),
        };
        writeln!(out, "  {} = {}", plain(&name), plain(&parameter.value))?;
    }
    writeln!(out)?;
    for step in &response.steps {
        writeln!(out, "{}", line(step))?;
    }
    let verdict = word(response.verdict().as_str_name(), "POSTBACK_VERDICT_").to_uppercase();
    let reason = word(response.reason().as_str_name(), "ERROR_REASON_").to_uppercase();
    if reason.is_empty() {
        writeln!(out, "\n{verdict}")?;
    } else {
        writeln!(out, "\n{verdict}: {reason}\n{}", plain(&response.message))?;
    }
    if let Some(conversion) = &response.conversion {
        let (value, commission) = (conversion.value.as_ref(), conversion.commission.as_ref());
        let (value, commission, currency) = (amount(value), amount(commission), currency(value));
        writeln!(out, "value {value} {currency}, commission {commission} {currency}")?;
    }
    for note in &response.notes {
        writeln!(out, "note: {}", plain(&note.message))?;
    }
    Ok(())
}

/// A line about a step of an explanation or of a test.
pub fn line(step: &Step) -> String {
    let mark = match step.outcome() {
        StepOutcome::Passed => "ok  ",
        StepOutcome::Failed => "FAIL",
        StepOutcome::NotReached | StepOutcome::Unspecified => "-   ",
    };
    let kind = word(step.kind().as_str_name(), "STEP_KIND_").replace('_', " ");
    format!("{mark} {kind}: {}", plain(&step.message)).trim_end_matches(": ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_or_a_line_of_a_log_is_a_postback() {
        for (text, expected) in [
            ("clickId=x&id=y", "/s2s?clickId=x&id=y"),
            (" click_id=https://a.example/?b=1 ", "/s2s?click_id=https://a.example/?b=1"),
            ("?clickId=x", "?clickId=x"),
            ("/s2s?clickId=x", "/s2s?clickId=x"),
            ("https://t.example/s2s?clickId=x", "https://t.example/s2s?clickId=x"),
            ("s2s?clickId=x", "s2s?clickId=x"),
            ("nothing", "nothing"),
            ("/s2s?oid=ex1 HTTP/1.1\" 200 181", "/s2s?oid=ex1"),
            ("\"GET /s2s?oid=1 HTTP/2.0\" 200 \"a HTTP/1.1\"", "\"GET /s2s?oid=1"),
            ("oid=1 HTTP/1.0", "/s2s?oid=1"),
            ("/s2s?oid=a+HTTP/1.1", "/s2s?oid=a+HTTP/1.1"),
        ] {
            assert_eq!(target(text), expected);
        }
    }

    #[test]
    fn a_text_that_is_no_postback_is_refused_with_the_right_command() {
        for (text, expected) in [
            ("/s2s?clickId=x&id=y", None),
            ("https://t.example/s2s", None),
            ("clickId&id", None),
            ("nothing", Some("give the id of a stored one")),
            ("", Some("is no postback")),
            ("04mwyjgjy07trdy88g4kx2yzhzvkr1k2zq872424", Some("s2s clicks explain 04mw")),
            ("conv_1", Some("s2s conversions show conv_1")),
            ("link_1", Some("s2s links show link_1")),
            ("6B1F0A3C9D5E4F7081A2B3C4D5E6F708", Some("s2s codes test 6B1F")),
        ] {
            match (check_target(text), expected) {
                (Ok(()), None) => (),
                (Err(failure), Some(words)) => assert!(failure.to_string().contains(words), "{failure}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }
}

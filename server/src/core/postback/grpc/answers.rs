//! Postbacks: translation of their outcomes to messages.

use prost::Message as _;
use s2s_sdk::v1::{
    self, ConversionVerdict, EraseVisitorResponse, ExplainClickResponse, ExplainPostbackResponse, Note,
    PostbackFailure, PostbackParameter, PostbackVerdict, RawPostback, RecordConversionResponse,
    TestSetupResponse,
};

use crate::{
    core::{
        App, conversion,
        conversion_code::ConversionCode,
        postback::{
            ClickHistory, Erased, Explanation, Parameter, Postback, Reason, Received, SetupTest, Verdict,
            reader::KnownParam,
        },
    },
    error::{Error, Result, shortened_note},
    page::{ANSWER_BYTES_MAX, all_listed_bytes, fit},
    values::time::Time,
};

/// Maximum total size of the notes of a failure, in bytes. A failure travels in a header, and some
/// clients accept at most 16 KiB of headers. `GetPostback` returns all notes.
const FAILURE_NOTES_BYTES_MAX: usize = 4 * 1_024;
/// Longest target of a shortened postback, in bytes.
const SHORT_TARGET_BYTES_MAX: usize = 256;

/// The first notes, as many as fit into a failure.
fn fitting(mut notes: Vec<Note>) -> Vec<Note> {
    let mut left = FAILURE_NOTES_BYTES_MAX;
    let fit = notes.iter().take_while(|note| {
        let size = note.encoded_len();
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    });
    let count = fit.count();
    notes.truncate(count);
    notes
}

impl Received {
    /// Returns a response if the postback counts, or would count if it were no test. Returns an
    /// error for any other postback.
    pub fn into_response(self) -> Result<RecordConversionResponse> {
        match self {
            Self::Stored { postback, reply } => {
                let postback_id = postback.id.to_string();
                let notes = postback.notes.to_proto();
                let verdict = match postback.verdict {
                    Verdict::Recorded => ConversionVerdict::Recorded,
                    Verdict::Duplicate => ConversionVerdict::Duplicate,
                    Verdict::Updated => ConversionVerdict::Updated,
                    Verdict::Held => {
                        let notes = fitting(notes);
                        let reason =
                            postback.reason.map_or(v1::ErrorReason::Internal, |Reason(reason)| reason);
                        let error = Error::new(reason, postback.message).with("postback_id", &postback_id);
                        let verdict = PostbackVerdict::Held.into();
                        return Err(error.with_postback(PostbackFailure {
                            verdict,
                            postback_id,
                            notes,
                            reply,
                        }));
                    }
                };
                Ok(RecordConversionResponse {
                    conversion: None,
                    verdict: verdict.into(),
                    notes,
                    postback_id,
                    reply,
                    conversion_id: postback.conversion_id,
                })
            }
            Self::Repetition { conversion_id, notes, reply } => {
                let verdict = ConversionVerdict::Duplicate.into();
                Ok(RecordConversionResponse { verdict, conversion_id, notes, reply, ..Default::default() })
            }
            Self::Test { outcome: Ok(recorded), mut notes, reply } => {
                notes.extend(recorded.into_iter().flat_map(|recorded| recorded.notes));
                let verdict = ConversionVerdict::Test.into();
                Ok(RecordConversionResponse { verdict, notes, reply, ..Default::default() })
            }
            Self::Test { outcome: Err(error), notes, reply } => {
                let notes = fitting(notes);
                let verdict = PostbackVerdict::Test.into();
                let postback_id = String::new();
                Err(error.with_postback(PostbackFailure { verdict, postback_id, notes, reply }))
            }
        }
    }
}

impl From<Postback> for v1::Postback {
    fn from(postback: Postback) -> Self {
        let verdict = match postback.verdict {
            Verdict::Recorded => PostbackVerdict::Recorded,
            Verdict::Duplicate => PostbackVerdict::Duplicate,
            Verdict::Updated => PostbackVerdict::Updated,
            Verdict::Held => PostbackVerdict::Held,
        };
        Self {
            id: postback.id.to_string(),
            raw: Some(RawPostback {
                method: postback.method,
                target: postback.target,
                content_type: postback.content_type,
                body: postback.body,
                sender_address: postback.address,
                user_agent: postback.user_agent,
                receive_time: Some(postback.received_at.to_proto()),
                ..Default::default()
            }),
            verdict: verdict.into(),
            reason: postback.reason.map_or(0, |Reason(reason)| reason.into()),
            message: postback.message,
            notes: postback.notes.to_proto(),
            conversion_code_id: postback.code_text,
            click_id: postback.click_text,
            conversion_id: postback.conversion_id,
            replay_time: postback.replayed_at.map(Time::to_proto),
            next_match_time: postback.match_at.map(Time::to_proto),
        }
    }
}

impl Explanation {
    pub fn into_proto(self, app: &App) -> ExplainPostbackResponse {
        let mut response = ExplainPostbackResponse {
            parameters: self.parameters.into_iter().map(Into::into).collect(),
            notes: self.notes,
            steps: self.steps,
            conversion_code: self.code.map(|code| ConversionCode::clone(&code).into()),
            tracking_link: self.link.map(|link| link.to_proto(&app.public_url)),
            click: self.click.map(|click| click.into_proto(app)),
            postback: self.postback.map(Into::into),
            ..Default::default()
        };
        match self.outcome {
            Ok(recorded) => {
                let verdict = match recorded.as_ref().map(|recorded| recorded.verdict) {
                    Some(conversion::Verdict::Duplicate) => PostbackVerdict::Duplicate,
                    Some(conversion::Verdict::Updated) => PostbackVerdict::Updated,
                    Some(conversion::Verdict::Recorded) | None => PostbackVerdict::Recorded,
                };
                response.set_verdict(if self.test { PostbackVerdict::Test } else { verdict });
                response.conversion = recorded.map(|recorded| recorded.conversion.into_proto(app));
            }
            Err(error) => {
                response.set_verdict(PostbackVerdict::Held);
                response.set_reason(error.reason());
                error.message().clone_into(&mut response.message);
            }
        }
        response
    }
}

impl ClickHistory {
    pub fn into_proto(self, app: &App) -> ExplainClickResponse {
        let mut conversions: Vec<_> = self.conversions.into_iter().map(|one| one.into_proto(app)).collect();
        let mut held_postbacks: Vec<_> = self.held.into_iter().map(Into::into).collect();
        // Each list may fill half of the answer, plus the bytes that the other list does not use.
        let left = ANSWER_BYTES_MAX.saturating_sub(all_listed_bytes(&conversions));
        fit(&mut held_postbacks, left.max(ANSWER_BYTES_MAX / 2), shorten);
        let left = ANSWER_BYTES_MAX.saturating_sub(all_listed_bytes(&held_postbacks));
        let shortened = fit(&mut conversions, left, |conversion| conversion.custom_params.clear());
        let cure = format!(
            "the last {shortened} conversions have no custom parameters here, and `GetConversion` returns them"
        );
        let notes = if shortened == 0 { Vec::new() } else { vec![shortened_note(&cure)] };
        ExplainClickResponse {
            click_time: Some(self.clicked_at.to_proto()),
            click: self.click.map(|click| click.into_proto(app)),
            tracking_link: self.link.map(|link| link.to_proto(&app.public_url)),
            conversions,
            held_postbacks,
            message: self.message,
            notes,
        }
    }
}

impl Erased {
    pub fn into_proto(self, app: &App) -> EraseVisitorResponse {
        EraseVisitorResponse {
            click: self.click.map(|click| click.into_proto(app)),
            conversion_count: self.conversions.try_into().unwrap_or(i64::MAX),
            postback_count: self.postbacks.try_into().unwrap_or(i64::MAX),
        }
    }
}

impl SetupTest {
    pub fn into_proto(self, app: &App) -> TestSetupResponse {
        let mut response = TestSetupResponse {
            steps: self.steps,
            redirect_url: self.redirect_url,
            postback_url: self.postback_url,
            ..Default::default()
        };
        match self.outcome {
            Ok(recorded) => {
                response.passed = true;
                response.conversion = recorded.map(|recorded| recorded.conversion.into_proto(app));
            }
            Err(error) => response.set_reason(error.reason()),
        }
        response
    }
}

impl From<Parameter> for PostbackParameter {
    fn from(parameter: Parameter) -> Self {
        let is_secret = parameter.known == Some(KnownParam::Sec);
        Self {
            name: parameter.name,
            value: if is_secret { "(not shown)".to_owned() } else { parameter.value },
            canonical_name: parameter.known.map_or("", |known| known.name()).to_owned(),
        }
    }
}

/// Shortens a postback: removes its body, cuts its target, and replaces its notes by one that names
/// `GetPostback`.
pub fn shorten(postback: &mut v1::Postback) {
    postback.notes = vec![shortened_note("`GetPostback` returns it in full")];
    if let Some(raw) = &mut postback.raw {
        raw.target.truncate(SHORT_TARGET_BYTES_MAX);
        raw.body.clear();
    }
}

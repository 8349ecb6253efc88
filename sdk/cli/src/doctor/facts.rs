//! Reads the facts that the rules of the doctor judge, in order: a fault of an early check can
//! prevent the later ones.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use s2s_sdk::{
    Client, Error,
    prost_types::{self, FieldMask},
    v1::{
        ConversionCode, CreateConversionCodeRequest, ErrorReason, GetPostbackUrlRequest, ListApiKeysRequest,
        ListConversionCodesRequest, ListPostbacksRequest, ListTrackingLinksRequest, PostbackFilter,
        PostbackVerdict, RecordClickRequest, SetupWarning, TrackingLink, UpdateTrackingLinkRequest,
    },
};
use tonic::transport::Channel;

use super::{
    finding::Finding,
    probe,
    server::{self, Reach},
    setup::{self, Warned},
};
use crate::{
    failure::Failure,
    profile::{Connection, Target},
};

/// Maximum number of codes, and of links, that are checked. If there are more, the newest are
/// checked.
const CHECKED_MAX: usize = 200;
/// Maximum number of links that are read.
const LINKS_MAX: usize = 10_000;
/// Maximum number of held postbacks that are counted.
const HELD_MAX: usize = 10_000;
/// Maximum number of keys that are read.
const KEYS_MAX: usize = 1_000;
const CALLS_AT_ONCE: usize = 8;
/// Time limit of a request that is not a call of the API.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);
const SECONDS_PER_DAY: i64 = 86_400;
/// An id that no link has, for calls that only check the scope.
const NO_LINK: &str = "link_00000000000000000000000000";

/// The server and the client that are examined.
pub struct Patient {
    endpoint: String,
    source: &'static str,
    client: Client,
    channel: Channel,
    /// Time limit of a probe.
    patience: Duration,
}

impl Patient {
    /// Prepares the examination. Calls are not sent again, so that their first error is seen.
    pub fn new(connection: &Connection) -> Result<Self, Failure> {
        let Target { endpoint, source, builder } = connection.target()?;
        let builder = builder.retries(0);
        let (client, channel) = (builder.clone().build()?, builder.channel()?);
        Ok(Self { endpoint, source, client, channel, patience: connection.timeout().min(PROBE_PATIENCE) })
    }

    /// Makes all checks, and adds what they find. Returns the failure that ended the examination.
    pub async fn examine(&self, findings: &mut Vec<Finding>) -> Result<(), Failure> {
        let first = ListConversionCodesRequest { page_size: 1, ..Default::default() };
        let may_read = self.client.conversion_codes().list_page(first).await;
        if let Err(error) = &may_read
            && is_unreached(error)
        {
            let plain = probe::plain(&self.endpoint, self.patience).await;
            let (endpoint, source) = (self.endpoint.as_str(), self.source);
            let text = cause(error);
            findings.push(server::unreached(&Reach { endpoint, source, error: &text, plain: &plain }));
        } else {
            findings.push(Finding::ok("server", &self.endpoint, "the server answers"));
            let health = probe::health(self.channel.clone(), self.patience).await.unwrap_or_default();
            findings.extend(server::health(health.body.as_ref()));
            findings.extend(server::clock(&health));
        }
        if let Err(error) = may_read {
            if is_key(error.reason()) {
                findings.push(server::refused_key(error.reason(), error.message()));
            }
            return Err(error.into());
        }
        let now = Timestamp::now().as_second();
        let may_write = self.scopes(findings).await?;
        let keys = self.client.api_keys().list(ListApiKeysRequest::default()).take(KEYS_MAX);
        findings.extend(server::ending_keys(&keys.try_collect::<Vec<_>>().await?, now));
        self.setup(may_write, now, findings).await?;
        self.held(now, findings).await
    }

    /// Checks the scopes of the key with calls that change nothing. Returns whether it may write.
    async fn scopes(&self, findings: &mut Vec<Finding>) -> Result<bool, Failure> {
        let code = ConversionCode { name: "doctor".to_owned(), ..Default::default() };
        let write = CreateConversionCodeRequest {
            conversion_code: Some(code),
            validate_only: true,
            ..Default::default()
        };
        let record = RecordClickRequest {
            tracking_link_id: NO_LINK.to_owned(),
            validate_only: true,
            ..Default::default()
        };
        let write = is_allowed(self.client.conversion_codes().create(write).await)?;
        let record = is_allowed(self.client.clicks().record(record).await)?;
        let scopes = [("write", write), ("record", record)];
        let missing = scopes.iter().filter(|(_, has)| !has).map(|(name, _)| *name);
        findings.extend(server::scopes(&missing.collect::<Vec<_>>()));
        Ok(write)
    }

    async fn setup(&self, may_write: bool, now: i64, findings: &mut Vec<Finding>) -> Result<(), Failure> {
        let links =
            self.client.tracking_links().list(ListTrackingLinksRequest::default()).take(LINKS_MAX + 1);
        let links: Vec<TrackingLink> = links.try_collect().await?;
        let on_links: BTreeSet<String> =
            links.iter().flat_map(|link| link.conversion_code_ids.iter().cloned()).collect();
        let on_links = (links.len() <= LINKS_MAX).then_some(&on_links);
        let codes = self.client.conversion_codes().list(ListConversionCodesRequest::default());
        let codes: Vec<ConversionCode> = codes.take(CHECKED_MAX + 1).try_collect().await?;
        for (check, number) in [("link", links.len()), ("code", codes.len())] {
            if number > CHECKED_MAX {
                let message = format!("only the newest {CHECKED_MAX} are checked");
                findings.push(Finding::hint(check, "", message, "archive those that are no longer used"));
            }
        }
        let codes = stream::iter(codes.into_iter().take(CHECKED_MAX)).map(|code| self.warned_code(code));
        let codes: Vec<(String, Warned<ConversionCode>)> =
            codes.buffered(CALLS_AT_ONCE).try_collect().await?;
        let links = stream::iter(links.into_iter().take(CHECKED_MAX));
        let links = links.map(|link| self.warned_link(link, may_write)).buffered(CALLS_AT_ONCE);
        let links: Vec<Warned<TrackingLink>> = links.try_collect().await?;
        if let Some((url, code)) = codes.first() {
            findings.push(setup::public_url(url, &code.warnings));
        } else if let Some(link) = links.first() {
            findings.push(setup::public_url(&link.item.url, &link.warnings));
        }
        let codes: Vec<Warned<ConversionCode>> = codes.into_iter().map(|(_, code)| code).collect();
        findings.extend(setup::codes(&codes, on_links));
        findings.extend(setup::links(&links, now));
        Ok(())
    }

    /// Asks for the postback URL and the warnings of a code.
    async fn warned_code(&self, code: ConversionCode) -> Result<(String, Warned<ConversionCode>), Error> {
        let request = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
        let response = self.client.conversion_codes().get_postback_url(request).await?;
        Ok((response.postback_url, Warned { item: code, warnings: response.warnings }))
    }

    /// Asks for the warnings of a link, which come with an update that writes nothing.
    async fn warned_link(&self, link: TrackingLink, may_write: bool) -> Result<Warned<TrackingLink>, Error> {
        let mut warnings: Vec<SetupWarning> = Vec::new();
        if may_write {
            let request = UpdateTrackingLinkRequest {
                tracking_link: Some(link.clone()),
                update_mask: Some(FieldMask { paths: vec!["tags".to_owned()] }),
                validate_only: true,
            };
            warnings = match self.client.tracking_links().update(request).await {
                Ok(response) => response.warnings,
                Err(error) if is_of_server(error.reason()) => return Err(error),
                // The server would refuse a link like this one today.
                Err(error) => {
                    vec![SetupWarning { message: error.message().to_owned(), ..Default::default() }]
                }
            };
        }
        Ok(Warned { item: link, warnings })
    }

    async fn held(&self, now: i64, findings: &mut Vec<Finding>) -> Result<(), Failure> {
        let start = now - setup::HELD_DAYS * SECONDS_PER_DAY;
        let filter = PostbackFilter {
            verdict: PostbackVerdict::Held.into(),
            start_time: Some(prost_types::Timestamp { seconds: start, nanos: 0 }),
            ..Default::default()
        };
        let request = ListPostbacksRequest { filter: Some(filter), page_size: 1_000, ..Default::default() };
        let held = self.client.postbacks().list(request).take(HELD_MAX + 1);
        let mut held: Vec<_> = held.try_collect().await?;
        if held.len() > HELD_MAX {
            held.truncate(HELD_MAX);
            let message = format!("only the newest {HELD_MAX} held postbacks are counted");
            findings.push(Finding::hint("postbacks", "", message, "list them with `s2s postbacks list`"));
        }
        findings.extend(setup::held(&held));
        Ok(())
    }
}

/// Returns whether no answer came from the service. The error of an answer has no source.
fn is_unreached(error: &Error) -> bool {
    use std::error::Error as _;
    error.source().is_some() || error.reason() == ErrorReason::DeadlineExceeded
}

fn is_key(reason: ErrorReason) -> bool {
    use ErrorReason::{ApiKeyInvalid, ApiKeyMissing, EdgeOnly, ScopeMissing};
    matches!(reason, ApiKeyMissing | ApiKeyInvalid | ScopeMissing | EdgeOnly)
}

fn is_of_server(reason: ErrorReason) -> bool {
    use ErrorReason::{DeadlineExceeded, Internal, Overloaded, RateLimited, Unavailable};
    matches!(reason, Unavailable | DeadlineExceeded | Overloaded | RateLimited | Internal)
}

/// The message of an error, with that of its root cause, which names the fault.
fn cause(error: &Error) -> String {
    let mut text = error.message().to_owned();
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        let also = source.to_string();
        if !text.contains(&also) && source.source().is_none() {
            text = format!("{text}: {also}");
        }
        next = source.source();
    }
    text
}

/// Returns whether the key has the scope of a call. The server checks the scope first, so a refusal
/// for another reason shows that the key has the scope. A failure of the server is returned.
fn is_allowed<T>(answer: Result<T, Error>) -> Result<bool, Failure> {
    match answer {
        Err(error) if matches!(error.reason(), ErrorReason::ScopeMissing | ErrorReason::EdgeOnly) => {
            Ok(false)
        }
        Err(error) if is_of_server(error.reason()) => Err(error.into()),
        _ => Ok(true),
    }
}

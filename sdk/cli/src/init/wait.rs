//! Waits until a postback of a code counts, and reports the verdict of each postback until then.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt as _, TryStreamExt as _};
use s2s_sdk::{
    Client,
    v1::{Conversion, GetConversionRequest, ListPostbacksRequest, Postback, PostbackFilter, PostbackVerdict},
};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{
    cells::{amount, currency, plain, word},
    failure::Failure,
    output::{Format, Output, print, say},
};

/// Time between two polls.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum number of postbacks that a poll reads. If there are more, it reads the newest.
const READ_MAX: usize = 1_000;

/// Waits until a postback of the code counts, but at most for `patience`.
pub async fn first(
    code_id: &str,
    patience: Duration,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let seconds = patience.as_secs();
    tell(output, &format!("\nWaiting for the first postback, at most {seconds} seconds; Ctrl-C ends this."))?;
    let filter = PostbackFilter { conversion_code_id: code_id.to_owned(), ..Default::default() };
    let request = ListPostbacksRequest { filter: Some(filter), ..Default::default() };
    let (end, mut polls) = (Instant::now() + patience, interval(POLL_INTERVAL));
    polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = BTreeMap::new();
    while Instant::now() < end {
        polls.tick().await;
        let postbacks = client.postbacks().list(request.clone()).take(READ_MAX);
        let postbacks: Vec<Postback> = postbacks.try_collect().await?;
        for postback in postbacks.iter().rev() {
            // A postback is reported again if a replay has changed its verdict.
            if told.insert(postback.id.clone(), postback.verdict) == Some(postback.verdict) {
                continue;
            }
            let conversion = conversion(postback, client).await?;
            tell(output, &outcome(postback, conversion.as_ref()))?;
            if postback.verdict() != PostbackVerdict::Held {
                return Ok(());
            }
        }
    }
    Err(Failure::Found(format!(
        "no postback of this code counted within {seconds} seconds; to see what comes later: `s2s tail`, or `s2s \
         postbacks list --code {code_id}`"
    )))
}

async fn conversion(postback: &Postback, client: &Client) -> Result<Option<Conversion>, Failure> {
    if postback.conversion_id.is_empty() {
        return Ok(None);
    }
    let request = GetConversionRequest { conversion_id: postback.conversion_id.clone() };
    Ok(client.conversions().get(request).await?.conversion)
}

/// The lines about a postback.
fn outcome(postback: &Postback, conversion: Option<&Conversion>) -> String {
    let verdict = word(postback.verdict().as_str_name(), "POSTBACK_VERDICT_");
    if postback.verdict() == PostbackVerdict::Held {
        let reason = postback.reason();
        let name = word(reason.as_str_name(), "ERROR_REASON_").to_uppercase();
        let (id, message) = (&postback.id, plain(&postback.message));
        return format!("held: {name} ({id})\n  {message}\n  What to do: {}", reason.cure());
    }
    let Some(conversion) = conversion else { return verdict };
    let (value, commission) = (conversion.value.as_ref(), conversion.commission.as_ref());
    let currency = currency(value);
    format!(
        "{verdict}: value {} {currency}, commission {} {currency} ({})",
        amount(value),
        amount(commission),
        conversion.id
    )
}

/// Writes a line for people. With JSON or CSV, the line goes to standard error, because programs
/// read only the created code and link.
fn tell(output: &Output, line: &str) -> Result<(), Failure> {
    if output.format == Format::Table {
        return print(&format!("{line}\n"));
    }
    say(line.trim_start());
    Ok(())
}

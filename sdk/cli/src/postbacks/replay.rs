//! `s2s postbacks replay`: reads held postbacks again, on request with other values.

use clap::Args;
use futures::{StreamExt as _, stream};
use s2s_sdk::{
    Client,
    v1::{Money, PostbackIds, ReplayOverrides, ReplayPostbacksRequest, replay_postbacks_request::Postbacks},
};

use super::Filter;
use crate::{args::given_id, codes::Separator, failure::Failure, names, output::Output, time::Zone};

/// Answer to a replay command that names no postbacks.
const WHAT_TO_REPLAY: &str = "name what to replay: postbacks by their ids, those that match filters such as --reason \
                              CODE_NOT_ON_LINK or --code CODE, or all that are held with --all";

#[derive(Args)]
pub struct Replay {
    #[arg(conflicts_with_all = ["all", "reason", "code", "since", "until", "text"], value_parser = given_id)]
    ids: Vec<String>,
    /// Replay all held postbacks.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    overrides: Overrides,
    /// Only show the verdicts that the postbacks would get; change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Values to read in place of the sender's values, if the sender can no longer correct them. The
/// notes of a replayed postback name each override.
#[derive(Args)]
struct Overrides {
    /// Value to read if `val` is missing or a macro that was not replaced, for example `19.99`.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    value_if_missing: Option<i64>,
    /// Commission to read if `com` is missing or a macro that was not replaced.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    commission_if_missing: Option<i64>,
    /// Separator of the decimals in amounts that can be read in two ways, such as `1.500`.
    #[arg(long, value_enum)]
    decimal_separator: Option<Separator>,
    /// Id or name of the conversion code to count for, whichever code the postback names.
    #[arg(long, value_name = "CODE", value_parser = given_id)]
    count_for: Option<String>,
    /// Also count postbacks whose sender did not pass the checks.
    #[arg(long)]
    trust_sender: bool,
}

impl Overrides {
    /// Returns the overrides of the request, if any is given.
    async fn read(self, client: &Client) -> Result<Option<ReplayOverrides>, Failure> {
        let mut overrides = ReplayOverrides {
            value_micros_where_missing: self.value_if_missing,
            commission_micros_where_missing: self.commission_if_missing,
            conversion_code_id: names::code_option(self.count_for, client).await?.unwrap_or_default(),
            trust_sender: self.trust_sender,
            ..Default::default()
        };
        if let Some(separator) = self.decimal_separator {
            overrides.set_decimal_separator(separator.into());
        }
        Ok((overrides != ReplayOverrides::default()).then_some(overrides))
    }
}

/// Reads an amount. Returns millionths.
fn parse_amount(text: &str) -> Result<i64, String> {
    Money::from_decimal(text, "").map(|money| money.micros).map_err(|error| error.to_string())
}

pub async fn run(replay: Replay, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    let Replay { ids, all, filter, overrides, dry_run } = replay;
    let named = !ids.is_empty();
    if !named && !all && filter.is_empty() {
        return Err(Failure::Usage(WHAT_TO_REPLAY.to_owned()));
    }
    let postbacks = if named {
        Postbacks::Ids(PostbackIds { ids })
    } else {
        Postbacks::Filter(filter.with_ids(client).await?.read(zone)?)
    };
    let request = ReplayPostbacksRequest {
        postbacks: Some(postbacks),
        overrides: overrides.read(client).await?,
        validate_only: dry_run,
        ..Default::default()
    };
    if named {
        let postbacks = client.postbacks().replay_page(request).await?.postbacks;
        return output.list(stream::iter(postbacks.into_iter().map(Ok)).boxed(), 0).await;
    }
    output.list(client.postbacks().replay(request), 0).await
}

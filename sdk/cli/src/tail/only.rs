//! The filters of `s2s tail`: those of the lists, without times.

use clap::Args;
use s2s_sdk::{
    Client,
    v1::{ConversionFilter, ErrorReason, PostbackFilter, PostbackVerdict},
};

use crate::{
    args::given_id,
    conversions::OwnFilter,
    failure::Failure,
    names,
    postbacks::{OnlyVerdict, parse_reason},
};

/// Filters, combined with AND.
#[derive(Args, Default)]
pub struct Only {
    /// Only items of the conversion code with this id or name.
    #[arg(long, value_name = "CODE", value_parser = given_id)]
    code: Option<String>,
    /// Only postbacks with this verdict.
    #[arg(long, value_enum)]
    verdict: Option<OnlyVerdict>,
    /// Only postbacks held for this reason, for example `ATTRIBUTION_WINDOW_PASSED`.
    #[arg(long, value_parser = parse_reason)]
    reason: Option<ErrorReason>,
    /// Only postbacks that contain this text, for example `order-1001`.
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    of_conversions: OwnFilter,
}

impl Only {
    /// The filter of postbacks.
    pub async fn postbacks(self, client: &Client) -> Result<PostbackFilter, Failure> {
        let Self { code, verdict, reason, text, of_conversions } = self;
        refuse("conversions", "s2s tail conversions", &of_conversions.given())?;
        Ok(PostbackFilter {
            verdict: verdict.map(PostbackVerdict::from).unwrap_or_default().into(),
            reason: reason.unwrap_or_default().into(),
            conversion_code_id: names::code_option(code, client).await?.unwrap_or_default(),
            text: text.unwrap_or_default(),
            ..Default::default()
        })
    }

    /// The filter of conversions.
    pub async fn conversions(self, client: &Client) -> Result<ConversionFilter, Failure> {
        let Self { code, verdict, reason, text, of_conversions } = self;
        refuse(
            "postbacks",
            "s2s tail postbacks",
            &[("--verdict", verdict.is_some()), ("--reason", reason.is_some()), ("--text", text.is_some())],
        )?;
        Ok(ConversionFilter {
            conversion_code_id: names::code_option(code, client).await?.unwrap_or_default(),
            ..of_conversions.with_ids(client).await?.read()
        })
    }
}

/// Refuses filters of the other kind of item: for each its name, and whether it is given.
fn refuse(kind: &str, command: &str, filters: &[(&str, bool)]) -> Result<(), Failure> {
    match filters.iter().find(|(_, is_given)| *is_given) {
        Some((filter, _)) => Err(Failure::Usage(format!("{filter} filters {kind}; use it with `{command}`"))),
        None => Ok(()),
    }
}

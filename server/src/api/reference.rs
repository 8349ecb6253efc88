//! The reference page of calls, docs/reference/calls.md, generated from the table of calls.

use std::{fmt::Write as _, io};

use super::{
    Priority,
    calls::{CALLS, Call},
};
use crate::config::reference::check_page;

const HEAD: &str = "<!-- Written by `make generate` from the table of calls. Do not edit. -->

# Calls

Every call needs an API key with one of its scopes, in the header `authorization: Bearer KEY`. A loaded
server drops calls of the lower priority first: beyond half of `--requests-max` it refuses those of
priority *other*, and beyond all of it those of priority *conversion*. The API key of a long call is
checked again every second. `all_accounts` in a call that watches needs `admin` besides `read`; see [live
streams](../guide/live-streams.md). The fields are in the [schema](../../proto/s2s/v1).

| call | scopes | priority | long |
|---|---|---|---|
";

fn row(call: &Call) -> String {
    let Call { name, scopes, priority, is_long } = call;
    let priority = match priority {
        Priority::Conversion => "conversion",
        _ => "other",
    };
    let scopes = scopes.to_string().replace(", ", " or ");
    format!("| `{name}` | {scopes} | {priority} | {} |\n", if *is_long { "yes" } else { "" })
}

#[test]
fn the_reference_page_of_calls_is_fresh() -> io::Result<()> {
    let mut page = HEAD.to_owned();
    for call in &CALLS {
        let _ = write!(page, "{}", row(call));
    }
    check_page("calls.md", &page)
}

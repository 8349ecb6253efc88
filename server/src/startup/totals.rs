//! The task that compares the totals with the rows.

use std::io::Write as _;

use crate::{
    config::Config,
    core::{
        payout,
        tally::check::{self, Comparison},
    },
    db::{Lived, snapshot::Snapshot},
    error::{Error, StartError},
    values::time::Time,
};

/// Compares the totals with the rows, and reports the result on standard output. An error names the
/// first differences.
pub async fn check(config: &Config) -> Result<(), StartError> {
    let url = &config.database_url;
    let snapshot = Snapshot::take(url).await.map_err(|error| {
        let message = format!("can't use the database {url}: {}", url.blotted(&error.to_string()));
        StartError::failure("DATABASE_FAILED", message).passing(true)
    })?;
    if let Some((table, error)) = check::unreadable(&snapshot).await {
        let error = url.blotted(&error.to_string());
        return Err(StartError::failure(
            "DATABASE_FAILED",
            format!(
                "can't read the table `{table}` of the database {url}: {error}; if the table is missing, check \
                 --database-url, or start a server of this version on the database once: its start makes the \
                 tables, and adds up what is recorded already"
            ),
        ));
    }
    let mut comparison = check::check(&snapshot).await?;
    payout::check::check(&snapshot, &mut comparison).await?;
    let Comparison { lived, clicks, conversions, lines, differing, shown } = comparison;
    snapshot.end().await.map_err(Error::from)?;
    let compared = format!(
        "the totals of all links with the {clicks} stored clicks and {conversions} stored conversions of {url}{}, \
         and what partners are owed with {lines} lines",
        deleted(lived)
    );
    if differing == 0 {
        // The check has succeeded, even if the report can't be written.
        let _ = writeln!(std::io::stdout(), "compared {compared}: they agree");
        return Ok(());
    }
    let message = format!(
        "compared {compared}: {differing} totals differ from the rows; the first are:\n{}\nThe clicks and \
         conversions themselves are not concerned, and the servers may go on. If rows were changed or deleted by \
         hand, undo that; otherwise report this message as a fault of the server",
        shown.join("\n")
    );
    Err(StartError::failure("TOTALS_WRONG", message))
}

/// Says which totals need not be equal to the rows, because rows were deleted by their age.
fn deleted(lived: Lived) -> String {
    let before = |time: Time| (time.micros() > 0).then(|| time.to_proto().to_string());
    let clicks = before(lived.clicks_deleted_before).map(|time| format!("clicks before {time}"));
    let conversions =
        before(lived.forgotten_before).map(|time| format!("conversions of clicks before {time}"));
    let all: Vec<String> = clicks.into_iter().chain(conversions).collect();
    if all.is_empty() {
        return String::new();
    }
    format!(" ({} may be deleted by age, so there the totals may be larger)", all.join(" and "))
}

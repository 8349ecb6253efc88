//! The reference pages of reasons.

use std::fmt::{Error, Write as _};

use super::{HttpReason, Reason, Reasons, StartReason};

const REASONS_HEAD: &str = "<!-- Written by `make generate` from proto/reasons.toml. Do not edit. -->

# Reasons

Every failure has a reason for programs and a message for people. If a call in gRPC or JSON fails,
the reason is in the detail `google.rpc.ErrorInfo`, whose domain is `s2s.v1`. The answer to a
postback, or to any other HTTP request, has the reason in its field `reason`. The answer to a
postback has it in the header `s2s-reason` as well. The Rust SDK has the
causes and cures of this page in `ErrorReason::cause` and `ErrorReason::cure`, and the command line
`s2s` prints the cure of a failure.

[Reasons for which the server does not start](start-reasons.md) are on a page of their own.

## Reasons of postbacks

The verdict says what became of the postback:

- `HELD`: it was kept and not counted; it can be replayed once the cause is gone.
- `IGNORED`: it was not the postback of a merchant, and nothing of it was kept.
- `REFUSED`: nothing of it was kept; send it again.

Two kinds of postbacks can have another verdict than this table says. A postback whose body did not
arrive completely is `REFUSED` as `PARAMETER_MALFORMED`. Postbacks that fail a check of their sender
(`SECRET_REFUSED`, `SIGNATURE_REFUSED`, `TIMESTAMP_REFUSED`, `ADDRESS_REFUSED`, `HTTPS_REQUIRED`) are
`REFUSED` if more of them come than a [limit](limits.md#postbacks) allows.

| reason | verdict | HTTP | cause | cure |
|---|---|---|---|---|
";

const OTHERS_HEAD: &str = "
## Reasons of other calls

Calls over gRPC can fail for the reasons above as well: for example, a call that records a conversion
fails if its conversion code is archived.

| reason | gRPC | HTTP | cause | cure |
|---|---|---|---|---|
";

const HTTP_HEAD: &str = "
## Reasons of HTTP alone

These are not values of `s2s.v1.ErrorReason`: no gRPC status carries them.

| reason | HTTP | cause | cure |
|---|---|---|---|
";

const START_HEAD: &str = "<!-- Written by `make generate` from proto/reasons.toml. Do not edit. -->

# Reasons for which the server does not start

They are also the reasons for which `s2s-server backup`, `restore` and `check-totals` fail. The
program then ends with a message and a line `reason: …` on its standard error, and the exit code of
this table. \"May pass\" says whether the same start may succeed later with nothing changed on this
machine. A service manager should retry only such starts, after a pause.

| reason | exit code | may pass | cause | cure |
|---|---|---|---|---|
";

pub fn reasons(reasons: &Reasons) -> Result<String, Box<dyn std::error::Error>> {
    let mut text = REASONS_HEAD.to_owned();
    let mut of_postbacks: Vec<_> =
        reasons.reason.iter().filter_map(|reason| Some((reason.postback?, reason))).collect();
    of_postbacks.sort_by_key(|(outcome, _)| *outcome);
    for (outcome, reason @ Reason { name, cause, cure, .. }) in of_postbacks {
        let (name, status, verdict) = (anchored(name), statuses(reasons, reason)?, outcome.verdict());
        writeln!(text, "| {name} | `{verdict}` | {status} | {cause} | {cure} |")?;
    }
    text.push_str(OTHERS_HEAD);
    for reason in reasons.reason.iter().filter(|reason| reason.postback.is_none()) {
        let Reason { name, cause, cure, code, .. } = reason;
        let (name, status) = (anchored(name), statuses(reasons, reason)?);
        writeln!(text, "| {name} | `{code}` | {status} | {cause} | {cure} |")?;
    }
    text.push_str(HTTP_HEAD);
    for HttpReason { name, status, cause, cure } in &reasons.http {
        writeln!(text, "| {} | {status} | {cause} | {cure} |", anchored(name))?;
    }
    Ok(text)
}

pub fn start_reasons(reasons: &Reasons) -> Result<String, Error> {
    let mut text = START_HEAD.to_owned();
    for StartReason { name, exit_code, may_pass, cause, cure } in &reasons.start {
        let may_pass = if *may_pass { "yes" } else { "no" };
        writeln!(text, "| {} | {exit_code} | {may_pass} | {cause} | {cure} |", anchored(name))?;
    }
    Ok(text)
}

fn statuses(reasons: &Reasons, reason: &Reason) -> Result<String, String> {
    let status = reasons.http_status_of(reason)?;
    let for_visitors = |other| format!("{status}; {other} for visitors of a link");
    Ok(reason.visitor_http_status.map_or_else(|| status.to_string(), for_visitors))
}

/// A name with an anchor, so that links such as `reasons.md#clock_wrong` can point to it.
fn anchored(name: &str) -> String {
    format!("<a id=\"{}\"></a>`{name}`", name.to_ascii_lowercase())
}

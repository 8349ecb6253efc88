//! The statement of a payout as a page to print. The page is written line by line, in bounded memory.

use std::{fmt::Write as _, io::Write as _, path::Path};

use futures::{Stream, TryStreamExt as _, pin_mut};
use s2s_sdk::v1::{Partner, PartnerLine, Payout, PayoutState};

use crate::{
    cells::{amount, currency, plain, time},
    failure::Failure,
    output::Replacement,
};

/// Style of the page: black on white, with the head of the table on each printed sheet.
const STYLE: &str = "body{font:11pt/1.4 sans-serif;color:#000;background:#fff;max-width:60em;margin:2em auto;\
    padding:0 1em}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25em .75em .25em 0;\
    border-bottom:1px solid #bbb;vertical-align:top}thead{display:table-header-group}tr{break-inside:avoid}\
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.id{font-size:8pt}\
    tfoot td{font-weight:bold;border-bottom:0}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25em 1em}\
    dd{margin:0}";

/// Writes the page to a file, which appears once it is complete.
pub async fn write(
    file: &Path,
    payout: &Payout,
    partner: &Partner,
    lines: impl Stream<Item = Result<PartnerLine, Failure>>,
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Usage(format!("can't write {}: {error}", file.display()));
    let mut page = std::io::BufWriter::new(Replacement::create(file).map_err(failed)?);
    page.write_all(head(payout, partner).as_bytes()).map_err(failed)?;
    pin_mut!(lines);
    while let Some(line) = lines.try_next().await? {
        page.write_all(row(&line).as_bytes()).map_err(failed)?;
    }
    page.write_all(foot(payout).as_bytes()).map_err(failed)?;
    let page = page.into_inner().map_err(|error| failed(error.into_error()))?;
    page.finish().map_err(failed)
}

fn head(payout: &Payout, partner: &Partner) -> String {
    let state = match payout.state() {
        PayoutState::Paid => format!("paid {}, {}", day(payout.paid_time.as_ref()), payout.reference),
        PayoutState::Canceled => format!("canceled {}", day(payout.cancel_time.as_ref())),
        PayoutState::Open | PayoutState::Unspecified => "to be paid".to_owned(),
    };
    let total = format!("{} {}", amount(payout.total.as_ref()), currency(payout.total.as_ref()));
    let facts = [
        ("Partner", partner.name.as_str()),
        ("Number", partner.external_id.as_str()),
        ("Payee", partner.payee.as_str()),
        ("Payout", payout.id.as_str()),
        ("Sales before", &time(payout.cutoff_time.as_ref())),
        ("Total", &total),
        ("State", &state),
    ];
    let mut shown = String::new();
    for (name, fact) in facts.into_iter().filter(|(_, fact)| !fact.is_empty()) {
        // Writing to a `String` never fails.
        _ = write!(shown, "<dt>{name}</dt><dd>{}</dd>", escaped(fact));
    }
    let title = format!("Statement for {}", escaped(&partner.name));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<h1>{title}</h1>\n<dl>{shown}</dl>\n<table>\n\
         <thead><tr><th>Sale</th><th>Change</th><th>What</th><th class=\"n\">Amount</th></tr></thead>\n<tbody>\n"
    )
}

fn row(line: &PartnerLine) -> String {
    let what = match (line.note.as_str(), line.adjustment_number) {
        ("", 0) => "sale".to_owned(),
        ("", number) => format!("change {number} of the sale"),
        (note, _) => escaped(note),
    };
    let id = if line.entry_id.is_empty() { &line.conversion_id } else { &line.entry_id };
    format!(
        "<tr><td>{}</td><td>{}</td><td>{what}<br><span class=\"id\">{}</span></td><td class=\"n\">{}</td></tr>\n",
        day(line.due_time.as_ref()),
        day(line.effective_time.as_ref()),
        escaped(id),
        amount(line.approved_delta.as_ref())
    )
}

fn foot(payout: &Payout) -> String {
    format!(
        "</tbody>\n<tfoot><tr><td colspan=\"3\">Total of {} lines</td><td class=\"n\">{} {}</td></tr></tfoot>\n\
         </table>\n</html>\n",
        payout.line_count,
        amount(payout.total.as_ref()),
        currency(payout.total.as_ref())
    )
}

/// The day of a time, in UTC.
fn day(at: Option<&s2s_sdk::prost_types::Timestamp>) -> String {
    time(at).split('T').next().unwrap_or_default().to_owned()
}

fn escaped(text: &str) -> String {
    let text = plain(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(escaped("<b>A & \"B\"\n"), "&lt;b&gt;A &amp; &quot;B&quot;\\n");
        let partner = Partner { name: "<script>".to_owned(), ..Default::default() };
        let page = head(&Payout::default(), &partner);
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"), "{page}");
    }
}

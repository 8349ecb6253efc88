//! `s2s conversions`.

pub mod codes;
pub mod columns;
mod export;
pub mod import;
mod order;
pub mod row;
pub mod titles;
mod wide;
pub mod worth;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand, ValueEnum};
use s2s_sdk::{
    Client,
    v1::{
        Conversion, ConversionFilter, ConversionStanding, ConversionStatus, GetConversionRequest,
        ListConversionsRequest, RecordConversionRequest,
    },
};

#[cfg(fuzzing)]
pub use self::import::check_file;
use self::{codes::Codes, row::Row};
use crate::{
    args::{Limit, given_id},
    cells::{amount, currency, decimal, plain, time, word},
    codes::Separator,
    failure::Failure,
    names,
    output::{Column, Format, Output, Record, say},
    time::{When, Zone},
};

#[derive(Subcommand)]
pub enum Action {
    /// Lists the account's conversions, newest first.
    List {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one conversion.
    Show { id: String },
    /// Records one conversion.
    Record {
        #[command(flatten)]
        row: Row,
        /// Separator of the decimals in an amount that can be read in two ways, such as `1.500`.
        /// Default: the separator of the conversion code.
        #[arg(long, value_enum, default_value_t = Separator::Auto)]
        decimal_separator: Separator,
        /// Only check; record nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Records the conversions of a CSV file; importing it again counts nothing twice.
    Import(import::Options),
    /// Writes conversions as CSV, newest first, in the form that `import` reads.
    Export {
        #[command(flatten)]
        filter: Filter,
        /// File to write. An existing file is replaced only once the new file is complete. Default:
        /// `-`, standard output.
        file: Option<PathBuf>,
    },
}

/// Filters for conversions, combined with AND.
#[derive(Args)]
pub struct Filter {
    /// Only conversions of the conversion code with this id or name.
    #[arg(long, value_name = "CODE", value_parser = given_id)]
    code: Option<String>,
    #[command(flatten)]
    own: OwnFilter,
    /// Only conversions recorded at or after this time, for example `2026-11-24`, `yesterday` or
    /// `2026-11-24T12:00:00Z`. A date alone is the beginning of that day.
    #[arg(long, value_name = "TIME")]
    since: Option<When>,
    /// Only conversions recorded before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
}

impl Filter {
    /// Replaces names and slugs with ids.
    async fn with_ids(mut self, client: &Client) -> Result<Self, Failure> {
        self.code = names::code_option(self.code, client).await?;
        self.own = self.own.with_ids(client).await?;
        Ok(self)
    }

    fn request(self, zone: &Zone) -> Result<ListConversionsRequest, Failure> {
        let filter = ConversionFilter {
            conversion_code_id: self.code.unwrap_or_default(),
            start_time: zone.option(self.since)?,
            end_time: zone.option(self.until)?,
            ..self.own.read()
        };
        Ok(ListConversionsRequest { filter: Some(filter), ..Default::default() })
    }
}

/// The filters that only conversions have, apart from times.
#[derive(Args, Default)]
pub struct OwnFilter {
    /// Only conversions of the tracking link with this id or slug.
    #[arg(long, value_name = "LINK", value_parser = given_id)]
    link: Option<String>,
    /// Only conversions that are owed to the partner with this id, name or external id.
    #[arg(long)]
    partner: Option<String>,
    /// Only conversions of this click.
    #[arg(long, value_name = "CLICK_ID", value_parser = given_id)]
    click: Option<String>,
    /// Only conversions with this order id of the merchant.
    #[arg(long, value_name = "ID", value_parser = given_id)]
    transaction: Option<String>,
    /// Only conversions with this status.
    #[arg(long, value_enum)]
    status: Option<Status>,
}

impl OwnFilter {
    /// Replaces names with ids.
    pub async fn with_ids(mut self, client: &Client) -> Result<Self, Failure> {
        self.link = names::link_option(self.link, client).await?;
        self.partner = names::partner_option(self.partner, client).await?;
        Ok(self)
    }

    pub fn read(self) -> ConversionFilter {
        ConversionFilter {
            tracking_link_id: self.link.unwrap_or_default(),
            partner_id: self.partner.unwrap_or_default(),
            click_id: self.click.unwrap_or_default(),
            transaction_id: self.transaction.unwrap_or_default(),
            status: self.status.map(ConversionStatus::from).unwrap_or_default().into(),
            ..Default::default()
        }
    }

    /// The options, and whether each is given.
    pub fn given(&self) -> [(&'static str, bool); 5] {
        [
            ("--link", self.link.is_some()),
            ("--partner", self.partner.is_some()),
            ("--click", self.click.is_some()),
            ("--transaction", self.transaction.is_some()),
            ("--status", self.status.is_some()),
        ]
    }
}

/// The merchant's decision about a conversion.
#[derive(Clone, Copy, ValueEnum)]
pub enum Status {
    Pending,
    Approved,
    Declined,
}

impl From<Status> for ConversionStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Approved => Self::Approved,
            Status::Declined => Self::Declined,
        }
    }
}

impl Record for Conversion {
    const MESSAGE: &'static str = "Conversion";
    const NARROW: usize = 7;
    const COLUMNS: &'static [Column<Self>] = &[
        ("create_time", |one| time(one.create_time.as_ref())),
        ("transaction_id", |one| one.transaction_id.clone()),
        ("value", |one| amount(one.value.as_ref())),
        ("commission", |one| amount(one.commission.as_ref())),
        ("currency", |one| currency(one.value.as_ref())),
        ("status", |one| word(one.status().as_str_name(), "CONVERSION_STATUS_")),
        ("current_status", |one| word(current(one).status().as_str_name(), "CONVERSION_STATUS_")),
        ("id", |one| one.id.clone()),
        ("conversion_code_id", |one| one.conversion_code_id.clone()),
        ("tracking_link_id", |one| one.tracking_link_id.clone()),
        ("click_id", |one| one.click_id.clone()),
        ("commission_percent", |one| one.commission_percent_micros.map(decimal).unwrap_or_default()),
        ("conversion_time", |one| time(one.conversion_time.as_ref())),
        ("click_time", |one| time(one.click_time.as_ref())),
        ("status_word", |one| one.status_word.clone()),
        ("custom_params", |one| row::custom_params(&one.custom_params)),
        ("current_value", |one| amount(current(one).value.as_ref())),
        ("current_commission", |one| amount(current(one).commission.as_ref())),
        ("adjustment_count", |one| one.adjustment_count.to_string()),
        ("partner_id", |one| one.partner_id.clone()),
        ("owed", |one| amount(one.owed.as_ref())),
        ("sub_ids", |one| row::sub_ids(&one.sub_ids)),
    ];
}

/// The conversion as it stands now. The columns without `current` are as it was recorded, so that an
/// export can be imported.
fn current(one: &Conversion) -> ConversionStanding {
    one.current.clone().unwrap_or_default()
}

pub async fn run(action: Action, client: &Client, output: &Output, zone: &Arc<Zone>) -> Result<(), Failure> {
    match action {
        Action::List { filter, limit } => {
            let request = filter.with_ids(client).await?.request(zone)?;
            wide::list(client, request, limit.limit, output).await
        }
        Action::Show { id } => {
            let response = client.conversions().get(GetConversionRequest { conversion_id: id }).await?;
            output.show(response.conversion.as_ref())
        }
        Action::Record { mut row, decimal_separator, dry_run } => {
            row.conversion_code_id = names::code(&row.conversion_code_id, client).await?;
            let mut codes = Codes::new(client);
            let separator = decimal_separator.into();
            let mut rules =
                row::Rules { source: row::Source::Options, separator, zone, find: &mut |id| codes.find(id) };
            let conversion = row.conversion(&mut rules).map_err(Failure::Usage)?.conversion;
            let request = RecordConversionRequest { validate_only: dry_run, ..conversion.into() };
            let response = client.conversions().record(request).await?;
            for note in &response.notes {
                say(&format!("note: {}", plain(&note.message)));
            }
            let verdict = word(response.verdict().as_str_name(), "CONVERSION_VERDICT_");
            let said = [("verdict", verdict.as_str())];
            output.answer("RecordConversionResponse", &response, response.conversion.as_ref(), &said)
        }
        Action::Import(_) if output.format != Format::Table => {
            let sentence = "an import has no result to write as JSON or CSV; omit --output, and see --failed";
            Err(Failure::Usage(sentence.to_owned()))
        }
        Action::Import(options) => import::run(client, options, zone).await,
        Action::Export { .. } if output.format == Format::Json => {
            let sentence = "an export is CSV; `s2s conversions list --limit 0 --output json` writes JSON";
            Err(Failure::Usage(sentence.to_owned()))
        }
        Action::Export { filter, file } => {
            let file = file.filter(|file| file != Path::new("-"));
            let request = filter.with_ids(client).await?.request(zone)?;
            export::run(client, request, file.as_deref()).await
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use s2s_sdk::prost_types::Timestamp;

    use super::*;
    use crate::args::{Arguments, Command};

    fn listed(options: &[&str]) -> Option<ConversionFilter> {
        let words = [&["s2s", "conversions", "list"], options].concat();
        let Command::Conversions { action: Action::List { filter, .. } } =
            Arguments::read(words).ok()?.command
        else {
            return None;
        };
        filter.request(&Zone::new(Some(TimeZone::UTC))).unwrap().filter
    }

    #[test]
    fn options_become_filters() {
        let empty = ConversionFilter::default;
        for (options, expected) in [
            (&[][..], Some(empty())),
            (&["--code", "C"], Some(ConversionFilter { conversion_code_id: "C".to_owned(), ..empty() })),
            (&["--link", "L"], Some(ConversionFilter { tracking_link_id: "L".to_owned(), ..empty() })),
            (&["--click", "c"], Some(ConversionFilter { click_id: "c".to_owned(), ..empty() })),
            (
                &["--transaction", "order-1", "--status", "declined"],
                Some(ConversionFilter {
                    transaction_id: "order-1".to_owned(),
                    status: ConversionStatus::Declined.into(),
                    ..empty()
                }),
            ),
            (
                &["--since", "1970-01-02", "--until", "1970-01-02 00:00:01"],
                Some(ConversionFilter {
                    start_time: Some(Timestamp { seconds: 86_400, nanos: 0 }),
                    end_time: Some(Timestamp { seconds: 86_401, nanos: 0 }),
                    ..empty()
                }),
            ),
            (
                &["--transaction", " order-1 "],
                Some(ConversionFilter { transaction_id: "order-1".to_owned(), ..empty() }),
            ),
            (&["--code", ""], None),
            (&["--link", " "], None),
            (&["--click="], None),
            (&["--transaction", "\"\""], None),
            (&["--status", ""], None),
            (&["--since", ""], None),
            (&["--status", "reversed"], None),
            (&["--since", "01/02/2026"], None),
        ] {
            assert_eq!(listed(options), expected, "{options:?}");
        }
    }
}

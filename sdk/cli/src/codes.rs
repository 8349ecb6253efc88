//! `s2s codes`: conversion codes.

use clap::{Args, Subcommand, ValueEnum};
use s2s_sdk::{
    Client,
    prost_types::FieldMask,
    v1::{
        ArchiveConversionCodeRequest, ConversionCode, CreateConversionCodeRequest, DecimalSeparator,
        DedupePolicy, GetConversionCodeRequest, GetPostbackUrlRequest, ListConversionCodesRequest,
        RotatePostbackSecretRequest, SetupWarning, UnarchiveConversionCodeRequest,
        UpdateConversionCodeRequest,
    },
};

use crate::{
    args::{Limit, preset_id},
    cells::{plain, time, word},
    conversions::Status,
    failure::Failure,
    output::{Column, Output, Record, say},
    time::hours,
};

const HOURS_PER_DAY: u32 = 24;

#[derive(Subcommand)]
pub enum Action {
    /// Lists the account's conversion codes, newest first.
    List {
        /// List archived codes as well.
        #[arg(long)]
        archived: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one conversion code.
    Show { id: String },
    /// Creates a conversion code.
    Create {
        /// Name for people, for example `Sale`.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        settings: Settings,
        /// Only check; write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Changes the given settings of a conversion code.
    Update {
        id: String,
        /// Name for people.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
        /// Remove the preset.
        #[arg(long, conflicts_with = "preset")]
        no_preset: bool,
    },
    /// Archives a conversion code; postbacks that name it are held from then on.
    Archive { id: String },
    /// Makes an archived conversion code active again.
    Unarchive { id: String },
    /// Shows the postback URL to paste.
    PostbackUrl {
        id: String,
        /// Preset of the network that is to call the URL, for example `everflow`.
        #[arg(long, value_parser = preset_id)]
        preset: Option<String>,
    },
    /// Makes a new secret for the code's postbacks and shows it. The secret can't be shown again.
    RotateSecret {
        id: String,
        /// Time for which the present secret stays valid, in hours.
        #[arg(long, value_name = "HOURS", default_value_t = HOURS_PER_DAY)]
        overlap_hours: u32,
    },
}

#[derive(Args)]
pub struct Settings {
    /// Currency for amounts that come without a currency, for example `EUR`. Default of a new code:
    /// `USD`.
    #[arg(long)]
    currency: Option<String>,
    /// Longest time between a click and a conversion that still counts, in days.
    #[arg(long, value_name = "DAYS")]
    window_days: Option<u32>,
    /// Rule for conversions that are sent without a transaction id.
    #[arg(long, value_enum)]
    dedupe: Option<Dedupe>,
    /// Status of conversions that are sent without a status.
    #[arg(long, value_enum)]
    default_status: Option<Status>,
    /// Separator of the decimals in amounts that can be read in two ways, such as `1.500`.
    #[arg(long, value_enum)]
    decimal_separator: Option<Separator>,
    /// Preset of the network that calls the postback URL, for example `everflow`.
    #[arg(long, value_parser = preset_id)]
    preset: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Dedupe {
    OnePerClick,
    Every,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Separator {
    /// Unknown: a postback with such an amount is held, and a row with such an amount fails.
    Auto,
    /// `1.500` is one and a half.
    Point,
    /// `1,500` is one and a half.
    Comma,
}

impl From<Separator> for DecimalSeparator {
    fn from(separator: Separator) -> Self {
        match separator {
            Separator::Auto => Self::Auto,
            Separator::Point => Self::Point,
            Separator::Comma => Self::Comma,
        }
    }
}

impl Settings {
    /// Sets the given fields on `code`. Returns `code` and the names of these fields.
    fn apply(self, mut code: ConversionCode) -> (ConversionCode, Vec<String>) {
        let mut paths = Vec::new();
        if let Some(currency) = self.currency {
            paths.push("default_currency".to_owned());
            code.default_currency = currency;
        }
        if let Some(days) = self.window_days {
            paths.push("attribution_window".to_owned());
            code.attribution_window = Some(hours(days.saturating_mul(HOURS_PER_DAY)));
        }
        if let Some(dedupe) = self.dedupe {
            paths.push("dedupe_policy".to_owned());
            code.set_dedupe_policy(match dedupe {
                Dedupe::OnePerClick => DedupePolicy::OnePerClick,
                Dedupe::Every => DedupePolicy::Every,
            });
        }
        if let Some(status) = self.default_status {
            paths.push("default_status".to_owned());
            code.set_default_status(status.into());
        }
        if let Some(separator) = self.decimal_separator {
            paths.push("decimal_separator".to_owned());
            code.set_decimal_separator(separator.into());
        }
        if let Some(preset) = self.preset {
            paths.push("preset_id".to_owned());
            code.preset_id = preset;
        }
        (code, paths)
    }
}

impl Record for ConversionCode {
    const MESSAGE: &'static str = "ConversionCode";
    const NARROW: usize = 6;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |code| code.id.clone()),
        ("name", |code| code.name.clone()),
        ("currency", |code| code.default_currency.clone()),
        ("dedupe", |code| word(code.dedupe_policy().as_str_name(), "DEDUPE_POLICY_")),
        ("preset", |code| code.preset_id.clone()),
        ("state", |code| word(code.state().as_str_name(), "CONVERSION_CODE_STATE_")),
        ("window_seconds", |code| {
            code.attribution_window.map(|window| window.seconds.to_string()).unwrap_or_default()
        }),
        ("default_status", |code| word(code.default_status().as_str_name(), "CONVERSION_STATUS_")),
        ("decimal_separator", |code| word(code.decimal_separator().as_str_name(), "DECIMAL_SEPARATOR_")),
        ("create_time", |code| time(code.create_time.as_ref())),
        ("update_time", |code| time(code.update_time.as_ref())),
        ("archive_time", |code| time(code.archive_time.as_ref())),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output) -> Result<(), Failure> {
    match action {
        Action::List { archived, limit } => {
            let request = ListConversionCodesRequest { show_archived: archived, ..Default::default() };
            output.list(client.conversion_codes(request), limit.limit).await
        }
        Action::Show { id } => {
            let response =
                client.get_conversion_code(GetConversionCodeRequest { conversion_code_id: id }).await?;
            output.show(response.conversion_code.as_ref())
        }
        Action::Create { name, settings, dry_run } => {
            let (code, _) = settings.apply(ConversionCode { name, ..Default::default() });
            let request = CreateConversionCodeRequest {
                conversion_code: Some(code),
                validate_only: dry_run,
                ..Default::default()
            };
            let response = client.create_conversion_code(request).await?;
            warn(&response.warnings);
            output.show(response.conversion_code.as_ref())
        }
        Action::Update { id, name, settings, no_preset } => {
            let (mut code, mut paths) = settings.apply(ConversionCode { id, ..Default::default() });
            if let Some(name) = name {
                paths.push("name".to_owned());
                code.name = name;
            }
            if no_preset {
                paths.push("preset_id".to_owned());
            }
            update(code, paths, client, output).await
        }
        Action::Unarchive { id } => {
            let request = UnarchiveConversionCodeRequest { conversion_code_id: id, ..Default::default() };
            let response = client.unarchive_conversion_code(request).await?;
            output.show(response.conversion_code.as_ref())
        }
        Action::Archive { id } => {
            let request = ArchiveConversionCodeRequest { conversion_code_id: id, ..Default::default() };
            let response = client.archive_conversion_code(request).await?;
            output.show(response.conversion_code.as_ref())
        }
        Action::PostbackUrl { id, preset } => {
            let preset_id = preset.unwrap_or_default();
            let request = GetPostbackUrlRequest { conversion_code_id: id, preset_id };
            let response = client.get_postback_url(request).await?;
            warn(&response.warnings);
            output.text("GetPostbackUrlResponse", &response, &[("postback_url", &response.postback_url)])
        }
        Action::RotateSecret { id, overlap_hours } => {
            let request = RotatePostbackSecretRequest {
                conversion_code_id: id,
                overlap: Some(hours(overlap_hours)),
                ..Default::default()
            };
            let response = client.rotate_postback_secret(request).await?;
            let said = [("secret", response.secret.as_str()), ("postback_url", &response.postback_url)];
            output.text("RotatePostbackSecretResponse", &response, &said)
        }
    }
}

/// Changes the settings of a code that `paths` names.
async fn update(
    code: ConversionCode,
    paths: Vec<String>,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    if paths.is_empty() {
        return Err(Failure::nothing_to_change());
    }
    let request = UpdateConversionCodeRequest {
        conversion_code: Some(code),
        update_mask: Some(FieldMask { paths }),
        ..Default::default()
    };
    let response = client.update_conversion_code(request).await?;
    warn(&response.warnings);
    output.show(response.conversion_code.as_ref())
}

/// Prints warnings about settings that will likely not work as intended.
pub fn warn(warnings: &[SetupWarning]) {
    for warning in warnings {
        say(&format!("note: {}", plain(&warning.message)));
    }
}

#[cfg(test)]
mod tests {
    use s2s_sdk::v1::ConversionStatus;

    use super::*;
    use crate::args::{Arguments, Command};

    fn settings(words: &[&str]) -> Option<Settings> {
        match Arguments::read(words).ok()?.command {
            Command::Codes { action: Action::Create { settings, .. } | Action::Update { settings, .. } } => {
                Some(settings)
            }
            _ => None,
        }
    }

    #[test]
    fn a_default_status_can_be_given_and_alone_is_changed() {
        for command in [&["s2s", "codes", "create", "--name", "Sale"][..], &["s2s", "codes", "update", "C"]] {
            for (word, expected) in [
                ("pending", ConversionStatus::Pending),
                ("approved", ConversionStatus::Approved),
                ("declined", ConversionStatus::Declined),
            ] {
                let given = settings(&[command, &["--default-status", word]].concat()).unwrap();
                let (code, paths) = given.apply(ConversionCode::default());
                assert_eq!((code.default_status(), paths), (expected, vec!["default_status".to_owned()]));
            }
            assert!(settings(&[command, &["--default-status", "paid"]].concat()).is_none());
            let (code, paths) = settings(command).unwrap().apply(ConversionCode::default());
            assert_eq!((code, paths), (ConversionCode::default(), vec![]));
        }
    }
}

//! `s2s codes`: conversion codes.

mod settings;

use clap::Subcommand;
use s2s_sdk::{
    Client,
    prost_types::FieldMask,
    v1::{
        ArchiveConversionCodeRequest, ConversionCode, CreateConversionCodeRequest, GetConversionCodeRequest,
        GetPostbackUrlRequest, ListConversionCodesRequest, RotatePostbackSecretRequest, SetupWarning,
        TestSetupRequest, UnarchiveConversionCodeRequest, UpdateConversionCodeRequest,
    },
};

pub use self::settings::Separator;
use self::settings::Settings;

use crate::{
    args::{Limit, preset_id},
    cells::{plain, time, word},
    failure::Failure,
    names,
    output::{self, Column, Format, Output, Record, print, say},
    postbacks, schema,
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
    Show {
        /// Id or name of the code.
        id: String,
    },
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
        /// Id or name of the code.
        id: String,
        /// New name for people.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
        /// Remove the preset.
        #[arg(long, conflicts_with = "preset")]
        no_preset: bool,
        /// Only check; write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Archives a conversion code; postbacks that name it are held from then on.
    Archive {
        /// Id or name of the code.
        id: String,
    },
    /// Makes an archived conversion code active again.
    Unarchive {
        /// Id or name of the code.
        id: String,
    },
    /// Simulates a visit, a sale and its postback, and says what each step found. Records nothing.
    Test {
        /// Id or name of the code.
        id: String,
        /// Id, slug or URL of the tracking link. Default: the newest active link that has the code.
        #[arg(long, value_name = "LINK")]
        link: Option<String>,
    },
    /// Shows the postback URL to paste.
    PostbackUrl {
        /// Id or name of the code.
        id: String,
        /// Preset of the network that is to call the URL, for example `everflow`.
        #[arg(long, value_parser = preset_id)]
        preset: Option<String>,
    },
    /// Makes a new secret for the code's postbacks and shows it. The secret can't be shown again.
    RotateSecret {
        /// Id or name of the code.
        id: String,
        /// Time for which the present secret stays valid, in hours.
        #[arg(long, value_name = "HOURS", default_value_t = HOURS_PER_DAY)]
        overlap_hours: u32,
    },
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
        ("update_policy", |code| word(code.update_policy().as_str_name(), "UPDATE_POLICY_")),
        ("transaction_scope", |code| word(code.transaction_scope().as_str_name(), "TRANSACTION_SCOPE_")),
        ("create_time", |code| time(code.create_time.as_ref())),
        ("update_time", |code| time(code.update_time.as_ref())),
        ("archive_time", |code| time(code.archive_time.as_ref())),
        ("reply", |code| settings::reply(code)),
        ("checks", |code| settings::checks(code)),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output) -> Result<(), Failure> {
    match action {
        Action::List { archived, limit } => {
            let request = ListConversionCodesRequest { show_archived: archived, ..Default::default() };
            output.list(client.conversion_codes().list(request), limit.limit).await
        }
        Action::Show { id } => output.show(Some(&get(names::code(&id, client).await?, client).await?)),
        Action::Create { name, settings, dry_run } => {
            let (code, _) = settings.apply(ConversionCode { name, ..Default::default() });
            let request = CreateConversionCodeRequest {
                conversion_code: Some(code),
                validate_only: dry_run,
                ..Default::default()
            };
            let response = client.conversion_codes().create(request).await?;
            warn(&response.warnings);
            output.show(response.conversion_code.as_ref())
        }
        Action::Update { id, name, settings, no_preset, dry_run } => {
            let id = names::code(&id, client).await?;
            let code = if settings.has_checks() {
                get(id, client).await?
            } else {
                ConversionCode { id, ..Default::default() }
            };
            let (mut code, mut paths) = settings.apply(code);
            if let Some(name) = name {
                paths.push("name".to_owned());
                code.name = name;
            }
            if no_preset {
                paths.push("preset_id".to_owned());
                code.preset_id.clear();
            }
            update(code, paths, dry_run, client, output).await
        }
        Action::Unarchive { id } => {
            let conversion_code_id = names::code(&id, client).await?;
            let request = UnarchiveConversionCodeRequest { conversion_code_id, ..Default::default() };
            let response = client.conversion_codes().unarchive(request).await?;
            output.show(response.conversion_code.as_ref())
        }
        Action::Archive { id } => {
            let conversion_code_id = names::code(&id, client).await?;
            let request = ArchiveConversionCodeRequest { conversion_code_id, ..Default::default() };
            let response = client.conversion_codes().archive(request).await?;
            output.show(response.conversion_code.as_ref())
        }
        Action::Test { id, link } => test(&id, link, client, output).await,
        Action::PostbackUrl { id, preset } => {
            let (preset_id, conversion_code_id) =
                (preset.unwrap_or_default(), names::code(&id, client).await?);
            let request = GetPostbackUrlRequest { conversion_code_id, preset_id };
            let response = client.conversion_codes().get_postback_url(request).await?;
            warn(&response.warnings);
            output.text("GetPostbackUrlResponse", &response, &[("postback_url", &response.postback_url)])
        }
        Action::RotateSecret { id, overlap_hours } => rotate(&id, overlap_hours, client, output).await,
    }
}

async fn get(conversion_code_id: String, client: &Client) -> Result<ConversionCode, Failure> {
    let response = client.conversion_codes().get(GetConversionCodeRequest { conversion_code_id }).await?;
    Ok(response.conversion_code.unwrap_or_default())
}

async fn rotate(id: &str, overlap_hours: u32, client: &Client, output: &Output) -> Result<(), Failure> {
    let request = RotatePostbackSecretRequest {
        conversion_code_id: names::code(id, client).await?,
        overlap: Some(hours(overlap_hours)),
        ..Default::default()
    };
    let response = client.conversion_codes().rotate_postback_secret(request).await?;
    let said = [("secret", response.secret.as_str()), ("postback_url", &response.postback_url)];
    output.text("RotatePostbackSecretResponse", &response, &said)
}

/// Simulates a whole conversion. Fails if a step found a fault.
async fn test(id: &str, link: Option<String>, client: &Client, output: &Output) -> Result<(), Failure> {
    let request = TestSetupRequest {
        conversion_code_id: names::code(id, client).await?,
        tracking_link_id: names::link_option(link, client).await?.unwrap_or_default(),
    };
    let response = client.conversion_codes().test_setup(request).await?;
    match output.format {
        Format::Json => output::json(&schema::json("TestSetupResponse", &response)?)?,
        Format::Csv => {
            return Err(Failure::Usage(
                "a test can't be shown as CSV; use `--output table` or `--output json`".to_owned(),
            ));
        }
        Format::Table => {
            for step in &response.steps {
                print(&format!("{}\n", postbacks::line(step)))?;
            }
            for (name, url) in [("redirect", &response.redirect_url), ("postback", &response.postback_url)] {
                if !url.is_empty() {
                    print(&format!("\n{name} URL: {}\n", plain(url)))?;
                }
            }
        }
    }
    if response.passed {
        return Ok(());
    }
    let reason = word(response.reason().as_str_name(), "ERROR_REASON_").to_uppercase();
    Err(Failure::Found(format!("the test failed for {reason}; {}", response.reason().cure())))
}

/// Changes those settings of a code that are named in `paths`.
async fn update(
    code: ConversionCode,
    paths: Vec<String>,
    validate_only: bool,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    if paths.is_empty() {
        return Err(Failure::nothing_to_change());
    }
    let update_mask = Some(FieldMask { paths });
    let request = UpdateConversionCodeRequest { conversion_code: Some(code), update_mask, validate_only };
    let response = client.conversion_codes().update(request).await?;
    warn(&response.warnings);
    output.show(response.conversion_code.as_ref())
}

/// Prints warnings about settings that will likely not work as intended.
pub fn warn(warnings: &[SetupWarning]) {
    for warning in warnings {
        say(&format!("note: {}", plain(&warning.message)));
    }
}

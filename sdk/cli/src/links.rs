//! `s2s links`: tracking links.

use clap::{Args, Subcommand};
use s2s_sdk::{
    Client,
    prost_types::FieldMask,
    v1::{
        ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, ConversionCode,
        CreateConversionCodeRequest, CreateTrackingLinkRequest, GetPostbackUrlRequest,
        GetTrackingLinkRequest, ListTrackingLinksRequest, TrackingLink, UnarchiveTrackingLinkRequest,
        UpdateTrackingLinkRequest,
    },
};

use crate::{
    args::{Limit, preset_id},
    cells::{time, word},
    codes::warn,
    failure::Failure,
    output::{Column, Output, Record},
};

#[derive(Subcommand)]
pub enum Action {
    /// Lists the account's tracking links, newest first.
    List {
        /// List archived links as well.
        #[arg(long)]
        archived: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one tracking link.
    Show { id: String },
    /// Creates a tracking link and, with `--new-code`, its conversion code.
    Create(Create),
    /// Changes the given settings of a tracking link.
    Update {
        id: String,
        /// URL that visitors are sent to.
        #[arg(long, value_name = "URL")]
        destination: Option<String>,
        /// New path of the link. The former path then leads nowhere.
        #[arg(long)]
        slug: Option<String>,
        /// Id of a conversion code that counts for the link. Can be given several times. Replaces
        /// all former codes.
        #[arg(long = "code", value_name = "ID")]
        codes: Vec<String>,
        /// Word to find the link by; can be given several times, and replaces all former tags.
        #[arg(long = "tag", value_name = "WORD")]
        tags: Vec<String>,
    },
    /// Archives a tracking link. Visitors get its fallback destination, and sales of later clicks
    /// are held.
    Archive { id: String },
    /// Makes an archived tracking link active again.
    Unarchive { id: String },
}

#[derive(Args)]
pub struct Create {
    /// URL that visitors are sent to; the click id replaces `[s2sidentifier]`.
    #[arg(long, value_name = "URL")]
    destination: String,
    /// Path of the link. Default: chosen by the server.
    #[arg(long)]
    slug: Option<String>,
    /// Id of a conversion code that counts; can be given several times.
    #[arg(long = "code", value_name = "ID")]
    codes: Vec<String>,
    /// Name of a conversion code to create; it counts in addition to the codes of `--code`.
    #[arg(long, value_name = "NAME")]
    new_code: Option<String>,
    /// Currency of the new code. Default: `USD`.
    #[arg(long, requires = "new_code")]
    currency: Option<String>,
    /// Word to find the link by; can be given several times.
    #[arg(long = "tag", value_name = "WORD")]
    tags: Vec<String>,
    /// Preset of the network that the destination belongs to, for example `everflow`.
    #[arg(long, value_parser = preset_id)]
    preset: Option<String>,
}

impl Record for TrackingLink {
    const MESSAGE: &'static str = "TrackingLink";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |link| link.id.clone()),
        ("url", |link| link.url.clone()),
        ("destination", |link| link.destination.clone()),
        ("tags", |link| link.tags.join(", ")),
        ("state", |link| word(link.state().as_str_name(), "TRACKING_LINK_STATE_")),
        ("slug", |link| link.slug.clone()),
        ("conversion_code_ids", |link| link.conversion_code_ids.join(", ")),
        ("fallback_destination", |link| link.fallback_destination.clone()),
        ("expire_time", |link| time(link.expire_time.as_ref())),
        ("create_time", |link| time(link.create_time.as_ref())),
        ("update_time", |link| time(link.update_time.as_ref())),
        ("archive_time", |link| time(link.archive_time.as_ref())),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output) -> Result<(), Failure> {
    match action {
        Action::List { archived, limit } => {
            let request = ListTrackingLinksRequest { show_archived: archived, ..Default::default() };
            output.list(client.tracking_links(request), limit.limit).await
        }
        Action::Show { id } => {
            let response = client.get_tracking_link(GetTrackingLinkRequest { tracking_link_id: id }).await?;
            output.show(response.tracking_link.as_ref())
        }
        Action::Create(link) => create(link, client, output).await,
        Action::Update { id, destination, slug, codes, tags } => {
            let mut paths = Vec::new();
            let given = [
                ("destination", destination.is_some()),
                ("slug", slug.is_some()),
                ("conversion_code_ids", !codes.is_empty()),
                ("tags", !tags.is_empty()),
            ];
            paths.extend(given.iter().filter(|(_, given)| *given).map(|(path, _)| (*path).to_owned()));
            if paths.is_empty() {
                return Err(Failure::nothing_to_change());
            }
            let link = TrackingLink {
                id,
                slug: slug.unwrap_or_default(),
                destination: destination.unwrap_or_default(),
                conversion_code_ids: codes,
                tags,
                ..Default::default()
            };
            let request = UpdateTrackingLinkRequest {
                tracking_link: Some(link),
                update_mask: Some(FieldMask { paths }),
                ..Default::default()
            };
            let response = client.update_tracking_link(request).await?;
            warn(&response.warnings);
            output.show(response.tracking_link.as_ref())
        }
        Action::Unarchive { id } => {
            let request = UnarchiveTrackingLinkRequest { tracking_link_id: id, ..Default::default() };
            let response = client.unarchive_tracking_link(request).await?;
            warn(&response.warnings);
            output.show(response.tracking_link.as_ref())
        }
        Action::Archive { id } => {
            let request = ArchiveTrackingLinkRequest { tracking_link_id: id, ..Default::default() };
            let response = client.archive_tracking_link(request).await?;
            output.show(response.tracking_link.as_ref())
        }
    }
}

async fn create(create: Create, client: &Client, output: &Output) -> Result<(), Failure> {
    let mut request = CreateTrackingLinkRequest {
        tracking_link: Some(TrackingLink {
            slug: create.slug.unwrap_or_default(),
            destination: create.destination,
            conversion_code_ids: create.codes,
            tags: create.tags,
            ..Default::default()
        }),
        preset_id: create.preset.clone().unwrap_or_default(),
        ..Default::default()
    };
    let Some(name) = create.new_code else {
        let response = client.create_tracking_link(request).await?;
        warn(&response.warnings);
        return output.show(response.tracking_link.as_ref());
    };
    // Checks everything in the link that does not depend on the code, so that a refused link leaves
    // no code behind.
    client.create_tracking_link(CreateTrackingLinkRequest { validate_only: true, ..request.clone() }).await?;
    let code = ConversionCode {
        name,
        default_currency: create.currency.unwrap_or_default(),
        preset_id: create.preset.unwrap_or_default(),
        ..Default::default()
    };
    let code = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let code = client.create_conversion_code(code).await?.conversion_code.unwrap_or_default();
    if let Some(link) = &mut request.tracking_link {
        link.conversion_code_ids.push(code.id.clone());
    }
    let response = match client.create_tracking_link(request).await {
        Ok(response) => response,
        Err(error) => {
            let archive = ArchiveConversionCodeRequest { conversion_code_id: code.id, ..Default::default() };
            client.archive_conversion_code(archive).await?;
            return Err(error.into());
        }
    };
    warn(&response.warnings);
    let url = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let url = client.get_postback_url(url).await?.postback_url;
    let said = [
        ("conversion_code_id", code.id.as_str()),
        ("currency", &code.default_currency),
        ("postback_url", &url),
    ];
    output.answer("CreateTrackingLinkResponse", &response, response.tracking_link.as_ref(), &said)
}

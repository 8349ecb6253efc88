//! `s2s links`: tracking links.

use clap::{Args, Subcommand, ValueEnum};
use s2s_sdk::{
    Client,
    amount::read_percent,
    prost_types::FieldMask,
    v1::{
        ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, ConversionCode,
        CreateConversionCodeRequest, CreateTrackingLinkRequest, GetPostbackUrlRequest,
        GetTrackingLinkRequest, ListTrackingLinksRequest, PartnerShare, RedirectKind, ShareBasis,
        TrackingLink, UnarchiveTrackingLinkRequest, UpdateTrackingLinkRequest,
    },
};

use crate::{
    args::{Limit, preset_id},
    cells::{decimal, time, word},
    codes::warn,
    failure::Failure,
    names,
    output::{Column, Output, Record},
    time::{When, Zone},
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
    Show {
        /// Id or slug of the link.
        id: String,
    },
    /// Creates a tracking link and, with `--new-code`, its conversion code.
    Create(Create),
    /// Changes the given settings of a tracking link.
    Update(Update),
    /// Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has none.
    /// Postbacks of later clicks are held.
    Archive {
        /// Id or slug of the link.
        id: String,
    },
    /// Makes an archived tracking link active again.
    Unarchive {
        /// Id or slug of the link.
        id: String,
    },
}

#[derive(Args)]
pub struct Update {
    /// Id or slug of the link.
    id: String,
    /// URL that visitors are sent to.
    #[arg(long, value_name = "URL")]
    destination: Option<String>,
    /// New path of the link. The former path then leads nowhere.
    #[arg(long)]
    slug: Option<String>,
    /// Id or name of a conversion code that counts for the link. Can be given several times.
    /// Replaces all former codes.
    #[arg(long = "code", value_name = "CODE")]
    codes: Vec<String>,
    /// Id or name of a conversion code that counts in addition to the present ones. Can be given
    /// several times.
    #[arg(long = "add-code", value_name = "CODE", conflicts_with = "codes")]
    add_codes: Vec<String>,
    /// Word to find the link by; can be given several times, and replaces all former tags.
    #[arg(long = "tag", value_name = "WORD")]
    tags: Vec<String>,
    #[command(flatten)]
    more: More,
    /// Let the link never expire.
    #[arg(long, conflicts_with = "expire")]
    no_expire: bool,
    /// Remove the fallback destination.
    #[arg(long, conflicts_with = "fallback")]
    no_fallback: bool,
    /// Only check; write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Settings that a new link and an update share.
#[derive(Args)]
struct More {
    /// Time at which the link expires, for example `2026-12-31`. From then on, visitors get the
    /// fallback destination, or HTTP 410 if there is none.
    #[arg(long, value_name = "TIME")]
    expire: Option<When>,
    /// URL that visitors are sent to once the link has expired or is archived.
    #[arg(long, value_name = "URL")]
    fallback: Option<String>,
    /// HTTP status of the redirect.
    #[arg(long, value_enum, value_name = "STATUS")]
    redirect: Option<Redirect>,
    /// Add the visitor's query parameters to the destination: `true` or `false`.
    #[arg(long, value_name = "BOOLEAN")]
    query_pass_through: Option<bool>,
    /// Id, name or external id of the partner who is owed a share of the link's conversions. Once
    /// given, it never changes.
    #[arg(long)]
    partner: Option<String>,
    /// The partner's share of the commission, in percent, for example `80`. Default: all of it.
    #[arg(long, value_name = "PERCENT")]
    share: Option<String>,
    /// The partner's share of the value, in percent, in place of one of the commission.
    #[arg(long, value_name = "PERCENT", conflicts_with = "share")]
    share_of_value: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Redirect {
    #[value(name = "302")]
    Found,
    #[value(name = "303")]
    SeeOther,
    #[value(name = "307")]
    Temporary,
}

impl More {
    /// Sets the given fields on `link`. Adds their names to `paths`.
    async fn apply(
        self,
        link: &mut TrackingLink,
        paths: &mut Vec<String>,
        zone: &Zone,
        client: &Client,
    ) -> Result<(), Failure> {
        if let Some(end) = zone.option(self.expire)? {
            paths.push("expire_time".to_owned());
            link.expire_time = Some(end);
        }
        if let Some(fallback) = self.fallback {
            paths.push("fallback_destination".to_owned());
            link.fallback_destination = fallback;
        }
        if let Some(redirect) = self.redirect {
            paths.push("redirect_kind".to_owned());
            link.set_redirect_kind(match redirect {
                Redirect::Found => RedirectKind::Found,
                Redirect::SeeOther => RedirectKind::SeeOther,
                Redirect::Temporary => RedirectKind::Temporary,
            });
        }
        if let Some(passes) = self.query_pass_through {
            paths.push("query_pass_through".to_owned());
            link.query_pass_through = passes;
        }
        if let Some(partner_id) = names::partner_option(self.partner, client).await? {
            paths.push("partner_id".to_owned());
            link.partner_id = partner_id;
        }
        let of_value = self.share_of_value.map(|share| (ShareBasis::Value, share));
        if let Some((basis, share)) = of_value.or(self.share.map(|share| (ShareBasis::Commission, share))) {
            paths.push("partner_share".to_owned());
            link.partner_share = Some(PartnerShare { basis: basis.into(), percent_micros: percent(&share)? });
        }
        Ok(())
    }
}

fn percent(text: &str) -> Result<i64, Failure> {
    let read = read_percent(text.trim()).ok().filter(|read| read.currency.is_none());
    let micros = read.and_then(|read| i64::try_from(read.decimal.micros).ok());
    micros.ok_or_else(|| Failure::Usage(format!("`{text}` is no percentage; write one such as 80")))
}

#[derive(Args)]
pub struct Create {
    /// URL that visitors are sent to; the click id replaces `[s2sidentifier]`.
    #[arg(long, value_name = "URL")]
    destination: String,
    /// Path of the link. Default: chosen by the server.
    #[arg(long)]
    slug: Option<String>,
    /// Id or name of a conversion code that counts; can be given several times.
    #[arg(long = "code", value_name = "CODE")]
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
    #[command(flatten)]
    more: More,
    /// Only check; write nothing.
    #[arg(long, conflicts_with = "new_code")]
    dry_run: bool,
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
        ("partner_id", |link| link.partner_id.clone()),
        ("partner_share", |link| share(link.partner_share.as_ref())),
    ];
}

/// A share for people, such as `80 % of commission`.
fn share(share: Option<&PartnerShare>) -> String {
    let Some(share) = share else { return String::new() };
    let basis = word(share.basis().as_str_name(), "SHARE_BASIS_");
    format!("{} % of {basis}", decimal(share.percent_micros))
}

pub async fn run(action: Action, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    match action {
        Action::List { archived, limit } => {
            let request = ListTrackingLinksRequest { show_archived: archived, ..Default::default() };
            output.list(client.tracking_links().list(request), limit.limit).await
        }
        Action::Show { id } => {
            let tracking_link_id = names::link(&id, client).await?;
            let response = client.tracking_links().get(GetTrackingLinkRequest { tracking_link_id }).await?;
            output.show(response.tracking_link.as_ref())
        }
        Action::Create(link) => create(link, client, output, zone).await,
        Action::Update(changes) => update(changes, client, output, zone).await,
        Action::Unarchive { id } => {
            let tracking_link_id = names::link(&id, client).await?;
            let request = UnarchiveTrackingLinkRequest { tracking_link_id, ..Default::default() };
            let response = client.tracking_links().unarchive(request).await?;
            warn(&response.warnings);
            output.show(response.tracking_link.as_ref())
        }
        Action::Archive { id } => {
            let tracking_link_id = names::link(&id, client).await?;
            let request = ArchiveTrackingLinkRequest { tracking_link_id, ..Default::default() };
            let response = client.tracking_links().archive(request).await?;
            output.show(response.tracking_link.as_ref())
        }
    }
}

async fn update(changes: Update, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    let Update { id, destination, slug, codes, add_codes, tags, more, no_expire, no_fallback, dry_run } =
        changes;
    let given = [
        ("destination", destination.is_some()),
        ("slug", slug.is_some()),
        ("conversion_code_ids", !codes.is_empty() || !add_codes.is_empty()),
        ("tags", !tags.is_empty()),
        ("expire_time", no_expire),
        ("fallback_destination", no_fallback),
    ];
    let given = given.iter().filter(|(_, given)| *given).map(|(path, _)| (*path).to_owned());
    let mut paths: Vec<String> = given.collect();
    let mut link = TrackingLink {
        slug: slug.unwrap_or_default(),
        destination: destination.unwrap_or_default(),
        tags,
        ..Default::default()
    };
    more.apply(&mut link, &mut paths, zone, client).await?;
    if paths.is_empty() {
        return Err(Failure::nothing_to_change());
    }
    link.id = names::link(&id, client).await?;
    if !add_codes.is_empty() {
        let request = GetTrackingLinkRequest { tracking_link_id: link.id.clone() };
        let present = client.tracking_links().get(request).await?.tracking_link.unwrap_or_default();
        link.conversion_code_ids = present.conversion_code_ids;
    }
    for id in names::codes([codes, add_codes].concat(), client).await? {
        if !link.conversion_code_ids.contains(&id) {
            link.conversion_code_ids.push(id);
        }
    }
    let request = UpdateTrackingLinkRequest {
        tracking_link: Some(link),
        update_mask: Some(FieldMask { paths }),
        validate_only: dry_run,
    };
    let response = client.tracking_links().update(request).await?;
    warn(&response.warnings);
    output.show(response.tracking_link.as_ref())
}

async fn create(create: Create, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    let mut link = TrackingLink {
        slug: create.slug.unwrap_or_default(),
        destination: create.destination,
        conversion_code_ids: names::codes(create.codes, client).await?,
        tags: create.tags,
        ..Default::default()
    };
    create.more.apply(&mut link, &mut Vec::new(), zone, client).await?;
    let mut request = CreateTrackingLinkRequest {
        tracking_link: Some(link),
        preset_id: create.preset.clone().unwrap_or_default(),
        validate_only: create.dry_run,
        ..Default::default()
    };
    let Some(name) = create.new_code else {
        let response = client.tracking_links().create(request).await?;
        warn(&response.warnings);
        return output.show(response.tracking_link.as_ref());
    };
    // Checks everything in the link that does not depend on the code, so that a refused link leaves
    // no code behind.
    client
        .tracking_links()
        .create(CreateTrackingLinkRequest { validate_only: true, ..request.clone() })
        .await?;
    let code = ConversionCode {
        name,
        default_currency: create.currency.unwrap_or_default(),
        preset_id: create.preset.unwrap_or_default(),
        ..Default::default()
    };
    let code = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let code = client.conversion_codes().create(code).await?.conversion_code.unwrap_or_default();
    if let Some(link) = &mut request.tracking_link {
        link.conversion_code_ids.push(code.id.clone());
    }
    let response = match client.tracking_links().create(request).await {
        Ok(response) => response,
        Err(error) => {
            let archive = ArchiveConversionCodeRequest { conversion_code_id: code.id, ..Default::default() };
            client.conversion_codes().archive(archive).await?;
            return Err(error.into());
        }
    };
    warn(&response.warnings);
    let url = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let url = client.conversion_codes().get_postback_url(url).await?.postback_url;
    let said = [
        ("conversion_code_id", code.id.as_str()),
        ("currency", &code.default_currency),
        ("postback_url", &url),
    ];
    output.answer("CreateTrackingLinkResponse", &response, response.tracking_link.as_ref(), &said)
}

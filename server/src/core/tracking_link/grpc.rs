//! `TrackingLinkService`: translation between its messages and commands.

use std::sync::Arc;

use s2s_sdk::v1::{
    self, ArchiveTrackingLinkRequest, ArchiveTrackingLinkResponse, CreateTrackingLinkRequest,
    CreateTrackingLinkResponse, GetTrackingLinkRequest, GetTrackingLinkResponse, ListTrackingLinksRequest,
    ListTrackingLinksResponse, TrackingLinkState, UnarchiveTrackingLinkRequest,
    UnarchiveTrackingLinkResponse, UpdateTrackingLinkRequest, UpdateTrackingLinkResponse,
    tracking_link_service_server::{TrackingLinkService, TrackingLinkServiceServer},
};
use tonic::{Request, Response, Status};
use url::Url;

use super::{
    CHANGE_KEY_BYTES, CODES_MAX, CodeIds, Create, Edit, RedirectKind, TAG_CHARS_MAX, TAGS_MAX, Tags,
    TrackingLink, TrackingLinkId, parse_id,
};
use crate::{
    api::{
        self, Tenant,
        edge_v1::{ListLinksRequest, ListLinksResponse, ResolveSlugRequest, ResolveSlugResponse},
    },
    core::{
        App,
        partner::{Share, StoredShare},
        preset::PresetId,
    },
    error::{Result, Violations},
    page::PageRequest,
    values::destination::Destination,
    values::{
        id::{AccountId, RequestKey},
        time::Time,
    },
};

/// Maximum number of links in a page for edges.
const LINKS_OF_PAGE_MAX: i32 = 500;

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> TrackingLinkServiceServer<Service> {
    TrackingLinkServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl TrackingLinkService for Service {
    async fn create_tracking_link(
        &self,
        request: Request<CreateTrackingLinkRequest>,
    ) -> Result<Response<CreateTrackingLinkResponse>, Status> {
        let account = api::account(&request);
        let (link, warnings) = super::create(&self.0, account, parse_create(request.into_inner())?).await?;
        let tracking_link = Some(link.to_proto(&self.0.public_url));
        Ok(Response::new(CreateTrackingLinkResponse { tracking_link, warnings }))
    }

    async fn get_tracking_link(
        &self,
        request: Request<GetTrackingLinkRequest>,
    ) -> Result<Response<GetTrackingLinkResponse>, Status> {
        let tenant = Tenant::Account(api::account(&request));
        let link = super::get(&self.0, tenant, parse_id(&request.get_ref().tracking_link_id)?).await?;
        let tracking_link = Some(link.to_proto(&self.0.public_url));
        Ok(Response::new(GetTrackingLinkResponse { tracking_link }))
    }

    async fn list_tracking_links(
        &self,
        request: Request<ListTrackingLinksRequest>,
    ) -> Result<Response<ListTrackingLinksResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let filter: [&[u8]; 1] = [&[u8::from(request.show_archived)]];
        let page = PageRequest::parse(
            "ListTrackingLinks",
            account,
            request.page_size,
            &request.page_token,
            &filter,
        )?;
        let links = super::list(&self.0, account, request.show_archived, &page).await?;
        let (tracking_links, next_page_token) = links.into_messages(|link| link.to_proto(&self.0.public_url));
        Ok(Response::new(ListTrackingLinksResponse { tracking_links, next_page_token }))
    }

    async fn update_tracking_link(
        &self,
        request: Request<UpdateTrackingLinkRequest>,
    ) -> Result<Response<UpdateTrackingLinkResponse>, Status> {
        let account = api::account(&request);
        let (id, edits, validate_only) = parse_update(request.into_inner())?;
        let (link, warnings) = super::update(&self.0, account, id, edits, validate_only).await?;
        let tracking_link = Some(link.to_proto(&self.0.public_url));
        Ok(Response::new(UpdateTrackingLinkResponse { tracking_link, warnings }))
    }

    async fn archive_tracking_link(
        &self,
        request: Request<ArchiveTrackingLinkRequest>,
    ) -> Result<Response<ArchiveTrackingLinkResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let archive: Vec<Edit> = vec![Box::new(|link| link.archived = true)];
        let id = parse_id(&request.tracking_link_id)?;
        let (link, _) = super::update(&self.0, account, id, archive, request.validate_only).await?;
        let tracking_link = Some(link.to_proto(&self.0.public_url));
        Ok(Response::new(ArchiveTrackingLinkResponse { tracking_link }))
    }

    async fn unarchive_tracking_link(
        &self,
        request: Request<UnarchiveTrackingLinkRequest>,
    ) -> Result<Response<UnarchiveTrackingLinkResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let unarchive: Vec<Edit> = vec![Box::new(|link| link.archived = false)];
        let id = parse_id(&request.tracking_link_id)?;
        let (link, warnings) = super::update(&self.0, account, id, unarchive, request.validate_only).await?;
        let tracking_link = Some(link.to_proto(&self.0.public_url));
        Ok(Response::new(UnarchiveTrackingLinkResponse { tracking_link, warnings }))
    }
}

/// `EdgeService.ResolveSlug`.
pub async fn resolve_slug(app: &App, request: &ResolveSlugRequest) -> Result<ResolveSlugResponse> {
    let link = super::resolve(app, &request.slug).await?;
    Ok(for_edge(&link, link.to_proto(&app.public_url)))
}

/// `EdgeService.ListLinks`.
pub async fn list_links(app: &App, request: ListLinksRequest) -> Result<ListLinksResponse> {
    let read_time = app.now();
    let (since, page) = parse_list_links(&request)?;
    let links = super::list_changed(app, since, &page).await?;
    let (links, next_page_token) = links.into_messages(|link| {
        let mut message = link.to_proto(&app.public_url);
        // An edge does not need these fields.
        message.conversion_code_ids.clear();
        message.tags.clear();
        message.url.clear();
        message.partner_id.clear();
        message.partner_share = None;
        for_edge(&link, message)
    });
    Ok(ListLinksResponse { links, next_page_token, read_time: Some(read_time.to_proto()) })
}

fn parse_list_links(request: &ListLinksRequest) -> Result<(Option<Time>, PageRequest<CHANGE_KEY_BYTES>)> {
    let mut violations = Violations::default();
    let since = request.min_update_time.as_ref().map(Time::from_proto).transpose();
    let since = violations.check("min_update_time", since);
    let Some(since) = since.filter(|_| violations.is_empty()) else { return Err(violations.into_error()) };
    let since_micros = since.map(|since| since.micros().to_be_bytes());
    let filter = since_micros.iter().map(<[u8; 8]>::as_slice).collect::<Vec<_>>();
    let (size, token) = (request.page_size.min(LINKS_OF_PAGE_MAX), request.page_token.as_str());
    Ok((since, PageRequest::parse("ListLinks", AccountId::NOBODY, size, token, &filter)?))
}

fn for_edge(link: &TrackingLink, message: v1::TrackingLink) -> ResolveSlugResponse {
    ResolveSlugResponse {
        tracking_link: Some(message),
        account_id: link.account_id.to_string(),
        link_key: link.link_key.bits(),
    }
}

/// Fields of a link that a caller can set and change. A new link may omit the slug: the server then
/// chooses one.
const FIELDS: [&str; 10] = [
    "slug",
    "destination",
    "conversion_code_ids",
    "tags",
    "redirect_kind",
    "query_pass_through",
    "expire_time",
    "fallback_destination",
    "partner_id",
    "partner_share",
];

fn parse_create(mut request: CreateTrackingLinkRequest) -> Result<Create> {
    let mut violations = Violations::default();
    // A dry run must have the digest of the real request, so `validate_only` is not part of it.
    let validate_only = std::mem::take(&mut request.validate_only);
    let key = violations.check("request_id", RequestKey::parse(&request.request_id, &request));
    let link = request.tracking_link.unwrap_or_default();
    let preset_id = violations.check("preset_id", request.preset_id.parse::<PresetId>());
    let preset = preset_id.and_then(|preset_id| preset_id.preset());
    let has_slug = !link.slug.is_empty();
    let fields = FIELDS.iter().filter(|path| has_slug || **path != "slug");
    let edits = fields.filter_map(|path| parse_field(path, &link, &mut violations)).collect();
    match key {
        Some(request) if violations.is_empty() => {
            Ok(Create { has_slug, edits, preset, request, validate_only })
        }
        _ => Err(violations.into_error()),
    }
}

fn parse_update(request: UpdateTrackingLinkRequest) -> Result<(TrackingLinkId, Vec<Edit>, bool)> {
    let link = request.tracking_link.unwrap_or_default();
    let id = parse_id(&link.id)?;
    let mut violations = Violations::default();
    let paths = violations.check_mask(request.update_mask, &FIELDS);
    let edits = paths.iter().filter_map(|path| parse_field(path, &link, &mut violations)).collect();
    if violations.is_empty() { Ok((id, edits, request.validate_only)) } else { Err(violations.into_error()) }
}

/// Parses the value of one of `FIELDS`.
fn parse_field(path: &str, link: &v1::TrackingLink, violations: &mut Violations) -> Option<Edit> {
    let edit = || -> Result<Edit, String> {
        Ok(match path {
            "slug" => {
                let slug = link.slug.parse()?;
                Box::new(move |row| row.slug = slug)
            }
            "destination" => {
                let destination = link.destination.parse()?;
                Box::new(move |row| row.destination = destination)
            }
            "conversion_code_ids" => {
                let codes = parse_codes(&link.conversion_code_ids)?;
                Box::new(move |row| row.conversion_code_ids = codes)
            }
            "tags" => {
                let tags = parse_tags(link.tags.clone())?;
                Box::new(move |row| row.tags = tags)
            }
            "redirect_kind" => {
                let kind = parse_kind(link.redirect_kind)?;
                Box::new(move |row| row.redirect_kind = kind)
            }
            "query_pass_through" => {
                let query_pass_through = link.query_pass_through;
                Box::new(move |row| row.query_pass_through = query_pass_through)
            }
            "expire_time" => {
                let expires_at = link.expire_time.as_ref().map(Time::from_proto).transpose()?;
                Box::new(move |row| row.expires_at = expires_at)
            }
            "fallback_destination" => {
                let fallback = parse_fallback(&link.fallback_destination)?;
                Box::new(move |row| row.fallback_destination = fallback)
            }
            "partner_id" => {
                let id = Some(link.partner_id.as_str()).filter(|text| !text.is_empty());
                let partner_id = id.map(str::parse).transpose()?;
                Box::new(move |row| row.partner_id = partner_id)
            }
            "partner_share" => {
                let share = link.partner_share.map(Share::from_proto).transpose()?;
                Box::new(move |row| row.partner_share = share.map(StoredShare::from))
            }
            _ => return Err("can't be set".to_owned()),
        })
    };
    violations.check(&format!("tracking_link.{path}"), edit())
}

fn parse_fallback(text: &str) -> Result<Destination, String> {
    if text.is_empty() { Ok(Destination::default()) } else { text.parse() }
}

fn parse_codes(texts: &[String]) -> Result<CodeIds, String> {
    if texts.len() > CODES_MAX {
        return Err(format!("must have at most {CODES_MAX} entries"));
    }
    let ids: Result<Vec<_>, String> = texts.iter().map(|text| text.parse()).collect();
    ids.map(CodeIds::new)
}

fn parse_tags(tags: Vec<String>) -> Result<Tags, String> {
    let fits = |tag: &String| (1..=TAG_CHARS_MAX).contains(&tag.chars().count());
    let plain = |tag: &String| !tag.chars().any(char::is_control);
    if tags.len() <= TAGS_MAX && tags.iter().all(|tag| fits(tag) && plain(tag)) {
        Ok(Tags(tags))
    } else {
        Err(format!("must have at most {TAGS_MAX} entries, of 1 to {TAG_CHARS_MAX} characters each"))
    }
}

fn parse_kind(number: i32) -> Result<RedirectKind, String> {
    match v1::RedirectKind::try_from(number) {
        Ok(v1::RedirectKind::Unspecified | v1::RedirectKind::Found) => Ok(RedirectKind::Found),
        Ok(v1::RedirectKind::SeeOther) => Ok(RedirectKind::SeeOther),
        Ok(v1::RedirectKind::Temporary) => Ok(RedirectKind::Temporary),
        Err(_) => Err("is not a value of RedirectKind".to_owned()),
    }
}

impl TrackingLink {
    pub fn to_proto(&self, public_url: &Url) -> v1::TrackingLink {
        let kind = match self.redirect_kind {
            RedirectKind::Found => v1::RedirectKind::Found,
            RedirectKind::SeeOther => v1::RedirectKind::SeeOther,
            RedirectKind::Temporary => v1::RedirectKind::Temporary,
        };
        let state = if self.archived { TrackingLinkState::Archived } else { TrackingLinkState::Active };
        v1::TrackingLink {
            id: self.id.to_string(),
            slug: self.slug.to_string(),
            destination: self.destination.to_string(),
            conversion_code_ids: self.conversion_code_ids.iter().map(|id| id.to_string()).collect(),
            tags: self.tags.0.clone(),
            redirect_kind: kind.into(),
            query_pass_through: self.query_pass_through,
            expire_time: self.expires_at.map(Time::to_proto),
            fallback_destination: self.fallback_destination.to_string(),
            state: state.into(),
            url: self.url(public_url),
            create_time: Some(self.created_at.to_proto()),
            update_time: Some(self.updated_at.to_proto()),
            archive_time: self.archived_since().map(Time::to_proto),
            partner_id: self.partner_id.map(|id| id.to_string()).unwrap_or_default(),
            partner_share: self.partner_id.map(|_| self.share().to_proto()),
        }
    }
}

//! The list of conversions. A wide terminal shows the slug of the link and the click id as well.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _};
use s2s_sdk::{
    Client,
    v1::{Conversion, ListConversionsRequest, ListTrackingLinksRequest},
};

use crate::{
    failure::Failure,
    output::{self, Format, Output, Record, say_more},
};

/// Width of a terminal from which the table is wide, in characters.
const WIDE_CHARS: u16 = 160;
/// Maximum number of links whose slugs are read.
const LINKS_MAX: usize = 10_000;

/// Writes at most `limit` conversions; 0 writes all.
pub async fn list(
    client: &Client,
    request: ListConversionsRequest,
    limit: usize,
    output: &Output,
) -> Result<(), Failure> {
    let width = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0);
    if output.format != Format::Table || width.is_none_or(|width| width < WIDE_CHARS) {
        return output.list(client.conversions().list(request), limit).await;
    }
    let more = if limit == 0 { usize::MAX } else { limit.saturating_add(1) };
    let mut conversions: Vec<Conversion> =
        client.conversions().list(request).take(more).try_collect().await?;
    let is_cut = limit > 0 && conversions.len() > limit;
    if is_cut {
        conversions.truncate(limit);
    }
    let links = ListTrackingLinksRequest { page_size: 1_000, show_archived: true, ..Default::default() };
    let links = client.tracking_links().list(links).take(LINKS_MAX).map_ok(|link| (link.id, link.slug));
    let slugs: BTreeMap<String, String> = links.try_collect().await?;
    let columns = Conversion::COLUMNS.iter().take(Conversion::NARROW);
    let titles = columns.clone().map(|(title, _)| *title).chain(["link", "click_id"]);
    let row = |one: &Conversion| {
        let mut cells: Vec<String> = columns.clone().map(|(_, read)| read(one)).collect();
        let slug = slugs.get(&one.tracking_link_id).filter(|slug| !slug.is_empty());
        cells.extend([slug.unwrap_or(&one.tracking_link_id).clone(), one.click_id.clone()]);
        cells
    };
    output::table(titles, conversions.iter().map(row))?;
    if is_cut {
        say_more(limit);
    }
    Ok(())
}

//! The queries of lists.

use std::cmp::Reverse;

use memchr::memmem::Finder;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::{
    super::{
        Postback, Verdict,
        packed_row::{Packed, code_of},
        store::{Column, Entity, Model, find_these},
    },
    Filter, LIST_KEY_BYTES,
};
use crate::{
    core::{conversion_code::ConversionCodeId, scan::LOOK_ROWS_MAX, turn::Turn},
    db::{Range, eq_indexed},
    error::Result,
    page::{Page, PageRequest},
    values::{
        click_id::ClickId,
        id::{AccountId, PostbackId, first_id},
        time::Span,
    },
};

/// A span longer than the resolution of the time in ids.
const ID_TICK: Span = Span::from_seconds(1);
/// Number of rows that a search for a text reads at once. A row may have some tens of kilobytes.
const SEARCHED_ROWS: u64 = 256;

/// Lists newest first. Reads one row more than the page holds, to see if another page follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Postback, LIST_KEY_BYTES>> {
    let after = page.after.map(|after| PostbackId(Uuid::from_bytes(after)));
    let held = filter.verdict == Some(Verdict::Held);
    let mut walked =
        Entity::find().filter(eq_indexed(db, Column::AccountId, account)).order_by_desc(Column::AccountId);
    if held {
        // Held postbacks have an index of their own.
        walked = walked.filter(eq_indexed(db, Column::Verdict, Verdict::Held)).order_by_desc(Column::Verdict);
    }
    // The range of ids is redundant, but an index can seek it: ids begin with the time of arrival.
    let ids = Range::of(Column::Id)
        .from(filter.start.map(|start| PostbackId(first_id(start))))
        .below(filter.end.map(|end| PostbackId(first_id(end.plus(ID_TICK)))))
        .below(after);
    let walked = walked.order_by_desc(Column::Id);
    let others = others(filter);
    let mut looked_up_to: Option<PostbackId> = None;
    if !others.is_empty() || filter.text.is_some() {
        let last = walked.clone().filter(ids.condition()).select_only().column(Column::Id);
        looked_up_to = last.offset(LOOK_ROWS_MAX - 1).limit(1).into_tuple().one(db).await?;
    }
    let ids = ids.from(looked_up_to);
    let times = Condition::all()
        .add_option(filter.start.map(|start| Column::ReceivedAt.gte(start)))
        .add_option(filter.end.map(|end| Column::ReceivedAt.lt(end)));
    let (walked, rows_max) = (walked.filter(times.add(others)), page.rows_to_read());
    let rows = if let Some(text) = &filter.text {
        search(db, (&walked, ids), text, rows_max).await?
    } else {
        let rows = walked.filter(ids.condition()).limit(rows_max).all(db).await?;
        rows.into_iter().map(Model::into_postback).collect::<Result<_, _>>()?
    };
    let looked_up_to = looked_up_to.map(|last| last.0.into_bytes());
    Ok(page.cut(rows, looked_up_to, |postback| postback.id.0.into_bytes()))
}

/// The conditions of a filter that no index serves.
fn others(filter: &Filter) -> Condition {
    let counted = filter.verdict.filter(|verdict| *verdict != Verdict::Held);
    let of_code = filter.code_text.as_ref().map(|text| {
        let by_id = code_of(text).map(|code| Column::CodeId.eq(code));
        Condition::any().add(Column::CodeText.eq(text)).add_option(by_id)
    });
    Condition::all()
        .add_option(counted.map(|verdict| Column::Verdict.eq(verdict)))
        .add_option(filter.reason.map(|reason| Column::Reason.eq(reason)))
        .add_option(of_code)
}

/// The columns in which a search looks.
#[derive(FromQueryResult)]
struct Searched {
    id: PostbackId,
    target: Vec<u8>,
    body: Vec<u8>,
    packed: Vec<u8>,
    click_id: Option<ClickId>,
    click_text: String,
    code_id: Option<ConversionCodeId>,
    code_text: String,
}

impl Searched {
    fn contains(&self, text: &Finder<'_>) -> Result<bool, DbErr> {
        let has = |target: &[u8], body: &[u8]| text.find(target).or_else(|| text.find(body)).is_some();
        let Self { target, body, packed, click_id, click_text, code_id, code_text, .. } = self;
        if packed.is_empty() {
            return Ok(has(target, body));
        }
        let packed = Packed { bytes: packed, click_id: *click_id, click_text, code_id: *code_id, code_text };
        let (target, body) = packed.target_and_body()?;
        Ok(has(&target, &body))
    }
}

/// Finds the first postbacks whose target or body contains a text. The database can't look into
/// packed texts, so the rows are read here, and no more of their columns than needed.
async fn search(
    db: &impl ConnectionTrait,
    (walked, range): (&Select<Entity>, Range<Column, PostbackId>),
    text: &str,
    rows_max: u64,
) -> Result<Vec<Postback>> {
    let columns = [Column::Id, Column::Target, Column::Body, Column::Packed];
    let ids = [Column::ClickId, Column::ClickText, Column::CodeId, Column::CodeText];
    let read = walked.clone().select_only().columns(columns).columns(ids).limit(SEARCHED_ROWS);
    let rows_max = usize::try_from(rows_max).unwrap_or(usize::MAX);
    let text = Finder::new(text);
    let (mut found, mut last, mut turn) = (Vec::new(), None::<PostbackId>, Turn::begin());
    loop {
        let rows =
            read.clone().filter(range.below(last).condition()).into_model::<Searched>().all(db).await?;
        last = rows.last().map(|row| row.id);
        let is_last = u64::try_from(rows.len()).is_ok_and(|rows| rows < SEARCHED_ROWS);
        for row in rows {
            if row.contains(&text)? {
                found.push(row.id);
            }
            turn.share().await;
        }
        if is_last || found.len() >= rows_max {
            break;
        }
    }
    found.truncate(rows_max);
    let mut postbacks = find_these(db, &found).await?;
    postbacks.sort_unstable_by_key(|postback| Reverse(postback.id));
    Ok(postbacks)
}

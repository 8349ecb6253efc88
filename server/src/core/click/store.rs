//! The table `click`.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use super::{Click, ClickFlags, LIST_KEY_BYTES};
use crate::{
    core::{scan::LOOK_ROWS_MAX, tracking_link::TrackingLinkId},
    db::{Connection, Grouped, eq_indexed, group_commit::Write, insert_new, is_one_statement},
    error::Result,
    page::{Page, PageRequest},
    values::click_id::ClickId,
    values::click_id::KeyId,
    values::id::AccountId,
    values::packed::{NO_REFERENCES, Packer, Unpacker},
    values::sub_ids::SubIds,
};

/// The layout of `packed`: address, user agent, query, referrer, sub ids.
const LAYOUT: u8 = 1;

/// A row of the table. Its texts are in `packed`. In a row from an older version `packed` is empty,
/// and each text is in a column of its own.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "click")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    click_id: ClickId,
    key_id: KeyId,
    account_id: AccountId,
    link_id: TrackingLinkId,
    /// `SubIds` as JSON; empty if the row is packed.
    sub_ids: String,
    query: String,
    referrer: String,
    user_agent: String,
    address: String,
    flags: ClickFlags,
    packed: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[];
    const FORMER: &[Column] =
        &[Column::SubIds, Column::Query, Column::Referrer, Column::UserAgent, Column::Address];
}

impl From<&Click> for Model {
    fn from(click: &Click) -> Self {
        let mut packer = Packer::new(LAYOUT);
        packer.address(&click.address);
        for text in [&click.user_agent, &click.query, &click.referrer] {
            packer.text(text.as_bytes(), NO_REFERENCES);
        }
        packer.sub_ids(&click.sub_ids, &click.query);
        let Click { click_id, key_id, account_id, link_id, flags, .. } = *click;
        Self {
            click_id,
            key_id,
            account_id,
            link_id,
            sub_ids: String::new(),
            query: String::new(),
            referrer: String::new(),
            user_agent: String::new(),
            address: String::new(),
            flags,
            packed: packer.finish(),
        }
    }
}

impl Model {
    fn into_click(self) -> Result<Click, DbErr> {
        let unreadable = || DbErr::Custom("the texts of a stored click can't be read".to_owned());
        let Self { click_id, key_id, account_id, link_id, flags, packed, .. } = self;
        let texts = if packed.is_empty() {
            let Self { sub_ids, query, referrer, user_agent, address, .. } = self;
            let sub_ids = sub_ids.parse().map_err(|_| unreadable())?;
            Texts { address, user_agent, query, referrer, sub_ids }
        } else {
            Texts::unpack(&packed).ok_or_else(unreadable)?
        };
        let Texts { address, user_agent, query, referrer, sub_ids } = texts;
        Ok(Click {
            click_id,
            key_id,
            account_id,
            link_id,
            sub_ids,
            query,
            referrer,
            user_agent,
            address,
            flags,
        })
    }
}

struct Texts {
    address: String,
    user_agent: String,
    query: String,
    referrer: String,
    sub_ids: SubIds,
}

impl Texts {
    fn unpack(packed: &[u8]) -> Option<Self> {
        let mut unpacker = Unpacker::new(LAYOUT, packed)?;
        let address = unpacker.address()?;
        let user_agent = unpacker.string(NO_REFERENCES)?;
        let query = unpacker.string(NO_REFERENCES)?;
        let referrer = unpacker.string(NO_REFERENCES)?;
        let sub_ids = unpacker.sub_ids(&query)?;
        Some(Self { address, user_agent, query, referrer, sub_ids })
    }
}

/// A click to insert. The outcome is the click now stored under its id, or `None` if all ids of the
/// batch were new.
pub struct Insert(pub Click);

impl Write for Insert {
    type Outcome = Option<Click>;

    fn is_one_statement(rows: &[Self], backend: DbBackend) -> bool {
        is_one_statement(backend, rows.len())
    }

    async fn write(rows: &[Self], db: &Connection) -> Result<Vec<Option<Click>>, DbErr> {
        let models: Vec<Model> = rows.iter().map(|row| (&row.0).into()).collect();
        if insert_new::<Entity>(db, &models.iter().collect::<Vec<_>>(), &[Column::ClickId]).await? {
            return Ok(vec![None; rows.len()]);
        }
        let ids = models.iter().map(|row| row.click_id);
        let mut found = HashMap::new();
        for row in Entity::find().filter(Column::ClickId.is_in(ids)).all(db).await? {
            found.insert(row.click_id, row.into_click()?);
        }
        Ok(models.iter().map(|row| found.get(&row.click_id).cloned()).collect())
    }

    fn owns(&self, outcome: &Option<Click>) -> bool {
        outcome.as_ref().is_none_or(|stored| stored.click_id == self.0.click_id)
    }
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: ClickId) -> Result<Option<Click>> {
    let found = Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?;
    Ok(found.map(Model::into_click).transpose()?)
}

/// Returns the ids whose clicks are stored.
pub async fn existing(db: &impl ConnectionTrait, ids: HashSet<ClickId>) -> Result<HashSet<ClickId>, DbErr> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let found = Entity::find().select_only().column(Column::ClickId).filter(Column::ClickId.is_in(ids));
    Ok(found.into_tuple().all(db).await?.into_iter().collect())
}

/// Erases the visitor's data from the click. If the click does not exist, inserts `blank` in its
/// place, so that a later record of the click finds this row and adds nothing. Returns the click as
/// it is stored afterwards.
pub async fn erase(
    txn: &Connection,
    account: AccountId,
    id: ClickId,
    blank: Option<Click>,
) -> Result<Option<Click>> {
    if let Some(blank) = blank {
        insert_new::<Entity>(txn, &[&(&blank).into()], &[Column::ClickId]).await?;
    }
    let mut erased =
        Entity::update_many().col_expr(Column::Packed, Expr::value(Packer::new(LAYOUT).finish()));
    for former in Entity::FORMER {
        erased = erased.col_expr(*former, Expr::value(""));
    }
    erased.filter(Column::ClickId.eq(id)).filter(Column::AccountId.eq(account)).exec(txn).await?;
    find(txn, account, id).await
}

/// The condition that a click has none of these flags.
fn has_none_of(flags: ClickFlags) -> Expr {
    use sea_orm::sea_query::ExprTrait as _;
    Expr::col(Column::Flags).bit_and(flags).eq(ClickFlags::default())
}

/// Lists clicks, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    link: TrackingLinkId,
    without: ClickFlags,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Click, LIST_KEY_BYTES>> {
    let after = page.after.map(|after| ClickId(Uuid::from_bytes(after)));
    let walked = Condition::all()
        .add(eq_indexed(db, Column::LinkId, link))
        .add_option(after.map(|after| Column::ClickId.lt(after)));
    let newest_first = Entity::find().order_by_desc(Column::LinkId).order_by_desc(Column::ClickId);
    let mut query = newest_first.clone().filter(walked.clone()).filter(Column::AccountId.eq(account));
    let mut looked_up_to: Option<ClickId> = None;
    if without != ClickFlags::default() {
        let last = newest_first.filter(walked).select_only().column(Column::ClickId);
        looked_up_to = last.offset(LOOK_ROWS_MAX - 1).limit(1).into_tuple().one(db).await?;
        query = query.filter(has_none_of(without));
    }
    if let Some(last) = looked_up_to {
        query = query.filter(Column::ClickId.gte(last));
    }
    let rows = query.limit(page.rows_to_read()).all(db).await?;
    let rows = rows.into_iter().map(Model::into_click).collect::<Result<Vec<_>, _>>()?;
    let looked_up_to = looked_up_to.map(|last| last.0.into_bytes());
    Ok(page.cut(rows, looked_up_to, |click| click.click_id.0.into_bytes()))
}

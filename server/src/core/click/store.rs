//! The table `click`.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, entity::prelude::*,
};

use super::{Click, ClickFlags, LIST_KEY_BYTES, device::Device, visitor::Visitor};
use crate::{
    core::{journal, scan::LOOK_ROWS_MAX, tracking_link::TrackingLinkId},
    db::{
        Connection, Grouped, Insertion, Range, eq_indexed, find_by_keys, find_within,
        group_commit::{Write, rehearsal::Rehearsed},
        insert_new,
        journal::Entries,
    },
    error::Result,
    page::{Page, PageRequest},
    values::click_id::{ClickId, KeyId, LinkKey},
    values::country::Country,
    values::id::{AccountId, Random},
    values::packed::{NO_REFERENCES, Packer, Unpacker},
    values::sub_ids::SubIds,
    values::time::Time,
};

/// The layout of `packed`: numbers of the device and the country, visitor, address, user agent, query,
/// referrer, sub ids.
const LAYOUT: u8 = 2;
/// The layout of older rows, without the numbers and the visitor.
const FORMER_LAYOUT: u8 = 1;
/// The index of the clicks of a link (`m0001_first`).
const LINK_INDEX: &str = "ix_click_link_id_click_id";

/// A row of the table. Its texts are in `packed`. In a row from an older version `packed` is empty,
/// and each text is in a column of its own.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "click")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    click_id: ClickId,
    #[sea_orm(column_name = "click_key")]
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
    const LEFT_EMPTY: &[Column] =
        &[Column::SubIds, Column::Query, Column::Referrer, Column::UserAgent, Column::Address];

    fn text_bytes(row: &Model) -> usize {
        row.packed.len()
    }
}

impl From<&Click> for Model {
    fn from(click: &Click) -> Self {
        let mut packer = Packer::new(LAYOUT);
        for number in click.device.numbers() {
            packer.number(number);
        }
        packer.number(click.country.number());
        packer.number(u64::from(click.visitor.is_some()));
        if let Some(Visitor(hash)) = &click.visitor {
            packer.bytes(hash);
        }
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
            let (country, device, visitor) = (Country::NONE, Device::default(), None);
            Texts { address, user_agent, query, referrer, sub_ids, country, device, visitor }
        } else {
            Texts::unpack(&packed).ok_or_else(unreadable)?
        };
        let Texts { address, user_agent, query, referrer, sub_ids, country, device, visitor } = texts;
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
            country,
            device,
            visitor,
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
    country: Country,
    device: Device,
    visitor: Option<Visitor>,
}

impl Texts {
    fn unpack(packed: &[u8]) -> Option<Self> {
        let (mut unpacker, device, country, visitor) = match Unpacker::new(LAYOUT, packed) {
            Some(mut unpacker) => {
                let device = Device::of_numbers([unpacker.number()?, unpacker.number()?]);
                let country = Country::of_number(unpacker.number()?);
                let visitor = match unpacker.number()? {
                    0 => None,
                    1 => Some(Visitor(unpacker.bytes()?)),
                    _ => return None,
                };
                (unpacker, device, country, visitor)
            }
            None => (Unpacker::new(FORMER_LAYOUT, packed)?, Device::default(), Country::NONE, None),
        };
        let address = unpacker.address()?;
        let user_agent = unpacker.string(NO_REFERENCES)?;
        let query = unpacker.string(NO_REFERENCES)?;
        let referrer = unpacker.string(NO_REFERENCES)?;
        let sub_ids = unpacker.sub_ids(&query)?;
        Some(Self { address, user_agent, query, referrer, sub_ids, country, device, visitor })
    }
}

/// A click to insert. The outcome is the click that was stored under its id before, or `None` if
/// there was none.
pub struct Insert(pub Click);

impl Write for Insert {
    type Outcome = Option<Click>;

    fn insert_all(rows: &[Self], into: &mut Insertion) -> Result<Option<Vec<Option<Click>>>, DbErr> {
        let models: Vec<Model> = rows.iter().map(|row| (&row.0).into()).collect();
        into.add::<Entity>(&models.iter().collect::<Vec<_>>())?;
        Ok(Some(vec![None; rows.len()]))
    }

    async fn write(rows: &[Self], txn: &Connection) -> Result<Vec<Option<Click>>, DbErr> {
        let ids: HashSet<ClickId> = rows.iter().map(|row| row.0.click_id).collect();
        let mut unknown: HashSet<ClickId> =
            ids.difference(&existing(txn, ids.clone()).await?).copied().collect();
        let is_new: Vec<bool> = rows.iter().map(|row| unknown.remove(&row.0.click_id)).collect();
        let models: Vec<Model> =
            rows.iter().zip(&is_new).filter(|(_, new)| **new).map(|(row, _)| (&row.0).into()).collect();
        if !insert_new::<Entity>(txn, &models.iter().collect::<Vec<_>>(), &[Column::ClickId]).await? {
            // Another server has stored one of them meanwhile: the batch is tried again in parts.
            return Err(DbErr::Custom("a click was stored at the same time".to_owned()));
        }
        let known = rows.iter().zip(&is_new).filter(|(_, new)| !**new).map(|(row, _)| row.0.click_id);
        let mut found = HashMap::new();
        for row in Entity::find().filter(Column::ClickId.is_in(known)).all(txn).await? {
            found.insert(row.click_id, row.into_click()?);
        }
        let stored = |row: &Self| {
            let stored = found.get(&row.0.click_id).cloned();
            stored.ok_or_else(|| DbErr::Custom("a click was deleted at the same time".to_owned()))
        };
        rows.iter().zip(is_new).map(|(row, new)| if new { Ok(None) } else { stored(row).map(Some) }).collect()
    }

    fn enter(&self, outcome: &Option<Click>, entries: &mut Entries) {
        if outcome.is_none() {
            let Click { click_id, flags, account_id, link_id, .. } = &self.0;
            let ids = [click_id.0, account_id.0, link_id.0].map(Uuid::into_bytes);
            let [click, account, link] = &ids;
            entries.add(journal::CLICK, &[click, &flags.to_bytes()[..], account, link].concat());
        }
    }

    fn owns(&self, outcome: &Option<Click>) -> bool {
        outcome.as_ref().is_none_or(|stored| stored.click_id == self.0.click_id)
    }
}

impl Rehearsed for Insert {
    fn samples(random: &Random, now: Time) -> Vec<[Self; 2]> {
        let link_id = TrackingLinkId(random.id(now));
        let click = || Click {
            click_id: ClickId::new(now, LinkKey::random(random), random.bytes()),
            key_id: KeyId::new(1),
            account_id: AccountId::DEFAULT,
            link_id,
            sub_ids: SubIds::default(),
            query: String::new(),
            referrer: String::new(),
            user_agent: "rehearsal".to_owned(),
            address: String::new(),
            country: Country::NONE,
            device: Device::default(),
            visitor: None,
            flags: ClickFlags::default(),
        };
        vec![[(); 2].map(|()| Self(click()))]
    }
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: ClickId) -> Result<Option<Click>> {
    let found = Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?;
    Ok(found.map(Model::into_click).transpose()?)
}

/// Finds clicks by their ids, which differ.
pub async fn find_these(db: &impl ConnectionTrait, ids: &[ClickId]) -> Result<Vec<Click>> {
    let ids: Vec<[Value; 1]> = ids.iter().map(|id| [(*id).into()]).collect();
    let found = find_by_keys::<Entity, 1>(db, [Column::ClickId], &ids, None).await?;
    Ok(found.into_iter().map(Model::into_click).collect::<Result<_, _>>()?)
}

/// Finds all clicks of some links whose ids are from `from` to before `below`.
pub async fn of_links(
    db: &impl ConnectionTrait,
    links: &[TrackingLinkId],
    [from, below]: [ClickId; 2],
) -> Result<Vec<Click>> {
    let links: Vec<Value> = links.iter().map(|link| (*link).into()).collect();
    let range = (Column::ClickId, from.into(), below.into());
    let found = find_within::<Entity>(db, LINK_INDEX, (Column::LinkId, &links), range).await?;
    Ok(found.into_iter().map(Model::into_click).collect::<Result<_, _>>()?)
}

/// Reads clicks of a link whose ids are from `from` to before `below`, lowest first, at most `limit`.
pub async fn of_link(
    db: &impl ConnectionTrait,
    link: TrackingLinkId,
    [from, below]: [ClickId; 2],
    limit: u64,
) -> Result<Vec<Click>> {
    let range = Range::of(Column::ClickId).from(Some(from)).below(Some(below)).condition();
    let rows = Entity::find().filter(eq_indexed(db, Column::LinkId, link)).filter(range);
    let rows = rows.order_by_asc(Column::LinkId).order_by_asc(Column::ClickId).limit(limit);
    Ok(rows.all(db).await?.into_iter().map(Model::into_click).collect::<Result<_, _>>()?)
}

/// Reads clicks whose ids are in a range, lowest first, at most `limit`: id, account, link, flags.
pub async fn in_order(
    db: &impl ConnectionTrait,
    from: Uuid,
    below: Uuid,
    limit: u64,
) -> Result<Vec<(ClickId, AccountId, TrackingLinkId, ClickFlags)>, DbErr> {
    let columns = [Column::ClickId, Column::AccountId, Column::LinkId, Column::Flags];
    let within = Entity::find().select_only().columns(columns);
    let within = within.filter(Column::ClickId.gte(ClickId(from))).filter(Column::ClickId.lt(ClickId(below)));
    within.order_by_asc(Column::ClickId).limit(limit).into_tuple().all(db).await
}

/// Returns the ids whose clicks are stored.
pub async fn existing(db: &impl ConnectionTrait, ids: HashSet<ClickId>) -> Result<HashSet<ClickId>, DbErr> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let found = Entity::find().select_only().column(Column::ClickId).filter(Column::ClickId.is_in(ids));
    Ok(found.into_tuple().all(db).await?.into_iter().collect())
}

/// Erases the visitor's data from the click. Returns the click as it is stored afterwards.
pub async fn erase(txn: &Connection, account: AccountId, id: ClickId) -> Result<Option<Click>> {
    let mut erased =
        Entity::update_many().col_expr(Column::Packed, Expr::value(Packer::new(LAYOUT).finish()));
    for former in Entity::LEFT_EMPTY {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs the texts as every layout does.
    fn pack_texts(packer: &mut Packer) {
        packer.address("203.0.113.0");
        for text in ["agent/1", "sub1=a", "https://a.example/"] {
            packer.text(text.as_bytes(), NO_REFERENCES);
        }
        packer.sub_ids(&SubIds::default(), "");
    }

    #[test]
    fn a_row_of_the_former_layout_has_no_facts() {
        let mut packer = Packer::new(FORMER_LAYOUT);
        pack_texts(&mut packer);
        let former = packer.finish();
        let mut packer = Packer::new(LAYOUT);
        let (device, country) = (Device::of_numbers([99, 2]), Country::read("DE").unwrap());
        let visitor = Some(Visitor(*b"visitor!"));
        for number in [device.numbers()[0], device.numbers()[1], country.number()] {
            packer.number(number);
        }
        packer.number(1);
        packer.bytes(b"visitor!");
        pack_texts(&mut packer);
        let present = packer.finish();
        assert!(present.len() <= former.len() + 5 + 9, "{} and {}", present.len(), former.len());
        let none = (Device::default(), Country::NONE, None);
        for (packed, expected) in [(former, none), (present, (device, country, visitor))] {
            let texts = Texts::unpack(&packed).unwrap();
            assert_eq!((texts.device, texts.country, texts.visitor), expected);
            assert_eq!((texts.address.as_str(), texts.user_agent.as_str()), ("203.0.113.0", "agent/1"));
            assert_eq!(texts.referrer, "https://a.example/");
        }
        // The rows of erased visitors.
        for layout in [FORMER_LAYOUT, LAYOUT] {
            let texts = Texts::unpack(&Packer::new(layout).finish()).unwrap();
            assert_eq!((texts.device, texts.country, texts.visitor), none);
            assert!(texts.address.is_empty() && texts.user_agent.is_empty() && texts.query.is_empty());
        }
        assert!(Texts::unpack(&[LAYOUT + 1]).is_none());
    }
}

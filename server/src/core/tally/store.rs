//! The tables `tally`, `conversion_tally` and `partner_tally`.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Statement, entity::prelude::*, sea_query::SimpleExpr,
};

use super::sums::{
    Basis, ClickCell, ClickSum, ConversionCell, ConversionSum, CurrencyCode, PartnerCell, PartnerSum,
    Quarter, Sums,
};
use crate::{
    core::{conversion_code::ConversionCodeId, tracking_link::TrackingLinkId},
    db::{Connection, Grouped, add_up, sum},
    error::{Error, Result},
    values::id::{AccountId, PartnerId},
};

/// The number of millionths in a thousand units.
const THOUSAND_MICROS: i128 = 1_000_000_000;
/// Approximate number of sums that one statement reads.
const SUMS_READ_MAX: usize = 20_000;
/// Maximum number of links that one statement names.
const LINKS_READ_MAX: usize = 500;

mod tally {
    use sea_orm::entity::prelude::*;

    use super::{AccountId, Grouped, Quarter, TrackingLinkId};

    /// A row of the table `tally`.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tally")]
    pub struct Model {
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub link_id: TrackingLinkId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub quarter: Quarter,
        pub clicks: i64,
        pub bots: i64,
        pub prefetches: i64,
        pub previews: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Grouped for Entity {
        const USUALLY_EMPTY: &[Column] = &[];
    }
}

mod conversion_tally {
    use sea_orm::entity::prelude::*;

    use super::{AccountId, Basis, ConversionCodeId, Grouped, Quarter, TrackingLinkId};

    /// A row of the table `conversion_tally`. Sums of amounts are in two columns: thousands of the
    /// currency's unit, and the rest in millionths. Each part of an amount is at most a thousand
    /// million, so a sum has room for nine thousand million conversions.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversion_tally")]
    pub struct Model {
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub link_id: TrackingLinkId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code_id: ConversionCodeId,
        /// The nil id: conversions are not counted by partner.
        #[sea_orm(primary_key, auto_increment = false)]
        pub partner_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub status: i16,
        #[sea_orm(primary_key, auto_increment = false)]
        pub basis: Basis,
        #[sea_orm(primary_key, auto_increment = false)]
        pub quarter: Quarter,
        pub conversions: i64,
        pub value_thousands: i64,
        pub value_micros: i64,
        pub commission_thousands: i64,
        pub commission_micros: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Grouped for Entity {
        const USUALLY_EMPTY: &[Column] = &[];
    }
}

mod partner_tally {
    use sea_orm::entity::prelude::*;

    use super::{AccountId, Grouped, PartnerId};

    /// A row of the table `partner_tally`: the sums of all lines of a partner in a currency, those of
    /// entries by hand aside. Sums are in two columns, as in `conversion_tally`.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "partner_tally")]
    pub struct Model {
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub partner_id: PartnerId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: String,
        pub pending_thousands: i64,
        pub pending_micros: i64,
        pub approved_thousands: i64,
        pub approved_micros: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Grouped for Entity {
        const USUALLY_EMPTY: &[Column] = &[];
    }
}

/// Adds sums to the tables, in an open transaction. The rows are locked in the order of their keys,
/// which is the same for all servers.
pub async fn add(txn: &Connection, sums: &Sums) -> Result<(), DbErr> {
    use conversion_tally::Column as ConversionColumn;
    use tally::Column as ClickColumn;

    let clicks: Vec<tally::Model> =
        sums.clicks.iter().map(|(cell, (account, sum))| click_row(*cell, *account, *sum)).collect();
    let conversions: Vec<conversion_tally::Model> = sums
        .conversions
        .iter()
        .map(|(cell, (account, sum))| conversion_row(*cell, *account, *sum))
        .collect::<Result<_, _>>()?;
    let key = [ClickColumn::LinkId, ClickColumn::Quarter];
    let added = [ClickColumn::Clicks, ClickColumn::Bots, ClickColumn::Prefetches, ClickColumn::Previews];
    add_up::<tally::Entity>(txn, &clicks.iter().collect::<Vec<_>>(), &key, &added).await?;
    let key = [
        ConversionColumn::LinkId,
        ConversionColumn::CodeId,
        ConversionColumn::PartnerId,
        ConversionColumn::Currency,
        ConversionColumn::Status,
        ConversionColumn::Basis,
        ConversionColumn::Quarter,
    ];
    let added = [
        ConversionColumn::Conversions,
        ConversionColumn::ValueThousands,
        ConversionColumn::ValueMicros,
        ConversionColumn::CommissionThousands,
        ConversionColumn::CommissionMicros,
    ];
    let conversions: Vec<_> = conversions.iter().collect();
    add_up::<conversion_tally::Entity>(txn, &conversions, &key, &added).await?;
    add_partners(txn, sums).await
}

async fn add_partners(txn: &Connection, sums: &Sums) -> Result<(), DbErr> {
    use partner_tally::Column;

    let partners = sums.partners.iter().map(|(cell, (account, sum))| partner_row(*cell, *account, *sum));
    let partners: Vec<partner_tally::Model> = partners.collect::<Result<_, _>>()?;
    let added =
        [Column::PendingThousands, Column::PendingMicros, Column::ApprovedThousands, Column::ApprovedMicros];
    let key = [Column::PartnerId, Column::Currency];
    add_up::<partner_tally::Entity>(txn, &partners.iter().collect::<Vec<_>>(), &key, &added).await
}

fn click_row(cell: ClickCell, account_id: AccountId, sum: ClickSum) -> tally::Model {
    let ClickCell { link: link_id, quarter } = cell;
    let ClickSum { clicks, bots, prefetches, previews } = sum;
    tally::Model { account_id, link_id, quarter, clicks, bots, prefetches, previews }
}

fn conversion_row(
    cell: ConversionCell,
    account_id: AccountId,
    sum: ConversionSum,
) -> Result<conversion_tally::Model, DbErr> {
    let ConversionCell { link: link_id, code: code_id, currency, status, basis, quarter } = cell;
    let currency = text_of(currency);
    let [value, commission] = [sum.value, sum.commission].map(parts);
    let ((value_thousands, value_micros), (commission_thousands, commission_micros)) = (value?, commission?);
    Ok(conversion_tally::Model {
        account_id,
        link_id,
        code_id,
        partner_id: Uuid::nil(),
        currency,
        status,
        basis,
        quarter,
        conversions: sum.conversions,
        value_thousands,
        value_micros,
        commission_thousands,
        commission_micros,
    })
}

fn partner_row(
    PartnerCell { partner: partner_id, currency }: PartnerCell,
    account_id: AccountId,
    sum: PartnerSum,
) -> Result<partner_tally::Model, DbErr> {
    let (pending_thousands, pending_micros) = parts(sum.pending)?;
    let (approved_thousands, approved_micros) = parts(sum.approved)?;
    let currency = text_of(currency);
    Ok(partner_tally::Model {
        account_id,
        partner_id,
        currency,
        pending_thousands,
        pending_micros,
        approved_thousands,
        approved_micros,
    })
}

impl partner_tally::Model {
    fn add_to(self, sums: &mut Sums) -> Result<()> {
        let cell = PartnerCell { partner: self.partner_id, currency: code_of(&self.currency)? };
        let sum = PartnerSum {
            pending: whole(self.pending_thousands, self.pending_micros),
            approved: whole(self.approved_thousands, self.approved_micros),
        };
        sums.add_owed(cell, self.account_id, sum);
        Ok(())
    }
}

/// Reads all sums of what partners are owed.
pub async fn read_partners(db: &impl ConnectionTrait) -> Result<Sums> {
    let mut sums = Sums::default();
    for row in partner_tally::Entity::find().all(db).await? {
        row.add_to(&mut sums)?;
    }
    Ok(sums)
}

/// Reads the sums of a partner and the rows of the journal that are not folded yet, both as they are at
/// one moment, because one statement reads them. The rows of the journal may name other partners, too.
const PRESENT: &str = "SELECT entries, '' AS currency, 0 AS pending_thousands, 0 AS pending_micros, \
     0 AS approved_thousands, 0 AS approved_micros FROM \
     (SELECT journal.entries FROM lane JOIN journal ON journal.lane = lane.id AND journal.seq > lane.folded_seq \
     WHERE lane.closed_seq IS NULL OR lane.folded_seq < lane.closed_seq LIMIT ROWS) AS unfolded \
     UNION ALL SELECT NULL, currency, pending_thousands, pending_micros, approved_thousands, approved_micros \
     FROM partner_tally WHERE partner_id = PARTNER";

/// The sums of a partner now, perhaps with those of others. `None` if more than `unfolded_max` rows of
/// the journal are not folded.
pub async fn present(
    db: &impl ConnectionTrait,
    partner: PartnerId,
    unfolded_max: usize,
) -> Result<Option<Sums>> {
    let backend = db.get_database_backend();
    let parameter = if backend == DbBackend::Postgres { "$1" } else { "?" };
    let rows_max = unfolded_max.saturating_add(1).to_string();
    let text = PRESENT.replace("PARTNER", parameter).replace("ROWS", &rows_max);
    let (mut sums, mut unfolded) = (Sums::default(), 0_usize);
    for row in db.query_all_raw(Statement::from_sql_and_values(backend, text, [partner.into()])).await? {
        let Some(entries) = row.try_get::<Option<Vec<u8>>>("", "entries")? else {
            let number = |name| row.try_get::<i64>("", name);
            let sum = PartnerSum {
                pending: whole(number("pending_thousands")?, number("pending_micros")?),
                approved: whole(number("approved_thousands")?, number("approved_micros")?),
            };
            let currency = code_of(&row.try_get::<String>("", "currency")?)?;
            // The account is not read: the caller knows it.
            sums.add_owed(PartnerCell { partner, currency }, AccountId(Uuid::nil()), sum);
            continue;
        };
        unfolded = unfolded.saturating_add(1);
        if unfolded > unfolded_max {
            return Ok(None);
        }
        let added = sums.add_entries(&entries);
        added.map_err(|error| Error::internal(&format!("a row of the journal: {error:?}")))?;
    }
    Ok(Some(sums))
}

/// The thousands of a sum in millionths, and the rest.
fn parts(micros: i128) -> Result<(i64, i64), DbErr> {
    let parts = (micros.div_euclid(THOUSAND_MICROS), micros.rem_euclid(THOUSAND_MICROS));
    let part = |part| i64::try_from(part).map_err(|_| DbErr::Custom("a sum is too large".to_owned()));
    Ok((part(parts.0)?, part(parts.1)?))
}

fn whole(thousands: i64, micros: i64) -> i128 {
    // The product of a 64-bit and a 30-bit number.
    i128::from(thousands).saturating_mul(THOUSAND_MICROS).saturating_add(micros.into())
}

/// The first quarter from `from` on that has totals of clicks.
pub async fn first_quarter(db: &impl ConnectionTrait, from: Quarter) -> Result<Option<Quarter>> {
    use tally::{Column, Entity};
    let first =
        Entity::find().filter(Column::Quarter.gte(from)).order_by_asc(Column::Quarter).one(db).await?;
    Ok(first.map(|first| first.quarter))
}

/// Reads the totals of clicks of some quarters, the last of which is not included.
pub async fn read_clicks(db: &impl ConnectionTrait, from: Quarter, below: Quarter) -> Result<Sums> {
    use tally::{Column, Entity};
    let within = Entity::find().filter(Column::Quarter.gte(from)).filter(Column::Quarter.lt(below));
    let mut sums = Sums::default();
    for row in within.all(db).await? {
        let cell = ClickCell { quarter: row.quarter, link: row.link_id };
        let tally::Model { clicks, bots, prefetches, previews, .. } = row;
        sums.clicks.insert(cell, (row.account_id, ClickSum { clicks, bots, prefetches, previews }));
    }
    Ok(sums)
}

/// Reads all totals of conversions.
pub async fn read_conversions(db: &impl ConnectionTrait) -> Result<Sums> {
    let mut sums = Sums::default();
    for row in conversion_tally::Entity::find().all(db).await? {
        let conversion_tally::Model { link_id: link, code_id: code, status, basis, quarter, .. } = row;
        let currency = code_of(&row.currency)?;
        let cell = ConversionCell { basis, quarter, status, currency, link, code };
        let sum = ConversionSum {
            conversions: row.conversions,
            value: whole(row.value_thousands, row.value_micros),
            commission: whole(row.commission_thousands, row.commission_micros),
        };
        sums.conversions.insert(cell, (row.account_id, sum));
    }
    Ok(sums)
}

/// Quarters, the last of which is not included, in spans of equal length, and the time by which
/// conversions are counted in them.
#[derive(Clone, Copy, Debug)]
pub struct Between {
    pub from: Quarter,
    pub below: Quarter,
    /// Number of quarters in a span. Each sum is of one span, and names the first quarter of it that has
    /// anything.
    pub span: i32,
    pub basis: Basis,
}

impl Between {
    /// Number of links whose sums one statement reads: few enough that an answer has about
    /// `SUMS_READ_MAX` rows.
    pub fn links_at_once(self) -> usize {
        let spans =
            usize::try_from(self.span).ok().and_then(|span| self.from.until(self.below).checked_div(span));
        SUMS_READ_MAX.checked_div(spans.unwrap_or(1)).unwrap_or(SUMS_READ_MAX).clamp(1, LINKS_READ_MAX)
    }

    /// The number of the span that a row is in.
    fn span_of_row(self, db: &impl ConnectionTrait) -> SimpleExpr {
        let form = match db.get_database_backend() {
            DbBackend::Postgres => "(quarter - $1) / $2",
            DbBackend::MySql => "(`quarter` - ?) DIV ?",
            _ => "(quarter - ?) / ?",
        };
        Expr::cust_with_values(form, [Value::from(self.from), self.span.into()])
    }
}

/// Reads the folded sums of the clicks of some links.
pub async fn clicks_between(
    db: &impl ConnectionTrait,
    links: &[TrackingLinkId],
    between: Between,
) -> Result<Vec<(ClickCell, ClickSum)>> {
    use tally::{Column, Entity};

    let of_links = Entity::find().filter(Column::LinkId.is_in(links.iter().copied())).select_only();
    let within = of_links.filter(Column::Quarter.gte(between.from));
    let within = within.filter(Column::Quarter.lt(between.below)).column(Column::LinkId);
    let query = within.column_as(Column::Quarter.min(), "first_quarter").group_by(Column::LinkId);
    let query = query.group_by(between.span_of_row(db));
    let added = [Column::Clicks, Column::Bots, Column::Prefetches, Column::Previews];
    let rows = query.exprs(added.map(|column| sum(db, Expr::col(column)))).into_tuple();
    let rows: Vec<(TrackingLinkId, Quarter, i64, i64, i64, i64)> = rows.all(db).await?;
    let row = |(link, quarter, clicks, bots, prefetches, previews)| {
        (ClickCell { quarter, link }, ClickSum { clicks, bots, prefetches, previews })
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Reads the folded sums of the conversions of some links.
pub async fn conversions_between(
    db: &impl ConnectionTrait,
    links: &[TrackingLinkId],
    between: Between,
) -> Result<Vec<(ConversionCell, ConversionSum)>> {
    use conversion_tally::{Column, Entity};

    let of_links = Entity::find().filter(Column::LinkId.is_in(links.iter().copied())).select_only();
    let within = of_links.filter(Column::Quarter.gte(between.from));
    let within = within.filter(Column::Quarter.lt(between.below));
    let mut query = within.filter(Column::Basis.eq(between.basis));
    for column in [Column::LinkId, Column::CodeId, Column::Currency, Column::Status] {
        query = query.column(column).group_by(column);
    }
    let query = query.column_as(Column::Quarter.min(), "first_quarter").group_by(between.span_of_row(db));
    let added = [
        Column::Conversions,
        Column::ValueThousands,
        Column::ValueMicros,
        Column::CommissionThousands,
        Column::CommissionMicros,
    ];
    let rows = query.exprs(added.map(|column| sum(db, Expr::col(column)))).into_tuple();
    let rows: Vec<ConversionRow> = rows.all(db).await?;
    let row = |(link, code, currency, status, quarter, conversions, value, value_rest, commission, rest)| {
        let currency: String = currency;
        let cell = ConversionCell {
            basis: between.basis,
            quarter,
            status,
            currency: code_of(&currency)?,
            link,
            code,
        };
        let (value, commission) = (whole(value, value_rest), whole(commission, rest));
        Ok((cell, ConversionSum { conversions, value, commission }))
    };
    rows.into_iter().map(row).collect()
}

/// Link, code, currency, status, quarter, number of conversions, and the two parts of the sums of value
/// and commission.
type ConversionRow = (TrackingLinkId, ConversionCodeId, String, i16, Quarter, i64, i64, i64, i64, i64);

fn text_of(currency: CurrencyCode) -> String {
    currency.iter().copied().map(char::from).collect()
}

fn code_of(currency: &str) -> Result<CurrencyCode> {
    let code = currency.as_bytes().try_into();
    code.map_err(|_| Error::internal("a currency of the totals has not three letters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_in_two_parts_are_whole_again() {
        let largest = 1_000_000_000_000_000_000_i128;
        for micros in [0, 1, 999_999_999, 1_000_000_000, largest, largest * 4_000_000_000, -1, -largest] {
            let (thousands, rest) = parts(micros).unwrap();
            assert!((0..1_000_000_000).contains(&rest), "{micros}");
            assert_eq!(whole(thousands, rest), micros);
            // The parts of sums add up to the sum.
            assert_eq!(whole(thousands * 2, rest * 2), micros * 2);
        }
        assert!(parts(i128::MAX).is_err());
    }
}

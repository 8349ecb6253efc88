//! Statements of networks, compared with our conversions.
//!
//! The rows of a statement are added in their order, and each is compared when it is added (`add`).
//! Then the conversions of the period that no row states become rows of their own, and the rows that
//! are only the network's learn which held postback reported them (`ours`). So each row of the network
//! and each of our conversions is in one row, and the totals are sums over the rows. A row stays as it
//! was compared until somebody does something about it, which compares it again (`resolve`).
//!
//! All that changes a statement locks its row first, and changes nothing if the row is not as it was
//! read. So two callers who add the same rows, or compare the same part, do it once.
//!
//! Absent on purpose: guesses. A row and a conversion are one sale if they have the same order id or
//! the same click. That amount and day are alike proves nothing.

mod add;
mod compare;
pub mod grpc;
mod key;
mod matching;
mod ours;
mod resolve;
mod row;
mod store;

use sea_orm::{DeriveActiveEnum, EnumIter};
use uuid::Uuid;

pub use self::store::Model as Statement;
use crate::{
    core::{
        App,
        conversion_code::{self, ConversionCodeId},
        scan::scan,
    },
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        id::{AccountId, StatementId},
        time::Time,
    },
};

/// Maximum number of rows of the network in a statement.
const ROWS_OF_STATEMENT_MAX: i32 = 10_000_000;
/// Maximum number of rows in one call that adds rows, or does something about them.
const ADDED_ROWS_MAX: usize = 1_000;
const RESOLVED_ROWS_MAX: usize = 100;
/// Longest name of a time zone, click id and note, in bytes.
const ZONE_BYTES_MAX: usize = 64;
const CLICK_TEXT_BYTES_MAX: usize = 255;
const NOTE_BYTES_MAX: usize = 1_000;
/// Length of the sort key of a list of statements, in bytes. The key is the id, which begins with its
/// time.
const LIST_KEY_BYTES: usize = 16;

/// How far a statement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum State {
    #[sea_orm(num_value = 1)]
    Open,
    /// Our conversions are being compared with the rows.
    #[sea_orm(num_value = 2)]
    Conversions,
    /// Held postbacks are being compared with the rows that are only the network's.
    #[sea_orm(num_value = 3)]
    Postbacks,
    #[sea_orm(num_value = 4)]
    Complete,
}

/// A statement to be created. Each field is well-formed.
pub struct Create {
    pub code: ConversionCodeId,
    pub name: String,
    /// The SHA-256 of the file.
    pub file_digest: Vec<u8>,
    pub start: Time,
    pub end: Time,
    pub zone: String,
    pub validate_only: bool,
}

/// Creates a statement, or returns the one with the same identity.
pub async fn create(app: &App, account: AccountId, create: Create) -> Result<Statement> {
    conversion_code::get(app, account, create.code).await?;
    let now = app.now();
    let statement = Statement {
        id: StatementId(app.random.id(now)),
        account_id: account,
        identity: Some(identity(&create)),
        code_id: create.code,
        name: create.name,
        file_digest: create.file_digest,
        starts_at: create.start,
        ends_at: create.end,
        zone: create.zone,
        row_count: 0,
        our_count: 0,
        state: State::Open,
        position: Vec::new(),
        resolutions: 0,
        created_at: now,
    };
    store::insert(&app.db, statement, create.validate_only).await
}

/// A hash of all that makes two files the same statement.
fn identity(create: &Create) -> Vec<u8> {
    let mut hash = [0; 16];
    let mut hasher = blake3::Hasher::new();
    let times = [create.start, create.end].map(|time| time.micros().to_be_bytes());
    for part in [create.code.to_string().as_bytes(), &create.file_digest, times.as_flattened()] {
        hasher.update(part);
    }
    hasher.update(create.zone.as_bytes());
    hasher.finalize_xof().fill(&mut hash);
    hash.to_vec()
}

pub async fn get(app: &App, account: AccountId, id: StatementId) -> Result<Statement> {
    let found = store::find(app.db.reader(), account, id).await?;
    found.filter(|statement| !statement.is_deleted()).ok_or_else(|| Error::not_found("statement", &id))
}

/// Returns a statement with its totals.
pub async fn totals(app: &App, account: AccountId, id: StatementId) -> Result<(Statement, Vec<row::Total>)> {
    let statement = get(app, account, id).await?;
    let totals = scan(app, account, async |db| row::totals(db, id).await).await?;
    Ok((statement, totals))
}

pub async fn list(
    app: &App,
    account: AccountId,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Statement, LIST_KEY_BYTES>> {
    let rows = scan(app, account, async |db| Ok(store::list(db, account, page).await?)).await?;
    Ok(page.cut(rows, None, |statement| statement.id.0.into_bytes()))
}

/// Deletes a statement: nobody sees it any more, and `delete_some` removes its rows. Deleting it again
/// changes nothing.
pub async fn delete(
    app: &App,
    account: AccountId,
    id: StatementId,
    validate_only: bool,
) -> Result<Statement> {
    let found = store::find(app.db.reader(), account, id).await?;
    let found = found.ok_or_else(|| Error::not_found("statement", &id))?;
    if !validate_only && !found.is_deleted() {
        store::forget(&app.db, id).await?;
    }
    Ok(found)
}

/// Deletes the statements whose id is less than `below`, and a batch of the rows of deleted statements.
/// Returns the number of rows deleted, and true if more may be left.
pub async fn delete_some(app: &App, below: Option<Uuid>) -> Result<(u64, bool)> {
    if let Some(below) = below {
        store::forget_before(&app.db, StatementId(below)).await?;
    }
    let Some(id) = store::deleted(app.db.reader()).await? else { return Ok((0, false)) };
    let rows = row::delete_some(&app.db, id).await?;
    if rows == 0 && !key::delete_some(&app.db, id).await? {
        store::delete(&app.db, id).await?;
    }
    Ok((rows, true))
}

impl Statement {
    fn is_deleted(&self) -> bool {
        self.identity.is_none()
    }

    fn has(&self, time: Time) -> bool {
        self.starts_at <= time && time < self.ends_at
    }

    fn is_complete(&self) -> bool {
        self.state == State::Complete
    }

    /// The number of the next row.
    fn next_number(&self) -> i32 {
        self.row_count.saturating_add(self.our_count).saturating_add(1)
    }
}

/// Parses a statement's id. A malformed id gives the same error as an unknown one.
fn parse_id(text: &str) -> Result<StatementId> {
    text.parse().map_err(|_| Error::not_found("statement", text))
}

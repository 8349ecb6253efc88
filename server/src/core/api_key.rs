//! API keys: the credential that a caller sends with every call. The secret that the caller sends
//! is the key's text. After a rotation, a key has several valid texts for a while.
//!
//! Absent on purpose: changing a key, because a caller that needs other scopes gets another key;
//! and deletion, because a revoked key remains as the record of who had it.

pub mod grpc;
mod lookup;
pub mod session;
mod sign_in;
mod store;

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::join};
use s2s_sdk::v1::ErrorReason;
use sea_orm::DbErr;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    api::{Caller, Scopes, Tenant},
    core::{
        App, account, partner,
        row_cache::{RowCache, row_cache},
    },
    db::Db,
    error::{Error, Result},
    page::{Page, PageRequest},
    values::api_key_text::{KeyFingerprint, KeyHash, KeyText},
    values::{
        id::{AccountId, PartnerId, RequestKey, prefixed_id},
        time::{Span, Time},
    },
};

use lookup::Lookups;
pub use sign_in::SignInLinks;
pub use store::{Found, Model as ApiKey};

/// Length of the list's sort key, in bytes. The key is the id, which begins with its time.
pub const LIST_KEY_BYTES: usize = 16;
/// Longest overlap of a rotation, and the default, in seconds.
pub const OVERLAP_SECONDS_MAX: i64 = 30 * 86_400;
pub const OVERLAP_SECONDS_DEFAULT: i64 = 86_400;
/// Maximum number of texts of one key that are valid at the same time.
pub const TEXTS_MAX: u64 = 10;

/// Longest wait for the look-up of a key that was not seen before.
const STRANGER_PATIENCE: Duration = Duration::from_secs(1);
/// Maximum number of key texts that are remembered as seen before.
const SEEN_MAX: u64 = 100_000;
/// Idle time after which a text is no longer remembered.
const SEEN_FOR: Duration = Duration::from_hours(1);
/// Resolution of the time of last use, in seconds.
const USE_SECONDS: i64 = 60;
/// Maximum number of uses that wait to be written. A further use is dropped; a later use of the
/// same key is written instead.
const USES_WAITING_MAX: usize = 10_000;
const USES_INTERVAL: Duration = Duration::from_secs(1);

prefixed_id!(
    /// The id of an API key; not a secret.
    ApiKeyId,
    "key_"
);

/// A use of a key, and its time.
type Use = (ApiKeyId, Time);

/// The keys that a core remembers, and their uses that are still to be written.
pub struct ApiKeys {
    /// Keys by the fingerprint of a text. An entry is at most a second old. A text that no key has is
    /// cached as `None`.
    found: RowCache<KeyFingerprint, Found>,
    recent: moka::future::Cache<KeyHash, ()>,
    lookups: Lookups,
    uses: mpsc::Sender<Use>,
}

impl ApiKeys {
    /// Creates the caches, and the task that looks up unknown keys and writes the times of last
    /// use. The task ends when the caches are dropped.
    pub fn new(db: Db, stopping: CancellationToken) -> (Self, impl Future<Output = ()> + Send) {
        let (uses, waiting) = mpsc::channel(USES_WAITING_MAX);
        let recent = moka::future::Cache::builder().max_capacity(SEEN_MAX).time_to_idle(SEEN_FOR).build();
        let (lookups, look_up) = Lookups::new(db.clone());
        let keys = Self { found: row_cache(), recent, lookups, uses };
        let work = async {
            let ((), ()) = join(look_up, write_uses(db, waiting, stopping)).await;
        };
        (keys, work)
    }

    /// Queues a write of the key's last use, if a write is due. Called when a key is loaded into
    /// the cache, about once a second for a key in use. No call waits for the write.
    fn report(&self, key: &ApiKey, now: Time) {
        let good = key.state(now) == State::Active;
        let due = key.last_used_at.is_none_or(|last| now.since(last) >= Span::from_seconds(USE_SECONDS));
        if good && due {
            // If the queue is full, the use is still due at the next load.
            let _ = self.uses.try_send((key.id, now));
        }
    }
}

async fn write_uses(db: Db, mut waiting: mpsc::Receiver<Use>, stopping: CancellationToken) {
    let mut uses = Vec::new();
    while waiting.recv_many(&mut uses, USES_WAITING_MAX).await > 0 {
        let last: BTreeMap<ApiKeyId, Time> = uses.drain(..).collect();
        let latest = last.values().max().copied().unwrap_or(Time::from_micros(0));
        if let Err(error) = store::used(&db, last.into_keys().collect(), latest).await {
            tracing::warn!(%error, "could not write the last use of API keys");
        }
        // Waits, so that the uses of many keys share a transaction.
        stopping.run_until_cancelled(tokio::time::sleep(USES_INTERVAL)).await;
    }
}

/// Returns the id of the key that has this text, and the caller that the key identifies. A
/// revocation or rotation, by this server or another, takes effect within `CACHE_AGE_MAX`; an
/// expiry takes effect at once.
pub async fn authenticate(app: &App, text: &str) -> Result<(ApiKeyId, Caller)> {
    let malformed = || invalid("is malformed, or was cut");
    let fingerprint = KeyFingerprint::of(text).ok_or_else(malformed)?;
    // Avoids growing the caller's future, as `row_cache::cached` does.
    let found = match app.api_keys.found.get(&fingerprint).now_or_never().flatten() {
        Some(found) => found,
        None => Box::pin(load(app, text, fingerprint)).await?,
    };
    found.as_deref().map_or_else(|| Err(invalid("is unknown")), |found| judge(found, app.now()))
}

/// Looks up a text that is not in the cache.
async fn load(app: &App, text: &str, fingerprint: KeyFingerprint) -> Result<Option<Arc<Found>>> {
    let hash = text.parse::<KeyText>().map_err(|fault| invalid(&fault))?.hash();
    let keys = &app.api_keys;
    let is_stranger = keys.recent.get(&hash).await.is_none();
    let query = async {
        let found = if is_stranger {
            keys.lookups.find(hash.clone()).await?
        } else {
            store::find_by_hashes(app.db.reader(), vec![hash.clone()]).await?.remove(&hash)
        };
        if let Some(found) = &found {
            keys.recent.insert(hash.clone(), ()).await;
            keys.report(&found.key, app.now());
        }
        Ok::<_, DbErr>(found.map(Arc::new))
    };
    let found = keys.found.try_get_with(fingerprint, query);
    let found = if is_stranger {
        timeout(STRANGER_PATIENCE, found).await.map_err(|_| overloaded())?
    } else {
        found.await
    };
    found.map_err(|error| Error::from((*error).clone()))
}

fn judge(found: &Found, now: Time) -> Result<(ApiKeyId, Caller)> {
    let Found { key, text_expires_at, .. } = found;
    match key.state(now) {
        State::Revoked => Err(invalid("is revoked")),
        State::Expired => Err(invalid("is expired")),
        State::Active if text_expires_at.is_some_and(|end| end <= now) => {
            Err(invalid("was rotated, and its overlap is over, or its session has ended"))
        }
        State::Active => {
            Ok((key.id, Caller { account: key.account_id, may: key.scopes, partner: key.partner_id }))
        }
    }
}

fn invalid(fault: &str) -> Error {
    let message = format!(
        "the API key {fault}; send `Bearer` and the key as it was shown, or get a new one from CreateApiKey"
    );
    Error::new(ErrorReason::ApiKeyInvalid, message)
}

fn overloaded() -> Error {
    Error::new(ErrorReason::Overloaded, "too many unknown API keys are being looked up; send the call again")
}

/// State of a key. Only an active key can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    Expired,
    Revoked,
}

impl ApiKey {
    pub fn state(&self, now: Time) -> State {
        if self.revoked_at.is_some() {
            State::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            State::Expired
        } else {
            State::Active
        }
    }
}

/// A key to be created.
pub struct Create {
    /// The account that gets the key; `None` for the caller's own account.
    pub account: Option<AccountId>,
    pub name: String,
    pub scopes: Scopes,
    /// The partner of a key with the scope `partner`.
    pub partner: Option<PartnerId>,
    pub expires_at: Option<Time>,
    pub request: RequestKey,
    pub validate_only: bool,
}

/// Creates a key. Returns its text if the key is new, except with `validate_only`.
pub async fn create(app: &App, caller: Caller, create: Create) -> Result<(ApiKey, Option<KeyText>)> {
    let account_id = governed(app, caller, create.account).await?;
    caller.check_all(create.scopes)?;
    let installations = Scopes::ADMIN.or(Scopes::EDGE);
    if account_id != AccountId::DEFAULT && create.scopes.meets(installations) {
        let message = format!("only keys of the installation's own account can have {installations}");
        return Err(Error::new(ErrorReason::FieldInvalid, message).at_field("api_key.scopes"));
    }
    if let Some(id) = create.partner {
        partner::get(app, account_id, id).await?;
    }
    let text = KeyText::random(&app.random);
    let validate_only = create.validate_only;
    let (key, fresh) = insert(app, account_id, create, &text).await?;
    Ok((key, (fresh && !validate_only).then_some(text)))
}

async fn insert(app: &App, account_id: AccountId, create: Create, text: &KeyText) -> Result<(ApiKey, bool)> {
    let now = app.now();
    let key = ApiKey {
        id: ApiKeyId(app.random.id(now)),
        account_id,
        name: create.name,
        scopes: create.scopes,
        partner_id: create.partner,
        expires_at: create.expires_at,
        revoked_at: None,
        rotated_at: None,
        last_used_at: None,
        request_id: create.request.id,
        request_digest: create.request.digest,
        created_at: now,
    };
    store::insert(&app.db, key, text.hash(), create.validate_only).await
}

/// Returns the named account, or else the caller's. Finds another account only for a caller that
/// may manage it.
async fn governed(app: &App, caller: Caller, named: Option<AccountId>) -> Result<AccountId> {
    match named.filter(|id| *id != caller.account) {
        None => Ok(caller.account),
        Some(id) => Ok(account::get(app, caller.governs(), id).await?.id),
    }
}

pub async fn get(app: &App, tenant: Tenant, id: ApiKeyId) -> Result<ApiKey> {
    store::find(app.db.reader(), tenant, id).await?.ok_or_else(|| unknown(id))
}

pub async fn list(
    app: &App,
    caller: Caller,
    account: Option<AccountId>,
    show_revoked: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<ApiKey, LIST_KEY_BYTES>> {
    let account = governed(app, caller, account).await?;
    let rows = store::list(app.db.reader(), account, show_revoked, page).await?;
    Ok(page.cut(rows, None, |key| key.id.0.into_bytes()))
}

/// Adds a text to the key. Earlier texts stay valid for `overlap`, unless they end sooner anyway.
pub async fn rotate(
    app: &App,
    caller: Caller,
    id: ApiKeyId,
    overlap: Span,
    validate_only: bool,
) -> Result<(ApiKey, Option<KeyText>)> {
    let txn = app.db.begin().await?;
    let mut key = store::find_to_update(&txn, caller.governs(), id).await?.ok_or_else(|| unknown(id))?;
    caller.check_all(key.scopes)?;
    let now = app.now();
    if key.state(now) != State::Active {
        let message = "the API key is revoked or expired; create a new one";
        return Err(Error::new(ErrorReason::ApiKeyEnded, message).with("id", &id));
    }
    if store::end_texts(&txn, id, now, now.plus(overlap)).await? >= TEXTS_MAX {
        let message = format!("the key has {TEXTS_MAX} valid texts already; an overlap of 0 ends them");
        return Err(Error::new(ErrorReason::FieldInvalid, message).at_field("overlap"));
    }
    if validate_only {
        txn.rollback().await?;
        return Ok((key, None));
    }
    let text = KeyText::random(&app.random);
    store::add_text(&txn, id, text.hash(), now).await?;
    key.rotated_at = Some(now);
    store::update(&txn, key.clone()).await?;
    txn.commit().await?;
    Ok((key, Some(text)))
}

pub async fn revoke(app: &App, caller: Caller, id: ApiKeyId, validate_only: bool) -> Result<ApiKey> {
    let txn = app.db.begin().await?;
    let mut key = store::find_to_update(&txn, caller.governs(), id).await?.ok_or_else(|| unknown(id))?;
    caller.check_all(key.scopes)?;
    if validate_only || key.revoked_at.is_some() {
        txn.rollback().await?;
        return Ok(key);
    }
    key.revoked_at = Some(app.now());
    store::update(&txn, key.clone()).await?;
    txn.commit().await?;
    Ok(key)
}

fn unknown(id: ApiKeyId) -> Error {
    Error::not_found("API key", &id)
}

/// Sets up the operator's own key. If no key has the text `given` yet, creates an administrator's
/// key with it. If a key has that text already, the key stays as it is, even if it is revoked. If
/// no text is given and no key exists at all, creates an administrator's key with a random text,
/// and returns this text, once.
pub async fn first(app: &App, given: Option<KeyText>) -> Result<Option<KeyText>> {
    let Some(text) = given else {
        if store::is_empty(app.db.reader()).await? {
            let text = KeyText::random(&app.random);
            // If several servers start at the same time, only one creates the key.
            return Ok(first_with(app, &text, "first administrator", b"first").await?.then_some(text));
        }
        return Ok(None);
    };
    let hash = text.hash();
    match store::find_by_hashes(app.db.reader(), vec![hash.clone()]).await?.remove(&hash) {
        None => {
            let request = hash.half();
            if first_with(app, &text, "S2S_ADMIN_KEY", request.as_bytes()).await? {
                tracing::info!("the key in S2S_ADMIN_KEY is an administrator's from now on");
            }
        }
        Some(found) if judge(&found, app.now()).is_err() => {
            tracing::warn!("the key in S2S_ADMIN_KEY is revoked, expired or rotated, and stays so");
        }
        Some(_) => {}
    }
    Ok(None)
}

/// Makes a link by which a person can sign in to the console with the key of an administrator. Returns its
/// code; `None` if there is no such key.
pub async fn sign_in_code(app: &App) -> Result<Option<KeyText>> {
    let now = app.now();
    let key = store::oldest(app.db.reader(), AccountId::DEFAULT, Scopes::ADMINISTRATOR, now).await?;
    Ok(key.map(|key| app.sign_in.make(key.id, &app.random, now)))
}

async fn first_with(app: &App, text: &KeyText, name: &str, request: &[u8]) -> Result<bool> {
    let create = Create {
        account: None,
        name: name.to_owned(),
        scopes: Scopes::ADMINISTRATOR,
        partner: None,
        expires_at: None,
        request: RequestKey { id: Some(request.to_vec()), digest: Vec::new() },
        validate_only: false,
    };
    Ok(insert(app, AccountId::DEFAULT, create, text).await?.1)
}

/// Parses a key's id. A malformed id gives the same error as an unknown one.
pub fn parse_id(text: &str) -> Result<ApiKeyId> {
    text.parse().map_err(|_| Error::not_found("API key", text))
}

//! Sessions of the console. A person signs in with an API key, and their browser gets a text of this key
//! of its own. So a session may do what its key may, ends with its key, and is checked like a key.
//!
//! A person can also sign in with a link that the server prints on its terminal (`sign_in.rs`): it stands
//! for the key of an administrator.

use s2s_sdk::v1::ErrorReason;

use super::{ApiKey, ApiKeyId, authenticate, store};
use crate::{
    api::Caller,
    core::App,
    error::{Error, Result},
    values::{
        api_key_text::{KeyHash, KeyText},
        time::{Span, Time},
    },
};

/// Time after which a session ends unless it is used.
pub const SESSION_TIME: Span = Span::from_days(30);
/// Use within this time of its begin, or of its last extension, does not extend a session.
const EXTENDED_AFTER: Span = Span::from_days(1);

/// A session that is valid now.
pub struct Session {
    pub key: ApiKey,
    pub expires_at: Time,
}

/// Begins a session of the key with this text. Returns the text of the session.
pub async fn begin(app: &App, key_text: &str) -> Result<(Session, KeyText)> {
    let (id, caller) = authenticate(app, key_text).await?;
    begin_of(app, id, caller).await
}

/// Begins a session with the code of a link.
pub async fn begin_with_link(app: &App, code: &str) -> Result<(Session, KeyText)> {
    let id = app.sign_in.take(code, app.now()).ok_or_else(|| {
        let message = "the link to sign in is unknown, was used, or is older than ten minutes; sign in with an API \
                       key, or restart the server on a terminal for another link";
        Error::new(ErrorReason::ApiKeyInvalid, message)
    })?;
    begin_of(app, id, Caller::ANYONE).await
}

async fn begin_of(app: &App, id: ApiKeyId, caller: Caller) -> Result<(Session, KeyText)> {
    let key = super::get(app, caller.governs(), id).await?;
    let (now, text) = (app.now(), KeyText::random(&app.random));
    let expires_at = now.plus(SESSION_TIME);
    let txn = app.db.begin().await?;
    store::delete_ended(&txn, id, now).await?;
    store::add_session(&txn, id, text.hash(), now, expires_at).await?;
    txn.commit().await?;
    Ok((Session { key, expires_at }, text))
}

/// Returns the session with this text, and extends it if it is used again after a while. A session from
/// before a rotation of its key is not extended: it ends with the overlap, as the former texts do.
pub async fn extend(app: &App, text: &str) -> Result<Session> {
    // Refuses a text whose key has ended. But this may be known from a second ago.
    authenticate(app, text).await?;
    let hash = hash(text)?;
    let found = store::find_by_hashes(app.db.reader(), vec![hash.clone()]).await?.remove(&hash);
    let now = app.now();
    let found = found.and_then(|found| Some((found.key, found.session.filter(|times| times.ends_at > now)?)));
    let (key, times) = found.ok_or_else(|| super::invalid("is not that of a session, or has ended"))?;
    let full = now.plus(SESSION_TIME);
    let is_former = key.rotated_at.is_some_and(|rotated_at| rotated_at >= times.begun_at);
    if is_former || full.since(times.ends_at) < EXTENDED_AFTER {
        return Ok(Session { key, expires_at: times.ends_at });
    }
    store::move_end(&app.db, hash, now, full).await?;
    Ok(Session { key, expires_at: full })
}

/// Ends a session. A session that has ended already stays so.
pub async fn end(app: &App, text: &str) -> Result<()> {
    let now = app.now();
    store::move_end(&app.db, hash(text)?, now, now).await
}

fn hash(text: &str) -> Result<KeyHash> {
    Ok(text.parse::<KeyText>().map_err(|fault| super::invalid(&fault))?.hash())
}

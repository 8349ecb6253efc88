//! The session of the console: `/console/session`, and its cookie.
//!
//! | method | body | answer |
//! |---|---|---|
//! | POST | `{"key": …}` with the text of an API key, or `{"link": …}` with the code of a link | the session, and its cookie |
//! | GET | | the session, and its cookie once more |
//! | DELETE | | 204; the session has ended |
//!
//! The cookie has the text of the session. It goes only to this host, over TLS alone; without TLS there is
//! a session only on this machine. Together with the header `x-s2s-console`, which a foreign page can't
//! send, the cookie stands for an API key.

use axum::{body::to_bytes, extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use s2s_sdk::v1::ErrorReason;
use serde::{Deserialize, Serialize};

use crate::{
    api::Caller,
    core::{
        App,
        api_key::session::{self, SESSION_TIME, Session},
    },
    error::{Error, Result},
    net::gate::{CallAuth, Own, own_page},
    values::api_key_text::KeyText,
};

const MARK: HeaderName = HeaderName::from_static("x-s2s-console");
const SIGN_IN_BYTES_MAX: usize = 4_096;

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum SignIn {
    Key(String),
    Link(String),
}

/// A session, as the console shows it. On a server without API keys there is nothing to end.
#[derive(Serialize)]
struct Answer {
    account_id: String,
    scopes: Vec<&'static str>,
    key_id: String,
    key_name: String,
    partner_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<String>,
}

/// Answers a request for the session.
pub async fn answer(auth: &CallAuth, request: Request) -> Result<Response> {
    let own = page(&request)?;
    let CallAuth::ApiKeys(app) = auth else { return json(StatusCode::OK, &Answer::of_anyone()) };
    match *request.method() {
        Method::GET => {
            let text = cookie(request.headers(), own)?;
            let session = session::extend(app, &text).await?;
            // The browser must keep the cookie for as long as the session may last.
            with_cookie(json(StatusCode::OK, &Answer::of(&session))?, own, &text, SESSION_TIME.seconds())
        }
        Method::POST => sign_in(app, own, request).await,
        Method::DELETE => {
            session::end(app, &cookie(request.headers(), own)?).await?;
            with_cookie(empty(StatusCode::NO_CONTENT), own, "", 0)
        }
        _ => {
            let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,POST,DELETE"));
            Ok(response)
        }
    }
}

async fn sign_in(app: &App, own: Own, request: Request) -> Result<Response> {
    if !own.secure && !own.is_loopback {
        let message = "signing in needs TLS, because the cookie of a session would cross the network in clear; give \
                       the server a certificate (--tls-certificate, --tls-key), or call it through a proxy with TLS or \
                       through `localhost`";
        return Err(Error::new(ErrorReason::HttpsRequired, message));
    }
    let malformed = |detail: &str| {
        let message = format!("the body must be JSON with a `key` or a `link`: {detail}");
        Error::new(ErrorReason::FieldInvalid, message)
    };
    let body = to_bytes(request.into_body(), SIGN_IN_BYTES_MAX).await;
    let body = body.map_err(|_| malformed("it is too long, or broke off"))?;
    // The message of the parser might repeat the secret.
    let asked = serde_json::from_slice(&body).map_err(|_| malformed("it is something else"))?;
    let (session, text): (Session, KeyText) = match asked {
        SignIn::Key(text) => session::begin(app, text.trim()).await?,
        SignIn::Link(code) => session::begin_with_link(app, code.trim()).await?,
    };
    let response = json(StatusCode::OK, &Answer::of(&session))?;
    with_cookie(response, own, text.reveal(), SESSION_TIME.seconds())
}

/// The text of the session of a call; `None` if the call is not one of the console.
///
/// # Errors
///
/// The call claims to be one of the console, and comes from another page, or has no session.
pub fn text(request: &Request) -> Result<Option<String>> {
    if !request.headers().contains_key(MARK) {
        return Ok(None);
    }
    cookie(request.headers(), own_page(request)?).map(Some)
}

/// The page that has sent a request for the session.
fn page(request: &Request) -> Result<Own> {
    if request.headers().contains_key(MARK) {
        return own_page(request);
    }
    Err(Error::new(
        ErrorReason::OriginRefused,
        "only the console asks for this, with the header `x-s2s-console`",
    ))
}

/// The name of the cookie. The ports of a machine share its cookies, so the name has the port.
fn name(own: Own) -> String {
    if own.secure { "__Host-s2s".to_owned() } else { format!("s2s_{}", own.port) }
}

fn cookie(headers: &HeaderMap, own: Own) -> Result<String> {
    let name = name(own);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let found = pairs.find(|(other, _)| *other == name).map(|(_, text)| text.to_owned());
    found.ok_or_else(|| Error::new(ErrorReason::ApiKeyMissing, "nobody is signed in; sign in to the console"))
}

fn with_cookie(mut response: Response, own: Own, text: &str, seconds: i64) -> Result<Response> {
    let secure = if own.secure { "; Secure" } else { "" };
    let cookie =
        format!("{}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(own));
    let cookie = HeaderValue::from_str(&cookie).map_err(|error| Error::internal(&error))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn json(status: StatusCode, answer: &Answer) -> Result<Response> {
    let body = serde_json::to_vec(answer).map_err(|error| Error::internal(&error))?;
    let mut response = empty(status).map(|_| body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

impl Answer {
    fn of(Session { key, expires_at }: &Session) -> Self {
        Self {
            account_id: key.account_id.to_string(),
            scopes: key.scopes.names(),
            key_id: key.id.to_string(),
            key_name: key.name.clone(),
            partner_id: key.partner_id.map(|id| id.to_string()).unwrap_or_default(),
            expire_time: Some(expires_at.date()),
        }
    }

    fn of_anyone() -> Self {
        let Caller { account, may, .. } = Caller::ANYONE;
        Self {
            account_id: account.to_string(),
            scopes: may.names(),
            key_id: String::new(),
            key_name: String::new(),
            partner_id: String::new(),
            expire_time: None,
        }
    }
}

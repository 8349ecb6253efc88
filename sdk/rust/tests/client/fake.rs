//! A server built on the generated traits, which answers by a script.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use prost::Message as _;
use s2s_sdk::{
    Client, ClientBuilder, Code,
    v1::{
        self,
        account_service_server::{AccountService, AccountServiceServer},
        api_key_service_server::{ApiKeyService, ApiKeyServiceServer},
        conversion_service_server::{ConversionService, ConversionServiceServer},
        record_conversion_request::Report,
        record_conversion_result::Result as ItemResult,
    },
};
use tokio::{net::TcpListener, sync::mpsc};
use tonic::{
    Request, Response, Status,
    metadata::MetadataMap,
    transport::{Server, server::TcpIncoming},
};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The server's answer to one call.
pub enum Answer {
    Ok,
    Fail(Status),
    Never,
}
pub use Answer::{Fail, Never};

/// A server that answers calls by a script, and with success after the script's end. Keeps the
/// requests.
#[derive(Clone, Default)]
pub struct Fake(pub Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    pub script: VecDeque<Answer>,
    /// The answer to calls after the script's end, instead of success.
    pub always: Option<Status>,
    pub requests: Vec<v1::RecordConversionRequest>,
    pub metadata: Vec<MetadataMap>,
    pub page_tokens: Vec<String>,
    /// The updates of accounts.
    pub updates: Vec<v1::UpdateAccountRequest>,
    /// The number of rotations of keys.
    pub rotations: usize,
    /// The answers to streams. The last one is repeated.
    pub turns: VecDeque<Turn>,
    /// The streams that clients have opened, with their resume tokens and filters.
    pub watched: Vec<v1::WatchConversionsRequest>,
}

/// The answer to a stream: messages with these tokens, and then the end.
#[derive(Clone)]
pub struct Turn(pub &'static [&'static str], pub End);

/// The end of a stream.
#[derive(Clone)]
pub enum End {
    /// Without an error.
    Over,
    Failed(Status),
    /// Nothing more comes. Holds the sender for as long as the stream is open.
    Silent(mpsc::Sender<()>),
    /// Not even the opening is answered.
    NeverOpens,
}
pub use End::{Failed, NeverOpens, Over, Silent};

impl Turn {
    /// A stream that is silent after these messages.
    pub fn silent(tokens: &'static [&'static str]) -> Self {
        Self(tokens, Silent(mpsc::channel(1).0))
    }
}

impl Fake {
    pub fn new(script: impl IntoIterator<Item = Answer>) -> Self {
        let fake = Self::default();
        fake.0.lock().unwrap().script.extend(script);
        fake
    }

    /// Starts the server on a free port and returns a builder for its client.
    pub async fn start(&self) -> ClientBuilder {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        self.serve(listener);
        Client::builder(endpoint)
    }

    pub fn serve(&self, listener: TcpListener) {
        let server = Server::builder()
            .add_service(ConversionServiceServer::new(self.clone()))
            .add_service(AccountServiceServer::new(self.clone()))
            .add_service(ApiKeyServiceServer::new(self.clone()));
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    }

    async fn answer(&self) -> Result<(), Status> {
        let next = {
            let mut state = self.0.lock().unwrap();
            let always = state.always.clone();
            state.script.pop_front().unwrap_or_else(|| always.map_or(Answer::Ok, Fail))
        };
        match next {
            Answer::Ok => Ok(()),
            Fail(status) => Err(status),
            Never => pending().await,
        }
    }

    /// A server that answers streams in turn.
    pub fn watched(turns: impl IntoIterator<Item = Turn>) -> Self {
        let fake = Self::default();
        fake.0.lock().unwrap().turns.extend(turns);
        fake
    }

    /// The resume tokens of all streams that were opened.
    pub fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().watched.iter().map(|request| request.resume_token.clone()).collect()
    }

    pub fn request_ids(&self) -> Vec<String> {
        self.0.lock().unwrap().requests.iter().map(|request| request.request_id.clone()).collect()
    }
}

#[tonic::async_trait]
impl ConversionService for Fake {
    async fn record_conversion(
        &self,
        request: Request<v1::RecordConversionRequest>,
    ) -> Result<Response<v1::RecordConversionResponse>, Status> {
        {
            let mut state = self.0.lock().unwrap();
            state.metadata.push(request.metadata().clone());
            state.requests.push(request.into_inner());
        }
        self.answer().await?;
        let verdict = v1::ConversionVerdict::Recorded.into();
        Ok(Response::new(v1::RecordConversionResponse { verdict, ..Default::default() }))
    }

    /// Refuses items without a click id.
    async fn batch_record_conversions(
        &self,
        request: Request<v1::BatchRecordConversionsRequest>,
    ) -> Result<Response<v1::BatchRecordConversionsResponse>, Status> {
        let requests = request.into_inner().requests;
        self.0.lock().unwrap().requests.extend(requests.iter().cloned());
        self.answer().await?;
        let result = |request: v1::RecordConversionRequest| {
            let Some(Report::Conversion(conversion)) = request.report else { panic!("no conversion") };
            let result = if conversion.click_id.is_empty() {
                let details = ErrorDetails::with_error_info("PARAMETER_MISSING", "s2s.v1", []);
                let status = Status::with_error_details(Code::InvalidArgument, "no click id", details);
                ItemResult::Error(tonic_types::Status::decode(status.details()).unwrap())
            } else {
                ItemResult::Response(v1::RecordConversionResponse::default())
            };
            v1::RecordConversionResult { result: Some(result) }
        };
        let results = requests.into_iter().map(result).collect();
        Ok(Response::new(v1::BatchRecordConversionsResponse { results }))
    }

    type WatchConversionsStream = BoxStream<'static, Result<v1::WatchConversionsResponse, Status>>;

    async fn watch_conversions(
        &self,
        request: Request<v1::WatchConversionsRequest>,
    ) -> Result<Response<Self::WatchConversionsStream>, Status> {
        let Turn(tokens, end) = {
            let mut state = self.0.lock().unwrap();
            state.watched.push(request.into_inner());
            let turn = state.turns.pop_front().unwrap();
            if state.turns.is_empty() {
                state.turns.push_back(turn.clone());
            }
            turn
        };
        let message = |token: &&str| {
            let resume_token = (*token).to_owned();
            Ok(v1::WatchConversionsResponse { resume_token, ..Default::default() })
        };
        let messages = stream::iter(tokens.iter().map(message));
        Ok(Response::new(match end {
            Over => messages.boxed(),
            // The opening is answered by itself, and the error comes at the end.
            Failed(status) => messages.chain(stream::iter([Err(status)])).boxed(),
            Silent(open) => {
                let silence = stream::once(async move {
                    let _open = open;
                    pending().await
                });
                messages.chain(silence).boxed()
            }
            NeverOpens => pending().await,
        }))
    }

    type StreamRecordConversionsStream = stream::Empty<Result<v1::StreamRecordConversionsResponse, Status>>;

    async fn stream_record_conversions(
        &self,
        _: Request<tonic::Streaming<v1::StreamRecordConversionsRequest>>,
    ) -> Result<Response<Self::StreamRecordConversionsStream>, Status> {
        Err(untested())
    }

    async fn get_conversion(
        &self,
        _: Request<v1::GetConversionRequest>,
    ) -> Result<Response<v1::GetConversionResponse>, Status> {
        Err(untested())
    }

    async fn list_partner_conversions(
        &self,
        _: Request<v1::ListPartnerConversionsRequest>,
    ) -> Result<Response<v1::ListPartnerConversionsResponse>, Status> {
        Err(untested())
    }

    /// Returns one of three pages: two conversions, none, one.
    async fn list_conversions(
        &self,
        request: Request<v1::ListConversionsRequest>,
    ) -> Result<Response<v1::ListConversionsResponse>, Status> {
        let request = request.into_inner();
        assert_eq!(request.filter, filtered().filter);
        self.0.lock().unwrap().page_tokens.push(request.page_token.clone());
        self.answer().await?;
        let (ids, next_page_token): (&[&str], _) = match request.page_token.as_str() {
            "" => (&["a", "b"], "second"),
            "second" => (&[], "third"),
            "third" => (&["c"], ""),
            other => panic!("{other}"),
        };
        let conversion = |id: &&str| v1::Conversion { id: (*id).to_owned(), ..Default::default() };
        Ok(Response::new(v1::ListConversionsResponse {
            conversions: ids.iter().map(conversion).collect(),
            next_page_token: next_page_token.to_owned(),
        }))
    }
}

#[tonic::async_trait]
impl AccountService for Fake {
    async fn create_account(
        &self,
        _: Request<v1::CreateAccountRequest>,
    ) -> Result<Response<v1::CreateAccountResponse>, Status> {
        Err(untested())
    }

    async fn get_account(
        &self,
        _: Request<v1::GetAccountRequest>,
    ) -> Result<Response<v1::GetAccountResponse>, Status> {
        Err(untested())
    }

    async fn list_accounts(
        &self,
        _: Request<v1::ListAccountsRequest>,
    ) -> Result<Response<v1::ListAccountsResponse>, Status> {
        Err(untested())
    }

    async fn update_account(
        &self,
        request: Request<v1::UpdateAccountRequest>,
    ) -> Result<Response<v1::UpdateAccountResponse>, Status> {
        self.0.lock().unwrap().updates.push(request.into_inner());
        self.answer().await?;
        Ok(Response::new(v1::UpdateAccountResponse::default()))
    }
}

#[tonic::async_trait]
impl ApiKeyService for Fake {
    async fn create_api_key(
        &self,
        _: Request<v1::CreateApiKeyRequest>,
    ) -> Result<Response<v1::CreateApiKeyResponse>, Status> {
        Err(untested())
    }

    async fn get_api_key(
        &self,
        _: Request<v1::GetApiKeyRequest>,
    ) -> Result<Response<v1::GetApiKeyResponse>, Status> {
        Err(untested())
    }

    async fn list_api_keys(
        &self,
        _: Request<v1::ListApiKeysRequest>,
    ) -> Result<Response<v1::ListApiKeysResponse>, Status> {
        Err(untested())
    }

    async fn rotate_api_key(
        &self,
        _: Request<v1::RotateApiKeyRequest>,
    ) -> Result<Response<v1::RotateApiKeyResponse>, Status> {
        self.0.lock().unwrap().rotations += 1;
        self.answer().await?;
        Ok(Response::new(v1::RotateApiKeyResponse::default()))
    }

    async fn revoke_api_key(
        &self,
        _: Request<v1::RevokeApiKeyRequest>,
    ) -> Result<Response<v1::RevokeApiKeyResponse>, Status> {
        Err(untested())
    }
}

fn untested() -> Status {
    Status::unimplemented("not part of these tests")
}

/// Returns a request for the conversions of one click.
pub fn filtered() -> v1::ListConversionsRequest {
    let filter = v1::ConversionFilter { click_id: "filter".to_owned(), ..Default::default() };
    v1::ListConversionsRequest { filter: Some(filter), ..Default::default() }
}

pub fn unavailable() -> Status {
    Status::unavailable("the server is stopping")
}

pub fn overloaded(retry_delay: Duration) -> Status {
    let mut details = ErrorDetails::with_retry_info(Some(retry_delay));
    details.set_error_info("OVERLOADED", "s2s.v1", []);
    Status::with_error_details(Code::ResourceExhausted, "too many writes wait", details)
}

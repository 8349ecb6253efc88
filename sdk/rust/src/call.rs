//! The sending of calls: unary calls with retries, pages, and streams.

use futures::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use prost::{Message, Name};
use prost_types::FieldMask;
use tonic::{
    Request, Response, Status, Streaming, client::Grpc, codegen::http::uri::PathAndQuery, transport::Channel,
};

use crate::{Client, Error, codec::Codec, retry::Policy};

/// Maximum size of a response, in bytes. A page of 1,000 items can exceed tonic's default of 4 MiB.
const RESPONSE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The request of a call, with the facts of the call.
pub(crate) trait Call: Message + Clone + 'static {
    type Response: Message + Name + Default + 'static;

    /// The path of the call, such as `/s2s.v1.ClickService/GetClick`.
    const PATH: &'static str;

    /// False for a call that can't be sent again if the outcome of an attempt is unknown.
    const IS_REPEATABLE: bool = true;

    /// Fills in what makes the request safe to repeat.
    fn fill(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// The request of a call that answers in pages.
pub(crate) trait PagedCall: Call {
    type Item: Send + 'static;

    fn set_page_token(&mut self, page_token: String);

    /// Returns the items of a page and the token of the next page, empty after the last page.
    fn page(response: Self::Response) -> (Vec<Self::Item>, String);
}

impl Client {
    /// Makes one call, with retries if it can be repeated.
    pub(crate) async fn unary<C: Call>(&self, mut request: C) -> Result<C::Response, Error> {
        request.fill()?;
        let retries = if C::IS_REPEATABLE { self.policy.retries } else { 0 };
        let response = Policy { retries, ..self.policy }.run(name::<C>(), |left| {
            let mut attempt = self.authorized(request.clone());
            attempt.set_timeout(left);
            self.attempt(attempt)
        });
        response.await.map(Response::into_inner)
    }

    async fn attempt<C: Call>(&self, request: Request<C>) -> Result<Response<C::Response>, Status> {
        let mut grpc = self.grpc().await?;
        grpc.unary(request, PathAndQuery::from_static(C::PATH), Codec::default()).await
    }

    /// Returns the items of all pages, beginning at the request's page token.
    pub(crate) fn pages<C: PagedCall>(&self, request: C) -> BoxStream<'static, Result<C::Item, Error>> {
        let first = Some((self.clone(), request));
        let pages = stream::try_unfold(first, async |next| {
            let Some((client, mut request)) = next else { return Ok(None) };
            let (items, page_token) = C::page(client.unary(request.clone()).await?);
            let is_last = page_token.is_empty();
            request.set_page_token(page_token);
            let next = (!is_last).then_some((client, request));
            Ok::<_, Error>(Some((stream::iter(items).map(Ok), next)))
        });
        pages.try_flatten().boxed()
    }

    /// Sends a stream of requests, once, and returns the stream of answers.
    pub(crate) async fn stream<C: Call>(
        &self,
        requests: impl Stream<Item = C> + Send + 'static,
    ) -> Result<BoxStream<'static, Result<C::Response, Error>>, Error> {
        let mut grpc = self.grpc().await?;
        let path = PathAndQuery::from_static(C::PATH);
        let answers: Response<Streaming<C::Response>> =
            grpc.streaming(self.authorized(requests), path, Codec::<C, _>::default()).await?;
        Ok(answers.into_inner().map_err(Error::from).boxed())
    }

    /// Sends one request, once, and returns the stream of answers.
    pub(crate) async fn listen<C: Call>(
        &self,
        request: C,
    ) -> Result<BoxStream<'static, Result<C::Response, Error>>, Error> {
        let mut grpc = self.grpc().await?;
        let path = PathAndQuery::from_static(C::PATH);
        let answers: Response<Streaming<C::Response>> =
            grpc.server_streaming(self.authorized(request), path, Codec::<C, _>::default()).await?;
        Ok(answers.into_inner().map_err(Error::from).boxed())
    }

    /// Returns the connection once it can take a call.
    async fn grpc(&self) -> Result<Grpc<Channel>, Status> {
        let mut grpc = Grpc::new(self.channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX);
        grpc.ready().await.map_err(|error| Status::from_error(error.into()))?;
        Ok(grpc)
    }

    /// Returns a request that carries the API key.
    fn authorized<T>(&self, request: T) -> Request<T> {
        let mut request = Request::new(request);
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request
    }
}

/// The name of a call, such as `s2s.v1.ClickService/GetClick`.
pub(crate) fn name<C: Call>() -> &'static str {
    C::PATH.trim_start_matches('/')
}

/// Adds a field to the mask of an update, unless the mask has it.
pub(crate) fn add_path(mask: &mut Option<FieldMask>, path: &str) {
    let paths = &mut mask.get_or_insert_default().paths;
    if !paths.iter().any(|present| present == path) {
        paths.push(path.to_owned());
    }
}

//! The methods of `Client`: a table of all calls, and a table of all lists, which fetch their pages
//! automatically.

use futures::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};

use crate::{
    Client, Error,
    client::RESPONSE_BYTES_MAX,
    retry::{fill, fill_click},
    v1,
};

/// Defines a method of [`Client`] for each call. The function after `filled` fills in the ids that
/// make the request safe to repeat.
macro_rules! calls {
    ($($module:ident::$service:ident {$(
        $(#[$doc:meta])*
        $call:ident($request:ident) -> $response:ident $(, filled $fill:expr)?;
    )*})*) => {
        impl Client {$($(
            $(#[$doc])*
            pub async fn $call(&self, request: v1::$request) -> Result<v1::$response, Error> {
                $(
                    let mut request = request;
                    let fill: fn(&mut v1::$request) -> Result<(), Error> = $fill;
                    fill(&mut request)?;
                )?
                self.call(request, |channel, request| async move {
                    let service = v1::$module::$service::new(channel);
                    service.max_decoding_message_size(RESPONSE_BYTES_MAX).$call(request).await
                }).await
            }
        )*)*}
    };
}

calls! {
    account_service_client::AccountServiceClient {
        /// Creates an account. Needs the scope `admin`.
        create_account(CreateAccountRequest) -> CreateAccountResponse,
            filled |request| fill(&mut request.request_id);
        /// Returns one account; without an id, the account that the client's key acts for.
        get_account(GetAccountRequest) -> GetAccountResponse;
        /// Returns one page of all accounts, newest first; [`Self::accounts`] returns all of them.
        list_accounts(ListAccountsRequest) -> ListAccountsResponse;
        /// Changes the fields of an account that `update_mask` names.
        update_account(UpdateAccountRequest) -> UpdateAccountResponse;
    }
    api_key_service_client::ApiKeyServiceClient {
        /// Creates an API key. The response holds its text, which can't be retrieved again.
        ///
        /// If the first answer is lost and the call is sent again, the response holds the key with
        /// an empty text. [`Self::rotate_api_key`] then gives the key a new text.
        create_api_key(CreateApiKeyRequest) -> CreateApiKeyResponse,
            filled |request| fill(&mut request.request_id);
        /// Returns one API key, without its text.
        get_api_key(GetApiKeyRequest) -> GetApiKeyResponse;
        /// Returns one page of an account's API keys, newest first; [`Self::api_keys`] returns
        /// all of them.
        list_api_keys(ListApiKeysRequest) -> ListApiKeysResponse;
        /// Gives an API key a new text; its former texts stay valid for an overlap.
        rotate_api_key(RotateApiKeyRequest) -> RotateApiKeyResponse;
        /// Revokes an API key permanently, within a second on every server.
        revoke_api_key(RevokeApiKeyRequest) -> RevokeApiKeyResponse;
    }
    preset_service_client::PresetServiceClient {
        /// Returns one page of the presets, sorted by id; [`Self::presets`] returns all of them.
        list_presets(ListPresetsRequest) -> ListPresetsResponse;
        /// Returns one preset: a network's parameter names and macros.
        get_preset(GetPresetRequest) -> GetPresetResponse;
    }
    conversion_code_service_client::ConversionCodeServiceClient {
        /// Creates a conversion code for one kind of conversion, such as "sale".
        create_conversion_code(CreateConversionCodeRequest) -> CreateConversionCodeResponse,
            filled |request| fill(&mut request.request_id);
        /// Returns one conversion code.
        get_conversion_code(GetConversionCodeRequest) -> GetConversionCodeResponse;
        /// Returns one page of the account's conversion codes, newest first;
        /// [`Self::conversion_codes`] returns all of them.
        list_conversion_codes(ListConversionCodesRequest) -> ListConversionCodesResponse;
        /// Changes the fields of a conversion code that `update_mask` names.
        update_conversion_code(UpdateConversionCodeRequest) -> UpdateConversionCodeResponse;
        /// Archives a conversion code; postbacks that name it are held from then on.
        archive_conversion_code(ArchiveConversionCodeRequest) -> ArchiveConversionCodeResponse;
        /// Makes an archived conversion code active again.
        unarchive_conversion_code(UnarchiveConversionCodeRequest) -> UnarchiveConversionCodeResponse;
        /// Makes a new secret for the code's postbacks and returns it; no other call returns it.
        rotate_postback_secret(RotatePostbackSecretRequest) -> RotatePostbackSecretResponse,
            filled |request| fill(&mut request.request_id);
        /// Renders the postback URL for the merchant to paste.
        get_postback_url(GetPostbackUrlRequest) -> GetPostbackUrlResponse;
        /// Simulates a conversion of a code from visit to postback, to test the code's set-up.
        /// Records nothing.
        test_setup(TestSetupRequest) -> TestSetupResponse;
    }
    tracking_link_service_client::TrackingLinkServiceClient {
        /// Creates a tracking link.
        create_tracking_link(CreateTrackingLinkRequest) -> CreateTrackingLinkResponse,
            filled |request| fill(&mut request.request_id);
        /// Returns one tracking link.
        get_tracking_link(GetTrackingLinkRequest) -> GetTrackingLinkResponse;
        /// Returns one page of the account's tracking links, newest first; [`Self::tracking_links`]
        /// returns all of them.
        list_tracking_links(ListTrackingLinksRequest) -> ListTrackingLinksResponse;
        /// Changes the fields of a tracking link that `update_mask` names.
        update_tracking_link(UpdateTrackingLinkRequest) -> UpdateTrackingLinkResponse;
        /// Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has
        /// none. Conversions of later clicks are held.
        archive_tracking_link(ArchiveTrackingLinkRequest) -> ArchiveTrackingLinkResponse;
        /// Makes an archived tracking link active again.
        unarchive_tracking_link(UnarchiveTrackingLinkRequest) -> UnarchiveTrackingLinkResponse;
    }
    click_service_client::ClickServiceClient {
        /// Records a click, for partners who redirect visitors themselves.
        ///
        /// A request with neither click id nor request id gets a request id and, if it has no click
        /// time, the time of this machine. Keep the clock correct: the server accepts times at most
        /// 5 seconds ahead of its own.
        record_click(RecordClickRequest) -> RecordClickResponse, filled fill_click;
        /// Returns one click.
        get_click(GetClickRequest) -> GetClickResponse;
        /// Returns one page of the clicks of a tracking link, newest first; [`Self::clicks`]
        /// returns all of them.
        list_clicks(ListClicksRequest) -> ListClicksResponse;
        /// Explains what happened to a click.
        explain_click(ExplainClickRequest) -> ExplainClickResponse;
        /// Erases all data that identifies a click's visitor, permanently; conversions stay.
        erase_visitor(EraseVisitorRequest) -> EraseVisitorResponse;
        /// Makes a new key for click ids. Click ids that were made with a former key count for an
        /// overlap. After the overlap, they count only if their click is stored.
        rotate_click_id_key(RotateClickIdKeyRequest) -> RotateClickIdKeyResponse,
            filled |request| fill(&mut request.request_id);
    }
    conversion_service_client::ConversionServiceClient {
        /// Records a conversion. `Ok` means that it is durable and counted exactly once.
        record_conversion(RecordConversionRequest) -> RecordConversionResponse,
            filled |request| fill(&mut request.request_id);
        /// Records up to 1,000 conversions. `Ok` does not mean that each was recorded: every
        /// conversion has its own result, in the order of the requests; see
        /// [`into_result`](v1::RecordConversionResult::into_result).
        batch_record_conversions(BatchRecordConversionsRequest) -> BatchRecordConversionsResponse,
            filled |request| request.requests.iter_mut().try_for_each(|item| fill(&mut item.request_id));
        /// Returns one conversion.
        get_conversion(GetConversionRequest) -> GetConversionResponse;
        /// Returns one page of the account's conversions, newest first; [`Self::conversions`]
        /// returns all of them.
        list_conversions(ListConversionsRequest) -> ListConversionsResponse;
    }
    postback_service_client::PostbackServiceClient {
        /// Returns one page of the account's postbacks, newest first; [`Self::postbacks`] returns
        /// all of them.
        list_postbacks(ListPostbacksRequest) -> ListPostbacksResponse;
        /// Returns one postback.
        get_postback(GetPostbackRequest) -> GetPostbackResponse;
        /// Reads held postbacks again; call it once the cause is fixed. The request names the
        /// postbacks, or has a filter: then one page of the matching postbacks is replayed, and
        /// [`Self::replays`] replays all pages. A postback that is replayed twice counts once.
        replay_postbacks(ReplayPostbacksRequest) -> ReplayPostbacksResponse;
        /// Explains step by step how a postback URL or a stored postback is read and which verdict
        /// it gets. Records nothing.
        explain_postback(ExplainPostbackRequest) -> ExplainPostbackResponse;
    }
}

impl Client {
    /// Records conversions for as long as `requests` yields them. This is the fastest way to record
    /// many conversions. The answers come in the order of the requests. Read them, because unread
    /// answers hold up the requests.
    ///
    /// An answer's `Ok` does not mean that the conversion was recorded: see
    /// [`into_result`](v1::RecordConversionResult::into_result). Nothing is sent again
    /// automatically. After an error or an early end, send the requests without an answer again. If
    /// each has a transaction id, or a request id of your own, nothing is counted twice.
    pub async fn stream_record_conversions(
        &self,
        requests: impl Stream<Item = v1::RecordConversionRequest> + Send + 'static,
    ) -> Result<BoxStream<'static, Result<v1::RecordConversionResult, Error>>, Error> {
        let requests = requests.map(|request| v1::StreamRecordConversionsRequest { request: Some(request) });
        let mut service = v1::conversion_service_client::ConversionServiceClient::new(self.channel())
            .max_decoding_message_size(RESPONSE_BYTES_MAX);
        let answers = service.stream_record_conversions(self.authorized(requests)).await?.into_inner();
        Ok(answers.map_ok(|answer| answer.result.unwrap_or_default()).map_err(Error::from).boxed())
    }
}

/// Defines a method of [`Client`] for each list. The method returns the items of all pages.
macro_rules! streams {
    ($(
        $(#[$doc:meta])*
        $stream:ident($request:ident) -> $item:ident, pages $list:ident.$items:ident;
    )*) => {
        impl Client {$(
            $(#[$doc])*
            ///
            /// Begins at the request's `page_token`. Each page is fetched when it is reached, with
            /// its own timeout and retries. After an error there are no more items.
            #[must_use]
            pub fn $stream(&self, request: v1::$request) -> BoxStream<'static, Result<v1::$item, Error>> {
                let first = Some((self.clone(), request));
                stream::try_unfold(first, async |next| {
                    let Some((client, mut request)) = next else { return Ok(None) };
                    let page = client.$list(request.clone()).await?;
                    request.page_token = page.next_page_token;
                    let next = (!request.page_token.is_empty()).then_some((client, request));
                    Ok::<_, Error>(Some((stream::iter(page.$items).map(Ok), next)))
                }).try_flatten().boxed()
            }
        )*}
    };
}

streams! {
    /// Returns all accounts, newest first. Needs the scope `admin`.
    accounts(ListAccountsRequest) -> Account, pages list_accounts.accounts;
    /// Returns all API keys of an account, newest first.
    api_keys(ListApiKeysRequest) -> ApiKey, pages list_api_keys.api_keys;
    /// Returns all presets, sorted by id.
    presets(ListPresetsRequest) -> Preset, pages list_presets.presets;
    /// Returns all conversion codes of the account, newest first.
    conversion_codes(ListConversionCodesRequest) -> ConversionCode, pages list_conversion_codes.conversion_codes;
    /// Returns all tracking links of the account, newest first.
    tracking_links(ListTrackingLinksRequest) -> TrackingLink, pages list_tracking_links.tracking_links;
    /// Returns all clicks of a tracking link, newest first.
    clicks(ListClicksRequest) -> Click, pages list_clicks.clicks;
    /// Returns all conversions of the account that match the request's filters, newest first.
    conversions(ListConversionsRequest) -> Conversion, pages list_conversions.conversions;
    /// Returns all postbacks of the account that match the request's filters, newest first.
    postbacks(ListPostbacksRequest) -> Postback, pages list_postbacks.postbacks;
    /// Replays all held postbacks that match the request's filter, newest first.
    replays(ReplayPostbacksRequest) -> Postback, pages replay_postbacks.postbacks;
}

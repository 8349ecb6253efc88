// Written by `make generate` from the schema. Do not edit.

use futures::{FutureExt as _, Stream, StreamExt as _, future::BoxFuture, stream::BoxStream};

use crate::{
    Client, Error,
    call::{Call, PagedCall, add_path},
    retry::{fill, fill_click},
    v1,
    watch::WatchCall,
};

impl Client {
    /// Manages the accounts of an installation. The resources of one account do not exist for
    /// another.
    #[must_use]
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts { client: self }
    }

    /// Changes what a recorded conversion stands at, and lists these changes. The conversion itself
    /// stays as it was recorded; each change is a line after it.
    #[must_use]
    pub fn adjustments(&self) -> Adjustments<'_> {
        Adjustments { client: self }
    }

    /// Manages API keys. A caller sends the text of its key with every call, as `authorization:
    /// Bearer` and the text. A key acts for one account and may do only what its scopes allow.
    ///
    /// A key with the scope `admin` manages the keys of all accounts. Any other key manages only
    /// keys of its own account, and only those whose scopes it has itself, so that no caller can
    /// gain more access than it was given.
    #[must_use]
    pub fn api_keys(&self) -> ApiKeys<'_> {
        ApiKeys { client: self }
    }

    /// Records, reads and explains clicks. A click is one visit to a tracking link. Also erases
    /// visitors, and rotates the keys of click ids.
    #[must_use]
    pub fn clicks(&self) -> Clicks<'_> {
        Clicks { client: self }
    }

    /// Manages conversion codes: one for each kind of conversion that a merchant reports.
    #[must_use]
    pub fn conversion_codes(&self) -> ConversionCodes<'_> {
        ConversionCodes { client: self }
    }

    /// Records and reads conversions: the sales and sign-ups that follow clicks.
    #[must_use]
    pub fn conversions(&self) -> Conversions<'_> {
        Conversions { client: self }
    }

    /// Manages partners: those who are owed a share of conversions. A tracking link has at most one
    /// partner. Its conversions are owed to this partner.
    #[must_use]
    pub fn partners(&self) -> Partners<'_> {
        Partners { client: self }
    }

    /// Says what partners are owed, and keeps what they were paid.
    #[must_use]
    pub fn payouts(&self) -> Payouts<'_> {
        Payouts { client: self }
    }

    /// Lists, replays and explains postbacks: the stored requests that arrived at `/s2s`, with
    /// their outcomes. [`Conversions::record`] receives them.
    #[must_use]
    pub fn postbacks(&self) -> Postbacks<'_> {
        Postbacks { client: self }
    }

    /// Reads presets: the names and macros that each network uses, so that nobody has to look them
    /// up. Presets are the same for every account; they come with the server and can't be changed.
    #[must_use]
    pub fn presets(&self) -> Presets<'_> {
        Presets { client: self }
    }

    /// Adds up clicks and conversions. What is recorded is in the next report, exact to the
    /// millionth, in every time zone. What retention and the erasure of visitors delete changes no
    /// report.
    #[must_use]
    pub fn reports(&self) -> Reports<'_> {
        Reports { client: self }
    }

    /// Compares the statements of networks with our conversions, row by row.
    #[must_use]
    pub fn statements(&self) -> Statements<'_> {
        Statements { client: self }
    }

    /// Manages tracking links: the URLs that visitors click.
    #[must_use]
    pub fn tracking_links(&self) -> TrackingLinks<'_> {
        TrackingLinks { client: self }
    }
}

/// The calls of `AccountService`: see [`Client::accounts`].
#[derive(Clone, Copy, Debug)]
pub struct Accounts<'a> {
    client: &'a Client,
}

impl<'a> Accounts<'a> {
    /// Creates an account. Needs the scope `admin`.
    ///
    /// A request without a request id gets a random one.
    pub async fn create(
        self,
        request: impl Into<v1::CreateAccountRequest>,
    ) -> Result<v1::CreateAccountResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one account. Any key may read its own account; any other account needs the scope
    /// `admin`.
    pub async fn get(
        self,
        request: impl Into<v1::GetAccountRequest>,
    ) -> Result<v1::GetAccountResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists all accounts, newest first. Needs the scope `admin`.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListAccountsRequest>,
    ) -> BoxStream<'static, Result<v1::Account, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListAccountsRequest>,
    ) -> Result<v1::ListAccountsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Changes the fields that are set. Needs the scope `admin`.
    ///
    /// Takes the id. Set the fields to change on the answer of this method, then await it. A field
    /// that is set can have its default value.
    pub fn update(self, request: impl Into<v1::UpdateAccountRequest>) -> UpdateAccount<'a> {
        UpdateAccount { client: self.client, request: request.into() }
    }
}

impl Call for v1::CreateAccountRequest {
    type Response = v1::CreateAccountResponse;
    const PATH: &'static str = "/s2s.v1.AccountService/CreateAccount";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::Account> for v1::CreateAccountRequest {
    fn from(account: v1::Account) -> Self {
        Self { account: Some(account), ..Default::default() }
    }
}

impl Call for v1::GetAccountRequest {
    type Response = v1::GetAccountResponse;
    const PATH: &'static str = "/s2s.v1.AccountService/GetAccount";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetAccountRequest {
    fn from(id: &str) -> Self {
        Self { account_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetAccountRequest {
    fn from(id: &String) -> Self {
        Self { account_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetAccountRequest {
    fn from(id: String) -> Self {
        Self { account_id: id }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::GetAccountRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::ListAccountsRequest {
    type Response = v1::ListAccountsResponse;
    const PATH: &'static str = "/s2s.v1.AccountService/ListAccounts";
}

impl PagedCall for v1::ListAccountsRequest {
    type Item = v1::Account;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.accounts, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListAccountsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// An update that is not sent yet. Awaiting it sends it.
#[derive(Clone, Debug)]
#[must_use = "an update is sent when it is awaited"]
pub struct UpdateAccount<'a> {
    client: &'a Client,
    request: v1::UpdateAccountRequest,
}

impl UpdateAccount<'_> {
    /// Sets `name`.
    ///
    /// Name for people, 1 to 100 characters. Example: `Shop Ltd`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.request.account.get_or_insert_default().name = name.into();
        add_path(&mut self.request.update_mask, "name");
        self
    }

    /// Sets `validate_only`.
    ///
    /// If true, the request is checked and answered as if real, but nothing is written.
    pub fn validate_only(mut self, validate_only: bool) -> Self {
        self.request.validate_only = validate_only;
        self
    }
}

impl<'a> IntoFuture for UpdateAccount<'a> {
    type Output = Result<v1::UpdateAccountResponse, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.client.unary(self.request).boxed()
    }
}

impl Call for v1::UpdateAccountRequest {
    type Response = v1::UpdateAccountResponse;
    const PATH: &'static str = "/s2s.v1.AccountService/UpdateAccount";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::UpdateAccountRequest {
    fn from(id: &str) -> Self {
        Self { account: Some(v1::Account { id: id.to_owned(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::UpdateAccountRequest {
    fn from(id: &String) -> Self {
        Self { account: Some(v1::Account { id: id.clone(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::UpdateAccountRequest {
    fn from(id: String) -> Self {
        Self { account: Some(v1::Account { id, ..Default::default() }), ..Default::default() }
    }
}

/// The calls of `AdjustmentService`: see [`Client::adjustments`].
#[derive(Clone, Copy, Debug)]
pub struct Adjustments<'a> {
    client: &'a Client,
}

impl Adjustments<'_> {
    /// Adjusts a conversion. OK means that the line is durable and counted exactly once, or that
    /// nothing had to change. A conversion is never adjusted below 0. The same `external_id` with
    /// the same change returns the first line again; with another change, it is refused with
    /// [`ErrorReason::AdjustmentConflict`](v1::ErrorReason::AdjustmentConflict).
    pub async fn create(
        self,
        request: impl Into<v1::CreateAdjustmentRequest>,
    ) -> Result<v1::CreateAdjustmentResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Adjusts up to 1,000 conversions. Each item has its own result; one bad item does not affect
    /// the others. Items of one conversion are applied in their order. An answer has at most 3 MiB:
    /// if it would be longer, the last results come without remarks and long messages.
    ///
    /// `Ok` does not mean that each item succeeded: every item has its own result, in the order of
    /// the requests; see [`into_result`](v1::CreateAdjustmentResult::into_result).
    pub async fn batch_create(
        self,
        request: impl Into<v1::BatchCreateAdjustmentsRequest>,
    ) -> Result<v1::BatchCreateAdjustmentsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the adjustments of a conversion, or of the account, newest first. A page has at most 3
    /// MiB.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListAdjustmentsRequest>,
    ) -> BoxStream<'static, Result<v1::Adjustment, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListAdjustmentsRequest>,
    ) -> Result<v1::ListAdjustmentsResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::CreateAdjustmentRequest {
    type Response = v1::CreateAdjustmentResponse;
    const PATH: &'static str = "/s2s.v1.AdjustmentService/CreateAdjustment";
}

impl Call for v1::BatchCreateAdjustmentsRequest {
    type Response = v1::BatchCreateAdjustmentsResponse;
    const PATH: &'static str = "/s2s.v1.AdjustmentService/BatchCreateAdjustments";
}

/// Makes the request with these items.
impl<T: Into<v1::CreateAdjustmentRequest>> From<Vec<T>> for v1::BatchCreateAdjustmentsRequest {
    fn from(items: Vec<T>) -> Self {
        Self { requests: items.into_iter().map(Into::into).collect() }
    }
}

/// Makes the request with these items.
impl<T: Into<v1::CreateAdjustmentRequest>, const N: usize> From<[T; N]> for v1::BatchCreateAdjustmentsRequest {
    fn from(items: [T; N]) -> Self {
        Self { requests: items.into_iter().map(Into::into).collect() }
    }
}

impl Call for v1::ListAdjustmentsRequest {
    type Response = v1::ListAdjustmentsResponse;
    const PATH: &'static str = "/s2s.v1.AdjustmentService/ListAdjustments";
}

impl PagedCall for v1::ListAdjustmentsRequest {
    type Item = v1::Adjustment;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.adjustments, response.next_page_token)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::AdjustmentFilter> for v1::ListAdjustmentsRequest {
    fn from(filter: v1::AdjustmentFilter) -> Self {
        Self { filter: Some(filter), ..Default::default() }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListAdjustmentsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// The calls of `ApiKeyService`: see [`Client::api_keys`].
#[derive(Clone, Copy, Debug)]
pub struct ApiKeys<'a> {
    client: &'a Client,
}

impl ApiKeys<'_> {
    /// Creates an API key and returns its text. The text is not stored and can't be retrieved
    /// again. Needs the scope `write` or `admin`.
    ///
    /// A request without a request id gets a random one.
    pub async fn create(
        self,
        request: impl Into<v1::CreateApiKeyRequest>,
    ) -> Result<v1::CreateApiKeyResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one API key, without its text. Needs the scope `read` or `admin`.
    pub async fn get(
        self,
        request: impl Into<v1::GetApiKeyRequest>,
    ) -> Result<v1::GetApiKeyResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists an account's API keys, newest first. Needs the scope `read` or `admin`.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListApiKeysRequest>,
    ) -> BoxStream<'static, Result<v1::ApiKey, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListApiKeysRequest>,
    ) -> Result<v1::ListApiKeysResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Gives an API key a new text. The former texts stay valid for an overlap, so that callers can
    /// be changed one by one. If the answer is lost, rotate again with the same overlap: every
    /// former text then stays valid for as long as the lost answer promised. Needs the scope
    /// `write` or `admin`.
    ///
    /// The call is never sent again automatically, because it is not safe to repeat.
    pub async fn rotate(
        self,
        request: impl Into<v1::RotateApiKeyRequest>,
    ) -> Result<v1::RotateApiKeyResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Revokes an API key permanently, within a second on every server. Revoking a revoked key
    /// changes nothing. Needs the scope `write` or `admin`.
    pub async fn revoke(
        self,
        request: impl Into<v1::RevokeApiKeyRequest>,
    ) -> Result<v1::RevokeApiKeyResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::CreateApiKeyRequest {
    type Response = v1::CreateApiKeyResponse;
    const PATH: &'static str = "/s2s.v1.ApiKeyService/CreateApiKey";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::ApiKey> for v1::CreateApiKeyRequest {
    fn from(api_key: v1::ApiKey) -> Self {
        Self { api_key: Some(api_key), ..Default::default() }
    }
}

impl Call for v1::GetApiKeyRequest {
    type Response = v1::GetApiKeyResponse;
    const PATH: &'static str = "/s2s.v1.ApiKeyService/GetApiKey";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetApiKeyRequest {
    fn from(id: &str) -> Self {
        Self { api_key_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetApiKeyRequest {
    fn from(id: &String) -> Self {
        Self { api_key_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetApiKeyRequest {
    fn from(id: String) -> Self {
        Self { api_key_id: id }
    }
}

impl Call for v1::ListApiKeysRequest {
    type Response = v1::ListApiKeysResponse;
    const PATH: &'static str = "/s2s.v1.ApiKeyService/ListApiKeys";
}

impl PagedCall for v1::ListApiKeysRequest {
    type Item = v1::ApiKey;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.api_keys, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListApiKeysRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::RotateApiKeyRequest {
    type Response = v1::RotateApiKeyResponse;
    const PATH: &'static str = "/s2s.v1.ApiKeyService/RotateApiKey";
    const IS_REPEATABLE: bool = false;
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::RotateApiKeyRequest {
    fn from(id: &str) -> Self {
        Self { api_key_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::RotateApiKeyRequest {
    fn from(id: &String) -> Self {
        Self { api_key_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::RotateApiKeyRequest {
    fn from(id: String) -> Self {
        Self { api_key_id: id, ..Default::default() }
    }
}

impl Call for v1::RevokeApiKeyRequest {
    type Response = v1::RevokeApiKeyResponse;
    const PATH: &'static str = "/s2s.v1.ApiKeyService/RevokeApiKey";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::RevokeApiKeyRequest {
    fn from(id: &str) -> Self {
        Self { api_key_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::RevokeApiKeyRequest {
    fn from(id: &String) -> Self {
        Self { api_key_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::RevokeApiKeyRequest {
    fn from(id: String) -> Self {
        Self { api_key_id: id, ..Default::default() }
    }
}

/// The calls of `ClickService`: see [`Client::clicks`].
#[derive(Clone, Copy, Debug)]
pub struct Clicks<'a> {
    client: &'a Client,
}

impl Clicks<'_> {
    /// Records a click, for partners who redirect visitors themselves. A repeated call with the
    /// same `click_id`, or with the same link, `click_time` and `request_id`, returns the click
    /// that the first call recorded.
    ///
    /// A request with neither click id nor request id gets a request id and, if it has no click
    /// time, the time of this machine. Keep the clock correct: the server accepts times at most 5
    /// seconds ahead of its own.
    pub async fn record(
        self,
        request: impl Into<v1::RecordClickRequest>,
    ) -> Result<v1::RecordClickResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one click.
    pub async fn get(
        self,
        request: impl Into<v1::GetClickRequest>,
    ) -> Result<v1::GetClickResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the clicks of one tracking link, newest first. A page has at most 3 MiB; with
    /// `without_flags`, the server looks at 20,000 clicks at most to fill it. So a page may have
    /// fewer clicks than asked for, or none, and still a token.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListClicksRequest>,
    ) -> BoxStream<'static, Result<v1::Click, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListClicksRequest>,
    ) -> Result<v1::ListClicksResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Explains what happened to a click: its link, its conversions, and the held postbacks that
    /// name it. If the answer would be longer than 3 MiB, the end of its lists is shortened. A
    /// shortened postback has no body, only the beginning of its target, and a single note,
    /// [`NoteCode::Shortened`](v1::NoteCode::Shortened), in place of its own notes. A shortened
    /// conversion has no custom parameters; if there are such conversions, the `notes` of the
    /// answer have one [`NoteCode::Shortened`](v1::NoteCode::Shortened). [`Postbacks::get`] and
    /// [`Conversions::get`] return all of a postback or conversion.
    pub async fn explain(
        self,
        request: impl Into<v1::ExplainClickRequest>,
    ) -> Result<v1::ExplainClickResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Erases all data that identifies the visitor of a click: from the click, its conversions and
    /// the postbacks that name it. The erasure is permanent. Ids, times and money stay, and nothing
    /// counts differently than before. OK means that the erasure is durable. Repeating it changes
    /// nothing.
    pub async fn erase_visitor(
        self,
        request: impl Into<v1::EraseVisitorRequest>,
    ) -> Result<v1::EraseVisitorResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Makes a new key for click ids. Within two seconds, every core and every edge that reaches
    /// its core mints with it. Ids of the former keys count for an overlap; after it, they count
    /// only if their click is stored. Needs the scope `admin`: the keys are those of the whole
    /// installation.
    ///
    /// A request without a request id gets a random one.
    pub async fn rotate_click_id_key(
        self,
        request: impl Into<v1::RotateClickIdKeyRequest>,
    ) -> Result<v1::RotateClickIdKeyResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::RecordClickRequest {
    type Response = v1::RecordClickResponse;
    const PATH: &'static str = "/s2s.v1.ClickService/RecordClick";

    fn fill(&mut self) -> Result<(), Error> {
        fill_click(self)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::RecordClickRequest {
    fn from(id: &str) -> Self {
        Self { tracking_link_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::RecordClickRequest {
    fn from(id: &String) -> Self {
        Self { tracking_link_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::RecordClickRequest {
    fn from(id: String) -> Self {
        Self { tracking_link_id: id, ..Default::default() }
    }
}

impl Call for v1::GetClickRequest {
    type Response = v1::GetClickResponse;
    const PATH: &'static str = "/s2s.v1.ClickService/GetClick";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetClickRequest {
    fn from(id: &str) -> Self {
        Self { click_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetClickRequest {
    fn from(id: &String) -> Self {
        Self { click_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetClickRequest {
    fn from(id: String) -> Self {
        Self { click_id: id }
    }
}

impl Call for v1::ListClicksRequest {
    type Response = v1::ListClicksResponse;
    const PATH: &'static str = "/s2s.v1.ClickService/ListClicks";
}

impl PagedCall for v1::ListClicksRequest {
    type Item = v1::Click;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.clicks, response.next_page_token)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::ListClicksRequest {
    fn from(id: &str) -> Self {
        Self { tracking_link_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::ListClicksRequest {
    fn from(id: &String) -> Self {
        Self { tracking_link_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::ListClicksRequest {
    fn from(id: String) -> Self {
        Self { tracking_link_id: id, ..Default::default() }
    }
}

impl Call for v1::ExplainClickRequest {
    type Response = v1::ExplainClickResponse;
    const PATH: &'static str = "/s2s.v1.ClickService/ExplainClick";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::ExplainClickRequest {
    fn from(id: &str) -> Self {
        Self { click_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::ExplainClickRequest {
    fn from(id: &String) -> Self {
        Self { click_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::ExplainClickRequest {
    fn from(id: String) -> Self {
        Self { click_id: id }
    }
}

impl Call for v1::EraseVisitorRequest {
    type Response = v1::EraseVisitorResponse;
    const PATH: &'static str = "/s2s.v1.ClickService/EraseVisitor";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::EraseVisitorRequest {
    fn from(id: &str) -> Self {
        Self { click_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::EraseVisitorRequest {
    fn from(id: &String) -> Self {
        Self { click_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::EraseVisitorRequest {
    fn from(id: String) -> Self {
        Self { click_id: id, ..Default::default() }
    }
}

impl Call for v1::RotateClickIdKeyRequest {
    type Response = v1::RotateClickIdKeyResponse;
    const PATH: &'static str = "/s2s.v1.ClickService/RotateClickIdKey";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::RotateClickIdKeyRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// The calls of `ConversionCodeService`: see [`Client::conversion_codes`].
#[derive(Clone, Copy, Debug)]
pub struct ConversionCodes<'a> {
    client: &'a Client,
}

impl<'a> ConversionCodes<'a> {
    /// Creates a conversion code.
    ///
    /// A request without a request id gets a random one.
    pub async fn create(
        self,
        request: impl Into<v1::CreateConversionCodeRequest>,
    ) -> Result<v1::CreateConversionCodeResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one conversion code.
    pub async fn get(
        self,
        request: impl Into<v1::GetConversionCodeRequest>,
    ) -> Result<v1::GetConversionCodeResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the account's conversion codes, newest first.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListConversionCodesRequest>,
    ) -> BoxStream<'static, Result<v1::ConversionCode, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListConversionCodesRequest>,
    ) -> Result<v1::ListConversionCodesResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Changes the fields that are set.
    ///
    /// Takes the id. Set the fields to change on the answer of this method, then await it. A field
    /// that is set can have its default value.
    pub fn update(self, request: impl Into<v1::UpdateConversionCodeRequest>) -> UpdateConversionCode<'a> {
        UpdateConversionCode { client: self.client, request: request.into() }
    }

    /// Archives a conversion code. The code stays readable. Postbacks that name it and arrive later
    /// are held; a postback that repeats a recorded sale is still a duplicate. Archiving an
    /// archived code changes nothing.
    pub async fn archive(
        self,
        request: impl Into<v1::ArchiveConversionCodeRequest>,
    ) -> Result<v1::ArchiveConversionCodeResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Makes an archived conversion code active again. Postbacks that were held meanwhile can be
    /// replayed. Unarchiving an active code changes nothing.
    pub async fn unarchive(
        self,
        request: impl Into<v1::UnarchiveConversionCodeRequest>,
    ) -> Result<v1::UnarchiveConversionCodeResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Makes a new secret for the code's postbacks, and returns it; no other call returns it. The
    /// previous secret stays valid for a while, so that senders can be changed one by one. Any
    /// older secret ends at once.
    ///
    /// A request without a request id gets a random one.
    pub async fn rotate_postback_secret(
        self,
        request: impl Into<v1::RotatePostbackSecretRequest>,
    ) -> Result<v1::RotatePostbackSecretResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Renders the postback URL for the merchant to paste.
    pub async fn get_postback_url(
        self,
        request: impl Into<v1::GetPostbackUrlRequest>,
    ) -> Result<v1::GetPostbackUrlResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Simulates a complete conversion for a code, and reports the outcome of each step: a click on
    /// one of its tracking links, the redirect to the merchant, and the call of the postback URL
    /// with its macros filled in. Records nothing.
    pub async fn test_setup(
        self,
        request: impl Into<v1::TestSetupRequest>,
    ) -> Result<v1::TestSetupResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::CreateConversionCodeRequest {
    type Response = v1::CreateConversionCodeResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/CreateConversionCode";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::ConversionCode> for v1::CreateConversionCodeRequest {
    fn from(conversion_code: v1::ConversionCode) -> Self {
        Self { conversion_code: Some(conversion_code), ..Default::default() }
    }
}

impl Call for v1::GetConversionCodeRequest {
    type Response = v1::GetConversionCodeResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/GetConversionCode";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetConversionCodeRequest {
    fn from(id: &str) -> Self {
        Self { conversion_code_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetConversionCodeRequest {
    fn from(id: &String) -> Self {
        Self { conversion_code_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetConversionCodeRequest {
    fn from(id: String) -> Self {
        Self { conversion_code_id: id }
    }
}

impl Call for v1::ListConversionCodesRequest {
    type Response = v1::ListConversionCodesResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/ListConversionCodes";
}

impl PagedCall for v1::ListConversionCodesRequest {
    type Item = v1::ConversionCode;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.conversion_codes, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListConversionCodesRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// An update that is not sent yet. Awaiting it sends it.
#[derive(Clone, Debug)]
#[must_use = "an update is sent when it is awaited"]
pub struct UpdateConversionCode<'a> {
    client: &'a Client,
    request: v1::UpdateConversionCodeRequest,
}

impl UpdateConversionCode<'_> {
    /// Sets `name`.
    ///
    /// Name for people, 1 to 100 characters. Example: `Sale`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.request.conversion_code.get_or_insert_default().name = name.into();
        add_path(&mut self.request.update_mask, "name");
        self
    }

    /// Sets `default_currency`.
    ///
    /// ISO 4217 code for amounts that come without a currency. Default: `USD`.
    pub fn default_currency(mut self, default_currency: impl Into<String>) -> Self {
        self.request.conversion_code.get_or_insert_default().default_currency = default_currency.into();
        add_path(&mut self.request.update_mask, "default_currency");
        self
    }

    /// Sets `attribution_window`.
    ///
    /// Time after its click within which a conversion still counts: 1 second to 400 days, whole
    /// seconds. Default: 30 days.
    pub fn attribution_window(mut self, attribution_window: impl Into<Option<prost_types::Duration>>) -> Self {
        self.request.conversion_code.get_or_insert_default().attribution_window = attribution_window.into();
        add_path(&mut self.request.update_mask, "attribution_window");
        self
    }

    /// Sets `dedupe_policy`.
    ///
    /// Rule for conversions that are sent without a transaction id. Default:
    /// [`DedupePolicy::OnePerClick`](v1::DedupePolicy::OnePerClick). After a change, such a
    /// conversion that was recorded under the former rule counts again if it is sent again.
    pub fn dedupe_policy(mut self, dedupe_policy: v1::DedupePolicy) -> Self {
        self.request.conversion_code.get_or_insert_default().dedupe_policy = dedupe_policy.into();
        add_path(&mut self.request.update_mask, "dedupe_policy");
        self
    }

    /// Sets `reply`.
    ///
    /// Form of the answer to postbacks. Default:
    /// [`ReplyMode::ByVerdict`](v1::ReplyMode::ByVerdict), or, if the code is created with a preset
    /// that has a `reply`, that form.
    pub fn reply(mut self, reply: impl Into<Option<v1::ReplySetting>>) -> Self {
        self.request.conversion_code.get_or_insert_default().reply = reply.into();
        add_path(&mut self.request.update_mask, "reply");
        self
    }

    /// Sets `preset_id`.
    ///
    /// Id of the preset of the network that calls the code's postback URL; its status words are
    /// understood. Example: `everflow`.
    pub fn preset_id(mut self, preset_id: impl Into<String>) -> Self {
        self.request.conversion_code.get_or_insert_default().preset_id = preset_id.into();
        add_path(&mut self.request.update_mask, "preset_id");
        self
    }

    /// Sets `postback_authentication`.
    ///
    /// Checks of a postback's sender. Default: none, so that anyone who knows the postback URL can
    /// report a conversion of a genuine click.
    pub fn postback_authentication(mut self, postback_authentication: impl Into<Option<v1::PostbackAuthentication>>) -> Self {
        self.request.conversion_code.get_or_insert_default().postback_authentication = postback_authentication.into();
        add_path(&mut self.request.update_mask, "postback_authentication");
        self
    }

    /// Sets `default_status`.
    ///
    /// Status of conversions that are sent without one. Default:
    /// [`ConversionStatus::Approved`](v1::ConversionStatus::Approved), with which the commission is
    /// owed at once.
    pub fn default_status(mut self, default_status: v1::ConversionStatus) -> Self {
        self.request.conversion_code.get_or_insert_default().default_status = default_status.into();
        add_path(&mut self.request.update_mask, "default_status");
        self
    }

    /// Sets `decimal_separator`.
    ///
    /// Separator of the decimals in the amounts of postbacks. It settles amounts that can be read
    /// in two ways, such as `1.500` and `1,500`, and no others. Default:
    /// [`DecimalSeparator::Auto`](v1::DecimalSeparator::Auto), or, if the code is created with a
    /// preset, [`DecimalSeparator::Point`](v1::DecimalSeparator::Point).
    pub fn decimal_separator(mut self, decimal_separator: v1::DecimalSeparator) -> Self {
        self.request.conversion_code.get_or_insert_default().decimal_separator = decimal_separator.into();
        add_path(&mut self.request.update_mask, "decimal_separator");
        self
    }

    /// Sets `update_policy`.
    ///
    /// What a later postback of a recorded conversion may change. Default:
    /// [`UpdatePolicy::Status`](v1::UpdatePolicy::Status). A code that was created before there
    /// were updates has [`UpdatePolicy::None`](v1::UpdatePolicy::None).
    pub fn update_policy(mut self, update_policy: v1::UpdatePolicy) -> Self {
        self.request.conversion_code.get_or_insert_default().update_policy = update_policy.into();
        add_path(&mut self.request.update_mask, "update_policy");
        self
    }

    /// Sets `transaction_scope`.
    ///
    /// The conversions among which an order id counts once. Default:
    /// [`TransactionScope::PerClick`](v1::TransactionScope::PerClick).
    pub fn transaction_scope(mut self, transaction_scope: v1::TransactionScope) -> Self {
        self.request.conversion_code.get_or_insert_default().transaction_scope = transaction_scope.into();
        add_path(&mut self.request.update_mask, "transaction_scope");
        self
    }

    /// Sets `validate_only`.
    ///
    /// If true, the request is checked and answered as if real, but nothing is written.
    pub fn validate_only(mut self, validate_only: bool) -> Self {
        self.request.validate_only = validate_only;
        self
    }
}

impl<'a> IntoFuture for UpdateConversionCode<'a> {
    type Output = Result<v1::UpdateConversionCodeResponse, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.client.unary(self.request).boxed()
    }
}

impl Call for v1::UpdateConversionCodeRequest {
    type Response = v1::UpdateConversionCodeResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/UpdateConversionCode";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::UpdateConversionCodeRequest {
    fn from(id: &str) -> Self {
        Self { conversion_code: Some(v1::ConversionCode { id: id.to_owned(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::UpdateConversionCodeRequest {
    fn from(id: &String) -> Self {
        Self { conversion_code: Some(v1::ConversionCode { id: id.clone(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::UpdateConversionCodeRequest {
    fn from(id: String) -> Self {
        Self { conversion_code: Some(v1::ConversionCode { id, ..Default::default() }), ..Default::default() }
    }
}

impl Call for v1::ArchiveConversionCodeRequest {
    type Response = v1::ArchiveConversionCodeResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/ArchiveConversionCode";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::ArchiveConversionCodeRequest {
    fn from(id: &str) -> Self {
        Self { conversion_code_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::ArchiveConversionCodeRequest {
    fn from(id: &String) -> Self {
        Self { conversion_code_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::ArchiveConversionCodeRequest {
    fn from(id: String) -> Self {
        Self { conversion_code_id: id, ..Default::default() }
    }
}

impl Call for v1::UnarchiveConversionCodeRequest {
    type Response = v1::UnarchiveConversionCodeResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/UnarchiveConversionCode";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::UnarchiveConversionCodeRequest {
    fn from(id: &str) -> Self {
        Self { conversion_code_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::UnarchiveConversionCodeRequest {
    fn from(id: &String) -> Self {
        Self { conversion_code_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::UnarchiveConversionCodeRequest {
    fn from(id: String) -> Self {
        Self { conversion_code_id: id, ..Default::default() }
    }
}

impl Call for v1::RotatePostbackSecretRequest {
    type Response = v1::RotatePostbackSecretResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/RotatePostbackSecret";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::RotatePostbackSecretRequest {
    fn from(id: &str) -> Self {
        Self { conversion_code_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::RotatePostbackSecretRequest {
    fn from(id: &String) -> Self {
        Self { conversion_code_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::RotatePostbackSecretRequest {
    fn from(id: String) -> Self {
        Self { conversion_code_id: id, ..Default::default() }
    }
}

impl Call for v1::GetPostbackUrlRequest {
    type Response = v1::GetPostbackUrlResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/GetPostbackUrl";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetPostbackUrlRequest {
    fn from(id: &str) -> Self {
        Self { conversion_code_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetPostbackUrlRequest {
    fn from(id: &String) -> Self {
        Self { conversion_code_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetPostbackUrlRequest {
    fn from(id: String) -> Self {
        Self { conversion_code_id: id, ..Default::default() }
    }
}

impl Call for v1::TestSetupRequest {
    type Response = v1::TestSetupResponse;
    const PATH: &'static str = "/s2s.v1.ConversionCodeService/TestSetup";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::TestSetupRequest {
    fn from(id: &str) -> Self {
        Self { conversion_code_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::TestSetupRequest {
    fn from(id: &String) -> Self {
        Self { conversion_code_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::TestSetupRequest {
    fn from(id: String) -> Self {
        Self { conversion_code_id: id, ..Default::default() }
    }
}

/// The calls of `ConversionService`: see [`Client::conversions`].
#[derive(Clone, Copy, Debug)]
pub struct Conversions<'a> {
    client: &'a Client,
}

impl Conversions<'_> {
    /// Records a conversion. OK means that it is durable and counted exactly once, unless the call
    /// was a test. A report that repeats a recorded conversion is answered with
    /// [`ConversionVerdict::Duplicate`](v1::ConversionVerdict::Duplicate) or, if it has other
    /// amounts, with the error
    /// [`ErrorReason::TransactionConflict`](v1::ErrorReason::TransactionConflict).
    ///
    /// A request without a request id gets a random one.
    pub async fn record(
        self,
        request: impl Into<v1::RecordConversionRequest>,
    ) -> Result<v1::RecordConversionResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Records up to 1,000 conversions. Each has its own result; one bad item does not affect the
    /// others. An answer has at most 3 MiB: if it would be longer, the last results come without
    /// custom parameters, remarks and long messages. A shortened result says so: in a note
    /// [`NoteCode::Shortened`](v1::NoteCode::Shortened) or, if it is an error, as `shortened` in
    /// the metadata of the `ErrorInfo`. Verdicts, ids, reasons and the names of invalid fields are
    /// never left out.
    ///
    /// `Ok` does not mean that each item succeeded: every item has its own result, in the order of
    /// the requests; see [`into_result`](v1::RecordConversionResult::into_result).
    pub async fn batch_record(
        self,
        request: impl Into<v1::BatchRecordConversionsRequest>,
    ) -> Result<v1::BatchRecordConversionsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Records conversions for as long as the client sends them: the call for millions of
    /// conversions. Each has its own result, in the order of the requests. At most 1,000 are in
    /// progress, so a sender who does not read results is held up. A server that is shutting down
    /// answers the requests it has accepted and ends with UNAVAILABLE; requests without a result by
    /// then must be sent again. If two equal conversions are in progress at the same time, either
    /// may be the duplicate.
    ///
    /// Read the answers, because unread answers hold up the requests. An answer's `Ok` does not
    /// mean that its item succeeded: see [`into_result`](v1::RecordConversionResult::into_result).
    /// Nothing is sent again automatically. After an error or an early end, send the requests
    /// without an answer again. If each has a transaction id, or a request id of your own, nothing
    /// is counted twice.
    pub async fn stream_record(
        self,
        requests: impl Stream<Item = impl Into<v1::RecordConversionRequest>> + Send + 'static,
    ) -> Result<BoxStream<'static, Result<v1::RecordConversionResult, Error>>, Error> {
        let requests =
            requests.map(|request| v1::StreamRecordConversionsRequest { request: Some(request.into()) });
        let answers = self.client.stream(requests).await?;
        Ok(answers.map(|answer| answer.map(|answer| answer.result.unwrap_or_default())).boxed())
    }

    /// Returns one conversion.
    pub async fn get(
        self,
        request: impl Into<v1::GetConversionRequest>,
    ) -> Result<v1::GetConversionResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the account's conversions, newest first. A page has at most 3 MiB, and the server
    /// looks at 20,000 conversions at most to fill it. So a page may have fewer conversions than
    /// asked for, or none, and still a token.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListConversionsRequest>,
    ) -> BoxStream<'static, Result<v1::Conversion, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListConversionsRequest>,
    ) -> Result<v1::ListConversionsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the conversions that are owed to a partner, newest first, as the partner may see them.
    /// A page may have fewer conversions than asked for, or none, and still a token.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list_partner(
        self,
        request: impl Into<v1::ListPartnerConversionsRequest>,
    ) -> BoxStream<'static, Result<v1::PartnerConversion, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list_partner`].
    pub async fn list_partner_page(
        self,
        request: impl Into<v1::ListPartnerConversionsRequest>,
    ) -> Result<v1::ListPartnerConversionsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Sends each conversion once it is recorded, and again after each adjustment, by any server of
    /// the installation, for as long as the client listens. The stream begins with a heartbeat.
    /// Each message has a resume token: a stream that begins with that token goes on behind the
    /// message, without a gap and without a repetition, on any server. Conversions that are
    /// recorded one after the other come in no order that a client may rely on. An account has at
    /// most 100 streams on a server, and a server at most 1,000.
    ///
    /// After a failure that may pass, the stream goes on by itself behind the last message. Any
    /// other error ends it. To go on later, or in another process, keep the `resume_token` of the
    /// last message that you have dealt with.
    #[must_use]
    pub fn watch(
        self,
        request: impl Into<v1::WatchConversionsRequest>,
    ) -> BoxStream<'static, Result<v1::WatchConversionsResponse, Error>> {
        self.client.watch(request.into())
    }
}

impl Call for v1::RecordConversionRequest {
    type Response = v1::RecordConversionResponse;
    const PATH: &'static str = "/s2s.v1.ConversionService/RecordConversion";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::NewConversion> for v1::RecordConversionRequest {
    fn from(conversion: v1::NewConversion) -> Self {
        Self { report: Some(v1::record_conversion_request::Report::Conversion(conversion)), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::RawPostback> for v1::RecordConversionRequest {
    fn from(postback: v1::RawPostback) -> Self {
        Self { report: Some(v1::record_conversion_request::Report::Postback(postback)), ..Default::default() }
    }
}

impl Call for v1::BatchRecordConversionsRequest {
    type Response = v1::BatchRecordConversionsResponse;
    const PATH: &'static str = "/s2s.v1.ConversionService/BatchRecordConversions";

    fn fill(&mut self) -> Result<(), Error> {
        self.requests.iter_mut().try_for_each(Call::fill)
    }
}

/// Makes the request with these items.
impl<T: Into<v1::RecordConversionRequest>> From<Vec<T>> for v1::BatchRecordConversionsRequest {
    fn from(items: Vec<T>) -> Self {
        Self { requests: items.into_iter().map(Into::into).collect() }
    }
}

/// Makes the request with these items.
impl<T: Into<v1::RecordConversionRequest>, const N: usize> From<[T; N]> for v1::BatchRecordConversionsRequest {
    fn from(items: [T; N]) -> Self {
        Self { requests: items.into_iter().map(Into::into).collect() }
    }
}

impl Call for v1::StreamRecordConversionsRequest {
    type Response = v1::StreamRecordConversionsResponse;
    const PATH: &'static str = "/s2s.v1.ConversionService/StreamRecordConversions";
}

impl Call for v1::GetConversionRequest {
    type Response = v1::GetConversionResponse;
    const PATH: &'static str = "/s2s.v1.ConversionService/GetConversion";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetConversionRequest {
    fn from(id: &str) -> Self {
        Self { conversion_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetConversionRequest {
    fn from(id: &String) -> Self {
        Self { conversion_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetConversionRequest {
    fn from(id: String) -> Self {
        Self { conversion_id: id }
    }
}

impl Call for v1::ListConversionsRequest {
    type Response = v1::ListConversionsResponse;
    const PATH: &'static str = "/s2s.v1.ConversionService/ListConversions";
}

impl PagedCall for v1::ListConversionsRequest {
    type Item = v1::Conversion;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.conversions, response.next_page_token)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::ConversionFilter> for v1::ListConversionsRequest {
    fn from(filter: v1::ConversionFilter) -> Self {
        Self { filter: Some(filter), ..Default::default() }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListConversionsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::ListPartnerConversionsRequest {
    type Response = v1::ListPartnerConversionsResponse;
    const PATH: &'static str = "/s2s.v1.ConversionService/ListPartnerConversions";
}

impl PagedCall for v1::ListPartnerConversionsRequest {
    type Item = v1::PartnerConversion;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.conversions, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListPartnerConversionsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::WatchConversionsRequest {
    type Response = v1::WatchConversionsResponse;
    const PATH: &'static str = "/s2s.v1.ConversionService/WatchConversions";
}

impl WatchCall for v1::WatchConversionsRequest {
    fn set_resume_token(&mut self, resume_token: String) {
        self.resume_token = resume_token;
    }

    fn resume_token(response: &Self::Response) -> &str {
        &response.resume_token
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::ConversionFilter> for v1::WatchConversionsRequest {
    fn from(filter: v1::ConversionFilter) -> Self {
        Self { filter: Some(filter), ..Default::default() }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::WatchConversionsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// The calls of `PartnerService`: see [`Client::partners`].
#[derive(Clone, Copy, Debug)]
pub struct Partners<'a> {
    client: &'a Client,
}

impl<'a> Partners<'a> {
    /// Creates a partner.
    ///
    /// A request without a request id gets a random one.
    pub async fn create(
        self,
        request: impl Into<v1::CreatePartnerRequest>,
    ) -> Result<v1::CreatePartnerResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one partner.
    pub async fn get(
        self,
        request: impl Into<v1::GetPartnerRequest>,
    ) -> Result<v1::GetPartnerResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the account's partners, newest first.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListPartnersRequest>,
    ) -> BoxStream<'static, Result<v1::Partner, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListPartnersRequest>,
    ) -> Result<v1::ListPartnersResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Changes the fields that are set.
    ///
    /// Takes the id. Set the fields to change on the answer of this method, then await it. A field
    /// that is set can have its default value.
    pub fn update(self, request: impl Into<v1::UpdatePartnerRequest>) -> UpdatePartner<'a> {
        UpdatePartner { client: self.client, request: request.into() }
    }

    /// Archives a partner: no further tracking link can be given to it. Its links still earn, until
    /// they are archived, too. Archiving an archived partner changes nothing.
    pub async fn archive(
        self,
        request: impl Into<v1::ArchivePartnerRequest>,
    ) -> Result<v1::ArchivePartnerResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Makes an archived partner active again. Unarchiving an active partner changes nothing.
    pub async fn unarchive(
        self,
        request: impl Into<v1::UnarchivePartnerRequest>,
    ) -> Result<v1::UnarchivePartnerResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::CreatePartnerRequest {
    type Response = v1::CreatePartnerResponse;
    const PATH: &'static str = "/s2s.v1.PartnerService/CreatePartner";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::Partner> for v1::CreatePartnerRequest {
    fn from(partner: v1::Partner) -> Self {
        Self { partner: Some(partner), ..Default::default() }
    }
}

impl Call for v1::GetPartnerRequest {
    type Response = v1::GetPartnerResponse;
    const PATH: &'static str = "/s2s.v1.PartnerService/GetPartner";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetPartnerRequest {
    fn from(id: &str) -> Self {
        Self { partner_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetPartnerRequest {
    fn from(id: &String) -> Self {
        Self { partner_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetPartnerRequest {
    fn from(id: String) -> Self {
        Self { partner_id: id }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::GetPartnerRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::ListPartnersRequest {
    type Response = v1::ListPartnersResponse;
    const PATH: &'static str = "/s2s.v1.PartnerService/ListPartners";
}

impl PagedCall for v1::ListPartnersRequest {
    type Item = v1::Partner;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.partners, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListPartnersRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// An update that is not sent yet. Awaiting it sends it.
#[derive(Clone, Debug)]
#[must_use = "an update is sent when it is awaited"]
pub struct UpdatePartner<'a> {
    client: &'a Client,
    request: v1::UpdatePartnerRequest,
}

impl UpdatePartner<'_> {
    /// Sets `name`.
    ///
    /// Name for people, 1 to 100 characters. Example: `Blog of Ada`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.request.partner.get_or_insert_default().name = name.into();
        add_path(&mut self.request.update_mask, "name");
        self
    }

    /// Sets `external_id`.
    ///
    /// The merchant's own id of the partner, at most 64 bytes, unique in the account. Compared byte
    /// by byte. Example: `aff-17`.
    pub fn external_id(mut self, external_id: impl Into<String>) -> Self {
        self.request.partner.get_or_insert_default().external_id = external_id.into();
        add_path(&mut self.request.update_mask, "external_id");
        self
    }

    /// Sets `payee`.
    ///
    /// How the partner is paid, for people, at most 1,000 bytes. Example: the name and number of a
    /// bank account.
    pub fn payee(mut self, payee: impl Into<String>) -> Self {
        self.request.partner.get_or_insert_default().payee = payee.into();
        add_path(&mut self.request.update_mask, "payee");
        self
    }

    /// Sets `minimum_payout`.
    ///
    /// The least amount that is paid out, and the currency in which the partner is paid. Not set:
    /// any amount, in any currency. Not negative.
    pub fn minimum_payout(mut self, minimum_payout: impl Into<Option<v1::Money>>) -> Self {
        self.request.partner.get_or_insert_default().minimum_payout = minimum_payout.into();
        add_path(&mut self.request.update_mask, "minimum_payout");
        self
    }

    /// Sets `hold_days`.
    ///
    /// Number of days after a conversion for which what is owed for it is held back, 0 to 400. So
    /// refunds come before the payout.
    pub fn hold_days(mut self, hold_days: i32) -> Self {
        self.request.partner.get_or_insert_default().hold_days = hold_days;
        add_path(&mut self.request.update_mask, "hold_days");
        self
    }

    /// Sets `approve_after_days`.
    ///
    /// Number of days after its recording at which a pending conversion is approved by itself, 1 to
    /// 400. 0: never. A change applies to all pending conversions, also to those that are recorded
    /// already.
    pub fn approve_after_days(mut self, approve_after_days: i32) -> Self {
        self.request.partner.get_or_insert_default().approve_after_days = approve_after_days;
        add_path(&mut self.request.update_mask, "approve_after_days");
        self
    }

    /// Sets `validate_only`.
    ///
    /// If true, the request is checked and answered as if real, but nothing is written.
    pub fn validate_only(mut self, validate_only: bool) -> Self {
        self.request.validate_only = validate_only;
        self
    }
}

impl<'a> IntoFuture for UpdatePartner<'a> {
    type Output = Result<v1::UpdatePartnerResponse, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.client.unary(self.request).boxed()
    }
}

impl Call for v1::UpdatePartnerRequest {
    type Response = v1::UpdatePartnerResponse;
    const PATH: &'static str = "/s2s.v1.PartnerService/UpdatePartner";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::UpdatePartnerRequest {
    fn from(id: &str) -> Self {
        Self { partner: Some(v1::Partner { id: id.to_owned(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::UpdatePartnerRequest {
    fn from(id: &String) -> Self {
        Self { partner: Some(v1::Partner { id: id.clone(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::UpdatePartnerRequest {
    fn from(id: String) -> Self {
        Self { partner: Some(v1::Partner { id, ..Default::default() }), ..Default::default() }
    }
}

impl Call for v1::ArchivePartnerRequest {
    type Response = v1::ArchivePartnerResponse;
    const PATH: &'static str = "/s2s.v1.PartnerService/ArchivePartner";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::ArchivePartnerRequest {
    fn from(id: &str) -> Self {
        Self { partner_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::ArchivePartnerRequest {
    fn from(id: &String) -> Self {
        Self { partner_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::ArchivePartnerRequest {
    fn from(id: String) -> Self {
        Self { partner_id: id, ..Default::default() }
    }
}

impl Call for v1::UnarchivePartnerRequest {
    type Response = v1::UnarchivePartnerResponse;
    const PATH: &'static str = "/s2s.v1.PartnerService/UnarchivePartner";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::UnarchivePartnerRequest {
    fn from(id: &str) -> Self {
        Self { partner_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::UnarchivePartnerRequest {
    fn from(id: &String) -> Self {
        Self { partner_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::UnarchivePartnerRequest {
    fn from(id: String) -> Self {
        Self { partner_id: id, ..Default::default() }
    }
}

/// The calls of `PayoutService`: see [`Client::payouts`].
#[derive(Clone, Copy, Debug)]
pub struct Payouts<'a> {
    client: &'a Client,
}

impl Payouts<'_> {
    /// Returns what a partner is owed now, by currency.
    pub async fn get_partner_balance(
        self,
        request: impl Into<v1::GetPartnerBalanceRequest>,
    ) -> Result<v1::GetPartnerBalanceResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists lines of a partner's ledger, newest first: all of them, those of a payout, or those
    /// that are due and in no payout.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list_partner_lines(
        self,
        request: impl Into<v1::ListPartnerLinesRequest>,
    ) -> BoxStream<'static, Result<v1::PartnerLine, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list_partner_lines`].
    pub async fn list_partner_lines_page(
        self,
        request: impl Into<v1::ListPartnerLinesRequest>,
    ) -> Result<v1::ListPartnerLinesResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Enters a bonus, a fee or a correction in the ledger of a partner.
    ///
    /// A request without a request id gets a random one.
    pub async fn create_partner_entry(
        self,
        request: impl Into<v1::CreatePartnerEntryRequest>,
    ) -> Result<v1::CreatePartnerEntryResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Creates a payout of all lines of a partner that are due. A dry run shows it; then the call
    /// with `expected_total` creates it, unless another total is due by now.
    ///
    /// A request without a request id gets a random one.
    pub async fn create(
        self,
        request: impl Into<v1::CreatePayoutRequest>,
    ) -> Result<v1::CreatePayoutResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one payout.
    pub async fn get(
        self,
        request: impl Into<v1::GetPayoutRequest>,
    ) -> Result<v1::GetPayoutResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists payouts, newest first.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListPayoutsRequest>,
    ) -> BoxStream<'static, Result<v1::Payout, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListPayoutsRequest>,
    ) -> Result<v1::ListPayoutsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Notes that an open payout was paid. The same call again changes nothing.
    pub async fn mark_payout_paid(
        self,
        request: impl Into<v1::MarkPayoutPaidRequest>,
    ) -> Result<v1::MarkPayoutPaidResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Gives an open payout up: its lines are due again. Canceling a canceled payout changes
    /// nothing.
    pub async fn cancel(
        self,
        request: impl Into<v1::CancelPayoutRequest>,
    ) -> Result<v1::CancelPayoutResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::GetPartnerBalanceRequest {
    type Response = v1::GetPartnerBalanceResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/GetPartnerBalance";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetPartnerBalanceRequest {
    fn from(id: &str) -> Self {
        Self { partner_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetPartnerBalanceRequest {
    fn from(id: &String) -> Self {
        Self { partner_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetPartnerBalanceRequest {
    fn from(id: String) -> Self {
        Self { partner_id: id }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::GetPartnerBalanceRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::ListPartnerLinesRequest {
    type Response = v1::ListPartnerLinesResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/ListPartnerLines";
}

impl PagedCall for v1::ListPartnerLinesRequest {
    type Item = v1::PartnerLine;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.lines, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListPartnerLinesRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::CreatePartnerEntryRequest {
    type Response = v1::CreatePartnerEntryResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/CreatePartnerEntry";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

impl Call for v1::CreatePayoutRequest {
    type Response = v1::CreatePayoutResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/CreatePayout";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::CreatePayoutRequest {
    fn from(id: &str) -> Self {
        Self { partner_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::CreatePayoutRequest {
    fn from(id: &String) -> Self {
        Self { partner_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::CreatePayoutRequest {
    fn from(id: String) -> Self {
        Self { partner_id: id, ..Default::default() }
    }
}

impl Call for v1::GetPayoutRequest {
    type Response = v1::GetPayoutResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/GetPayout";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetPayoutRequest {
    fn from(id: &str) -> Self {
        Self { payout_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetPayoutRequest {
    fn from(id: &String) -> Self {
        Self { payout_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetPayoutRequest {
    fn from(id: String) -> Self {
        Self { payout_id: id }
    }
}

impl Call for v1::ListPayoutsRequest {
    type Response = v1::ListPayoutsResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/ListPayouts";
}

impl PagedCall for v1::ListPayoutsRequest {
    type Item = v1::Payout;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.payouts, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListPayoutsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::MarkPayoutPaidRequest {
    type Response = v1::MarkPayoutPaidResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/MarkPayoutPaid";
}

impl Call for v1::CancelPayoutRequest {
    type Response = v1::CancelPayoutResponse;
    const PATH: &'static str = "/s2s.v1.PayoutService/CancelPayout";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::CancelPayoutRequest {
    fn from(id: &str) -> Self {
        Self { payout_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::CancelPayoutRequest {
    fn from(id: &String) -> Self {
        Self { payout_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::CancelPayoutRequest {
    fn from(id: String) -> Self {
        Self { payout_id: id, ..Default::default() }
    }
}

/// The calls of `PostbackService`: see [`Client::postbacks`].
#[derive(Clone, Copy, Debug)]
pub struct Postbacks<'a> {
    client: &'a Client,
}

impl Postbacks<'_> {
    /// Lists the account's postbacks, newest first. A page has at most 3 MiB, and the server looks
    /// at 20,000 postbacks at most to fill it. So a page may have fewer postbacks than asked for,
    /// or none, and still a token.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListPostbacksRequest>,
    ) -> BoxStream<'static, Result<v1::Postback, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListPostbacksRequest>,
    ) -> Result<v1::ListPostbacksResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one postback.
    pub async fn get(
        self,
        request: impl Into<v1::GetPostbackRequest>,
    ) -> Result<v1::GetPostbackResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Reads held postbacks again once the cause of their holding is fixed, by the same rules as
    /// new postbacks and as of their time of arrival. A postback that is replayed twice counts
    /// once. An answer has at most 3 MiB: if it would be longer, the last postbacks come without
    /// remarks and body, with only the beginning of their target, and with a note that says so
    /// ([`NoteCode::Shortened`](v1::NoteCode::Shortened)). [`Postbacks::get`] returns all of a
    /// postback.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn replay(
        self,
        request: impl Into<v1::ReplayPostbacksRequest>,
    ) -> BoxStream<'static, Result<v1::Postback, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::replay`].
    pub async fn replay_page(
        self,
        request: impl Into<v1::ReplayPostbacksRequest>,
    ) -> Result<v1::ReplayPostbacksResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Explains step by step how a postback URL or a stored postback would be read, and what its
    /// verdict would be. Records nothing.
    pub async fn explain(
        self,
        request: impl Into<v1::ExplainPostbackRequest>,
    ) -> Result<v1::ExplainPostbackResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Sends each postback once it is judged: when it comes, and again when a replay gives it
    /// another verdict. It is sent by any server of the installation, for as long as the client
    /// listens. The stream begins with a heartbeat. Each message has a resume token: a stream that
    /// begins with that token goes on behind the message, without a gap and without a repetition,
    /// on any server. An account has at most 100 streams on a server, and a server at most 1,000.
    ///
    /// After a failure that may pass, the stream goes on by itself behind the last message. Any
    /// other error ends it. To go on later, or in another process, keep the `resume_token` of the
    /// last message that you have dealt with.
    #[must_use]
    pub fn watch(
        self,
        request: impl Into<v1::WatchPostbacksRequest>,
    ) -> BoxStream<'static, Result<v1::WatchPostbacksResponse, Error>> {
        self.client.watch(request.into())
    }
}

impl Call for v1::ListPostbacksRequest {
    type Response = v1::ListPostbacksResponse;
    const PATH: &'static str = "/s2s.v1.PostbackService/ListPostbacks";
}

impl PagedCall for v1::ListPostbacksRequest {
    type Item = v1::Postback;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.postbacks, response.next_page_token)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::PostbackFilter> for v1::ListPostbacksRequest {
    fn from(filter: v1::PostbackFilter) -> Self {
        Self { filter: Some(filter), ..Default::default() }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListPostbacksRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::GetPostbackRequest {
    type Response = v1::GetPostbackResponse;
    const PATH: &'static str = "/s2s.v1.PostbackService/GetPostback";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetPostbackRequest {
    fn from(id: &str) -> Self {
        Self { postback_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetPostbackRequest {
    fn from(id: &String) -> Self {
        Self { postback_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetPostbackRequest {
    fn from(id: String) -> Self {
        Self { postback_id: id }
    }
}

impl Call for v1::ReplayPostbacksRequest {
    type Response = v1::ReplayPostbacksResponse;
    const PATH: &'static str = "/s2s.v1.PostbackService/ReplayPostbacks";
}

impl PagedCall for v1::ReplayPostbacksRequest {
    type Item = v1::Postback;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.postbacks, response.next_page_token)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::PostbackIds> for v1::ReplayPostbacksRequest {
    fn from(ids: v1::PostbackIds) -> Self {
        Self { postbacks: Some(v1::replay_postbacks_request::Postbacks::Ids(ids)), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::PostbackFilter> for v1::ReplayPostbacksRequest {
    fn from(filter: v1::PostbackFilter) -> Self {
        Self { postbacks: Some(v1::replay_postbacks_request::Postbacks::Filter(filter)), ..Default::default() }
    }
}

impl Call for v1::ExplainPostbackRequest {
    type Response = v1::ExplainPostbackResponse;
    const PATH: &'static str = "/s2s.v1.PostbackService/ExplainPostback";
}

impl Call for v1::WatchPostbacksRequest {
    type Response = v1::WatchPostbacksResponse;
    const PATH: &'static str = "/s2s.v1.PostbackService/WatchPostbacks";
}

impl WatchCall for v1::WatchPostbacksRequest {
    fn set_resume_token(&mut self, resume_token: String) {
        self.resume_token = resume_token;
    }

    fn resume_token(response: &Self::Response) -> &str {
        &response.resume_token
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::PostbackFilter> for v1::WatchPostbacksRequest {
    fn from(filter: v1::PostbackFilter) -> Self {
        Self { filter: Some(filter), ..Default::default() }
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::WatchPostbacksRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// The calls of `PresetService`: see [`Client::presets`].
#[derive(Clone, Copy, Debug)]
pub struct Presets<'a> {
    client: &'a Client,
}

impl Presets<'_> {
    /// Lists all presets, sorted by id.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListPresetsRequest>,
    ) -> BoxStream<'static, Result<v1::Preset, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListPresetsRequest>,
    ) -> Result<v1::ListPresetsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one preset.
    pub async fn get(
        self,
        request: impl Into<v1::GetPresetRequest>,
    ) -> Result<v1::GetPresetResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::ListPresetsRequest {
    type Response = v1::ListPresetsResponse;
    const PATH: &'static str = "/s2s.v1.PresetService/ListPresets";
}

impl PagedCall for v1::ListPresetsRequest {
    type Item = v1::Preset;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.presets, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListPresetsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::GetPresetRequest {
    type Response = v1::GetPresetResponse;
    const PATH: &'static str = "/s2s.v1.PresetService/GetPreset";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetPresetRequest {
    fn from(id: &str) -> Self {
        Self { preset_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetPresetRequest {
    fn from(id: &String) -> Self {
        Self { preset_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetPresetRequest {
    fn from(id: String) -> Self {
        Self { preset_id: id }
    }
}

/// The calls of `ReportService`: see [`Client::reports`].
#[derive(Clone, Copy, Debug)]
pub struct Reports<'a> {
    client: &'a Client,
}

impl Reports<'_> {
    /// Adds up the clicks and conversions of a period.
    /// [`ErrorReason::ReportTooWide`](v1::ErrorReason::ReportTooWide) says that the report has more
    /// rows than an answer can hold, [`ErrorReason::SumTooLarge`](v1::ErrorReason::SumTooLarge)
    /// that a sum is larger than a number of 64 bits.
    pub async fn query(
        self,
        request: impl Into<v1::QueryReportRequest>,
    ) -> Result<v1::QueryReportResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::QueryReportRequest {
    type Response = v1::QueryReportResponse;
    const PATH: &'static str = "/s2s.v1.ReportService/QueryReport";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::QueryReportRequest {
    fn from(id: &str) -> Self {
        Self { start: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::QueryReportRequest {
    fn from(id: &String) -> Self {
        Self { start: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::QueryReportRequest {
    fn from(id: String) -> Self {
        Self { start: id, ..Default::default() }
    }
}

/// The calls of `StatementService`: see [`Client::statements`].
#[derive(Clone, Copy, Debug)]
pub struct Statements<'a> {
    client: &'a Client,
}

impl Statements<'_> {
    /// Creates a statement. The same file, code, period and time zone again return the statement
    /// that is there.
    pub async fn create(
        self,
        request: impl Into<v1::CreateStatementRequest>,
    ) -> Result<v1::CreateStatementResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Adds rows of the network to an open statement, and compares them with our conversions. Rows
    /// that were added before are not added again.
    pub async fn add_statement_rows(
        self,
        request: impl Into<v1::AddStatementRowsRequest>,
    ) -> Result<v1::AddStatementRowsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Ends the adding of rows, and adds our conversions that the network does not state. Each call
    /// compares some of them; call again until the statement is complete.
    pub async fn compare(
        self,
        request: impl Into<v1::CompareStatementRequest>,
    ) -> Result<v1::CompareStatementResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one statement with its totals.
    pub async fn get(
        self,
        request: impl Into<v1::GetStatementRequest>,
    ) -> Result<v1::GetStatementResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists statements, newest first.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListStatementsRequest>,
    ) -> BoxStream<'static, Result<v1::Statement, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListStatementsRequest>,
    ) -> Result<v1::ListStatementsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the rows of a statement, in their order.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list_statement_rows(
        self,
        request: impl Into<v1::ListStatementRowsRequest>,
    ) -> BoxStream<'static, Result<v1::StatementRow, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list_statement_rows`].
    pub async fn list_statement_rows_page(
        self,
        request: impl Into<v1::ListStatementRowsRequest>,
    ) -> Result<v1::ListStatementRowsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Does something about rows, one after the other, and compares each again. The same action
    /// again changes nothing twice.
    ///
    /// `Ok` does not mean that each item succeeded: every item has its own result, in the order of
    /// the requests; see [`into_result`](v1::ResolveStatementRowResult::into_result).
    pub async fn resolve_statement_rows(
        self,
        request: impl Into<v1::ResolveStatementRowsRequest>,
    ) -> Result<v1::ResolveStatementRowsResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Deletes a statement with its rows, but no conversion and no adjustment. Then the file can be
    /// compared anew.
    pub async fn delete(
        self,
        request: impl Into<v1::DeleteStatementRequest>,
    ) -> Result<v1::DeleteStatementResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::CreateStatementRequest {
    type Response = v1::CreateStatementResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/CreateStatement";
}

/// Makes the request with this field; the others have their default values.
impl From<v1::Statement> for v1::CreateStatementRequest {
    fn from(statement: v1::Statement) -> Self {
        Self { statement: Some(statement), ..Default::default() }
    }
}

impl Call for v1::AddStatementRowsRequest {
    type Response = v1::AddStatementRowsResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/AddStatementRows";
}

impl Call for v1::CompareStatementRequest {
    type Response = v1::CompareStatementResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/CompareStatement";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::CompareStatementRequest {
    fn from(id: &str) -> Self {
        Self { statement_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::CompareStatementRequest {
    fn from(id: &String) -> Self {
        Self { statement_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::CompareStatementRequest {
    fn from(id: String) -> Self {
        Self { statement_id: id }
    }
}

impl Call for v1::GetStatementRequest {
    type Response = v1::GetStatementResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/GetStatement";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetStatementRequest {
    fn from(id: &str) -> Self {
        Self { statement_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetStatementRequest {
    fn from(id: &String) -> Self {
        Self { statement_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetStatementRequest {
    fn from(id: String) -> Self {
        Self { statement_id: id }
    }
}

impl Call for v1::ListStatementsRequest {
    type Response = v1::ListStatementsResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/ListStatements";
}

impl PagedCall for v1::ListStatementsRequest {
    type Item = v1::Statement;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.statements, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListStatementsRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl Call for v1::ListStatementRowsRequest {
    type Response = v1::ListStatementRowsResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/ListStatementRows";
}

impl PagedCall for v1::ListStatementRowsRequest {
    type Item = v1::StatementRow;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.rows, response.next_page_token)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::ListStatementRowsRequest {
    fn from(id: &str) -> Self {
        Self { statement_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::ListStatementRowsRequest {
    fn from(id: &String) -> Self {
        Self { statement_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::ListStatementRowsRequest {
    fn from(id: String) -> Self {
        Self { statement_id: id, ..Default::default() }
    }
}

impl Call for v1::ResolveStatementRowsRequest {
    type Response = v1::ResolveStatementRowsResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/ResolveStatementRows";
}

impl Call for v1::DeleteStatementRequest {
    type Response = v1::DeleteStatementResponse;
    const PATH: &'static str = "/s2s.v1.StatementService/DeleteStatement";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::DeleteStatementRequest {
    fn from(id: &str) -> Self {
        Self { statement_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::DeleteStatementRequest {
    fn from(id: &String) -> Self {
        Self { statement_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::DeleteStatementRequest {
    fn from(id: String) -> Self {
        Self { statement_id: id, ..Default::default() }
    }
}

/// The calls of `TrackingLinkService`: see [`Client::tracking_links`].
#[derive(Clone, Copy, Debug)]
pub struct TrackingLinks<'a> {
    client: &'a Client,
}

impl<'a> TrackingLinks<'a> {
    /// Creates a tracking link.
    ///
    /// A request without a request id gets a random one.
    pub async fn create(
        self,
        request: impl Into<v1::CreateTrackingLinkRequest>,
    ) -> Result<v1::CreateTrackingLinkResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Returns one tracking link.
    pub async fn get(
        self,
        request: impl Into<v1::GetTrackingLinkRequest>,
    ) -> Result<v1::GetTrackingLinkResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Lists the account's tracking links, newest first.
    ///
    /// Begins at the request's `page_token`. Each page is fetched when it is reached, with its own
    /// timeout and retries. After an error there are no more items.
    #[must_use]
    pub fn list(
        self,
        request: impl Into<v1::ListTrackingLinksRequest>,
    ) -> BoxStream<'static, Result<v1::TrackingLink, Error>> {
        self.client.pages(request.into())
    }

    /// Returns one page of [`Self::list`].
    pub async fn list_page(
        self,
        request: impl Into<v1::ListTrackingLinksRequest>,
    ) -> Result<v1::ListTrackingLinksResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Changes the fields that are set.
    ///
    /// Takes the id. Set the fields to change on the answer of this method, then await it. A field
    /// that is set can have its default value.
    pub fn update(self, request: impl Into<v1::UpdateTrackingLinkRequest>) -> UpdateTrackingLink<'a> {
        UpdateTrackingLink { client: self.client, request: request.into() }
    }

    /// Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has none.
    /// Postbacks for later clicks are held, and conversions reported for them are refused.
    /// Conversions of earlier clicks still count. Archiving an archived link changes nothing.
    pub async fn archive(
        self,
        request: impl Into<v1::ArchiveTrackingLinkRequest>,
    ) -> Result<v1::ArchiveTrackingLinkResponse, Error> {
        self.client.unary(request.into()).await
    }

    /// Makes an archived tracking link active again. Postbacks that were held because the link was
    /// archived can be replayed. If another link has taken its slug meanwhile, the call fails with
    /// [`ErrorReason::SlugTaken`](v1::ErrorReason::SlugTaken): change the slug first. Unarchiving
    /// an active link changes nothing.
    pub async fn unarchive(
        self,
        request: impl Into<v1::UnarchiveTrackingLinkRequest>,
    ) -> Result<v1::UnarchiveTrackingLinkResponse, Error> {
        self.client.unary(request.into()).await
    }
}

impl Call for v1::CreateTrackingLinkRequest {
    type Response = v1::CreateTrackingLinkResponse;
    const PATH: &'static str = "/s2s.v1.TrackingLinkService/CreateTrackingLink";

    fn fill(&mut self) -> Result<(), Error> {
        fill(&mut self.request_id)
    }
}

/// Makes the request with this field; the others have their default values.
impl From<v1::TrackingLink> for v1::CreateTrackingLinkRequest {
    fn from(tracking_link: v1::TrackingLink) -> Self {
        Self { tracking_link: Some(tracking_link), ..Default::default() }
    }
}

impl Call for v1::GetTrackingLinkRequest {
    type Response = v1::GetTrackingLinkResponse;
    const PATH: &'static str = "/s2s.v1.TrackingLinkService/GetTrackingLink";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::GetTrackingLinkRequest {
    fn from(id: &str) -> Self {
        Self { tracking_link_id: id.to_owned() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::GetTrackingLinkRequest {
    fn from(id: &String) -> Self {
        Self { tracking_link_id: id.clone() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::GetTrackingLinkRequest {
    fn from(id: String) -> Self {
        Self { tracking_link_id: id }
    }
}

impl Call for v1::ListTrackingLinksRequest {
    type Response = v1::ListTrackingLinksResponse;
    const PATH: &'static str = "/s2s.v1.TrackingLinkService/ListTrackingLinks";
}

impl PagedCall for v1::ListTrackingLinksRequest {
    type Item = v1::TrackingLink;

    fn set_page_token(&mut self, page_token: String) {
        self.page_token = page_token;
    }

    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {
        (response.tracking_links, response.next_page_token)
    }
}

/// Makes the request in which no field is set.
impl From<()> for v1::ListTrackingLinksRequest {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// An update that is not sent yet. Awaiting it sends it.
#[derive(Clone, Debug)]
#[must_use = "an update is sent when it is awaited"]
pub struct UpdateTrackingLink<'a> {
    client: &'a Client,
    request: v1::UpdateTrackingLinkRequest,
}

impl UpdateTrackingLink<'_> {
    /// Sets `slug`.
    ///
    /// Path of the link: 1 to 64 of `a-z`, `0-9`, `-`, `_`, beginning with a letter or digit.
    /// Unique in the installation. If it is empty in a new link, the system chooses one. If it is
    /// empty in an archived link, another link has taken it. A slug that a link gives up, by a
    /// change or by being archived, can be used again only by the same account. Visitors may write
    /// it in upper or lower case. Example: `summer-sale`.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.request.tracking_link.get_or_insert_default().slug = slug.into();
        add_path(&mut self.request.update_mask, "slug");
        self
    }

    /// Sets `destination`.
    ///
    /// URL that visitors are sent to: an absolute `http` or `https` URL of at most 2,048 bytes. In
    /// its path and query, macros are filled: `[s2sidentifier]` (the click id), `[sub1]` to
    /// `[sub10]`, `[slug]`, `[timestamp]` (seconds since 1970), also in upper case or with `%5B`
    /// and `%5D` for the brackets. A link with a conversion code must have `[s2sidentifier]`.
    /// Example: `https://shop.example/?s1=[s2sidentifier]`.
    pub fn destination(mut self, destination: impl Into<String>) -> Self {
        self.request.tracking_link.get_or_insert_default().destination = destination.into();
        add_path(&mut self.request.update_mask, "destination");
        self
    }

    /// Sets `conversion_code_ids`.
    ///
    /// Ids of the conversion codes that count for clicks on this link, at most 50.
    pub fn conversion_code_ids(mut self, conversion_code_ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.request.tracking_link.get_or_insert_default().conversion_code_ids = conversion_code_ids.into_iter().map(Into::into).collect();
        add_path(&mut self.request.update_mask, "conversion_code_ids");
        self
    }

    /// Sets `tags`.
    ///
    /// Words by which people find the link, at most 20, each of 1 to 50 characters. Example:
    /// `newsletter`.
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.request.tracking_link.get_or_insert_default().tags = tags.into_iter().map(Into::into).collect();
        add_path(&mut self.request.update_mask, "tags");
        self
    }

    /// Sets `redirect_kind`.
    ///
    /// HTTP status of the redirect. Default: 302.
    pub fn redirect_kind(mut self, redirect_kind: v1::RedirectKind) -> Self {
        self.request.tracking_link.get_or_insert_default().redirect_kind = redirect_kind.into();
        add_path(&mut self.request.update_mask, "redirect_kind");
        self
    }

    /// Sets `query_pass_through`.
    ///
    /// If true, the visitor's query parameters except sub ids are added to the destination, unless
    /// it already has a parameter of that name.
    pub fn query_pass_through(mut self, query_pass_through: bool) -> Self {
        self.request.tracking_link.get_or_insert_default().query_pass_through = query_pass_through;
        add_path(&mut self.request.update_mask, "query_pass_through");
        self
    }

    /// Sets `expire_time`.
    ///
    /// Time from which visitors get the fallback destination. Not set: never.
    pub fn expire_time(mut self, expire_time: impl Into<Option<prost_types::Timestamp>>) -> Self {
        self.request.tracking_link.get_or_insert_default().expire_time = expire_time.into();
        add_path(&mut self.request.update_mask, "expire_time");
        self
    }

    /// Sets `fallback_destination`.
    ///
    /// URL that visitors are sent to once the link has expired or is archived; same form as
    /// `destination`. Empty: they get HTTP 410.
    pub fn fallback_destination(mut self, fallback_destination: impl Into<String>) -> Self {
        self.request.tracking_link.get_or_insert_default().fallback_destination = fallback_destination.into();
        add_path(&mut self.request.update_mask, "fallback_destination");
        self
    }

    /// Sets `partner_id`.
    ///
    /// Id of the partner who is owed a share of the link's conversions. Empty: the conversions are
    /// owed to nobody. Once set, it never changes. Conversions that were recorded before it was set
    /// are owed to nobody.
    pub fn partner_id(mut self, partner_id: impl Into<String>) -> Self {
        self.request.tracking_link.get_or_insert_default().partner_id = partner_id.into();
        add_path(&mut self.request.update_mask, "partner_id");
        self
    }

    /// Sets `partner_share`.
    ///
    /// The partner's share. Not set: all of the commission. A change applies to conversions that
    /// are recorded later.
    pub fn partner_share(mut self, partner_share: impl Into<Option<v1::PartnerShare>>) -> Self {
        self.request.tracking_link.get_or_insert_default().partner_share = partner_share.into();
        add_path(&mut self.request.update_mask, "partner_share");
        self
    }

    /// Sets `validate_only`.
    ///
    /// If true, the request is checked and answered as if real, but nothing is written.
    pub fn validate_only(mut self, validate_only: bool) -> Self {
        self.request.validate_only = validate_only;
        self
    }
}

impl<'a> IntoFuture for UpdateTrackingLink<'a> {
    type Output = Result<v1::UpdateTrackingLinkResponse, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.client.unary(self.request).boxed()
    }
}

impl Call for v1::UpdateTrackingLinkRequest {
    type Response = v1::UpdateTrackingLinkResponse;
    const PATH: &'static str = "/s2s.v1.TrackingLinkService/UpdateTrackingLink";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::UpdateTrackingLinkRequest {
    fn from(id: &str) -> Self {
        Self { tracking_link: Some(v1::TrackingLink { id: id.to_owned(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::UpdateTrackingLinkRequest {
    fn from(id: &String) -> Self {
        Self { tracking_link: Some(v1::TrackingLink { id: id.clone(), ..Default::default() }), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::UpdateTrackingLinkRequest {
    fn from(id: String) -> Self {
        Self { tracking_link: Some(v1::TrackingLink { id, ..Default::default() }), ..Default::default() }
    }
}

impl Call for v1::ArchiveTrackingLinkRequest {
    type Response = v1::ArchiveTrackingLinkResponse;
    const PATH: &'static str = "/s2s.v1.TrackingLinkService/ArchiveTrackingLink";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::ArchiveTrackingLinkRequest {
    fn from(id: &str) -> Self {
        Self { tracking_link_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::ArchiveTrackingLinkRequest {
    fn from(id: &String) -> Self {
        Self { tracking_link_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::ArchiveTrackingLinkRequest {
    fn from(id: String) -> Self {
        Self { tracking_link_id: id, ..Default::default() }
    }
}

impl Call for v1::UnarchiveTrackingLinkRequest {
    type Response = v1::UnarchiveTrackingLinkResponse;
    const PATH: &'static str = "/s2s.v1.TrackingLinkService/UnarchiveTrackingLink";
}

/// Makes the request with this field; the others have their default values.
impl From<&str> for v1::UnarchiveTrackingLinkRequest {
    fn from(id: &str) -> Self {
        Self { tracking_link_id: id.to_owned(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<&String> for v1::UnarchiveTrackingLinkRequest {
    fn from(id: &String) -> Self {
        Self { tracking_link_id: id.clone(), ..Default::default() }
    }
}

/// Makes the request with this field; the others have their default values.
impl From<String> for v1::UnarchiveTrackingLinkRequest {
    fn from(id: String) -> Self {
        Self { tracking_link_id: id, ..Default::default() }
    }
}

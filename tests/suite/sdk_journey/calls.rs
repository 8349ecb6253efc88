//! The SDK's calls by the names of the schema, with messages as JSON.

use std::sync::LazyLock;

use futures::{StreamExt as _, stream::BoxStream};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use s2s_sdk::{Client, Error, v1};
use serde_json::Value;

static SCHEMA: LazyLock<DescriptorPool> = LazyLock::new(|| DescriptorPool::decode(v1::DESCRIPTOR).unwrap());

/// Reads a message of the schema from JSON.
fn message<M: Message + Default>(name: &str, json: &Value) -> M {
    let descriptor = SCHEMA.get_message_by_name(&format!("s2s.v1.{name}")).unwrap();
    let message = DynamicMessage::deserialize(descriptor, json.clone());
    let message = message.unwrap_or_else(|error| panic!("{error}: {json}"));
    M::decode(message.encode_to_vec().as_slice()).unwrap()
}

/// Writes a message of the schema as JSON, including fields that have their default values.
fn json(name: &str, message: &impl Message) -> Value {
    let descriptor = SCHEMA.get_message_by_name(&format!("s2s.v1.{name}")).unwrap();
    let message = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).unwrap();
    let options = SerializeOptions::new().skip_default_fields(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).unwrap()
}

pub fn conversion(request: &Value) -> v1::RecordConversionRequest {
    message("RecordConversionRequest", request)
}

pub fn result(result: v1::RecordConversionResult) -> Result<Value, Error> {
    result.into_result().map(|response| json("RecordConversionResponse", &response))
}

pub async fn batch(client: &Client, request: &Value) -> Result<Vec<Result<Value, Error>>, Error> {
    let request: v1::BatchRecordConversionsRequest = message("BatchRecordConversionsRequest", request);
    let results = client.conversions().batch_record(request).await?.results;
    Ok(results.into_iter().map(result).collect())
}

macro_rules! calls {
    ($($service:ident/$method:ident => $calls:ident().$call:ident($request:ident);)*) => {
        /// Calls the method of that name.
        pub async fn call(client: &Client, method: &str, request: &Value) -> Result<Value, Error> {
            $(if method == concat!(stringify!($service), "/", stringify!($method)) {
                let request = message::<v1::$request>(stringify!($request), request);
                let response = client.$calls().$call(request).await?;
                return Ok(json(concat!(stringify!($method), "Response"), &response));
            })*
            panic!("there is no {method}");
        }
    };
}

calls! {
    AccountService/CreateAccount => accounts().create(CreateAccountRequest);
    AccountService/GetAccount => accounts().get(GetAccountRequest);
    AccountService/UpdateAccount => accounts().update(UpdateAccountRequest);
    ApiKeyService/CreateApiKey => api_keys().create(CreateApiKeyRequest);
    ApiKeyService/GetApiKey => api_keys().get(GetApiKeyRequest);
    ApiKeyService/RotateApiKey => api_keys().rotate(RotateApiKeyRequest);
    ApiKeyService/RevokeApiKey => api_keys().revoke(RevokeApiKeyRequest);
    PresetService/GetPreset => presets().get(GetPresetRequest);
    ConversionCodeService/CreateConversionCode => conversion_codes().create(CreateConversionCodeRequest);
    ConversionCodeService/GetConversionCode => conversion_codes().get(GetConversionCodeRequest);
    ConversionCodeService/UpdateConversionCode => conversion_codes().update(UpdateConversionCodeRequest);
    ConversionCodeService/ArchiveConversionCode => conversion_codes().archive(ArchiveConversionCodeRequest);
    ConversionCodeService/UnarchiveConversionCode => conversion_codes().unarchive(UnarchiveConversionCodeRequest);
    ConversionCodeService/RotatePostbackSecret => conversion_codes().rotate_postback_secret(RotatePostbackSecretRequest);
    ConversionCodeService/GetPostbackUrl => conversion_codes().get_postback_url(GetPostbackUrlRequest);
    ConversionCodeService/TestSetup => conversion_codes().test_setup(TestSetupRequest);
    TrackingLinkService/CreateTrackingLink => tracking_links().create(CreateTrackingLinkRequest);
    TrackingLinkService/GetTrackingLink => tracking_links().get(GetTrackingLinkRequest);
    TrackingLinkService/UpdateTrackingLink => tracking_links().update(UpdateTrackingLinkRequest);
    TrackingLinkService/ArchiveTrackingLink => tracking_links().archive(ArchiveTrackingLinkRequest);
    TrackingLinkService/UnarchiveTrackingLink => tracking_links().unarchive(UnarchiveTrackingLinkRequest);
    ClickService/RecordClick => clicks().record(RecordClickRequest);
    ClickService/GetClick => clicks().get(GetClickRequest);
    ClickService/RotateClickIdKey => clicks().rotate_click_id_key(RotateClickIdKeyRequest);
    ClickService/ExplainClick => clicks().explain(ExplainClickRequest);
    ConversionService/RecordConversion => conversions().record(RecordConversionRequest);
    ConversionService/GetConversion => conversions().get(GetConversionRequest);
    ConversionService/ListConversions => conversions().list_page(ListConversionsRequest);
    PostbackService/GetPostback => postbacks().get(GetPostbackRequest);
    PostbackService/ReplayPostbacks => postbacks().replay_page(ReplayPostbacksRequest);
    PostbackService/ExplainPostback => postbacks().explain(ExplainPostbackRequest);
}

macro_rules! lists {
    ($($service:ident/$method:ident => $calls:ident($request:ident) -> $item:ident;)*) => {
        /// All items of the list of that name.
        pub fn list(
            client: &Client,
            method: &str,
            request: &Value,
        ) -> BoxStream<'static, Result<Value, Error>> {
            $(if method == concat!(stringify!($service), "/", stringify!($method)) {
                let request = message::<v1::$request>(stringify!($request), request);
                let items = client.$calls().list(request);
                return items.map(|item| item.map(|item| json(stringify!($item), &item))).boxed();
            })*
            panic!("there is no list {method}");
        }
    };
}

lists! {
    AccountService/ListAccounts => accounts(ListAccountsRequest) -> Account;
    ApiKeyService/ListApiKeys => api_keys(ListApiKeysRequest) -> ApiKey;
    PresetService/ListPresets => presets(ListPresetsRequest) -> Preset;
    ConversionCodeService/ListConversionCodes => conversion_codes(ListConversionCodesRequest) -> ConversionCode;
    TrackingLinkService/ListTrackingLinks => tracking_links(ListTrackingLinksRequest) -> TrackingLink;
    ClickService/ListClicks => clicks(ListClicksRequest) -> Click;
    ConversionService/ListConversions => conversions(ListConversionsRequest) -> Conversion;
    PostbackService/ListPostbacks => postbacks(ListPostbacksRequest) -> Postback;
}

/// The messages of the stream of that name.
pub fn watch(client: &Client, method: &str, request: &Value) -> BoxStream<'static, Result<Value, Error>> {
    if method == "ConversionService/WatchConversions" {
        let request = message::<v1::WatchConversionsRequest>("WatchConversionsRequest", request);
        let messages = client.conversions().watch(request);
        messages.map(|message| message.map(|message| json("WatchConversionsResponse", &message))).boxed()
    } else {
        assert_eq!(method, "PostbackService/WatchPostbacks");
        let request = message::<v1::WatchPostbacksRequest>("WatchPostbacksRequest", request);
        let messages = client.postbacks().watch(request);
        messages.map(|message| message.map(|message| json("WatchPostbacksResponse", &message))).boxed()
    }
}

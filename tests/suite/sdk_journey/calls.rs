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
    let request = message("BatchRecordConversionsRequest", request);
    let results = client.batch_record_conversions(request).await?.results;
    Ok(results.into_iter().map(result).collect())
}

macro_rules! calls {
    ($($service:ident/$method:ident => $call:ident($request:ident);)*) => {
        /// Calls the method of that name.
        pub async fn call(client: &Client, method: &str, request: &Value) -> Result<Value, Error> {
            $(if method == concat!(stringify!($service), "/", stringify!($method)) {
                let request = message::<v1::$request>(stringify!($request), request);
                let response = client.$call(request).await?;
                return Ok(json(concat!(stringify!($method), "Response"), &response));
            })*
            panic!("there is no {method}");
        }
    };
}

calls! {
    AccountService/CreateAccount => create_account(CreateAccountRequest);
    AccountService/GetAccount => get_account(GetAccountRequest);
    AccountService/UpdateAccount => update_account(UpdateAccountRequest);
    ApiKeyService/CreateApiKey => create_api_key(CreateApiKeyRequest);
    ApiKeyService/GetApiKey => get_api_key(GetApiKeyRequest);
    ApiKeyService/RotateApiKey => rotate_api_key(RotateApiKeyRequest);
    ApiKeyService/RevokeApiKey => revoke_api_key(RevokeApiKeyRequest);
    PresetService/GetPreset => get_preset(GetPresetRequest);
    ConversionCodeService/CreateConversionCode => create_conversion_code(CreateConversionCodeRequest);
    ConversionCodeService/GetConversionCode => get_conversion_code(GetConversionCodeRequest);
    ConversionCodeService/UpdateConversionCode => update_conversion_code(UpdateConversionCodeRequest);
    ConversionCodeService/ArchiveConversionCode => archive_conversion_code(ArchiveConversionCodeRequest);
    ConversionCodeService/UnarchiveConversionCode => unarchive_conversion_code(UnarchiveConversionCodeRequest);
    ConversionCodeService/RotatePostbackSecret => rotate_postback_secret(RotatePostbackSecretRequest);
    ConversionCodeService/GetPostbackUrl => get_postback_url(GetPostbackUrlRequest);
    ConversionCodeService/TestSetup => test_setup(TestSetupRequest);
    TrackingLinkService/CreateTrackingLink => create_tracking_link(CreateTrackingLinkRequest);
    TrackingLinkService/GetTrackingLink => get_tracking_link(GetTrackingLinkRequest);
    TrackingLinkService/UpdateTrackingLink => update_tracking_link(UpdateTrackingLinkRequest);
    TrackingLinkService/ArchiveTrackingLink => archive_tracking_link(ArchiveTrackingLinkRequest);
    TrackingLinkService/UnarchiveTrackingLink => unarchive_tracking_link(UnarchiveTrackingLinkRequest);
    ClickService/RecordClick => record_click(RecordClickRequest);
    ClickService/GetClick => get_click(GetClickRequest);
    ClickService/RotateClickIdKey => rotate_click_id_key(RotateClickIdKeyRequest);
    ClickService/ExplainClick => explain_click(ExplainClickRequest);
    ConversionService/RecordConversion => record_conversion(RecordConversionRequest);
    ConversionService/GetConversion => get_conversion(GetConversionRequest);
    ConversionService/ListConversions => list_conversions(ListConversionsRequest);
    PostbackService/GetPostback => get_postback(GetPostbackRequest);
    PostbackService/ReplayPostbacks => replay_postbacks(ReplayPostbacksRequest);
    PostbackService/ExplainPostback => explain_postback(ExplainPostbackRequest);
}

macro_rules! lists {
    ($($service:ident/$method:ident => $list:ident($request:ident) -> $item:ident;)*) => {
        /// All items of the list of that name.
        pub fn list(
            client: &Client,
            method: &str,
            request: &Value,
        ) -> BoxStream<'static, Result<Value, Error>> {
            $(if method == concat!(stringify!($service), "/", stringify!($method)) {
                let request = message::<v1::$request>(stringify!($request), request);
                let items = client.$list(request);
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

//! The calls that take an id, for the test that tries them with the ids of another account.

use prost::Message as _;
use s2s_sdk::{Code, v1};
use s2s_tests::request;

use super::{
    Ids, report,
    requests::{conversions_of, decline, mask, target, test_postback, with_code},
};

/// Makes a request. `of` holds the tested ids. `own` holds the ids of the caller's account, because
/// some requests also need a valid id.
pub type Ask = fn(own: &Ids, of: &Ids) -> Vec<u8>;

macro_rules! ask {
    ($request:ident {$($field:ident: $value:expr),*}, $own:ident, $of:ident) => {
        |$own, $of| v1::$request { $($field: $value,)* ..Default::default() }.encode_to_vec()
    };
}

/// A call that takes an id.
pub struct CallWithId {
    /// `Service/Method`.
    pub method: &'static str,
    /// The status for an unknown id. `None` if the call succeeds, for example with an empty list.
    pub refusal: Option<Code>,
    pub request: Ask,
}

mod of_money;

/// All calls that take an id.
pub fn all() -> impl Iterator<Item = &'static CallWithId> {
    WITH_IDS.iter().chain(&of_money::CALLS)
}

/// At least one row for each call that takes the id of an account or of something that an account
/// owns. Calls whose callers see all accounts are in `WITHOUT_IDS`.
#[expect(clippy::needless_update, reason = "some requests have no field but those that are set")]
const WITH_IDS: [CallWithId; 54] = [
    CallWithId {
        method: "AccountService/GetAccount",
        refusal: NOT_FOUND,
        request: ask!(GetAccountRequest { account_id: of.account.clone() }, _own, of),
    },
    CallWithId {
        method: "ApiKeyService/CreateApiKey",
        refusal: NOT_FOUND,
        request: ask!(
            CreateApiKeyRequest {
                api_key: Some(v1::ApiKey {
                    name: "x".to_owned(),
                    account_id: of.account.clone(),
                    scopes: vec![1],
                    ..Default::default()
                })
            },
            _own,
            of
        ),
    },
    CallWithId {
        method: "ApiKeyService/GetApiKey",
        refusal: NOT_FOUND,
        request: ask!(GetApiKeyRequest { api_key_id: of.key.clone() }, _own, of),
    },
    CallWithId {
        method: "ApiKeyService/ListApiKeys",
        refusal: NOT_FOUND,
        request: ask!(ListApiKeysRequest { account_id: of.account.clone() }, _own, of),
    },
    CallWithId {
        method: "ApiKeyService/RotateApiKey",
        refusal: NOT_FOUND,
        request: ask!(RotateApiKeyRequest { api_key_id: of.key.clone() }, _own, of),
    },
    CallWithId {
        method: "ApiKeyService/RevokeApiKey",
        refusal: NOT_FOUND,
        request: ask!(RevokeApiKeyRequest { api_key_id: of.key.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionCodeService/GetConversionCode",
        refusal: NOT_FOUND,
        request: ask!(GetConversionCodeRequest { conversion_code_id: of.code.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionCodeService/GetPostbackUrl",
        refusal: NOT_FOUND,
        request: ask!(GetPostbackUrlRequest { conversion_code_id: of.code.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionCodeService/RotatePostbackSecret",
        refusal: NOT_FOUND,
        request: ask!(RotatePostbackSecretRequest { conversion_code_id: of.code.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionCodeService/UpdateConversionCode",
        refusal: NOT_FOUND,
        request: ask!(
            UpdateConversionCodeRequest {
                conversion_code: Some(v1::ConversionCode {
                    id: of.code.clone(),
                    name: "x".to_owned(),
                    ..Default::default()
                }),
                update_mask: Some(mask("name"))
            },
            _own,
            of
        ),
    },
    CallWithId {
        method: "PartnerService/GetPartner",
        refusal: NOT_FOUND,
        request: ask!(GetPartnerRequest { partner_id: of.partner.clone() }, _own, of),
    },
    CallWithId {
        method: "PartnerService/UpdatePartner",
        refusal: NOT_FOUND,
        request: ask!(
            UpdatePartnerRequest {
                partner: Some(v1::Partner {
                    id: of.partner.clone(),
                    name: "x".to_owned(),
                    ..Default::default()
                }),
                update_mask: Some(mask("name"))
            },
            _own,
            of
        ),
    },
    CallWithId {
        method: "PartnerService/ArchivePartner",
        refusal: NOT_FOUND,
        request: ask!(ArchivePartnerRequest { partner_id: of.partner.clone() }, _own, of),
    },
    CallWithId {
        method: "PartnerService/UnarchivePartner",
        refusal: NOT_FOUND,
        request: ask!(UnarchivePartnerRequest { partner_id: of.partner.clone() }, _own, of),
    },
    CallWithId {
        method: "ApiKeyService/CreateApiKey",
        refusal: NOT_FOUND,
        request: ask!(
            CreateApiKeyRequest {
                api_key: Some(v1::ApiKey {
                    name: "x".to_owned(),
                    partner_id: of.partner.clone(),
                    scopes: vec![6],
                    ..Default::default()
                })
            },
            _own,
            of
        ),
    },
    CallWithId {
        method: "TrackingLinkService/CreateTrackingLink",
        refusal: NOT_FOUND,
        request: ask!(
            CreateTrackingLinkRequest {
                tracking_link: Some(v1::TrackingLink {
                    partner_id: of.partner.clone(),
                    ..with_code("", own)
                })
            },
            own,
            of
        ),
    },
    CallWithId {
        method: "ConversionService/ListPartnerConversions",
        refusal: None,
        request: ask!(ListPartnerConversionsRequest { partner_id: of.partner.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionService/ListConversions",
        refusal: None,
        request: |_, of| {
            let filter = v1::ConversionFilter { partner_id: of.partner.clone(), ..Default::default() };
            request::conversions(filter).encode_to_vec()
        },
    },
    CallWithId {
        method: "TrackingLinkService/CreateTrackingLink",
        refusal: NOT_FOUND,
        request: ask!(CreateTrackingLinkRequest { tracking_link: Some(with_code("", of)) }, _own, of),
    },
    CallWithId {
        method: "TrackingLinkService/GetTrackingLink",
        refusal: NOT_FOUND,
        request: ask!(GetTrackingLinkRequest { tracking_link_id: of.link.clone() }, _own, of),
    },
    CallWithId {
        method: "TrackingLinkService/UpdateTrackingLink",
        refusal: NOT_FOUND,
        request: ask!(
            UpdateTrackingLinkRequest {
                tracking_link: Some(with_code(&of.link, own)),
                update_mask: Some(mask("destination"))
            },
            own,
            of
        ),
    },
    CallWithId {
        method: "TrackingLinkService/UpdateTrackingLink",
        refusal: NOT_FOUND,
        request: ask!(
            UpdateTrackingLinkRequest {
                tracking_link: Some(with_code(&own.link, of)),
                update_mask: Some(mask("conversion_code_ids"))
            },
            own,
            of
        ),
    },
    CallWithId {
        method: "ClickService/RecordClick",
        refusal: NOT_FOUND,
        request: ask!(RecordClickRequest { tracking_link_id: of.link.clone() }, _own, of),
    },
    CallWithId {
        method: "ClickService/RecordClick",
        refusal: INVALID,
        request: ask!(
            RecordClickRequest { tracking_link_id: own.link.clone(), click_id: of.click.clone() },
            own,
            of
        ),
    },
    CallWithId {
        method: "ClickService/GetClick",
        refusal: NOT_FOUND,
        request: ask!(GetClickRequest { click_id: of.click.clone() }, _own, of),
    },
    CallWithId {
        method: "ClickService/ListClicks",
        refusal: NOT_FOUND,
        request: ask!(ListClicksRequest { tracking_link_id: of.link.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionService/RecordConversion",
        refusal: NOT_FOUND,
        request: |own, of| report(&of.code, &own.click).encode_to_vec(),
    },
    CallWithId {
        method: "ConversionService/RecordConversion",
        refusal: INVALID,
        request: |own, of| report(&own.code, &of.click).encode_to_vec(),
    },
    CallWithId {
        method: "ConversionService/RecordConversion",
        refusal: NOT_FOUND,
        request: |own, of| test_postback(&own.click, &of.code),
    },
    CallWithId {
        method: "ConversionService/RecordConversion",
        refusal: INVALID,
        request: |own, of| test_postback(&of.click, &own.code),
    },
    CallWithId {
        method: "ConversionService/BatchRecordConversions",
        refusal: None,
        request: ask!(
            BatchRecordConversionsRequest { requests: vec![report(&of.code, &of.click)] },
            _own,
            of
        ),
    },
    CallWithId {
        method: "ConversionService/StreamRecordConversions",
        refusal: None,
        request: ask!(
            StreamRecordConversionsRequest { request: Some(report(&of.code, &own.click)) },
            own,
            of
        ),
    },
    CallWithId {
        method: "ConversionService/GetConversion",
        refusal: NOT_FOUND,
        request: ask!(GetConversionRequest { conversion_id: of.conversion.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionService/ListConversions",
        refusal: None,
        request: |_, of| conversions_of(&of.code, "", ""),
    },
    CallWithId {
        method: "ConversionService/ListConversions",
        refusal: INVALID,
        request: |_, of| conversions_of("", "", &of.click),
    },
    CallWithId {
        method: "ConversionService/WatchConversions",
        refusal: INVALID,
        request: |_, of| {
            let filter = v1::ConversionFilter { click_id: of.click.clone(), ..Default::default() };
            v1::WatchConversionsRequest::from(filter).encode_to_vec()
        },
    },
    CallWithId {
        method: "AdjustmentService/CreateAdjustment",
        refusal: NOT_FOUND,
        request: |_, of| decline(&of.conversion).encode_to_vec(),
    },
    CallWithId {
        method: "AdjustmentService/BatchCreateAdjustments",
        refusal: None,
        request: ask!(BatchCreateAdjustmentsRequest { requests: vec![decline(&of.conversion)] }, _own, of),
    },
    CallWithId {
        method: "AdjustmentService/ListAdjustments",
        refusal: None,
        request: |_, of| {
            let filter = v1::AdjustmentFilter { conversion_id: of.conversion.clone(), ..Default::default() };
            v1::ListAdjustmentsRequest { filter: Some(filter), ..Default::default() }.encode_to_vec()
        },
    },
    CallWithId {
        method: "PostbackService/ListPostbacks",
        refusal: None,
        request: |_, of| {
            let filter = v1::PostbackFilter { conversion_code_id: of.code.clone(), ..Default::default() };
            request::postbacks(filter).encode_to_vec()
        },
    },
    CallWithId {
        method: "PostbackService/GetPostback",
        refusal: NOT_FOUND,
        request: ask!(GetPostbackRequest { postback_id: of.postback.clone() }, _own, of),
    },
    CallWithId {
        method: "PostbackService/ReplayPostbacks",
        refusal: NOT_FOUND,
        request: |_, of| request::replay(vec![of.postback.clone()]).encode_to_vec(),
    },
    CallWithId {
        method: "PostbackService/ExplainPostback",
        refusal: NOT_FOUND,
        request: |_, of| request::explain_stored(&of.postback).encode_to_vec(),
    },
    CallWithId {
        method: "PostbackService/ExplainPostback",
        refusal: None,
        request: |own, of| request::explain(target(&own.click, &of.code)).encode_to_vec(),
    },
    CallWithId {
        method: "PostbackService/ExplainPostback",
        refusal: None,
        request: |own, of| request::explain(target(&of.click, &own.code)).encode_to_vec(),
    },
    CallWithId {
        method: "ClickService/ExplainClick",
        refusal: NOT_FOUND,
        request: ask!(ExplainClickRequest { click_id: of.click.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionCodeService/TestSetup",
        refusal: NOT_FOUND,
        request: ask!(TestSetupRequest { conversion_code_id: of.code.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionCodeService/TestSetup",
        refusal: NOT_FOUND,
        request: ask!(
            TestSetupRequest { conversion_code_id: own.code.clone(), tracking_link_id: of.link.clone() },
            own,
            of
        ),
    },
    CallWithId {
        method: "ConversionService/ListConversions",
        refusal: None,
        request: |_, of| conversions_of("", &of.link, ""),
    },
    CallWithId {
        method: "ConversionCodeService/ArchiveConversionCode",
        refusal: NOT_FOUND,
        request: ask!(ArchiveConversionCodeRequest { conversion_code_id: of.code.clone() }, _own, of),
    },
    CallWithId {
        method: "TrackingLinkService/ArchiveTrackingLink",
        refusal: NOT_FOUND,
        request: ask!(ArchiveTrackingLinkRequest { tracking_link_id: of.link.clone() }, _own, of),
    },
    CallWithId {
        method: "ConversionCodeService/UnarchiveConversionCode",
        refusal: NOT_FOUND,
        request: ask!(UnarchiveConversionCodeRequest { conversion_code_id: of.code.clone() }, _own, of),
    },
    CallWithId {
        method: "TrackingLinkService/UnarchiveTrackingLink",
        refusal: NOT_FOUND,
        request: ask!(UnarchiveTrackingLinkRequest { tracking_link_id: of.link.clone() }, _own, of),
    },
    CallWithId {
        method: "ClickService/EraseVisitor",
        refusal: NOT_FOUND,
        request: ask!(EraseVisitorRequest { click_id: of.click.clone() }, _own, of),
    },
];
const NOT_FOUND: Option<Code> = Some(Code::NotFound);
const INVALID: Option<Code> = Some(Code::InvalidArgument);

/// The calls that take neither the id of an account nor the id of something that an account owns,
/// and the calls whose callers see all accounts.
pub const WITHOUT_IDS: [&str; 16] = [
    "AccountService/CreateAccount",
    "AccountService/ListAccounts",
    "AccountService/UpdateAccount",
    "PresetService/ListPresets",
    "PresetService/GetPreset",
    "ConversionCodeService/CreateConversionCode",
    "ConversionCodeService/ListConversionCodes",
    "PartnerService/CreatePartner",
    "PartnerService/ListPartners",
    "StatementService/ListStatements",
    "TrackingLinkService/ListTrackingLinks",
    "ClickService/RotateClickIdKey",
    // Its filter has ids, but it answers each with the same heartbeat.
    "PostbackService/WatchPostbacks",
    "EdgeService/ResolveSlug",
    "EdgeService/ListClickIdKeys",
    "EdgeService/ListLinks",
];

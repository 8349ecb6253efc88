//! The tests that cover the RPCs.

use ErrorReason as E;
use s2s_sdk::v1::ErrorReason;

/// An RPC, and the test that calls the RPC with a real client.
pub struct CoveredCall {
    /// `Service/Method`.
    pub method: &'static str,
    /// The text of the test's file.
    pub source: &'static str,
    /// The name of the test, or of a function that it calls.
    pub test: &'static str,
    /// The reason with which an empty request is refused. `Unspecified` if the request succeeds.
    pub empty_request: ErrorReason,
}

/// Every RPC of the schema.
pub const COVERED: [CoveredCall; 73] = [
    CoveredCall {
        method: "AccountService/CreateAccount",
        source: KEYS,
        test: "accounts_are_created_renamed_and_listed",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "AccountService/GetAccount",
        source: KEYS,
        test: "accounts_are_created_renamed_and_listed",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "AccountService/ListAccounts",
        source: KEYS,
        test: "accounts_are_created_renamed_and_listed",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "AccountService/UpdateAccount",
        source: KEYS,
        test: "accounts_are_created_renamed_and_listed",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ApiKeyService/CreateApiKey",
        source: KEYS,
        test: "a_key_is_shown_once_and_never_again",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "ApiKeyService/GetApiKey",
        source: KEYS,
        test: "a_key_is_shown_once_and_never_again",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ApiKeyService/ListApiKeys",
        source: KEYS,
        test: "a_key_is_shown_once_and_never_again",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "ApiKeyService/RotateApiKey",
        source: KEYS,
        test: "the_former_text_of_a_key_works_for_the_overlap",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ApiKeyService/RevokeApiKey",
        source: KEYS,
        test: "a_revoked_key_ends_within_a_second_everywhere",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PresetService/ListPresets",
        source: PRESETS,
        test: "presets_come_in_pages_sorted_by_id",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "PresetService/GetPreset",
        source: PRESETS,
        test: "presets_come_in_pages_sorted_by_id",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionCodeService/CreateConversionCode",
        source: SETUP,
        test: "a_repeated_request_returns_the_first_answer",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "ConversionCodeService/GetConversionCode",
        source: SETUP,
        test: "get_code",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionCodeService/ListConversionCodes",
        source: LISTS,
        test: "codes_and_links_come_in_pages",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "ConversionCodeService/UpdateConversionCode",
        source: SETUP,
        test: "an_update_changes_what_the_mask_names_alone",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionCodeService/ArchiveConversionCode",
        source: SETUP,
        test: "archiving_hides_and_changes_nothing_the_second_time",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionCodeService/UnarchiveConversionCode",
        source: SET_UP_CHANGES,
        test: "what_was_archived_is_made_active_again",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionCodeService/RotatePostbackSecret",
        source: AUTHENTICATION,
        test: "a_secret_is_shown_once_and_changed_without_a_gap",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionCodeService/GetPostbackUrl",
        source: JOURNEY,
        test: "a_visitors_purchase_becomes_a_conversion_once",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PartnerService/CreatePartner",
        source: PARTNERS,
        test: "a_partner_is_created_once_changed_and_archived",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "PartnerService/GetPartner",
        source: PARTNERS,
        test: "a_partner_is_created_once_changed_and_archived",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "PartnerService/ListPartners",
        source: PARTNERS,
        test: "partners",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "PartnerService/UpdatePartner",
        source: PARTNERS,
        test: "update",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PartnerService/ArchivePartner",
        source: PARTNERS,
        test: "a_partner_is_created_once_changed_and_archived",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PartnerService/UnarchivePartner",
        source: PARTNERS,
        test: "a_partner_is_created_once_changed_and_archived",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "TrackingLinkService/CreateTrackingLink",
        source: SETUP,
        test: "a_repeated_request_returns_the_first_answer",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "TrackingLinkService/GetTrackingLink",
        source: SETUP,
        test: "get_link",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "TrackingLinkService/ListTrackingLinks",
        source: LISTS,
        test: "codes_and_links_come_in_pages",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "TrackingLinkService/UpdateTrackingLink",
        source: SETUP,
        test: "an_update_changes_what_the_mask_names_alone",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "TrackingLinkService/ArchiveTrackingLink",
        source: SETUP,
        test: "archiving_hides_and_changes_nothing_the_second_time",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "TrackingLinkService/UnarchiveTrackingLink",
        source: SET_UP_CHANGES,
        test: "what_was_archived_is_made_active_again",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "EdgeService/ResolveSlug",
        source: PORT,
        test: "calls_for_edges_are_closed_to_the_network",
        empty_request: E::EdgeOnly,
    },
    CoveredCall {
        method: "ClickService/RecordClick",
        source: REDIRECT,
        test: "a_partner_who_redirects_visitors_gets_the_filled_destination",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ClickService/GetClick",
        source: JOURNEY,
        test: "a_click_keeps_what_the_visitor_brought",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ClickService/ListClicks",
        source: LISTS,
        test: "clicks_conversions_and_postbacks_come_in_pages",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ClickService/RotateClickIdKey",
        source: CLICK_ID_KEYS,
        test: "ids_of_every_key_count_before_between_and_after_rotations",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "EdgeService/ListClickIdKeys",
        source: PORT,
        test: "calls_for_edges_are_closed_to_the_network",
        empty_request: E::EdgeOnly,
    },
    CoveredCall {
        method: "EdgeService/ListLinks",
        source: KNOWN_LINKS,
        test: "an_edge_lists_links_by_their_last_change",
        empty_request: E::EdgeOnly,
    },
    CoveredCall {
        method: "ConversionService/RecordConversion",
        source: COUNTING,
        test: "transaction_ids_are_compared_byte_by_byte",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "ConversionService/BatchRecordConversions",
        source: LISTS,
        test: "one_bad_item_spoils_no_other_of_its_batch",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "ConversionService/StreamRecordConversions",
        source: STREAM,
        test: "a_stream_answers_each_conversion_in_order",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "ConversionService/GetConversion",
        source: JOURNEY,
        test: "a_visitors_purchase_becomes_a_conversion_once",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionService/ListConversions",
        source: LISTS,
        test: "all_conditions_of_a_filter_of_conversions_apply_together",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "ConversionService/ListPartnerConversions",
        source: PARTNERS,
        test: "conversions_of",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "ConversionService/WatchConversions",
        source: WATCH,
        test: "watch",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "AdjustmentService/CreateAdjustment",
        source: ADJUSTMENTS,
        test: "adjust",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "AdjustmentService/BatchCreateAdjustments",
        source: ADJUSTMENTS,
        test: "one_bad_item_of_a_batch_spoils_no_other",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "AdjustmentService/ListAdjustments",
        source: ADJUSTMENTS,
        test: "lines",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "PayoutService/GetPartnerBalance",
        source: PAYOUTS,
        test: "balance",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "PayoutService/ListPartnerLines",
        source: PAYOUTS,
        test: "lines",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "PayoutService/CreatePartnerEntry",
        source: PAYOUTS,
        test: "enter",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PayoutService/CreatePayout",
        source: PAYOUTS,
        test: "pay_out",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PayoutService/GetPayout",
        source: PAYOUTS,
        test: "what_is_due_is_paid_once_and_a_refund_after_it_is_netted",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PayoutService/ListPayouts",
        source: PAYOUTS,
        test: "what_is_due_is_paid_once_and_a_refund_after_it_is_netted",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "PayoutService/MarkPayoutPaid",
        source: PAYOUTS,
        test: "paid",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PayoutService/CancelPayout",
        source: PAYOUTS,
        test: "cancel",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PostbackService/ListPostbacks",
        source: LISTS,
        test: "clicks_conversions_and_postbacks_come_in_pages",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "PostbackService/GetPostback",
        source: VERDICTS,
        test: "check_held",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "PostbackService/ReplayPostbacks",
        source: REPLAY,
        test: "a_replay_takes_1_to_100_known_postbacks",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "PostbackService/ExplainPostback",
        source: EXPLAIN,
        test: "explain",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "PostbackService/WatchPostbacks",
        source: WATCH,
        test: "a_stream_shows_what_passes_its_filter_and_is_of_its_accounts",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "ClickService/ExplainClick",
        source: EXPLAIN,
        test: "what_happened_to_a_click_is_explained",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ConversionCodeService/TestSetup",
        source: EXPLAIN,
        test: "test_setup",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ClickService/EraseVisitor",
        source: ERASURE,
        test: "erase",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "ReportService/QueryReport",
        source: REPORTS,
        test: "ask",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "StatementService/CreateStatement",
        source: STATEMENTS,
        test: "create",
        empty_request: E::FieldInvalid,
    },
    CoveredCall {
        method: "StatementService/AddStatementRows",
        source: STATEMENTS,
        test: "add",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "StatementService/CompareStatement",
        source: STATEMENTS,
        test: "complete",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "StatementService/GetStatement",
        source: STATEMENTS,
        test: "totals",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "StatementService/ListStatements",
        source: STATEMENTS,
        test: "statements",
        empty_request: E::Unspecified,
    },
    CoveredCall {
        method: "StatementService/ListStatementRows",
        source: STATEMENTS,
        test: "rows",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "StatementService/ResolveStatementRows",
        source: STATEMENTS_SETTLED,
        test: "resolve",
        empty_request: E::ResourceNotFound,
    },
    CoveredCall {
        method: "StatementService/DeleteStatement",
        source: STATEMENTS,
        test: "a_file_is_one_statement_until_it_is_deleted",
        empty_request: E::ResourceNotFound,
    },
];
const ADJUSTMENTS: &str = include_str!("../adjustments.rs");
const CLICK_ID_KEYS: &str = include_str!("../click_id_keys.rs");
const AUTHENTICATION: &str = include_str!("../authentication.rs");
const COUNTING: &str = include_str!("../counting.rs");
const ERASURE: &str = include_str!("../erasure.rs");
const EXPLAIN: &str = include_str!("../explain.rs");
const JOURNEY: &str = include_str!("../journey.rs");
const PARTNERS: &str = include_str!("../partners.rs");
const PAYOUTS: &str = include_str!("../partners/payouts.rs");
const KEYS: &str = include_str!("../keys.rs");
const LISTS: &str = include_str!("../lists.rs");
const KNOWN_LINKS: &str = include_str!("../known_links.rs");
const PORT: &str = include_str!("../port.rs");
const STATEMENTS: &str = include_str!("../statements.rs");
const STATEMENTS_SETTLED: &str = include_str!("../statements/settled.rs");
const PRESETS: &str = include_str!("../presets.rs");
const REDIRECT: &str = include_str!("../redirect.rs");
const REPLAY: &str = include_str!("../replay.rs");
const REPORTS: &str = include_str!("../reports.rs");
const SET_UP_CHANGES: &str = include_str!("../set_up_changes.rs");
const SETUP: &str = include_str!("../setup.rs");
const STREAM: &str = include_str!("../stream.rs");
const VERDICTS: &str = include_str!("../verdicts.rs");
const WATCH: &str = include_str!("../watch.rs");

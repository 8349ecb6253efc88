//! The table of calls: name, scopes, priority, duration.
//!
//! The gate, admission and the tests read this table, so that a new call is added only here and in
//! its slice.

use s2s_sdk::v1::ErrorReason;

use super::Scopes;
use crate::error::Error;

/// The beginning of the path of every call.
pub const PACKAGES: &str = "/s2s.";
/// The package of the calls that any caller may know.
const PUBLIC: &str = "/s2s.v1.";
/// The package of the calls for edges only.
const EDGE_ONLY: &str = "/s2s.edge.v1.";

/// The order in which a loaded server drops requests: the lowest priority first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Health checks. The server never drops them.
    Health,
    /// Conversions, postbacks and clicks that edges or callers record. The server drops them last.
    Conversion,
    /// Visits. A loaded server still redirects the visitor. The click goes to the spool, or is lost
    /// if there is no spool.
    Visit,
    /// All other requests. The server drops them first.
    Other,
}

/// A call of the API, and how the server treats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Service and method, without the package.
    pub name: &'static str,
    /// The scopes that admit a caller; one of them suffices.
    pub scopes: Scopes,
    pub priority: Priority,
    /// The call may last long, so its API key is checked again while it runs.
    pub is_long: bool,
}

const fn call(name: &'static str, scopes: Scopes) -> Call {
    Call { name, scopes, priority: Priority::Other, is_long: false }
}

impl Call {
    /// The beginning of the call's path, before its name.
    pub fn package(&self) -> &'static str {
        if self.name.starts_with("EdgeService/") { EDGE_ONLY } else { PUBLIC }
    }

    /// Marks a call that records clicks or conversions. A loaded server drops such calls last.
    const fn conversions(self) -> Self {
        Self { priority: Priority::Conversion, ..self }
    }

    const fn long(self) -> Self {
        Self { is_long: true, ..self }
    }
}

const READ: Scopes = Scopes::READ;
const WRITE: Scopes = Scopes::WRITE;
const RECORD: Scopes = Scopes::RECORD;
const ADMIN: Scopes = Scopes::ADMIN;
const EDGE: Scopes = Scopes::EDGE;
const PARTNER: Scopes = Scopes::PARTNER;
const ANY: Scopes = Scopes::ANY;

/// Every call of the API. A call that is not in the table is refused.
pub const CALLS: [Call; 73] = [
    call("AccountService/CreateAccount", ADMIN),
    // To get another account than its own, a caller needs `admin`: see `Caller::governs`.
    call("AccountService/GetAccount", ANY),
    call("AccountService/ListAccounts", ADMIN),
    call("AccountService/UpdateAccount", ADMIN),
    call("ApiKeyService/CreateApiKey", WRITE.or(ADMIN)),
    call("ApiKeyService/GetApiKey", READ.or(ADMIN)),
    call("ApiKeyService/ListApiKeys", READ.or(ADMIN)),
    call("ApiKeyService/RotateApiKey", WRITE.or(ADMIN)),
    call("ApiKeyService/RevokeApiKey", WRITE.or(ADMIN)),
    call("PresetService/ListPresets", READ),
    call("PresetService/GetPreset", READ),
    call("ConversionCodeService/CreateConversionCode", WRITE),
    call("ConversionCodeService/GetConversionCode", READ),
    call("ConversionCodeService/ListConversionCodes", READ),
    call("ConversionCodeService/UpdateConversionCode", WRITE),
    call("ConversionCodeService/ArchiveConversionCode", WRITE),
    call("ConversionCodeService/UnarchiveConversionCode", WRITE),
    call("ConversionCodeService/RotatePostbackSecret", WRITE),
    call("ConversionCodeService/GetPostbackUrl", READ),
    call("ConversionCodeService/TestSetup", READ),
    call("PartnerService/CreatePartner", WRITE),
    call("PartnerService/GetPartner", READ.or(PARTNER)),
    call("PartnerService/ListPartners", READ),
    call("PartnerService/UpdatePartner", WRITE),
    call("PartnerService/ArchivePartner", WRITE),
    call("PartnerService/UnarchivePartner", WRITE),
    call("TrackingLinkService/CreateTrackingLink", WRITE),
    call("TrackingLinkService/GetTrackingLink", READ),
    call("TrackingLinkService/ListTrackingLinks", READ),
    call("TrackingLinkService/UpdateTrackingLink", WRITE),
    call("TrackingLinkService/ArchiveTrackingLink", WRITE),
    call("TrackingLinkService/UnarchiveTrackingLink", WRITE),
    call("ClickService/RecordClick", RECORD.or(EDGE)).conversions(),
    call("ClickService/GetClick", READ),
    call("ClickService/ListClicks", READ),
    call("ClickService/ExplainClick", READ),
    call("ClickService/EraseVisitor", WRITE),
    call("ClickService/RotateClickIdKey", ADMIN),
    call("ConversionService/RecordConversion", RECORD.or(EDGE)).conversions(),
    call("ConversionService/BatchRecordConversions", RECORD).conversions(),
    call("ConversionService/StreamRecordConversions", RECORD).conversions().long(),
    call("ConversionService/GetConversion", READ),
    call("ConversionService/ListConversions", READ),
    call("ConversionService/ListPartnerConversions", READ.or(PARTNER)),
    call("ConversionService/WatchConversions", READ).long(),
    call("AdjustmentService/CreateAdjustment", RECORD.or(WRITE)),
    call("AdjustmentService/BatchCreateAdjustments", RECORD.or(WRITE)),
    call("AdjustmentService/ListAdjustments", READ),
    call("PayoutService/GetPartnerBalance", READ.or(PARTNER)),
    call("PayoutService/ListPartnerLines", READ.or(PARTNER)),
    call("PayoutService/CreatePartnerEntry", WRITE),
    call("PayoutService/CreatePayout", WRITE),
    call("PayoutService/GetPayout", READ.or(PARTNER)),
    call("PayoutService/ListPayouts", READ.or(PARTNER)),
    call("PayoutService/MarkPayoutPaid", WRITE),
    call("PayoutService/CancelPayout", WRITE),
    call("PostbackService/ListPostbacks", READ),
    call("PostbackService/GetPostback", READ),
    call("PostbackService/ReplayPostbacks", WRITE),
    call("PostbackService/ExplainPostback", READ),
    call("PostbackService/WatchPostbacks", READ).long(),
    call("ReportService/QueryReport", READ),
    call("StatementService/CreateStatement", WRITE),
    call("StatementService/AddStatementRows", WRITE),
    call("StatementService/CompareStatement", WRITE),
    call("StatementService/GetStatement", READ),
    call("StatementService/ListStatements", READ),
    call("StatementService/ListStatementRows", READ),
    call("StatementService/ResolveStatementRows", WRITE),
    call("StatementService/DeleteStatement", WRITE),
    call("EdgeService/ResolveSlug", EDGE),
    call("EdgeService/ListClickIdKeys", EDGE),
    call("EdgeService/ListLinks", EDGE),
];

/// The call at `path`, such as `/s2s.v1.ClickService/GetClick`. `None` if the table has no such
/// call.
pub fn find(path: &str) -> Option<&'static Call> {
    let name = path.strip_prefix(PUBLIC).or_else(|| path.strip_prefix(EDGE_ONLY))?;
    CALLS.iter().find(|call| call.name == name).filter(|call| path.starts_with(call.package()))
}

/// The error for a path that `find` does not know.
pub fn unknown() -> Error {
    Error::new(ErrorReason::MethodUnknown, "this service has no such method")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_in_the_table_once() {
        for (index, call) in CALLS.iter().enumerate() {
            assert!(CALLS.iter().skip(index + 1).all(|other| other.name != call.name), "{}", call.name);
            assert_eq!(find(&format!("{}{}", call.package(), call.name)).unwrap(), call);
        }
        for path in [
            "",
            "/",
            "/s2s.v1.",
            "/s2s.v1.ClickService/",
            "ClickService/GetClick",
            "/s2s.v1.EdgeService/ResolveSlug",
        ] {
            assert_eq!(find(path), None, "{path}");
        }
    }

    #[test]
    fn calls_that_record_are_dropped_last() {
        for (name, priority, is_long) in [
            ("ConversionService/RecordConversion", Priority::Conversion, false),
            ("ConversionService/StreamRecordConversions", Priority::Conversion, true),
            ("ConversionService/ListConversions", Priority::Other, false),
            ("ClickService/RecordClick", Priority::Conversion, false),
            ("ClickService/ListClicks", Priority::Other, false),
            ("PostbackService/ListPostbacks", Priority::Other, false),
        ] {
            let call = find(&format!("{PUBLIC}{name}")).unwrap();
            assert_eq!((call.priority, call.is_long), (priority, is_long), "{name}");
        }
    }
}

//! The postbacks that are held.

use ErrorReason as E;
use s2s_sdk::v1::ErrorReason;

/// A postback that is held.
#[derive(Clone, Copy)]
pub struct HeldCase {
    /// The fixture replaces the `$names`.
    pub query: &'static str,
    /// The HTTP status of the answer.
    pub status: u16,
    pub reason: ErrorReason,
    /// A part of the message.
    pub names: &'static str,
}

/// Postbacks that a server without conversions holds.
pub const HELD: [HeldCase; 36] = [
    HeldCase { query: "id=$code&val=1&com=0", status: 400, reason: E::ParameterMissing, names: "`clickId`" },
    HeldCase { query: "clickId=$click&val=1&com=0", status: 400, reason: E::ParameterMissing, names: "`id`" },
    HeldCase {
        query: "clickId=$click&id=$code&com=0",
        status: 400,
        reason: E::ParameterMissing,
        names: "`val=0`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1",
        status: 400,
        reason: E::ParameterMissing,
        names: "`com=0`",
    },
    HeldCase {
        query: "clickId=%20&id=$code&val=1&com=0",
        status: 400,
        reason: E::ParameterMissing,
        names: "`clickId`",
    },
    HeldCase { query: "", status: 400, reason: E::ParameterMissing, names: "`clickId`" },
    HeldCase {
        query: "id=$code&val=1&com=0&clickId=",
        status: 400,
        reason: E::FragmentCutOff,
        names: "`clickId=",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=",
        status: 400,
        reason: E::FragmentCutOff,
        names: "`%23`",
    },
    HeldCase {
        query: "clickId={clickid}&id=$code&val=1&com=0",
        status: 400,
        reason: E::MacroNotReplaced,
        names: "`{clickid}`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=%23S1%23",
        status: 400,
        reason: E::MacroNotReplaced,
        names: "`#S1#`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&oid=[oid]",
        status: 400,
        reason: E::MacroNotReplaced,
        names: "`[oid]`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&val=2",
        status: 400,
        reason: E::ParameterRepeated,
        names: "`val` came twice",
    },
    HeldCase {
        query: "clickId=$click&clickId=$other_click&id=$code&val=1&com=0",
        status: 400,
        reason: E::ParameterRepeated,
        names: "`clickId`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&oid=%zz",
        status: 400,
        reason: E::ParameterMalformed,
        names: "`oid`",
    },
    HeldCase {
        query: "clickId=%00$click&id=$code&val=1&com=0",
        status: 400,
        reason: E::ParameterMalformed,
        names: "`clickId`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&oid=$nines",
        status: 400,
        reason: E::ParameterMalformed,
        names: "255 bytes",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1e3&com=0",
        status: 400,
        reason: E::AmountMalformed,
        names: "`1e3`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=NaN",
        status: 400,
        reason: E::AmountMalformed,
        names: "`com`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1,500&com=0",
        status: 400,
        reason: E::AmountAmbiguous,
        names: "`1,500`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=-5&com=0",
        status: 400,
        reason: E::AmountOutOfRange,
        names: "`-5`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=1000000000000.000001",
        status: 400,
        reason: E::AmountOutOfRange,
        names: "`com`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=$nines&com=0",
        status: 400,
        reason: E::AmountOutOfRange,
        names: "`val`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&comperc=100.000001",
        status: 400,
        reason: E::AmountOutOfRange,
        names: "0 to 100",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&cur=XQX",
        status: 400,
        reason: E::CurrencyInvalid,
        names: "`XQX`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&status=maybe",
        status: 400,
        reason: E::StatusUnknown,
        names: "`maybe`",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&status=confirm",
        status: 400,
        reason: E::StatusUnknown,
        names: "preset_id",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&x=$long",
        status: 414,
        reason: E::RequestTooLarge,
        names: "8192 bytes",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=1&com=0&$65_parameters",
        status: 414,
        reason: E::RequestTooLarge,
        names: "64 parameters",
    },
    HeldCase {
        query: "clickId=garbage&id=$code&val=1&com=0",
        status: 400,
        reason: E::ClickIdInvalid,
        names: "click id",
    },
    HeldCase {
        query: "clickId=$forged_click&id=$code&val=1&com=0",
        status: 400,
        reason: E::ClickIdInvalid,
        names: "click id",
    },
    HeldCase {
        query: "clickId=$cut_click&id=$code&val=1&com=0",
        status: 400,
        reason: E::ClickIdInvalid,
        names: "click id",
    },
    HeldCase {
        query: "clickId=$click&id=6B1F&val=1&com=0",
        status: 404,
        reason: E::ConversionCodeUnknown,
        names: "`6B1F`",
    },
    HeldCase {
        query: "clickId=$click&id=00000000000000000000000000000001&val=1&com=0",
        status: 404,
        reason: E::ConversionCodeUnknown,
        names: "`00000000000000000000000000000001`",
    },
    HeldCase {
        query: "clickId=$old_click&id=$brief&val=1&com=0",
        status: 422,
        reason: E::AttributionWindowPassed,
        names: "attribution window",
    },
    HeldCase {
        query: "clickId=$click&id=$unlinked&val=1&com=0",
        status: 422,
        reason: E::CodeNotOnLink,
        names: "add the code to the link",
    },
    HeldCase {
        query: "clickId=$click&id=$archived&val=1&com=0",
        status: 422,
        reason: E::ConversionCodeArchived,
        names: "archived",
    },
];
/// Postbacks that are held. They are sent after a conversion with the transaction id `taken` is
/// recorded.
pub const HELD_AFTER_TAKEN: [HeldCase; 2] = [
    HeldCase {
        query: "clickId=$lost_click&id=$code&val=1&com=0",
        status: 422,
        reason: E::TrackingLinkArchived,
        names: "archived",
    },
    HeldCase {
        query: "clickId=$click&id=$code&val=2&com=0&oid=taken",
        status: 409,
        reason: E::TransactionConflict,
        names: "`taken`",
    },
];

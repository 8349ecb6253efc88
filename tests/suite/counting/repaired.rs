//! Postbacks that count. Most differ from the documented form, but each has only one meaning.

use s2s_sdk::v1::NoteCode;

/// A postback that counts, and the amounts that the server must read.
pub struct RepairedCase {
    pub query: &'static str,
    pub value_micros: i64,
    pub commission_micros: i64,
    /// The notes of the answer.
    pub notes: &'static [NoteCode],
}

pub const REPAIRED: [RepairedCase; 27] = [
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=0.5&oid=plain",
        value_micros: 1_000_000,
        commission_micros: 500_000,
        notes: &[],
    },
    RepairedCase {
        query: "CLICKID=$click&Id=$code&VAL=1&cOm=0&OID=names",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[],
    },
    RepairedCase {
        query: "click_id=$click&id=$code&amount=1&payout=2&txid=aliases",
        value_micros: 1_000_000,
        commission_micros: 2_000_000,
        notes: &[NoteCode::Alias, NoteCode::Alias, NoteCode::Alias, NoteCode::Alias],
    },
    RepairedCase {
        query: "clickId=%22$click%22%0A&id=$code&val=1&com=0&oid=trimmed%20",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::Trimmed, NoteCode::Trimmed],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=0&val=1&oid=repeated",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::Repeated],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=19.990000000000002&com=0.0000005&oid=rounded",
        value_micros: 19_990_000,
        commission_micros: 1,
        notes: &[NoteCode::Rounded, NoteCode::Rounded],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=0.0000004999&com=0&oid=down",
        value_micros: 0,
        commission_micros: 0,
        notes: &[NoteCode::Rounded],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=2&comperc=10&oid=both",
        value_micros: 1_000_000,
        commission_micros: 2_000_000,
        notes: &[NoteCode::CommissionPercentIgnored],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=0.000025&comperc=10&oid=percent",
        value_micros: 25,
        commission_micros: 3,
        notes: &[NoteCode::CommissionAssumedZero],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=33.333333&com=0&comperc=33.333333&oid=thirds",
        value_micros: 33_333_333,
        commission_micros: 11_111_111,
        notes: &[],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=0&utm=x&oid=unknown",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::UnknownParameter],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=.5&com=%2B5.&oid=number",
        value_micros: 500_000,
        commission_micros: 5_000_000,
        notes: &[NoteCode::NumberRepaired, NoteCode::NumberRepaired],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1,50&com=1.234,56&oid=comma",
        value_micros: 1_500_000,
        commission_micros: 1_234_560_000,
        notes: &[NoteCode::DecimalComma, NoteCode::DecimalComma, NoteCode::NumberRepaired],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=10%20EUR&com=0&oid=currency",
        value_micros: 10_000_000,
        commission_micros: 0,
        notes: &[NoteCode::CurrencyInAmount],
    },
    RepairedCase {
        query: "clickId=$click&amp;id=$code&amp;val=1&amp;com=0&amp;oid=html",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::HtmlRepaired; 4],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=0.5%C2%B6m=k%3Dv&oid=eaten",
        value_micros: 1_000_000,
        commission_micros: 500_000,
        notes: &[NoteCode::HtmlRepaired],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1%252E5&com=0&oid=twice",
        value_micros: 1_500_000,
        commission_micros: 0,
        notes: &[NoteCode::DecodedTwice],
    },
    RepairedCase {
        query: "clickId=$click;id=$code;val=1;com=0;oid=semicolons",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::SeparatorRepaired],
    },
    RepairedCase {
        query: "clickId=$click\\u0026id=$code\\u0026val=1\\u0026com=0\\u0026oid=json",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::SeparatorRepaired; 4],
    },
    RepairedCase {
        query: "clickId=$click%5Cu0026id=$code%5cu0026val=1&com=0&oid=json-2",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::SeparatorRepaired; 2],
    },
    RepairedCase {
        query: "clickId=$click&%2338;id=$code&amp%3Bval=1&%23x26;com=0&oid=numbers",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::HtmlRepaired; 3],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=0&curren;cy=USD&para;m=k%3Dv&oid=semicolon",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::HtmlRepaired, NoteCode::HtmlRepaired, NoteCode::Alias],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=0&status=approved.&oid=stop",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::Trimmed],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&com=0&\
                status=approved......................................................................&oid=stops",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::Trimmed],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1&amount=2&com=0&oid=passed-over",
        value_micros: 1_000_000,
        commission_micros: 0,
        notes: &[NoteCode::UnknownParameter],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=1000000000000&com=1000000000000&oid=largest",
        value_micros: 1_000_000_000_000_000_000,
        commission_micros: 1_000_000_000_000_000_000,
        notes: &[],
    },
    RepairedCase {
        query: "clickId=$click&id=$code&val=0&com=0&oid=least",
        value_micros: 0,
        commission_micros: 0,
        notes: &[],
    },
];

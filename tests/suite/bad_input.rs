//! Input of `/s2s` as real senders write it, class by class, sent unchanged over a real socket.
//!
//! `$click` and `$code` stand for genuine ids. The code counts every call, so each accepted row is
//! a conversion. `verdicts.rs` tests the reasons that come from a rule, not from the reading of the
//! input. `callers.rs` tests the reasons that come from the kind of caller.

use futures::TryStreamExt as _;
use s2s_sdk::v1::{ConversionCode, DedupePolicy, ListConversionsRequest, ListPostbacksRequest};
use s2s_tests::Server;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The outcome of a request target.
enum Outcome {
    /// Recorded, with these notes.
    Accepted(&'static [&'static str]),
    Test,
    /// Repeats an earlier row.
    Duplicate,
    /// Held, with this HTTP status and this reason.
    Held(u16, &'static str),
}
use Outcome::{Accepted, Duplicate, Held, Test};

/// A request target, as sent, and its outcome.
type Row = (&'static [u8], Outcome);

/// The classes of input, with their rows.
#[rustfmt::skip]
const CLASSES: &[(&str, &[Row])] = &[
    ("plain", &[
        (b"/s2s?clickId=$click&id=$code&val=1&com=0.5", Accepted(&[])),
        (b"/s2s?com=0&val=0&id=$code&clickId=$click", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param=a%3D1;b%3D2&param=c", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&cur=EUR&oid=o-1&status=pending", Accepted(&[])),
    ]),
    ("macro not replaced", &[
        (b"/s2s?clickId={clickid}&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId={{x}}&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=[clickid]&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=[[x]]&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=[[[subid]]]&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%23S1%23&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%23%23X%23%23&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%25x%25&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%TRACKER%&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%25%25X%25%25&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%x%&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%%X%%&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%ADID%&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=${x}&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$x$&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=(x)&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=%3Cinsert%3E&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=__X__&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=!!!x!!!&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=REPLACE&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=OPTIONAL", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=null&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=undefined", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=N/A", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&cur={currency}", Held(400, "MACRO_NOT_REPLACED")),
    ]),
    ("a raw # cut the rest off", &[
        (b"/s2s?clickId=", Held(400, "FRAGMENT_CUT_OFF")),
        (b"/s2s?id=$code&clickId=", Held(400, "FRAGMENT_CUT_OFF")),
        (b"/s2s?clickId=$click&id=$code&com=0&val=", Held(400, "FRAGMENT_CUT_OFF")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=", Held(400, "FRAGMENT_CUT_OFF")),
        (b"/s2s?clickId=#S1#&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=#price#&com=0", Held(400, "MACRO_NOT_REPLACED")),
    ]),
    ("the HTTP library refuses the line", &[
        (b"/s2s?clickId=<insert>&id=$code&val=1&com=0", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=my order", Accepted(&[])),
        (b"/s2s?clickId=\"$click\"&id=$code&val=1&com=0", Accepted(&["TRIMMED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=a\x01b", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0.5\xb6m=x", Accepted(&["HTML_REPAIRED"])),
    ]),
    ("&param= mangled by HTML", &[
        ("/s2s?clickId=$click&id=$code&val=1&com=0.5¶m=x".as_bytes(), Accepted(&["HTML_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0.5%C2%B6m=x", Accepted(&["HTML_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0.5%B6m=x", Accepted(&["HTML_REPAIRED"])),
        ("/s2s?clickId=$click&id=$code&val=1&com=0.5¤cy=EUR".as_bytes(), Accepted(&["HTML_REPAIRED", "ALIAS"])),
        ("/s2s?clickId=$click&id=$code&val=1&com=0.5×tamp=5".as_bytes(), Accepted(&["HTML_REPAIRED", "UNKNOWN_PARAMETER"])),
        ("/s2s?clickId=$click&id=$code&val=1&com=0.5®ion=5".as_bytes(), Accepted(&["HTML_REPAIRED", "UNKNOWN_PARAMETER"])),
        ("/s2s?clickId=$click&id=$code&val=1&com=0.5§ion=5".as_bytes(), Accepted(&["HTML_REPAIRED", "UNKNOWN_PARAMETER"])),
        ("/s2s?clickId=$click&id=$code&val=1&com=0.5¬e=5".as_bytes(), Accepted(&["HTML_REPAIRED", "UNKNOWN_PARAMETER"])),
        ("/s2s?clickId=$click&id=$code&val=1&com=0.5©=5".as_bytes(), Accepted(&["HTML_REPAIRED", "UNKNOWN_PARAMETER"])),
    ]),
    ("separator escaped by HTML", &[
        (b"/s2s?clickId=$click&amp;id=$code&val=1&com=0", Accepted(&["HTML_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&amp;val=1&com=0", Accepted(&["HTML_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&amp;com=0", Accepted(&["HTML_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&amp;amp;com=0", Accepted(&["HTML_REPAIRED", "HTML_REPAIRED"])),
    ]),
    ("encoded twice", &[
        (b"/s2s?clickId%3D$click%26id%3D$code%26val%3D1%26com%3D0", Accepted(&["DECODED_TWICE"])),
        (b"/s2s?clickId%3D$click&id=$code&val=1&com=0", Accepted(&["DECODED_TWICE"])),
        (b"/s2s?clickId=%2520$click&id=$code&val=1&com=0", Accepted(&["DECODED_TWICE"])),
        (b"/s2s?clickId=$click&id=$code&val=1%252E5&com=0", Accepted(&["DECODED_TWICE"])),
    ]),
    ("missing or empty", &[
        (b"/s2s", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?id=$code&val=1&com=0", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=$click&val=1&com=0", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=$click&id=$code&com=0", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=$click&id=$code&val=1", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=&id=$code&val=1&com=0", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=%20&id=$code&val=1&com=0", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=$click&id=&val=1&com=0", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=$click&id=$code&val=&com=0", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId=$click&id=$code&com=&val=1", Held(400, "PARAMETER_MISSING")),
        (b"/s2s?clickId&id=$code&val=1&com=0", Held(400, "PARAMETER_MISSING")),
    ]),
    ("decimal comma", &[
        (b"/s2s?clickId=$click&id=$code&val=1,50&com=0", Accepted(&["DECIMAL_COMMA"])),
        (b"/s2s?clickId=$click&id=$code&val=0,5&com=0,1", Accepted(&["DECIMAL_COMMA", "DECIMAL_COMMA"])),
        (b"/s2s?clickId=$click&id=$code&val=1.234,56&com=0", Accepted(&["DECIMAL_COMMA", "NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1,234.56&com=0", Accepted(&["NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1,500&com=0", Held(400, "AMOUNT_AMBIGUOUS")),
        (b"/s2s?clickId=$click&id=$code&val=12,345&com=0", Held(400, "AMOUNT_AMBIGUOUS")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=999,999", Held(400, "AMOUNT_AMBIGUOUS")),
        (b"/s2s?clickId=$click&id=$code&val=%241,500&com=0", Held(400, "AMOUNT_AMBIGUOUS")),
    ]),
    ("currency in the amount", &[
        (b"/s2s?clickId=$click&id=$code&val=$10&com=0", Accepted(&["CURRENCY_IN_AMOUNT"])),
        ("/s2s?clickId=$click&id=$code&val=10 €&com=0".as_bytes(), Accepted(&["CURRENCY_IN_AMOUNT"])),
        (b"/s2s?clickId=$click&id=$code&val=USD+10&com=0", Accepted(&["CURRENCY_IN_AMOUNT"])),
        (b"/s2s?clickId=$click&id=$code&val=USD 10&com=0", Accepted(&["CURRENCY_IN_AMOUNT"])),
        (b"/s2s?clickId=$click&id=$code&val=10eur&com=0&cur=EUR", Accepted(&["CURRENCY_IN_AMOUNT"])),
        (b"/s2s?clickId=$click&id=$code&val=10EUR&com=0&cur=USD", Held(400, "CURRENCY_INVALID")),
        (b"/s2s?clickId=$click&id=$code&val=10EUR&com=1USD", Held(400, "CURRENCY_INVALID")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&cur=dollars", Held(400, "CURRENCY_INVALID")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&cur=XXX", Held(400, "CURRENCY_INVALID")),
    ]),
    ("not a plain number", &[
        (b"/s2s?clickId=$click&id=$code&val=1e3&com=0", Held(400, "AMOUNT_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=NaN&com=0", Held(400, "AMOUNT_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=Infinity&com=0", Held(400, "AMOUNT_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=0x10&com=0", Held(400, "AMOUNT_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1_000&com=0", Held(400, "AMOUNT_MALFORMED")),
        ("/s2s?clickId=$click&id=$code&val=１０&com=0".as_bytes(), Held(400, "AMOUNT_MALFORMED")),
    ]),
    ("sloppy number", &[
        (b"/s2s?clickId=$click&id=$code&val=%2B1.5&com=0", Accepted(&["NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=+1.5&com=0", Accepted(&["TRIMMED"])),
        (b"/s2s?clickId=$click&id=$code&val=.5&com=0", Accepted(&["NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=5.&com=0", Accepted(&["NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=-0&com=0", Accepted(&["NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=%201%20&com=0", Accepted(&["TRIMMED"])),
    ]),
    ("negative, too large, too many digits", &[
        (b"/s2s?clickId=$click&id=$code&val=-5&com=0", Held(400, "AMOUNT_OUT_OF_RANGE")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=-0.01", Held(400, "AMOUNT_OUT_OF_RANGE")),
        (b"/s2s?clickId=$click&id=$code&val=99999999999999999999&com=0", Held(400, "AMOUNT_OUT_OF_RANGE")),
        (b"/s2s?clickId=$click&id=$code&val=$nines&com=0", Held(400, "AMOUNT_OUT_OF_RANGE")),
        (b"/s2s?clickId=$click&id=$code&val=19.990000000000002&com=0", Accepted(&["ROUNDED"])),
        (b"/s2s?clickId=$click&id=$code&val=0.1234567&com=0", Accepted(&["ROUNDED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0.0000005", Accepted(&["ROUNDED"])),
        (b"/s2s?clickId=$click&id=$code&val=1.00000000&com=0", Accepted(&[])),
    ]),
    ("percent", &[
        (b"/s2s?clickId=$click&id=$code&val=1000&com=0&comperc=10%25", Accepted(&["NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1000&com=0&comperc=10%", Accepted(&["NUMBER_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code&val=1000&comperc=10", Accepted(&["COMMISSION_ASSUMED_ZERO"])),
        (b"/s2s?clickId=$click&id=$code&val=1000&com=5&comperc=10", Accepted(&["COMMISSION_PERCENT_IGNORED"])),
        (b"/s2s?clickId=$click&id=$code&val=1000&com=0&comperc=101", Held(400, "AMOUNT_OUT_OF_RANGE")),
        (b"/s2s?clickId=$click&id=$code&val=1000&com=0&comperc=-1", Held(400, "AMOUNT_OUT_OF_RANGE")),
        (b"/s2s?clickId=$click&id=$code&val=1000&com=0&comperc=ten", Held(400, "AMOUNT_MALFORMED")),
    ]),
    ("around values", &[
        (b"/s2s?clickId=%22$click%22&id=$code&val=1&com=0", Accepted(&["TRIMMED"])),
        (b"/s2s?clickId=$click%0A&id=$code&val=1&com=0", Accepted(&["TRIMMED"])),
        (b"/s2s?clickId=%EF%BB%BF$click&id=$code&val=1&com=0", Accepted(&["TRIMMED"])),
        (b"/s2s?clickId=$click&id=$code%C2%A0&val=1&com=0", Accepted(&["TRIMMED"])),
        ("/s2s?clickId=“$click”&id=$code&val=1&com=0".as_bytes(), Accepted(&["TRIMMED"])),
        (b"/s2s?clickId=+$click+&id=$code&val=1&com=0", Accepted(&["TRIMMED"])),
    ]),
    ("the same parameter twice", &[
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&val=1", Accepted(&["REPEATED"])),
        (b"/s2s?clickId=$click&clickId=$click&id=$code&val=1&com=0", Accepted(&["REPEATED"])),
        (b"/s2s?clickId={clickid}&clickId=$click&id=$code&val=1&com=0", Accepted(&["REPEATED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&com=free", Accepted(&["REPEATED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&val=2&com=0", Held(400, "PARAMETER_REPEATED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=a&oid=b", Held(400, "PARAMETER_REPEATED")),
        (b"/s2s?clickId=a&clickId=b&id=$code&val=1&com=0", Held(400, "PARAMETER_REPEATED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&cur=EUR&cur=USD", Held(400, "PARAMETER_REPEATED")),
        (b"/s2s?clickId=$click&id=$code&val=10&val=10.00&com=0", Accepted(&["REPEATED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=1&payout=9&com=1,00", Accepted(&["UNKNOWN_PARAMETER", "REPEATED"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&cur=EUR&cur=eur", Accepted(&["REPEATED"])),
        (b"/s2s?clickId=$click&id=$code&val=1,500&com=0&val=1500", Held(400, "PARAMETER_REPEATED")),
    ]),
    ("other names", &[
        (b"/s2s?clickid=$click&id=$code&val=1&com=0", Accepted(&[])),
        (b"/s2s?CLICKID=$click&ID=$code&Val=1&COM=0", Accepted(&[])),
        (b"/s2s?click_id=$click&id=$code&val=1&com=0", Accepted(&["ALIAS"])),
        (b"/s2s?CLICK_ID=$click&id=$code&val=1&com=0", Accepted(&["ALIAS"])),
        (b"/s2s?cid=$click&id=$code&amount=1&payout=0", Accepted(&["ALIAS", "ALIAS", "ALIAS"])),
        (b"/s2s?subid=$click&id=$code&val=1&com=0&order_id=7", Accepted(&["ALIAS", "ALIAS"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&utm_source=x", Accepted(&["UNKNOWN_PARAMETER"])),
    ]),
    ("; instead of &", &[
        (b"/s2s?clickId=$click;id=$code;val=1;com=0", Accepted(&["SEPARATOR_REPAIRED"])),
        (b"/s2s?com=0;val=1;id=$code;clickId=$click", Accepted(&["SEPARATOR_REPAIRED"])),
        (b"/s2s?clickId=$click;id=$code;amount=1;com=0", Accepted(&["SEPARATOR_REPAIRED", "ALIAS"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param=a=1;id=2", Accepted(&[])),
    ]),
    ("odd paths", &[
        (b"/s2s/?clickId=$click&id=$code&val=1&com=0", Accepted(&[])),
        (b"/S2S?clickId=$click&id=$code&val=1&com=0", Accepted(&[])),
        (b"//s2s?clickId=$click&id=$code&val=1&com=0", Accepted(&[])),
        (b"/s2s.?clickId=$click&id=$code&val=1&com=0", Accepted(&[])),
        (b"/s2s&clickId=$click&id=$code&val=1&com=0", Accepted(&["SEPARATOR_REPAIRED"])),
        (b"/s2s?clickId=$click&id=$code?val=1&com=0", Accepted(&["SEPARATOR_REPAIRED"])),
        (b"/s2s?com=0&val=1&clickId=$click&id=$code.", Accepted(&["TRIMMED"])),
        (b"/s2s?val=1&clickId=$click&id=$code&com=0)", Accepted(&["TRIMMED"])),
    ]),
    ("a value with parameters of its own", &[
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=p1&url=/thanks?test=1", Accepted(&["UNKNOWN_PARAMETER"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=p2&url=shop.example/?cur=USD", Accepted(&["UNKNOWN_PARAMETER"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=p3&param=page=/x?status=declined", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=p4&msg=ok?val=7", Accepted(&["UNKNOWN_PARAMETER"])),
    ]),
    ("lists", &[
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid[]=l1&cur[0]=EUR", Accepted(&["ALIAS", "ALIAS"])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid[]=l1&currency[]=EUR", Duplicate),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid[]=l2&oid[]=l3", Held(400, "PARAMETER_REPEATED")),
        (b"/s2s?clickId=$click&id=$code&val[]=10&val[]=10&com=0", Held(400, "PARAMETER_REPEATED")),
        (b"/s2s?clickId=$click&id=$code&value[0]=10&value[1]=10&com=0", Held(400, "PARAMETER_REPEATED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&status[0]=unheard-of", Held(400, "STATUS_UNKNOWN")),
    ]),
    ("no order number", &[
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=None", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=-", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=%7B%7B+order.id+%7D%7D", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=$order_id", Held(400, "MACRO_NOT_REPLACED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=Array", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=undefinedundefined", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=YOUR_ORDER_ID", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=<<<ORDER>>>", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid={order_id", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=%2523ORDER%2523", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=M&uuml;ller-1", Held(400, "PARAMETER_MALFORMED")),
    ]),
    ("broken encoding", &[
        (b"/s2s?clickId=$click%zz&id=$code&val=1&com=0", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click%ff&id=$code&val=1&com=0", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code%zz&val=1&com=0", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0%ff", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1%00&com=0", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=a%07b", Held(400, "PARAMETER_MALFORMED")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param=%zz%ff%00", Accepted(&[])),
    ]),
    ("test values", &[
        (b"/s2s?clickId=test&id=$code&val=1&com=0", Test),
        (b"/s2s?clickId=TEST&id=$code&val=1&com=0", Test),
        (b"/s2s?clickId=12345678&id=$code&val=1&com=0", Test),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&test=1", Test),
    ]),
    ("repeated call", &[
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=once", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid=once", Duplicate),
        (b"/s2s?oid=once&com=0.00&val=1.0&id=$code&clickId=$click", Duplicate),
        (b"/s2s?clickId=$click&id=$code&val=2&com=0&oid=once", Held(409, "TRANSACTION_CONFLICT")),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0.1&oid=once", Held(409, "TRANSACTION_CONFLICT")),
    ]),
    ("unknown or forged", &[
        (b"/s2s?clickId=$click&id=00000000000000000000000000000000&val=1&com=0", Held(404, "CONVERSION_CODE_UNKNOWN")),
        (b"/s2s?clickId=$click&id=abc&val=1&com=0", Held(404, "CONVERSION_CODE_UNKNOWN")),
        (b"/s2s?clickId=abc&id=$code&val=1&com=0", Held(400, "CLICK_ID_INVALID")),
        (b"/s2s?clickId=0000000000000000000000000000000000000000&id=$code&val=1&com=0", Held(400, "CLICK_ID_INVALID")),
    ]),
    ("hostile text", &[
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param=%27%3B+DROP+TABLE+conversion%3B--", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param=%3Cscript%3Ealert(1)%3C/script%3E", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param=%0D%0ASet-Cookie:+a=b", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&oid==cmd|calc", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param==HYPERLINK(%22http://a%22);@SUM(1)", Accepted(&[])),
        (b"/s2s?clickId=$click&id=$code&val=1&com=0&param=%1B[31m%0A2026-01-01+ERROR+forged", Accepted(&[])),
    ]),
];

/// Sends a target as it is. Returns the status and body of the answer.
async fn send(server: &Server, target: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    let request = [b"GET ", target, b" HTTP/1.1\r\nHost: t.example\r\nConnection: close\r\n\r\n"].concat();
    stream.write_all(&request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("set-cookie"), "{head}");
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
}

fn filled(target: &[u8], click: &str, code: &str) -> Vec<u8> {
    let nines = "9".repeat(400);
    let mut filled = Vec::new();
    let mut rest = target;
    while let Some((first, behind)) = rest.split_first() {
        let known = [("$click", click), ("$code", code), ("$nines", &nines)]
            .into_iter()
            .find(|(name, _)| rest.starts_with(name.as_bytes()));
        if let Some((name, value)) = known {
            filled.extend_from_slice(value.as_bytes());
            rest = &rest[name.len()..];
        } else {
            filled.push(*first);
            rest = behind;
        }
    }
    filled
}

#[tokio::test]
async fn every_class_of_bad_input_is_understood_repaired_or_held() {
    let server = Server::start().await;
    let every = ConversionCode {
        name: "Sale".into(),
        dedupe_policy: DedupePolicy::Every.into(),
        ..Default::default()
    };
    let code = server.create_code(every).await;
    let click = server.click(&server.link(&[&code]).await).await;
    let (mut recorded, mut repeated, mut held) = (0, 0, 0);
    for (class, rows) in CLASSES {
        assert!(rows.len() >= 4, "{class}");
        for (target, outcome) in *rows {
            let target = filled(target, &click, &code.id);
            let shown = String::from_utf8_lossy(&target).into_owned();
            let (status, body) = send(&server, &target).await;
            let notes = body["notes"]
                .as_array()
                .unwrap_or_else(|| panic!("{class}: {shown}: {body}"))
                .iter()
                .map(|note| note["code"].as_str().unwrap());
            let verdict =
                (status, body["verdict"].as_str().unwrap(), body["reason"].as_str().unwrap_or_default());
            match outcome {
                Accepted(expected) => {
                    recorded += 1;
                    assert_eq!(verdict, (200, "RECORDED", ""), "{class}: {shown}: {body}");
                    assert_eq!(notes.collect::<Vec<_>>(), *expected, "{class}: {shown}: {body}");
                }
                Duplicate => {
                    repeated += 1;
                    assert_eq!(verdict, (200, "DUPLICATE", ""), "{class}: {shown}: {body}");
                }
                Test => assert_eq!(verdict, (200, "TEST", ""), "{class}: {shown}: {body}"),
                Held(status, reason) => {
                    held += 1;
                    assert_eq!(verdict, (*status, "HELD", *reason), "{class}: {shown}: {body}");
                    assert!(!body["message"].as_str().unwrap().is_empty(), "{class}: {shown}");
                }
            }
        }
    }
    // Exactly the recorded, repeated and held postbacks were stored.
    let client = server.client();
    let postbacks: Vec<_> =
        client.postbacks().list(ListPostbacksRequest::default()).try_collect().await.unwrap();
    assert_eq!(postbacks.len(), recorded + repeated + held);
    let conversions: Vec<_> =
        client.conversions().list(ListConversionsRequest::default()).try_collect().await.unwrap();
    assert_eq!(conversions.len(), recorded);
}

#[tokio::test]
async fn what_is_too_long_is_held_with_its_first_8_kib() {
    let server = Server::start().await;
    let long = "x".repeat(9_000);
    for target in [
        format!("/s2s?clickId={long}"),
        format!("/s2s?{}", "a=1&".repeat(65)),
        format!("/s2s?clickId=a&id=b&val=1&com=0&param={long}"),
        format!("/s2s?{}={}", &long[..4_500], &long[..4_500]),
    ] {
        let (status, body) = send(&server, target.as_bytes()).await;
        assert_eq!((status, body["reason"].as_str().unwrap()), (414, "REQUEST_TOO_LARGE"), "{body}");
    }
    let postbacks =
        server.client().postbacks().list_page(ListPostbacksRequest::default()).await.unwrap().postbacks;
    assert_eq!(postbacks.len(), 4);
    assert!(postbacks.iter().all(|postback| postback.raw.as_ref().unwrap().target.len() <= 8 * 1_024));
}

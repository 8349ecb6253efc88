//! Reads the body of a postback whose query is complete: the query has a click id, a code, a value
//! and a commission.
//!
//! The postback counts by its query. The body may be the message of another system, such as a
//! shop's JSON of an order, in which `id`, `amount` or `status` have other meanings. From such a
//! message, these are read: the order number, the currency, `param`, `test`, and a status if it is
//! one of our own words or means that there is no sale, such as `cancelled`.

use s2s_sdk::v1::{Note, NoteCode};

use super::{
    body::Form,
    counting,
    parameters::{KnownParam, Parameter, understood},
};
use crate::{
    core::conversion::note,
    values::{query::Pair, text::excerpt},
};

/// Returns whether a query has all that a conversion needs.
pub fn is_complete(query: &[Parameter]) -> bool {
    let has = |known| filled(query, known).is_some_and(|found| found.meaning.is_valid());
    filled(query, KnownParam::ClickId).is_some()
        && has(KnownParam::Id)
        && has(KnownParam::Val)
        && (has(KnownParam::Com) || has(KnownParam::Comperc))
}

/// Returns the pairs of a body that count beside a complete query. `None` if nothing of the body is
/// to be read.
///
/// A parameter that is certainly meant for us may differ from the query. If then only the body has
/// an order number, all pairs of the body are returned: the reader finds the parameter twice, and
/// holds the sale rather than counting it without its order number. Otherwise nothing of the body
/// is read.
pub fn counting_pairs(
    query: &[Parameter],
    form: Form,
    body: Vec<Pair>,
    notes: &mut Vec<Note>,
) -> Option<Vec<Pair>> {
    let parameters = understood(body.iter().cloned(), &mut Vec::new());
    // A postback may have several `param`, which all count, so those of the body never differ from
    // those of the query.
    let of_query = |parameter: &Parameter| {
        let known = parameter.known.filter(|known| *known != KnownParam::Param);
        known.and_then(|known| filled(query, known))
    };
    let differs = |one: &Parameter| of_query(one).is_some_and(|own| !own.says_the_same(one));
    let has_order = |all: &[Parameter]| {
        filled(all, KnownParam::Oid).is_some_and(|order| !order.nested && !order.is_blank())
    };
    if parameters.iter().any(|one| differs(one) && is_for_us(one)) {
        return (has_order(&parameters) && !has_order(query)).then_some(body);
    }
    let is_of_others = parameters.iter().any(|one| form == Form::Json && one.known.is_none() || differs(one));
    let has_ours =
        parameters.iter().any(|one| one.known.is_some() && one.counts_among_others() && !differs(one));
    if is_of_others && !has_ours {
        return None;
    }
    let ours = body.into_iter().zip(&parameters).filter(|(_, parameter)| {
        if let Some(own) = of_query(parameter).filter(|own| own.says_the_same(parameter)) {
            let name = own.known.map_or("", KnownParam::name);
            let message = format!("`{name}` came more than once; `{}` counts", excerpt(&own.value));
            notes.push(note(NoteCode::Repeated, name, message));
            return false;
        }
        let counts = !differs(parameter)
            && !parameter.is_passed_over()
            && (!is_of_others || parameter.counts_among_others());
        if !counts {
            let name = excerpt(&parameter.name);
            let cause = if parameter.is_passed_over() {
                "has another name in this postback, which counts"
            } else if differs(parameter) {
                "says something else than the URL, which counts"
            } else {
                "belongs to another message"
            };
            let message = format!("`{name}` {cause}; it was passed over");
            notes.push(note(NoteCode::UnknownParameter, &name, message));
        }
        counts
    });
    Some(ours.map(|(pair, _)| pair).collect())
}

/// Returns whether a parameter is certainly meant for this server: it has one of the mandatory
/// names or `oid`, and a valid value. An alias is not enough, because other systems use the aliases
/// for other things. They also use `id`, but hardly with a conversion code as its value.
fn is_for_us(parameter: &Parameter) -> bool {
    let is_decisive = parameter.known.is_some_and(|known| known.is_mandatory() || known == KnownParam::Oid);
    is_decisive && parameter.has_own_name() && parameter.meaning.is_valid()
}

/// The parameter that counts, if it is not empty.
pub fn filled(parameters: &[Parameter], known: KnownParam) -> Option<&Parameter> {
    counting(parameters, known).filter(|found| !found.value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::{
        Overrides, Postback,
        check::{read, request},
    };

    const ID: &str = "6B1F0A3C9D5E4F7081A2B3C4D5E6F708";

    #[test]
    fn the_commission_of_another_message_does_not_count() {
        let target = format!("/s2s?clickId=a&id={ID}&val=1&comperc=10").into_bytes();
        let read = |target: &[u8], body: &str| {
            let body = body.as_bytes().to_vec();
            read(&request("POST", target.to_vec(), "", body), &Overrides::default()).claim.unwrap()
        };
        let expected = read(&target, "");
        for body in [
            r#"{"shop":"x","commission":"3"}"#,
            r#"{"shop":"x","com":"3"}"#,
            r#"{"shop":"x","payout":3,"comperc":"20"}"#,
            "amount=5&commission=3",
        ] {
            assert_eq!(read(&target, body).commission, expected.commission, "{body}");
        }
    }

    #[test]
    fn an_alias_beside_the_name_that_is_passed_over_gains_no_meaning() {
        for (query, body) in [
            // `clickId` in the body contradicts the query, and is passed over.
            ("clickId=a", "clickId=b&cId=c&test=1"),
            ("cId=a", "clickId=b&cId=c&test=1"),
            // `clickId` or `oid` in the body repeats the query, and is passed over.
            ("cId=a", "clickId=a&cId=c"),
            ("clickId=a&order_id=1", "oid=1&order_id=2"),
        ] {
            let target = format!("/s2s?{query}&id={ID}&val=1&com=0").into_bytes();
            let form = "application/x-www-form-urlencoded";
            let postback: Postback = request("POST", target, form, body.as_bytes().to_vec());
            let reading = read(&postback, &Overrides::default());
            assert!(reading.claim.is_ok(), "{query} beside {body}: {reading:?}");
        }
    }
}

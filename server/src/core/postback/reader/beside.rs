//! The body beside a complete query, which has a click id, a code, a value and a commission.
//!
//! The postback counts by its URL. The body may be the message of another system, such as a shop's
//! JSON of an order, in which `id`, `amount` or `status` have meanings of their own. From such a
//! message, only the order number, the currency, a status, `param` and `test` are read.

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
/// If the body contradicts the query, and only the body has an order number, all pairs of the body
/// are returned. The reader then refuses the parameter that came twice: the sale is held rather
/// than counted without its order number.
pub fn counting_pairs(
    query: &[Parameter],
    form: Form,
    body: Vec<Pair>,
    notes: &mut Vec<Note>,
) -> Option<Vec<Pair>> {
    let parameters = understood(body.iter().cloned(), &mut Vec::new());
    // Every `param` counts, so the `param` of a body contradicts none of the query.
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
            let message = format!("`{name}` belongs to another message, and was passed over");
            notes.push(note(NoteCode::UnknownParameter, &name, message));
        }
        counts
    });
    Some(ours.map(|(pair, _)| pair).collect())
}

/// Returns whether a parameter is certainly meant for this server: it has one of the mandatory
/// names or `oid`, not an alias, and a value that is valid for it. Other systems use the aliases,
/// and `id`, for things of their own.
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
    fn an_alias_that_the_body_passes_over_gains_no_meaning() {
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

//! Differences between a duplicate without a transaction id and the postback that was counted.
//!
//! Without a transaction id, two sales of one click look the same. Perhaps they differ only in a
//! parameter of the sender's own, such as an order number under an unknown name. If they do, the
//! duplicate gets a note that names the parameter.

use std::collections::BTreeMap;

use s2s_sdk::v1::{Note, NoteCode};

use super::{
    Overrides, Postback, of_click,
    reader::{Named, ParsedPostback, Terms},
    store,
};
use crate::{
    core::{App, conversion::note},
    error::Result,
    values::text::excerpt,
};

/// Adds the note to a duplicate that was just stored. A failure is logged: the verdict stands
/// without the note.
pub async fn tell(app: &App, duplicate: &mut Postback) {
    match note_of(app, duplicate).await {
        Ok(Some(note)) => duplicate.notes.append(vec![note]),
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(%error, "could not compare a duplicate with the postback that was counted");
        }
    }
}

async fn note_of(app: &App, duplicate: &Postback) -> Result<Option<Note>> {
    if duplicate.notes.has(NoteCode::ParameterDiffers) {
        return Ok(None);
    }
    let this = read(duplicate);
    let Some(false) = this.claim.as_ref().ok().map(|claim| !claim.transaction_id.as_str().is_empty()) else {
        return Ok(None);
    };
    let first = of_click::counted(app.db.reader(), duplicate).await?;
    let Some(first) = first.filter(|first| first.erasure().is_none()) else { return Ok(None) };
    let Some(name) = first_difference(&read(&first), &this) else { return Ok(None) };
    let message = format!(
        "`{name}` is not what it was when the conversion was recorded; if this is another sale, it was not counted: \
         send its order id as `oid`"
    );
    let note = note(NoteCode::ParameterDiffers, &name, message);
    store::add_note(&app.db, duplicate.id, &note).await?;
    Ok(Some(note))
}

fn read(postback: &Postback) -> ParsedPostback {
    Named::read(postback).claim(&Overrides::default(), Terms::of(None))
}

/// Compares the parameters that `own` returns. Returns the name of the first parameter that has
/// another value or is new, in the order of names.
fn first_difference(first: &ParsedPostback, this: &ParsedPostback) -> Option<String> {
    let before = own(first);
    own(this)
        .into_iter()
        .find(|(name, values)| before.get(name) != Some(values))
        .map(|(name, _)| excerpt(&name))
}

/// The values of custom parameters, and of the parameters that the reader does not know, by name in
/// lower case.
fn own(reading: &ParsedPostback) -> BTreeMap<String, Vec<&str>> {
    let mut own = BTreeMap::<String, Vec<&str>>::new();
    let unknown = reading.parameters.iter().filter(|parameter| parameter.known.is_none());
    for parameter in unknown {
        own.entry(parameter.name.to_lowercase()).or_default().push(&parameter.value);
    }
    let custom = reading.claim.as_ref().map(|claim| claim.custom_params.pairs()).unwrap_or_default();
    for (key, value) in custom {
        own.entry(key.to_lowercase()).or_default().push(value);
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::postback::reader::request;

    #[test]
    fn a_parameter_of_the_senders_own_that_differs_is_named() {
        const SALE: &str = "clickId=00000000000000000000000000000000000000000&id=0123456789ABCDEF0123456789ABCDEF\
                            &val=1&com=0";
        for (first, this, named) in [
            ("", "", None),
            ("&tracker=A1", "&tracker=A1", None),
            ("&tracker=A1", "&TRACKER=A1", None),
            ("&tracker=A1", "&tracker=A2", Some("tracker")),
            ("", "&tracker=A2", Some("tracker")),
            // A parameter that is gone says nothing about another sale.
            ("&tracker=A1", "", None),
            ("&a=1&b=2", "&b=3&a=1", Some("b")),
            ("&a=1&a=2", "&a=1", Some("a")),
            ("&param=item%3D1", "&param=item%3D2", Some("item")),
            // The reader knows these parameters: they were compared already, or differ in each
            // call.
            ("&ts=1&sig=a&status=approved", "&ts=2&sig=b&status=pending", None),
        ] {
            let parsed =
                |rest: &str| read(&request("GET", format!("/s2s?{SALE}{rest}").into_bytes(), "", Vec::new()));
            let found = first_difference(&parsed(first), &parsed(this));
            assert_eq!(found.as_deref(), named, "{first} {this}");
        }
    }
}

//! Erasure of a click's visitor: removes the visitor's data from the click, from its conversions and
//! their adjustments, and from the postbacks that name the click.
//!
//! Every parameter that decides how a postback counts keeps its value, so a held postback that is
//! replayed later counts as it would have before the erasure. Absent on purpose: a list of the
//! erased visitors, which would itself be data about them.

use s2s_sdk::v1::{Note, NoteCode};

use super::{Named, Notes, Overrides, Postback, Reason, Terms, of_click, reader, replay::tenant_of, store};
use crate::{
    api::Tenant,
    core::{
        App, adjustment,
        click::{self, Click},
        conversion::{self, note},
        conversion_code,
        scan::{LOOK_ROWS_MAX, scan, write_part},
        tracking_link,
        turn::Turn,
    },
    db::Connection,
    error::{Error, Result},
    values::id::{AccountId, PostbackId},
};

/// Maximum number of postbacks, conversions or adjustments that one transaction erases.
const ROWS_MAX: usize = 20;

/// The click of an erased visitor, and the numbers of its conversions and postbacks.
pub struct Erased {
    /// The click as it is stored after the erasure. `None` if it is not stored and can't be: its
    /// link is unknown, or nothing proves the click id.
    pub click: Option<Click>,
    pub conversions: u64,
    pub postbacks: u64,
}

/// Erases the visitor of a click. Returns once the erasure is durable. With `validate_only`,
/// nothing is erased, and no transaction writes.
///
/// A click may have any number of postbacks. They are read outside the transactions that erase
/// them, so that other writes wait for at most a few rows.
pub async fn erase_visitor(app: &App, account: AccountId, text: &str, validate_only: bool) -> Result<Erased> {
    let signed = app.click_id_keys.read(text, account).await?;
    let signed = signed.ok_or_else(|| Error::not_found("click", text))?;
    // The row of a click that nothing proves must not be stored: it would make a forged click id
    // count.
    let is_proven = click::unproven(app, account, signed).await?.is_none();
    let link = tracking_link::find(app, Tenant::Account(account), signed.id.link_key()).await?;
    let link = link.as_deref().filter(|_| is_proven);
    let click_id = app.click_id_keys.write(signed, account);
    if validate_only {
        return Ok(Erased {
            click: click::preview_erasure(app, account, signed, link).await?,
            conversions: conversion::count(app, account, signed.id).await?,
            postbacks: count(app, account, &click_id).await?,
        });
    }
    let postbacks = erase_postbacks(app, account, &click_id).await?;
    // The conversions come after the postbacks: until a postback is erased, a replay may turn it
    // into a conversion with the visitor's parameters.
    if let Some(link) = link {
        click::record_blank(app, account, signed, link).await?;
    }
    let click = write_part(app, account, async |txn| click::erase(txn, account, signed).await).await?;
    let conversions = conversion::erase(app, account, signed.id, ROWS_MAX).await?;
    adjustment::erase(app, account, signed.id, ROWS_MAX).await?;
    Ok(Erased { click, conversions, postbacks })
}

/// Counts the postbacks of a click.
async fn count(app: &App, account: AccountId, click_id: &str) -> Result<u64> {
    let mut postbacks = scan(app, account, async |db| of_click::count(db, account, click_id).await).await?;
    if account != AccountId::DEFAULT {
        let mut others = Walk::new(account, &[AccountId::DEFAULT], click_id);
        while let Some(found) = others.next(app).await? {
            postbacks += u64::try_from(found.len()).unwrap_or(u64::MAX);
        }
    }
    Ok(postbacks)
}

/// Erases the visitor from the postbacks of a click. Returns their number, including postbacks
/// whose visitor was erased before.
async fn erase_postbacks(app: &App, account: AccountId, click_id: &str) -> Result<u64> {
    // Postbacks that edges passed on with an unknown code belong to the installation's own account,
    // whatever the click's account is.
    let accounts = [account, AccountId::DEFAULT];
    let mut all = Walk::new(account, &accounts, click_id);
    let (mut postbacks, mut turn) = (0, Turn::begin());
    while let Some(found) = all.next(app).await? {
        let mut changed = Vec::with_capacity(found.len());
        for postback in found {
            postbacks += 1;
            let mut erased = postback.clone();
            if erased.erase() {
                changed.push((postback, erased));
            }
            turn.share().await;
        }
        if !changed.is_empty() {
            write_part(app, account, async |txn| replace(txn, account, changed).await).await?;
        }
    }
    Ok(postbacks)
}

/// A walk through the postbacks that name a click, and that belong to an account or to nobody.
struct Walk<'a> {
    account: AccountId,
    /// The accounts under which the postbacks are stored.
    accounts: &'a [AccountId],
    click_id: &'a str,
    /// Ids of postbacks that are not read yet, in reverse order.
    ids: Vec<PostbackId>,
    /// The last id that was looked up.
    last: Option<PostbackId>,
    turn: Turn,
}

impl<'a> Walk<'a> {
    fn new(account: AccountId, accounts: &'a [AccountId], click_id: &'a str) -> Self {
        Self { account, accounts, click_id, ids: Vec::new(), last: None, turn: Turn::begin() }
    }

    /// Reads the next postbacks; `None` after the last one.
    async fn next(&mut self, app: &App) -> Result<Option<Vec<Postback>>> {
        let Self { account, accounts, click_id, last, .. } = *self;
        if self.ids.is_empty() {
            self.ids = scan(app, account, async |db| {
                of_click::ids(db, accounts, click_id, last, LOOK_ROWS_MAX).await
            })
            .await?;
            self.ids.reverse();
            self.last = self.ids.first().copied();
        }
        let some = self.ids.split_off(self.ids.len().saturating_sub(ROWS_MAX));
        if some.is_empty() {
            return Ok(None);
        }
        let mut own = Vec::with_capacity(some.len());
        for postback in scan(app, account, async |db| store::find_these(db, &some).await).await? {
            if !belongs_to_another(app, account, &postback).await? {
                own.push(postback);
            }
            self.turn.share().await;
        }
        Ok(Some(own))
    }
}

/// Writes erased postbacks. `changed` has two forms of each: as it was read, and erased.
async fn replace(txn: &Connection, account: AccountId, changed: Vec<(Postback, Postback)>) -> Result<()> {
    let mut stored = store::lock_these(txn, changed.iter().map(|(read, _)| read.id)).await?;
    let mut all = Vec::with_capacity(changed.len());
    for (read, mut erased) in changed {
        // A postback may have been deleted since, or replayed and moved to its code's account.
        let Some(now) = stored.remove(&read.id) else { continue };
        if ![account, AccountId::DEFAULT].contains(&now.account_id) {
            continue;
        }
        if now != read {
            erased = now;
            if !erased.erase() {
                continue;
            }
        }
        all.push(erased);
    }
    if !all.is_empty() {
        store::replace(txn, &all).await?;
    }
    Ok(())
}

/// Returns whether a postback belongs to another account, because it came with a key of that
/// account or names a code of it.
async fn belongs_to_another(app: &App, account: AccountId, postback: &Postback) -> Result<bool> {
    if !tenant_of(postback.account_id, postback.from_edge).sees(account) {
        return Ok(true);
    }
    if postback.account_id == account {
        return Ok(false);
    }
    Ok(match Named::read(postback).code() {
        Some(code) => conversion_code::find_known(app, Tenant::All, code)
            .await?
            .is_some_and(|code| code.account_id != account),
        None => false,
    })
}

impl Postback {
    /// Returns the note that the visitor was erased, if there is one.
    pub fn erasure(&self) -> Option<Note> {
        self.notes.to_proto().into_iter().find(|note| note.code() == NoteCode::VisitorErased)
    }

    /// Removes everything that counting does not need. Returns false if the visitor was erased
    /// before.
    fn erase(&mut self) -> bool {
        if self.erasure().is_some() {
            return false;
        }
        let mut notes = self.notes.to_proto();
        // Notes on unknown parameters repeat names that the sender chose.
        notes.retain(|note| !matches!(note.code(), NoteCode::UnknownParameter | NoteCode::ParameterDiffers));
        let message = "the visitor was erased: everything not needed for counting is gone";
        notes.push(note(NoteCode::VisitorErased, "", message));
        self.notes = Notes::new(notes);
        self.change(|postback| (postback.target, postback.body) = reader::without_visitor(postback));
        self.address.clear();
        self.user_agent.clear();
        // The old message may repeat text that is gone.
        let again = Named::read(self).claim(&Overrides::default(), Terms::of(None)).claim;
        if let Some(error) = again.err().filter(|error| self.reason == Some(Reason(error.reason()))) {
            error.message().clone_into(&mut self.message);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::postback::reader::request;

    #[test]
    fn parameters_that_counting_needs_are_kept() {
        let form = "application/x-www-form-urlencoded";
        for (method, target, content_type, body, erased) in [
            (
                "GET",
                "/s2s?clickId=c&id=1&val=1%2C5&com=0&param=k%3Dv&mail=a@b.example",
                "",
                "",
                ["/s2s?clickId=c&id=1&val=1%2C5&com=0", ""],
            ),
            ("GET", "/s2s&click_id=c;x&amp;VAL=+1+&a@b.example", "", "", ["/s2s?click_id=c%3Bx&VAL=+1+", ""]),
            // An alias beside the parameter's own name is an unknown parameter.
            ("GET", "/s2s?amount=7&val=1&order_id=2", "", "", ["/s2s?val=1&order_id=2", ""]),
            ("GET", "/s2s?name=x&oid=Ann%zz&ts=5&sig=ab", "", "", ["/s2s?oid=%&ts=5&sig=ab", ""]),
            ("GET", "/s2s?mail=a@b.example", "", "val=1", ["/s2s", ""]),
            ("POST", "/s2s?id=1&x=y", form, "val=1&name=Ann", ["/s2s?id=1", "val=1"]),
            (
                "POST",
                "/s2s?x=y",
                "",
                r#"{"val":1.50,"name":"Ann","oid":"\"q\"","val":1.50}"#,
                ["/s2s", r#"{"val":1.50,"oid":"\"q\"","val":1.50}"#],
            ),
            ("POST", "/s2s?id=1", "application/json", "Ann", ["/s2s?id=1", ""]),
        ] {
            let request = request(method, target.as_bytes().to_vec(), content_type, body.as_bytes().to_vec());
            let mut postback =
                Postback { address: "203.0.113.0".to_owned(), user_agent: "agent".to_owned(), ..request };
            assert!(postback.erase(), "{target}");
            let kept = [postback.target.clone(), postback.body.clone()]
                .map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(kept, erased, "{target}");
            assert_eq!((postback.address.as_str(), postback.user_agent.as_str()), ("", ""));
            let once = postback.clone();
            assert!(!postback.erase() && postback == once, "{target}");
        }
    }
}

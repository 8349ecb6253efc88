//! The translation of postbacks into rows of the table, and back.

use sea_orm::DbErr;

use super::{Notes, Postback, store::Model};
use crate::{
    core::{conversion::ConversionId, conversion_code::ConversionCodeId},
    values::{
        click_id::{ClickId, UnverifiedClickId},
        packed::{NO_REFERENCES, Packer, Unpacker},
    },
};

/// The layout of `packed`: the click id's key and MAC, if `click_id` is set; then address, method,
/// target, body, user agent, content type, message, notes. Target and body may refer to the texts
/// of click and code.
const LAYOUT: u8 = 1;
/// Minimum length of a text that target and body refer to.
const REFERENCE_BYTES_MIN: usize = 16;

impl From<&Postback> for Model {
    fn from(postback: &Postback) -> Self {
        // Only texts that the ids give back exactly become ids.
        let click = UnverifiedClickId::read_exactly(&postback.click_text);
        let code = code_of(&postback.code_text);
        let serial = click.and_then(|click| serial_of(&postback.conversion_id, click.click()));
        let mut packer = Packer::new(LAYOUT);
        if let Some(click) = click {
            packer.bytes(&click.signature());
        }
        packer.address(&postback.address);
        packer.text(postback.method.as_bytes(), NO_REFERENCES);
        let references = references(&postback.click_text, &postback.code_text);
        packer.text(&postback.target, references);
        packer.text(&postback.body, references);
        packer.text(postback.user_agent.as_bytes(), NO_REFERENCES);
        packer.text(postback.content_type.as_bytes(), NO_REFERENCES);
        packer.text(postback.message.as_bytes(), NO_REFERENCES);
        let notes = if postback.notes.is_empty() { String::new() } else { postback.notes.to_string() };
        packer.text(notes.as_bytes(), NO_REFERENCES);
        let unless = |is_id: bool, text: &str| if is_id { String::new() } else { text.to_owned() };
        Self {
            id: postback.id,
            account_id: postback.account_id,
            method: String::new(),
            target: Vec::new(),
            content_type: String::new(),
            body: Vec::new(),
            cut: postback.cut,
            address: String::new(),
            user_agent: String::new(),
            received_at: postback.received_at,
            verdict: postback.verdict,
            reason: postback.reason,
            message: String::new(),
            notes: String::new(),
            code_text: unless(code.is_some(), &postback.code_text),
            click_text: unless(click.is_some(), &postback.click_text),
            conversion_id: unless(serial.is_some(), &postback.conversion_id),
            authenticated: postback.authenticated,
            replayed_at: postback.replayed_at,
            match_at: postback.match_at,
            checks_passed: postback.checks_passed,
            from_edge: postback.from_edge,
            packed: packer.finish(),
            code_id: code,
            click_id: click.map(UnverifiedClickId::click),
            conversion_serial: serial,
        }
    }
}

impl Model {
    pub fn into_postback(self) -> Result<Postback, DbErr> {
        let texts = if self.packed.is_empty() {
            Texts {
                click_text: self.click_text,
                code_text: self.code_text,
                address: self.address,
                method: self.method,
                target: self.target,
                body: self.body,
                user_agent: self.user_agent,
                content_type: self.content_type,
                message: self.message,
                notes: self.notes,
            }
        } else {
            self.unpack().ok_or_else(unreadable)?
        };
        let conversion_id = match (self.click_id, self.conversion_serial) {
            (Some(click), Some(serial)) => ConversionId { click, serial }.to_string(),
            _ => self.conversion_id,
        };
        let is_without_notes = texts.notes.is_empty();
        let notes = if is_without_notes { Ok(Notes::default()) } else { texts.notes.parse() };
        Ok(Postback {
            id: self.id,
            account_id: self.account_id,
            method: texts.method,
            target: texts.target,
            content_type: texts.content_type,
            body: texts.body,
            cut: self.cut,
            address: texts.address,
            user_agent: texts.user_agent,
            received_at: self.received_at,
            verdict: self.verdict,
            reason: self.reason,
            message: texts.message,
            notes: notes.map_err(|_| unreadable())?,
            code_text: texts.code_text,
            click_text: texts.click_text,
            conversion_id,
            authenticated: self.authenticated,
            replayed_at: self.replayed_at,
            match_at: self.match_at,
            checks_passed: self.checks_passed,
            from_edge: self.from_edge,
        })
    }

    fn unpack(&self) -> Option<Texts> {
        let (request, mut unpacker) = self.packed().unpack_request()?;
        let user_agent = unpacker.string(NO_REFERENCES)?;
        let content_type = unpacker.string(NO_REFERENCES)?;
        let message = unpacker.string(NO_REFERENCES)?;
        let notes = unpacker.string(NO_REFERENCES)?;
        Some(Texts { user_agent, content_type, message, notes, ..request })
    }

    fn packed(&self) -> Packed<'_> {
        let Self { packed, click_id, click_text, code_id, code_text, .. } = self;
        Packed { bytes: packed, click_id: *click_id, click_text, code_id: *code_id, code_text }
    }
}

/// The packed texts of a row, with the columns that they refer to.
pub struct Packed<'a> {
    pub bytes: &'a [u8],
    pub click_id: Option<ClickId>,
    pub click_text: &'a str,
    pub code_id: Option<ConversionCodeId>,
    pub code_text: &'a str,
}

impl<'a> Packed<'a> {
    /// Unpacks target and body.
    pub fn target_and_body(&self) -> Result<(Vec<u8>, Vec<u8>), DbErr> {
        let (request, _) = self.unpack_request().ok_or_else(unreadable)?;
        Ok((request.target, request.body))
    }

    /// Unpacks the texts up to the body. The others are empty, and come next.
    fn unpack_request(&self) -> Option<(Texts, Unpacker<'a>)> {
        let mut unpacker = Unpacker::new(LAYOUT, self.bytes)?;
        let click_text = match self.click_id {
            Some(click) => UnverifiedClickId::of_parts(click, unpacker.bytes()?).to_string(),
            None => self.click_text.to_owned(),
        };
        let code_text = self.code_id.map_or_else(|| self.code_text.to_owned(), |code| code.to_string());
        let (address, method) = (unpacker.address()?, unpacker.string(NO_REFERENCES)?);
        let references = references(&click_text, &code_text);
        let (target, body) = (unpacker.text(references)?, unpacker.text(references)?);
        let request = Texts { click_text, code_text, address, method, target, body, ..Texts::default() };
        Some((request, unpacker))
    }
}

fn unreadable() -> DbErr {
    DbErr::Custom("the texts of a stored postback can't be read".to_owned())
}

/// The texts of a row.
#[derive(Default)]
struct Texts {
    click_text: String,
    code_text: String,
    address: String,
    method: String,
    target: Vec<u8>,
    body: Vec<u8>,
    user_agent: String,
    content_type: String,
    message: String,
    /// `Notes` as JSON, or empty.
    notes: String,
}

/// The code that a text names, if it is written as a code's `Display` writes it.
pub fn code_of(text: &str) -> Option<ConversionCodeId> {
    let is_upper = !text.bytes().any(|byte| byte.is_ascii_lowercase());
    text.parse().ok().filter(|_| is_upper)
}

/// The serial of a conversion of the click, if the text is its id as `Display` writes it.
fn serial_of(conversion_id: &str, click: ClickId) -> Option<i64> {
    let is_lower = !conversion_id.bytes().any(|byte| byte.is_ascii_uppercase());
    conversion_id.parse::<ConversionId>().ok().filter(|_| is_lower)?.serial_of(click)
}

/// The texts that take one byte in target and body.
fn references<'a>(click_text: &'a str, code_text: &'a str) -> [&'a [u8]; 2] {
    [click_text, code_text].map(|text| if text.len() < REFERENCE_BYTES_MIN { &[] } else { text.as_bytes() })
}

#[cfg(test)]
mod tests;

//! Rows of a statement: both sides of a sale, and what came of their comparison.

mod store;

use s2s_sdk::v1::StatementAction;
use sea_orm::{DeriveActiveEnum, EnumIter};

use super::{Statement, compare::Outcome};
use crate::{
    core::{
        conversion::{Brief, ConversionId, TransactionId},
        postback::Reason,
    },
    values::{
        click_id::ClickId,
        conversion_status::ConversionStatus,
        id::PostbackId,
        money::{Amount, AmountChange, Currency},
        time::Time,
    },
};

pub use self::store::{
    Model as Row, Side, Total, delete, delete_some, find, find_these, insert, list, totals, update,
};

/// The network's side of a row. Each field is well-formed; an amount that is `None` is not stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    pub transaction_id: TransactionId,
    /// The click id as it came; empty if none did.
    pub click_text: String,
    pub currency: Currency,
    pub value: Option<AmountChange>,
    pub commission: Option<AmountChange>,
    pub status: Option<ConversionStatus>,
    pub at: Option<Time>,
}

/// Our side of a row: the conversion as it stood at the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ours {
    pub currency: Currency,
    pub value: Amount,
    pub commission: Amount,
    pub status: ConversionStatus,
}

impl Ours {
    pub fn of(conversion: &Brief) -> Self {
        let Brief { currency, value, commission, status, .. } = *conversion;
        Self { currency, value, commission, status }
    }
}

/// Something that somebody has done about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum Action {
    #[sea_orm(num_value = 1)]
    Compare,
    #[sea_orm(num_value = 2)]
    Replay,
    #[sea_orm(num_value = 3)]
    Adjust,
    #[sea_orm(num_value = 4)]
    Record,
    #[sea_orm(num_value = 5)]
    Note,
}

impl Action {
    pub fn parse(number: i32) -> Result<Self, String> {
        match StatementAction::try_from(number) {
            Ok(StatementAction::Unspecified) => Err("is mandatory".to_owned()),
            Ok(StatementAction::Compare) => Ok(Self::Compare),
            Ok(StatementAction::Replay) => Ok(Self::Replay),
            Ok(StatementAction::Adjust) => Ok(Self::Adjust),
            Ok(StatementAction::Record) => Ok(Self::Record),
            Ok(StatementAction::Note) => Ok(Self::Note),
            Err(_) => Err("is not a value of StatementAction".to_owned()),
        }
    }

    pub fn to_proto(self) -> StatementAction {
        match self {
            Self::Compare => StatementAction::Compare,
            Self::Replay => StatementAction::Replay,
            Self::Adjust => StatementAction::Adjust,
            Self::Record => StatementAction::Record,
            Self::Note => StatementAction::Note,
        }
    }
}

impl Row {
    /// A row of the network, with our conversion if there is one.
    pub fn of_theirs(
        statement: &Statement,
        number: i32,
        theirs: Theirs,
        outcome: Outcome,
        ours: Option<&Brief>,
    ) -> Self {
        let mut row = Self::empty(statement, number);
        row.transaction_id = theirs.transaction_id.as_str().to_owned();
        row.click_text = theirs.click_text;
        row.their_currency = Some(theirs.currency);
        row.their_value = theirs.value;
        row.their_commission = theirs.commission;
        row.their_status = theirs.status;
        row.their_at = theirs.at;
        row.set(outcome, ours);
        row
    }

    /// A conversion that is only ours.
    pub fn of_ours(statement: &Statement, number: i32, ours: &Brief) -> Self {
        let mut row = Self::empty(statement, number);
        row.set(Outcome::OnlyOurs, Some(ours));
        row
    }

    fn empty(statement: &Statement, number: i32) -> Self {
        Self {
            statement_id: statement.id,
            number,
            outcome: Outcome::OnlyTheirs,
            transaction_id: String::new(),
            click_text: String::new(),
            their_currency: None,
            their_value: None,
            their_commission: None,
            their_status: None,
            their_at: None,
            click_id: None,
            serial: None,
            our_currency: None,
            our_value: None,
            our_commission: None,
            our_status: None,
            our_recorded_at: None,
            postback_id: None,
            reason: None,
            action: None,
            note: String::new(),
            resolved_at: None,
        }
    }

    /// Sets the result of a comparison.
    pub fn set(&mut self, outcome: Outcome, conversion: Option<&Brief>) {
        let ours = conversion.map(Ours::of);
        self.outcome = outcome;
        self.click_id = conversion.map(|conversion| conversion.click_id);
        self.serial = conversion.map(|conversion| conversion.serial);
        self.our_currency = ours.map(|ours| ours.currency);
        self.our_value = ours.map(|ours| ours.value);
        self.our_commission = ours.map(|ours| ours.commission);
        self.our_status = ours.map(|ours| ours.status);
        self.our_recorded_at = conversion.map(|conversion| conversion.created_at);
    }

    /// Sets the held postback that reported the sale.
    pub fn hold(&mut self, postback: PostbackId, reason: Option<Reason>) {
        (self.postback_id, self.reason) = (Some(postback), reason);
    }

    /// The network's side; `None` if the conversion is only ours.
    pub fn theirs(&self) -> Option<Theirs> {
        Some(Theirs {
            transaction_id: TransactionId::sought(&self.transaction_id),
            click_text: self.click_text.clone(),
            currency: self.their_currency?,
            value: self.their_value,
            commission: self.their_commission,
            status: self.their_status,
            at: self.their_at,
        })
    }

    /// Our conversion, and the time of its recording.
    pub fn recorded(&self) -> Option<(ConversionId, Time)> {
        self.conversion_id().zip(self.our_recorded_at)
    }

    pub fn conversion_id(&self) -> Option<ConversionId> {
        let click: ClickId = self.click_id?;
        Some(ConversionId { click, serial: self.serial? })
    }
}

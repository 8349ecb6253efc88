//! `PresetService`: translation of presets to messages.

use s2s_sdk::v1::{
    self, ConversionStatus, GetPresetRequest, GetPresetResponse, ListPresetsRequest, ListPresetsResponse,
    PresetSource, ReplyMode, ReplySetting, StatusWord,
    preset_service_server::{PresetService, PresetServiceServer},
};
use tonic::{Request, Response, Status};

use super::{Preset, Reply, Source, StatementForm, StatusWords};
use crate::{api, error::Result, page::PageRequest};

pub struct Service;

pub fn service() -> PresetServiceServer<Service> {
    PresetServiceServer::new(Service)
}

#[tonic::async_trait]
impl PresetService for Service {
    async fn list_presets(
        &self,
        request: Request<ListPresetsRequest>,
    ) -> Result<Response<ListPresetsResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let page = PageRequest::parse("ListPresets", account, request.page_size, &request.page_token, &[])?;
        let (presets, next_page_token) = super::list(&page).into_messages(Into::into);
        Ok(Response::new(ListPresetsResponse { presets, next_page_token }))
    }

    async fn get_preset(
        &self,
        request: Request<GetPresetRequest>,
    ) -> Result<Response<GetPresetResponse>, Status> {
        let preset = super::get(&request.get_ref().preset_id)?;
        Ok(Response::new(GetPresetResponse { preset: Some(preset.into()) }))
    }
}

impl From<&Preset> for v1::Preset {
    fn from(preset: &Preset) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let source = match preset.source {
            Source::VendorDocumentation => PresetSource::VendorDocumentation,
            Source::Community => PresetSource::Community,
        };
        Self {
            id: preset.id.clone(),
            name: preset.name.clone(),
            click_id_parameter: text(&preset.click_id_parameter),
            click_id_macro: preset.click_id_macro.clone(),
            value_macro: text(&preset.value_macro),
            commission_macro: text(&preset.commission_macro),
            transaction_id_macro: text(&preset.transaction_id_macro),
            currency_macro: text(&preset.currency_macro),
            currency_code: text(&preset.currency),
            status_macro: text(&preset.status_macro),
            status_words: preset.status_words.to_proto(),
            reply: preset.reply.as_ref().map(Reply::to_proto),
            source: source.into(),
            remark: preset.remark.clone(),
            reports_pending_first: preset.reports_pending_first(),
            statement: preset.statement.to_proto(),
        }
    }
}

impl StatusWords {
    fn to_proto(&self) -> Vec<StatusWord> {
        let meanings = [
            (&self.pending, ConversionStatus::Pending, false),
            (&self.approved, ConversionStatus::Approved, false),
            (&self.declined, ConversionStatus::Declined, false),
            (&self.reversed, ConversionStatus::Declined, true),
        ];
        let words = meanings.into_iter().flat_map(|(words, status, reverses)| {
            words.iter().map(move |word| StatusWord { word: word.clone(), status: status.into(), reverses })
        });
        words.collect()
    }
}

impl StatementForm {
    /// Returns the form as a message; `None` if it is not known.
    fn to_proto(&self) -> Option<v1::StatementForm> {
        let form = v1::StatementForm {
            transaction_id_title: self.transaction_id.clone(),
            click_id_title: self.click_id.clone(),
            value_title: self.value.clone(),
            commission_title: self.commission.clone(),
            currency_title: self.currency.clone(),
            status_title: self.status.clone(),
            time_title: self.time.clone(),
            status_words: self.status_words.to_proto(),
        };
        Some(form).filter(|form| *form != v1::StatementForm::default())
    }
}

impl Reply {
    /// Returns the reply as a message. A conversion code's own reply has the same message type.
    pub fn to_proto(&self) -> ReplySetting {
        match self {
            Self::AlwaysOk => ReplySetting { mode: ReplyMode::AlwaysOk.into(), text: String::new() },
            Self::FixedText(text) => ReplySetting { mode: ReplyMode::FixedText.into(), text: text.clone() },
        }
    }
}

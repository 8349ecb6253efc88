//! `s2s presets`: lists the parameter names and macros of each network.

use clap::Subcommand;
use s2s_sdk::{
    Client,
    v1::{GetPresetRequest, ListPresetsRequest, Preset},
};

use crate::{
    args::Limit,
    cells::word,
    failure::Failure,
    output::{Column, Output, Record},
};

#[derive(Subcommand)]
pub enum Action {
    /// Lists all presets.
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one preset.
    Show { id: String },
}

impl Record for Preset {
    const MESSAGE: &'static str = "Preset";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |preset| preset.id.clone()),
        ("name", |preset| preset.name.clone()),
        ("click_id_macro", |preset| preset.click_id_macro.clone()),
        ("value_macro", |preset| preset.value_macro.clone()),
        ("commission_macro", |preset| preset.commission_macro.clone()),
        ("transaction_id_macro", |preset| preset.transaction_id_macro.clone()),
        ("currency_macro", |preset| preset.currency_macro.clone()),
        ("currency", |preset| preset.currency_code.clone()),
        ("status_macro", |preset| preset.status_macro.clone()),
        ("click_id_parameter", |preset| preset.click_id_parameter.clone()),
        ("source", |preset| word(preset.source().as_str_name(), "PRESET_SOURCE_")),
        ("remark", |preset| preset.remark.clone()),
    ];
}

pub async fn run(action: Action, client: &Client, output: &Output) -> Result<(), Failure> {
    match action {
        Action::List { limit } => {
            output.list(client.presets().list(ListPresetsRequest::default()), limit.limit).await
        }
        Action::Show { id } => {
            let preset_id = id.trim().to_ascii_lowercase();
            let response = client.presets().get(GetPresetRequest { preset_id }).await?;
            output.show(response.preset.as_ref())
        }
    }
}

//! `s2s clicks`.

use clap::Subcommand;
use futures::{StreamExt as _, stream};
use s2s_sdk::{
    Client,
    v1::{
        Click, ClickFlag, ClickIdKey, EraseVisitorRequest, ExplainClickRequest, GetClickRequest,
        ListClicksRequest, RecordClickRequest, RotateClickIdKeyRequest,
    },
};

use crate::{
    args::Limit,
    cells::{time, word},
    failure::Failure,
    names,
    output::{Column, Output, Record},
    time::hours,
};

#[derive(Subcommand)]
pub enum Action {
    /// Lists the clicks of a tracking link, newest first.
    List {
        /// Id or slug of the tracking link.
        link: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows one click.
    Show { click_id: String },
    /// Explains what happened to a click: its link, its conversions, and its held postbacks.
    Explain { click_id: String },
    /// Records a click, for partners who redirect visitors themselves.
    Record {
        /// Id or slug of the tracking link.
        link: String,
        /// First sub id.
        #[arg(long)]
        sub1: Option<String>,
        /// Another sub id, for example `sub2=mail`; can be given several times.
        #[arg(long = "sub", value_name = "NAME=VALUE", value_parser = parse_sub_id)]
        subs: Vec<(String, String)>,
        /// Only check; record nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Erases all data that identifies the visitor of a click, permanently: from the click, its
    /// conversions and its postbacks. Nothing counts differently than before.
    Erase {
        click_id: String,
        /// Only show what would be erased; change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Makes a new key for click ids, and lists all keys without their secrets.
    RotateKey {
        /// Time for which click ids of former keys count even if their click is not stored, in
        /// hours. Give 0 if a key was stolen. Default: the longest attribution window of any code,
        /// or 30 days if there is no code.
        #[arg(long, value_name = "HOURS")]
        overlap_hours: Option<u32>,
        /// Change nothing, and list the keys as they are.
        #[arg(long)]
        dry_run: bool,
    },
}

impl Record for ClickIdKey {
    const MESSAGE: &'static str = "ClickIdKey";
    const NARROW: usize = 3;
    const COLUMNS: &'static [Column<Self>] = &[
        ("number", |key| key.number.to_string()),
        ("create_time", |key| time(key.create_time.as_ref())),
        ("expire_time", |key| time(key.expire_time.as_ref())),
    ];
}

impl Record for Click {
    const MESSAGE: &'static str = "Click";
    const NARROW: usize = 4;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |click| click.id.clone()),
        ("click_time", |click| time(click.click_time.as_ref())),
        ("sub1", |click| sub_id(click, "sub1")),
        ("flags", |click| {
            let words: Vec<String> =
                click.flags().map(|flag: ClickFlag| word(flag.as_str_name(), "CLICK_FLAG_")).collect();
            words.join(", ")
        }),
        ("tracking_link_id", |click| click.tracking_link_id.clone()),
        ("sub2", |click| sub_id(click, "sub2")),
        ("sub3", |click| sub_id(click, "sub3")),
        ("query", |click| click.query.clone()),
        ("referrer", |click| click.referrer.clone()),
        ("user_agent", |click| click.user_agent.clone()),
        ("address", |click| click.address.clone()),
        ("country", |click| click.country.clone()),
        ("device", |click| word(click.device().as_str_name(), "DEVICE_KIND_")),
        ("os", |click| click.os.clone()),
        ("browser", |click| click.browser.clone()),
        ("referrer_host", |click| click.referrer_host.clone()),
    ];
}

fn sub_id(click: &Click, name: &str) -> String {
    click.sub_ids.get(name).cloned().unwrap_or_default()
}

fn parse_sub_id(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write a sub id as sub2=mail")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub async fn run(action: Action, client: &Client, output: &Output) -> Result<(), Failure> {
    match action {
        Action::List { link, limit } => {
            let tracking_link_id = names::link(&link, client).await?;
            let request = ListClicksRequest { tracking_link_id, ..Default::default() };
            output.list(client.clicks().list(request), limit.limit).await
        }
        Action::Show { click_id } => {
            let response = client.clicks().get(GetClickRequest { click_id }).await?;
            output.show(response.click.as_ref())
        }
        Action::Explain { click_id } => {
            let response = client.clicks().explain(ExplainClickRequest { click_id }).await?;
            let said = [("message", response.message.as_str())];
            output.answer("ExplainClickResponse", &response, response.click.as_ref(), &said)
        }
        Action::Erase { click_id, dry_run } => {
            let request = EraseVisitorRequest { click_id, validate_only: dry_run };
            let response = client.clicks().erase_visitor(request).await?;
            let (conversions, postbacks) =
                (response.conversion_count.to_string(), response.postback_count.to_string());
            let said = [("conversion_count", conversions.as_str()), ("postback_count", &postbacks)];
            output.answer("EraseVisitorResponse", &response, response.click.as_ref(), &said)
        }
        Action::Record { link, sub1, subs, dry_run } => {
            let sub1 = sub1.into_iter().map(|value| ("sub1".to_owned(), value));
            let request = RecordClickRequest {
                tracking_link_id: names::link(&link, client).await?,
                sub_ids: sub1.chain(subs).collect(),
                validate_only: dry_run,
                ..Default::default()
            };
            let response = client.clicks().record(request).await?;
            let said = [("redirect_url", response.redirect_url.as_str())];
            output.answer("RecordClickResponse", &response, response.click.as_ref(), &said)
        }
        Action::RotateKey { overlap_hours, dry_run } => {
            let overlap = overlap_hours.map(hours);
            let request = RotateClickIdKeyRequest { overlap, validate_only: dry_run, ..Default::default() };
            let keys = client.clicks().rotate_click_id_key(request).await?.click_id_keys;
            output.list(stream::iter(keys.into_iter().map(Ok)).boxed(), 0).await
        }
    }
}

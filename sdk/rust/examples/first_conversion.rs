use std::{env, error::Error};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{self, new_conversion::Commission},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api_key = env::args().nth(1).ok_or("the first argument is the API key")?;
    let endpoint = env::args().nth(2).unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let client = Client::builder(endpoint).api_key(api_key).build()?;

    // The conversions to count: sales.
    let code = v1::ConversionCode {
        name: "Sale".to_owned(),
        default_currency: "EUR".to_owned(),
        ..Default::default()
    };
    let request = v1::CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let code = client.create_conversion_code(request).await?.conversion_code.ok_or("no conversion code")?;

    // The link that visitors follow. The click id replaces [s2sidentifier].
    let link = v1::TrackingLink {
        destination: "https://shop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let request = v1::CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let link = client.create_tracking_link(request).await?.tracking_link.ok_or("no tracking link")?;
    println!("publish {}", link.url);

    // Record a click. When a visitor follows the link, the server does this itself.
    let request = v1::RecordClickRequest { tracking_link_id: link.id, ..Default::default() };
    let click = client.record_click(request).await?.click.ok_or("no click")?;

    // The visitor buys. Sent twice by mistake, it still counts once.
    let sale = v1::NewConversion {
        conversion_code_id: code.id.clone(),
        click_id: click.id,
        transaction_id: "order-1001".to_owned(),
        value: Some(v1::Money::from_decimal("19.99", "EUR")?),
        commission: Some(Commission::CommissionAmount(v1::Money::from_decimal("2.50", "EUR")?)),
        ..Default::default()
    };
    client.record_conversion(sale.clone().into()).await?;
    client.record_conversion(sale.into()).await?;

    // Read it back, page by page.
    let filter = v1::ConversionFilter { conversion_code_id: code.id, ..Default::default() };
    let request = v1::ListConversionsRequest { filter: Some(filter), ..Default::default() };
    let mut conversions = client.conversions(request);
    while let Some(conversion) = conversions.try_next().await? {
        let (value, commission) =
            (conversion.value.unwrap_or_default(), conversion.commission.unwrap_or_default());
        println!("{}: value {value}, commission {commission}", conversion.id);
    }
    Ok(())
}

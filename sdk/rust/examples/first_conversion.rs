use std::error::Error;

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{self, Money, new_conversion::Commission},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Takes the API key and the endpoint from S2S_API_KEY and S2S_ENDPOINT.
    let client = Client::from_env()?;

    // The conversions to count: sales.
    let code = v1::ConversionCode {
        name: "Sale".to_owned(),
        default_currency: "EUR".to_owned(),
        ..Default::default()
    };
    let code = client.conversion_codes().create(code).await?.conversion_code.ok_or("no code")?;

    // The link that visitors follow. The click id replaces [s2sidentifier].
    let link = v1::TrackingLink {
        destination: "https://shop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let link = client.tracking_links().create(link).await?.tracking_link.ok_or("no link")?;
    println!("publish {}", link.url);

    // Record a click. When a visitor follows the link, the server does this itself.
    let click = client.clicks().record(link.id).await?.click.ok_or("no click")?;

    // The visitor buys. Sent twice by mistake, it still counts once.
    let sale = v1::NewConversion {
        conversion_code_id: code.id.clone(),
        click_id: click.id,
        transaction_id: "order-1001".to_owned(),
        value: Some(Money::from_decimal("19.99", "EUR")?),
        commission: Some(Commission::CommissionAmount(Money::from_decimal("2.50", "EUR")?)),
        ..Default::default()
    };
    client.conversions().record(sale.clone()).await?;
    client.conversions().record(sale).await?;

    // Read it back, page by page.
    let filter = v1::ConversionFilter { conversion_code_id: code.id, ..Default::default() };
    let mut conversions = client.conversions().list(filter);
    while let Some(conversion) = conversions.try_next().await? {
        let (value, commission) =
            (conversion.value.unwrap_or_default(), conversion.commission.unwrap_or_default());
        println!("{}: value {value}, commission {commission}", conversion.id);
    }
    Ok(())
}

"""A first conversion. Takes the API key and the endpoint from S2S_API_KEY and S2S_ENDPOINT."""

from s2s_sdk import Client, Money

with Client() as client:
    # The conversions to count: sales.
    code = client.conversion_codes.create(name="Sale", default_currency="EUR").conversion_code

    # The link that visitors follow. The click id replaces [s2sidentifier].
    link = client.tracking_links.create(
        destination="https://shop.example/?s1=[s2sidentifier]", conversion_code_ids=[code.id]
    ).tracking_link
    print("publish", link.url)

    # Record a click. When a visitor follows the link, the server does this itself.
    click = client.clicks.record(tracking_link_id=link.id).click

    # The visitor buys. Sent twice by mistake, it still counts once.
    for _ in range(2):
        client.conversions.record(
            conversion_code_id=code.id,
            click_id=click.id,
            transaction_id="order-1001",
            value=Money("19.99", "EUR"),
            commission_amount=Money("2.50", "EUR"),
        )

    # Read it back, page by page.
    for conversion in client.conversions.list(conversion_code_id=code.id):
        value, commission = Money.from_message(conversion.value), Money.from_message(conversion.commission)
        print(f"{conversion.id}: value {value}, commission {commission}")

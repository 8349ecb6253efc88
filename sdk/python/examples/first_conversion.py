"""A first conversion. Arguments: the API key, and the server's URL if it is not on this machine."""

import sys

from s2s_sdk import Client, list_all, money, v1


def main(api_key: str, endpoint: str = "http://127.0.0.1:8080") -> None:
    with Client(endpoint, api_key) as client:
        # The conversions to count: sales.
        code = client.conversion_codes.CreateConversionCode(
            v1.CreateConversionCodeRequest(conversion_code=v1.ConversionCode(name="Sale", default_currency="EUR"))
        ).conversion_code

        # The link that visitors follow. The click id replaces [s2sidentifier].
        destination = "https://shop.example/?s1=[s2sidentifier]"
        link = client.tracking_links.CreateTrackingLink(
            v1.CreateTrackingLinkRequest(
                tracking_link=v1.TrackingLink(destination=destination, conversion_code_ids=[code.id])
            )
        ).tracking_link
        print("publish", link.url)

        # A visitor follows the link; the link's URL records this automatically.
        click = client.clicks.RecordClick(v1.RecordClickRequest(tracking_link_id=link.id)).click

        # The visitor buys. Sent twice by mistake, it still counts once.
        conversion = v1.NewConversion(
            conversion_code_id=code.id,
            click_id=click.id,
            transaction_id="order-1001",
            value=money.from_decimal("19.99", "EUR"),
            commission_amount=money.from_decimal("2.50", "EUR"),
        )
        request = v1.RecordConversionRequest(conversion=conversion)
        client.conversions.RecordConversion(request)
        client.conversions.RecordConversion(request)

        # Read it back, page by page.
        conversions = list_all(
            client.conversions.ListConversions,
            v1.ListConversionsRequest(filter=v1.ConversionFilter(conversion_code_id=code.id)),
            lambda page: page.conversions,
        )
        for recorded in conversions:
            value, commission = money.to_decimal(recorded.value), money.to_decimal(recorded.commission)
            print(f"{recorded.id}: value {value}, commission {commission}")


main(*sys.argv[1:])

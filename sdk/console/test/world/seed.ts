// An account as it may be after some days: codes, links, partners, clicks, and postbacks of every kind.

import type { World } from "./server.ts";

export interface Seeded {
  readonly codeId: string;
  readonly networkCodeId: string;
  readonly linkId: string;
  readonly partnerId: string;
  readonly heldId: string;
  readonly conversionId: string;
  readonly clickId: string;
  readonly payoutId: string;
  readonly statementId: string;
}

interface Created {
  readonly conversionCode: { id: string };
  readonly trackingLink: { id: string };
  readonly partner: { id: string };
  readonly click: { id: string };
  readonly payout: { id: string; total: { micros: string; currencyCode: string } };
  readonly statement: { id: string };
}

const SALES = 24;

export async function seed(world: World): Promise<Seeded> {
  const { call } = world;
  const make = <K extends keyof Created>(name: string, body: unknown) => call<Pick<Created, K>>(name, body);
  const { conversionCode: code } = await make<"conversionCode">(
    "ConversionCodeService/CreateConversionCode",
    {
      conversionCode: { name: "Sale", defaultCurrency: "EUR" },
    },
  );
  const { conversionCode: network } = await make<"conversionCode">(
    "ConversionCodeService/CreateConversionCode",
    {
      conversionCode: {
        name: "Newsletter sign-up",
        defaultCurrency: "USD",
        presetId: "affise",
        defaultStatus: "CONVERSION_STATUS_PENDING",
      },
    },
  );
  const { conversionCode: lonely } = await make<"conversionCode">(
    "ConversionCodeService/CreateConversionCode",
    {
      conversionCode: {
        name: "A very long name of a conversion code that somebody has chosen without mercy",
        defaultCurrency: "JPY",
      },
    },
  );
  const { partner } = await make<"partner">("PartnerService/CreatePartner", {
    partner: {
      name: "Blog of Ada",
      externalId: "aff-17",
      payee: "Ada Lovelace\nDE02 1203 0000 0000 2020 51",
      minimumPayout: { currencyCode: "EUR", micros: "10000000" },
    },
  });
  await make<"partner">("PartnerService/CreatePartner", {
    partner: { name: "Coupons & Deals International Holding GmbH", holdDays: 30 },
  });
  const link = async (slug: string, fields: object) =>
    (
      await make<"trackingLink">("TrackingLinkService/CreateTrackingLink", {
        trackingLink: { slug, destination: `https://shop.example/${slug}?s1=[s2sidentifier]`, ...fields },
      })
    ).trackingLink.id;
  const winter = await link("winter", {
    conversionCodeIds: [code.id],
    partnerId: partner.id,
    partnerShare: { percentMicros: "80000000" },
    tags: ["newsletter", "2026"],
  });
  const autumn = await link("autumn-collection", { conversionCodeIds: [code.id, network.id] });
  await link("unfinished", {});

  const click = async (trackingLinkId: string, sub1: string) =>
    (
      await make<"click">("ClickService/RecordClick", {
        trackingLinkId,
        subIds: { sub1 },
        referrer: "https://news.example/today",
        userAgent:
          "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
      })
    ).click.id;

  let conversionId = "";
  let clickId = "";
  for (let n = 0; n < SALES; n++) {
    const id = await click(n % 3 === 0 ? autumn : winter, n % 2 === 0 ? "newsletter" : "homepage");
    const status = n % 5 === 4 ? "&status=pending" : "";
    const { conversion_id } = await world.postback(
      `clickId=${id}&id=${code.id}&val=${19 + n},${n % 10}0&com=${2 + (n % 4)}.50&oid=order-${1001 + n}${status}`,
    );
    conversionId = n === 1 ? (conversion_id ?? "") : conversionId;
    clickId = n === 1 ? id : clickId;
  }
  await world.postback(`clickId=${clickId}&id=${code.id}&val=20,10&com=3.50&oid=order-1002`);
  const held = await world.postback(`clickId=${clickId}&id=${code.id}&val=1,500&com=75&oid=order-2001`);
  await world.postback(`clickId=${clickId}&id=${code.id}&val=2.750&com=90&oid=order-2002`);
  await world.postback(`clickId={clickid}&id=${code.id}&val=10&com=1&oid=order-2003`);
  await world.postback(`clickId=${clickId}&id=${network.id}&val=10&com=1&oid=order-2004`);
  await world.postback(`clickId=${clickId}&id=${code.id}&val=&com=&oid=order-2005`);
  await world.postback(
    `clickId=${clickId}&amp;id=${code.id}&amp;amount=$49,90&amp;commission=%225.00%22&order_id=order-1099&utm_source=mail`,
  );
  await call("AdjustmentService/CreateAdjustment", {
    adjustment: {
      conversionId,
      refund: { amount: { micros: "5000000" } },
      externalId: "refund-17",
      remark: "one shoe came back",
    },
  });
  const payoutId = await pay(world, partner.id);
  const statementId = await compare(world, code.id);
  void lonely;
  return {
    codeId: code.id,
    networkCodeId: network.id,
    linkId: winter,
    partnerId: partner.id,
    heldId: held.postback_id,
    conversionId,
    clickId,
    payoutId,
    statementId,
  };
}

async function pay(world: World, partnerId: string): Promise<string> {
  const ask = { partnerId, cutoffTime: new Date().toISOString() };
  const { payout: draft } = await world.call<Pick<Created, "payout">>("PayoutService/CreatePayout", {
    ...ask,
    validateOnly: true,
  });
  const { payout } = await world.call<Pick<Created, "payout">>("PayoutService/CreatePayout", {
    ...ask,
    expectedTotal: draft.total,
  });
  return payout.id;
}

async function compare(world: World, conversionCodeId: string): Promise<string> {
  const day = 86_400_000;
  const { statement } = await world.call<Pick<Created, "statement">>("StatementService/CreateStatement", {
    statement: {
      conversionCodeId,
      name: "network-november.csv",
      fileSha256: "ab".repeat(32),
      startTime: new Date(Date.now() - day).toISOString(),
      endTime: new Date(Date.now() + day).toISOString(),
      timeZone: "Europe/Berlin",
    },
  });
  const row = (transactionId: string, commission: number, status = "approved") => ({
    transactionId,
    commission: { micros: String(Math.round(commission * 100) * 10_000) },
    status,
  });
  await world.call("StatementService/AddStatementRows", {
    statementId: statement.id,
    firstNumber: "1",
    rows: [
      row("order-1001", 2.5),
      row("order-1003", 4.5),
      row("order-1004", 9.99),
      row("order-1005", 2.5, "declined"),
      row("order-2001", 75),
      row("order-7777", 12),
    ],
  });
  for (let state = ""; state !== "STATEMENT_STATE_COMPLETE"; ) {
    const answer = await world.call<{ statement: { state: string } }>("StatementService/CompareStatement", {
      statementId: statement.id,
    });
    state = answer.statement.state;
  }
  return statement.id;
}
